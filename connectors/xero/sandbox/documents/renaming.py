"""Lines show the present names of options, categories and accounts: what was renamed keeps its id.

Facts: connectors/xero/API.md, 11.
"""

import sqlite3
from collections.abc import Sequence

from connectors.xero.sandbox.documents import store
from connectors.xero.sandbox.documents.kinds import Kind
from connectors.xero.sandbox.protocol.wire import Json
from engine.sdk import loads


def show_present_names(tx: sqlite3.Connection, kinds: Sequence[Kind], collection: str, row: Json) -> None:
    """Bring the lines of all documents up to date with a changed account or tracking category.

    The documents did not change, so neither does their UpdatedDateUTC.
    """
    for kind in kinds:
        for found in tx.execute(f"SELECT document FROM {kind.table}").fetchall():
            document = loads(found["document"])
            lines = [_line(line, collection, row) for line in document["LineItems"]]
            if lines != document["LineItems"]:
                store.save(tx, kind, {**document, "LineItems": lines})


def _line(line: Json, collection: str, row: Json) -> Json:
    if collection == "Accounts":
        return {**line, "AccountCode": row["Code"]} if line.get("AccountID") == row["AccountID"] else line
    return {**line, "Tracking": [_option(option, row) for option in line.get("Tracking", [])]}


def _option(option: Json, category: Json) -> Json:
    if option["TrackingCategoryID"] != category["TrackingCategoryID"]:
        return option
    names = {one["TrackingOptionID"]: one["Name"] for one in category["Options"]}
    name = names.get(option["TrackingOptionID"], option["Option"])
    return {**option, "Name": category["Name"], "Option": name}
