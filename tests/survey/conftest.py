"""A complete after-sales study, and a hand to spoil it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from csresearch.survey.study import Study
from csresearch.survey.study_file.loading import load_study

AUTOSERVICE = (Path(__file__).parent / "autoservice.toml").read_text(encoding="utf-8")

Spoil = Mapping[str, str]


def spoiled(text: str, changes: Spoil) -> str:
    """Replace lines of a study; a line that is not there is a mistake of the test."""
    for before, after in changes.items():
        assert text.count(before) == 1, f"{before!r} stands {text.count(before)} times in the study"
        text = text.replace(before, after)
    return text


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    """Write a study.toml: the after-sales study with changes, or another text."""

    def written(changes: Spoil | None = None, *, text: str = AUTOSERVICE) -> Path:
        path = tmp_path / "study.toml"
        path.write_text(spoiled(text, changes or {}), encoding="utf-8")
        return path

    return written


@pytest.fixture(scope="session")
def autoservice() -> Study:
    return load_study(Path(__file__).parent / "autoservice.toml")


@pytest.fixture(scope="session")
def respondents(autoservice: Study) -> Callable[[int], pd.DataFrame]:
    """Draw a faultless file of n respondents for the after-sales study, as text."""
    return lambda n: _drawn(autoservice, n)


def _drawn(study: Study, n: int) -> pd.DataFrame:
    random = np.random.default_rng(3)
    frame = pd.DataFrame({"id": [f"r{k}" for k in range(n)], "seconds": random.integers(200, 400, n).astype(str)})
    for column, item in study.items.items():
        low, high = (int(end) for end in item.scale.ends)
        codes = random.integers(low, high + 1, n)
        frame[column] = [item.scale.options[code - 1] for code in codes] if item.scale.options else codes.astype(str)
    cycle = {
        "age": ["18-29", "30-44", "45-59", "60+"],
        "channel": ["own_dealer", "other_dealer", "second_tier"],
        "region": ["north", "south"],
        "dealer": ["north 1", "south 1", "north 2", "south 2"],
        "language": ["zh"],
        "brand": ["Alba", "Boreal", "Corvo"],
    }
    for column, values in cycle.items():
        frame[column] = [values[k % len(values)] for k in range(n)]
    frame["wave"] = [("2025H1", "2025H2", "2026H1", "2026H2")[k * 4 // n] for k in range(n)]
    return frame
