"""Who does what by when, and how far each advice may be trusted, as exhibits."""

from __future__ import annotations

import pandas as pd

from csresearch.report.exhibit import Exhibit
from csresearch.report.story.actions import grade_of, title_of
from csresearch.report.story.sample import detectable, outcome_row
from csresearch.report.story.telling import Telling
from csresearch.show.format import DASH, ends, number
from csresearch.show.words import text
from csresearch.strategy.actions import Action

NOT_DONE = ("monitor",)
MOST = 8


def roadmap_exhibits(t: Telling) -> list[Exhibit]:
    """Owner, date, target and next measurement of the actions, from [plan]; nothing without a plan."""
    study = t.strategy.sample.study
    actions = [a for a in t.strategy.actions if a.rule not in NOT_DONE][:MOST]
    if study is None or not study.plan or not actions:
        return []
    goal = study.plan.get(t.outcome)
    rows = [_step(t, action, goal.by if goal is not None else None) for action in actions]
    table = t.table(
        ("action", "owner", "by", "cost", "move", "expected"), ("left", "left", "left", "right", "right", "right"), rows
    )
    row, flags = outcome_row(t.strategy), []
    owned = [a for a in actions if a.owner]
    fields: dict[str, object] = {"owned": len(owned), "count": len(actions), "outcome": t.label(t.outcome)}
    key = "roadmap"
    if goal is not None and goal.target is not None and row is not None:
        key = "roadmap_target"
        fields |= {"target": number(goal.target, "points", t.language), "now": t.ends(row), "by": goal.by or DASH}
        step, least = goal.target - float(row["estimate"]), detectable(float(row["std_error"]))
        words = {"change": number(least, "points", t.language), "step": number(step, "points", t.language, signed=True)}
        flags.append(t.say("roadmap_told" if step >= least else "roadmap_untold", **words))
    if len(owned) < len(actions):
        missing = [title_of(a, t.strategy, t.language) for a in actions if not a.owner]
        flags.append(t.say("roadmap_owners", terms=t.lines(missing)))
    return [
        Exhibit(
            id="plan.roadmap",
            headline=t.say(key, **fields),
            frame=_frame(t, actions),
            chart=table,
            base=t.base(pd.DataFrame([row])) if row is not None else "",
            source=t.source,
            notes=t.say("roadmap_notes"),
            alt=t.tabled(table),
            flags=tuple(flags),
        )
    ]


def _step(t: Telling, action: Action, measured: str | None) -> tuple[str, ...]:
    uplift, language = action.uplift, t.language
    return (
        title_of(action, t.strategy, language),
        t.wording(action.owner) if action.owner else DASH,
        action.by or (t.say("roadmap_next", by=measured) if measured else DASH),
        number(action.cost, "money", language),
        DASH if uplift is None else number(uplift.move.points, "points", language, signed=True),
        DASH if uplift is None else " ".join(
            (
                number(uplift.estimate, "points", language, signed=True),
                ends(uplift.low, uplift.high, "points", language, signed=True),
            )
        ),
    )  # fmt: skip


def evidence_exhibits(t: Telling) -> list[Exhibit]:
    """Grade of every recommendation, with what it started from, what lowered it and what the letter means."""
    actions = list(t.strategy.actions)
    if not actions:
        return []
    rows: list[tuple[str, ...]] = [
        (
            title_of(action, t.strategy, t.language),
            grade_of(action, t.language),
            t.lines(text(f"evidence.{reason}", t.language) for reason in action.grade.reasons),
            t.number(float(action.numbers[0].n_effective), "money"),
        )
        for action in actions
    ]
    table = t.table(("action", "grade", "reasons", "n_effective"), ("left", "left", "left", "right"), rows)
    letters = sorted({action.grade.letter for action in actions})
    counts = t.listed(
        t.say("evidence_count", count=sum(a.grade.letter == letter for a in actions), letter=letter)
        for letter in letters
    )
    meant = t.lines(text(f"evidence.{letter}", t.language) for letter in letters)
    return [
        Exhibit(
            id="evidence",
            headline=t.say("evidence", counts=counts),
            frame=_frame(t, actions),
            chart=table,
            base=t.weighted(t.say("base_each", n=t.number(t.strategy.sample.n_obs, "money"))),
            source=t.source,
            notes=t.say("evidence_notes", grades=meant),
            alt=t.tabled(table),
        )
    ]


def _frame(t: Telling, actions: list[Action]) -> pd.DataFrame:
    """Numbers that the actions rest on, one a row."""
    return pd.DataFrame(
        {
            "category": title_of(action, t.strategy, t.language),
            "statistic": part.what,
            "unit": part.unit,
            "estimate": part.estimate,
            "conf_low": part.low,
            "conf_high": part.high,
            "n_obs": part.n_obs,
            "n_effective": part.n_effective,
        }
        for action in actions
        for part in action.numbers
    )
