"""Whatever is begun reads back exactly, and the ledger agrees with a small model of itself."""

from __future__ import annotations

import tempfile
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from engine.ledger import AlreadyBegunError, Ledger, TargetTakenError, open_ledger
from engine.model.address import Address
from engine.model.change import Part, Receipt
from engine.model.link import BegunBatch
from engine.sdk import wire
from tests.engine.ledger.ledger_kit import done, invoice

SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.decimals(allow_nan=False, allow_infinity=False)
    | st.decimals(places=2, min_value=-(10**9), max_value=10**9)
    | st.text()
)
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=8
)
BODIES = st.dictionaries(st.text(), VALUES, max_size=4)
ADDRESSES = st.builds(Address, st.text(), st.text(), st.text())
PARTS = st.lists(
    st.tuples(
        st.builds(Part, ADDRESSES, BODIES, st.none() | st.text(), st.text(), st.lists(st.text()).map(tuple)),
        st.text(),
    ),
    min_size=1,
    max_size=3,
    unique_by=lambda pair: pair[0].address,
)


@given(batches=st.lists(PARTS, min_size=1, max_size=2), verb=st.sampled_from(["create", "update", "email"]))
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_begun_batches_read_back_exactly(
    ledger: Ledger, batches: list[list[tuple[Part, str]]], verb: str
) -> None:
    begun = []
    for number, pairs in enumerate(batches):
        parts, prints = [part for part, _ in pairs], [text for _, text in pairs]
        begun.append(ledger.batches.begin(f"mapping {number}", "xero", "invoices", verb, parts, prints))
    found = ledger.batches.unfinished()
    for one in found:  # so that the next example begins with none
        for position in one.open:
            ledger.batches.forget(one, position)
    assert found == begun
    for sent, read in zip(begun, found, strict=True):
        for part, again in zip(sent.batch.parts, read.batch.parts, strict=True):
            # Equal is not enough: 12.5 equals 12.50, and dictionaries forget their order.
            assert wire.dumps(part.body) == wire.dumps(again.body)


KEYS = st.sampled_from(["1", "2", "3", "4"])
VERBS = st.sampled_from(["create", "update", "email"])


def kind_of(verb: str) -> str:
    return "email" if verb == "email" else "write"


class Remembering(RuleBasedStateMachine):
    """Begin, settle, forget, release, hold and reopen in any order, beside a model in dictionaries."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.url = f"sqlite:///{self.folder.name}/acme.db"
        self.ledger = open_ledger(self.url)
        self.open: dict[tuple[int, int], BegunBatch] = {}  # (batch, position)
        self.links: dict[str, str] = {}
        self.held: set[tuple[str, str]] = set()
        self.asked: dict[str, str] = {}

    def teardown(self) -> None:
        self.ledger.close()
        self.folder.cleanup()

    def _key(self, spot: tuple[int, int]) -> str:
        return self.open[spot].batch.parts[spot[1]].address.key

    @rule(keys=st.lists(KEYS, min_size=1, max_size=2), verb=VERBS)
    def begin(self, keys: list[str], verb: str) -> None:
        kind = kind_of(verb)
        busy = {self._key(spot) for spot, one in self.open.items() if kind_of(one.batch.verb) == kind}
        asked = (
            {key for key, state in self.asked.items() if state in ("begun", "done")}
            if kind == "email"
            else set()
        )
        refused = len(set(keys)) < len(keys) or bool(set(keys) & (busy | asked))
        parts = [
            Part(invoice(key), {"of": key}, None, f"INV-{key}", () if kind == "email" else ("email",))
            for key in keys
        ]
        try:
            begun = self.ledger.batches.begin("invoices", "xero", "invoices", verb, parts, keys)
        except AlreadyBegunError:
            assert refused
            return
        assert not refused
        self.open |= {(begun.batch.id, position): begun for position in begun.open}
        if kind == "email":
            self.asked |= dict.fromkeys(keys, "begun")

    @precondition(lambda self: self.open)
    @rule(data=st.data(), outcome=st.sampled_from(["done", "refused", "doubt"]), at=KEYS)
    def settle(self, data: st.DataObject, outcome: Any, at: str) -> None:
        spot = data.draw(st.sampled_from(sorted(self.open)))
        begun, key = self.open[spot], self._key(spot)
        receipt = done(at) if outcome == "done" else Receipt(outcome, reason="no", code="c")
        verb = kind_of(begun.batch.verb)
        try:
            self.ledger.batches.settle(begun, spot[1], receipt)
        except TargetTakenError:
            assert any(other != key and taken == at for other, taken in self.links.items())
            return
        if outcome == "doubt":
            return
        del self.open[spot]
        if verb == "email":
            self.asked[key] = outcome
        elif outcome == "done":
            self.links[key] = at
            if self.asked.get(key) != "begun":  # of a new document
                self.asked[key] = "wanted"
        (self.held.add if outcome == "refused" else self.held.discard)((key, verb))

    @precondition(lambda self: self.open)
    @rule(data=st.data())
    def forget(self, data: st.DataObject) -> None:
        spot = data.draw(st.sampled_from(sorted(self.open)))
        key, begun = self._key(spot), self.open.pop(spot)
        self.ledger.batches.forget(begun, spot[1])
        if begun.batch.verb == "email":
            self.asked[key] = "wanted"

    @rule(key=KEYS)
    def release(self, key: str) -> None:
        gone = {(key, "write"), (key, "email")}
        assert self.ledger.held.retry("invoices", invoice(key)) == bool(self.held & gone)
        self.held -= gone
        if self.asked.get(key) == "refused":
            self.asked[key] = "wanted"

    @rule()
    def reopen(self) -> None:
        self.ledger.close()
        self.ledger = open_ledger(self.url)

    @invariant()
    def agrees(self) -> None:
        found = self.ledger.batches.unfinished()
        assert {(one.batch.id, position) for one in found for position in one.open} == set(self.open)
        assert {one.batch.id: one.batch for one in found} == {
            one.batch.id: one.batch for one in self.open.values()
        }
        assert {key: at for key, (_, at) in self.ledger.links.fingerprints("invoices").items()} == self.links
        assert {(row.address.key, row.verb) for row in self.ledger.held.rows()} == self.held
        assert self.ledger.batches.actions("invoices", "email") == self.asked


TestRemembering = Remembering.TestCase
TestRemembering.settings = settings(max_examples=25, stateful_step_count=30, deadline=None)
