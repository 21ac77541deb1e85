"""Weights brought to margins, for a batch of weightings at once: raking, linear calibration, bounds."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np
from scipy import sparse

from csresearch.inference.moments import AnyArray, Array, BoolArray, IntArray, indicator

MAX_ROUNDS = 500
TOLERANCE = 1e-10
TRIM_ROUNDS, TRIM_TOLERANCE = 50, 1e-8
NEWTON_ROUNDS, FARTHEST = 50, 20.0  # a step that multiplies a weight by more than e^20 has lost its way

Method = Literal["raking", "linear"]


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
    method : {"raking", "linear"}
        Multiply (weights stay positive), or add as a regression estimator does (GREG; weights may turn negative).
    means : array, shape (c, p), optional
        Distance of a cell's number from the mean it is to have, in standard deviations, for p means to be met.
    """

    cell: IntArray
    category: tuple[IntArray, ...]
    target: tuple[Array, ...]
    trim: tuple[float, float] | None = None
    method: Method = "raking"
    means: Array | None = None

    @property
    def cells(self) -> int:
        """Number of cells."""
        return len(self.category[0])

    @cached_property
    def adding(self) -> sparse.csr_array:
        """Matrix that adds within cells, shape (c, n)."""
        return indicator(self.cell, self.cells)

    @cached_property
    def members(self) -> tuple[Array, ...]:
        """For each margin, which category a cell is in, shape (c, categories), as 0 and 1."""
        return tuple(
            (codes[:, None] == np.arange(len(share))).astype(float)
            for codes, share in zip(self.category, self.target, strict=True)
        )

    def cell_totals(self, weights: AnyArray) -> AnyArray:
        """Add weights, shape (n, b), within cells, shape (b, c)."""
        if weights.shape[1] == 1 and not np.iscomplexobj(weights):
            return np.bincount(self.cell, weights=weights[:, 0], minlength=self.cells)[None]
        return np.asarray(self.adding @ weights).T

    def factors(self, totals: AnyArray) -> AnyArray:
        """Factor of each cell that meets the margins (Deming and Stephan, 1940; Deville and Sarndal, 1992).

        Parameters
        ----------
        totals : array, shape (b, c)
            Weight in each cell before raking. Complex totals carry a derivative through (complex step).

        Returns
        -------
        array, shape (b, c)
            Factors with the sum of weights unchanged; NaN for an element with an empty category or no convergence.
        """
        factors = self._fitted(totals)
        return factors if self.trim is None else _trimmed(totals, factors, self)

    def nearest(self, totals: Array) -> Array:
        """Where the search for factors stood when it was given up, shape (b, c): to say which margin cannot be met."""
        return np.asarray(self._searched(totals)[0], dtype=float)

    def gaps(self, totals: Array, factors: Array) -> list[Array]:
        """Share minus target of each category, shape (b, categories) a margin; then the gaps of means in SD, if any."""
        fitted = totals * factors
        fitted = fitted / fitted.sum(axis=1, keepdims=True)
        found = [fitted @ member - share for member, share in zip(self.members, self.target, strict=True)]
        return found if self.means is None else [*found, fitted @ self.means]

    def deviation(self, totals: Array, factors: Array) -> Array:
        """Largest distance of a share from its target, shape (b,)."""
        return np.asarray(np.max([np.abs(gap).max(axis=1) for gap in self.gaps(totals, factors)], axis=0), dtype=float)

    def _fitted(self, totals: AnyArray) -> AnyArray:
        factors, met = self._searched(totals)
        good = met & np.isfinite(factors).all(axis=1)
        return np.where(good[:, None], factors, np.nan)

    def _searched(self, totals: AnyArray) -> tuple[AnyArray, BoolArray]:
        proportional = self.method == "raking" and self.means is None
        return _proportional(totals, self) if proportional else _newton(totals, self)


def _proportional(totals: AnyArray, raking: Raking) -> tuple[AnyArray, BoolArray]:
    """Fit one margin after the other, until none moves (iterative proportional fitting)."""
    whole = totals.sum(axis=1, keepdims=True)
    factors = np.ones_like(totals)
    met = np.zeros(len(totals), dtype=bool)
    open_ = ~met
    with np.errstate(invalid="ignore", divide="ignore"):
        for _ in range(MAX_ROUNDS):
            change = np.zeros(int(open_.sum()))
            part, part_whole, part_factors = totals[open_], whole[open_], factors[open_]
            for codes, share, member in zip(raking.category, raking.target, raking.members, strict=True):
                sums = (part * part_factors) @ member
                step = np.where(share > 0, share * part_whole / sums, 0.0)
                change = np.maximum(change, np.where(share > 0, np.abs(step - 1), 0.0).max(axis=1))
                part_factors = part_factors * step[:, codes]
            factors[open_] = part_factors
            met[open_] = change <= TOLERANCE
            open_[open_] = change > TOLERANCE  # NaN compares false: an empty category leaves the active set as NaN
            if not open_.any():
                break
    return factors, met


def _newton(totals: AnyArray, raking: Raking) -> tuple[AnyArray, BoolArray]:
    """Calibration by Newton's method: exp(x'a) or 1 + x'a, for categories and means together."""
    if np.iscomplexobj(totals):
        return _along(totals, raking)
    x, wanted, alive = _constraints(raking)
    share = totals / totals.sum(axis=1, keepdims=True) * alive
    kept = _independent(x[(share.sum(axis=0) != 0) & alive], wanted)
    multiply, slopes = raking.method == "raking", np.zeros((len(totals), len(kept)))
    factors, met = np.ones_like(totals) * alive, np.zeros(len(totals), dtype=bool)
    for _ in range(NEWTON_ROUNDS):
        gap = wanted - (share * factors) @ x
        met = np.abs(gap).max(axis=1) <= TOLERANCE
        if met.all():
            break
        square, lost = _squares(share * factors if multiply else share, x[:, kept])
        slopes = slopes + np.linalg.solve(square, np.where(lost[:, None], 0.0, gap[:, kept])[:, :, None])[:, :, 0]
        linear = slopes @ x[:, kept].T
        if multiply:
            lost |= np.abs(linear).max(axis=1) > FARTHEST
            linear[lost] = 0.0
        factors = (np.exp(linear) if multiply else 1.0 + linear) * alive
        factors[lost] = np.nan
    return factors, met


def _along(totals: AnyArray, raking: Raking) -> tuple[AnyArray, BoolArray]:
    """Factors of real totals and their derivative along the imaginary ones, in closed form at the solution."""
    alike = bool((totals.real == totals.real[:1]).all())  # a linearisation looks into many directions from one point
    real = totals.real[:1] if alike else totals.real
    factors, met = _newton(real, raking)
    x, wanted, alive = _constraints(raking)
    whole = real.sum(axis=1, keepdims=True)
    share = real / whole * alive
    x = x[:, _independent(x[(share.sum(axis=0) != 0) & alive], wanted)]
    curved = factors if raking.method == "raking" else alive.astype(float)
    square, _ = _squares(share * curved, x)
    moved = (totals.imag * alive - share * totals.imag.sum(axis=1, keepdims=True)) / whole
    slopes = np.linalg.solve(square, -((moved * factors) @ x)[:, :, None])[:, :, 0]
    return factors + 1j * curved * (slopes @ x.T), np.broadcast_to(met, len(totals))


def _constraints(raking: Raking) -> tuple[Array, Array, BoolArray]:
    """Columns whose weighted means over the cells are to be met, those means, and cells with a share above 0."""
    x = np.concatenate([*raking.members, *([] if raking.means is None else [raking.means])], axis=1)
    wanted = np.concatenate([*raking.target, np.zeros(x.shape[1] - sum(map(len, raking.target)))])
    some = [share[codes] > 0 for codes, share in zip(raking.category, raking.target, strict=True)]
    return x, wanted, np.all(some, axis=0)


def _squares(weights: Array, x: Array) -> tuple[Array, BoolArray]:
    """Cross-products of the columns under each weighting, shape (b, p, p), and which of them cannot be solved."""
    size = x.shape[1]
    first, second = np.triu_indices(size)
    place = np.empty((size, size), dtype=np.int64)
    place[first, second] = place[second, first] = np.arange(len(first))
    square = (weights @ (x[:, first] * x[:, second]))[:, place]
    lost = ~np.isfinite(square).all(axis=(1, 2))
    square[lost] = 0.0
    lost |= np.linalg.matrix_rank(square, hermitian=True) < size
    square[lost] = np.eye(size)
    return square, lost


def _independent(x: Array, wanted: Array) -> IntArray:
    """Columns that are no sum of those before; one without a cell stays where it is asked for, so that it fails."""
    kept: list[int] = []
    basis = np.zeros((len(x), 0))
    for j, column in enumerate(x.T):
        rest = column - basis @ (basis.T @ column)
        rest = rest - basis @ (basis.T @ rest)
        length = float(np.linalg.norm(rest))
        if length > 1e-8 * max(float(np.linalg.norm(column)), 1.0):
            kept.append(j)
            basis = np.column_stack([basis, rest / length])
        elif not column.any() and wanted[j] > 0:
            kept.append(j)
    return np.array(kept, dtype=np.int64)


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
        again = clipped * raking._fitted(totals[left] * clipped)
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
