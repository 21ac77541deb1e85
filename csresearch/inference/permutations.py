"""Permutation of group labels by the design: clusters where groups split clusters, within clusters where they cross."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from scipy.special import gammaln

from csresearch.inference.design import Design
from csresearch.inference.moments import Array, BoolArray, IntArray

BLOCK = 250  # relabellings held at once


@dataclass(frozen=True, kw_only=True)
class Exchange:
    """Who may trade labels with whom, for n respondents of two groups.

    Attributes
    ----------
    unit : int array, shape (n,)
        Unit of each respondent, 0 ... m - 1; all respondents of a unit have one label.
    label : bool array, shape (m,)
        Whether a unit is of the first group.
    block : int array, shape (m,)
        Labels are traded among the units of a block.
    movable : float
        Share of the respondents whose block holds both labels: the others keep theirs in every permutation.
    """

    unit: IntArray
    label: BoolArray
    block: IntArray
    movable: float

    @property
    def log_count(self) -> float:
        """Natural logarithm of the number of different relabellings."""
        size, first = np.bincount(self.block), np.bincount(self.block, weights=self.label)
        return float((gammaln(size + 1) - gammaln(first + 1) - gammaln(size - first + 1)).sum())

    def relabelled(self, *, count: int, seed: int, child: int = 0) -> Iterator[BoolArray]:
        """Yield labels of the respondents, shape (n, b), permuted; each permutation has a generator of its own."""
        placed = np.argsort(self.block, kind="stable")
        for start in range(0, count, BLOCK):
            numbers = range(start, min(start + BLOCK, count))
            keys = [np.random.SeedSequence(seed, spawn_key=(child, number)) for number in numbers]
            random = np.stack([np.random.default_rng(key).random(len(self.label)) for key in keys])
            order = np.argsort(self.block + random, axis=1)  # by block, at random within
            labels = np.empty(order.shape, dtype=bool)
            np.put_along_axis(labels, order, np.broadcast_to(self.label[placed], order.shape), axis=1)
            yield labels.T[self.unit]


def exchange(first: BoolArray, design: Design, rows: IntArray) -> Exchange:
    """Say who may trade labels, given how respondents were drawn.

    Clusters that each lie in one group are traded whole, as they were drawn whole. Where a cluster holds both groups,
    respondents trade within clusters. Either within strata, where every stratum holds both groups.

    Parameters
    ----------
    first : bool array, shape (n,)
        Whether a respondent is of the first group.
    design : Design
        Of the whole sample.
    rows : int array, shape (n,)
        Places of the respondents in the sample.

    Examples
    --------
    >>> design = Design(cluster=np.array([0, 0, 1, 1]), stratum=np.zeros(2, dtype=int), clustered=True)
    >>> exchange(np.array([True, True, False, False]), design, np.arange(4)).unit.tolist()
    [0, 0, 1, 1]
    >>> exchange(np.array([True, False, True, False]), design, np.arange(4)).block.tolist()
    [0, 0, 1, 1]
    """
    cluster = np.unique(design.cluster[rows], return_inverse=True)[1].astype(np.int64)
    stratum = design.stratum[design.cluster[rows]]
    if design.clustered:
        share = np.bincount(cluster, weights=first) / np.bincount(cluster)
        mixed = (share > 0) & (share < 1)
        if mixed.any():
            everybody = np.arange(len(rows), dtype=np.int64)
            return Exchange(unit=everybody, label=first, block=cluster, movable=float(mixed[cluster].mean()))
        start = np.unique(cluster, return_index=True)[1]
    else:
        cluster = start = np.arange(len(rows), dtype=np.int64)
    label = first[start]
    block = np.unique(stratum[start], return_inverse=True)[1].astype(np.int64)
    share = np.bincount(block, weights=label) / np.bincount(block)
    if not ((share > 0) & (share < 1)).all():
        block = np.zeros(len(label), dtype=np.int64)
    return Exchange(unit=cluster, label=label, block=block, movable=1.0)


def permutation_p(observed: Array, permuted: Array, *, lower: bool) -> Array:
    """P-value of each number, the observed labelling counted among the permuted ones (Phipson and Smyth 2010).

    Parameters
    ----------
    observed : array, shape (k,)
    permuted : array, shape (b, k)
        NaN are permutations that failed, and are left out.
    lower : bool
        Count values as low as the observed one; else those as far from the mean of all labellings, on either side.

    Examples
    --------
    >>> permutation_p(np.array([3.0]), np.array([[1.0], [-1.0], [0.5], [-3.5]]), lower=False)
    array([0.4])
    """
    good = np.isfinite(permuted)
    if lower:
        as_far = permuted <= observed + 1e-12
    else:
        centre = (np.where(good, permuted, 0.0).sum(axis=0) + observed) / (good.sum(axis=0) + 1)
        as_far = np.abs(permuted - centre) >= np.abs(observed - centre) - 1e-12
    p = ((as_far & good).sum(axis=0) + 1) / (good.sum(axis=0) + 1)
    return np.asarray(np.where(np.isfinite(observed), p, np.nan))
