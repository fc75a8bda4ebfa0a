"""How the code is built: sizes of files and functions, and how its folders depend on each other.

`python -m tests.bench structure` measures this tree; `engine/README.md` keeps the figures of both layouts.
"""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from statistics import median, quantiles
from typing import Any

ROOT = Path(__file__).parents[2]


def measure() -> Iterator[dict[str, Any]]:
    modules = {_name(path): path for top in ("engine", "connectors") for path in (ROOT / top).rglob("*.py")}
    trees = {name: ast.parse(path.read_text("utf-8")) for name, path in modules.items()}
    imports = {name: _imports(tree, set(modules)) - {name} for name, tree in trees.items()}
    folders = {name: path.parent for name, path in modules.items()}
    sizes = sorted(size for tree in trees.values() for size in _function_sizes(tree))
    yield {
        "bench": "structure",
        "files": len(modules),
        "lines": sum(len(path.read_text("utf-8").splitlines()) for path in modules.values()),
        "folders": len({*folders.values()}),
        "files_in_the_largest_folder": max(Counter(folders.values()).values()),
        "functions": len(sizes),
        "lines_of_a_function_median": median(sizes),
        "lines_of_a_function_p90": quantiles(sizes, n=10)[-1],
        "lines_of_the_largest_function": sizes[-1],
        "longest_import_chain": _longest_chain(imports),
        "arrows_between_folders": len(
            {
                (folders[name], folders[other])
                for name, others in imports.items()
                for other in others
                if folders[name] != folders[other]
            }
        ),
    }


def _name(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def _imports(tree: ast.AST, modules: set[str]) -> set[str]:
    """The modules that this one imports, in functions and for types too."""
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            attributes = {f"{node.module}.{alias.name}" for alias in node.names}
            names |= (attributes & modules) or {node.module}
    return names & modules


def _function_sizes(tree: ast.AST) -> Iterator[int]:
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield (node.end_lineno or node.lineno) - node.lineno + 1


def _longest_chain(imports: dict[str, set[str]]) -> int:
    under_way: set[str] = set()

    @cache
    def length(name: str) -> int:
        under_way.add(name)
        # Two modules that import each other, one of them for types only, count once.
        following = [length(other) for other in sorted(imports[name]) if other not in under_way]
        under_way.discard(name)
        return 1 + max(following, default=0)

    return max(map(length, sorted(imports)))
