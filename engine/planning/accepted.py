"""What a target's fields accept: lengths, characters, words, digits, how many, and what must be there.

Pure, and from the declaration of the stream alone. What depends on other records or on the target's books is
for its connector (`Target.preflight`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from engine.model.advice import near_words
from engine.model.payload import Ref
from engine.model.schema import Field, Stream, Type
from engine.model.text_form import not_ascii
from engine.sdk.system import Finding


def faults(body: Mapping[str, Any], stream: Stream, *, create: bool) -> list[Finding]:
    """Why the fields of `stream` do not accept a body; a new record needs its required fields besides."""
    filled = body if create else {name: body[name] for name in body if not _is_emptied(name, body, stream)}
    return [*(_missing(body, stream.fields, "") if create else ()), *_members(filled, stream.fields, "")]


def _is_emptied(name: str, body: Mapping[str, Any], stream: Stream) -> bool:
    """Whether an update empties slots: what is required of a filled one is not there then."""
    return name in stream.slots and body[name] == stream.emptied(name, body[name])


def _missing(values: Mapping[str, Any], fields: Mapping[str, Field], path: str) -> Iterator[Finding]:
    for name, field in fields.items():
        if field.required and values.get(name) in (None, "", [], {}):
            where = f"{path}.{name}" if path else name
            yield Finding("required", f"{where} is required and missing", path=where)


def _members(values: Mapping[str, Any], fields: Mapping[str, Field], path: str) -> Iterator[Finding]:
    for name, value in values.items():
        if name in fields:
            yield from _faults(value, fields[name].type, f"{path}.{name}" if path else name)


def _faults(value: Any, type_: Type, path: str) -> Iterator[Finding]:
    if value is None or isinstance(value, Ref):
        return
    if isinstance(value, str):
        yield from _text_faults(value, type_, path)
    elif isinstance(value, Mapping):
        yield from _members(value, type_.fields, path)
    elif isinstance(value, list | tuple):
        yield from _list_faults(value, type_, path)
    elif isinstance(value, int | Decimal) and _is_beyond(Decimal(value), type_.most):
        yield Finding("too_large", f"{path} is {value:,f}; at most {type_.most:,f} is accepted", path=path)


def _is_beyond(value: Decimal, most: Decimal | None) -> bool:
    return most is not None and value.copy_abs() > most


def _text_faults(text: str, type_: Type, path: str) -> Iterator[Finding]:
    if type_.kind != "text" or not text:
        return
    if type_.values and text not in type_.values:
        message = f'{path} is "{text}"; accepted: {", ".join(type_.values)}'
        yield Finding("not_a_word", message, "".join(near_words(text, type_.values)[:1]), path)
    if type_.max is not None and len(text) > type_.max:
        message = f"{path} has {len(text)} characters; at most {type_.max} are accepted"
        yield Finding("too_long", message, path=path)
    if type_.form.plain and (foreign := not_ascii(text)):
        message = f'{path} "{text}" contains {", ".join(foreign)}; only printable ASCII is accepted'
        yield Finding("not_ascii", message, path=path)


def _list_faults(items: list[Any] | tuple[Any, ...], type_: Type, path: str) -> Iterator[Finding]:
    if type_.max is not None and len(items) > type_.max:
        message = f"{path} has {len(items)} entries; at most {type_.max} are accepted"
        yield Finding("too_many", message, path=path)
    for index, item in enumerate(items):
        if type_.of is None:
            continue
        where = f"{path}[{index}]"
        if isinstance(item, Mapping):
            yield from _missing(item, type_.of.fields, where)
        yield from _faults(item, type_.of, where)
