"""Penalties and rewards: a case by hand, the planted musts and delights, and what cannot be classified."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from csresearch.demo.touchpoints import CONTRASTS, Contrast, penalty_reward_study
from csresearch.inference.replicates import Bootstrap
from csresearch.models.grid.asymmetry import LEAST, SHAPES, shape, sure_shapes, told_shapes
from csresearch.models.importance_performance import ImportancePerformance
from csresearch.result import Result
from csresearch.survey.sample import Sample

CODES = (3.0, 7.5, 10.0)  # low, middle, high on 1-10


def balanced(effects: dict[str, tuple[float, float]], *, repeats: int = 12) -> pd.DataFrame:
    """Every combination of low, middle and high answers equally often; the outcome is the sum of the effects."""
    codes = np.stack(np.meshgrid(*[range(3)] * len(effects)), axis=-1).reshape(-1, len(effects))
    codes = np.repeat(codes, repeats, axis=0)
    values = np.array([(low, 0.0, high) for low, high in effects.values()])
    overall = 6 + sum(values[j][codes[:, j]] for j in range(len(effects)))
    frame = pd.DataFrame(np.array(CODES)[codes], columns=list(effects))
    return frame.assign(overall=overall)


def fitted(frame: pd.DataFrame, replicates: Bootstrap | None = None, **options: object) -> Result:
    attributes = tuple(name for name in frame.columns if name not in ("overall", "w", "wave"))
    model = ImportancePerformance(outcome="overall", attributes=attributes)
    return model.fit(Sample.from_frame(frame, scale=(1, 10), **options), replicates=replicates)  # type: ignore[arg-type]


def test_contrasts_of_a_balanced_world_are_those_it_was_made_of() -> None:
    effects = {"must": (-0.9, 0.18), "even": (-0.45, 0.45), "delight": (-0.09, 0.81), "little": (-0.09, 0.09)}
    table = fitted(balanced(effects, repeats=4)).wide("asymmetry")
    for name, (low, high) in effects.items():
        row = table.loc[name]
        assert row["penalty"] == pytest.approx(100 * low / 9)
        assert row["reward"] == pytest.approx(100 * high / 9)
        assert row["impact_range"] == pytest.approx(100 * (high - low) / 9)
        assert row["impact_asymmetry"] == pytest.approx((high + low) / (high - low))
        assert row["low_share"] == pytest.approx(1 / 3)
    found = fitted(balanced(effects, repeats=4)).estimates("shapes", statistic="shape")
    assert found["category"].tolist() == ["must_be", "linear", "delight", "not_classified"]


def test_a_contrast_of_the_wrong_sign_is_no_impact() -> None:
    table = fitted(balanced({"odd": (0.5, 0.5), "must": (-0.9, -0.3)})).wide("asymmetry")
    assert table.loc["odd", "impact_range"] == pytest.approx(100 * 0.5 / 9)
    assert table.loc["odd", "impact_asymmetry"] == pytest.approx(1.0)
    assert table.loc["must", "impact_asymmetry"] == pytest.approx(-1.0)


@pytest.mark.parametrize(
    ("impact_range", "asymmetry", "expected"),
    [
        (LEAST, -0.20, "must_be"), (LEAST, -0.199, "linear"), (LEAST, 0.199, "linear"), (LEAST, 0.20, "delight"),
        (LEAST - 1e-6, -1.0, "not_classified"), (0.0, float("nan"), "not_classified"),
    ],
)  # fmt: skip
def test_limits_of_the_shapes(impact_range: float, asymmetry: float, expected: str) -> None:
    assert SHAPES[shape(np.array([[impact_range]]), np.array([[asymmetry]]))[0, 0]] == expected


def test_a_missing_number_has_no_shape() -> None:
    assert shape(np.array([[np.nan, 9.0]]), np.array([[0.5, np.nan]])).tolist() == [[-1, -1]]


MUSTS, DELIGHTS = {"fixed_first_time", "honest_price", "parts_available"}, {"status_update", "pick_up"}


@pytest.fixture(scope="module")
def planted() -> Result:
    return fitted(penalty_reward_study(seed=3), Bootstrap(draws=300, seed=2))


def test_three_musts_and_two_delights_are_found_and_the_lounge_is_left_alone(planted: Result) -> None:
    found = sure_shapes(planted)
    assert {name for name in MUSTS if found.get(name) == "must_be"} == MUSTS
    assert {name for name in DELIGHTS if found.get(name) == "delight"} == DELIGHTS
    assert "lounge" not in found
    assert found["advisor"] == "linear"


def test_without_a_ceiling_nothing_else_is_called_a_must() -> None:
    """At the ceiling of 10 rewards shrink, and an even attribute such as booking leans towards a must."""
    found = sure_shapes(fitted(penalty_reward_study(n=15_000, seed=3, rounded=False), Bootstrap(draws=60)))
    assert {name for name, kind in found.items() if kind == "must_be"} == MUSTS


def test_penalties_are_recovered_and_the_ceiling_takes_some_of_the_rewards() -> None:
    frame = penalty_reward_study(n=20_000, seed=5)
    table = fitted(frame).wide("asymmetry") * 9 / 100
    free = fitted(penalty_reward_study(n=20_000, seed=5, rounded=False)).wide("asymmetry") * 9 / 100
    for name, made in CONTRASTS.items():
        assert free.loc[name, "penalty"] == pytest.approx(made.penalty, abs=0.09)
        assert free.loc[name, "reward"] == pytest.approx(made.reward, abs=0.09)
        assert table.loc[name, "penalty"] == pytest.approx(made.penalty, abs=0.12)
    lost = [CONTRASTS[name].reward - table.loc[name, "reward"] for name in CONTRASTS]
    assert np.mean(lost) > 0.02


def test_an_even_world_has_no_sure_must_and_no_sure_delight() -> None:
    """Of 20 studies of a world without a tilt, one may show one: p-values are adjusted for the number of attributes."""
    even = {f"a{j}": Contrast(penalty=-0.35, reward=0.35) for j in range(6)}
    wrong = 0
    for seed in range(20):
        frame = penalty_reward_study(n=600, seed=seed, contrasts=even, rounded=False)
        model = ImportancePerformance(outcome="overall", attributes=tuple(even))
        result = model.fit(Sample.from_frame(frame, scale=(-20, 40)), replicates=None)
        assert sure_shapes(result) == {}  # without draws nothing is sure
        result = fitted(frame.assign(overall=frame["overall"].clip(1, 10)), Bootstrap(draws=60, seed=1))
        wrong += any(kind != "linear" for kind in sure_shapes(result).values())
    assert wrong <= 2


def test_support_is_the_share_of_the_draws(planted: Result) -> None:
    draws, table = planted.draws("asymmetry"), planted.table("asymmetry")
    statistic = table["statistic"].to_numpy()
    codes = shape(draws[:, statistic == "impact_range"], draws[:, statistic == "impact_asymmetry"])
    rows = planted.estimates("shapes", statistic="support").set_index(["attribute", "category"])["estimate"]
    for j, name in enumerate(CONTRASTS):
        for c, kind in enumerate(SHAPES):
            assert rows[name, kind] == pytest.approx((codes[:, j] == c).mean())


def test_too_few_low_answers_are_named_and_the_others_keep_their_numbers() -> None:
    frame = penalty_reward_study(n=900, seed=2)[["on_time", "advisor", "overall"]]
    frame["advisor"] = frame["advisor"].clip(7, 10)
    result = fitted(frame, Bootstrap(draws=60))
    rows = result.table("asymmetry").set_index(["attribute", "statistic"])
    assert rows.loc[("advisor", "penalty"), "reason"] == "too few low answers for a penalty (0%)"
    assert np.isnan(rows.loc[("advisor", "impact_asymmetry"), "estimate"])
    assert rows.loc[("advisor", "low_share"), "estimate"] == 0
    assert rows.loc[("on_time", "penalty"), "estimate"] < 0
    shapes = result.estimates("shapes", statistic="shape").set_index("attribute")
    assert shapes.loc["advisor", "category"] == "not_classified"
    assert told_shapes(result)["advisor"] == "few"


def test_who_did_not_use_it_has_neither_low_nor_high_answers() -> None:
    """With a dummy for use, the contrasts are those among users, whatever the others answer."""
    frame = balanced({"speed": (-0.9, 0.45), "staff": (-0.45, 0.45)})
    away = frame.iloc[: len(frame) // 2].assign(overall=9.0)
    whole = pd.concat([frame, away], ignore_index=True)
    skipped = np.arange(len(whole)) >= len(frame)
    whole.loc[skipped, "speed"] = np.nan
    sample = Sample.from_frame(whole, scale=(1, 10))
    kinds = {"speed": pd.Series(np.where(skipped, "not_used", None), dtype="object")}
    model = ImportancePerformance(outcome="overall", attributes=("speed", "staff"))
    table = model.fit(replace(sample, kinds=kinds), replicates=None).wide("asymmetry")
    assert table.loc["speed", "low_share"] == pytest.approx(1 / 3)
    assert table.loc["speed", "penalty"] == pytest.approx(-10.0, abs=1e-6)
    assert table.loc["speed", "reward"] == pytest.approx(5.0, abs=1e-6)


def test_weights_reach_the_contrasts_and_integer_weights_repeat_rows() -> None:
    frame = penalty_reward_study(n=500, seed=4)[["on_time", "advisor", "overall"]]
    times = np.random.default_rng(1).integers(1, 4, len(frame))
    weighted = fitted(frame.assign(w=times.astype(float)), weights="w").wide("asymmetry")
    repeated = fitted(frame.loc[np.repeat(frame.index, times)].reset_index(drop=True)).wide("asymmetry")
    pd.testing.assert_frame_equal(weighted, repeated)


@pytest.mark.parametrize(("ends", "low", "high"), [((1, 10), 6, 9), ((1, 5), 3, 5), ((0, 10), 5, 9), ((1, 7), 4, 7)])
def test_low_and_high_follow_the_scale(ends: tuple[int, int], low: int, high: int) -> None:
    random = np.random.default_rng(1)
    codes = np.arange(ends[0], ends[1] + 1)
    frame = pd.DataFrame({"speed": random.choice(codes, 900), "staff": random.choice(codes, 900)}).astype(float)
    frame["overall"] = random.choice(codes, 900).astype(float)
    model = ImportancePerformance(outcome="overall", attributes=("speed", "staff"))
    result = model.fit(Sample.from_frame(frame, scale=ends), replicates=None)
    table = result.wide("asymmetry")
    assert table.loc["speed", "low_share"] == pytest.approx((frame["speed"] <= low).mean())
    assert table.loc["speed", "high_share"] == pytest.approx((frame["speed"] >= high).mean())
    assert f"(up to {low} ({ends[0]}-{ends[1]}))" in result.methods()


def test_stated_grids_and_grids_by_group_have_no_shapes() -> None:
    frame = penalty_reward_study(n=400, seed=4)[["on_time", "advisor", "overall"]]
    frame["wave"] = np.arange(400) % 2
    model = ImportancePerformance(outcome="overall", attributes=("on_time", "advisor"))
    result = model.fit(Sample.from_frame(frame, scale=(1, 10)), by="wave", replicates=None)
    assert "asymmetry" not in result.tables
    assert sure_shapes(result) == {}


def test_few_respondents_are_not_classified() -> None:
    result = fitted(penalty_reward_study(n=25, seed=4)[["on_time", "advisor", "overall"]], Bootstrap(draws=40))
    rows = result.table("asymmetry")
    assert rows.loc[rows["statistic"] == "penalty", "estimate"].isna().all()
    assert rows.loc[rows["statistic"] == "penalty", "reason"].str.startswith("too few").all()


def test_few_respondents_for_many_attributes_keep_their_grid() -> None:
    random = np.random.default_rng(1)
    frame = pd.DataFrame(random.integers(1, 11, size=(30, 12)), columns=[f"q{j}" for j in range(12)])
    frame["overall"] = frame.mean(axis=1) + random.normal(size=30) / 10
    result = fitted(frame, Bootstrap(draws=20))  # two contrasts of each would be 25 columns
    assert result.wide("grid")["importance"].sum() == pytest.approx(1)
    reasons = result.estimates("asymmetry", statistic="impact_range")["reason"]
    assert set(reasons) == {"too few respondents for two contrasts an attribute"}
