"""What the estimators give on the population itself: the truth that intervals of a sample have to cover."""

from __future__ import annotations

from itertools import combinations, permutations
from typing import Any

import numpy as np
import numpy.typing as npt
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


def population_values(frame: pd.DataFrame, *, world: World, weights: npt.ArrayLike | None = None) -> dict[str, Any]:
    """Apply the estimators of a study to a population, or with weights to a sample.

    Parameters
    ----------
    frame : DataFrame
        From `simulate.population`: every customer counts once; an answer not given is NaN.
    world : World
        Names items, constructs, outcome, drivers and the item on recommendation.
    weights : array (n,), optional

    Returns
    -------
    dict
        `mean` by rating column on its own scale; `points` and `points_sd` by construct, 0-100, equal item weights;
        `slope` (points of the outcome per point of the driver), `beta`, `lmg` (shares of variance) and `lmg_share` by
        driver; `r2`; `nps` and, where an event is planted, `programme` (see `programme_effect`) in points;
        `penalty` and `reward` by touchpoint in points of the outcome; `outcome` by level of each group.

    Examples
    --------
    >>> from csresearch.demo.autoservice import WORLD
    >>> from csresearch.demo.simulate import population
    >>> values = population_values(population(WORLD, size=20_000, outlets=400, seed=1), world=WORLD)
    >>> max(values["lmg_share"], key=values["lmg_share"].get)
    'service'
    """
    weight = np.ones(len(frame)) if weights is None else np.asarray(weights, dtype=float)
    scores = construct_means(frame, world=world)
    used = scores[[*world.drivers, world.outcome]]
    complete = used.notna().all(axis=1).to_numpy()
    covariance = np.cov(used[complete].to_numpy().T, aweights=weight[complete])
    slopes = np.linalg.solve(covariance[:-1, :-1], covariance[:-1, -1])
    sd = np.sqrt(np.diag(covariance))
    shares = lmg(covariance)
    outcome = scores[world.outcome]
    points = {name: _mean(scores[name], weight) for name in scores}

    def by_driver(values: FloatArray) -> dict[str, float]:
        return dict(zip(world.drivers, values.tolist(), strict=True))

    values: dict[str, Any] = {
        "mean": {name: _mean(frame[name], weight) for name in world.ratings},
        "points": points,
        "points_sd": {name: _mean((scores[name] - points[name]) ** 2, weight) ** 0.5 for name in scores},
        "slope": by_driver(slopes),
        "beta": by_driver(slopes * sd[:-1] / sd[-1]),
        "lmg": by_driver(shares),
        "lmg_share": by_driver(shares / shares.sum()),
        "r2": float(shares.sum()),
        "outcome": {
            f"{group}={level}": _mean(outcome[rows], weight[rows])
            for group in world.levels
            for level in world.levels[group]
            if (rows := (frame[group] == level).to_numpy()).any()
        },
    }
    if world.recommend is not None:
        likely = frame[world.recommend]
        promoters = ((likely >= 9).astype(float) - (likely <= 6)).where(likely.notna())
        values["nps"] = 100 * _mean(promoters, weight)
    if (lift := programme_effect(outcome, frame, world=world, weights=weight)) is not None:
        values["programme"] = lift
    if world.touchpoints:
        values["penalty"], values["reward"] = penalty_reward(frame, outcome, world=world, weights=weight)
    return values


def programme_effect(outcome: pd.Series, frame: pd.DataFrame, *, world: World, weights: FloatArray) -> float | None:
    """Difference in differences of the first event that is bound to brands and waves; None where there is none."""
    for event in world.events:
        if {"brand", "wave"} <= set(event.where):
            treated, late = (frame[name].isin(event.where[name]).to_numpy() for name in ("brand", "wave"))
            cells = [
                [
                    _mean(outcome[rows], weights[rows])
                    for time in (False, True)
                    for rows in [(treated == group) & (late == time)]
                ]
                for group in (False, True)
            ]
            return (cells[1][1] - cells[1][0]) - (cells[0][1] - cells[0][0])
    return None


def penalty_reward(
    frame: pd.DataFrame, outcome: pd.Series, *, world: World, weights: FloatArray
) -> tuple[dict[str, float], dict[str, float]]:
    """Regress the outcome on low (6 and under) and high (9 and over) answers to all touchpoints (Brandt, 1987)."""
    blocks: list[npt.ArrayLike] = [np.ones(len(frame))]
    for key in world.touchpoints:
        answer = frame[f"p_{key}"]
        blocks += [answer <= 6, answer >= 9, answer.isna()]
    design = np.column_stack(blocks).astype(float)
    kept = outcome.notna().to_numpy()
    root = np.sqrt(weights[kept])
    found = np.linalg.lstsq(design[kept] * root[:, None], outcome[kept].to_numpy() * root, rcond=None)[0][1:]
    low, high = (dict(zip(world.touchpoints, found[place::3].tolist(), strict=True)) for place in (0, 1))
    return low, high


def _mean(values: pd.Series, weights: FloatArray) -> float:
    known = values.notna().to_numpy()
    return float(np.average(values[known], weights=weights[known]))
