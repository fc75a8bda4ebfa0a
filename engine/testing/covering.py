"""`pytest --mapping-coverage`: what no case exercises, counted over all processes that run the cases."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from engine.model.errors import ConfigError

if TYPE_CHECKING:
    from engine.mapping.describe.coverage import Coverage
    from engine.testing.cases import Case
    from engine.workspace import Project

_COVERAGE: pytest.StashKey[Coverage] = pytest.StashKey()
_OF_A_WORKER = "sync_mapping_coverage"


def add_options(parser: pytest.Parser) -> None:
    group = parser.getgroup("sync")
    group.addoption(
        "--mapping-coverage",
        action="store_true",
        help="list the rules, and the branches of first and when, that no mapping case exercises",
    )
    group.addoption(
        "--mapping-coverage-fail-under",
        type=float,
        metavar="PERCENT",
        help="fail if fewer of them are exercised",
    )


def check_options(config: pytest.Config) -> None:
    """Fail if nothing is counted: a pipeline that requires coverage must not pass without any."""
    if wanted(config) and not config.getini("sync_config"):
        raise pytest.UsageError("--mapping-coverage needs a config: set sync_config in pytest's settings")


def wanted(config: pytest.Config) -> bool:
    options = config.getoption("mapping_coverage"), config.getoption("mapping_coverage_fail_under")
    return options != (False, None)


def note(config: pytest.Config, project: Project, case: Case) -> None:
    """Note what a case exercises, where that is asked for."""
    if wanted(config):
        from engine.testing.cases import cover

        cover(case, project, counted(config))


def send_counts(config: pytest.Config) -> bool:
    """If this process is a worker of pytest-xdist, hand its counts to the process that reports."""
    if not hasattr(config, "workeroutput"):
        return False
    if _COVERAGE in config.stash:
        seen = config.stash[_COVERAGE].points.values()
        config.workeroutput[_OF_A_WORKER] = [index for index, exercised in enumerate(seen) if exercised]
    return True


def add_counts(config: pytest.Config, output: dict[str, Any]) -> None:
    """Add what a worker has counted: it has read the same files, so its points have the same order."""
    if output.get(_OF_A_WORKER):
        points = counted(config).points
        names = list(points)
        points.update((names[index], True) for index in output[_OF_A_WORKER])


def below_minimum(config: pytest.Config) -> bool:
    """Whether less was exercised than is demanded."""
    least: float | None = config.getoption("mapping_coverage_fail_under")
    if least is None:
        return False
    try:
        return _percent(counted(config)) < least
    except ConfigError:
        return True  # the report says why nothing was counted


def show(reporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """The report, or why there is none."""
    reporter.section("mapping coverage")
    try:
        coverage = counted(config)
    except ConfigError as error:
        reporter.write_line(f"not counted: {error}")
        return
    total, missing = len(coverage.points), coverage.missing
    for point in missing:
        reporter.write_line(str(point))
    # Rounded down: 100 % is all of them.
    reached = f"{total - len(missing)} of {total} rules and branches exercised, {int(_percent(coverage))} %"
    least = config.getoption("mapping_coverage_fail_under")
    reporter.write_line(reached + (f"; {least:g} % required" if below_minimum(config) else ""))


def _percent(coverage: Coverage) -> float:
    total = len(coverage.points)
    return 100.0 * (total - len(coverage.missing)) / total if total else 100.0


def counted(config: pytest.Config) -> Coverage:
    """What is counted in this process. Raises ConfigError."""
    if _COVERAGE not in config.stash:
        from engine.mapping.describe.coverage import Coverage
        from engine.testing.project import project_of

        config.stash[_COVERAGE] = Coverage(project_of(config).programs)
    return config.stash[_COVERAGE]
