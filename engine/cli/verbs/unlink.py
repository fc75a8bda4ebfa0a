"""`sync unlink`: let a pushed or adopted record go, so that the next run decides about it again."""

from __future__ import annotations

from pathlib import Path

import click

from engine.cli.options import config_argument, output_option
from engine.cli.output import print_json, print_text


@click.command("unlink")
@config_argument
@click.argument("address")
@output_option
def command(config: Path, address: str, output: str) -> int:
    """Undo the link of the record ADDRESS, an address or a document number of either side.

    The next run decides about it as if it were new: it adopts what exists and agrees, or else creates the
    record, although its source says that it was pushed before. Nothing changes in the target. Use it for a
    document that was voided by mistake, or for a wrong link. An e-mail that was sent is not sent again.

    \b
    sync unlink configs/acme.yaml INV-2026-0007
    """
    from engine.cli.session import change_ledger
    from engine.passes.by_hand import unlink

    name, undone = change_ledger(
        "unlink",
        config,
        lambda project, ledger: unlink(ledger, project.programs.mappings, project.streams, address),
    )
    if output == "json":
        undone_json = {
            "address": str(undone.address),
            "target": str(undone.target),
            "mapping": undone.mapping,
        }
        print_json({"config": name, "unlinked": undone_json})
    else:
        print_text(f"{name}: {undone.address} is not linked to {undone.target} any more")
        print_text("  the next run adopts what exists and agrees with it, or creates it again")
    return 0
