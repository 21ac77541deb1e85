"""Population values against the figures the design was calibrated to, and against closed forms."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from csresearch.demo.autoservice import WORLD
from csresearch.demo.simulate import customers, population
from csresearch.demo.truth import lmg, population_values, programme_effect


@pytest.fixture(scope="module")
def people() -> pd.DataFrame:
    return population(WORLD, size=120_000, outlets=4_000, seed=3)


def test_lmg_of_two_predictors_is_the_mean_of_first_and_last() -> None:
    covariance = np.array([[1.0, 0.5, 0.6], [0.5, 1.0, 0.4], [0.6, 0.4, 1.0]])
    r2 = (0.36 + 0.16 - 2 * 0.5 * 0.6 * 0.4) / 0.75
    assert lmg(covariance) == pytest.approx([(0.36 + r2 - 0.16) / 2, (0.16 + r2 - 0.36) / 2])


def test_lmg_sums_to_r2_and_ignores_the_scale() -> None:
    data = np.random.default_rng(1).standard_normal((200, 5)) @ np.random.default_rng(2).standard_normal((5, 5))
    covariance, scale = np.cov(data.T), np.array([1.0, 3.0, 0.2, 9.0, 4.0])
    cross = covariance[:-1, -1]
    r2 = cross @ np.linalg.solve(covariance[:-1, :-1], cross) / covariance[-1, -1]
    assert lmg(covariance).sum() == pytest.approx(r2)
    assert lmg(covariance * np.outer(scale, scale)) == pytest.approx(lmg(covariance))


def test_without_styles_and_segments_slopes_are_attenuated_by_the_items_alone() -> None:
    plain = population(replace(WORLD.linear, events=()), size=60_000, outlets=4_000, seed=3)
    values = population_values(plain, world=WORLD)
    assert list(values["slope"].values()) == pytest.approx([0.135, 0.194, 0.109, 0.291, 0.367], abs=0.02)


def test_population_values_meet_the_calibrated_figures(people: pd.DataFrame) -> None:
    values = population_values(people, world=WORLD)
    means = [values["mean"][column] for column in ("sat_overall", "sat_expected", "sat_ideal")]
    assert means == pytest.approx([8.03, 7.49, 7.30], abs=0.03)
    assert values["points"]["satisfaction"] == pytest.approx(73.4, abs=0.4)
    assert values["points_sd"]["satisfaction"] == pytest.approx(15.4, abs=0.5)
    assert values["nps"] == pytest.approx(23, abs=1)
    assert list(values["slope"].values()) == pytest.approx([0.125, 0.184, 0.108, 0.298, 0.345], abs=0.015)
    assert list(values["lmg_share"].values()) == pytest.approx([0.133, 0.176, 0.119, 0.248, 0.324], abs=0.01)
    assert values["r2"] == pytest.approx(0.542, abs=0.01)


def test_the_planted_programme_lifts_the_own_brand_in_the_later_waves() -> None:
    people = customers(WORLD.linear, n=120_000, outlets=4_000, seed=3, skewed=False)
    lift = programme_effect(people["latent_satisfaction"], people, world=WORLD, weights=np.ones(len(people)))
    assert lift == pytest.approx(0.45 * 0.3396, abs=0.03)


def test_touchpoints_have_the_shapes_they_were_planted_with(people: pd.DataFrame) -> None:
    values = population_values(people, world=WORLD)
    penalty, reward = (pd.Series(values[name]) for name in ("penalty", "reward"))
    extent, tilt = (reward - penalty) * 9 / 100, (reward + penalty) / (reward - penalty)
    assert sorted(tilt.index[(tilt <= -0.2) & (extent >= 0.30)]) == [
        "fixed_first_time", "honest_price", "parts_available"
    ]
    assert {"status_update", "pick_up"} <= set(tilt.index[(tilt >= 0.3) & (extent >= 0.30)])
    assert extent["lounge"] < 0.30
    assert penalty["fixed_first_time"] == penalty.min()


def test_weights_take_out_what_was_asked_too_often(people: pd.DataFrame) -> None:
    people, rate = people.head(60_000), WORLD.interview_rates["age"]
    taken = people[np.random.default_rng(1).random(len(people)) < people["age"].map(rate) / max(rate.values())]
    values = [population_values(taken, world=WORLD, weights=weights)["points"]["satisfaction"]
              for weights in (None, 1 / taken["age"].map(rate))]
    truth = population_values(people, world=WORLD)["points"]["satisfaction"]
    assert values[0] - truth > 1
    assert values[1] == pytest.approx(truth, abs=0.3)


def test_second_tier_buyers_are_treated_less_fairly(people: pd.DataFrame) -> None:
    gap = people.groupby("channel")[["behaviour1", "product1"]].mean()
    gap = gap.loc["second_tier"] - gap.loc["own_dealer"]
    # Image differs by channel too; half of it enters the expectation and 0.15 of that every system.
    image = -0.4 * 0.5 * 0.15
    assert gap["behaviour1"] == pytest.approx((image - 0.25) / WORLD.sd["behaviour"] * 0.85 * 1.7, abs=0.04)
    assert gap["product1"] == pytest.approx(image / WORLD.sd["product"] * 0.85 * 1.7, abs=0.04)
