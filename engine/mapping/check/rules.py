"""The pass that checks rules against schemas: types go in from the target, and come up from the holes."""

from __future__ import annotations

from dataclasses import replace

from engine.mapping.check.catalog import Catalog
from engine.mapping.check.fit import fits, literal_texts, said_wanted
from engine.mapping.check.kinds import said
from engine.mapping.check.literals import AS_TEXT
from engine.mapping.check.lookups import resolve_lookup
from engine.mapping.check.producers import NUMBERS, Made, ProducerCheck, nothing, say, together
from engine.mapping.syntax import tree
from engine.mapping.syntax.tree import Draft, FieldRule, Fields, Lookup, Pack, Rule
from engine.model.diagnostic import Span
from engine.model.diagnostics import Diagnostics
from engine.model.schema import ANY, DECIMAL, Field, Type


def check_rules(pack: Pack, catalog: Catalog, found: Diagnostics) -> Pack:
    """Type every rule of every mapping whose ends are known."""
    drafts = {
        name: _check_draft(draft, pack, catalog, found) if draft.ends else draft
        for name, draft in pack.drafts.items()
    }
    return replace(pack, drafts=drafts)


def _check_draft(draft: Draft, pack: Pack, catalog: Catalog, found: Diagnostics) -> Draft:
    assert draft.ends is not None
    check = RuleCheck(draft, pack, catalog, found)
    fields = check.fields(draft.fields, draft.ends.made, draft.ends.destination)
    source, actions = draft.source, draft.actions
    if source is not None and source.where is not None:
        source = replace(source, where=check.infer.condition(source.where, "where"))
    if draft.target is not None and draft.target.create and draft.fields_at is not None:
        check.filled(draft.fields, draft.ends.made, draft.ends.destination, draft.fields_at)
    actions = tuple(
        replace(one, when=check.infer.condition(one.when, "when") if one.when is not None else None)
        for one in actions
    )
    return replace(draft, fields=fields, source=source, actions=actions)


class RuleCheck(ProducerCheck):
    """Checks the rules of one mapping: fields of objects, modifiers, and what both make together."""

    # ---- objects

    def fields(self, rules: Fields, made: Type, owner: str) -> Fields:
        """The fields of an object of type `made`, checked."""
        out: list[FieldRule] = []
        for one in rules:
            want = self._wanted(one, made, owner)
            if want is None:
                continue
            rule = self.rule(one.rule, want.type, one.name, own=want)
            if rule is not None:
                out.append(replace(one, rule=rule))
        return tuple(out)

    def _wanted(self, one: FieldRule, made: Type, owner: str) -> Field | None:
        if made.kind == "any":
            return Field(ANY)
        field = made.fields.get(one.name)
        if field is None:
            message = f'{owner} has no field "{one.name}"'
            self.found.error("M203", one.at, message, near=(one.name, made.fields))
            return None
        if not field.writable:
            hint = "the system computes it itself"
            self.found.error("M206", one.at, f"{owner}.{one.name} cannot be written", hint=hint)
            return None
        return field

    def filled(self, rules: Fields, made: Type, owner: str, at: Span) -> None:
        """Every field that a new record needs has a rule."""
        names = {one.name for one in rules}
        missing = [name for name, field in made.fields.items() if field.required and name not in names]
        if missing:
            what = " and ".join(missing)
            verb = "is" if len(missing) == 1 else "are"
            self.found.error("M209", at, f"{owner} needs {what}, which {verb} filled by no rule")

    # ---- rules

    def rule(self, rule: Rule, want: Type, label: str, own: Field | None = None) -> Rule | None:
        """The rule with the types of what it yields; None where something is wrong, which is noted."""
        if rule.broken or not self._single(rule):
            return None
        when = self.infer.condition(rule.when, "when") if rule.when is not None else None
        inner = DECIMAL if want is AS_TEXT and rule.round is not None else want
        if rule.cut is not None and inner.max is not None:
            inner = replace(inner, max=None)  # what is too long for the field is cut
        modified = self._modifiers(rule, inner, label)
        lookup, made = self._looked_up(rule, inner, label, own)
        if rule.lookup is not None and lookup is None:
            return None
        default = None if rule.default is None else self.rule(rule.default, inner, label)
        if made is None or not modified or (rule.when is not None and when is None):
            return None
        if rule.default is not None and default is None:
            return None
        type_ = self._modified(rule, made, lookup, default)
        if type_ is None:
            return None
        return replace(
            rule, producer=made[0], when=when, lookup=lookup, default=default, type=type_, into=want
        )

    def _single(self, rule: Rule) -> bool:
        made = isinstance(rule.producer, tree.Reference | tree.Each | tree.Listed | tree.Object)
        if rule.lookup is None or not made:
            return True
        self.found.error("M105", rule.spot("lookup"), "lookup exchanges a single value")
        return False

    def _looked_up(
        self, rule: Rule, want: Type, label: str, own: Field | None
    ) -> tuple[Lookup | None, Made | None]:
        """The lookup, if there is one, and the producer with the type of what comes out behind both."""
        if rule.lookup is None:
            return None, self.producer(rule, want, label, own)
        resolved = resolve_lookup(rule.lookup, self.catalog, self.found)
        if resolved is None:
            return None, None
        lookup, key, given = resolved
        made = self.producer(rule, key, f"{lookup.table.text}.{lookup.by[0].text}", None)
        fit = fits(given, want, label, rule.lookup.at, self.found)
        return lookup, (made[0], given) if made is not None and fit else None

    def _modified(self, rule: Rule, made: Made, lookup: Lookup | None, default: Rule | None) -> Type | None:
        """The type that a rule yields with its modifiers; None where they do not fit it."""
        producer, type_ = made
        if default is not None:
            type_ = together(None if lookup is None and nothing(producer) else type_, say(default))
        if rule.round is not None:
            if type_.kind not in NUMBERS:
                self.found.error("M105", rule.spot("round"), f"round takes a number; this is {said(type_)}")
                return None
            type_ = DECIMAL
        if (rule.max is not None or rule.cut is not None) and type_.kind != "text":
            short = "max" if rule.max is not None else "cut"
            self.found.error("M105", rule.spot(short), f"{short} takes text; this is {said(type_)}")
            return None
        # What is cut is no longer one of the words that it was.
        return type_ if rule.cut is None else Type("text", max=rule.cut)

    def _modifiers(self, rule: Rule, want: Type, label: str) -> bool:
        wrong: dict[str, str] = {}  # what a modifier does, by its key
        if want.kind not in ("text", "any"):
            wrong = {key: "shortens text" for key in ("max", "cut") if getattr(rule, key) is not None}
        if rule.round is not None and want.kind not in ("decimal", "any"):
            wrong["round"] = "makes a number with decimal places"
        for text, span in literal_texts(rule) if rule.max is not None else ():
            if rule.max is not None and len(text) > rule.max:
                self.found.error("M208", span, f"max allows {rule.max} characters, this has {len(text)}")
        for key, does in wrong.items():
            self.found.error("M105", rule.spot(key), f"{key} {does}; {label} takes {said_wanted(want)}")
        return not wrong
