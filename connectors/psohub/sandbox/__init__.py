"""PSOhub, simulated on this machine: its documented REST API on loopback, with a believable company.

Not PSOhub itself: it simulates what public pages document (connectors/psohub/API.md, 3), and guesses where a
page is cut off.
"""

from typing import TYPE_CHECKING, Any

from connectors.psohub.sandbox.options import PsohubSandboxOptions

if TYPE_CHECKING:
    from connectors.psohub.sandbox.app import create_app

__all__ = ["PsohubSandboxOptions", "create_app"]


def __getattr__(name: str) -> Any:
    """The app is imported when it is served, so that checking options stays cheap."""
    if name != "create_app":
        raise AttributeError(name)
    from connectors.psohub.sandbox.app import create_app

    return create_app
