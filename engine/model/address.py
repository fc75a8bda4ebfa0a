"""Names of streams and records, spelled the same in logs, ledger, command line and errors."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class StreamRef:
    """A stream of a system: `psohub.invoices`."""

    system: str  # the system's name in the mappings, e.g. `psohub`
    stream: str

    def __str__(self) -> str:
        return f"{self.system}.{self.stream}"

    def address(self, key: str) -> Address:
        """The address of one of its records."""
        return Address(self.system, self.stream, key)

    @classmethod
    def parse(cls, text: str) -> StreamRef:
        """Read `psohub.invoices`; raises ValueError with a sentence for people."""
        system, dot, stream = text.partition(".")
        if not (system and dot and stream):
            raise ValueError(f'invalid stream "{text}"; a stream looks like psohub.invoices')
        return cls(system, stream)


@dataclass(frozen=True, slots=True, order=True)
class Address:
    """A record of a stream: `psohub.invoices/41939771881672249`."""

    system: str
    stream: str
    key: str

    def __str__(self) -> str:
        return f"{self.system}.{self.stream}/{self.key}"

    @property
    def stream_ref(self) -> StreamRef:
        return StreamRef(self.system, self.stream)

    @classmethod
    def parse(cls, text: str) -> Address:
        """Read `psohub.invoices/1042`; raises ValueError with a sentence for people."""
        stream, slash, key = text.partition("/")
        try:
            ref = StreamRef.parse(stream)
        except ValueError:
            ref = None
        if ref is None or not (slash and key):
            raise ValueError(f'invalid address "{text}"; an address looks like psohub.invoices/1042')
        return ref.address(key)
