"""Where a record lives, spelled the same in logs, ledger, command line and errors."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Address:
    """Where a record lives: `psohub.invoices/41939771881672249`."""

    connector: str  # the system's name in the mappings, e.g. `psohub`
    stream: str
    key: str

    def __str__(self) -> str:
        return f"{self.connector}.{self.stream}/{self.key}"

    @property
    def place(self) -> str:
        """The stream with its system, e.g. `psohub.invoices`."""
        return f"{self.connector}.{self.stream}"

    @classmethod
    def parse(cls, text: str) -> Address:
        """Read `psohub.invoices/1042`; raises ValueError with a sentence for people."""
        place, slash, key = text.partition("/")
        connector, dot, stream = place.partition(".")
        if not (connector and dot and stream and slash and key):
            raise ValueError(f'"{text}" is no address; an address looks like psohub.invoices/1042')
        return cls(connector, stream, key)
