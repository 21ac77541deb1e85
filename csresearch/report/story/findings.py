"""The findings as exhibits: index, effects, drivers, grids, and groups compared."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from csresearch.models.derived import NOT_SEPARABLE
from csresearch.models.drivers import Drivers
from csresearch.models.grid.quadrants import border
from csresearch.models.importance_performance import ImportancePerformance
from csresearch.models.satisfaction_index import SatisfactionIndex
from csresearch.models.scores import Scores
from csresearch.report.exhibit import Exhibit
from csresearch.report.measure import shortened
from csresearch.report.story.index import shown_waves
from csresearch.report.story.measurement import comparison_flags
from csresearch.report.story.telling import Telling, bars, low_bases
from csresearch.result import Result
from csresearch.show.specs import Chart, Grid
from csresearch.show.words import text
from csresearch.vocabulary import SUPPRESSED


def index_exhibits(t: Telling) -> list[Exhibit]:
    """Where we stand: the index of every construct."""
    result = t.strategy.of(SatisfactionIndex)
    if result is None:
        return []
    rows = result.estimates("index", statistic="index").sort_values("estimate", ascending=False)
    labels = [t.label(name) for name in rows["construct"]]
    headline = t.say("index", first=labels[0], high=t.ends(rows.iloc[0]), last=labels[-1], low=t.ends(rows.iloc[-1]))
    return [
        bars(
            t,
            result,
            rows,
            labels,
            id="index.constructs",
            headline=headline,
            axis=text("axis.index", t.language),
            wording=t.asked([t.outcome]),
            highlight=tuple(x for x in labels if x == t.label(t.outcome)),
            flags=(*low_bases(t, rows, labels), *_together(t)),
            reference=_target(t),
        )
    ]


def _target(t: Telling) -> tuple[float, str] | None:
    """Planned target of the outcome, with its words."""
    study = t.strategy.sample.study
    step = None if study is None else study.plan.get(t.outcome)
    if step is None or step.target is None:
        return None
    return step.target, t.say("target", by=step.by or "").strip()


def _together(t: Telling) -> tuple[str, ...]:
    """Say that brands are taken together, where there are several."""
    study = t.strategy.sample.study
    if study is None or study.groups.brand is None:
        return ()
    brands = t.strategy.sample.categories("brand")
    named = t.listed(map(t.wording, brands))
    return (t.say("together", terms=named),) if len(brands) > 1 else ()


def effects_exhibits(t: Telling) -> list[Exhibit]:
    """Tell what carries the outcome in the path model: total effects of a point."""
    result = t.strategy.of(SatisfactionIndex)
    if result is None:
        return []
    rows = result.estimates("importance_performance", statistic="importance").sort_values("estimate", ascending=False)
    if rows.empty:
        return []
    target = t.label(str(rows["target"].iloc[0]))
    labels = [t.label(name) for name in rows["construct"]]
    clear = len(rows) > 1 and rows["conf_low"].iloc[0] > rows["conf_high"].iloc[1:].max()
    headline = t.say("total_most" if clear else "total", first=labels[0], effect=t.ends(rows.iloc[0]), target=target)
    axis = text("axis.total", t.language, fields={"target": target})
    return [
        bars(
            t, result, rows, labels, id="index.effects", headline=headline, axis=axis, highlight=(labels[0],),
            wording=t.asked([t.outcome]),
        )
    ]  # fmt: skip


def drivers_exhibits(t: Telling) -> list[Exhibit]:
    """Tell what explains the outcome: shares of R2, with R2 beside."""
    result = t.strategy.of(Drivers)
    if result is None:
        return []
    rows = result.estimates("importance", statistic="lmg_share").sort_values("estimate", ascending=False)
    labels = [t.label(name) for name in rows["term"]]
    r2 = result.estimates("fit", statistic="r2").iloc[0]
    headline = t.say("drivers", first=labels[0], share=t.ends(rows.iloc[0]), r2=t.ends(r2))
    weak = [label for label, reason in zip(labels, rows["reason"], strict=True) if reason == NOT_SEPARABLE]
    flags = (t.say("drivers_flag", terms=t.listed(weak)),) if weak else ()
    wording = t.say("wording_drivers", outcome=t.wording(t.outcome), count=len(labels))
    axis = text("axis.lmg_share", t.language)
    return [
        bars(
            t,
            result,
            rows,
            labels,
            id="drivers.importance",
            headline=headline,
            axis=axis,
            wording=wording,
            flags=flags,
            highlight=(labels[0],),
        )
    ]


def grid_exhibits(t: Telling) -> list[Exhibit]:
    """Where to act: importance against performance, for each way importance was measured."""
    exhibits = []
    for result in t.strategy.results:
        model = result.model
        if isinstance(model, ImportancePerformance) and result.by is None:
            exhibits.append(_one_grid(t, result, model.importance))
    return exhibits


def _one_grid(t: Telling, result: Result, kind: str) -> Exhibit:
    where = result.estimates("quadrants", statistic="quadrant")
    unsure = border(result)
    urgent = [a for a in where.loc[where["category"] == "concentrate", "attribute"] if not unsure[a]]
    close = [a for a in where.loc[where["category"] == "concentrate", "attribute"] if unsure[a]]
    key = "grid" if urgent else "grid_close" if close else "grid_none"
    headline = t.say(key, count=len(urgent), all=len(where), terms=t.labels(urgent or close))
    if kind == "stated":
        headline = t.say("grid_stated", words=headline)
    names_of_all = list(map(str, where["attribute"]))
    asked, rated = t.asked(names_of_all), t.rated(names_of_all)
    names = [*close, *(str(a) for a in unsure.index[unsure] if a not in close)]
    rows = result.table("grid")
    rows = rows[rows["statistic"].isin(("importance", "performance", "distance"))]
    placed = zip(where["attribute"], where["category"], strict=True)
    lines = t.lines(t.about(t.label(a), text(f"quadrant.{c}", t.language)) for a, c in placed)
    return Exhibit(
        id="grid.importance_performance" if kind != "stated" else "grid.stated",
        headline=headline,
        frame=pd.concat([rows, result.table("crosshair")], ignore_index=True),
        chart=_short(result.picture("grid", language=t.language)),
        base=t.base(rows),
        source=t.source,
        notes="\n".join((t.methods(result), *([asked] if asked != rated else []))),
        alt=t.say("alt_grid", lines=lines),
        wording=rated,
        flags=(t.say("grid_flag", terms=t.labels(names)),) if names else (),
    )


def _plural(t: Telling, by: str) -> str:
    """Name what is compared, in the plural."""
    return t.say(f"plural_{by}") if by in ("brand", "wave", "outlet") else t.say("plural_other", group=t.wording(by))


def _short(chart: Chart) -> Chart:
    """Shorten the names of the points of a grid."""
    return replace(chart, labels=tuple(map(shortened, chart.labels))) if isinstance(chart, Grid) else chart


def groups_exhibits(t: Telling) -> list[Exhibit]:
    """Compare the outcome by brand, wave and segment; bases that are too small are left out."""
    exhibits = []
    for result in t.strategy.results:
        if not isinstance(result.model, Scores) or result.by is None or not len(result.draws("scores")):
            continue
        if result.by == "wave" and len(shown_waves(t)):  # the index tells the same, and what has moved it
            continue
        rows = result.estimates("scores", statistic="points")
        name = next(c for c in ("wave", "brand", "outlet", "segment") if c in rows)
        rows = rows[(rows.reindex(columns=["construct", "item"]) == t.outcome).any(axis=1)]
        hidden = rows["n_effective"] < SUPPRESSED
        shown = rows[~hidden].sort_values("estimate", ascending=False) if name != "wave" else rows[~hidden]
        if len(shown) > 1:
            exhibits.append(_group(t, result, shown, name, list(rows.loc[hidden, name])))
    return exhibits


def _group(t: Telling, result: Result, rows: pd.DataFrame, name: str, hidden: list[str]) -> Exhibit:
    study = t.strategy.sample.study
    events = study.groups.wave.events if study is not None and study.groups.wave is not None and name == "wave" else {}
    labels = [
        t.aside(t.wording(value, result.by), t.wording(events[value]))
        if value in events
        else t.wording(value, result.by)
        for value in rows[name]
    ]
    order = np.argsort(-rows["estimate"].to_numpy())
    first, last = int(order[0]), int(order[-1])
    differences = result.compare(result.by or "", reference=str(rows[name].iloc[last]))
    about = (differences.reindex(columns=["construct", "item"]) == t.outcome).any(axis=1)
    differences = differences[(differences["statistic"] == "points_difference") & about]
    told = differences.loc[differences["p_value"] < 0.05, name]
    leads = str(rows[name].iloc[first]) in set(told)
    headline = t.say(
        "groups" if leads else "groups_close" if told.empty else "groups_unsure",
        outcome=t.label(t.outcome),
        first=labels[first],
        high=t.ends(rows.iloc[first]),
        last=labels[last],
        low=t.ends(rows.iloc[last]),
        group=_plural(t, str(result.by)),
    )
    if leads and name == "segment":
        headline = t.about(t.wording(str(result.by)), headline)
    flags = (*low_bases(t, rows, labels), *comparison_flags(t, result.by))
    if hidden:
        flags = (*flags, t.say("suppressed", terms=t.listed(t.wording(str(value), result.by) for value in hidden)))
    brand = study.groups.brand if study is not None and name == "brand" else None
    own = brand.own if brand is not None else None
    exhibit = bars(
        t,
        result,
        rows,
        labels,
        id=f"scores.by_{result.by}",
        headline=headline,
        axis=text("axis.points", t.language),
        flags=flags,
        wording=t.asked([t.outcome]),
        highlight=tuple(label for label, value in zip(labels, rows[name], strict=True) if value == own),
    )
    bases = (f"{label} {t.number(n, 'money')}" for label, n in zip(labels, rows["n_obs"], strict=True))
    return replace(exhibit, base=t.weighted(t.listed(bases)))
