"""Keep secrets out of everything that leaves the process: the one place that knows them and takes them out.

What resolves or receives a secret calls `know`. What prints, logs or keeps a text passes it through
`redacted`; `redacted_values` does the same for JSON. A text that is cut is cut by `shortened`, which cleans
first: half of a token would not be found any more. Some secrets are known by what they look like: passwords
in addresses, fallbacks of references, tokens of a known form.
"""

from __future__ import annotations

import re
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping
from typing import Any
from urllib.parse import unquote, urlsplit

from engine.model.secret_forms import Forms, forms_of

MARK = "•••"
_HIDDEN = "•*"  # what is in the place of something hidden
_LONG = 8  # characters of a line that is a secret by itself, in one of several lines
_MOST = 1_000_000  # characters of a text of which a few are shown
_PASSING = 100  # tokens that are kept: those that came last; older ones have expired
_PLAIN_NAME = re.compile(r"[a-z][a-z_]*")

# What is in every such text, in small letters; and the pattern, in which `secret` is what is hidden. They are
# bounded where a text of another system could make them look again and again at the same characters.
_LOOKS = tuple(
    (anchor, re.compile(pattern))
    for anchor, pattern in (
        # `user:password@` of an address; a password may hold any character but blanks and quotes.
        ("://", r"://(?P<secret>(?:(?!://)[^\s'\"<>]){1,3000})(?=@)"),
        # What is not the name, in a reference as shells and the OpenTelemetry Collector have them.
        ("${env:", r"\$\{env:\w*(?P<secret>[^}\w…\n][^}\n]*)"),
        ("${", r"\$\{(?:file|keyring):[^}\n]{0,300}?(?P<secret>:[-=?+][^}\n]*)"),
        ("${", r"\$\{\w+(?P<secret>:?[-=?+][^}\n]*)"),
        # A header that signs a request, and a JSON Web Token.
        ("bearer", r"\b(?i:bearer)\s+(?P<secret>(?=[\w.~+/=-]*[0-9+/=])[\w.~+/=-]{8,})"),
        ("basic", r"\b(?i:basic)\s+(?P<secret>(?=[\w.~+/=-]*[0-9+/=])[\w.~+/=-]{8,})"),
        ("eyj", r"\b(?P<secret>eyJ[\w-]{8,9000}\.[\w-]+\.[\w-]*)"),
    )
)


class _Known:
    """The secrets of this process. Read and added to by any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._lasting: dict[str, Forms] = {}
        self._passing: OrderedDict[str, Forms] = OrderedDict()
        self.all: tuple[Forms, ...] = ()

    def add(self, secret: str, id_: str, *, passing: bool) -> None:
        with self._lock:
            if secret in self._lasting and not id_:
                return
            if secret in self._passing:
                self._passing.move_to_end(secret)
                return
            forms = forms_of(secret, id_)
            if forms is None:
                return
            if passing:
                self._passing[secret] = forms
                while len(self._passing) > _PASSING:
                    self._passing.popitem(last=False)
            else:
                self._lasting[secret] = forms
            self.all = (*self._lasting.values(), *self._passing.values())

    def clear(self) -> None:
        with self._lock:
            self._lasting, self._passing, self.all = {}, OrderedDict(), ()


_known = _Known()


def know(secret: str, id_: str = "", *, passing: bool = False) -> None:
    """Take this secret, in all its forms, out of what leaves the process from now on.

    `id_` is the name that it is sent with, as in base64 of id and secret. `passing`: a token, of which there
    will be others.
    """
    _known.add(secret, id_, passing=passing)
    if "\n" in secret:
        for line in secret.splitlines():
            if len(line) >= _LONG:
                _known.add(line, "", passing=passing)


def know_address(address: str) -> None:
    """Know the password in an address, as in that of a proxy."""
    try:
        parts = urlsplit(address if "://" in address else f"//{address}")
        password, user = parts.password, parts.username
    except ValueError:
        return
    if password:
        know(unquote(password), unquote(user or ""))


def forget_secrets() -> None:
    """Know no secret any more: for tests, which share one process."""
    _known.clear()


def redacted(text: str) -> str:
    """The text without secrets; the same text if there are none in it."""
    return _replaced(text, lambda hidden: MARK)


def starred(text: str) -> str:
    """The same, each hidden character as a star, so that columns stay where they are."""
    return _replaced(text, lambda hidden: "*" * len(hidden))


def _replaced(text: str, mark: Callable[[str], str]) -> str:
    pieces, done = [], 0
    for start, end in _merged(_spans(text)):
        pieces += [text[done:start], mark(text[start:end])]
        done = end
    return "".join([*pieces, text[done:]]) if pieces else text


def holds_secret(text: str) -> bool:
    """Whether a secret of this process is in a text, and certainly not by chance."""
    small = text.lower()
    return any(
        forms.strong
        and any(anchor in small for anchor in forms.anchors)
        and any(True for _ in forms.spans(text))
        for forms in _known.all
    )


def shortened(text: str, most: int) -> str:
    """At most so many characters of a text, without secrets: cleaned first, cut afterwards.

    What comes after the first million characters is not looked at: it cannot get into so few of them.
    """
    return redacted(text[:_MOST])[:most]


def redacted_values(value: Any) -> Any:
    """JSON without secrets in its texts. Names in small letters are its own, and stay."""
    if isinstance(value, str):
        return redacted(value)
    if isinstance(value, Mapping):
        return {_name(str(name)): redacted_values(member) for name, member in value.items()}
    if isinstance(value, list | tuple):
        return [redacted_values(member) for member in value]
    return value


def _name(name: str) -> str:
    return name if _PLAIN_NAME.fullmatch(name) else redacted(name)


def _spans(text: str) -> Iterator[tuple[int, int]]:
    small = text.lower()
    for forms in _known.all:
        if any(anchor in small for anchor in forms.anchors):
            yield from forms.spans(text)
    for anchor, look in _LOOKS:
        for match in look.finditer(text) if anchor in small else ():
            if match["secret"].strip(_HIDDEN):
                yield match.span("secret")


def _merged(spans: Iterator[tuple[int, int]]) -> list[tuple[int, int]]:
    merged: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if merged and start < merged[-1][1]:
            merged[-1] = merged[-1][0], max(end, merged[-1][1])
        else:
            merged.append((start, end))
    return merged
