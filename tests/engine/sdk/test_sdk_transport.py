"""Bounds on answers, against servers that send bytes as they like."""

from __future__ import annotations

import gzip
import socket
import threading
import time
import tracemalloc
import zlib
from collections.abc import Callable, Iterable, Iterator

import pytest

from engine.sdk import ClientCredentials, Http, InDoubtError, UnavailableError
from engine.sdk.transport import LARGEST_HEAD

MEGABYTE = 1_000_000


class RawServer:
    """Answers each request with what `answer` yields, on one connection after the other."""

    def __init__(self, answer: Callable[[], Iterable[bytes]]) -> None:
        self._answer, self.requests = answer, 0
        self._hung_up = threading.Semaphore(0)  # released for each connection that the client has closed
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.origin = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        while True:
            try:
                line, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._talk, args=(line,), daemon=True).start()

    def _talk(self, line: socket.socket) -> None:
        with line:
            try:
                while self._request(line):
                    for piece in self._answer():
                        line.sendall(piece)
            except OSError:
                self._hung_up.release()

    def _request(self, line: socket.socket) -> bool:
        head = b""
        while b"\r\n\r\n" not in head:
            received = line.recv(65536)
            if not received:
                return False
            head += received
        head, _, body = head.partition(b"\r\n\r\n")
        size = next(
            (
                int(row.split(b":")[1])
                for row in head.lower().split(b"\r\n")
                if row.startswith(b"content-length")
            ),
            0,
        )
        while len(body) < size:
            body += line.recv(65536)
        self.requests += 1
        return True

    def noticed(self, times: int) -> bool:
        """Whether so many answers could not be sent to their end, as the client closed the connection."""
        return all(self._hung_up.acquire(timeout=10) for _ in range(times))

    def close(self) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()


Serve = Callable[..., tuple[RawServer, Http]]


@pytest.fixture
def serve() -> Iterator[Serve]:
    opened: list[tuple[RawServer, Http]] = []

    def start(answer: Callable[[], Iterable[bytes]], **options: object) -> tuple[RawServer, Http]:
        server = RawServer(answer)
        opened.append((server, Http("Xero", server.origin, **{"attempts": 2, **options})))  # type: ignore[arg-type]
        return opened[-1]

    yield start
    for server, http in opened:
        http.close()
        server.close()


def head(*lines: str, status: str = "200 OK") -> bytes:
    return "\r\n".join([f"HTTP/1.1 {status}", "Content-Type: application/json", *lines, "", ""]).encode()


def whole(body: bytes, *lines: str, status: str = "200 OK") -> list[bytes]:
    return [head(f"Content-Length: {len(body)}", *lines, status=status), body]


def drip(first: bytes, then: bytes, seconds: float = 0.05) -> Iterator[bytes]:
    yield first
    while True:
        time.sleep(seconds)
        yield then


def swollen(times: int) -> Iterator[bytes]:
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    yield head("Content-Encoding: gzip", "Transfer-Encoding: chunked")
    for _ in range(times):
        data = packer.compress(b" " * 10 * MEGABYTE)
        if data:
            yield b"%x\r\n%s\r\n" % (len(data), data)
    data = packer.flush()
    yield b"%x\r\n%s\r\n0\r\n\r\n" % (len(data), data)


SLOW = {
    "a body": lambda: drip(head("Content-Length: 100000"), b" "),
    "a head": lambda: drip(b"HTTP/1.1 200 OK\r\n", b"X-A: b\r\n"),
    "informational answers": lambda: drip(b"", b"HTTP/1.1 102 Processing\r\n\r\n"),
    "chunks": lambda: drip(head("Transfer-Encoding: chunked"), b"1\r\n \r\n"),
}


@pytest.mark.parametrize("kind", SLOW)
def test_slow_answers_end_and_are_tried_again(serve: Serve, kind: str) -> None:
    server, http = serve(SLOW[kind], timeout=0.4)
    with pytest.raises(UnavailableError, match=r"no (complete )?answer within 0.4 s") as raised:
        http.get("Invoices")
    assert not isinstance(raised.value, InDoubtError)
    assert server.requests == 2
    assert server.noticed(2)  # both connections were closed


@pytest.mark.parametrize("kind", SLOW)
def test_a_write_that_is_answered_too_slowly_is_in_doubt(serve: Serve, kind: str) -> None:
    _, http = serve(SLOW[kind], timeout=0.3)
    with pytest.raises(InDoubtError):
        http.send("POST", "Invoices", {}, key="k-1")


def test_a_slow_sign_in_ends(serve: Serve) -> None:
    server, _ = serve(SLOW["a body"])
    auth = ClientCredentials("Xero", f"{server.origin}/connect/token", "id", "secret")
    _, http = serve(lambda: whole(b"{}"), timeout=0.3, auth=auth)
    with pytest.raises(UnavailableError, match="no complete answer within"):
        http.get("Invoices")


def test_an_answer_that_swells_is_cut_off_and_not_repeated(serve: Serve) -> None:
    server, http = serve(lambda: swollen(300), timeout=30)
    tracemalloc.start()
    try:
        with pytest.raises(UnavailableError) as raised:
            http.get("Invoices")
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert "Xero's answer to GET /Invoices is larger than 64 MB (`largest_answer`)" in str(raised.value)
    assert "run again" not in str(raised.value)
    assert most < 150 * MEGABYTE
    assert server.requests == 1
    assert server.noticed(1)


@pytest.mark.parametrize("status", ["200 OK", "400 Bad Request", "401 Unauthorized", "500 Oops"])
def test_every_answer_has_a_largest_size(serve: Serve, status: str) -> None:
    server, http = serve(lambda: whole(b"x" * 2 * MEGABYTE, status=status), largest_answer=1)
    with pytest.raises(UnavailableError, match="is larger than 1 MB"):
        http.get("Invoices")
    with pytest.raises(InDoubtError, match="is larger than 1 MB"):
        http.send("POST", "Invoices", {}, key="k-1")
    assert server.requests == 2  # neither was repeated


def test_endless_informational_answers_are_bounded_in_bytes(serve: Serve) -> None:
    many = b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" * 1000
    server, http = serve(lambda: drip(many, many, 0), timeout=30)
    with pytest.raises(UnavailableError, match=f"more than {LARGEST_HEAD // 1024} KB before its body"):
        http.get("Invoices")
    assert server.requests == 1


def test_some_informational_answers_do_no_harm(serve: Serve) -> None:
    _, http = serve(lambda: [b"HTTP/1.1 102 Processing\r\n\r\n" * 3, *whole(b'{"a": 1}')])
    assert http.get("Invoices").json() == {"a": 1}


BODY = b'{"a": "' + b"z" * 3 * MEGABYTE + b'"}'
PACKED = {
    "gzip": gzip.compress(BODY, mtime=0),
    "GZIP": gzip.compress(BODY, mtime=0),
    "x-gzip": gzip.compress(BODY, mtime=0),
    "identity": BODY,
    "deflate": zlib.compress(BODY),
    "deflate, gzip": gzip.compress(zlib.compress(BODY), mtime=0),
}


@pytest.mark.parametrize("packing", PACKED)
def test_packed_answers_are_unpacked(serve: Serve, packing: str) -> None:
    _, http = serve(lambda: whole(PACKED[packing], f"Content-Encoding: {packing}"))
    assert http.get("Invoices").content == BODY


def test_packed_answers_of_other_frames_are_unpacked(serve: Serve) -> None:
    raw = zlib.compress(BODY)[2:-4]
    _, http = serve(lambda: whole(raw, "Content-Encoding: deflate"))
    assert http.get("Invoices").content == BODY
    members = gzip.compress(BODY[:1000], mtime=0) + gzip.compress(BODY[1000:], mtime=0)
    _, http = serve(lambda: whole(members, "Content-Encoding: gzip"))
    assert http.get("Invoices").content == BODY


@pytest.mark.parametrize(
    ("packing", "body", "words"),
    [
        ("gzip", gzip.compress(BODY, mtime=0)[:-20], "cannot be unpacked"),
        ("gzip", b"no gzip at all", "cannot be unpacked"),
        ("deflate", b"\xff" * 50, "cannot be unpacked"),
        ("br", b"\x0b\x02\x80", 'packed in a way that was not asked for \\("br"\\)'),
        ("gzip, gzip, gzip", gzip.compress(b"{}", mtime=0), "packed in a way that was not asked for"),
    ],
)
def test_what_cannot_be_unpacked_is_no_answer(serve: Serve, packing: str, body: bytes, words: str) -> None:
    _, http = serve(lambda: whole(body, f"Content-Encoding: {packing}"))
    with pytest.raises(UnavailableError, match=words):
        http.get("Invoices")
    with pytest.raises(InDoubtError, match=words):
        http.send("POST", "Invoices", {}, key="k-1")


def test_one_byte_at_a_time_is_an_answer_like_any_other(serve: Serve) -> None:
    def answer() -> Iterator[bytes]:
        for byte in b"".join(whole(b'{"a": 1}')):
            yield bytes([byte])

    _, http = serve(answer)
    assert http.get("Invoices").json() == {"a": 1}
