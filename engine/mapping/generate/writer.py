"""Lines of generated Python, each with its place in the YAML; what has been read and computed so far."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from engine.model.diagnostic import Span

Key = tuple[str, tuple[str, ...]]  # a variable and the keys after it
Reads = dict[Key, str]  # -> the variable that holds it
Computed = dict[Hashable, "Value"]

MAX_LINES = 30_000
MAX_DEPTH = 90  # Python allows a hundred levels of indentation


class TooLarge(Exception):
    """The program would be larger than anything sensible: shapes that use shapes that use shapes."""


@dataclass(frozen=True, slots=True)
class Value:
    """The result of an expression: Python code without side effects."""

    code: str
    maybe: bool = True  # may be None, which is absent
    atom: bool = True  # a name or a constant, free to be written twice
    own: bool = False  # a variable of this value alone, free to be assigned again
    blank: bool = False  # may be blank text, which counts as absent at the end of an expression


ABSENT = Value("None")


@dataclass(slots=True)
class Mark:
    """A line before which reads are inserted that several later lines need."""

    index: int
    depth: int
    level: int
    frequent: frozenset[Key]


@dataclass(slots=True)
class Writer:
    depth: int = 0
    lines: list[str] = field(default_factory=list)
    places: list[Span | None] = field(default_factory=list)
    reads: list[Reads] = field(default_factory=lambda: [{}])
    computed: list[Computed] = field(default_factory=lambda: [{}])
    grants: list[set[str]] = field(default_factory=lambda: [set()])  # variables that are not None here
    marks: list[Mark] = field(default_factory=list)
    count: int = 0
    written: int = 0  # lines, without those that were inserted at a mark

    def line(self, text: str, span: Span | None = None) -> None:
        self.written += 1
        self.lines.append("    " * self.depth + text)
        self.places.append(span)

    def new(self, letter: str = "v") -> str:
        self.count += 1
        return f"{letter}{self.count}"

    @contextmanager
    def block(self, head: str, span: Span | None = None) -> Iterator[None]:
        """Lines below `head`. What is read inside is not known to have been read after it."""
        if self.depth >= MAX_DEPTH or len(self.lines) > MAX_LINES:
            raise TooLarge
        self.line(head, span)
        self.depth += 1
        self.reads.append({})
        self.computed.append({})
        self.grants.append(set())
        size = self.written
        yield
        if self.written == size:
            self.line("pass")
        self.reads.pop()
        self.computed.pop()
        self.grants.pop()
        self.depth -= 1

    @contextmanager
    def mark(self, frequent: frozenset[Key]) -> Iterator[None]:
        self.marks.append(Mark(len(self.lines), self.depth, len(self.reads) - 1, frequent))
        yield
        self.marks.pop()

    def hoisted(self, key: Key) -> Mark | None:
        """The mark at which a frequent read is inserted, like all the reads that lead to it."""
        return self.marks[-1] if self.marks and key in self.marks[-1].frequent else None

    def read(self, key: Key, name: str, lines: Sequence[str], span: Span | None) -> None:
        """Add lines that read a value: at the mark if it is frequent, else here."""
        mark = self.hoisted(key)
        if mark is None:
            for text in lines:
                self.line(text, span)
            self.reads[-1][key] = name
            return
        self.reads[mark.level][key] = name
        index = mark.index
        self.lines[index:index] = ["    " * mark.depth + text for text in lines]
        self.places[index:index] = [span] * len(lines)
        for other in self.marks:
            if other.index >= index:
                other.index += len(lines)

    def known(self, key: Key) -> str | None:
        for reads in reversed(self.reads):
            if key in reads:
                return reads[key]
        return None

    def granted(self, name: str, level: int | None = None) -> bool:
        """Whether a variable is never None here, or in the block `level` around here."""
        return any(name in names for names in self.grants[: None if level is None else level + 1])

    def values(self, key: Hashable) -> Value | None:
        """The result of an expression, if it has been computed on every path that leads here."""
        return next((computed[key] for computed in reversed(self.computed) if key in computed), None)

    def keep(self, key: Hashable, value: Value) -> None:
        self.computed[-1][key] = value
