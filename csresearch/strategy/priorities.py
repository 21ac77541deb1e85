"""Priorities: what each move is worth for its cost and effort, with every part of the score in sight."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from csresearch.strategy.actions import Action, Uplift
from csresearch.strategy.evidence import WEIGHTS

HALF = 0.5  # of the effort: up to it a move is easy
LEAST_COST = 0.1  # of the median cost: a move for nothing is not worth infinitely much
KINDS = ("quick_win", "big_bet", "fill_in", "drop")


@dataclass(frozen=True, kw_only=True)
class Priority:
    """The score of one move, and what it is made of.

    Attributes
    ----------
    action : Action
    planning : float
        Lower fifth of the draws of its uplift, at least 0; it speaks of all customers, so its reach is in it already.
    weight : float
        Of its evidence: A 1, B 0.8, C 0.6, D 0.35, E 0.15.
    cost_index : float
        Cost over the median of the known costs, at least 0.1; 1 where no cost is known of any.
    ease : float
        1 - effort; 1 where no effort is known of any.
    score : float
        planning x weight / cost_index x ease; NaN where others have a cost or an effort and it has none.
    kind : str
        quick_win, big_bet, fill_in or drop: planning value from the median on is high, effort up to 0.5 is low; ""
        where the effort is not known.
    """

    action: Action
    planning: float
    weight: float
    cost_index: float
    ease: float
    score: float
    kind: str


def priorities(actions: Sequence[Action]) -> tuple[Priority, ...]:
    """Score the moves of actions, the highest first; broken musts stand before all, those without a score last.

    Parameters
    ----------
    actions : sequence of Action
        Those without a feasible move are left out.

    Returns
    -------
    tuple of Priority
    """
    moved = [(a, a.uplift) for a in actions if a.uplift is not None]
    costs = np.array([a.cost for a, _ in moved])
    known = costs[np.isfinite(costs)]
    middle = float(np.median(known)) if len(known) else 0.0
    any_effort = any(np.isfinite(a.effort) for a, _ in moved)
    gains = [max(uplift.planning, 0.0) for _, uplift in moved]
    line = float(np.median([gain for gain in gains if gain > 0])) if any(gain > 0 for gain in gains) else np.inf
    found = [_scored(a, u, middle=middle if len(known) else None, any_effort=any_effort, line=line) for a, u in moved]
    return tuple(sorted(found, key=lambda p: (not p.action.broken_must, -p.score if p.score == p.score else np.inf)))


def _scored(action: Action, uplift: Uplift, *, middle: float | None, any_effort: bool, line: float) -> Priority:
    planning, weight = max(uplift.planning, 0.0), WEIGHTS[action.grade.letter]
    index = 1.0 if not middle else max(action.cost / middle, LEAST_COST) if action.cost == action.cost else np.nan
    ease = 1 - action.effort if any_effort else 1.0
    kind = ""
    if action.effort == action.effort:
        kind = KINDS[2 * (planning < line) + (action.effort > HALF)]
    score = planning * weight / index * ease
    return Priority(
        action=action, planning=planning, weight=weight, cost_index=index, ease=ease, score=float(score), kind=kind
    )
