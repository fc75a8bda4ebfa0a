"""Frozen values that every room speaks in. Nothing here knows a file, a network or a database."""
