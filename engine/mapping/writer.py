"""Lines of generated Python, each with the place in the YAML that it comes from."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from engine.model.diagnostics import Span

Key = tuple[str, tuple[str, ...]]  # a variable and the keys behind it
Reads = dict[Key, str]  # -> the variable that holds what is there
Computed = dict[Hashable, "Value"]


@dataclass(frozen=True, slots=True)
class Value:
    """What an expression came to: Python code without side effects."""

    code: str
    maybe: bool = True  # may be None, which is absent
    atom: bool = True  # a name or a constant, free to be written twice
    own: bool = False  # a variable of this value alone, free to be assigned again
    blank: bool = False  # may be blank text, which counts as absent where the hole ends


ABSENT = Value("None")


@dataclass(slots=True)
class Mark:
    """A line before which reads may be put that several of the lines after it need."""

    index: int
    depth: int
    level: int
    often: frozenset[Key]


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

    def line(self, text: str, at: Span | None = None) -> None:
        self.lines.append("    " * self.depth + text)
        self.places.append(at)

    def new(self, letter: str = "v") -> str:
        self.count += 1
        return f"{letter}{self.count}"

    @contextmanager
    def block(self, head: str, at: Span | None = None) -> Iterator[None]:
        """Lines below `head`. What is read inside is not known to have been read after it."""
        self.line(head, at)
        self.depth += 1
        self.reads.append({})
        self.computed.append({})
        self.grants.append(set())
        size = len(self.lines)
        yield
        if len(self.lines) == size:
            self.line("pass")
        self.reads.pop()
        self.computed.pop()
        self.grants.pop()
        self.depth -= 1

    @contextmanager
    def mark(self, often: frozenset[Key]) -> Iterator[None]:
        self.marks.append(Mark(len(self.lines), self.depth, len(self.reads) - 1, often))
        yield
        self.marks.pop()

    def read(self, key: Key, name: str, code: str, at: Span | None) -> None:
        """A line that reads: at the mark if it is needed often, else here."""
        mark = self.marks[-1] if self.marks and key in self.marks[-1].often else None
        if mark is None or mark.level == len(self.reads) - 1:
            self.line(f"{name} = {code}", at)
            self.reads[-1][key] = name
            return
        self.reads[mark.level][key] = name
        self.lines.insert(mark.index, "    " * mark.depth + f"{name} = {code}")
        self.places.insert(mark.index, at)
        index = mark.index
        for other in self.marks:
            if other.index >= index:
                other.index += 1

    def known(self, key: Key) -> str | None:
        for reads in reversed(self.reads):
            if key in reads:
                return reads[key]
        return None

    def granted(self, name: str) -> bool:
        return any(name in names for names in self.grants)

    def values(self, key: Hashable) -> Value | None:
        """What an expression came to, where it has been computed on every way that leads here."""
        return next((computed[key] for computed in reversed(self.computed) if key in computed), None)

    def keep(self, key: Hashable, value: Value) -> None:
        self.computed[-1][key] = value
