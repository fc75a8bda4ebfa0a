"""In which forms a secret may come back in a text, and how each of them is found.

A secret is sent as it is, inside JSON, in an address or a form (percent-encoded), or in a header as base64 of
id and secret; what echoes it may write it in small letters, or escape it once more.
"""

from __future__ import annotations

import base64
import html
import re
from collections.abc import Iterator
from dataclasses import dataclass

SHORTEST = 4  # characters: a shorter secret cannot be distinguished from other text
_WEAK = 8  # characters: a shorter secret is found as a whole word only
_STRONG = 16  # characters: a text that holds so many holds the secret, and not by chance
_WORD = re.compile(r"[A-Za-z0-9]+")
_PACKED = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/-_")
_FARTHEST = 2_000  # characters around a hit that still belong to the same base64 text


@dataclass(frozen=True, slots=True)
class Forms:
    """How one secret is found. `anchors`: a text without any of them, in small letters, does not hold it."""

    spelled: re.Pattern[str]  # its characters, each in any spelling
    packed: re.Pattern[str] | None  # inside base64
    anchors: tuple[str, ...]
    strong: bool = False  # nothing but the secret itself looks like it

    def spans(self, text: str) -> Iterator[tuple[int, int]]:
        """Where the secret is in a text: start and end."""
        for match in self.spelled.finditer(text):
            yield match.span()
        for match in self.packed.finditer(text) if self.packed else ():
            yield _complete(text, *match.span())


def forms_of(secret: str, id_: str = "") -> Forms | None:
    """How a secret is found; `id_` is what it is sent with. None if it looks like any other text.

    That is so for less than four characters, and for less than eight if they are letters only: a message in
    which every "test" is masked is useless, and hides nothing.
    """
    if len(secret) < SHORTEST or (len(secret) < _WEAK and secret.isalpha()):
        return None
    weak = len(secret) < _WEAK
    whole = dict.fromkeys(_whole(secret))
    spelled = "|".join(["".join(map(_spelled, secret)), *map(re.escape, whole)])
    if weak:
        spelled = rf"(?<![^\W_])(?:{spelled})(?![^\W_])"
    packed = dict.fromkeys(_packed(secret, id_, weak=weak))
    runs: list[str] = _WORD.findall(secret)
    anchors = (max(runs, key=len, default=""), *whole, *packed)
    return Forms(
        re.compile(spelled, re.IGNORECASE),
        re.compile("|".join(map(re.escape, packed)), re.IGNORECASE) if packed else None,
        ("",) if not anchors[0] else tuple(anchor.lower() for anchor in anchors),
        len(secret) >= _STRONG and not secret.isdigit(),
    )


def _spelled(char: str) -> str:
    """One character of a secret, in any spelling, as a pattern."""
    if char.isascii() and char.isalnum():
        return char
    number = ord(char)
    percent = "".join(f"%(?:25)*{byte:02x}" for byte in char.encode("utf-8", "surrogatepass"))
    spellings = [
        rf"\\*{re.escape(char)}",
        percent,
        rf"\\+u{number:04x}" if number <= 0xFFFF else _pair(number),
        rf"\\+x{number:02x}",
        rf"&\#0*{number};|&\#x0*{number:x};",
    ]
    if (entity := html.escape(char)) != char:
        spellings.append(re.escape(entity))
    if char.isspace():
        spellings.append(r"\s+|\+|\\+[nrt]")
    return f"(?:{'|'.join(spellings)})"


def _pair(number: int) -> str:
    number -= 0x10000
    return rf"\\+u{0xD800 + (number >> 10):04x}\\+u{0xDC00 + (number & 0x3FF):04x}"


def _whole(secret: str) -> Iterator[str]:
    """Forms in which every character is encoded."""
    raw = secret.encode("utf-8", "surrogatepass")
    yield raw.hex()
    yield "".join(f"%{byte:02x}" for byte in raw)
    if len(secret) == len(raw):
        yield "".join(f"\\u{byte:04x}" for byte in raw)


def _packed(secret: str, id_: str, *, weak: bool) -> Iterator[str]:
    """What base64 makes of the secret, alone and inside a longer text, wherever it begins in it."""
    for raw in (secret.encode("utf-8", "surrogatepass"), _form_encoded(secret)):
        for encode in (base64.b64encode, base64.urlsafe_b64encode):
            if weak:
                yield encode(raw).decode().rstrip("=")
                yield encode(f"{id_}:".encode() + raw).decode().rstrip("=")
                continue
            for before in range(3):  # bytes before it in a group of three
                text = encode(b"\0" * before + raw).decode().rstrip("=")
                start = (before * 8 + 5) // 6  # characters that bytes before it take part in
                yield text[start : (before + len(raw)) * 8 // 6]


def _form_encoded(secret: str) -> bytes:
    from urllib.parse import quote_plus

    return quote_plus(secret, errors="replace").encode()


def _complete(text: str, start: int, end: int) -> tuple[int, int]:
    """The complete base64 text around a hit: its other characters hold parts of the secret's."""
    first, last = max(0, start - _FARTHEST), min(len(text), end + _FARTHEST)
    while start > first and text[start - 1] in _PACKED:
        start -= 1
    while end < last and text[end] in _PACKED:
        end += 1
    while end < last and text[end] == "=":
        end += 1
    return start, end
