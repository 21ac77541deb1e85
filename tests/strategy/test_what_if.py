"""What if: moves in points and in top-box shares, what is refused, and the contract of the answer."""

from __future__ import annotations

from dataclasses import FrozenInstanceError

import numpy as np
import pandas as pd
import pytest

import csresearch as cs
from csresearch.inference.replicates import Bootstrap
from csresearch.strategy.boxes import answers_of, box_points
from csresearch.strategy.levers import Levers


def numbers(found: cs.Result) -> dict[str, float]:
    return {str(k): float(v) for k, v in found.table("outcome").set_index("statistic")["estimate"].items()}


def test_moves_in_points_by_hand(grid: cs.Result) -> None:
    found = cs.what_if(grid, moves={"speed": 5, "staff": -2})
    effect = grid.estimates("grid", statistic="effect").set_index("attribute")["estimate"]
    outcome = numbers(found)
    change = 5 * effect["speed"] - 2 * effect["staff"]
    assert outcome["change"] == pytest.approx(change)
    assert outcome["after"] - outcome["before"] == pytest.approx(change)
    assert outcome["before"] == pytest.approx(grid.table("outcome")["estimate"].iloc[0])
    assert outcome["planning"] == pytest.approx(np.quantile(found.draws("outcome")[:, 2], 0.2))
    assert outcome["apart"] == pytest.approx(change)
    assert outcome["overlap"] == pytest.approx(0, abs=1e-12)


def test_a_move_is_cut_at_the_ceiling_and_says_so(grid: cs.Result) -> None:
    found = cs.what_if(grid, moves={"staff": 90, "speed": 1})
    rows = found.table("moves").set_index(["attribute", "statistic"])
    performance = grid.estimates("grid", statistic="performance").set_index("attribute")["estimate"]
    assert rows.loc[("staff", "applied"), "estimate"] == pytest.approx(100 - performance["staff"])
    assert "ceiling" in rows.loc[("staff", "applied"), "reason"]
    assert rows.loc[("speed", "applied"), "reason"] == "a decision, not an estimate"
    checks = found.checks().set_index("check")
    assert not checks.loc["moves_cut", "passed"]
    assert "staff" in checks.loc["moves_cut", "text"]
    floor = cs.what_if(grid, moves={"staff": -200}).table("moves").set_index("statistic")
    assert floor.loc["applied", "estimate"] == pytest.approx(-performance["staff"])
    assert "floor" in floor.loc["applied", "reason"]


def test_the_answer_keeps_the_contract(grid: cs.Result) -> None:
    found = cs.what_if([grid], moves={"speed": 5}, level=0.9)
    assert found.tables == ("outcome", "moves")
    assert found.replicates_id == grid.replicates_id
    assert found.level == 0.9
    assert "WhatIf(moves={'speed': 5}, unit='points', through='drivers')" in repr(found.model)
    for name in found.tables:
        assert found.draws(name).shape == (200, len(found.table(name)))
    row = found.table("outcome").set_index("statistic").loc["change"]
    assert row["conf_low"] < row["estimate"] < row["conf_high"]
    wider = cs.what_if([grid], moves={"speed": 5}).table("outcome").set_index("statistic").loc["change"]
    assert wider["conf_low"] < row["conf_low"]
    assert "if the association holds" in found.methods()
    assert "failed" not in found.methods()
    assert found.picture("moves").labels == ("speed", "All moves together")
    assert "All moves together" in [t.get_text() for t in found.plot().get_yticklabels()]
    assert found._repr_html_().startswith("<table>")
    with pytest.raises(FrozenInstanceError):
        found.n_obs = 3  # type: ignore[misc]


def test_zero_moves_change_nothing(grid: cs.Result) -> None:
    outcome = numbers(cs.what_if(grid, moves={"speed": 0, "staff": 0}))
    assert outcome["change"] == outcome["planning"] == outcome["overlap"] == 0


def test_a_strategy_and_its_results_give_the_same(grid: cs.Result) -> None:
    one, other = (cs.what_if(part, moves={"speed": 5}) for part in (grid, cs.recommend([grid])))
    pd.testing.assert_frame_equal(one.table("outcome"), other.table("outcome"))


@pytest.mark.parametrize(
    ("moves", "message"),
    [
        ({}, "name at least one lever"),
        ({"sped": 5}, "'sped' is no lever here; the nearest: speed; levers are speed, staff, decor, parking"),
        ({"speed": float("nan")}, "finite number"),
        ({"speed": float("inf")}, "finite number"),
        ({"speed": "5"}, "finite number"),
        ({"speed": True}, "finite number"),
    ],
)
def test_bad_moves_are_refused(grid: cs.Result, moves: dict[str, float], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        cs.what_if(grid, moves=moves)


def test_bad_options_are_refused(grid: cs.Result) -> None:
    for options, message in (
        ({"unit": "share"}, "allowed are points, top_box"), ({"level": 1.0}, "between 0.5 and 1"),
        ({"through": "magic"}, "allowed are drivers, index"),
    ):  # fmt: skip
        with pytest.raises(ValueError, match=message):
            cs.what_if(grid, moves={"speed": 5}, **options)
    with pytest.raises(ValueError, match="needs results"):
        cs.what_if([], moves={"speed": 5})


def test_answers_just_below_the_box_enter_first() -> None:
    shares = np.array([[0.1, 0.2, 0.3, 0.2, 0.2]])  # codes 1 to 5, the box is 4-5, a code is 25 points
    assert box_points(shares, 0.1)[0] == pytest.approx(0.1 * 25)
    assert box_points(shares, 0.4)[0] == pytest.approx(0.3 * 25 + 0.1 * 50)
    assert box_points(shares, 0.6)[0] == pytest.approx(0.3 * 25 + 0.2 * 50 + 0.1 * 75)
    assert box_points(shares, 0.9)[0] == pytest.approx(box_points(shares, 0.6)[0])  # nobody is left outside
    assert box_points(shares, -0.3)[0] == pytest.approx(-(0.2 * 25 + 0.1 * 50))
    assert box_points(shares, 0.0)[0] == 0


def test_answers_are_weighted_and_drawn_as_scores_are(shop: pd.DataFrame) -> None:
    frame = shop.assign(w=np.linspace(0.5, 2, len(shop)))
    sample, boot = cs.Sample.from_frame(frame, scale=(1, 10), weights="w"), Bootstrap(draws=60, seed=5)
    answers = answers_of(sample, "speed", replicates=boot)
    scores = cs.Scores(items=("speed",)).fit(sample, replicates=boot)
    table = scores.table("scores").set_index("statistic")
    assert answers.point[-2:].sum() == pytest.approx(table.loc["top_box", "estimate"])
    place = list(table.index).index("top_box")
    np.testing.assert_allclose(answers.draws[:, -2:].sum(axis=1), scores.draws("scores")[:, place])
    assert answers_of(sample, "speed", replicates=boot) is answers


def test_moves_of_the_top_box(grid: cs.Result) -> None:
    found = cs.what_if(grid, moves={"speed": 2}, unit="top_box")
    answers = answers_of(grid.sample, "speed", replicates=grid.precision.replicates)
    assert answers.point[7] > 0.02  # more answer 8 than are to enter: each gains one code of nine
    rows = found.table("moves").set_index(["statistic", "unit"])["estimate"]
    assert rows["asked", "share"] == rows["applied", "share"] == pytest.approx(0.02)
    assert rows["applied", "points"] == pytest.approx(2 / 9)
    effect = Levers.of([grid]).per_point("speed")
    assert numbers(found)["change"] == pytest.approx(effect.estimate * 2 / 9)
    assert "shortest way" in found.methods()


def test_the_top_box_cannot_hold_more_than_everybody(grid: cs.Result) -> None:
    rows = cs.what_if(grid, moves={"speed": 100}, unit="top_box").table("moves").set_index(["statistic", "unit"])
    box = answers_of(grid.sample, "speed", replicates=grid.precision.replicates).point[-2:].sum()
    assert rows.loc[("applied", "share"), "estimate"] == pytest.approx(1 - box)
    assert "ceiling" in rows.loc[("applied", "share"), "reason"]


def test_a_construct_has_no_top_box(shop: pd.DataFrame) -> None:
    sample = cs.Sample.from_frame(shop, scale=(1, 10), constructs={"service": ("speed", "staff")})
    model = cs.ImportancePerformance(outcome="overall", attributes=("service", "decor"))
    found = model.fit(sample, replicates=Bootstrap(draws=60))
    with pytest.raises(ValueError, match="'service' is a mean of 2 items and has no top box; move it in points"):
        cs.what_if(found, moves={"service": 5}, unit="top_box")
    assert numbers(cs.what_if(found, moves={"service": 5}))["change"] > 0


def test_the_way_is_the_one_that_knows_all_levers(shop: pd.DataFrame) -> None:
    sample, boot = cs.Sample.from_frame(shop, scale=(1, 10)), Bootstrap(draws=60)
    grid = cs.ImportancePerformance(outcome="overall", attributes=("speed", "decor", "parking")).fit(
        sample, replicates=boot
    )
    index = cs.SatisfactionIndex(
        constructs={"speed": ("speed",), "staff": ("staff",), "overall": ("overall",)},
        paths={"overall": ("speed", "staff"), "staff": ("speed",)},
        target="overall",
    ).fit(sample, replicates=boot)
    assert cs.what_if([grid, index], moves={"speed": 5}).model.through == "index"
    assert cs.what_if([grid, index], moves={"decor": 5}).model.through == "drivers"
    assert cs.what_if([grid, index], moves={"speed": 5}, through="drivers").model.through == "drivers"
    with pytest.raises(ValueError, match="one way at a time: drivers: speed, decor, parking; index: speed, staff"):
        cs.what_if([grid, index], moves={"decor": 5, "staff": 5})
    other = cs.SatisfactionIndex(
        constructs={"speed": ("speed",), "overall": ("overall",)}, paths={"overall": ("speed",)}
    ).fit(sample, replicates=Bootstrap(draws=60, seed=9))
    with pytest.raises(ValueError, match="different replicates"):
        cs.what_if([grid, other], moves={"speed": 5})
