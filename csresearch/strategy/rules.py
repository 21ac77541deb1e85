"""Rules that turn numbers into actions; every action carries the numbers that it rests on."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import stats

from csresearch.inference.moments import Array, BoolArray, IntArray
from csresearch.models.grid.quadrants import QUADRANTS, SURE, quadrant
from csresearch.models.importance_performance import ImportancePerformance, importance_of
from csresearch.models.measurement.judging import RELATIONS
from csresearch.models.satisfaction_index import SatisfactionIndex
from csresearch.models.scores import Scores
from csresearch.result import Result, same_replicates
from csresearch.show.phrase import Amount, phrase
from csresearch.strategy.actions import Action, Joint, Number, Reason, Strategy, Uplift
from csresearch.strategy.beside import expectations, weak_measures
from csresearch.strategy.evidence import Evidence, grade
from csresearch.strategy.facts import (
    Rival,
    gaps_of,
    gather,
    inflation_of,
    number_of,
    reach_of,
    records,
    rivals_of,
)
from csresearch.strategy.levers import Levers, numbers
from csresearch.strategy.moves import Move, feasible_moves
from csresearch.strategy.rulebook import MOVES, ORDER, RULES, Facts, choose
from csresearch.survey.grammar import Step
from csresearch.survey.sample import Sample
from csresearch.survey.screening.screening import SIGN

FIRST = 3
POWER = float(stats.norm.ppf(0.975) + stats.norm.ppf(0.80)) * 2**0.5  # standard errors between two waves, 80 % power
GRID, SHAPES = "ImportancePerformance.grid", "ImportancePerformance.asymmetry"


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
    chosen = tuple(results or ())
    if others := [type(r).__name__ for r in chosen if not isinstance(r, Result)]:
        raise TypeError(f"recommend takes results of models, found {', '.join(others)}: recommend([grid, index])")
    if not chosen:
        raise ValueError("recommend needs results: fit at least one model, best ImportancePerformance()")
    same_replicates([r for r in chosen if r.replicates_id is not None])
    grids = [r for r in chosen if importance_of(r) and r.by is None]
    derived = [r for r in grids if importance_of(r) != "stated"]
    if any(not len(r.draws("grid")) for r in derived[:1]):
        raise ValueError("recommend needs bootstrap draws: fit ImportancePerformance() with Bootstrap()")
    whole = Strategy(actions=(), results=chosen)
    stated = next((r for r in grids if importance_of(r) == "stated"), None)
    ranked = _Ranked.of(derived[0], whole, stated) if derived else None
    actions = [] if ranked is None else [ranked.action(j) for j in range(len(ranked.attributes))]
    actions += [*expectations(whole), *weak_measures(whole.of(SatisfactionIndex))]
    actions.sort(key=lambda a: (ORDER.index(a.rule), -_value(a)))
    if ranked is None:
        return Strategy(actions=tuple(actions), results=chosen)
    joint = joint_of(ranked.levers, actions)
    return Strategy(actions=tuple(actions), results=chosen, joint=joint, stability=ranked.stability())


def joint_of(levers: Levers, actions: Sequence[Action], *, rules: Sequence[str] | None = MOVES) -> Joint | None:
    """Take the moves of some rules (all: None) together over the joint draws; None where there is none."""
    chosen = {a.term: a.uplift for a in actions if a.uplift is not None and (rules is None or a.rule in rules)}
    if not chosen:
        return None
    change = levers.change({name: uplift.move.points for name, uplift in chosen.items()})
    low, high, _ = change.interval(levers.result.level)
    return Joint(
        terms=tuple(chosen), estimate=change.estimate, low=low, high=high, planning=change.planning,
        sum=sum(uplift.estimate for uplift in chosen.values()),
    )  # fmt: skip


def _value(action: Action) -> float:
    """Order the actions of one rule: by planning value of the uplift, then by the effect of a point."""
    if action.uplift is not None:
        return 100 + action.uplift.planning
    return 0.0 if action.per_point is None else action.per_point.estimate


@dataclass(frozen=True, kw_only=True)
class _Ranked:
    """Numbers and rules of every attribute, in the estimate and in each draw."""

    grid: Result
    attributes: tuple[str, ...]
    facts: Facts
    rule: IntArray
    drawn: IntArray
    support: Array
    first: BoolArray
    moves: dict[str, Move]
    rivals: dict[str, Rival]
    inflation: dict[str, float]
    levers: Levers
    strategy: Strategy
    rows: Mapping[str, Sequence[Mapping[Hashable, Any]]]

    @classmethod
    def of(cls, grid: Result, strategy: Strategy, stated: Result | None) -> _Ranked:
        attributes = tuple(grid.estimates("grid", statistic="importance")["attribute"])
        rivals = rivals_of(strategy.results, attributes)
        facts, drawn = gather(grid, attributes, strategy.results, stated=stated, rivals=rivals)
        shown = [("grid", name) for name in ("importance", "performance", "effect")]
        shown += [("asymmetry", name) for name in ("penalty", "reward", "low_share") if "asymmetry" in grid.tables]
        now = grid.estimates("grid", statistic="performance")["estimate"].to_numpy()
        scores = [r for r in strategy.results if isinstance(r.model, Scores)]
        effect, codes = numbers(grid, "grid", "effect")[1], choose(drawn)
        moves = feasible_moves(grid.sample, attributes, now, scores)
        return cls(
            grid=grid, attributes=attributes, facts=facts, rule=choose(facts)[0], drawn=codes,
            first=_first(codes, effect, attributes, moves),
            support=grid.estimates("quadrants", statistic="quadrant")["estimate"].to_numpy(dtype=float),
            moves=moves, rivals=rivals, levers=Levers.of([grid]), strategy=strategy,
            inflation=inflation_of(grid, attributes), rows={name: records(grid, table, name) for table, name in shown},
        )  # fmt: skip

    def action(self, j: int) -> Action:
        """Everything about one attribute."""
        name, step = self.attributes[j], self._step(self.attributes[j])
        per_point = number_of("effect", (name,), self.rows["effect"][j], GRID)
        good = self.drawn[:, j][self.drawn[:, j] >= 0]
        return Action(
            rule=RULES[self.rule[j]].name, term=name, numbers=self._numbers(j), per_point=per_point,
            uplift=self._uplift(name), reached=name in self.moves and self.moves[name].points <= 0,
            grade=grade(self._evidence(j, per_point)), unsure=bool(self.support[j] < SURE),
            support=float(self.first[:, j].mean()),
            same_rule=float((good == self.rule[j]).mean()) if len(good) else float("nan"), change=self._change(j),
            owner=(step.owner or "") if step else "", by=str(step.by or "") if step else "",
            cost=_known(step.cost if step else None), effort=_known(step.effort if step else None),
            reach=reach_of(self.grid, name), broken_must=bool(self.facts.broken[0, j]),
            delight=bool(self.facts.delight[0, j]),
        )  # fmt: skip

    def _step(self, name: str) -> Step | None:
        study = self.grid.sample.study
        return None if study is None else study.plan.get(name)

    def _numbers(self, j: int) -> tuple[Number, ...]:
        """Give importance and performance, then what else the rule rests on."""
        name, about = RULES[self.rule[j]].name, (self.attributes[j],)
        found = [number_of(what, about, self.rows[what][j], GRID) for what in ("importance", "performance")]
        shape = {"fix_first": ("penalty", "low_share"), "invest_delight": ("reward",), "wait": ("reward",)}
        found += [number_of(what, about, self.rows[what][j], SHAPES) for what in shape.get(name, ())]
        if name in ("close_gap", "keep_communicate"):
            found.append(self.rivals[about[0]].difference)
        if name == "stop_over_promising":
            found.append(gaps_of(self.strategy.results)[about[0]])
        return tuple(found)

    def _uplift(self, name: str) -> Uplift | None:
        move = self.moves.get(name)
        if move is None or move.points <= 0:
            return None
        change = self.levers.change({name: move.points})
        low, high, _ = change.interval(self.grid.level)
        return Uplift(estimate=change.estimate, low=low, high=high, planning=change.planning, move=move)

    def stability(self) -> float:
        """Share of the draws that have the same three in front as the most frequent list of three."""
        lists, counts = np.unique(self.first, axis=0, return_counts=True)
        return float(counts.max() / counts.sum()) if len(lists) else float("nan")

    def _evidence(self, j: int, per_point: Number) -> Evidence:
        index = self.strategy.of(SatisfactionIndex)
        checks = {c.check: c.value for c in self.grid.found}
        return Evidence(
            n_effective=per_point.n_effective, support=float(self.support[j]), same_sign=self._same_sign(j),
            conf_low=per_point.low, conf_high=per_point.high, vif=self.inflation[self.attributes[j]],
            reliability=_reliability(index, self.strategy.outcome), weights=float(checks.get("weights", 1.0)),
            careless=careless_share(self.grid.sample), responded=response_known(self.grid.sample),
            alike=_alike(self.strategy.results, self.strategy.outcome),
        )  # fmt: skip

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
        here = int(self.facts.quadrant[0, j])
        reasons: list[Reason] = []
        other = self._at_medians(j)
        if other != here:
            reasons.append(("change.median", {"quadrant": phrase(f"quadrant.{QUADRANTS[other]}")}))
        if self.support[j] < SURE:
            reasons.append(("change.border", {"support": Amount(float(self.support[j]), "share")}))
        if self.facts.stated_high[j] and QUADRANTS[here] in ("possible_overkill", "low_priority"):
            reasons.append(("change.stated", {}))
        if QUADRANTS[here] == "possible_overkill" and not self.facts.costed[j]:
            reasons.append(("change.cost", {}))
        if RULES[self.rule[j]].name == "monitor":
            error = float(self.rows["performance"][j]["std_error"])
            reasons.append(("change.detectable", {"points": Amount(POWER * error, "points")}))
        return tuple(reasons) or (("change.sign", {}),)

    def _at_medians(self, j: int) -> int:
        importance = self.grid.estimates("grid", statistic="importance")["estimate"].to_numpy()
        performance = self.grid.estimates("grid", statistic="performance")["estimate"].to_numpy()
        lines = np.array([[np.median(importance), np.median(performance)]])
        return int(quadrant(importance[None], performance[None], lines)[0, j])


def _first(codes: IntArray, effect: Array, attributes: Sequence[str], moves: Mapping[str, Move]) -> BoolArray:
    """Tell whether each attribute is among the first three, in each draw that did not fail, shape (r, k)."""
    points = np.array([moves[a].points if a in moves else 0.0 for a in attributes])
    value = np.where(points > 0, 100 + effect * points, effect)
    place = np.array([ORDER.index(rule.name) for rule in RULES])[codes]
    good = (codes >= 0).all(axis=1) & np.isfinite(effect).all(axis=1)
    order = np.lexsort((-value[good], place[good]), axis=1)[:, :FIRST]
    first = np.zeros(value[good].shape, dtype=bool)
    np.put_along_axis(first, order, True, axis=1)
    return first


def _known(value: float | None) -> float:
    return float("nan") if value is None else float(value)


def _alike(results: Sequence[Result], outcome: str) -> bool:
    """Whether the outcome is formed alike in all groups, by the tests of invariance that there are."""
    tested = [r.estimates("comparable", statistic="step") for r in results if "comparable" in r.tables]
    return not any((rows.loc[rows["construct"] == outcome, "estimate"] < RELATIONS).any() for rows in tested)


def _reliability(index: Result | None, outcome: str) -> float:
    """Composite reliability of the outcome; NaN where it is not known."""
    if index is None:
        return float("nan")
    rows = index.estimates("constructs", statistic="rho_c").set_index("construct")["estimate"]
    return float(rows.get(outcome, float("nan")))


def careless_share(sample: Sample) -> float:
    """Share of counted respondents flagged by a rule; a single sign of carelessness is none."""
    rules = [name for name in map(str, sample.flags) if not name.startswith(SIGN)]
    return float(sample.flags.loc[sample.base_weights > 0, rules].any(axis=1).mean()) if rules else 0.0


def response_known(sample: Sample) -> bool:
    """Tell whether the study holds dispositions, so that its response rate is known."""
    return sample.study is not None and bool(sample.study.dispositions)
