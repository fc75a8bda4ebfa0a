"""PSOhub, played on this machine: its documented REST API on loopback, with a believable company behind it.

Not PSOhub: it plays what public pages document (FACTS 3) and the guesses of DESIGN 4, and knows nothing of
the engine.
"""

from connectors.psohub.sandbox.app import create_app
from connectors.psohub.sandbox.options import PsohubSandboxOptions

__all__ = ["PsohubSandboxOptions", "create_app"]
