"""Chapters of the story: they say what was tested, on its base, and nothing where the study is silent."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import csresearch as cs
from csresearch import flow
from csresearch.models.averages import averaged
from csresearch.report.exhibit import Exhibit
from csresearch.report.story.sample import detectable
from csresearch.report.story.storyline import tell
from csresearch.show.specs import Bars, TableSpec

STUDY = """
schema = 1
title = "Shop"
population = "customers of four shops"
[data]
file = "shop.csv"
missing = "listwise"
[scales]
rating = { ends = [1, 10] }
[items]
overall = "Overall satisfaction"
[facets]
performance = { column = "p_{}" }
[attributes]
speed = { en = "Speed", system = "service" }
staff = { en = "Staff", system = "service" }
range = { en = "Range", system = "product" }
[elements]
people = ["service"]
whole = ["service", "product"]
[roles]
outcome = "overall"
[groups]
brand = { column = "brand", own = "ours" }
segments = ["town"]
[plan]
overall = { target = 70, by = "2030" }
speed = { owner = "shop floor", move = 5, cost = 1000 }
"""


def shop(*, n: int = 1200) -> pd.DataFrame:
    """One rival lies far below and one beside us; one town lies above the others, and one is tiny."""
    random = np.random.default_rng(3)
    brand = random.choice(["ours", "level", "below"], n)
    town = np.where(np.arange(n) < 20, "hamlet", random.choice(["north", "south", "east"], n))
    town = np.where((np.arange(n) >= 20) & (np.arange(n) < 75), "village", town)
    base = 6 + 0.9 * random.normal(size=n) - 1.5 * (brand == "below") + 1.2 * (town == "north")
    frame = pd.DataFrame({f"p_{name}": base + random.normal(size=n) for name in ("speed", "staff", "range")})
    frame["p_speed"] -= 1.0
    frame["overall"] = 0.5 * frame["p_speed"] + 0.4 * frame["p_staff"] + 0.1 * base + random.normal(size=n)
    return frame.round().clip(1, 10).assign(brand=brand, town=town)


def told(folder: Path, frame: pd.DataFrame, study: str = STUDY) -> dict[str, Exhibit]:
    (folder / "study.toml").write_text(study, encoding="utf-8")
    frame.to_csv(folder / "shop.csv", index=False)
    analysis = flow.analyse(cs.load_study(folder), replicates=cs.Bootstrap(draws=100))
    return {exhibit.id: exhibit for exhibit in tell(analysis.strategy)}


@pytest.fixture(scope="module")
def exhibits(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Exhibit]:
    return told(tmp_path_factory.mktemp("shop"), shop())


def table_of(exhibit: Exhibit) -> TableSpec:
    assert isinstance(exhibit.chart, TableSpec)
    return exhibit.chart


def test_a_rival_is_marked_where_the_difference_was_tested(exhibits: dict[str, Exhibit]) -> None:
    exhibit = exhibits["scores.rivals"]
    table = table_of(exhibit)
    below, level = (next(k for k, title in enumerate(table.titles) if rival in title) for rival in ("below", "level"))
    assert all(row[below].startswith("+") and row[below].endswith("▲") for row in table.rows)
    assert not any("▲" in row[level] or "▼" in row[level] for row in table.rows)
    assert "Ours: ahead of below on" in exhibit.headline
    assert "level" not in exhibit.headline


def test_differences_are_ours_less_theirs(exhibits: dict[str, Exhibit]) -> None:
    table, frame = table_of(exhibits["scores.rivals"]), shop()
    points = frame.groupby("brand")["overall"].mean().sub(1).mul(100 / 9)
    column = next(k for k, title in enumerate(table.titles) if "below" in title)
    number, low, high, mark = re.findall(r"[+−][0-9.]+|[▲▼]", table.rows[0][column])
    assert (number, mark) == (f"+{points['ours'] - points['below']:.1f}", "▲")
    assert 0 < float(low) < float(number) < float(high)


def test_without_an_own_brand_nobody_is_a_rival(tmp_path: Path) -> None:
    silent = STUDY.replace(', own = "ours"', "")
    assert "scores.rivals" not in told(tmp_path, shop(n=600), silent)


def test_letters_name_who_lies_lower_and_small_segments_are_left_out(exhibits: dict[str, Exhibit]) -> None:
    exhibit = exhibits["segments.table"]
    rows = {row[0]: row for row in table_of(exhibit).rows}
    letters = {name: name[-2] for name in rows}
    north = next(name for name in rows if "north" in name)
    lower = {letters[name] for name in rows if "south" in name or "east" in name}
    assert lower <= set(rows[north][2].split()[1])
    assert all(len(rows[name][2].split()) == 1 for name in rows if "south" in name or "east" in name)
    assert not any("hamlet" in name for name in rows)
    assert any("Not shown" in flag and "hamlet" in flag for flag in exhibit.flags)
    assert any("Fewer than 75" in flag and "village" in flag for flag in exhibit.flags)
    assert exhibit.headline.startswith("North rates")


def test_without_differences_no_letter_is_written(tmp_path: Path) -> None:
    frame = shop(n=600)
    frame["town"] = np.random.default_rng(1).choice(["north", "south"], len(frame))
    exhibit = told(tmp_path, frame)["segments.table"]
    assert exhibit.headline == "No difference between segments can be told from chance"
    assert all(" " not in cell for row in table_of(exhibit).rows for cell in row[2:])


def test_an_element_is_the_mean_of_its_systems_over_the_same_draws(exhibits: dict[str, Exhibit]) -> None:
    exhibit, frame = exhibits["elements.scores"], shop()
    points = frame[["p_speed", "p_staff", "p_range"]].mean().sub(1).mul(100 / 9)
    service = points[["p_speed", "p_staff"]].mean()
    chart = exhibit.chart
    assert isinstance(chart, Bars)
    assert chart.labels == ("Element: people", "Element: whole", "service", "product")
    expected = (service, (service + points["p_range"]) / 2, service, points["p_range"])
    assert chart.values == pytest.approx(expected)
    assert "whole: service, product" in exhibit.notes
    assert "whole" not in exhibit.base


def test_an_average_of_draws_is_the_draws_of_the_average() -> None:
    sample = cs.Sample.from_frame(shop()[["p_speed", "p_staff"]], scale=(1, 10))
    scores = cs.Scores().fit(sample, replicates=cs.Bootstrap(draws=200))
    rows = list(scores.estimates("scores", statistic="points").index)
    mean = averaged(scores, "scores", {"both": dict.fromkeys(rows, 0.5)}).iloc[0]
    one = sample.from_frame(shop()[["p_speed", "p_staff"]].mean(axis=1).to_frame("both"), scale=(1, 10))
    direct = cs.Scores().fit(one, replicates=cs.Bootstrap(draws=200)).estimates("scores", statistic="points").iloc[0]
    for name in ("estimate", "std_error", "conf_low", "conf_high"):
        assert mean[name] == pytest.approx(direct[name], rel=1e-9), name


def test_elements_that_nobody_rates_are_left_out(tmp_path: Path) -> None:
    lines = [line for line in STUDY.splitlines() if not line.startswith(("[elements]", "people", "whole"))]
    assert "elements.scores" not in told(tmp_path, shop(n=600), "\n".join(lines))


def test_the_roadmap_names_owners_dates_and_what_a_next_wave_can_tell(exhibits: dict[str, Exhibit]) -> None:
    exhibit = exhibits["plan.roadmap"]
    row = next(row for row in table_of(exhibit).rows if "Speed" in row[0])
    assert row[1:5] == ("shop floor", "measured again 2030", "1,000", "+5.0")
    assert "70.0 by 2030" in exhibit.headline
    assert any("next wave" in flag for flag in exhibit.flags)


def test_a_target_smaller_than_what_can_be_told_is_flagged(tmp_path: Path) -> None:
    frame = shop(n=600)
    now = 100 * (frame["overall"].mean() - 1) / 9
    study = STUDY.replace("target = 70", f"target = {now + 0.5:.1f}")
    exhibit = told(tmp_path, frame, study)["plan.roadmap"]
    assert any("may go unseen" in flag for flag in exhibit.flags)


def test_without_a_plan_there_is_no_roadmap(tmp_path: Path) -> None:
    study = STUDY[: STUDY.index("[plan]")]
    assert "plan.roadmap" not in told(tmp_path, shop(n=600), study)


def test_quality_says_population_base_and_weights(exhibits: dict[str, Exhibit]) -> None:
    facts = dict(table_of(exhibits["sample.quality"]).rows)
    assert facts["Population"] == "customers of four shops"
    assert facts["Interviews"] == "1,200 of 1,200 count after screening"
    assert facts["Weights"] == "All equal"
    assert "Design" not in facts
    assert exhibits["sample.quality"].wording == "Overall satisfaction (1 to 10)"


def test_the_smallest_change_is_that_of_two_waves_at_eighty_percent() -> None:
    """Simulated: two waves of standard error 1, a true change of `detectable(1)`, tested at 5 %."""
    random = np.random.default_rng(8)
    change = detectable(1.0) + random.normal(size=200_000) * 2**0.5
    assert np.mean(change / 2**0.5 > 1.959964) == pytest.approx(0.80, abs=0.005)


def test_every_action_has_its_grade_and_reasons(exhibits: dict[str, Exhibit]) -> None:
    rows = table_of(exhibits["evidence"]).rows
    assert len(rows) == 3
    assert all(row[1].startswith("evidence ") and row[2] for row in rows)
    assert {"Speed", "Staff", "Range"} == {row[0].split(": ")[1] for row in rows}
