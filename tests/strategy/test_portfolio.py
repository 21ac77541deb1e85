"""Portfolio: closed cases by hand, every case against brute force, musts before delights, and what is refused."""

from __future__ import annotations

from dataclasses import replace
from itertools import product
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import csresearch as cs
from csresearch.errors import StatisticsError
from csresearch.strategy.actions import Action, Strategy, Uplift
from csresearch.strategy.levers import Levers
from csresearch.strategy.moves import Move
from csresearch.strategy.portfolio import Program, frontier_of, portfolio

NAMES = ("speed", "staff", "decor", "parking")


def action(term: str, planning: float, cost: float = float("nan"), **options: Any) -> Action:
    move = Move(points=5.0, basis="plan_move", goal=70.0)
    uplift = Uplift(estimate=planning + 0.1, low=planning - 0.3, high=planning + 0.5, planning=planning, move=move)
    known = {"rule": "concentrate", "uplift": uplift, "cost": cost, **options}
    base = cs.recommend([_GRID[0]]).actions[0] if not _ACTION else _ACTION[0]
    _ACTION[:] = [base]
    return replace(base, term=term, **known)


_GRID: list[cs.Result] = []
_ACTION: list[Action] = []


@pytest.fixture(autouse=True)
def known_grid(grid: cs.Result) -> None:
    _GRID[:] = [grid]


def strategy_of(*actions: Action) -> Strategy:
    return Strategy(actions=actions, results=(_GRID[0],))


def test_the_pair_that_fits_beats_the_best_single_move() -> None:
    """By hand: 10 buys speed alone (value 0.9) or staff and decor (0.5 + 0.6 = 1.1); 20 buys all of them."""
    known = strategy_of(action("speed", 0.9, 10), action("staff", 0.5, 5), action("decor", 0.6, 5))
    small, large = portfolio(known, budget=10), portfolio(known, budget=20)
    assert set(small.chosen) == {"staff", "decor"}
    assert (small.cost, small.planning) == (10, pytest.approx(1.1))
    assert set(large.chosen) == {"speed", "staff", "decor"}
    assert small.table().set_index("term").loc["speed", "why"] == "budget"


def test_the_joint_uplift_is_that_of_the_chosen_moves_together() -> None:
    known = strategy_of(action("speed", 0.9, 10), action("staff", 0.5, 5))
    found = portfolio(known, budget=15)
    assert found.joint is not None
    together = Levers.of([_GRID[0]]).change({"speed": 5.0, "staff": 5.0})
    assert found.joint.estimate == pytest.approx(together.estimate)
    assert found.joint.low < found.joint.estimate < found.joint.high
    assert found.joint.planning == pytest.approx(together.planning)


def test_a_delight_waits_for_every_broken_must() -> None:
    must = action("speed", 0.1, 50, rule="fix_first", broken_must=True)
    delight = action("staff", 0.9, 10, rule="wait", delight=True)
    other = action("decor", 0.2, 10)
    short, enough = (portfolio(strategy_of(must, delight, other), budget=b) for b in (40, 60))
    assert short.chosen == ("decor",)
    assert short.table().set_index("term").loc["staff", "why"] == "must_first"
    assert set(enough.chosen) == {"speed", "staff"}


def test_a_must_that_cannot_be_paid_for_at_all_closes_the_door_to_delights() -> None:
    must = action("speed", 0.1, rule="fix_first", broken_must=True)
    delight = action("staff", 0.9, 10, rule="wait", delight=True)
    found = portfolio(strategy_of(must, delight, action("decor", 0.2, 10)), budget=100)
    why = found.table().set_index("term")["why"]
    assert found.chosen == ("decor",)
    assert (why["speed"], why["staff"]) == ("no_cost", "must_first")


def test_effort_is_limited_too() -> None:
    known = strategy_of(action("speed", 0.9, 1, effort=0.8), action("staff", 0.5, 1, effort=0.4),
                        action("decor", 0.6, 1, effort=0.5), action("parking", 2.0, 1))  # fmt: skip
    found = portfolio(known, budget=10, capacity=1.0)
    assert set(found.chosen) == {"staff", "decor"}
    assert found.table().set_index("term").loc["parking", "why"] == "no_effort"
    assert set(portfolio(known, budget=10).chosen) == set(NAMES)


def test_what_has_no_cost_no_value_or_no_case_is_listed_and_left_out() -> None:
    known = strategy_of(action("speed", 0.9, 10), action("staff", 0.5), action("decor", -0.1, 5),
                        action("parking", 0.4, 5, rule="monitor"))  # fmt: skip
    why = portfolio(known, budget=100).table().set_index("term")["why"].to_dict()
    assert why == {"speed": "", "staff": "no_cost", "decor": "no_value", "parking": "no_case"}


def test_the_frontier_holds_every_best_portfolio_and_what_more_money_brings() -> None:
    known = strategy_of(action("speed", 0.9, 10), action("staff", 0.5, 5), action("decor", 0.6, 5))
    frontier = portfolio(known, budget=10).frontier
    assert frontier["cost"].tolist() == pytest.approx([0, 5, 10, 15, 20])
    assert frontier["planning"].tolist() == pytest.approx([0, 0.6, 1.1, 1.5, 2.0])
    assert frontier["marginal"].tolist()[1:] == pytest.approx([0.12, 0.1, 0.08, 0.1])


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({}, ValueError, "a budget is needed"),
        ({"budget": -1}, ValueError, "budget=-1: a finite number from 0 on"),
        ({"budget": float("nan")}, ValueError, "budget=nan"),
        ({"budget": 10, "capacity": -0.5}, ValueError, "capacity=-0.5"),
        ({"budget": 9}, StatisticsError, "a budget of 9 pays for nothing: the cheapest action, speed, costs 10"),
    ],
)
def test_budgets_that_cannot_be_are_refused(options: dict[str, float], error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        portfolio(strategy_of(action("speed", 0.9, 10), action("staff", 0.5, 20)), **options)


def test_negative_costs_and_no_costs_are_refused() -> None:
    with pytest.raises(StatisticsError, match=r"staff: cost -5, effort nan; none can be negative"):
        portfolio(strategy_of(action("speed", 0.9, 10), action("staff", 0.5, -5)), budget=10)
    with pytest.raises(StatisticsError, match=r"a known cost \(speed\); add them to \[plan\]"):
        portfolio(strategy_of(action("speed", 0.9)), budget=10)
    with pytest.raises(StatisticsError, match="none has a feasible move"):
        portfolio(strategy_of(replace(action("speed", 0.9, 10), uplift=None)), budget=10)


LEVER = st.tuples(
    st.integers(-20, 100), st.integers(1, 50), st.integers(0, 10), st.sampled_from(("", "must", "delight"))
)


@settings(max_examples=40, deadline=None)
@given(levers=st.lists(LEVER, min_size=1, max_size=8), budget=st.integers(0, 150), capacity=st.integers(0, 30))
def test_no_portfolio_that_is_allowed_beats_it(
    levers: list[tuple[int, int, int, str]], budget: int, capacity: int
) -> None:
    value, cost, effort = (np.array([lever[k] for lever in levers], dtype=float) for k in range(3))
    kinds = [lever[3] for lever in levers]
    pairs = tuple((d, m) for d, a in enumerate(kinds) for m, b in enumerate(kinds) if (a, b) == ("delight", "must"))
    program = Program(
        value=value, cost=cost, effort=effort, capacity=float(capacity), most=np.ones(len(levers)), pairs=pairs
    )

    def reachable(chosen: tuple[int, ...]) -> bool:
        made = np.array(chosen)
        return bool(made @ effort <= capacity) and all(made[d] <= made[m] for d, m in pairs)

    def allowed(chosen: tuple[int, ...]) -> bool:
        return bool(np.array(chosen) @ cost <= budget) and reachable(chosen)

    found = program.solve(float(budget))
    assert allowed(tuple(int(x) for x in found))
    every = [np.array(c) for c in product((0, 1), repeat=len(levers)) if allowed(c)]
    best = max(float(c @ value) for c in every)
    assert float(value[found].sum()) == pytest.approx(best)
    assert float(cost[found].sum()) == min(float(c @ cost) for c in every if c @ value == best)
    points = frontier_of(program)
    for row in points.itertuples():  # nothing that costs less or as much has more value
        rivals = [c for c in product((0, 1), repeat=len(levers)) if np.array(c) @ cost <= row.cost and reachable(c)]
        assert max(float(np.array(c) @ value) for c in rivals) == pytest.approx(row.planning)
    assert points["cost"].is_monotonic_increasing
    assert points["cost"].is_unique


def test_the_frontier_is_the_same_in_thousands_of_money() -> None:
    small = Program(value=np.array([0.8, 0.5, 0.9]), cost=np.array([25.0, 30, 120]), effort=np.zeros(3),
                    capacity=None, most=np.ones(3), pairs=())  # fmt: skip
    large = replace(small, cost=small.cost * 1000)
    assert frontier_of(small)["cost"].tolist() == [0, 25, 55, 145, 175]
    np.testing.assert_allclose(frontier_of(large)["cost"], frontier_of(small)["cost"] * 1000)
