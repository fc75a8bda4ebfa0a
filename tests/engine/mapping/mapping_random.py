"""Random records and well-typed expressions as plain trees; and how expressions are written down."""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

WORDS = st.sampled_from(
    ["a", "A", "ab", "a b", "sent", "200", " x", "é", "a,b", "it's", 'q"', "\\", "x\ny", "{", "%s"]
)
BLANKS = st.sampled_from(["", " ", "  ", "\u200b", "\u00ad \ufeff"])
TEXTS = st.one_of(WORDS, WORDS, WORDS, BLANKS)
INTS = st.integers(-3, 9)
DECIMALS = st.sampled_from(
    [Decimal(one) for one in ("0.00", "1.50", "-2.345", "12.50", "0.1", "100", "1E+3", "0.005")]
)
DATES = st.dates(datetime.date(2025, 12, 1), datetime.date(2026, 3, 1))
KINDS = ("int", "decimal", "text", "bool", "date", "texts", "decimals")
# Few paths, and most of them behind one that may be absent: what rules share is where a compiler errs.
PATHS = {
    "int": ["invoice.days", "invoice.project.due_days", "invoice.project.due_days"],
    "decimal": ["invoice.total_ex_vat", "settings.tolerance"],
    "text": ["invoice.note", "invoice.project.number", "invoice.project.reference", "settings.unset"],
    "bool": ["invoice.final", "settings.auto_send"],
    "date": ["invoice.date", "invoice.due_date", "run.date"],
    "texts": ["invoice.tags", "settings.push_statuses"],
    "decimals": ["invoice.amounts", "settings.amounts"],
}
LINE_PATHS = {
    "int": ["line.position"],
    "decimal": ["line.quantity", "line.unit_price"],
    "text": ["line.name", "line.description"],
}


def records() -> st.SearchStrategy[dict[str, Any]]:
    """A record in which anything may be absent."""
    texts, numbers = st.none() | TEXTS, st.none() | DECIMALS
    line = st.fixed_dictionaries(
        {
            "name": texts,
            "description": texts,
            "quantity": numbers,
            "unit_price": numbers,
            "position": st.none() | INTS,
        }
    )
    project = st.fixed_dictionaries({"number": texts, "reference": texts, "due_days": st.none() | INTS})
    return st.fixed_dictionaries(
        {
            "days": st.none() | INTS,
            "total_ex_vat": numbers,
            "total_inc_vat": numbers,
            "note": texts,
            "number": texts,
            "final": st.none() | st.booleans(),
            "date": st.none() | DATES,
            "due_date": st.none() | DATES,
            "tags": st.none() | st.lists(WORDS, max_size=3),
            "amounts": st.none() | st.lists(DECIMALS, max_size=3),
            "project": st.none() | project.map(without_none),
            "lines": st.none() | st.lists(line.map(without_none), max_size=3),
        }
    ).map(without_none)


def without_none(values: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}


# ---- expressions

LITERALS: dict[str, Any] = {
    "int": st.integers(0, 9),
    "decimal": st.sampled_from([Decimal("0.00"), Decimal("2.50"), Decimal("10.005")]),
    "text": TEXTS,
    "bool": st.booleans(),
}
# Each kind's ways to be made: a form, and the kinds of its parts.
FORMS: dict[str, list[tuple[str, ...]]] = {
    "int": [("-", "int"), ("arithmetic", "int", "int"), ("abs", "int"), ("count", "texts")],
    "decimal": [
        ("-", "decimal"), ("arithmetic", "decimal", "int"), ("arithmetic", "int", "decimal"),
        ("/", "int", "int"),
        ("arithmetic", "decimal", "decimal"), ("/", "decimal", "decimal"), ("if", "int", "decimal"),
        ("abs", "decimal"), ("round", "int"), ("round", "decimal"), ("sum", "decimals"),
        ("first", "decimals"), ("last", "decimals"),
    ],
    "text": [
        ("~", "text", "int", "date"), ("~", "text", "text"), ("~", "decimal", "bool"),
        ("replace", "text", "text"),
        *((name, "text") for name in ("upper", "lower", "trim", "url_quote", "text", "fold")),
        ("first", "texts"), ("last", "texts"), (".", "first"), (".", "last"),
        *(("text", kind) for kind in ("int", "decimal", "date", "bool")),
    ],
    "bool": [
        *(("compare", one, one) for one in ("int", "decimal", "text", "date", "bool")),
        ("compare", "int", "decimal"),
        *(("in", one, one) for one in ("int", "text", "date")), ("in", "text", "texts"),
        ("in", "int", "decimals"),
        *[("logic", "bool", "bool")] * 4, ("not", "bool"), ("not", "bool"), *(("is", kind) for kind in KINDS),
    ],
    "date": [("plus_days", "date", "int"), ("date", "date")],
    "texts": [("split", "text")],
    "decimals": [],
}  # fmt: skip


@st.composite
def expressions(draw: Any, kind: str, inside: bool = False, depth: int = 3) -> Any:
    """An expression of one type; `inside` an each, its item may be named too."""
    return an_expression(draw, kind, inside, depth)


def an_expression(draw: Any, kind: str, inside: bool, depth: int) -> Any:
    way = draw(st.integers(0, 9)) if depth else 0
    if way < 3 or (way > 3 and not FORMS[kind]):
        paths = PATHS[kind] + (LINE_PATHS.get(kind, []) if inside else [])
        if way and kind in LITERALS:
            return "literal", draw(LITERALS[kind])
        return "path", draw(st.sampled_from(paths))

    def sub(of: str) -> Any:
        return an_expression(draw, of, inside, depth - 1)

    if way == 3:
        return "if", sub("bool"), sub(kind), sub(kind) if draw(st.booleans()) else None
    return _formed(draw, draw(st.sampled_from(FORMS[kind])), sub)


def _formed(draw: Any, form: tuple[str, ...], sub: Any) -> Any:
    name, *kinds = form
    match name:
        case "-" | "not":
            return name, sub(kinds[0])
        case "/":
            return "arithmetic", "/", sub(kinds[0]), sub(kinds[1])
        case "arithmetic":
            return name, draw(st.sampled_from("+-*")), sub(kinds[0]), sub(kinds[1])
        case "compare":
            signs = ["==", "!="] if "bool" in kinds else ["==", "!=", "<", "<=", ">", ">="]
            return name, draw(st.sampled_from(signs)), sub(kinds[0]), sub(kinds[1])
        case "logic":
            return name, draw(st.sampled_from(["and", "or"])), sub("bool"), sub("bool")
        case "in" if kinds[1] in ("texts", "decimals"):
            return name, draw(st.booleans()), sub(kinds[0]), sub(kinds[1])
        case "in":
            return (
                name,
                draw(st.booleans()),
                sub(kinds[0]),
                [sub(kinds[1]) for _ in range(draw(st.integers(0, 3)))],
            )
        case "is":
            return name, draw(st.booleans()), sub(kinds[0])
        case "if":
            return name, sub("bool"), sub(kinds[0]), sub(kinds[1])
        case ".":
            lines = ("call", kinds[0], ("path", "invoice.lines"))
            return name, lines, draw(st.sampled_from(["name", "description"]))
        case "~":
            return name, *(sub(one) for one in kinds)
    args = [sub(one) for one in kinds]
    if name == "replace":
        args.insert(1, ("literal", draw(WORDS)))
    if name == "split":
        args.append(("literal", draw(st.sampled_from([",", " "]))))
    if name == "round" and draw(st.booleans()):
        args.append(("literal", draw(st.integers(0, 4))))
    return "call", name, *args


def written(node: Any) -> str:
    """An expression as it stands in an expression, with brackets round everything."""
    match node:
        case ("literal", str() as value):
            return "'" + value.replace("\\", "\\\\").replace("'", "\\'").replace("\n", "\\n") + "'"
        case ("literal", bool() as value):
            return str(value).lower()
        case ("literal", value) | ("path", value):
            return str(value)
        case ("-", of):
            return f"(-{written(of)})"
        case ("arithmetic" | "compare" | "logic", sign, left, right):
            return f"({written(left)} {sign} {written(right)})"
        case ("in", negated, left, right):
            values = (
                f"[{', '.join(written(one) for one in right)}]" if isinstance(right, list) else written(right)
            )
            return f"({written(left)} {'not in' if negated else 'in'} {values})"
        case ("not", of):
            return f"(not {written(of)})"
        case ("if", when, then, None):
            return f"({written(then)} if {written(when)})"
        case ("if", when, then, otherwise):
            return f"({written(then)} if {written(when)} else {written(otherwise)})"
        case ("~", *parts):
            return f"({' ~ '.join(written(one) for one in parts)})"
        case ("is", negated, of):
            return f"({written(of)} is {'missing' if negated else 'present'})"
        case (".", of, name):
            return f"{written(of)}.{name}"
        case ("call", name, of, *args):
            listed = f"({', '.join(written(one) for one in args)})" if args else ""
            return f"({written(of)} | {name}{listed})"
    raise AssertionError(node)
