"""What each word of the mapping language does, in one sentence: editors show it where the word is written."""

from __future__ import annotations

# Words that have a meaning of their own in expressions.
RESERVED = (
    "settings", "run", "and", "or", "not", "in", "is", "if", "else",
    "true", "false", "none", "True", "False", "None",
)  # fmt: skip
MAPPING = {
    "mapping": "The mapping's name; others use it or refer to it by this.",
    "doc": "A sentence for people; shown by explain and in the field reference.",
    "source": "What is read.",
    "shape": "Instead of source and target: a part of a record that other mappings use.",
    "target": "What is written.",
    "totals": "Control totals: what the target computes must agree with what the source says, to the cent.",
    "fields": "The payload: the target's own field names, each with a rule.",
    "actions": "Verbs of the target's stream, asked for once for each record that the mapping creates.",
}
SOURCE = {
    "stream": "The stream that is read, e.g. psohub.invoices.",
    "as": "What the record is called in the holes.",
    "where": "Only records for which this is true.",
    "linked": "The flow whose links this one leads back over.",
    "keys": "referenced: read only the records that other mappings refer to; all: read every record.",
}
SHAPE = {
    "from": "The part of a stream that it takes, e.g. psohub.invoices.lines.",
    "as": "What the item is called in the holes.",
    "parent": "What the record around the item is called in the holes.",
    "to": "The part of the target that it makes, e.g. xero.invoices.LineItems.",
}
TARGET = {
    "stream": "The stream that is written, e.g. xero.invoices.",
    "match": "Adopt what stands there already: the first rule with exactly one hit wins.",
    "on_change": "What a later edit at the source does: hold asks a person, update writes, ignore leaves.",
    "create": "never: only change what stands there.",
}
TOTALS = {
    "on_difference": "accept, adjust_tax, rounding_line or hold, where the two differ.",
    "tolerance": "A larger difference is held whatever on_difference says.",
}
ACTION = {
    "do": "The verb, e.g. email.",
    "when": "Only where this is true.",
    "doc": "A sentence for people.",
}
PRODUCERS = {
    "value": "A literal or a hole.",
    "first": "The first of these that is present; missing, null and blank text are absent, 0 is present.",
    "join": "The present ones as one text.",
    "each": "A list: one object for each item of this list, with use, or with as and fields.",
    "list": "A list of rules; absent ones are dropped.",
    "fields": "An object; nothing where all of it is absent.",
    "use": "The fields of a shape.",
    "ref": "The target's own reference to another mapped record, e.g. {ContactID: …}; orders the flows.",
}
BESIDE = {
    "with": "What stands between the parts of a join; one space if left out.",
    "as": "What the item is called in the holes.",
    "where": "Only items for which this is true.",
    "key": "The id of the source record that is referred to.",
}
MODIFIERS = {
    "when": "The rule is absent unless this is true.",
    "default": "A rule that gives the value instead of absent.",
    "required": "true: a record for which this is absent is refused, naming field and rule.",
    "optional": "true: a lookup that finds nothing is absent instead of a refusal.",
    "lookup": "Exchange the value through a table of the pack.",
    "max": "Longer text refuses the record.",
    "cut": "Longer text is cut to so many characters.",
    "round": "Decimal places, half up.",
    "doc": "A sentence for people; shown by explain and in the field reference.",
}
LOOKUP = {
    "in": "The table: a name from `tables` of pack.yaml.",
    "by": "The column or columns to look in; the first with a hit decides.",
    "give": "The column that is given; may be left out if just one remains.",
}
