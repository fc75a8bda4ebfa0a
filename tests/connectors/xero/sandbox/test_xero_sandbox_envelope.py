"""Requests, answers, errors and summarizeErrors (connectors/xero/API.md, 5 and 13)."""

import re
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.xero.sandbox.protocol.wire import dumps
from engine.sdk import loads
from tests.connectors.xero.sandbox.xero_sandbox_kit import MakeLine, OpenXero, Xero

NO_ID = "00000000-0000-0000-0000-000000000000"
UNKNOWN = "289662a0-7926-4145-a880-984972111223"


def test_answer_is_wrapped(xero: Xero) -> None:
    body = xero.get("/Invoices").json()
    assert body["Status"] == "OK"
    assert body["ProviderName"]
    assert re.fullmatch(r"/Date\(\d+\)/", body["DateTimeUTC"])
    assert "pagination" not in body
    assert body["Invoices"] == []


def test_one_bare_object_does_as_well_as_a_list(xero: Xero) -> None:
    assert xero.put("/Contacts", {"Name": "One"}).status_code == 200
    assert xero.put("/Contacts", {"Contacts": [{"Name": "Two"}, {"Name": "Three"}]}).status_code == 200
    assert len(xero.get("/Contacts").json()["Contacts"]) == 3


@pytest.mark.parametrize(
    "body", ["", "{", "[1]", '"text"', '{"Invoices": 1}', '{"Invoices": ["x"]}', '{"Total": NaN}']
)
def test_unreadable_body_is_error_14(xero: Xero, body: str) -> None:
    answer = xero.put("/Invoices", body)
    assert answer.status_code == 400
    assert (answer.json()["ErrorNumber"], answer.json()["Type"]) == (14, "PostDataInvalidException")


@pytest.mark.parametrize(
    "fields",
    [
        {"LineAmountTypes": "EXCLUSIVE"},
        {"Type": "accrec"},
        {"Status": "Draft"},
        {"Date": "31-12-2026"},
        {"DueDate": "2026-02-30"},
        {"LineItems": {"Description": "not a list"}},
        {"LineItems": [{"Description": "x", "Quantity": "many"}]},
        {"LineItems": [{"Description": "x", "UnitAmount": "1e999999"}]},
        {"LineItems": [{"Description": "x", "UnitAmount": "1_000"}]},
        {"Contact": "Acme"},
        {"SentToContact": "perhaps"},
    ],
)
def test_unreadable_member_refuses_the_whole_request(xero: Xero, fields: dict[str, Any]) -> None:
    answer = xero.put("/Invoices", {"Invoices": [xero.draft(), xero.draft(**fields)]})
    assert answer.json()["ErrorNumber"] == 14
    assert xero.get("/Invoices").json()["Invoices"] == []


@pytest.mark.parametrize("body", [{}, {"Invoices": []}, {"Invoices": [{}]}])
def test_nothing_usable_is_error_17(xero: Xero, body: dict[str, Any]) -> None:
    answer = xero.put("/Invoices", body)
    assert answer.status_code == 400
    assert (answer.json()["ErrorNumber"], answer.json()["Type"]) == (17, "NoDataProcessedException")


def test_refused_elements_alone_are_listed_and_the_good_ones_saved(xero: Xero) -> None:
    good, bad = xero.draft(Reference="good"), xero.draft(Reference="bad", LineItems=[])
    answer = xero.put("/Invoices", {"Invoices": [good, bad]})
    body = answer.json()
    assert answer.status_code == 400
    assert (body["ErrorNumber"], body["Type"]) == (10, "ValidationException")
    assert body["Message"] == "A validation exception occurred"
    (element,) = body["Elements"]
    assert element["Reference"] == "bad"
    assert element["ValidationErrors"] == [{"Message": "One or more line items must be specified"}]
    assert "StatusAttributeString" not in element
    assert [one["Reference"] for one in xero.get("/Invoices").json()["Invoices"]] == ["good"]


def test_unsummarized_answer_holds_every_element(xero: Xero) -> None:
    bodies = [xero.draft(Reference="good"), xero.draft(LineItems=[]), xero.draft(SentToContact=True)]
    answer = xero.put("/Invoices", {"Invoices": bodies}, summarizeErrors="false")
    good, bad, warned = answer.json()["Invoices"]
    assert answer.status_code == 200
    assert [one["StatusAttributeString"] for one in (good, bad, warned)] == ["OK", "ERROR", "WARNING"]
    assert [one["HasErrors"] for one in (good, bad, warned)] == [False, True, False]
    assert (bad["InvoiceID"], bad["LineItems"]) == (NO_ID, [])
    assert bad["ValidationErrors"] == [{"Message": "One or more line items must be specified"}]
    assert warned["Warnings"] == [{"Message": "Only AUTHORISED invoices may have SentToContact updated."}]
    assert warned["SentToContact"] is False


def test_refused_update_echoes_the_request_and_a_part_of_what_exists(xero: Xero) -> None:
    invoice = xero.invoice(Reference="before")
    body = {"InvoiceID": invoice["InvoiceID"], "Reference": "after", "CurrencyCode": "XXX"}
    answer = xero.post("/Invoices", body, summarizeErrors="false")
    (element,) = answer.json()["Invoices"]
    assert element["InvoiceID"] == invoice["InvoiceID"]
    assert (element["Reference"], element["CurrencyCode"]) == ("after", "XXX")
    assert not {"InvoiceNumber", "AmountDue", "AmountPaid"} & element.keys()
    assert element["LineItems"] == invoice["LineItems"]
    assert (element["Date"], element["Total"]) == (invoice["Date"], invoice["Total"])
    assert xero.read(invoice["InvoiceID"])["Reference"] == "before"


def test_order_of_an_unsummarized_answer_can_be_another(open_xero: OpenXero) -> None:
    xero = open_xero(shuffle_answers=True)
    bodies = [xero.draft(Reference=str(number)) for number in range(3)]
    shuffled = xero.put("/Invoices", {"Invoices": bodies}, summarizeErrors="false").json()["Invoices"]
    assert sorted(one["Reference"] for one in shuffled) == ["0", "1", "2"]
    assert [one["Reference"] for one in shuffled] != ["0", "1", "2"]
    plain = xero.put("/Invoices", {"Invoices": bodies}).json()["Invoices"]
    assert [one["Reference"] for one in plain] == ["0", "1", "2"]


@pytest.mark.parametrize("fields", [{"Contact": {"ContactID": UNKNOWN}}, {"InvoiceID": UNKNOWN}])
def test_unknown_id_in_a_write_is_404_for_all_of_it(xero: Xero, fields: dict[str, Any]) -> None:
    bodies = [xero.draft(), xero.draft(**fields)]
    answer = xero.put("/Invoices", {"Invoices": bodies}, summarizeErrors="false")
    assert (answer.status_code, answer.content) == (404, b"")
    assert "json" not in answer.headers["content-type"]
    assert xero.get("/Invoices").json()["Invoices"] == []


@pytest.mark.parametrize(
    "path", ["/Invoices/INV-9999", f"/Contacts/{UNKNOWN}", f"/Payments/{UNKNOWN}", "/TaxRates/NOPE"]
)
def test_unknown_record_is_404_without_json(xero: Xero, path: str) -> None:
    answer = xero.get(path)
    assert (answer.status_code, answer.content) == (404, b"")
    assert answer.headers["content-type"].startswith("text/html")


def test_unknown_address_is_404_in_text(xero: Xero) -> None:
    answer = xero.get("/Unicorns")
    assert (answer.status_code, answer.text) == (404, "The resource you're looking for cannot be found")


def test_query_too_long_is_404_as_with_55_ids(xero: Xero) -> None:
    few, many = (",".join([UNKNOWN] * count) for count in (50, 60))
    assert xero.get("/Invoices", IDs=few).status_code in {200, 404}
    assert xero.get(f"/Invoices?IDs={few}").status_code == 200
    assert xero.get(f"/Invoices?IDs={many}").status_code == 404


def test_method_that_is_not_there_is_501(xero: Xero) -> None:
    answer = xero.call("DELETE", "/Invoices")
    assert answer.status_code == 501
    assert (answer.json()["ErrorNumber"], answer.json()["Type"]) == (20, "ApiMethodNotImplementedException")


def test_forgotten_accept_header_gets_xml_and_no_effect(xero: Xero) -> None:
    answer = xero.put("/Contacts", {"Name": "Acme"}, headers={"Accept": "*/*"})
    assert answer.status_code == 501
    assert answer.text.startswith("<ApiException>")
    assert answer.headers["content-type"].startswith("text/xml")
    assert xero.get("/Contacts").json()["Contacts"] == []


def test_body_beyond_the_limit_is_refused(open_xero: OpenXero) -> None:
    xero = open_xero(request_bytes=1000)
    assert xero.put("/Contacts", {"Name": "x" * 1000}).status_code == 413


def test_body_of_another_kind_is_error_14(xero: Xero) -> None:
    answer = xero.put(
        "/Contacts", '{"Name": "Acme"}', headers={"Content-Type": "application/x-www-form-urlencoded"}
    )
    assert answer.json()["ErrorNumber"] == 14


def test_id_of_zeros_names_nothing(xero: Xero) -> None:
    body = {**xero.draft(Contact={"ContactID": NO_ID, "Name": "New"}), "InvoiceID": NO_ID}
    assert xero.put("/Invoices", body).status_code == 200


def test_path_is_read_without_regard_to_case(xero: Xero) -> None:
    assert xero.get("/invoices").status_code == 200


def test_numbers_are_written_without_trailing_zeros_and_never_bare(xero: Xero, line: MakeLine) -> None:
    text = xero.put("/Invoices", xero.approved(LineItems=[line(UnitAmount="24.150")])).text
    assert '"UnitAmount":24.15,' in text
    assert '"Quantity":1.0,' in text
    assert '"AmountPaid":0.0,' in text


@given(st.decimals(allow_nan=False, allow_infinity=False, places=4, min_value=-(10**12), max_value=10**12))
def test_decimals_pass_the_wire_unharmed(value: Any) -> None:
    text = dumps(value)
    assert loads(text) == value
    assert isinstance(loads(text), Decimal)


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    )
)
def test_json_passes_the_wire_unharmed(value: Any) -> None:
    assert loads(dumps(value)) == value


@pytest.mark.parametrize("char", ["\x00", "\x0b", "\x02", "\x7f", "\ufffe"])
def test_a_control_character_refuses_the_whole_request(xero: Xero, char: str) -> None:
    bad = xero.draft(LineItems=[{"Description": f"first{char}second"}])
    answer = xero.put("/Invoices", {"Invoices": [xero.draft(), bad]})
    assert (answer.status_code, answer.json()["ErrorNumber"]) == (400, 14)
    assert f"hexadecimal value 0x{ord(char):02X}, is an invalid character" in answer.json()["Message"]
    assert xero.get("/Invoices").json()["Invoices"] == []
