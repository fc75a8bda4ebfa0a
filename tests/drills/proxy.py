"""A proxy between the program and one system, which injects faults when a test says so.

It counts the requests that pass and strikes at one of them: kills the program, cuts the connection, or
answers in the system's place, before or after the system has carried the request out. The systems themselves
are not disturbed.
"""

from __future__ import annotations

import asyncio
import fnmatch
import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any, Literal
from urllib.parse import unquote_plus, urlsplit

Effect = Literal[
    "kill_before",  # the program dies, and the system never hears of the request
    "kill_after",  # the system has done it, and the program dies before it is answered
    "kill_answered",  # the program dies with the answer in its hands
    "cut_before",  # the connection is cut before, after, or in the middle of the answer
    "cut_after",
    "cut_middle",
    "answer_before",  # another answer, without or with the effect
    "answer_after",
    "drip_before",  # the head at once, then a byte each half second for as long as the program listens
    "drip_after",
    "meanwhile",  # nothing happens to the request itself
    "alter",  # what the system answers is changed on its way
]
BASES = ("/api.xro/2.0", "/rest/psohubapi/v1")
ANSWER = "HTTP/1.1 {status} Drill\r\n{headers}content-length: {length}\r\n\r\n{body}"


@dataclass(frozen=True, slots=True)
class Request:
    """What a fault is matched with: the path without the API's base, the query and the body decoded."""

    method: str
    path: str
    query: str
    body: str

    @classmethod
    def of(cls, message: bytes) -> Request:
        head, _, body = message.partition(b"\r\n\r\n")
        method, target, _ = head.split(b"\r\n", 1)[0].decode("latin-1").split(" ")
        path, _, query = target.partition("?")
        for base in BASES:
            path = path.removeprefix(base)
        return cls(method, path, unquote_plus(query), body.decode("utf-8", "replace"))

    @property
    def is_write(self) -> bool:
        return self.method != "GET" and not self.path.startswith("/connect/")


@dataclass(slots=True)
class Fault:
    """What happens to the `at`th write (0: any request) of those that match."""

    do: Effect
    at: int = 0
    method: str = "*"
    path: str = "*"
    query: str = "*"
    holds: str = ""  # a text in the request's body
    times: int = 1
    status: int = 503
    headers: dict[str, str] = field(default_factory=dict)
    body: str | bytes = ""
    first: Callable[[], None] = lambda: None  # called just before
    change: Callable[[bytes], bytes] = lambda body: body  # what becomes of an altered answer's body

    def matches(self, request: Request, number: int) -> bool:
        wanted = all(
            fnmatch.fnmatchcase(text, pattern)
            for text, pattern in (
                (request.method, self.method),
                (request.path, self.path),
                (request.query, self.query),
            )
        )
        return wanted and self.holds in request.body and self.times > 0 and self.at in (0, number)

    def answer(self) -> bytes:
        headers = "".join(f"{name}: {value}\r\n" for name, value in self.headers.items())
        body = self.body.encode() if isinstance(self.body, str) else self.body
        return ANSWER.format(status=self.status, headers=headers, length=len(body), body="").encode() + body


@dataclass(slots=True)
class Proxy:
    """The proxy to one system. `kill` ends the program."""

    upstream: str
    origin: str = ""
    faults: list[Fault] = field(default_factory=list)
    writes: list[str] = field(default_factory=list)  # `PUT /Invoices`, in order of arrival
    triggered: int = 0
    down: bool = False  # every new connection is closed at once
    kill: Callable[[], None] = lambda: None

    def clear_faults(self) -> None:
        self.faults.clear()
        self.down = False

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection of the program, with one of our own to the system."""
        parts = urlsplit(self.upstream)
        try:
            if self.down:
                return
            there_reader, there = await asyncio.open_connection(parts.hostname, parts.port)
            try:
                while request := await _message(reader):
                    if not await self._pass(request, there_reader, there, writer):
                        return
            finally:
                there.close()
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass  # the program died or hung up, or the drill is over
        finally:
            writer.close()

    async def _pass(
        self,
        request: bytes,
        there_reader: asyncio.StreamReader,
        there: asyncio.StreamWriter,
        here: asyncio.StreamWriter,
    ) -> bool:
        """Let one request through, with its fault if it has one; whether the connection is still open."""
        fault = self._matching_fault(request)
        if fault is not None:
            await asyncio.to_thread(fault.first)
            if fault.do.endswith("_before"):
                return await self._apply(fault, b"", here)
        there.write(request)
        await there.drain()
        answer = await _message(there_reader)
        if fault is not None:
            return await self._apply(fault, answer, here)
        here.write(answer)
        await here.drain()
        return True

    def _matching_fault(self, request: bytes) -> Fault | None:
        asked = Request.of(request)
        if asked.is_write:
            self.writes.append(f"{asked.method} {asked.path}")
        number = len(self.writes) if asked.is_write else -1
        fault = next((fault for fault in self.faults if fault.matches(asked, number)), None)
        if fault is not None:
            fault.times -= 1
            self.triggered += 1
        return fault

    async def _apply(self, fault: Fault, answer: bytes, here: asyncio.StreamWriter) -> bool:
        match fault.do:
            case "kill_before" | "kill_after":
                self.kill()
            case "kill_answered":
                here.write(answer)
                await here.drain()
                self.kill()
            case "cut_middle":
                here.write(answer[: len(answer) - max(1, len(answer.partition(b"\r\n\r\n")[2]) // 2)])
                await here.drain()
            case "drip_before" | "drip_after":
                await _drip(fault.answer(), here)
            case "alter":
                here.write(_altered(answer, fault.change))
                await here.drain()
                return True
            case "answer_before" | "answer_after" | "meanwhile":
                here.write(answer if fault.do == "meanwhile" else fault.answer())
                await here.drain()
                return True
        return False


def _altered(answer: bytes, change: Callable[[bytes], bytes]) -> bytes:
    head, _, body = answer.partition(b"\r\n\r\n")
    if b"transfer-encoding: chunked" in head.lower():
        body = _joined(body)
    body = change(body)
    kept = [
        line
        for line in head.split(b"\r\n")
        if not line.lower().startswith((b"content-length:", b"transfer-encoding:"))
    ]
    return b"\r\n".join([*kept, b"content-length: %d" % len(body), b"", body])


def _joined(chunks: bytes) -> bytes:
    body = b""
    while chunks:
        size, _, rest = chunks.partition(b"\r\n")
        length = int(size.partition(b";")[0], 16)
        body, chunks = body + rest[:length], rest[length + 2 :]
    return body


async def _drip(answer: bytes, here: asyncio.StreamWriter) -> None:
    head, _, body = answer.partition(b"\r\n\r\n")
    here.write(head + b"\r\n\r\n")
    for place in range(len(body)):
        await here.drain()
        await asyncio.sleep(0.5)
        here.write(body[place : place + 1])


async def _message(reader: asyncio.StreamReader) -> bytes:
    """One complete request or answer; empty if the connection ended between two."""
    try:
        head = await reader.readuntil(b"\r\n\r\n")
    except asyncio.IncompleteReadError as error:
        if error.partial:
            raise
        return b""
    headers = head.lower()
    if b"transfer-encoding: chunked" in headers:
        return head + await _chunks(reader)
    _, named, rest = headers.partition(b"content-length:")
    length = int(rest.partition(b"\r\n")[0]) if named else 0
    return head + await reader.readexactly(length)


async def _chunks(reader: asyncio.StreamReader) -> bytes:
    body = b""
    while True:
        size = await reader.readuntil(b"\r\n")
        body += size + await reader.readexactly(int(size.partition(b";")[0], 16) + 2)
        if int(size.partition(b";")[0], 16) == 0:
            return body


@contextmanager
def proxies(**upstreams: str) -> Iterator[dict[str, Proxy]]:
    """A proxy to each system, served by a thread of this process."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, name="proxies")
    thread.start()
    by_name = {name: Proxy(upstream) for name, upstream in upstreams.items()}
    servers: list[Any] = []
    try:
        for proxy in by_name.values():
            starting = asyncio.start_server(proxy.serve, "127.0.0.1", 0, limit=2**26)
            servers.append(asyncio.run_coroutine_threadsafe(starting, loop).result(10))
            proxy.origin = f"http://127.0.0.1:{servers[-1].sockets[0].getsockname()[1]}"
        yield by_name
    finally:
        asyncio.run_coroutine_threadsafe(_end(servers), loop).result(10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
        loop.close()


async def _end(servers: list[Any]) -> None:
    for server in servers:
        server.close()
    rest = asyncio.all_tasks() - {asyncio.current_task()}
    for task in rest:
        task.cancel()
    await asyncio.gather(*rest, return_exceptions=True)


def killer(pid: int) -> Callable[[], None]:
    """Kill -9, at once."""

    def kill() -> None:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)

    return kill
