"""Levers: closed cases by hand, and what must hold whatever the numbers are."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import csresearch as cs
from csresearch.strategy.displacement import displaced
from csresearch.strategy.levers import Levers
from csresearch.survey.sample import Sample

CHAIN = ((0, 1), (0, 2), (1, 2))
HALF = np.array([[0.5, 0.2, 0.5]])


def moved(*moves: float, current: tuple[float, ...] = (50, 50, 50), slopes: np.ndarray = HALF) -> list[float]:
    found: list[float] = displaced(slopes, np.array(moves), paths=CHAIN, current=np.array(current))[0].tolist()
    return found


def test_a_move_runs_through_the_paths() -> None:
    assert moved(10, 0, 0) == pytest.approx([10, 5, 2 + 2.5])


def test_what_arrives_counts_towards_the_own_move() -> None:
    assert moved(10, 4, 0) == pytest.approx([10, 5, 4.5])  # 5 arrive, 4 were asked: nothing is left to be moved
    assert moved(10, 8, 0) == pytest.approx([10, 8, 6])  # 5 arrive, 3 more are moved
    assert moved(-10, -8, 0) == pytest.approx([-10, -8, -6])


def test_a_move_against_what_arrives_is_the_displacement_itself() -> None:
    assert moved(10, -4, 0) == pytest.approx([10, -4, 0])


def test_no_node_leaves_the_scale() -> None:
    assert moved(10, 0, 0, current=(95, 97, 99)) == pytest.approx([5, 2.5, 1])
    assert moved(80, 0, 0, current=(10, 98, 50)) == pytest.approx([80, 2, 17])  # the mediator is full after 2 points
    assert moved(-50, 0, 0, current=(20, 50, 3)) == pytest.approx([-20, -10, -3])


def test_a_level_beyond_the_scale_has_no_room() -> None:
    assert moved(5, 0, 0, current=(101, 50, 50)) == pytest.approx([0, 0, 0])
    assert moved(-5, 0, 0, current=(-1, 50, 50)) == pytest.approx([0, 0, 0])


def test_a_nan_stays_in_its_element() -> None:
    slopes = np.vstack([HALF, [[np.nan, 0.2, 0.5]], HALF])
    found = displaced(slopes, np.array([1.0, 0, 0]), paths=CHAIN, current=np.full(3, 50.0))
    assert np.isnan(found[1, 1:]).all()
    np.testing.assert_allclose(found[[0, 2]], [[1, 0.5, 0.45]] * 2)


slope = st.floats(0, 1.5)
points = st.floats(0, 60)
levels = st.tuples(*[st.floats(0, 100)] * 3)


@given(st.tuples(slope, slope, slope), st.tuples(points, points), levels)
@settings(max_examples=200, deadline=None)
def test_together_is_no_more_than_the_sum(
    slopes: tuple[float, ...], moves: tuple[float, ...], current: tuple[float, ...]
) -> None:
    coefficients = np.array([slopes])
    joint = moved(*moves, 0, current=current, slopes=coefficients)[2]
    single = [moved(moves[0], 0, 0, current=current, slopes=coefficients)[2]]
    single.append(moved(0, moves[1], 0, current=current, slopes=coefficients)[2])
    assert max(single) - 1e-9 <= joint <= sum(single) + 1e-9


@given(st.tuples(*[st.floats(-2, 2)] * 3), st.tuples(*[st.floats(-80, 80)] * 2), levels)
@settings(max_examples=200, deadline=None)
def test_the_ends_are_never_passed(
    slopes: tuple[float, ...], moves: tuple[float, ...], current: tuple[float, ...]
) -> None:
    found = np.array(moved(*moves, 0, current=current, slopes=np.array([slopes]))) + current
    assert (found >= -1e-9).all()
    assert (found <= 100 + 1e-9).all()


@given(st.lists(st.floats(-1, 1), min_size=3, max_size=3), st.lists(st.floats(-15, 15), min_size=3, max_size=3))
@settings(max_examples=100, deadline=None)
def test_through_drivers_changes_add_up_below_the_ceiling(effects: list[float], moves: list[float]) -> None:
    paths = tuple((j, 3) for j in range(3))
    current = np.array([50.0] * 4)
    found = displaced(np.array([effects]), np.array([*moves, 0.0]), paths=paths, current=current)[0, 3]
    assert found == pytest.approx(float(np.dot(effects, moves)), abs=1e-9)


def test_levers_of_a_grid_are_its_slopes_and_points(grid: cs.Result) -> None:
    levers = Levers.of([grid])
    effect = grid.estimates("grid", statistic="effect").set_index("attribute")["estimate"]
    points_ = grid.estimates("grid", statistic="performance").set_index("attribute")["estimate"]
    assert levers.outcome == "overall"
    assert levers.current["speed"] == points_["speed"]
    assert levers.change({"speed": 4, "staff": -2}).estimate == pytest.approx(4 * effect["speed"] - 2 * effect["staff"])
    assert levers.change({"speed": 0}).estimate == 0
    assert not levers.change({"speed": 0}).draws.any()


def test_a_single_change_has_the_interval_of_its_effect(grid: cs.Result) -> None:
    row = grid.estimates("grid", statistic="effect").set_index("attribute").loc["staff"]
    change = Levers.of([grid]).change({"staff": 3})
    assert change.interval(0.95)[:2] == pytest.approx((3 * row["conf_low"], 3 * row["conf_high"]))
    assert change.std_error == pytest.approx(3 * row["std_error"])
    draws = grid.draws("grid")[:, row.name if isinstance(row.name, int) else grid.table("grid").query(
        "statistic == 'effect' and attribute == 'staff'").index[0]]  # fmt: skip
    assert change.planning == pytest.approx(float(np.quantile(3 * draws, 0.2)))


@pytest.fixture(scope="module")
def index() -> cs.Result:
    random = np.random.default_rng(7)
    quality = random.normal(size=(400, 1))
    value = 0.6 * quality + 0.8 * random.normal(size=(400, 1))
    joy = 0.4 * quality + 0.4 * value + 0.6 * random.normal(size=(400, 1))
    items = np.hstack([part + 0.5 * random.normal(size=(400, 2)) for part in (quality, value, joy)])
    frame = pd.DataFrame(np.clip(np.round(6.5 + 1.5 * items), 1, 10), columns=["q1", "q2", "v1", "v2", "s1", "s2"])
    model = cs.SatisfactionIndex(
        constructs={"satisfaction": ("s1", "s2"), "value": ("v1", "v2"), "quality": ("q1", "q2")},
        paths={"satisfaction": ("quality", "value"), "value": ("quality",)}, target="satisfaction",
    )  # fmt: skip
    return model.fit(Sample.from_frame(frame, scale=(1, 10)), replicates=cs.Bootstrap(draws=200, seed=2))


def test_levers_of_an_index_stand_in_causal_order(index: cs.Result) -> None:
    levers = Levers.of([index], through="index")
    assert levers.nodes == ("quality", "value", "satisfaction")
    effects = index.table("effects").query("unit == 'per_point' and statistic == 'total' and target == 'satisfaction'")
    total = effects.set_index("source")["estimate"]
    assert levers.change({"quality": 2}).estimate == pytest.approx(2 * total["quality"])
    assert levers.per_point("value").estimate == pytest.approx(total["value"])
    row = effects.set_index("source").loc["quality"]
    assert levers.per_point("quality").interval(0.95)[:2] == pytest.approx((row["conf_low"], row["conf_high"]))
    assert levers.per_point("quality").std_error == pytest.approx(row["std_error"], rel=0.02)


def test_overlap_on_the_paths_is_counted_once_in_every_draw(index: cs.Result) -> None:
    levers = Levers.of([index], through="index")
    joint = levers.change({"quality": 5, "value": 5})
    parts = [levers.change({name: 5}) for name in ("quality", "value")]
    assert joint.estimate < sum(part.estimate for part in parts)
    assert (joint.draws <= sum(part.draws for part in parts) + 1e-12).all()
    direct = index.table("effects").query("unit == 'per_point' and statistic == 'direct' and target == 'satisfaction'")
    assert joint.estimate == pytest.approx(5 * direct["estimate"].sum())  # value goes 5 in all, quality 5


def test_levers_refuse_what_has_no_draws(grid: cs.Result, shop: pd.DataFrame) -> None:
    sample = cs.Sample.from_frame(shop, scale=(1, 10))
    model = cs.ImportancePerformance(outcome="overall", attributes=("speed", "staff"))
    for replicates in (None, cs.Jackknife()):
        with pytest.raises(ValueError, match=r"bootstrap draws.*Bootstrap\(\)"):
            Levers.of([model.fit(sample, replicates=replicates)])
    with pytest.raises(ValueError, match=r"SatisfactionIndex\(\) of the whole sample; found ImportancePerformance"):
        Levers.of([grid], through="index")
    with pytest.raises(ValueError, match="allowed are drivers, index"):
        Levers.of([grid], through="paths")  # type: ignore[arg-type]


def test_with_few_clusters_a_change_has_the_linearised_interval_of_its_effect(shop: pd.DataFrame) -> None:
    frame = shop.assign(dealer=np.arange(len(shop)) % 6)
    model = cs.ImportancePerformance(outcome="overall", attributes=("speed", "staff"))
    found = model.fit(cs.Sample.from_frame(frame, scale=(1, 10), clusters="dealer"), replicates=cs.Bootstrap(draws=50))
    row = found.estimates("grid", statistic="effect").set_index("attribute").loc["speed"]
    low, high, _ = Levers.of([found]).change({"speed": 2}).interval(0.95)
    assert row["df"] < 8
    assert (low, high) == pytest.approx((2 * row["conf_low"], 2 * row["conf_high"]))
