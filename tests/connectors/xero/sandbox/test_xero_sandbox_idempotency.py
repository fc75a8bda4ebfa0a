"""Idempotency-Key (connectors/xero/API.md, 4)."""

from tests.connectors.xero.sandbox.xero_sandbox_kit import Messages, OpenXero, Xero


def names(xero: Xero) -> list[str]:
    return [contact["Name"] for contact in xero.get("/Contacts").json()["Contacts"]]


def test_replay_is_the_first_answer_word_for_word(xero: Xero) -> None:
    first, second = (xero.put("/Contacts", {"Name": "Acme"}, key="k") for _ in range(2))
    assert second.content == first.content
    assert names(xero) == ["Acme"]


def test_refusal_is_replayed_even_when_its_cause_is_gone(xero: Xero, said: Messages) -> None:
    acme = xero.contact()
    first = xero.put("/Contacts", {"Name": "Acme"}, key="k")
    assert first.status_code == 400
    xero.post(f"/Contacts/{acme}", {"Name": "Another"})
    second = xero.put("/Contacts", {"Name": "Acme"}, key="k")
    assert (second.status_code, second.content) == (400, first.content)
    assert xero.put("/Contacts", {"Name": "Acme"}, key="k2").status_code == 200


def test_partly_refused_batch_is_replayed_as_it_was(xero: Xero) -> None:
    body = {"Contacts": [{"Name": "Acme"}, {"Name": "Acme"}]}
    first, second = (xero.put("/Contacts", body, key="k", summarizeErrors="false") for _ in range(2))
    assert (second.status_code, second.content) == (200, first.content)


def test_not_found_of_a_write_is_replayed(xero: Xero) -> None:
    first, second = (xero.post("/Invoices/INV-0001", {"Reference": "x"}, key="k") for _ in range(2))
    assert first.status_code == second.status_code == 404


def test_key_of_another_body_is_refused_and_writes_nothing(xero: Xero) -> None:
    xero.put("/Contacts", {"Name": "Acme"}, key="k")
    answer = xero.put("/Contacts", {"Name": "Other"}, key="k")
    assert answer.status_code == 400
    assert answer.json()["Message"] == "Idempotency Key: k is used with a different request."
    assert names(xero) == ["Acme"]


def test_key_collides_across_methods_and_addresses(xero: Xero) -> None:
    body = {"Name": "Acme"}
    xero.put("/Contacts", body, key="k")
    assert xero.post("/Contacts", body, key="k").status_code == 400
    assert xero.put("/Contacts", body, key="k", summarizeErrors="false").status_code == 400
    assert xero.put("/Invoices", body, key="k").json()["Message"].startswith("Idempotency Key: k")


def test_key_is_forgotten_after_six_minutes_and_not_prolonged_by_use(xero: Xero, said: Messages) -> None:
    xero.put("/Contacts", {"Name": "Acme"}, key="k")
    xero.advance(350)
    assert xero.put("/Contacts", {"Name": "Acme"}, key="k").status_code == 200
    xero.advance(20)
    assert xero.put("/Contacts", {"Name": "Acme"}, key="k").status_code == 400


def test_time_of_keeping_is_an_option(open_xero: OpenXero) -> None:
    xero = open_xero(idempotency_seconds=10)
    xero.put("/Contacts", {"Name": "Acme"}, key="k")
    xero.advance(11)
    assert xero.put("/Contacts", {"Name": "Other"}, key="k").status_code == 200


def test_key_of_129_characters_is_refused(xero: Xero) -> None:
    assert xero.put("/Contacts", {"Name": "Acme"}, key="k" * 128).status_code == 200
    assert xero.put("/Contacts", {"Name": "Other"}, key="k" * 129).status_code == 400
    assert names(xero) == ["Acme"]


def test_key_is_ignored_on_reads(xero: Xero) -> None:
    xero.get("/Contacts", key="k")
    xero.contact()
    assert len(xero.call("GET", "/Contacts", key="k").json()["Contacts"]) == 1


def test_without_a_key_a_repeat_makes_a_second_document(xero: Xero) -> None:
    body = xero.draft()
    ids = {xero.put("/Invoices", body).json()["Invoices"][0]["InvoiceID"] for _ in range(2)}
    assert len(ids) == 2
