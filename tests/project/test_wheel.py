"""What is built is whole: the wheel, installed elsewhere, carries the demo studies and runs one."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from zipfile import ZipFile

import pytest

ROOT = Path(__file__).parents[2]
SCRIPT = "csresearch.exe" if os.name == "nt" else "csresearch"

pytestmark = pytest.mark.slow


def run(command: list[str], folder: Path, **variables: str) -> str:
    """Run a command in a folder and give what it printed; fail with what it complained of."""
    env = {**os.environ, **variables}
    done = subprocess.run(command, cwd=folder, env=env, capture_output=True, encoding="utf-8", check=False)
    assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dist")
    run([sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(ROOT)], folder)
    return next(folder.glob("csresearch-*.whl"))


def test_wheel_has_the_package_its_words_and_the_demo_studies(wheel: Path) -> None:
    names = set(ZipFile(wheel).namelist())
    words = {path.relative_to(ROOT).as_posix() for path in (ROOT / "csresearch/show/words").rglob("*.toml")}
    files = (path for path in (ROOT / "data").rglob("*") if path.is_file())
    studies = {f"csresearch/{path.relative_to(ROOT).as_posix()}" for path in files}
    wanted = {"csresearch/py.typed", "csresearch/__init__.pyi", *words, *studies}
    assert words
    assert studies
    assert not wanted - names
    assert {name.split("/")[0].split("-")[0] for name in names} == {"csresearch"}


def test_installed_wheel_runs_the_mobile_demo(wheel: Path, tmp_path: Path) -> None:
    site, empty = tmp_path / "site", tmp_path / "empty"
    empty.mkdir()
    install = ["pip", "install", "--quiet", "--no-deps", "--no-index", "--target", str(site), str(wheel)]
    run([sys.executable, "-m", "uv", *install], empty)
    whence = run([sys.executable, "-c", "import csresearch; print(csresearch.__file__)"], empty, PYTHONPATH=str(site))
    assert Path(whence.strip()).is_relative_to(site)

    run([str(site / "bin" / SCRIPT), "demo", "mobile"], empty, PYTHONPATH=str(site))

    written = {path.name: path.stat().st_size for path in empty.rglob("*") if path.is_file()}
    assert {"deck.pptx", "report.html", "tables.xlsx", "manifest.json"} <= set(written)
    assert min(written.values()) > 0
