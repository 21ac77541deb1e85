"""Customers over the months: the planted logit, spending, months, lost ones."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from csresearch.demo.autoservice import WORLD
from csresearch.demo.sources.beside import people_of
from csresearch.demo.sources.customers import MONTHS, ChurnPlan, churn_values, customer_months, customers, followed

PLAN = ChurnPlan()


@pytest.fixture(scope="module")
def people() -> pd.DataFrame:
    return people_of(WORLD, 40_000, 2_000, 5)


@pytest.fixture(scope="module")
def frame(people: pd.DataFrame) -> pd.DataFrame:
    return followed(people, PLAN, seed=5)


def test_the_logit_of_leaving_within_a_year_is_recovered(people: pd.DataFrame, frame: pd.DataFrame) -> None:
    states = [name for name in PLAN.states if name != "none"]
    columns = [np.ones(len(people)), people["satisfaction"], people["image"], frame["since"] / 12 - 2.5]
    design = np.column_stack([*columns, *((people["state"] == name).astype(float) for name in states)])
    beta = np.zeros(design.shape[1])
    for _ in range(8):  # Newton
        p = 1 / (1 + np.exp(-design @ beta))
        information = (design * (p * (1 - p))[:, None]).T @ design
        beta += np.linalg.solve(information, design.T @ (frame["left_12"].to_numpy() - p))
    planted = [PLAN.intercept, PLAN.satisfaction, PLAN.image, PLAN.tenure, *(PLAN.states[name] for name in states)]
    error = np.sqrt(np.diag(np.linalg.inv(information)))
    assert np.abs((beta - planted) / error).max() < 4


def test_shares_by_state_are_those_of_the_design(people: pd.DataFrame, frame: pd.DataFrame) -> None:
    lost = customers(people[:10], people[10:4_000], PLAN, seed=5).tables["lost"]
    values = churn_values(people, frame, lost)
    assert values["left_12"] == pytest.approx(0.272, abs=0.015)
    found = [values["left_12_by_state"][name] for name in ("none", "silent", "quick", "slow", "unresolved")]
    assert found == pytest.approx([0.228, 0.526, 0.343, 0.423, 0.599], abs=0.04)
    assert values["spend"] == pytest.approx(1_700, rel=0.02)
    assert values["coder_kappa"] == pytest.approx(0.8, abs=0.04)


def test_months_add_up(frame: pd.DataFrame) -> None:
    few = frame[:300]
    months = customer_months(few)
    assert len(months) == few["months"].sum()
    assert months.groupby("customer")["left"].sum().tolist() == few["left"].tolist()
    assert frame["months"].between(1, MONTHS).all()
    assert (frame.loc[frame["left"] == 0, "months"] >= 12).all()
    assert ((frame["left"] == 1) & (frame["months"] <= 12)).astype(int).equals(frame["left_12"].astype(int))


def test_content_customers_spend_more(people: pd.DataFrame, frame: pd.DataFrame) -> None:
    slope = np.polyfit(people["satisfaction"], np.log(frame["spend"]), 1)[0]
    assert slope == pytest.approx(PLAN.spend_slope, abs=0.01)
