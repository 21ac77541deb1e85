"""Intervals by the rules of the house, tests against 0, and supports."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from csresearch.inference.intervals import (
    Intervals,
    category_support,
    expanded_percentile,
    intervals,
    rank_support,
    wald,
)
from csresearch.inference.moments import Array

RANDOM = np.random.default_rng(1)
NORMAL = RANDOM.normal(10, 2, (4001, 1))


def asked(
    draws: Array,
    *,
    df: int = 30,
    kind: str = "level",
    method: str = "bootstrap",
    point: float = 10.0,
    error: float = 2.0,
) -> Intervals:
    return intervals(
        np.array([point]), draws=draws, std_error=np.array([error]), kind=(kind,), df=df, level=0.95, method=method
    )


@pytest.mark.parametrize("df", [8, 30, 1000])
def test_percentiles_stand_where_t_asks_for_them(df: int) -> None:
    low, high = expanded_percentile(np.array([10.0]), NORMAL, df=df, level=0.95, correct=np.array([False]))
    t = stats.t.ppf(0.975, df)
    np.testing.assert_allclose([low[0], high[0]], np.quantile(NORMAL[:, 0], stats.norm.cdf([-t, t])), rtol=1e-12)
    assert (high - low)[0] == pytest.approx(2 * t * 2, rel=0.05)


def test_the_bias_of_squares_moves_the_levels() -> None:
    """Draws whose median lies at the 80th percentile of their own law ask for levels of Efron's z0 = -.84."""
    point = np.quantile(NORMAL, 0.2, axis=0)
    low, high = expanded_percentile(point, NORMAL, df=10**6, level=0.95, correct=np.array([True]))
    z = stats.norm.ppf(0.2)
    expected = np.quantile(NORMAL[:, 0], stats.norm.cdf([2 * z - 1.96, 2 * z + 1.96]))
    np.testing.assert_allclose([low[0], high[0]], expected, atol=0.02)


def test_only_squares_are_bias_corrected() -> None:
    biased = {kind: asked(NORMAL, kind=kind, point=9.0) for kind in ("level", "share", "positive", "square")}
    assert {kind: found.method[0] for kind, found in biased.items()} == {
        "level": "bootstrap, expanded percentile",
        "share": "bootstrap, expanded percentile",
        "positive": "bootstrap, expanded percentile",
        "square": "bootstrap, bias-corrected",
    }
    assert biased["square"].high[0] < biased["level"].high[0]


def test_under_8_degrees_of_freedom_the_interval_is_t() -> None:
    found = asked(NORMAL, df=7, error=3.0)
    reach = stats.t.ppf(0.975, 7) * 3
    np.testing.assert_allclose([found.low[0], found.high[0]], [10 - reach, 10 + reach])
    assert found.method == ("linearized, t",)


@pytest.mark.parametrize("method", ["jackknife", "linearized"])
def test_other_kinds_use_t(method: str) -> None:
    found = asked(NORMAL[:0], method=method)
    assert found.high[0] == pytest.approx(10 + stats.t.ppf(0.975, 30) * 2)
    assert found.p_value[0] == pytest.approx(2 * stats.t.sf(5, 30))
    assert (found.method, found.reason) == ((f"{method}, t",), ("",))


@pytest.mark.parametrize(("failed", "refused"), [(200, False), (202, True)])
def test_over_5_percent_failed_draws_there_is_no_interval(failed: int, refused: bool) -> None:
    draws = NORMAL.copy()
    draws[:failed] = np.nan
    found = asked(draws)
    assert np.isnan([found.low[0], found.p_value[0]]).all() == refused
    assert found.reason[0] == ("5% of the draws failed, more than 5%" if refused else "")
    if not refused:
        t = stats.norm.cdf(-stats.t.ppf(0.975, 30))
        assert found.low[0] == pytest.approx(np.quantile(draws[failed:, 0], t))


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"point": np.nan}, "not defined here"),
        ({"method": "none"}, "no replicates"),
        ({"df": 0}, "no degrees of freedom"),
        ({"method": "jackknife", "error": np.nan}, "a replicate failed"),
        ({"error": 0.0}, "does not vary"),
        ({"kind": "square"}, "not tested"),
        ({"kind": "positive"}, "not tested"),
    ],
    ids=str,
)
def test_what_is_missing_has_its_reason(change: dict[str, object], reason: str) -> None:
    found = asked(NORMAL, **change)
    assert reason in found.reason[0]
    assert np.isnan(found.p_value[0])


def test_wald_is_hotellings_test() -> None:
    draws = RANDOM.multivariate_normal([0.5, 0.2], [[0.04, 0.01], [0.01, 0.09]], 500)
    point = draws.mean(axis=0)
    deviations = (draws - point) / np.sqrt(499)
    statistic = point @ np.linalg.inv(np.cov(draws.T)) @ point
    assert wald(point, deviations, df=40) == pytest.approx(stats.f.sf(statistic * 39 / 80, 2, 39), rel=1e-9)
    assert np.isnan(wald(point, deviations, df=1))
    assert np.isnan(wald(point, deviations[:1], df=40))
    assert np.isnan(wald(np.array([np.nan, 1.0]), deviations, df=40))


def test_wald_keeps_its_level() -> None:
    p = [wald(RANDOM.normal(size=2), np.eye(2), df=10**6) for _ in range(2000)]
    assert np.mean(np.array(p) < 0.05) == pytest.approx(0.05, abs=0.015)


def test_rank_support_counts_ranks_and_leaves_failed_draws_out() -> None:
    draws = np.array([[3.0, 2.0, 1.0], [3.0, 1.0, 2.0], [1.0, 1.0, 0.0], [np.nan, 5.0, 1.0]])
    found = rank_support(draws)
    np.testing.assert_allclose(found, [[1, 0, 0], [0, 2 / 3, 1 / 3], [0, 1 / 3, 2 / 3]])
    assert np.isnan(rank_support(draws[:0])).all()


def test_category_support_is_a_share_of_the_good_draws() -> None:
    found = category_support(np.array([[0, 1], [0, -1], [1, 1], [2, -1]]), size=3)
    np.testing.assert_allclose(found, [[0.5, 0.25, 0.25], [0, 1, 0]])
    assert np.isnan(category_support(np.zeros((0, 2), dtype=int), size=3)).all()


def test_t_intervals_of_shares_and_squares_end_at_zero() -> None:
    point, error = np.array([0.05, 0.05, 0.05]), np.full(3, 0.1)
    kinds = ("share", "square", "level")
    made = intervals(
        point, draws=np.empty((0, 3)), std_error=error, kind=kinds, df=3, level=0.95, method="linearized"
    )  # fmt: skip
    assert made.low.round(2).tolist() == [0.0, 0.0, -0.27]
    assert (made.high > 0.3).all()
