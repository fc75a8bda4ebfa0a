"""The pytest plugin: mapping cases are found, mapped and compared without writing Python.

An integrator's repository gets it by installing `psosync[testing]` and naming a config:

    [tool.pytest.ini_options]
    sync_config = "configs/acme.yaml"

Every `records/<system.stream>/<case>.json` below the test folders is then a test for each mapping that reads
the stream; `pytest --snapshot-update` writes what it becomes, and a review of the diff is the test's meaning.
`pytest --mapping-coverage` names the rules and branches that no case exercises.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from engine.mapping.coverage import Coverage
    from engine.testing.cases import Case
    from engine.workspace import Project

_PROJECT: pytest.StashKey[Project] = pytest.StashKey()
_COVERAGE: pytest.StashKey[Coverage] = pytest.StashKey()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addini("sync_config", "the config whose mappings the cases in records/ are mapped by", default="")
    group = parser.getgroup("sync")
    group.addoption(
        "--mapping-coverage",
        action="store_true",
        help="name the rules, and the branches of first and when, that no mapping case exercises",
    )
    group.addoption(
        "--mapping-coverage-fail-under",
        type=float,
        metavar="PERCENT",
        help="fail where fewer of them are exercised",
    )


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

        for case in _told(lambda: cases_of(self.path, project_of(self.config))):
            yield CaseItem.from_parent(self, name=case.mapping, callobj=_check(case, self.config))


class CaseItem(pytest.Function):
    """One case. A failure is told by the diff alone: there is no Python of the reader's in it."""

    def repr_failure(  # type: ignore[override]  # as pytest's own Function narrows it
        self, excinfo: pytest.ExceptionInfo[BaseException]
    ) -> Any:
        from engine.model.errors import ConfigError

        if isinstance(excinfo.value, ConfigError):
            return _sentences(excinfo.value)
        if isinstance(excinfo.value, AssertionError):
            return f"{excinfo.value}\nIf this is meant: pytest --snapshot-update, then read the diff."
        return super().repr_failure(excinfo)


def project_of(config: pytest.Config) -> Project:
    """The project that `sync_config` names, read once. Raises ConfigError."""
    if _PROJECT not in config.stash:
        from engine.workspace import load_project

        folder = config.inipath.parent if config.inipath else config.rootpath
        config.stash[_PROJECT] = load_project(folder / config.getini("sync_config"))
    return config.stash[_PROJECT]


def _check(case: Case, config: pytest.Config) -> Callable[[Any], None]:
    def check(snapshot: Any) -> None:
        from engine.testing.cases import cover, wire_text
        from engine.testing.snapshot import WireJson

        if _wants_coverage(config):
            cover(case, project_of(config), _coverage(config))
        assert wire_text(case, project_of(config)) == snapshot.use_extension(WireJson)

    return check


def _wants_coverage(config: pytest.Config) -> bool:
    asked = config.getoption("mapping_coverage"), config.getoption("mapping_coverage_fail_under")
    return bool(config.getini("sync_config")) and asked != (False, None)


def _coverage(config: pytest.Config) -> Coverage:
    if _COVERAGE not in config.stash:
        from engine.mapping.coverage import Coverage

        config.stash[_COVERAGE] = Coverage(project_of(config).programs)
    return config.stash[_COVERAGE]


def pytest_sessionfinish(session: pytest.Session) -> None:
    least = session.config.getoption("mapping_coverage_fail_under")
    if not _wants_coverage(session.config) or least is None or session.exitstatus:
        return
    if _percent(_coverage(session.config)) < least:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    if not _wants_coverage(config):
        return
    coverage, write = _coverage(config), terminalreporter.write_line
    total, missing = len(coverage.points), coverage.missing
    terminalreporter.section("mapping coverage")
    for point in missing:
        write(str(point))
    write(f"{total - len(missing)} of {total} rules and branches exercised, {_percent(coverage):.0f} %")


def _percent(coverage: Coverage) -> float:
    total = len(coverage.points)
    return 100.0 * (total - len(coverage.missing)) / total if total else 100.0


def _told(found: Callable[[], list[Case]]) -> list[Case]:
    from engine.model.errors import ConfigError

    try:
        return found()
    except ConfigError as error:
        raise pytest.Collector.CollectError(_sentences(error)) from None


def _sentences(error: Any) -> str:
    return "\n".join([str(one) for one in error.diagnostics] or [str(error)])
