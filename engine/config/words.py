"""The keys of configs and of pack.yaml, each declared once: readers, editor schemas and README tables."""

from __future__ import annotations

from engine.document.expect import Codes, Expect
from engine.document.words import OBJECT, Word, Words
from engine.model.diagnostics import Diagnostics
from engine.model.schema import ANY, BOOL, DATE, DECIMAL, INT, TEXT, enum

TYPES = {"text": TEXT, "bool": BOOL, "int": INT, "decimal": DECIMAL, "date": DATE}  # of a setting

PACK = Words(
    "pack.yaml",
    (
        Word("pack", "The pack's name.", required=True),
        Word("doc", "What the pack does; the first paragraph of the field reference."),
        Word(
            "systems", "The systems' names in the mappings, each with its connector.", OBJECT, required=True
        ),
        Word("tables", "What `lookup: {in: …}` can name: a reference stream or a file.", OBJECT),
        Word("settings", "What a config can set; mappings read it as `settings.NAME`.", OBJECT),
    ),
)
SETTING = Words(
    "a setting",
    (
        Word("type", "The type of the value.", enum(*TYPES, "list"), required=True),
        Word("of", "The type of a list's items; text if left out.", enum(*TYPES)),
        Word("required", "true: every config must set it.", BOOL),
        Word("default", "The value in configs that do not set it.", ANY),
        Word("choices", "The values to choose from, or a column such as `xero.accounts.Code`.", ANY),
        Word("refuses", "Choices that say that nothing may run, each with the reason.", OBJECT),
        Word("label", "A readable name."),
        Word("doc", "What it does, in one sentence."),
    ),
)
CONFIG = Words(
    "the config",
    (
        Word("name", "The config's name; its ledger and its reports are named after it.", required=True),
        Word("doc", "A sentence for people."),
        Word(
            "pack",
            "The pack: a folder, relative to this file, or the name of an installed pack.",
            required=True,
        ),
        Word("systems", "Each system of the pack, with its connector's own settings.", OBJECT, required=True),
        Word("settings", "Values for the pack's settings.", OBJECT),
        Word("overrides", "This customer's own rules; each replaces the pack's rule.", OBJECT),
        Word("limits", "How much a run can change without confirmation.", OBJECT),
        Word(
            "ledger",
            "The ledger's file, e.g. sqlite:///../.sync/acme.db, relative to this file.",
            pattern="^sqlite:///.",
        ),
    ),
)
SYSTEM = Words(
    "a system",
    (
        Word("connector", "The connector's name; the pack's if left out."),
        Word("sandbox", "true, or a mapping of its options: use a simulated system on this machine.", ANY),
    ),
)
LIMITS = Words(
    "limits",
    (
        Word(
            "first_run_since", "Documents dated earlier are never created. The first run requires it.", DATE
        ),
        Word("changes", "A run with more changes stops until it is confirmed with --yes.", INT, least=0),
        Word(
            "amount",
            "A run whose new documents total more, in any currency, stops until it is confirmed with --yes.",
            DECIMAL,
            least=0,
        ),
        Word("emails", "A run with more e-mails stops until it is confirmed with --yes.", INT, least=0),
    ),
)


def expecting(diagnostics: Diagnostics) -> Expect:
    """Readers that report under the codes of configs and packs."""
    return Expect(Codes(unknown_key="C201", missing_key="C202", wrong_kind="C203"), diagnostics)
