"""ImportancePerformance: what matters against how well it is done, and how sure the quadrant is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import get_args

import numpy as np
import pandas as pd

from csresearch.errors import DataError
from csresearch.inference.intervals import Intervals
from csresearch.inference.moments import IntArray, Summary
from csresearch.inference.replicates import AnyReplicates, Bootstrap
from csresearch.models.derived import Fitted, floored, places
from csresearch.models.fitting import Plan, fit_plan, merged
from csresearch.models.grid.asymmetry import Asymmetry
from csresearch.models.grid.numbers import Crosshair, GridNumbers, Importance
from csresearch.models.grid.quadrants import QUADRANTS, QuadrantSupport, border, judge_quadrants
from csresearch.models.terms import (
    Missing,
    Players,
    apart,
    counted,
    middle,
    named,
    not_used,
    player_columns,
    sampled,
    separable,
    term_ends,
    varied,
    within_scale,
)
from csresearch.result import Result
from csresearch.show.phrase import phrase
from csresearch.show.specs import Grid
from csresearch.show.words import text
from csresearch.survey.sample import Sample


@dataclass(frozen=True, kw_only=True)
class ImportancePerformance:
    """Grid of importance against performance (Martilla and James, 1977), with the support of every quadrant.

    Parameters
    ----------
    outcome : str, optional
        For derived importance; default: the outcome of the study.
    attributes : tuple of str, optional
        Attributes, items or constructs; default: the attributes of the study, else its drivers.
    importance : {"lmg", "correlation", "slope", "stated"}
        Derived from the outcome (share of R2 by LMG, zero-order correlation, slope), or asked for (facet `importance`).
    crosshair : {"grand_mean", "median", "scale_mid", "target"}
        Where the lines stand; on the line counts as high. `scale_mid` and `target` move the line of performance (and of
        stated importance); derived importance then keeps its mean.
    target : float, optional
        Performance in points for `crosshair="target"`.
    stated : tuple of str, optional
        Items of stated importance, one for each attribute; default: the facet `importance` of the study.
    missing : str, optional
        Default: for stated importance `pairwise` (each mean on its own base), else `used` where somebody did not use
        an attribute, else the rule of the study.

    Notes
    -----
    Performance is on 0-100 of the theoretical scale, among those who used the attribute. The distance to the diagonal
    is (importance - performance) / sqrt(2): stated importance on its own 0-100, derived importance and performance each
    stretched to 0-100 over the attributes.

    Examples
    --------
    >>> random = np.random.default_rng(1)
    >>> frame = pd.DataFrame(random.integers(1, 11, size=(200, 3)), columns=["speed", "price", "staff"])
    >>> frame["overall"] = ((2 * frame["speed"] + frame["staff"]) / 3).round()
    >>> model = ImportancePerformance(outcome="overall", attributes=("speed", "price", "staff"))
    >>> grid = model.fit(Sample.from_frame(frame, scale=(1, 10)), replicates=None)
    >>> grid.wide("grid")["importance"].round(2).tolist()
    [0.81, 0.0, 0.18]
    """

    outcome: str | None = None
    attributes: tuple[str, ...] | None = None
    importance: Importance = "lmg"
    crosshair: Crosshair = "grand_mean"
    target: float | None = None
    stated: tuple[str, ...] | None = None
    missing: Missing | None = None

    def __post_init__(self) -> None:
        for name, allowed in (("importance", get_args(Importance)), ("crosshair", get_args(Crosshair))):
            if getattr(self, name) not in allowed:
                raise ValueError(f"{name}={getattr(self, name)!r}: allowed are {', '.join(allowed)}")
        if (self.crosshair == "target") != (self.target is not None):
            raise ValueError("crosshair='target' and target= (points of 0-100) belong together")
        if self.target is not None and not 0 <= self.target <= 100:
            raise ValueError(f"target={self.target}: points from 0 to 100")

    def fit(
        self,
        sample: Sample | pd.DataFrame,
        *,
        replicates: AnyReplicates | None = Bootstrap(),  # noqa: B008
        by: str | None = None,
        level: float = 0.95,
    ) -> Result:
        """Estimate in the sample, or in each category of `by`.

        Returns
        -------
        Result
            Tables `grid` (importance, performance, distance; if derived also effect, points of the outcome per point of
            the attribute, and correlation), `outcome` (if derived: its performance), `crosshair` (the lines),
            `quadrants` (the quadrant of the estimate, and the bootstrap support of each).

        Raises
        ------
        ValueError
            An attribute given twice, the outcome among the attributes.
        DataError
            No attributes, no scale or answers outside it, no question on importance where it is to be stated.
        StatisticsError
            Constant or collinear attributes, too few respondents.
        """
        sample = sampled(sample)
        plans = [self._plan(sample)]
        numbers = plans[0].estimate
        if self.importance != "stated" and by is None and isinstance(numbers, GridNumbers):
            asymmetry = Asymmetry(
                attributes=numbers.attributes, columns=numbers.columns, players=numbers.players, ends=numbers.ends,
                middles=numbers.middles, outcome_ends=numbers.outcome_ends,
            )  # fmt: skip
            plans.append(asymmetry.plan(sample))
        return merged([fit_plan(p, self, sample, replicates=replicates, by=by, level=level) for p in plans])

    def _plan(self, sample: Sample) -> Plan:
        attributes = _attributes(self, sample)
        derived = self.importance != "stated"
        outcome = _outcome(self, sample) if derived else None
        if outcome is not None:
            apart("attributes", attributes, outcome)
        asked = () if derived else _stated(self, sample, attributes)
        missing = self.missing or _missing(sample, attributes, derived)
        columns, players = player_columns(sample, outcome, (*attributes, *asked), missing=missing)
        within_scale(sample, (*attributes, *asked))
        ends = np.array([term_ends(sample, term) for term in (*attributes, *asked)])
        middles = np.array([middle(sample, term) for term in (*attributes, *asked)])
        estimate = GridNumbers(
            importance=self.importance, crosshair=self.crosshair, target=self.target, players=players,
            attributes=attributes, ends=ends, middles=middles, columns=columns,
            outcome_ends=np.array(term_ends(sample, outcome) if outcome else (0.0, 100.0)),
        )  # fmt: skip
        return Plan(
            columns=columns, rows=pd.DataFrame(_rows(attributes, outcome, self.importance)), estimate=estimate,
            derive=QuadrantSupport(attributes=attributes), adjust=_floor if self.importance == "lmg" else None,
            order=2 if derived else 1, base=None if derived else _bases(players, len(attributes)),
            guard=_guard(self.importance, columns.names), judge=judge_quadrants, pictures={"grid": grid_picture},
            estimator=phrase("estimator.grid", fields={
                "importance": phrase(f"importance_by.{self.importance}"),
                "lines": phrase(f"lines_at.{self.crosshair}"),
            }),
            references=("Martilla and James (1977)", "Lindeman, Merenda and Gold (1980)"),
        )  # fmt: skip


def _attributes(model: ImportancePerformance, sample: Sample) -> tuple[str, ...]:
    study = sample.study
    found = model.attributes or (study.rated if study is not None else ())
    attributes = named("attributes", found)
    if len(attributes) < 2:
        raise DataError(
            "ImportancePerformance needs at least two attributes: write [attributes] and a performance facet, or "
            "[roles] drivers, in study.toml, or give ImportancePerformance(attributes=('speed', 'price'))"
        )
    return attributes


def _guard(importance: Importance, names: tuple[str, ...]) -> Callable[[Summary], None] | None:
    """Refuse constant columns, and collinear ones where the attributes stand in one regression."""
    if importance == "stated":
        return None
    return varied(names) if importance == "correlation" else separable(names)


def _missing(sample: Sample, attributes: tuple[str, ...], derived: bool) -> Missing | None:
    """Rule where none is given: stated grids need means only, derived ones take "not used" as an answer."""
    if not derived:
        return "pairwise"
    return "used" if any((not_used(sample, a) & counted(sample)).any() for a in attributes) else None


def _bases(players: Players, attributes: int) -> IntArray:
    """Column behind each number of a stated grid; the lines take the first."""
    performance, importance = ([player[0] for player in part] for part in (players[:attributes], players[attributes:]))
    return np.array([*importance, *performance, *performance, performance[0], performance[0]], dtype=np.int64)


def _outcome(model: ImportancePerformance, sample: Sample) -> str:
    found = model.outcome or (None if sample.study is None else sample.study.roles.outcome)
    if found is None:
        raise DataError("derived importance needs an outcome: write [roles] outcome in study.toml, or give outcome=")
    return found


def _stated(model: ImportancePerformance, sample: Sample, attributes: tuple[str, ...]) -> tuple[str, ...]:
    if model.stated is not None:
        if len(model.stated) != len(attributes):
            raise ValueError(f"stated= has {len(model.stated)} items for {len(attributes)} attributes; one each")
        return model.stated
    if sample.study is None or "importance" not in sample.study.facets:
        raise DataError(
            "stated importance was not asked: add a facet `importance` to [facets] in study.toml, give stated=, or use "
            "derived importance ('lmg')"
        )
    return tuple(sample.study.facet_column("importance", name) for name in attributes)


def _rows(attributes: tuple[str, ...], outcome: str | None, importance: str) -> list[dict[str, object]]:
    unit = {"lmg": "share", "correlation": "none", "slope": "per_point", "stated": "points"}[importance]
    kind = "share" if importance == "lmg" else "level"
    rows: list[dict[str, object]] = []
    shown = [("importance", unit, kind), ("performance", "points", "level"), ("distance", "points", "level")]
    shown += [("effect", "per_point", "level"), ("correlation", "none", "level")] if outcome is not None else []
    for statistic, of, how in shown:
        rows += [{"table": "grid", "kind": how, "attribute": a, "statistic": statistic, "unit": of} for a in attributes]
    if outcome is not None:
        level = {"table": "outcome", "kind": "level", "statistic": "performance", "unit": "points"}
        rows.append({**level, "term": outcome})
    for statistic, of in (("importance", unit), ("performance", "points")):
        rows.append({"table": "crosshair", "kind": "level", "statistic": statistic, "unit": of})
    return rows


def _floor(fitted: Fitted, made: Intervals) -> Intervals:
    """Put the lower end of a share of R2 at 0 where the attribute cannot be told from nothing."""
    share, *tests = (places(fitted.rows, name, table="grid") for name in ("importance", "correlation", "effect"))
    return floored(fitted, made, shares=[share], tests=tests)


def importance_of(result: Result) -> str:
    """How a grid measured importance; "" for the result of another model."""
    return result.model.importance if isinstance(result.model, ImportancePerformance) else ""


def grid_picture(result: Result, language: str) -> Grid:
    """Make the grid: performance to the right, importance upwards, as Martilla and James drew it."""
    if result.by is not None:
        how = f"fit sample.where({{{result.by!r}: ...}})"
        raise ValueError(f"a grid shows one domain; instead of by={result.by!r} {how}")
    importance = result.estimates("grid", statistic="importance")
    performance = result.estimates("grid", statistic="performance")
    lines = result.table("crosshair").set_index("statistic")["estimate"]
    unsure = border(result)
    names = [text(f"quadrant.{name}", language) for name in QUADRANTS]
    return Grid(
        labels=tuple(result.label(a, language=language) for a in importance["attribute"]),
        x=tuple(performance["estimate"]), y=tuple(importance["estimate"]),
        x_low=tuple(performance["conf_low"]), x_high=tuple(performance["conf_high"]),
        y_low=tuple(importance["conf_low"]), y_high=tuple(importance["conf_high"]),
        x_cut=float(lines["performance"]), y_cut=float(lines["importance"]),
        x_unit="points", y_unit=importance["unit"].iloc[0],
        x_title=text("axis.performance", language), y_title=text(f"axis.importance_{importance_of(result)}", language),
        quadrants=(names[0], names[1], names[2], names[3]),
        border=tuple(bool(unsure[a]) for a in importance["attribute"]),
    )  # fmt: skip
