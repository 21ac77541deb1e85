"""What was asked of whom, and how far it carries: objectives, sample and quality as an exhibit."""

from __future__ import annotations

import pandas as pd

from csresearch.inference.design import kish_effect
from csresearch.models.satisfaction_index import SatisfactionIndex
from csresearch.models.scores import Scores
from csresearch.report.exhibit import Exhibit
from csresearch.report.story.telling import Telling
from csresearch.show.format import base, number
from csresearch.show.phrase import Amount, phrase, say
from csresearch.strategy.actions import Strategy
from csresearch.survey.grammar import margin_columns
from csresearch.survey.sample import Sample
from csresearch.survey.screening.responding import drawn, rates_of


def quality_exhibits(t: Telling) -> list[Exhibit]:
    """Tell objectives, population, sample, design, weights and precision on one page."""
    row = outcome_row(t.strategy)
    sample = t.strategy.sample
    if row is None:
        return []
    facts = [*_asked(t), *_responded(t), *_drawn(t, sample), *_weighed(t, sample), *_precision(t, row)]
    table = t.table(("aspect", "here"), ("left", "left"), [(name, words) for name, words in facts if words])
    effective, n = float(row["n_effective"]), float(row["n_obs"])
    key = "quality" if effective < 0.99 * n else "quality_plain"
    fields = {"n": t.number(n, "money"), "effective": t.number(effective, "money"), "outcome": t.label(t.outcome)}
    return [
        Exhibit(
            id="sample.quality",
            headline=t.say(key, **fields),
            frame=pd.DataFrame([row]).reset_index(drop=True),
            chart=table,
            base=t.weighted(base(n, effective, t.language)),
            source=t.source,
            wording=t.asked([t.outcome]),
            notes=t.methods(t.strategy.of(Scores) or t.strategy.of(SatisfactionIndex)),
            alt=t.tabled(table),
        )
    ]


def outcome_row(strategy: Strategy) -> pd.Series | None:
    """Index of the outcome, else its points."""
    for model, name, statistic in ((SatisfactionIndex, "index", "index"), (Scores, "scores", "points")):
        result = strategy.of(model)
        if result is not None:
            rows = result.estimates(name, statistic=statistic)
            rows = rows[(rows.reindex(columns=["construct", "item"]) == strategy.outcome).any(axis=1)]
            if len(rows):
                return rows.iloc[0]
    return None


def _asked(t: Telling) -> list[tuple[str, str]]:
    """Objective and population."""
    study = t.strategy.sample.study
    facts = [(t.say("quality_objective"), t.say("quality_question", outcome=t.label(t.outcome)))]
    if study is None:
        return facts
    facts.append((t.say("quality_population"), study.population_in(t.language)))
    groups = study.groups
    for role in ("wave", "brand", "outlet"):
        if getattr(groups, role) is not None:
            names = [str(name) for name in t.strategy.sample.categories(role)]
            shown = t.listed(map(t.wording, names)) if len(names) <= 8 else ""
            counted = t.say(f"quality_{role}", count=len(names))
            facts.append((counted, shown or t.say("quality_many", count=len(names))))
    return facts


def _responded(t: Telling) -> list[tuple[str, str]]:
    """Response rates, or that they are not known."""
    study = t.strategy.sample.study
    if study is None:
        return []
    if not study.dispositions:
        return [(t.say("quality_response"), t.say("quality_unresponded"))]
    cases = tuple(study.dispositions.values())
    rates = rates_of(*cases)
    fields = {name: number(rates[name], "share", t.language, places=1) for name in ("rr1", "rr3", "coop1", "con1")}
    return [(t.say("quality_response"), t.say("quality_responded", drawn=t.number(drawn(cases), "money"), **fields))]


def _drawn(t: Telling, sample: Sample) -> list[tuple[str, str]]:
    """Interviews and the design by which they were drawn."""
    kept, design = int((sample.weights > 0).sum()), sample.design
    words = t.say("quality_interviews", kept=t.number(kept, "money"), read=t.number(len(sample), "money"))
    facts = [(t.say("quality_sample"), words)]
    if sample.replicates is not None:
        words = say(phrase("intervals.file", fields={"count": Amount(sample.replicates.number)}), t.language)
        facts.append((t.say("quality_design"), words))
    elif design.clustered or len(design.size) > 1:
        fields = {"clusters": t.number(len(design.stratum), "money"), "strata": len(design.size)}
        key = "clusters_strata" if design.clustered and len(design.size) > 1 else (
            "clusters" if design.clustered else "strata"
        )  # fmt: skip
        facts.append((t.say("quality_design"), t.say(f"quality_{key}", **fields)))
    return facts


def _weighed(t: Telling, sample: Sample) -> list[tuple[str, str]]:
    """Margins and what the weights cost."""
    effect = kish_effect(sample.weights[sample.weights > 0])
    study = sample.study
    margins = () if study is None else study.margin_names
    names = [" × ".join(t.wording(column) for column in margin_columns(name)) for name in margins]
    if sample.raking is not None and names:
        words = t.say("quality_margins", margins=t.listed(names), effect=number(effect, "none", t.language))
    elif effect > 1 + 1e-9:
        words = t.say("quality_weights", effect=number(effect, "none", t.language))
    else:
        words = t.say("quality_even")
    return [(t.say("quality_weighting"), words)]


def _precision(t: Telling, row: pd.Series) -> list[tuple[str, str]]:
    """Say what the base is worth for the outcome, and the smallest change that a next wave can tell."""
    n, effective, error = (float(row[name]) for name in ("n_obs", "n_effective", "std_error"))
    if not (effective == effective and error == error):
        return []
    fields = {"effect": number(n / effective, "none", t.language), "effective": t.number(effective, "money")}
    change = number(detectable(error), "points", t.language)
    return [
        (t.say("quality_effect"), t.say("quality_worth", **fields)),
        (t.say("quality_precision"), t.say("quality_half", half=t.ends(row), change=change)),
    ]


def detectable(std_error: float) -> float:
    """Smallest change between two waves of this precision that is told with 80 % power at 5 %.

    Examples
    --------
    >>> round(detectable(1.0), 2)
    3.96
    """
    return (1.959964 + 0.841621) * 2**0.5 * std_error
