"""`sync accept`: differences between the books that are all right."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from engine.cli.options import config_argument, output_option
from engine.cli.output import counted, print_json, print_text
from engine.model.errors import ConfigError

if TYPE_CHECKING:
    from engine.ledger import Ledger
    from engine.model.drift import Acceptance, Drifted


@click.command("accept")
@config_argument
@click.argument("addresses", nargs=-1)
@click.option("--why", default="", metavar="TEXT", help="The reason; it is shown in reports.")
@click.option("--undo", is_flag=True, help="Report the differences of ADDRESSES again.")
@output_option
def command(config: Path, addresses: tuple[str, ...], why: str, undo: bool, output: str) -> int:
    """Accept the reported differences of documents, such as an invoice that was voided on purpose.

    ADDRESSES are addresses or document numbers, of either system. What is accepted no longer counts as a
    difference until it changes again; it stays in reports. Without ADDRESSES, list what is accepted.

    \b
    sync accept configs/acme.yaml INV-2026-0007 --why "cancelled, agreed with the customer"
    sync accept configs/acme.yaml INV-2026-0007 --undo
    sync accept configs/acme.yaml
    """
    from engine.ledger import open_ledger
    from engine.workspace import current_holder, load_project

    if addresses and not undo and not why.strip():
        raise click.UsageError("--why is missing: give the reason, for those who read the reports later")
    if not addresses and (why or undo):
        raise click.UsageError("name the documents, by address or number")
    project = load_project(config)
    ledger = open_ledger(project.config.ledger, read_only=not addresses)
    try:
        if not addresses:
            return _list(project.config.name, ledger, output)
        with ledger.hold_lock(current_holder()):
            documents = list(_named(ledger.accepted.reported(), addresses, config))
            changed = [str(document.source) for document in documents]
            if undo:
                _undo(ledger, documents, config)
            else:
                for document in documents:
                    ledger.accepted.accept(document, why.strip(), current_holder())
    finally:
        ledger.close()
    if output == "json":
        print_json({"config": project.config.name, "undone" if undo else "accepted": changed})
    elif undo:
        print_text(
            f"{project.config.name}: {len(changed):,} not accepted any more; the next run reports them"
        )
    else:
        print_text(f"{project.config.name}: {counted(len(changed), 'document')} accepted until they change")
    return 0


def _named(reported: Sequence[Drifted], names: Sequence[str], config: Path) -> Iterator[Drifted]:
    """The documents with these addresses or numbers. A number that several have names none of them."""
    for name in names:
        documents = [document for document in reported if name in _names(document)]
        if len(documents) > 1:
            addresses = ", ".join(str(document.target) for document in documents)
            raise ConfigError(f'"{name}" is the number of several documents; use one of {addresses}')
        if not documents:
            raise ConfigError(
                f'no difference of "{name}" has been reported; `sync reconcile {config}` reports them all'
            )
        yield documents[0]


def _names(document: Drifted) -> set[str]:
    addresses = {str(document.source), str(document.target), document.source.key, document.target.key}
    return addresses | {document.title, document.source_title} - {""}


def _undo(ledger: Ledger, documents: Sequence[Drifted], config: Path) -> None:
    accepted = ledger.accepted.all()
    for document in documents:
        if document.target not in accepted:
            raise ConfigError(f"{document.source} is not accepted; `sync accept {config}` lists what is")
    for document in documents:
        ledger.accepted.undo(document.target)


def _list(name: str, ledger: Ledger, output: str) -> int:
    accepted = ledger.accepted.all()
    documents = [document for document in ledger.accepted.reported() if document.target in accepted]
    if output == "json":
        rows = [_row(document, accepted[document.target]) for document in documents]
        print_json({"config": name, "accepted": rows})
    elif documents:
        print_text(f"{name}: {len(documents):,} accepted\n")
        print_text("\n".join(_line(document, accepted[document.target]) for document in documents))
    else:
        print_text(f"{name}: nothing is accepted")
    return 0


def _row(document: Drifted, acceptance: Acceptance) -> dict[str, Any]:
    from engine.cli.render.report.json import acceptance_json

    return {
        "source": str(document.source),
        "target": str(document.target),
        "title": document.title,
        "source_title": document.source_title,
        "kinds": list(document.kinds),
        **acceptance_json(acceptance),
        "changed": acceptance.fingerprint != document.fingerprint,
    }


def _line(document: Drifted, acceptance: Acceptance) -> str:
    numbers = " / ".join(dict.fromkeys(filter(None, (document.source_title, document.title))))
    changed = "; changed since, so it is reported" if acceptance.fingerprint != document.fingerprint else ""
    kinds = ", ".join(document.kinds)
    return (
        f"  {numbers}  {document.source}  {kinds}: {acceptance.why} "
        f"({acceptance.who}, {acceptance.at:%Y-%m-%d}){changed}"
    )
