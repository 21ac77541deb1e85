"""The storyline: from a strategy to the list of exhibits that deck, page and workbook render."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pandas as pd

from csresearch.inference.design import kish_effect
from csresearch.models.drivers import Drivers
from csresearch.models.importance_performance import ImportancePerformance
from csresearch.models.satisfaction_index import SatisfactionIndex
from csresearch.models.scores import Scores
from csresearch.report.exhibit import Exhibit
from csresearch.report.story.actions import grade_of, title_of
from csresearch.report.story.asked import asked_exhibits
from csresearch.report.story.comparisons import segments_exhibits, versus_exhibits
from csresearch.report.story.expectation import expectation_exhibits
from csresearch.report.story.findings import (
    drivers_exhibits,
    effects_exhibits,
    grid_exhibits,
    groups_exhibits,
    index_exhibits,
)
from csresearch.report.story.index import diagram_exhibits, waves_exhibits
from csresearch.report.story.measurement import measurement_exhibits
from csresearch.report.story.programme import outlets_exhibits, programme_exhibits
from csresearch.report.story.roadmap import evidence_exhibits, roadmap_exhibits
from csresearch.report.story.sample import quality_exhibits
from csresearch.report.story.screening import screening_exhibits
from csresearch.report.story.strategy import action_exhibits, must_exhibits, portfolio_exhibits, priority_exhibits
from csresearch.report.story.systems import systems_exhibits
from csresearch.report.story.telling import Telling
from csresearch.report.story.what_if import what_if_exhibits
from csresearch.result import Result
from csresearch.show.format import base, ends, number, word
from csresearch.show.specs import BigNumber, Headlines, Section, Text
from csresearch.show.words import text
from csresearch.strategy.actions import Strategy, numbered
from csresearch.strategy.rulebook import ADVICE, URGENT

MOST_NUMBERS = 3


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
        Answer, sample, index, waves, diagram, effects, expectations, drivers, grid, groups, actions, what if, method,
        items.
    """
    telling = Telling(strategy=strategy, language=language)
    chapters: tuple[Callable[[Telling], list[Exhibit]], ...] = (
        _answer,
        quality_exhibits,
        _sample,
        screening_exhibits,
        index_exhibits,
        waves_exhibits,
        diagram_exhibits,
        effects_exhibits,
        expectation_exhibits,
        drivers_exhibits,
        grid_exhibits,
        must_exhibits,
        groups_exhibits,
        versus_exhibits,
        outlets_exhibits,
        programme_exhibits,
        systems_exhibits,
        segments_exhibits,
        action_exhibits,
        priority_exhibits,
        portfolio_exhibits,
        what_if_exhibits,
        roadmap_exhibits,
        evidence_exhibits,
        _method,
        measurement_exhibits,
        asked_exhibits,
    )
    exhibits = [exhibit for chapter in chapters for exhibit in chapter(telling)]
    return [
        replace(e, id=name, headline=e.headline[:1].upper() + e.headline[1:], frame=telling.named(e.frame))
        for e, name in zip(exhibits, numbered([e.id for e in exhibits]), strict=True)
    ]


def _answer(t: Telling) -> list[Exhibit]:
    """One page that stands alone: up to three numbers, up to three moves."""
    numbers: list[BigNumber] = []
    rows: list[pd.Series] = []
    index, drivers = t.strategy.of(SatisfactionIndex), t.strategy.of(Drivers)
    scores = t.strategy.of(Scores)
    outcome = _first(index, "index", "index", t.outcome)
    if outcome is None:
        outcome = _first(scores, "scores", "points", t.outcome)
    for row in (
        outcome,
        _first(scores, "scores", "nps", _recommendation(t)),
        _first(index, "index", "index", _consequence(t)),
        _first(drivers, "fit", "r2", None),
    ):
        if row is not None and len(rows) < MOST_NUMBERS:
            rows.append(row)
            numbers.append(_big(t, row))
    if not numbers:
        return []
    shown = [a for a in t.strategy.actions if a.rule in ADVICE][:MOST_NUMBERS]
    headline = _answer_headline(t, outcome)
    lines = t.lines(f"{n.label} {t.ends(row)}" for n, row in zip(numbers, rows, strict=True))
    frame = pd.DataFrame(rows).reset_index(drop=True)
    return [
        Exhibit(
            id="answer",
            headline=headline,
            frame=frame,
            base=t.base(frame),
            source=t.source,
            notes=t.methods(index or scores or drivers),
            alt=t.say("alt_answer", lines=lines),
            chart=Headlines(
                numbers=tuple(numbers),
                moves=tuple(t.aside(title_of(a, t.strategy, t.language), grade_of(a, t.language)) for a in shown),
                moves_title=t.say("next_moves") if shown else "",
            ),
        )
    ]


def _answer_headline(t: Telling, outcome: pd.Series | None) -> str:
    """Say where the outcome stands, and the first priority as far as its evidence carries."""
    urgent = next((a for a in t.strategy.actions if a.rule in URGENT), None)
    if urgent is None:
        moves = t.say("answer_none")
    else:
        key = "answer_test" if urgent.grade.letter == "E" or urgent.unsure else "answer_first"
        moves = t.say(key, term=t.label(urgent.term))
    if outcome is None:
        return moves
    return t.say("answer", outcome=t.label(t.outcome), index=t.ends(outcome), moves=moves)


def _recommendation(t: Telling) -> str:
    """Question whose 0 to 10 is a net promoter score; none: no name of a question."""
    study = t.strategy.sample.study
    return "" if study is None or study.roles.recommend is None else study.columns_of(study.roles.recommend)[0]


def _consequence(t: Telling) -> str:
    """Construct that the outcome acts on last, such as loyalty; none: no name of a construct."""
    study = t.strategy.sample.study
    after = [] if study is None else [target for target, sources in study.paths.items() if t.outcome in sources]
    return after[-1] if after else ""


def _first(result: Result | None, table: str, statistic: str, name: str | None) -> pd.Series | None:
    """First row of a statistic, of a construct or item where one is named."""
    if result is None:
        return None
    rows = result.estimates(table, statistic=statistic)
    if name is not None:
        subject = rows.reindex(columns=["construct", "item"])
        rows = rows[(subject == name).any(axis=1)]
    return None if rows.empty else rows.iloc[0]


def _big(t: Telling, row: pd.Series) -> BigNumber:
    statistic = str(row["statistic"])
    subject = str(row["construct"]) if pd.notna(row.get("construct")) else str(row.get("item"))
    label = t.say(f"number_{statistic}", outcome=t.label(subject))
    note = {"index": "scale_100", "points": "scale_100", "nps": "scale_nps"}.get(statistic)
    unit, signed = row["unit"], statistic == "nps"
    return BigNumber(
        label=label,
        number=number(float(row["estimate"]), unit, t.language, signed=signed),
        ends=ends(float(row["conf_low"]), float(row["conf_high"]), unit, t.language, signed=signed),
        note=t.say(note) if note else "",
    )


def _sample(t: Telling) -> list[Exhibit]:
    """Who counts: the sample-flow table."""
    sample = t.strategy.sample
    log = sample.log
    if log.empty:
        return []
    weights = sample.weights[sample.weights > 0]
    effect = kish_effect(weights)
    even = effect < 1 + 1e-9
    headline = t.say(
        "sample" if not even else "sample_whole" if len(weights) == len(sample) else "sample_even",
        kept=t.number(len(weights), "money"),
        read=t.number(len(sample), "money"),
        effect=t.number(effect**0.5 - 1, "share"),
    )
    flow = log.to_dict("records")
    counts = ("n_flagged", "n_excluded", "n_left")
    table = t.table(
        ("step", "rule", "flagged", "excluded", "left", "account"),
        ("left", "left", "right", "right", "right", "left"),
        [
            (
                text(f"step.{r['step']}", t.language),
                word("screening", r["rule"], t.language),
                *(t.number(r[c], "money") for c in counts),
                t.said(r["text"]),
            )
            for r in flow
        ],
    )
    frame = pd.DataFrame(
        {"category": f"{step} {rule}".strip(), "statistic": c, "unit": "none", "estimate": float(r[c])}
        for r, (step, rule, *_) in zip(flow, table.rows, strict=True)
        for c in counts
    )
    population = "" if sample.study is None else sample.study.population_in(t.language)
    said = base(float(sample.n_obs), None, t.language)
    return [
        Exhibit(
            id="sample.flow",
            headline=headline,
            frame=frame,
            chart=table,
            source=t.source,
            base=text("sign.clause", t.language).join(filter(None, (said, population))),
            alt=t.tabled(table),
        )
    ]


def _method(t: Telling) -> list[Exhibit]:
    """Tell method, failed checks and limits."""
    done = [r for r in t.strategy.results if r.by is None]
    method = (*(t.said(r.estimator) for r in done), done[0].interval_words(language=t.language))
    failed = tuple(dict.fromkeys(_told(t, r, c.text) for r in done for c in r.found if not c.passed))
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
            alt=t.say("alt_text", lines=t.lines(section.title for section in sections)),
        )
    ]


def _told(t: Telling, result: Result, words: str) -> str:
    """Say a check; of the grid by stated importance that it is of that one."""
    stated = isinstance(result.model, ImportancePerformance) and result.model.importance == "stated"
    return t.say("grid_stated", words=t.said(words)) if stated else t.said(words)


def _limits(t: Telling) -> tuple[str, ...]:
    sample, study = t.strategy.sample, t.strategy.sample.study
    lines = [t.say("limit_cross")]
    if study is not None and study.roles.expectation is not None and study.roles.expectation.asked == "after":
        lines.append(t.say("limit_recalled"))
    if study is not None and study.design.outlets is not None:
        lines.append(t.say(f"limit_population_{study.design.outlets}"))
    if sample.raking is None and (study is None or study.design.weight is None):
        lines.append(t.say("limit_weights"))
    return (*lines, t.say("limit_grades"), t.say("limit_uplift"))
