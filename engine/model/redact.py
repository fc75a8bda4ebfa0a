"""Keep secrets out of messages by what they look like: passwords in addresses, fallbacks of references."""

from __future__ import annotations

import re

# `user:password@` of an address; a password may hold any character but blanks and quotes.
_USERINFO = re.compile(r"(?<=://)[^\s'\"<>]+(?=@)")
# What is not the name, in a reference as shells and the OpenTelemetry Collector have them.
_FALLBACKS = (
    re.compile(r"(?P<kept>\$\{env:\w*)(?P<secret>[^}\w…\n][^}\n]*)"),
    re.compile(r"(?P<kept>\$\{(?:file|keyring):[^}\n]*?)(?P<secret>:[-=?+][^}\n]*)"),
    re.compile(r"(?P<kept>\$\{\w+)(?P<secret>:?[-=?+][^}\n]*)"),
)


def redacted(text: str) -> str:
    """The text without what must not be shown; of the same length if nothing has to be hidden."""
    text = _USERINFO.sub("•••", text)
    for pattern in _FALLBACKS:
        text = pattern.sub(r"\g<kept>•••", text)
    return text


def starred(text: str) -> str:
    """The same, each hidden character as a star, so that columns stay where they are."""
    text = _USERINFO.sub(lambda match: "*" * len(match[0]), text)
    for pattern in _FALLBACKS:
        text = pattern.sub(lambda match: match["kept"] + "*" * len(match["secret"]), text)
    return text
