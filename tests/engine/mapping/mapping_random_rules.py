"""Random well-typed rules as plain trees, with templates of expressions; and how they are written down."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import strategies as st

from tests.engine.mapping.mapping_random import TEXTS, WORDS, an_expression, written
from tests.engine.mapping.mapping_reference_rules import Template


@st.composite
def rules(draw: Any, kind: str = "object", inside: bool = False) -> Any:
    """Rules that make values of one type; an object is made of others. `inside` an each: of a line."""
    return _rule(draw, kind, inside, 2)


def _template(draw: Any, kind: str, inside: bool) -> Template:
    return Template((an_expression(draw, kind, inside, 2),))


def _plain(draw: Any, kind: str, inside: bool) -> Any:
    way = draw(st.integers(0, 5))
    if kind != "text" or way < 3:
        return _template(draw, kind, inside)
    if way < 5:
        return draw(TEXTS | st.none())
    around = draw(WORDS.filter(lambda one: "{" not in one))
    return Template(
        (around, an_expression(draw, draw(st.sampled_from(["text", "int", "date"])), inside, 1), around)
    )


def _rule(draw: Any, kind: str, inside: bool, depth: int) -> Any:
    if kind == "object":
        return _needing(draw, {"fields": _fields(draw, inside, depth)})
    if kind == "list":
        return _list(draw, inside, depth)
    if depth == 0 or draw(st.booleans()):
        return _plain(draw, kind, inside)

    def sub(of: str = kind) -> Any:
        return _rule(draw, of, inside, depth - 1)

    way = draw(st.integers(0, 3))
    if way == 0:
        rule: dict[str, Any] = {"value": _plain(draw, kind, inside)}
    elif way == 2 and kind == "text":
        parts = st.lists(
            st.sampled_from(["int", "decimal", "date", "bool", "text", "text"]), min_size=1, max_size=3
        )
        rule = {"join": [sub(one) for one in draw(parts)]}
        if draw(st.booleans()):
            rule["with"] = draw(st.sampled_from(["", ", ", "-"]))
    else:
        rule = {"first": [sub() for _ in range(draw(st.integers(1, 3)))]}
    return {**rule, **_modifiers(draw, kind, inside, sub)}


def _modifiers(draw: Any, kind: str, inside: bool, sub: Any) -> dict[str, Any]:
    out: dict[str, Any] = {}
    if draw(st.integers(0, 2)) == 0:
        out["when"] = _template(draw, "bool", inside)
    if draw(st.integers(0, 2)) == 0:
        out["default"] = sub()
    if draw(st.integers(0, 5)) == 0:
        out["required"] = True
    if kind == "text" and draw(st.booleans()):
        out["cut"] = draw(st.integers(1, 4))
    if kind in ("int", "decimal") and draw(st.booleans()):
        out["round"] = draw(st.integers(0, 3))
    return out


def _fields(draw: Any, inside: bool, depth: int) -> dict[str, Any]:
    kinds = ["int", "decimal", "text", "text", "bool", "date", *(["object", "list"] if depth else [])]
    names = draw(st.lists(st.sampled_from("abcde"), min_size=2, max_size=5, unique=True))
    return {name: _rule(draw, draw(st.sampled_from(kinds)), inside, max(0, depth - 1)) for name in names}


def _list(draw: Any, inside: bool, depth: int) -> dict[str, Any]:
    if inside or draw(st.booleans()):  # an item's name may not be given twice
        parts = draw(st.lists(st.sampled_from(["int", "text", "date", "text"]), min_size=1, max_size=3))
        return {"list": [_rule(draw, one, inside, 0) for one in parts]}
    rule: dict[str, Any] = {"each": Template((("path", "invoice.lines"),)), "as": "line"}
    if draw(st.booleans()):
        rule["where"] = _template(draw, "bool", True)
    return _needing(draw, {**rule, "fields": _fields(draw, True, depth - 1)})


def _needing(draw: Any, rule: dict[str, Any]) -> dict[str, Any]:
    """An object or list of objects, maybe with fields that each object needs."""
    needs = draw(st.lists(st.sampled_from(sorted(rule["fields"])), max_size=2, unique=True))
    return {**rule, "needs": needs} if needs else rule


def as_yaml(rule: Any) -> str:
    """A rule in YAML's flow style, which takes JSON."""
    if isinstance(rule, Template):
        return json.dumps(
            "".join(one if isinstance(one, str) else f"{{{{ {written(one)} }}}}" for one in rule.parts)
        )
    if isinstance(rule, dict):
        return "{" + ", ".join(f"{json.dumps(name)}: {as_yaml(one)}" for name, one in rule.items()) + "}"
    if isinstance(rule, list):
        return "[" + ", ".join(as_yaml(one) for one in rule) + "]"
    return json.dumps(rule)
