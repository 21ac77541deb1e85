"""Imports run one way, and importing csresearch costs next to nothing."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).parents[2]
HEAVY = ("numpy", "pandas", "scipy", "statsmodels", "matplotlib", "seaborn", "pydantic", "duckdb", "pptx")


def python(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a fresh interpreter as a user would: with bytecode."""
    variables = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
    command = [sys.executable, *arguments]
    return subprocess.run(command, cwd=ROOT, env=variables, capture_output=True, encoding="utf-8", check=False)


def test_imports_keep_the_contracts_of_pyproject() -> None:
    done = python("-c", "from importlinter.cli import lint_imports_command as lint; lint()", "--no-cache")
    assert done.returncode == 0, done.stdout + done.stderr


def test_importing_csresearch_loads_nothing_heavy() -> None:
    done = python("-c", f"import csresearch, sys; print([name for name in {HEAVY} if name in sys.modules])")
    assert done.stdout.strip() == "[]", done.stdout + done.stderr


def test_help_of_the_command_line_comes_at_once() -> None:
    seconds = []
    for _ in range(5):
        start = time.perf_counter()
        done = python("-m", "csresearch.cli", "--help")
        seconds.append(time.perf_counter() - start)
        assert done.returncode == 0, done.stderr
    assert min(seconds) < 0.6
