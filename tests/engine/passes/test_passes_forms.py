"""Texts go out in one form; what an older version sent in another form is no change."""

from __future__ import annotations

from dataclasses import replace

from engine.planning.fingerprint import fingerprint
from tests.engine.passes.passes_kit import World, counts, held, without_write_back


def test_what_does_not_go_out_is_reported_once(world: World) -> None:
    without_write_back(world)
    world.invoice("1", note="Work\u200b in March\x02")
    report = world.push()
    assert world.one()["Note"] == "Work in March"
    (notice,) = [notice for notice in report.notices if "sent as" in notice]
    assert "Note" in notice
    assert "ZERO WIDTH SPACE, U+0002" in notice
    assert not [notice for notice in world.push().notices if "sent as" in notice]


def test_a_text_that_was_sent_in_another_form_is_not_changed(world: World) -> None:
    without_write_back(world)
    address = world.invoice("1", note="Work\u200b in March")
    world.push()
    link = world.link(address)
    older = {**link.body, "Note": "Work\u200b in March"}
    world.ledger.links.save([replace(link, body=older, fingerprint=fingerprint(older), source="", kept={})])
    report = world.push()
    assert (counts(report), held(report)) == ({"unchanged": 1}, {})
