"""Pictures of a comparison as data: groups with letters, the league and its funnel, a programme over the waves."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from csresearch.models.compare.programme import SIDES
from csresearch.models.pictures import Picture, caption
from csresearch.show.specs import Curve, Dots, Funnel, Lines
from csresearch.show.words import text
from csresearch.vocabulary import group_column, subjects

if TYPE_CHECKING:
    from csresearch.result import Result

OUTLYING = 0.05  # by Holm over all groups


def first_number(rows: pd.DataFrame) -> pd.DataFrame:
    """Rows of the subject and the statistic that come first."""
    subject = subjects(rows)
    same = (subject == subject.iloc[0]) & (rows["statistic"] == rows["statistic"].iloc[0])
    chosen: pd.DataFrame = rows[same]
    return chosen


def dots_of(table: str) -> Picture:
    """Make the picture of groups: levels with their letters, or the league by its shrunken values."""

    def draw(result: Result, language: str) -> Dots:

        found = result.table("letters" if table == "levels" and "letters" in result.tables else table)
        rows = first_number(found)
        group = str(group_column(rows))
        if group != "wave":
            rows = rows.sort_values("estimate", ascending=False, kind="stable")
        rows = rows[rows["estimate"].notna()]
        statistic = str(rows["statistic"].iloc[0])
        reference = None
        if table == "league":
            spread = first_number(result.table("spread"))
            reference = (float(spread["estimate"].iloc[0]), text("league.mean", language))
        return Dots(
            labels=tuple(result.label(str(name), language=language, of=result.by) for name in rows[group]),
            values=tuple(rows["estimate"]), low=tuple(rows["conf_low"]), high=tuple(rows["conf_high"]),
            unit=rows["unit"].iloc[0], axis_title=_titled(result, rows, statistic, language), reference=reference,
            notes=tuple(rows["letters"]) if "letters" in rows else (),
        )  # fmt: skip

    return draw


def funnel_of() -> Picture:
    """Make the picture of the league by size."""

    def draw(result: Result, language: str) -> Funnel:

        levels, league, spread = (first_number(result.table(name)) for name in ("levels", "league", "spread"))
        statistic = str(levels["statistic"].iloc[0])
        group = str(group_column(levels))
        whole = result.table("league")
        funnel = whole[whole["statistic"] == f"{statistic}_funnel"]
        funnel = funnel[subjects(funnel) == subjects(league).iloc[0]].reset_index(drop=True)
        levels, centre = levels.reset_index(drop=True), float(spread["estimate"].iloc[0])
        kept = (funnel["estimate"].notna() & (levels["n_effective"] > 0)).to_numpy()
        with np.errstate(invalid="ignore", divide="ignore"):
            single = (levels["estimate"] - centre) / funnel["estimate"] * np.sqrt(levels["n_effective"])
        shown = levels[kept]
        return Funnel(
            labels=tuple(result.label(str(name), language=language, of=result.by) for name in shown[group]),
            x=tuple(shown["n_effective"]), y=tuple(shown["estimate"]),
            outside=tuple(bool(p < OUTLYING) for p in funnel.loc[kept, "p_value"]), centre=centre,
            spread=float(np.nanmedian(single[kept])), unit=shown["unit"].iloc[0],
            axis_title=_titled(result, shown, statistic, language), x_title=text("league.size", language),
            names=(text("league.mean", language), text("league.two", language), text("league.three", language)),
        )  # fmt: skip

    return draw


def sides_of() -> Picture:
    """Make the picture of a programme: those it reached and the others, over the waves."""

    def draw(result: Result, language: str) -> Lines:
        from csresearch.models.comparison import Compare

        rows = first_number(result.table("trends"))
        waves = list(dict.fromkeys(rows["wave"]))
        model = result.model
        programme = str(model.programme) if isinstance(model, Compare) else ""
        groups = None if result.sample.study is None else result.sample.study.groups
        events = {} if groups is None or groups.wave is None else groups.wave.events
        start = next((wave for wave, words in events.items() if words == programme), programme)
        words = result.label(events.get(start, programme), language=language)
        curves = []
        for side in SIDES:
            part = rows[rows["category"] == side]
            values, low, high = (tuple(part[name]) for name in ("estimate", "conf_low", "conf_high"))
            curves.append(Curve(name=text(f"category.{side}", language), values=values, low=low, high=high))
        return Lines(
            curves=tuple(curves), labels=tuple(result.label(w, language=language, of="wave") for w in waves),
            unit=rows["unit"].iloc[0], marks=((float(waves.index(start)), words),),
            axis_title=_titled(result, rows, str(rows["statistic"].iloc[0]), language),
        )  # fmt: skip

    return draw


def _titled(result: Result, rows: pd.DataFrame, statistic: str, language: str) -> str:
    """Say of what the numbers are, and how they are measured."""
    name = result.label(str(subjects(rows).iloc[0]), language=language)
    return text("sentence.named", language, fields={"name": name, "words": caption(statistic, language)})
