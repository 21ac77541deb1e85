"""Systems and elements of satisfaction as an exhibit: what a company is, does, shows, makes and serves."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from csresearch.models.scores import Scores
from csresearch.report.exhibit import Exhibit
from csresearch.report.story.telling import Telling, bars, low_bases
from csresearch.show.words import text


def systems_exhibits(t: Telling) -> list[Exhibit]:
    """Tell the points of each element and each of its systems, if the study names them in [elements]."""
    study, result = t.strategy.sample.study, t.strategy.of(Scores)
    if study is None or result is None or not study.elements or not len(result.draws("scores")):
        return []
    systems = list(dict.fromkeys(system for part in study.elements.values() for system in part))
    if not {"systems", "elements"} <= set(result.tables) or set(result.table("systems")["category"]) != set(systems):
        return []
    elements = list(study.elements)
    table = pd.concat([result.table("elements"), result.table("systems")], ignore_index=True)
    known = [t.say("element", name=name) for name in map(t.label, elements)]
    labels = [*known, *(t.label(name) for name in systems)]
    ranked = table.iloc[: len(elements)].sort_values("estimate", ascending=False)
    first, last = (ranked.index[k] for k in (0, -1))
    names = [t.label(name) for name in elements]
    fields = {"first": names[first], "high": t.ends(table.loc[first]), "last": names[last]}
    headline = t.say("elements", low=t.ends(table.loc[last]), count=len(ranked), **fields)
    parts = ((t.label(name), t.listed(map(t.label, part))) for name, part in study.elements.items())
    made = t.lines(t.about(name, systems) for name, systems in parts)
    exhibit = bars(
        t, result, table.assign(category=labels), labels, id="elements.scores", headline=headline,
        axis=text("axis.points", t.language), highlight=tuple(known),
        flags=low_bases(t, table, labels),
    )  # fmt: skip
    return [replace(exhibit, notes="\n".join((t.say("elements_made", parts=made), exhibit.notes)))]
