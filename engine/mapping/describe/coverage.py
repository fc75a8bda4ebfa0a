"""Which rules, and which branches of `first`, `when` and `where`, a set of records has exercised."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from engine.mapping.compiler import Programs
from engine.mapping.describe.tracing import Probe, Trace, Traced, traced
from engine.mapping.run.program import Run
from engine.mapping.syntax import tree
from engine.mapping.syntax.tree import Expr
from engine.model.diagnostic import Span
from engine.model.record import Record

NEEDS = {True: "all that it needs is present", False: "left out by needs"}


@dataclass(frozen=True, slots=True, order=True)
class Point:
    """One thing to exercise: `what` is "the rule", "branch 2 of 3", "when is false" and the like."""

    span: Span
    label: str  # LineItems[].AccountCode; where
    what: str

    def __str__(self) -> str:
        return f"{self.span}: {self.label}: {self.what}"


@dataclass(slots=True)
class Coverage:
    """Counts over all flows of a pack. A shape that several flows use counts once."""

    programs: Programs
    points: dict[Point, bool] = field(default_factory=dict)
    _below: dict[str, dict[int | None, list[Probe]]] = field(default_factory=dict)
    _traced: dict[str, Traced] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name in self.programs.order:
            build = self._traced[name] = traced(self.programs, name)
            below = self._below[name] = {}
            for probe in build.probes:
                below.setdefault(probe.parent, []).append(probe)
            for point in self._points(name):
                self.points.setdefault(point, False)

    def add(
        self, name: str, record: Record, settings: Mapping[str, Any], tables: Mapping[str, Any], run: Run
    ) -> None:
        """Map one record by one flow, and record what that exercised."""
        _, trace = self._traced[name].link(settings, tables, run)(record)
        for point in self._exercised(name, trace):
            self.points[point] = True

    @property
    def missing(self) -> list[Point]:
        return sorted(point for point, seen in self.points.items() if not seen)

    # ---- what there is

    def _points(self, name: str) -> Iterator[Point]:
        where = self._traced[name].where
        if where is not None:
            yield from (
                Point(where.place.span, "where", what) for what in ("where is true", "where is false")
            )
        for action in self._traced[name].actions:
            if action.when is not None:
                yield from (_wanted(action, action.when, result) for result in (True, False))
        for probe in self._traced[name].probes:
            if self._is_field(name, probe):
                yield self._point(probe, "the rule")
            if probe.rule.when is not None:
                yield from (self._point(probe, what) for what in ("when is true", "when is false"))
            if _needs(probe):
                yield from (self._point(probe, what) for what in NEEDS.values())
            yield from (self._point(branch, what) for branch, what in self._branches(name, probe))

    @staticmethod
    def _point(probe: Probe, what: str) -> Point:
        return Point(probe.rule.span, probe.label.removesuffix("[]"), what)

    def _is_field(self, name: str, probe: Probe) -> bool:
        """Whether a probe's rule is a field's own rule, not a part of one."""
        parent = self._traced[name].probes[probe.parent] if probe.parent is not None else None
        return parent is None or parent.label != probe.label

    def _branches(self, name: str, probe: Probe) -> Iterator[tuple[Probe, str]]:
        below = self._below[name].get(probe.number, [])
        default = below[-1] if probe.rule.default is not None and below else None
        if isinstance(probe.rule.producer, tree.First):
            rules = [branch for branch in below if branch is not default]
            yield from ((branch, f"branch {n} of {len(rules)}") for n, branch in enumerate(rules, 1))
        if default is not None:
            yield default, "the default"

    # ---- what a record did

    def _exercised(self, name: str, trace: Trace) -> Iterator[Point]:
        where = self._traced[name].where
        if where is not None and trace.where is not None:
            yield Point(where.place.span, "where", f"where is {str(trace.where).lower()}")
        for action in self._traced[name].actions:
            if action.when is not None and action.verb.text in trace.wants:
                yield _wanted(action, action.when, trace.wants[action.verb.text][0])
        entered = {number for number, _ in trace.values}
        served = {number for (number, _), value in trace.values.items() if value is not None}
        results = {(number, result) for (number, _), result in trace.conditions.items()}
        for probe in self._traced[name].probes:
            if probe.number in entered and self._is_field(name, probe):
                yield self._point(probe, "the rule")
            for result in (True, False):
                if (probe.number, result) in results:
                    yield self._point(probe, f"when is {str(result).lower()}")
                if (probe.number, result) in trace.needs:
                    yield self._point(probe, NEEDS[result])
            for branch, what in self._branches(name, probe):
                if branch.number in served:
                    yield self._point(branch, what)


def _wanted(action: tree.Action, condition: Expr, result: bool) -> Point:
    return Point(condition.place.span, f"actions.{action.verb.text}", f"when is {str(result).lower()}")


def _needs(probe: Probe) -> bool:
    """Whether a rule's object, or an item of it, can be left out because of `needs`."""
    producer = probe.rule.producer
    return isinstance(producer, tree.Object | tree.Each) and bool(producer.needs)
