"""Response rates: AAPOR's formulas by hand, where e comes from, and the row in the flow."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from csresearch.errors import DataError
from csresearch.survey.checking.checking import check
from csresearch.survey.grammar import Dispositions
from csresearch.survey.reading import read
from csresearch.survey.screening.responding import RATES, eligible_share, rates_of, response_rates
from csresearch.survey.screening.screening import screen
from csresearch.survey.study import Study
from csresearch.survey.study_file.loading import load_study

CASES = Dispositions(
    complete=400, partial=40, refusal=160, non_contact=150, other=50, unknown_household=120, unknown_other=80,
    not_eligible=200,
)  # fmt: skip
ONE = """
[dispositions]
complete = 3
partial = 1
refusal = 4
unknown_household = 2
not_eligible = 2
"""
TWO = """
[groups]
wave = { column = "wave" }
[dispositions.1]
complete = 2
refusal = 2
unknown_other = 4
e = 0.5
[dispositions.2]
complete = 2
non_contact = 6
"""


@pytest.fixture
def study(tmp_path: Path) -> Callable[[str], Study]:
    def made(more: str) -> Study:
        text = 'schema = 1\ntitle = "Kiosk"\ndata = { file = "k.csv" }\nscales = { r = { ends = [1, 10] } }\n'
        (tmp_path / "study.toml").write_text(f'{text}items = {{ Q1 = "Speed" }}\n{more}', encoding="utf-8")
        pd.DataFrame({"Q1": [7, 8, 9, 5], "wave": [1, 1, 2, 2]}).to_csv(tmp_path / "k.csv", index=False)
        return load_study(tmp_path)

    return made


def test_the_rates_are_those_of_the_standard_definitions() -> None:
    found = rates_of(CASES)
    assert eligible_share(CASES) == pytest.approx(800 / 1000)
    by_hand = {
        "rr1": 400 / 1000, "rr2": 440 / 1000, "rr3": 400 / 960, "rr4": 440 / 960, "rr5": 400 / 800, "rr6": 440 / 800,
        "coop1": 400 / 650, "coop2": 440 / 650, "coop3": 400 / 600, "coop4": 440 / 600,
        "ref1": 160 / 1000, "ref2": 160 / 960, "ref3": 160 / 800,
        "con1": 650 / 1000, "con2": 650 / 960, "con3": 650 / 800,
    }  # fmt: skip
    assert tuple(by_hand) == RATES
    assert found == pytest.approx(by_hand)


def test_waves_stand_apart_and_together(study: Callable[[str], Study]) -> None:
    table = response_rates(study(TWO))
    rr3 = table[table["statistic"] == "rr3"]
    assert rr3["wave"].isna().tolist() == [False, False, True]
    assert rr3["estimate"].tolist() == pytest.approx([2 / 6, 2 / 8, 4 / 14])
    assert rr3["n_obs"].tolist() == [8, 8, 16]
    assert rr3["method"].tolist() == [
        "AAPOR, e given", "AAPOR, e by proportional allocation", "AAPOR, e given or by allocation",
    ]  # fmt: skip


def test_the_rate_is_a_row_of_the_flow(study: Callable[[str], Study]) -> None:
    log = screen(read(study(ONE))).log.set_index("rule")
    assert log["text"]["response"].startswith("Of 12 drawn: response rate RR1 30.0%, RR3 31")
    assert log["n_left"].tolist() == [4, 4]


def test_without_dispositions_the_rate_is_not_known(study: Callable[[str], Study]) -> None:
    with pytest.raises(DataError, match=r"study\.toml has no \[dispositions\]"):
        response_rates(study(""))


def test_completes_that_are_not_those_of_the_file_are_said(study: Callable[[str], Study]) -> None:
    def notes(text: str) -> list[str]:
        table = check(read(study(text))).table
        return [f"{r.where}: {r.found}" for r in table.itertuples() if "dispositions" in r.where]

    assert notes(ONE) == []
    assert notes(TWO) == []
    assert notes(ONE.replace("complete = 3", "complete = 9")) == [
        "[dispositions]: 10 complete or partial, 4 in the file"
    ]
    wrong = notes(TWO.replace("[dispositions.2]\ncomplete = 2", "[dispositions.2]\ncomplete = 1"))
    assert wrong == ["[dispositions.2]: 1 complete or partial, 2 in the file"]
