"""Tests of association and of differences by the design, against R survey."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from csresearch.errors import StatisticsError
from csresearch.inference.design import Design, Weighting
from csresearch.inference.engine import run
from csresearch.inference.intervals import t_intervals
from csresearch.inference.moments import AnyArray, Summary
from csresearch.inference.replicates import Jackknife, Linearized
from csresearch.inference.two_way import rao_scott
from tests.conftest import golden
from tests.inference.cases import DESIGNS, api, problem, respondents

GOLDEN = golden("survey_api")


def log_odds(batch: Summary, point: Summary) -> AnyArray:
    return np.log(batch.mean / (1 - batch.mean))


@pytest.mark.shared
@pytest.mark.parametrize("design", DESIGNS)
def test_the_chi_square_of_rao_and_scott_equals_r(design: str, shared_data: Path) -> None:
    frame, weighting = api(shared_data, design)
    rows, columns = (pd.factorize(frame[name])[0].astype(np.int64) for name in ("sch.wide", "comp.imp"))
    found, expected = rao_scott(rows, columns, weighting=weighting), GOLDEN[f"{design}.chisq"]["value"]
    assert found.f == pytest.approx(expected["F"], rel=1e-10)
    assert (found.df, found.df_residual) == pytest.approx((expected["ndf"], expected["ddf"]), rel=1e-9)
    assert found.p_value == pytest.approx(expected["p"], rel=1e-8)


@pytest.mark.shared
@pytest.mark.parametrize("design", DESIGNS)
def test_the_difference_of_two_domains_has_the_t_of_r(design: str, shared_data: Path) -> None:
    """R takes a degree of freedom for the slope of its regression; difference and error are the same."""
    frame, weighting = api(shared_data, design)
    member = np.stack([(frame["comp.imp"] == name).to_numpy() for name in ("No", "Yes")])
    found = run(problem(frame[["api00"]], weighting, domains=member), Linearized())
    difference = found.point[1, 0] - found.point[0, 0]
    t = difference / np.sqrt(((found.deviations[1] - found.deviations[0]) ** 2).sum())
    expected = GOLDEN[f"{design}.ttest"]["value"]
    assert (difference, t) == pytest.approx((expected["diff"], expected["t"]), rel=1e-9)
    assert weighting.design.df() == expected["df"] + 1
    assert 2 * stats.t.sf(abs(t), expected["df"]) == pytest.approx(expected["p"]["comp.impYes"], rel=1e-8)


@pytest.mark.shared
@pytest.mark.parametrize("design", DESIGNS)
def test_the_logit_interval_of_a_share_equals_r(design: str, shared_data: Path) -> None:
    frame, weighting = api(shared_data, design)
    found = run(problem((frame[["api00"]] > 700) * 1.0, weighting, log_odds), Linearized())
    ends = t_intervals(found.point[0], found.std_error[0], df=weighting.design.df(), level=0.95)
    expected = GOLDEN[f"{design}.ciprop"]["value"]
    for value, name in zip((found.point[0], *ends), ("estimate", "lower", "upper"), strict=True):
        assert 1 / (1 + np.exp(-value[0])) == pytest.approx(expected[name], abs=1e-8)


@pytest.mark.shared
def test_two_stages_lie_between_the_first_stage_with_and_without_its_population(shared_data: Path) -> None:
    """We stop at the first stage: its population makes errors 1 % too small here, none 2 % too large."""
    frame = pd.read_csv(shared_data / "apiclus2.csv")
    cluster = pd.factorize(frame["dnum"])[0].astype(np.int64)
    drawn = Design(cluster=cluster, stratum=np.zeros(cluster.max() + 1, dtype=np.int64), clustered=True)
    errors = []
    for design in (replace(drawn, population=np.array([757.0])), drawn):
        weighting = Weighting(base=frame["pw"].to_numpy(float), design=design)
        found = run(problem(frame[["api00", "api99"]], weighting), Linearized())
        errors.append(found.std_error[0])
    expected = GOLDEN["clus2.mean"]["value"]
    assert drawn.df() == GOLDEN["clus2.degf"]["value"]
    for j, name in enumerate(("api00", "api99")):
        assert found.point[0, j] == pytest.approx(expected[name]["estimate"], rel=1e-10)
        assert 0.99 * expected[name]["se"] < errors[0][j] < expected[name]["se"] < errors[1][j]


def test_simple_random_samples_give_pearsons_chi_square() -> None:
    random = np.random.default_rng(2)
    rows = random.integers(0, 3, 4000)
    columns = np.where(random.random(4000) < 0.1, rows, random.integers(0, 4, 4000))
    found = rao_scott(rows, columns, weighting=respondents(4000))
    table = pd.crosstab(rows, columns).to_numpy()
    theirs = stats.chi2_contingency(table, correction=False)
    assert found.pearson == pytest.approx(theirs.statistic, rel=1e-10)
    assert found.effect == pytest.approx(1, abs=0.02)
    assert found.df == pytest.approx(6, abs=0.01)
    again = rao_scott(rows[:300], columns[:300], weighting=respondents(300), replicates=Jackknife())
    assert again.f == pytest.approx(rao_scott(rows[:300], columns[:300], weighting=respondents(300)).f, rel=0.03)


def test_missing_answers_and_other_domains_are_left_out() -> None:
    random = np.random.default_rng(3)
    rows, columns = random.integers(0, 2, 200), random.integers(0, 3, 200)
    used = np.arange(200) < 150
    inside = rao_scott(rows, columns, weighting=respondents(200), domain=used)
    gappy = rao_scott(np.where(used, rows, -1), columns, weighting=respondents(200))
    assert inside == gappy
    with pytest.raises(StatisticsError, match="a table of 1 by 3 has no association to test"):
        rao_scott(np.zeros(200, dtype=np.int64), columns, weighting=respondents(200))
