"""PSOhub, played on this machine: its documented REST API on loopback, with a believable company behind it.

Not PSOhub: it plays what public pages document (FACTS 3) and the guesses of DESIGN 4, and knows nothing of
the engine.
"""

from typing import TYPE_CHECKING, Any

from connectors.psohub.sandbox.options import PsohubSandboxOptions

if TYPE_CHECKING:
    from connectors.psohub.sandbox.app import create_app

__all__ = ["PsohubSandboxOptions", "create_app"]


def __getattr__(name: str) -> Any:
    """The application is imported when it is served: whoever only checks options pays nothing for it."""
    if name != "create_app":
        raise AttributeError(name)
    from connectors.psohub.sandbox.app import create_app

    return create_app
