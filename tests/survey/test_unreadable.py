"""Answers that are none: refused by default, missing on request, never in silence."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from csresearch.survey.checking.checking import check
from csresearch.survey.reading import read
from csresearch.survey.sample import Sample
from csresearch.survey.study_file.loading import load_study

STUDY = """
schema = 1
title = "Kiosk"
[data]
file = "k.csv"
missing = "pairwise"
MORE
[scales]
rating = { ends = [1, 10], missing = { 97 = "not_used" } }
like = { options = ["no", "so-so", "yes"] }
[items]
Q1 = { en = "Speed", scale = "rating" }
Q2 = { en = "Price", scale = "rating" }
L1 = { en = "Again?", scale = "like" }
"""
FRAME = pd.DataFrame({"Q1": ["7", "11", "good", "97", "3"], "Q2": [*"56789"], "L1": ["yes", "2", "2.5", "no", "4"]})


@pytest.fixture
def sample(tmp_path: Path) -> Callable[..., Sample]:
    def made(more: str = 'unreadable = "missing"', frame: pd.DataFrame = FRAME) -> Sample:
        (tmp_path / "study.toml").write_text(STUDY.replace("MORE", more), encoding="utf-8")
        frame.to_csv(tmp_path / "k.csv", index=False)
        return read(load_study(tmp_path))

    return made


def test_what_is_no_answer_stops_by_default(sample: Callable[..., Sample]) -> None:
    found = check(sample(""))
    stops = found.table[found.table["severity"] == "stop"]["where"].tolist()
    assert not found.passed
    assert stops.count("Q1") == 2
    assert stops.count("L1") == 1


def test_it_becomes_missing_on_request_and_is_counted(sample: Callable[..., Sample]) -> None:
    read_ = sample()
    np.testing.assert_array_equal(read_.answers["Q1"], [7, np.nan, np.nan, np.nan, 3])
    np.testing.assert_array_equal(read_.answers["L1"], [3, 2, np.nan, 1, np.nan])
    assert read_.kinds["Q1"].astype(object).fillna("").tolist() == ["", "unreadable", "unreadable", "not_used", ""]
    assert read_.raw["Q1"].tolist() == FRAME["Q1"].tolist()
    found = check(read_)
    assert found.passed
    counted = found.table[found.table["severity"] == "screened"]
    assert dict(zip(counted["where"], counted["n"], strict=True)) == {"Q1": 2, "L1": 2, "[data] missing": 5}
    assert not counted["found"].str.contains("good").any()


def test_a_faultless_file_is_not_touched(sample: Callable[..., Sample]) -> None:
    plain = sample(frame=FRAME.assign(Q1=list("12345"), L1="yes"))
    assert plain.kinds.keys() & {"Q1", "L1"} == set()
