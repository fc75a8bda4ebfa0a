"""The words of the language for people: the tables of `mappings/README.md`, and a page for each word."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from engine.document import Word, expected_type
from engine.mapping.check.kinds import described
from engine.mapping.syntax import language
from engine.mapping.syntax.words import NUMBER, TEXTABLE, Function, Key, Modifier, Producer, RuleWord, Test
from engine.model.schema import Type

FORMS: Mapping[str, str] = {  # how a value is written, by the form that its declaration names
    "value": "a literal or an expression",
    "rule": "a rule",
    "reason": "a rule",
    "rules": "a list of rules",
    "parts": "a list of rules",
    "items": "a list of rules",
    "fields": "fields, each with a rule",
    "expression": "an expression",
    "condition": "an expression, true or false",
    "literal": "text",
    "name": "a name",
    "title": "a name",
    "flow": "a mapping",
    "shape": "a shape",
    "lookup": "`in`, `by`, `give`, `where`",
    "table": "a table",
    "column": "a column",
    "columns": "a column or a list of columns",
    "verb": "an action",
    "source": "keys of a source",
    "target": "keys of a target",
    "shape keys": "keys of a shape",
    "totals": "totals, each with a rule",
    "match": "a list of fields with rules",
    "members": "a field or a list of fields",
    "target fields": "a field or a list of fields",
    "actions": "a list of actions",
    "source stream": "a stream",
    "target stream": "a stream",
    "source part": "a part of a stream",
    "target part": "a part of a stream",
}


def value_of(word: Word) -> str:
    """How the value of a word is written."""
    if word.type.values:
        value = ", ".join(word.type.values)
    elif isinstance(word, Key) and word.form:
        value = FORMS[word.form]
    else:
        value = expected_type(word.type)
    if word.least is not None and word.most is not None:
        value += f", {word.least} to {word.most}"
    return value


def tables() -> dict[str, str]:
    """The tables of the README, by the names of their markers."""
    keys = {
        "a mapping": language.MAPPING,
        "source": language.SOURCE,
        "target": language.TARGET,
        "shape": language.SHAPE,
        "totals": language.TOTALS,
        "an action": language.ACTION,
        "lookup": language.LOOKUP,
    }
    return {
        **{name: _table("key", words) for name, words in keys.items()},
        "producers": _table("producer", language.PRODUCERS.values()),
        "companions": _table("word", language.COMPANIONS.values()),
        "modifiers": _table("modifier", language.MODIFIERS.values()),
        "functions": _functions(language.FUNCTIONS.values()),
    }


def page(name: str) -> str:
    """What a word of rules and expressions means; empty if there is no such word."""
    words = [language.RULE.get(name), language.FUNCTIONS.get(name), language.TESTS.get(name)]
    return "\n\n".join(_entry(word) for word in words if word is not None)


def _entry(word: Word) -> str:
    match word:
        case Function():
            lines = [f"A function of expressions: {_call(word)}. Takes {_takes(word)}."]
        case Test():
            lines = [f"A test of expressions: is {word.name}."]
        case Producer():
            lines = [f"A producer of rules. Value: {value_of(word)}."]
        case Modifier():
            lines = [f"A modifier of rules. Value: {value_of(word)}."]
        case _:
            lines = [f"A word of rules. Value: {value_of(word)}."]
    lines.append(word.sentence)
    if isinstance(word, RuleWord) and word.belongs_to:
        lines.append(f"Only with {' or '.join(word.belongs_to)}.")
    if isinstance(word, RuleWord) and word.excludes:
        lines.append(f"Not with {word.excludes}: {word.conflict}.")
    return "\n".join(lines)


def _takes(function: Function) -> str:
    if function.takes == TEXTABLE:
        return "any single value"
    kinds = function.takes if function.takes != NUMBER else ("decimal",)
    return " or ".join(described(Type(kind)) for kind in kinds)


def _call(function: Function) -> str:
    arguments = ", ".join(
        f"[{argument.name}]" if argument.optional else argument.name for argument in function.arguments
    )
    return f"{function.name}({arguments})" if arguments else function.name


def _table(head: str, words: Iterable[Word]) -> str:
    rows = [(f"`{word.name}`", _cell(word), word.sentence) for word in words]
    return _markdown((head, "value", "what it does"), rows)


def _cell(word: Word) -> str:
    needed = word.required and not isinstance(word, RuleWord)
    return f"{value_of(word)}; required" if needed else value_of(word)


def _functions(functions: Iterable[Function]) -> str:
    rows = []
    for function in functions:
        rows.append((f"`{_call(function)}`", _takes(function), function.sentence))
    return _markdown(("function", "takes", "gives"), rows)


def _markdown(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [head, tuple("---" for _ in head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
