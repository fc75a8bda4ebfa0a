"""What a connector is: the value that its entry point names.

A connector translates: wire to `Record`, `Batch` to wire, answer to `Receipt`. It does not map, retry,
decide or remember.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from engine.model.schema import Stream
from engine.sdk.declaration import check_declaration, check_parts
from engine.sdk.system import System

if TYPE_CHECKING:
    from pydantic import BaseModel

    from engine.sdk.settings import Settings


def silent(message: str) -> None:
    """Discard the message."""
    del message


@dataclass(frozen=True, slots=True)
class Context:
    """What a connector is opened with besides its settings."""

    system: str  # its name in the mappings, the first part of its records' addresses: `psohub`
    notify: Callable[[str], None] = silent  # shows people a sentence, e.g. about a long wait; from any thread
    folder: Path = Path()  # the config's: relative paths in settings start here
    since: date | None = None  # the cut-off date: older documents are not pushed, and never compared unlinked


class Sandbox:
    """The system simulated on this machine.

    `options` validates the options under `sandbox:` in a config; given as a function, it is called when first
    needed, so that naming a connector does not import its sandbox. `app` makes the ASGI application, with its
    state in one file: an `engine.sdk.sandbox.SandboxApp`, or any other. `settings` returns the connector
    settings that reach it at an origin such as `http://127.0.0.1:8701`: text, whole numbers, booleans and
    lists, no floats, as they are shown as JSON with exact numbers. `play` has what a person can do in the
    system: verb -> function of the opened system and a record's id, which returns a sentence about what it
    did, or raises ActRefusedError.
    """

    def __init__(
        self,
        options: type[BaseModel] | Callable[[], type[BaseModel]],
        app: Callable[[Path, Any], Any],
        settings: Callable[[str, Any], Mapping[str, Any]],
        play: Mapping[str, Callable[[System, str], str]] | None = None,
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
    """A connector is this value, found by its entry point in the group `sync.connectors`.

    Raises DeclarationError, when it is imported, if a stream is declared incompletely.
    """

    name: str  # in configs, under `connector:`, and of its entry point
    settings: type[Settings]  # validates the system's part of a config
    streams: tuple[Stream, ...]
    open: Callable[[Any, Context], System]  # gets an instance of `settings`; sends no request yet
    sandbox: Sandbox | None = None
    replay_seconds: int = 0  # for how long a batch is answered again under its key, not carried out twice
    in_flight: int = 1  # calls of `write` and `act` at once
    declare: Callable[[Any], tuple[Stream, ...]] | None = None  # streams that depend on the settings

    def __post_init__(self) -> None:
        check_declaration(self.name, self.streams, self.in_flight, self.replay_seconds)

    def configured(self, settings: Any) -> Connector:
        """The connector with the streams that its settings declare, if they do. Raises DeclarationError."""
        return replace(self, streams=self.declare(settings)) if self.declare else self

    def stream(self, name: str) -> Stream | None:
        """The stream of that name, without the system: `invoices`; None if there is none."""
        return next((stream for stream in self.streams if stream.name == name), None)


def open_system(connector: Connector, settings: Settings, context: Context) -> System:
    """Open a system. Raises DeclarationError if it lacks a part that the connector's streams need."""
    system = connector.open(settings, context)
    check_parts(connector.name, connector.streams, system)
    return system
