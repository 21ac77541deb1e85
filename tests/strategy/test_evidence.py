"""Grades: what they start from and what lowers them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import csresearch as cs
from csresearch.strategy.evidence import Evidence, grade
from csresearch.strategy.facts import inflation_of

STRONG = Evidence(
    n_effective=900,
    support=0.95,
    same_sign=True,
    conf_low=0.1,
    conf_high=0.3,
    vif=1.4,
    reliability=0.86,
    weights=1.2,
    careless=0.02,
    responded=True,
)


def test_one_survey_never_gives_more_than_c() -> None:
    assert grade(STRONG).letter == "C"


@pytest.mark.parametrize(
    ("change", "letter", "reason"),
    [
        ({"n_effective": 299.0}, "D", "moderate_base"),
        ({"n_effective": 99.0}, "E", "small_base"),
        ({"n_effective": float("nan")}, "E", "small_base"),
        ({"support": 0.79}, "D", "unstable"),
        ({"same_sign": None}, "D", "sign_unknown"),
        ({"same_sign": False}, "D", "sign_differs"),
        ({"conf_low": -0.01}, "D", "interval_holds_zero"),
        ({"vif": 5.1}, "D", "collinear"),
        ({"reliability": 0.69}, "D", "unreliable"),
        ({"weights": 2.1}, "D", "weights"),
        ({"careless": 0.11}, "D", "careless"),
        ({"responded": False}, "D", "response_unknown"),
        ({"alike": False}, "D", "not_alike"),
    ],
)
def test_each_weakness_lowers_the_grade_and_is_named(change: dict[str, float], letter: str, reason: str) -> None:
    found = grade(replace(STRONG, **change))
    assert found.letter == letter
    assert reason in found.reasons


def test_what_is_not_known_lowers_nothing() -> None:
    assert grade(replace(STRONG, vif=float("nan"), reliability=float("nan"))).letter == "C"


def test_grades_stop_at_e() -> None:
    weak = replace(STRONG, n_effective=50.0, conf_low=-1.0, vif=9.0, weights=3.0)
    assert grade(weak).letter == "E"


def test_attributes_that_cannot_be_told_apart_lose_a_grade() -> None:
    """By hand: two ratings that correlate by r have a variance inflation of 1 / (1 - r^2)."""
    random = np.random.default_rng(3)
    common = random.normal(size=500)
    frame = pd.DataFrame({"a": common + 0.3 * random.normal(size=500), "b": common + 0.3 * random.normal(size=500)})
    frame = (6 + 1.5 * frame).assign(overall=lambda f: f["a"] + random.normal(size=500)).clip(1, 10)
    grid = cs.ImportancePerformance(outcome="overall", attributes=("a", "b"))
    result = grid.fit(cs.Sample.from_frame(frame, scale=(1, 10)), replicates=cs.Bootstrap(draws=60))
    r = frame["a"].corr(frame["b"])
    assert inflation_of(result, ("a", "b"))["a"] == pytest.approx(1 / (1 - r**2))
    assert 1 / (1 - r**2) > 5
    assert all("collinear" in action.grade.reasons for action in cs.recommend([result]).actions)
