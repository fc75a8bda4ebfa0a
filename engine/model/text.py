"""Text in one form: as it is sent, and as names are matched.

Two texts that look the same to a person must be the same to the engine. Unicode writes an accented letter in
one character or in two, and has invisible characters; both come in by copying and pasting.
"""

from __future__ import annotations

import re
import unicodedata

_KEPT = "\t\n\r"
# They end a line or separate words, so that removing them would join two words.
_SEPARATORS = {ord(char): " " for char in "\v\f\x1c\x1d\x1e\x1f\x85\u2028\u2029"}
_BLANKS = re.compile(r"\s+")
# What looks like a plain apostrophe or quotation mark.
_QUOTES = str.maketrans(dict.fromkeys("‘’‚‛′", "'") | dict.fromkeys("“”„‟″", '"'))


def clean(text: str) -> str:
    """The text in Unicode NFC, without control and invisible characters; tabs and line ends are kept.

    Invisible are format characters, such as a zero-width space, a byte order mark or a soft hyphen, and code
    points that are no characters. What separates words becomes a blank.
    """
    if text.isascii() and text.isprintable():
        return text
    visible = "".join(char for char in text.translate(_SEPARATORS) if not _is_invisible(char))
    return unicodedata.normalize("NFC", visible)


def one_line(text: str) -> str:
    """The text as `clean` makes it, with one blank for each run of white space and none at the ends."""
    return _BLANKS.sub(" ", clean(text)).strip()


def fold(text: str) -> str:
    """The form by which names are matched: compatibility-normalised, case-folded, on one line, with plain
    dashes and quotes.

    Two texts with the same form are written the same way as far as a person can tell: `Straße  1` and
    `STRASSE 1`, `ﬁnance` and `Finance`, `é` in one character or in two, `O’Neill` and `O'Neill`.
    """
    folded = unicodedata.normalize("NFKC", clean(text)).casefold()
    return one_line(with_plain_marks(unicodedata.normalize("NFKC", folded)))


def with_plain_marks(text: str) -> str:
    """The text with every dash as a hyphen, and every quotation mark straight, as a keyboard writes them."""
    if text.isascii():
        return text
    dashes = (char for char in text if unicodedata.category(char) == "Pd" or char == "\u2212")
    return text.translate(_QUOTES | str.maketrans(dict.fromkeys(dashes, "-")))


def is_blank(text: str) -> bool:
    """Whether nothing of the text is visible: white space of any kind, and invisible characters."""
    return all(char.isspace() or _is_invisible(char) for char in text)


def invisible(text: str) -> tuple[str, ...]:
    """The names of the control and invisible characters in a text, each of them once: `ZERO WIDTH SPACE`."""
    found = (char for char in text if char in map(chr, _SEPARATORS) or _is_invisible(char))
    return tuple(dict.fromkeys(unicodedata.name(char, f"U+{ord(char):04X}") for char in found))


def _is_invisible(char: str) -> bool:
    """Control (Cc), format (Cf), half of a character (Cs), and code points that never will be characters.

    Code points without a name are kept: a later version of Unicode may have made them characters.
    """
    if unicodedata.category(char) in ("Cc", "Cf", "Cs"):
        return char not in _KEPT
    return ord(char) & 0xFFFE == 0xFFFE or "\ufdd0" <= char <= "\ufdef"
