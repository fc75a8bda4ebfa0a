"""Whether a connector's declaration is complete: checked when it is imported, and again when it is opened."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from engine.model.errors import ConfigError
from engine.model.schema import Stream
from engine.sdk.system import Books, NoActions, NoTarget, System


class DeclarationError(ConfigError):
    """A connector is declared incompletely: its author has to complete it."""


def check_declaration(connector: str, streams: Sequence[Stream], in_flight: int, replay_seconds: int) -> None:
    """Raises DeclarationError with every mistake of the connector and its streams."""
    raise_if_any(connector, _mistakes(connector, streams, in_flight, replay_seconds))


def check_parts(connector: str, streams: Sequence[Stream], system: System) -> None:
    """Raises DeclarationError if an opened system lacks a part that the connector's streams need."""
    raise_if_any(connector, _missing_parts(streams, system))


def raise_if_any(connector: str, mistakes: Iterable[str]) -> None:
    """Raises DeclarationError if there are mistakes, each a sentence without the connector's name."""
    if problems := list(mistakes):
        raise DeclarationError("; ".join(f"connector {connector}: {mistake}" for mistake in problems))


def _mistakes(
    connector: str, streams: Sequence[Stream], in_flight: int, replay_seconds: int
) -> Iterator[str]:
    if not _is_name(connector):
        yield f'invalid name "{connector}"; use letters, digits, "_" and "-"'
    if in_flight < 1:
        yield f"in_flight must be at least 1, not {in_flight}"
    if replay_seconds < 0:
        yield f"replay_seconds must not be negative, not {replay_seconds}"
    for name, count in Counter(stream.name for stream in streams).items():
        if count > 1:
            yield f"{count} streams are called {name}"
    for stream in streams:
        for mistake in stream_mistakes(stream):
            yield f"stream {stream.name}: {mistake}"


def stream_mistakes(stream: Stream) -> Iterator[str]:
    """What is missing or wrong in one stream, each as a sentence."""
    if not _is_name(stream.name):
        yield f'invalid name "{stream.name}"; use letters, digits, "_" and "-"'
    yield from _unknown_fields(stream)
    if stream.batch_size < 1 or stream.batch_bytes < 1:
        yield "batch_size and batch_bytes must be at least 1"
    for name in stream.control_totals:
        field = stream.field(name)
        if field is not None and field.type.kind != "decimal":
            yield f'control total "{name}" must be a decimal, not {field.type_text}'
    for name in stream.natural_key:
        if name not in stream.match_fields:
            yield f'natural_key names "{name}", by which it cannot be searched; add it to match_fields'
    for verb in stream.actions:
        if verb in ("create", "update"):
            yield f'"{verb}" is not an action; set {verb}s=True'
    if stream.creates and not stream.natural_key:
        yield "it creates records, but has no natural_key to find one again if its write is in doubt"
    if (stream.creates or stream.updates) and not any(field.writable for field in stream.fields.values()):
        yield "it can be written, but none of its fields is writable"
    for name, field in stream.fields.items():
        if field.required and not field.writable:
            yield f'field "{name}" is required, but not writable'


def _unknown_fields(stream: Stream) -> Iterator[str]:
    """Roles that name a field which the stream does not have."""
    roles: dict[str, Sequence[str | None]] = {
        "key": (stream.key,),
        "title": (stream.title,),
        "date": (stream.date,),
        "currency": (stream.currency,),
        "external_id": (stream.external_id,),
        "joins": stream.joins,
        "match_fields": stream.match_fields,
        "natural_key": stream.natural_key,
        "server_managed": stream.server_managed,
        "control_totals": stream.control_totals,
    }
    for role, names in roles.items():
        for name in names:
            if name is not None and stream.field(name) is None:
                yield f'{role} names "{name}", which is not one of its fields'


def _missing_parts(streams: Sequence[Stream], system: System) -> Iterator[str]:
    for stream in streams:
        if (stream.creates or stream.updates) and isinstance(system.target, NoTarget):
            yield f"stream {stream.name} can be written, but the opened system has no Target"
        if stream.actions and isinstance(system.actions, NoActions):
            yield f"stream {stream.name} has actions, but the opened system has no Actions"
        if stream.control_totals and type(system.books).totals is Books.totals:
            yield f"stream {stream.name} has control totals, but the opened system has no Books.totals"


def _is_name(text: str) -> bool:
    return text.replace("_", "").replace("-", "").isalnum()
