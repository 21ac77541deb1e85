"""Customers and outlets with all that is latent: the same people that a study interviews."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from csresearch.demo.autoservice import WORLD
from csresearch.demo.simulate import customers, outlets, study


@pytest.fixture(scope="module")
def people() -> pd.DataFrame:
    return customers(WORLD, n=60_000, outlets=1_200, seed=3, skewed=False)


def test_a_study_interviews_these_customers() -> None:
    people, frame = (draw(WORLD, n=400, outlets=20, seed=4) for draw in (customers, study))
    shared = [name for name in people.columns if name in frame.columns]
    pd.testing.assert_frame_equal(people[shared], frame[shared])
    answered = np.clip(np.rint(people["experience_on_time"]), 1, 10)[people["language"] == "en"]
    assert answered.tolist() == frame.loc[people["language"] == "en", "p_on_time"].tolist()


def test_outlets_carry_what_they_add(people: pd.DataFrame) -> None:
    places = outlets(WORLD, outlets=1_200, seed=3).set_index("dealer")
    assert people.groupby("dealer")["climate"].first().tolist() == places["climate"].tolist()
    found = people.groupby("dealer")["latent_service"].mean() - places["effect_service"]
    assert found.groupby(places["brand"]).std().max() < 1.2 / np.sqrt(50)
    made = np.corrcoef(places["climate"], places["effect_service"])[0, 1]
    assert made == pytest.approx(0.45, abs=0.07)


def test_problems_and_complaints_are_as_frequent_as_designed(people: pd.DataFrame) -> None:
    share = people["state"].value_counts(normalize=True)
    assert 1 - share["none"] == pytest.approx(0.169, abs=0.008)
    assert 1 - share["silent"] / (1 - share["none"]) == pytest.approx(0.376, abs=0.02)
    complained = share[["quick", "slow", "unresolved"]]
    assert (complained / complained.sum()).tolist() == pytest.approx([0.45, 0.30, 0.25], abs=0.03)


def test_a_quick_resolution_pays_back(people: pd.DataFrame) -> None:
    sources = list(WORLD.equations["satisfaction"].sources)
    rows = people["state"].isin(["silent", "quick"])
    design = np.column_stack([np.ones(rows.sum()), people.loc[rows, [f"latent_{name}" for name in sources]],
                              people.loc[rows, "state"] == "quick"]).astype(float)
    found = np.linalg.lstsq(design, people.loc[rows, "latent_satisfaction"], rcond=None)[0]
    assert found[-1] == pytest.approx(0.15, abs=0.05)


def test_segments_have_their_shares_and_weigh_differently(people: pd.DataFrame) -> None:
    sources = list(WORLD.equations["satisfaction"].sources)
    assert people["segment"].value_counts(normalize=True)[list(WORLD.segments)].tolist() == pytest.approx(
        [0.30, 0.35, 0.20, 0.15], abs=0.01
    )
    for place, name in enumerate(WORLD.segments):
        rows = people[people["segment"] == name]
        design = np.column_stack([np.ones(len(rows)), rows[[f"latent_{source}" for source in sources]]])
        slopes = pd.Series(np.linalg.lstsq(design, rows["latent_satisfaction"], rcond=None)[0][1:], index=sources)
        planted = WORLD.equations["satisfaction"].sources["value"] * WORLD.weights["value"][place]
        assert slopes["value"] == pytest.approx(planted, abs=0.03), name


def test_an_own_motive_stands_out() -> None:
    frame = study(WORLD, n=4_000, seed=1, latent=True)
    means = frame.groupby("segment")[["m_price", "m_people", "m_time", "m_brand"]].mean()
    assert means.idxmax(axis=1).to_dict() == {
        "value_seekers": "m_price", "relationship": "m_people", "time_pressed": "m_time", "image": "m_brand",
    }


def test_kano_pairs_fall_into_the_category_of_their_type() -> None:
    frame = study(WORLD, n=6_000, seed=1)
    must = (frame["kf_fixed_first_time"].between(2, 4) & (frame["kd_fixed_first_time"] == 5)).mean()
    delight = ((frame["kf_status_update"] == 1) & frame["kd_status_update"].between(2, 4)).mean()
    assert (must, delight) == pytest.approx((0.55 * 0.96 + 0.04 * 3 / 25, 0.50 * 0.96 + 0.04 * 3 / 25), abs=0.02)
