"""What a config says about a folder of .jsonl files, and the streams that follow from it."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import Field as Setting
from pydantic import model_validator

from engine.sdk import Field, Settings, Stream, Type

FieldType = Literal["text", "int", "decimal", "bool", "date", "instant", "any"]


class StreamSettings(Settings):
    """One file and what its records look like."""

    fields: dict[str, FieldType] = Setting(min_length=1)
    """The members of a record and their types. Others are ignored when reading, and kept when writing."""

    key: str = "id"
    """The field with the record's id."""

    title: str | None = None
    """The field by which people know a record; the key if left out."""

    changed: str | None = None
    """The field with the instant of a record's last change; left out, a changed file is read completely."""

    natural_key: list[str] = Setting(default=[])
    """The fields by which a record is found again. With them records can be created and updated."""

    @model_validator(mode="after")
    def _fields_exist(self) -> Self:
        for name in (self.key, self.title, self.changed, *self.natural_key):
            if name is not None and name not in self.fields:
                raise ValueError(f'"{name}" is not in fields; there are {", ".join(self.fields)}')
        if self.fields[self.key] not in ("text", "int"):
            raise ValueError(f'the key "{self.key}" must be text or int')
        if self.changed is not None and self.fields[self.changed] != "instant":
            raise ValueError(f'changed: "{self.changed}" must be an instant')
        return self


class JsonlinesSettings(Settings):
    """A folder of .jsonl files."""

    folder: str
    """Where the files are, relative to the config."""

    streams: dict[str, StreamSettings] = Setting(min_length=1)
    """The streams: `customers` is the file customers.jsonl in the folder."""


def declare_streams(settings: JsonlinesSettings) -> tuple[Stream, ...]:
    return tuple(_stream(name, declared) for name, declared in settings.streams.items())


def _stream(name: str, declared: StreamSettings) -> Stream:
    writable = bool(declared.natural_key)
    fields = {
        field: Field(Type(kind), f"{field} of a record in {name}.jsonl.", nullable=field != declared.key)
        for field, kind in declared.fields.items()
    }
    return Stream(
        name,
        fields,
        doc=f"Records in {name}.jsonl.",
        key=declared.key,
        title=declared.title or declared.key,
        creates=writable,
        updates=writable,
        batch_size=500,
        match_fields=tuple(fields),
        natural_key=tuple(declared.natural_key),
    )
