"""R2 of all subsets by doubling: each player doubles a work table, once left out, once swept out.

A work table (entries, b) holds the upper triangle of the residual covariances of the columns that are left, row by row;
its columns are subsets times batch elements.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TypeAlias

import numpy as np

from csresearch.models.importance.correlations import Array

Membership: TypeAlias = tuple[bool, ...]
ROW = 2**15  # numbers in a row of a work table of subsets; long rows are quick, but tables should stay in the cache


def packed(corr: Array) -> Array:
    """Upper triangles (b, size, size) -> work table (entries, b)."""
    rows, columns = np.triu_indices(corr.shape[-1])
    return np.ascontiguousarray(corr[:, rows, columns].T)


def sweep(table: Array, size: int, out: Array | None = None) -> Array:
    """Regress the first of `size` columns out of the others: rest - b b' / a, row by row of the upper triangle."""
    top, rest = table[:size], table[size:]
    ratio = top[1:] / top[0]
    swept = np.empty_like(rest) if out is None else out
    start = 0
    for row in range(1, size):
        stop = start + size - row
        np.subtract(rest[start:stop], ratio[row - 1] * top[row:], out=swept[start:stop])
        start = stop
    return swept


def drop(table: Array, size: int, width: int) -> Array:
    """Leave out the first `width` of `size` columns."""
    left = size - width
    return table[len(table) - left * (left + 1) // 2 :]


def sweep_player(table: Array, size: int, width: int, out: Array | None = None) -> Array:
    """Regress the first `width` of `size` columns out of the others."""
    for done in range(width - 1):
        table = sweep(table, size - done)
    return sweep(table, size - width + 1, out)


def blocks(table: Array, widths: Sequence[int], fixed: Membership = ()) -> Iterator[tuple[Membership, Array]]:
    """Fix the first players out or in, one after the other, until the R2 of all subsets of the rest fit a row."""
    size = sum(widths) + 1
    if not widths or table.shape[1] << len(widths) <= ROW:
        yield fixed, doubled(table, widths)
        return
    yield from blocks(drop(table, size, widths[0]), widths[1:], (*fixed, False))
    yield from blocks(sweep_player(table, size, widths[0]), widths[1:], (*fixed, True))


def doubled(table: Array, widths: Sequence[int]) -> Array:
    """R2 of all subsets: each player doubles the columns of the table, once left out, once swept out."""
    size = sum(widths) + 1
    for width in widths:
        left_out, half = drop(table, size, width), table.shape[1]
        both = np.empty((len(left_out), 2 * half), dtype=table.dtype)
        both[:, :half] = left_out
        sweep_player(table, size, width, out=both[:, half:])
        table, size = both, size - width
    return np.asarray(1 - table[0])


def sums_by_size(r2: Array, n_players: int, n_batch: int) -> tuple[Array, Array]:
    """Add up R2 over the subsets of each size (sizes, b), and over those that hold a player (players, sizes, b)."""
    sums = r2.reshape(1, 1, 2**n_players, n_batch)  # rows: all subsets, then those that hold the last, last but one ...
    for _ in range(n_players):
        without, within = np.split(sums, 2, axis=2)
        rows, sizes, half, _ = without.shape
        sums = np.zeros((rows + 1, sizes + 1, half, n_batch), dtype=r2.dtype)
        sums[:-1, :-1] = without
        sums[:-1, 1:] += within
        sums[-1, 1:] = within[0]
    return sums[0, :, 0], sums[:0:-1, :, 0]
