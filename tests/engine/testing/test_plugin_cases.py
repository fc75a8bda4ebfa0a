"""The pytest plugin: cases are found, mapped and compared without a line of Python."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from engine.registry import connector_names, find_connector
from engine.testing import covering
from engine.testing.cases import cases_of
from engine.testing.project import project_of

ROOT = Path(__file__).parents[3]
INVOICE = {
    "id": "41939771881672249",
    "number": "INV-2026-0001",
    "status": "sent",
    "date": "2026-03-02",
    "currency": "EUR",
    "customer_id": "7",
    "total_ex_vat": 100.50,
    "total_inc_vat": 121.61,
    "lines": [{"name": "Advice", "amount_ex_vat": 100.50}],
}


@pytest.fixture(scope="module", autouse=True)
def _connectors() -> None:
    """Imported here: pytester forgets, and imports again, what a run inside it is the first to import."""
    for name in connector_names():
        find_connector(name)


@pytest.fixture
def repository(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> pytest.Pytester:
    """An integrator's repository: a config of the shipped pack, one case, and pytest's settings."""
    monkeypatch.delenv("PYTEST_XDIST_WORKER", raising=False)  # the run inside is not a worker's
    config = f"""\
name: acme
pack: {ROOT / "mappings" / "psohub-xero"}
systems: {{psohub: {{connector: psohub, sandbox: true}}, xero: {{connector: xero, sandbox: true}}}}
settings: {{revenue_account: "200", psohub_mails: false, native_integration: none}}
"""
    write(pytester, "acme.yaml", config)
    write(pytester, "tests/tables/accounts.json", json.dumps([{"Code": "200", "Name": "Sales"}]))
    write(pytester, "tests/records/psohub.invoices/plain.json", json.dumps(INVOICE))
    pytester.makeini("[pytest]\nsync_config = acme.yaml\n")
    return pytester


def write(pytester: pytest.Pytester, name: str, text: str) -> Path:
    path = pytester.path / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def run(pytester: pytest.Pytester, *arguments: str) -> pytest.RunResult:
    return pytester.runpytest_inprocess("-p", "no:cacheprovider", "-p", "no:hypothesispytest", *arguments)


def snapshot(pytester: pytest.Pytester, name: str = "invoices-plain") -> Path:
    return pytester.path / "tests" / "snapshots" / f"{name}.json"


def test_a_new_case_fails_until_its_snapshot_is_written(repository: pytest.Pytester) -> None:
    assert run(repository).ret == 1
    done = run(repository, "--snapshot-update")
    done.assert_outcomes(passed=2)  # one for each mapping that reads the stream
    made = json.loads(snapshot(repository).read_text(encoding="utf-8"))
    assert made["Contact"] == {"$ref": "psohub.companies/7"}
    assert '"UnitAmount": 100.50' in snapshot(repository).read_text(encoding="utf-8")
    assert run(repository).ret == 0


def test_a_changed_payload_fails_with_the_diff_and_what_to_do(repository: pytest.Pytester) -> None:
    run(repository, "--snapshot-update")
    write(repository, "tests/records/psohub.invoices/plain.json", json.dumps({**INVOICE, "currency": "USD"}))
    done = run(repository)
    assert done.ret == 1
    done.stdout.fnmatch_lines(['*"CurrencyCode": "EUR"*', '*"CurrencyCode": "USD"*'])
    done.stdout.fnmatch_lines(["*If this is intended: pytest --snapshot-update*"])
    assert "engine/testing" not in done.stdout.str()


def test_a_case_may_bring_settings_of_its_own(repository: pytest.Pytester) -> None:
    write(repository, "tests/records/psohub.invoices/plain.settings.yaml", "invoice_status: DRAFT\n")
    run(repository, "--snapshot-update")
    assert json.loads(snapshot(repository).read_text(encoding="utf-8"))["Status"] == "DRAFT"


def test_a_snapshot_whose_record_is_gone_is_unused(repository: pytest.Pytester) -> None:
    other = write(repository, "tests/records/psohub.invoices/other.json", json.dumps(INVOICE))
    run(repository, "--snapshot-update")
    other.unlink()
    assert run(repository).ret == 1
    run(repository, "--snapshot-update")
    assert not snapshot(repository, "invoices-other").exists()
    assert snapshot(repository).exists()


def test_a_snapshot_whose_mapping_is_gone_is_unused(repository: pytest.Pytester) -> None:
    run(repository, "--snapshot-update")
    write(repository, "tests/snapshots/bills-plain.json", "{}\n")  # of a mapping that had another name
    done = run(repository, "--snapshot-details")
    assert done.ret == 1
    done.stdout.fnmatch_lines(["Unused bills-plain *"])


def test_one_file_can_be_run_alone(repository: pytest.Pytester) -> None:
    write(repository, "tests/records/psohub.invoices/other.json", json.dumps(INVOICE))
    run(repository, "--snapshot-update")
    done = run(repository, "tests/records/psohub.invoices/plain.json")
    done.assert_outcomes(passed=2)  # one for each mapping that reads the stream
    assert done.ret == 0


@pytest.mark.parametrize(
    ("name", "text", "sentence"),
    [
        ("tests/records/psohub.invoices/plain.json", "{", "*plain.json is not valid JSON*"),
        (
            "tests/records/psohub.invoices/plain.json",
            '{"id": "1", "custmer_id": "7"}',
            '*psohub.invoices has no field "custmer_id"; did you mean "customer_id"*',
        ),
        (
            "tests/records/psohub.invoices/plain.json",
            '{"date": "soon"}',
            "*plain.json: date: expected a date*",
        ),
        ("tests/records/psohub.invoices/plain.settings.yaml", "due_day: 3\n", '*unknown setting "due_day"*'),
        ("tests/tables/accounts.json", "{}", "*accounts.json: expected a list of rows*"),
        ("tests/records/psohub.invoises/plain.json", "{}", "*no mapping reads a stream psohub.invoises*"),
        ("acme.yaml", "name: acme\n", '*missing key "pack"*'),
    ],
)
def test_what_is_wrong_is_told_in_a_sentence(
    repository: pytest.Pytester, name: str, text: str, sentence: str
) -> None:
    write(repository, name, text)
    done = run(repository)
    assert done.ret != 0
    done.stdout.fnmatch_lines([sentence])
    assert "Traceback" not in done.stdout.str()


def test_without_a_config_in_its_settings_the_plugin_does_nothing(pytester: pytest.Pytester) -> None:
    write(pytester, "tests/records/psohub.invoices/plain.json", json.dumps(INVOICE))
    assert run(pytester).ret == pytest.ExitCode.NO_TESTS_COLLECTED


def test_coverage_names_what_no_case_exercises(repository: pytest.Pytester) -> None:
    run(repository, "--snapshot-update")
    done = run(repository, "--mapping-coverage")
    assert done.ret == 0
    done.stdout.re_match_lines(
        [
            r".*lines\.yaml:\d+:\d+: LineItems\[\]\.AccountCode: branch 1 of 2",
            r"\d+ of \d+ rules and branches exercised, \d+ %",
        ]
    )


def test_coverage_can_be_demanded(repository: pytest.Pytester) -> None:
    run(repository, "--snapshot-update")
    assert run(repository, "--mapping-coverage-fail-under", "10").ret == 0
    done = run(repository, "--mapping-coverage-fail-under", "100")
    assert done.ret == 1
    done.stdout.fnmatch_lines(["* rules and branches exercised, * %; 100 % required"])


def test_coverage_of_files_with_mistakes_is_not_counted(repository: pytest.Pytester) -> None:
    write(repository, "acme.yaml", "name: acme\n")
    done = run(repository, "--mapping-coverage")
    done.stdout.fnmatch_lines(
        ["not counted: the files of acme.yaml have mistakes, reported with the first case"]
    )
    assert "Traceback" not in done.stdout.str() + done.stderr.str()
    (repository.path / "tests" / "records" / "psohub.invoices" / "plain.json").unlink()
    done = run(repository, "--mapping-coverage-fail-under", "50")
    assert done.ret != 0
    done.stdout.fnmatch_lines(["not counted: *"])


def test_coverage_of_no_config_is_refused(pytester: pytest.Pytester) -> None:
    done = run(pytester, "--mapping-coverage")
    assert done.ret == pytest.ExitCode.USAGE_ERROR
    done.stderr.fnmatch_lines(["*set sync_config in pytest's settings"])


def test_coverage_adds_up_what_several_processes_have_counted(repository: pytest.Pytester) -> None:
    # As pytest-xdist has it: a worker hands in what its cases exercised, and the first process tells.
    worker, first = (repository.parseconfig("--mapping-coverage") for _ in range(2))
    worker.workeroutput = {}  # type: ignore[attr-defined]  # by this xdist's workers are known
    record = repository.path / "tests" / "records" / "psohub.invoices" / "plain.json"
    for case in cases_of(record, project_of(worker)):
        covering.note(worker, project_of(worker), case)
    assert covering.send_counts(worker)
    assert not covering.send_counts(first)
    given = json.loads(json.dumps(worker.workeroutput))  # type: ignore[attr-defined]
    covering.add_counts(first, given)
    assert 0 < len(covering.counted(first).missing) < len(covering.counted(first).points)
    assert covering.counted(first).missing == covering.counted(worker).missing


def test_mistakes_of_a_mapping_are_told_once(repository: pytest.Pytester) -> None:
    write(repository, "tests/records/psohub.invoices/second.json", json.dumps(INVOICE))
    write(repository, "acme.yaml", "name: acme\n")
    told = run(repository).stdout.str()
    assert told.count('missing key "pack"') == 1
    assert told.count("the files of acme.yaml have mistakes, reported with the first case") == 1


def test_without_syrupy_it_says_what_to_install(repository: pytest.Pytester) -> None:
    done = run(repository, "-p", "no:syrupy")
    assert done.ret != 0
    done.stdout.fnmatch_lines(["*pip install syrupy"])
