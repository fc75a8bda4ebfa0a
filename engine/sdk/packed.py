"""Unpack the body of an answer piece by piece, so that its size can be counted before it is in memory."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator

LAYERS = 2  # encodings of one body, one around the other
PIECE = 1024 * 1024  # bytes to unpack at once
PACKINGS = {"gzip": 31, "x-gzip": 31, "deflate": 47}  # the format, in zlib's numbers


def unpacked(pieces: Iterable[bytes], packing: str) -> Iterator[bytes]:
    """Unpack in pieces of bounded size. Raises zlib.error for other data, and for an early end."""
    unpacker = zlib.decompressobj(PACKINGS[packing])
    begun = False
    for piece in pieces:
        rest = piece
        while rest:
            if unpacker.eof:  # another member may follow
                unpacker = zlib.decompressobj(PACKINGS[packing])
            try:
                out = unpacker.decompress(rest, PIECE)
            except zlib.error:
                if begun or packing != "deflate":
                    raise
                unpacker = zlib.decompressobj(-zlib.MAX_WBITS)  # some send the data without its frame
                out = unpacker.decompress(rest, PIECE)
            begun = True
            yield out
            rest = unpacker.unconsumed_tail or unpacker.unused_data
    while begun and not unpacker.eof:
        out = unpacker.decompress(b"", PIECE)
        if not out:
            raise zlib.error("the packed data end too early")
        yield out
