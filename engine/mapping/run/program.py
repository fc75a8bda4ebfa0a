"""A compiled mapping: one generated function, ready to be linked with settings, tables and a run."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from types import CodeType
from typing import Any, Protocol

from engine.mapping.run.kit import Kit
from engine.mapping.run.sites import Site
from engine.model.address import StreamRef
from engine.model.errors import ConfigError
from engine.model.payload import Payload, Refusal
from engine.model.record import Record


@dataclass(frozen=True)
class Run:
    """What a mapping may know of the run it is part of."""

    date: datetime.date
    id: str


class Mapper(Protocol):
    """A linked program. None: `where` skipped the record."""

    def __call__(self, record: Record, /) -> Payload | tuple[Refusal, ...] | None: ...


@dataclass(frozen=True, slots=True)
class Generated:
    """The Python of a program, and what it needs at run time."""

    code: str
    constants: tuple[Any, ...]
    sites: tuple[Site, ...]
    lines: Mapping[int, tuple[str, Mapping[str, str]]]  # line -> its rule's place, its variables' paths


@dataclass(frozen=True, eq=False)
class Program:
    """One mapping. Its function is generated when it is first needed: checking a pack needs none."""

    name: str
    file: str
    doc: str
    source: StreamRef | None  # None for shapes
    target: StreamRef | None
    linked: str | None  # the flow whose links this one reads back over
    create: bool
    on_change: str  # hold | update | ignore
    keys: str  # "referenced": read only the records that other mappings refer to; else "all"
    refs: frozenset[str]  # mappings it refers to
    paths: frozenset[str]  # source paths it reads: "lines.gl_account"
    tables: frozenset[str]
    actions: tuple[str, ...]  # verbs it may ask for
    directed: frozenset[str] = frozenset()  # those of them whose `to` it gives
    agree: tuple[str, ...] = ()  # target fields in which an adopted record must agree
    only_create: tuple[str, ...] = ()  # target fields that are sent at creation and never again
    clears: tuple[str, ...] = ()  # target fields that are emptied where their value becomes absent
    sent: frozenset[str] = frozenset()  # of the source paths, those that the rules of its fields read
    # Reference streams among the tables: which of their rows may be suggested.
    suggestable: Mapping[str, Callable[[Mapping[str, Any]], bool]] = field(default_factory=dict)
    write: Callable[[], Generated] | None = field(default=None, repr=False)  # None for shapes
    # What its `where` says while fields are unknown; None: nothing.
    write_selection: Callable[[frozenset[str]], Generated | None] = field(
        default=lambda unknown: None, repr=False
    )

    @property
    def ends(self) -> tuple[StreamRef, StreamRef]:
        """The source and the target stream. Raises ConfigError for a shape."""
        if self.source is None or self.target is None:
            raise ConfigError(f"{self.name} is a shape: it maps nothing by itself, only where a flow uses it")
        return self.source, self.target

    @cached_property
    def generated(self) -> Generated:
        """Raises ConfigError for a shape."""
        if self.write is None:
            raise ConfigError(f"{self.name} is a shape: it maps nothing by itself, only where a flow uses it")
        return self.write()

    @cached_property
    def compiled(self) -> CodeType:
        code: CodeType = compile(self.generated.code, f"<mapping {self.name}>", "exec")
        return code

    @property
    def code(self) -> str:
        """The generated Python; empty for a shape."""
        return self.generated.code if self.write is not None else ""

    def link(
        self,
        settings: Mapping[str, Any],
        tables: Mapping[str, Sequence[Mapping[str, Any]]],
        run: Run,
        recorder: Any = None,
    ) -> Mapper:
        """The function from record to payload, with everything bound that does not change from record to
        record. Raises ConfigError for a shape. A traced program reports to the `recorder`."""
        return self._linked(self.generated, self.compiled, settings, tables, run, recorder)

    def selection(
        self, unknown: frozenset[str], settings: Mapping[str, Any], run: Run
    ) -> Callable[[Record], bool]:
        """Whether `where` certainly leaves a record out, whatever its unknown fields hold."""
        generated = self.write_selection(unknown)
        if generated is None:
            return lambda record: False
        code: CodeType = compile(generated.code, f"<where of {self.name}>", "exec")
        mapper = self._linked(generated, code, settings, {}, run)
        return lambda record: mapper(record) is None

    def _linked(
        self,
        generated: Generated,
        compiled: CodeType,
        settings: Mapping[str, Any],
        tables: Mapping[str, Sequence[Mapping[str, Any]]],
        run: Run,
        recorder: Any = None,
    ) -> Mapper:
        namespace: dict[str, Any] = {"__builtins__": {"Exception": Exception, "tuple": tuple}}
        exec(compiled, namespace)  # noqa: S102  our own generated code; no text of a mapping is in it
        kit = Kit(compiled.co_filename, generated.sites, generated.lines, tables, self.suggestable, recorder)
        mapper: Mapper = namespace["build"](settings, run, kit, generated.constants)
        return mapper
