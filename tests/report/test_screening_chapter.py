"""The chapter of the sample: response, and the main numbers with and without screening."""

from __future__ import annotations

from dataclasses import replace

import pytest

import csresearch as cs
from csresearch.report.story.sample import quality_exhibits
from csresearch.report.story.screening import screening_exhibits
from csresearch.report.story.telling import Telling
from csresearch.show.specs import TableSpec
from csresearch.strategy.actions import Strategy
from csresearch.survey.grammar import Dispositions


@pytest.fixture(scope="module")
def strategy() -> Strategy:
    sample = cs.screen(cs.read(cs.load_study(cs.study_folder("mobile"))))
    low = (sample.answers["CUSA1"] <= 5).to_numpy()
    sample = sample.exclude(low).logged(
        step="screen", rule="careless", action="exclude", flagged=int(low.sum()), excluded=int(low.sum()), text="why"
    )
    by = cs.Bootstrap(draws=40)
    results = [cs.Scores().fit(sample, replicates=by), cs.ImportancePerformance().fit(sample, replicates=by)]
    return cs.recommend(results)


@pytest.mark.parametrize(
    ("language", "words"), [("en", "report it with and without"), ("zh", "应同时报告"), ("es", "con y sin ella")]
)
def test_numbers_with_and_without_stand_side_by_side(strategy: Strategy, language: str, words: str) -> None:
    (exhibit,) = screening_exhibits(Telling(strategy=strategy, language=language))
    assert words in exhibit.headline  # without the low answers satisfaction rises by a point
    table = exhibit.chart
    assert isinstance(table, TableSpec)
    first = exhibit.frame.iloc[[0, len(table.rows), 2 * len(table.rows)]]["estimate"].to_numpy()
    assert first[1] - first[0] == pytest.approx(first[2])
    assert first[2] > 0.5
    assert all(cell for row in table.rows for cell in row)
    assert len(table.rows) == len(exhibit.frame) / 3


def test_without_exclusions_there_is_nothing_to_hold_side_by_side(strategy: Strategy) -> None:
    sample = strategy.sample
    log = sample.log.assign(n_excluded=0)
    results = tuple(replace(r, sample=replace(sample, log=log)) for r in strategy.results)
    assert screening_exhibits(Telling(strategy=replace(strategy, results=results), language="en")) == []


def test_the_response_rate_stands_among_the_facts(strategy: Strategy) -> None:
    def fact(told: Telling) -> str:
        table = quality_exhibits(told)[0].chart
        assert isinstance(table, TableSpec)
        return dict(table.rows)["Response"]  # type: ignore[arg-type]

    assert fact(Telling(strategy=strategy, language="en")) == "not known: the study holds no dispositions"
    study = replace(strategy.sample.study, dispositions={"": Dispositions(complete=250, refusal=250)})  # type: ignore[type-var]
    results = tuple(replace(r, sample=replace(strategy.sample, study=study)) for r in strategy.results)
    told = Telling(strategy=replace(strategy, results=results), language="en")
    assert fact(told) == "50.0% (RR1), 50.0% (RR3) of 500 drawn; cooperation 50.0%, contact 100.0% (AAPOR)"
