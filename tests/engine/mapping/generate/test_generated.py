"""The generated Python: no attribute but those of its own helpers, no builtins, the same every time."""

from __future__ import annotations

import ast
import warnings
from pathlib import Path
from typing import Any

from engine.mapping import Program
from engine.mapping.run.kit import Kit
from tests.engine.mapping.mapping_examples import PACK
from tests.engine.mapping.mapping_kit import compiled, field_rule, mapper

# What may stand behind a dot: methods of text, dates, lists and dicts, and three fields of a record and its
# address. What is bound of `kit`, tables and `run` is looked at apart.
METHODS = {"get", "append", "join", "isoformat", "date", "isprintable", "isspace", "upper", "lower"}
READS = {
    ("made", "made"),
    ("made", "joined"),
    ("record", "values"),
    ("record", "address"),
    ("address", "key"),
}
EVERYTHING = """\
Reference: {first: ["{{ invoice.note | trim }}", {join: ["{{ invoice.days }}", x], with: "-"}], cut: 5}
Url: "{{ invoice.number | lower | url_quote }}/{{ invoice.total_ex_vat }}/{{ invoice.final }}"
Status: {value: "{{ invoice.note | upper }}", required: true, default: DRAFT}
Date: {value: "{{ invoice.note | date }}", when: "{{ invoice.note is present and invoice.days / 2 > 1 }}"}
DueDate: "{{ invoice.date | plus_days(settings.due_days) }}"
Changed: "{{ invoice.changed }}"
CurrencyRate: {value: "{{ -invoice.total_ex_vat * 2 + 1.5 - invoice.days }}", round: 2}
Days: "{{ (invoice.days | abs) + (invoice.tags | count) + (invoice.lines | sum('position')) }}"
SentToContact: "{{ invoice.status in settings.push_statuses or invoice.note not in ['a', invoice.number] }}"
Tags: {list: ["{{ invoice.note | replace('a', 'b') }}", "{{ run.id }}", "{{ run.date | text }}"]}
Dates: {list: ["{{ invoice.date }}"]}
Note: {fields: {Text: null, By: "{{ 'x' if invoice.final else settings.unset }}"}}
Anything:
  fields:
    raw: "{{ invoice.raw }}"
    whole: "{{ invoice.project }}"
    split: "{{ invoice.note | split(',') }}"
    tags: {each: "{{ invoice.tags }}", as: tag, where: "{{ tag != 'x' }}", fields: {t: "{{ tag }}"}}
    found: {value: Sales, lookup: {in: accounts, by: [Name, Code], give: Rate}, optional: true}
    sum: "{{ invoice.amounts | sum | abs | round(1) }}"
"""


def programs(folder: Path) -> list[Program]:
    everything = compiled(folder, invoices=field_rule(EVERYTHING)).mappings["invoices"]
    return [everything, *(one for one in compiled(folder, **PACK).mappings.values() if one.code)]


def attributes(code: str) -> set[tuple[str, str]]:
    """(what stands before the dot, name) of every attribute."""
    found = set()
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Attribute):
            owner = node.value
            name = owner.id if isinstance(owner, ast.Name) else getattr(owner, "attr", type(owner).__name__)
            found.add((name, node.attr))
    return found


def test_an_attribute_is_a_helper_or_one_of_few_methods(tmp_path: Path) -> None:
    for program in programs(tmp_path):
        for owner, name in attributes(program.code):
            assert not name.startswith("_")
            if owner == "kit":
                assert hasattr(Kit, name)
            elif owner == "run":
                assert name in ("date", "id")
            elif owner.startswith("t") and owner[1:].isdigit():  # a table
                assert name in ("find", "seek", "seek_optional")
            else:
                assert name in METHODS or (owner, name) in READS, (owner, name)


def test_every_name_is_bound_in_the_code_itself(tmp_path: Path) -> None:
    for program in programs(tmp_path):
        tree = ast.parse(program.code)
        bound = {
            one.id for one in ast.walk(tree) if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Store)
        }
        bound |= {one.arg for one in ast.walk(tree) if isinstance(one, ast.arg)}
        bound |= {
            one.name
            for one in ast.walk(tree)
            if isinstance(one, ast.FunctionDef | ast.ExceptHandler) and one.name
        }
        used = {one.id for one in ast.walk(tree) if isinstance(one, ast.Name)}
        assert used - bound <= {"Exception"}


def test_the_code_has_none_of_the_statements_that_could_do_harm(tmp_path: Path) -> None:
    allowed = (
        ast.Module, ast.FunctionDef, ast.arguments, ast.arg, ast.Assign, ast.Name, ast.Load, ast.Store,
        ast.Expr, ast.Attribute, ast.Call, ast.Constant, ast.Try, ast.ExceptHandler, ast.If, ast.For,
        ast.Continue, ast.Pass, ast.Return, ast.Compare, ast.cmpop, ast.BoolOp, ast.boolop, ast.UnaryOp,
        ast.unaryop, ast.BinOp, ast.operator, ast.IfExp, ast.Dict, ast.List, ast.Tuple, ast.Subscript,
        ast.Slice,
    )  # fmt: skip
    for program in programs(tmp_path):
        for node in ast.walk(ast.parse(program.code)):
            assert isinstance(node, allowed), ast.dump(node)


def test_linked_code_has_no_builtins(tmp_path: Path) -> None:
    run = mapper(compiled(tmp_path, invoices=field_rule(EVERYTHING)))
    assert set(run.__globals__["__builtins__"]) == {"Exception", "tuple"}  # type: ignore[attr-defined]


def test_the_code_compiles_without_a_warning(tmp_path: Path) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for program in programs(tmp_path):
            compile(program.code, "<again>", "exec")


def test_the_code_says_the_same_every_time(tmp_path: Path) -> None:
    def once() -> Any:
        return [(one.code, repr(one.generated.constants), one.generated.sites) for one in programs(tmp_path)]

    assert once() == once()


def test_every_line_that_may_fail_knows_its_place(tmp_path: Path) -> None:
    program = compiled(tmp_path, invoices=field_rule(EVERYTHING)).mappings["invoices"]
    tree = ast.parse(program.code)
    (outer,) = tree.body
    assert isinstance(outer, ast.FunctionDef)
    inner = next(one for one in outer.body if isinstance(one, ast.FunctionDef))
    body = next(one for one in inner.body if isinstance(one, ast.Try)).body
    calls = {one.lineno for part in body for one in ast.walk(part) if isinstance(one, ast.Call)}
    assert all(number in program.generated.lines for number in calls)
    assert all(":" in where for where, _ in program.generated.lines.values())
