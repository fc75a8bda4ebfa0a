"""Where each field of a payload comes from: one record's trace, told field by field."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from engine.mapping.describe.reference import said, shaping, text_of
from engine.mapping.describe.tracing import NULL, At, Probe, Trace, Traced, own_expressions
from engine.mapping.run.kit import wired
from engine.mapping.run.lookup_index import key_of
from engine.mapping.run.sites import shown
from engine.mapping.syntax import tree
from engine.mapping.syntax.tree import Rule
from engine.model.diagnostic import Span


@dataclass(frozen=True, slots=True)
class Read:
    """One thing that a rule read. `source` is its dotted place in the systems, or settings.NAME."""

    path: str  # as it is written: line.gl_account
    source: str
    value: Any  # None: absent


@dataclass(frozen=True, slots=True)
class Branch:
    """One rule of a `first`, or a default: which it was, and why it did or did not serve."""

    number: int  # from 1; 0 for the default
    of: int
    text: str
    rule: Span
    why: str = ""  # of one that did not serve


@dataclass(frozen=True, slots=True)
class Looked:
    """The row of a table that gave the value."""

    table: str
    column: str  # the one with the hit
    key: Any
    row: Mapping[str, Any] | None  # None: no row


@dataclass(frozen=True, slots=True)
class Explained:
    """One field: its value as it goes on the wire, and how it came about."""

    path: str  # LineItems[0].AccountCode
    value: Any  # None: left out, or sent as null where `why` is empty
    text: str  # the rule, in a phrase
    rule: Span
    branch: Branch | None = None  # the one that won
    passed: tuple[Branch, ...] = ()  # those before it
    reads: tuple[Read, ...] = ()
    lookup: Looked | None = None
    why: str = ""  # of a field that is left out
    doc: str = ""


@dataclass(frozen=True, slots=True)
class Explaining:
    """Explains by the probes of one traced program and the tables it was linked with."""

    traced: Traced
    tables: Mapping[str, Sequence[Mapping[str, Any]]]
    _below: dict[int | None, list[Probe]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for probe in self.traced.probes:
            self._below.setdefault(probe.parent, []).append(probe)

    def fields(self, trace: Trace) -> list[Explained]:
        """Every field that the mapping has a rule for, in the order in which they stand."""
        top = [one for one in self._below.get(None, []) if one.body]
        return [row for probe in top for row in self._rows(trace, probe, ())]

    def where(self, trace: Trace) -> tuple[Read, ...]:
        """What `where` read."""
        nodes = tree.walk(self.traced.where) if self.traced.where is not None else ()
        sources = {one.text: one.source or one.text for one in nodes if isinstance(one, tree.Path)}
        return tuple(Read(path, sources[path], wired(value)) for path, value in trace.where_reads.items())

    # ---- one rule

    def _rows(self, trace: Trace, probe: Probe, at: At) -> Iterator[Explained]:
        if (probe.number, at) not in trace.values:
            return
        yield self._row(trace, probe, at)
        yield from self._inside(trace, probe, at)

    def _inside(self, trace: Trace, probe: Probe, at: At) -> Iterator[Explained]:
        """The fields of the objects that a rule made."""
        value = trace.values.get((probe.number, at))
        if not isinstance(value, dict | list):
            return
        below = self._below.get(probe.number, [])
        match probe.rule.producer:
            case tree.Object():
                rules = below[:-1] if probe.rule.default else below
                yield from (row for one in rules for row in self._rows(trace, one, at))
            case tree.Each():
                for place in range(len(value)):
                    for one in below:
                        yield from self._rows(trace, one, (*at, place))
            case tree.Listed():
                yield from self._listed(trace, below, at)
            case tree.First():
                winner = next((one for one in below if self._served(trace, one, at)), None)
                if winner is not None:
                    yield from self._inside(trace, winner, at)

    def _listed(self, trace: Trace, below: list[Probe], at: At) -> Iterator[Explained]:
        place = 0
        for one in below:
            here = (*at, place)
            if trace.values.get((one.number, here)) is not None:
                yield from self._inside(trace, one, here)
                place += 1

    def _row(self, trace: Trace, probe: Probe, at: At) -> Explained:
        value = trace.values[probe.number, at]
        branch, passed = self._branches(trace, probe, at)
        return Explained(
            path=_path(probe.label, at),
            value=None if value is NULL else wired(value),
            text=_told(probe.rule),
            rule=probe.rule.at,
            branch=branch,
            passed=tuple(passed),
            reads=tuple(self._reads(trace, probe, at)),
            lookup=self._row_used(trace, probe, at),
            why="" if value is not None else self._why(trace, probe, at),
            doc=probe.rule.doc,
        )

    # ---- branches

    def _branches(self, trace: Trace, probe: Probe, at: At) -> tuple[Branch | None, list[Branch]]:
        """The branch of a `first` or the default that gave the value, and those that did not."""
        below, rule = self._below.get(probe.number, []), probe.rule
        default = below[-1] if rule.default is not None and below else None
        rules = [one for one in below if one is not default] if isinstance(rule.producer, tree.First) else []
        passed: list[Branch] = []
        for number, one in enumerate(rules, 1):
            branch = Branch(number, len(rules), _phrase(one.rule), one.rule.at)
            if self._served(trace, one, at):
                return branch, passed
            if (one.number, at) in trace.values:
                passed.append(replace(branch, why=self._why(trace, one, at)))
        if default is not None and self._served(trace, default, at):
            return Branch(0, len(rules), _told(default.rule), default.rule.at), passed
        return None, passed

    @staticmethod
    def _served(trace: Trace, probe: Probe, at: At) -> bool:
        return trace.values.get((probe.number, at)) is not None

    def _why(self, trace: Trace, probe: Probe, at: At) -> str:
        """Why a rule came to nothing."""
        rule, here = probe.rule, (probe.number, at)
        reads = trace.reads.get(here, {})
        if trace.asked.get(here) is False:
            assert rule.when is not None
            asked = {one.text for one in tree.walk(rule.when) if isinstance(one, tree.Path)}
            told = {path: value for path, value in reads.items() if path in asked}
            return f"when is not true: {text_of(rule.when)}{_with(told)}"
        looked = self._looked(trace, probe, at)
        if looked is not None and looked.row is None and looked.key is not None:
            return f"{looked.table} has no row for {shown(looked.key)}"
        if isinstance(rule.producer, tree.First):
            return "none of its rules came to anything"
        if isinstance(rule.producer, tree.Plain):
            return "it is written as nothing"
        missing = [path for path, value in reads.items() if value is None]
        if missing:
            return f"{' and '.join(missing)} {'is' if len(missing) == 1 else 'are'} absent"
        inside = dict.fromkeys(self._whys_inside(trace, probe, at))
        return "; ".join(inside) or f"it comes to nothing{_with(reads)}"

    def _whys_inside(self, trace: Trace, probe: Probe, at: At) -> Iterator[str]:
        """Why the parts of a list, an object or a join came to nothing."""
        for one in self._below.get(probe.number, []):
            for here in (at, (*at, 0)):
                if (one.number, here) in trace.values:
                    yield self._why(trace, one, here)

    # ---- what was read

    def _reads(self, trace: Trace, probe: Probe, at: At) -> Iterator[Read]:
        """What a rule read, and the rules in it that were asked for; not what the fields below it read."""
        known: dict[str, None] = {}
        for one in self._same_field(probe):
            sources = {path.text: path.source or path.text for path in _paths(one.rule)}
            for path, value in trace.reads.get((one.number, at), {}).items():
                if path not in known and (one.number, at) in trace.values:
                    known[path] = None
                    yield Read(path, sources.get(path, path), wired(value))

    def _same_field(self, probe: Probe) -> Iterator[Probe]:
        yield probe
        for one in self._below.get(probe.number, []):
            if one.label == probe.label:
                yield from self._same_field(one)

    def _row_used(self, trace: Trace, probe: Probe, at: At) -> Looked | None:
        """The rule's own lookup, else that of the branch which gave the value."""
        looked = self._looked(trace, probe, at)
        if looked is not None or isinstance(probe.rule.producer, tree.Object | tree.Listed | tree.Each):
            return looked
        served = (one for one in self._below.get(probe.number, []) if self._served(trace, one, at))
        winner = next(served, None)
        return self._row_used(trace, winner, at) if winner is not None else None

    def _looked(self, trace: Trace, probe: Probe, at: At) -> Looked | None:
        lookup = probe.rule.lookup
        if lookup is None or (probe.number, at) not in trace.sought:
            return None
        key = trace.sought[probe.number, at]
        for column in (one.text for one in lookup.by):
            for row in self.tables.get(lookup.table.text, ()):
                if key is not None and key_of(row.get(column)) == key_of(key):
                    return Looked(lookup.table.text, column, key, row)
        return Looked(lookup.table.text, lookup.by[0].text, key, None)


def _paths(rule: Rule) -> Iterator[tree.Path]:
    for node in own_expressions(rule):
        yield from (one for one in tree.walk(node) if isinstance(one, tree.Path))


def _told(rule: Rule) -> str:
    """A rule in a phrase, with what it does to the value that it gives."""
    return ", ".join([said(rule), *shaping(rule)])


def _phrase(rule: Rule) -> str:
    return _told(rule) + (f", when {text_of(rule.when)}" if rule.when is not None else "")


def _with(reads: Mapping[str, Any]) -> str:
    told = ", ".join(f"{path} is {shown(wired(value))}" for path, value in reads.items())
    return f" ({told})" if told else ""


def _path(label: str, at: At) -> str:
    out, positions = label, list(at)
    while "[]" in out and positions:
        out = out.replace("[]", f"[{positions.pop(0)}]", 1)
    return out.removesuffix("[]")
