"""The checks of modifiers. Each is registered under its word; a test compares with the declarations.

What the declarations say themselves, the kinds of field and of value for which a modifier makes sense, is
checked here for all of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from engine.mapping.check.fit import described_want, literals_of
from engine.mapping.check.kinds import described
from engine.mapping.check.lookups import resolve_lookup
from engine.mapping.check.rule_check import Checked, RuleCheck, common_type, is_nothing, part_type
from engine.mapping.check.scope import Name, Scope
from engine.mapping.syntax import tree
from engine.mapping.syntax.language import MODIFIERS, ROW
from engine.mapping.syntax.tree import AS_TEXT, Expr, Lookup, Rule
from engine.model.diagnostic import Span
from engine.model.schema import DECIMAL, Field, Type


def _as_is(want: Type) -> Type:
    return want


def _checked_already(check: RuleCheck, value: Any, want: Type, label: str) -> Any:
    del check, want, label
    return value


def _fits(check: RuleCheck, rule: Rule, value: Any, want: Type) -> None:
    del check, rule, value, want


def _same(rule: Rule, value: Any, checked: Checked) -> Type:
    del rule, value
    return checked[1]


@dataclass(frozen=True, slots=True)
class ModifierCheck:
    """What one modifier expects of types and makes of them; each function has a default."""

    wants: Callable[[Type], Type] = _as_is  # of the value before it, from what is wanted after it
    resolve: Callable[[RuleCheck, Any, Type, str], Any] = _checked_already  # what is written after the word
    fits: Callable[[RuleCheck, Rule, Any, Type], None] = _fits  # reports literals and other words against it
    gives: Callable[[Rule, Any, Checked], Type] = _same  # the type after it, from that before it


# ---- the checks


def _when(check: RuleCheck, condition: Expr, want: Type, label: str) -> Expr | None:
    del want, label
    return check.infer.condition(condition, "when")


def _lookup(check: RuleCheck, lookup: Lookup, want: Type, label: str) -> Lookup | None:
    del want, label
    resolved = resolve_lookup(lookup, check.catalog, check.diagnostics)
    where = _row_condition(check, lookup) if lookup.where is not None else None
    if resolved is None or (lookup.where is not None and where is None):
        return None
    return replace(resolved, where=where)


def _row_condition(check: RuleCheck, lookup: Lookup) -> Expr | None:
    """The `where` of a lookup, which sees the table's row besides the names around it."""
    assert lookup.where is not None
    before, table = check.scope, check.catalog.tables.get(lookup.table.text)
    if ROW in before.names:
        message = f'the name "{ROW}" is already in use here; in a lookup it is the table\'s row'
        check.diagnostics.error(
            "M105", lookup.where.place.span, message, hint="call the other one differently"
        )
        return None
    if table is None or table.kind == "any":
        return None  # reported already
    check.scope = Scope({**before.names, ROW: Name(table)}, before.item, before.parent)
    where = check.infer.condition(lookup.where, "where")
    check.scope = before
    return where


def _lookup_gives(rule: Rule, lookup: Lookup, checked: Checked) -> Type:
    del rule, checked
    return lookup.given


def _default(check: RuleCheck, default: Rule, want: Type, label: str) -> Rule | None:
    return check.rule(default, want, label)


def _default_gives(rule: Rule, default: Rule, checked: Checked) -> Type:
    producer, type_ = checked
    never = rule.lookup is None and is_nothing(producer)
    return common_type([None if never else type_, part_type(default)])


def _cut_wants(want: Type) -> Type:
    return replace(want, max=None) if want.max is not None else want  # what is too long for the field is cut


def _cut_gives(rule: Rule, size: int, checked: Checked) -> Type:
    del rule, checked
    return Type("text", max=size)  # text that is cut is no longer one of an enum's words


def _min_fits(check: RuleCheck, rule: Rule, size: int, want: Type) -> None:
    for text, span in _literal_texts(rule):
        if len(text) < size:
            check.diagnostics.error("M208", span, f"min needs {size} characters, this has {len(text)}")
    longest = {"`cut`": rule.modifiers.get("cut"), "`max`": rule.modifiers.get("max"), "the field": want.max}
    for owner, most in longest.items():
        if most is not None and most < size:
            message = f"no text fits: `min` needs {size} characters, {owner} allows {most}"
            check.diagnostics.error("M105", rule.key_span("min"), message)


def _max_fits(check: RuleCheck, rule: Rule, size: int, want: Type) -> None:
    del want
    for text, span in _literal_texts(rule):
        if len(text) > size:
            check.diagnostics.error("M208", span, f"max allows {size} characters, this has {len(text)}")


def _round_wants(want: Type) -> Type:
    return DECIMAL if want is AS_TEXT else want


def _round_gives(rule: Rule, places: int, checked: Checked) -> Type:
    del rule, places, checked
    return DECIMAL


def _only_fits(check: RuleCheck, rule: Rule, only: str, want: Type) -> None:
    del only, want
    if not check.creating:
        message = "`only: create` in a mapping that creates nothing: the field is never sent"
        hint = "leave it out, or remove create: never"
        check.diagnostics.warning("M225", rule.key_span("only"), message, hint=hint)


def _clear_fits(check: RuleCheck, rule: Rule, clear: bool, want: Type) -> None:
    del clear, want
    if rule.has("required"):
        message = "`clear` has no effect with `required`: a record without the value is refused"
        check.diagnostics.warning("M225", rule.key_span("clear"), message, hint="keep one of the two")


NOTHING_TO_CHECK = ModifierCheck()
CHECKS: Mapping[str, ModifierCheck] = {
    "when": ModifierCheck(resolve=_when),
    "lookup": ModifierCheck(resolve=_lookup, gives=_lookup_gives),
    "optional": NOTHING_TO_CHECK,
    "default": ModifierCheck(resolve=_default, gives=_default_gives),
    "cut": ModifierCheck(wants=_cut_wants, gives=_cut_gives),
    "required": NOTHING_TO_CHECK,
    "min": ModifierCheck(fits=_min_fits),
    "max": ModifierCheck(fits=_max_fits),
    "round": ModifierCheck(wants=_round_wants, gives=_round_gives),
    "only": ModifierCheck(fits=_only_fits),
    "clear": ModifierCheck(fits=_clear_fits),
    "doc": NOTHING_TO_CHECK,
}


# ---- all modifiers of a rule

_IN_LIST = "cannot be used inside a list, which is sent as a whole", "write it on the list's own rule"
_A_PART = "belongs to the rule of a field; this is not one", "write it on the field's own rule"


def wanted_before(rule: Rule, want: Type) -> Type:
    """What the producer must yield so that the modifiers make what is wanted."""
    for word in reversed(tuple(rule.modifiers)):
        want = CHECKS[word].wants(want)
    return want


def fit_field(check: RuleCheck, rule: Rule, want: Type, label: str, field: Field | None) -> bool:
    """Whether the modifiers make sense in this field, and the rule's literals keep to them.

    `field`: it is this field's own rule, not a part of one.
    """
    right = True
    for word, value in rule.modifiers.items():
        declared = MODIFIERS[word]
        if want.kind not in declared.into and declared.suits:
            message = f"`{word}` is for {declared.suits}; {label} takes {described_want(want)}"
            check.diagnostics.error("M105", rule.key_span(word), message)
            right = False
        if declared.of_field and (field is None or check.in_list):
            what, hint = _IN_LIST if check.in_list else _A_PART
            check.diagnostics.error("M105", rule.key_span(word), f"`{word}` {what}", hint=hint)
            right = False
        CHECKS[word].fits(check, rule, value, want)
    return right


def modified_type(
    check: RuleCheck, rule: Rule, modifiers: Mapping[str, Any], checked: Checked
) -> Type | None:
    """The type that a rule yields after its modifiers; None, and reported, if they do not fit it."""
    producer, type_ = checked
    for word, value in modifiers.items():
        declared = MODIFIERS[word]
        if declared.takes and type_.kind not in declared.takes:
            takes = described(Type(declared.takes[-1]))
            message = f"`{word}` takes {takes}; this is {described(type_)}"
            check.diagnostics.error("M105", rule.key_span(word), message)
            return None
        type_ = CHECKS[word].gives(rule, value, (producer, type_))
    return type_


def _literal_texts(rule: Rule) -> Iterator[tuple[str, Span]]:
    """The literals that a rule may yield, as they are written; not those that are cut or looked up before."""
    if rule.lookup is None:
        match rule.producer:
            case tree.Plain(scalar=scalar) if scalar is not None and scalar.kind != "null":
                yield scalar.text, scalar.span
            case tree.Text(parts) if rule.producer.expression is not None:
                del parts
                for literal in literals_of(rule.producer.expression):
                    if isinstance(literal.value, str):
                        yield literal.value, literal.place.span
            case tree.First(rules):
                for part in rules:
                    if part.cut is None:
                        yield from _literal_texts(part)
    if rule.default is not None:
        yield from _literal_texts(rule.default)
