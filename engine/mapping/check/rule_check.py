"""What the checks of producers and modifiers need of the check of rules, which in turn calls them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from engine.mapping.check.catalog import Catalog
from engine.mapping.check.infer import Inference
from engine.mapping.check.kinds import unified
from engine.mapping.check.scope import Scope
from engine.mapping.check.uses import Uses
from engine.mapping.syntax import tree
from engine.mapping.syntax.tree import Fields, Producer, Rule
from engine.model.diagnostic import Span
from engine.model.diagnostics import Diagnostics
from engine.model.schema import ANY, Field, Type

Checked = tuple[Producer, Type]  # a producer and the type of what it yields


class RuleCheck(Protocol):
    """`rules.py` implements it. Types go in from the target's field, and come up from the expressions.

    None stands for: wrong, and reported.
    """

    catalog: Catalog
    diagnostics: Diagnostics
    scope: Scope  # grows and shrinks with `each`
    uses: Uses
    creating: bool  # whether the mapping creates records, so that required fields need a rule
    in_list: bool  # whether what is checked goes into an item of a list

    @property
    def infer(self) -> Inference: ...

    def fields(self, rules: Fields, made: Type, owner: str) -> Fields:
        """The fields of an object of type `made`, checked."""

    def filled(self, rules: Fields, made: Type, owner: str, span: Span) -> None:
        """Report fields that a new record needs and for which there is no rule."""

    def rule(self, rule: Rule, want: Type, label: str, field: Field | None = None) -> Rule | None:
        """The rule with the types of what it yields. `field`: it is this field's own rule, not a part."""


def common_type(types: Sequence[Type | None]) -> Type:
    """The type of what may be of any of these types; None is not taken into account."""
    known = [type_ for type_ in types if type_ is not None]
    both: Type | None = known[0] if known else ANY
    for type_ in known[1:]:
        both = unified(both, type_) if both is not None else None
    return both or ANY


def part_type(rule: Rule) -> Type | None:
    """The type of a part. A literal nothing is absent, whatever the others are."""
    return None if is_nothing(rule.producer) and rule.default is None else rule.type


def is_nothing(producer: Producer) -> bool:
    return isinstance(producer, tree.Plain) and producer.value is None
