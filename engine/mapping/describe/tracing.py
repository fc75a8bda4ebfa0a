"""The tracing build: the same function, which also tells what each rule read, decided and came to.

Written only when somebody asks (explain, coverage of cases), so the build that maps pays nothing for it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from engine.mapping.compiler import Programs
from engine.mapping.generate.producers import Env
from engine.mapping.generate.program import ProgramWriter
from engine.mapping.generate.rules import ObjectDraft
from engine.mapping.generate.writer import Value
from engine.mapping.run.kit import Kit
from engine.mapping.run.program import Program, Run
from engine.mapping.syntax import tree
from engine.mapping.syntax.tree import Expr, FieldRule, Rule
from engine.model.payload import Payload, Refusal
from engine.model.record import Record

NULL: Any = object()  # a literal null, which is sent; None in a trace is absent
At = tuple[int, ...]  # the positions in the lists around a rule


@dataclass(frozen=True, slots=True)
class Probe:
    """One rule at one place of the payload. The rules below it have probes of their own."""

    number: int
    parent: int | None
    rule: Rule
    label: str  # LineItems[].AccountCode
    body: bool  # of the payload; else of match, totals and the like


@dataclass(slots=True)
class Trace:
    """What one record's mapping did, by probe and positions."""

    where: bool | None = None  # None: the mapping has no `where`
    where_reads: Mapping[str, Any] = field(default_factory=dict)
    reads: dict[tuple[int, At], Mapping[str, Any]] = field(default_factory=dict)
    asked: dict[tuple[int, At], bool] = field(default_factory=dict)  # what `when` came to
    sought: dict[tuple[int, At], Any] = field(default_factory=dict)  # what was looked up
    values: dict[tuple[int, At], Any] = field(default_factory=dict)  # of every rule that was asked for


class TracingKit(Kit):
    """What traced code calls besides; `trace` is exchanged for each record."""

    trace: Trace
    null = NULL

    def where(self, reads: Mapping[str, Any], found: bool) -> None:
        self.trace.where, self.trace.where_reads = found, reads

    def enter(self, number: int, reads: Mapping[str, Any], *at: int) -> None:
        self.trace.reads[number, at] = reads

    def ask(self, number: int, found: bool, *at: int) -> None:
        self.trace.asked[number, at] = found

    def search(self, number: int, key: Any, *at: int) -> None:
        self.trace.sought[number, at] = key

    def leave(self, number: int, value: Any, *at: int) -> None:
        self.trace.values[number, at] = value


class TracingWriter(ProgramWriter):
    """Writes the traced function of one flow; `probes` are filled in on the way."""

    def __init__(self, programs: Programs, name: str) -> None:
        super().__init__(programs.pack.drafts[name], programs.pack.drafts, programs.needed)
        self.probes: list[Probe] = []
        self.around: list[int] = []
        self.objects = 0  # around the rule at hand

    def object(self, fields: list[tuple[FieldRule, Env]]) -> Value:
        self.objects += 1
        value = super().object(fields)
        self.objects -= 1
        return value

    def rule(self, rule: Rule, last: bool = False) -> Value:
        with_probe = self._enter(rule)
        value = self.atom(super().rule(rule, last))
        self.around.pop()
        self._tell("leave", with_probe, value.code)
        return value

    def field(self, out: ObjectDraft, one: FieldRule) -> None:
        literal = one.rule.producer
        if isinstance(literal, tree.Plain) and literal.as_written:
            number = self._enter(one.rule)
            self.around.pop()
            code = self.helper("null") if literal.value is None else repr(literal.value)
            if one.rule.when is not None:
                asked = self.truth(one.rule.when)
                self._tell("ask", number, asked)
                code = f"{code} if {asked} else None"
            self._tell("leave", number, code)
        super().field(out, one)

    def guarded(self, rule: Rule, when: Expr, last: bool) -> Value:
        self._tell("ask", self.around[-1], self.truth(when))
        return super().guarded(rule, when, last)

    def looked_up(self, rule: Rule, lookup: tree.Lookup, value: Value) -> Value:
        value = self.atom(value)
        self._tell("search", self.around[-1], value.code)
        return super().looked_up(rule, lookup, value)

    def where(self) -> None:
        where = self.source.where
        if where is not None:
            self.label = ["where"]
            self.line(f"{self.helper('where')}({self._reads([where])}, {self.truth(where)})")
            self.label = []
        super().where()

    def _enter(self, rule: Rule) -> int:
        parent = self.around[-1] if self.around else None
        number = len(self.probes)
        self.probes.append(Probe(number, parent, rule, ".".join(self.label), self.objects > 0))
        self.around.append(number)
        self.at = rule.at
        self._tell("enter", number, self._reads(own_expressions(rule)))
        return number

    def _tell(self, what: str, number: int, code: str) -> None:
        self.line(f"{self.helper(what)}({', '.join([str(number), code, *self.indexes])})")

    def _reads(self, nodes: Sequence[Expr]) -> str:
        """Code for what these expressions read, by the path as it is written."""
        paths = {one.text: one for node in nodes for one in tree.walk(node) if isinstance(one, tree.Path)}
        return (
            f"{{{', '.join(f'{text!a}: {self.atom(self.expr(one)).code}' for text, one in paths.items())}}}"
        )


def own_expressions(rule: Rule) -> list[Expr]:
    """What a rule itself computes, without the rules in it and what is computed for each item."""
    found = [rule.when] if rule.when is not None else []
    match rule.producer:
        case tree.Text(parts):
            found += [one for one in parts if not isinstance(one, str)]
        case tree.Each(over=over):
            found.append(over)
        case tree.Reference(key=key):
            found.append(key)
    return found


@dataclass(slots=True)
class Traced:
    """A traced program, linked. Gives what the mapper gives, and the trace of it."""

    program: Program
    probes: Sequence[Probe]
    where: Expr | None  # the mapping's own
    kit: TracingKit = field(init=False)
    _mapper: Any = field(init=False)

    def link(self, settings: Mapping[str, Any], tables: Mapping[str, Any], run: Run) -> Traced:
        def kit(*parts: Any) -> Kit:
            self.kit = TracingKit(*parts)
            return self.kit

        self._mapper = self.program.link(settings, tables, run, kit)
        return self

    def __call__(self, record: Record) -> tuple[Payload | tuple[Refusal, ...] | None, Trace]:
        self.kit.trace = Trace()
        return self._mapper(record), self.kit.trace


def traced(programs: Programs, name: str) -> Traced:
    """The tracing build of one flow, to be linked."""
    writer = TracingWriter(programs, name)
    made = writer.generated()
    own = programs.mappings[name]
    program = Program(
        **{key: getattr(own, key) for key in own.__dataclass_fields__ if key != "write"}, write=lambda: made
    )
    return Traced(program, writer.probes, writer.source.where)
