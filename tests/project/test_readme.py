"""The README's example runs as it stands, and its links lead somewhere."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def example() -> str:
    return re.findall(r"```python\n(.*?)```", README, flags=re.DOTALL)[0]


def test_the_example_has_fifteen_lines_or_fewer() -> None:
    assert len([line for line in example().splitlines() if line.strip()]) <= 15


def test_the_example_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.chdir(tmp_path)
    exec(compile(example(), "README.md", "exec"), {})
    assert (tmp_path / "build" / "readme.pptx").stat().st_size > 20_000
    assert "concentrate: Clarity of information (evidence E)" in capsys.readouterr().out


def test_links_lead_somewhere() -> None:
    links = [link for link in re.findall(r"\]\(([^)#]+)", README) if not link.startswith("http")]
    assert links
    assert [link for link in links if not (ROOT / link).exists()] == []


def test_first_questions_are_answered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "build").mkdir()
    exec(
        compile(
            "import csresearch as cs\n" + re.findall(r"```python\n(.*?)```", README, flags=re.DOTALL)[1],
            "README.md",
            "exec",
        ),
        {},
    )
    assert {path.name for path in (tmp_path / "build").iterdir()} == {"banner.xlsx", "clean.sav"}
