"""ImportancePerformance: what matters against how well it is done, and how sure the quadrant is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, get_args

import numpy as np
import pandas as pd

from csresearch.errors import DataError
from csresearch.inference.intervals import Intervals
from csresearch.inference.moments import AnyArray, Array, IntArray, Summary
from csresearch.inference.replicates import AnyReplicates, Bootstrap
from csresearch.models.derived import Fitted, floored
from csresearch.models.fitting import Plan, fit_plan
from csresearch.models.importance import lmg
from csresearch.models.quadrants import QUADRANTS, QuadrantSupport, border, judge_quadrants
from csresearch.models.regression import regress
from csresearch.models.terms import (
    Columns,
    Missing,
    Players,
    apart,
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
from csresearch.survey.sample import Sample

if TYPE_CHECKING:
    from csresearch.show.specs import Grid

Importance = Literal["lmg", "correlation", "slope", "stated"]
Crosshair = Literal["grand_mean", "median", "scale_mid", "target"]


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
        return fit_plan(self._plan(sample), self, sample, replicates=replicates, by=by, level=level)

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
        estimate = _Estimate(
            model=self, players=players, attributes=len(attributes), ends=ends, middles=middles, columns=columns,
            outcome_ends=np.array(term_ends(sample, outcome) if outcome else (0.0, 100.0)),
        )  # fmt: skip
        return Plan(
            columns=columns, rows=pd.DataFrame(_rows(attributes, outcome, self.importance)), estimate=estimate,
            derive=QuadrantSupport(attributes=attributes), adjust=_floor if self.importance == "lmg" else None,
            order=2 if derived else 1, base=None if derived else _bases(players, len(attributes)),
            guard=_guard(self.importance, columns.names), judge=judge_quadrants, pictures={"grid": grid_picture},
            estimator=f"Importance is {_WORDS[self.importance]}, performance the mean on 0-100 of the theoretical "
            f"scale; the lines stand at {_LINES[self.crosshair]}.",
            references=("Martilla and James (1977)", "Lindeman, Merenda and Gold (1980)"),
        )  # fmt: skip


_WORDS = {
    "lmg": "derived, the share of R2 by LMG",
    "correlation": "derived, the correlation with the outcome",
    "slope": "derived, the slope in a joint regression",
    "stated": "stated by the respondents",
}
_LINES = {
    "grand_mean": "the means of all attributes",
    "median": "the medians of all attributes",
    "scale_mid": "the middle of the scale",
    "target": "the target",
}


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
    counted = (sample.base_weights > 0) & sample.domain
    return "used" if any((not_used(sample, a) & counted).any() for a in attributes) else None


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


@dataclass(frozen=True, kw_only=True)
class _Estimate:
    """Moments to importance, performance, distance and the two lines, in the order of `_rows`."""

    model: ImportancePerformance
    players: Players
    attributes: int
    ends: Array
    outcome_ends: Array
    middles: Array
    columns: Columns

    def __call__(self, batch: Summary, point: Summary) -> AnyArray:
        points = self._points(batch)
        performance = points[:, : self.attributes]
        stated = self.model.importance == "stated"
        importance = points[:, self.attributes :] if stated else self._derived(batch, point)
        lines = np.stack([self._line(importance, stated), self._line(performance, True)], axis=1)
        more = [] if stated else [self._effect(batch), self._correlation(batch)]
        low, high = self.outcome_ends
        outcome = [] if stated else [100 * (batch.mean[:, :1] - low) / (high - low)]
        distance = _distance(importance, performance, stated)
        return np.concatenate([importance, performance, distance, *more, *outcome, lines], axis=1)

    def _points(self, batch: Summary) -> AnyArray:
        """Mean of each term on 0-100, among those who used it."""
        means = []
        for j, player in enumerate(self.players):
            mean = batch.mean[:, player[0]]
            if len(player) > 1:
                mean = self.middles[j] + mean / batch.mean[:, player[1]]
            low, high = self.ends[j]
            means.append(100 * (mean - low) / (high - low))
        return np.stack(means, axis=1)

    def _derived(self, batch: Summary, point: Summary) -> AnyArray:
        if self.model.importance == "slope":
            return self._effect(batch)
        if self.model.importance == "correlation":
            return self._correlation(batch)
        share = lmg(batch.cov, self.players, 0, point=point.cov).values
        return np.asarray(share / share.sum(axis=1, keepdims=True))

    def _effect(self, batch: Summary) -> AnyArray:
        """Points of the outcome for a point of the attribute among its users, both on 0-100, others held fixed."""
        fitted = regress(batch.mean, batch.cov, range(1, len(self.columns.names)), 0)
        parts = []
        for j, player in enumerate(self.players):
            users = 1.0 if len(player) == 1 else batch.mean[:, player[1]]
            parts.append(fitted.slopes[:, player[0] - 1] * users * np.ptp(self.ends[j]) / np.ptp(self.outcome_ends))
        return np.stack(parts, axis=1)

    def _correlation(self, batch: Summary) -> AnyArray:
        ratings = [player[0] for player in self.players]
        with np.errstate(invalid="ignore", divide="ignore"):
            sd = np.sqrt(np.diagonal(batch.cov, axis1=1, axis2=2))
            return np.asarray(batch.cov[:, 0, ratings] / (sd[:, :1] * sd[:, ratings]))

    def _line(self, values: AnyArray, on_scale: bool) -> AnyArray:
        if self.model.crosshair == "median":
            return np.asarray(np.median(values, axis=1))
        if self.model.crosshair == "scale_mid" and on_scale:
            return np.full(len(values), 50.0)
        if self.model.crosshair == "target" and self.model.target is not None and on_scale:
            return np.full(len(values), float(self.model.target))
        return np.asarray(values.mean(axis=1))


def _distance(importance: AnyArray, performance: AnyArray, stated: bool) -> AnyArray:
    """Distance to the diagonal importance = performance."""
    if not stated:
        importance, performance = _stretched(importance), _stretched(performance)
    return np.asarray((importance - performance) / np.sqrt(2))


def _stretched(values: AnyArray) -> AnyArray:
    low, high = values.min(axis=1, keepdims=True), values.max(axis=1, keepdims=True)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(100 * (values - low) / (high - low))


def _floor(fitted: Fitted, made: Intervals) -> Intervals:
    """Put the lower end of a share of R2 at 0 where the attribute cannot be told from nothing."""
    place = {name: np.flatnonzero(fitted.rows["statistic"] == name) for name in ("importance", "correlation", "effect")}
    grid = len(place["effect"])
    return floored(fitted, made, shares=[place["importance"][:grid]], tests=[place["correlation"], place["effect"]])


def importance_of(result: Result) -> str:
    """How a grid measured importance; "" for the result of another model."""
    return result.model.importance if isinstance(result.model, ImportancePerformance) else ""


def grid_picture(result: Result, language: str) -> Grid:
    """Make the grid: performance to the right, importance upwards, as Martilla and James drew it."""
    from csresearch.show.specs import Grid
    from csresearch.show.words import text

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
