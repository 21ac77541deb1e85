"""Feasible moves: how far a performance can be raised, and on whose example."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from csresearch.inference.moments import Array
from csresearch.models.scores import Scores
from csresearch.models.terms import answers_to, counted, term_ends
from csresearch.result import Result
from csresearch.survey.grammar import Step
from csresearch.survey.sample import Sample

QUARTILE = 0.75
FEW_OUTLETS = 4  # fewer have no best quarter


@dataclass(frozen=True, kw_only=True)
class Move:
    """A feasible move of one attribute, in points of 0-100.

    Attributes
    ----------
    points : float
        How far; 0 where the goal is already reached.
    basis : {"plan_move", "plan_target", "own_outlets", "best_rival"}
        On whose example.
    goal : float
        Performance after the move.
    """

    points: float
    basis: str
    goal: float


def feasible_moves(
    sample: Sample, attributes: Sequence[str], performance: Array, scores: Sequence[Result]
) -> dict[str, Move]:
    """Find the move of each attribute that has one.

    `[plan]` move, else `[plan]` target, else the nearer of two examples: the third quartile of the own outlets and the
    best rival. Never "to 100". Attributes without any are left out: no uplift is claimed for them.

    Parameters
    ----------
    sample : Sample
    attributes : sequence of str
    performance : array, shape (k,)
        Points of each attribute, of all respondents.
    scores : sequence of Result
        Results of `Scores` by outlet (of the own outlets) and by brand, as far as there are any.

    Notes
    -----
    The means of outlets are drawn together before their quartile is taken (`shrunk`): the best quarter of noisy means
    lies too high, and what looks best today falls back to the mean tomorrow. That errs on the careful side: means drawn
    together differ less than the true ones do.

    Effects are slopes of the whole scale. A slope of its own below the threshold of a must is not used: penalties and
    rewards are contrasts of groups of answers, not effects of a point, and a mean that moves crosses no threshold.
    """
    plan = {} if sample.study is None else sample.study.plan
    brands = _by_brand(scores)
    own = None if sample.study is None or sample.study.groups.brand is None else sample.study.groups.brand.own
    network = next((r for r in scores if isinstance(r.model, Scores) and r.by == "outlet"), None)
    moves: dict[str, Move] = {}
    for name, level in zip(attributes, performance, strict=True):
        known = brands.get(sample.columns_of(name)[0], {})
        current = known.get(str(own), float(level))
        found = _planned(plan.get(name), current)
        if found is None:
            rivals = [value for brand, value in known.items() if brand != own] if own is not None else []
            best = {} if network is None else {"own_outlets": best_quarter(network.sample, name)}
            goals = {basis: goal for basis, goal in best.items() if goal is not None}
            goals |= {"best_rival": max(rivals)} if rivals else {}
            if not goals:
                continue
            basis = min(goals, key=lambda b: goals[b])
            found = _towards(goals[basis], current, basis)
        moves[name] = found
    return moves


def _planned(step: Step | None, current: float) -> Move | None:
    if step is not None and step.move is not None:
        return Move(points=min(step.move, 100 - current), basis="plan_move", goal=min(current + step.move, 100.0))
    if step is not None and step.target is not None:
        return _towards(float(step.target), current, "plan_target")
    return None


def _towards(goal: float, current: float, basis: str) -> Move:
    return Move(points=max(goal - current, 0.0), basis=basis, goal=max(goal, current))


def shrunk(means: Array, variances: Array) -> Array:
    """Draw noisy means together: each keeps the share of its distance that is not noise (Efron and Morris, 1975).

    Parameters
    ----------
    means : array, shape (k,)
    variances : array, shape (k,)
        Squared standard error of each.

    Returns
    -------
    array, shape (k,)
        `m + B (mean - m)`, `B = tau2 / (tau2 + variance)`, m weighted by `1 / (tau2 + variance)`; tau2, the variance of
        the true means, by the method of moments, at least 0.

    Examples
    --------
    Two means 20 apart (variance 200), each with an error variance of 50: a quarter of the distance is noise.

    >>> shrunk(np.array([60.0, 80.0]), np.array([50.0, 50.0])).tolist()
    [62.5, 77.5]
    """
    tau2 = max(float(means.var(ddof=1) - variances.mean()), 0.0)
    total = tau2 + variances
    if not (total > 0).all():
        return np.asarray(means, dtype=float)
    centre = float((means / total).sum() / (1 / total).sum())
    return np.asarray(centre + tau2 / total * (means - centre))


def best_quarter(sample: Sample, attribute: str) -> float | None:
    """Third quartile of the outlets of a sample in points, their means drawn together; None for under four outlets."""
    low, high = term_ends(sample, attribute)
    points = 100 * (answers_to(sample, attribute) - low) / (high - low)
    whole = pd.DataFrame({"points": points, "weight": sample.weights, "outlet": sample.group("outlet")})
    frame = whole[counted(sample)].dropna()
    frame = frame.assign(product=frame["points"] * frame["weight"], square=frame["weight"] ** 2)
    sums = frame.groupby("outlet")[["weight", "product", "square"]].sum()
    if len(sums) < FEW_OUTLETS:
        return None
    means = sums["product"] / sums["weight"]
    within = frame["weight"] * (frame["points"] - frame["outlet"].map(means)) ** 2
    free = len(frame) - len(sums)
    variance = float(within.sum() / frame["weight"].sum() * len(frame) / free) if free else 0.0
    errors = variance * sums["square"] / sums["weight"] ** 2
    return float(np.quantile(shrunk(means.to_numpy(), errors.to_numpy(dtype=float)), QUARTILE))


def _by_brand(scores: Sequence[Result]) -> dict[str, dict[str, float]]:
    """Column -> brand -> points, from the scores by brand."""
    for result in scores:
        if isinstance(result.model, Scores) and result.by == "brand":
            rows = result.estimates("scores", statistic="points").dropna(subset=["estimate"])
            found: dict[str, dict[str, float]] = {}
            for row in rows.to_dict("records"):
                name = row.get("item", row.get("construct"))
                if isinstance(name, str):  # by column, however the term was named
                    column = result.sample.columns_of(name)[0]
                    found.setdefault(column, {})[str(row["brand"])] = float(row["estimate"])
            return found
    return {}
