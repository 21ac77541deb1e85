"""Imports run one way, and importing csresearch costs next to nothing."""

from __future__ import annotations

import os
import subprocess
import sys
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


def test_help_of_the_command_line_loads_nothing_heavy() -> None:
    """So it comes at once; how fast is measured in benchmarks/."""
    done = python("-X", "importtime", "-m", "csresearch.cli", "--help")
    assert done.returncode == 0, done.stderr
    loaded = {line.rsplit("|", 1)[-1].strip() for line in done.stderr.splitlines()}
    assert "typer" in loaded
    assert loaded & {"pydantic", *HEAVY} == set()
