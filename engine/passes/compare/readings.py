"""What a run has read of the targets' books, over all of its rounds."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from engine.model.record import Notice, Record
from engine.passes.context import RunContext
from engine.passes.flow import Flow


@dataclass(slots=True)
class Reading:
    """What was read of the target for one linked mapping."""

    records: dict[str, Record] = field(default_factory=dict)  # target key -> record
    complete_since: datetime | None = None  # every record that existed then is here
    partial: bool = False  # something was not shown, so the cursor must not move past it
    latest: datetime | None = None  # when the newest of them changed


@dataclass(slots=True)
class Readings:
    """One reading per linked mapping. `full` reads the whole book; else what changed since the last time."""

    full: bool
    by_mapping: dict[str, Reading] = field(default_factory=lambda: defaultdict(Reading))

    def read(self, context: RunContext, flow: Flow) -> Mapping[str, Record]:
        """Read on from where this run, or the last one, stopped. Returns what this round has read."""
        reading = self.by_mapping[flow.name]
        since = None if self.full else reading.latest or context.ledger.runs.cursor(flow.name)
        fresh: dict[str, Record] = {}
        context.progress.stage(f"reading {flow.source}")
        started, hidden = context.now(), False
        for record in flow.read(since=since):
            if isinstance(record, Notice):
                context.report.add_notices([record.message])
                hidden = True
                continue
            fresh[record.address.key] = record
            if record.changed is not None:
                reading.latest = max(filter(None, (reading.latest, record.changed)))
            context.progress.step()
        reading.records.update(fresh)
        reading.partial |= hidden
        if since is None:
            # A page that was cut off, or a record that could not be read: absence proves nothing then.
            reading.complete_since = None if hidden else started
        return fresh
