"""Frozen values that every package uses. Nothing here knows a file, a network or a database."""
