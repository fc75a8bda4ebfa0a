"""Which e-mail addresses Xero accepts."""

import pytest

from connectors.xero.rules.addresses import address_fault, valid_address
from connectors.xero.streams import CONTACTS


@pytest.mark.parametrize("text", ["a@b.nl", "first.last+tag@mail.example.co.uk", "o'neil@example.com"])
def test_valid(text: str) -> None:
    assert valid_address(text)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", "not a valid e-mail address"),
        ("a@b", "not a valid e-mail address"),
        ("a@b..nl", "not a valid e-mail address"),
        (".a@b.nl", "not a valid e-mail address"),
        ("a b@c.nl", "not a valid e-mail address"),
        ("Accounts <ar@four.example>", "not a valid e-mail address"),
        ("a@b.nl; c@d.nl", "only one e-mail address is accepted"),
        ("m\u00fcller@b.nl", "in ASCII, not contain \u00fc (LATIN SMALL LETTER U WITH DIAERESIS)"),
        ("a@" + "b" * 60 + ".example" * 40, "longer than"),
    ],
)
def test_faulty(text: str, fault: str) -> None:
    assert fault in address_fault(text)


def test_a_contact_is_sent_without_a_faulty_address() -> None:
    address = CONTACTS.stream.fields["EmailAddress"].type
    assert address.form.of("o\ufb03ce@\ufb01ne.example") == "office@fine.example"
    assert address.form.of("a@b.nl; c@d.nl") == "a@b.nl"
    assert address.form.of("a@b@c.nl") == ""
    assert address.form.why_not("a@b@c.nl") == "only one e-mail address is accepted"
