"""A system on loopback that answers what a test tells it to."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

CUT = object()  # instead of an answer: the line is cut, after the request was taken in


@dataclass
class Seen:
    method: str
    path: str
    query: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Played:
    """`script` holds the next answers, in order; then `otherwise` answers."""

    origin: str = ""
    script: list[Any] = field(default_factory=list)
    otherwise: Callable[[Seen], Any] = lambda _: Response(b"{}", media_type="application/json")
    seen: list[Seen] = field(default_factory=list)
    hold: float = 0.0
    at_once: int = 0
    most_at_once: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    async def answer(self, request: Request) -> Response:
        seen = Seen(
            request.method,
            request.url.path,
            request.url.query,
            dict(request.headers),
            await request.body(),
        )
        with self.lock:
            self.seen.append(seen)
            self.at_once += 1
            self.most_at_once = max(self.most_at_once, self.at_once)
            found = self.script.pop(0) if self.script else self.otherwise(seen)
        if self.hold:
            await asyncio.sleep(self.hold)
        with self.lock:
            self.at_once -= 1
        if found is CUT:
            request.scope["line"].abort()
            return Response()
        assert isinstance(found, Response)
        return found

    def reset(self) -> None:
        fresh = Played()
        self.script, self.otherwise, self.seen = fresh.script, fresh.otherwise, fresh.seen
        self.hold, self.at_once, self.most_at_once = 0.0, 0, 0
