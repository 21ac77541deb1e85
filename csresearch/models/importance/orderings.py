"""LMG over sampled orders of entry: what too many players leave of all subsets."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from csresearch.models.importance.correlations import Array
from csresearch.models.importance.subsets import sweep

ORDERING_ROW = 2**11  # numbers in a row of a work table of orderings, which has more rows than one of subsets


def sampled(corr: Array, widths: Sequence[int], orderings: Array, common: Array | None) -> tuple[Array, Array]:
    """LMG over orderings and their reverses, minus that of `common` if given, and its standard error (b, players)."""
    mean = np.empty((len(corr), len(widths)), dtype=corr.dtype)
    error = np.empty(mean.shape)
    n, step = len(orderings), ORDERING_ROW // 4
    for start in range(0, len(corr), step):
        part = slice(start, min(start + step, len(corr)))
        batch = corr[part] if common is None else np.concatenate([common, corr[part]])
        entries = np.ascontiguousarray(np.moveaxis(batch, 0, -1))
        n_pairs = max(ORDERING_ROW // (2 * len(batch)), 1)
        total = np.zeros_like(mean[part])
        squares = np.zeros_like(error[part])
        for first in range(0, n, n_pairs):
            rises = _rises(entries, widths, orderings[first : first + n_pairs])
            rises = rises if common is None else rises[:, 1:] - rises[:, :1]
            total += rises.sum(axis=0)
            squares += (rises.real**2).sum(axis=0)
        mean[part] = total / n
        error[part] = np.sqrt(np.maximum(squares - total.real**2 / n, 0) / (n * (n - 1)))
    return mean, error


def _rises(corr: Array, widths: Sequence[int], orderings: Array) -> Array:
    """Rise of R2 by each player, mean of an ordering and its reverse (pairs, b, players); `corr` is (size, size, b)."""
    both = np.concatenate([orderings, orderings[:, ::-1]])
    size, n_batch = len(corr), corr.shape[-1]
    starts = np.cumsum([0, *widths[:-1]])
    members = np.split(np.arange(size - 1), starts[1:])
    order = np.array([np.concatenate([*(members[player] for player in line), [size - 1]]) for line in both])
    rows, columns = np.triu_indices(size)
    table = corr[order[:, rows].T, order[:, columns].T].reshape(len(rows), -1)
    unexplained = [table[-1].copy()]
    for left in range(size, 1, -1):
        table = sweep(table, left, out=table[left:])
        unexplained.append(table[-1].copy())
    rises = -np.diff(np.array(unexplained), axis=0).reshape(size - 1, len(both), n_batch)
    rises = rises[np.argsort(order[:, :-1], axis=1).T, np.arange(len(both))]  # back to the order of the columns
    by_player = np.add.reduceat(rises, starts, axis=0).reshape(len(widths), 2, len(orderings), n_batch)
    return np.moveaxis(by_player.mean(axis=1), 0, -1)
