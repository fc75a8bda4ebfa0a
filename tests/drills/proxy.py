"""A line between the program and one system, on which accidents happen when a test says so.

It counts the requests that pass and strikes at one of them: kills the program, cuts the line, or answers in
the system's place, before or after the system has done what was asked. The systems themselves stay whole.
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
from urllib.parse import urlsplit

Deed = Literal[
    "kill_before",  # the program dies, and the system never hears of the request
    "kill_after",  # the system has done it, and the program dies before it is answered
    "kill_answered",  # the program dies with the answer in its hands
    "cut_before",  # the line is cut before, after, or in the middle of the answer
    "cut_after",
    "cut_middle",
    "answer_before",  # another answer, without or with the effect
    "answer_after",
    "meanwhile",  # nothing befalls the request itself
]
BASES = ("/api.xro/2.0", "/rest/psohubapi/v1")
ANSWER = "HTTP/1.1 {status} Drill\r\n{headers}content-length: {length}\r\n\r\n{body}"


@dataclass(slots=True)
class Strike:
    """What befalls the `at`th write (0: any request) of those whose method and path fit."""

    do: Deed
    at: int = 0
    method: str = "*"
    path: str = "*"
    times: int = 1
    status: int = 503
    headers: dict[str, str] = field(default_factory=dict)
    body: str = ""
    first: Callable[[], None] = lambda: None  # what else happens just before

    def fits(self, method: str, path: str, number: int) -> bool:
        wanted = fnmatch.fnmatchcase(method, self.method) and fnmatch.fnmatchcase(path, self.path)
        return wanted and self.times > 0 and self.at in (0, number)

    def answer(self) -> bytes:
        headers = "".join(f"{name}: {value}\r\n" for name, value in self.headers.items())
        body = self.body.encode()
        return ANSWER.format(status=self.status, headers=headers, length=len(body), body="").encode() + body


@dataclass(slots=True)
class Line:
    """The line to one system. `victim` is the process that dies by a kill."""

    upstream: str
    origin: str = ""
    strikes: list[Strike] = field(default_factory=list)
    writes: list[str] = field(default_factory=list)  # `PUT /Invoices`, in the order of their coming
    struck: int = 0
    down: bool = False  # every new connection is closed at once
    kill: Callable[[], None] = lambda: None

    def calm(self) -> None:
        self.strikes.clear()
        self.down = False

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection of the program's, with one of our own to the system behind it."""
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
        """Let one request through, with what befalls it; whether the line still holds."""
        strike = self._noted(request)
        if strike is not None:
            await asyncio.to_thread(strike.first)
            if strike.do.endswith("_before"):
                return await self._befall(strike, b"", here)
        there.write(request)
        await there.drain()
        answer = await _message(there_reader)
        if strike is not None:
            return await self._befall(strike, answer, here)
        here.write(answer)
        await here.drain()
        return True

    def _noted(self, request: bytes) -> Strike | None:
        method, target, _ = request.split(b"\r\n", 1)[0].decode("latin-1").split(" ")
        path = target.partition("?")[0]
        for base in BASES:
            path = path.removeprefix(base)
        is_write = method != "GET" and not path.startswith("/connect/")
        if is_write:
            self.writes.append(f"{method} {path}")
        number = len(self.writes) if is_write else -1
        strike = next((one for one in self.strikes if one.fits(method, path, number)), None)
        if strike is not None:
            strike.times -= 1
            self.struck += 1
        return strike

    async def _befall(self, strike: Strike, answer: bytes, here: asyncio.StreamWriter) -> bool:
        match strike.do:
            case "kill_before" | "kill_after":
                self.kill()
            case "kill_answered":
                here.write(answer)
                await here.drain()
                self.kill()
            case "cut_middle":
                here.write(answer[: len(answer) - max(1, len(answer.partition(b"\r\n\r\n")[2]) // 2)])
                await here.drain()
            case "answer_before" | "answer_after" | "meanwhile":
                here.write(answer if strike.do == "meanwhile" else strike.answer())
                await here.drain()
                return True
        return False


async def _message(reader: asyncio.StreamReader) -> bytes:
    """One request or answer whole; nothing where the line ended between two."""
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
def lines(**upstreams: str) -> Iterator[dict[str, Line]]:
    """A line to each system, served by a thread of this process."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, name="lines")
    thread.start()
    found = {name: Line(upstream) for name, upstream in upstreams.items()}
    servers: list[Any] = []
    try:
        for line in found.values():
            starting = asyncio.start_server(line.serve, "127.0.0.1", 0, limit=2**26)
            servers.append(asyncio.run_coroutine_threadsafe(starting, loop).result(10))
            line.origin = f"http://127.0.0.1:{servers[-1].sockets[0].getsockname()[1]}"
        yield found
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
