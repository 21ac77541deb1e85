"""Priorities: the score by hand, its parts, the order, and effort against impact."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

import csresearch as cs
from csresearch.strategy.actions import Action, Uplift
from csresearch.strategy.evidence import Grade
from csresearch.strategy.moves import Move
from csresearch.strategy.priorities import priorities


@pytest.fixture
def base(grid: cs.Result) -> Action:
    return cs.recommend([grid]).actions[0]


def action(base: Action, term: str, planning: float, letter: str = "C", **options: Any) -> Action:
    move = Move(points=5.0, basis="plan_move", goal=70.0)
    uplift = Uplift(estimate=planning, low=planning, high=planning, planning=planning, move=move)
    return replace(base, term=term, uplift=uplift, grade=Grade(letter=letter, reasons=()), **options)


def test_the_score_by_hand(base: Action) -> None:
    """1.2 x 0.6 / (30 / 20) x (1 - 0.25) = 0.36, with costs 10, 20, 30 the median is 20."""
    found = priorities([
        action(base, "speed", 1.2, cost=30.0, effort=0.25), action(base, "staff", 0.5, "D", cost=10.0, effort=0.5),
        action(base, "decor", -0.3, "E", cost=20.0, effort=0.9),
    ])  # fmt: skip
    score = {p.action.term: p for p in found}
    assert score["speed"].score == pytest.approx(0.36)
    assert score["staff"].score == pytest.approx(0.5 * 0.35 / 0.5 * 0.5)
    assert (score["decor"].planning, score["decor"].score) == (0.0, 0.0)
    assert [p.action.term for p in found] == ["speed", "staff", "decor"]
    assert {p.action.term: p.kind for p in found} == {"speed": "quick_win", "staff": "fill_in", "decor": "drop"}


def test_a_broken_must_stands_before_all(base: Action) -> None:
    must = action(base, "staff", 0.01, "E", cost=500.0, broken_must=True)
    assert [p.action.term for p in priorities([action(base, "speed", 5.0, cost=1.0), must])] == ["staff", "speed"]


def test_what_is_not_known_of_some_leaves_them_without_a_score(base: Action) -> None:
    found = priorities([action(base, "speed", 1.0), action(base, "staff", 0.5, cost=10.0)])
    assert [p.action.term for p in found] == ["staff", "speed"]
    assert found[1].score != found[1].score


def test_what_is_known_of_none_is_left_out_of_the_score(base: Action) -> None:
    (found,) = priorities([action(base, "speed", 1.0)])
    assert (found.score, found.cost_index, found.ease, found.kind) == (pytest.approx(0.6), 1.0, 1.0, "")


def test_a_move_for_nothing_is_not_worth_infinitely_much(base: Action) -> None:
    found = priorities([action(base, "speed", 1.0, cost=0.0), action(base, "staff", 1.0, cost=10.0)])
    assert found[0].cost_index == pytest.approx(0.1)


def test_a_big_bet_takes_effort(base: Action) -> None:
    found = priorities([action(base, "speed", 1.0, effort=0.8), action(base, "staff", 0.2, effort=0.1)])
    assert [p.kind for p in found if p.action.term == "speed"] == ["big_bet"]


def test_actions_without_a_move_have_no_priority(base: Action) -> None:
    assert priorities([replace(base, uplift=None)]) == ()
