"""Outlets in a funnel, and a programme by those whom it reached, as exhibits."""

from __future__ import annotations

import numpy as np
import pandas as pd

from csresearch.inference.design import kish_effect
from csresearch.inference.intervals import adjusted
from csresearch.models.comparison import Compare
from csresearch.report.exhibit import Exhibit
from csresearch.report.story.telling import MOST_NAMES, Telling, bars
from csresearch.result import Result
from csresearch.show.specs import Funnel
from csresearch.show.words import text
from csresearch.strategy.evidence import Comparison, Grade, grade_programme
from csresearch.strategy.rules import careless_share, response_known
from csresearch.vocabulary import SUPPRESSED, subjects

TOLD = 0.05


def outlets_exhibits(t: Telling) -> list[Exhibit]:
    """Lay our outlets out in a funnel: who lies further from all of them than chance carries an outlet of its size."""
    result = t.strategy.of(Compare, by="outlet")
    if result is None or "league" not in result.tables:
        return []
    chart = result.picture("league", language=t.language)
    if not isinstance(chart, Funnel):
        return []
    between = result.estimates("spread", statistic="points_between").iloc[0]
    fields = {"outcome": t.label(t.outcome), "all": len(chart.labels), "between": t.ends(between)}
    outside = [
        (y > chart.centre, label) for label, y, far in zip(chart.labels, chart.y, chart.outside, strict=True) if far
    ]
    key = "none" if not outside else "one" if len(outside) == 1 else "some"
    sides = {
        name: t.listed([label for high, label in outside if high is above][:MOST_NAMES])
        for name, above in (("above", True), ("below", False))
    }
    named = t.lines(text(f"league.{name}", t.language, fields={"names": said}) for name, said in sides.items() if said)
    rows = result.table("levels")
    small = int((rows["n_effective"] < SUPPRESSED).sum())
    said = [text("league.small", t.language, fields={"count": small, "all": len(rows)})] if small else []
    return [
        Exhibit(
            id="outlets.league",
            headline=text(f"league.{key}", t.language, fields={**fields, "count": len(outside), "named": named}),
            frame=pd.concat([rows, result.table("league"), result.table("spread")], ignore_index=True),
            chart=chart, base=t.base(rows.assign(n_obs=result.n_obs, n_effective=rows["n_effective"].sum())),
            source=t.source, notes=t.methods(result), wording=t.asked([t.outcome]), flags=tuple(said),
            alt=text("league.alt", t.language, fields={**fields, "named": named or "–"}),
        )
    ]  # fmt: skip


def programme_exhibits(t: Telling) -> list[Exhibit]:
    """Tell what moved where a programme reached, less what moved where it did not, with its grade."""
    result = t.strategy.of(Compare, by="wave")
    if result is None or "programme" not in result.tables or not isinstance(result.model, Compare):
        return []
    effects = result.estimates("programme", statistic="points_effect").reset_index(drop=True)
    subject = subjects(effects).astype(str)
    p = effects["p_value"].to_numpy(dtype=float)[:, None]
    told = adjusted(p, method="holm")[:, 0] < TOLD  # one of many terms moves by chance
    seemed = p[:, 0] < TOLD
    best = int(np.argmax(np.where(told if told.any() else seemed, effects["estimate"].abs(), -1.0)))
    graded = _graded(result, effects.iloc[best], subject[best])
    labels = [t.label(name) for name in subject]
    fields = {"name": _named(t, result), "term": labels[best], "effect": t.ends(effects.iloc[best]), "count": len(p)}
    letter = text("evidence.short", t.language, fields={"letter": graded.letter})
    key = "told" if told.any() else "unsure" if seemed.any() else "untold"
    exhibit = bars(
        t, result, effects, labels, id="programme.effect",
        headline=t.aside(text(f"programme.{key}", t.language, fields=fields), letter),
        axis=text("programme.axis", t.language), wording=t.asked([subject[best]]),
        highlight=tuple(label for label, yes in zip(labels, told, strict=True) if yes),
        flags=_doubts(t, result, graded),
    )  # fmt: skip
    return [exhibit]


def _graded(result: Result, effect: pd.Series, subject: str) -> Grade:
    """Grade the effect on one term by the gaps before the programme, its interval and the sample."""
    checks = result.checks()
    before = checks[checks["check"] == "parallel_before"]
    table = result.estimates("programme", statistic="points_effect")
    names = subjects(table).tolist()
    single = len(before) < len(names)  # one wave before: one check says so for all
    sample = result.sample
    return grade_programme(
        Comparison(
            n_effective=float(effect["n_effective"]), conf_low=float(effect["conf_low"]),
            conf_high=float(effect["conf_high"]), weights=kish_effect(sample.weights),
            parallel=float("nan") if single else float(before["value"].iloc[names.index(subject)]),
            careless=careless_share(sample), responded=response_known(sample),
        )
    )  # fmt: skip


def _named(t: Telling, result: Result) -> str:
    """Words for the programme."""
    model, study = result.model, result.sample.study
    name = str(model.programme) if isinstance(model, Compare) else ""
    events = {} if study is None or study.groups.wave is None else study.groups.wave.events
    return t.wording(events.get(name, name))


def _doubts(t: Telling, result: Result, graded: Grade) -> tuple[str, ...]:
    """Say what lowered the grade, and which numbers seemed to move by before and after alone."""
    lowered = [text(f"evidence.{reason}", t.language) for reason in graded.reasons]
    reasons = text("programme.grade", t.language, fields={"reasons": t.lines(lowered)})
    checks = result.checks()
    wrong = checks[(checks["check"] == "naive_before_after") & ~checks["passed"]]
    return (reasons, *(t.said(words) for words in wrong["text"][:1]))
