"""How respondents were drawn, and the weights that come with it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np

from csresearch.errors import StatisticsError
from csresearch.inference.moments import AnyArray, Array, IntArray
from csresearch.inference.raking import Raking

Single = Literal["raise", "collapse", "certainty", "centre"]


@dataclass(frozen=True, kw_only=True)
class Design:
    """How respondents were drawn: clusters within strata; what was drawn within a cluster is not followed further.

    Parameters
    ----------
    cluster : array, shape (n,)
        Cluster of each respondent, 0 ... p - 1 (a respondent each, where the design has no clusters).
    stratum : array, shape (p,)
        Stratum of each cluster, 0 ... h - 1.
    population : array, shape (h,), optional
        Clusters in the population of each stratum, for the finite population correction.
    clustered : bool
        Whether clusters hold more than one respondent by design.
    """

    cluster: IntArray
    stratum: IntArray
    population: Array | None = None
    clustered: bool = False

    @cached_property
    def size(self) -> Array:
        """Clusters of each stratum in the sample, shape (h,)."""
        return np.bincount(self.stratum).astype(float)

    @cached_property
    def fraction(self) -> Array:
        """Sampling fraction of each stratum, shape (h,); 0 where the population is not given."""
        if self.population is None:
            return np.zeros(len(self.size))
        return np.minimum(self.size / self.population, 1.0)

    def df(self, member: AnyArray | None = None) -> int:
        """Count the degrees of freedom: clusters minus strata, of those that have members of a domain."""
        clusters = np.arange(len(self.stratum)) if member is None else np.unique(self.cluster[member > 0])
        return int(len(clusters) - len(np.unique(self.stratum[clusters])))


@dataclass(frozen=True, kw_only=True)
class Weighting:
    """Weights before raking, the design that drew the respondents, and the margins raked to.

    Parameters
    ----------
    base : array, shape (n,)
        Weights before raking; 0 for a respondent excluded by a rule (the design keeps him).
    design : Design
    raking : Raking, optional
        Redone in every replicate.
    """

    base: Array
    design: Design
    raking: Raking | None = None

    def final(self, multipliers: AnyArray) -> AnyArray:
        """Weights under multipliers of the respondents, shape (n, b), raked again in each; NaN where that fails."""
        return self.raked(self.base[:, None] * multipliers)

    def raked(self, weights: AnyArray) -> AnyArray:
        """Rake weights, shape (n, b), each column for itself, where there are margins."""
        if self.raking is None:
            return weights
        factors = self.raking.factors(self.raking.cell_totals(weights))
        spread = np.take(np.ascontiguousarray(factors.T), self.raking.cell, axis=0)
        return np.asarray(np.multiply(weights, spread, out=spread))


def known_single(single: str) -> None:
    """Refuse an unknown way to deal with strata of one cluster."""
    if single not in ("raise", "collapse", "certainty", "centre"):
        raise ValueError(f"single={single!r}: allowed are 'raise', 'collapse', 'certainty' and 'centre'")


def joined(design: Design, single: Single) -> Design:
    """Deal with strata of one cluster, and with a design of a single cluster.

    Raises
    ------
    StatisticsError
        One cluster in all; or a stratum of one cluster and `single="raise"`.
    """
    if len(design.stratum) < 2:
        raise StatisticsError(
            "the sample has one cluster, so its variance cannot be estimated; name a finer cluster in [design] or none"
        )
    size = design.size
    lone = np.flatnonzero(size == 1)
    unknown = lone[design.fraction[lone] < 1]
    if len(unknown) == 0 or single in ("certainty", "centre"):
        return design
    if single == "raise":
        raise StatisticsError(
            f"{len(unknown)} of {len(size)} strata have one cluster, so their variance cannot be estimated; "
            "merge strata, or say what to do: single='collapse', 'certainty' or 'centre'"
        )
    return _collapsed(design, unknown)


def _collapsed(design: Design, lone: IntArray) -> Design:
    """Join strata of one cluster with each other, or with the smallest other stratum where there is only one."""
    others = set(range(len(design.size))) - {int(lone[0])}
    target = lone[0] if len(lone) > 1 else min(others, key=design.size.__getitem__)
    merged = np.where(np.isin(design.stratum, lone), target, design.stratum)
    names, stratum = np.unique(merged, return_inverse=True)
    population = None
    if design.population is not None:
        kept = np.setdiff1d(lone, [target])
        extra = design.population.copy()
        extra[target] += design.population[kept].sum()
        population = extra[names]
    return Design(cluster=design.cluster, stratum=stratum, population=population, clustered=design.clustered)


def kish_effect(weights: Array) -> float:
    """By what unequal weights alone multiply the variance of a mean (Kish, 1992), from weights of shape (n,).

    Examples
    --------
    >>> kish_effect(np.array([1.0, 3.0, 0.0]))
    1.25
    """
    return int((weights > 0).sum()) * float((weights**2).sum()) / float(weights.sum() ** 2)
