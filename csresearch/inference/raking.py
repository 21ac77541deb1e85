"""Iterative proportional fitting of weights to margins, for a batch of weightings at once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from csresearch.inference.moments import AnyArray, Array, IntArray, indicator

MAX_ROUNDS = 500
TOLERANCE = 1e-10
TRIM_ROUNDS, TRIM_TOLERANCE = 50, 1e-8


@dataclass(frozen=True, kw_only=True)
class Raking:
    """Margins to be met, on the cells that respondents fall into.

    Parameters
    ----------
    cell : array, shape (n,)
        Cell of each respondent, 0 ... c - 1: a combination of categories that occurs.
    category : tuple of arrays, shape (c,)
        For each margin, the category of each cell.
    target : tuple of arrays
        For each margin, the share of each category; sums to 1.
    trim : (float, float), optional
        Bounds of the ratio of the raked weight to the weight before, relative to its mean.
    """

    cell: IntArray
    category: tuple[IntArray, ...]
    target: tuple[Array, ...]
    trim: tuple[float, float] | None = None

    @property
    def cells(self) -> int:
        """Number of cells."""
        return len(self.category[0])

    def cell_totals(self, weights: AnyArray) -> AnyArray:
        """Add weights, shape (n, b), within cells, shape (b, c)."""
        return np.asarray(indicator(self.cell, self.cells) @ weights).T

    def factors(self, totals: AnyArray) -> AnyArray:
        """Factor of each cell that meets the margins (Deming and Stephan, 1940).

        Parameters
        ----------
        totals : array, shape (b, c)
            Weight in each cell before raking. Complex totals carry a derivative through (complex step).

        Returns
        -------
        array, shape (b, c)
            Factors with the sum of weights unchanged; NaN for an element with an empty category or no convergence.
        """
        factors = _fit(totals, self.category, self.target)
        if self.trim is None:
            return factors
        return _trimmed(totals, factors, self)

    def deviation(self, totals: Array, factors: Array) -> Array:
        """Largest distance of a share from its target, shape (b,)."""
        fitted = totals * factors
        whole = fitted.sum(axis=1, keepdims=True)
        gaps = [
            np.abs(_by_category(fitted, codes, len(target)) / whole - target).max(axis=1)
            for codes, target in zip(self.category, self.target, strict=True)
        ]
        return np.asarray(np.max(gaps, axis=0), dtype=float)


def _by_category(fitted: AnyArray, codes: IntArray, size: int) -> AnyArray:
    member = np.zeros((len(codes), size))
    member[np.arange(len(codes)), codes] = 1.0
    return fitted @ member


def _fit(totals: AnyArray, category: tuple[IntArray, ...], target: tuple[Array, ...]) -> AnyArray:
    whole = totals.sum(axis=1, keepdims=True)
    factors = np.ones_like(totals)
    open_ = np.ones(len(totals), dtype=bool)
    with np.errstate(invalid="ignore", divide="ignore"):
        for _ in range(MAX_ROUNDS):
            change = np.zeros(int(open_.sum()))
            part, part_whole, part_factors = totals[open_], whole[open_], factors[open_]
            for codes, share in zip(category, target, strict=True):
                sums = _by_category(part * part_factors, codes, len(share))
                step = np.where(share > 0, share * part_whole / sums, 0.0)
                change = np.maximum(change, np.where(share > 0, np.abs(step - 1), 0.0).max(axis=1))
                part_factors = part_factors * step[:, codes]
            factors[open_] = part_factors
            open_[open_] = change > TOLERANCE  # NaN compares false: an empty category leaves the active set as NaN
            if not open_.any():
                break
    factors[open_] = np.nan
    return np.where(np.isfinite(factors).all(axis=1, keepdims=True), factors, np.nan)


def _trimmed(totals: AnyArray, factors: AnyArray, raking: Raking) -> AnyArray:
    """Clip, then rake again: the excess is shared by the cells that are still free; each element stops for itself."""
    result = _of_mean_1(totals, factors)
    left = np.flatnonzero(np.isfinite(factors).all(axis=1))
    for _ in range(TRIM_ROUNDS):
        clipped = _clipped(result[left], raking.trim)
        moved = np.abs(clipped - result[left]).max(axis=1) > TRIM_TOLERANCE
        left, clipped = left[moved], clipped[moved]
        if not len(left):
            return result
        again = clipped * _fit(totals[left] * clipped, raking.category, raking.target)
        result[left] = _of_mean_1(totals[left], again)
    for _ in range(TRIM_ROUNDS):  # bounds and margins exclude each other: the bounds are kept
        result[left] = _of_mean_1(totals[left], _clipped(result[left], raking.trim))
    return result


def _of_mean_1(totals: AnyArray, factors: AnyArray) -> AnyArray:
    """Scale factors so that the sum of weights is unchanged."""
    return np.asarray(factors * (totals.sum(axis=1) / (totals * factors).sum(axis=1))[:, None])


def _clipped(factors: AnyArray, trim: tuple[float, float] | None) -> AnyArray:
    low, high = trim or (0.0, np.inf)
    return np.where(factors.real < low, low, np.where(factors.real > high, high, factors))
