"""The verbs, one module each. `main` imports a verb's module when the verb is called.

A module here exports `command`; its name is the verb's, and its line in the help stands in `VERBS`.
"""

from __future__ import annotations

VERBS = {
    "init": "make a working folder to start from",
    "check": "read and compile the files, show every mistake",
    "test": "ask the systems whether the connection works",
    "plan": "show what a push would do, field by field; writes nothing",
    "run": "push, then reconcile",
    "push": "push what is new and changed",
    "reconcile": "bring numbers and payments back, compare both books",
    "map": "show what a mapping makes of a record",
    "explain": "show where each field of a payload comes from",
    "record": "save a live record as a case for the mapping tests",
    "status": "what the ledger knows: links, held, last runs",
    "held": "what was refused and waits for a person",
    "sandbox": "PSOhub and Xero, played on this machine",
    "docs": "write the field reference of the pack",
    "schema": "write the editors' schemas of the pack",
}
