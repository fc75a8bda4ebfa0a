"""The project that pytest's `sync_config` names, read once; its mistakes are reported once, too."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from engine.model.errors import ConfigError

if TYPE_CHECKING:
    from engine.workspace import Project

_PROJECT: pytest.StashKey[Project | ConfigError] = pytest.StashKey()


def project_of(config: pytest.Config) -> Project:
    """The project. Raises ConfigError: at first with every mistake, then with a sentence, since a hundred
    cases need not tell the same mistakes a hundred times."""
    if _PROJECT not in config.stash:
        try:
            config.stash[_PROJECT] = _loaded(config)
        except ConfigError as error:
            message = (
                f"the files of {config.getini('sync_config')} have mistakes, reported with the first case"
            )
            config.stash[_PROJECT] = ConfigError(message) if error.diagnostics else error
            raise
    project = config.stash[_PROJECT]
    if isinstance(project, ConfigError):
        raise project
    return project


def _loaded(config: pytest.Config) -> Project:
    from engine.workspace import load_project

    folder = config.inipath.parent if config.inipath else config.rootpath
    return load_project(folder / config.getini("sync_config"))
