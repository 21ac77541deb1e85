"""The index in the documents: over waves with its change taken apart, and the path diagram."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import csresearch as cs
from csresearch import flow
from csresearch.report.exhibit import Exhibit
from csresearch.report.story.storyline import tell
from csresearch.show.specs import Diagram, Lines
from csresearch.show.words import languages

STUDY = """
schema = 1
title = "Shop"
[data]
file = "shop.csv"
missing = "listwise"
[scales]
rating = { ends = [1, 10] }
[constructs]
quality = { en = "Quality", items = ["q1", "q2", "q3"] }
satisfaction = { en = "Satisfaction", items = ["s1", "s2", "s3"] }
[items]
q1 = "One"
q2 = "Two"
q3 = "Three"
s1 = "Four"
s2 = "Five"
s3 = "Six"
[paths]
satisfaction = ["quality"]
[roles]
outcome = "satisfaction"
[groups]
wave = { column = "wave", order = ["2025", "2026"], events = { 2026 = "new counter" } }
"""


def shop(step: float, *, sizes: tuple[int, int] = (300, 300)) -> pd.DataFrame:
    random = np.random.default_rng(3)
    wave = np.repeat(["2025", "2026"], sizes)
    quality = random.normal(size=len(wave)) + step * (wave == "2026")
    satisfaction = 0.7 * quality + 0.6 * random.normal(size=len(wave))
    items = {f"q{k}": 6.5 + quality + 0.6 * random.normal(size=len(wave)) for k in (1, 2, 3)}
    items |= {f"s{k}": 6.5 + satisfaction + 0.6 * random.normal(size=len(wave)) for k in (1, 2, 3)}
    return pd.DataFrame(items).round().clip(1, 10).assign(wave=wave)


def told(folder: Path, frame: pd.DataFrame, language: str = "en") -> tuple[dict[str, Exhibit], flow.Analysis]:
    (folder / "study.toml").write_text(STUDY, encoding="utf-8")
    frame.to_csv(folder / "shop.csv", index=False)
    analysis = flow.analyse(cs.load_study(folder), replicates=cs.Bootstrap(draws=100))
    return {exhibit.id: exhibit for exhibit in tell(analysis.strategy, language=language)}, analysis


@pytest.mark.parametrize(("step", "way"), [(0.5, "up by"), (-0.5, "down by")])
def test_a_change_that_is_told_from_chance_is_said_with_its_parts(step: float, way: str, tmp_path: Path) -> None:
    exhibits, _ = told(tmp_path, shop(step))
    exhibit = exhibits["index.by_wave"]
    assert f"Satisfaction is {way}" in exhibit.headline
    numbers = re.search(
        r"by (\d+\.\d) \[(\d+\.\d), (\d+\.\d)\].*ratings ([+−]\d+\.\d), weights ([+−]?\d+\.\d)", exhibit.headline
    )
    assert numbers is not None
    total, low, high, ratings, weights = (float(part.replace("−", "-")) for part in numbers.groups())
    assert low <= total <= high
    assert ratings + weights == pytest.approx(total if step > 0 else -total, abs=0.11)
    rows = exhibit.frame[exhibit.frame["statistic"] == "total"]
    assert rows["p_value"].item() < 0.05
    assert abs(rows["estimate"].item()) == pytest.approx(total, abs=0.05)


def test_a_change_that_may_be_chance_is_called_so(tmp_path: Path) -> None:
    exhibits, _ = told(tmp_path, shop(0.0))
    assert "cannot be told from chance" in exhibits["index.by_wave"].headline
    assert exhibits["index.by_wave"].frame.query("statistic == 'total'")["p_value"].item() > 0.05


def test_the_picture_holds_the_index_of_each_wave_and_the_event(tmp_path: Path) -> None:
    exhibits, analysis = told(tmp_path, shop(0.5))
    chart = exhibits["index.by_wave"].chart
    assert isinstance(chart, Lines)
    table = analysis.strategy.of(cs.SatisfactionIndex, by="wave").table("index")
    expected = table[table["construct"] == "satisfaction"]
    assert chart.curves[0].values == tuple(expected["estimate"])
    assert chart.curves[0].low == tuple(expected["conf_low"])
    assert (chart.labels, chart.marks) == (("2025", "2026"), ((1.0, "new counter"),))
    assert "scores.by_wave" not in exhibits  # the index tells the same, and what has moved it


def test_a_wave_that_is_too_small_is_named_and_the_scores_stay(tmp_path: Path) -> None:
    exhibits, analysis = told(tmp_path, shop(0.5, sizes=(300, 6)))
    assert "index.by_wave" not in exhibits
    assert any(words.startswith("wave, index: ") and "2026" in words for words in analysis.left_out)


def test_a_wave_of_low_base_is_not_shown(tmp_path: Path) -> None:
    exhibits, _ = told(tmp_path, shop(0.5, sizes=(300, 20)))
    assert "index.by_wave" not in exhibits


def test_the_diagram_shows_the_paths_of_the_study(tmp_path: Path) -> None:
    exhibits, _ = told(tmp_path, shop(0.5))
    exhibit = exhibits["index.diagram"]
    assert isinstance(exhibit.chart, Diagram)
    assert [node.label for node in exhibit.chart.nodes] == ["Quality", "Satisfaction"]
    assert exhibit.chart.edges == ((0, 1),)
    assert "1 of 1 paths have intervals without zero" in exhibit.headline
    assert set(exhibit.frame["statistic"]) == {"index", "r2", "path"}
    assert list(exhibits).index("index.constructs") < list(exhibits).index("index.by_wave")


@pytest.mark.parametrize("language", languages())
def test_every_language_says_it(language: str, tmp_path: Path) -> None:
    exhibits, _ = told(tmp_path, shop(0.5), language)
    for name in ("index.by_wave", "index.diagram"):
        for words in (exhibits[name].headline, exhibits[name].alt, exhibits[name].notes):
            assert words
            assert "{" not in words


def test_pictures_of_a_result_by_categories(tmp_path: Path) -> None:
    _, analysis = told(tmp_path, shop(0.5))
    waves = analysis.strategy.of(cs.SatisfactionIndex, by="wave")
    lines = waves.picture("index")
    assert [curve.name for curve in lines.curves] == ["Quality", "Satisfaction"]
    assert len(waves.picture("paths").labels) == 2
    assert len(waves.picture("weights").labels) == 12
    sample = cs.Sample.from_frame(shop(0.5).assign(town=np.arange(600) % 3), scale=(1, 10))
    model = cs.SatisfactionIndex(
        constructs={"quality": ("q1", "q2", "q3"), "satisfaction": ("s1", "s2", "s3")},
        paths={"satisfaction": ("quality",)},
    )
    towns = model.fit(sample, replicates=None, by="town").picture("index")
    assert len(towns.labels) == 3
    assert towns.axis_title.startswith("satisfaction: ")
    assert list(towns.values) == sorted(towns.values, reverse=True)
