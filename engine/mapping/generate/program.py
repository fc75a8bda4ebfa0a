"""The function of one flow: its record skipped or mapped, with what the passes need besides."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from engine.mapping.generate.actions import requests
from engine.mapping.generate.code import Code
from engine.mapping.generate.expressions import refuses, truth
from engine.mapping.generate.observer import Observer, Silent
from engine.mapping.generate.producers import wired
from engine.mapping.generate.rules import Rules
from engine.mapping.generate.writer import Value
from engine.mapping.run.program import Generated
from engine.mapping.syntax import tree
from engine.mapping.syntax.tree import Draft, FieldRule, Rule


def generate(
    draft: Draft, drafts: Mapping[str, Draft], needed: frozenset[str], observer: Observer | None = None
) -> Generated:
    """The Python of one flow. `needed`: settings that are never absent."""
    code = Code(needed)
    return _ProgramWriter(draft, code, Rules(code, drafts, observer or Silent())).generated()


@dataclass(slots=True)
class _ProgramWriter:
    """Writes the function of one flow."""

    draft: Draft
    code: Code
    rules: Rules

    def generated(self) -> Generated:
        draft, code = self.draft, self.code
        code.span = draft.span
        item = code.out.new("i")
        code.env = {draft.item_name: item}
        code.line(f"{item} = record.values")
        self._where()
        body = self.rules.object([(field_rule, code.env) for field_rule in draft.fields])
        parts = [
            "record.address",
            ascii(draft.name),
            f"{body.code} or {{}}" if body.maybe else body.code,
            self._title(item),
            self._match(),
            self._totals(),
            self._on_difference(),
            self._tolerance(),
            requests(self.rules, self.draft.actions),
        ]
        with code.block("if refused:"):
            code.line(f"return {code.helper('refusals')}(record, refused)")
        code.line(f"return {code.helper('payload')}({', '.join(parts)})")
        return self._assembled()

    def _where(self) -> None:
        code, where = self.code, self.draft.source.where if self.draft.source else None
        if where is None:
            return
        code.label = ["where"]
        self.rules.observer.where(code, where)
        with code.block(f"if not ({truth(code, where)}):"):
            if refuses(where):
                code.line(f"return {code.helper('refusals')}(record, refused) if refused else None")
            else:
                code.line("return None")
        code.granted(where)
        code.label = []

    def _title(self, item: str) -> str:
        assert self.draft.ends is not None
        source, code = self.draft.ends.source, self.code
        field = source.fields.get(source.title)
        if field is None or field.type.kind in ("object", "list"):
            return "record.address.key"
        value = code.read(item, (source.title,), source.title, field.type)
        text = code.spelled(value.code, field.type)
        return f"{value.code} or ''" if text == value.code else f"{text} if {value.code} is not None else ''"

    def _match(self) -> str:
        rules = self.draft.target.match if self.draft.target else ()
        if not rules:
            return "()"
        groups: list[tuple[str, list[str]]] = []  # rules that need the same values, together
        for rule in rules:
            members, checks = [], []
            for field_rule in rule:
                value = self._part(
                    field_rule, checked=False
                )  # text that is too long matches nothing; that is not a mistake
                members.append(f"{field_rule.name!a}: {wired(self.code, value.code, field_rule.rule)}")
                checks += [f"{value.code} is not None"] if value.maybe else []
            check = " and ".join(dict.fromkeys(checks))
            if not groups or groups[-1][0] != check:
                groups.append((check, []))
            groups[-1][1].append(f"{{{', '.join(members)}}}")
        codes = [
            f"(({', '.join(made)},) if {check} else ({'{}, ' * len(made)}))"
            if check
            else f"({', '.join(made)},)"
            for check, made in groups
        ]
        return " + ".join(codes)

    def _part(self, field_rule: FieldRule, checked: bool = True) -> Value:
        self.code.label, self.code.span = [field_rule.name], field_rule.span
        value = self.code.atom(
            self.rules.checked(field_rule.rule) if checked else self.rules.rule(field_rule.rule)
        )
        self.code.label = []
        return value

    def _totals(self) -> str:
        name, always, later = self.code.out.new("o"), [], []
        for field_rule in self.draft.totals.fields:
            value = self._part(field_rule)
            code = self._as_decimal(value.code, field_rule.rule)
            if value.maybe:
                later.append((ascii(field_rule.name), value.code, code))
            else:
                always.append(f"{field_rule.name!a}: {code}")
        if not later:
            return f"{{{', '.join(always)}}}"
        self.code.line(f"{name} = {{{', '.join(always)}}}")
        for key, held, code in later:
            with self.code.block(f"if {held} is not None:"):
                self.code.line(f"{name}[{key}] = {code}")
        return name

    def _as_decimal(self, code: str, rule: Rule) -> str:
        """Code for a present number as a Decimal: a record's own decimal is one already."""
        own = isinstance(rule.producer, tree.Text) and isinstance(rule.producer.expression, tree.Path)
        if own and rule.type.kind == "decimal" and rule.default is None and rule.lookup is None:
            return code
        return f"{self.code.helper('decimal')}({code})"

    def _on_difference(self) -> str:
        rule = self.draft.totals.on_difference
        if rule is None:
            return "'hold'"
        value = self._part(FieldRule("on_difference", rule.span, rule))
        return f"{value.code} or 'hold'" if value.maybe else value.code

    def _tolerance(self) -> str:
        totals, otherwise = self.draft.totals, self.code.constant(tree.TOLERANCE)
        if totals.tolerance is None:
            if totals.by_setting:
                return self.code.bound(f"kit.number(settings.get('tolerance'), {otherwise})")
            return otherwise if totals.fields else self.code.constant(tree.ZERO)
        value = self._part(FieldRule("tolerance", totals.tolerance.span, totals.tolerance))
        code = self._as_decimal(value.code, totals.tolerance)
        return f"{code} if {value.code} is not None else {otherwise}" if value.maybe else code

    def _assembled(self) -> Generated:
        """The factory around the function. Everything in it runs once, when the program is linked."""
        code = self.code
        head = ["def build(settings, run, kit, constants):"]
        head += [f"    k{index} = constants[{index}]" for index in range(len(code.constants))]
        head += [f"    {name} = {source}" for source, name in code.setup.items()]
        head += [
            "    failed = kit.failed",
            "",
            "    def program(record):",
            "        refused = []",
            *(["        made = spent()"] if code.counts else []),
            "        try:",
        ]
        tail = [
            "        except Exception as error:",
            "            return failed(record, refused, error)",
            "",
            "    return program",
        ]
        text = "\n".join([*head, *code.out.lines, *tail, ""])
        lines: dict[int, tuple[str, Mapping[str, str]]] = {}
        for number, (line, span) in enumerate(
            zip(code.out.lines, code.out.places, strict=True), len(head) + 1
        ):
            if span is not None:
                names = re.findall(r"\bv[0-9]+\b", line)
                lines[number] = str(span), {name: code.reads[name] for name in names if name in code.reads}
        return Generated(text, tuple(code.constants), tuple(code.sites), lines)
