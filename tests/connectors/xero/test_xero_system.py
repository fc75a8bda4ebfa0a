"""The connector against the sandbox: what is written, refused, mailed, checked and limited."""

from __future__ import annotations

import dataclasses
import threading
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from connectors.xero import connector
from engine.sdk import Context, InDoubtError, Record, SignInError, System, UnavailableError
from tests.connectors.xero.bodies_kit import invoice
from tests.connectors.xero.xero_kit import Books, batch

BARE = {"Organisations": [{"OrganisationID": "1", "Name": "Bare", "BaseCurrency": "NZD"}]}


def test_shuffled_batch_gives_each_its_own_receipt(xero: System, customer: str) -> None:
    bodies = [invoice(customer, f"S{at}", line={"UnitAmount": Decimal(at + 1)}) for at in range(12)]
    bodies[5]["LineItems"][0]["AccountCode"] = "999"
    receipts = xero.target.write(batch("invoices", "create", bodies))
    assert [one.outcome for one in receipts] == ["done"] * 5 + ["refused"] + ["done"] * 6
    assert receipts[5].reason == "Account code '999' is not a valid code for this document."
    for body, receipt in zip(bodies, receipts, strict=True):
        if receipt.outcome == "done":
            assert receipt.observed["Reference"] == body["Reference"]
            assert xero.books.totals("invoices", body) == {
                name: receipt.observed[name] for name in ("SubTotal", "TotalTax", "Total")
            }


def test_written_invoice_is_read_and_found_as_it_was_sent(xero: System, customer: str) -> None:
    (receipt,) = xero.target.write(batch("invoices", "create", [invoice(customer, "W1")]))
    (found,) = [
        one for one in xero.source.read("invoices", keys=[receipt.target_id or ""]) if isinstance(one, Record)
    ]
    assert found.address.key == receipt.target_id
    assert found.values["Date"] == date(2026, 11, 2)
    assert found.values["LineItems"][0]["UnitAmount"] == Decimal("10.0025")
    rule = {"Reference": "W1", "Contact.ContactID": customer, "Date": "2026-11-02"}
    assert [one.address for one in xero.target.find("invoices", [rule])[0]] == [found.address]
    assert xero.target.find("invoices", [{**rule, "Date": "2026-11-03"}]) == [[]]


def test_voided_invoices_are_not_found_but_read(xero: System, customer: str) -> None:
    (made,) = xero.target.write(batch("invoices", "create", [invoice(customer, "V1")]))
    (voided,) = xero.target.write(batch("invoices", "update", [{"Status": "VOIDED"}], [made.target_id or ""]))
    assert (voided.outcome, voided.target_id, voided.observed["Status"]) == ("done", made.target_id, "VOIDED")
    assert xero.target.find("invoices", [{"Reference": "V1"}]) == [[]]
    standing = xero.books.standing("invoices", voided.observed)
    assert standing is not None
    assert standing.state == "voided"


def test_same_batch_sent_again_is_answered_and_not_done_twice(xero: System, customer: str) -> None:
    twice = batch("invoices", "create", [invoice(customer, "T1"), invoice(customer, "T2")])
    first, again = xero.target.write(twice), xero.target.write(twice)
    assert [one.target_id for one in first] == [one.target_id for one in again]
    assert len(xero.target.find("invoices", [{"Reference": "T1"}])[0]) == 1


def test_lost_answer_is_asked_for_again_under_the_same_key(books: Books, xero: System, customer: str) -> None:
    books.fault("drop_after", "/Invoices")
    books.requests()
    (receipt,) = xero.target.write(batch("invoices", "create", [invoice(customer, "L1")]))
    assert receipt.outcome == "done"
    sent = [one for one in books.requests() if one["method"] == "PUT"]
    assert len(sent) == 2
    assert len({one["idempotency_key"] for one in sent}) == 1
    assert len(xero.target.find("invoices", [{"Reference": "L1"}])[0]) == 1


def test_key_used_for_another_request_leaves_doubt(xero: System, customer: str) -> None:
    one = batch("invoices", "create", [invoice(customer, "K1")])
    xero.target.write(one)
    other = dataclasses.replace(batch("invoices", "create", [invoice(customer, "K2")]), key=one.key)
    with pytest.raises(InDoubtError, match="is used with a different request"):
        xero.target.write(other)


def test_batch_of_an_earlier_run_is_not_repeated_after_its_key_is_gone(
    books: Books, xero: System, customer: str
) -> None:
    books.requests()
    books.fault("status", "/Invoices")
    begun = datetime.now(UTC) - timedelta(seconds=349.85)
    early = dataclasses.replace(batch("invoices", "create", [invoice(customer, "E1")]), begun=begun)
    with pytest.raises(InDoubtError, match="its idempotency key has expired"):
        xero.target.write(early)
    assert len([one for one in books.requests() if one["method"] == "PUT"]) == 1


def test_unknown_id_refuses_the_whole_request(xero: System, customer: str) -> None:
    nobody = "11111111-2222-3333-4444-555555555555"
    receipts = xero.target.write(
        batch("invoices", "create", [invoice(customer, "U1"), invoice(nobody, "U2")])
    )
    assert {(one.outcome, one.code) for one in receipts} == {("refused", "xero.request")}


def test_unreadable_body_is_refused_in_xeros_words(xero: System, customer: str) -> None:
    bad = invoice(customer, "B1", Date="the day after")
    (receipt,) = xero.target.write(batch("invoices", "create", [bad]))
    assert (receipt.outcome, receipt.code) == ("refused", "xero.request")
    assert receipt.reason


def test_taken_number_is_refused_and_never_overwritten(xero: System, customer: str) -> None:
    numbered = invoice(customer, "N1", InvoiceNumber="OWN-1")
    (made,) = xero.target.write(batch("invoices", "create", [numbered]))
    (again,) = xero.target.write(batch("invoices", "create", [{**numbered, "Reference": "N2"}]))
    assert made.outcome == "done"
    assert (again.outcome, again.reason) == ("refused", "Invoice # must be unique.")


def test_email_goes_out_once_and_is_told_by_the_invoice(books: Books, xero: System, customer: str) -> None:
    made, silent = xero.target.write(
        batch("invoices", "create", [invoice(customer, "M1"), invoice(customer, "M2", Status="DRAFT")])
    )
    assert made.target_id
    assert silent.target_id
    mail = batch("invoices", "email", [{}], [made.target_id])
    books.fault("drop_after", "/Invoices/*/Email", "POST")
    assert [one.outcome for one in xero.actions.act(mail)] == ["done"]
    assert len([one for one in books.emails() if one["invoice_id"] == made.target_id]) == 1
    assert xero.actions.acted("invoices", "email", made.target_id, {}) is True
    assert xero.actions.acted("invoices", "email", silent.target_id, {}) is False
    (refused,) = xero.actions.act(batch("invoices", "email", [{}], [silent.target_id]))
    assert (refused.outcome, refused.code) == ("waiting", "xero.email_status")
    assert refused.reason


def test_changes_are_read_since_and_nothing_new_is_empty(books: Books, xero: System, customer: str) -> None:
    (made,) = xero.target.write(batch("invoices", "create", [invoice(customer, "C1")]))
    since = datetime.now(UTC)
    found = [one for one in xero.source.read("invoices", since=since) if isinstance(one, Record)]
    assert made.target_id in {one.address.key for one in found}
    assert all(one.changed is not None for one in found)
    assert list(xero.source.read("invoices", since=since + timedelta(hours=1))) == []


def test_reference_streams_are_read_once(books: Books, xero: System) -> None:
    books.requests()
    for _ in range(2):
        accounts = [one for one in xero.source.read("accounts") if isinstance(one, Record)]
        tracking = [one for one in xero.source.read("tracking") if isinstance(one, Record)]
    xero.books.totals("invoices", {"LineItems": [{"UnitAmount": 1, "AccountCode": "200"}]})
    assert {one.values["Code"] for one in accounts} >= {"200"}
    assert all({"Name", "Option", "TrackingOptionID"} <= one.values.keys() for one in tracking)
    paths = [one["path"].rpartition("/")[2] for one in books.requests()]
    assert sorted(paths) == ["Accounts", "TaxRates", "TrackingCategories", "token"]


def test_preflight_names_every_cause_and_the_nearest_value(books: Books, xero: System, customer: str) -> None:
    (gone,) = xero.target.write(batch("contacts", "create", [{"Name": "Archived Ltd"}]))
    assert gone.target_id
    xero.target.write(batch("contacts", "update", [{"ContactStatus": "ARCHIVED"}], [gone.target_id]))
    rows = {
        one.values.get("SystemAccount", one.values["Type"]): one.values
        for one in xero.source.read("accounts")
        if isinstance(one, Record)
    }
    tracked = {"Tracking": [{"Name": "Region", "Option": "Nort"}]}
    bodies = [
        invoice(customer, "P0"),
        invoice(customer, "P1", line={"AccountCode": "20"}),
        invoice(customer, "P2", line={"AccountCode": rows["BANK"]["Code"]}),
        invoice(customer, "P3", line={"AccountCode": rows["DEBTORS"]["Code"]}),
        invoice(customer, "P4", line={"TaxType": "OUTPUT3"}),
        invoice(customer, "P5", line={"TaxType": "INPUT2"}),
        invoice(customer, "P6", line=tracked),
        invoice(customer, "P7", CurrencyCode="JPY"),
        invoice(gone.target_id, "P8"),
        invoice(customer, "P9", line={"Quantity": -1, "UnitAmount": -10}),
        invoice(customer, "P10", Type="ACCPAY", line={"TaxType": "NONE"}),
        {"Contact": None, "LineItems": [{"Description": "x", "AccountCode": None}]},
    ]
    found = xero.target.preflight("invoices", bodies)
    codes = [[one.code for one in findings] for findings in found]
    assert codes == [
        [], ["account_unknown"], ["account_unfit"], ["account_unfit"], ["tax_unknown"], ["tax_unfit"],
        ["tracking_unknown"], ["currency_disabled"], ["contact_archived"], ["quantity_negative"],
        ["type_unfit"], [],
    ]  # fmt: skip
    assert found[1][0].suggestion.startswith("200 ")
    assert found[4][0].suggestion.startswith("OUTPUT2 ")
    assert found[6][0].suggestion == "Region: North"
    assert "Archived Ltd" in found[8][0].message


def test_tax_type_must_fit_the_account_of_its_line(xero: System, customer: str) -> None:
    bodies = [
        invoice(customer, "T0", line={"AccountCode": "310", "TaxType": "OUTPUT2"}),
        invoice(customer, "T1", line={"AccountCode": "310", "TaxType": "INPUT2"}),
        invoice(customer, "T2", line={"AccountCode": "200", "TaxType": "INPUT2"}),
    ]
    found = xero.target.preflight("invoices", bodies)
    assert [[one.code for one in findings] for findings in found] == [["tax_unfit"], [], ["tax_unfit"]]
    assert "OUTPUT2" in found[0][0].message
    assert "account 310 " in found[0][0].message
    assert found[0][0].suggestion.startswith("INPUT2 ")  # the account's own
    written = xero.target.write(batch("invoices", "create", bodies))
    assert [one.outcome for one in written] == ["refused", "done", "refused"]


def test_preflight_reads_only_what_bodies_name(books: Books, xero: System) -> None:
    books.requests()
    assert xero.target.preflight("invoices", []) == []
    assert books.requests() == []
    assert xero.target.find("contacts", [{"Name": "x"}]) == [[]]
    books.requests()
    assert xero.target.preflight("contacts", [{"Name": "x"}]) == [[]]
    assert books.requests() == []  # that nobody has the name is known from the search


def test_settled_difference_comes_out_in_xero(xero: System, customer: str) -> None:
    body = invoice(customer, "D1")
    body["LineItems"] = [
        {"Description": "x", "Quantity": 1, "UnitAmount": Decimal(one), "AccountCode": "200"}
        for one in ("25.06", "25.61", "25.63")
    ]
    has = xero.books.totals("invoices", body)
    wanted = {"SubTotal": has["SubTotal"], "Total": has["Total"] + Decimal("0.01")}
    for policy, reference in (("adjust_tax", "D2"), ("rounding_line", "D3")):
        settled = xero.books.settle_difference("invoices", {**body, "Reference": reference}, policy, wanted)
        assert settled is not None
        (receipt,) = xero.target.write(batch("invoices", "create", [settled]))
        assert receipt.outcome == "done", receipt.reason
        assert receipt.observed["Total"] == wanted["Total"]


@pytest.mark.parametrize(
    ("values", "state"),
    [
        ({"Status": "AUTHORISED"}, "open"),
        ({"Status": "AUTHORISED", "AmountPaid": Decimal(4)}, "part_paid"),
        ({"Status": "PAID", "AmountPaid": Decimal(10), "AmountCredited": 0}, "paid"),
        ({"Status": "PAID", "AmountPaid": Decimal("0.0"), "AmountCredited": Decimal(10)}, "credited"),
        ({"Status": "PAID", "AmountPaid": Decimal(10), "AmountDue": Decimal("0.0")}, "paid"),
        ({"Status": "PAID", "AmountPaid": Decimal(9), "AmountDue": Decimal(1)}, "part_paid"),
        ({"Status": "DELETED"}, "deleted"),
    ],
)
def test_standing_tells_money_from_credit(xero: System, values: dict[str, Any], state: str) -> None:
    found = xero.books.standing("invoices", {"Total": Decimal(10), "CurrencyCode": "EUR", **values})
    assert found is not None
    assert (str(found.state), found.currency, found.total) == (state, "EUR", Decimal(10))
    assert xero.books.standing("contacts", {"Name": "x"}) is None


def test_identity_is_the_tenant_asked_for_once(books: Books) -> None:
    xero = books.open(tenant_id=None)
    books.requests()
    assert xero.source.identity() == xero.source.identity() == books.options.tenant_id
    assert [one["path"] for one in books.requests()] == ["/connect/token", "/connections"]
    assert xero.source.check() == []
    assert xero.source.requests == 3
    xero.source.close()


def test_check_shows_xeros_own_words(books: Books) -> None:
    wrong = books.open(tenant_id="11111111-2222-3333-4444-555555555555")
    (finding,) = wrong.source.check()
    wrong.source.close()
    assert (finding.code, "AuthenticationUnsuccessful" in finding.message) == ("sign_in", True)
    locked_out = books.open(client_secret="not the secret")
    (finding,) = locked_out.source.check()
    with pytest.raises(SignInError, match="invalid_client"):
        next(locked_out.source.read("contacts"))
    locked_out.source.close()
    assert "not the secret" not in finding.message


@pytest.mark.parametrize("app", ["pkce", "web"])
def test_app_that_needs_a_person_says_so(app: str) -> None:
    settings = connector.settings.model_validate({"client_id": "x", "app": app})
    with pytest.raises(
        SignInError, match=r"needs a person to sign in with `sync connect`.*custom_connection"
    ):
        connector.open(settings, Context("xero"))


@pytest.mark.parametrize("rows", ['["a"]', "[null]", '{"a": 1}', "5"])
@pytest.mark.parametrize("path", ["Contacts", "Accounts", "Organisation"])
def test_list_of_anything_but_records_cannot_be_read(books: Books, path: str, rows: str) -> None:
    xero = books.open()
    name = "Organisations" if path == "Organisation" else path
    books.fault("status", f"/{path}", "GET", status=200, body=f'{{"Id": "x", "{name}": {rows}}}')
    with pytest.raises(UnavailableError, match=f"answer to GET {path} cannot be read"):
        list(xero.source.read(path.lower()))
    xero.source.close()


@pytest.mark.parametrize("body", ["5", '{"a": 1}', '["a"]', '[{"tenantType": "ORGANISATION"}]'])
def test_connections_that_are_none_cannot_be_read(books: Books, body: str) -> None:
    xero = books.open(tenant_id=None)
    books.fault("status", "/connections", "GET", status=200, body=body)
    with pytest.raises(UnavailableError, match="answer to GET connections cannot be read"):
        xero.source.identity()
    xero.source.close()


def test_refusal_with_odd_elements_is_told_all_the_same(books: Books, xero: System, customer: str) -> None:
    books.fault("status", "/Invoices", status=400, body='{"Message": "No good", "Elements": 5}')
    (refused,) = xero.target.write(batch("invoices", "create", [invoice(customer, "ODD")]))
    assert (refused.outcome, refused.reason) == ("refused", "No good")


def test_an_envelope_may_hold_its_list_alone(books: Books) -> None:
    books.fault("status", "/Organisation", "GET", status=200, body=BARE)
    xero = books.open()
    assert [one.values["Name"] for one in xero.source.read("organisation") if isinstance(one, Record)] == [
        "Bare"
    ]
    xero.source.close()


def test_wrong_address_is_no_empty_list(books: Books) -> None:
    wrong = books.open(api_url=f"{books.origin}/elsewhere", tenant_id="x")
    with pytest.raises(Exception, match="Xero refused GET Contacts"):
        list(wrong.source.read("contacts"))
    wrong.source.close()


def test_no_rows_may_be_told_by_the_status_of_an_answer_to_a_filter(books: Books) -> None:
    xero = books.open()
    rules = [{"Reference": "nowhere"}]
    books.fault("status", "/Invoices", "GET", status=204, body="")
    assert xero.target.find("invoices", rules) == [[]]
    books.fault("status", "/Invoices", "GET", status=404)
    books.fault("status", "/Invoices", "GET", status=404, skip=1)
    assert xero.target.find("invoices", rules) == [[]]
    xero.source.close()


def test_a_filter_that_is_answered_404_once_is_asked_again(books: Books) -> None:
    xero = books.open()
    books.fault("status", "/Invoices", "GET", status=404)
    with pytest.raises(Exception, match="Xero refused GET Invoices"):
        xero.target.find("invoices", [{"Reference": "nowhere"}])
    books.fault("status", "/Invoices", "GET", status=404, times=2)
    with pytest.raises(Exception, match="Xero refused GET Invoices"):
        xero.target.find("invoices", [{"Reference": "nowhere"}])
    xero.source.close()


def test_people_are_led_to_the_record(xero: System) -> None:
    assert xero.books.web_link("invoices", "abc") == (
        "https://go.xero.com/organisationlogin/default.aspx?shortcode=%21sbx7Q"
        "&redirecturl=/AccountsReceivable/View.aspx?InvoiceID=abc"
    )
    assert xero.books.web_link("accounts", "abc") == ""


def test_limits_are_kept_and_a_spent_minute_is_waited_out(served_with: Callable[..., Any]) -> None:
    with served_with(minute_limit=6, minute_seconds=1) as books:
        xero = books.open()
        threads = [threading.Thread(target=lambda: list(xero.source.read("contacts"))) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        answers = [one["status"] for one in books.requests()]
        xero.source.close()
    assert answers.count(200) == 9
    assert answers.count(429) <= 5
    assert any("minute limit: waiting 1 s" in one for one in books.said)


def test_spent_day_parks_the_run_with_its_end(served_with: Callable[..., Any]) -> None:
    with served_with(day_limit=2) as books:
        xero = books.open()
        list(xero.source.read("contacts"))
        list(xero.source.read("currencies"))
        for _ in range(3):
            with pytest.raises(
                UnavailableError, match=r"day limit is used up until \d{4}-\d\d-\d\d \d\d:\d\d UTC"
            ):
                list(xero.source.read("invoices"))
        assert xero.source.quotas()["day"] == "0"
        assert [one["status"] for one in books.requests()].count(429) == 1
        xero.source.close()


def test_lock_date_is_found_before_the_push(served_with: Callable[..., Any]) -> None:
    with served_with(period_lock_date="2026-06-30") as books:
        xero = books.open()
        found = xero.target.preflight(
            "invoices",
            [
                {"Date": day, "Status": "AUTHORISED", "DueDate": "2026-08-01"}
                for day in ("2026-06-30", "2026-07-01", "soon")
            ],
        )
        xero.source.close()
    assert [[one.code for one in findings] for findings in found] == [["locked_period"], [], []]
    assert "2026-06-30" in found[0][0].message
