"""Credit notes: numbers, states, changes, and elements judged one by one
(connectors/xero/API.md, 5, 6 and 9)."""

from typing import Any

import pytest

from tests.connectors.xero.sandbox.xero_sandbox_kit import MakeLine, Messages, Xero

NOT_CHANGED = "Credit Note not of valid status for modification"
NOBODY = "289662a0-7926-4145-a880-984972111223"


def test_numbers_have_a_sequence_of_their_own(xero: Xero) -> None:
    assert xero.invoice()["InvoiceNumber"] == "INV-0001"
    assert xero.credit_note()["CreditNoteNumber"] == "CN-0001"
    assert xero.credit_note(CreditNoteNumber="CN-0002")["CreditNoteNumber"] == "CN-0002"
    assert xero.credit_note(Status="DRAFT")["CreditNoteNumber"] == "CN-0003"
    assert xero.invoice(InvoiceNumber="CN-0001")["InvoiceNumber"] == "CN-0001"


def test_put_of_a_taken_number_is_refused_and_post_updates(xero: Xero, said: Messages) -> None:
    note = xero.credit_note(CreditNoteNumber="C-1")
    taken = xero.put("/CreditNotes", xero.credit(CreditNoteNumber="c-1"))
    assert said(taken) == ["Credit Note # must be unique."]
    answer = xero.post("/CreditNotes", xero.credit(CreditNoteNumber="C-1", Reference="again"))
    (changed,) = answer.json()["CreditNotes"]
    assert (changed["CreditNoteID"], changed["Reference"]) == (note["CreditNoteID"], "again")
    assert len(xero.get("/CreditNotes").json()["CreditNotes"]) == 1


def test_number_of_a_voided_one_stays_taken(xero: Xero, said: Messages) -> None:
    note = xero.credit_note(CreditNoteNumber="C-1")
    assert xero.change_credit_note(note["CreditNoteID"], Status="VOIDED").status_code == 200
    assert said(xero.post("/CreditNotes", xero.credit(CreditNoteNumber="C-1"))) == [NOT_CHANGED]


@pytest.mark.parametrize(
    ("path", "fine"),
    [
        (("DRAFT", "SUBMITTED", "DRAFT", "AUTHORISED", "VOIDED"), True),
        (("SUBMITTED", "DELETED"), True),
        (("DRAFT", "VOIDED"), False),
        (("AUTHORISED", "DRAFT"), False),
        (("AUTHORISED", "DELETED"), False),
        (("AUTHORISED", "PAID"), False),
        (("AUTHORISED", "VOIDED", "AUTHORISED"), False),
    ],
)
def test_states_are_those_of_invoices(xero: Xero, said: Messages, path: Any, fine: bool) -> None:
    key = xero.credit_note(Status=path[0])["CreditNoteID"]
    answers = [xero.change_credit_note(key, Status=status) for status in path[1:]]
    assert all(answer.status_code == 200 for answer in answers[:-1])
    if not fine:
        assert said(answers[-1]) == [NOT_CHANGED]
    assert xero.read_credit_note(key)["Status"] == (path[-1] if fine else path[-2])


def test_voided_one_has_no_credit_left(xero: Xero) -> None:
    key = xero.credit_note()["CreditNoteID"]
    xero.change_credit_note(key, Status="VOIDED")
    voided = xero.read_credit_note(key)
    assert (voided["RemainingCredit"], voided["Total"]) == (0, 121)


def test_fields_left_out_of_an_update_stand(xero: Xero) -> None:
    note = xero.credit_note(Reference="before", CurrencyCode="GBP")
    changed = xero.change_credit_note(note["CreditNoteID"], Date="2026-03-01").json()["CreditNotes"][0]
    assert (changed["Reference"], changed["CurrencyCode"]) == ("before", "GBP")
    assert changed["LineItems"] == note["LineItems"]


def test_change_moves_the_time_of_change(xero: Xero) -> None:
    note = xero.credit_note()
    xero.advance(10)
    xero.change_credit_note(note["CreditNoteID"], Reference="moved")
    assert xero.read_credit_note(note["CreditNoteID"])["UpdatedDateUTC"] > note["UpdatedDateUTC"]


def test_unknown_id_in_the_batch_is_refused_in_xeros_words_and_its_neighbours_stand(
    xero: Xero, said: Messages
) -> None:
    good = xero.credit(CreditNoteNumber="GOOD")
    bad = xero.credit(CreditNoteID=NOBODY)
    for send in (xero.post, xero.put):
        answer = send("/CreditNotes", {"CreditNotes": [bad]}, summarizeErrors="false")
        assert said(answer) == ["An existing Credit Note with the specified CreditNoteID could not be found"]
    answer = xero.post("/CreditNotes", {"CreditNotes": [bad, good]}, summarizeErrors="false")
    assert [one["StatusAttributeString"] for one in answer.json()["CreditNotes"]] == ["ERROR", "OK"]
    assert xero.post(f"/CreditNotes/{NOBODY}", {"Reference": "x"}).status_code == 404


def test_unknown_contact_refuses_the_whole_request(xero: Xero) -> None:
    body = {"CreditNotes": [xero.credit(), xero.credit(Contact={"ContactID": NOBODY})]}
    assert xero.put("/CreditNotes", body, summarizeErrors="false").status_code == 404
    assert xero.get("/CreditNotes").json()["CreditNotes"] == []


def test_archived_contact_takes_no_credit_note(xero: Xero, said: Messages) -> None:
    contact = xero.contact("Gone")
    xero.post(f"/Contacts/{contact}", {"ContactStatus": "ARCHIVED"})
    assert said(xero.put("/CreditNotes", xero.credit(Contact={"ContactID": contact}))) == [
        "The contact with the specified contact details has been archived."
        " The contact must be un-archived before creating new invoices or credit notes."
    ]


def test_elements_are_judged_one_by_one(xero: Xero, line: MakeLine) -> None:
    body = {"CreditNotes": [xero.credit(), xero.credit(LineItems=[line(AccountCode="999")])]}
    good, bad = xero.put("/CreditNotes", body, summarizeErrors="false").json()["CreditNotes"]
    assert (good["StatusAttributeString"], good["HasErrors"]) == ("OK", False)
    assert (bad["StatusAttributeString"], bad["HasErrors"]) == ("ERROR", True)
    assert bad["CreditNoteID"] == "00000000-0000-0000-0000-000000000000"
    assert bad["ValidationErrors"] == [
        {"Message": "Account code '999' is not a valid code for this document."}
    ]
    summarised = xero.put("/CreditNotes", body)
    assert (summarised.status_code, len(summarised.json()["Elements"])) == (400, 1)
    assert len(xero.get("/CreditNotes").json()["CreditNotes"]) == 2


def test_replay_makes_no_second_one(xero: Xero) -> None:
    body = {"CreditNotes": [xero.credit(), xero.credit(LineItems=[])]}
    first, again = (xero.put("/CreditNotes", body, key="k", summarizeErrors="false") for _ in range(2))
    assert again.content == first.content
    assert len(xero.get("/CreditNotes").json()["CreditNotes"]) == 1
