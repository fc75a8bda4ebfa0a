"""The tracing build: the same function, which also reports what each rule read, decided and yielded.

Generated only when it is needed (explain, coverage of cases), so the build that maps pays nothing for it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from engine.mapping.compiler import Programs
from engine.mapping.generate.code import Code
from engine.mapping.generate.expressions import expression, truth
from engine.mapping.generate.program import generate
from engine.mapping.generate.writer import Value
from engine.mapping.run.program import Program, Run
from engine.mapping.syntax import tree
from engine.mapping.syntax.tree import Expr, Rule
from engine.model.payload import Payload, Refusal
from engine.model.record import Record

NULL: Any = object()  # a literal null, which is sent; None in a trace is absent
Positions = tuple[int, ...]  # in the lists around a rule


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
    wants: dict[str, tuple[bool, Mapping[str, Any]]] = field(
        default_factory=dict
    )  # actions, and what they read
    reads: dict[tuple[int, Positions], Mapping[str, Any]] = field(default_factory=dict)
    conditions: dict[tuple[int, Positions], bool] = field(default_factory=dict)  # results of `when`
    keys: dict[tuple[int, Positions], Any] = field(default_factory=dict)  # what was looked up
    rows: dict[tuple[int, Positions], Sequence[Any]] = field(default_factory=dict)  # that `where` kept
    needs: set[tuple[int, bool]] = field(default_factory=set)  # whether what an object needs was there
    values: dict[tuple[int, Positions], Any] = field(default_factory=dict)  # of every rule that was evaluated


@dataclass(slots=True)
class Recorder:
    """What traced code reports to; `trace` is replaced for each record."""

    trace: Trace = field(default_factory=Trace)
    null: Any = NULL

    def where(self, reads: Mapping[str, Any], result: bool) -> None:
        self.trace.where, self.trace.where_reads = result, reads

    def want(self, verb: str, reads: Mapping[str, Any], result: bool) -> None:
        self.trace.wants[verb] = result, reads

    def enter(self, number: int, reads: Mapping[str, Any], *positions: int) -> None:
        self.trace.reads[number, positions] = reads

    def ask(self, number: int, result: bool, *positions: int) -> None:
        self.trace.conditions[number, positions] = result

    def search(self, number: int, key: Any, *positions: int) -> None:
        self.trace.keys[number, positions] = key

    def keep(self, number: int, rows: Sequence[Any], *positions: int) -> None:
        self.trace.rows[number, positions] = rows

    def weigh(self, number: int, result: bool, *positions: int) -> None:
        del positions
        self.trace.needs.add((number, result))

    def leave(self, number: int, value: Any, *positions: int) -> None:
        self.trace.values[number, positions] = value


@dataclass(slots=True)
class Tracer:
    """Adds the lines that report to the recorder while a function is generated, and fills in `probes`."""

    probes: list[Probe] = field(default_factory=list)
    around: list[int] = field(default_factory=list)  # probes of the rules around the current place
    objects: int = 0  # around the current rule

    def where(self, code: Code, condition: Expr) -> None:
        code.line(f"{_helper(code, 'where')}({_reads(code, [condition])}, {truth(code, condition)})")

    def action(self, code: Code, verb: str, condition: Expr | None) -> None:
        reads = _reads(code, [condition] if condition is not None else [])
        result = truth(code, condition) if condition is not None else "True"
        code.line(f"{_helper(code, 'want')}({verb!a}, {reads}, {result})")

    def object_begins(self) -> None:
        self.objects += 1

    def object_ends(self) -> None:
        self.objects -= 1

    def needs(self, code: Code, condition: str) -> None:
        _report(code, "weigh", self.around[-1], condition)

    def rule_begins(self, code: Code, rule: Rule) -> None:
        parent = self.around[-1] if self.around else None
        number = len(self.probes)
        self.probes.append(Probe(number, parent, rule, ".".join(code.label), self.objects > 0))
        self.around.append(number)
        code.span = rule.span
        _report(code, "enter", number, _reads(code, own_expressions(rule)))

    def rule_ends(self, code: Code, value: Value) -> Value:
        value = code.atom(value)
        _report(code, "leave", self.around.pop(), value.code)
        return value

    def as_written(self, code: Code, rule: Rule) -> None:
        self.rule_begins(code, rule)
        number, literal = self.around.pop(), rule.producer
        assert isinstance(literal, tree.Plain)
        value = _helper(code, "null") if literal.value is None else repr(literal.value)
        if rule.when is not None:
            result = truth(code, rule.when)
            _report(code, "ask", number, result)
            value = f"{value} if {result} else None"
        _report(code, "leave", number, value)

    def when(self, code: Code, condition: Expr) -> None:
        _report(code, "ask", self.around[-1], truth(code, condition))

    def lookup(self, code: Code, value: Value) -> Value:
        value = code.atom(value)
        _report(code, "search", self.around[-1], value.code)
        return value

    def rows(self, code: Code, kept: str) -> None:
        _report(code, "keep", self.around[-1], kept)


def _helper(code: Code, name: str) -> str:
    return code.helper(name, "kit.recorder")


def _report(code: Code, event: str, number: int, value: str) -> None:
    code.line(f"{_helper(code, event)}({', '.join([str(number), value, *code.indexes])})")


def _reads(code: Code, nodes: Sequence[Expr]) -> str:
    """Python for what these expressions read, by the paths as they are written."""
    paths = {
        path.text: path
        for node in nodes
        for path in tree.walk(node)
        if isinstance(path, tree.Path) and code.sees(path.root.name)
    }
    reads = (f"{text!a}: {code.atom(expression(code, path)).code}" for text, path in paths.items())
    return f"{{{', '.join(reads)}}}"


def own_expressions(rule: Rule) -> list[Expr]:
    """What a rule itself computes, without the rules in it and what is computed for each item."""
    own = [rule.when] if rule.when is not None else []
    match rule.producer:
        case tree.Text(parts):
            own += [part for part in parts if not isinstance(part, str)]
        case tree.Each(over=over):
            own.append(over)
        case tree.Reference(key=key):
            own.append(key)
    if rule.lookup is not None and rule.lookup.where is not None:
        own.append(rule.lookup.where)
    return own


@dataclass(slots=True)
class Traced:
    """A traced program, linked. Gives what the mapper gives, and the trace of it."""

    program: Program
    probes: Sequence[Probe]
    where: Expr | None  # the mapping's own
    actions: Sequence[tree.Action] = ()
    recorder: Recorder = field(default_factory=Recorder)
    _mapper: Any = field(init=False)

    def link(self, settings: Mapping[str, Any], tables: Mapping[str, Any], run: Run) -> Traced:
        self._mapper = self.program.link(settings, tables, run, self.recorder)
        return self

    def __call__(self, record: Record) -> tuple[Payload | tuple[Refusal, ...] | None, Trace]:
        self.recorder.trace = Trace()
        return self._mapper(record), self.recorder.trace


def traced(programs: Programs, name: str) -> Traced:
    """The tracing build of one flow, to be linked."""
    draft, tracer = programs.pack.drafts[name], Tracer()
    assert draft.source is not None
    generated = generate(draft, programs.pack.drafts, programs.needed, tracer)
    program = replace(programs.mappings[name], write=lambda: generated)
    return Traced(program, tracer.probes, draft.source.where, draft.actions)
