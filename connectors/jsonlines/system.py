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
    Finding,
    Notice,
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
    dumps,
    loads,
    typed,
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

    def records(self, stream: Stream) -> Iterator[Record | Notice]:
        """Each record once. A line that cannot be read is a notice with its place."""
        seen: dict[str, str] = {}
        changed_field = self.settings.streams[stream.name].changed
        # A target's file is created by the first write.
        for line in read_lines(self.path(stream), may_be_missing=stream.creates):
            try:
                values = _values(line, stream, seen)
            except NotTyped as error:
                yield Notice("unreadable", stream.name, f"{line.place}: {error}")
                continue
            key = str(values[stream.key])
            seen[key] = line.place
            changed = values.get(changed_field) if changed_field else None
            yield Record(Address(self.system, stream.name, key), values, changed)


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
                notices = [entry for entry in self._files.records(stream) if isinstance(entry, Notice)]
            except SyncError as error:
                findings.append(Finding.from_error(error))
            else:
                findings += [Finding(notice.kind, notice.message) for notice in notices]
        return findings

    def read(
        self,
        stream: str,
        *,
        since: datetime | None = None,
        keys: Sequence[str] | None = None,
        paths: frozenset[str] = frozenset(),
    ) -> Iterator[Record | Notice]:
        del paths  # no field needs another request
        schema = self._files.streams[stream]
        path = self._files.path(schema)
        if since is not None and path.exists() and changed_at(path) < since:
            return
        wanted = None if keys is None else {*keys}
        for record in self._files.records(schema):
            if isinstance(record, Record):
                unchanged = since is not None and record.changed is not None and record.changed < since
                if unchanged or (wanted is not None and record.address.key not in wanted):
                    continue
            yield record


class FolderTarget(Target):
    def __init__(self, files: Files) -> None:
        self._files = files

    def find(self, stream: str, rules: Sequence[Mapping[str, Any]]) -> Sequence[Sequence[Record]]:
        schema, records = self._files.streams[stream], list[Record]()
        for record in self._files.records(schema):
            if isinstance(record, Notice):  # it may be the record that is searched for
                raise UnavailableError(record.message)
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


def _values(line: Line, stream: Stream, seen: Mapping[str, str]) -> Mapping[str, Any]:
    """The typed values of a line. Raises NotTyped, also if its key is on a line before it."""
    if line.values is None:
        raise NotTyped("", line.mistake)
    values = typed(line.values, stream)
    if stream.key not in values:
        raise NotTyped(stream.key, "the record has none")
    key = str(values[stream.key])
    if key in seen:
        raise NotTyped(stream.key, f'"{key}" is already on {seen[key]}')
    return values


def _satisfies(record: Record, rule: Mapping[str, Any]) -> bool:
    return bool(rule) and all(record.values.get(name) == value for name, value in rule.items())
