"""Raking: R's weights, the margins, the bounds, and one element that cannot disturb another."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from csresearch.inference.raking import Raking
from tests.conftest import golden
from tests.inference.cases import raked_schools

GOLDEN = golden("survey_api")


def grid(*, trim: tuple[float, float] | None = None) -> Raking:
    """Three by two cells."""
    return Raking(
        cell=np.arange(6),
        category=(np.repeat(np.arange(3), 2), np.tile(np.arange(2), 3)),
        target=(np.array([0.35, 0.35, 0.3]), np.array([0.5, 0.5])),
        trim=trim,
    )


TOTALS = np.array([[190.0, 48.0, 95.0, 26.0, 33.0, 8.0]])


@pytest.mark.shared
def test_weights_equal_r(shared_data: Path) -> None:
    frame, weighting = raked_schools(shared_data)
    found = weighting.final(np.ones((len(frame), 1)))[:, 0]
    expected = np.array(list(GOLDEN["rake.weights"]["value"].values()))
    np.testing.assert_allclose(found / found.sum(), expected / expected.sum(), rtol=1e-6)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.floats(1, 500), min_size=6, max_size=6), st.floats(1e-3, 1e3))
def test_margins_are_met_and_the_sum_stays(cells: list[float], scale: float) -> None:
    totals = np.array([cells]) * scale
    factors = grid().factors(totals)
    assert grid().deviation(totals, factors)[0] < 1e-9
    assert (totals * factors).sum() == pytest.approx(totals.sum(), rel=1e-9)
    np.testing.assert_allclose(factors, grid().factors(totals / scale), rtol=1e-7)


def test_a_table_with_its_margins_met_stays() -> None:
    margins = np.outer([0.35, 0.35, 0.3], [0.5, 0.5]).reshape(1, -1)
    np.testing.assert_allclose(grid().factors(margins), 1, rtol=1e-12)


def test_a_factor_is_a_product_of_one_number_a_category() -> None:
    log = np.log(grid().factors(TOTALS)).reshape(3, 2)
    np.testing.assert_allclose(np.diff(log, axis=1), np.diff(log, axis=1)[0, 0] * np.ones((3, 1)), atol=1e-8)


@pytest.mark.parametrize("trim", [(0.42, 5.5), (0.3, 3.5)])
def test_trimming_keeps_its_bounds_and_the_margins(trim: tuple[float, float]) -> None:
    free, held = grid().factors(TOTALS), grid(trim=trim).factors(TOTALS)
    assert free.min() < trim[0] or free.max() > trim[1]
    ratio = held / ((TOTALS * held).sum() / TOTALS.sum())
    assert ratio.min() >= trim[0] - 1e-6
    assert ratio.max() <= trim[1] + 1e-6
    assert grid().deviation(TOTALS, held)[0] < 1e-4
    assert (TOTALS * held).sum() == pytest.approx(TOTALS.sum())


def test_bounds_win_over_margins_that_they_exclude() -> None:
    held = grid(trim=(0.5, 2.0)).factors(TOTALS)
    ratio = held / ((TOTALS * held).sum() / TOTALS.sum())
    assert ratio.min() >= 0.5 - 1e-4
    assert ratio.max() <= 2.0 + 1e-4
    assert grid().deviation(TOTALS, held)[0] > 0.02


@pytest.mark.parametrize("trim", [None, (0.36, 7.5), (0.42, 5.5), (0.5, 2.0)])
def test_an_element_does_not_depend_on_its_neighbours(trim: tuple[float, float] | None) -> None:
    random = np.random.default_rng(1)
    batch = TOTALS * random.uniform(0.7, 1.3, (20, 6))
    batch[4, [4, 5]] = 0  # a category that nobody fills
    batch[7] = np.nan
    together = grid(trim=trim).factors(batch)
    assert np.isnan(together[[4, 7]]).all()
    assert np.isfinite(np.delete(together, [4, 7], axis=0)).all()
    for b in (0, 3, 11):
        assert np.array_equal(together[b], grid(trim=trim).factors(batch[b : b + 1])[0])


@pytest.mark.parametrize("trim", [None, (0.42, 5.5), (0.5, 2.0)])
def test_the_complex_step_is_the_derivative(trim: tuple[float, float] | None) -> None:
    raking = grid(trim=trim)
    for cell in range(6):
        own = (np.arange(6) == cell)[None].astype(float)
        exact = raking.factors(TOTALS + 1e-20j * own).imag / 1e-20
        near = (raking.factors(TOTALS + 1e-3 * own) - raking.factors(TOTALS - 1e-3 * own)) / 2e-3
        np.testing.assert_allclose(exact, near, rtol=1e-4, atol=1e-8)


def test_a_target_of_0_empties_its_category() -> None:
    raking = replace(grid(), target=(np.array([0.5, 0.5, 0.0]), np.array([0.5, 0.5])))
    factors = raking.factors(TOTALS)
    assert (factors[0, 4:] == 0).all()
    assert raking.deviation(TOTALS, factors)[0] < 1e-9


def test_margins_that_contradict_each_other_are_nan() -> None:
    diagonal = TOTALS * np.array([1, 0, 1, 0, 0, 1])
    assert np.isnan(grid().factors(diagonal)).all()
