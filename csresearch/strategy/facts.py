"""Facts for the rules: from the tables of results and their draws to what is known of every attribute."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from csresearch.inference.moments import Array, BoolArray, IntArray, Moments
from csresearch.models.disconfirmation import Disconfirmation
from csresearch.models.expectation.gaps import CEILING
from csresearch.models.grid.asymmetry import SHAPES, shape, sure_shapes
from csresearch.models.grid.quadrants import QUADRANTS, SURE, quadrant
from csresearch.models.importance.regression import variance_inflation
from csresearch.models.scores import Scores
from csresearch.models.terms import counted, not_used, term_columns
from csresearch.result import Result
from csresearch.strategy.actions import Number
from csresearch.strategy.levers import numbers
from csresearch.strategy.rulebook import Facts

ALPHA, LEAST = 0.05, 30  # of the test against the best rival; effective respondents of a brand that is compared


@dataclass(frozen=True, kw_only=True)
class Rival:
    """The own brand against the best other one.

    Attributes
    ----------
    brand : str
    own, other : float
        Points of 0-100.
    difference : Number
        Own minus other.
    told : bool
        Whether it can be told from chance, p adjusted for the number of brands.
    draws : array, shape (r,)
        Of the difference.
    """

    brand: str
    own: float
    other: float
    difference: Number
    told: bool
    draws: Array = field(repr=False)


def gather(
    grid: Result, attributes: Sequence[str], results: Sequence[Result], *, stated: Result | None,
    rivals: Mapping[str, Rival],
) -> tuple[Facts, Facts]:  # fmt: skip
    """Facts of the estimate and of every draw.

    What is a matter of being sure (the test against a rival, the support of a quadrant, expectations) is the same in
    every draw; in a draw the shape is that of the draw, and a rival is above or below by its sign.
    """
    k, r = len(attributes), len(grid.draws("grid"))
    where = grid.estimates("quadrants", statistic="quadrant")
    importance, performance = (numbers(grid, "grid", name)[1] for name in ("importance", "performance"))
    study = grid.sample.study
    plan = {} if study is None else study.plan
    shapes = _shapes(grid, attributes)
    told = np.array([a in rivals and rivals[a].told for a in attributes])
    signs = np.array([[np.sign(rivals[a].difference.estimate) if a in rivals else 0 for a in attributes]], dtype=int)
    drawn = np.zeros((r, k), dtype=np.int64)
    for j, attribute in enumerate(attributes):
        if told[j]:
            drawn[:, j] = np.sign(rivals[attribute].draws)
    known = {
        "sure": where["estimate"].to_numpy(dtype=float) >= SURE,
        "stated_high": _stated_high(stated, attributes),
        "costed": np.array([a in plan and plan[a].cost is not None for a in attributes]),
        "promised": _promised(results, attributes),
    }
    point = Facts(
        quadrant=where["category"].map(QUADRANTS.index).to_numpy(dtype=np.int64)[None], shape=shapes[0],
        low_share=shapes[2], rival=np.where(told, signs, 0), **known,
    )  # fmt: skip
    codes = quadrant(importance, performance, grid.draws("crosshair"))
    return point, Facts(quadrant=codes, shape=shapes[1], low_share=shapes[3], rival=drawn, **known)


def _shapes(grid: Result, attributes: Sequence[str]) -> tuple[IntArray, IntArray, Array, Array]:
    """Shape and share of low answers, of the estimate (1, k) and of the draws (r, k); -1 and NaN where not known."""
    k, r = len(attributes), len(grid.draws("grid"))
    if "asymmetry" not in grid.tables:
        return (np.full((1, k), -1), np.full((r, k), -1), np.full((1, k), np.nan), np.full((r, k), np.nan))
    sure = sure_shapes(grid)
    point = np.array([[SHAPES.index(sure[a]) if a in sure else -1 for a in attributes]])
    drawn = shape(*(numbers(grid, "asymmetry", name)[1] for name in ("impact_range", "impact_asymmetry")))
    low, low_drawn, _ = numbers(grid, "asymmetry", "low_share")
    return point, np.where(point >= 0, drawn, -1), low[None], low_drawn


def _stated_high(stated: Result | None, attributes: Sequence[str]) -> BoolArray:
    """Whether customers say that an attribute matters more than the average one."""
    if stated is None:
        return np.zeros(len(attributes), dtype=bool)
    rows = stated.estimates("grid", statistic="importance").set_index("attribute")["estimate"]
    return np.asarray(rows.reindex(list(attributes)).to_numpy(dtype=float) >= rows.mean())


def rivals_of(results: Sequence[Result], attributes: Sequence[str]) -> dict[str, Rival]:
    """Hold the own brand against the best rival of each attribute, by the design; none without brands and draws."""
    scores = next((r for r in results if isinstance(r.model, Scores) and r.by == "brand"), None)
    study = None if scores is None else scores.sample.study
    own = None if study is None or study.groups.brand is None else study.groups.brand.own
    if scores is None or own is None or not len(scores.draws("scores")) or len(scores.precision.df) < 2:
        return {}
    table, draws = scores.table("scores"), scores.draws("scores")
    name = _terms(table)
    enough = (table["statistic"] == "points") & (table["n_effective"] >= LEAST)
    tests = scores.compare("brand", reference=own)
    tests = tests[tests["statistic"] == "points_difference"]
    about = _terms(tests)
    found: dict[str, Rival] = {}
    for attribute in attributes:
        columns = (attribute, *scores.sample.columns_of(attribute))
        chosen = enough & name.isin(columns)
        placed = zip(np.flatnonzero(chosen), table[chosen].to_dict("records"), strict=True)
        rows = {str(row["brand"]): (k, row) for k, row in placed}
        others = [brand for brand in rows if brand != own]
        if own not in rows or not others:
            continue
        best = max(others, key=lambda brand: float(rows[brand][1]["estimate"]))
        (at, ours), (there, theirs) = rows[own], rows[best]
        test = tests[about.isin(columns) & (tests["brand"] == best)].to_dict("records")[0]
        smaller = min((ours, theirs), key=lambda row: float(row["n_effective"]))
        turned: dict[Hashable, Any] = {
            "estimate": -test["estimate"], "conf_low": -test["conf_high"], "conf_high": -test["conf_low"],
            "unit": "points", "n_obs": smaller["n_obs"], "n_effective": smaller["n_effective"],
        }  # fmt: skip
        found[attribute] = Rival(
            brand=best, own=float(ours["estimate"]), other=float(theirs["estimate"]),
            told=bool(test["p_value"] < ALPHA), draws=draws[:, at] - draws[:, there],
            difference=number_of("difference", (attribute, best), turned, "Scores.by_brand"),
        )  # fmt: skip
    return found


def _terms(table: pd.DataFrame) -> pd.Series:
    """Item or construct of each row."""
    named = table.reindex(columns=["item", "construct"])
    return named["item"].where(named["item"].notna(), named["construct"])


def _promised(results: Sequence[Result], attributes: Sequence[str]) -> BoolArray:
    """Whether less was got than expected, where the expectation leaves room at the top of its scale."""
    gaps = gaps_of(results)
    return np.array([a in gaps and gaps[a].high < 0 for a in attributes])


def gaps_of(results: Sequence[Result]) -> Mapping[str, Number]:
    """Gap (got minus expected) of each attribute whose expectation leaves room at the top."""
    found = next((r for r in results if isinstance(r.model, Disconfirmation) and r.by is None), None)
    if found is None or "gaps" not in found.tables:
        return {}
    rows = found.table("gaps")
    rows = rows[rows["attribute"].notna()] if "attribute" in rows else rows.iloc[:0]
    top = rows[rows["statistic"] == "expectation_top"].set_index("attribute")["estimate"]
    return {
        str(row["attribute"]): number_of(
            "gap", (str(row["attribute"]),), {**row, "unit": "none"}, "Disconfirmation.gaps"
        )
        for row in rows[rows["statistic"] == "gap"].to_dict("records")
        if not top.get(row["attribute"], 0.0) > CEILING
    }


def reach_of(grid: Result, attribute: str) -> float:
    """Share of the customers who used it, weighted."""
    sample = grid.sample
    weights = np.where(counted(sample), sample.weights, 0.0)
    return float((weights * ~not_used(sample, attribute)).sum() / weights.sum())


def records(result: Result, table: str, statistic: str) -> list[dict[Hashable, Any]]:
    """Give the rows of one statistic of a table."""
    return result.estimates(table, statistic=statistic).to_dict("records")


def number_of(what: str, about: tuple[str, ...], row: Mapping[Hashable, Any], table: str) -> Number:
    """Take a row of a table as a number of an action."""
    return Number(
        what=what, about=about, estimate=float(row["estimate"]), low=float(row["conf_low"]),
        high=float(row["conf_high"]), unit=row["unit"], n_obs=int(row["n_obs"]),
        n_effective=float(row["n_effective"]), table=table,
    )  # fmt: skip


def inflation_of(grid: Result, attributes: Sequence[str]) -> dict[str, float]:
    """Variance inflation of each attribute among all, from the weighted correlations of each pair's own answers."""
    sample = grid.sample
    values = term_columns(sample, tuple(attributes), missing="pairwise").values
    moments = Moments.of_rows(values, names=tuple(attributes), pairwise=True)
    weights = np.where(sample.domain, sample.weights, 0.0)
    found = variance_inflation(moments.summary(weights[:, None]).cov, range(len(attributes)))[0]
    return dict(zip(attributes, map(float, found), strict=True))
