"""Feasible moves: the plan first, then the own outlets, then the best rival, else none."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import csresearch as cs
from csresearch.strategy.moves import feasible_moves, shrunk

STUDY = """
schema = 1
title = "Shop"
[data]
file = "shop.csv"
[scales]
rating = {{ ends = [1, 10] }}
[items]
overall = "Overall"
[facets]
performance = {{ column = "p_{{}}", scale = "rating" }}
[attributes]
speed = "Speed"
staff = "Staff"
[roles]
outcome = "overall"
[groups]
brand = {{ column = "brand", own = "Ours" }}
outlet = {{ column = "outlet" }}
[design]
outlet = "outlet"
outlets = "all"
{plan}
"""


@pytest.fixture
def rows() -> pd.DataFrame:
    """Six own outlets whose speed rises from 4 to 9, and a rival with staff at 9."""
    random = np.random.default_rng(1)
    parts = []
    for place in range(6):
        parts.append(
            pd.DataFrame({"p_speed": 4 + place, "p_staff": 6, "brand": "Ours", "outlet": f"o{place}"}, index=range(20))
        )
    parts.append(pd.DataFrame({"p_speed": 5, "p_staff": 9, "brand": "Theirs", "outlet": "t"}, index=range(40)))
    frame = pd.concat(parts, ignore_index=True)
    frame["p_speed"] += random.integers(0, 2, len(frame))
    frame["overall"] = frame["p_speed"]
    return frame


def moves_of(folder: Path, rows: pd.DataFrame, plan: str, *, by: tuple[str, ...]) -> dict[str, object]:
    (folder / "study.toml").write_text(STUDY.format(plan=plan), encoding="utf-8")
    rows.to_csv(folder / "shop.csv", index=False)
    sample = cs.read(cs.load_study(folder))
    items = ("p_speed", "p_staff")
    own = sample.where({"brand": "Ours"})
    scores = [cs.Scores(items=items).fit(own if b == "outlet" else sample, replicates=None, by=b) for b in by]
    return feasible_moves(sample, ("speed", "staff"), np.array([60.0, 60.0]), scores)  # type: ignore[return-value]


def test_a_planned_move_comes_first(tmp_path: Path, rows: pd.DataFrame) -> None:
    move = moves_of(tmp_path, rows, "[plan]\nspeed = { move = 5 }", by=("outlet", "brand"))["speed"]
    assert (move.basis, move.points) == ("plan_move", 5)


def test_a_planned_target_is_a_distance(tmp_path: Path, rows: pd.DataFrame) -> None:
    move = moves_of(tmp_path, rows, "[plan]\nspeed = { target = 72 }", by=())["speed"]
    assert (move.basis, move.points, move.goal) == ("plan_target", 12.0, 72.0)


def test_the_best_quarter_of_the_own_outlets(tmp_path: Path, rows: pd.DataFrame) -> None:
    own = rows[rows["brand"] == "Ours"]
    outlets = 100 * (own.groupby("outlet")["p_speed"].agg(["mean", "var", "size"]) - [1, 0, 0]) / [9, 1, 100]
    within = float(own.groupby("outlet")["p_speed"].var().mean()) * (100 / 9) ** 2
    drawn = shrunk(outlets["mean"].to_numpy(), np.full(6, within / 20))
    move = moves_of(tmp_path, rows, "", by=("outlet",))["speed"]
    assert move.basis == "own_outlets"
    assert move.goal == pytest.approx(np.quantile(drawn, 0.75))
    assert move.goal < np.quantile(outlets["mean"], 0.75)
    assert move.points == pytest.approx(np.quantile(drawn, 0.75) - 60)


def test_the_nearer_of_two_examples(tmp_path: Path, rows: pd.DataFrame) -> None:
    """The rival stands under the own best quarter in speed: there is nothing to catch up with."""
    move = moves_of(tmp_path, rows, "", by=("outlet", "brand"))["speed"]
    assert (move.basis, move.points) == ("best_rival", 0)


def test_outlets_that_differ_by_chance_alone_set_no_example(tmp_path: Path, rows: pd.DataFrame) -> None:
    random = np.random.default_rng(3)
    rows["p_speed"] = random.integers(1, 11, len(rows))
    sample_mean = 100 * (rows.loc[rows["brand"] == "Ours", "p_speed"].mean() - 1) / 9
    move = moves_of(tmp_path, rows, "", by=("outlet",))["speed"]
    assert move.goal == pytest.approx(max(sample_mean, 60), abs=4)


def test_under_four_outlets_there_is_no_best_quarter(tmp_path: Path, rows: pd.DataFrame) -> None:
    few = rows[rows["outlet"].isin(("o0", "o1", "o2", "t"))]
    assert moves_of(tmp_path, few, "", by=("outlet",)) == {}


def test_means_are_drawn_together_by_their_noise() -> None:
    means = np.array([50.0, 60.0, 70.0, 80.0])
    assert shrunk(means, np.zeros(4)).tolist() == means.tolist()
    assert shrunk(means, np.full(4, 1e6)).tolist() == pytest.approx([65.0] * 4)
    uneven = shrunk(means, np.array([1.0, 1.0, 1.0, 100.0]))
    assert means[3] - uneven[3] > abs(means[0] - uneven[0])


def test_the_best_quarter_of_means_drawn_together_does_not_promise_too_much() -> None:
    """Raw means put the best quarter too high (regression to the mean); drawn together they are rather too careful."""
    random = np.random.default_rng(7)
    raw, drawn = [], []
    for _ in range(200):
        true = 70 + 3 * random.normal(size=40)
        seen = true + 4 * random.normal(size=40)
        goal = np.quantile(true, 0.75)
        raw.append(np.quantile(seen, 0.75) - goal)
        drawn.append(np.quantile(shrunk(seen, np.full(40, 16.0)), 0.75) - goal)
    assert np.mean(raw) > 1.0
    assert -1.2 < np.mean(drawn) < 0


def test_the_best_rival_where_outlets_are_not_known(tmp_path: Path, rows: pd.DataFrame) -> None:
    move = moves_of(tmp_path, rows, "", by=("brand",))["staff"]
    assert (move.basis, move.goal) == ("best_rival", pytest.approx(100 * 8 / 9))


def test_none_where_nothing_is_known(tmp_path: Path, rows: pd.DataFrame) -> None:
    assert moves_of(tmp_path, rows, "", by=()) == {}


def test_a_goal_already_reached_moves_nothing(tmp_path: Path, rows: pd.DataFrame) -> None:
    move = moves_of(tmp_path, rows, "[plan]\nspeed = { target = 40 }", by=())["speed"]
    assert move.points == 0
