"""A plain Gaussian world of drivers whose importance is known to the last digit, for coverage benchmarks."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy.optimize import root

from csresearch.demo.truth import lmg
from csresearch.demo.world import Equation, FloatArray, Item, World

AGE = {"young": 0.4, "old": 0.6}
INTERVIEW_RATES = {"young": 2.0, "old": 1.0}


def driver_world(
    *,
    shares: Sequence[float] = (0.20, 0.05, 0.005, 0.0),
    loadings: Sequence[float] = (0.7, 0.6, 0.2, 0.0),
    icc: float = 0.05,
    age_gap: float = 0.0,
) -> World:
    """World of predictors `x1, x2, ...` and an outcome `y` with the given LMG in the population.

    Parameters
    ----------
    shares : sequence of float
        LMG of each predictor as a share of the variance of the outcome; they sum to R2. A share of 0 makes
        a predictor without any correlation, and needs a loading of 0.
    loadings : sequence of float
        Loading of each predictor on the common factor; two of them correlate by the product.
    icc : float
        Intra-class correlation of every predictor and of the outcome in outlets.
    age_gap : float
        Mean of the outcome of the old minus that of the young, in standard deviations of the outcome; the young are
        interviewed twice as often. It is part of what the predictors leave unexplained.

    Returns
    -------
    World
        To be drawn with `rounded=False`; every latent has variance 1, every answer mean 5.5 and sd 1.5.

    Raises
    ------
    ValueError
        If lengths differ, a share is negative or stands as 0 with a loading, or no slopes give these shares.

    Examples
    --------
    >>> world = driver_world()
    >>> lmg(world.covariance[1:, 1:]).round(6).tolist()
    [0.2, 0.05, 0.005, 0.0]
    """
    lmg_wanted, loading = np.asarray(shares, dtype=float), np.asarray(loadings, dtype=float)
    if lmg_wanted.shape != loading.shape:
        raise ValueError(f"{lmg_wanted.size} shares but {loading.size} loadings: give one loading for each share")
    if lmg_wanted.min() < 0 or not 0 <= icc < 1:
        raise ValueError(f"shares = {tuple(shares)} must not be negative, and icc = {icc:g} must lie in 0 .. 1")
    if np.any((lmg_wanted == 0) & (loading != 0)):
        raise ValueError(f"loadings = {tuple(loadings)}: a predictor with the share 0 needs the loading 0")
    slopes = _slopes(lmg_wanted, loading)
    names = [f"x{number}" for number in range(1, loading.size + 1)]
    unexplained = 1 - float(lmg_wanted.sum())
    # The gap adds nothing between outlets, so the outlet effect alone carries the intra-class correlation.
    noise = (1 - icc) * unexplained - age_gap**2 * AGE["young"] * AGE["old"]
    if noise <= 0:
        raise ValueError(f"shares sum to {lmg_wanted.sum():g}; with age_gap = {age_gap:g} nothing is left unexplained")
    equations = {"common": _equation(1.0, icc=icc)}
    for name, weight in zip(names, loading, strict=True):
        equations[name] = _equation(1 - weight**2, icc=icc, sources={"common": float(weight)})
    equations["y"] = Equation(
        sources=dict(zip(names, slopes.tolist(), strict=True)), noise=noise**0.5, outlet=(icc * unexplained) ** 0.5,
        effects={"age": {"young": -age_gap * AGE["old"], "old": age_gap * AGE["young"]}},
    )
    return World(
        brands=("Alba",),
        waves=("2026H2",),
        regions={"north": 0.5, "south": 0.5},
        groups={"age": AGE},
        interview_rates={"age": INTERVIEW_RATES} if age_gap else {},
        equations=equations,
        constructs={name: {name: Item(mean=5.5, loading=1.0, spread=1.5)} for name in [*names, "y"]},
        outcome="y",
        drivers=tuple(names),
    )


def _equation(variance: float, *, icc: float, sources: dict[str, float] | None = None) -> Equation:
    """Equation whose own variance lies to the share `icc` between outlets."""
    noise, outlet = np.sqrt([(1 - icc) * variance, icc * variance]).tolist()
    return Equation(sources=sources or {}, noise=noise, outlet=outlet)


def _slopes(shares: FloatArray, loading: FloatArray) -> FloatArray:
    """Slopes on standardised predictors that give the shares, with the variance of the outcome 1."""
    correlation = np.outer(loading, loading)
    np.fill_diagonal(correlation, 1.0)
    active = shares > 0

    def miss(free: FloatArray) -> FloatArray:
        cross = correlation[:, active] @ free
        moments = np.block([[correlation, cross[:, None]], [cross[None, :], np.ones((1, 1))]])
        return np.asarray(lmg(moments)[active] - shares[active])

    found = root(miss, np.sqrt(shares[active]), tol=1e-14)
    if np.abs(miss(found.x)).max() > 1e-10:
        raise ValueError(f"no slopes give the shares {shares.tolist()} with loadings {loading.tolist()}: lower these")
    slopes = np.zeros(shares.size)
    slopes[active] = found.x
    return slopes
