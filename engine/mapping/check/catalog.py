"""What the mappings of a pack may name: streams, settings, tables. Schemas only; no rows and no values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from engine.model.schema import Field, Stream, Type


@dataclass(frozen=True)
class Catalog:
    """Every name that an expression, a lookup or an end of a mapping may use, with its type."""

    streams: Mapping[str, Stream]  # by the system's name in the mappings, and the stream's: psohub.invoices
    settings: Mapping[str, Field]
    tables: Mapping[str, Type]  # table name -> object type of a row
    table_streams: Mapping[str, str]  # tables that are reference streams: "accounts" -> "xero.accounts"
