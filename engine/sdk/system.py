"""An opened connector: what an author writes of it, in four parts.

Inherit `Source` for a system that is read. Add a `Target` if it is written to, `Actions` if a stream has
actions such as `email`, and `Books` if its documents have totals or a state that can be compared. A part
that is left out refuses, or answers "nothing", in a plain sentence.

Values are typed as `engine.model.schema` says: text is `str`, amounts are `Decimal`, never a float. Requests
to write and act come from as many threads as `Connector.in_flight`; everything else is called from one
thread at a time.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any, Literal

from engine.model.change import Batch, Receipt
from engine.model.drift import Standing
from engine.model.errors import RequestRefusedError, SignInError, SyncError, UnavailableError
from engine.model.record import Entry, Record


@dataclass(frozen=True, slots=True)
class Remedy:
    """Fields of a body that the system would accept instead, if the pack's `setting` is set to `choice`."""

    setting: str
    choice: str
    fields: tuple[tuple[str, Any], ...]
    message: str  # what is done, for people


@dataclass(frozen=True, slots=True)
class ActionPreview:
    """An action as a plan sees it: its record, and the record that it goes to, as they will be.

    What does not exist yet has the body that will be written, the totals that the system will compute, and
    what people call it. `to_key` is the same for two actions that go to the same record.
    """

    values: Mapping[str, Any]
    to_values: Mapping[str, Any]
    to_key: str


@dataclass(frozen=True, slots=True)
class Finding:
    """One problem that a check reports. `code` groups causes; `suggestion` is the nearest valid value, if
    any; `path` the field of a body, e.g. `LineItems[0].AccountCode`.

    One that does not `refuse` is reported, and the record is written all the same. So is one with a `remedy`
    that the pack's settings choose, and one that `drops` its field: the record is written without it. Of an
    action that would not be carried out, `outcome` says whether it waits for a person, is tried again by
    itself, or has nothing to do.
    """

    code: str
    message: str
    suggestion: str = ""
    path: str = ""
    refuses: bool = True
    remedy: Remedy | None = None
    drops: bool = False
    outcome: Literal["held", "waiting", "skipped"] = "held"

    @classmethod
    def from_error(cls, error: SyncError) -> Finding:
        """The error that ended a check. `code` is sign_in, unavailable, refused or failed."""
        codes = {SignInError: "sign_in", UnavailableError: "unavailable", RequestRefusedError: "refused"}
        code = next((code for kind, code in codes.items() if isinstance(error, kind)), "failed")
        return cls(code, str(error))


@dataclass(frozen=True, slots=True)
class Allowance:
    """How many actions of a kind are carried out on one day (UTC); `reason`: why not more, for people."""

    a_day: int
    reason: str


class Source(ABC):
    """The system as something to read. A target has one too: its records are read back."""

    @property
    def requests(self) -> int:
        """HTTP requests made so far, including retries and sign-in. 0 for a system that is not reached by
        HTTP.
        """
        return 0

    def quotas(self) -> Mapping[str, str]:
        """What the system last reported as left of its limits, e.g. {"minute": "41", "day": "812"}."""
        return {}

    @abstractmethod
    def identity(self) -> str:
        """The account that the settings lead to: a text that is the same in every run.

        The engine refuses to use a ledger whose links belong to another account. May send one request.
        Raises UnavailableError, SignInError.
        """

    def continues(self, known: str) -> bool:
        """Whether an identity that a ledger has recorded is this account under a former spelling."""
        return known == self.identity()

    @abstractmethod
    def check(self) -> Sequence[Finding]:
        """Test the connection, read-only. Empty if it works; else the system's own message, unedited."""

    @abstractmethod
    def read(
        self,
        stream: str,
        *,
        since: datetime | None = None,
        keys: Sequence[str] | None = None,
        paths: frozenset[str] = frozenset(),
    ) -> Iterator[Entry]:
        """Yield the records of a stream, and notices about this reading. Repeatable.

        `since` (aware, UTC): records changed since then. Rather too many than too few: a system that cannot
        tell yields all. `keys`: only the records with these ids; ids that do not exist are left out.
        `paths`: the fields that the mappings use, e.g. {"lines.gl_account", "project.due_days"}; fields
        listed in `Stream.joins` are only read if they are among them. A record that cannot be read, in one of
        `paths`, is an Unusable, not an error; one that another config pushes is an Elsewhere. Raises
        UnavailableError, SignInError, ConfigError.
        """

    def widen(self, stream: str) -> bool:
        """Let later readings show more of a work queue at once. False if they cannot.

        A plan of the complete queue asks for it, until all of it is shown or the answer is False.
        """
        del stream
        return False

    def close(self) -> None:  # noqa: B027  by default there is nothing to release
        """Release sockets and files. May be called twice."""


class Target(ABC):
    """The system as something to write to."""

    @abstractmethod
    def find(self, stream: str, rules: Sequence[Mapping[str, Any]]) -> Sequence[Sequence[Record]]:
        """For each rule the records that satisfy it, in the order of the rules.

        A rule maps fields to values, all of which must be equal. Fields are those of `Stream.match_fields`
        and may be dotted (`Contact.ContactID`). An empty rule matches nothing. Records that are void or
        deleted are left out; archived ones are not. For one that was merged away the record at the end of
        the chain is returned, with the one that was found as its `through`. Raises UnavailableError,
        SignInError, also for a record that cannot be read: a search before creating must not take it for
        absent.
        """

    def preflight(self, stream: str, bodies: Sequence[Mapping[str, Any]]) -> Sequence[Sequence[Finding]]:
        """For each body the reasons for which the system would refuse it, as far as reading shows. No writes.

        A body may still contain a `Ref` for a record that does not exist yet: skip it. What the fields
        declare (lengths, characters, words, what is required) is checked already.
        Raises UnavailableError, SignInError.
        """
        del stream
        return [[] for _ in bodies]

    def preflight_updates(
        self,
        stream: str,
        bodies: Sequence[Mapping[str, Any]],
        current: Sequence[Mapping[str, Any]],
        created: Sequence[Mapping[str, Any]] = (),
    ) -> Sequence[Sequence[Finding]]:
        """As `preflight`, for updates of the records in `current`, whose values were just read.

        `created`: bodies of new records that are written before them.
        """
        del current, created
        return self.preflight(stream, bodies)

    @abstractmethod
    def write(self, batch: Batch) -> Sequence[Receipt]:
        """Send a batch (`batch.verb` is create or update) under its key; one receipt for each part, in
        order.

        Within `Connector.replay_seconds` the same batch under the same key must be answered again, not
        carried out twice. A record that the system refuses is a receipt with a reason, and does not stop its
        neighbours; an error that does not name its record is a receipt with a code that ends in `.request`
        ("refused", or "doubt" if the record may have been written all the same). Raises InDoubtError if the
        batch may or may not have been processed, SpentKeyError if besides the system repeats an error under
        the key, UnavailableError if the batch certainly was not processed, SignInError.
        """


class Actions(ABC):
    """What can be done with a record besides writing it: the verbs in `Stream.actions`, e.g. `email`."""

    @abstractmethod
    def act(self, batch: Batch) -> Sequence[Receipt]:
        """Carry out `batch.verb` for each part's `target_id`. Receipts, errors and repeats as for
        `Target.write`.
        """

    def prepare(self, stream: str, verb: str, target_ids: Sequence[str]) -> None:
        """Read ahead, in few requests, what `act` needs for these records. Nothing depends on it.

        Raises UnavailableError, SignInError.
        """
        del stream, verb, target_ids

    def action_findings(
        self, stream: str, verb: str, requests: Sequence[tuple[Mapping[str, Any], Mapping[str, Any]]]
    ) -> Sequence[Sequence[Finding]]:
        """For each request of an action the reasons for which it would not be carried out, as far as reading
        shows, if they are made in this order. No writes.

        A request is the action's own body, `{"to": …}` or empty, and the document: as it was last seen, with
        its id, or as it is about to be created. A record that it refers to and that is created or changed
        first is there with its fields. Raises UnavailableError, SignInError.
        """
        del stream, verb
        return [[] for _ in requests]

    def allowance(self, stream: str, verb: str) -> Allowance | None:
        """How many of these are carried out on one day, together with the others of `Action.mails` if it is
        one of them; None: no limit is known. Raises UnavailableError, SignInError.
        """
        del stream, verb
        return None

    def foresee(self, stream: str, verb: str, previews: Sequence[ActionPreview]) -> Sequence[Receipt]:
        """What `act` would answer for actions that go to other records, one after the other. No requests."""
        del stream, verb
        return [Receipt("done") for _ in previews]

    def acted(self, stream: str, verb: str, target_id: str, body: Mapping[str, Any]) -> bool | None:
        """Whether the verb has been carried out for a record, read from the system; None if it cannot tell.

        `body` is the part's, with the action's `to`. Raises UnavailableError, SignInError.
        """
        del stream, verb, target_id, body
        return None


class Books:
    """The system as books: totals that it computes, the state of its documents, links for people."""

    def totals(self, stream: str, body: Mapping[str, Any]) -> Mapping[str, Decimal]:
        """The control totals (`Stream.control_totals`) that the system will compute from a body.

        Required if a stream has control totals. Raises UnavailableError, SignInError.
        """
        del stream, body
        return {}

    def settle_difference(
        self, stream: str, body: Mapping[str, Any], policy: str, totals: Mapping[str, Decimal]
    ) -> Mapping[str, Any] | None:
        """The body changed so that its totals become `totals`; None if `policy` cannot do that.

        `policy` is `adjust_tax` or `rounding_line`. Raises UnavailableError, SignInError.
        """
        del stream, body, policy, totals
        return None

    def base_currency(self) -> str:
        """The currency of a document that names none; empty if the system has none of its own.

        Raises UnavailableError, SignInError.
        """
        return ""

    def standing(self, stream: str, values: Mapping[str, Any]) -> Standing | None:
        """State, total and paid amount of a document; None for a record that is not one.

        A document that was not issued yet is a `draft`: it is in the books once a mapping takes it.

        `values` is a record's; dates may be ISO text, as the ledger keeps them.
        """
        del stream, values
        return None

    def web_link(self, stream: str, key: str) -> str:
        """The web address at which a person sees the record; empty if there is none."""
        del stream, key
        return ""


class NoTarget(Target):
    """For a system that is only read."""

    def find(self, stream: str, rules: Sequence[Mapping[str, Any]]) -> Sequence[Sequence[Record]]:
        del stream
        return [[] for _ in rules]

    def write(self, batch: Batch) -> Sequence[Receipt]:
        return refuse(batch, f"cannot {batch.verb} {batch.stream}: this system is read-only", "read_only")


class NoActions(Actions):
    """For a system whose streams have no actions."""

    def act(self, batch: Batch) -> Sequence[Receipt]:
        return refuse(batch, f'{batch.stream} has no action "{batch.verb}"', "verb")


@dataclass(frozen=True, slots=True)
class System:
    """An opened connector. One object may play several parts. Not shared between runs."""

    source: Source
    target: Target = field(default_factory=NoTarget)
    actions: Actions = field(default_factory=NoActions)
    books: Books = field(default_factory=Books)


def refuse(batch: Batch, reason: str, code: str) -> list[Receipt]:
    """A receipt for each part that says it was refused."""
    return [Receipt("refused", part.target_id, reason, code) for part in batch.parts]
