"""One estimator, many weightings: the point, the draws, the derivatives, the design effect."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache

import numpy as np
from threadpoolctl import ThreadpoolController  # type: ignore[import-untyped]

from csresearch.inference.derivatives import influences, simple_variance
from csresearch.inference.design import Weighting
from csresearch.inference.keeping import kept_blocks
from csresearch.inference.moments import Array, IntArray
from csresearch.inference.problem import Problem
from csresearch.inference.replicates import AnyReplicates, Bootstrap, FileReplicates, Jackknife, Linearized

STILL = 1e-12  # of the estimate: a standard error at or below it is rounding


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
    with _threads("scipy.linalg" in sys.modules).limit(limits=1, user_api="blas"):
        return _run(problem, replicates, linearize=linearize)


@cache
def _threads(every: bool) -> ThreadpoolController:
    """Control the threads of BLAS, a matrix product split over them differs in its last digits; `every`: of scipy too.

    To look for the libraries takes as long as many a model.
    """
    return ThreadpoolController()


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
    return np.stack([by.deviations(influence, problem.weighting.design) for influence in influences(problem)])


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
        places = [np.flatnonzero(mask) for mask in masks]
        parts = [problem.moments.take(place) for place in places]
        for weights in kept_blocks(replicates, problem.weighting):
            yield problem.beside([part.totals(weights[place]) for part, place in zip(parts, places, strict=True)])
        return
    reduced = _reduced(problem.weighting, groups)
    base = problem.weighting.base
    grouped = [problem.moments.grouped(groups, weight=base * mask) for mask in masks]
    for weights in kept_blocks(replicates, reduced):
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


def _effective(problem: Problem, std_error: Array, n_obs: IntArray, *, known: bool) -> Array:
    """Respondents over the design effect of each estimate, shape (d, k); `known`: the design is all there is."""
    design = problem.weighting.design
    positive = problem.weights[problem.weights > 0]
    plain = not design.clustered and design.size.shape == (1,) and design.population is None
    if known and plain and len(positive) and np.ptp(positive) == 0:
        return n_obs.astype(float)
    with np.errstate(invalid="ignore", divide="ignore"):
        simple = np.stack([simple_variance(problem, d) for d in range(len(problem.masks))])
        return np.asarray(n_obs * simple / np.where(std_error > 0, std_error, np.nan) ** 2)
