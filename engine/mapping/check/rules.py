"""Check rules against schemas: types go in from the target, and come up from the expressions."""

from __future__ import annotations

from dataclasses import dataclass, replace

from engine.mapping.check.catalog import Catalog
from engine.mapping.check.fit import fits
from engine.mapping.check.infer import Inference
from engine.mapping.check.modifiers import CHECKS, fit_field, modified_type, wanted_before
from engine.mapping.check.producers import CHECKERS
from engine.mapping.check.rule_check import Checked
from engine.mapping.check.scope import Scope, scope_of
from engine.mapping.check.uses import Uses
from engine.mapping.syntax import tree
from engine.mapping.syntax.tree import Draft, FieldRule, Fields, Lookup, Pack, Rule
from engine.model.diagnostic import Span
from engine.model.diagnostics import Diagnostics
from engine.model.schema import ANY, Field, Type

NOTHING = tree.Plain(None)


def check_rules(pack: Pack, catalog: Catalog, diagnostics: Diagnostics) -> Pack:
    """Type every rule of every mapping whose ends are known."""
    drafts = {
        name: _check_draft(draft, pack, catalog, diagnostics) if draft.ends else draft
        for name, draft in pack.drafts.items()
    }
    return replace(pack, drafts=drafts)


def _check_draft(draft: Draft, pack: Pack, catalog: Catalog, diagnostics: Diagnostics) -> Draft:
    assert draft.ends is not None
    check = rule_check(draft, pack, catalog, diagnostics)
    fields = check.fields(draft.fields, draft.ends.made, draft.ends.destination)
    source = draft.source
    if source is not None and source.where is not None:
        source = replace(source, where=check.infer.condition(source.where, "where"))
    if draft.target is not None and draft.target.create and draft.fields_span is not None:
        check.filled(draft.fields, draft.ends.made, draft.ends.destination, draft.fields_span)
    return replace(draft, fields=fields, source=source)


def rule_check(draft: Draft, pack: Pack, catalog: Catalog, diagnostics: Diagnostics) -> Rules:
    """The check of one mapping's rules."""
    creating = draft.target is None or draft.target.create
    scope = scope_of(draft, catalog)
    return Rules(catalog, diagnostics, scope, Uses(draft, pack, diagnostics), creating, draft.fills_items)


@dataclass(slots=True)
class Rules:
    """Checks the rules of one mapping: fields of objects, producers, modifiers, and their types together."""

    catalog: Catalog
    diagnostics: Diagnostics
    scope: Scope
    uses: Uses
    creating: bool
    in_list: bool = False

    @property
    def infer(self) -> Inference:
        return Inference(self.scope, self.diagnostics)

    # ---- objects

    def fields(self, rules: Fields, made: Type, owner: str) -> Fields:
        """The fields of an object of type `made`, checked."""
        checked: list[FieldRule] = []
        for field_rule in rules:
            field = self._field(field_rule, made, owner)
            if field is None:
                continue
            rule = self.rule(field_rule.rule, field.type, field_rule.name, field)
            # What is wrong is reported; that the field has a rule is known.
            checked.append(replace(field_rule, rule=rule or Rule(field_rule.rule.span, NOTHING, broken=True)))
        return tuple(checked)

    def _field(self, field_rule: FieldRule, made: Type, owner: str) -> Field | None:
        if made.kind == "any":
            return Field(ANY)
        name, field = field_rule.name, made.fields.get(field_rule.name)
        if field is None:
            message = f'{owner} has no field "{name}"'
            self.diagnostics.error("M203", field_rule.span, message, near=(name, made.fields))
            return None
        if not field.writable:
            hint = "the system computes it itself"
            message = f"{owner}.{name} cannot be written"
            self.diagnostics.error("M206", field_rule.span, message, hint=hint)
            return None
        return field

    def filled(self, rules: Fields, made: Type, owner: str, span: Span) -> None:
        """Report fields that a new record needs and for which there is no rule."""
        names = {field_rule.name for field_rule in rules}
        missing = [name for name, field in made.fields.items() if field.required and name not in names]
        if missing:
            message = f"no rule for {' and '.join(missing)}, which {owner} requires"
            self.diagnostics.error("M209", span, message)

    # ---- rules

    def rule(self, rule: Rule, want: Type, label: str, field: Field | None = None) -> Rule | None:
        """The rule with the types of what it yields; None, and reported, if something is wrong."""
        if rule.broken or not self._is_single(rule):
            return None
        if not rule.modifiers:
            checked = CHECKERS[type(rule.producer)](self, rule, want, label, field)
            return None if checked is None else replace(rule, producer=checked[0], type=checked[1], into=want)
        before = wanted_before(rule, want)
        right = fit_field(self, rule, before, label, field)
        modifiers = {
            word: CHECKS[word].resolve(self, value, before, label) for word, value in rule.modifiers.items()
        }
        right = right and all(value is not None for value in modifiers.values())
        lookup = modifiers.get("lookup")
        if rule.lookup is not None and lookup is None:
            return None  # what its value must be is not known
        checked = self._looked_up(rule, lookup, before, label) if lookup else None
        if lookup is None:
            checked = CHECKERS[type(rule.producer)](self, rule, before, label, field)
        if checked is None or not right:
            return None
        type_ = modified_type(self, rule, modifiers, checked)
        if type_ is None:
            return None
        return replace(rule, producer=checked[0], modifiers=modifiers, type=type_, into=want)

    def _is_single(self, rule: Rule) -> bool:
        several = isinstance(rule.producer, tree.Reference | tree.Each | tree.Listed | tree.Object)
        if rule.lookup is None or not several:
            return True
        message = "`lookup` takes a single value, not an object or a list"
        self.diagnostics.error("M105", rule.key_span("lookup"), message)
        return False

    def _looked_up(self, rule: Rule, lookup: Lookup, want: Type, label: str) -> Checked | None:
        """The producer of what is looked up, if the value that is found fits the field."""
        column = f"{lookup.table.text}.{lookup.by[0].text}"
        checked = CHECKERS[type(rule.producer)](self, rule, lookup.key_type, column, None)
        fit = fits(lookup.given, want, label, lookup.span, self.diagnostics)
        return checked if fit else None
