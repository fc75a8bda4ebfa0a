"""References to secrets, `${env:NAME}`, `${file:path}`, `${keyring:service/name}`: they are never printed."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from pathlib import Path

from engine.config.dotenv import read_small_file, variables
from engine.model.redact import know, know_address

_REFERENCE = re.compile(r"\$\{(\w+):([^{}]+)\}")
_BEGINS = re.compile(r"\$\{\w*:|^\$\{.*\}$", re.DOTALL)
# As shells, PowerShell, Windows, make and other tools write one. No secret is capitals after a "$".
_FOREIGN = re.compile(
    r"\$[A-Z_][A-Z0-9_]*|\$\([A-Za-z_]\w*\)|%[A-Za-z_]\w*%|[$({<]*(?:env|keyring|file)[:.][^\s]+[)}>]*"
    r"|\{\{.*\}\}|\{[A-Za-z_]\w*\}|<[A-Za-z_ -]+>"
)
_WEB_ADDRESS = re.compile(r"https?://[^\s?#]+")
_NAME = re.compile(r"[A-Za-z0-9_]+")
_FALLBACK = re.compile(r":[-=?+]")  # as shells and the OpenTelemetry Collector have it


class SecretMissing(Exception):
    """The secret cannot be read. The message says what to do, and contains no secret."""


class InvalidReference(SecretMissing):
    """A text that looks like a reference but can never be resolved: fix the file."""


def is_reference(text: str) -> bool:
    """Whether a text is meant as a reference. It may still be invalid, e.g. with text around it."""
    return _BEGINS.search(text) is not None


def is_foreign_reference(text: str) -> bool:
    """Whether a text is the name of a secret in another notation, such as `$NAME`: it would be sent."""
    return _FOREIGN.fullmatch(text.strip()) is not None


def is_only_a_reference(text: str) -> bool:
    """Whether this is a reference and nothing else: text around or inside it may be part of a secret."""
    return not mistake_in(text)


def resolve(text: str, folder: Path) -> str:
    """The secret that a reference names; from now on nothing shows it. Raises SecretMissing.

    Relative paths start in `folder`.
    """
    if mistake := mistake_in(text):
        raise InvalidReference(mistake)
    kind, _, name = text[2:-1].partition(":")
    value = _KINDS[kind](name, folder)
    # A message needs the address that does not answer; a password in it is hidden by itself.
    if _WEB_ADDRESS.fullmatch(value):
        know_address(value)
    else:
        know(value)
    return value


def mistake_in(text: str) -> str:
    """Why a reference can never be resolved. The text itself stays out of it: it may hold a secret."""
    match = _REFERENCE.fullmatch(text)
    if match is None or match[1] not in _KINDS:
        known = ", ".join(f"${{{kind}:…}}" for kind in _KINDS)
        return f"invalid reference to a secret; use one of {known}, with no text around it"
    if match[1] == "env" and not _NAME.fullmatch(match[2]):
        return (
            "invalid reference to a secret: the name of an environment variable has letters, digits and "
            "underscores only. A fallback cannot be given, as it would be a secret in plain text: write "
            "${env:NAME} and set the variable, or put it into .env next to the config"
        )
    if _FALLBACK.search(match[2]):
        return (
            "invalid reference to a secret: a fallback cannot be given, as it would be a secret in plain "
            f"text; write ${{{match[1]}:…}} without it"
        )
    return ""


def _env(name: str, folder: Path) -> str:
    value = os.environ.get(name, "").strip() or _from_file(name, folder / ".env")
    if not value:
        raise SecretMissing(
            f"the environment variable {name} is not set; export {name}=…, or put it into .env next to the "
            "config"
        )
    return value


def _from_file(name: str, path: Path) -> str:
    """A variable of a `.env`; empty if the file or the variable does not exist."""
    try:
        return variables(path).get(name, "").strip()
    except FileNotFoundError:
        return ""
    except (OSError, ValueError) as error:
        raise SecretMissing(
            f"the environment variable {name} is not set, and {path} cannot be read: {_reason(error)}"
        ) from None


def _reason(error: OSError | ValueError) -> str:
    if isinstance(error, OSError):
        return (error.strerror or "cannot be opened").lower()
    return "not valid UTF-8"  # its own message might quote the file


def _file(name: str, folder: Path) -> str:
    path = folder / name
    try:
        value = read_small_file(path).strip()
    except (OSError, ValueError) as error:
        raise SecretMissing(f"cannot read the secret file {path}: {_reason(error)}") from None
    if not value:
        raise SecretMissing(f"the secret file {path} is empty")
    return value


def _keyring(name: str, folder: Path) -> str:  # noqa: ARG001
    try:
        import keyring
        from keyring.errors import KeyringError
    except ImportError:
        raise SecretMissing("${keyring:…} needs the package keyring: pip install keyring") from None
    service, _, user = name.partition("/")
    try:
        value = keyring.get_password(service, user)
    except KeyringError as error:
        raise SecretMissing(f"cannot read {name} from the keyring: {error}") from None
    if not value:
        raise SecretMissing(f"the keyring has no secret {name}")
    return str(value)


_KINDS: dict[str, Callable[[str, Path], str]] = {"env": _env, "file": _file, "keyring": _keyring}
