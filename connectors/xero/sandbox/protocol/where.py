"""The `where` filter (connectors/xero/API.md, 5): text in, a predicate over rows out.

Knows nothing of tables: a field is a name and a kind, a row is a mapping from field name to value.
Text compares without regard to case and accents.
"""

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, NoReturn

from connectors.xero.sandbox.protocol.envelope import with_hyphens

Row = Mapping[str, Any]
Get = Callable[[Row], Any]

METHODS: dict[str, Callable[[str, str], bool]] = {
    "contains": lambda whole, part: part in whole,
    "startswith": str.startswith,
    "endswith": str.endswith,
}
COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "==": lambda left, right: left == right,
    "!=": lambda left, right: left != right,
    "<": lambda left, right: left < right,
    "<=": lambda left, right: left <= right,
    ">": lambda left, right: left > right,
    ">=": lambda left, right: left >= right,
}
ORDERED = frozenset({"number", "date"})
TYPE_NAMES = {"text": "String", "guid": "Guid", "number": "Decimal", "date": "DateTime", "bool": "Boolean"}
_TOKEN = re.compile(
    r"""\s*(?:
      "(?P<text>(?:[^"\\]|\\.|"")*)"
    | (?P<number>-?\d+(?:\.\d+)?)[mM]?
    | (?P<mark>==|!=|<=|>=|&&|\|\||=|<|>|\(|\)|,|!)
    | (?P<name>[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*)
    )""",
    re.VERBOSE,
)


class QueryParseError(Exception):
    """The filter cannot be read; says where and why."""


@dataclass(frozen=True, slots=True)
class Operand:
    kind: str
    get: Get


@dataclass(frozen=True, slots=True)
class Filter:
    matches: Callable[[Row], bool]
    names: set[str]


def fold(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in plain if not unicodedata.combining(letter))


def parse_where(text: str, fields: Mapping[str, str], of: str) -> Filter:
    """`fields` gives the kind of each name (names in lower case); `of` names the record in messages."""
    parser = _Parser(text, fields, of)
    try:
        matches = parser.disjunction()
    except RecursionError as too_deep:
        raise QueryParseError("The filter is nested too deeply") from too_deep
    if parser.token[0] != "end":
        parser.fail("Syntax error")
    return Filter(matches, parser.names)


class _Parser:
    def __init__(self, text: str, fields: Mapping[str, str], of: str) -> None:
        self._fields, self._of, self.names = fields, of, set[str]()
        self._tokens, self._at = _tokens(text), 0

    @property
    def token(self) -> tuple[str, str, int]:
        return self._tokens[self._at]

    def fail(self, message: str) -> NoReturn:
        raise QueryParseError(f"{message} (at index {self.token[2]})")

    def _take(self) -> str:
        value = self.token[1]
        self._at += 1
        return value

    def _next_is(self, *words: str) -> bool:
        kind, value, _ = self.token
        return kind in {"mark", "name"} and value.lower() in words

    def _expect(self, mark: str) -> None:
        if not self._next_is(mark):
            self.fail(f"'{mark}' expected")
        self._take()

    def disjunction(self) -> Callable[[Row], bool]:
        left = self._conjunction()
        while self._next_is("or", "||"):
            self._take()
            left = _or(left, self._conjunction())
        return left

    def _conjunction(self) -> Callable[[Row], bool]:
        left = self._condition()
        while self._next_is("and", "&&"):
            self._take()
            left = _and(left, self._condition())
        return left

    def _condition(self) -> Callable[[Row], bool]:
        if self._next_is("!", "not"):
            self._take()
            inner = self._condition()
            return lambda row: not inner(row)
        if self._next_is("("):
            self._take()
            inside = self.disjunction()
            self._expect(")")
            return inside
        left = self._operand()
        if not self._next_is(*COMPARE, "="):
            if left.kind != "bool":
                self.fail("Expression of type 'Boolean' expected")
            return lambda row: left.get(row) is True
        mark = (
            self._take().replace("==", "=").replace("=", "==") if self._next_is("=", "==") else self._take()
        )
        return self._comparison(left, mark, self._operand())

    def _comparison(self, left: Operand, mark: str, right: Operand) -> Callable[[Row], bool]:
        if "null" in {left.kind, right.kind}:
            if mark not in {"==", "!="}:
                self.fail(f"Operator '{mark}' incompatible with null")
            compare = COMPARE[mark]
            return lambda row: compare(left.get(row), right.get(row))
        if left.kind != right.kind or (mark not in {"==", "!="} and left.kind not in ORDERED):
            names = f"'{TYPE_NAMES[left.kind]}' and '{TYPE_NAMES[right.kind]}'"
            self.fail(f"Operator '{mark}' incompatible with operand types {names}")
        compare, absent = COMPARE[mark], mark == "!="

        def matches(row: Row) -> bool:
            value, other = left.get(row), right.get(row)
            if value is None or other is None:
                return absent and value is not other
            return compare(value, other)

        return matches

    def _operand(self) -> Operand:
        kind, value, _ = self.token
        if kind == "text":
            self._take()
            return _constant("text", fold(re.sub(r'\\(.)|""', lambda escape: escape[1] or '"', value)))
        if kind == "number":
            self._take()
            return _constant("number", Decimal(value))
        if kind != "name":
            self.fail("Expression expected")
        return self._named(self._take())

    def _named(self, name: str) -> Operand:
        word = name.lower()
        if word in {"true", "false"}:
            return _constant("bool", word == "true")
        if word == "null":
            return _constant("null", None)
        if word == "guid":
            return _constant("guid", with_hyphens(self._text_argument()).lower())
        if word == "datetime":
            return _constant("date", self._moment())
        if self._next_is("(") and "." in name:
            owner, _, method = name.rpartition(".")
            return self._method(self._field(owner), method)
        return self._field(name)

    def _field(self, name: str) -> Operand:
        word = name.lower()
        if word not in self._fields:
            self.fail(f"No property or field '{name}' exists in type '{self._of}'")
        kind = self._fields[word]
        self.names.add(word)
        if kind == "text":
            return Operand(kind, lambda row: None if row[word] is None else fold(row[word]))
        return Operand(kind, lambda row: row[word])

    def _method(self, owner: Operand, name: str) -> Operand:
        if owner.kind != "text" or name.lower() not in METHODS:
            self.fail(f"No applicable method '{name}' exists in type '{TYPE_NAMES[owner.kind]}'")
        method, argument = METHODS[name.lower()], fold(self._text_argument())
        return Operand("bool", lambda row: method(owner.get(row) or "", argument))

    def _text_argument(self) -> str:
        self._expect("(")
        if self.token[0] != "text":
            self.fail("Text expected")
        value = self._take()
        self._expect(")")
        return value

    def _moment(self) -> datetime:
        self._expect("(")
        parts: list[int] = []
        while self.token[0] == "number":
            parts.append(int(Decimal(self._take())))
            if not self._next_is(","):
                break
            self._take()
        self._expect(")")
        if len(parts) not in {3, 6}:
            self.fail("DateTime takes year, month, day and maybe hour, minute, second")
        try:
            return datetime(*parts, tzinfo=UTC)  # type: ignore[misc,arg-type]
        except (ValueError, OverflowError) as mistake:
            raise QueryParseError(str(mistake)) from mistake


def _constant(kind: str, value: Any) -> Operand:
    return Operand(kind, lambda _: value)


def _or(left: Callable[[Row], bool], right: Callable[[Row], bool]) -> Callable[[Row], bool]:
    return lambda row: left(row) or right(row)


def _and(left: Callable[[Row], bool], right: Callable[[Row], bool]) -> Callable[[Row], bool]:
    return lambda row: left(row) and right(row)


def _tokens(text: str) -> list[tuple[str, str, int]]:
    tokens: list[tuple[str, str, int]] = []
    index, end = 0, len(text.rstrip())
    while index < end:
        match = _TOKEN.match(text, index)
        if match is None:
            raise QueryParseError(f"Syntax error '{text[index]}' (at index {index})")
        kind = match.lastgroup or ""
        tokens.append((kind, match[kind], index))
        index = match.end()
    return [*tokens, ("end", "", end)]
