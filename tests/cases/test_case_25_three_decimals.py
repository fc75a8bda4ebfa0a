"""Money in a currency with three decimals: what Xero's two take from it is a difference like any other."""

from pathlib import Path

import pytest

from tests.cases.harness import opened


@pytest.mark.parametrize(
    ("settings", "pushed"),
    [
        ({"rounding": "hold"}, 0),
        ({"rounding": "accept", "tolerance": 0.001}, 0),
        ({"rounding": "accept"}, 1),
    ],
)
def test_a_thousandth_is_a_difference(tmp_path: Path, settings: dict[str, object], pushed: int) -> None:
    with opened("25-three-decimals", tmp_path, settings=settings, load=False) as case:
        case.systems.books("Currencies", "GBP", Code="KWD")
        case.systems.books("Accounts", "230", TaxType="NONE")
        case.load_psohub()
        planned = case.plan().json
        told = [*planned["notices"], *(row["reason"] for row in planned["held"])]
        assert any("10.125 in psohub, 10.13 in xero (+0.005)" in text for text in told), told
        result = case.run()
        assert len(case.systems.pushed()) == pushed
        assert result.code == (0 if pushed else 1)
