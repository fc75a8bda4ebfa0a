"""A folder of .jsonl files, one record on each line, as a source and as a target.

The smallest complete connector: copy this folder to start another one (connectors/README.md).
"""

from __future__ import annotations

from connectors.jsonlines.settings import JsonlinesSettings, declare_streams
from engine.sdk import Connector, Context, System


def _open(settings: JsonlinesSettings, context: Context) -> System:
    # Imported here, so that naming the connector costs no more than its settings.
    from connectors.jsonlines.system import open_folder

    return open_folder(settings, context)


connector = Connector(
    name="jsonlines",
    settings=JsonlinesSettings,
    streams=(),  # most connectors know theirs: streams=(CUSTOMERS, BILLS)
    declare=declare_streams,
    open=_open,
    replay_seconds=86_400,  # ids are derived from the batch's key: a repeated batch finds its own records
)
