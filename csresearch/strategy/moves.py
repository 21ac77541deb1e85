"""Feasible moves: how far a performance can be raised, and on whose example."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from csresearch.inference.moments import Array
from csresearch.models.scores import Scores
from csresearch.result import Result
from csresearch.survey.sample import Sample

QUARTILE = 0.75


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

    In this order: `[plan]` move, `[plan]` target, the third quartile of the own outlets, the best rival. Attributes
    without any are left out: no uplift is claimed for them.

    Parameters
    ----------
    sample : Sample
    attributes : sequence of str
    performance : array, shape (k,)
        Points of each attribute, of all respondents.
    scores : sequence of Result
        Results of `Scores` by outlet (of the own outlets) and by brand, as far as there are any.
    """
    plan = {} if sample.study is None else sample.study.plan
    outlets, brands = _points(scores, "outlet"), _points(scores, "brand")
    own = None if sample.study is None or sample.study.groups.brand is None else sample.study.groups.brand.own
    moves: dict[str, Move] = {}
    for name, level in zip(attributes, performance, strict=True):
        item = sample.columns_of(name)[0]
        current = brands.get(item, {}).get(str(own), float(level))
        step = plan.get(name)
        rivals = [value for brand, value in brands.get(item, {}).items() if brand != own]
        if step is not None and step.move is not None:
            found = Move(points=min(step.move, 100 - current), basis="plan_move", goal=min(current + step.move, 100.0))
        elif step is not None and step.target is not None:
            found = _towards(float(step.target), current, "plan_target")
        elif item in outlets and len(outlets[item]) > 3:
            found = _towards(float(np.quantile(list(outlets[item].values()), QUARTILE)), current, "own_outlets")
        elif rivals and own is not None:
            found = _towards(max(rivals), current, "best_rival")
        else:
            continue
        moves[name] = found
    return moves


def _towards(goal: float, current: float, basis: str) -> Move:
    return Move(points=max(goal - current, 0.0), basis=basis, goal=max(goal, current))


def _points(scores: Sequence[Result], by: str) -> dict[str, dict[str, float]]:
    """Item -> category -> points, from the scores by outlet or by brand."""
    for result in scores:
        if isinstance(result.model, Scores) and result.by == by:
            rows = result.estimates("scores", statistic="points").dropna(subset=["estimate"])
            found: dict[str, dict[str, float]] = {}
            for row in rows.to_dict("records"):
                name = row.get("item", row.get("construct"))
                if isinstance(name, str):  # by column, however the term was named
                    column = result.sample.columns_of(name)[0]
                    found.setdefault(column, {})[str(row[by])] = float(row["estimate"])
            return found
    return {}
