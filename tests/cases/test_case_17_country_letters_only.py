"""A country goes out with the letters that Xero accepts; an address never keeps an invoice back."""

from pathlib import Path

from tests.cases.harness import opened


def test_a_country_goes_out_in_letters(tmp_path: Path) -> None:
    with opened("17-country-letters-only", tmp_path) as case:
        planned = case.plan().json
        assert planned["held"] == []
        changed = [notice for notice in planned["notices"] if "Country: sent as" in notice]
        assert len(changed) == 3
        assert any("AMPERSAND (&)" in notice for notice in changed)
        result = case.run()
        assert (result.code, result.json["held"]) == (0, [])
        assert len(case.systems.pushed()) == 3
        countries = {
            address["Country"]
            for contact in case.systems.contacts()
            for address in contact["Addresses"]
            if address.get("Country")
        }
        assert {"Bosnia Herzegovina", "Netherlands NL", "Korea Rep"} <= countries
        assert not [notice for notice in case.run().json["notices"] if "sent as" in notice]
