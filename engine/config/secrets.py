"""Secrets are references: `${env:NAME}`, `${file:path}`, `${keyring:service/name}`. Never printed."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from pathlib import Path

from engine.model.advice import there_are

_REFERENCE = re.compile(r"\$\{(\w+):([^{}]+)\}")
_ALONE = re.compile(r"\$\{[^{}]*\}")
_BEGINS = re.compile(r"\$\{\w*:|^\$\{.*\}$", re.DOTALL)


class SecretMissing(Exception):
    """The reference leads nowhere. The message says what to do, and holds no secret."""


class NoReference(SecretMissing):
    """What looks like a reference can never be one: fix the file."""


def is_reference(text: str) -> bool:
    """Whether a text is meant as a reference; with more around it it leads nowhere."""
    return _BEGINS.search(text) is not None


def stands_alone(text: str) -> bool:
    """Whether a text is a reference and nothing around it: then it holds no part of a secret."""
    return _ALONE.fullmatch(text) is not None


def resolve(text: str, folder: Path) -> str:
    """What a reference stands for. `folder` is where relative paths start. Raises SecretMissing."""
    match = _REFERENCE.fullmatch(text)
    if match is None or match[1] not in _KINDS:
        known = there_are(f"${{{kind}:…}}" for kind in _KINDS)
        # The text itself stays out of the message: what stands around a reference may be half a secret.
        raise NoReference(f"this is no whole reference to a secret; {known}, with nothing around it")
    return _KINDS[match[1]](match[2], folder)


def _env(name: str, folder: Path) -> str:  # noqa: ARG001  kinds are called alike
    value = os.environ.get(name, "").strip()
    if not value:
        raise SecretMissing(f"the secret {name} is not set in the environment: export {name}=…")
    return value


def _file(name: str, folder: Path) -> str:
    path = folder / name
    try:
        value = path.read_text(encoding="utf-8-sig").strip()
    except OSError as error:
        why = (error.strerror or "it cannot be opened").lower()
        raise SecretMissing(f"the secret's file {path} cannot be read: {why}") from None
    except ValueError:  # the error's own words would quote what stands in the file
        raise SecretMissing(f"the secret's file {path} cannot be read: it is no UTF-8 text") from None
    if not value:
        raise SecretMissing(f"the secret's file {path} is empty")
    return value


def _keyring(name: str, folder: Path) -> str:  # noqa: ARG001
    try:
        import keyring
        from keyring.errors import KeyringError
    except ImportError:
        raise SecretMissing("${keyring:…} needs the package keyring: pip install psosync[keyring]") from None
    service, _, user = name.partition("/")
    try:
        value = keyring.get_password(service, user)
    except KeyringError as error:
        raise SecretMissing(f"the keyring cannot be asked for {name}: {error}") from None
    if not value:
        raise SecretMissing(f"the keyring has no secret {name}")
    return str(value)


_KINDS: dict[str, Callable[[str, Path], str]] = {"env": _env, "file": _file, "keyring": _keyring}
