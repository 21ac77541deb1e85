"""Weighting: margins met, bounds kept, waves for themselves, and what cannot be met told at once."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from csresearch.errors import DataError
from csresearch.inference.replicates import Bootstrap
from csresearch.models.scores import Scores
from csresearch.survey.sample import Sample
from csresearch.survey.weighting.weighting import weight
from tests.conftest import golden

MARGINS = {"age": {"young": 0.5, "middle": 0.3, "old": 0.2}, "sex": {"f": 0.55, "m": 0.45}}


def frame(n: int = 300) -> pd.DataFrame:
    random = np.random.default_rng(1)
    return pd.DataFrame(
        {
            "a": random.integers(1, 11, n), "age": random.choice(["young", "middle", "old"], n, p=[0.3, 0.3, 0.4]),
            "sex": random.choice(["f", "m"], n, p=[0.35, 0.65]), "wave": random.integers(1, 4, n),
            "w": random.uniform(0.5, 2, n),
        }
    )  # fmt: skip


def sample(n: int = 300, *, weighted: bool = False) -> Sample:
    return Sample.from_frame(frame(n), scale=(1, 10), weights="w" if weighted else None)


def shares(given: Sample, column: str, rows: Any = slice(None)) -> dict[str, float]:
    weights = pd.Series(given.weights, index=given.answers.index)[rows]
    return (weights.groupby(given.answers[column]).sum() / weights.sum()).to_dict()


@pytest.mark.shared
def test_kish_equals_r(shared_data: Path) -> None:
    schools = pd.read_csv(shared_data / "apistrat.csv")
    theirs = golden("survey_api")["kish"]["value"]
    found = Sample.from_frame(schools, weights="pw")
    assert found.n_kish == pytest.approx(theirs["n_eff"], abs=1e-8)
    assert len(schools) / found.n_kish == pytest.approx(theirs["deff_w"], abs=1e-8)


@pytest.mark.parametrize("weighted", [False, True])
def test_margins_are_met_and_told(weighted: bool) -> None:
    given = sample(weighted=weighted)
    raked = weight(given, margins=MARGINS)
    for column, target in MARGINS.items():
        assert shares(raked, column) == pytest.approx(target, abs=1e-9)
    assert raked.weights.mean() == pytest.approx(1)
    text = raked.log["text"].iloc[-1]
    assert text.startswith("Raked to age, sex; weights from ")
    assert f"Kish's effective n {raked.n_kish:,.0f}." in text
    assert given.raking is None
    ratio = raked.weights / given.weights
    cells = frame().groupby(["age", "sex"]).ngroup()
    assert pd.Series(ratio).groupby(cells).std().max() < 1e-12, "raking multiplies all of a cell alike"


def test_the_excluded_count_for_nothing() -> None:
    out = np.arange(300) % 4 == 0
    raked = weight(sample().exclude(out), margins=MARGINS)
    assert (raked.weights[out] == 0).all()
    assert shares(raked, "sex") == pytest.approx(MARGINS["sex"], abs=1e-9)
    odd = frame().assign(sex=np.where(out, "?", frame()["sex"]))
    gone = weight(Sample.from_frame(odd, scale=(1, 10)).exclude(out), margins=MARGINS)
    np.testing.assert_allclose(gone.weights, raked.weights, rtol=1e-9)


def test_waves_are_raked_for_themselves_and_keep_their_totals() -> None:
    raked = weight(sample(weighted=True), margins=MARGINS, within="wave")
    for wave in (1, 2, 3):
        rows = frame()["wave"] == wave
        assert shares(raked, "age", rows) == pytest.approx(MARGINS["age"], abs=1e-9)
        assert raked.weights[rows].sum() / raked.weights.sum() == pytest.approx(
            frame()["w"][rows].sum() / frame()["w"].sum(), rel=1e-9
        )


def test_a_wave_that_is_excluded_as_a_whole_needs_no_respondents() -> None:
    first = (frame()["wave"] == 1).to_numpy()
    raked = weight(sample().exclude(first), margins=MARGINS, within="wave")
    assert (raked.weights[first] == 0).all()
    assert shares(raked, "age", frame()["wave"] == 2) == pytest.approx(MARGINS["age"], abs=1e-9)


@pytest.mark.parametrize(("within", "trim"), [(None, (0.35, 2.2)), ("wave", (0.32, 3.0))])
def test_trimming_keeps_bounds_and_margins_in_the_sample_and_in_every_draw(
    within: str | None, trim: tuple[float, float]
) -> None:
    given = sample(weighted=True)
    free, held = weight(given, margins=MARGINS, within=within), weight(given, margins=MARGINS, within=within, trim=trim)

    def ratio(found: Sample) -> np.ndarray:
        before = given.weights
        change = found.weights / before
        return change / np.average(change, weights=before)

    assert ratio(free).max() > trim[1]
    assert ratio(held).max() <= trim[1] + 1e-6
    assert ratio(held).min() >= trim[0] - 1e-6
    assert shares(held, "age") == pytest.approx(MARGINS["age"], abs=5e-4)
    assert f"(held in {trim[0]:.2f} to {trim[1]:.2f})".replace(".00", "") in held.log["text"].iloc[-1]
    weighting = held.weighting
    alone = Bootstrap(draws=20).blocks(sample(weighted=True).weighting)
    for final, before in zip(Bootstrap(draws=20).blocks(weighting), alone, strict=True):
        change = final / np.where(before > 0, before, np.nan)
        change = change / (np.nansum(final, axis=0) / before.sum(axis=0))
        assert np.nanmax(change) <= trim[1] + 1e-3
        assert np.nanmin(change) >= trim[0] - 1e-3


def test_bounds_that_exclude_a_margin_are_refused() -> None:
    with pytest.raises(DataError, match=r"weights held in \(0.9, 1.1\) a margin is missed by .*%; widen `trim`"):
        weight(sample(), margins=MARGINS, trim=(0.9, 1.1))


@pytest.mark.parametrize("trim", [(0.3, 0.9), (1.2, 3.0), (-1.0, 2.0), (3.0, 0.3)])
def test_bounds_stand_around_1(trim: tuple[float, float]) -> None:
    with pytest.raises(DataError, match="give two bounds around 1"):
        weight(sample(), margins=MARGINS, trim=trim)


@pytest.mark.parametrize(
    ("margins", "message"),
    [
        ({"sex": {"f": 0.5, "m": 0.3, "x": 0.2}}, r"sex = 'x' has a target of 20\.0% and no respondent; merge it"),
        ({"sex": {"f": 1.0}}, r"sex = 'm' has \d+ respondents and no target; targets are f"),
        ({"sex": {"f": 0.5, "m": 0.6}}, "the targets of 'sex' sum to 1.100"),
        ({"sex": {"f": 1.5, "m": -0.5}}, "shares of 0 or more that sum to 1"),
        ({"sex": {}}, "the targets of 'sex' sum to 0.000"),
        ({"town": {"x": 1.0}}, "column 'town' is not in the data"),
    ],
    ids=["nobody", "no target", "sum", "negative", "none", "column"],
)
def test_margins_that_cannot_be_used_are_refused(margins: dict[str, dict[str, float]], message: str) -> None:
    with pytest.raises(DataError, match=message):
        weight(sample(), margins=margins)


def test_all_problems_come_in_one_report() -> None:
    with pytest.raises(DataError) as caught:
        weight(sample(), margins={"sex": {"f": 0.9}, "town": {"x": 1.0}, "age": {"young": 0.5, "old": 0.5}})
    assert len(caught.value.problems) == 3


def test_missing_groups_are_counted() -> None:
    gappy = frame()
    gappy.loc[:4, "sex"] = None
    gappy["wave"] = gappy["wave"].astype(float)
    gappy.loc[7, "wave"] = np.nan
    given = Sample.from_frame(gappy, scale=(1, 10))
    with pytest.raises(DataError) as caught:
        weight(given, margins=MARGINS, within="wave")
    assert [problem[:27] for problem in caught.value.problems] == [
        "1 respondents have no 'wave", "5 respondents have no 'sex'",
    ]  # fmt: skip


def test_a_category_without_respondents_in_one_wave_names_the_wave() -> None:
    odd = frame()
    odd.loc[(odd["wave"] == 2) & (odd["age"] == "old"), "age"] = "young"
    with pytest.raises(DataError, match=r"age = 'old' has a target of 20\.0% and no respondent in wave = '2'"):
        weight(Sample.from_frame(odd, scale=(1, 10)), margins=MARGINS, within="wave")


def test_margins_without_a_common_solution_are_refused() -> None:
    diagonal = pd.DataFrame({"a": [1, 2, 3, 4], "sex": ["f", "f", "m", "m"], "age": ["young", "young", "old", "old"]})
    given = Sample.from_frame(diagonal, scale=(1, 10))
    with pytest.raises(DataError, match=r"the margins sex, age cannot be met together"):
        weight(given, margins={"sex": {"f": 0.5, "m": 0.5}, "age": {"young": 0.6, "old": 0.4}})


def test_without_margins_the_log_says_so() -> None:
    given = weight(sample())
    assert given.raking is None
    assert given.log["text"].iloc[-1].startswith("No margins of the population are known")


@pytest.mark.parametrize("option", [{"trim": (0.3, 3.0)}, {"within": "wave"}])
def test_options_of_raking_without_margins_are_refused(option: dict[str, Any]) -> None:
    with pytest.raises(DataError, match="no margins to rake to"):
        weight(sample(), **option)


def test_raking_again_starts_from_the_weights_before() -> None:
    once = weight(sample(weighted=True), margins=MARGINS)
    first = weight(sample(weighted=True), margins={"wave": {"1": 0.6, "2": 0.2, "3": 0.2}})
    assert np.ptp(first.weights - once.weights) > 0.1
    twice = weight(first, margins=MARGINS)
    np.testing.assert_allclose(once.weights, twice.weights, rtol=1e-12)


def test_raking_makes_a_margin_certain() -> None:
    """The share of women is what the margin says in every draw, so that it has no error."""
    given = Sample.from_frame(frame().assign(f=(frame()["sex"] == "f") * 1.0), scale=(0, 1))
    for found, certain in ((given, False), (weight(given, margins=MARGINS), True)):
        row = Scores(items=("f",)).fit(found, replicates=Bootstrap(draws=50)).table("scores").iloc[0]
        assert (row["std_error"] < 1e-8) == certain
        assert (row["conf_high"] - row["conf_low"] < 1e-8) == certain
