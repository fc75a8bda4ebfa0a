"""Control totals: what the target will compute must agree with what the source says."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal

from engine.model.payload import Payload

CENT = Decimal("0.01")


def differences(payload: Payload, computed: Mapping[str, Decimal]) -> dict[str, tuple[Decimal, Decimal]]:
    """Per control total that differs: (what the source says, to the cent; what the target will compute)."""
    found = {}
    for name, stated in payload.totals.items():
        ours = stated.quantize(CENT, ROUND_HALF_UP)
        theirs = computed.get(name)
        if theirs is not None and theirs != ours:
            found[name] = (ours, theirs)
    return found


def explain(found: Mapping[str, tuple[Decimal, Decimal]]) -> str:
    """The arithmetic in words: `Total 1200.00 here, 1200.01 there (0.01)`."""
    return "; ".join(
        f"{name} {ours:f} here, {theirs:f} there ({theirs - ours:+f})"
        for name, (ours, theirs) in found.items()
    )


def within(found: Mapping[str, tuple[Decimal, Decimal]], tolerance: Decimal) -> bool:
    return all(abs(theirs - ours) <= tolerance for ours, theirs in found.values())
