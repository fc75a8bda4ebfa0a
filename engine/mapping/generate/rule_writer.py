"""What producers and modifiers need of the writer of rules, which in turn calls them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from engine.mapping.generate.code import Code
from engine.mapping.generate.observer import Observer
from engine.mapping.generate.writer import Value
from engine.mapping.syntax.tree import Draft, FieldRule, Rule

Env = dict[str, str]  # names of the mapping -> the variables that hold them


class RuleWriter(Protocol):
    """`rules.py` implements it."""

    code: Code
    observer: Observer
    drafts: Mapping[str, Draft]  # the shapes that may be used

    def rule(self, rule: Rule, limits: bool = True) -> Value:
        """A rule's value with its modifiers. Without `limits`, the caller checks max and the like."""

    def checked(self, rule: Rule) -> Value:
        """A rule's value, checked against the words and the length that the target allows."""

    def object(self, fields: Sequence[tuple[FieldRule, Env]], needs: Sequence[str] = ()) -> Value:
        """A variable that holds the object; None if all of it is absent, or one of the fields it needs."""
