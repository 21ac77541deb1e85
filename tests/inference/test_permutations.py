"""Labels are traded as respondents were drawn."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest

from csresearch.inference.design import Design
from csresearch.inference.permutations import exchange, permutation_p


def labels(first: list[int], design: Design, count: int = 300, seed: int = 1) -> np.ndarray:
    trade = exchange(np.array(first, dtype=bool), design, np.arange(len(first)))
    return np.concatenate(list(trade.relabelled(count=count, seed=seed)), axis=1)


def plain(n: int, stratum: list[int] | None = None) -> Design:
    return Design(cluster=np.arange(n), stratum=np.array(stratum or [0] * n))


def test_clusters_that_lie_in_one_group_are_traded_whole() -> None:
    cluster = np.repeat(np.arange(4), [3, 2, 4, 1])
    design = Design(cluster=cluster, stratum=np.zeros(4, dtype=int), clustered=True)
    drawn = labels([1, 1, 1, 1, 1, 0, 0, 0, 0, 0], design)
    for c in range(4):
        assert (drawn[cluster == c] == drawn[cluster == c][0]).all()
    first_rows = drawn[[0, 3, 5, 9]]
    assert (first_rows.sum(axis=0) == 2).all()  # two clusters a group, always
    assert len({tuple(column) for column in first_rows.T}) == 6  # all choices of two of four


def test_groups_that_cross_clusters_trade_within_them() -> None:
    cluster = np.repeat(np.arange(3), 4)
    design = Design(cluster=cluster, stratum=np.zeros(3, dtype=int), clustered=True)
    first = np.array([1, 0, 0, 0, 1, 1, 0, 0, 1, 1, 1, 1], dtype=bool)  # the last cluster holds one group
    trade = exchange(first, design, np.arange(12))
    assert trade.movable == pytest.approx(8 / 12)
    assert np.exp(trade.log_count) == pytest.approx(4 * 6)
    drawn = np.concatenate(list(trade.relabelled(count=200, seed=1)), axis=1)
    for c, members in enumerate((1, 2, 4)):
        assert (drawn[cluster == c].sum(axis=0) == members).all()
    assert len({tuple(column) for column in drawn.T}) == 24


def test_respondents_trade_within_strata_that_hold_both_groups_else_with_all() -> None:
    inside = labels([1, 0, 0, 1, 1, 0], plain(6, [0, 0, 0, 1, 1, 1]))
    assert (inside[:3].sum(axis=0) == 1).all()
    across = labels([1, 1, 1, 0, 0, 0], plain(6, [0, 0, 0, 1, 1, 1]))
    assert (across.sum(axis=0) == 3).all()
    assert set(across[:3].sum(axis=0)) == {0, 1, 2, 3}


def test_all_relabellings_are_equally_frequent_and_a_seed_gives_the_same() -> None:
    drawn = labels([1, 1, 0, 0, 0], plain(5), count=4_000)
    _, counts = np.unique(drawn, axis=1, return_counts=True)
    assert len(counts) == 10
    assert np.abs(counts - 400).max() < 5 * np.sqrt(400)
    np.testing.assert_array_equal(labels([1, 1, 0, 0, 0], plain(5), count=50), drawn[:, :50])
    assert not np.array_equal(labels([1, 1, 0, 0, 0], plain(5), count=50, seed=2), drawn[:, :50])


def test_p_values_over_all_relabellings_are_exact() -> None:
    values = np.array([1.0, 2.0, 4.0, 8.0])
    every = np.array(
        [values[list(order)][:2].mean() - values[list(order)][2:].mean() for order in permutations(range(4))]
    )
    observed, others = every[-1:], every[:-1, None]
    for lower in (True, False):
        far = every <= observed[0] + 1e-12 if lower else np.abs(every) >= np.abs(observed[0]) - 1e-12
        assert permutation_p(observed, others, lower=lower)[0] == pytest.approx(far.mean())
    failed = np.vstack([others, np.full((50, 1), np.nan)])
    assert permutation_p(observed, failed, lower=True) == permutation_p(observed, others, lower=True)
    assert np.isnan(permutation_p(np.array([np.nan]), others, lower=True)[0])
