"""Drivers through its public face: relaimpo's figures, weights, `used`, the floor at 0, and what is refused."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from csresearch.errors import DataError, StatisticsError
from csresearch.inference.replicates import Bootstrap, Jackknife, Linearized
from csresearch.models.drivers import Drivers
from csresearch.models.importance_performance import ImportancePerformance
from csresearch.result import Result
from csresearch.survey.sample import Sample
from tests.conftest import golden
from tests.models.test_regression import ALL_DATA, WEIGHTED_DATA, WEIGHTS, read

MEASURES = {
    "lmg": "lmg", "first": "first", "last": "last", "beta_squared": "betasq", "pratt": "pratt",
    "relative_weight": "genizi",
}  # fmt: skip
SMALL = 1e-8


def setup(name: str, request: pytest.FixtureRequest) -> tuple[pd.DataFrame, Drivers]:
    asked = golden(f"drivers_{name}")["setup"]["value"]
    return read(name, request), Drivers(outcome=asked["y"], predictors=tuple(asked["x"]), missing="listwise")


def agree(result: Result, table: str, statistic: str, check: dict[str, object]) -> None:
    rows = result.estimates(table, statistic=statistic)
    assert isinstance(result.model, Drivers)
    assert list(rows["term"]) == list(result.model.predictors or ())
    np.testing.assert_allclose(rows["estimate"], [check["value"][term] for term in rows["term"]], atol=SMALL)


@pytest.mark.parametrize("name", ALL_DATA)
def test_coefficients_and_importance_equal_r(name: str, request: pytest.FixtureRequest) -> None:
    frame, model = setup(name, request)
    result, theirs = model.fit(Sample.from_frame(frame), replicates=None), golden(f"drivers_{name}")
    assert result.n_obs == theirs["setup"]["value"]["n"]
    for statistic, check in (("slope", "ols.coef"), ("beta", "ols.beta"), ("vif", "ols.vif")):
        agree(result, "coefficients", statistic, theirs[check])
    agree(result, "importance", "lmg", theirs["relaimpo.lmg"])
    agree(result, "importance", "lmg_share", theirs["relaimpo.lmg.rela"])
    for ours, check in MEASURES.items():
        agree(result, "methods", ours, theirs[f"relaimpo.{check}"])
    np.testing.assert_allclose(
        result.table("fit")["estimate"], [theirs["ols.fit"]["value"][key] for key in ("r2", "adj_r2")], atol=SMALL
    )
    ranks = result.estimates("importance", statistic="rank").set_index("term")["estimate"]
    lmg = result.estimates("importance", statistic="lmg").set_index("term")["estimate"]
    assert (ranks == lmg.rank(ascending=False)).all()


@pytest.mark.parametrize("name", WEIGHTED_DATA)
def test_weighted_importance_equals_relaimpo(name: str, request: pytest.FixtureRequest) -> None:
    frame, model = setup(name, request)
    frame = frame.dropna(subset=[model.outcome, *model.predictors])
    theirs = golden(f"drivers_{name}")
    result = model.fit(Sample.from_frame(frame, weights=WEIGHTS[name](frame).to_numpy(float)), replicates=None)
    agree(result, "coefficients", "slope", theirs["weighted.coef"])
    for ours, check in MEASURES.items():
        agree(result, "methods", ours, theirs[f"weighted.relaimpo.{check}"])
    assert result.wide("fit")["r2"][0] == pytest.approx(theirs["weighted.R2"]["value"], abs=SMALL)


def simulated(n: int = 400, *, seed: int = 1) -> pd.DataFrame:
    random = np.random.default_rng(seed)
    frame = pd.DataFrame(random.integers(1, 11, (n, 3)).astype(float), columns=["staff", "price", "noise"])
    overall = 1 + 0.5 * frame["staff"] + 0.3 * frame["price"] + random.normal(0, 1.5, n)
    return frame.assign(overall=overall.clip(1, 10))


MODEL = Drivers(outcome="overall", predictors=("staff", "price", "noise"))


def test_linearised_errors_of_slopes_are_sandwich_errors() -> None:
    """HC1 with n / (n - 1), of statsmodels."""
    import statsmodels.api as sm

    frame = simulated()
    found = MODEL.fit(Sample.from_frame(frame), replicates=Linearized()).estimates("coefficients", statistic="slope")
    fitted = sm.OLS(frame["overall"], sm.add_constant(frame[list(MODEL.predictors)])).fit(cov_type="HC0")
    np.testing.assert_allclose(found["std_error"], fitted.bse.iloc[1:] * np.sqrt(400 / 399), rtol=1e-5)


@pytest.mark.parametrize("replicates", [Bootstrap(draws=200), Jackknife(), Linearized()], ids=repr)
def test_a_share_stops_at_0_where_nothing_is_to_be_told_from_nothing(
    replicates: Bootstrap | Jackknife | Linearized,
) -> None:
    result = MODEL.fit(Sample.from_frame(simulated()), replicates=replicates)
    for table, statistic in (("importance", "lmg"), ("importance", "lmg_share"), ("methods", "last")):
        rows = result.estimates(table, statistic=statistic).set_index("term")
        noise, staff = rows.loc["noise"], rows.loc["staff"]
        assert (noise["conf_low"], noise["reason"]) == (0.0, "not separable from zero")
        assert noise["p_value"] > 0.05, "the test against 0 is the one that set the end"
        assert noise["conf_high"] > 0
        assert staff["conf_low"] > 0
        assert staff["p_value"] < 1e-6
        assert staff["reason"] == ""
    slope = result.estimates("coefficients", statistic="slope").set_index("term")
    assert slope.loc["noise", "conf_low"] < 0 < slope.loc["noise", "conf_high"]


def test_under_8_degrees_of_freedom_intervals_are_t_and_a_check_fails() -> None:
    frame = simulated().assign(dealer=np.arange(400) % 6)
    result = MODEL.fit(Sample.from_frame(frame, clusters="dealer"), replicates=Bootstrap(draws=50))
    linear = MODEL.fit(Sample.from_frame(frame, clusters="dealer"), replicates=Linearized())
    for name in ("importance", "coefficients", "fit"):
        table = result.table(name)
        assert (table["method"] == "linearized, t").all(), name
        np.testing.assert_allclose(table["std_error"], linear.table(name)["std_error"], rtol=1e-9, err_msg=name)
        np.testing.assert_allclose(table["conf_high"], linear.table(name)["conf_high"], rtol=1e-9, err_msg=name)
    checks = result.checks().set_index("check")["passed"]
    assert not checks["degrees_of_freedom"]
    assert len(result.draws("coefficients")) == 50


def test_adjusted_r2_takes_its_interval_from_its_own_draws() -> None:
    result = MODEL.fit(Sample.from_frame(simulated()), replicates=Bootstrap(draws=100))
    r2, adjusted = (row for _, row in result.table("fit").iterrows())
    assert adjusted["estimate"] == pytest.approx(1 - (1 - r2["estimate"]) * 399 / 396)
    draws = result.draws("fit")
    np.testing.assert_allclose(draws[:, 1], 1 - (1 - draws[:, 0]) * 399 / 396)
    assert (r2["method"], adjusted["method"]) == ("bootstrap, bias-corrected", "bootstrap, expanded percentile")
    assert adjusted["std_error"] == pytest.approx(r2["std_error"] * 399 / 396)
    assert adjusted["n_effective"] == r2["n_effective"]


def test_the_support_of_ranks_is_a_share_of_draws() -> None:
    result = MODEL.fit(Sample.from_frame(simulated()), replicates=Bootstrap(draws=100))
    support = result.table("ranks").pivot_table(index="term", columns="category", values="estimate")
    np.testing.assert_allclose(support.sum(), 1)
    np.testing.assert_allclose(support.sum(axis=1), 1)
    place = (result.table("importance")["statistic"] == "rank").to_numpy()
    drawn = result.draws("importance")[:, place]
    assert support.loc["staff", "1"] == (drawn[:, 0] == 1).mean()


@pytest.mark.parametrize(
    ("predictors", "message"),
    [
        (("staff", "overall"), "the outcome 'overall' is among the predictors"),
        (("staff", "price", "staff"), "predictors given twice: staff"),
        ((), "needs an outcome and predictors"),
    ],
)
def test_predictors_that_make_no_sense_are_refused(predictors: tuple[str, ...], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        replace(MODEL, predictors=predictors).fit(Sample.from_frame(simulated()))


def test_numbers_that_allow_no_regression_are_refused() -> None:
    frame = simulated()
    frame["twin"] = 3 - 2 * frame["price"] + frame["staff"]
    frame["flat"] = 4.1
    for predictors, message in (
        (("staff", "price", "noise", "twin"), "the predictors staff, price, twin are collinear"),
        (("staff", "flat"), "flat has no variance"),
    ):
        with pytest.raises(StatisticsError, match=message):
            replace(MODEL, predictors=predictors).fit(Sample.from_frame(frame))
    with pytest.raises(StatisticsError, match=r"4 respondents for 4 columns .*at least 5 are needed"):
        MODEL.fit(Sample.from_frame(frame.head(4)))
    with pytest.raises(StatisticsError, match=r"3 respondents in wave = '2' for 4 columns"):
        MODEL.fit(Sample.from_frame(frame.assign(wave=np.where(np.arange(400) < 3, 2, 1))), by="wave")
    with pytest.raises(DataError, match="'stuff' is no column"):
        replace(MODEL, predictors=("stuff", "price")).fit(Sample.from_frame(frame))


def test_small_numbers_are_not_taken_for_a_constant() -> None:
    frame = simulated()
    one = MODEL.fit(Sample.from_frame(frame), replicates=None).table("importance")["estimate"]
    other = MODEL.fit(Sample.from_frame(frame * 1e-9), replicates=None).table("importance")["estimate"]
    np.testing.assert_allclose(one, other, rtol=1e-8)


def partly_used(n: int = 600) -> tuple[pd.DataFrame, Sample]:
    """A lounge that four in ten use, and users like the dealer more, the better the lounge is."""
    frame, random = simulated(n, seed=3), np.random.default_rng(4)
    used = random.random(n) < 0.4
    frame["lounge"] = np.where(used, random.integers(1, 11, n), np.nan)
    lift = np.where(used, 0.4 * (frame["lounge"] - 5.5) + 0.5, 0.0)
    frame["overall"] = frame["overall"] + lift
    kinds = pd.Series(np.where(used, "", "not_used"), index=frame.index)
    return frame, replace(Sample.from_frame(frame, scale=(1, 10)), kinds={"lounge": kinds})


def test_a_driver_that_not_everybody_used_is_a_pair_of_columns() -> None:
    frame, sample = partly_used()
    model = Drivers(outcome="overall", predictors=("staff", "price", "lounge"), missing="used")
    result = model.fit(sample, replicates=Bootstrap(draws=50))
    used = frame["lounge"].notna().to_numpy(float)
    pair = np.stack([used * (frame["lounge"].fillna(0) - 5.5), used], axis=1)
    others = frame[["staff", "price"]].to_numpy()

    def r2(*columns: np.ndarray) -> float:
        x = np.column_stack([np.ones(len(frame)), *columns])
        rest = frame["overall"] - x @ np.linalg.lstsq(x, frame["overall"], rcond=None)[0]
        return float(1 - rest.var() / frame["overall"].var())

    first = result.estimates("methods", statistic="first").set_index("term")["estimate"]
    last = result.estimates("methods", statistic="last").set_index("term")["estimate"]
    lmg = result.estimates("importance", statistic="lmg")["estimate"]
    assert result.n_obs == 600
    assert first["lounge"] == pytest.approx(r2(pair))
    assert last["lounge"] == pytest.approx(r2(others, pair) - r2(others))
    assert lmg.sum() == pytest.approx(r2(others, pair))
    slope = result.estimates("coefficients", statistic="slope").set_index("term")["estimate"]["lounge"]
    assert slope == pytest.approx(0.4, abs=0.1)
    pratt = result.estimates("methods", statistic="pratt")
    assert pratt["estimate"].isna().all()
    assert pratt["reason"].str.startswith("not defined here").all()
    assert result.checks().set_index("check").loc["failed_draws", "passed"], "what is not defined cannot fail"
    assert "draws failed" not in result.methods()


def test_performance_is_among_users_and_an_effect_counts_only_them() -> None:
    frame, sample = partly_used()
    model = ImportancePerformance(outcome="overall", attributes=("staff", "price", "lounge"))
    grid = model.fit(sample, replicates=None).table("grid").set_index(["attribute", "statistic"])["estimate"]
    users = frame["lounge"].dropna()
    assert grid["lounge", "performance"] == pytest.approx(100 * (users.mean() - 1) / 9)
    drivers = Drivers(outcome="overall", predictors=("staff", "price", "lounge"), missing="used")
    slopes = drivers.fit(sample, replicates=None).estimates("coefficients", statistic="slope")["estimate"].to_numpy()
    assert grid["lounge", "effect"] == pytest.approx(slopes[2] * len(users) / 600)
    assert grid["staff", "effect"] == pytest.approx(slopes[0])


def test_a_few_who_did_not_use_something_are_left_out() -> None:
    frame, sample = partly_used()
    kept = frame["lounge"].notna() | (frame["lounge"].isna().cumsum() <= 4)
    few = sample.exclude((~kept).to_numpy())
    result = Drivers(outcome="overall", predictors=("staff", "lounge"), missing="used").fit(few, replicates=None)
    assert result.n_obs == frame["lounge"].notna().sum() == kept.sum() - 4
    plain = Drivers(outcome="overall", predictors=("staff", "lounge"), missing="listwise").fit(few, replicates=None)
    assert result.table("methods")["estimate"].tolist() == plain.table("methods")["estimate"].tolist()


def test_a_driver_skipped_only_by_the_excluded_is_a_plain_one() -> None:
    frame, sample = partly_used()
    users = sample.exclude(frame["lounge"].isna().to_numpy())
    for missing in ("used", "listwise"):
        result = Drivers(outcome="overall", predictors=("staff", "lounge"), missing=missing).fit(users, replicates=None)
        assert result.n_obs == frame["lounge"].notna().sum()
        assert np.isfinite(result.table("methods")["estimate"]).all()


def test_pairwise_moments_and_their_bases() -> None:
    frame = simulated()
    frame.loc[:99, "price"] = np.nan
    pairwise = replace(MODEL, missing="pairwise").fit(Sample.from_frame(frame), replicates=Bootstrap(draws=50))
    assert pairwise.n_obs == 400
    both = np.cov(frame["staff"], frame["overall"])
    expected = both[0, 1] / np.sqrt(both[0, 0] * both[1, 1])
    found = pairwise.estimates("coefficients", statistic="correlation").set_index("term")["estimate"]
    assert found["staff"] == pytest.approx(expected)
    assert found["price"] == pytest.approx(frame["price"][100:].corr(frame["overall"][100:]), abs=0.02)
    assert np.isfinite(pairwise.draws("coefficients")).all()
    assert pairwise.checks().set_index("check").loc["positive_definite", "passed"]


def test_sampled_orderings_are_checked() -> None:
    random = np.random.default_rng(1)
    frame = pd.DataFrame(random.normal(size=(120, 16)), columns=[f"x{j}" for j in range(16)])
    model = Drivers(outcome="x15", predictors=tuple(f"x{j}" for j in range(15)))
    checks = model.fit(Sample.from_frame(frame), replicates=Bootstrap(draws=4)).checks().set_index("check")
    assert "15 drivers" in checks.loc["sampled_orderings", "text"]
