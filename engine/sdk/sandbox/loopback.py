"""Serve a sandbox on loopback."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


@contextmanager
def serving(app: Any, *, port: int = 0) -> Iterator[str]:
    """Serve an ASGI app on 127.0.0.1 from a thread of this process; yields its origin,
    `http://127.0.0.1:8701`.

    Port 0 takes a free one. Raises OSError if the port is taken, RuntimeError if the server does not start.
    """
    import uvicorn

    listener = socket.create_server(("127.0.0.1", port))
    # asyncio leaves this unset for a socket that does not name its protocol, and every answer would wait 40
    # ms for an acknowledgement. Accepted sockets inherit it.
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    config = uvicorn.Config(
        app,
        log_config=None,
        log_level="warning",  # otherwise `sync -v` would show uvicorn's own start and stop lines
        access_log=False,
        lifespan="on",
        timeout_graceful_shutdown=2,
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True, name="sandbox")
    thread.start()
    try:
        while not server.started:
            if not thread.is_alive():
                raise RuntimeError("the sandbox did not start")
            time.sleep(0.002)
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(timeout=5)
        listener.close()
