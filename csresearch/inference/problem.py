"""An estimator of moments, the rows it may use, and the weighting they come with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from csresearch.inference.design import Weighting
from csresearch.inference.moments import AnyArray, Array, BoolArray, IntArray, Moments, Summary

Estimator = Callable[[Summary, Summary], AnyArray]
"""`estimate(batch, point) -> (b, k)`: the same function for the point, a draw and a derivative."""

COMPLEX_STEP = 1e-20
RELATIVE_STEP = 1e-2  # of a cluster's weight; the error is of the order of its square times the cluster's share squared
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

    def sources(self, d: int) -> Array:
        """Respondents of domain d, and beside them those of all where the estimator asks, shape (1 or 2, n)."""
        return np.concatenate([self.masks[d : d + 1], self.together])

    def derivative(self, d: int, directions: Array) -> Array:
        """Differentiate the estimates of domain d along directions of its sums, shape (m, width) -> (m, k)."""
        point, totals = self.points[d], self.totals[d]
        with np.errstate(all="ignore"):
            if self.analytic:
                moved = self.summary(totals + 1j * COMPLEX_STEP * directions)
                return np.asarray(self.estimate(moved, point).imag / COMPLEX_STEP)
            up = self.estimate(self.summary(totals + RELATIVE_STEP * directions), point)
            down = self.estimate(self.summary(totals - RELATIVE_STEP * directions), point)
            return np.asarray((up - down) / (2 * RELATIVE_STEP))

    @cached_property
    def slopes(self) -> Array | None:
        """Derivatives of each domain along each of its sums, shape (d, width, k).

        None where they are not exact, or where there are more sums than respondents to follow.
        """
        width = self.totals.shape[1]
        if not self.analytic or width > min(int(self.masks.sum(axis=1).max()), EFFECT_ROWS):
            return None
        unit, starts = np.eye(width), range(0, width, BLOCK)
        return np.stack([
            np.concatenate([self.derivative(d, unit[s : s + BLOCK]) for s in starts]) for d in range(len(self.masks))
        ])  # fmt: skip
