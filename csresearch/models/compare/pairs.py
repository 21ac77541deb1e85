"""Differences between categories: any pairs, paired or overlapping samples, and p-values for many of them at once."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import Literal, get_args

import numpy as np

from csresearch.inference.intervals import Adjustment, adjusted, p_values
from csresearch.inference.moments import Array, BoolArray, IntArray
from csresearch.result import Result

Adjust = Literal["holm", "bh", "none", "max_t"]
"""Adjustment of p-values; `max_t` is Dunnett's test against a reference and Tukey's for all pairs, by the design."""

MAX_T_DRAWS = 50_000  # of the largest t: a p-value of 0.05 is known to 0.001
MAX_T_SEED = 1


@dataclass(frozen=True, kw_only=True)
class Categories:
    """Numbers of categories that were estimated together: c categories, k numbers, r draws, m deviations.

    Attributes
    ----------
    names : tuple of str, c of them
    point : array, shape (c, k)
    draws : array, shape (r, c, k)
    deviations : array, shape (m, c, k)
        Their products add up to the covariances, between categories too: that is what makes paired and overlapping
        samples right.
    df : int array, shape (c,)
    """

    names: tuple[str, ...]
    point: Array
    draws: Array
    deviations: Array
    df: IntArray

    @classmethod
    def of(cls, result: Result, table: str, column: str) -> Categories:
        """Take a table of a result fitted by a column; each category has the same rows, in the same order."""
        found = result.frames[table]
        names = tuple(dict.fromkeys(found[column]))
        return cls(
            names=names,
            point=found["estimate"].to_numpy(dtype=float).reshape(len(names), -1),
            draws=_split(result.samples[table], len(names)),
            deviations=_split(result.precision.deviations[table], len(names)),
            df=np.array([result.precision.df[name] for name in names]),
        )

    @property
    def covariance(self) -> Array:
        """Covariances between the categories, shape (k, c, c); NaN without deviations."""
        if not len(self.deviations):
            return np.full((self.point.shape[1], *[len(self.names)] * 2), np.nan)
        by_number = self.deviations.transpose(2, 1, 0)
        return np.asarray(by_number @ by_number.transpose(0, 2, 1))


@dataclass(frozen=True, kw_only=True)
class Pairs:
    """Differences `first` minus `second`: p pairs of categories, k numbers.

    Attributes
    ----------
    first, second : int array, shape (p,)
        Places of the categories.
    estimate, std_error, p_value : array, shape (p, k)
        `p_value` is that of each pair alone.
    draws : array, shape (r, p, k)
    df : int array, shape (p,)
        Of the category with fewer.
    covariance : array, shape (k, c, c)
        Between the categories.
    """

    first: IntArray
    second: IntArray
    estimate: Array
    std_error: Array
    p_value: Array
    draws: Array
    df: IntArray
    covariance: Array

    def adjusted(self, method: Adjust) -> Array:
        """Adjust the p-values of each number for all of its pairs, shape (p, k)."""
        if method not in get_args(Adjust):
            raise ValueError(f"adjust={method!r}: allowed are {', '.join(get_args(Adjust))}")
        if method != "max_t":
            chosen: Adjustment = method
            return adjusted(self.p_value, method=chosen)
        t = np.abs(self.estimate) / np.where(self.std_error > 0, self.std_error, np.nan)
        largest = (self._largest(j) for j in range(t.shape[1]))
        p = np.stack([(m[:, None] >= t[:, j]).mean(axis=0) for j, m in enumerate(largest)], axis=1)
        p = np.maximum(p, self.p_value)  # which counted draws cannot resolve
        return np.where(np.isfinite(t) & np.isfinite(self.p_value), p, np.nan)

    def reach(self, level: float) -> Array:
        """Count the standard errors on a side of intervals that hold for all pairs of a number at once, shape (k,)."""
        return np.array([np.quantile(self._largest(j), level) for j in range(self.estimate.shape[1])])

    def _largest(self, number: int) -> Array:
        """Draw the largest |t| under no difference, shape (draws,): multivariate t with the design's covariances."""
        values, vectors = np.linalg.eigh(np.nan_to_num(self.covariance[number]))
        random = np.random.default_rng(MAX_T_SEED)
        normal = random.standard_normal((MAX_T_DRAWS, len(values))) @ (vectors * np.sqrt(np.maximum(values, 0))).T
        df = max(int(self.df.min()), 1)
        scale = np.sqrt(random.chisquare(df, MAX_T_DRAWS) / df)
        error = np.where(self.std_error[:, number] > 0, self.std_error[:, number], np.inf)
        return np.asarray(np.abs((normal[:, self.first] - normal[:, self.second]) / error).max(axis=1) / scale)

    def higher(self, p: Array, *, alpha: float) -> BoolArray:
        """Tell which categories lie above which others by p-values of shape (p, k); shape (c, c, k)."""
        size = self.covariance.shape[1]
        above = np.zeros((size, size, p.shape[1]), dtype=bool)
        told = p < alpha
        above[self.first, self.second] = told & (self.estimate > 0)
        above[self.second, self.first] = told & (self.estimate < 0)
        return above


def pairs_of(categories: Categories, *, reference: str | None = None) -> Pairs:
    """Hold every category against every other, or against one.

    Parameters
    ----------
    categories : Categories
    reference : str, optional
        Category that the others are held against; default: all pairs, each once.

    Raises
    ------
    ValueError
        No such category.

    Examples
    --------
    >>> same = np.array([[1.0, 0.9], [0.0, 0.1]])[:, :, None]  # two waves of nearly the same people
    >>> waves = Categories(names=("1", "2"), point=np.array([[7.0], [8.0]]), draws=same[:0], deviations=same,
    ...                    df=np.array([99, 99]))
    >>> pairs_of(waves).std_error.round(2).tolist()
    [[0.14]]
    """
    names = categories.names
    if reference is not None and reference not in names:
        raise ValueError(f"reference={reference!r} is no category; categories are {', '.join(names)}")
    chosen = (
        list(combinations(range(len(names)), 2))
        if reference is None
        else [(j, names.index(reference)) for j, name in enumerate(names) if name != reference]
    )
    first, second = np.array(chosen, dtype=np.int64).reshape(-1, 2).T
    covariance = categories.covariance
    variance = np.diagonal(covariance, axis1=1, axis2=2).T
    squared = variance[first] + variance[second] - 2 * covariance[:, first, second].T
    estimate = categories.point[first] - categories.point[second]
    error = np.sqrt(np.where(squared > 1e-12 * (variance[first] + variance[second]), squared, 0 * squared))
    df = np.minimum(categories.df[first], categories.df[second])
    p = np.stack([p_values(e, s, df=int(d)) for e, s, d in zip(estimate, error, df, strict=True)])
    return Pairs(
        first=first, second=second, estimate=estimate, std_error=error, p_value=np.where(error > 0, p, np.nan),
        draws=categories.draws[:, first] - categories.draws[:, second], df=df, covariance=covariance,
    )  # fmt: skip


def _split(values: Array, size: int) -> Array:
    """Give rows of numbers by category an axis of categories: (m, c k) to (m, c, k)."""
    return values.reshape(len(values), size, -1) if len(values) else np.empty((0, size, values.shape[1] // size))
