"""The response surface as data for a drawing: its height, the answers in cells, their hull."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from csresearch.inference.moments import Array
from csresearch.models.expectation.polynomial import OUTSIDE
from csresearch.models.expectation.surface import hull, inside
from csresearch.models.expectation.terms import Terms, resolved
from csresearch.models.terms import term_ends
from csresearch.result import Result
from csresearch.show.specs import Chart, Curve, Lines, Surface
from csresearch.show.specs.surface import View
from csresearch.show.words import text

CELLS = 10  # along each side: answers are shown in cells, never one by one
LEAST = 3  # respondents in a cell that is shown


def surface_of(view: View) -> Callable[[Result, str], Chart]:
    """Make the picture of a surface, in contours or in three dimensions."""

    def picture(result: Result, language: str) -> Surface:
        return surface_spec(result, language=language, view=view)

    return picture


def surface_spec(result: Result, *, language: str, view: View = "contour") -> Surface:
    """Say what to draw of a surface.

    Raises
    ------
    ValueError
        The result holds several groups, and a picture one surface.
    """
    from csresearch.models.disconfirmation import Disconfirmation, complete

    model, sample = result.model, result.sample
    if not isinstance(model, Disconfirmation):
        raise ValueError(f"a {type(model).__name__} has no surface")
    if result.by is not None:
        raise ValueError(f"a picture holds one surface, and this result has one for each {result.by}; fit one group")
    terms = resolved(model, sample)
    answers, used, _ = complete(sample, terms, (terms.outcome, terms.expectation, terms.performance))
    weights = np.where(used & sample.domain, sample.weights, 0.0)
    x, y = answers[1][weights > 0], answers[2][weights > 0]
    low, high = terms.ends or (float(min(x.min(), y.min())), float(max(x.max(), y.max())))
    at = result.table("surface").set_index("statistic")["estimate"]
    corners = hull(x, y)
    point = (float(at["x0"]) + terms.middle, float(at["y0"]) + terms.middle)
    shown = low <= point[0] <= high and low <= point[1] <= high
    return Surface(
        coefficients=tuple(result.table("coefficients")["estimate"]), middle=terms.middle, low=low, high=high,
        x_title=result.label(terms.expectation, language=language),
        y_title=result.label(terms.performance, language=language),
        z_title=result.label(terms.outcome, language=language),
        hull=tuple((float(a), float(b)) for a, b in corners), cells=_cells(x, y, weights[weights > 0], low, high),
        point=point if shown and bool(inside(corners, np.array([point[0]]), np.array([point[1]]))[0]) else None,
        lines=(text("expectation.line_congruence", language), text("expectation.line_incongruence", language)),
        point_name=text("expectation.point", language), answers_name=text("expectation.answers", language), view=view,
        profile=profile_lines(result, terms, language=language),
    )  # fmt: skip


def _cells(x: Array, y: Array, weights: Array, low: float, high: float) -> tuple[tuple[float, float, float], ...]:
    """Middle of each cell and the share of the answers in it; cells of fewer than three respondents are left out."""
    whole = float(high - low).is_integer() and high - low <= CELLS
    edges = np.arange(low - 0.5, high + 1) if whole else np.linspace(low, high, CELLS + 1)
    count = np.histogram2d(x, y, bins=(edges, edges))[0]
    share = np.histogram2d(x, y, bins=(edges, edges), weights=weights / weights.sum())[0]
    middle = (edges[:-1] + edges[1:]) / 2
    return tuple(
        (float(middle[i]), float(middle[j]), float(share[i, j])) for i, j in np.argwhere(count >= LEAST).tolist()
    )


def profile_lines(result: Result, terms: Terms, *, language: str) -> Lines | None:
    """Say what to draw of the two lines: the height with its interval, where people answered; None: nowhere."""
    rows = result.table("profile")
    inside_rows = rows[rows["reason"] != OUTSIDE]
    levels = sorted(set(inside_rows["y"]))
    curves = []
    for name in ("congruence", "incongruence"):
        line = inside_rows[inside_rows["category"] == name].set_index("y").reindex(levels)
        if line["estimate"].notna().sum() > 1:
            ends = (tuple(map(float, line[part])) for part in ("estimate", "conf_low", "conf_high"))
            values, low, high = ends
            words = text(f"expectation.line_{name}", language)
            curves.append(Curve(name=words, values=values, low=low, high=high))
    if not curves:
        return None
    known = result.sample.study is not None or result.sample.scale is not None
    outcome, performance = (result.label(t, language=language) for t in (terms.outcome, terms.performance))
    return Lines(
        curves=tuple(curves), x=tuple(map(float, levels)), unit="points", axis_title=outcome, x_unit="none",
        x_title=performance, limits=term_ends(result.sample, terms.outcome) if known else (-math.inf, math.inf),
    )  # fmt: skip
