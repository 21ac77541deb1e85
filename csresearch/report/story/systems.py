"""Systems and elements of satisfaction as an exhibit: what a company is, does, shows, makes and serves."""

from __future__ import annotations

from dataclasses import replace

from csresearch.models.averages import averaged
from csresearch.models.scores import Scores
from csresearch.report.exhibit import Exhibit
from csresearch.report.story.telling import Telling, bars, low_bases
from csresearch.result import Result
from csresearch.show.words import text


def systems_exhibits(t: Telling) -> list[Exhibit]:
    """Tell the points of each element and each of its systems, if the study names them in [elements]."""
    study, result = t.strategy.sample.study, t.strategy.of(Scores)
    if study is None or result is None or not study.elements or not len(result.draws("scores")):
        return []
    systems = {name: _rows(result, name) for name in dict.fromkeys(s for part in study.elements.values() for s in part)}
    if not all(systems.values()):
        return []
    elements = {
        name: {row: 1 / len(systems[system]) / len(part) for system in part for row in systems[system]}
        for name, part in study.elements.items()
    }
    single = {name: dict.fromkeys(rows, 1 / len(rows)) for name, rows in systems.items()}
    groups = {f"element {name}": rows for name, rows in elements.items()} | single
    table = averaged(result, "scores", groups)
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


def _rows(result: Result, system: str) -> list[int]:
    """Rows of a system in the table of scores: its construct, else the attributes that belong to it."""
    table, study = result.table("scores"), result.sample.study
    points = table[table["statistic"] == "points"].reindex(columns=["construct", "item"])
    own = points.index[points["construct"] == system]
    if len(own) or study is None or "performance" not in study.facets:
        return list(own)
    asked = study.facets["performance"].attributes
    columns = {study.facet_column("performance", a) for a in asked if study.attributes[a].system == system}
    return list(points.index[points["item"].isin(columns)])
