"""Held records that a person has dismissed are left alone, until their source changes."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from engine.model.address import Address
from engine.model.change import Skipped
from engine.model.link import HeldRow
from engine.passes.context import RunContext
from engine.passes.flow import Flow
from engine.passes.held import held_rows
from engine.planning.fingerprint import same_source, source_values


class Dismissed:
    """The dismissals of one flow, compared with its records as they are read."""

    def __init__(self, context: RunContext, flow: Flow) -> None:
        self._context, self._flow = context, flow
        dismissals = context.ledger.dismissed.all(flow.name)
        self._dismissals = {address: dismissal for (_, address), dismissal in dismissals.items()}
        self._reopened: dict[Address, HeldRow] = {}
        self.left_alone: set[Address] = set()  # records of this reading that are dismissed
        self._values: dict[Address, Mapping[str, Any]] = {}

    def skipped(self, address: Address, values: Mapping[str, Any]) -> Skipped | None:
        """The change for a record that was dismissed and is as it was; None for every other."""
        dismissal = self._dismissals.get(address)
        if dismissal is None:
            return None
        self.keep(address, values)
        if dismissal.source and not same_source(dismissal.source, self._hashes(address, values)):
            self._reopened[address] = dismissal.row
            return None
        self.left_alone.add(address)
        return Skipped(address, self._flow.name, f"dismissed by {dismissal.who}: {dismissal.why}")

    def keep(self, address: Address, values: Mapping[str, Any]) -> None:
        """Keep the values of a record that may be held in the end, for `note_sources`."""
        self._values[address] = values

    def rows(self, rows: Mapping[Address, HeldRow]) -> dict[Address, HeldRow]:
        """The held rows with those whose dismissal has ended: they are as they were before it."""
        return {**rows, **self._reopened}

    def save(self) -> None:
        """End the dismissals of changed records in the ledger."""
        for address in self._reopened:
            self._context.ledger.dismissed.undo(self._flow.name, address)
        self._reopened.clear()

    def note_sources(self) -> None:
        """Keep with each record that is held now what its source says."""
        held: Collection[Address] = held_rows(self._context, self._flow.name).keys()
        known = {address for address in (*held, *self._dismissals) if address in self._values}
        sources = {address: self._hashes(address, self._values[address]) for address in known}
        if sources:
            self._context.ledger.dismissed.note_sources(self._flow.name, sources)

    def _hashes(self, address: Address, values: Mapping[str, Any]) -> str:
        """Of what the mapping reads, without what was written back to the record."""
        names = {path.partition(".")[0] for path in self._flow.program.paths} - self._written_back(address)
        return source_values(values, names)

    def _written_back(self, address: Address) -> set[str]:
        links = self._context.ledger.links
        link = links.get(self._flow.name, address)
        if link is None:
            return set()
        linked = [flow for flow in self._context.linked_flows() if flow.program.linked == self._flow.name]
        back = [written for flow in linked if (written := links.get(flow.name, link.target)) is not None]
        return {name for written in back for name in written.body}


def dismissed_reasons(context: RunContext, flow: Flow) -> dict[Address, str]:
    """Why records were dismissed, for people."""
    dismissals = context.ledger.dismissed.all(flow.name)
    return {address: f"dismissed: {dismissal.why}" for (_, address), dismissal in dismissals.items()}
