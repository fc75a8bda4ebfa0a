"""Xero, played on this machine: real HTTP, API-FACTS to the letter within the endpoints that sync uses.

State is one SQLite file, so that a second run finds what the first one made. No part of `engine` is needed.
"""

from connectors.xero.sandbox.app import create_app
from connectors.xero.sandbox.options import XeroSandboxOptions

__all__ = ["XeroSandboxOptions", "create_app"]
