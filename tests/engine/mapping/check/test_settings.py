"""Settings and the run: what expressions see of them, and what is bound when a program is linked."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest

from engine.mapping import Run
from engine.model.errors import ConfigError
from tests.engine.mapping.mapping_examples import PACK
from tests.engine.mapping.mapping_kit import SETTINGS, TABLES, compiled, evaluated, field_rule, mapper, record


def test_a_setting_that_is_not_set_is_absent(tmp_path: Path) -> None:
    assert evaluated(tmp_path, "settings.unset is missing") is True
    assert evaluated(tmp_path, "settings.unset") is ...
    assert evaluated(tmp_path, "settings.unset", settings={"unset": "  "}) is ...
    assert evaluated(tmp_path, "settings.unset", settings={"unset": "x"}) == "x"
    assert (
        evaluated(tmp_path, "settings.start", settings={"start": datetime.date(2026, 1, 2)}) == "2026-01-02"
    )


@pytest.mark.parametrize("value", [None, "", "  "])
def test_a_required_setting_that_is_not_set_refuses_the_whole_run(tmp_path: Path, value: str | None) -> None:
    program = compiled(tmp_path, **PACK).mappings["invoices"]
    run = Run(datetime.date(2026, 3, 1), "r")
    with pytest.raises(ConfigError, match="revenue_account"):
        program.link({**SETTINGS, "revenue_account": value}, TABLES, run)


def test_a_shape_cannot_be_linked(tmp_path: Path) -> None:
    program = compiled(tmp_path, **PACK).mappings["lines"]
    with pytest.raises(ConfigError, match="lines"):
        program.link(SETTINGS, TABLES, Run(datetime.date(2026, 3, 1), "r"))


def test_the_run_has_a_date_and_an_id(tmp_path: Path) -> None:
    assert evaluated(tmp_path, "run.date | plus_days(1) | text ~ run.id") == "2026-03-02run-7"


def test_one_program_is_linked_to_several_settings(tmp_path: Path) -> None:
    programs = compiled(tmp_path, invoices=field_rule('Days: "{{ settings.due_days }}"'))
    first, second = mapper(programs, due_days=1), mapper(programs, due_days=2)
    made = [run(record()).body["Days"] for run in (first, second, first)]  # type: ignore[union-attr]
    assert made == [1, 2, 1]


def test_a_table_that_is_not_given_is_our_own_mistake_and_not_the_records(tmp_path: Path) -> None:
    program = compiled(tmp_path, **PACK).mappings["invoices"]
    with pytest.raises(KeyError, match="accounts"):
        program.link(SETTINGS, {}, Run(datetime.date(2026, 3, 1), "r"))
