"""What the estimators give on the population itself: the truth that intervals of a sample have to cover."""

from __future__ import annotations

from itertools import combinations, permutations

import numpy as np
import pandas as pd

from csresearch.demo.world import FloatArray, World


def lmg(covariance: FloatArray) -> FloatArray:
    """Average increase of R2 over all orderings of the predictors (Lindeman, Merenda & Gold 1980), by definition.

    Parameters
    ----------
    covariance : array (p + 1, p + 1)
        Of the predictors and, last, the outcome.

    Returns
    -------
    array (p,)
        Shares of the variance of the outcome; they sum to R2.

    Examples
    --------
    >>> lmg(np.array([[1.0, 0.0, 0.6], [0.0, 1.0, 0.0], [0.6, 0.0, 1.0]])).round(3).tolist()
    [0.36, 0.0]
    """
    players = range(covariance.shape[0] - 1)
    sets = (chosen for size in range(len(players) + 1) for chosen in combinations(players, size))
    explained = {frozenset(chosen): _r2(covariance, list(chosen)) for chosen in sets}
    total = np.zeros(len(players))
    orderings = list(permutations(players))
    for ordering in orderings:
        for place, player in enumerate(ordering):
            total[player] += explained[frozenset(ordering[: place + 1])] - explained[frozenset(ordering[:place])]
    return total / len(orderings)


def _r2(covariance: FloatArray, chosen: list[int]) -> float:
    cross = covariance[chosen, -1]
    return float(cross @ np.linalg.solve(covariance[np.ix_(chosen, chosen)], cross) / covariance[-1, -1])


def construct_means(frame: pd.DataFrame, *, world: World) -> pd.DataFrame:
    """Mean of the answered items of each construct, each item taken to 0-100 on the ends of its scale."""
    low, high = (pd.Series({name: item.ends[end] for name, item in world.items.items()}) for end in (0, 1))
    points = 100 * (frame[list(world.items)] - low) / (high - low)
    return pd.DataFrame({name: points[list(items)].mean(axis=1) for name, items in world.constructs.items()})


def population_values(frame: pd.DataFrame, *, world: World) -> dict[str, object]:
    """Apply the estimators of a study to a population.

    Parameters
    ----------
    frame : DataFrame
        From `simulate.population`: every customer counts once; a touchpoint not used is NaN.
    world : World
        Names items, constructs, outcome, drivers and the item on recommendation.

    Returns
    -------
    dict
        `mean` by rating column on its own scale; `points` and `points_sd` by construct, 0-100, equal item weights;
        `nps` in points; `slope` (points of the outcome per point of the driver), `beta`, `lmg` (shares of variance)
        and `lmg_share` by driver; `r2`.

    Examples
    --------
    >>> from csresearch.demo.autoservice import WORLD
    >>> from csresearch.demo.simulate import population
    >>> values = population_values(population(WORLD, size=20_000, outlets=400, seed=1), world=WORLD)
    >>> max(values["lmg_share"], key=values["lmg_share"].get)
    'service'
    """
    ratings = [*world.items, *(f"{facet}_{key}" for facet in ("p", "i") for key in world.touchpoints)]
    scores = construct_means(frame, world=world)
    covariance = np.cov(scores[[*world.drivers, world.outcome]].to_numpy().T)
    slopes = np.linalg.solve(covariance[:-1, :-1], covariance[:-1, -1])
    sd = np.sqrt(np.diag(covariance))
    shares = lmg(covariance)

    def by_driver(values: FloatArray) -> dict[str, float]:
        return dict(zip(world.drivers, values.tolist(), strict=True))

    values: dict[str, object] = {
        "mean": frame[ratings].mean().to_dict(),
        "points": scores.mean().to_dict(),
        "points_sd": scores.std().to_dict(),
        "slope": by_driver(slopes),
        "beta": by_driver(slopes * sd[:-1] / sd[-1]),
        "lmg": by_driver(shares),
        "lmg_share": by_driver(shares / shares.sum()),
        "r2": float(shares.sum()),
    }
    if world.recommend is not None:
        likely = frame[world.recommend]
        values["nps"] = float(100 * ((likely >= 9).mean() - (likely <= 6).mean()))
    return values
