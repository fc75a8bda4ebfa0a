"""Text with `{{ }}` becomes our own expression tree. The only module that knows Jinja.

Jinja's lexer finds the end of an expression, so that "}}" within quotes does not end it. Its parser reads a
stream of tokens that carry the character's offset where Jinja expects a line number; so every node knows its
offset, and a mistake its column. Nothing is ever rendered or called; `translate.py` lists what an expression
may contain.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from jinja2 import Environment, TemplateSyntaxError
from jinja2.lexer import Token, TokenStream, operators
from jinja2.parser import Parser

from engine.document import Scalar
from engine.mapping.syntax.expressions import Expr, moved
from engine.mapping.syntax.translate import MAX_DEPTH, ExpressionMistake, Translator
from engine.model.diagnostics import Diagnostics

MAX_EXPRESSION = 2_000  # characters
MAX_BRACKETS = 24  # one in the other; Jinja's parser calls itself a dozen times for each
MAX_DIGITS = 40

_ENVIRONMENT = Environment(keep_trailing_newline=True, autoescape=False)  # noqa: S701  parses, never renders
_LEXER = _ENVIRONMENT.lexer
_OPENING = re.compile(r"\{\{|\{%|\{#")
QUOTES = "write straight quotes: '…'"
_CHARACTERS = {  # what people mean by characters that expressions do not have
    "&": "write and", "!": "write not, or != between two values", "?": "write a if b else c",
    "\u201c": QUOTES, "\u201d": QUOTES, "\u2018": QUOTES, "\u2019": QUOTES, "`": QUOTES,
    "'": "the quote is not closed", '"': "the quote is not closed",
    "\xa0": "replace the no-break space with a normal space",
}  # fmt: skip

_KNOWN: dict[str, tuple[str | Expr, ...]] = {}  # texts that have been read, with their parts
_REMEMBERED = 8192


def has_expressions(text: str) -> bool:
    return _OPENING.search(text) is not None or "}}" in text


def parse_text(scalar: Scalar, diagnostics: Diagnostics) -> tuple[str | Expr, ...] | None:
    """The parts of a text with expressions; None if something is wrong with it, which is then reported."""
    try:
        return _parsed(scalar)
    except ExpressionMistake as mistake:
        span = scalar.within(max(0, mistake.start), max(1, mistake.length))
        diagnostics.error(mistake.code, span, mistake.message, hint=mistake.hint)
        return None


def _parsed(scalar: Scalar) -> tuple[str | Expr, ...]:
    """The parts of a text, read once: a pack repeats the same few expressions in many places."""
    known = _KNOWN.get(scalar.text)
    if known is not None:
        return moved(known, scalar)
    made = tuple(_parts(scalar))
    if len(_KNOWN) < _REMEMBERED:
        _KNOWN[scalar.text] = made
    return made


def _parts(scalar: Scalar) -> Iterator[str | Expr]:
    text, offset = scalar.text, 0
    while opening := _OPENING.search(text, offset):
        yield from _plain(text, offset, opening.start())
        if opening.group() != "{{":
            kind = "statements {% %} are" if opening.group() == "{%" else "comments {# #} are"
            hint = "use `when`, `first` or {{ a if b else c }}"
            raise ExpressionMistake("M107", opening.start(), 2, f"{kind} not supported", hint)
        tokens, end = _tokens(text, opening.start())
        yield _Expression(scalar, tokens, opening.start(), end).read()
        offset = end
    yield from _plain(text, offset, len(text))


def _plain(text: str, start: int, end: int) -> Iterator[str]:
    stray = text.find("}}", start, end)
    if stray >= 0:
        raise ExpressionMistake("M108", stray, 2, "}} without a {{ before it", "an expression begins with {{")
    if start < end:
        yield text[start:end]


def _tokens(text: str, opening: int) -> tuple[list[tuple[int, str, str]], int]:
    """(offset, type, text) of each token of the expression that begins at `opening`, and where it ends."""
    start = opening + 2
    if text[start : start + 1] in ("-", "+"):
        sign = text[start]
        hint = "put a space between {{ and the minus sign" if sign == "-" else ""
        raise ExpressionMistake("M107", opening, 3, f"{{{{{sign} is not supported", hint)
    # Jinja's lexer turns every kind of line break into \n and so would move the offsets.
    source = text[start : start + MAX_EXPRESSION + 2].replace("\r", " ")
    tokens: list[tuple[int, str, str]] = []
    offset = start
    try:
        for _, kind, value in _LEXER.tokeniter(source, None, state="variable"):
            if kind == "variable_end":
                if value.startswith("-"):
                    raise ExpressionMistake("M107", offset, 3, "-}} is not supported", "write a plain }}")
                return tokens, offset + 2
            if kind not in ("whitespace", "data"):
                tokens.append((offset, kind, text[offset : offset + len(value)]))
            offset += len(value)
    except TemplateSyntaxError as error:
        if len(text) - opening <= MAX_EXPRESSION:
            message = f"the expression cannot be read: {_jinja_message(error)}"
            raise ExpressionMistake(
                "M108", offset, 1, message, _lexer_hint(error.message or "", text[offset : offset + 1])
            ) from None
    if len(text) - opening > MAX_EXPRESSION:
        raise ExpressionMistake(
            "M110", opening, 2, f"the expression is longer than {MAX_EXPRESSION} characters"
        )
    raise ExpressionMistake("M108", opening, 2, "the expression is not closed", "an expression ends with }}")


def _lexer_hint(message: str, char: str) -> str:
    if "expected ')'" in message or "expected ']'" in message:
        return "a bracket is not closed"
    return "an expression ends with }}" if "'}'" in message else _CHARACTERS.get(char, "")


def _jinja_message(error: TemplateSyntaxError) -> str:
    message = (error.message or "").removesuffix(".")
    message = message.replace("end of print statement", "}}")
    message = message.replace("'end of template'", "end").replace("end of template", "end")
    return re.sub(r" at \d+$", "", message[:1].lower() + message[1:])


class _Expression:
    """Reads one expression."""

    def __init__(self, scalar: Scalar, tokens: list[tuple[int, str, str]], start: int, end: int) -> None:
        self.scalar, self.start, self.end = scalar, start, end
        self.lengths = {offset: len(value) for offset, _, value in tokens}
        self.translator = Translator(scalar, self.lengths, [(value, offset) for offset, _, value in tokens])
        self.tokens = list(self._prepared(tokens))

    def read(self) -> Expr:
        if not self.tokens:
            raise ExpressionMistake("M108", self.start, self.end - self.start, "the expression is empty")
        self._shallow()
        parser = Parser(_ENVIRONMENT, "")
        parser.stream = TokenStream(iter(self.tokens), None, None)
        try:
            node = parser.parse_expression()
        except TemplateSyntaxError as error:
            offset = error.lineno if error.lineno > 1 else self.end - 2
            hint = "write or" if self.scalar.text[offset - 1 : offset + 1] == "||" else ""
            message = f"the expression cannot be read: {_jinja_message(error)}"
            raise self.translator.mistake("M108", offset, message, hint) from None
        rest = parser.stream.current
        if rest.type != "eof":
            hint = "compare with ==" if rest.type == "assign" else ""
            if rest.type in ("name", "string", "integer", "float"):
                hint = "a dot or an operator is missing before it"
            raise self.translator.mistake("M108", rest.lineno, self._unexpected(rest), hint)
        return self.translator.expr(node)

    def _unexpected(self, token: Token) -> str:
        if token.type == "comma":
            return "a comma is not expected here"
        return f"the expression should end before {self._text(token.lineno)}"

    def _text(self, offset: int) -> str:
        return f'"{self.scalar.text[offset : offset + self.lengths.get(offset, 1)]}"'

    def _shallow(self) -> None:
        """Jinja's parser recurses over brackets, `else` and signs in a row: bounded before it runs."""
        elses, signs = [0], 0  # how many `else` each open bracket holds; signs and `not` in a row
        for token in self.tokens:
            signs = signs + 1 if token.type in ("add", "sub") or token.value == "not" else 0
            if token.type in ("lparen", "lbracket", "lbrace"):
                elses.append(0)
            elif token.type in ("rparen", "rbracket", "rbrace"):
                elses = elses[:-1] or [0]
            elif token.type == "name" and token.value == "else":
                elses[-1] += 1
            if len(elses) > MAX_BRACKETS or sum(elses) + signs > MAX_DEPTH:
                depth = MAX_BRACKETS if len(elses) > MAX_BRACKETS else MAX_DEPTH
                raise self.translator.mistake(
                    "M110", token.lineno, f"the expression is nested deeper than {depth} levels"
                )

    def _prepared(self, raw: list[tuple[int, str, str]]) -> Iterator[Token]:
        for index, (offset, kind, text) in enumerate(raw):
            place = offset
            if (kind == "operator" and text == "." and index + 1 < len(raw)) or (
                kind == "name" and text == "is" and index + 1 < len(raw) and raw[index - 1][2] != "."
            ):
                # The node of a dot or a test gets the offset of the word after it.
                ahead = 2 if raw[index + 1][2] == "not" and index + 2 < len(raw) else 1
                place = raw[index + ahead][0]
            yield Token(place, *self._token(offset, kind, text))
            if kind == "name" and _ends_test(raw, index):
                # Without brackets Jinja takes the next word for an argument: "a is present if b".
                yield Token(offset, "lparen", "(")
                yield Token(offset, "rparen", ")")

    def _token(self, offset: int, kind: str, text: str) -> tuple[str, Any]:
        match kind:
            case "operator" if text == "{":
                raise self._brace(offset)
            case "operator":
                return operators[text], text
            case "string":
                return kind, self._string(offset, text)
            case "integer" | "float":
                return kind, self._number(offset, text)
            case "name" if not text.isidentifier():
                raise self.translator.mistake("M108", offset, f'"{text}" is not a name')
        return kind, text

    def _brace(self, offset: int) -> ExpressionMistake:
        if self.scalar.text.startswith(("{{", "{%", "{#"), offset) or self.scalar.text[offset - 1] == "{":
            hint = "write names without braces"
            return self.translator.mistake(
                "M109", offset, "an expression inside an expression is not allowed", hint
            )
        hint = "write it as fields of the mapping"
        return self.translator.mistake(
            "M109", offset, "an object literal is not allowed in an expression", hint
        )

    def _string(self, offset: int, text: str) -> str:
        try:
            read = text[1:-1].encode("ascii", "backslashreplace").decode("unicode-escape")
            read.encode()  # half a character, such as \\ud800, could never be sent
        except UnicodeError:
            raise self.translator.mistake(
                "M108", offset, "the text has a broken backslash sequence"
            ) from None
        return read

    def _number(self, offset: int, text: str) -> int | Decimal:
        if not re.fullmatch(r"[0-9]+(\.[0-9]+)?", text):
            raise self.translator.mistake(
                "M108", offset, f"{text} is not a plain number", "write digits and a point"
            )
        if len(text) > MAX_DIGITS:
            raise self.translator.mistake("M110", offset, f"a number with more than {MAX_DIGITS} digits")
        return Decimal(text) if "." in text else int(text)


def _ends_test(raw: list[tuple[int, str, str]], index: int) -> bool:
    """Whether this word is the name of a test, `is [not] word`, and no bracket follows it."""
    words = [value for _, kind, value in raw[max(0, index - 2) : index] if kind == "name"]
    tested = words[-1:] == ["is"] and raw[index][2] != "not"
    tested = tested or words[-2:] == ["is", "not"]
    follows = raw[index + 1][2] if index + 1 < len(raw) else ""
    return tested and follows != "("
