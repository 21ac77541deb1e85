"""From draws or derivatives to intervals, p-values, and the support of ranks and quadrants."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
from scipy import stats

from csresearch.inference.moments import Array, IntArray

Kind = Literal["level", "square", "share", "positive"]
"""How a number varies: freely; as a square, which draws push upwards; as a share that cannot fall under 0; above 0 by
definition (a rank, a reliability). Only level and share are tested against 0, shares by `wald`."""

Adjustment = Literal["holm", "bh", "none"]
"""Adjustment of p-values for several comparisons."""

MAX_FAILED = 0.05  # share of draws that may fail before an interval is refused
SMALL_DF = 8


@dataclass(frozen=True, kw_only=True)
class Intervals:
    """Intervals of k numbers.

    Attributes
    ----------
    low, high : array, shape (k,)
    p_value : array, shape (k,)
        Two-sided, of the number against 0, from t = estimate / standard error.
    method : tuple of str
    reason : tuple of str
        Why an interval is missing or stands at its bound; "" where nothing is to be said.
    """

    low: Array
    high: Array
    p_value: Array
    method: tuple[str, ...]
    reason: tuple[str, ...]


def t_intervals(point: Array, std_error: Array, *, df: int, level: float) -> tuple[Array, Array]:
    """Estimate plus and minus t standard errors, arrays of shape (k,)."""
    reach = stats.t.ppf(0.5 + level / 2, df) * std_error if df > 0 else np.full_like(std_error, np.nan)
    return point - reach, point + reach


def expanded_percentile(point: Array, draws: Array, *, df: int, level: float, correct: Array) -> tuple[Array, Array]:
    """Quantiles of the draws at the levels that the design's t asks for (Hesterberg, 2015).

    Parameters
    ----------
    point : array, shape (k,)
    draws : array, shape (r, k)
    df : int
        Degrees of freedom of the design.
    level : float
        Such as 0.95.
    correct : bool array, shape (k,)
        Move the levels by the median bias of the draws (Efron, 1981): for squares, which draws push upwards.
    """
    t = stats.t.ppf(0.5 + level / 2, df)
    with np.errstate(invalid="ignore"):
        good = np.isfinite(draws).sum(axis=0)
        below = ((draws < point) + 0.5 * (draws == point)).sum(axis=0) / np.maximum(good, 1)
    shift = np.where(correct, stats.norm.ppf(np.clip(below, 1e-3, 1 - 1e-3)), 0.0)
    ordered = np.sort(draws.T).T  # NaN go last
    low = _quantiles(ordered, good, stats.norm.cdf(2 * shift - t))
    high = _quantiles(ordered, good, stats.norm.cdf(2 * shift + t))
    return low, high


def _quantiles(ordered: Array, good: IntArray, levels: Array) -> Array:
    """Quantile of each column of sorted draws at its own level, shape (k,), among the first `good` of them."""
    place = levels * (good - 1)
    lower = np.clip(np.floor(place).astype(int), 0, np.maximum(good - 1, 0))
    upper = np.clip(lower + 1, 0, np.maximum(good - 1, 0))
    columns = np.arange(ordered.shape[1])
    fraction = place - lower
    result = ordered[lower, columns] * (1 - fraction) + ordered[upper, columns] * fraction
    return np.asarray(np.where(good > 0, result, np.nan))


def intervals(
    point: Array,
    *,
    draws: Array,
    std_error: Array,
    kind: tuple[Kind, ...],
    df: int,
    level: float,
    method: str,
) -> Intervals:
    """Intervals of k numbers by the rules of the house.

    Bootstrap draws: expanded percentile, bias-corrected for squares; under 8 df t, for which the standard error has to
    be the linearised one. Everything else: t, which ends at 0 for shares and squares. Over 5 % failed draws: NaN, and
    the reason. Shares are not bias-corrected: a small one would lose its upper end, and one interval in ten would lie
    below the truth (benchmarks/COVERAGE.md).
    """
    size = len(point)
    correct = np.array([k == "square" for k in kind], dtype=bool)
    drawn = method == "bootstrap" and df >= SMALL_DF
    failed = 1 - np.isfinite(draws).mean(axis=0) if drawn else np.zeros(size)
    if method == "none":
        low, high = np.full((2, size), np.nan)
        names = ["none"] * size
    elif drawn:
        low, high = expanded_percentile(point, draws, df=df, level=level, correct=correct)
        names = ["bootstrap, " + ("bias-corrected" if c else "expanded percentile") for c in correct]
    else:
        low, high = t_intervals(point, std_error, df=df, level=level)
        low = np.where([k in ("share", "square") for k in kind], np.maximum(low, 0.0), low)  # t knows no bound
        names = [f"{'linearized' if method == 'bootstrap' else method}, t"] * size
    untested = np.array([k in ("square", "positive") for k in kind], dtype=bool)
    refused = (failed > MAX_FAILED) | (method == "none")
    low, high = np.where(refused, np.nan, low), np.where(refused, np.nan, high)
    p_value = np.where(untested | refused | (std_error == 0), np.nan, p_values(point, std_error, df=df))
    reasons = [
        _reason(method, df, float(point[j]), float(std_error[j]), float(failed[j]), untested=bool(untested[j]))
        for j in range(size)
    ]
    return Intervals(low=low, high=high, p_value=p_value, method=tuple(names), reason=tuple(reasons))


def _reason(method: str, df: int, point: float, std_error: float, failed: float, *, untested: bool) -> str:
    """Why something is missing in a row, the gravest first; "" where nothing is."""
    if not np.isfinite(point):
        return "not defined here: no variance, or too few answers"
    if method == "none":
        return "no replicates were asked for"
    if failed > MAX_FAILED:
        return f"{failed:.0%} of the draws failed, more than {MAX_FAILED:.0%}"
    if df <= 0:
        return "no degrees of freedom: one cluster in each stratum"
    if not np.isfinite(std_error):
        return "no standard error: a replicate failed"
    if std_error == 0:
        return "does not vary: the same in every replicate"
    return "above 0 by definition, so not tested against it" if untested else ""


def p_values(point: Array, std_error: Array, *, df: int) -> Array:
    """Two-sided p-value of each number against 0, shape (k,)."""
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(2 * stats.t.sf(np.abs(point / std_error), df)) if df > 0 else np.full_like(point, np.nan)


def wald(point: Array, deviations: Array, *, df: int) -> float:
    """P-value of the Wald test that several numbers are all 0.

    Parameters
    ----------
    point : array, shape (m,)
        Such as the zero-order correlation and the slope of a driver: both are 0 where its share is.
    deviations : array, shape (r, m)
        Scaled so that their products add up to covariances, as `engine.Estimates` has them.
    df : int
        Degrees of freedom of the design.

    Returns
    -------
    float
        By F with m and df - m + 1 degrees of freedom (Hotelling's reference); NaN where there are too few.

    Examples
    --------
    >>> round(wald(np.array([2.0, 0.0]), np.eye(2), df=100), 3)
    0.143
    """
    f, m, left = hotelling(point, deviations, df=df)
    return float(stats.f.sf(f, m, left)) if left > 0 else float("nan")


def hotelling(point: Array, deviations: Array, *, df: int) -> tuple[float, int, int]:
    """F of the test that several numbers are all 0, and its degrees of freedom; arguments as in `wald`."""
    m = len(point)
    left = df - m + 1
    if left < 1 or len(deviations) < m or not (np.isfinite(point).all() and np.isfinite(deviations).all()):
        return float("nan"), m, left
    statistic = float(point @ np.linalg.pinv(deviations.T @ deviations) @ point)
    return statistic * left / (df * m), m, left


def ranks(values: Array) -> Array:
    """Rank of each number in its row (1 = largest), shape (b, k); ties go to the earlier number, NaN has no rank."""
    rank = np.empty(values.shape)
    order = np.argsort(-values, axis=1, kind="stable")
    np.put_along_axis(rank, order, np.arange(1.0, values.shape[1] + 1)[None], axis=1)
    return np.where(np.isfinite(values), rank, np.nan)


def rank_support(draws: Array) -> Array:
    """Share of draws in which each number has each rank (1 = largest), shape (k, k); a draw with a NaN has failed."""
    good = draws[np.isfinite(draws).all(axis=1)]
    return category_support(ranks(good).astype(np.int64) - 1, size=draws.shape[1])


def category_support(categories: IntArray, *, size: int) -> Array:
    """Share of draws that fall into each category, shape (k, size), from codes of shape (r, k); -1 is a failed draw."""
    good = (categories >= 0).sum(axis=0)
    counts = np.stack([(categories == c).sum(axis=0) for c in range(size)], axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(counts / good[:, None])


def adjusted(p: Array, *, method: Adjustment) -> Array:
    """Adjust p-values for several comparisons, down the columns; NaN are no comparisons.

    Holm (1979) holds the chance of any false difference, Benjamini and Hochberg (1995) the share of false ones.

    Parameters
    ----------
    p : array, shape (comparisons, numbers)

    Examples
    --------
    >>> adjusted(np.array([[0.01], [0.04], [0.03]]), method="holm").round(3).ravel().tolist()
    [0.03, 0.06, 0.06]
    """
    if method not in get_args(Adjustment):
        raise ValueError(f"adjust={method!r}: allowed are {', '.join(get_args(Adjustment))}")
    if method == "none":
        return p
    order = np.argsort(p, axis=0)  # NaN go last
    m = np.isfinite(p).sum(axis=0)
    rank = np.arange(1, len(p) + 1)[:, None]
    ascending = np.take_along_axis(p, order, axis=0)
    if method == "holm":
        stepped = np.maximum.accumulate(ascending * (m - rank + 1), axis=0)
    else:
        stepped = np.fmin.accumulate((ascending * m / rank)[::-1], axis=0)[::-1]
    result = np.empty_like(p)
    np.put_along_axis(result, order, np.minimum(stepped, 1.0), axis=0)
    return np.where(np.isfinite(p), result, np.nan)
