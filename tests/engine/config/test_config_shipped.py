"""`pack: NAME`: a folder of that name next to the config, or else the shipped pack of that name."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.config import load_config, shipped_packs
from engine.model.diagnostics import Diagnostics
from tests.engine.config.config_kit import CONFIG, PACK, lay, load

ROOT = Path(__file__).parents[3]
SHIPPED = "psohub-xero"


def named(name: str) -> str:
    return CONFIG.replace("../pack", name)


def found_with(folder: Path, name: str) -> list[tuple[str, int, int, str, str]]:
    diagnostics = Diagnostics()
    assert load_config(lay(folder, named(name)), diagnostics) is None
    return [
        (diagnostic.code, diagnostic.span.line, diagnostic.span.column, diagnostic.message, diagnostic.hint)
        for diagnostic in diagnostics
    ]


def test_the_packs_of_the_checkout_are_shipped() -> None:
    assert shipped_packs()[SHIPPED] == ROOT / "mappings" / SHIPPED


def test_a_bare_name_is_the_shipped_pack(tmp_path: Path) -> None:
    config = load_config(lay(tmp_path, named(SHIPPED)), Diagnostics())
    assert config is not None
    assert (config.pack.name, config.pack.folder) == (SHIPPED, ROOT / "mappings" / SHIPPED)


def test_a_folder_of_that_name_next_to_the_config_comes_first(tmp_path: Path) -> None:
    own = tmp_path / "configs" / SHIPPED / "pack.yaml"
    own.parent.mkdir(parents=True)
    own.write_text(PACK, encoding="utf-8")
    assert load(tmp_path, named(SHIPPED)).pack.name == "demo"


def test_a_folder_of_that_name_without_a_pack_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "configs" / SHIPPED).mkdir(parents=True)
    ((code, line, column, message, _),) = found_with(tmp_path, SHIPPED)
    assert (code, line, column) == ("C206", 2, 7)
    assert message.endswith("it has no pack.yaml")


@pytest.mark.parametrize("written", [f"../{SHIPPED}", f"./{SHIPPED}", f"{SHIPPED}/", f"packs/{SHIPPED}"])
def test_a_path_is_never_a_shipped_pack(tmp_path: Path, written: str) -> None:
    ((code, _, _, message, _),) = found_with(tmp_path, written)
    assert (code, message.startswith("no pack at ")) == ("C206", True)


@pytest.mark.parametrize(
    ("written", "hint"),
    [
        ("psohub-xeor", f'did you mean "{SHIPPED}"?'),
        ("PSOHUB-XERO", f'did you mean "{SHIPPED}"?'),
        ("exact", f"available: {SHIPPED}"),
        ('"200"', f"available: {SHIPPED}"),
    ],
)
def test_an_unknown_name_is_one_mistake_with_the_nearest_suggested(
    tmp_path: Path, written: str, hint: str
) -> None:
    said = f'no pack "{written.strip(chr(34))}": neither a folder next to this config nor an installed pack'
    assert found_with(tmp_path, written) == [("C206", 2, 7, said, hint)]


def test_a_folder_next_to_the_config_is_suggested_too(tmp_path: Path) -> None:
    own = tmp_path / "configs" / "acme-pack" / "pack.yaml"
    own.parent.mkdir(parents=True)
    own.write_text(PACK, encoding="utf-8")
    ((*_, hint),) = found_with(tmp_path, "acme-pakc")
    assert hint == 'did you mean "acme-pack"?'
