"""Whose invoice it is, read from the sandbox's two business units."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path
from typing import Any, cast

import pytest

from connectors.psohub.cleaning import Cleaner
from connectors.psohub.joining import RelatedRecords
from connectors.psohub.settings import Formats
from connectors.psohub.units import Units
from engine.sdk import ConfigError, Elsewhere, Entry
from tests.connectors.psohub.psohub_kit import Company, records, served, unusable

PATHS = frozenset({"number", "status", "total_ex_vat", "project.due_days"})
OURS, THEIRS = "2", "1"


@pytest.fixture(scope="module")
def two_units(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Company]:
    with served(tmp_path_factory.mktemp("psohub") / "p.db", invoices=20, other_unit=6) as company:
        yield company


def read(company: Company, **changes: Any) -> list[Entry]:
    psohub = company.open(**changes)
    try:
        return list(psohub.source.read("invoices", paths=PATHS))
    finally:
        psohub.source.close()


def test_own_invoices_are_records_and_others_are_counted(two_units: Company) -> None:
    found = read(two_units, business_unit=OURS)
    elsewhere = [one for one in found if isinstance(one, Elsewhere)]
    assert {one.owner for one in elsewhere} == {f"business unit {THEIRS}"}
    assert len(elsewhere) == 6, "every second one says its project only"
    own = [one.values for one in records(found)]
    assert len(own) == 22
    assert {values["business_unit_id"] for values in own} == {OURS}
    assert len(records(read(two_units, business_unit=THEIRS))) == 6
    assert len(records(read(two_units, business_unit="all"))) == 28


def test_nothing_is_joined_to_invoices_of_others(two_units: Company) -> None:
    psohub = two_units.open(business_unit=THEIRS)
    two_units.requests()
    list(psohub.source.read("invoices", paths=PATHS | {"customer.name"}))
    asked = [str(one) for one in two_units.requests()]
    psohub.source.close()
    assert sum("companyid" in one for one in asked) <= 6
    assert not any("/companies'" in one and "companyid" not in one for one in asked)


@pytest.mark.parametrize("unit", ["Acme Consulting", "28147497671100", "22"])
def test_unit_that_is_not_shown_stops_and_names_those_that_are(two_units: Company, unit: str) -> None:
    with pytest.raises(ConfigError, match=rf'business unit "{unit}"; it shows the ids 1, 2\.'):
        read(two_units, business_unit=unit)


class NoProjects:
    """PSOhub shows no project."""

    def get(self, stream: str, key: object) -> None:
        del stream, key

    def all(self, stream: str) -> list[Any]:
        del stream
        return []


@pytest.mark.parametrize(("unit", "stops"), [("North", True), ("77", False), ("all", False)])
def test_name_stops_where_nothing_states_a_unit(unit: str, stops: bool) -> None:
    units = Units(unit, cast(RelatedRecords, NoProjects()), Cleaner(Formats()))
    units.check(cut_off=False)  # nothing was seen yet
    assert units.of({"number": "X-1"}) == ""
    with (
        pytest.raises(ConfigError, match='business_unit "North" cannot be found') if stops else nullcontext()
    ):
        units.check(cut_off=False)


def test_left_out_unit_stops_where_two_are_shown(two_units: Company) -> None:
    with pytest.raises(ConfigError, match=r"2 business units \(1, 2\)"):
        read(two_units)


def test_unit_with_projects_and_no_invoice_yet_is_known(tmp_path: Path) -> None:
    with served(tmp_path / "p.db", invoices=5) as company:
        found = read(company, business_unit=THEIRS)
        assert {type(one) for one in found} == {Elsewhere}


def test_cut_off_lists_prove_nothing_about_an_id(tmp_path: Path) -> None:
    with served(tmp_path / "p.db", invoices=60, limit_cap=50) as company:
        assert not records(read(company, business_unit="77"))
        with pytest.raises(ConfigError, match="Acme"):
            read(company, business_unit="Acme")


def test_invoice_without_unit_and_project_is_unusable_and_says_what_is_missing(tmp_path: Path) -> None:
    with served(tmp_path / "p.db", invoices=3) as company:
        totals = {"TotalAmountExVAT": 1, "TotalAmountIncVAT": 1}
        company.add(InvoiceNumber="X-1", **totals)
        company.add(InvoiceNumber="X-2", ProjectID=999, **totals)
        company.add(InvoiceNumber="X-3", InvoiceStatus="Draft", TotalAmountExVAT="?", TotalAmountIncVAT=1)
        waiting = {one.title: one for one in unusable(read(company, business_unit=OURS))}
        assert {one.code for one in waiting.values()} == {"business_unit"}
        assert waiting["X-1"].reason.endswith("it has no BusinessUnitID, and no project (ProjectID) either")
        assert waiting["X-2"].reason.endswith("and PSOhub does not show its project 999")
        assert waiting["X-3"].values["status"] == "draft", "so that a mapping leaves it out"
        assert waiting["X-3"].unknown == {"business_unit_id", "total_ex_vat"}
        assert len(records(read(company, business_unit="all"))) == 6
