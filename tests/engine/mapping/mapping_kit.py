"""Short ways to compile and map with the small pair of systems of `mapping_catalog.py`."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

from engine.document import Document, MapNode, read_document
from engine.mapping import Mapper, Programs, Run, compile_pack
from engine.model.address import Address
from engine.model.diagnostics import Diagnostics
from engine.model.payload import Payload, Refusal
from engine.model.record import Record
from tests.engine.mapping.mapping_catalog import CATALOG

SETTINGS: dict[str, Any] = {
    "revenue_account": "200",
    "auto_send": True,
    "psohub_mails": False,
    "due_days": 14,
    "push_statuses": ["sent"],
    "rounding": "hold",
    "tolerance": Decimal("0.05"),
}
TABLES: dict[str, list[dict[str, Any]]] = {
    "accounts": [
        {"Code": "200", "Name": "Sales", "Type": "REVENUE", "Rate": Decimal("21")},
        {"Code": "260", "Name": "Other Revenue ", "Type": "REVENUE"},
        {"Code": "400", "Name": "Advertising", "Type": "EXPENSE"},
        {"Code": "401", "Name": "Advertising", "Type": "EXPENSE"},
        {"Code": "500", "Name": "Twice", "Type": "EXPENSE"},
        {"Code": "500", "Name": "Twice", "Type": "EXPENSE"},
    ],
    "tax_types": [{"category": "High", "TaxType": "OUTPUT2"}, {"category": "None", "TaxType": " "}],
}
RUN = Run(datetime.date(2026, 3, 1), "run-7")
RECORD: dict[str, Any] = {
    "id": "41939771881672249",
    "number": "INV-1",
    "status": "sent",
    "date": datetime.date(2026, 1, 31),
    "currency": "EUR",
    "customer_id": "7",
    "total_ex_vat": Decimal("100.00"),
    "total_inc_vat": Decimal("121.00"),
    "lines": [
        {
            "number": "1",
            "name": "Work",
            "gl_account": "200",
            "tax_category": "High",
            "quantity": Decimal("1.50"),
        },
        {"number": "2", "description": "Travel", "tax_category": "Low"},
    ],
}

# A flow with the required fields, to hang one field or one mistake on. The rule under test stands in line 12.
FRAME = """\
mapping: invoices
source: {stream: psohub.invoices, as: invoice}
target: {stream: xero.invoices}
fields:
  Type: ACCREC
  Contact:
    fields: {Name: Acme}
  LineItems:
    list:
      - fields: {Description: Work}
  # the rule
"""


def documents(diagnostics: Diagnostics, folder: Path, **files: str) -> list[Document]:
    out = []
    for name, text in files.items():
        path = folder / f"{name}.yaml"
        path.write_text(text, encoding="utf-8")
        document = read_document(path, diagnostics)
        if document is not None:
            out.append(document)
    return out


def override_node(diagnostics: Diagnostics, folder: Path, text: str) -> MapNode | None:
    if not text:
        return None
    (document,) = documents(diagnostics, folder, config=text)
    assert isinstance(document.root, MapNode)
    return document.root


def compiled(folder: Path, overrides: str = "", **files: str) -> Programs:
    """The programs of files without mistakes."""
    diagnostics = Diagnostics()
    docs = documents(diagnostics, folder, **files)
    programs = compile_pack(docs, CATALOG, diagnostics, override_node(diagnostics, folder, overrides))
    assert not diagnostics.errors, "\n".join(str(diagnostic) for diagnostic in diagnostics)
    return programs


def mistakes(folder: Path, overrides: str = "", **files: str) -> Diagnostics:
    """What is said about files with mistakes."""
    diagnostics = Diagnostics()
    docs = documents(diagnostics, folder, **files)
    programs = compile_pack(docs, CATALOG, diagnostics, override_node(diagnostics, folder, overrides))
    assert not (diagnostics.errors and programs.mappings)
    return diagnostics


def mapper(
    programs: Programs, name: str = "invoices", tables: Mapping[str, Any] | None = None, **settings: Any
) -> Mapper:
    return programs.mappings[name].link({**SETTINGS, **settings}, {**TABLES, **(tables or {})}, RUN)


def record(values: Mapping[str, Any] | None = None, stream: str = "psohub.invoices", **more: Any) -> Record:
    system, name = stream.split(".")
    own = {**(RECORD if values is None else values), **more}
    own = {key: value for key, value in own.items() if value is not None}
    return Record(Address(system, name, str(own.get("id", "1"))), own)


def field_rule(rule: str) -> str:
    """A whole file around one rule, written as `Name: rule` (further lines indented by two blanks more)."""
    return FRAME + "".join(f"  {line}\n" for line in rule.splitlines())


def body_of(made: Payload | tuple[Refusal, ...] | None) -> Mapping[str, Any]:
    assert isinstance(made, Payload), made
    return made.body


def mapped(folder: Path, rule: str, settings: Mapping[str, Any] | None = None, **values: Any) -> Any:
    """What one field comes to: the value, or `...` where it is left out."""
    own = mapper(compiled(folder, invoices=field_rule(rule)), **(settings or {}))
    name = rule.split(":")[0]
    return body_of(own(record(**values))).get(name, ...)


def evaluated(folder: Path, expression: str, settings: Mapping[str, Any] | None = None, **values: Any) -> Any:
    """What an expression comes to, in a field that takes anything: the value, or `...` where it is absent."""
    return mapped(folder, f"Anything: |-\n  {{{{ {expression} }}}}", settings, **values)


def verbs(made: Payload) -> tuple[str, ...]:
    """The actions that a payload asks for."""
    return tuple(action.verb for action in made.actions)


def refused(folder: Path, rule: str, **values: Any) -> Sequence[Refusal]:
    made = mapper(compiled(folder, invoices=field_rule(rule)))(record(**values))
    assert isinstance(made, tuple), made
    return made


def marked(diagnostics: Diagnostics) -> list[tuple[str, str]]:
    """Each mistake's code and the text of the file that its span marks, in the order of the file."""
    return [
        (diagnostic.code, diagnostic.excerpt[diagnostic.span.column - 1 :][: diagnostic.span.length])
        for diagnostic in diagnostics
    ]


def rule_mistakes(folder: Path, rule: str) -> list[tuple[str, str]]:
    return marked(mistakes(folder, invoices=field_rule(rule)))


def expression_mistakes(folder: Path, expression: str, field: str = "Anything") -> list[tuple[str, str]]:
    return marked(mistakes(folder, invoices=field_rule(f"{field}: |-\n  {{{{ {expression} }}}}")))


def hint_of(folder: Path, rule: str) -> str:
    """The hint of the one mistake of a rule."""
    (one,) = mistakes(folder, invoices=field_rule(rule))
    return one.hint
