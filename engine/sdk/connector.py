"""What a connector is: the value behind its entry point.

A connector translates: wire to `Record`, `Batch` to wire, answer to `Receipt`. It does not map, retry,
decide or remember.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from engine.model.schema import Stream
from engine.sdk.system import System

if TYPE_CHECKING:
    from pydantic import BaseModel

    from engine.sdk.settings import Settings


def silent(message: str) -> None:
    """Show the message to no one."""
    del message


@dataclass(frozen=True, slots=True)
class Context:
    """What a connector is opened with besides its settings."""

    system: str  # its name in the mappings, the first part of its records' addresses: `psohub`
    notify: Callable[[str], None] = silent  # shows people a sentence, e.g. about a long wait; from any thread
    folder: Path = Path()  # the config's: relative paths in settings start here


class Sandbox:
    """The system played on this machine.

    `options` validates what stands under `sandbox:` in a config; given as a function, it is called when it is
    first needed, so that a connector can be named without importing its sandbox. `app` makes the ASGI
    application with its state in one file. `settings` gives the connector settings that reach it at an origin
    such as `http://127.0.0.1:8701`. `play` has what a person can do in the system: verb -> function of the
    opened system and a record's id, which says in a sentence what it did, or raises ActRefusedError.
    """

    def __init__(
        self,
        options: type[BaseModel] | Callable[[], type[BaseModel]],
        app: Callable[[Path, Any], Any],
        settings: Callable[[str, Any], Mapping[str, Any]],
        play: Mapping[str, Callable[[Any, str], str]] | None = None,
    ) -> None:
        self._options = options
        self.app = app
        self.settings = settings
        self.play = play or {}

    @property
    def options(self) -> type[BaseModel]:
        """The model that validates the options."""
        return self._options if isinstance(self._options, type) else self._options()


@dataclass(frozen=True, slots=True)
class Connector:
    """A connector is this value, found by its entry point in the group `sync.connectors`."""

    name: str  # what configs call it under `connector:`, and its entry point
    settings: type[Settings]  # validates what a config says of the system
    streams: tuple[Stream, ...]  # declared offline: no settings, no network
    open: Callable[[Any, Context], System]  # given an instance of `settings`; asks the system nothing yet
    sandbox: Sandbox | None = None
    replay_seconds: int = 0  # for so long the same batch under the same key is answered, not done twice
    in_flight: int = 1  # calls of `write` and `act` at once

    def stream(self, name: str) -> Stream | None:
        """The stream of that name, without the system: `invoices`; None where there is none."""
        return next((one for one in self.streams if one.name == name), None)
