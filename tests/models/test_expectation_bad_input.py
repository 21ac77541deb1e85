"""What Disconfirmation refuses, and what it takes with a failed check: each with a sentence that says what to do."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from csresearch.errors import CSResearchError, DataError, StatisticsError
from csresearch.inference.replicates import Bootstrap
from csresearch.models.disconfirmation import Disconfirmation
from csresearch.survey.sample import Sample

MODEL = Disconfirmation(outcome="overall", expectation="expected", performance="got")


def answers(n: int = 120) -> pd.DataFrame:
    random = np.random.default_rng(1)
    frame = pd.DataFrame(random.integers(1, 8, (n, 2)).astype(float), columns=["expected", "got"])
    frame["overall"] = (frame["got"] + random.normal(size=n)).round().clip(1, 7)
    return frame.assign(direct=random.integers(1, 8, n).astype(float), hoped=7.0, least=3.0, words="good")


def fit(frame: pd.DataFrame, model: Disconfirmation = MODEL, *, scale: tuple[float, float] | None = (1, 7)) -> object:
    return model.fit(Sample.from_frame(frame, scale=scale), replicates=Bootstrap(draws=20))


@pytest.mark.parametrize(
    ("change", "error", "words"),
    [
        ({"expected": 6.0}, StatisticsError, "expected has no variance: everybody gave the same answer"),
        ({"got": 6.0}, StatisticsError, "got has no variance"),
        ({"overall": 6.0}, StatisticsError, "overall has no variance"),
        ({"got": lambda f: f["expected"]}, StatisticsError, "got is expected again, up to a constant"),
        ({"got": lambda f: f["expected"] + 1}, StatisticsError, "got is expected again, up to a constant"),
        ({"expected": lambda f: f["expected"] % 2 * 6 + 1}, StatisticsError, "two are too few for a square"),
        ({"expected": lambda f: f["expected"] % 2 + 3}, StatisticsError, "two are too few for a square"),
        ({"got": lambda f: 8 - f["expected"]}, StatisticsError, "one follows from the other; use finer scales"),
        ({"expected": lambda f: f["expected"].where(f.index > 9)}, DataError, "expected: 10 of 120"),
        ({"expected": np.nan}, CSResearchError, "expected: 120 of 120"),
    ],
)  # fmt: skip
def test_answers_that_carry_no_surface_are_refused(
    change: dict[str, object], error: type[Exception], words: str
) -> None:
    with pytest.raises(error, match=words):
        fit(answers().assign(**change))


@pytest.mark.parametrize(
    ("model", "error", "words"),
    [
        (Disconfirmation(), ValueError, "needs an outcome, an expectation and a performance: write"),
        (Disconfirmation(outcome="overall", expectation="expected"), ValueError, "needs an outcome"),
        (Disconfirmation(outcome="overall", expectation="got", performance="got"), ValueError,
         "'got' is both expectation and performance; name a question of its own for each"),
        (Disconfirmation(outcome="got", expectation="expected", performance="got"), ValueError,
         "'got' is both outcome and performance"),
        (Disconfirmation(outcome="overall", expectation="expected", performance="got", direct="overall"), ValueError,
         "'overall' is both outcome and direct"),
        (Disconfirmation(outcome="overal", expectation="expected", performance="got"), DataError,
         "'overal' is no column and no construct"),
        (Disconfirmation(outcome="overall", expectation="words", performance="got"), DataError, "holds text"),
        (Disconfirmation(outcome="overall", expectation="expected", performance="got", desired="hoped"), ValueError,
         "desired alone is one edge of the zone of tolerance: give adequate too"),
        (Disconfirmation(outcome="overall", expectation="expected", performance="got", midpoint=9), ValueError,
         "midpoint=9 lies outside the scale from 1 to 7"),
    ],
)  # fmt: skip
def test_what_is_asked_wrongly_is_refused(model: Disconfirmation, error: type[Exception], words: str) -> None:
    with pytest.raises(error, match=words):
        fit(answers(), model)


def test_without_a_scale_the_middle_has_to_be_given() -> None:
    with pytest.raises(DataError, match=r"have no scale, so its middle is not known; give Sample\.from_frame\(scale="):
        fit(answers(), scale=None)
    given = Disconfirmation(outcome="overall", expectation="expected", performance="got", midpoint=4)
    with_scale, without = fit(answers()), fit(answers(), given, scale=None)
    ours, theirs = (result.table("coefficients")["estimate"] for result in (with_scale, without))  # type: ignore[attr-defined]
    np.testing.assert_allclose(ours, theirs)
    asked = Disconfirmation(outcome="overall", expectation="expected", performance="got", direct="direct", midpoint=4)
    with pytest.raises(DataError, match="the direct measure has no scale"):
        fit(answers(), asked, scale=None)


def test_a_part_of_the_outcome_explains_itself() -> None:
    sample = Sample.from_frame(answers(), scale=(1, 7), constructs={"happy": ("overall", "direct")})
    model = Disconfirmation(outcome="happy", expectation="expected", performance="got", direct="direct")
    with pytest.raises(ValueError, match="direct is a part of the outcome 'happy' and of direct: it explains itself"):
        model.fit(sample)


def test_a_group_too_small_or_without_variance_is_named() -> None:
    frame = answers().assign(shop=["small"] * 5 + ["flat"] * 50 + ["good"] * 65)
    with pytest.raises(StatisticsError, match="shop = 'small'"):
        MODEL.fit(Sample.from_frame(frame, scale=(1, 7)), by="shop")
    frame.loc[:4, "shop"] = "good"
    frame.loc[frame["shop"] == "flat", "expected"] = 7
    with pytest.raises(StatisticsError, match="in shop = 'flat': expected has no variance"):
        MODEL.fit(Sample.from_frame(frame, scale=(1, 7)), by="shop")


def test_expectations_at_the_ceiling_work_and_fail_a_check() -> None:
    random = np.random.default_rng(2)
    frame = answers(400)
    frame["expected"] = np.where(random.random(400) < 0.7, 7.0, random.integers(5, 7, 400))
    result = fit(frame)
    checks = result.checks().set_index("check")  # type: ignore[attr-defined]
    failed = checks.loc["expectation_ceiling"]
    assert not failed["passed"]
    assert failed["value"] == pytest.approx((frame["expected"] == 7).mean())
    assert "stand at the top of the scale" in failed["text"]
    assert "is performance in disguise" in failed["text"]
    both = checks.loc["both_directions"]
    assert (both["passed"], both["threshold"]) == (False, 0.1)
    gap, got = frame["got"] - frame["expected"], frame["got"]
    assert f"{np.corrcoef(gap, got)[0, 1] ** 2:.0%}" in failed["text"]


def test_nobody_who_got_more_leaves_that_slope_undefined_with_a_reason() -> None:
    frame = answers()
    frame["expected"] = 7 - (frame["expected"] % 3)
    frame["got"] = frame["got"].clip(1, 5) - 0
    table = fit(frame).table("difference")  # type: ignore[attr-defined]
    rows = table[table["model"] == "asymmetric"]
    assert rows["estimate"].isna().all()
    assert rows["reason"].str.startswith("not defined here").all()


def test_a_surface_without_interaction_says_why_it_has_no_axes() -> None:
    x, y = (part.ravel() for part in np.meshgrid(np.arange(1.0, 8), np.arange(1.0, 8)))
    frame = pd.DataFrame({"expected": x, "got": y, "overall": 0.5 * y - 0.1 * (y - 4) ** 2 - 0.2 * (x - 4) ** 2})
    result = MODEL.fit(Sample.from_frame(frame, scale=(1, 7)), replicates=None)
    rows = result.table("surface").set_index("statistic")
    assert rows.loc[["p10", "p11", "p20", "p21"], "estimate"].isna().all()
    assert set(rows.loc[["p10", "p11"], "reason"]) == {"no interaction (b4 = 0): the axes run along the scales"}
    assert rows.loc["x0", "estimate"] == pytest.approx(0)
    assert result.checks().set_index("check").loc["stationary_point", "passed"]
