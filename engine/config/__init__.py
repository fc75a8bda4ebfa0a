"""Configs and packs, read from their files: what is synced with what. No network, no secrets."""

from engine.config.choices import LiveChoice
from engine.config.config import Config, SystemConfig, load_config
from engine.config.pack import Pack, shipped_packs
from engine.config.settings import Setting, read_some_settings
from engine.config.tables import Table

__all__ = [
    "Config",
    "LiveChoice",
    "Pack",
    "Setting",
    "SystemConfig",
    "Table",
    "load_config",
    "read_some_settings",
    "shipped_packs",
]
