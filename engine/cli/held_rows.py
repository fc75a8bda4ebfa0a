"""Held records by what a person calls them: an address, or the number of the document in either system."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path

from engine.ledger import Ledger
from engine.model.address import Address, StreamRef
from engine.model.advice import did_you_mean
from engine.model.errors import ConfigError
from engine.model.link import HeldRow


def named_rows(
    ledger: Ledger, rows: Sequence[HeldRow], wanted: Sequence[str], config: Path, state: str
) -> list[HeldRow]:
    """The rows with these names, or all of them without any. A number of several documents names none."""
    if not wanted:
        return list(rows)
    pairs = {row.address: _pair(ledger, row) for row in rows}
    titles = _titles(ledger, {address for pair in pairs.values() for address in pair})
    names = {row.address: _names(row, pairs[row.address], titles) for row in rows}
    found: list[HeldRow] = []
    for name in wanted:
        meant = [row for row in rows if name in names[row.address]]
        if not meant:
            hint = did_you_mean(name, {name for row in rows for name in names[row.address]})
            raise ConfigError(f'"{name}" is not {state}; {hint or f"`sync held {config}` lists what is"}')
        if len({pairs[row.address] for row in meant}) > 1:
            addresses = ", ".join(sorted({str(row.address) for row in meant}))
            raise ConfigError(f'"{name}" is the number of several records; use one of {addresses}')
        found += [row for row in meant if row not in found]
    return found


def _pair(ledger: Ledger, row: HeldRow) -> frozenset[Address]:
    """A record and the one that it is linked to: one document for people."""
    link = ledger.links.get(row.mapping, row.address)
    if link is not None:
        return frozenset({row.address, link.target})
    # A write-back that was never accepted has no link of its own: its record is the target of another.
    return frozenset({row.address, *(made.address for made in ledger.links.of_target(row.address))})


def _titles(ledger: Ledger, addresses: set[Address]) -> Mapping[Address, str]:
    keys: dict[StreamRef, list[str]] = defaultdict(list)
    for address in addresses:
        keys[address.stream_ref].append(address.key)
    documents = (ledger.documents.get(stream, found).values() for stream, found in keys.items())
    return {document.address: document.title for found in documents for document in found}


def _names(row: HeldRow, pair: frozenset[Address], titles: Mapping[Address, str]) -> set[str]:
    own = {str(row.address), row.address.key, row.title}
    return (own | {titles.get(address, "") for address in pair}) - {""}
