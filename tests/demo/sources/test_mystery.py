"""Mystery visits: reliability, agreement and the level of service as planned."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from csresearch.demo.autoservice import SURVEY, WORLD
from csresearch.demo.sources.beside import places_of
from csresearch.demo.sources.mystery import mystery_visits, visit_values

PLAN = SURVEY.plans.visit_plan


@pytest.fixture(scope="module")
def places() -> pd.DataFrame:
    return places_of(WORLD, outlets=800, seed=3)


@pytest.fixture(scope="module")
def visits(places: pd.DataFrame) -> pd.DataFrame:
    return mystery_visits(places, PLAN, seed=3).tables["mystery"]


def test_reliability_agreement_and_correlation_are_those_of_the_design(
    visits: pd.DataFrame, places: pd.DataFrame
) -> None:
    values = visit_values(visits, places, PLAN)
    assert values["icc"] == pytest.approx(0.30, abs=0.05)
    assert values["kappa"] == pytest.approx(0.75, abs=0.03)
    assert values["correlation_service"] == pytest.approx(0.5, abs=0.07)
    assert 0.2 < values["critical_failed"] < 0.35


def test_a_fifth_of_the_visits_is_noted_twice_by_different_shoppers(visits: pd.DataFrame) -> None:
    rows = visits.groupby("visit")["shopper"].agg(["size", "nunique"])
    assert (rows["size"] == 2).mean() == pytest.approx(0.20)
    assert (rows["size"] == rows["nunique"]).all()
    assert len(PLAN.items) == 30
    assert len(PLAN.critical) == 3
    assert visits[list(PLAN.items)].isna().mean().mean() == pytest.approx(0.08, abs=0.005)
    pairs = visits[visits["visit"].duplicated(keep=False)].sort_values("visit")[list(PLAN.items)].isna().to_numpy()
    assert (pairs[::2] == pairs[1::2]).all(), "what did not apply is a fact of the visit"


def test_every_outlet_is_visited_once_a_wave_and_the_programme_is_seen(visits: pd.DataFrame) -> None:
    single = visits.drop_duplicates("visit")
    assert (single.groupby(["outlet", "wave"]).size() == 1).all()
    own = single["outlet"].isin(sorted(single["outlet"].unique())[::4])  # every fourth outlet sells the own brand
    late = single["wave"].isin(("2026H1", "2026H2"))
    score = 100 * single[list(PLAN.items)].mean(axis=1)
    lift = score[own & late].mean() - score[own & ~late].mean()
    assert lift - (score[~own & late].mean() - score[~own & ~late].mean()) > 2


def test_a_constant_level_of_service_is_no_division_by_zero() -> None:
    flat = pd.DataFrame({"outlet": ["A", "B"], "wave": "w", "service": 1.0})
    found = mystery_visits(flat, PLAN, seed=1).tables["mystery"]
    assert np.isfinite(found["impression"]).all()
