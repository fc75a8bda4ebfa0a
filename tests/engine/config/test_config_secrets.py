"""References to secrets: what they resolve to, and the errors if they do not resolve."""

from __future__ import annotations

import sys
import types
from pathlib import Path

import pytest

from engine.config.secrets import (
    InvalidReference,
    SecretMissing,
    is_only_a_reference,
    is_reference,
    resolve,
)


@pytest.mark.parametrize(
    "text",
    [
        "${env:A}",
        "${file:a}",
        "${keyring:a/b}",
        "${vault:a}",
        "x${env:A}",
        "${env:A}x",
        "${A}",
        "${}",
        "${env:}",
    ],
)
def test_text_that_looks_like_a_reference_counts_as_one(text: str) -> None:
    assert is_reference(text)


@pytest.mark.parametrize("text", ["", "secret", "$A", "{env:A}", "env:A", "a$b", "${", "100 ${", "$ {env:A}"])
def test_other_text_is_not_a_reference(text: str) -> None:
    assert not is_reference(text)


@pytest.mark.parametrize(
    "text",
    ["${vault:a}", "x${env:A}", "${env:A}x", "${A}", "${env:A}${env:B}", "${env:}", "${env:A", "${ENV:A}"],
)
def test_an_invalid_reference_is_a_mistake_in_the_file(tmp_path: Path, text: str) -> None:
    with pytest.raises(InvalidReference) as refused:
        resolve(text, tmp_path)
    assert "invalid reference" in str(refused.value)
    assert text not in str(refused.value)


def test_env_is_the_environment_variable_without_blanks_around_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SYNC_TEST_SECRET", " hunter2\n")
    assert resolve("${env:SYNC_TEST_SECRET}", tmp_path) == "hunter2"


@pytest.mark.parametrize("value", [None, "", "  \n"])
def test_an_empty_variable_is_not_set(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, value: str | None
) -> None:
    monkeypatch.delenv("SYNC_TEST_SECRET", raising=False)
    if value is not None:
        monkeypatch.setenv("SYNC_TEST_SECRET", value)
    with pytest.raises(SecretMissing, match=r"SYNC_TEST_SECRET is not set; export SYNC_TEST_SECRET="):
        resolve("${env:SYNC_TEST_SECRET}", tmp_path)


@pytest.mark.parametrize("raw", [b"hunter2", b"hunter2\n", b"  hunter2\r\n", b"\xef\xbb\xbfhunter2\n"])
def test_a_files_secret_has_no_line_end(tmp_path: Path, raw: bytes) -> None:
    (tmp_path / "secret").write_bytes(raw)
    assert resolve("${file:secret}", tmp_path) == "hunter2"
    assert resolve(f"${{file:{tmp_path}/secret}}", Path("/nowhere")) == "hunter2"


def test_a_files_path_is_relative_to_the_config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "configs").mkdir()
    (tmp_path / "secret").write_text("hunter2")
    monkeypatch.chdir("/")
    assert resolve("${file:../secret}", tmp_path / "configs") == "hunter2"


def test_an_unusable_file_is_named_without_its_content(tmp_path: Path) -> None:
    (tmp_path / "empty").write_text(" \n")
    (tmp_path / "binary").write_bytes(b"hunter2\xff")
    for name, why in {
        "none": "no such file or directory",
        ".": "not a regular file",
        "empty": "is empty",
        "binary": "not valid UTF-8",
    }.items():
        with pytest.raises(SecretMissing) as missing:
            resolve(f"${{file:{name}}}", tmp_path)
        assert why in str(missing.value)
        assert "hunter2" not in str(missing.value)


def test_an_impossible_path_is_a_missing_secret(tmp_path: Path) -> None:
    for name in ("a\0b", "a" * 300):
        with pytest.raises(SecretMissing):
            resolve(f"${{file:{name}}}", tmp_path)


class KeyringErrors(types.ModuleType):
    """The module keyring.errors, played."""

    class KeyringError(Exception): ...


class Keyring(types.ModuleType):
    """The package keyring, played."""

    def __init__(self, secrets: dict[tuple[str, str], str]) -> None:
        super().__init__("keyring")
        self.secrets = secrets
        self.errors = KeyringErrors("keyring.errors")

    def get_password(self, service: str, user: str) -> str | None:
        if service == "locked":
            raise self.errors.KeyringError("the keyring is locked")
        return self.secrets.get((service, user))


def test_keyring_is_asked_for_service_and_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    played = Keyring({("xero", "client"): "hunter2", ("xero", ""): "hunter3"})
    monkeypatch.setitem(sys.modules, "keyring", played)
    monkeypatch.setitem(sys.modules, "keyring.errors", played.errors)
    assert resolve("${keyring:xero/client}", tmp_path) == "hunter2"
    assert resolve("${keyring:xero}", tmp_path) == "hunter3"
    for name, why in {
        "xero/none": "has no secret xero/none",
        "locked/x": "cannot read locked/x from the keyring",
    }.items():
        with pytest.raises(SecretMissing, match=why):
            resolve(f"${{keyring:{name}}}", tmp_path)


def test_without_the_package_keyring_it_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "keyring", None)
    with pytest.raises(SecretMissing, match=r"pip install keyring"):
        resolve("${keyring:xero/client}", tmp_path)


@pytest.mark.parametrize("operator", [":-", ":=", ":?", ":+", "-", "=", "?", "+", " ", ":"])
@pytest.mark.parametrize("kind", ["env", "file", "keyring"])
def test_a_fallback_is_refused_and_never_shown(kind: str, operator: str, tmp_path: Path) -> None:
    if kind != "env" and operator in ("-", "=", "?", "+", " ", ":"):
        return  # may be part of a path
    text = f"${{{kind}:NAME{operator}tok9f8e7d6c5b}}"
    with pytest.raises(InvalidReference) as caught:
        resolve(text, tmp_path)
    assert "tok9f8e7d6c5b" not in str(caught.value)
    assert "fallback" in str(caught.value)
    assert not is_only_a_reference(text)


@pytest.mark.parametrize("ends", ["\n", "\r\n"])
def test_variables_are_read_from_the_file_next_to_the_config(
    ends: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FROM_BOTH", "of the environment")
    lines = [
        "# comment",
        "",
        "export FIRST=hunter2",
        'SECOND = "a # b"',
        "THIRD=x # why",
        "FROM_BOTH=of the file",
    ]
    (tmp_path / ".env").write_bytes(b"\xef\xbb\xbf" + ends.join([*lines, "not a line", ""]).encode())
    found = {
        name: resolve(f"${{env:{name}}}", tmp_path) for name in ("FIRST", "SECOND", "THIRD", "FROM_BOTH")
    }
    assert found == {"FIRST": "hunter2", "SECOND": "a # b", "THIRD": "x", "FROM_BOTH": "of the environment"}
    with pytest.raises(SecretMissing, match=r"FOURTH is not set; export FOURTH=…, or put it into \.env"):
        resolve("${env:FOURTH}", tmp_path)


def test_a_file_that_is_no_file_of_secrets_is_named_without_its_content(tmp_path: Path) -> None:
    (tmp_path / ".env").write_bytes(b"hunter2\xff")
    with pytest.raises(SecretMissing, match=r"TOKEN is not set, and .*\.env cannot be read: not valid UTF-8"):
        resolve("${env:TOKEN}", tmp_path)
    (tmp_path / "large").write_bytes(b"x" * 70_000)
    with pytest.raises(SecretMissing, match="larger than 64000 bytes"):
        resolve("${file:large}", tmp_path)
    with pytest.raises(SecretMissing, match="not a regular file"):
        resolve("${file:/dev/zero}", tmp_path)


def test_a_secret_file_may_have_any_line_ends(tmp_path: Path) -> None:
    (tmp_path / "secret").write_bytes(b"\xef\xbb\xbfhunter2\r\n")
    assert resolve("${file:secret}", tmp_path) == "hunter2"
