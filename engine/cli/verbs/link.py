"""`sync link`: say by hand which target record a source record is."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from engine.cli.options import config_argument, output_option
from engine.cli.output import print_json, print_text

if TYPE_CHECKING:
    from engine.passes.by_hand import Linked


@click.command("link")
@config_argument
@click.argument("address")
@click.argument("target")
@output_option
def command(config: Path, address: str, target: str, output: str) -> int:
    """Link the source record ADDRESS to the target record TARGET, whatever the match rules say.

    Each is an address, an id or a document number. The target record must exist and not be linked to another
    record. Both sides are shown, and what the next run will overwrite at the target. Nothing is sent now; the
    next run treats the record as pushed.

    \b
    sync link configs/acme.yaml INV-2026-0007 INV-0042
    sync link configs/acme.yaml psohub.companies/1407 xero.contacts/9a3b6a0e-…
    """
    from engine.cli.render.report.plan import difference_text
    from engine.cli.session import change_by_hand
    from engine.passes.by_hand import link

    name, made = change_by_hand("link", config, lambda context: link(context, address, target))
    if output == "json":
        print_json({"config": name, "linked": _linked_json(made)})
        return 0
    print_text(f"{name}: linked {made.link.address} to {made.link.target}")
    print_text(f"  {made.link.address.system}: {made.ours}")
    print_text(f"  {made.link.target.system}: {made.theirs}")
    if made.differences:
        fields = ", ".join(dict.fromkeys(difference.path for difference in made.differences))
        print_text(f"  they differ in {fields}")
    for difference in made.overwritten:
        print_text(f"  the next run changes {made.link.target.system}: {difference_text(difference)}")
    if made.differences or made.overwritten:
        print_text(f"  `sync unlink {config} {made.link.address}` undoes the link")
    for row in made.not_done:
        print_text(f"  {row.verb} is not requested: {row.reason}")
    return 0


def _linked_json(made: Linked) -> dict[str, object]:
    from engine.cli.render.report.json import difference_json, not_done_json

    return {
        "address": str(made.link.address),
        "target": str(made.link.target),
        "mapping": made.link.mapping,
        "source_side": made.ours,
        "target_side": made.theirs,
        "diff": [difference_json(difference) for difference in made.differences],
        "overwritten": [difference_json(difference) for difference in made.overwritten],
        "actions_not_done": [not_done_json(row) for row in made.not_done],
    }
