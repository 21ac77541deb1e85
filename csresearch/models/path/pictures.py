"""Pictures of the satisfaction index: the path diagram, and the index by group or over waves."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import pandas as pd

from csresearch.models.pictures import bars_of
from csresearch.show.format import number
from csresearch.show.specs import Arrow, Bars, Chart, Curve, Diagram, Lines, Node
from csresearch.show.words import text
from csresearch.vocabulary import group_column

if TYPE_CHECKING:
    from csresearch.result import Result


def structure_picture(result: Result, language: str) -> Chart:
    """Draw constructs and paths; of a result by categories the paths as bars."""
    if result.by is not None:
        return _paths(result, language)
    return _diagram(result, language, items=False)


def full_picture(result: Result, language: str) -> Chart:
    """Draw constructs with their items and paths; of a result by categories the index weights as bars."""
    if result.by is not None:
        return _weights(result, language)
    return _diagram(result, language, items=True)


def index_picture(result: Result, language: str) -> Chart:
    """Draw the index of every construct: a bar each, over waves a line each, by group that of the target."""
    if result.by is None:
        return _index(result, language)
    rows = result.estimates("index", statistic="index")
    if "wave" in rows:
        return over_waves(result, rows, language)
    target = result.table("importance_performance")["target"].iloc[0]
    return bars_of_groups(result, rows[rows["construct"] == target], language)


_paths = bars_of("path", about=("source", "target"), table="paths")
_weights = bars_of("index_weight", about=("item",), table="weights")
_index = bars_of("index", about=("construct",), table="index")


def _diagram(result: Result, language: str, *, items: bool) -> Diagram:

    index = result.table("index").set_index("construct")
    r2 = result.estimates("constructs", statistic="r2").set_index("construct")
    paths = result.table("paths")
    names = list(index.index)
    weights = result.estimates("weights", statistic="index_weight")
    nodes = []
    for name in names:
        own = weights[weights["construct"] == name]
        explained = _three(r2.loc[name]) if name in r2.index else (math.nan,) * 3
        value, low, high = _three(index.loc[name])
        listed = tuple(
            (result.label(str(item), language=language), float(weight))
            for item, weight in zip(own["item"], own["estimate"], strict=True)
        )
        nodes.append(
            Node(
                label=result.label(str(name), language=language), value=value, low=low, high=high, r2=explained[0],
                r2_low=explained[1], r2_high=explained[2], items=listed if items else (),
            )
        )  # fmt: skip
    arrows = []
    for _, row in paths.iterrows():
        value, low, high = _three(row)
        ends = names.index(row["source"]), names.index(row["target"])
        arrows.append(Arrow(source=ends[0], target=ends[1], value=value, low=low, high=high))
    fields = {"level": number(result.level, "share", language)}
    caption = text("index.caption", language, fields=fields)
    return Diagram(nodes=tuple(nodes), arrows=tuple(arrows), caption=caption)


def _three(row: pd.Series) -> tuple[float, float, float]:
    return float(row["estimate"]), float(row["conf_low"]), float(row["conf_high"])


def over_waves(result: Result, rows: pd.DataFrame, language: str) -> Lines:
    """Draw rows of one statistic over waves, a line a construct, with the events of the study."""
    waves = list(dict.fromkeys(rows["wave"]))
    curves = []
    for name, own in rows.groupby("construct", sort=False):
        placed = own.set_index("wave").reindex(waves)
        values, low, high = (tuple(map(float, placed[c])) for c in ("estimate", "conf_low", "conf_high"))
        curves.append(Curve(name=result.label(str(name), language=language), values=values, low=low, high=high))
    study = result.sample.study
    events = {} if study is None or study.groups.wave is None else study.groups.wave.events
    said = {wave: result.label(words, language=language) for wave, words in events.items() if wave in waves}
    marks = tuple((float(waves.index(wave)), words) for wave, words in said.items())
    return Lines(
        curves=tuple(curves), labels=tuple(result.label(str(wave), language=language, of=result.by) for wave in waves),
        unit="points", axis_title=text("axis.index", language),
        marks=marks,
    )  # fmt: skip


def bars_of_groups(result: Result, rows: pd.DataFrame, language: str) -> Bars:
    """Draw rows of one statistic of one construct, a bar a group, the highest first."""
    rows = rows.sort_values("estimate", ascending=False, kind="stable")
    label = result.label(str(rows["construct"].iloc[0]), language=language)
    names = rows[str(group_column(rows))]
    return Bars(
        labels=tuple(result.label(str(name), language=language, of=result.by) for name in names),
        values=tuple(rows["estimate"]),
        low=tuple(rows["conf_low"]), high=tuple(rows["conf_high"]), unit="points",
        axis_title=f"{label}: {text('axis.index', language)}",
    )  # fmt: skip
