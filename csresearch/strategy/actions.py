"""Actions: what is recommended, with every number it rests on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

import pandas as pd

from csresearch.models.importance_performance import ImportancePerformance, importance_of
from csresearch.models.screening_effect import screening_effect
from csresearch.result import Result
from csresearch.strategy.evidence import Grade
from csresearch.strategy.moves import Move
from csresearch.survey.sample import Sample

SEVERAL = " + "
"""Between the constructs of an action that is about several."""

EXHIBITS = {
    "ImportancePerformance.grid": "grid.importance_performance",
    "ImportancePerformance.asymmetry": "grid.must_be",
    "Scores.by_brand": "scores.rivals",
    "Disconfirmation.gaps": "expectation.gaps",
    "Disconfirmation.direct": "expectation.direct",
    "SatisfactionIndex.constructs": "method",
    "SatisfactionIndex.discriminant": "method",
}
"""Table behind a number -> id of the exhibit that shows it."""

Reason = tuple[str, dict[str, object]]
"""A key of `show/words` and its fields."""


@dataclass(frozen=True, kw_only=True)
class Number:
    """A number behind an action: what it is, about whom, its interval, its base, and the table it stands in."""

    what: str
    about: tuple[str, ...]
    estimate: float
    low: float
    high: float
    unit: str
    n_obs: int
    n_effective: float
    table: str


@dataclass(frozen=True, kw_only=True)
class Uplift:
    """What a feasible move is expected to bring, in points of the outcome, if the association holds.

    Attributes
    ----------
    estimate, low, high : float
        Effect times move, with the interval of the draws.
    planning : float
        Lower fifth of the draws: the value to plan with.
    move : Move
    """

    estimate: float
    low: float
    high: float
    planning: float
    move: Move


@dataclass(frozen=True, kw_only=True)
class Action:
    """One recommendation.

    Attributes
    ----------
    rule : str
        Of `rulebook.ORDER`.
    term : str
        Attribute or construct.
    numbers : tuple of Number
    grade : Grade
    per_point : Number or None
        Points of the outcome for a point of the attribute.
    uplift : Uplift or None
        Only where a feasible move exists.
    reached : bool
        Whether its goal is met already.
    support : float
        Bootstrap support of its place among the first three; NaN where it is not ranked by draws.
    change : tuple
        What would change the advice.
    owner, by : str
    cost : float
    unsure : bool
        A border case: under 80 % of the draws agree on the quadrant.
    same_rule : float
        Share of the draws in which the same rule applies; NaN where it is not judged by draws.
    reach : float
        Share of the customers that it reaches.
    effort : float
        From 0 to 1, of the plan; NaN where it is not known.
    broken_must : bool
        A must that too many find wanting: no delight goes before it.
    delight : bool
        A sure delight.
    """

    rule: str
    term: str
    numbers: tuple[Number, ...]
    grade: Grade
    per_point: Number | None = None
    uplift: Uplift | None = None
    reached: bool = False
    support: float = float("nan")
    change: tuple[Reason, ...] = ()
    owner: str = ""
    by: str = ""
    cost: float = float("nan")
    unsure: bool = False
    same_rule: float = float("nan")
    reach: float = 1.0
    effort: float = float("nan")
    broken_must: bool = False
    delight: bool = False

    @property
    def exhibits(self) -> tuple[str, ...]:
        """Ids of the exhibits that show its numbers."""
        return tuple(dict.fromkeys(EXHIBITS[number.table] for number in self.numbers))


@dataclass(frozen=True, kw_only=True)
class Joint:
    """What all recommended moves together go with, overlap counted once.

    Attributes
    ----------
    terms : tuple of str
    estimate, low, high : float
        Points of the outcome, with the interval of the joint draws.
    planning : float
        Lower fifth of the draws.
    sum : float
        Of the moves taken one by one: never less than together.
    """

    terms: tuple[str, ...]
    estimate: float
    low: float
    high: float
    planning: float
    sum: float


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class Strategy:
    """Actions in order, with the results that they come from.

    Attributes
    ----------
    actions : tuple of Action
    results : tuple of Result
    joint : Joint or None
        Uplift of all recommended moves together; None where no move is feasible.
    stability : float
        Share of the draws in which the same three stand first, in any order; NaN where nothing is ranked by draws.
    """

    actions: tuple[Action, ...]
    results: tuple[Result, ...] = field(repr=False)
    joint: Joint | None = None
    stability: float = float("nan")

    @property
    def sample(self) -> Sample:
        """Sample of the results."""
        return self.results[0].sample

    @property
    def outcome(self) -> str:
        """Construct, attribute or item that is to be raised."""
        models = [r.model for r in self.results if r.by is None and importance_of(r) not in ("", "stated")]
        asked = next((m.outcome for m in models if isinstance(m, ImportancePerformance)), None)
        study = self.sample.study
        return asked or (study.roles.outcome if study is not None else None) or ""

    @cached_property
    def screening(self) -> Result | None:
        """What screening changed in the main numbers, found once for all languages; None where it excluded nobody."""
        sample, study = self.sample, self.sample.study
        by, log = self.results[0].precision.replicates, sample.log
        if study is None or by is None or log.empty or not log["n_excluded"].any():
            return None
        named = (self.outcome, study.roles.recommend, *(study.roles.drivers or ()))
        terms = tuple(dict.fromkeys(name for name in named if name))
        return screening_effect(sample, terms=terms, replicates=by, level=self.results[0].level) if terms else None

    def table(self) -> pd.DataFrame:
        """One row an action: rule, term, grade, support, effect, move, uplift with its interval, planning value."""
        return pd.DataFrame([_row(place, action) for place, action in enumerate(self.actions, start=1)])

    def tables(self) -> dict[str, pd.DataFrame]:
        """Every table by a name of its own: the actions, the sample flow, those of all results."""
        tables = [("actions", self.table()), ("sample_flow", self.sample.log)]
        for result in self.results:
            model = type(result.model).__name__ + ("_stated" if importance_of(result) == "stated" else "")
            by = "" if result.by is None else f"_by_{result.by}"
            tables += [(f"{model}_{name}{by}", result.table(name)) for name in result.tables]
        names = numbered([name for name, _ in tables])
        return {name: table for name, (_, table) in zip(names, tables, strict=True)}

    def of(self, model: type, *, by: str | None = None) -> Result | None:
        """First result of a model; None where there is none."""
        found = (r for r in self.results if isinstance(r.model, model) and r.by == by)
        return next(found, None)

    def __repr__(self) -> str:
        labels = (", ".join(map(self.sample.label, a.term.split(SEVERAL))) for a in self.actions)
        named = zip(self.actions, labels, strict=True)
        lines = (f"{a.rule.replace('_', ' ')}: {label} (evidence {a.grade.letter})" for a, label in named)
        return "\n".join(f"{place}. {line}" for place, line in enumerate(lines, start=1))

    def _repr_html_(self) -> str:
        from csresearch.show.tables import frame_html

        return frame_html(self.table(), title="Actions", footer="")


def numbered(names: Sequence[str]) -> list[str]:
    """Make names differ: a second one of the same kind gets a number.

    Examples
    --------
    >>> numbered(["grid", "index", "grid"])
    ['grid', 'index', 'grid_2']
    """
    seen: Counter[str] = Counter()
    different = []
    for name in names:
        seen[name] += 1
        different.append(name if seen[name] == 1 else f"{name}_{seen[name]}")
    return different


def _row(place: int, action: Action) -> dict[str, object]:
    per_point, uplift, number = action.per_point, action.uplift, action.numbers[0]
    nan = float("nan")
    effect = (per_point.estimate, per_point.low, per_point.high) if per_point else (nan,) * 3
    gain = (uplift.estimate, uplift.low, uplift.high, uplift.planning) if uplift else (nan,) * 4
    return {
        "place": place, "rule": action.rule, "term": action.term, "grade": action.grade.letter,
        "support": action.support, **dict(zip(("per_point", "per_point_low", "per_point_high"), effect, strict=True)),
        "move": uplift.move.points if uplift else nan, "basis": uplift.move.basis if uplift else "",
        **dict(zip(("uplift", "uplift_low", "uplift_high", "planning"), gain, strict=True)),
        "n_obs": number.n_obs, "n_effective": number.n_effective, "exhibits": ", ".join(action.exhibits),
        "same_rule": action.same_rule, "reach": action.reach, "effort": action.effort, "owner": action.owner,
        "cost": action.cost,
    }  # fmt: skip
