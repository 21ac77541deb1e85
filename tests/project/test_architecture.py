"""ARCHITECTURE.md lists every file of the package, and no other."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "csresearch"
ROW = re.compile(r"^\| `(?P<file>[\w/.-]+)` \| (?P<purpose>.+) \|$", re.MULTILINE)
IMPLIED = {"__init__.py", "py.typed"}
TRANSLATED = re.compile(r"show/words/(?!en/)\w+/")  # the rooms of the other languages are those of English


def listed() -> list[str]:
    """Read the first column of the module map."""
    text = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
    module_map = text.split("## Module map", 1)[1].split("\n## ", 1)[0]
    return [row["file"] for row in ROW.finditer(module_map)]


def existing() -> set[str]:
    """Find the files of the package; the `__init__.py` of a room is implied by the room."""
    files = (path for path in PACKAGE.rglob("*") if path.is_file() and "__pycache__" not in path.parts)
    return {path.relative_to(PACKAGE).as_posix() for path in files if path.name not in IMPLIED}


def test_every_file_is_listed() -> None:
    missing = sorted(file for file in existing() - set(listed()) if not TRANSLATED.match(file))
    lines = "\n".join(f"| `{file}` | what it is for |" for file in missing)
    assert not missing, f"add to the module map of ARCHITECTURE.md:\n{lines}"


def test_every_listed_file_exists() -> None:
    gone = sorted(set(listed()) - existing())
    assert not gone, "take out of the module map of ARCHITECTURE.md: " + ", ".join(f"`{file}`" for file in gone)


def test_no_file_is_listed_twice() -> None:
    files = listed()
    assert sorted(files) == sorted(set(files))
