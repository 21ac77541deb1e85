"""Each rule alone, their order, and worlds in which the right advice was planted."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import csresearch as cs
from csresearch.demo.touchpoints import CONTRASTS, Contrast, penalty_reward_study
from csresearch.models.grid.asymmetry import SHAPES
from csresearch.models.grid.quadrants import QUADRANTS
from csresearch.strategy.actions import EXHIBITS
from csresearch.strategy.facts import rivals_of
from csresearch.strategy.rulebook import BROKEN, ORDER, RULES, Facts, choose

BLANK = {"quadrant": "low_priority", "shape": "", "low": 0.05, "rival": 0, "sure": True, "stated_high": False,
         "costed": False, "promised": False}  # fmt: skip


def facts(*attributes: dict[str, Any]) -> Facts:
    known = [BLANK | a for a in attributes]

    def row(name: str, kind: type) -> Any:
        return np.array([a[name] for a in known], dtype=kind)

    shape = [SHAPES.index(a["shape"]) if a["shape"] else -1 for a in known]
    return Facts(
        quadrant=np.array([[QUADRANTS.index(a["quadrant"]) for a in known]]), shape=np.array([shape]),
        low_share=row("low", float)[None], rival=row("rival", int)[None], sure=row("sure", bool),
        stated_high=row("stated_high", bool), costed=row("costed", bool), promised=row("promised", bool),
    )  # fmt: skip


def rules(*attributes: dict[str, Any]) -> list[str]:
    return [RULES[code].name for code in choose(facts(*attributes))[0]]


@pytest.mark.parametrize(
    ("known", "rule"),
    [
        ({"shape": "must_be", "low": 0.16}, "fix_first"),
        ({"shape": "must_be", "low": BROKEN}, "monitor"),
        ({"shape": "linear", "low": 0.60}, "monitor"),
        ({"shape": "must_be", "low": float("nan")}, "monitor"),
        ({"quadrant": "concentrate", "rival": -1}, "close_gap"),
        ({"quadrant": "keep", "rival": -1, "shape": "linear"}, "close_gap"),
        ({"quadrant": "low_priority", "rival": -1}, "monitor"),
        ({"quadrant": "concentrate"}, "concentrate"),
        ({"quadrant": "concentrate", "rival": 1}, "concentrate"),
        ({"quadrant": "keep", "rival": 1}, "keep_communicate"),
        ({"quadrant": "keep"}, "keep"),
        ({"shape": "delight"}, "invest_delight"),
        ({"quadrant": "concentrate", "rival": -1, "shape": "delight"}, "invest_delight"),
        ({"quadrant": "possible_overkill", "costed": True}, "reallocate"),
        ({"quadrant": "possible_overkill"}, "monitor"),
        ({"quadrant": "possible_overkill", "costed": True, "sure": False}, "monitor"),
        ({"quadrant": "possible_overkill", "costed": True, "stated_high": True}, "monitor"),
        ({"quadrant": "possible_overkill", "costed": True, "shape": "must_be"}, "monitor"),
        ({"promised": True}, "stop_over_promising"),
        ({"quadrant": "keep", "promised": True}, "keep"),
        ({}, "monitor"),
    ],
)
def test_each_rule_alone(known: dict[str, Any], rule: str) -> None:
    assert rules(known) == [rule]


def test_a_delight_waits_while_any_must_is_broken() -> None:
    delight, must = {"shape": "delight", "quadrant": "keep"}, {"shape": "must_be", "quadrant": "keep"}
    assert rules(delight, must | {"low": 0.30}) == ["wait", "fix_first"]
    assert rules(delight, must | {"low": 0.05}) == ["invest_delight", "keep"]


def test_every_rule_has_a_place_and_musts_come_first() -> None:
    assert ORDER[0] == "fix_first"
    assert ORDER[-1] == "monitor"
    assert {rule.name for rule in RULES} <= set(ORDER)


def test_a_draw_with_a_missing_number_has_no_rule() -> None:
    lost = replace(facts({}, {}), quadrant=np.array([[-1, 0]]))
    assert choose(lost).tolist() == [[-1, [r.name for r in RULES].index("concentrate")]]


@pytest.fixture(scope="module")
def planted() -> cs.Sample:
    return cs.Sample.from_frame(penalty_reward_study(seed=3), scale=(1, 10))


MODEL = cs.ImportancePerformance(outcome="overall", attributes=tuple(CONTRASTS))


def test_fixed_right_first_time_stands_first_and_delights_wait(planted: cs.Sample) -> None:
    found = cs.recommend([MODEL.fit(planted, replicates=cs.Bootstrap(draws=200, seed=2))])
    by_rule = {a.term: a.rule for a in found.actions}
    assert found.actions[0].term == "fixed_first_time"
    assert {term for term, rule in by_rule.items() if rule == "fix_first"} >= {
        "fixed_first_time", "honest_price", "parts_available",
    }  # fmt: skip
    assert {by_rule["status_update"], by_rule["pick_up"]} == {"wait"}
    assert "invest_delight" not in by_rule.values()
    first = found.actions[0]
    assert {number.what for number in first.numbers} == {"importance", "performance", "penalty", "low_share"}
    assert first.exhibits == ("grid.importance_performance", "grid.must_be")
    assert first.broken_must
    assert first.same_rule > 0.95
    assert found.stability > 0.5


def test_with_musts_in_order_delights_are_for_investment() -> None:
    names = ("fixed_first_time", "honest_price", "advisor", "status_update", "pick_up")
    mended = {name: replace(CONTRASTS[name], mean=9.4 if CONTRASTS[name].penalty < -0.5 else 7.5) for name in names}
    sample = cs.Sample.from_frame(penalty_reward_study(seed=3, contrasts=mended), scale=(1, 10))
    model = replace(MODEL, attributes=names)
    found = cs.recommend([model.fit(sample, replicates=cs.Bootstrap(draws=200, seed=2))])
    by_rule = {a.term: a.rule for a in found.actions}
    assert {by_rule["status_update"], by_rule["pick_up"]} == {"invest_delight"}
    assert "fix_first" not in by_rule.values()


def test_a_monitored_attribute_says_what_change_could_be_told(planted: cs.Sample) -> None:
    """Two waves of this size: 2.80 standard errors of a difference, by hand 2.80 x 1.414 x the error of the mean."""
    grid = MODEL.fit(planted, replicates=cs.Bootstrap(draws=200, seed=2))
    lounge = next(a for a in cs.recommend([grid]).actions if a.term == "lounge")
    assert lounge.rule == "monitor"
    rows = grid.estimates("grid", statistic="performance").set_index("attribute")
    fields = dict(lounge.change)["change.detectable"]
    assert fields["points"].value == pytest.approx(2.8016 * 2**0.5 * rows.loc["lounge", "std_error"], rel=1e-4)


BRANDS = """
schema = 1
title = "Shop"
[data]
file = "shop.csv"
[scales]
rating = { ends = [1, 10] }
[items]
overall = "Overall"
[facets]
performance = { column = "p_{}", scale = "rating" }
[attributes]
speed = "Speed"
staff = "Staff"
room = "Room"
[roles]
outcome = "overall"
[groups]
brand = { column = "brand", own = "Ours" }
"""


@pytest.fixture(scope="module")
def market(tmp_path_factory: pytest.TempPathFactory) -> cs.Sample:
    """Speed: far below the best rival; staff: far above; room: level."""
    folder, random, n = tmp_path_factory.mktemp("market"), np.random.default_rng(5), 900
    brand = np.array(["Ours", "Theirs", "Third"])[np.arange(n) % 3]
    shift = {
        "speed": {"Ours": -1.0, "Theirs": 1.0, "Third": 0.0},
        "staff": {"Ours": 1.5, "Theirs": 0.2, "Third": 0.2},
        "room": {"Ours": 0.0, "Theirs": 0.0, "Third": 0.0},
    }
    latent = {name: 6.5 + np.array([by[b] for b in brand]) + 1.2 * random.normal(size=n) for name, by in shift.items()}
    overall = 0.5 * latent["speed"] + 0.5 * latent["staff"] + 0.7 * random.normal(size=n)
    frame = pd.DataFrame({f"p_{k}": v for k, v in latent.items()} | {"overall": overall}).round().clip(1, 10)
    frame.assign(brand=brand).to_csv(folder / "shop.csv", index=False)
    (folder / "study.toml").write_text(BRANDS, encoding="utf-8")
    return cs.read(cs.load_study(folder))


def test_gaps_to_the_best_rival_are_tested_by_the_design(market: cs.Sample) -> None:
    bootstrap = cs.Bootstrap(draws=200, seed=4)
    grid = cs.ImportancePerformance().fit(market, replicates=bootstrap)
    scores = cs.Scores(items=("p_speed", "p_staff", "p_room", "overall")).fit(market, replicates=bootstrap, by="brand")
    actions = {a.term: a for a in cs.recommend([grid, scores]).actions}
    assert actions["speed"].rule == "close_gap"
    assert actions["staff"].rule == "keep_communicate"
    assert actions["room"].rule == "monitor"
    difference = next(n for n in actions["speed"].numbers if n.what == "difference")
    points = 100 * (market.answers.groupby(market.answers["brand"])["p_speed"].mean() - 1) / 9
    assert difference.about == ("speed", "Theirs")
    assert difference.estimate == pytest.approx(points["Ours"] - points["Theirs"])
    assert difference.low < difference.estimate < difference.high < 0
    assert actions["speed"].exhibits == ("grid.importance_performance", "scores.rivals")
    assert {n.table for a in actions.values() for n in a.numbers} <= set(EXHIBITS)


def test_without_draws_or_an_own_brand_no_rival_is_told(market: cs.Sample) -> None:
    plain = cs.Scores(items=("p_speed",)).fit(market, replicates=None, by="brand")
    assert rivals_of([plain], ("speed",)) == {}
    frame = cs.Sample.from_frame(market.answers, scale=(1, 10))
    nobody = cs.Scores(items=("p_speed",)).fit(frame, replicates=cs.Bootstrap(draws=50), by="brand")
    assert rivals_of([nobody], ("p_speed",)) == {}


def test_the_joint_uplift_is_no_more_than_the_sum(tmp_path: Path, market: cs.Sample) -> None:
    text = BRANDS + "[plan]\nspeed = { move = 6 }\nstaff = { move = 4 }\n"
    (tmp_path / "study.toml").write_text(text, encoding="utf-8")
    market.answers.to_csv(tmp_path / "shop.csv", index=False)
    sample = cs.read(cs.load_study(tmp_path))
    grid = cs.ImportancePerformance().fit(sample, replicates=cs.Bootstrap(draws=200, seed=4))
    found = cs.recommend([grid])
    effect = grid.estimates("grid", statistic="effect").set_index("attribute")["estimate"]
    assert found.joint is not None
    assert set(found.joint.terms) == {"speed", "staff"}
    assert found.joint.estimate == pytest.approx(6 * effect["speed"] + 4 * effect["staff"])
    assert found.joint.estimate <= found.joint.sum + 1e-9
    ends = [(a.uplift.low, a.uplift.high) for a in found.actions if a.uplift is not None]
    assert found.joint.high - found.joint.low < sum(high - low for low, high in ends)
    assert found.joint.low < found.joint.planning < found.joint.estimate


def test_an_even_world_breaks_no_must() -> None:
    even = {f"a{j}": Contrast(penalty=-0.4, reward=0.4, mean=6.5) for j in range(5)}
    sample = cs.Sample.from_frame(penalty_reward_study(n=900, seed=1, contrasts=even), scale=(1, 10))
    model = cs.ImportancePerformance(outcome="overall", attributes=tuple(even))
    found = cs.recommend([model.fit(sample, replicates=cs.Bootstrap(draws=100))])
    assert not {"fix_first", "wait", "invest_delight"} & {a.rule for a in found.actions}
