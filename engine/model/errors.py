"""Errors, each named for what its catcher does next. `cli/main.py` turns them into exit codes."""

from __future__ import annotations

from collections.abc import Sequence

from engine.model.diagnostic import Diagnostic
from engine.model.redact import redacted


class SyncError(Exception):
    """The root: one plain sentence for people, an exit code for programs."""

    exit_code = 3

    def __init__(self, message: str = "") -> None:
        super().__init__(redacted(message))


class ConfigError(SyncError):
    """Fix a file. Carries every diagnostic, or one sentence if the mistake has no location."""

    exit_code = 2

    def __init__(self, message: str, diagnostics: Sequence[Diagnostic] = ()) -> None:
        super().__init__(message)
        self.diagnostics = tuple(diagnostics)


class SignInError(SyncError):
    """A person must sign in again, or correct the credentials."""

    exit_code = 4


class UnsafePlanError(SyncError):
    """Too much would change: ask for --yes."""

    exit_code = 5


class UnavailableError(SyncError):
    """The other system cannot be reached, is down, or its quota is used up. Nothing is lost: run again."""

    exit_code = 6

    def __init__(self, message: str, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after  # seconds, if the other system named them


class BusyError(UnavailableError):
    """Another run of the same config is using the ledger."""


class InDoubtError(UnavailableError):
    """A write was sent and no usable answer came back: it may exist or not. The batch stays open.

    `words` says in short what came instead, for a record that this happens to again and again.
    """

    def __init__(self, message: str, words: str = "") -> None:
        super().__init__(message)
        self.words = words or message


class SpentKeyError(InDoubtError):
    """A write was answered with an error of the system's own that names no record, such as a status 500.

    Some of it may have been carried out. The key is not used again, as the system would repeat the error:
    look up what exists, and send the rest under a new key.
    """


class UnreadableError(UnavailableError):
    """An answer came, and cannot be read: only what depends on this answer has to wait."""


class RequestRefusedError(SyncError):
    """The other system refused a request, in its own words; repeating it does not help.

    The cause is in the config: an address, a path or a name that is a setting.
    """

    exit_code = 2

    def __init__(self, message: str, status: int) -> None:
        super().__init__(message)
        self.status = status


class ActRefusedError(SyncError):
    """What a person wanted done with one record was refused, in the system's own words; nothing was done."""

    exit_code = 1
