"""Employees: what lies between outlets, who leaves, the weak link."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import minimize

from csresearch.demo.autoservice import SURVEY, WORLD
from csresearch.demo.sources.beside import places_of
from csresearch.demo.sources.staff import employees, staff_values

PLAN = SURVEY.plans.staff


@pytest.fixture(scope="module")
def places() -> pd.DataFrame:
    return places_of(WORLD, outlets=1_000, seed=4)


@pytest.fixture(scope="module")
def tables(places: pd.DataFrame) -> dict[str, pd.DataFrame]:
    return dict(employees(places, PLAN, seed=4).tables)


def test_between_outlets_lies_what_was_planned(tables: dict[str, pd.DataFrame], places: pd.DataFrame) -> None:
    values = staff_values(tables, places, PLAN)
    assert values["icc"] == pytest.approx(0.12, abs=0.02)
    assert values["correlation_climate"] > 0.7
    assert values["other_links"] - values["weak_link"] == pytest.approx(1.5, abs=0.1)
    assert tables["employees"].groupby("outlet").size().eq(12).all()


def test_who_is_less_content_leaves_more_often(tables: dict[str, pd.DataFrame]) -> None:
    frame = tables["employees"]
    score = frame[list(PLAN.items)].mean(axis=1)
    standard = ((score - score.mean()) / score.std()).to_numpy()
    left = frame["left"].to_numpy()

    def loss(at: np.ndarray) -> float:
        eta = at[0] + at[1] * standard
        return float(np.logaddexp(0, eta).sum() - (left * eta).sum())

    constant, slope = minimize(loss, [0.0, 0.0]).x
    assert constant == pytest.approx(-1.6, abs=0.1)
    assert slope == pytest.approx(-0.6 * 0.95, abs=0.1)  # a score of six items is a little less than satisfaction


def test_nobody_rates_his_own_department(tables: dict[str, pd.DataFrame]) -> None:
    links = tables["departments"]
    assert (links["supplier"] != links["customer"]).all()
    assert links.groupby("employee").size().eq(5).all()
    assert links.groupby(["supplier", "customer"]).ngroups == 30
