"""What the cases about the machine share: a config of theirs next to the shipped pack."""

from __future__ import annotations

import shutil
from pathlib import Path

from tests.cases.harness import case_folder
from tests.e2e.program import PACK


def laid(name: str, folder: Path) -> Path:
    """The config of a case in a folder of its own, with the shipped pack next to it."""
    situation = case_folder(name)
    (folder / "configs").mkdir(parents=True)
    config = folder / "configs" / "live.yaml"
    shutil.copyfile(situation / "configs" / "live.yaml", config)
    (folder / "mappings").mkdir()
    shutil.copytree(PACK, folder / "mappings" / "psohub-xero")
    return config


def settled(text: str) -> str:
    """The config with what every pack asks for by now, so that only the case's own mistake is left."""
    more = "psohub_mails: true, native_integration: none"
    return text.replace("psohub_mails: true", more).replace(
        "{connector: psohub,", "{connector: psohub, business_unit: all,"
    )


SECRETS = {
    "PSOHUB_TOKEN": "psohub-token-that-nobody-sees",
    "XERO_CLIENT_SECRET": "xero-secret-that-nobody-sees",
}
