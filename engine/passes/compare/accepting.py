"""Differences that a person has accepted are reported as that, until they change."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from engine.model.address import Address
from engine.model.drift import DRIFT, Acceptance, Drifted, Row
from engine.planning.fingerprint import fingerprint


class Acceptances:
    """What was accepted, and which documents differ now."""

    def __init__(self, accepted: Mapping[Address, Acceptance]) -> None:
        self._accepted = accepted
        self.drifted: list[Drifted] = []

    def applied(self, rows: Sequence[Row]) -> list[Row]:
        """The rows of one linked document, its differences marked if they are the accepted ones."""
        drift = [row for row in rows if row.kind in DRIFT]
        if not drift:
            return list(rows)
        drifted = _drifted(drift)
        self.drifted.append(drifted)
        acceptance = self._accepted.get(drifted.target)
        if acceptance is None:
            return list(rows)
        if acceptance.fingerprint == drifted.fingerprint:
            return [replace(row, accepted=acceptance, advice="") if row in drift else row for row in rows]
        before = f"changed since it was accepted on {acceptance.at:%Y-%m-%d}: {acceptance.why}"
        return [
            replace(row, note="; ".join(filter(None, (row.note, before)))) if row in drift else row
            for row in rows
        ]


def _drifted(rows: Sequence[Row]) -> Drifted:
    row = rows[0]
    if row.source is None or row.target is None:
        raise ValueError(f"{row.title} is in one system only: that is news, not a difference")
    kinds = tuple(dict.fromkeys(row.kind for row in rows))
    return Drifted(row.source, row.target, row.source_title, row.title, kinds, _fingerprint(rows))


def _fingerprint(rows: Sequence[Row]) -> str:
    """Of what a person sees of the differences: their kinds, values and amounts."""
    seen = [
        [row.kind, row.currency, row.amount, [[one.path, one.before, one.after] for one in row.differences]]
        for row in rows
    ]
    return fingerprint({"rows": _plain(seen)})


def _plain(value: Any) -> Any:
    """With dates as text."""
    if isinstance(value, Mapping):
        return {name: _plain(member) for name, member in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return value.isoformat() if isinstance(value, date) else value
