"""Derivatives of estimates: along the weight of each cluster, raking included, and along that of each respondent."""

from __future__ import annotations

import numpy as np
from scipy import sparse

from csresearch.inference.design import Weighting
from csresearch.inference.moments import AnyArray, Array, IntArray, indicator
from csresearch.inference.problem import BLOCK, COMPLEX_STEP, EFFECT_ROWS, Problem


def influences(problem: Problem) -> Array:
    """Differentiate the estimates of each domain along the weight of each cluster, shape (d, p, k)."""
    if problem.slopes is None:
        return np.stack([_followed(problem, d) for d in range(len(problem.masks))])
    weighting = problem.weighting
    cluster, clusters = weighting.design.cluster, len(weighting.design.stratum)
    own, cells = [], []
    for d in range(len(problem.masks)):
        multipliers = problem.weights * problem.sources(d)
        rows = np.flatnonzero(multipliers.any(axis=0))
        values = _values(problem, problem.slopes[d], rows, multipliers[:, rows])
        own.append(indicator(cluster[rows], clusters) @ values)
        if (raking := weighting.raking) is not None:
            cells.append(indicator(raking.cell[rows], raking.cells) @ values)
    found = np.stack(own)
    if cells:
        added = _answered(weighting, np.concatenate(cells, axis=1))
        found += added.reshape(clusters, len(own), -1).transpose(1, 0, 2)
    return found


def simple_variance(problem: Problem, d: int) -> Array:
    """Variance that a simple random sample of the same size would give, shape (k,)."""
    masks = problem.sources(d)
    n, weights = int(masks[-1].sum()), problem.weights * masks[-1]  # those of a domain are some of all
    rows = np.flatnonzero(weights > 0)
    if not len(rows):
        return np.full(problem.estimate(problem.points[d], problem.points[d]).shape[1], np.nan)
    if len(rows) > EFFECT_ROWS:  # at random: files are sorted by wave, brand, outlet
        rows = np.random.default_rng(1).choice(rows, EFFECT_ROWS, replace=False)
    members = weights.sum() / max(n, 1) * masks[:, rows]
    if problem.slopes is None:
        codes = np.arange(len(rows))
        value = np.concatenate([
            problem.derivative(d, _directions(problem, some, codes[: len(some)], len(some), members[:, part]))
            for part, some in _blocks(rows)
        ])  # fmt: skip
    else:
        value = _values(problem, problem.slopes[d], rows, members)
    value = value * n
    weight = weights[rows, None] / weights[rows].sum()
    mean = (weight * value).sum(axis=0)
    return np.asarray((weight * (value - mean) ** 2).sum(axis=0) / max(n - 1, 1))


def _blocks(rows: IntArray) -> list[tuple[slice, IntArray]]:
    parts = [slice(start, start + BLOCK) for start in range(0, len(rows), BLOCK)]
    return [(part, rows[part]) for part in parts]


def _directions(problem: Problem, rows: IntArray, codes: IntArray, size: int, multipliers: Array) -> Array:
    """Add rows within codes under each multiplier, side by side, shape (size, width or twice the width)."""
    some = problem.moments.take(rows)
    return np.concatenate([some.totals_by(codes, size=size, multipliers=m) for m in multipliers], axis=1)


def _values(problem: Problem, slopes: Array, rows: IntArray, multipliers: Array) -> Array:
    """Differentiate along the terms of each row, from the slopes along each sum, shape (rows, k)."""
    parts = np.concatenate(np.split(slopes, len(multipliers)), axis=1)
    made = problem.moments.take(rows).projected(parts).reshape(len(rows), len(multipliers), -1)
    return np.asarray((made * multipliers.T[:, :, None]).sum(axis=1))


def _followed(problem: Problem, d: int) -> Array:
    """Follow the weight of each cluster through the estimator, shape (p, k)."""
    weighting = problem.weighting
    cluster, clusters = weighting.design.cluster, len(weighting.design.stratum)
    sources = problem.weights * problem.sources(d)
    order = np.argsort(cluster, kind="stable")
    edges = np.searchsorted(cluster[order], np.arange(0, clusters + BLOCK, BLOCK))
    by_cell: list[Array] = []
    if (raking := weighting.raking) is not None:
        by_cell = [problem.moments.totals_by(raking.cell, size=raking.cells, multipliers=w) for w in sources]
    parts = []
    for number, start in enumerate(range(0, clusters, BLOCK)):
        rows = order[edges[number] : edges[number + 1]]
        codes, size = cluster[rows] - start, min(BLOCK, clusters - start)
        directions = _directions(problem, rows, codes, size, sources[:, rows])
        if raking is not None:
            grown = np.zeros((size, raking.cells))
            np.add.at(grown, (codes, raking.cell[rows]), weighting.base[rows])
            response = _response(weighting, grown)
            directions += np.concatenate([response @ cells for cells in by_cell], axis=1)
        parts.append(problem.derivative(d, directions))
    return np.concatenate(parts)


def _answered(weighting: Weighting, cells: Array) -> Array:
    """Give what raking adds along each cluster's weight, from what cells have of their own, (c, m) -> (p, m)."""
    raking, design = weighting.raking, weighting.design
    if raking is None:
        return np.zeros((len(design.stratum), cells.shape[1]))
    place, shape = (design.cluster, raking.cell), (len(design.stratum), raking.cells)
    grown = sparse.csr_array((weighting.base, place), shape=shape)
    few = shape[0] <= shape[1]  # a response is linear: clusters or cells are followed, whichever are fewer
    moves = grown if few else sparse.csr_array(sparse.identity(raking.cells))
    starts = range(0, moves.shape[0], BLOCK)
    made = np.concatenate([_response(weighting, moves[s : s + BLOCK].toarray()) @ cells for s in starts])
    return made if few else np.asarray(grown @ made)


def _response(weighting: Weighting, grown: AnyArray) -> Array:
    """Change of each cell's raking factor, relative, as weight is added to cells, shape (m, c) -> (m, c)."""
    raking = weighting.raking
    if raking is None:
        return np.zeros(grown.shape)
    factors = raking.factors(raking.cell_totals(weighting.base[:, None]) + 1j * COMPLEX_STEP * grown)
    some = factors.real != 0  # a category with target 0 has no factor to change
    return np.asarray(np.divide(factors.imag / COMPLEX_STEP, factors.real, out=np.zeros(some.shape), where=some))
