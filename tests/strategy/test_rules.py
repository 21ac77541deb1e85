"""Rules: the right action for a known world, with the numbers it rests on."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import csresearch as cs
from csresearch.strategy.rules import ORDER


def test_each_quadrant_gives_its_rule(grid: cs.Result) -> None:
    actions = {action.term: action.rule for action in cs.recommend([grid]).actions}
    assert actions == {"speed": "concentrate", "staff": "keep", "decor": "monitor", "parking": "monitor"}


def test_actions_come_in_the_order_of_the_rules(grid: cs.Result) -> None:
    places = [ORDER.index(action.rule) for action in cs.recommend([grid]).actions]
    assert places == sorted(places)


def test_numbers_and_support_are_those_of_the_grid(grid: cs.Result) -> None:
    action = cs.recommend([grid]).actions[0]
    effect = grid.estimates("grid", statistic="effect").set_index("attribute").loc["speed"]
    assert action.per_point is not None
    assert action.per_point.estimate == pytest.approx(effect["estimate"])
    assert action.per_point.low == pytest.approx(effect["conf_low"])
    assert action.support == 1.0
    assert {number.what for number in action.numbers} == {"importance", "performance"}


def test_no_feasible_move_no_uplift(grid: cs.Result) -> None:
    assert all(action.uplift is None for action in cs.recommend([grid]).actions)


def test_support_of_the_first_three_sums_to_three(grid: cs.Result) -> None:
    assert sum(a.support for a in cs.recommend([grid]).actions) == pytest.approx(3.0)


def test_a_grid_without_draws_is_refused(shop: pd.DataFrame) -> None:
    model = cs.ImportancePerformance(outcome="overall", attributes=("speed", "staff"))
    bare = model.fit(cs.Sample.from_frame(shop, scale=(1, 10)), replicates=None)
    with pytest.raises(ValueError, match="needs bootstrap draws"):
        cs.recommend([bare])


def test_results_of_other_draws_are_refused(grid: cs.Result, shop: pd.DataFrame) -> None:
    sample = cs.Sample.from_frame(shop, scale=(1, 10))
    other = cs.Drivers(outcome="overall", predictors=("speed", "staff"))
    drivers = other.fit(sample, replicates=cs.Bootstrap(draws=200, seed=4))
    with pytest.raises(ValueError, match="different replicates"):
        cs.recommend([grid, drivers])


def test_what_would_change_the_advice_names_the_other_quadrant() -> None:
    """One far-off attribute moves the mean but not the median, so the lines disagree about another."""
    random = np.random.default_rng(2)
    n = 800
    means = {"a": 9.0, "b": 6.2, "c": 6.0, "d": 5.8}
    latent = {name: mean + random.normal(size=n) for name, mean in means.items()}
    frame = pd.DataFrame(latent)
    frame["overall"] = frame.mean(axis=1) + 0.3 * random.normal(size=n)
    model = cs.ImportancePerformance(outcome="overall", attributes=tuple(means))
    found = model.fit(cs.Sample.from_frame(frame, scale=(1, 13)), replicates=cs.Bootstrap(draws=100))
    changes = {action.term: [key for key, _ in action.change] for action in cs.recommend([found]).actions}
    assert "change.median" in changes["b"]


def test_alike_constructs_make_one_action_with_every_pair() -> None:
    random = np.random.default_rng(5)
    common = random.normal(size=(300, 1))
    items = 6 + common + 0.5 * random.normal(size=(300, 6))
    frame = pd.DataFrame(items, columns=["a1", "a2", "b1", "b2", "c1", "c2"]).round().clip(1, 10)
    constructs = {"a": ("a1", "a2"), "b": ("b1", "b2"), "c": ("c1", "c2")}
    sample = cs.Sample.from_frame(frame, scale=(1, 10), constructs=constructs)
    index = cs.SatisfactionIndex(paths={"c": ("a", "b")}).fit(sample, replicates=cs.Bootstrap(draws=60))
    grid = cs.ImportancePerformance(outcome="c", attributes=("a", "b")).fit(sample, replicates=cs.Bootstrap(draws=60))
    measures = [action for action in cs.recommend([index, grid]).actions if action.rule == "fix_measure"]
    assert len(measures) == 1
    assert {number.about for number in measures[0].numbers} == {("a", "b"), ("a", "c"), ("b", "c")}
