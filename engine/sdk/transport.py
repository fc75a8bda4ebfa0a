"""One exchange over the wire: a request goes out, and its complete answer comes back, or none.

Nothing that a server does makes an exchange endless. It has one deadline, however slowly bytes come in; the
bytes are counted as they arrive and as they are unpacked; and what comes before an answer, such as
informational answers, is bounded too. `httpx` is the maintained continuation `httpx2`, imported here alone.
"""

from __future__ import annotations

import functools
import logging
import socket
import ssl
import threading
import time
import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import httpcore2 as httpcore
import httpx2 as httpx

from engine.model.redact import shortened
from engine.sdk.answer import Answer
from engine.sdk.effort import Failed, Request
from engine.sdk.packed import LAYERS, PACKINGS, unpacked
from engine.sdk.settings import LOOPBACK
from engine.sdk.surroundings import certificates, check_proxies, proxy_variable

# The library logs complete addresses, and filters in them hold names and e-mail addresses of customers.
logging.getLogger("httpx2").setLevel(logging.WARNING)

LARGEST_HEAD = 256 * 1024  # bytes before a body: the head, and the informational answers before it
MEGABYTE = 1_000_000


class ClosedError(Exception):
    """The transport was closed: nothing was sent."""


@dataclass(slots=True)
class Transport:
    """The sockets of one system. Safe to use from many threads, each with its own exchange."""

    timeout: float  # seconds for one exchange, from connecting to the last byte
    largest: int  # bytes of a body, as they arrive and unpacked
    _lock: threading.Lock = field(init=False, default_factory=threading.Lock)
    _clients: dict[tuple[bool, str], httpx.Client] = field(init=False, default_factory=dict)
    _closed: bool = field(init=False, default=False)

    def exchange(self, request: Request, headers: Mapping[str, str]) -> Answer:
        """The answer to a request. Raises Failed if there is no complete one, ClosedError after `close`."""
        client = self._client(request.url)
        _watch.start(self.timeout)
        try:
            with client.stream(
                request.method, request.url, headers=dict(headers), content=request.content
            ) as response:
                _watch.head_has_come()
                body = b"" if response.status_code == 204 else self._body(response)
        except _TooLarge as error:
            raise Failed(str(error), reached=True, final=True) from None
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError) as error:
            proxy = proxy_variable(request.url)
            why = _why_by_proxy(error, proxy) if proxy else ""
            raise Failed(why or _why(error, self.timeout), reached=False) from error
        except httpx.TransportError as error:
            raise Failed(_why(error, self.timeout), reached=True) from error
        except (httpx.DecodingError, zlib.error) as error:
            raise Failed("its answer cannot be unpacked", reached=True) from error
        return Answer(response.status_code, {k.lower(): v for k, v in response.headers.items()}, body)

    def close(self) -> None:
        """Release the sockets. May be called twice."""
        with self._lock:
            self._closed = True
            clients, self._clients = list(self._clients.values()), {}
        for client in clients:
            client.close()

    def _body(self, response: httpx.Response) -> bytes:
        layers = [name.strip().lower() for name in response.headers.get("content-encoding", "").split(",")]
        body = self._bounded(response.iter_raw())
        packed = [name for name in layers if name not in ("", "identity")]
        for name in reversed(packed):
            if name not in PACKINGS or len(packed) > LAYERS:
                raise Failed(
                    f'its answer is packed in a way that was not asked for ("{shortened(name, 20)}")',
                    reached=True,
                )
            body = self._bounded(unpacked(body, name))
        content = bytearray()
        for piece in body:
            content += piece  # many tiny pieces would take far more memory as a list
            _watch.left()  # raises once the deadline has passed, also while bytes of a buffer are unpacked
        return bytes(content)

    def _bounded(self, pieces: Iterable[bytes]) -> Iterator[bytes]:
        left = self.largest
        for piece in pieces:
            left -= len(piece)
            if left < 0:
                raise _TooLarge(f"is larger than {self.largest / MEGABYTE:g} MB (`largest_answer`)")
            yield piece

    def _client(self, url: str) -> httpx.Client:
        parts = urlsplit(url)
        local = parts.hostname in LOOPBACK
        with self._lock:
            if self._closed:
                raise ClosedError
            client = self._clients.get((local, parts.scheme))
            if client is None:
                if not local:
                    check_proxies()
                client = self._clients[local, parts.scheme] = httpx.Client(
                    verify=_ssl_context() if parts.scheme == "https" else _no_tls(),
                    trust_env=not local,  # a proxy set in the environment must not be used for loopback
                    timeout=httpx.Timeout(self.timeout, connect=min(10.0, self.timeout)),
                    # Shorter than servers keep idle connections: no write may meet one that just closed.
                    limits=httpx.Limits(max_connections=20, keepalive_expiry=4.0),
                    headers={"User-Agent": "psosync", "Accept-Encoding": "gzip, deflate"},
                    follow_redirects=False,
                )
                _watch_sockets(client)
            return client


# -- deadlines -----------------------------------------------------------------------------------------------


class _Watch(threading.local):
    """The exchange of this thread: when it has to be over, and how much its head may still bring."""

    ends = float("inf")
    head = LARGEST_HEAD
    in_head = True

    def start(self, seconds: float) -> None:
        self.ends, self.head, self.in_head = time.monotonic() + seconds, LARGEST_HEAD, True

    def head_has_come(self) -> None:
        self.in_head = False

    def left(self, timeout: float | None = None) -> float:
        """Seconds that the next step may take. Raises ReadTimeout if there are none."""
        left = self.ends - time.monotonic()
        if left <= 0:
            raise httpx.ReadTimeout("the deadline of the exchange has passed")
        return left if timeout is None else min(left, timeout)

    def count(self, size: int) -> None:
        """Bytes that have come in. Raises _TooLarge if they do not end before a body begins."""
        if self.in_head:
            self.head -= size
            if self.head < 0:
                raise _TooLarge(f"has more than {LARGEST_HEAD // 1024} KB before its body")


_watch = _Watch()


class _TooLarge(Exception):
    """The same request would be answered in the same way: it is not repeated."""


class _WatchedStream(httpcore.NetworkStream):
    """A socket whose every read ends with the exchange; the library waits again for each byte."""

    def __init__(self, stream: httpcore.NetworkStream) -> None:
        self._stream = stream

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        data = self._stream.read(max_bytes, _watch.left(timeout))
        _watch.count(len(data))
        return data

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, _watch.left(timeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        return _WatchedStream(self._stream.start_tls(ssl_context, server_hostname, _watch.left(timeout)))

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


class _WatchedSockets(httpcore.SyncBackend):
    def connect_tcp(self, *args: Any, **options: Any) -> httpcore.NetworkStream:
        options["timeout"] = _watch.left(options.get("timeout"))
        return _WatchedStream(super().connect_tcp(*args, **options))


def _watch_sockets(client: httpx.Client) -> None:
    """Put the deadline under a client, its proxies included. The library has no public way to do so."""
    for transport in (client._transport, *client._mounts.values()):
        if isinstance(transport, httpx.HTTPTransport):
            transport._pool._network_backend = _WatchedSockets()


# -- words ---------------------------------------------------------------------------------------------------


@functools.cache
def _ssl_context() -> ssl.SSLContext:
    return certificates() or httpx.create_ssl_context()  # 43 ms: once for each process


@functools.cache
def _no_tls() -> ssl.SSLContext:
    return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # has no certificate authorities, so it trusts no server


def _why_by_proxy(error: BaseException, variable: str) -> str:
    """As `_why`, of a connection to the proxy itself; empty if the system itself may be the reason."""
    proxy = f"the proxy of the environment variable {variable}"
    if isinstance(error, httpx.ProxyError):
        return f"{proxy} refused the request: {error}"
    for cause in _causes(error):
        if isinstance(cause, ConnectionRefusedError):
            return f"{proxy} refuses connections; check its address and port"
        if isinstance(cause, socket.gaierror):
            return f"the host name of {proxy} cannot be resolved; check its address"
    return ""


def _causes(error: BaseException) -> Iterator[BaseException]:
    cause: BaseException | None = error
    while cause is not None:
        yield cause
        cause = cause.__cause__ or cause.__context__


def _why(error: BaseException, timeout: float) -> str:
    """A plain reason for a failed exchange, from the innermost cause that has one."""
    for cause in _causes(error):
        match cause:
            case ConnectionRefusedError():
                return "connection refused"
            case socket.gaierror():
                return "its host name cannot be resolved"
            case ssl.SSLError():
                return f"no secure connection ({cause.reason or 'TLS failed'})"
    if isinstance(error, httpx.TimeoutException):
        return f"no {'' if _watch.in_head else 'complete '}answer within {timeout:g} s"
    if isinstance(error, httpx.ConnectError):
        return "no connection"
    return "the connection was lost"
