"""The verbs, one module each, which exports `command`; `main` imports it when the verb is called.

`VERBS` is the list of them, with the line that each has in `sync --help`.
"""

from __future__ import annotations

VERBS = {
    "init": "create a working folder to start from",
    "check": "check a config and its mappings; list every mistake",
    "test": "test the connection to each system",
    "plan": "show what a push would do, field by field; write nothing",
    "run": "push, then reconcile",
    "push": "create and update records in the target",
    "reconcile": "bring back numbers and payments; compare both books",
    "map": "show the payload that a mapping makes of a record",
    "explain": "show where each field of a payload comes from",
    "record": "save a live record as a test case",
    "status": "show links, held records and recent runs",
    "held": "list held records; retry or drop them",
    "link": "link a record to one that exists in the target",
    "unlink": "undo a link; the next run decides again",
    "accept": "accept differences that are all right, until they change",
    "ledger": "check the ledger for damage; back it up",
    "sandbox": "serve PSOhub and Xero sandboxes on this machine",
    "docs": "generate the field reference of the pack",
    "schema": "generate JSON Schemas for editors",
}
