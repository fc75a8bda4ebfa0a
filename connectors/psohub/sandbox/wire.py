"""JSON with exact numbers, their digits as PSOhub writes them (27700, 12.5)."""

from typing import Any

from engine.sdk.sandbox import ExactJson, shortest_number

Row = dict[str, Any]

_JSON = ExactJson(shortest_number)
dumps, to_bytes = _JSON.dumps, _JSON.to_bytes
