"""Where each field of a payload comes from: one record's trace, field by field."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from engine.mapping.describe.reference import changes, phrase_of, text_of
from engine.mapping.describe.tracing import NULL, Positions, Probe, Trace, Traced, own_expressions
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
    """One rule of a `first`, or a default: which it was, and why it did or did not give the value."""

    number: int  # from 1; 0 for the default
    of: int
    text: str
    rule: Span
    why: str = ""  # if it gave no value


@dataclass(frozen=True, slots=True)
class LookupResult:
    """The row of a table that gave the value."""

    table: str
    column: str  # the one with the hit
    key: Any
    row: Mapping[str, Any] | None  # None: no row


@dataclass(frozen=True, slots=True)
class Explained:
    """One field: its value as it is sent, and where it comes from."""

    path: str  # LineItems[0].AccountCode
    value: Any  # None: left out, or sent as null if `why` is empty
    text: str  # the rule, in a phrase
    rule: Span
    branch: Branch | None = None  # the one that won
    passed: tuple[Branch, ...] = ()  # those before it
    reads: tuple[Read, ...] = ()
    lookup: LookupResult | None = None
    why: str = ""  # of a field that is left out
    doc: str = ""


@dataclass(frozen=True, slots=True)
class ExplainedAction:
    """One action of a mapping: whether it is wanted, and what it goes to."""

    verb: str
    wanted: bool
    reads: tuple[Read, ...] = ()  # what its condition read
    to: Explained | None = None
    why: str = ""  # if it is not wanted


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
        """Every field that the mapping has a rule for, in the order in which they are written."""
        top = [part for part in self._below.get(None, []) if part.body]
        return [row for probe in top for row in self._rows(trace, probe, ())]

    def where(self, trace: Trace) -> tuple[Read, ...]:
        """What `where` read."""
        nodes = tree.walk(self.traced.where) if self.traced.where is not None else ()
        sources = {part.text: part.source or part.text for part in nodes if isinstance(part, tree.Path)}
        return tuple(Read(path, sources[path], wired(value)) for path, value in trace.where_reads.items())

    def actions(self, trace: Trace) -> list[ExplainedAction]:
        """Every action of the mapping; none for a record that `where` leaves out."""
        return [
            self._action(trace, action) for action in self.traced.actions if action.verb.text in trace.wants
        ]

    def _action(self, trace: Trace, action: tree.Action) -> ExplainedAction:
        verb = action.verb.text
        wanted, values = trace.wants[verb]
        nodes = tree.walk(action.when) if action.when is not None else ()
        sources = {part.text: part.source or part.text for part in nodes if isinstance(part, tree.Path)}
        reads = tuple(Read(path, sources[path], wired(value)) for path, value in values.items())
        label = f"actions.{verb}.to"
        probes = (part for part in self._below.get(None, []) if part.label == label)
        rows = (row for probe in probes for row in self._rows(trace, probe, ()))
        unwanted = action.when is not None and not wanted
        why = f"when is not true: {text_of(action.when)}{_with(values)}" if unwanted and action.when else ""
        return ExplainedAction(verb, wanted, reads, next(rows, None), why)

    # ---- one rule

    def _rows(self, trace: Trace, probe: Probe, positions: Positions) -> Iterator[Explained]:
        if (probe.number, positions) not in trace.values:
            return
        yield self._row(trace, probe, positions)
        yield from self._parts_of_value(trace, probe, positions)

    def _parts_of_value(self, trace: Trace, probe: Probe, positions: Positions) -> Iterator[Explained]:
        """The fields of the objects that a rule made."""
        value = trace.values.get((probe.number, positions))
        if not isinstance(value, dict | list):
            return
        below = self._below.get(probe.number, [])
        match probe.rule.producer:
            case tree.Object():
                rules = below[:-1] if probe.rule.default else below
                yield from (row for part in rules for row in self._rows(trace, part, positions))
            case tree.Each():
                for place in range(len(value)):
                    for part in below:
                        yield from self._rows(trace, part, (*positions, place))
            case tree.Listed():
                yield from self._listed(trace, below, positions)
            case tree.First():
                winner = next((part for part in below if self._served(trace, part, positions)), None)
                if winner is not None:
                    yield from self._parts_of_value(trace, winner, positions)

    def _listed(self, trace: Trace, below: list[Probe], positions: Positions) -> Iterator[Explained]:
        place = 0
        for part in below:
            here = (*positions, place)
            if trace.values.get((part.number, here)) is not None:
                yield from self._parts_of_value(trace, part, here)
                place += 1

    def _row(self, trace: Trace, probe: Probe, positions: Positions) -> Explained:
        value = trace.values[probe.number, positions]
        branch, passed = self._branches(trace, probe, positions)
        return Explained(
            path=_path(probe.label, positions),
            value=None if value is NULL else wired(value),
            text=_with_changes(probe.rule),
            rule=probe.rule.span,
            branch=branch,
            passed=tuple(passed),
            reads=tuple(self._reads(trace, probe, positions)),
            lookup=self._row_used(trace, probe, positions),
            why="" if value is not None else self._why(trace, probe, positions),
            doc=probe.rule.doc,
        )

    # ---- branches

    def _branches(
        self, trace: Trace, probe: Probe, positions: Positions
    ) -> tuple[Branch | None, list[Branch]]:
        """The branch of a `first` or the default that gave the value, and those that did not."""
        below, rule = self._below.get(probe.number, []), probe.rule
        default = below[-1] if rule.default is not None and below else None
        rules = (
            [part for part in below if part is not default] if isinstance(rule.producer, tree.First) else []
        )
        passed: list[Branch] = []
        for number, part in enumerate(rules, 1):
            branch = Branch(number, len(rules), _with_condition(part.rule), part.rule.span)
            if self._served(trace, part, positions):
                return branch, passed
            if (part.number, positions) in trace.values:
                passed.append(replace(branch, why=self._why(trace, part, positions)))
        if default is not None and self._served(trace, default, positions):
            return Branch(0, len(rules), _with_changes(default.rule), default.rule.span), passed
        return None, passed

    @staticmethod
    def _served(trace: Trace, probe: Probe, positions: Positions) -> bool:
        return trace.values.get((probe.number, positions)) is not None

    def _why(self, trace: Trace, probe: Probe, positions: Positions) -> str:
        """Why a rule has no value."""
        rule, here = probe.rule, (probe.number, positions)
        reads = trace.reads.get(here, {})
        if trace.conditions.get(here) is False:
            assert rule.when is not None
            paths = {node.text for node in tree.walk(rule.when) if isinstance(node, tree.Path)}
            read = {path: value for path, value in reads.items() if path in paths}
            return f"when is not true: {text_of(rule.when)}{_with(read)}"
        looked = self._looked(trace, probe, positions)
        if looked is not None and looked.row is None and looked.key is not None:
            among = f" where {text_of(rule.lookup.where)}" if rule.lookup and rule.lookup.where else ""
            return f"{looked.table} has no row for {shown(looked.key)}{among}"
        if unmet := next(self._needed(trace, probe, positions), ""):
            return unmet
        if isinstance(rule.producer, tree.First):
            return "none of its rules has a value"
        if isinstance(rule.producer, tree.Plain):
            return "the literal is empty"
        missing = [path for path, value in reads.items() if value is None]
        if missing:
            return f"{' and '.join(missing)} {'is' if len(missing) == 1 else 'are'} absent"
        inside = dict.fromkeys(self._reasons_of_parts(trace, probe, positions))
        return "; ".join(inside) or f"the result is absent{_with(reads)}"

    def _needed(self, trace: Trace, probe: Probe, positions: Positions) -> Iterator[str]:
        """The fields that an object needs and does not have, each with the reason."""
        if not isinstance(probe.rule.producer, tree.Object | tree.Each):
            return
        names = {name.text for name in probe.rule.producer.needs}
        for part in self._below.get(probe.number, []):
            name = part.label.rpartition(".")[2]
            for here in (positions, (*positions, 0)):
                if name in names and trace.values.get((part.number, here), NULL) is None:
                    yield f"needs {name}: {self._why(trace, part, here)}"

    def _reasons_of_parts(self, trace: Trace, probe: Probe, positions: Positions) -> Iterator[str]:
        """Why the parts of a list, an object or a join have no value."""
        for part in self._below.get(probe.number, []):
            for here in (positions, (*positions, 0)):
                if (part.number, here) in trace.values:
                    yield self._why(trace, part, here)

    # ---- what was read

    def _reads(self, trace: Trace, probe: Probe, positions: Positions) -> Iterator[Read]:
        """What a rule read, and the rules in it that were evaluated; not what the fields below it read."""
        known: dict[str, None] = {}
        for part in self._same_field(probe):
            sources = {path.text: path.source or path.text for path in _paths(part.rule)}
            for path, value in trace.reads.get((part.number, positions), {}).items():
                if path not in known and (part.number, positions) in trace.values:
                    known[path] = None
                    yield Read(path, sources.get(path, path), wired(value))

    def _same_field(self, probe: Probe) -> Iterator[Probe]:
        yield probe
        for part in self._below.get(probe.number, []):
            if part.label == probe.label:
                yield from self._same_field(part)

    def _row_used(self, trace: Trace, probe: Probe, positions: Positions) -> LookupResult | None:
        """The rule's own lookup, else that of the branch which gave the value."""
        looked = self._looked(trace, probe, positions)
        if looked is not None or isinstance(probe.rule.producer, tree.Object | tree.Listed | tree.Each):
            return looked
        served = (part for part in self._below.get(probe.number, []) if self._served(trace, part, positions))
        winner = next(served, None)
        return self._row_used(trace, winner, positions) if winner is not None else None

    def _looked(self, trace: Trace, probe: Probe, positions: Positions) -> LookupResult | None:
        lookup = probe.rule.lookup
        if lookup is None or (probe.number, positions) not in trace.keys:
            return None
        key = trace.keys[probe.number, positions]
        rows = trace.rows.get((probe.number, positions), self.tables.get(lookup.table.text, ()))
        for column in (part.text for part in lookup.by):
            for row in rows:
                if key is not None and key_of(row.get(column)) == key_of(key):
                    return LookupResult(lookup.table.text, column, key, row)
        return LookupResult(lookup.table.text, lookup.by[0].text, key, None)


def _paths(rule: Rule) -> Iterator[tree.Path]:
    for node in own_expressions(rule):
        yield from (part for part in tree.walk(node) if isinstance(part, tree.Path))


def _with_changes(rule: Rule) -> str:
    """A rule in a phrase, with what happens to its value."""
    return ", ".join([phrase_of(rule), *changes(rule)])


def _with_condition(rule: Rule) -> str:
    return _with_changes(rule) + (f", when {text_of(rule.when)}" if rule.when is not None else "")


def _with(reads: Mapping[str, Any]) -> str:
    values = ", ".join(f"{path} is {shown(wired(value))}" for path, value in reads.items())
    return f" ({values})" if values else ""


def _path(label: str, positions: Positions) -> str:
    for position in positions[: label.count("[]")]:
        label = label.replace("[]", f"[{position}]", 1)
    return label.removesuffix("[]")
