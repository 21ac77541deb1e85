"""Pictures of Reliability: items against the rest of their block, HTMT, the verdict by group, the profile of styles."""

from __future__ import annotations

from typing import TYPE_CHECKING

from csresearch.models.measurement.invariance import TESTS
from csresearch.models.measurement.judging import DISTINCT, SAID
from csresearch.models.measurement.styles import STYLES
from csresearch.models.pictures import MOST_BARS
from csresearch.show.format import DASH, number, p_value, title, word
from csresearch.show.specs import Bars, Curve, Lines, TableSpec
from csresearch.show.words import text
from csresearch.vocabulary import group_column

if TYPE_CHECKING:
    import pandas as pd

    from csresearch.result import Result


def items_picture(result: Result, language: str) -> Bars:
    """Draw the items that have the least to do with the rest of their block, the weakest first."""
    rows = result.estimates("items", statistic="item_rest").sort_values("estimate", kind="stable").head(MOST_BARS)
    return _bars(result, rows, ("item",), "item_rest", None, language)


def htmt_picture(result: Result, language: str) -> Bars:
    """Draw HTMT of the pairs that are most alike, against the usual limit."""
    rows = result.estimates("discriminant", statistic="htmt").sort_values("estimate", ascending=False, kind="stable")
    return _bars(result, rows.head(MOST_BARS), ("construct", "versus"), "htmt", DISTINCT, language)


def _bars(
    result: Result, rows: pd.DataFrame, about: tuple[str, ...], statistic: str, limit: float | None, language: str
) -> Bars:
    """Draw a bar a row; of a result by categories its group stands behind the name."""
    ends = [[result.label(str(name), language=language) for name in rows[part]] for part in about]
    if (key := group_column(rows)) is not None:
        ends.append([result.label(str(group), language=language, of=result.by) for group in rows[key]])
    return Bars(
        labels=tuple(" – ".join(names) for names in zip(*ends, strict=True)), values=tuple(rows["estimate"]),
        low=tuple(rows["conf_low"]), high=tuple(rows["conf_high"]), unit="none",
        axis_title=text(f"axis.{statistic}", language),
        reference=None if limit is None else (limit, text("measurement.limit", language)),
    )  # fmt: skip


def styles_picture(result: Result, language: str) -> Lines:
    """Draw the profile of styles: a line a group over the four styles."""
    rows = result.table("styles")
    curves = []
    for group, own in rows.groupby("category", sort=False):
        placed = own.set_index("statistic").loc[list(STYLES)]
        values, low, high = (tuple(map(float, placed[column])) for column in ("estimate", "conf_low", "conf_high"))
        name = result.label(str(group), language=language, of=getattr(result.model, "styles", None))
        curves.append(Curve(name=name, values=values, low=low, high=high))
    return Lines(
        curves=tuple(curves), labels=tuple(word("statistic", style, language) for style in STYLES), unit="share",
        axis_title=text("axis.styles", language), limits=(0.0, 1.0),
    )  # fmt: skip


def ranking_picture(result: Result, language: str) -> Bars:
    """Draw the means of the groups as answered, at equal style and centred, of the first construct."""
    rows = result.table("style_means")
    rows = rows[rows["construct"] == rows["construct"].iloc[0]]
    column = getattr(result.model, "styles", None)
    groups = [result.label(str(name), language=language, of=column) for name in rows["category"]]
    means = [word("statistic", mean, language) for mean in rows["statistic"]]
    return Bars(
        labels=tuple(f"{group} – {mean}" for group, mean in zip(groups, means, strict=True)),
        values=tuple(rows["estimate"]), low=tuple(rows["conf_low"]), high=tuple(rows["conf_high"]), unit="points",
        axis_title=result.label(str(rows["construct"].iloc[0]), language=language),
    )  # fmt: skip


def invariance_picture(result: Result, language: str) -> TableSpec:
    """Tabulate the three tests and the verdict of each construct and group."""
    table = result.table("invariance")
    key = str(group_column(table))
    found = result.table("comparable")
    steps = dict(zip(zip(found[key], found["construct"], strict=True), found["estimate"], strict=True))
    column = getattr(result.model, "invariance", None)
    lines = []
    for (group, construct), own in table.groupby([key, "construct"], sort=False):
        tests = own.set_index("statistic").loc[list(TESTS)]
        cells = [
            text("measurement.cell", language, fields={
                "value": number(row["estimate"], "none", language, places=3 if test == TESTS[0] else 2),
                "p": p_value(row["p_value"], language),
            }) for test, row in tests.iterrows()
        ]  # fmt: skip
        about = result.label(str(group), language=language, of=column), result.label(str(construct), language=language)
        known = SAID.get(steps[group, construct])
        lines.append((*about, *cells, text(f"measurement.verdict_{known}", language) if known else DASH))
    heads = (title("segment", language), title("construct", language), *(word("statistic", t, language) for t in TESTS))
    return TableSpec(
        titles=(*heads, text("measurement.verdict", language)), rows=tuple(lines),
        sides=("left", "left", "right", "right", "right", "left"),
    )  # fmt: skip
