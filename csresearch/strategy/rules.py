"""Rules that turn numbers into actions; every action carries the numbers that it rests on."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from csresearch.inference.moments import Array, IntArray
from csresearch.models.drivers import Drivers
from csresearch.models.importance_performance import ImportancePerformance, importance_of
from csresearch.models.quadrants import QUADRANTS, SURE, quadrant
from csresearch.models.satisfaction_index import DISTINCT, RELIABLE, SatisfactionIndex
from csresearch.models.scores import Scores
from csresearch.result import Result, same_replicates
from csresearch.strategy.actions import SEVERAL, Action, Number, Reason, Strategy, Uplift
from csresearch.strategy.evidence import FEW, Evidence, Grade, grade
from csresearch.strategy.moves import Move, feasible_moves
from csresearch.survey.grammar import Step
from csresearch.survey.sample import Sample

ORDER = ("concentrate", "keep", "reallocate", "fix_measure", "monitor")
"""Rules in the order of their actions."""

FIRST = 3
PLANNING = 0.20  # quantile of the draws that a plan should count on
GRID = "ImportancePerformance.grid"
CONSTRUCTS, DISCRIMINANT = "SatisfactionIndex.constructs", "SatisfactionIndex.discriminant"


def recommend(results: Sequence[Result]) -> Strategy:
    """Turn results into actions by the rules, in their order.

    Parameters
    ----------
    results : sequence of Result
        A grid of derived importance gives the actions on attributes; an index, drivers, the stated grid, and scores by
        outlet and by brand add checks, measures and feasible moves. Without a grid only measures are judged.

    Returns
    -------
    Strategy

    Raises
    ------
    ValueError
        No results, results of different replicates, or a grid without bootstrap draws.

    Examples
    --------
    >>> import pandas as pd
    >>> random = np.random.default_rng(1)
    >>> frame = pd.DataFrame(random.integers(1, 11, size=(200, 3)), columns=["speed", "price", "staff"])
    >>> frame["overall"] = ((2 * frame["speed"] + frame["staff"]) / 3).round()
    >>> model = ImportancePerformance(outcome="overall", attributes=("speed", "price", "staff"))
    >>> recommend([model.fit(Sample.from_frame(frame, scale=(1, 10)))]).actions[0].term
    'speed'
    """
    if isinstance(results, Result):
        raise ValueError("recommend takes a list of results: recommend([grid, index, drivers])")
    chosen = tuple(results)
    if not chosen:
        raise ValueError("recommend needs results: fit at least one model, best ImportancePerformance()")
    same_replicates([r for r in chosen if r.replicates_id is not None])
    grids = [r for r in chosen if importance_of(r) and r.by is None]
    derived = [r for r in grids if importance_of(r) != "stated"]
    if any(not len(r.draws("grid")) for r in derived[:1]):
        raise ValueError("recommend needs bootstrap draws: fit ImportancePerformance() with Bootstrap()")
    whole = Strategy(actions=(), results=chosen)
    actions: list[Action] = []
    for grid in derived[:1]:
        ranked = _Ranked.of(grid, whole, next((r for r in grids if importance_of(r) == "stated"), None))
        actions = [ranked.action(j) for j in range(len(ranked.attributes))]
    actions += _weak_measures(whole.of(SatisfactionIndex))
    place = {rule: n for n, rule in enumerate(ORDER)}
    actions.sort(key=lambda a: (place[a.rule], -_value(a)))
    return Strategy(actions=tuple(actions), results=chosen)


def _value(action: Action) -> float:
    """Order the actions of one rule: by planning value of the uplift, then by the effect of a point."""
    if action.uplift is not None:
        return 100 + action.uplift.planning
    return 0.0 if action.per_point is None else action.per_point.estimate


@dataclass(frozen=True, kw_only=True)
class _Ranked:
    """Numbers of every attribute, in the estimate and in each draw."""

    grid: Result
    attributes: tuple[str, ...]
    code: IntArray
    support: Array
    first: Array
    effect: Array
    moves: dict[str, Move]
    stated_high: dict[str, bool]
    strategy: Strategy

    @classmethod
    def of(cls, grid: Result, strategy: Strategy, stated: Result | None) -> _Ranked:
        attributes = tuple(grid.estimates("grid", statistic="importance")["attribute"])
        importance, performance, effect = (_drawn(grid, name) for name in ("importance", "performance", "effect"))
        drawn = quadrant(importance, performance, grid.draws("crosshair"))
        where = grid.estimates("quadrants", statistic="quadrant")
        now = grid.estimates("grid", statistic="performance")["estimate"].to_numpy()
        scores = [r for r in strategy.results if isinstance(r.model, Scores)]
        moves = feasible_moves(grid.sample, attributes, now, scores)
        return cls(
            grid=grid,
            attributes=attributes,
            code=where["category"].map(QUADRANTS.index).to_numpy(),
            support=where["estimate"].to_numpy(dtype=float),
            effect=effect,
            moves=moves,
            first=_first(drawn, effect, attributes, moves),
            stated_high=_stated_high(stated),
            strategy=strategy,
        )

    def rule(self, j: int) -> str:
        """Rule that applies to an attribute."""
        name = QUADRANTS[int(self.code[j])]
        step = self._step(self.attributes[j])
        if name == "possible_overkill":
            cut = self.support[j] >= SURE and not self.stated_high.get(self.attributes[j], False)
            return "reallocate" if cut and step is not None and step.cost is not None else "monitor"
        return name if name in ("concentrate", "keep") else "monitor"

    def action(self, j: int) -> Action:
        """Everything about one attribute."""
        name, numbers = self.attributes[j], self._numbers(j)
        step = self._step(name)
        per_point = numbers[2]
        return Action(
            rule=self.rule(j),
            term=name,
            numbers=numbers[:2],
            per_point=per_point,
            uplift=self._uplift(j, per_point),
            reached=name in self.moves and self.moves[name].points <= 0,
            grade=grade(self._evidence(j, per_point)),
            unsure=bool(self.support[j] < SURE),
            support=float(self.first[j]),
            change=self._change(j),
            owner=(step.owner or "") if step else "",
            by=str(step.by or "") if step else "",
            cost=float(step.cost) if step is not None and step.cost is not None else float("nan"),
        )

    def _step(self, name: str) -> Step | None:
        study = self.grid.sample.study
        return None if study is None else study.plan.get(name)

    def _numbers(self, j: int) -> tuple[Number, ...]:
        about = (self.attributes[j],)
        statistics = ("importance", "performance", "effect")
        return tuple(_number(name, about, _records(self.grid, "grid", name)[j], GRID) for name in statistics)

    def _uplift(self, j: int, per_point: Number) -> Uplift | None:
        move = self.moves.get(self.attributes[j])
        if move is None or move.points <= 0:
            return None
        draws = self.effect[:, j][np.isfinite(self.effect[:, j])] * move.points
        return Uplift(
            estimate=per_point.estimate * move.points,
            low=per_point.low * move.points,
            high=per_point.high * move.points,
            planning=float(np.quantile(draws, PLANNING)),
            move=move,
        )

    def _evidence(self, j: int, per_point: Number) -> Evidence:
        index, drivers = self.strategy.of(SatisfactionIndex), self.strategy.of(Drivers)
        checks = {c.check: c.value for c in self.grid.found}
        return Evidence(
            n_effective=per_point.n_effective,
            support=float(self.support[j]),
            same_sign=self._same_sign(j),
            conf_low=per_point.low,
            conf_high=per_point.high,
            vif=_vif(drivers, self.attributes[j]),
            reliability=_reliability(index, self.strategy.outcome),
            weights=float(checks.get("weights", 1.0)),
            careless=_careless(self.grid.sample),
        )

    def _same_sign(self, j: int) -> bool | None:
        """Whether the effect has one sign in the categories of a grid by wave or segment."""
        for result in self.strategy.results:
            if isinstance(result.model, ImportancePerformance) and result.by is not None:
                rows = result.estimates("grid", statistic="effect")
                signs = np.sign(rows.loc[rows["attribute"] == self.attributes[j], "estimate"].dropna())
                return None if len(signs) < 2 else bool(signs.nunique() == 1)
        return None

    def _change(self, j: int) -> tuple[Reason, ...]:
        """Say what would change the advice: another line, more interviews, a cost."""
        name = self.attributes[j]
        reasons: list[Reason] = []
        other = self._at_medians(j)
        if other != self.code[j]:
            reasons.append(("change.median", {"quadrant": QUADRANTS[other]}))
        if self.support[j] < SURE:
            reasons.append(("change.border", {"support": float(self.support[j])}))
        if self.stated_high.get(name) and QUADRANTS[int(self.code[j])] in ("possible_overkill", "low_priority"):
            reasons.append(("change.stated", {}))
        step = self._step(name)
        if QUADRANTS[int(self.code[j])] == "possible_overkill" and (step is None or step.cost is None):
            reasons.append(("change.cost", {}))
        return tuple(reasons) or (("change.sign", {}),)

    def _at_medians(self, j: int) -> int:
        importance = self.grid.estimates("grid", statistic="importance")["estimate"].to_numpy()
        performance = self.grid.estimates("grid", statistic="performance")["estimate"].to_numpy()
        lines = np.array([[np.median(importance), np.median(performance)]])
        return int(quadrant(importance[None], performance[None], lines)[0, j])


def _drawn(result: Result, statistic: str) -> Array:
    """Draws of one statistic of the grid, shape (r, k)."""
    return result.draws("grid")[:, (result.table("grid")["statistic"] == statistic).to_numpy()]


def _first(codes: IntArray, effect: Array, attributes: Sequence[str], moves: dict[str, Move]) -> Array:
    """Share of draws in which each attribute is among the first three, shape (k,)."""
    points = np.array([moves[a].points if a in moves else 0.0 for a in attributes])
    value = np.where(points > 0, 100 + effect * points, effect)
    rule = np.select([codes == 0, codes == 1], [0, 1], default=2)
    good = (codes >= 0).all(axis=1) & np.isfinite(effect).all(axis=1)
    order = np.lexsort((-value[good], rule[good]), axis=1)[:, :FIRST]
    return np.array([(order == j).any(axis=1).mean() for j in range(len(attributes))])


def _stated_high(stated: Result | None) -> dict[str, bool]:
    """Whether customers say that the attribute matters more than the average one."""
    if stated is None:
        return {}
    rows = stated.estimates("grid", statistic="importance")
    mean = rows["estimate"].mean()
    return {str(a): bool(v >= mean) for a, v in zip(rows["attribute"], rows["estimate"], strict=True)}


def _vif(drivers: Result | None, name: str) -> float:
    if drivers is None:
        return float("nan")
    rows = drivers.estimates("coefficients", statistic="vif").set_index("term")["estimate"]
    return float(rows.get(name, float("nan")))


def _reliability(index: Result | None, outcome: str) -> float:
    """Composite reliability of the outcome; NaN where it is not known."""
    if index is None:
        return float("nan")
    rows = index.estimates("constructs", statistic="rho_c").set_index("construct")["estimate"]
    return float(rows.get(outcome, float("nan")))


def _careless(sample: Sample) -> float:
    """Share of counted respondents flagged by a rule."""
    counted = sample.base_weights > 0
    return float(sample.flags[counted].any(axis=1).mean()) if len(sample.flags.columns) else 0.0


def _weak_measures(index: Result | None) -> list[Action]:
    """Find constructs that are measured badly; and those that cannot be told apart, in one action."""
    if index is None:
        return []
    weak = [row for row in _records(index, "constructs", "rho_c") if row["estimate"] < RELIABLE]
    alike = [row for row in _records(index, "discriminant", "htmt") if row["estimate"] >= DISTINCT]
    alike.sort(key=lambda row: -row["estimate"])
    actions = [_measure("reliability", [_number("reliability", (row["construct"],), row, CONSTRUCTS)]) for row in weak]
    if alike:
        pairs = [_number("htmt", (row["construct"], row["versus"]), row, DISCRIMINANT) for row in alike]
        actions.append(_measure("htmt", pairs))
    return actions


def _measure(what: str, numbers: list[Number]) -> Action:
    many = min(number.n_effective for number in numbers) >= FEW
    return Action(
        rule="fix_measure",
        term=SEVERAL.join(dict.fromkeys(name for number in numbers for name in number.about)),
        numbers=tuple(numbers),
        grade=Grade(letter="D" if many else "E", reasons=("cross_section",) if many else ("small_base",)),
        change=((f"change.{what}", {}),),
    )


def _records(result: Result, table: str, statistic: str) -> list[dict[Hashable, Any]]:
    return result.estimates(table, statistic=statistic).to_dict("records")


def _number(what: str, about: tuple[str, ...], row: Mapping[Hashable, Any], table: str) -> Number:
    return Number(
        what=what,
        about=about,
        estimate=float(row["estimate"]),
        low=float(row["conf_low"]),
        high=float(row["conf_high"]),
        unit=row["unit"],
        n_obs=int(row["n_obs"]),
        n_effective=float(row["n_effective"]),
        table=table,
    )
