"""References to secrets, `${env:NAME}`, `${file:path}`, `${keyring:service/name}`: they are never printed."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from pathlib import Path

_REFERENCE = re.compile(r"\$\{(\w+):([^{}]+)\}")
_ALONE = re.compile(r"\$\{[^{}]*\}")
_BEGINS = re.compile(r"\$\{\w*:|^\$\{.*\}$", re.DOTALL)


class SecretMissing(Exception):
    """The secret cannot be read. The message says what to do, and contains no secret."""


class InvalidReference(SecretMissing):
    """A text that looks like a reference but can never be resolved: fix the file."""


def is_reference(text: str) -> bool:
    """Whether a text is meant as a reference. It may still be invalid, e.g. with text around it."""
    return _BEGINS.search(text) is not None


def is_only_a_reference(text: str) -> bool:
    """Whether there is nothing around the reference; text around it may be part of a secret."""
    return _ALONE.fullmatch(text) is not None


def resolve(text: str, folder: Path) -> str:
    """The secret that a reference names. Relative paths start in `folder`. Raises SecretMissing."""
    match = _REFERENCE.fullmatch(text)
    if match is None or match[1] not in _KINDS:
        known = ", ".join(f"${{{kind}:…}}" for kind in _KINDS)
        # The text itself stays out of the message: text around a reference may be part of a secret.
        raise InvalidReference(f"invalid reference to a secret; use one of {known}, with no text around it")
    return _KINDS[match[1]](match[2], folder)


def _env(name: str, folder: Path) -> str:  # noqa: ARG001  all kinds have one signature
    value = os.environ.get(name, "").strip()
    if not value:
        raise SecretMissing(f"the environment variable {name} is not set; export {name}=…")
    return value


def _file(name: str, folder: Path) -> str:
    path = folder / name
    try:
        value = path.read_text(encoding="utf-8-sig").strip()
    except OSError as error:
        reason = (error.strerror or "cannot be opened").lower()
        raise SecretMissing(f"cannot read the secret file {path}: {reason}") from None
    except ValueError:  # its message would quote the file
        raise SecretMissing(f"cannot read the secret file {path}: not valid UTF-8") from None
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
