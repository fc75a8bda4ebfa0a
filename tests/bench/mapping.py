"""Invoices mapped per second: by the compiled mapping, by a hand-written function, by Jinja for each field.

Also by the compiled mapping without what it needs to report file, line and values of a failure (`bare`),
and by the tracing build behind `sync explain` (`traced`).
"""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

from engine.mapping import Program, Run
from engine.mapping.describe.tracing import Traced, traced
from engine.model.payload import Payload
from engine.model.record import Record
from engine.workspace import file_tables, load_project, open_systems
from tests.bench.by_hand import ByHand
from tests.bench.by_jinja import ByJinja
from tests.bench.configs import write_config

TURNS = 4


def measure(*, invoices: int = 500, rounds: int = 5, pairs: int = 80) -> Iterator[dict[str, Any]]:
    with TemporaryDirectory() as folder:
        records, tables, project = read(Path(folder), invoices)
    program = project.programs.mappings["invoices"]

    def linked(made: Program | Traced) -> Callable[[], Callable[[Any], Any]]:
        return lambda: made.link(project.config.settings, tables, Run(date(2026, 3, 14), "b"))

    with_places, without = linked(program), linked(_bare(program))
    mapper, bare = with_places(), without()
    tracing = linked(traced(project.programs, "invoices"))()
    by_hand = ByHand(project.config.settings, tables["accounts"], tables["tax_types"])
    by_jinja = ByJinja(project.config.settings, tables["accounts"], tables["tax_types"])
    compare(records, mapper, by_hand)
    rates: dict[str, list[float]] = {name: [] for name in ("engine", "bare", "traced", "hand", "jinja")}
    # In turns, so that a machine that becomes slower affects all of them.
    for _ in range(rounds):
        rates["engine"].append(_rate(records, mapper, 12))
        rates["bare"].append(_rate(records, bare, 12))
        rates["traced"].append(_rate(records, tracing, 1))
        rates["hand"].append(_rate(records, by_hand, 12))
        rates["jinja"].append(_rate([one.values for one in records], by_jinja, 1))
    figures = {name: round(median(found)) for name, found in rates.items()}
    ratios = {
        "engine_to_hand": round(_paired(rates["engine"], rates["hand"]), 2),
        "engine_to_jinja": round(_paired(rates["engine"], rates["jinja"]), 1),
        "engine_to_bare": round(_close(records, with_places, without, pairs), 3),
    }
    yield {"bench": "mapping", **figures, **ratios}


def _paired(ours: Sequence[float], theirs: Sequence[float]) -> float:
    """The median of the ratios of each round: what slows a round slows both."""
    return median(one / other for one, other in zip(ours, theirs, strict=True))


def _close(
    records: Sequence[Record],
    one: Callable[[], Callable[[Any], Any]],
    other: Callable[[], Callable[[Any], Any]],
    pairs: int,
) -> float:
    """How fast one is compared with the other, where one percent counts.

    Many short turns, and each goes first in half of them. Both are linked again now and then: where in
    memory a function happens to be makes two percent by itself.
    """
    ratios = []
    for turn in range(pairs):
        if turn % TURNS == 0:
            ours, theirs = (one(), other()) if turn % (2 * TURNS) == 0 else (other(), one())[::-1]
        if turn % 2:
            second = _rate(records, theirs, 3)
            ratios.append(_rate(records, ours, 3) / second)
        else:
            first = _rate(records, ours, 3)
            ratios.append(first / _rate(records, theirs, 3))
    return median(ratios)


def _bare(program: Program) -> Program:
    """The same function without its `try`, and without the tables that lead back to the YAML."""
    made = program.generated
    head, _, rest = made.code.partition("        try:\n")
    body, _, tail = rest.partition("        except Exception as error:\n")
    lines = [line.removeprefix("    ") for line in body.splitlines() if not line.lstrip().startswith("#")]
    code = "\n".join([head.rstrip("\n"), *lines, *tail.splitlines()[1:], ""])
    return replace(program, write=lambda: replace(made, code=code, lines={}))


def read(folder: Path, invoices: int) -> tuple[list[Record], dict[str, Any], Any]:
    """Real records of the sandbox, read over HTTP by the connector, and the tables they need."""
    project = load_project(write_config(folder, invoices=invoices))
    program = project.programs.mappings["invoices"]
    with open_systems(project) as systems:
        offered = systems["psohub"].source.read("invoices", paths=program.paths)
        records = [one for one in offered if isinstance(one, Record) and one.values["status"] == "sent"]
        accounts = [one.values for one in systems["xero"].source.read("accounts") if isinstance(one, Record)]
    return records, {**file_tables(project.config), "accounts": accounts}, project


def compare(records: Sequence[Record], mapper: Callable[[Record], Any], by_hand: ByHand) -> None:
    """Both make the same payloads, to the last digit; checked before their speed is measured."""
    for record in records:
        mapped, made = mapper(record), by_hand(record)
        if not isinstance(mapped, Payload) or mapped != made:
            raise SystemExit(f"{record.address}: the mapping and the function by hand differ")
        if repr(mapped) != repr(made):
            raise SystemExit(f"{record.address}: the same values, but not the same digits")


def _rate(records: Sequence[Any], function: Callable[[Any], Any], times: int) -> float:
    """Invoices per second of this process's own time, whatever else the machine does."""
    gc.collect()
    gc.disable()
    try:
        start = time.process_time()
        for _ in range(times):
            for record in records:
                function(record)
        return len(records) * times / (time.process_time() - start)
    finally:
        gc.enable()
