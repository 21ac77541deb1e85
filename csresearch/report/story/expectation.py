"""What was expected and what was got, as exhibits: the surface, the direct measure, gaps, the zone of tolerance."""

from __future__ import annotations

from typing import cast

import pandas as pd

from csresearch.models.disconfirmation import Disconfirmation
from csresearch.models.expectation.polynomial import OUTSIDE
from csresearch.models.expectation.terms import resolved
from csresearch.report.exhibit import Exhibit
from csresearch.report.story.telling import Telling, bars, low_bases
from csresearch.result import Result
from csresearch.show.specs import Surface
from csresearch.show.words import text

MOST = 12  # bars of a slide that can be read
CAUTIONS = ("expectation_asked", "expectation_ceiling")


def expectation_exhibits(t: Telling) -> list[Exhibit]:
    """Tell what goes with meeting, missing and exceeding expectations; what was not asked is left out."""
    result = t.strategy.of(Disconfirmation)
    if result is None:
        return []
    chapters = (_surface, _direct, _gaps, _tolerance)
    return [exhibit for chapter in chapters for exhibit in chapter(t, result)]


def _words(t: Telling, key: str, **fields: object) -> str:
    return text(f"expectation.{key}", t.language, fields=fields or None)


def _cautions(t: Telling, result: Result, names: tuple[str, ...]) -> tuple[str, ...]:
    """Failed checks that belong beside the picture."""
    return tuple(t.said(check.text) for check in result.found if check.check in names and not check.passed)


def _surface(t: Telling, result: Result) -> list[Exhibit]:
    """Map of the outcome on the page, its two lines on a slide."""
    chart = result.picture("surface", language=t.language)
    if not isinstance(chart, Surface) or chart.profile is None:
        return []
    terms = resolved(cast(Disconfirmation, result.model), result.sample)
    slopes = result.table("difference")
    slopes = slopes[(slopes["model"] == "additive") & (slopes["statistic"] == "slope")]
    expected, got = (slopes[slopes["term"] == term].iloc[0] for term in (terms.expectation, terms.performance))
    names = {role: t.label(getattr(terms, role)) for role in ("outcome", "expectation", "performance")}
    key = "surface" if _told(expected) else "surface_none" if _told(got) else "surface_neither"
    numbers = {"got": t.ends(got), "expected": t.ends(expected)}
    profile = result.table("profile")
    shown = profile[profile["reason"] != OUTSIDE]
    wording = {role: t.wording(getattr(terms, role)) for role in names}
    return [
        Exhibit(
            id="expectation.surface",
            headline=_words(t, key, **names, **numbers),
            frame=pd.concat([slopes, shown], ignore_index=True),
            chart=chart,
            base=t.base(shown),
            source=t.source,
            wording=_words(t, "wording", **wording),
            notes=t.methods(result),
            alt=_words(t, "alt_surface", **names, lines=t.lines(_told_lines(t, shown))),
            flags=_cautions(t, result, CAUTIONS),
        )
    ]


def _told(row: pd.Series) -> bool:
    """Whether an interval does not hold 0."""
    return not row["conf_low"] <= 0 <= row["conf_high"]


def _told_lines(t: Telling, shown: pd.DataFrame) -> list[str]:
    """Say where each line begins and ends."""
    return [
        _words(t, "alt_line", line=_words(t, f"line_{name}"), first=t.ends(rows.iloc[0]), last=t.ends(rows.iloc[-1]))
        for name, rows in shown.groupby("category", sort=False)
    ]


def _direct(t: Telling, result: Result) -> list[Exhibit]:
    """Tell how many found it worse, as expected, better."""
    if "direct" not in result.tables:
        return []
    table = result.table("direct")
    rows = table[table["statistic"] == "share"]
    worse, better = (rows[rows["category"] == name].iloc[0] for name in ("worse", "better"))
    labels = [text(f"category.{name}", t.language) for name in rows["category"]]
    headline = _words(t, "direct", better=t.ends(better), worse=t.ends(worse))
    wording = t.wording(str(rows["term"].iloc[0]))
    axis = text("axis.direct_share", t.language)
    return [bars(t, result, rows, labels, id="expectation.direct", headline=headline, axis=axis, wording=wording)]


def _gaps(t: Telling, result: Result) -> list[Exhibit]:
    """Tell which attributes fall short of what was expected."""
    if "gaps" not in result.tables:
        return []
    rows = result.estimates("gaps", statistic="gap")
    rows = rows[rows["attribute"].notna()].sort_values("estimate", kind="stable").head(MOST)
    labels = [t.label(name) for name in rows["attribute"]]
    lowest = rows.iloc[0]
    short = lowest["conf_high"] < 0
    headline = _words(t, "gaps" if short else "gaps_met", term=labels[0], gap=t.ends(lowest))
    return [
        bars(
            t,
            result,
            rows,
            labels,
            id="expectation.gaps",
            headline=headline,
            axis=text("axis.gap", t.language),
            highlight=(labels[0],) if short else (),
            flags=(*low_bases(t, rows, labels), *_cautions(t, result, ("gap_ceiling",))),
        )
    ]


def _tolerance(t: Telling, result: Result) -> list[Exhibit]:
    """Tell how many get less than the least they accept."""
    if "tolerance" not in result.tables:
        return []
    table = result.table("tolerance")
    key = "attribute" if "attribute" in table else "term"
    rows = table[table["category"] == "below"].sort_values("estimate", ascending=False, kind="stable").head(MOST)
    labels = [t.label(name) for name in rows[key]]
    headline = _words(t, "tolerance", term=labels[0], share=t.ends(rows.iloc[0]))
    return [
        bars(
            t,
            result,
            rows,
            labels,
            id="expectation.tolerance",
            headline=headline,
            axis=text("axis.tolerance_below", t.language),
            highlight=(labels[0],),
            flags=(*low_bases(t, rows, labels), *_cautions(t, result, ("zone_order",))),
        )
    ]
