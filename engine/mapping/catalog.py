"""What the mappings of a pack may name: streams, settings, tables."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass

from engine.model.schema import Field, Stream, Type


@dataclass(frozen=True)
class Catalog:
    streams: Mapping[
        str, Stream
    ]  # "psohub.invoices" -> Stream: the system's name in the mappings, and stream
    settings: Mapping[str, Field]
    tables: Mapping[str, Type]  # table name -> object type of a row
    table_streams: Mapping[str, str]  # tables that are reference streams: "accounts" -> "xero.accounts"


@dataclass(frozen=True)
class Run:
    """What a mapping may know of the run it is part of."""

    date: datetime.date
    id: str
