"""The functions of holes become Python: each takes the code of its value and arguments, and gives code."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from engine.mapping.generate.emitter import Emitter
from engine.mapping.generate.writer import Value
from engine.mapping.syntax import tree


class Functions(Emitter):
    """Writes calls of functions."""

    def called(self, node: tree.Call, of: Value, args: list[Value]) -> Value:
        return self._FUNCTIONS[node.function](self, node, of, args)

    def _method(self, node: tree.Call, of: Value, args: list[Value]) -> Value:
        del args
        return self.strict([of], f"{of.code}.{node.function}()", blank=of.blank)

    def _plus_days(self, node: tree.Call, of: Value, args: list[Value]) -> Value:
        del node
        return self.strict([of, *args], f"{of.code} + {self.helper('days')}({args[0].code})")

    def _date(self, node: tree.Call, of: Value, args: list[Value]) -> Value:
        del args
        if node.of.type.kind == "date":
            return of
        if node.of.type.kind == "instant":
            return self.strict([of], f"{of.code}.date()")
        site = self.site("mapping.failed", node.of.at.text)
        return self.strict([of], f"{self.helper('to_date')}({of.code}, {site})", maybe=True)

    def _text(self, node: tree.Call, of: Value, args: list[Value]) -> Value:
        del args
        if node.of.type.kind == "text":
            return of
        return self.strict([of], self.spelled(of.code, node.of.type))

    def _round(self, node: tree.Call, of: Value, args: list[Value]) -> Value:
        del args
        places = node.args[0].value if node.args and isinstance(node.args[0], tree.Const) else 0
        return self.rounded(of, places)

    def _abs(self, node: tree.Call, of: Value, args: list[Value]) -> Value:
        del args
        name = "magnitude" if node.of.type.kind == "int" else "absolute"
        return self.strict([of], f"{self.helper(name)}({of.code})")

    def _helped(self, node: tree.Call, of: Value, args: list[Value]) -> Value:
        """Functions whose helper may come out absent."""
        name = {"trim": "trimmed", "split": "pieces", "replace": "replaced"}[node.function]
        code = ", ".join(one.code for one in (of, *args))
        return self.strict([of, *args], f"{self.helper(name)}({code})", maybe=True)

    def _sum(self, node: tree.Call, of: Value, args: list[Value]) -> Value:
        if args:
            return self.strict([of], f"{self.helper('total_of')}({of.code}, {args[0].code})")
        del node
        return self.strict([of], f"{self.helper('total')}({of.code})")

    def _count(self, node: tree.Call, of: Value, args: list[Value]) -> Value:
        del node, args
        return self.strict([of], f"{self.helper('size')}({of.code})")

    def _url_quote(self, node: tree.Call, of: Value, args: list[Value]) -> Value:
        del node, args
        return self.strict([of], f"{self.helper('quote')}({of.code})", blank=of.blank)

    _FUNCTIONS: ClassVar[dict[str, Callable[[Functions, tree.Call, Value, list[Value]], Value]]] = {
        "plus_days": _plus_days,
        "date": _date,
        "text": _text,
        "round": _round,
        "abs": _abs,
        "upper": _method,
        "lower": _method,
        "trim": _helped,
        "replace": _helped,
        "split": _helped,
        "sum": _sum,
        "count": _count,
        "url_quote": _url_quote,
    }
