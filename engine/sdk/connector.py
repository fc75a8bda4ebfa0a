"""What a connector is and what it promises. The only door of the engine that connectors know.

A connector translates: wire to `Record`, `Batch` to wire, answer to `Receipt`. It does not map, retry,
decide or remember.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from engine.model.change import Batch, Receipt
from engine.model.drift import Standing
from engine.model.errors import RequestRefusedError, SignInError, SyncError, UnavailableError
from engine.model.record import Notice, Record
from engine.model.schema import Stream

if TYPE_CHECKING:
    from pydantic import BaseModel

    from engine.sdk.settings import Settings


@dataclass(frozen=True, slots=True)
class Finding:
    """What a check says about one thing. `code` groups causes; `near` is the nearest valid value, if any."""

    code: str
    message: str
    near: str = ""

    @classmethod
    def of(cls, error: SyncError) -> Finding:
        """What ended a check, in its own words. `code` is sign_in, unavailable, refused or failed."""
        codes = {SignInError: "sign_in", UnavailableError: "unavailable", RequestRefusedError: "refused"}
        code = next((code for kind, code in codes.items() if isinstance(error, kind)), "failed")
        return cls(code, str(error))


def silent(message: str) -> None:
    """Tell nobody."""
    del message


@dataclass(frozen=True, slots=True)
class Context:
    """What an opened connector is told: its name in the mappings, and whom to tell of long waits."""

    system: str  # the first part of its records' addresses, e.g. `psohub`
    say: Callable[[str], None] = silent  # a sentence for people; may be called from any thread


class System(Protocol):
    """An opened connector: a source, a target, or both. Not shared between runs; `write` and `act` may be
    called from as many threads as the connector's `in_flight` says, everything else from one."""

    @property
    def requests(self) -> int:
        """HTTP requests made so far, retries, sign-in and all."""

    def quotas(self) -> Mapping[str, str]:
        """What the system last said is left of its limits, e.g. {"minute": "41", "day": "812"}."""

    def identity(self) -> str:
        """Whose books these are, stable over runs: the engine refuses a ledger that was begun with others.

        May ask the system once. Raises UnavailableError, SignInError.
        """

    def close(self) -> None:
        """Give back sockets. Safe to call twice."""

    def check(self) -> Sequence[Finding]:
        """The live connection test: read-only, the system's own message unedited. Empty: all is well."""

    def read(
        self,
        stream: str,
        *,
        since: datetime | None = None,
        keys: Sequence[str] | None = None,
        paths: frozenset[str] = frozenset(),
    ) -> Iterator[Record | Notice]:
        """Yield records of `stream`, and notices about the reading.

        Repeatable. `since` (aware, UTC): what changed since then, overlapping rather than missing; a system
        that cannot tell reads all. `keys`: these ids and no others; ids that do not exist are left out.
        `paths`: what the mappings read, e.g. {"lines.gl_account", "project.due_days"}; further reads are
        joined only for these. Raises UnavailableError, SignInError.
        """

    def find(self, stream: str, rules: Sequence[Mapping[str, Any]]) -> Sequence[Sequence[Record]]:
        """For each rule (field -> value, all of which must equal) the records that satisfy it, in order.

        Names may be dotted (`Contact.ContactID`), as in `Stream.match_fields`; an empty rule finds nothing.
        Records that are void, deleted or merged away are left out; archived ones are not.
        Raises UnavailableError, SignInError.
        """

    def preflight(self, stream: str, bodies: Sequence[Mapping[str, Any]]) -> Sequence[Sequence[Finding]]:
        """For each body the reasons why the system would refuse it, as far as reading tells. No writes.

        Open references (`Ref`) in a body are to be passed over. Raises UnavailableError, SignInError.
        """

    def totals(self, stream: str, body: Mapping[str, Any]) -> Mapping[str, Decimal]:
        """The control totals (`Stream.compared`) that the system will compute from a body."""

    def settle_difference(
        self, stream: str, body: Mapping[str, Any], policy: str, totals: Mapping[str, Decimal]
    ) -> Mapping[str, Any] | None:
        """The body changed by `policy` (adjust_tax, rounding_line) so that its totals come out as `totals`;
        None where the policy cannot do it."""

    def write(self, batch: Batch) -> Sequence[Receipt]:
        """Send a batch of creates or updates as it was begun, under its key: one receipt per part, in order.

        A part refused is a receipt. Raises InDoubtError where nobody knows what became of the batch,
        UnavailableError where it surely was not processed, SignInError.
        """

    def act(self, batch: Batch) -> Sequence[Receipt]:
        """Carry out a verb of the stream (`batch.verb`, e.g. email) for each part's `target_id`.

        Receipts and errors are those of `write`.
        """

    def acted(self, stream: str, verb: str, target_id: str) -> bool | None:
        """Whether a verb has been carried out already, read from the system; None where it cannot tell.

        Raises UnavailableError, SignInError.
        """

    def standing(self, stream: str, values: Mapping[str, Any]) -> Standing | None:
        """Where a document stands in this system's book; None for streams that are no documents.

        `values` may hold dates as ISO text, as they come back from the ledger.
        """

    def address_for_people(self, stream: str, key: str) -> str:
        """A web address that shows the record to a person; empty where there is none."""


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
