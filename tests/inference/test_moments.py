"""Moments against their definition: weights, gaps, groups, origins, and what must not cancel."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from csresearch.inference import moments as room
from csresearch.inference.moments import Array, Layout, Moments

NAMES = ("a", "b", "c")


def answers(n: int = 40, *, gaps: float = 0.0, seed: int = 1) -> Array:
    random = np.random.default_rng(seed)
    values = random.integers(1, 11, (n, 3)).astype(float)
    values[random.random(values.shape) < gaps] = np.nan
    return values


def weights(n: int = 40, b: int = 4) -> Array:
    return np.random.default_rng(2).uniform(0, 3, (n, b))


def test_means_and_covariances_are_numpys() -> None:
    values, given_weights = answers(), weights()
    found = Moments.of_rows(values, names=NAMES).summary(given_weights)
    for b, weight in enumerate(given_weights.T):
        np.testing.assert_allclose(found.mean[b], np.average(values, axis=0, weights=weight), rtol=1e-13)
        np.testing.assert_allclose(found.cov[b], np.cov(values.T, aweights=weight, ddof=0), rtol=1e-11)
        np.testing.assert_allclose(found.weight[b], weight.sum(), rtol=1e-13)


def test_pairwise_moments_use_the_rows_that_each_pair_has() -> None:
    values, weight = answers(gaps=0.3), weights(b=1)[:, 0]
    found = Moments.of_rows(values, names=NAMES, pairwise=True).summary(weight[:, None])
    for i in range(3):
        own = ~np.isnan(values[:, i])
        assert found.mean[0, i] == pytest.approx(np.average(values[own, i], weights=weight[own]))
        assert found.weight[0, i] == pytest.approx(weight[own].sum())
        for j in range(3):
            both = own & ~np.isnan(values[:, j])
            expected = np.cov(values[both][:, [i, j]].T, aweights=weight[both], ddof=0)[0, 1]
            assert found.cov[0, i, j] == pytest.approx(expected, rel=1e-10)


@settings(max_examples=25, deadline=None)
@given(st.integers(1, 12), st.booleans(), st.sampled_from([1, 2]), st.integers(0, 10_000))
def test_groups_have_the_moments_of_their_rows(groups: int, pairwise: bool, order: int, seed: int) -> None:
    values = answers(gaps=0.2 if pairwise else 0.0, seed=seed)
    random = np.random.default_rng(seed)
    codes, own, other = random.integers(0, groups, 40), random.uniform(0, 2, 40), random.uniform(0, 2, (groups, 3))
    codes[:groups] = np.arange(groups)
    rows = Moments.of_rows(values, names=NAMES, pairwise=pairwise, order=order)
    grouped = rows.grouped(codes, weight=own)
    assert grouped.count.tolist() == np.bincount(codes, minlength=groups).tolist()
    np.testing.assert_allclose(grouped.totals(other), rows.totals(own[:, None] * other[codes]), rtol=1e-10, atol=1e-9)


def test_moments_of_two_halves_add_up() -> None:
    values = answers()
    whole = Moments.of_rows(values, names=NAMES)
    codes, weight = np.arange(40) // 4, np.ones(40)
    halves = [
        whole.take(part).grouped(codes[part] - codes[part].min(), weight=weight[part])
        for part in (np.arange(20), np.arange(20, 40))
    ]
    together = halves[0] + halves[1]
    assert len(together) == 10
    np.testing.assert_allclose(
        together.totals(np.ones((10, 1))), whole.totals(np.ones((40, 1))), rtol=1e-12, atol=1e-12
    )


@pytest.mark.parametrize(
    "change", [{"names": ("a", "b", "z")}, {"origin": np.zeros(3)}, {"order": 1}, {"pairwise": True}], ids=str
)
def test_moments_of_another_layout_do_not_add_up(change: dict[str, object]) -> None:
    rows = Moments.of_rows(answers(), names=NAMES)
    one = rows.grouped(np.zeros(40, dtype=int), weight=np.ones(40))
    other = replace(one, layout=replace(one.layout, **change))
    with pytest.raises(ValueError, match="add up only with the same"):
        _ = one + other
    with pytest.raises(ValueError, match="grouping them"):
        _ = rows + rows


def test_totals_do_not_depend_on_the_size_of_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    rows, given_weights, codes = Moments.of_rows(answers(), names=NAMES), weights(), np.arange(40) % 3
    whole = rows.totals(given_weights)
    by = rows.totals_by(codes, size=3, multipliers=given_weights[:, 0])
    monkeypatch.setattr(room, "BLOCK_ROWS", 7)
    np.testing.assert_allclose(rows.totals(given_weights), whole, rtol=1e-13)
    np.testing.assert_allclose(rows.totals_by(codes, size=3, multipliers=given_weights[:, 0]), by, rtol=1e-13)
    np.testing.assert_allclose(by.sum(axis=0), whole[0], rtol=1e-12)


@pytest.mark.parametrize("pairwise", [False, True])
def test_a_constant_column_has_no_variance_at_all(pairwise: bool) -> None:
    """Its mean square is 49, so that without care its variance were some 1e-15 and its correlations noise."""
    values = answers()
    values[:, 1] = 7.1
    layout = {"names": NAMES, "origin": np.array([5.5, 0.1, 5.5]), "pairwise": pairwise}
    found = Moments.of_rows(values, **layout).summary(weights())
    assert (found.cov[:, 1] == 0).all()
    assert (found.cov[:, :, 1] == 0).all()
    assert (np.diagonal(found.cov, axis1=1, axis2=2)[:, [0, 2]] > 1).all()


def test_large_numbers_do_not_cancel() -> None:
    values = answers() + 1e9
    found = Moments.of_rows(values, names=NAMES).summary(np.ones((40, 1)))
    np.testing.assert_allclose(found.cov[0], np.cov((values - 1e9).T, ddof=0), rtol=1e-9)


def test_a_failed_weighting_is_nan_alone() -> None:
    given_weights = weights()
    given_weights[:, 2] = np.nan
    found = Moments.of_rows(answers(), names=NAMES).summary(given_weights)
    assert np.isnan(found.mean[2]).all()
    assert np.isfinite(found.mean[[0, 1, 3]]).all()
    assert np.isfinite(found.cov[[0, 1, 3]]).all()


@pytest.mark.parametrize("pairwise", [False, True])
@pytest.mark.parametrize("order", [1, 2])
def test_the_width_is_that_of_the_terms(order: int, pairwise: bool) -> None:
    layout = Layout(names=NAMES, origin=np.zeros(3), order=order, pairwise=pairwise)
    assert layout.expand(answers()).shape == (40, layout.width)


def test_complex_weights_carry_a_derivative() -> None:
    rows, step = Moments.of_rows(answers(), names=NAMES), 1e-20
    moved = np.ones((40, 1)) + 1j * step * (np.arange(40) == 5)[:, None]
    found = rows.summary(moved)
    near = [rows.summary(np.ones((40, 1)) + h * (np.arange(40) == 5)[:, None]) for h in (1e-5, -1e-5)]
    np.testing.assert_allclose(found.mean.imag / step, (near[0].mean - near[1].mean) / 2e-5, rtol=1e-6)
    np.testing.assert_allclose(found.cov.imag / step, (near[0].cov - near[1].cov) / 2e-5, rtol=1e-5)
