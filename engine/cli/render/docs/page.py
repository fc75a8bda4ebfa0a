"""The "Data Mapping and Field Reference" of a pack, laid out: what goes where, from what, and when."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from engine.cli.render.docs.blocks import Block, Bullets, Cell, Code, Heading, Inline, Paragraph, Table

if TYPE_CHECKING:
    from engine.config import Config, Setting
    from engine.mapping.describe.reference import FieldRow, MappingReference

HEADS = ("Target field", "Type", "Source", "Fallback chain", "Conditions", "Notes")
ON_CHANGE = {
    "hold": "A later edit at the source is held for a person; nothing is changed silently.",
    "update": "A later edit at the source is written; fields that are not named here stay as they are.",
    "ignore": "A later edit at the source changes nothing.",
}


def page_title(config: Config) -> str:
    return f"{config.pack.name}: Data Mapping and Field Reference"


def page(config: Config, mappings: Sequence[MappingReference], overridden: frozenset[str]) -> list[Block]:
    """The whole page. `overridden`: the files whose rules are a config's own over the pack's."""
    blocks: list[Block] = [Heading(1, page_title(config))]
    blocks += [Paragraph([part]) for part in _paragraphs(config.pack.doc)]
    blocks.append(
        Bullets([[f"{one.name}: ", Code(one.origin), " to ", Code(one.destination)] for one in mappings])
    )
    for one in mappings:
        blocks += _mapping(one, overridden)
    blocks += _settings(config.pack.settings)
    blocks += _tables(config)
    return blocks


def _paragraphs(text: str) -> list[str]:
    return [" ".join(part.split()) for part in text.split("\n\n") if part.strip()]


def _mapping(one: MappingReference, overridden: frozenset[str]) -> Iterator[Block]:
    yield Heading(2, one.name)
    yield from (Paragraph([part]) for part in _paragraphs(one.doc))
    yield Bullets(list(_facts(one)))
    yield Table(HEADS, [_row(row, overridden) for row in one.rows])


def _facts(one: MappingReference) -> Iterator[list[Inline]]:
    yield [
        "From ",
        Code(one.origin),
        f": {one.origin_doc} To ",
        Code(one.destination),
        f": {one.destination_doc}",
    ]
    if one.where:
        yield ["Which records: ", Code(one.where)]
    for rule in one.match:
        yield ["Linked to what stands there already, if just one fits: ", Code(rule)]
    yield [ON_CHANGE[one.on_change]]
    for name, rule in one.totals:
        yield ["Checked, never sent: ", Code(name), " must come to ", Code(rule)]
    for verb, condition in one.actions:
        when: list[Inline] = [", when ", Code(condition)] if condition else []
        yield [f"Then {verb}", *when]
    for name, doc in one.used:
        yield ["Uses ", Code(name), f": {doc}" if doc else ""]


def _row(row: FieldRow, overridden: frozenset[str]) -> list[Cell]:
    own = ["(this config's own rule)"] if row.at.file in overridden else []
    notes = [*filter(None, (row.doc, row.field_doc)), *(_sentence(one) for one in row.limits), *own]
    lookup: list[list[Inline]] = [["through ", row.lookup]] if row.lookup else []
    sources: list[list[Inline]] = [[Code(one)] for one in row.sources]
    plain = row.rule.replace(".", "_").isidentifier()  # just the one thing that it is filled from
    if not row.chain and not (plain and len(sources) == 1):
        sources = [[Code(row.rule)], *(["from ", *one] for one in sources)]
    required: list[list[Inline]] = [["required"]] if row.required else []
    return [
        [[Code(row.path)]],
        [[row.type], *required],
        [*sources, *lookup],
        [[f"{at}. ", Code(one)] for at, one in enumerate(row.chain, 1)],
        [[Code(one)] for one in row.conditions],
        [[one] for one in notes],
    ]


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}."


def _settings(settings: Mapping[str, Setting]) -> Iterator[Block]:
    if not settings:
        return
    yield Heading(2, "Settings")
    yield Paragraph(["Set in a config, under ", Code("settings"), "."])
    yield Table(("Setting", "Type", "Default", "Notes"), [_setting(one) for one in settings.values()])


def _setting(one: Setting) -> list[Cell]:
    default: Inline = "required" if one.required else "none"
    if one.default is not None:
        default = Code(_value(one.default))
    choices = [_value(choice) for choice in one.choices] or (
        [f"a value of {one.column}"] if one.column else []
    )
    kind = f"{one.type}" + (f": {', '.join(choices)}" if choices else "")
    notes = [note for note in (one.label, one.doc) if note]
    return [[[Code(one.name)]], [[kind]], [[default]], [[note] for note in notes]]


def _value(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return f"[{', '.join(map(_value, value))}]" if isinstance(value, list) else str(value)


def _tables(config: Config) -> Iterator[Block]:
    tables = config.pack.tables.values()
    if not tables:
        return
    yield Heading(2, "Tables")
    for table in tables:
        yield Heading(3, table.name)
        if table.stream:
            yield Paragraph(["Read from ", Code(table.stream), " before mapping."])
            continue
        rows = [[[[row.get(column, "")]] for column in table.columns] for row in table.rows]
        yield Table(table.columns, rows)
