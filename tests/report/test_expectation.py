"""The chapter on expectations: what a study can fill, in sentences with number and interval, in three languages."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from csresearch.inference.replicates import Bootstrap
from csresearch.models.disconfirmation import Disconfirmation
from csresearch.report.exhibit import Exhibit
from csresearch.report.story.expectation import expectation_exhibits
from csresearch.report.story.telling import Telling
from csresearch.show.specs import Bars, Lines, Surface
from csresearch.show.words import languages, text
from csresearch.strategy.actions import Strategy
from csresearch.survey.reading import read
from csresearch.survey.study_file.loading import load_study

STUDY = """
schema = 1
title = { en = "Shops", zh = "商店", es = "Tiendas" }
languages = ["en", "zh", "es"]
data = { file = "shops.csv" }
scales = { rating = { ends = [1, 10] } }
[items]
overall = { en = "Satisfaction", zh = "满意度", es = "Satisfacción" }
better = { en = "Better or worse than expected", zh = "与期望相比", es = "Frente a lo esperado" }
[attributes]
speed = { en = "Speed", zh = "速度", es = "Rapidez", system = "service" }
care = { en = "Care", zh = "关怀", es = "Atención", system = "service" }
price = { en = "Price", zh = "价格", es = "Precio", system = "product" }
[facets]
performance = { column = "p_{}" }
expectation = { column = "e_{}", asked = "after" }
desired = { column = "d_{}" }
adequate = { column = "a_{}" }
[roles]
outcome = "overall"
disconfirmation = "better"
"""


def answers(*, met: float = 0.0, slope: float = 1.0) -> pd.DataFrame:
    random = np.random.default_rng(1)
    columns = {}
    for letter, level in (("p", 6.5), ("e", 7.0 - met), ("d", 8.5), ("a", 5.5)):
        scores = level + 1.3 * random.normal(size=(400, 3))
        columns |= {f"{letter}_{name}": scores[:, j] for j, name in enumerate(("speed", "care", "price"))}
    frame = pd.DataFrame(columns)
    got, expected = (frame.filter(regex=f"^{letter}_").mean(axis=1) for letter in "pe")
    frame["better"] = 5.5 + got - expected + random.normal(size=400)
    frame["overall"] = 7 + slope * (got - 6.5) + random.normal(size=400)
    return frame.round().clip(1, 10)


def told(folder: Path, frame: pd.DataFrame, *, study: str = STUDY, language: str = "en") -> dict[str, Exhibit]:
    frame.to_csv(folder / "shops.csv", index=False)
    (folder / "study.toml").write_text(study, encoding="utf-8")
    result = Disconfirmation().fit(read(load_study(folder)), replicates=Bootstrap(draws=100))
    telling = Telling(strategy=Strategy(actions=(), results=(result,)), language=language)
    return {exhibit.id: exhibit for exhibit in expectation_exhibits(telling)}


def test_every_chapter_that_was_asked_is_told(tmp_path: Path) -> None:
    found = told(tmp_path, answers())
    assert list(found) == [f"expectation.{name}" for name in ("surface", "direct", "gaps", "tolerance")]
    for exhibit in found.values():
        assert exhibit.headline
        assert exhibit.base.startswith(("n = 400", "n = 39"))  # a zone needs its edges in order
        assert exhibit.alt
        assert exhibit.source
        assert {"estimate", "conf_low", "conf_high"} <= set(exhibit.frame)
    surface = found["expectation.surface"]
    assert isinstance(surface.chart, Surface)
    assert isinstance(surface.chart.profile, Lines)
    assert surface.flags == (text("expectation.check_asked_after"),)
    assert surface.headline.startswith("A point of Performance goes with 0.9")
    assert "makes no difference that can be told from chance" in surface.headline
    assert found["expectation.gaps"].headline.startswith(("Speed falls", "Care falls", "Price falls"))
    assert found["expectation.direct"].wording == "Better or worse than expected"
    assert isinstance(found["expectation.tolerance"].chart, Bars)


def test_a_slide_shows_the_two_lines_only_where_people_answered(tmp_path: Path) -> None:
    surface = told(tmp_path, answers())["expectation.surface"]
    shown = surface.frame[surface.frame["statistic"] == "predicted"]
    assert 2 < len(shown) < 20
    assert isinstance(surface.chart, Surface)
    profile = surface.chart.profile
    assert profile is not None
    assert sorted(set(shown["y"])) == list(profile.x)
    drawn = [value for curve in profile.curves for value in curve.values if np.isfinite(value)]
    assert sorted(drawn) == sorted(shown["estimate"])


def test_what_chance_may_explain_is_not_claimed(tmp_path: Path) -> None:
    found = told(tmp_path, answers(met=1.2, slope=0.0))
    assert found["expectation.surface"].headline.startswith(
        "Neither Performance nor Expectation goes with Satisfaction"
    )
    assert found["expectation.gaps"].headline.startswith("No attribute falls short of what was expected")


def test_a_study_with_roles_alone_tells_the_surface(tmp_path: Path) -> None:
    few = (
        STUDY[: STUDY.index("[attributes]")].replace("[items]", '[items]\np_care = "Got"\ne_care = "Expected"')
        + '[roles]\noutcome = "overall"\nperformance = "p_care"\nexpectation = { term = "e_care", asked = "before" }\n'
    )
    found = told(tmp_path, answers()[["p_care", "e_care", "overall", "better"]], study=few)
    assert list(found) == ["expectation.surface"]
    assert found["expectation.surface"].flags == ()


@pytest.mark.parametrize("language", languages())
def test_the_chapter_speaks_each_language_and_claims_no_cause(tmp_path: Path, language: str) -> None:
    found = told(tmp_path, answers(), language=language)
    causal = text("causal.words", language).replace("，", ",").replace("、", ",").split(",")
    for exhibit in found.values():
        for words in (exhibit.headline, exhibit.alt, exhibit.wording, *exhibit.flags):
            assert "{" not in words
            assert [cause for cause in map(str.strip, causal) if cause and cause in words.lower()] == []
    speed = {"en": "Speed", "zh": "速度", "es": "Rapidez"}[language]
    chart = found["expectation.gaps"].chart
    assert isinstance(chart, Bars)
    assert speed in chart.labels
