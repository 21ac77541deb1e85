"""What the tables of models look like, as data for the chart, the deck and the page."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pandas as pd

from csresearch.show.specs import Bars, Chart
from csresearch.show.words import catalogue, text
from csresearch.vocabulary import GROUPS

if TYPE_CHECKING:
    from csresearch.result import Result

MOST_BARS = 14
Picture = Callable[["Result", str], Chart]


def bars_of(
    statistic: str, *, about: tuple[str, ...], table: str | None = None, order: str | None = "descending"
) -> Picture:
    """Make the picture of one statistic: a bar a subject, with its interval.

    Parameters
    ----------
    statistic : str
        Which number of the table.
    about : tuple of str
        Key columns that name the subject; the first that is filled counts, two path columns are joined by an arrow.
    """

    def draw(result: Result, language: str) -> Bars:

        name = table or next((n for n in result.tables if statistic in set(result.frames[n]["statistic"])), None)
        if name is None:
            raise ValueError(f"the picture shows {statistic}, and the result has none; give the sample a scale")
        rows = result.estimates(name, statistic=statistic)
        first = next((rows[rows[key].notna()] for key in about if key in rows and rows[key].notna().any()), rows)
        rows = first if len(first) else rows
        if order == "descending":
            rows = rows.sort_values("estimate", ascending=False, kind="stable")
        rows = rows.head(MOST_BARS)
        return Bars(
            labels=tuple(_subject(result, row, about, language) for _, row in rows.iterrows()),
            values=tuple(rows["estimate"]), low=tuple(rows["conf_low"]), high=tuple(rows["conf_high"]),
            unit=rows["unit"].iloc[0], axis_title=caption(statistic, language),
        )  # fmt: skip

    return draw


def caption(statistic: str, language: str) -> str:
    """Say what the bars measure, with its scale where that has words of its own."""
    words = catalogue(language)
    return words.get(f"axis.{statistic}", words.get(f"statistic.{statistic}", statistic.replace("_", " ")))


def _subject(result: Result, row: pd.Series, about: tuple[str, ...], language: str) -> str:
    if "source" in about and "target" in about:
        return f"{result.label(row['source'], language=language)} → {result.label(row['target'], language=language)}"

    key, name = next(((key, str(row[key])) for key in about if key in row and pd.notna(row[key])), ("", ""))
    words = catalogue(language).get(f"{key}.{name}") or result.label(name, language=language)
    filled = [key for key in GROUPS if key in row and pd.notna(row[key])]
    groups = [result.label(str(row[key]), language=language, of=result.by) for key in filled]
    if not groups:
        return words
    aside = text("sign.list", language).join(groups)
    return text("sentence.aside", language, fields={"words": words, "aside": aside})
