"""The storyline: from a strategy to the list of exhibits that deck, page and workbook render."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pandas as pd

from csresearch.models.drivers import Drivers
from csresearch.models.importance_performance import ImportancePerformance
from csresearch.models.satisfaction_index import SatisfactionIndex
from csresearch.models.scores import Scores
from csresearch.report.actions import card, title_of
from csresearch.report.exhibit import Exhibit
from csresearch.report.findings import (
    drivers_exhibits,
    effects_exhibits,
    grid_exhibits,
    groups_exhibits,
    index_exhibits,
)
from csresearch.report.telling import Telling, methods
from csresearch.result import Result
from csresearch.show.format import base
from csresearch.show.specs import BigNumber, Cards, Column, Headlines, Section, TableSpec, Text
from csresearch.show.words import text
from csresearch.strategy.actions import Strategy

MOST_CARDS, MOST_NUMBERS = 6, 3


def tell(strategy: Strategy, *, language: str = "en") -> list[Exhibit]:
    """Tell a strategy as exhibits, in the order of a client's questions; what the study cannot fill is left out.

    Parameters
    ----------
    strategy : Strategy
    language : str
        Language of words, labels and numbers.

    Returns
    -------
    list of Exhibit
        Answer, sample, index, effects, drivers, grid, groups, actions, method, items.
    """
    telling = Telling(strategy=strategy, language=language)
    chapters: tuple[Callable[[Telling], list[Exhibit]], ...] = (
        _answer,
        _sample,
        index_exhibits,
        effects_exhibits,
        drivers_exhibits,
        grid_exhibits,
        groups_exhibits,
        _actions,
        _method,
        _items,
    )
    exhibits = [exhibit for chapter in chapters for exhibit in chapter(telling)]
    return [replace(e, headline=e.headline[:1].upper() + e.headline[1:]) for e in exhibits]


def _answer(t: Telling) -> list[Exhibit]:
    """One page that stands alone: up to three numbers, up to three moves."""
    numbers: list[BigNumber] = []
    rows: list[pd.Series] = []
    index, drivers = t.strategy.of(SatisfactionIndex), t.strategy.of(Drivers)
    for result, table, statistic, name in (
        (index, "index", "index", t.outcome),
        (t.strategy.of(Scores), "scores", "nps", None),
        (index, "index", "index", _consequence(t)),
        (drivers, "fit", "r2", None),
    ):
        row = _first(result, table, statistic, name)
        if row is not None and len(rows) < MOST_NUMBERS:
            rows.append(row)
            numbers.append(_big(t, row, statistic))
    urgent = [a for a in t.strategy.actions if a.rule == "concentrate"][:3]
    if not numbers:
        return []
    moves = t.say("answer_first", term=t.label(urgent[0].term)) if urgent else t.say("answer_none")
    headline = t.say("answer", outcome=t.label(t.outcome), index=t.ends(rows[0]), moves=moves)
    lines = "; ".join(f"{n.label} {t.ends(row)}" for n, row in zip(numbers, rows, strict=True))
    frame = pd.DataFrame(rows).reset_index(drop=True)
    shown = [a for a in t.strategy.actions if a.rule != "monitor"][:3] or list(t.strategy.actions[:3])
    return [
        Exhibit(
            id="answer",
            headline=headline,
            frame=frame,
            base=t.base(frame),
            source=t.source,
            notes=methods(index or drivers),
            alt=t.say("alt_answer", lines=lines),
            chart=Headlines(
                numbers=tuple(numbers),
                moves=tuple(title_of(a, t.strategy, t.language) for a in shown),
                moves_title=t.say("next_moves"),
            ),
        )
    ]


def _consequence(t: Telling) -> str:
    """Construct that the outcome acts on last, such as loyalty; none: no name of a construct."""
    study = t.strategy.sample.study
    after = [] if study is None else [target for target, sources in study.paths.items() if t.outcome in sources]
    return after[-1] if after else ""


def _first(result: Result | None, table: str, statistic: str, construct: str | None) -> pd.Series | None:
    if result is None:
        return None
    rows = result.estimates(table, statistic=statistic)
    if construct is not None:
        rows = rows[rows["construct"] == construct]
    return None if rows.empty else rows.iloc[0]


def _big(t: Telling, row: pd.Series, statistic: str) -> BigNumber:
    label = {
        "index": lambda: t.say("number_index", outcome=t.label(str(row["construct"]))),
        "r2": lambda: t.say("number_r2"),
        "nps": lambda: t.say("number_nps"),
    }[statistic]()
    note = {"index": "scale_100", "nps": "scale_nps"}.get(statistic)
    return BigNumber(
        label=label,
        value=float(row["estimate"]),
        unit=row["unit"],
        low=float(row["conf_low"]),
        high=float(row["conf_high"]),
        note=t.say(note) if note else "",
        signed=statistic == "nps",
    )


def _sample(t: Telling) -> list[Exhibit]:
    """Who counts: the sample-flow table."""
    sample = t.strategy.sample
    log = sample.log
    if log.empty:
        return []
    weights = sample.weights[sample.weights > 0]
    effect = len(weights) * float((weights**2).sum()) / float(weights.sum() ** 2)
    whole = len(weights) == len(sample) and effect < 1 + 1e-9
    headline = t.say(
        "sample_whole" if whole else "sample",
        kept=t.number(len(weights), "money"),
        read=t.number(len(sample), "money"),
        effect=t.number(effect, "r2"),
    )
    head = [text(f"heading.{name}", t.language) for name in ("step", "rule", "flagged", "excluded", "left", "account")]
    sides = ("left", "left", "right", "right", "right", "left")
    units = (None, None, "money", "money", "money", None)
    columns = tuple(Column(title=h, unit=u, align=a) for h, u, a in zip(head, units, sides, strict=True))  # type: ignore[arg-type]
    counts = ("n_flagged", "n_excluded", "n_left")
    flow = log.to_dict("records")
    rows = tuple(
        (t.step(row["step"]), row["rule"].replace("_", " "), *(int(row[c]) for c in counts), row["text"])
        for row in flow
    )
    frame = pd.DataFrame(
        [
            {"category": f"{row['step']} {row['rule']}", "statistic": c, "unit": "none", "estimate": float(row[c])}
            for row in flow
            for c in counts
        ]
    )
    population = "" if sample.study is None or not sample.study.population else f", {sample.study.population}"
    return [
        Exhibit(
            id="sample.flow",
            headline=headline,
            frame=frame,
            chart=TableSpec(columns=columns, rows=rows),
            source=t.source,
            base=base(float(sample.n_obs), None, t.language) + population,
            alt=t.say("alt_table", rows=len(rows), columns=", ".join(head)),
        )
    ]


def _actions(t: Telling) -> list[Exhibit]:
    """Tell what to do: the first actions as cards; all of them stand in the workbook."""
    actions = [a for a in t.strategy.actions if a.rule != "monitor"]
    shown = actions[:MOST_CARDS] or list(t.strategy.actions[:3])
    if not shown:
        return []
    cards = tuple(card(action, t.strategy, t.language) for action in shown)
    headline = t.say("actions", count=len(actions), term=t.label(actions[0].term)) if actions else t.say("actions_none")
    grid = t.strategy.of(ImportancePerformance)
    rows = grid.table("grid") if grid is not None else pd.DataFrame()
    if len(rows):
        behind = rows["statistic"].isin(("importance", "performance", "effect"))
        rows = rows[behind & rows["attribute"].isin([a.term for a in shown])]
    return [
        Exhibit(
            id="strategy.actions",
            headline=headline,
            frame=rows.reset_index(drop=True),
            chart=Cards(actions=cards),
            base=t.base(rows) if len(rows) else "",
            source=t.source,
            notes=methods(grid),
            alt=t.say("alt_cards", lines="; ".join(c.title for c in cards)),
            flags=(t.say("limit_uplift"),),
        )
    ]


def _method(t: Telling) -> list[Exhibit]:
    """Tell method, failed checks and limits."""
    done = [r for r in t.strategy.results if r.by is None]
    method = (*(r.estimator for r in done), done[0].interval_words())
    failed = tuple(dict.fromkeys(c.text for r in done for c in r.found if not c.passed))
    sections = (
        Section(title=t.say("section_method"), lines=method),
        Section(title=t.say("section_checks"), lines=failed or (t.say("check_all_passed"),)),
        Section(title=t.say("section_limits"), lines=_limits(t)),
    )
    checks = [r.checks().assign(model=repr(r.model)) for r in done]
    frame = pd.concat(checks, ignore_index=True)[["model", "check", "passed", "value", "threshold", "text"]]
    return [
        Exhibit(
            id="method",
            headline=t.say("method"),
            frame=frame,
            chart=Text(sections=sections),
            source=t.source,
            base=base(float(t.strategy.sample.n_obs), None, t.language),
            alt=t.say("alt_text", lines="; ".join(section.title for section in sections)),
        )
    ]


def _limits(t: Telling) -> tuple[str, ...]:
    sample, study = t.strategy.sample, t.strategy.sample.study
    lines = [t.say("limit_cross")]
    if study is not None and study.roles.expectation is not None and study.roles.expectation.asked == "after":
        lines.append(t.say("limit_recalled"))
    if study is not None and study.design.outlets is not None:
        lines.append(t.say(f"limit_population_{study.design.outlets}"))
    if sample.raking is None and (study is None or study.design.weight is None):
        lines.append(t.say("limit_weights"))
    return (*lines, t.say("limit_uplift"))


def _items(t: Telling) -> list[Exhibit]:
    """List what was asked: every question with its mean, points and base."""
    result = t.strategy.of(Scores)
    if result is None or result.sample.study is None:
        return []
    rows = result.table("scores")
    rows = rows[rows["item"].notna()] if "item" in rows else rows.iloc[:0]
    wide = rows.pivot_table(index="item", columns="statistic", values="estimate", sort=False)
    wide["n_obs"] = rows.groupby("item", sort=False)["n_obs"].first()
    study = result.sample.study
    owner = {item: t.label(name) for name, part in study.constructs.items() for item in part.items}
    owner |= {name: text(f"facet.{item.facet}", t.language) for name, item in study.items.items() if item.facet}
    head = [text(f"heading.{name}", t.language) for name in ("item", "construct", "mean", "points", "n")]
    units = (None, None, "points", "points", "money")
    columns = tuple(Column(title=h, unit=u, align="right" if u else "left") for h, u in zip(head, units, strict=True))  # type: ignore[arg-type]
    asked = [str(item) for item in wide.index]
    owners = [owner.get(item, "") for item in asked]
    numbers = wide[["mean", "points", "n_obs"]].to_numpy().tolist()
    table = tuple((t.label(i), o, *row) for i, o, row in zip(asked, owners, numbers, strict=True))
    return [
        Exhibit(
            id="items",
            headline=t.say("items"),
            frame=rows[rows["statistic"] == "mean"].reset_index(drop=True),
            chart=TableSpec(columns=columns, rows=table),
            base=t.base(rows),
            source=t.source,
            notes=methods(result),
            alt=t.say("alt_table", rows=len(table), columns=", ".join(head)),
        )
    ]
