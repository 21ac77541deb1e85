"""One estimator, many weightings: the point, the draws, the derivatives, the design effect."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from csresearch.inference.moments import AnyArray, Array, IntArray, Moments, Summary
from csresearch.inference.replicates import AnyReplicates, Jackknife, Linearized, Weighting

Estimator = Callable[[Summary, Summary], AnyArray]
"""`estimate(batch, point) -> (b, k)`: the same function for the point, a draw and a derivative."""

COMPLEX_STEP = 1e-20
RELATIVE_STEP = 1e-2  # of a cluster's weight; the error is of the order of its square times the cluster's share squared
BLOCK = 256  # directions followed at once
EFFECT_ROWS = 2_000  # respondents behind a design effect; more change the third digit


@dataclass(frozen=True, kw_only=True)
class Problem:
    """An estimator of moments, the rows it may use, and the weighting they come with.

    Parameters
    ----------
    moments : Moments
        One group a respondent, shape (n, q).
    used : bool array, shape (n,)
        Respondents with the answers the estimator needs.
    domains : bool array, shape (d, n)
        Members of each domain; one row of True for the whole sample.
    weighting : Weighting
    estimate : callable
        `estimate(batch, point) -> (b, k)`.
    analytic : bool
        Whether the estimator takes complex moments, so that its derivative is exact.
    base : int array, shape (k,), optional
        Column whose answers are the base of each number, where numbers have bases of their own.
    """

    moments: Moments
    used: Array
    domains: Array
    weighting: Weighting
    estimate: Estimator
    analytic: bool = False
    base: IntArray | None = None

    @cached_property
    def weights(self) -> Array:
        """Final weights, shape (n,)."""
        return np.asarray(self.weighting.final(np.ones((len(self.used), 1)))[:, 0], dtype=float)

    @cached_property
    def masks(self) -> Array:
        """Respondents behind each domain's estimate, shape (d, n), as 0 and 1."""
        return (self.domains & self.used & (self.weights > 0)).astype(float)

    @cached_property
    def n_obs(self) -> IntArray:
        """Respondents behind each number, shape (d, k), or (d, 1) where all numbers share them."""
        if self.base is None or self.moments.rows is None:
            return np.asarray(self.masks.sum(axis=1, keepdims=True), dtype=np.int64)
        answered = ~np.isnan(self.moments.rows)
        return np.asarray((self.masks @ answered)[:, self.base], dtype=np.int64)

    @cached_property
    def points(self) -> list[Summary]:
        """Moments of each domain, a batch of one."""
        totals = self.moments.totals((self.weights * self.masks).T)
        return [self.moments.layout.summary(row[None]) for row in totals]


@dataclass(frozen=True, kw_only=True)
class Estimates:
    """What came out: for d domains, r draws, p clusters and k numbers.

    Attributes
    ----------
    point : array, shape (d, k)
    draws : array, shape (d, r, k)
        A failed draw keeps its place as NaN; r = 0 for a linearisation.
    std_error : array, shape (d, k)
    linearized : array, shape (d, k)
        Linearised standard error, where it was asked for or has to stand in; else NaN.
    influence : array, shape (d, p, k), or None
    n_obs : array, shape (d, k)
    n_effective : array, shape (d, k)
    df : array, shape (d,)
    """

    point: Array
    draws: Array
    std_error: Array
    linearized: Array
    influence: Array | None
    n_obs: IntArray
    n_effective: Array
    df: IntArray


def run(problem: Problem, replicates: AnyReplicates | None, *, linearize: bool = False) -> Estimates:
    """Estimate in every domain, with replicates by the design.

    Parameters
    ----------
    problem : Problem
    replicates : Bootstrap, Jackknife, Linearized or None
        None: the estimates alone.
    linearize : bool
        Take the linearised standard error beside the draws (scores; designs of under 8 df).
    """
    point = np.concatenate([problem.estimate(summary, summary) for summary in problem.points]).real
    n_obs = np.broadcast_to(problem.n_obs, point.shape)
    df = np.array([problem.weighting.design.df(mask) for mask in problem.masks])
    unknown = np.full(point.shape, np.nan)
    draws = np.empty((len(point), 0, point.shape[1]))
    influence, linearized, std_error = None, unknown, unknown
    if replicates is not None:
        if linearize or isinstance(replicates, Linearized):
            influence = np.stack([_influence(problem, d) for d in range(len(point))])
            by = replicates if isinstance(replicates, Linearized) else Linearized(single=replicates.single)
            linearized = np.sqrt([by.variance(part, problem.weighting.design) for part in influence])
        if isinstance(replicates, Linearized):
            std_error = linearized
        else:
            draws = _draws(problem, replicates)
            std_error = _spread(draws, replicates, problem.weighting)
    best = np.where(np.isnan(linearized), std_error, linearized)
    n_effective = np.full(point.shape, np.nan) if replicates is None else _effective(problem, best, n_obs)
    return Estimates(
        point=point, draws=draws, std_error=std_error, linearized=linearized, influence=influence,
        n_obs=n_obs, n_effective=n_effective, df=df,
    )  # fmt: skip


def _spread(draws: Array, replicates: AnyReplicates, weighting: Weighting) -> Array:
    """Standard error over draws, shape (d, k)."""
    with np.errstate(invalid="ignore"):
        good = np.isfinite(draws)
        count = good.sum(axis=1)
        mean = np.where(good, draws, 0.0).sum(axis=1) / count
        squares = np.where(good, (draws - mean[:, None]) ** 2, 0.0)
        if isinstance(replicates, Jackknife):
            scale = replicates.scale(weighting.design)
            return np.sqrt(np.einsum("r,drk->dk", scale, squares))
        return np.asarray(np.sqrt(squares.sum(axis=1) / (count - 1)))


def _draws(problem: Problem, replicates: AnyReplicates) -> Array:
    """Estimates under every replicate weighting, shape (d, r, k)."""
    parts: list[list[Array]] = [[] for _ in problem.domains]
    for totals in _replicate_totals(problem, replicates):
        for d, block in enumerate(totals):
            summary = problem.moments.layout.summary(block)
            with np.errstate(all="ignore"):
                parts[d].append(problem.estimate(summary, problem.points[d]).real)
    return np.stack([np.concatenate(part) for part in parts])


def _replicate_totals(problem: Problem, replicates: AnyReplicates) -> Iterator[list[Array]]:
    """Sums of every domain under blocks of replicate weightings."""
    groups = _groups(problem.weighting)
    if groups is None:
        for weights in replicates.blocks(problem.weighting):
            yield [problem.moments.totals(weights * mask[:, None]) for mask in problem.masks]
        return
    reduced = _reduced(problem.weighting, groups)
    base = problem.weighting.base
    grouped = [problem.moments.grouped(groups, weight=base * mask) for mask in problem.masks]
    for weights in replicates.blocks(reduced):
        with np.errstate(invalid="ignore", divide="ignore"):
            multipliers = np.where(reduced.base[:, None] > 0, weights / reduced.base[:, None], 0.0)
        yield [part.totals(multipliers) for part in grouped]


def _groups(weighting: Weighting) -> IntArray | None:
    """Group of each respondent (cluster x raking cell), where groups are fewer than a tenth of the respondents."""
    code = weighting.design.cluster
    if weighting.raking is not None:
        code = code * weighting.raking.cells + weighting.raking.cell
    found, groups = np.unique(code, return_inverse=True)
    return groups.astype(np.int64) if len(found) * 10 <= len(code) else None


def _reduced(weighting: Weighting, groups: IntArray) -> Weighting:
    """Weighting of the groups: they share cluster and cell, so every replicate multiplies them alike."""
    first = np.unique(groups, return_index=True)[1]
    design = replace(weighting.design, cluster=weighting.design.cluster[first])
    raking = weighting.raking if weighting.raking is None else replace(weighting.raking, cell=weighting.raking.cell[first])
    return Weighting(base=np.bincount(groups, weights=weighting.base), design=design, raking=raking)


def _derivative(problem: Problem, d: int, directions: Array) -> Array:
    """Derivative of the estimates of domain d along directions of its sums, shape (m, width) -> (m, k)."""
    layout, point = problem.moments.layout, problem.points[d]
    totals = problem.moments.totals((problem.weights * problem.masks[d])[:, None])
    with np.errstate(all="ignore"):
        if problem.analytic:
            moved = layout.summary(totals + 1j * COMPLEX_STEP * directions)
            return np.asarray(problem.estimate(moved, point).imag / COMPLEX_STEP)
        up = problem.estimate(layout.summary(totals + RELATIVE_STEP * directions), point)
        down = problem.estimate(layout.summary(totals - RELATIVE_STEP * directions), point)
        return np.asarray((up - down) / (2 * RELATIVE_STEP))


def _influence(problem: Problem, d: int) -> Array:
    """Derivative along the weight of each cluster, raking included, shape (p, k)."""
    cluster, clusters = problem.weighting.design.cluster, len(problem.weighting.design.stratum)
    weights = problem.weights * problem.masks[d]
    order = np.argsort(cluster, kind="stable")
    edges = np.searchsorted(cluster[order], np.arange(0, clusters + BLOCK, BLOCK))
    by_cell = None
    if problem.weighting.raking is not None:
        raking = problem.weighting.raking
        by_cell = problem.moments.totals_by(raking.cell, size=raking.cells, multipliers=weights)
    parts = []
    for number, start in enumerate(range(0, clusters, BLOCK)):
        rows = order[edges[number] : edges[number + 1]]
        size = min(BLOCK, clusters - start)
        directions = problem.moments.take(rows).totals_by(cluster[rows] - start, size=size, multipliers=weights[rows])
        if by_cell is not None:
            directions += _raking_response(problem.weighting, rows, start, size) @ by_cell
        parts.append(_derivative(problem, d, directions))
    return np.concatenate(parts)


def _raking_response(weighting: Weighting, rows: IntArray, start: int, size: int) -> Array:
    """Relative change of each cell's raking factor as a cluster's weight grows, shape (size, c)."""
    raking = weighting.raking
    if raking is None:
        return np.zeros((size, 0))
    base = raking.cell_totals(weighting.base[:, None])
    own = np.zeros((size, raking.cells))
    np.add.at(own, (weighting.design.cluster[rows] - start, raking.cell[rows]), weighting.base[rows])
    factors = raking.factors(base + 1j * COMPLEX_STEP * own)
    return np.asarray(factors.imag / COMPLEX_STEP / factors.real)


def _effective(problem: Problem, std_error: Array, n_obs: IntArray) -> Array:
    """Respondents over the design effect of each estimate, shape (d, k)."""
    design = problem.weighting.design
    positive = problem.weights[problem.weights > 0]
    plain = not design.clustered and design.size.shape == (1,) and design.population is None
    if plain and len(positive) and np.ptp(positive) == 0:
        return n_obs.astype(float)
    with np.errstate(invalid="ignore", divide="ignore"):
        simple = np.stack([_simple_variance(problem, d, int(mask.sum())) for d, mask in enumerate(problem.masks)])
        return np.asarray(n_obs * simple / std_error**2)


def _simple_variance(problem: Problem, d: int, n: int) -> Array:
    """Variance that a simple random sample of the same size would give, shape (k,)."""
    weights = problem.weights * problem.masks[d]
    rows = np.flatnonzero(weights > 0)
    rows = rows[:: max(1, len(rows) // EFFECT_ROWS)]
    share = weights.sum() / max(n, 1)
    parts = []
    for start in range(0, len(rows), BLOCK):
        some = problem.moments.take(rows[start : start + BLOCK])
        codes = np.arange(len(some))
        directions = some.totals_by(codes, size=len(codes), multipliers=np.full(len(codes), share))
        parts.append(_derivative(problem, d, directions) * n)
    if not parts:
        return np.full(problem.estimate(problem.points[d], problem.points[d]).shape[1], np.nan)
    value = np.concatenate(parts)
    weight = weights[rows, None] / weights[rows].sum()
    mean = (weight * value).sum(axis=0)
    return np.asarray((weight * (value - mean) ** 2).sum(axis=0) / max(n - 1, 1))
