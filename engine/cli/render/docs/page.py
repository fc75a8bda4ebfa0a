"""The "Data Mapping and Field Reference" of a pack: how each target field is filled, and when."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from engine.cli.render.docs.blocks import Block, Bullets, Cell, Code, Heading, Inline, Paragraph, Table

if TYPE_CHECKING:
    from engine.config import Config, Setting
    from engine.mapping.describe.reference import FieldRow, MappingReference

HEADS = ("Target field", "Type", "Source", "Fallback chain", "Conditions", "Notes")
ON_CHANGE = {
    "hold": "Later edits in the source are held for a person; nothing is overwritten silently.",
    "update": "Later edits in the source update the target; fields without a rule are left alone.",
    "ignore": "Later edits in the source are ignored.",
}


def page_title(config: Config) -> str:
    return f"{config.pack.name}: Data Mapping and Field Reference"


def page(config: Config, mappings: Sequence[MappingReference], overridden: frozenset[str]) -> list[Block]:
    """The complete page. `overridden`: the files whose rules are the config's overrides."""
    blocks: list[Block] = [Heading(1, page_title(config))]
    blocks += [Paragraph([part]) for part in _paragraphs(config.pack.doc)]
    blocks.append(
        Bullets([[f"{each.name}: ", Code(each.origin), " to ", Code(each.destination)] for each in mappings])
    )
    for mapping in mappings:
        blocks += _mapping(mapping, overridden)
    blocks += _settings(config.pack.settings)
    blocks += _tables(config)
    return blocks


def _paragraphs(text: str) -> list[str]:
    return [" ".join(part.split()) for part in text.split("\n\n") if part.strip()]


def _mapping(mapping: MappingReference, overridden: frozenset[str]) -> Iterator[Block]:
    yield Heading(2, mapping.name)
    yield from (Paragraph([part]) for part in _paragraphs(mapping.doc))
    yield Bullets(list(_facts(mapping)))
    yield Table(HEADS, [_row(row, overridden) for row in mapping.rows])


def _facts(mapping: MappingReference) -> Iterator[list[Inline]]:
    yield [
        "From ",
        Code(mapping.origin),
        f": {mapping.origin_doc} To ",
        Code(mapping.destination),
        f": {mapping.destination_doc}",
    ]
    if mapping.linked:
        yield ["Only records that the mapping ", Code(mapping.linked), " created or adopted"]
    if mapping.where:
        yield ["Only records where ", Code(mapping.where)]
    for rule in mapping.match:
        yield ["Adopts an existing record if exactly one matches: ", Code(rule)]
    if mapping.agree:
        names = [Code(name) for name in mapping.agree]
        yield ["Held instead if they differ in ", *_listed(names)]
    yield [ON_CHANGE[mapping.on_change]]
    for name, rule in mapping.totals:
        yield ["Checked, not sent: ", Code(name), " must equal ", Code(rule)]
    for action, condition, to, needed in mapping.actions:
        when: list[Inline] = [", if ", Code(condition)] if condition else []
        where: list[Inline] = [" to ", Code(to)] if to else []
        hold: list[Inline] = ["; held while it has nothing to go to, if ", Code(needed)] if needed else []
        yield [f"Then {action}", *where, *when, *hold]
    for name, doc in mapping.used:
        yield ["Uses ", Code(name), f": {doc}" if doc else ""]


def _listed(names: Sequence[Inline]) -> Iterator[Inline]:
    for number, name in enumerate(names):
        yield from (", ", name) if number else (name,)


def _row(row: FieldRow, overridden: frozenset[str]) -> list[Cell]:
    marks = ["(overridden by this config)"] if row.span.file in overridden else []
    notes = [*filter(None, (row.doc, row.field_doc)), *(_sentence(limit) for limit in row.limits), *marks]
    lookup: list[list[Inline]] = [["looked up in ", row.lookup]] if row.lookup else []
    sources: list[list[Inline]] = [[Code(source)] for source in row.sources]
    simple = row.rule.replace(".", "_").isidentifier()  # the rule is the source itself
    if not row.chain and not (simple and len(sources) == 1):
        sources = [[Code(row.rule)], *(["from ", *source] for source in sources)]
    required: list[list[Inline]] = [["required"]] if row.required else []
    return [
        [[Code(row.path)]],
        [[row.type], *required],
        [*sources, *lookup],
        [[f"{number}. ", Code(branch)] for number, branch in enumerate(row.chain, 1)],
        [[Code(condition)] for condition in row.conditions],
        [[note] for note in notes],
    ]


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}."


def _settings(settings: Mapping[str, Setting]) -> Iterator[Block]:
    if not settings:
        return
    yield Heading(2, "Settings")
    yield Paragraph(["Set them in the config, under ", Code("settings"), "."])
    yield Table(("Setting", "Type", "Default", "Notes"), [_setting(setting) for setting in settings.values()])


def _setting(setting: Setting) -> list[Cell]:
    default: Inline = "required" if setting.required else "none"
    if setting.default is not None:
        default = Code(_value(setting.default))
    choices = [_value(choice) for choice in setting.choices] or (
        [f"a value of {setting.column}"] if setting.column else []
    )
    kind = f"{setting.type}" + (f": {', '.join(choices)}" if choices else "")
    notes = [note for note in (setting.label, setting.doc) if note]
    return [[[Code(setting.name)]], [[kind]], [[default]], [[note] for note in notes]]


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
