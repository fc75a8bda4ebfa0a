"""Hooks called while a program is generated, which may add lines: the tracing build does."""

from __future__ import annotations

from typing import Protocol

from engine.mapping.generate.code import Code
from engine.mapping.generate.writer import Value
from engine.mapping.syntax.tree import Expr, Rule


class Observer(Protocol):
    """Called where the generated function does something; may add lines that report it."""

    def where(self, code: Code, condition: Expr) -> None:
        """The mapping's own condition is about to be evaluated."""

    def action(self, code: Code, verb: str, condition: Expr | None) -> None:
        """An action is about to be decided."""

    def object_begins(self) -> None: ...

    def object_ends(self) -> None: ...

    def needs(self, code: Code, condition: str) -> None:
        """The current rule's object is left out unless this is true."""

    def rule_begins(self, code: Code, rule: Rule) -> None: ...

    def rule_ends(self, code: Code, value: Value) -> Value:
        """The rule that began last has this value."""

    def as_written(self, code: Code, rule: Rule) -> None:
        """A literal null, "" or [] is sent as it is written."""

    def when(self, code: Code, condition: Expr) -> None:
        """The current rule's condition is about to be evaluated."""

    def lookup(self, code: Code, value: Value) -> Value:
        """The current rule is about to look the value up."""

    def rows(self, code: Code, kept: str) -> None:
        """The current rule's lookup has a `where`, which keeps these rows."""


class Silent:
    """Adds nothing."""

    def where(self, code: Code, condition: Expr) -> None: ...

    def action(self, code: Code, verb: str, condition: Expr | None) -> None: ...

    def object_begins(self) -> None: ...

    def object_ends(self) -> None: ...

    def needs(self, code: Code, condition: str) -> None: ...

    def rule_begins(self, code: Code, rule: Rule) -> None: ...

    def rule_ends(self, code: Code, value: Value) -> Value:
        del code
        return value

    def as_written(self, code: Code, rule: Rule) -> None: ...

    def when(self, code: Code, condition: Expr) -> None: ...

    def lookup(self, code: Code, value: Value) -> Value:
        del code
        return value

    def rows(self, code: Code, kept: str) -> None: ...
