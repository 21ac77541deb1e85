"""Small is a promise: public names, lines and notebooks are counted."""

from __future__ import annotations

import ast
import inspect
import json
from pathlib import Path

import pytest

import csresearch

ROOT = Path(__file__).parents[2]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
MODULES = sorted((ROOT / "csresearch").rglob("*.py"))
ALL: list[str] = csresearch.__all__
PUBLIC = sorted(name for name in ALL if not name.startswith("__"))


def code_cells(notebook: Path) -> list[str]:
    """Read the code cells of a notebook."""
    cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
    return ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]


def test_at_most_forty_public_names() -> None:
    assert 0 < len(ALL) <= 40


def code_lines(module: Path) -> int:
    """Count lines of code: no blank lines, no comments, no docstrings."""
    source = module.read_text(encoding="utf-8")
    documented = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    words: set[int] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, documented) and ast.get_docstring(node) is not None:
            words |= set(range(node.body[0].lineno, (node.body[0].end_lineno or 0) + 1))
    lines = enumerate(source.splitlines(), start=1)
    return sum(bool(line.strip()) and not line.strip().startswith("#") and n not in words for n, line in lines)


def test_at_most_twenty_five_thousand_lines_of_code() -> None:
    assert 0 < sum(map(code_lines, MODULES)) <= 25_000


def test_at_most_eighteen_notebooks() -> None:
    assert 0 < len(NOTEBOOKS) <= 18


@pytest.mark.parametrize("name", PUBLIC)
def test_public_name_is_documented_with_an_example(name: str) -> None:
    text = inspect.getdoc(getattr(csresearch, name)) or ""
    assert "Examples\n--------\n" in text, f"{name} needs a section Examples in its docstring"
    assert ">>> " in text.split("Examples\n--------\n")[1], f"the example of {name} shows no call"


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.stem)
def test_notebook_cells_are_short(notebook: Path) -> None:
    lengths = [len(cell.splitlines()) for cell in code_cells(notebook)]
    assert max(lengths) <= 12, f"lines of each code cell: {lengths}"


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.stem)
def test_notebook_defines_nothing(notebook: Path) -> None:
    definitions = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    nodes = (node for cell in code_cells(notebook) for node in ast.walk(ast.parse(cell)))
    assert [node.name for node in nodes if isinstance(node, definitions)] == []
