"""The satisfaction index as exhibits: the path diagram, and the index over waves with its change taken apart."""

from __future__ import annotations

from dataclasses import replace
from typing import cast

import pandas as pd

from csresearch.models.path.pictures import over_waves
from csresearch.models.satisfaction_index import SatisfactionIndex
from csresearch.report.exhibit import Exhibit
from csresearch.report.story.telling import Telling, low_bases
from csresearch.result import Result
from csresearch.show.format import interval, number
from csresearch.show.specs import Diagram
from csresearch.show.words import text
from csresearch.vocabulary import SUPPRESSED

TOLD = 0.05  # adjusted p-value below which a change is told from chance


def diagram_exhibits(t: Telling) -> list[Exhibit]:
    """Show how the constructs hang together: index, R2 and paths with their intervals."""
    result = t.strategy.of(SatisfactionIndex)
    if result is None:
        return []
    chart = cast(Diagram, result.picture("paths", language=t.language))
    if any(node.value != node.value for node in chart.nodes):
        return []
    r2 = result.estimates("constructs", statistic="r2")
    frame = pd.concat([result.table("index"), r2, result.table("paths")], ignore_index=True)
    paths = result.table("paths")
    strongest = paths.iloc[int(paths["estimate"].abs().to_numpy().argmax())]
    headline = _say(t, 
        "diagram", told=sum(not arrow.unsure for arrow in chart.arrows), all=len(chart.arrows),
        source=t.label(strongest["source"]), target=t.label(strongest["target"]), path=t.ends(strongest),
    )  # fmt: skip
    lines = (f"{t.wording(row['source'])} → {t.wording(row['target'])} {t.ends(row)}" for _, row in paths.iterrows())
    return [
        Exhibit(
            id="index.diagram", headline=headline, frame=frame, chart=chart, base=t.base(frame), source=t.source,
            notes=t.methods(result), alt=_say(t, "alt", lines=t.lines(lines)),
        )
    ]  # fmt: skip


def shown_waves(t: Telling) -> pd.DataFrame:
    """Index of the outcome in the waves that have respondents enough; empty where there are not two, with the first."""
    result = t.strategy.of(SatisfactionIndex, by="wave")
    if result is None or "change" not in result.tables:
        return pd.DataFrame()
    rows = result.table("index")
    rows = rows[rows["construct"] == t.outcome]
    if rows.empty or not rows["n_effective"].iloc[0] >= SUPPRESSED:
        return pd.DataFrame()
    shown = rows[rows["n_effective"] >= SUPPRESSED]
    return shown if len(shown) > 1 else pd.DataFrame()


def waves_exhibits(t: Telling) -> list[Exhibit]:
    """Show the index of the outcome over the waves, and say what has moved it."""
    rows, result = shown_waves(t), t.strategy.of(SatisfactionIndex, by="wave")
    if rows.empty or result is None:
        return []
    change = result.table("change")
    change = change[(change["construct"] == t.outcome) & change["wave"].isin(rows["wave"])]
    chart = over_waves(result, rows, t.language)
    labels = [t.wording(str(wave), "wave") for wave in rows["wave"]]
    bases = (f"{label} {t.number(n, 'money')}" for label, n in zip(labels, rows["n_obs"], strict=True))
    printed = (f"{label} {t.ends(row)}" for label, (_, row) in zip(labels, rows.iterrows(), strict=True))
    return [
        Exhibit(
            id="index.by_wave",
            headline=_moved(t, change, labels),
            frame=pd.concat([rows, change], ignore_index=True),
            chart=replace(chart, axis_title=f"{t.label(t.outcome)}: {chart.axis_title}"),
            base=t.weighted(t.listed(bases)),
            source=t.source,
            notes=t.lines((_say(t, "parts"), t.methods(result))),
            alt=text("lines.alt", t.language, fields={"lines": t.lines(printed)}),
            flags=(*low_bases(t, rows, labels), *_hidden(t, result, rows), *_others(t, change, labels)),
        )
    ]


def _moved(t: Telling, change: pd.DataFrame, labels: list[str]) -> str:
    """Say the change from the first to the last wave and its two parts; what may be chance is called so."""
    last = change[change["wave"] == change["wave"].iloc[-1]].set_index("statistic")
    total = last.loc["total"]
    told = bool(total["p_value"] < TOLD)
    key = ("up" if total["estimate"] > 0 else "down") if told else "unclear"
    value, low, high = (float(total[c]) for c in ("estimate", "conf_low", "conf_high"))
    if key == "down":
        value, low, high = -value, -high, -low
    parts = {
        name: number(float(last.loc[f"{name}_moved", "estimate"]), "points", t.language, signed=True)
        for name in ("ratings", "weights")
    }
    size = interval(value, low, high, "points", t.language, signed=not told)
    return _say(t, f"wave_{key}", outcome=t.label(t.outcome), total=size, first=labels[0], last=labels[-1], **parts)


def _others(t: Telling, change: pd.DataFrame, labels: list[str]) -> tuple[str, ...]:
    """Name earlier waves that differ from the first, where the last does not."""
    totals = change[change["statistic"] == "total"]
    told = [t.wording(str(wave), "wave") for wave in totals.loc[totals["p_value"] < TOLD, "wave"]]
    if not told or labels[-1] in told:
        return ()
    return (_say(t, "wave_others", first=labels[0], waves=t.listed(told)),)


def _hidden(t: Telling, result: Result, rows: pd.DataFrame) -> tuple[str, ...]:
    """Name the waves that are not shown."""
    every = dict.fromkeys(map(str, result.table("index")["wave"]))
    hidden = [t.wording(wave, "wave") for wave in every if wave not in set(rows["wave"])]
    return (t.say("suppressed", terms=t.listed(hidden)),) if hidden else ()


def _say(t: Telling, key: str, **fields: object) -> str:
    """Say a sentence of this room."""
    return text(f"index.{key}", t.language, fields=fields or None)
