"""A league of many categories: means drawn together, ranks with their spread, funnel limits; never naked ranks."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import stats

from csresearch.inference.intervals import adjusted, ranks
from csresearch.inference.moments import Array, IntArray

POSTERIOR_DRAWS = 2_000
GRID = 200  # values of the standard deviation between categories
WIDEST = 5.0  # of the standard deviation of the means: where the grid ends


@dataclass(frozen=True, kw_only=True)
class Within:
    """Means of groups, with the error of their respondents alone: the groups are given. Arrays of shape (c, k).

    `squared` is the variance of a single answer, pooled over the groups, over the effective answers of each.
    """

    mean: Array
    std_error: Array
    squared: Array
    n: IntArray
    n_effective: Array


def within_groups(values: Array, weights: Array, groups: IntArray, *, size: int) -> Within:
    """Estimate every group from its own respondents, weights taken as they are.

    Parameters
    ----------
    values : array, shape (n, k)
        NaN: not answered.
    weights : array, shape (n,)
    groups : int array, shape (n,)
        0 ... size - 1; -1 is in no group.
    """
    inside = (groups >= 0) & (weights > 0)
    code = groups[inside]

    def sums(part: Array) -> Array:
        return np.stack([np.bincount(code, weights=column, minlength=size) for column in part.T], axis=1)

    answered = ~np.isnan(values[inside])
    x = np.where(answered, values[inside], 0.0)
    w = weights[inside][:, None] * answered
    with np.errstate(invalid="ignore", divide="ignore"):
        total, n = sums(w), sums(answered.astype(float))
        mean = sums(w * x) / total
        residual = w * (x - mean[code])
        std_error = np.sqrt(n / (n - 1) * sums(residual**2)) / total
        spread = sums(residual * (x - mean[code]))
        pooled = spread.sum(axis=0) / (total * (n - 1) / n).sum(axis=0)
        kish = total**2 / sums(w**2)
    several = n > 1
    return Within(
        mean=mean, std_error=np.where(several, std_error, np.nan), squared=pooled / kish,
        n=n.astype(np.int64), n_effective=np.where(total > 0, kish, np.nan),
    )  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class League:
    """What can be said of c categories together.

    Attributes
    ----------
    mean, between : float
        Mean of the categories and standard deviation between them (REML).
    shrunken : array, shape (c,)
        `mean + B (y - mean)`, B = between^2 / (between^2 + squared error).
    draws : array, shape (r, c)
        Posterior draws of what the categories are, with the mean and the spread between them unknown too.
    mean_draws, between_draws : array, shape (r,)
        Of the population that the categories stand for.
    funnel : array, shape (c,)
        Distance from the mean in standard errors of a category of its size, without any spread between categories.
    funnel_p : array, shape (c,)
        Of the funnel, by Holm over the categories.
    """

    mean: float
    between: float
    shrunken: Array
    draws: Array
    mean_draws: Array
    between_draws: Array
    funnel: Array
    funnel_p: Array


def league_of(y: Array, squared: Array, *, seed: int) -> League:
    """Draw the means of categories together (normal hierarchical model; Gelman et al., 2013, section 5.4).

    Parameters
    ----------
    y, squared : array, shape (c,)
        Means and their squared standard errors; NaN: out of the league.
    seed : int
        Of the posterior draws.

    Examples
    --------
    >>> found = league_of(np.array([28.0, 8, -3, 7, -1, 1, 18, 12]), np.array([15.0, 10, 16, 11, 9, 11, 10, 18]) ** 2,
    ...                   seed=1)  # eight schools
    >>> bool(found.between < 2), bool(3 < found.draws[:, 0].mean() - found.draws[:, 2].mean() < 7)
    (True, True)
    """
    good = np.isfinite(y) & (squared > 0)
    some, error = y[good], squared[good]
    if good.sum() < 2:  # nothing varies: there is no league
        none, draws = np.full(len(y), np.nan), np.full((POSTERIOR_DRAWS, len(y)), np.nan)
        return League(
            mean=np.nan, between=np.nan, shrunken=none, draws=draws, mean_draws=draws[:, 0], between_draws=draws[:, 0],
            funnel=none, funnel_p=none,
        )  # fmt: skip
    between = reml(some, error)
    weight = 1 / (error + between)
    mean = float((weight * some).sum() / weight.sum())
    shrunken, draws = np.full(len(y), np.nan), np.full((POSTERIOR_DRAWS, len(y)), np.nan)
    shrunken[good] = mean + between / (between + error) * (some - mean)
    draws[:, good], centre, spread = _posterior(some, error, seed)
    funnel = np.where(good, (y - mean) / np.sqrt(squared), np.nan)
    p = adjusted(2 * stats.norm.sf(np.abs(funnel))[:, None], method="holm")[:, 0]
    return League(
        mean=mean, between=float(np.sqrt(between)), shrunken=shrunken, draws=draws, mean_draws=centre,
        between_draws=spread, funnel=funnel, funnel_p=p,
    )  # fmt: skip


def reml(y: Array, squared: Array) -> float:
    """Variance between categories by restricted maximum likelihood, started at DerSimonian and Laird's (1986).

    Fisher scoring (Viechtbauer, 2005); 0 where the means differ no more than their errors.
    """
    fixed = 1 / squared
    mean = (fixed * y).sum() / fixed.sum()
    q, spare = (fixed * (y - mean) ** 2).sum(), fixed.sum() - (fixed**2).sum() / fixed.sum()
    found = max(0.0, float((q - (len(y) - 1)) / spare))
    for _ in range(200):
        w = 1 / (squared + found)
        mean, total = (w * y).sum() / w.sum(), w.sum()
        score = (w**2 * (y - mean) ** 2).sum() - total + (w**2).sum() / total
        information = (w**2).sum() - 2 * (w**3).sum() / total + ((w**2).sum() / total) ** 2
        step = float(score / information)
        if abs(max(0.0, found + step) - found) <= 1e-10 * (found + 1e-10):
            break
        found = max(0.0, found + step)
    return found


def _posterior(y: Array, squared: Array, seed: int) -> tuple[Array, Array, Array]:
    """Draw the categories, their mean, and the spread between them: a grid of the spread first, the categories last."""
    spread = np.linspace(0.0, WIDEST * y.std(ddof=1), GRID + 1)[1:]
    variance = squared + spread[:, None] ** 2
    w = 1 / variance
    mean, precision = (w * y).sum(axis=1) / w.sum(axis=1), w.sum(axis=1)
    log = -0.5 * (np.log(precision) + np.log(variance).sum(axis=1) + (w * (y - mean[:, None]) ** 2).sum(axis=1))
    chance = np.exp(log - log.max())
    random = np.random.default_rng(seed)
    place = random.choice(GRID, POSTERIOR_DRAWS, p=chance / chance.sum())
    tau = spread[place] * (1 + (random.random(POSTERIOR_DRAWS) - 0.5) / GRID)  # a grid has gaps
    centre = mean[place] + random.standard_normal(POSTERIOR_DRAWS) / np.sqrt(precision[place])
    share = tau[:, None] ** 2 / (tau[:, None] ** 2 + squared)
    noise = random.standard_normal((POSTERIOR_DRAWS, len(y))) * np.sqrt(share * squared)
    return centre[:, None] + share * (y - centre[:, None]) + noise, centre, tau


def quarters(draws: Array) -> tuple[Array, Array, Array]:
    """Ranks in each draw (1 = highest), shape (r, c), and how often each category is in the best and worst quarter."""
    rank = ranks(draws)
    inside = np.isfinite(rank).any(axis=0)
    size, count = int(np.ceil(inside.sum() / 4)), int(inside.sum())
    with np.errstate(invalid="ignore"):
        best, worst = (rank <= size).mean(axis=0), (rank > count - size).mean(axis=0)
    return rank, np.where(inside, best, np.nan), np.where(inside, worst, np.nan)
