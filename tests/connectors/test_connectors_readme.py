"""connectors/README.md is true with every name: a person copies from it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

import engine.sdk
from connectors.jsonlines import connector as jsonlines
from connectors.psohub import connector as psohub
from connectors.xero import connector as xero
from engine.sdk import Connector, System
from engine.sdk.system import Actions, Books, Source, Target

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "connectors" / "README.md").read_text(encoding="utf-8")
PARTS = {"Source": Source, "Target": Target, "Actions": Actions, "Books": Books}
RECIPE = TEXT.partition("## Another system")[2].partition("## Files")[0]
CODE = [re.sub("(?m)^   ", "", block) for block in re.findall(r"```python\n(.*?)```", RECIPE, re.DOTALL)]


def test_settings_streams_and_connector_of_the_recipe_work() -> None:
    settings, bills, connector, _ = CODE
    names: dict[str, object] = {name: getattr(engine.sdk, name) for name in engine.sdk.__all__}
    names["open_ledgerly"] = lambda settings, context: System(source=None)  # type: ignore[arg-type]
    for block in (settings, bills, connector):
        exec(compile(block, "README", "exec", dont_inherit=True), names)
    made = names["connector"]
    assert isinstance(made, Connector)
    assert [stream.name for stream in made.streams] == ["bills"]
    assert made.settings.model_validate({"token": "t"}).model_dump()["api_url"].startswith("https://")


def test_parts_and_their_methods_are_those_of_the_sdk() -> None:
    rows = re.findall(r"^   \| `(\w+)` \| (.*?) \| ", RECIPE, re.MULTILINE)
    assert [name for name, _ in rows] == [*PARTS]
    for name, methods in rows:
        public = {member for member in vars(PARTS[name]) if not member.startswith("_")}
        assert set(re.findall(r"`(\w+)`", methods)) == public, name


@pytest.mark.parametrize("name", sorted(set(re.findall(r"`(\w[\w./-]*(?:/|\.py|\.md|\.toml))`", TEXT))))
def test_files_and_folders_exist(name: str) -> None:
    folders = (ROOT, ROOT / "connectors", *(ROOT / "connectors" / one for one in ("xero", "psohub")))
    sandboxes = [folder / "sandbox" for folder in folders[2:]]
    assert any((folder / name).exists() for folder in (*folders, *sandboxes))


@pytest.mark.parametrize("connector", [psohub, xero], ids=lambda connector: connector.name)
def test_each_stream_is_in_the_table(connector: Connector) -> None:
    (row,) = [line for line in TEXT.splitlines() if line.startswith(f"| `{connector.name}/` |")]
    reads = row.split(" | ")[2]
    missing = [each.name for each in connector.streams if each.name.replace("_", " ") not in reads]
    assert missing == [], f"add them to the row of {connector.name} in connectors/README.md"


def test_each_connector_is_in_the_table() -> None:
    listed = re.findall(r"^\| `(\w+)/` \|", TEXT, re.MULTILINE)
    connectors = {path.parent.name for path in ROOT.glob("connectors/*/__init__.py")}
    assert sorted(connectors ^ {*listed}) == [], "the table of connectors/README.md needs a row for each"


def test_names_of_the_sdk_exist() -> None:
    used = set(
        re.findall(r"`(?:engine\.sdk\.)?([A-Z]\w+Error|RateHeaders|TokenErrors|Secret|WebAddress)`", RECIPE)
    )
    assert used
    assert used <= {*engine.sdk.__all__}


def test_settings_of_the_files_example_are_accepted() -> None:
    section = TEXT.partition("## Files")[2]
    block = re.findall(r"```yaml\n(.*?)```", section, re.DOTALL)[0]
    system = yaml.safe_load(block)["systems"]["files"]
    assert system.pop("connector") == jsonlines.name
    (customers,) = jsonlines.configured(jsonlines.settings.model_validate(system)).streams
    assert (customers.name, customers.natural_key, customers.creates) == ("customers", ("email",), True)
