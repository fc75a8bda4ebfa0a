"""Everything that one config names: `Project` is what its files say, `Workspace` is the project opened."""

from engine.workspace.project import Project, check_project, file_tables, load_project
from engine.workspace.sandboxes import sandbox_app, serving_sandbox
from engine.workspace.workspace import (
    Workspace,
    current_holder,
    open_systems,
    open_workspace,
    unopened_systems,
)

__all__ = [
    "Project",
    "Workspace",
    "check_project",
    "current_holder",
    "file_tables",
    "load_project",
    "open_systems",
    "open_workspace",
    "sandbox_app",
    "serving_sandbox",
    "unopened_systems",
]
