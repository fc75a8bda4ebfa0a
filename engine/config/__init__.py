"""Configs and packs: the files that say what is synced with what. Files only; no network, no secrets."""

from engine.config.config import Config, SystemPart, load_config
from engine.config.pack import Pack, shipped_packs
from engine.config.settings import Setting, read_some_settings
from engine.config.tables import Table

__all__ = [
    "Config",
    "Pack",
    "Setting",
    "SystemPart",
    "Table",
    "load_config",
    "read_some_settings",
    "shipped_packs",
]
