"""Importance of drivers: the R2 of all subsets of players, and the averages taken over it.

A *player* is a set of columns that enter a regression together: one question, the pair "used" and "used x answer",
the dummies of a category, an answer and its square. All functions take covariance matrices, any number at once.

Inside, a work table holds one row per entry of the packed upper triangle of a residual covariance matrix, and one
column per subset and batch element, so that every step is arithmetic on long rows.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from hashlib import sha256
from itertools import chain
from math import comb
from typing import NamedTuple, TypeAlias

import numpy as np

from csresearch.models.importance.correlations import R2_LIMIT, Array, blank, chosen, correlations
from csresearch.models.importance.orderings import sampled
from csresearch.models.importance.subsets import ROW, blocks, packed, sums_by_size

Players: TypeAlias = Sequence[Sequence[int]]

EXACT_DRAWS = 14
EXACT_ESTIMATE = 24
KEPT = 128  # answers of lmg that are held: a few hundred kB each at most


class Importance(NamedTuple):
    """Values of the players, and how far sampled orderings may have moved them."""

    values: Array
    mc_error: Array


KNOWN: dict[bytes, Importance] = {}
"""Latest answers of lmg by the content of what was asked, the latest last."""


def subset_r2(cov: Array, players: Players, outcome: int) -> Array:
    """R2 of every subset of the players.

    Parameters
    ----------
    cov : array (..., q, q)
        Covariance or correlation matrices.
    players : sequence of sequences of int
        The columns of each player; no column twice.
    outcome : int
        The column that is explained.

    Returns
    -------
    array (..., 2 ** players)
        Element `i` is the subset whose members are the bits of `i`: 5 = players 0 and 2. A singular matrix gives NaN.

    Raises
    ------
    ValueError
        Columns that overlap or do not exist; more than 24 players.

    Examples
    --------
    >>> subset_r2(np.array([[1, 0.0, 0.6], [0.0, 1, 0.3], [0.6, 0.3, 1]]), [(0,), (1,)], 2).round(2)
    array([0.  , 0.36, 0.09, 0.45])
    """
    _require_few(players)
    corr, usable = _prepared(cov, players, outcome)
    widths = [len(player) for player in players]
    r2 = np.empty((len(corr), 2 ** len(players)), dtype=corr.dtype)
    for part in _parts(len(corr), len(players)):
        n_part = part.stop - part.start
        for fixed, block in blocks(packed(corr[part]), widths):
            first = sum(2**player for player, member in enumerate(fixed) if member)
            r2[part, first :: 2 ** len(fixed)] = block.reshape(-1, n_part).T
    return blank(r2, usable & ~(r2[:, -1].real > R2_LIMIT)).reshape(*np.shape(cov)[:-2], -1)


def average_increments(cov: Array, players: Players, outcome: int) -> Array:
    """Average rise of R2 when a player joins the models with 0, 1, ... other players (conditional dominance).

    Parameters
    ----------
    cov, players, outcome
        As in `subset_r2`.

    Returns
    -------
    array (..., players, players)
        Row: the player; column: the number of players already in the model. The first column is the R2 alone ("first"),
        the last one the rise when the player enters last; the mean of a row is LMG.

    Raises
    ------
    ValueError
        Columns that overlap or do not exist; more than 24 players.

    Notes
    -----
    Azen and Budescu (2003), Psychological Methods 8(2): conditional dominance. All subsets come by doubling: for each
    subset of the first players the residual covariance of the rest is kept; the next is once left out, once swept out.

    Examples
    --------
    >>> average_increments(np.array([[1, 0.5, 0.6], [0.5, 1, 0.3], [0.6, 0.3, 1]]), [(0,), (1,)], 2).round(2)
    array([[0.36, 0.27],
           [0.09, 0.  ]])
    """
    _require_few(players)
    corr, usable = _prepared(cov, players, outcome)
    n_players = len(players)
    having = np.zeros((n_players, n_players + 1, len(corr)), dtype=corr.dtype)
    total = np.zeros((n_players + 1, len(corr)), dtype=corr.dtype)
    for part in _parts(len(corr), n_players):
        for fixed, block in blocks(packed(corr[part]), [len(player) for player in players]):
            sums, sums_having = sums_by_size(block, n_players - len(fixed), part.stop - part.start)
            sizes = slice(sum(fixed), sum(fixed) + len(sums))
            total[sizes, part] += sums
            having[: len(fixed), sizes, part] += np.multiply.outer(fixed, sums)
            having[len(fixed) :, sizes, part] += sums_having
    increments = blank(_increments(total, having), usable & ~(total[-1].real > R2_LIMIT))
    return increments.reshape(*np.shape(cov)[:-2], n_players, n_players)


def lmg(
    cov: Array, players: Players, outcome: int, *, point: Array | None = None, pairs: int = 1000, seed: int = 1
) -> Importance:
    """LMG: the rise of R2 by each player, averaged over all orders of entry (the Shapley value of R2).

    Up to 14 players every element is exact. With 15 to 24 an element is exact if no `point` is given; with it, only the
    point is, and an element is `exact(point) + sampled(element) - sampled(point)` over common orderings: the sampling
    error cancels as far as element and point agree. Beyond 24 players all is sampled.

    Parameters
    ----------
    cov : array (..., q, q)
        Covariance matrices: of the estimate, or of its replicates.
    players, outcome
        As in `subset_r2`.
    point : array (q, q) or (1, q, q), optional
        Covariance matrix of the estimate; give it when `cov` holds replicates or derivatives. Without a point nothing
        can be said of them: a singular one gives NaN everywhere.
    pairs : int
        Number of sampled orderings; each is used together with its reverse.
    seed : int
        Seed of the orderings; the same seed gives the same orderings for estimate and replicates.

    Returns
    -------
    Importance
        `values` (..., players) sum to R2; `mc_error` (..., players) is the standard error due to sampled orderings,
        zero where the value is exact. Not writable: the same question, as drivers and grid of one study put it, is
        answered once.

    Raises
    ------
    ValueError
        Columns that overlap or do not exist; fewer than two pairs.

    Notes
    -----
    Lindeman, Merenda and Gold (1980); Groemping (2006), Journal of Statistical Software 17(1).

    Examples
    --------
    >>> lmg(np.array([[1, 0.5, 0.6], [0.5, 1, 0.3], [0.6, 0.3, 1]]), [(0,), (1,)], 2).values
    array([0.315, 0.045])
    """
    if pairs < 2:
        raise ValueError(f"pairs={pairs}: at least 2 pairs of orderings are needed to know their error, e.g. 1000")
    key = _key(cov, point, [[int(column) for column in player] for player in players], outcome, pairs, seed)
    found = KNOWN.pop(key, None) or _lmg(cov, players, outcome, point=point, pairs=pairs, seed=seed)
    for part in found:
        part.setflags(write=False)
    KNOWN[key] = found
    while len(KNOWN) > KEPT:
        KNOWN.pop(next(iter(KNOWN)), None)
    return found


def _key(*asked: object) -> bytes:
    """Name of a question: equal only for the same numbers of the same shape."""
    found = sha256()
    for part in asked:
        if isinstance(part, np.ndarray):
            found.update(f"{part.shape} {part.dtype.str} ".encode() + part.tobytes())
        else:
            found.update(f"{part!r} ".encode())
    return found.digest()


def _lmg(cov: Array, players: Players, outcome: int, *, point: Array | None, pairs: int, seed: int) -> Importance:
    """Answer `lmg`, which keeps the answers."""
    n_players = len(players)
    if n_players <= EXACT_DRAWS or (n_players <= EXACT_ESTIMATE and point is None):
        values = average_increments(cov, players, outcome).mean(axis=-1)
        return Importance(values, np.where(np.isnan(values), np.nan, 0.0))
    corr, usable = _prepared(cov, players, outcome)
    orderings = np.random.default_rng(seed).permuted(np.tile(np.arange(n_players), (pairs, 1)), axis=1)
    exact, common = np.zeros(n_players), None
    if n_players <= EXACT_ESTIMATE and point is not None:
        exact, common = lmg(point, players, outcome).values, _prepared(point, players, outcome)[0]
    mean, error = sampled(corr, [len(player) for player in players], orderings, common)
    usable &= ~((exact + mean).sum(axis=-1).real > R2_LIMIT)
    shape = (*np.shape(cov)[:-2], n_players)
    return Importance(blank(exact + mean, usable).reshape(shape), blank(error, usable).reshape(shape))


def _prepared(cov: Array, players: Players, outcome: int) -> tuple[Array, Array]:
    """Correlations (b, columns, columns) of the players' columns in order and the outcome, and which elements serve."""
    if not players or not all(players):
        raise ValueError(f"players={[list(player) for player in players]}: each player needs at least one column")
    columns = chosen(cov, [*chain.from_iterable(players), outcome])
    return correlations(columns.reshape(-1, *columns.shape[-2:]), columns.shape[-1] - 1)


def _require_few(players: Players) -> None:
    """Refuse what would take hours."""
    if len(players) > EXACT_ESTIMATE:
        raise ValueError(
            f"{len(players)} players have 2 ** {len(players)} subsets; at most {EXACT_ESTIMATE} players are allowed: "
            "join predictors into groups, or use lmg, which samples orderings"
        )


def _parts(n_batch: int, n_players: int) -> Iterator[slice]:
    """Slices of the batch, so that the rows of the work tables stay short."""
    step = max(ROW >> n_players, 16)
    for start in range(0, n_batch, step):
        yield slice(start, min(start + step, n_batch))


def _increments(total: Array, having: Array) -> Array:
    """Average rise of R2 by player and size of the model it joins (b, players, sizes), from the sums by size."""
    n_players = len(having)
    models = np.array([comb(n_players - 1, size) for size in range(n_players)], dtype=float)[:, None]
    return np.moveaxis((having[:, 1:] + having[:, :-1] - total[:-1]) / models, -1, 0)
