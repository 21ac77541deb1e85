"""Employees of the outlets: how content they are, who leaves, and how departments serve each other."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass

import numpy as np
import pandas as pd

from csresearch.demo.sources.source import STAFF, Source, intraclass


@dataclass(frozen=True, kw_only=True)
class StaffPlan:
    """Employees of an outlet, in standard deviations of their satisfaction.

    Parameters
    ----------
    departments : tuple of str
        Employees are spread over them evenly.
    weak_link : tuple of str
        Department that serves and department that is served badly by it.
    each : int
        Employees of an outlet.
    between : float
        Share of the variance of satisfaction that lies between outlets.
    items : dict of str to float
        Item and its mean on 1-10.
    loading : float
    leave, leave_slope : float
        Logit of leaving within a year: intercept, and slope on satisfaction.
    link, weak : float
        Mean rating of a department by another on 1-10, and how much lower the weak link is.
    replacement_wages : float
        Monthly wages that it costs to replace one.
    """

    departments: tuple[str, ...]
    weak_link: tuple[str, str]
    each: int = 12
    between: float = 0.131
    items: dict[str, float]
    loading: float = 0.80
    leave: float = -1.6
    leave_slope: float = -0.6
    link: float = 7.6
    weak: float = 1.5
    replacement_wages: float = 1.5


def employees(places: pd.DataFrame, plan: StaffPlan, *, seed: int) -> Source:
    """Ask the employees of every outlet.

    Parameters
    ----------
    places : DataFrame
        With `outlet` and `climate`, the true satisfaction of its employees, N(0, 1); further rows of an outlet are
        ignored.
    plan : StaffPlan
    seed : int

    Returns
    -------
    Source
        Table `employees`: `employee outlet department`, an item a column, `left` (1 left within a year). Table
        `departments`: `employee outlet supplier customer rating`, where the department `customer` of the employee rates
        what it gets from the department `supplier`.

    Examples
    --------
    >>> places = pd.DataFrame({"outlet": ["D1", "D2"], "climate": [0.5, -0.5]})
    >>> plan = StaffPlan(departments=("parts", "workshop"), weak_link=("parts", "workshop"), items={"pay": 6.0})
    >>> tables = employees(places, plan, seed=1).tables
    >>> len(tables["employees"]), len(tables["departments"])
    (24, 24)
    """
    rng = np.random.default_rng([STAFF, seed])
    place = places.drop_duplicates("outlet")
    climate = np.repeat(place["climate"].to_numpy(), plan.each)
    number = np.arange(climate.size)
    content = np.sqrt(plan.between) * climate + np.sqrt(1 - plan.between) * rng.standard_normal(climate.size)
    work = number % plan.each * len(plan.departments) // plan.each
    frame = pd.DataFrame(
        {
            "employee": number + 1,
            "outlet": np.repeat(place["outlet"].to_numpy(), plan.each),
            "department": np.array(plan.departments)[work],
        }
    )
    for name, mean in plan.items.items():
        answer = plan.loading * content + np.sqrt(1 - plan.loading**2) * rng.standard_normal(content.size)
        frame[name] = np.clip(np.rint(mean + 1.8 * answer), 1, 10).astype(np.int64)
    logit = plan.leave + plan.leave_slope * content
    frame["left"] = (rng.random(content.size) < 1 / (1 + np.exp(-logit))).astype(np.int64)
    links = _links(frame, plan, content, rng)
    return Source(tables={"employees": frame, "departments": links}, generating=asdict(plan))


def staff_values(tables: Mapping[str, pd.DataFrame], places: pd.DataFrame, plan: StaffPlan) -> dict[str, object]:
    """Mean score of the items, ICC(1) between outlets, share that left, correlation with climate, weakest link."""
    frame, links = tables["employees"], tables["departments"]
    score = frame[list(plan.items)].mean(axis=1)
    climate = places.drop_duplicates("outlet").set_index("outlet")["climate"]
    by_link = links.groupby(["supplier", "customer"])["rating"].mean()
    return {
        "score": float(score.mean()),
        "icc": intraclass(score, frame["outlet"]),
        "left": float(frame["left"].mean()),
        "correlation_climate": float(score.groupby(frame["outlet"]).mean().corr(climate)),
        "weak_link": float(by_link[plan.weak_link]),
        "other_links": float(by_link.drop(plan.weak_link).mean()),
    }


def _links(frame: pd.DataFrame, plan: StaffPlan, content: np.ndarray, rng: np.random.Generator) -> pd.DataFrame:
    others = [[name for name in plan.departments if name != own] for own in frame["department"]]
    rows = np.repeat(np.arange(len(frame)), len(plan.departments) - 1)
    suppliers = np.concatenate(others)
    weak = (suppliers == plan.weak_link[0]) & (frame["department"].to_numpy()[rows] == plan.weak_link[1])
    rating = plan.link - plan.weak * weak + 0.4 * content[rows] + 1.3 * rng.standard_normal(rows.size)
    about = frame.loc[rows, ["employee", "outlet"]].reset_index(drop=True)
    return about.assign(
        supplier=suppliers,
        customer=frame["department"].to_numpy()[rows],
        rating=np.clip(np.rint(rating), 1, 10).astype(np.int64),
    )
