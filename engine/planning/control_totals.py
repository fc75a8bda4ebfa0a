"""Control totals: what the target will compute must agree with what the source says.

Pure: what the target computes (`engine.sdk.Books.totals`) is passed in.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from engine.model.payload import Payload


def source_totals(payload: Payload) -> dict[str, Decimal]:
    """What the source says, with the decimals of its currency. The target may keep fewer: that is a
    difference like any other.
    """
    return dict(payload.totals)


def differences(payload: Payload, computed: Mapping[str, Decimal]) -> dict[str, tuple[Decimal, Decimal]]:
    """Per control total that differs: (what the source says, what the target will compute)."""
    return differing(payload.totals, computed)


def differing(
    totals: Mapping[str, Decimal], computed: Mapping[str, Decimal]
) -> dict[str, tuple[Decimal, Decimal]]:
    """As `differences`, for totals that were kept of a payload."""
    pairs = ((name, ours, computed.get(name)) for name, ours in totals.items())
    return {name: (ours, theirs) for name, ours, theirs in pairs if theirs is not None and theirs != ours}


def settled(payload: Payload, computed: Mapping[str, Decimal]) -> bool:
    """Whether a policy has settled the totals. A rounding line moves the sum of the lines; what the
    customer pays must agree.
    """
    left = differences(payload, computed)
    if payload.on_difference == "rounding_line" and payload.totals:
        return [*payload.totals][-1] not in left
    return not left


def explain(differing: Mapping[str, tuple[Decimal, Decimal]], source: str, target: str) -> str:
    """The arithmetic in words: `Total 1200.00 in psohub, 1200.01 in xero (+0.01)`."""
    return "; ".join(
        f"{name} {ours:f} in {source}, {theirs:f} in {target} ({theirs - ours:+f})"
        for name, (ours, theirs) in differing.items()
    )


def within(differing: Mapping[str, tuple[Decimal, Decimal]], tolerance: Decimal) -> bool:
    return all(abs(theirs - ours) <= tolerance for ours, theirs in differing.values())
