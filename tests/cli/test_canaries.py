"""No verb and no failure shows or keeps a secret: neither what it prints nor a file below its folder.

Each answer holds both secrets in all the forms of `canaries.forms`, where a system or a gateway might put
them. `sync sandbox` alone shows the token that its own sandbox takes.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.parse import unquote_plus

import pytest

from engine.cli.verbs import VERBS
from tests.cases.canaries import ENVIRONMENT, SECRET, TOKEN, assert_clean, forms
from tests.drills.proxy import Fault, Proxy, proxies
from tests.e2e.program import Program
from tests.e2e.systems import Systems, served

ALL = " ".join([*forms(TOKEN).values(), *forms(SECRET).values()])
TEXT = json.dumps(ALL)
NUMBER = "INV-2026-0001"
JSON = {"Content-Type": "application/json"}
HEADERS = (
    *(
        "Retry-After",
        "X-Rate-Limit-Problem",
        "X-MinLimit-Remaining",
        "X-DayLimit-Remaining",
        "Server",
        "Date",
    ),
    *(
        "Date",
        "Location",
        "WWW-Authenticate",
        "Xero-Correlation-Id",
        "Content-Type",
        "X-AppMinLimit-Remaining",
    ),
)
EVERY_HEADER = dict.fromkeys(HEADERS, f"{TOKEN} {SECRET}")
ERRORS = f'{{"ErrorNumber": 10, "Type": "ValidationException", "Message": {TEXT}, "Elements": '
ELEMENT = f'{{"ValidationErrors": [{{"Message": {TEXT}}}], "Warnings": [{{"Message": {TEXT}}}]}}'
BODIES = {
    "error": f'{{"error": {TEXT}}}',
    "description": f'{{"error": "invalid_client", "error_description": {TEXT}}}',
    "message": f'{{"message": {TEXT}}}',
    "nested": f'{{"error": {{"errors": [{{"detail": {TEXT}}}]}}}}',
    "list": f"[{TEXT}]",
    "text": ALL,
    "page": f"<html><title>{ALL}</title><p>{ALL}",
    "name": f'{{{TEXT}: "x"}}',
    "cut": f'{{"message": {TEXT}'[:-40],
    "number": f'{{"a": 1e{TOKEN}}}',
    "elements": f"{ERRORS}[{ELEMENT}]}}",
    "not UTF-8": ALL.encode() + b"\xff",
}
PLACES: dict[str, tuple[str, dict[str, Any]]] = {
    "sign-in": ("xero", {"path": "/connect/token"}),
    "invoices": ("psohub", {"method": "GET", "path": "/invoices*"}),
    "organisation": ("xero", {"method": "GET", "path": "/Organisation*"}),
    "list": ("xero", {"method": "GET", "path": "/Contacts*"}),
    "write": ("xero", {"method": "P*", "path": "/Contacts*"}),
    "write-back": ("psohub", {"method": "P*"}),
}
STATUSES = (200, 400, 401, 403, 404, 422, 429, 501)
# Each place with each body, each status in turn: more than 40 kinds of failure.
KINDS = [
    (place, body, STATUSES[(index + shift) % len(STATUSES)])
    for shift, place in enumerate(PLACES)
    for index, body in enumerate(BODIES)
    if (index + shift) % 2 == 0 or place in ("sign-in", "invoices")
]
EACH: dict[str, tuple[str, ...]] = {  # {} is the config
    "init": ("init", "made"),
    "check": ("check", "{}"),
    "test": ("test", "{}"),
    "plan": ("plan", "{}"),
    "run": ("run", "{}"),
    "push": ("push", "{}"),
    "reconcile": ("reconcile", "{}"),
    "map": ("map", "{}", "invoices", NUMBER),
    "explain": ("explain", "{}", NUMBER),
    "record": ("record", "{}", "psohub.invoices/1", "--folder", "records", "--tables"),
    "status": ("status", "{}"),
    "held": ("held", "{}"),
    "link": ("link", "{}", NUMBER, "xero.invoices/1"),
    "unlink": ("unlink", "{}", NUMBER),
    "accept": ("accept", "{}", NUMBER, "--why", f"it says {TOKEN}"),
    "ledger": ("ledger", "verify", "{}"),
    "sandbox": ("sandbox", "pay", "{}", NUMBER),
    "docs": ("docs", "{}"),
    "schema": ("schema", "{}", "--out", "schemas"),
}


@dataclass(frozen=True, slots=True)
class Between:
    systems: Systems
    proxies: dict[str, Proxy]

    def program(self, folder: Path) -> tuple[Program, Path]:
        psohub, xero = self.proxies["psohub"].origin, self.proxies["xero"].origin
        return Program(folder, dict(ENVIRONMENT)), self.systems.config(folder, psohub=psohub, xero=xero)

    def fail(self, place: str, **answer: Any) -> None:
        for proxy in self.proxies.values():
            proxy.clear_faults()
        system, when = PLACES[place]
        self.proxies[system].faults.append(Fault("answer_before", times=1000, **when, **answer))


@pytest.fixture(scope="module")
def between(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Between]:
    folder = tmp_path_factory.mktemp("canaries")
    psohub, xero = (
        {"invoices": 2, "customers": 2, "access_token": TOKEN},
        {"client_secret": unquote_plus(SECRET)},
    )  # as the sandbox decodes it
    with (
        served(folder, psohub=psohub, xero=xero) as systems,
        proxies(psohub=systems.psohub, xero=systems.xero) as opened,
    ):
        yield Between(systems, dict(opened))


def test_there_are_more_than_forty_kinds_of_failure() -> None:
    assert len(set(KINDS)) >= 40
    assert {place for place, _, _ in KINDS} == set(PLACES)
    assert {body for _, body, _ in KINDS} == set(BODIES)
    assert len(forms(SECRET)) == 7


@pytest.mark.parametrize(("place", "body", "status"), KINDS)
def test_no_failure_shows_a_secret(
    between: Between, tmp_path: Path, place: str, body: str, status: int
) -> None:
    sync, config = between.program(tmp_path)
    content = BODIES[body]
    between.fail(place, status=status, body=content, headers={} if body in ("text", "page") else JSON)
    assert_clean(sync("-v", "run", config), tmp_path)
    assert_clean(sync("status", config, "--output", "json"), tmp_path)


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("status", [200, 302, 401, 429, 500, 503])
def test_no_header_shows_a_secret(between: Between, tmp_path: Path, place: str, status: int) -> None:
    if status >= 500 and place != "write":
        pytest.skip("repeated for seconds, and answered in the same way as below 500")
    sync, config = between.program(tmp_path)
    between.fail(place, status=status, body="x", headers=EVERY_HEADER)
    assert_clean(sync("-v", "run", config, "--output", "json"), tmp_path)


def test_a_secret_in_business_data_is_not_sent_on(between: Between, tmp_path: Path) -> None:
    sync, config = between.program(tmp_path)
    for proxy in between.proxies.values():
        proxy.clear_faults()
    systems = between.systems
    answer = systems.http.get(
        f"{systems.psohub}/rest/psohubapi/v1/invoices?invoicestatus=sent",
        headers={"Authorization": f"Bearer {TOKEN}"},
    )
    first = json.loads(answer.text, parse_float=Decimal)[0]
    lines = [{**line, "LineDescription": f"as agreed {TOKEN}"} for line in first["InvoiceLines"]]
    # One that no other test has pushed.
    kept = {name: value for name, value in first.items() if name not in ("InvoiceID", "ExternalID")}
    new = systems.add(**kept | {"InvoiceNumber": "INV-CANARY", "InvoiceLines": lines})
    try:
        for verb in ("plan", "run"):
            result = sync(verb, config, "--output", "json")
            assert_clean(result, tmp_path)
            (held,) = (row for row in result.json["held"] if row["title"] == "INV-CANARY")
            assert held["code"] == "secret"
            assert "LineItems[0].Description contains a secret" in held["reason"]
    finally:
        systems.edit(new["InvoiceID"], InvoiceLines=first["InvoiceLines"])


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("failure", ["", "sign-in", "invoices", "list"])
def test_no_verb_shows_a_secret(between: Between, tmp_path: Path, verb: str, failure: str) -> None:
    sync, config = between.program(tmp_path)
    if failure:
        between.fail(failure, status=400, body=BODIES["message"], headers=JSON | {"X-Problem": TOKEN})
    else:
        between.fail("list", status=400, body="", query="never")
    arguments = [argument.replace("{}", str(config)) for argument in EACH[verb]]
    assert_clean(sync("-v", *arguments), tmp_path)
    if verb not in ("init", "schema"):
        assert_clean(sync(*arguments, "--output", "json"), tmp_path)
