"""Closed intervals of shares and of the net promoter score, by the effective number of answers."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace

import numpy as np
from scipy import stats

from csresearch.inference.intervals import Intervals
from csresearch.inference.moments import Array
from csresearch.models.derived import Fitted
from csresearch.models.scoring.columns import SHARES
from csresearch.survey.sample import Sample
from csresearch.vocabulary import subjects

FEW = 200  # effective answers below which a net promoter score has the adjusted interval
ADDED, ADDED_ENDS = 3.0, 0.75  # answers added to all, to promoters and to detractors


def wilson(share: Array, n: Array, *, z: float | Array) -> tuple[Array, Array]:
    """Interval of a share (Wilson, 1927), from shares and effective numbers of answers; NaN where nobody answered.

    Examples
    --------
    >>> low, high = wilson(np.array([45 / 60]), np.array([60.0]), z=1.959964)
    >>> low.round(5).item(), high.round(5).item()
    (0.62768, 0.84223)
    >>> wilson(np.array([np.nan]), np.array([0.0]), z=2.0)
    (array([nan]), array([nan]))
    """
    n = np.where(n > 0, n, np.nan)
    centre = (share + z**2 / (2 * n)) / (1 + z**2 / n)
    reach = z / (1 + z**2 / n) * np.sqrt(share * (1 - share) / n + z**2 / (4 * n**2))
    return np.where(share == 0, 0.0, centre - reach), np.where(share == 1, 1.0, centre + reach)


def adjusted_wald(promoters: float, detractors: float, n: float, *, z: float) -> tuple[float, float]:
    """Interval of a net promoter score of few answers, -100 to 100: three are added, as found best by Rocks (2016).

    Examples
    --------
    >>> [round(end, 2) for end in adjusted_wald(0.5, 0.2, 100, z=1.959964)]
    [14.05, 44.2]
    """
    more = n + ADDED
    p, d = (promoters * n + ADDED_ENDS) / more, (detractors * n + ADDED_ENDS) / more
    reach = z * math.sqrt((p + d - (p - d) ** 2) / more)
    return 100 * max(p - d - reach, -1.0), 100 * min(p - d + reach, 1.0)


def closed(sample: Sample) -> Callable[[Fitted, Intervals], Intervals]:
    """Make the step that gives shares and small net promoter scores their closed intervals.

    Equal weights without strata, clusters and raking take the answers and z; every other design takes the effective
    number of answers and t (Dean and Pagano, 2015).
    """
    weights = sample.base_weights[sample.base_weights > 0]
    design = sample.design
    plain = not design.clustered and len(design.size) == 1 and design.population is None and sample.raking is None
    plain = plain and sample.replicates is None and bool(np.ptp(weights) == 0)

    def adjust(fitted: Fitted, made: Intervals) -> Intervals:
        if fitted.method == "none" or fitted.df < 1:
            return made
        reach = 0.5 + fitted.level / 2
        z = float(stats.norm.ppf(reach) if plain else stats.t.ppf(reach, fitted.df))
        suffix = "" if plain else ", effective n"
        rows, n = fitted.rows.reset_index(drop=True), _known(fitted)
        low, high, method = made.low.copy(), made.high.copy(), list(made.method)
        share = np.flatnonzero(rows["statistic"].isin(SHARES) & np.isfinite(n))
        low[share], high[share] = wilson(fitted.point[share], n[share], z=z)
        for place in share:
            method[place] = f"Wilson{suffix}"
        for place in np.flatnonzero((rows["statistic"] == "nps") & (n < FEW)):
            before = rows["statistic"].iloc[max(place - 3, 0) : place].tolist()
            if before != ["promoters", "passives", "detractors"]:  # which are not asked for everywhere
                continue
            p, d = float(fitted.point[place - 3]), float(fitted.point[place - 1])
            low[place], high[place] = adjusted_wald(p, d, float(n[place]), z=z)
            method[place] = f"adjusted Wald{suffix}"
        return replace(made, low=low, high=high, method=tuple(method))

    return adjust


def _known(fitted: Fitted) -> Array:
    """Effective answers behind each number; a share of 0 or 1 has no error and takes those of the term's mean."""
    n, rows = fitted.n_effective.astype(float), fitted.rows.reset_index(drop=True)
    subject = subjects(rows)
    first = rows.assign(subject=subject).groupby("subject", sort=False).head(1).index
    mean = dict(zip(subject[first], n[first], strict=True))
    return np.where(np.isfinite(n), n, subject.map(mean).to_numpy(dtype=float))
