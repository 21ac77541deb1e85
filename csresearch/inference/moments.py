"""Weighted sums and cross-products of groups; they add up, and every model runs on them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

Array = NDArray[np.float64]
AnyArray = NDArray[Any]
IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]

DUST = 1e-13  # of the mean square: a variance at or below it is rounding
BLOCK_ROWS = 2_000  # rows expanded at once: keeps the products in cache and memory flat


def indicator(codes: IntArray, size: int) -> sparse.csr_array:
    """Sparse matrix, shape (size, n), that adds rows within codes 0 ... size - 1."""
    return sparse.csr_array((np.ones(len(codes)), (codes, np.arange(len(codes)))), shape=(size, len(codes)))


class Summary(NamedTuple):
    """What a model sees: means and covariances of its columns, for a batch of weightings.

    Attributes
    ----------
    weight : array, shape (b, q)
        Sum of weights behind each column (columns differ where answers are missing).
    mean : array, shape (b, q)
    cov : array, shape (b, q, q)
        Covariances over the sum of weights (no n - 1); shape (b, 0, 0) for moments of order 1.
    pooled : Summary, optional
        Of a domain: the moments of all domains together under the same weightings, where the model asks for them.
    """

    weight: AnyArray
    mean: AnyArray
    cov: AnyArray
    pooled: Summary | None = None

    def element(self, index: int) -> Summary:
        """Return one element of the batch as a batch of one."""
        weight, mean, cov = (part[index : index + 1] for part in self[:3])
        return Summary(weight, mean, cov, None if self.pooled is None else self.pooled.element(index))


@dataclass(frozen=True, kw_only=True)
class Layout:
    """How raw columns become sums: which products are taken, and around which origin.

    Parameters
    ----------
    names : tuple of str
        The columns, q of them.
    origin : array, shape (q,)
        Subtracted before products are taken, so that nothing cancels (the scale midpoint will do).
    order : {1, 2}
        1: means only; 2: means and covariances.
    pairwise : bool
        Each mean and covariance uses the rows that have it; else rows are complete.
    """

    names: tuple[str, ...]
    origin: Array
    order: int = 2
    pairwise: bool = False

    @cached_property
    def triangle(self) -> tuple[IntArray, IntArray]:
        """Row and column of each product that is kept."""
        size = len(self.names) * (2 if self.pairwise else 1)
        rows, columns = np.triu_indices(size)
        return rows.astype(np.int64), columns.astype(np.int64)

    @property
    def width(self) -> int:
        """Number of sums that a group holds."""
        q = len(self.names)
        first = 2 * q if self.pairwise else q + 1
        return first + (len(self.triangle[0]) if self.order == 2 else 0)

    def expand(self, values: AnyArray) -> AnyArray:
        """Columns, shape (m, q), to the terms of the sums, shape (m, width)."""
        x = (values - self.origin).T
        if self.pairwise:
            answered = ~np.isnan(x)
            x = first = np.concatenate([np.where(answered, x, 0.0), answered])
        else:
            first = np.concatenate([np.ones((1, x.shape[1])), x])
        return first.T if self.order == 1 else _with_products(first, x).T

    def summary(self, totals: AnyArray) -> Summary:
        """Turn sums, shape (b, width), into means and covariances."""
        return self._pairwise_summary(totals) if self.pairwise else self._complete_summary(totals)

    def _square(self, packed: AnyArray, size: int) -> AnyArray:
        rows, columns = self.triangle
        position = np.empty((size, size), dtype=np.int64)
        position[rows, columns] = position[columns, rows] = np.arange(len(rows))
        return packed[:, position]

    def _complete_summary(self, totals: AnyArray) -> Summary:
        q = len(self.names)
        weight = totals[:, :1]
        with np.errstate(invalid="ignore", divide="ignore"):
            shift = totals[:, 1 : q + 1] / weight
            if self.order == 1:
                cov = np.zeros((len(totals), 0, 0))
            else:
                square = self._square(totals[:, q + 1 :], q) / weight[:, :, None]
                cov = _without_dust(square - shift[:, :, None] * shift[:, None, :], square)
        return Summary(np.broadcast_to(weight, shift.shape), self.origin + shift, cov)

    def _pairwise_summary(self, totals: AnyArray) -> Summary:
        q = len(self.names)
        weight = totals[:, q : 2 * q]
        with np.errstate(invalid="ignore", divide="ignore"):
            mean = self.origin + totals[:, :q] / weight
            if self.order == 1:
                return Summary(weight, mean, np.zeros((len(totals), 0, 0)))
            full = self._square(totals[:, 2 * q :], 2 * q)
            together, crossed = full[:, q:, q:], full[:, :q, q:]  # crossed[i, j]: sum of x_i where j is answered
            shift = crossed / together
            square = full[:, :q, :q] / together
            cov = _without_dust(square - shift * np.swapaxes(shift, 1, 2), square)
        return Summary(weight, mean, cov)


def _with_products(first: AnyArray, x: AnyArray) -> AnyArray:
    """Put x_i x_j, i <= j, under `first`, shape (width, m): a term a row, so that every product runs along memory."""
    q, size = len(x), len(first)
    terms = np.empty((size + q * (q + 1) // 2, x.shape[1]), dtype=x.dtype)
    terms[:size] = first
    for i in range(q):
        np.multiply(x[i:], x[i], out=terms[size : size + q - i])
        size += q - i
    return terms


def _without_dust(cov: AnyArray, square: AnyArray) -> AnyArray:
    """Set what rounding leaves of the variance of a constant column to 0, its covariances too."""
    variance, whole = (np.diagonal(part, axis1=1, axis2=2).real for part in (cov, square))
    constant = variance <= DUST * whole
    if not constant.any():
        return cov
    return np.asarray(np.where(constant[:, :, None] | constant[:, None, :], 0.0, cov))


@dataclass(frozen=True, kw_only=True)
class Moments:
    """Sums of groups: a group is one respondent, or all respondents of a cluster and weighting cell.

    Respondents are kept as rows and expanded block by block; groups are kept as sums.
    Both answer `totals` alike, and moments of the same layout add up.

    Parameters
    ----------
    layout : Layout
    count : array, shape (g,)
        Respondents in each group.
    rows : array, shape (g, q), optional
        Answers, where a group is one respondent.
    sums : array, shape (g, width), optional
        Weighted sums, where a group is many.

    Examples
    --------
    >>> import numpy as np
    >>> moments = Moments.of_rows(np.array([[1.0, 2.0], [3.0, 6.0]]), names=("a", "b"))
    >>> moments.summary(np.ones((2, 1))).mean.tolist()
    [[2.0, 4.0]]
    """

    layout: Layout
    count: IntArray
    rows: Array | None = None
    sums: Array | None = None

    @classmethod
    def of_rows(
        cls,
        values: Array,
        *,
        names: tuple[str, ...],
        order: int = 2,
        pairwise: bool = False,
        origin: Array | None = None,
    ) -> Moments:
        """Take answers, shape (n, q), each respondent a group of its own."""
        if origin is None:
            with np.errstate(invalid="ignore"):
                origin = np.nan_to_num(np.nansum(values, axis=0) / np.maximum((~np.isnan(values)).sum(axis=0), 1))
        layout = Layout(names=names, origin=origin, order=order, pairwise=pairwise)
        return cls(layout=layout, count=np.ones(len(values), dtype=np.int64), rows=values)

    def grouped(self, groups: IntArray, *, weight: Array) -> Moments:
        """Add the rows of each group, weighted; `groups` holds codes 0 ... g - 1."""
        size = int(groups.max()) + 1 if len(groups) else 0
        sums = np.zeros((size, self.layout.width))
        for part, terms in self._blocks():
            sums += indicator(groups[part], size) @ (terms * weight[part, None])
        count = np.bincount(groups, weights=self.count, minlength=size).astype(np.int64)
        return replace(self, rows=None, sums=sums, count=count)

    def __len__(self) -> int:
        return len(self.count)

    def __add__(self, other: Moments) -> Moments:
        """Stack the groups of two moments of the same layout."""
        ours, theirs = self.layout, other.layout
        alike = (ours.names, ours.order, ours.pairwise) == (theirs.names, theirs.order, theirs.pairwise)
        if not alike or not np.array_equal(ours.origin, theirs.origin):
            raise ValueError("moments add up only with the same columns, order and gaps around the same origin")
        if self.sums is None or other.sums is None:
            raise ValueError("add moments after grouping them: `moments.grouped(codes, weight=weights)`")
        return replace(
            self, sums=np.concatenate([self.sums, other.sums]), count=np.concatenate([self.count, other.count])
        )

    def totals(self, multipliers: AnyArray) -> AnyArray:
        """Add all groups under each weighting.

        Parameters
        ----------
        multipliers : array, shape (g, b)
            Weight of each group in each element of the batch (for groups of many: on top of their own weights).

        Returns
        -------
        array, shape (b, width)
        """
        total = np.zeros((multipliers.shape[1], self.layout.width), dtype=multipliers.dtype)
        for part, terms in self._blocks():
            total += multipliers[part].T @ terms
        return total

    def totals_by(self, codes: IntArray, *, size: int, multipliers: Array) -> Array:
        """Add within each code 0 ... size - 1, shape (size, width)."""
        total = np.zeros((size, self.layout.width))
        for part, terms in self._blocks():
            total += indicator(codes[part], size) @ (terms * multipliers[part, None])
        return total

    def projected(self, slopes: Array) -> Array:
        """Multiply the terms of each group by columns, shape (width, k) -> (g, k)."""
        made = np.empty((len(self), slopes.shape[1]))
        with np.errstate(invalid="ignore"):  # what a domain has no answer to is NaN, in its own column alone
            for part, terms in self._blocks():
                made[part] = terms @ slopes
        return made

    def summary(self, multipliers: AnyArray) -> Summary:
        """Means and covariances under each weighting, `multipliers` of shape (g, b)."""
        return self.layout.summary(self.totals(multipliers))

    def take(self, index: IntArray) -> Moments:
        """Moments of some of the groups."""
        rows = None if self.rows is None else self.rows[index]
        sums = None if self.sums is None else self.sums[index]
        return replace(self, rows=rows, sums=sums, count=self.count[index])

    def _blocks(self) -> Iterator[tuple[slice, AnyArray]]:
        for start in range(0, len(self), BLOCK_ROWS):
            part = slice(start, start + BLOCK_ROWS)
            if self.sums is not None:
                yield part, self.sums[part]
            elif self.rows is not None:
                yield part, self.layout.expand(self.rows[part])


def means(batch: Summary, point: Summary) -> AnyArray:
    """Estimate the mean of each column: the estimator of whatever is a mean."""
    return batch.mean
