"""What a run has read of the targets' books, over all of its rounds."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from engine.mapping import Program
from engine.model.record import Notice, Record
from engine.passes.desk import Desk


@dataclass(slots=True)
class Reading:
    """What was read of the target for one linked mapping."""

    records: dict[str, Record] = field(default_factory=dict)  # target key -> record
    whole: datetime | None = None  # since when nothing was kept from us: what stood there then is here
    partial: bool = False  # something was kept from us, so the cursor must not pass it
    latest: datetime | None = None  # when the newest of them changed


@dataclass(slots=True)
class Readings:
    """One reading per linked mapping. `full` reads the whole book; else what changed since the last time."""

    full: bool
    by_mapping: dict[str, Reading] = field(default_factory=lambda: defaultdict(Reading))

    def read(self, desk: Desk, program: Program) -> Mapping[str, Record]:
        """Read on from where this run, or the last one, got to. Gives what this round has read."""
        reading = self.by_mapping[program.name]
        since = None if self.full else reading.latest or desk.ledger.runs.cursor(program.name)
        fresh: dict[str, Record] = {}
        desk.watch.stage(f"reading {program.source}")
        began, hidden = desk.now(), False
        for read in desk.read(program, since=since):
            if isinstance(read, Notice):
                desk.report.say([read.message])
                hidden = True
                continue
            fresh[read.address.key] = read
            if read.changed is not None:
                reading.latest = max(filter(None, (reading.latest, read.changed)))
            desk.watch.step()
        reading.records.update(fresh)
        reading.partial |= hidden
        if since is None:
            # A page that was cut off, or a record that could not be read: absence proves nothing then.
            reading.whole = None if hidden else began
        return fresh
