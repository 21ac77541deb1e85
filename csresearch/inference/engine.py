"""One estimator, many weightings: the point, the draws, the derivatives, the design effect."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from csresearch.inference.design import Weighting
from csresearch.inference.moments import AnyArray, Array, BoolArray, IntArray, Moments, Summary
from csresearch.inference.replicates import AnyReplicates, Bootstrap, FileReplicates, Jackknife, Linearized

Estimator = Callable[[Summary, Summary], AnyArray]
"""`estimate(batch, point) -> (b, k)`: the same function for the point, a draw and a derivative."""

COMPLEX_STEP = 1e-20
RELATIVE_STEP = 1e-2  # of a cluster's weight; the error is of the order of its square times the cluster's share squared
STILL = 1e-12  # of the estimate: a standard error at or below it is rounding
BLOCK = 256  # directions followed at once
EFFECT_ROWS = 2_000  # respondents behind a design effect: its numerator is known to 3 %


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
    pooled : bool array, shape (n,), optional
        Respondents whose moments the estimator gets beside those of each domain, under the same weightings.
    """

    moments: Moments
    used: BoolArray
    domains: BoolArray
    weighting: Weighting
    estimate: Estimator
    analytic: bool = False
    base: IntArray | None = None
    pooled: BoolArray | None = None

    @cached_property
    def weights(self) -> Array:
        """Final weights, shape (n,)."""
        return np.asarray(self.weighting.final(np.ones((len(self.used), 1)))[:, 0], dtype=float)

    @cached_property
    def masks(self) -> Array:
        """Respondents behind each domain's estimate, shape (d, n), as 0 and 1."""
        return np.asarray(self.domains & self.used & (self.weights > 0), dtype=float)

    @cached_property
    def n_obs(self) -> IntArray:
        """Respondents behind each number, shape (d, k), or (d, 1) where all numbers share them."""
        if self.base is None or self.moments.rows is None:
            return np.asarray(self.masks.sum(axis=1, keepdims=True), dtype=np.int64)
        answered = ~np.isnan(self.moments.rows)
        return np.asarray((self.masks @ answered)[:, self.base], dtype=np.int64)

    @cached_property
    def together(self) -> Array:
        """Respondents whose moments stand beside those of every domain, shape (0 or 1, n), as 0 and 1."""
        beside = np.zeros((0, len(self.used))) if self.pooled is None else self.pooled[None]
        return np.asarray(beside * (self.used & (self.weights > 0)), dtype=float)

    @cached_property
    def totals(self) -> Array:
        """Sums of each domain, and beside them those of all, shape (d, width or twice the width)."""
        masks = np.concatenate([self.masks, self.together])
        found = np.asarray(self.moments.totals((self.weights * masks).T), dtype=float)
        return np.stack(self.beside(list(found[:, None]))).reshape(len(self.masks), -1)

    @cached_property
    def points(self) -> list[Summary]:
        """Moments of each domain, a batch of one."""
        return [self.summary(row[None]) for row in self.totals]

    def beside(self, parts: list[Array]) -> list[Array]:
        """Put the sums of all, the last of the parts where the estimator asks for them, beside those of each domain."""
        if self.pooled is None:
            return parts
        return [np.concatenate([part, parts[-1]], axis=1) for part in parts[:-1]]

    def summary(self, totals: AnyArray) -> Summary:
        """Turn sums of a domain, with those of all beside them, into moments."""
        width = self.moments.layout.width
        own = self.moments.layout.summary(totals[:, :width])
        return own if self.pooled is None else own._replace(pooled=self.moments.layout.summary(totals[:, width:]))


@dataclass(frozen=True, kw_only=True)
class Estimates:
    """What came out: for d domains, r draws and k numbers.

    Attributes
    ----------
    point : array, shape (d, k)
    draws : array, shape (d, r, k)
        A failed draw keeps its place as NaN; r = 0 for a linearisation.
    deviations : array, shape (d, m, k)
        Their squares add up to the variances and their products to the covariances, of the numbers and of differences
        between domains: scaled draws, or (where the standard error is linearised) scaled derivatives of each cluster.
    std_error : array, shape (d, k)
    n_obs : array, shape (d, k)
    n_effective : array, shape (d, k)
    df : array, shape (d,)
    """

    point: Array
    draws: Array
    deviations: Array
    std_error: Array
    n_obs: IntArray
    n_effective: Array
    df: IntArray


def run(problem: Problem, replicates: AnyReplicates | None, *, linearize: bool = False) -> Estimates:
    """Estimate in every domain, with replicates by the design.

    Parameters
    ----------
    problem : Problem
    replicates : Bootstrap, Jackknife, Linearized, FileReplicates or None
        None: the estimates alone.
    linearize : bool
        Take the linearised standard error in place of that of bootstrap draws (scores; designs of under 8 df); a
        jackknife keeps its own, and replicate weights of a file know more of the design than we do.
    """
    with threadpool_limits(1, user_api="blas"):  # a matrix product split over threads differs in its last digits
        return _run(problem, replicates, linearize=linearize)


def _run(problem: Problem, replicates: AnyReplicates | None, *, linearize: bool) -> Estimates:
    point = np.concatenate([problem.estimate(summary, summary) for summary in problem.points]).real
    n_obs = np.broadcast_to(problem.n_obs, point.shape)
    brought = replicates if isinstance(replicates, FileReplicates) else None
    df = np.array([brought.degrees(m) if brought else problem.weighting.design.df(m) for m in problem.masks])
    draws = deviations = np.empty((len(point), 0, point.shape[1]))
    std_error = n_effective = np.full(point.shape, np.nan)
    if replicates is not None:
        if not isinstance(replicates, Linearized):
            draws = _draws(problem, replicates)
        if isinstance(replicates, Linearized) or (linearize and isinstance(replicates, Bootstrap)):
            deviations = _linearized(problem, Linearized(single=replicates.single))
        else:
            deviations = _spread(draws, replicates, problem.weighting)
        std_error = np.sqrt((deviations**2).sum(axis=1))
        std_error = np.where(std_error <= STILL * np.abs(point), 0.0, std_error)
        n_effective = _effective(problem, std_error, n_obs, known=brought is None)
    return Estimates(
        point=point, draws=draws, deviations=deviations, std_error=std_error, n_obs=n_obs, n_effective=n_effective,
        df=df,
    )  # fmt: skip


def _linearized(problem: Problem, by: Linearized) -> Array:
    """Scale the derivatives along the clusters' weights, shape (d, p, k)."""
    domains = range(len(problem.masks))
    return np.stack([by.deviations(_influence(problem, d), problem.weighting.design) for d in domains])


def _spread(draws: Array, replicates: AnyReplicates, weighting: Weighting) -> Array:
    """Scale deviations of the draws from their mean, shape (d, r, k); a failed draw adds nothing, nor does it count."""
    good = np.isfinite(draws)
    with np.errstate(invalid="ignore", divide="ignore"):
        count = good.sum(axis=1, keepdims=True)
        deviation = np.where(good, draws - np.where(good, draws, 0.0).sum(axis=1, keepdims=True) / count, 0.0)
        if isinstance(replicates, Jackknife | FileReplicates) and replicates.kind != "bootstrap":
            # a cluster whose replicate failed has an unknown part in the variance
            return np.where(good, deviation, np.nan) * np.sqrt(replicates.coefficients(weighting.design))[:, None]
        return np.asarray(deviation / np.sqrt(np.where(count > 1, count - 1, np.nan)))


def _draws(problem: Problem, replicates: AnyReplicates) -> Array:
    """Estimates under every replicate weighting, shape (d, r, k)."""
    parts: list[list[Array]] = [[] for _ in problem.domains]
    for totals in _replicate_totals(problem, replicates):
        for d, block in enumerate(totals):
            summary = problem.summary(block)
            with np.errstate(all="ignore"):
                parts[d].append(problem.estimate(summary, problem.points[d]).real)
    return np.stack([np.concatenate(part) for part in parts])


def _replicate_totals(problem: Problem, replicates: AnyReplicates) -> Iterator[list[Array]]:
    """Add up every domain under blocks of replicate weightings."""
    groups = None if isinstance(replicates, FileReplicates) else _groups(problem.weighting)
    masks = np.concatenate([problem.masks, problem.together])
    if groups is None:
        for weights in replicates.blocks(problem.weighting):
            yield problem.beside([problem.moments.totals(weights * mask[:, None]) for mask in masks])
        return
    reduced = _reduced(problem.weighting, groups)
    base = problem.weighting.base
    grouped = [problem.moments.grouped(groups, weight=base * mask) for mask in masks]
    for weights in replicates.blocks(reduced):
        with np.errstate(invalid="ignore", divide="ignore"):
            multipliers = np.where(reduced.base[:, None] > 0, weights / reduced.base[:, None], 0.0)
        yield problem.beside([part.totals(multipliers) for part in grouped])


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
    raking = weighting.raking
    if raking is not None:
        raking = replace(raking, cell=raking.cell[first])
    base = np.bincount(groups, weights=weighting.base).astype(float)
    return Weighting(base=base, design=design, raking=raking)


def _derivative(problem: Problem, d: int, directions: Array) -> Array:
    """Differentiate the estimates of domain d along directions of its sums, shape (m, width) -> (m, k)."""
    point, totals = problem.points[d], problem.totals[d]
    with np.errstate(all="ignore"):
        if problem.analytic:
            moved = problem.summary(totals + 1j * COMPLEX_STEP * directions)
            return np.asarray(problem.estimate(moved, point).imag / COMPLEX_STEP)
        up = problem.estimate(problem.summary(totals + RELATIVE_STEP * directions), point)
        down = problem.estimate(problem.summary(totals - RELATIVE_STEP * directions), point)
        return np.asarray((up - down) / (2 * RELATIVE_STEP))


def _influence(problem: Problem, d: int) -> Array:
    """Differentiate along the weight of each cluster, raking included, shape (p, k)."""
    cluster, clusters = problem.weighting.design.cluster, len(problem.weighting.design.stratum)
    sources = problem.weights * np.concatenate([problem.masks[d : d + 1], problem.together])
    order = np.argsort(cluster, kind="stable")
    edges = np.searchsorted(cluster[order], np.arange(0, clusters + BLOCK, BLOCK))
    by_cell: list[Array] = []
    if (raking := problem.weighting.raking) is not None:
        by_cell = [problem.moments.totals_by(raking.cell, size=raking.cells, multipliers=w) for w in sources]
    parts = []
    for number, start in enumerate(range(0, clusters, BLOCK)):
        rows = order[edges[number] : edges[number + 1]]
        size = min(BLOCK, clusters - start)
        some, codes = problem.moments.take(rows), cluster[rows] - start
        directions = np.concatenate([some.totals_by(codes, size=size, multipliers=w[rows]) for w in sources], axis=1)
        if by_cell:
            response = _raking_response(problem.weighting, rows, start, size)
            directions += np.concatenate([response @ cells for cells in by_cell], axis=1)
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
    some = factors.real != 0  # a category with target 0 has no factor to change
    return np.asarray(np.divide(factors.imag / COMPLEX_STEP, factors.real, out=np.zeros(some.shape), where=some))


def _effective(problem: Problem, std_error: Array, n_obs: IntArray, *, known: bool) -> Array:
    """Respondents over the design effect of each estimate, shape (d, k); `known`: the design is all there is."""
    design = problem.weighting.design
    positive = problem.weights[problem.weights > 0]
    plain = not design.clustered and design.size.shape == (1,) and design.population is None
    if known and plain and len(positive) and np.ptp(positive) == 0:
        return n_obs.astype(float)
    with np.errstate(invalid="ignore", divide="ignore"):
        simple = np.stack([_simple_variance(problem, d) for d in range(len(problem.masks))])
        return np.asarray(n_obs * simple / np.where(std_error > 0, std_error, np.nan) ** 2)


def _simple_variance(problem: Problem, d: int) -> Array:
    """Variance that a simple random sample of the same size would give, shape (k,)."""
    masks = np.concatenate([problem.masks[d : d + 1], problem.together])
    n, weights = int(masks[-1].sum()), problem.weights * masks[-1]  # those of a domain are some of all
    rows = np.flatnonzero(weights > 0)
    if len(rows) > EFFECT_ROWS:  # at random: files are sorted by wave, brand, outlet
        rows = np.random.default_rng(1).choice(rows, EFFECT_ROWS, replace=False)
    share = weights.sum() / max(n, 1)
    parts = []
    for start in range(0, len(rows), BLOCK):
        some = problem.moments.take(rows[start : start + BLOCK])
        codes = np.arange(len(some))
        members = share * masks[:, rows[start : start + BLOCK]]
        directions = np.concatenate([some.totals_by(codes, size=len(codes), multipliers=m) for m in members], axis=1)
        parts.append(_derivative(problem, d, directions) * n)
    if not parts:
        return np.full(problem.estimate(problem.points[d], problem.points[d]).shape[1], np.nan)
    value = np.concatenate(parts)
    weight = weights[rows, None] / weights[rows].sum()
    mean = (weight * value).sum(axis=0)
    return np.asarray((weight * (value - mean) ** 2).sum(axis=0) / max(n - 1, 1))
