"""Screening: named rules, a log that adds up, nobody dropped, the design untouched."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from csresearch.errors import DataError
from csresearch.survey.checking.checking import check
from csresearch.survey.reading import read
from csresearch.survey.sample import Sample
from csresearch.survey.screening.careless import longest_run
from csresearch.survey.screening.screening import screen
from csresearch.survey.study_file.loading import load_study

COLUMNS = [f"Q{k}" for k in range(1, 9)]
STUDY = """
schema = 1
title = "Kiosk"
[data]
file = "answers.csv"
id = "id"
duration = "seconds"
missing = "listwise"
screening = RULES
[scales]
touch = { ends = [1, 10], missing = { 97 = "not_used", 98 = "dont_know", 99 = "refused" } }
[items]
""" + "\n".join(f'{name} = "{name}"' for name in COLUMNS)
ALL = '{ incomplete = 0.5, duplicate = "exclude", straightline = "flag", speed = 2.0 }'
PEOPLE = {  # id, wave, seconds, answers
    "fine": ("a", "1", "60", "1 2 3 4 5 6 7 8"),
    "straight": ("b", "1", "60", "9 9 9 9 9 9 9 9"),
    "broken off": ("c", "1", "60", "1 2 3 _ _ _ _ _"),
    "half is enough": ("d", "1", "60", "1 2 3 4 _ _ _ _"),
    "unused do not count": ("e", "1", "60", "1 2 97 97 97 97 _ _"),
    "knows nothing but says so": ("f", "1", "60", "98 98 98 98 98 1 2 3"),
    "refuses": ("g", "1", "60", "99 99 99 99 99 1 2 3"),
    "twice": ("a", "1", "60", "8 7 6 5 4 3 2 1"),
    "twice, broken off": ("d", "1", "60", "1 _ _ _ _ _ _ _"),
    "same id, next wave": ("a", "2", "60", "1 2 3 4 5 6 7 9"),
    "broken off fast": ("k", "1", "1", "1 2 3 _ _ _ _ _"),
    "fast": ("h", "1", "15.9", "1 2 3 4 5 6 7 8"),
    "just in time": ("i", "1", "16", "1 2 3 4 5 6 7 8"),
    "no time": ("j", "1", "", "1 2 3 4 5 6 7 8"),
    "no id": ("", "1", "60", "1 2 3 4 5 6 7 8"),
    "no id either": ("", "1", "60", "2 2 3 4 5 6 7 8"),
}


@pytest.fixture
def sample(tmp_path: Path) -> Callable[..., Sample]:
    def made(rules: str = ALL, *, groups: str = "[groups]\nwave = { column = 'wave' }") -> Sample:
        (tmp_path / "study.toml").write_text(f"{STUDY.replace('RULES', rules)}\n{groups}\n", encoding="utf-8")
        rows = [[*known, *answers.replace("_", "").split(" ")] for *known, answers in PEOPLE.values()]
        frame = pd.DataFrame(rows, columns=["id", "wave", "seconds", *COLUMNS])
        frame.to_csv(tmp_path / "answers.csv", index=False)
        return read(load_study(tmp_path))

    return made


def caught(sample: Sample, rule: str) -> list[str]:
    return [name for name, flag in zip(PEOPLE, sample.flags[rule], strict=True) if flag]


def test_each_rule_catches_whom_it_says(sample: Callable[..., Sample]) -> None:
    screened = screen(sample())
    assert caught(screened, "incomplete") == ["broken off", "refuses", "twice, broken off", "broken off fast"]
    assert caught(screened, "duplicate") == ["twice"]
    assert caught(screened, "straightline") == ["straight"]
    assert caught(screened, "speed") == ["fast"]


def test_without_waves_an_id_counts_once(sample: Callable[..., Sample]) -> None:
    assert caught(screen(sample(groups="")), "duplicate") == ["twice", "same id, next wave"]


def test_the_log_adds_up_and_nobody_is_dropped(sample: Callable[..., Sample]) -> None:
    before = sample()
    after = screen(before)
    log = after.log
    assert log["rule"].tolist() == ["", "incomplete", "duplicate", "straightline", "speed"]
    assert log["action"].tolist() == ["read", "exclude", "exclude", "flag", "exclude"]
    assert log["n_flagged"].tolist() == [0, 4, 1, 1, 1]
    assert log["n_excluded"].tolist() == [0, 4, 1, 0, 1]
    assert log["n_left"].tolist() == (len(PEOPLE) - log["n_excluded"].cumsum()).tolist()
    assert log["text"].iloc[1] == "4 excluded: answered less than 50% of the questions that applied."
    assert len(after) == len(before) == len(PEOPLE)
    assert after.design is before.design
    assert after.answers is before.answers
    assert (after.base_weights == 0).sum() == log["n_excluded"].sum()
    assert (before.base_weights == 1).all()
    assert before.flags.empty


def test_unnamed_rules_do_not_run(sample: Callable[..., Sample]) -> None:
    before = sample("{}")
    assert screen(before) is before
    assert list(screen(sample('{ speed = "flag" }')).flags) == ["speed"]


def test_a_flag_takes_no_weight(sample: Callable[..., Sample]) -> None:
    after = screen(sample("{ incomplete = { threshold = 0.5, do = 'flag' }, duplicate = 'flag', speed = 'flag' }"))
    assert (after.base_weights == 1).all()
    assert after.log["n_flagged"].tolist() == [0, 4, 2, 2]  # the break-off that came twice is still there
    assert after.log["n_excluded"].sum() == 0


def test_a_limit_is_the_studys_own(sample: Callable[..., Sample]) -> None:
    assert caught(screen(sample("{ speed = 2.1 }")), "speed") == ["broken off fast", "fast", "just in time"]
    assert "half is enough" in caught(screen(sample("{ incomplete = 0.6 }")), "incomplete")
    assert "unused do not count" not in caught(screen(sample("{ incomplete = 0.5 }")), "incomplete")
    assert "no id either" not in caught(screen(sample("{ straightline = 0.26 }")), "straightline")
    assert "no id either" in caught(screen(sample("{ straightline = 0.25 }")), "straightline")


def test_exclusion_for_repeated_answers_alone_is_noted(sample: Callable[..., Sample]) -> None:
    def noted(rules: str) -> bool:
        table = check(sample(rules)).table
        return "[data] screening.straightline" in table.loc[table["severity"] == "note", "where"].tolist()

    assert noted("{ straightline = 'exclude' }")
    assert not noted("{ straightline = 'flag', careless = 'exclude' }")


def test_a_rule_that_leaves_nobody_raises(sample: Callable[..., Sample]) -> None:
    with pytest.raises(
        DataError, match=r"screening.speed left nobody, everybody took less than 99 seconds .* does not suit"
    ):
        screen(sample("{ straightline = { threshold = 0.01, do = 'exclude' }, incomplete = 0.9, speed = 99 }"))


def test_a_frame_has_no_rules(mobi: pd.DataFrame) -> None:
    with pytest.raises(DataError, match=r"no screening rules; use sample\.exclude"):
        screen(Sample.from_frame(mobi, scale=(1, 10)))


def test_a_column_that_left_is_said(sample: Callable[..., Sample]) -> None:
    full = sample()
    with pytest.raises(DataError, match=r"study\.toml \[data\] duration: column 'seconds' is not in the file"):
        screen(replace(full, answers=full.answers.drop(columns="seconds")))


def test_a_run_passes_over_gaps_and_needs_six_answers() -> None:
    gap = np.nan
    rows = [[3, 3, 3, gap, 3, 3, 3], [1, 3, 3, 3, 3, 3, 2], [3, 3, 3, 3, 3, gap, gap], [gap] * 7]
    np.testing.assert_allclose(longest_run(np.array(rows, dtype=float)), [1, 5 / 7, 0, 0])
