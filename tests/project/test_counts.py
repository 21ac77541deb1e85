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
    """Read the code cells of a notebook, without the lines that are IPython's own."""
    cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
    sources = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
    return ["\n".join(line for line in text.splitlines() if not line.startswith(("%", "!"))) for text in sources]


def test_at_most_forty_public_names() -> None:
    assert 0 < len(ALL) <= 40


def test_at_most_nine_thousand_lines() -> None:
    lines = sum(bool(line.strip()) for module in MODULES for line in module.read_text(encoding="utf-8").splitlines())
    assert 0 < lines <= 9_000


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
