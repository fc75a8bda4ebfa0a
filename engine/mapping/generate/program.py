"""The function of one flow: its record left out or mapped, with what the passes want to know besides."""

from __future__ import annotations

import re
from collections.abc import Mapping

from engine.mapping.check.scope import item_of
from engine.mapping.generate.expressions import refuses
from engine.mapping.generate.rules import Rules
from engine.mapping.generate.writer import Value
from engine.mapping.run.program import Generated
from engine.mapping.syntax import tree
from engine.mapping.syntax.tree import Draft, FieldRule, Rule


class ProgramWriter(Rules):
    """Writes the function of one flow."""

    def __init__(self, draft: Draft, drafts: Mapping[str, Draft], needed: frozenset[str]) -> None:
        super().__init__(drafts, needed)
        assert draft.source is not None
        assert draft.ends is not None
        self.draft, self.source, self.ends = draft, draft.source, draft.ends

    def generated(self) -> Generated:
        draft = self.draft
        self.at = draft.at
        item = self.out.new("i")
        self.env = {item_of(draft): item}
        self.line(f"{item} = record.values")
        self.where()
        body = self.object([(one, self.env) for one in draft.fields])
        parts = [
            "record.address",
            ascii(draft.name),
            f"{body.code} or {{}}" if body.maybe else body.code,
            self._title(item),
            self._match(),
            self._totals(),
            self._on_difference(),
            self._tolerance(),
            self._actions(),
        ]
        with self.block("if refused:"):
            self.line(f"return {self.helper('refusals')}(record, refused)")
        self.line(f"return {self.helper('payload')}({', '.join(parts)})")
        return self._assembled()

    def where(self) -> None:
        where = self.source.where
        if where is None:
            return
        self.label = ["where"]
        with self.block(f"if not ({self.truth(where)}):"):
            if refuses(where):
                self.line(f"return {self.helper('refusals')}(record, refused) if refused else None")
            else:
                self.line("return None")
        self.granted(where)
        self.label = []

    def _title(self, item: str) -> str:
        name = self.ends.source.title
        field_ = self.ends.source.fields.get(name)
        if field_ is None or field_.type.kind in ("object", "list"):
            return "record.address.key"
        value = self.read(item, (name,), name, field_.type)
        text = self.spelled(value.code, field_.type)
        return f"{value.code} or ''" if text == value.code else f"{text} if {value.code} is not None else ''"

    def _match(self) -> str:
        rules = self.draft.target.match if self.draft.target else ()
        if not rules:
            return "()"
        groups: list[tuple[str, list[str]]] = []  # rules that ask for the same values stand together
        for rule in rules:
            members, checks = [], []
            for one in rule:
                value = self._part(one, checked=False)  # what is too long is found nowhere, and no mistake
                members.append(f"{one.name!a}: {self.wired(value.code, one.rule)}")
                checks += [f"{value.code} is not None"] if value.maybe else []
            check = " and ".join(dict.fromkeys(checks))
            if not groups or groups[-1][0] != check:
                groups.append((check, []))
            groups[-1][1].append(f"{{{', '.join(members)}}}")
        codes = [
            f"(({', '.join(made)},) if {check} else ())" if check else f"({', '.join(made)},)"
            for check, made in groups
        ]
        return " + ".join(codes)

    def _part(self, one: FieldRule, checked: bool = True) -> Value:
        self.label, self.at = [one.name], one.at
        value = self.atom(self.checked(one.rule) if checked else self.rule(one.rule))
        self.label = []
        return value

    def _totals(self) -> str:
        name, sure, later = self.out.new("o"), [], []
        for one in self.draft.totals.fields:
            value = self._part(one)
            code = self._as_decimal(value.code, one.rule)
            if value.maybe:
                later.append((ascii(one.name), value.code, code))
            else:
                sure.append(f"{one.name!a}: {code}")
        if not later:
            return f"{{{', '.join(sure)}}}"
        self.line(f"{name} = {{{', '.join(sure)}}}")
        for key, held, code in later:
            with self.block(f"if {held} is not None:"):
                self.line(f"{name}[{key}] = {code}")
        return name

    def _as_decimal(self, code: str, rule: Rule) -> str:
        """Code for a present number as a Decimal: only a record's own decimal is surely one already."""
        own = isinstance(rule.producer, tree.Text) and isinstance(rule.producer.hole, tree.Path)
        if own and rule.type.kind == "decimal" and rule.default is None and rule.lookup is None:
            return code
        return f"{self.helper('decimal')}({code})"

    def _on_difference(self) -> str:
        rule = self.draft.totals.on_difference
        if rule is None:
            return "'hold'"
        value = self._part(FieldRule("on_difference", rule.at, rule))
        return f"{value.code} or 'hold'" if value.maybe else value.code

    def _tolerance(self) -> str:
        totals, otherwise = self.draft.totals, self.constant(tree.TOLERANCE)
        if totals.tolerance is None:
            if totals.by_setting:
                return self.bound(f"kit.number(settings.get('tolerance'), {otherwise})")
            return otherwise if totals.fields else self.constant(tree.ZERO)
        value = self._part(FieldRule("tolerance", totals.tolerance.at, totals.tolerance))
        code = self._as_decimal(value.code, totals.tolerance)
        return f"{code} if {value.code} is not None else {otherwise}" if value.maybe else code

    def _actions(self) -> str:
        actions = self.draft.actions
        if not actions:
            return "()"
        self.label = ["actions"]
        codes = []
        for one in actions:
            self.at = one.verb.span
            verb = f"({one.verb.text!a},)"
            codes.append(verb if one.when is None else f"({verb} if {self.truth(one.when)} else ())")
        self.label = []
        return " + ".join(codes)

    def _assembled(self) -> Generated:
        """The factory around the function. Everything in it runs once, when the program is linked."""
        head = ["def build(settings, run, kit, constants):"]
        head += [f"    k{at} = constants[{at}]" for at in range(len(self.constants))]
        head += [f"    {name} = {code}" for code, name in self.setup.items()]
        head += [
            "    failed = kit.failed",
            "",
            "    def program(record):",
            "        refused = []",
            "        try:",
        ]
        tail = [
            "        except Exception as error:",
            "            return failed(record, refused, error)",
            "",
            "    return program",
        ]
        code = "\n".join([*head, *self.out.lines, *tail, ""])
        lines: dict[int, tuple[str, Mapping[str, str]]] = {}
        for number, (text, at) in enumerate(zip(self.out.lines, self.out.places, strict=True), len(head) + 1):
            if at is not None:
                names = re.findall(r"\bv[0-9]+\b", text)
                lines[number] = str(at), {name: self.reads[name] for name in names if name in self.reads}
        return Generated(code, tuple(self.constants), tuple(self.sites), lines)
