"""Secrets are references: `${env:NAME}`, `${file:path}`, `${keyring:service/name}`. Never printed."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from pathlib import Path

_REFERENCE = re.compile(r"\$\{(\w+):([^}]*)\}")


class SecretMissing(Exception):
    """The reference leads nowhere. The message says what to do, and holds no secret."""


def is_reference(text: str) -> bool:
    return text.startswith("${") and text.endswith("}")


def resolve(text: str, folder: Path) -> str:
    """What a reference stands for. `folder` is where relative paths start. Raises SecretMissing."""
    match = _REFERENCE.fullmatch(text)
    if match is None or match[1] not in _KINDS:
        known = ", ".join(f"${{{kind}:…}}" for kind in _KINDS)
        raise SecretMissing(f"{text} is no reference to a secret; there is {known}")
    return _KINDS[match[1]](match[2], folder)


def _env(name: str, folder: Path) -> str:  # noqa: ARG001  kinds are called alike
    value = os.environ.get(name)
    if not value:
        raise SecretMissing(f"the secret {name} is not set in the environment: export {name}=…")
    return value


def _file(name: str, folder: Path) -> str:
    path = folder / name
    try:
        value = path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise SecretMissing(f"the secret's file {path} cannot be read: {error}") from None
    if not value:
        raise SecretMissing(f"the secret's file {path} is empty")
    return value


def _keyring(name: str, folder: Path) -> str:  # noqa: ARG001
    try:
        import keyring
    except ImportError:
        raise SecretMissing("${keyring:…} needs the package keyring: pip install psosync[keyring]") from None
    service, _, user = name.partition("/")
    value = keyring.get_password(service, user)
    if not value:
        raise SecretMissing(f"the keyring has no secret {name}")
    return str(value)


_KINDS: dict[str, Callable[[str, Path], str]] = {"env": _env, "file": _file, "keyring": _keyring}
