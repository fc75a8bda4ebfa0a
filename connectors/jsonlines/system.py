"""An opened folder: its files as a source and as a target."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_OID, uuid5

from connectors.jsonlines.file import Line, changed_at, locked, read_lines, replace_lines
from connectors.jsonlines.settings import JsonlinesSettings, declare_streams
from engine.sdk import (
    Address,
    Batch,
    Context,
    Entry,
    Finding,
    NotTyped,
    Part,
    Receipt,
    Record,
    Source,
    Stream,
    SyncError,
    System,
    Target,
    UnavailableError,
    Unusable,
    dumps,
    loads,
    typed,
    typed_parts,
)


def open_folder(settings: JsonlinesSettings, context: Context) -> System:
    files = Files(settings, context)
    return System(source=FolderSource(files), target=FolderTarget(files))


class Files:
    """What both parts need: where the file of a stream is, and its lines as records."""

    def __init__(self, settings: JsonlinesSettings, context: Context) -> None:
        self.settings, self.system = settings, context.system
        self.folder = context.folder / settings.folder
        self.streams = {stream.name: stream for stream in declare_streams(settings)}

    def path(self, stream: Stream) -> Path:
        return self.folder / f"{stream.name}.jsonl"

    def records(self, stream: Stream) -> Iterator[Record | Unusable]:
        """Each record once. A line that cannot be read is unusable, and named with its place."""
        seen: dict[str, str] = {}
        changed_field = self.settings.streams[stream.name].changed
        # A target's file is created by the first write.
        for line in read_lines(self.path(stream), may_be_missing=stream.creates):
            values, problems = _parts(line, stream, seen)
            key = str(values.get(stream.key) or "")
            if problems:
                yield self._unusable(line, stream, values, problems, key if key not in seen else "")
            if key:
                seen.setdefault(key, line.place)
            if not problems:
                changed = values.get(changed_field) if changed_field else None
                yield Record(Address(self.system, stream.name, key), values, changed)

    def _unusable(
        self, line: Line, stream: Stream, values: Mapping[str, Any], problems: Mapping[str, str], key: str
    ) -> Unusable:
        """`key` is empty if the line has none of its own: its place is its address then."""
        address = Address(self.system, stream.name, key or f"line-{line.place.rpartition(':')[2]}")
        title = str(values.get(stream.title) or "")
        reason = f"{line.place}: {'; '.join(problems.values())}"
        unknown = frozenset(name for name in problems if name) or frozenset(stream.fields)
        return Unusable(address, reason, title, values=values, unknown=unknown)


class FolderSource(Source):
    def __init__(self, files: Files) -> None:
        self._files = files

    def identity(self) -> str:
        """The folder as the config spells it, so that both can be moved together."""
        return self._files.settings.folder

    def check(self) -> Sequence[Finding]:
        """Read every file."""
        findings: list[Finding] = []
        for stream in self._files.streams.values():
            try:
                unusable = [entry for entry in self._files.records(stream) if isinstance(entry, Unusable)]
            except SyncError as error:
                findings.append(Finding.from_error(error))
            else:
                findings += [Finding(entry.code, entry.reason) for entry in unusable]
        return findings

    def read(
        self,
        stream: str,
        *,
        since: datetime | None = None,
        keys: Sequence[str] | None = None,
        paths: frozenset[str] = frozenset(),
    ) -> Iterator[Entry]:
        del paths  # no field needs another request
        schema = self._files.streams[stream]
        path = self._files.path(schema)
        if since is not None and path.exists() and changed_at(path) < since:
            return
        wanted = None if keys is None else {*keys}
        for entry in self._files.records(schema):
            if wanted is not None and entry.address.key not in wanted:
                continue
            changed = entry.changed if isinstance(entry, Record) else None
            if since is None or changed is None or changed >= since:
                yield entry


class FolderTarget(Target):
    def __init__(self, files: Files) -> None:
        self._files = files

    def find(self, stream: str, rules: Sequence[Mapping[str, Any]]) -> Sequence[Sequence[Record]]:
        schema, records = self._files.streams[stream], list[Record]()
        for record in self._files.records(schema):
            if isinstance(record, Unusable):  # it may be the record that is searched for
                raise UnavailableError(record.reason)
            records.append(record)
        wanted = [typed(rule, schema) for rule in rules]
        return [
            [record for record in records if len(values) == len(rule) and _satisfies(record, values)]
            for rule, values in zip(rules, wanted, strict=True)
        ]

    def write(self, batch: Batch) -> Sequence[Receipt]:
        """All parts with one replacement of the file; a part that is refused changes nothing."""
        stream = self._files.streams[batch.stream]
        path = self._files.path(stream)
        with locked(path):
            lines = read_lines(path, may_be_missing=True)
            texts = [line.text for line in lines]  # lines that cannot be read stay as they are
            places = {str((line.values or {}).get(stream.key)): place for place, line in enumerate(lines)}
            receipts = [
                # Derived from the batch's key: the same batch, sent again, finds what it created.
                _put(stream, part, str(uuid5(NAMESPACE_OID, f"{batch.key} {index}")), texts, places)
                for index, part in enumerate(batch.parts)
            ]
            if texts != [line.text for line in lines]:
                replace_lines(path, texts)
        return receipts


def _put(stream: Stream, part: Part, new_key: str, texts: list[str], places: dict[str, int]) -> Receipt:
    """Put one part into the lines of a file. `places` has the number of each record's line."""
    key = part.target_id or str(part.body.get(stream.key, new_key))
    place = places.get(key)
    if part.target_id and place is None:
        return Receipt("refused", key, f'{stream.name} has no {stream.key} "{key}"', "jsonlines.missing")
    known = loads(texts[place]) if place is not None else {stream.key: key}
    merged = {**known, **part.body}
    try:
        values = typed(merged, stream)
    except NotTyped as error:
        return Receipt("refused", part.target_id, str(error), "jsonlines.type")
    if place is None:
        places[key] = len(texts)
        texts.append(dumps(merged))
    elif part.target_id:
        texts[place] = dumps(merged)
    elif merged != known:
        reason = f'{stream.name} already has another record with {stream.key} "{key}"'
        return Receipt("refused", None, reason, "jsonlines.exists")
    return Receipt("done", key, observed=values)


def _parts(line: Line, stream: Stream, seen: Mapping[str, str]) -> tuple[dict[str, Any], dict[str, str]]:
    """The values of a line that can be read, and what is wrong with the others, or with its key."""
    if line.values is None:
        return {}, {"": line.mistake}
    values, problems = typed_parts(line.values, stream)
    key = str(values.get(stream.key) or "")
    if not key:
        problems.setdefault(stream.key, f"{stream.key}: the record has none")
    elif key in seen:
        problems[stream.key] = f'{stream.key}: "{key}" is already on {seen[key]}'
    return values, problems


def _satisfies(record: Record, rule: Mapping[str, Any]) -> bool:
    return bool(rule) and all(record.values.get(name) == value for name, value in rule.items())
