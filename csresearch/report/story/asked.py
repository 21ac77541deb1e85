"""What was asked, as exhibits: the mean of each rating, and the shares of answers that have no order."""

from __future__ import annotations

from itertools import groupby

import pandas as pd

from csresearch.models.scores import Scores
from csresearch.report.exhibit import Exhibit
from csresearch.report.story.telling import Telling
from csresearch.result import Result
from csresearch.show.specs import TableSpec
from csresearch.show.words import text
from csresearch.survey.study import Study


def asked_exhibits(t: Telling) -> list[Exhibit]:
    """List every question: ratings with mean, points and base, others with the share of each answer."""
    result = t.strategy.of(Scores)
    if result is None or result.sample.study is None:
        return []
    rows, study = result.table("scores"), result.sample.study
    rows = rows[rows["item"].notna()] if "item" in rows else rows.iloc[:0]
    means, shares = rows[rows["statistic"] == "mean"], rows[rows["statistic"] == "share"]
    return [
        *([_exhibit(t, result, means, _rated(t, study, rows), id="items")] if len(means) else []),
        *([_exhibit(t, result, shares, _chosen(t, study, shares), id="items.shares")] if len(shares) else []),
    ]


def _exhibit(t: Telling, result: Result, rows: pd.DataFrame, table: TableSpec, *, id: str) -> Exhibit:
    return Exhibit(
        id=id,
        headline=t.say(id.replace(".", "_")),
        frame=rows.reset_index(drop=True),
        chart=table,
        base=t.weighted(t.say("base_each", n=t.number(result.n_obs, "money"))),
        source=t.source,
        notes=t.methods(result),
        alt=t.tabled(table),
    )


def _rated(t: Telling, study: Study, rows: pd.DataFrame) -> TableSpec:
    """Print mean, points and base of each rating."""
    means, points = (rows[rows["statistic"] == name].set_index("item") for name in ("mean", "points"))
    owner = {item: t.label(name) for name, part in study.constructs.items() for item in part.items}
    owner |= {name: text(f"facet.{item.facet}", t.language) for name, item in study.items.items() if item.facet}
    return t.table(
        ("item", "construct", "mean", "points", "n"),
        ("left", "left", "right", "right", "right"),
        [
            (
                t.wording(str(item)),
                owner.get(str(item), ""),
                t.number(mean, "points"),
                t.ends(points.loc[item]),
                t.number(n, "money"),
            )
            for item, mean, n in zip(means.index, means["estimate"], means["n_obs"], strict=True)
        ],
    )


def _chosen(t: Telling, study: Study, shares: pd.DataFrame) -> TableSpec:
    """Print the share of each answer: of questions with one of several options, and with several answers."""
    printed: list[tuple[str, ...]] = []
    for term, rows in groupby((row for _, row in shares.iterrows()), key=lambda row: _question(study, row["item"])):
        answers = list(rows)
        told = (f"{_answer(t, row)} {t.ends(row)}" for row in answers)
        printed.append((_name(t, study, term), t.lines(told), t.number(answers[0]["n_obs"], "money")))
    return t.table(("item", "answers", "n"), ("left", "left", "right"), printed)


def _question(study: Study, item: str) -> str:
    """Name the question of an option; any other item is its own."""
    return item if item in study.items else item.partition(":")[0]


def _name(t: Telling, study: Study, term: str) -> str:
    """Words for a question; of a pair of the Kano facet, which of the two it is."""
    item = study.items.get(term)
    if item is None or item.facet != "kano":
        return t.wording(term)
    there = term == study.facet_columns("kano", str(item.attribute))[0]
    return t.aside(t.wording(term), t.say("kano_there" if there else "kano_absent"))


def _answer(t: Telling, row: pd.Series) -> str:
    """Words for an option."""
    category = row.get("category")
    return t.wording(category) if isinstance(category, str) else t.wording(row["item"])
