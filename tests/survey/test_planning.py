"""Planning: sizes and differences of the textbooks, of statsmodels, and of simulated studies."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from statsmodels.stats.power import NormalIndPower
from statsmodels.stats.proportion import samplesize_proportions_2indep_onetail

from csresearch.show.specs import Lines
from csresearch.survey.weighting.planning import Measure, sample_size

SIZES = (100, 200, 400, 1000)


@pytest.mark.parametrize(
    ("options", "n"),
    [({}, 385), ({"population": 1000}, 278), ({"deff": 1.5}, 577), ({"level": 0.99}, 664), ({"share": 0.1}, 139)],
)
def test_interviews_for_five_points_of_a_share(options: dict[str, Any], n: int) -> None:
    """Cochran's 384.1; 277.7 of a population of 1,000; 576.2 under a design effect of 1.5."""
    plan = sample_size(margin=0.05, **options)
    assert plan.n == n
    assert plan.margin <= 0.05 < sample_size(n=n - 1, **options).margin


@pytest.mark.parametrize(
    ("measure", "sd", "expected", "places"),
    [
        ("nps", 100 * np.sqrt(0.43 + 0.20 - (0.43 - 0.20) ** 2), (30, 21, 15, 9.5), (0, 0, 0, 1)),
        ("index", 15.4, (6.1, 4.3, 3.1, 1.9), (1, 1, 1, 1)),
    ],
)
def test_differences_that_a_size_finds(
    measure: Measure, sd: float, expected: tuple[float, ...], places: tuple[int, ...]
) -> None:
    for n, difference, digits in zip(SIZES, expected, places, strict=True):
        plan = sample_size(measure=measure, n=n, sd=sd)
        assert round(plan.difference, digits) == difference
        assert sample_size(measure=measure, difference=plan.difference, sd=sd).n == n, "there and back"


def test_margins_of_a_share_by_size() -> None:
    assert [round(100 * sample_size(n=n).margin, 1) for n in SIZES] == [9.8, 6.9, 4.9, 3.1]


@pytest.mark.parametrize(("ratio", "power", "level"), [(1.0, 0.8, 0.95), (2.0, 0.9, 0.95), (0.5, 0.8, 0.9)])
def test_groups_of_any_size_equal_statsmodels(ratio: float, power: float, level: float) -> None:
    plan = sample_size(measure="mean", difference=0.4, sd=1.8, ratio=ratio, power=power, level=level)
    theirs = NormalIndPower().solve_power(effect_size=0.4 / 1.8, alpha=1 - level, power=power, ratio=ratio)
    assert plan.n == pytest.approx(theirs, abs=1)
    assert plan.n_second == pytest.approx(ratio * theirs, abs=2)


@pytest.mark.parametrize("difference", [0.05, -0.1])
def test_two_shares_equal_statsmodels(difference: float) -> None:
    """Their variance under the hypothesis is the one of no difference, which moves the size a little."""
    plan = sample_size(difference=difference, share=0.3)
    theirs = samplesize_proportions_2indep_onetail(difference, 0.3, 0.8, alpha=0.05, alternative="two-sided")
    assert plan.n == pytest.approx(theirs, rel=0.02)


def test_the_planned_power_is_reached() -> None:
    """4,000 pairs of overlapping samples: half of the smaller group is asked again, with a correlation of 0.6."""
    plan = sample_size(measure="mean", difference=3.0, sd=15.0, ratio=1.5, overlap=0.5, correlation=0.6)
    random, studies = np.random.default_rng(7), 4000
    both = plan.n // 2
    same = random.normal(size=(2, studies, both))
    first = np.concatenate([same[0], random.normal(size=(studies, plan.n - both))], axis=1)
    again = 0.6 * same[0] + 0.8 * same[1]
    second = np.concatenate([again, random.normal(size=(studies, plan.n_second - both))], axis=1)
    found = 15 * (second.mean(axis=1) - first.mean(axis=1)) + 3
    variance = 225 * (1 / plan.n + 1 / plan.n_second - 2 * 0.6 * both / (plan.n * plan.n_second))
    assert np.mean(np.abs(found) / np.sqrt(variance) > 1.96) == pytest.approx(0.8, abs=0.02)


def test_ratings_by_the_same_customers_need_fewer() -> None:
    apart = sample_size(measure="index", difference=2, sd=15).n
    paired = sample_size(measure="index", difference=2, sd=15, overlap=1, correlation=0.5).n
    assert paired == pytest.approx(apart / 2, abs=1)
    assert sample_size(measure="index", difference=2, sd=15, overlap=1, correlation=0.5, deff=2).n == pytest.approx(
        apart, abs=1
    )


def test_a_census_has_no_margin() -> None:
    assert sample_size(n=500, population=500, deff=2).margin == 0
    assert sample_size(margin=1e-6, population=500).n == 500


def test_the_table_and_the_picture_go_through_sizes_and_design_effects() -> None:
    plan = sample_size(measure="nps", sd=76, difference=10)
    table = plan.table(n=(100, 400), deff=(1, 2))
    assert table.columns.tolist() == ["n", "deff", "n_effective", "margin", "difference"]
    assert table["n_effective"].tolist() == [100, 400, 50, 200]
    np.testing.assert_allclose(table["difference"].iloc[2], np.sqrt(2) * table["difference"].iloc[0])
    picture = plan.picture(deff=(1, 1.5), language="zh")
    assert isinstance(picture, Lines)
    assert [curve.name for curve in picture.curves] == ["设计效应 1", "设计效应 1.5"]
    assert all(before > after for before, after in pairwise(picture.curves[0].values))
    assert picture.axis_title == "80% 的把握能检出的两组最小差异，分"
    assert "Half the width of the 95% interval" in plan.picture(show="margin").axis_title


def test_a_share_near_1_has_no_difference_upwards_that_few_would_find() -> None:
    assert np.isnan(sample_size(n=20, share=0.95).difference)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({}, "give one of n, margin and difference; found none"),
        ({"n": 100, "margin": 0.1}, "found n, margin"),
        ({"measure": "median", "n": 100}, "allowed are share, mean, nps, index"),
        ({"measure": "nps", "n": 100}, "needs the standard deviation of one answer"),
        ({"n": 100, "sd": 1.0}, "give share="),
        ({"n": 100, "share": 1.0}, "an expected share between 0 and 1"),
        ({"n": 0}, r"n=0 \(above 0"),
        ({"n": 10.5}, "a whole number of interviews"),
        ({"n": 100, "deff": 0, "level": 95}, r"deff=0 .*level=95"),
        ({"n": 100, "overlap": 2}, r"overlap=2 \(0 to 1\)"),
        ({"n": 100, "correlation": 0.5}, "without overlap"),
        ({"n": 100, "population": 50}, "n=100 of a population of 50"),
        ({"difference": 0.6}, "shares of both groups between 0 and 1"),
        ({"margin": 1e-9}, "no sample of up to 1,000,000,000 interviews"),
    ],
)
def test_plans_that_cannot_be_made_are_refused(options: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        sample_size(**options)
