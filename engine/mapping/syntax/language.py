"""The mapping language: each word is declared here, once.

Readers, checks, editor schema, field reference and the tables of `mappings/README.md` take a word, its type,
its bounds and its sentence from its declaration. What a word does is implemented under its name: a producer
in `syntax/rules.py`, `check/producers.py` and `generate/producers.py`; a modifier in `check/modifiers.py` and
`generate/modifiers.py`; a function in `generate/functions.py`. A test compares both.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

from engine.document import OBJECT, Word, Words
from engine.mapping.syntax.words import (
    NUMBER,
    TEXTABLE,
    Argument,
    Function,
    Key,
    Modifier,
    Producer,
    RuleWord,
    Test,
)
from engine.model.schema import ANY, BOOL, DATE, DECIMAL, INT, TEXT, Kind, enum, list_of

W = TypeVar("W", bound=Word)

# These have a meaning of their own in expressions, so nothing else can be named like them.
RESERVED = (
    "settings", "run", "and", "or", "not", "in", "is", "if", "else",
    "true", "false", "none", "True", "False", "None",
)  # fmt: skip
ROW = "row"  # what the `where` of a lookup calls the table's row
MAX_SIZE = 1_000_000
_SINGLE: tuple[Kind, ...] = (*TEXTABLE, "any")  # fields that hold a single value
_TEXT: tuple[Kind, ...] = ("text", "any")
_LIST: tuple[Kind, ...] = ("list", "any")
_OBJECT: tuple[Kind, ...] = ("object", "any")


def _by_name(*words: W) -> Mapping[str, W]:
    return {word.name: word for word in words}


# ---- rules


PRODUCERS = _by_name(
    Producer("value", "A literal or an expression.", ANY, form="value"),
    Producer(
        "first",
        "The first of these that is present. Null and blank text are absent; 0 and false are present.",
        ANY,
        form="rules",
    ),
    Producer("join", "The values that are present, joined into one text.", ANY, form="parts", into=_TEXT),
    Producer(
        "each",
        "A list with one object for each item of this list: with `use`, or with `as` and `fields`.",
        form="expression",
        into=_LIST,
        takes_in=("use", "fields"),
    ),
    Producer(
        "list",
        "A list with the values of these rules; absent ones are left out.",
        ANY,
        form="items",
        into=_LIST,
    ),
    Producer(
        "fields",
        "An object with these fields; absent if all of them are.",
        OBJECT,
        form="fields",
        into=("object", "list", "any"),
    ),
    Producer(
        "use",
        "The fields of a shape; with `fields`, those replace the shape's own one by one.",
        form="shape",
        into=("object", "list", "any"),
        takes_in=("fields",),
    ),
    Producer(
        "ref",
        "The target's reference to another mapped record, e.g. {ContactID: …}; that one is written first.",
        form="flow",
        into=_OBJECT,
    ),
)
COMPANIONS = _by_name(
    RuleWord(
        "with",
        "The text between the parts; one space if left out.",
        form="literal",
        into=_TEXT,
        belongs_to=("join",),
    ),
    RuleWord(
        "as",
        "The name of the item in expressions.",
        form="name",
        into=_LIST,
        belongs_to=("each",),
        excludes="use",
        conflict="the shape names its own item",
    ),
    RuleWord(
        "where", "Only items for which this is true.", form="condition", into=_LIST, belongs_to=("each",)
    ),
    RuleWord(
        "needs",
        "Fields of the object, or of each item: where one of them is absent, all of it is.",
        list_of(TEXT),
        form="members",
        into=("object", "list", "any"),
        belongs_to=("fields", "use", "each"),
    ),
    RuleWord(
        "key",
        "The id of the source record that is referred to.",
        form="expression",
        required=True,
        into=_OBJECT,
        belongs_to=("ref",),
    ),
)
MODIFIERS = _by_name(
    Modifier("when", "Unless this is true, the rule has no value, not even its default.", form="condition"),
    Modifier(
        "lookup",
        "Replace the value by looking it up in a table of the pack.",
        OBJECT,
        form="lookup",
        into=_SINGLE,
    ),
    Modifier(
        "optional",
        "true: a value that the table does not have becomes absent; otherwise the record is refused.",
        BOOL,
        into=_SINGLE,
        belongs_to=("lookup",),
    ),
    Modifier("default", "A rule for the value if it is absent.", ANY, form="rule"),
    Modifier(
        "cut",
        "Longer text is cut to this many characters.",
        INT,
        least=1,
        most=MAX_SIZE,
        into=_TEXT,
        takes=("text",),
        suits="text",
        phrase="cut to {} characters",
        changes=True,
        excludes="max",
        conflict="text that is cut is never too long; keep one of the two",
    ),
    Modifier(
        "required", "true: the record is refused if the value is absent.", BOOL, phrase="refused if absent"
    ),
    Modifier(
        "min",
        "The record is refused if the text is shorter.",
        INT,
        least=1,
        most=MAX_SIZE,
        into=_TEXT,
        takes=("text",),
        suits="text",
        phrase="refused if shorter than {} characters",
    ),
    Modifier(
        "max",
        "The record is refused if the text is longer.",
        INT,
        least=1,
        most=MAX_SIZE,
        into=_TEXT,
        takes=("text",),
        suits="text",
        phrase="refused if longer than {} characters",
    ),
    Modifier(
        "round",
        "Exactly this many decimal places, rounded half up, away from zero.",
        INT,
        least=0,
        most=12,
        into=("decimal", "any"),
        takes=NUMBER,
        suits="a number with decimal places",
        phrase="rounded half up to {} places",
        changes=True,
    ),
    Modifier(
        "only",
        "create: the field is sent when the record is created, and never again.",
        enum("create"),
        phrase="sent only when the record is created",
        changes=True,
        of_field=True,
    ),
    Modifier(
        "clear",
        "true: if the value becomes absent later, the field is emptied at the target; otherwise it is kept.",
        BOOL,
        phrase="emptied if the value becomes absent",
        changes=True,
        of_field=True,
        excludes="only",
        conflict="what is sent only once is never emptied; keep one of the two",
    ),
    Modifier("doc", "A sentence for people; explain and the field reference show it."),
)
RULE: Mapping[str, RuleWord] = {**PRODUCERS, **COMPANIONS, **MODIFIERS}

LOOKUP = Words(
    "lookup",
    (
        Key("in", "The table: a name from `tables` of pack.yaml.", form="table", required=True),
        Key(
            "by",
            "The column or columns to search, in order; the first that has the value decides.",
            form="columns",
            required=True,
        ),
        Key("give", "The column that gives the value; may be left out if only one remains.", form="column"),
        Key(
            "where",
            "Only rows for which this is true; the expression sees the row as `row`.",
            form="condition",
        ),
    ),
)


# ---- a mapping file


MAPPING = Words(
    "the mapping file",
    (
        Key(
            "mapping",
            "The mapping's name; others use it or refer to it by this name.",
            form="title",
            required=True,
        ),
        Key("doc", "A sentence for people; explain and the field reference show it."),
        Key("source", "What is read.", OBJECT, form="source"),
        Key(
            "shape",
            "Instead of source and target: a part of a record, for other mappings to use.",
            OBJECT,
            form="shape keys",
        ),
        Key("target", "What is written.", OBJECT, form="target"),
        Key(
            "totals",
            "Control totals: what the target will compute must agree with the source, to the cent.",
            OBJECT,
            form="totals",
        ),
        Key(
            "fields",
            "The payload: the target's own field names, each with a rule.",
            OBJECT,
            form="fields",
            required=True,
        ),
        Key(
            "actions",
            "Actions of the target's stream, requested once for each record that the mapping creates.",
            ANY,
            form="actions",
        ),
    ),
)
FLOW_ONLY = ("source", "target", "totals", "actions")  # what a shape does not have
SOURCE = Words(
    "source",
    (
        Key("stream", "The stream that is read, e.g. psohub.invoices.", form="source stream", required=True),
        Key("as", "The name of the record in expressions.", form="name", required=True),
        Key("where", "Only records for which this is true.", form="condition"),
        Key(
            "linked",
            "Only records that this mapping created or adopted; this flow goes in the opposite direction.",
            form="flow",
        ),
        Key(
            "keys",
            "referenced: read only the records that other mappings refer to; all: read every record.",
            enum("referenced", "all"),
        ),
    ),
)
SHAPE = Words(
    "shape",
    (
        Key(
            "from",
            "The part of a stream that it takes, e.g. psohub.invoices.lines.",
            form="source part",
            required=True,
        ),
        Key("as", "The name of the item in expressions.", form="name", required=True),
        Key("parent", "The name of the enclosing record in expressions.", form="name"),
        Key(
            "to",
            "The part of the target that it fills, e.g. xero.invoices.LineItems.",
            form="target part",
            required=True,
        ),
    ),
)
TARGET = Words(
    "target",
    (
        Key("stream", "The stream that is written, e.g. xero.invoices.", form="target stream", required=True),
        Key(
            "match",
            "Adopt an existing record: the first of these rules with exactly one match wins, unless another "
            "leads elsewhere.",
            ANY,
            form="match",
        ),
        Key(
            "agree",
            "Fields that must be equal in what `match` finds; otherwise it is not adopted but held.",
            list_of(TEXT),
            form="target fields",
        ),
        Key(
            "on_change",
            "After a later edit at the source: hold for a person, update the record, or ignore the edit.",
            enum("hold", "update", "ignore"),
        ),
        Key("create", "never: only update existing records.", enum("never")),
    ),
)
TOTALS = Words(
    "totals",
    (
        Key(
            "on_difference",
            "What happens if the two differ: accept, adjust_tax, rounding_line or hold.",
            enum("accept", "adjust_tax", "rounding_line", "hold"),
            form="rule",
        ),
        Key("tolerance", "A larger difference is held, regardless of on_difference.", DECIMAL, form="rule"),
    ),
)
ACTION = Words(
    "an action",
    (
        Key("do", "The action, e.g. email.", form="verb", required=True),
        Key("to", "Whom or what it goes to: an address of an e-mail, or another record.", ANY, form="rule"),
        Key("when", "Only if this is true.", form="condition"),
        Key(
            "needed",
            "While this is true, a record whose action has nothing to go to is held instead of created.",
            form="condition",
        ),
        Key("unless", "Why it is not carried out although it is wanted: a text, reported.", form="reason"),
        Key("doc", "A sentence for people."),
    ),
)

# What a config can override: these parts entry by entry, the others as a whole.
OVERRIDE_PARTS = {"fields": (), "source": ("where",), "target": ("match", "agree", "on_change")}
OVERRIDE = Words("an override", tuple(MAPPING[name] for name in (*OVERRIDE_PARTS, "totals", "actions")))


# ---- expressions


TESTS = _by_name(
    Test("missing", "Whether the value is absent; blank text counts as absent.", present=False),
    Test("present", "Whether the value is present; 0 and false are present.", present=True),
)
FUNCTIONS = _by_name(
    Function(
        "plus_days",
        "The date that many days later.",
        takes=("date",),
        gives=DATE,
        arguments=(Argument(name="days", kinds=("int",)),),
        refuses=True,
    ),
    Function(
        "date",
        "The date of ISO text, or of a date and time.",
        takes=("text", "date", "instant"),
        gives=DATE,
        refuses=True,
    ),
    Function("text", "As text; a number keeps its digits.", takes=TEXTABLE, gives=TEXT),
    Function(
        "round",
        "Rounded half up, away from zero.",
        takes=NUMBER,
        gives=DECIMAL,
        arguments=(Argument(name="places", kinds=("int",), optional=True, literal=True, least=0, most=12),),
    ),
    Function("abs", "The absolute value.", takes=NUMBER),
    Function("upper", "In upper case.", takes=("text",), gives=TEXT),
    Function("lower", "In lower case.", takes=("text",), gives=TEXT),
    Function("trim", "Without leading and trailing blanks.", takes=("text",), gives=TEXT),
    Function(
        "fold",
        "In the form by which names are matched: case, Unicode form, blanks, dashes and quotes are as one.",
        takes=("text",),
        gives=TEXT,
    ),
    Function(
        "replace",
        "With every `old` replaced by `new`.",
        takes=("text",),
        gives=TEXT,
        arguments=(Argument(name="old", kinds=("text",)), Argument(name="new", kinds=("text",))),
    ),
    Function(
        "split",
        "A list of its trimmed pieces, without blank ones.",
        takes=("text",),
        gives=list_of(TEXT),
        arguments=(Argument(name="separator", kinds=("text",)),),
    ),
    Function("first", "The first item that is present.", takes=("list",)),
    Function("last", "The last item that is present.", takes=("list",)),
    Function(
        "sum",
        "The sum of a list of numbers, or of one field of a list of objects.",
        takes=("list",),
        arguments=(Argument(name="field", kinds=("text",), optional=True, literal=True),),
    ),
    Function("count", "The number of items.", takes=("list",), gives=INT),
    Function("url_quote", "Escaped for use in a URL.", takes=("text",), gives=TEXT),
)
