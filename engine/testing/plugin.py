"""The pytest plugin: mapping cases are found, mapped and compared without writing Python.

An integrator's repository gets it by installing `psosync[testing]` and naming a config:

    [tool.pytest.ini_options]
    sync_config = "configs/acme.yaml"

Every `records/<system.stream>/<case>.json` below the test folders is then a test for each mapping that reads
the stream; `pytest --snapshot-update` writes what it becomes, and reviewing the diff is the actual test.
`pytest --mapping-coverage` names the rules and branches that no case exercises.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from engine.testing import covering
from engine.testing.project import project_of

if TYPE_CHECKING:
    from engine.testing.cases import Case
    from engine.testing.snapshot import WireJson

_EXTENSION: pytest.StashKey[type[WireJson]] = pytest.StashKey()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addini("sync_config", "the config whose mappings are applied to the cases in records/", default="")
    covering.add_options(parser)


def pytest_configure(config: pytest.Config) -> None:
    covering.check_options(config)


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    if file_path.suffix != ".json" or not parent.config.getini("sync_config"):
        return None
    from engine.testing.cases import is_record

    return CaseFile.from_parent(parent, path=file_path) if is_record(file_path) else None


class CaseFile(pytest.Module):
    """One record: a case for each mapping that reads its stream."""

    def _getobj(self) -> Any:
        from engine.testing import cases

        return cases

    def collect(self) -> Iterator[pytest.Item]:
        from engine.testing.cases import cases_of

        if not self.config.pluginmanager.hasplugin("syrupy"):
            raise self.CollectError("comparing snapshots needs the package syrupy: pip install syrupy")
        for case in _collected(lambda: cases_of(self.path, project_of(self.config))):
            yield CaseItem.from_parent(self, name=case.mapping, callobj=_check(case, self.config))


class CaseItem(pytest.Function):
    """One case. A failure shows the diff only: a case has no Python to show."""

    def repr_failure(  # type: ignore[override]  # as pytest's own Function narrows it
        self, excinfo: pytest.ExceptionInfo[BaseException]
    ) -> Any:
        from engine.model.errors import ConfigError

        if isinstance(excinfo.value, ConfigError):
            return _sentences(excinfo.value)
        if isinstance(excinfo.value, AssertionError):
            return f"{excinfo.value}\nIf this is intended: pytest --snapshot-update, then read the diff."
        return super().repr_failure(excinfo)


def _check(case: Case, config: pytest.Config) -> Callable[[Any], None]:
    def check(snapshot: Any) -> None:
        from engine.testing.cases import wire_text

        project = project_of(config)
        covering.note(config, project, case)
        assert wire_text(case, project) == snapshot.use_extension(_extension(config))

    return check


def _extension(config: pytest.Config) -> type[WireJson]:
    if _EXTENSION not in config.stash:
        from engine.testing.snapshot import wire_json

        mappings = project_of(config).programs.mappings
        config.stash[_EXTENSION] = wire_json(
            {name: str(program.source) for name, program in mappings.items() if program.source}
        )
    return config.stash[_EXTENSION]


def pytest_sessionfinish(session: pytest.Session) -> None:
    if not covering.wanted(session.config) or covering.send_counts(session.config):
        return
    if not session.exitstatus and covering.below_minimum(session.config):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """pytest-xdist: one of its workers is done."""
    if covering.wanted(node.config):
        covering.add_counts(node.config, getattr(node, "workeroutput", {}))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    if covering.wanted(config):
        covering.show(terminalreporter, config)


def _collected(collect: Callable[[], list[Case]]) -> list[Case]:
    from engine.model.errors import ConfigError

    try:
        return collect()
    except ConfigError as error:
        raise pytest.Collector.CollectError(_sentences(error)) from None


def _sentences(error: Any) -> str:
    return "\n".join([str(diagnostic) for diagnostic in error.diagnostics] or [str(error)])
