"""A stream of PSOhub's and how it is requested and joined: one declaration.

What its members are called is in `settings.FieldNames`, where a config can correct it. A `Resource` that
lacks something for what its stream promises fails when the connector is imported. Pure.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from connectors.psohub.settings import FieldNames
from engine.sdk import Stream, raise_if_any


@dataclass(frozen=True, slots=True)
class Related:
    """One record of another stream, joined into a field."""

    stream: str
    link: str  # the field with its id


@dataclass(frozen=True, slots=True)
class Resource:
    """One stream; the path of its list is its name."""

    stream: Stream
    filters: Mapping[str, str] = field(default_factory=dict)  # a field: the parameter that asks for its value
    related: Mapping[str, Related] = field(default_factory=dict)  # a joined field: where it comes from
    people: tuple[str, ...] = ()  # fields joined from the contacts that name this record as their company
    queue: Mapping[str, str] = field(default_factory=dict)  # the parameters that list the work queue

    def __post_init__(self) -> None:
        mistakes = _mistakes(self)
        raise_if_any("psohub", (f"stream {self.stream.name}: {mistake}" for mistake in mistakes))

    @property
    def id_filter(self) -> str:
        """The parameter that asks for one record; empty: only the complete list can be requested."""
        return self.filters.get("id", "")


def _mistakes(resource: Resource) -> Iterator[str]:
    stream = resource.stream
    joined = {*resource.related, *resource.people}
    for name in stream.joins:
        if name not in joined:
            yield f'it joins "{name}"; declare in related or people where it comes from'
    for name in sorted(joined - {*stream.joins}):
        yield f'"{name}" is joined; add it to joins'
    for related in resource.related.values():
        if related.link not in stream.fields:
            yield f'"{related.link}" is not one of its fields'
    for name in resource.filters:
        if name not in stream.fields:
            yield f'"{name}" is not one of its fields'
    if stream.work_queue and not resource.queue:
        yield "it is a work queue; declare the parameters that list it"
    yield from _unnamed(stream, joined)


def _unnamed(stream: Stream, joined: set[str]) -> Iterator[str]:
    """Fields for which the settings have no name, and names for which there is no field."""
    declared = FieldNames.model_fields.get(stream.name)
    if declared is None:
        yield "settings.FieldNames does not say what PSOhub calls its fields"
        return
    named = set(type(declared.default).model_fields)
    for name in stream.fields:
        if name not in named and name not in joined:
            yield f'settings.FieldNames.{stream.name} does not say what PSOhub calls "{name}"'
    for name in sorted(named - {*stream.fields}):
        yield f'settings.FieldNames.{stream.name} names "{name}", which is not one of its fields'
