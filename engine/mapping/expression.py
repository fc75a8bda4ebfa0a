"""Holes: text with `{{ }}` becomes our own expression tree. The only place that knows Jinja.

Jinja's lexer finds the holes, so that a string holding "}}" is no end. Its parser reads a stream of tokens
that carry the character's offset where Jinja expects a line number; so every node knows its offset, and a
mistake its column. Nothing is ever rendered or called: nodes outside the list below are mistakes.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any, ClassVar

from jinja2 import Environment, TemplateSyntaxError, nodes
from jinja2.lexer import Token, TokenStream, operators
from jinja2.parser import Parser

from engine.document import Scalar
from engine.mapping import tree
from engine.mapping.tree import Expr, Place
from engine.model.diagnostics import Diagnostics

MAX_HOLE = 2_000  # characters
MAX_DEPTH = 64
MAX_DIGITS = 40

_ENVIRONMENT = Environment(keep_trailing_newline=True, autoescape=False)  # noqa: S701  parses, never renders
_LEXER = _ENVIRONMENT.lexer
_OPENING = re.compile(r"\{\{|\{%|\{#")
_WORDS = {"true", "false", "True", "False", "none", "None", "and", "or", "not", "in", "is", "if", "else"}
_ARITHMETIC: dict[type[nodes.Expr], str] = {
    nodes.Add: "+",
    nodes.Sub: "-",
    nodes.Mul: "*",
    nodes.Div: "/",
}
_COMPARES = {"eq": "==", "ne": "!=", "lt": "<", "lteq": "<=", "gt": ">", "gteq": ">="}
_SPELLED = {value: key for key, value in operators.items()}
_REFUSED: dict[type[nodes.Expr], tuple[str, str]] = {
    nodes.Call: ("a call", "functions are written as filters: {{ value | function }}"),
    nodes.Getitem: ("a subscript", "write a dot: {{ invoice.number }}"),
    nodes.Slice: ("a slice", ""),
    nodes.Pow: ("the power operator", ""),
    nodes.FloorDiv: ("the operator //", "there is + - * / and the function round"),
    nodes.Mod: ("the operator %", "there is + - * / and the function round"),
    nodes.Pos: ("a plus sign before a value", ""),
    nodes.Dict: ("an object literal", "write it as fields of the mapping"),
    nodes.Tuple: ("a list in round brackets", "write [a, b], right of in"),
    nodes.TemplateData: ("text", ""),
}


class _Mistake(Exception):
    def __init__(self, code: str, start: int, length: int, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.code, self.start, self.length, self.message, self.hint = code, start, length, message, hint


def has_holes(text: str) -> bool:
    return _OPENING.search(text) is not None or "}}" in text


def parse_text(scalar: Scalar, found: Diagnostics) -> tuple[str | Expr, ...] | None:
    """The parts of a text with holes; None if something is wrong with it, which is then in `found`."""
    try:
        return tuple(_parts(scalar))
    except _Mistake as mistake:
        span = scalar.within(max(0, mistake.start), max(1, mistake.length))
        found.error(mistake.code, span, mistake.message, hint=mistake.hint)
        return None


def _parts(scalar: Scalar) -> Iterator[str | Expr]:
    text, at = scalar.text, 0
    while opening := _OPENING.search(text, at):
        yield from _plain(text, at, opening.start())
        if opening.group() != "{{":
            kind = "a statement {% %}" if opening.group() == "{%" else "a comment {# #}"
            hint = "a rule chooses with when, first or {{ a if b else c }}"
            raise _Mistake("M107", opening.start(), 2, f"{kind} is not used here", hint)
        tokens, end = _tokens(text, opening.start())
        yield _Hole(scalar, tokens, opening.start(), end).read()
        at = end
    yield from _plain(text, at, len(text))


def _plain(text: str, start: int, end: int) -> Iterator[str]:
    stray = text.find("}}", start, end)
    if stray >= 0:
        raise _Mistake("M108", stray, 2, "}} ends no hole", "a hole begins with {{")
    if start < end:
        yield text[start:end]


def _tokens(text: str, opening: int) -> tuple[list[tuple[int, str, str]], int]:
    """(offset, type, text) of every token of the hole that begins at `opening`, and where the hole ends."""
    start = opening + 2
    if text[start : start + 1] in ("-", "+"):
        sign = text[start]
        hint = "write a space between {{ and the sign" if sign == "-" else ""
        raise _Mistake("M107", opening, 3, f"{{{{{sign} is not used here", hint)
    # Jinja's lexer turns every kind of line break into \n and so would move the offsets.
    source = text[start : start + MAX_HOLE + 2].replace("\r", " ")
    tokens: list[tuple[int, str, str]] = []
    at = start
    try:
        for _, kind, value in _LEXER.tokeniter(source, None, state="variable"):
            if kind == "variable_end":
                if value.startswith("-"):
                    raise _Mistake("M107", at, 3, "-}} is not used here", "write a plain }}")
                return tokens, at + 2
            if kind not in ("whitespace", "data"):
                tokens.append((at, kind, value))
            at += len(value)
    except TemplateSyntaxError as error:
        if len(text) - opening <= MAX_HOLE:
            hint = "a hole ends with }}" if "'}'" in (error.message or "") else ""
            raise _Mistake("M108", at, 1, f"the hole cannot be read: {_said(error)}", hint) from None
    if len(text) - opening > MAX_HOLE:
        raise _Mistake("M110", opening, 2, f"the hole is longer than {MAX_HOLE} characters")
    raise _Mistake("M108", opening, 2, "the hole has no end", "a hole ends with }}")


def _said(error: TemplateSyntaxError) -> str:
    message = (error.message or "").removesuffix(".")
    message = message.replace("end of print statement", "}}").replace("unexpected end of template", "it ends")
    return re.sub(r" at \d+$", "", message[:1].lower() + message[1:])


class _Hole:
    """Reads one hole."""

    def __init__(self, scalar: Scalar, tokens: list[tuple[int, str, str]], start: int, end: int) -> None:
        self.scalar, self.start, self.end = scalar, start, end
        self.lengths = {at: len(value) for at, _, value in tokens}
        self.tokens = list(self._prepared(tokens))

    def read(self) -> Expr:
        if not self.tokens:
            raise _Mistake("M108", self.start, self.end - self.start, "the hole is empty")
        self._shallow()
        parser = Parser(_ENVIRONMENT, "")
        parser.stream = TokenStream(iter(self.tokens), None, None)
        try:
            node = parser.parse_expression()
        except TemplateSyntaxError as error:
            at = error.lineno if error.lineno > 1 else self.end - 2
            raise self._mistake("M108", at, f"the hole cannot be read: {_said(error)}") from None
        rest = parser.stream.current
        if rest.type != "eof":
            raise self._mistake("M108", rest.lineno, self._unexpected(rest))
        return self._expr(node, 1)

    def _unexpected(self, token: Token) -> str:
        if token.type == "comma":
            return "a comma is not expected here"
        return f"the hole should end before {self._text(token.lineno)}"

    def _text(self, at: int) -> str:
        return f'"{self.scalar.text[at : at + self.lengths.get(at, 1)]}"'

    def _shallow(self) -> None:
        """Brackets, `not` and minus signs are what Jinja's parser recurses over: bounded before it runs."""
        depth = 0
        for at, kind, value in ((one.lineno, one.type, one.value) for one in self.tokens):
            if kind in ("lparen", "lbracket", "lbrace", "sub") or (
                kind == "name" and value in ("not", "else")
            ):
                depth += 1
            elif kind in ("rparen", "rbracket", "rbrace"):
                depth -= 1
            if depth > MAX_DEPTH:
                raise self._mistake("M110", at, f"the hole is nested deeper than {MAX_DEPTH} levels")

    def _prepared(self, raw: list[tuple[int, str, str]]) -> Iterator[Token]:
        for index, (at, kind, text) in enumerate(raw):
            place = at
            if (kind == "operator" and text == "." and index + 1 < len(raw)) or (
                kind == "name" and text == "is" and index + 1 < len(raw) and raw[index - 1][2] != "."
            ):
                # The node of a dot or a test is to be found at the word behind it.
                ahead = 2 if raw[index + 1][2] == "not" and index + 2 < len(raw) else 1
                place = raw[index + ahead][0]
            yield Token(place, *self._token(at, kind, text))
            if kind == "name" and _ends_test(raw, index):
                # Without brackets Jinja takes the next word for an argument: "a is present if b".
                yield Token(at, "lparen", "(")
                yield Token(at, "rparen", ")")

    def _token(self, at: int, kind: str, text: str) -> tuple[str, Any]:
        match kind:
            case "operator":
                return operators[text], text
            case "string":
                return kind, self._string(at, text)
            case "integer" | "float":
                return kind, self._number(at, text)
            case "name" if not text.isidentifier():
                raise self._mistake("M108", at, f'"{text}" is no name')
        return kind, text

    def _string(self, at: int, text: str) -> str:
        try:
            return text[1:-1].encode("ascii", "backslashreplace").decode("unicode-escape")
        except UnicodeDecodeError:
            raise self._mistake("M108", at, "the text has a broken backslash sequence") from None

    def _number(self, at: int, text: str) -> int | Decimal:
        if not re.fullmatch(r"[0-9]+(\.[0-9]+)?", text):
            raise self._mistake("M108", at, f"{text} is no plain number", "write digits and a point")
        if len(text) > MAX_DIGITS:
            raise self._mistake("M110", at, f"a number with more than {MAX_DIGITS} digits")
        return Decimal(text) if "." in text else int(text)

    # ---- nodes

    def _mistake(self, code: str, at: int, message: str, hint: str = "") -> _Mistake:
        return _Mistake(code, at, self.lengths.get(at, 1), message, hint)

    def _place(self, at: int, end: int | None = None) -> Place:
        length = self.lengths.get(at, 1) if end is None else end - at
        return Place(self.scalar, at, max(1, length))

    def _over(self, *parts: Expr) -> Place:
        start = min(one.at.start for one in parts)
        return self._place(start, max(one.at.start + one.at.length for one in parts))

    def _expr(self, node: nodes.Expr, depth: int) -> Expr:
        if depth > MAX_DEPTH:
            message = f"the hole is nested deeper than {MAX_DEPTH} levels"
            raise self._mistake("M110", node.lineno, message)
        for kind, reader in self._READERS.items():
            if isinstance(node, kind):
                return reader(self, node, depth + 1)
        what, hint = _REFUSED.get(type(node), (type(node).__name__.lower(), ""))
        raise self._mistake("M109", node.lineno, f"{what} is not allowed in a hole", hint)

    def _const(self, node: nodes.Const, depth: int) -> Expr:
        del depth
        if node.value is None:
            raise self._mistake(
                "M109", node.lineno, "none is not allowed in a hole", "ask {{ value is missing }}"
            )
        return tree.Const(value=node.value, at=self._place(node.lineno))

    def _name(self, node: nodes.Name, depth: int) -> Expr:
        del depth
        place = self._place(node.lineno)
        return tree.Path(root=tree.Member(node.name, place), members=(), at=place)

    def _dot(self, node: nodes.Getattr, depth: int) -> Expr:
        of = self._expr(node.node, depth)
        if not isinstance(of, tree.Path):
            raise self._mistake("M109", node.lineno, "a dot follows a name only", "bind it with each … as")
        member = tree.Member(node.attr, self._place(node.lineno))
        end = node.lineno + self.lengths.get(node.lineno, 1)
        return tree.Path(root=of.root, members=(*of.members, member), at=self._place(of.root.at.start, end))

    def _negative(self, node: nodes.Neg, depth: int) -> Expr:
        of = self._expr(node.node, depth)
        at = self._place(node.lineno, of.at.start + of.at.length)
        if isinstance(of, tree.Const) and isinstance(of.value, int | Decimal) and type(of.value) is not bool:
            return tree.Const(value=-of.value, at=at)
        return tree.Negative(of=of, at=at)

    def _arithmetic(self, node: nodes.BinExpr, depth: int) -> Expr:
        left, right = self._expr(node.left, depth), self._expr(node.right, depth)
        sign = _ARITHMETIC[type(node)]
        return tree.Arithmetic(sign=sign, left=left, right=right, at=self._over(left, right))

    def _compare(self, node: nodes.Compare, depth: int) -> Expr:
        left = self._expr(node.expr, depth)
        out: Expr | None = None
        for operand in node.ops:
            right = self._expr(operand.expr, depth)
            at = self._over(left, right)
            one: Expr
            if operand.op in ("in", "notin"):
                one = tree.Among(left=left, right=right, negated=operand.op == "notin", at=at)
            else:
                one = tree.Compare(sign=_COMPARES[operand.op], left=left, right=right, at=at)
            out = one if out is None else tree.Logic(word="and", left=out, right=one, at=self._over(out, one))
            left = right
        assert out is not None
        return out

    def _list(self, node: nodes.List, depth: int) -> Expr:
        values = tuple(self._expr(one, depth) for one in node.items)
        end = values[-1].at.start + values[-1].at.length if values else node.lineno + 1
        return tree.Items(values=values, at=self._place(node.lineno, end))

    def _and(self, node: nodes.BinExpr, depth: int) -> Expr:
        left, right = self._expr(node.left, depth), self._expr(node.right, depth)
        word: Any = "and" if isinstance(node, nodes.And) else "or"
        return tree.Logic(word=word, left=left, right=right, at=self._over(left, right))

    def _not(self, node: nodes.Not, depth: int) -> Expr:
        of = self._expr(node.node, depth)
        if isinstance(node.node, nodes.Test) and isinstance(of, tree.Exists) and node.lineno == of.at.start:
            return tree.Exists(of=of.of, negated=not of.negated, at=of.at)
        return tree.Not(of=of, at=self._place(node.lineno))

    def _choice(self, node: nodes.CondExpr, depth: int) -> Expr:
        when, then = self._expr(node.test, depth), self._expr(node.expr1, depth)
        otherwise = self._expr(node.expr2, depth) if node.expr2 is not None else None
        parts = (when, then) if otherwise is None else (when, then, otherwise)
        return tree.Choice(when=when, then=then, otherwise=otherwise, at=self._over(*parts))

    def _concat(self, node: nodes.Concat, depth: int) -> Expr:
        parts = tuple(self._expr(one, depth) for one in node.nodes)
        return tree.Concat(parts=parts, at=self._over(*parts))

    def _call(self, node: nodes.Filter, depth: int) -> Expr:
        assert node.node is not None
        of = self._expr(node.node, depth)
        if node.kwargs or node.dyn_args is not None or node.dyn_kwargs is not None:
            message = f"the function {node.name} takes its arguments without names"
            raise self._mistake("M109", node.lineno, message)
        args = tuple(self._expr(one, depth) for one in node.args)
        return tree.Call(function=node.name, of=of, args=args, at=self._place(node.lineno))

    def _test(self, node: nodes.Test, depth: int) -> Expr:
        of = self._expr(node.node, depth)
        if node.name not in ("missing", "present") or node.args or node.kwargs:
            message = f'there is no test "{node.name}"' if not node.args else "a test takes no argument"
            raise self._mistake("M109", node.lineno, message, "there is: is missing, is present")
        return tree.Exists(of=of, negated=node.name == "missing", at=self._place(node.lineno))

    _READERS: ClassVar[dict[type[nodes.Expr], Callable[..., Expr]]] = {
        nodes.Const: _const,
        nodes.Name: _name,
        nodes.Getattr: _dot,
        nodes.Neg: _negative,
        nodes.Add: _arithmetic,
        nodes.Sub: _arithmetic,
        nodes.Mul: _arithmetic,
        nodes.Div: _arithmetic,
        nodes.Compare: _compare,
        nodes.List: _list,
        nodes.And: _and,
        nodes.Or: _and,
        nodes.Not: _not,
        nodes.CondExpr: _choice,
        nodes.Concat: _concat,
        nodes.Filter: _call,
        nodes.Test: _test,
    }


def _ends_test(raw: list[tuple[int, str, str]], index: int) -> bool:
    """Whether this word is the name of a test, `is [not] word`, and no bracket follows it."""
    words = [value for _, kind, value in raw[max(0, index - 2) : index] if kind == "name"]
    tested = words[-1:] == ["is"] and raw[index][2] != "not"
    tested = tested or words[-2:] == ["is", "not"]
    follows = raw[index + 1][2] if index + 1 < len(raw) else ""
    return tested and follows != "("
