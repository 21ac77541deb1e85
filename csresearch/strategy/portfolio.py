"""Portfolio: the moves to make within a budget, chosen by an integer program, musts before delights."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
import pandas as pd
from scipy.optimize import Bounds, LinearConstraint, milp

from csresearch.errors import StatisticsError
from csresearch.inference.moments import Array, BoolArray
from csresearch.strategy.actions import Action, Joint, Strategy, Uplift
from csresearch.strategy.levers import Levers
from csresearch.strategy.rulebook import MOVES
from csresearch.strategy.rules import joint_of

Why = Literal["", "no_cost", "no_effort", "no_value", "no_case", "must_first", "budget", "dear"]
OPEN = (*MOVES, "wait")
"""Rules whose moves can be chosen; a delight that waits is open as soon as the musts before it are paid for."""
MOST_POINTS = 60  # of the frontier; the dearest ones
LESS = 1e-3  # of the smallest cost: far above the tolerance of the solver
SAME = 1e-9  # of the value of everything: portfolios this near are equal, and the cheaper one is taken


@dataclass(frozen=True, kw_only=True)
class Choice:
    """One move, whether it is made, and why not.

    Attributes
    ----------
    action : Action
    uplift : Uplift
    chosen : bool
    why : {"", "no_cost", "no_effort", "no_value", "no_case", "must_first", "budget", "dear"}
        Why it is left out: its cost or effort is not known, its planning value is not above 0, its rule does not speak
        for it, a broken must is not paid for, others bring more for the money and effort there are, or (where nothing
        can be made) it costs more than there is.
    """

    action: Action
    uplift: Uplift
    chosen: bool
    why: Why


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class Portfolio:
    """Moves within a budget.

    Attributes
    ----------
    budget, capacity : float
        Money, and effort in the sum of the efforts; infinite capacity where none was given.
    choices : tuple of Choice
        Those that are made first.
    joint : Joint or None
        What they go with together, overlap counted once; None where none is made.
    frontier : DataFrame
        Every portfolio for which no other brings as much for less: cost, planning (sum of planning values), and
        marginal, planning points for one unit of money more, from the portfolio before to this one.
    """

    budget: float
    capacity: float
    choices: tuple[Choice, ...]
    joint: Joint | None
    frontier: pd.DataFrame = field(repr=False)

    @property
    def chosen(self) -> tuple[str, ...]:
        """Terms of the moves that are made."""
        return tuple(c.action.term for c in self.choices if c.chosen)

    @property
    def cost(self) -> float:
        """Cost of the moves that are made."""
        return float(sum(c.action.cost for c in self.choices if c.chosen))

    @property
    def planning(self) -> float:
        """Sum of the planning values of the moves that are made: what was maximised."""
        return float(sum(c.uplift.planning for c in self.choices if c.chosen))

    def table(self) -> pd.DataFrame:
        """One row a move: term, rule, cost, effort, move, uplift with its interval, planning value, chosen, why not."""
        rows = [
            {
                "term": c.action.term, "rule": c.action.rule, "cost": c.action.cost, "effort": c.action.effort,
                "move": c.uplift.move.points, "uplift": c.uplift.estimate, "uplift_low": c.uplift.low,
                "uplift_high": c.uplift.high, "planning": c.uplift.planning, "chosen": c.chosen, "why": c.why,
            }
            for c in self.choices
        ]  # fmt: skip
        return pd.DataFrame(rows)

    def __repr__(self) -> str:
        made = ", ".join(self.chosen) or "nothing"
        return f"Portfolio within {self.budget:,.0f}: {made}; cost {self.cost:,.0f}"

    def _repr_html_(self) -> str:
        from csresearch.show.tables import frame_html

        return frame_html(self.table(), title="Portfolio", footer=repr(self))


def portfolio(strategy: Strategy, *, budget: float | None = None, capacity: float | None = None) -> Portfolio:
    """Choose the moves with the highest planning value that a budget pays for.

    Parameters
    ----------
    strategy : Strategy
        Its actions with a feasible move and a known cost (`[plan]`) can be chosen; the others are listed with why not.
    budget : float, optional
        In the money of the costs; default: `[plan] budget`.
    capacity : float, optional
        Most effort, in the sum of the efforts; default: `[plan] capacity`, else without limit.

    Returns
    -------
    Portfolio

    Raises
    ------
    ValueError
        No budget, a negative one, or a negative capacity.
    StatisticsError
        No action has a feasible move and a cost; the budget does not even pay for the cheapest one; a negative cost.

    Notes
    -----
    `max sum planning_j y_j`, y binary, subject to cost and effort, and `y_delight <= y_must` for every broken must: a
    delight waits for all of them, for good where one of them cannot be paid for at all. Planning values are the lower
    fifths of the draws of each move alone; overlap is no part of a linear program, but is counted once in `joint`,
    which is never more than the sum. Solved by `scipy.optimize.milp` (HiGHS).

    Examples
    --------
    >>> import csresearch as cs
    >>> sample = cs.weight(cs.screen(cs.read(cs.load_study(cs.study_folder("autoservice")))))
    >>> grid = cs.ImportancePerformance().fit(sample, replicates=cs.Bootstrap(draws=60))
    >>> portfolio(cs.recommend([grid]), budget=80_000)
    Portfolio within 80,000: honest_price, parts_available; cost 75,000
    """
    _refuse_others(strategy)
    study = strategy.sample.study
    money = budget if budget is not None else None if study is None else study.budget
    effort = capacity if capacity is not None else None if study is None else study.capacity
    if money is None:
        raise ValueError("a budget is needed: portfolio(strategy, budget=100_000), or [plan] budget in study.toml")
    for name, value in (("budget", money), ("capacity", 0.0 if effort is None else effort)):
        if not (isinstance(value, int | float | np.number) and np.isfinite(value) and value >= 0):
            raise ValueError(f"{name}={value!r}: a finite number from 0 on is needed")
    moved = [a for a in strategy.actions if a.uplift is not None]
    open_to = _candidates(moved, money, limited=effort is not None)
    musts = [a for a in strategy.actions if a.broken_must]
    program = Program.of(open_to, musts, capacity=effort)
    made = {a.term for a, yes in zip(open_to, program.solve(money), strict=True) if yes}
    choices = [_choice(a, a.uplift, made, open_to, musts) for a in moved if a.uplift is not None]
    choices.sort(key=lambda c: (not c.chosen, not c.action.broken_must, -c.uplift.planning))
    return Portfolio(
        budget=money, capacity=np.inf if effort is None else effort, choices=tuple(choices),
        joint=joint_of(Levers.of(strategy.results), [c.action for c in choices if c.chosen], rules=None),
        frontier=frontier_of(program),
    )  # fmt: skip


def _refuse_others(strategy: object) -> None:
    """Refuse what is no strategy, such as the result it is made of."""
    if not isinstance(strategy, Strategy):
        found = type(strategy).__name__
        raise TypeError(f"a portfolio is made of a strategy, not of a {found}: write recommend([...])")


def _candidates(moved: Sequence[Action], money: float, *, limited: bool) -> list[Action]:
    """Actions with a cost (and an effort, where that is limited), refused where there is none to pay for."""
    negative = [a for a in moved if a.cost < 0 or a.effort < 0]
    if negative:
        a = negative[0]
        raise StatisticsError(f"{a.term}: cost {a.cost:g}, effort {a.effort:g}; none can be negative: correct [plan]")
    costed = [a for a in moved if a.rule in OPEN and a.cost == a.cost and not (limited and a.effort != a.effort)]
    if not costed:
        needed = "cost and effort" if limited else "cost"
        named = ", ".join(a.term for a in moved) or "none has a feasible move"
        raise StatisticsError(f"no action has a feasible move and a known {needed} ({named}); add them to [plan]")
    cheapest = min(costed, key=lambda a: a.cost)
    if cheapest.cost > money:
        raise StatisticsError(
            f"a budget of {money:,.0f} pays for nothing: the cheapest action, {cheapest.term}, "
            f"costs {cheapest.cost:,.0f}"
        )
    return costed


def _value(action: Action) -> float:
    return action.uplift.planning if action.uplift is not None else 0.0


@dataclass(frozen=True, kw_only=True)
class Program:
    """The integer program, but for the budget.

    Parameters
    ----------
    value, cost, effort, most : array, shape (k,)
        `most` is 0 for what cannot be chosen at all, else 1.
    capacity : float or None
    pairs : sequence of (delight, must)
        The first only with the second.

    Examples
    --------
    >>> program = Program(value=np.array([3.0, 2.0, 2.0]), cost=np.array([3.0, 2.0, 2.0]), effort=np.zeros(3),
    ...                   capacity=None, most=np.ones(3), pairs=((0, 2),))
    >>> program.solve(4.0).tolist(), program.solve(5.0).tolist()
    ([False, True, True], [True, False, True])
    """

    value: Array
    cost: Array
    effort: Array
    capacity: float | None
    most: Array
    pairs: tuple[tuple[int, int], ...]

    @classmethod
    def of(cls, actions: Sequence[Action], musts: Sequence[Action], *, capacity: float | None) -> Program:
        """Put actions in order; a delight is out where a broken must is none of them."""
        place = {a.term: j for j, a in enumerate(actions)}
        unpaid = any(m.term not in place for m in musts)
        return cls(
            value=np.array([_value(a) for a in actions]), cost=np.array([a.cost for a in actions]),
            effort=np.nan_to_num([a.effort for a in actions]), capacity=capacity,
            most=np.array([0.0 if a.delight and unpaid else 1.0 for a in actions]),
            pairs=tuple((place[a.term], place[m.term]) for a in actions if a.delight for m in musts if m.term in place),
        )  # fmt: skip

    def solve(self, budget: float) -> BoolArray:
        """Choose for one budget, shape (k,): the highest value, and of those that have it the lowest cost."""
        best = self._least(-self.value, budget)
        floor = LinearConstraint(
            self.value, lb=float(self.value[best].sum()) - SAME * (np.abs(self.value).sum() or 1.0)
        )
        return self._least(self.cost, budget, floor)

    def _least(self, objective: Array, budget: float, *more: LinearConstraint) -> BoolArray:
        """Minimise an objective within the limits; money and effort are scaled to the size of 1."""
        k, unit = len(self.value), max(float(self.cost.max()), 1e-300)
        limits = [LinearConstraint(self.cost / unit, ub=budget / unit), *more]
        if self.capacity is not None:
            limits.append(LinearConstraint(self.effort, ub=self.capacity))
        for delight, must in self.pairs:
            row = np.zeros(k)
            row[delight], row[must] = 1.0, -1.0
            limits.append(LinearConstraint(row, ub=0.0))
        size = float(np.abs(objective).max()) or 1.0
        found = milp(
            objective / size, constraints=limits, bounds=Bounds(0, self.most), options={"mip_rel_gap": 0.0},
            integrality=np.ones(k, dtype=np.int64),
        )  # fmt: skip
        if found.x is None:
            raise StatisticsError(f"the portfolio has no solution: {found.message}")
        return np.asarray(found.x > 0.5)


def _choice(
    action: Action, uplift: Uplift, made: set[str], open_to: Sequence[Action], musts: Sequence[Action]
) -> Choice:
    chosen = action.term in made
    why: Why = ""
    if not chosen and action.rule not in OPEN:
        why = "no_case"
    elif not chosen and action not in open_to:
        why = "no_cost" if action.cost != action.cost else "no_effort"
    elif not chosen and uplift.planning <= 0:
        why = "no_value"
    elif not chosen and action.delight and any(m.term not in made for m in musts):
        why = "must_first"
    elif not chosen:
        why = "budget"
    return Choice(action=action, uplift=uplift, chosen=chosen, why=why)


def frontier_of(program: Program) -> pd.DataFrame:
    """List the best portfolios from the dearest down: each is the best of those that cost less than the one before."""
    smallest = min(program.cost[program.cost > 0], default=1.0)
    budget = float(program.cost.sum())
    points: list[tuple[float, float]] = []
    while budget >= 0 and len(points) < MOST_POINTS:
        chosen = program.solve(budget)
        points.append((float(program.cost[chosen].sum()), float(program.value[chosen].sum())))
        budget = points[-1][0] - LESS * smallest
    frame = pd.DataFrame(points[::-1], columns=["cost", "planning"])
    return frame.assign(marginal=frame["planning"].diff() / frame["cost"].diff())
