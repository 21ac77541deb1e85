"""Disconfirmation against R (stats, sandwich, car, RSA, boot) on three real surveys, and against statsmodels."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from hypothesis import given, settings
from hypothesis import strategies as st

from csresearch.inference.replicates import Bootstrap, Linearized
from csresearch.models.disconfirmation import Disconfirmation
from csresearch.result import Result
from csresearch.survey.sample import Sample
from tests.conftest import golden

BLOCKS = [
    ("motcon", "motcon"), ("kiosk", "mean24"), ("kiosk", "item01"), ("kiosk", "item10"), ("kiosk", "item17"),
    ("oddjob", "item1"), ("oddjob", "item5"), ("oddjob", "item8"),
]  # fmt: skip
BOOTED = [("motcon", "motcon"), ("kiosk", "mean24"), ("oddjob", "item1")]
ORDER = ["b0", "b1_x", "b2_y", "b3_xx", "b4_xy", "b5_yy"]
THEIRS = {
    "constant": "null", "full": "full", "interaction": "IA", "difference": "diff", "absolute_difference": "absdiff",
    "additive": "additive",
}  # fmt: skip


def sample_of(data: str, block: str, folder: Path) -> tuple[Sample, Disconfirmation]:
    setup = golden(f"edt_{data}")[f"{block}.setup"]["value"]
    frame = pd.read_csv(folder / f"{data}.csv")
    z, x, y = setup["z"], setup["x"], setup["y"]
    model = Disconfirmation(outcome=z, expectation=x, performance=y, missing="listwise")
    if data == "motcon":
        return Sample.from_frame(frame), Disconfirmation(outcome=z, expectation=x, performance=y, midpoint=0)
    if data == "oddjob":
        frame = frame.assign(**{name: (frame[name] - 50) / 10 for name in (x, y)})
        model = Disconfirmation(outcome=z, expectation=x, performance=y, midpoint=0, missing="listwise")
        return Sample.from_frame(frame), model
    constructs = {kind: tuple(f"{kind[:3]}{j:02}" for j in range(1, 25)) for kind in ("exp_mean", "per_mean")}
    return Sample.from_frame(frame, scale=(1, 7), constructs=constructs), model


@cache
def fitted(data: str, block: str, folder: Path, replicates: Any = None) -> Result:
    sample, model = sample_of(data, block, folder)
    return model.fit(sample, replicates=replicates)


def estimates(result: Result, table: str, statistic: str, **keys: str) -> list[float]:
    rows = result.estimates(table, statistic=statistic)
    for key, value in keys.items():
        rows = rows[rows[key] == value]
    return rows["estimate"].tolist()


each = pytest.mark.parametrize(("data", "block"), BLOCKS, ids=[".".join(block) for block in BLOCKS])


@pytest.mark.shared
@each
def test_slopes_and_robust_errors_equal_r(data: str, block: str, shared_data: Path) -> None:
    theirs, result = golden(f"edt_{data}"), fitted(data, block, shared_data)
    assert result.n_obs == theirs[f"{block}.setup"]["value"]["n"]
    ols, hc3 = (theirs[f"{block}.{name}"]["value"] for name in ("ols", "ols.HC3"))
    for table in ("coefficients", "robust"):
        np.testing.assert_allclose(result.table(table)["estimate"], [ols[b]["estimate"] for b in ORDER], atol=1e-8)
    robust = result.table("robust")
    np.testing.assert_allclose(robust["std_error"], [hc3[b]["se"] for b in ORDER], atol=1e-8)
    np.testing.assert_allclose(robust["p_value"], [hc3[b]["p"] for b in ORDER], atol=1e-8)
    fit = theirs[f"{block}.ols.fit"]["value"]
    assert set(robust["df_residual"]) == {fit["df_residual"]}
    for statistic, key in (("r2", "r2"), ("adjusted_r2", "adj_r2")):
        assert estimates(result, "models", statistic, model="full") == pytest.approx([fit[key]], abs=1e-8)


@pytest.mark.shared
@each
def test_the_surface_equals_r_and_rsa(data: str, block: str, shared_data: Path) -> None:
    theirs, result = golden(f"edt_{data}"), fitted(data, block, shared_data)
    ours = result.table("surface").set_index("statistic")["estimate"]
    for name, expected in theirs[f"{block}.surface.ols"]["value"].items():
        assert ours[name] == pytest.approx(expected["estimate"], abs=1e-8)
    for name, expected in theirs[f"{block}.geometry"]["value"]["formula"].items():
        if name != "Z0":
            assert ours[name.lower()] == pytest.approx(expected, rel=1e-7, abs=1e-8)
    rsa = theirs[f"{block}.RSA.full"]["value"]
    for name in ("a1", "a2", "a3", "a4", "a5"):
        assert ours[name] == pytest.approx(rsa[name]["est"], abs=1e-6)


@pytest.mark.shared
@each
def test_the_sandwich_of_rsa_is_the_linearised_error(data: str, block: str, shared_data: Path) -> None:
    """lavaan's MLR divides by n where a design multiplies by n / (n - 1), n of all rows, complete or not."""
    rsa = golden(f"edt_{data}")[f"{block}.RSA.full"]["value"]
    result = fitted(data, block, shared_data, Linearized())
    shrink = np.sqrt((len(result.sample) - 1) / len(result.sample))
    found = result.table("coefficients")["std_error"] * shrink
    np.testing.assert_allclose(found, [rsa[b]["se"] for b in ("b0", "b1", "b2", "b3", "b4", "b5")], atol=1e-6)
    surface = result.table("surface").set_index("statistic")["std_error"] * shrink
    names = ["a1", "a2", "a3", "a4"]
    np.testing.assert_allclose(surface[names], [rsa[name]["se"] for name in names], atol=2e-6)


@pytest.mark.shared
@each
def test_the_nested_models_equal_rsa(data: str, block: str, shared_data: Path) -> None:
    rsa, result = golden(f"edt_{data}")[f"{block}.RSA.models"]["value"], fitted(data, block, shared_data)
    for ours, theirs in THEIRS.items():
        assert estimates(result, "models", "r2", model=ours) == pytest.approx([rsa[theirs]["R2"]], abs=1e-6)
        assert estimates(result, "models", "aic", model=ours) == pytest.approx([rsa[theirs]["aic"]], abs=1e-5)


@pytest.mark.shared
@each
def test_the_difference_score_and_its_tests_equal_r(data: str, block: str, shared_data: Path) -> None:
    theirs, result = golden(f"edt_{data}"), fitted(data, block, shared_data)

    def check(name: str) -> dict[str, Any]:
        return theirs[f"{block}.{name}"]["value"]

    gap, difference, linear, asymmetric = map(check, ("difference.gap", "difference", "linear", "asymmetric"))
    n = result.n_obs
    assert estimates(result, "difference", "gap") == pytest.approx([gap["mean"]], abs=1e-8)
    sd = estimates(result, "difference", "gap_sd")[0] * np.sqrt(n / (n - 1))
    assert sd == pytest.approx(gap["sd"], abs=1e-8)
    slopes = {
        "difference": [difference["disconfirmation"]["estimate"]],
        "asymmetric": [asymmetric[f"{side}_disconfirmation"]["estimate"] for side in ("positive", "negative")],
        "additive": [linear[name]["estimate"] for name in ("x", "y")],
    }
    for model, expected in slopes.items():
        assert estimates(result, "difference", "slope", model=model) == pytest.approx(expected, abs=1e-8)
        r2 = check({"additive": "linear"}.get(model, model))["r2"]
        assert estimates(result, "models", "r2", model=model) == pytest.approx([r2], abs=1e-8)
    for model, source in (("difference", difference), ("asymmetric", asymmetric), ("additive", linear)):
        found = estimates(result, "difference", "intercept", model=model)
        assert found == pytest.approx([source["intercept"]["estimate"]], abs=1e-8)
    tests = result.table("constraints").query("statistic == 'f'").set_index("category")
    for name, expected in (("linear", "constraint.linear"), ("quadratic", "constraint.quadratic"),
                           ("higher_order", "higher_order")):  # fmt: skip
        value = check(expected)
        assert tests.loc[name, "estimate"] == pytest.approx(value["F"], abs=1e-8)
        assert tests.loc[name, "p_value"] == pytest.approx(value["p"], abs=1e-8)
        assert tests.loc[name, "df"] == value["df1"]
        assert tests.loc[name, "df_residual"] == value.get("df2", n - 6)
    full, additive = (estimates(result, "models", "r2", model=name)[0] for name in ("full", "additive"))
    assert full - additive == pytest.approx(check("higher_order")["delta_r2"], abs=1e-8)


@pytest.mark.shared
@pytest.mark.parametrize(("data", "block"), BOOTED)
def test_the_bootstrap_spreads_as_that_of_r(data: str, block: str, shared_data: Path) -> None:
    theirs = golden(f"edt_{data}")[f"{block}.boot"]["value"]
    result = fitted(data, block, shared_data, Bootstrap(draws=4000, seed=2))
    drawn = pd.DataFrame(result.draws("surface"), columns=result.table("surface")["statistic"])
    for name, expected in theirs.items():
        assert drawn[name].std() == pytest.approx(expected["se"], rel=0.08)
        ends = [expected["lower"], expected["upper"]]
        np.testing.assert_allclose(drawn[name].quantile([0.025, 0.975]), ends, atol=0.16 * expected["se"] * 1.96)


def plain(n: int = 200, *, seed: int = 1) -> pd.DataFrame:
    random = np.random.default_rng(seed)
    frame = pd.DataFrame(random.integers(1, 8, (n, 2)).astype(float), columns=["expected", "got"])
    gap = frame["got"] - frame["expected"]
    frame["direct"] = np.clip(np.round(4 + 0.6 * gap + random.normal(size=n)), 1, 7)
    frame["overall"] = 0.5 * frame["got"] + 0.4 * frame["direct"] + random.normal(size=n)
    return frame.assign(w=random.uniform(0.4, 3, n), dealer=random.integers(0, 30, n))


MODEL = Disconfirmation(outcome="overall", expectation="expected", performance="got")
ASKED = Disconfirmation(outcome="overall", expectation="expected", performance="got", direct="direct")


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000), st.integers(40, 120), st.floats(0.1, 50))
def test_a_weighted_surface_is_that_of_statsmodels_and_weights_have_no_scale(seed: int, n: int, factor: float) -> None:
    frame = plain(n, seed=seed)
    result = MODEL.fit(Sample.from_frame(frame, scale=(1, 7), weights="w"), replicates=Linearized())
    x, y = frame["expected"] - 4, frame["got"] - 4
    design = sm.add_constant(np.column_stack([x, y, x**2, x * y, y**2]))
    theirs = sm.WLS(frame["overall"], design, weights=frame["w"]).fit(cov_type="HC3", use_t=True)
    np.testing.assert_allclose(result.table("coefficients")["estimate"], theirs.params, rtol=1e-7, atol=1e-9)
    robust = result.table("robust")
    np.testing.assert_allclose(robust["std_error"], theirs.bse, rtol=1e-7)
    np.testing.assert_allclose(robust[["conf_low", "conf_high"]], theirs.conf_int(), rtol=1e-6, atol=1e-9)
    scaled = MODEL.fit(
        Sample.from_frame(frame.assign(w=factor * frame["w"]), scale=(1, 7), weights="w"), replicates=Linearized()
    )
    values = ["estimate", "std_error", "conf_low", "conf_high"]
    for name in result.tables:
        np.testing.assert_allclose(scaled.table(name)[values], result.table(name)[values], rtol=1e-6, atol=1e-8)


def test_integer_weights_and_repeated_rows_give_the_same_estimates() -> None:
    frame = plain().assign(times=np.arange(200) % 3 + 1)
    weighted = ASKED.fit(Sample.from_frame(frame, scale=(1, 7), weights="times"), replicates=None)
    repeated = ASKED.fit(Sample.from_frame(frame, scale=(1, 7), counts="times"), replicates=None)
    for name in ("coefficients", "surface", "profile", "difference", "direct", "chain"):
        np.testing.assert_allclose(weighted.table(name)["estimate"], repeated.table(name)["estimate"], rtol=1e-9)


def test_the_profile_is_the_surface_along_its_lines() -> None:
    result = MODEL.fit(Sample.from_frame(plain(), scale=(1, 7)), replicates=None)
    b = result.table("coefficients")["estimate"].to_numpy()
    rows = result.table("profile")
    x, y = rows["x"] - 4, rows["y"] - 4
    expected = b[0] + b[1] * x + b[2] * y + b[3] * x**2 + b[4] * x * y + b[5] * y**2
    np.testing.assert_allclose(rows["estimate"], expected)
    met, missed = (rows[rows["category"] == name] for name in ("congruence", "incongruence"))
    assert met["x"].tolist() == met["y"].tolist() == [1, 2, 3, 4, 5, 6, 7]
    assert missed["x"].tolist() == [7, 6, 5, 4, 3, 2, 1]
    a = result.table("surface").set_index("statistic")["estimate"]
    height = met.set_index("y")["estimate"]
    assert height[5] - height[3] == pytest.approx(2 * a["a1"])
    assert height[5] + height[3] - 2 * height[4] == pytest.approx(2 * a["a2"])


def test_direct_and_indirect_effects_add_up_to_the_slope_alone() -> None:
    frame = plain()
    for model in (MODEL, ASKED):
        chain = model.fit(Sample.from_frame(frame, scale=(1, 7)), replicates=None).table("chain")
        at = chain[chain["category"].isna()].set_index(["source", "statistic"])["estimate"]
        alone = sm.OLS(frame["overall"], sm.add_constant(frame["expected"])).fit().params["expected"]
        assert at["expected", "total"] == pytest.approx(alone)
        assert at["expected", "direct"] + at["expected", "indirect"] == pytest.approx(alone)
    routes = chain[chain["statistic"].eq("indirect") & chain["category"].notna()]
    mine = routes[routes["source"] == "expected"].set_index("category")["estimate"]
    assert list(mine.index) == ["got", "direct", "got > direct"]
    assert mine.sum() == pytest.approx(at["expected", "indirect"])
    paths = chain[chain["statistic"] == "path"].set_index(["source", "target"])["estimate"]
    expected = paths["expected", "got"] * paths["got", "direct"] * paths["direct", "overall"]
    assert mine["got > direct"] == pytest.approx(expected)


def test_the_direct_measure_has_its_shares_and_its_regression() -> None:
    frame = plain()
    table = ASKED.fit(Sample.from_frame(frame, scale=(1, 7)), replicates=None).table("direct")
    shares = table[table["statistic"] == "share"].set_index("category")["estimate"]
    counted = [(frame["direct"] < 4).mean(), (frame["direct"] == 4).mean(), (frame["direct"] > 4).mean()]
    np.testing.assert_allclose(shares[["worse", "as_expected", "better"]], counted)
    fit = sm.OLS(frame["overall"], sm.add_constant(frame["direct"])).fit()
    at = table.set_index("statistic")["estimate"]
    assert at["slope"] == pytest.approx(fit.params["direct"])
    r2 = table[table["statistic"] == "r2"].set_index("model")["estimate"]
    assert r2["direct_only"] == pytest.approx(fit.rsquared)
    assert r2["without_direct"] < r2["with_direct"]


def test_on_an_even_scale_both_middle_answers_are_as_expected() -> None:
    frame = plain().assign(direct=np.arange(200) % 6 + 1.0)
    sample = Sample.from_frame(
        frame.assign(expected=frame["expected"].clip(1, 6), got=frame["got"].clip(1, 6)), scale=(1, 6)
    )
    shares = estimates(ASKED.fit(sample, replicates=None), "direct", "share")
    assert shares == pytest.approx([68 / 200, 66 / 200, 66 / 200])


def test_each_table_has_a_base_of_its_own() -> None:
    frame = plain()
    frame.loc[:49, "direct"] = np.nan
    model = Disconfirmation(
        outcome="overall", expectation="expected", performance="got", direct="direct", missing="listwise"
    )
    result = model.fit(Sample.from_frame(frame, scale=(1, 7)), replicates=Bootstrap(draws=20))
    assert set(result.table("surface")["n_obs"]) == {200}
    assert set(result.table("direct")["n_obs"]) == set(result.table("chain")["n_obs"]) == {150}
    assert result.draws("chain").shape == (20, len(result.table("chain")))


def test_where_performance_alone_counts_the_difference_score_invents_an_effect_of_expectation() -> None:
    random = np.random.default_rng(3)
    n = 3000
    x = random.normal(size=n)
    y = 0.3 * x + np.sqrt(1 - 0.09) * random.normal(size=n)
    frame = pd.DataFrame({"expected": x, "got": y, "overall": 0.6 * y + 0.8 * random.normal(size=n)})
    model = Disconfirmation(outcome="overall", expectation="expected", performance="got", midpoint=0)
    result = model.fit(frame, replicates=Linearized())
    slopes = result.table("difference")
    slopes = slopes[(slopes["model"] == "additive") & (slopes["statistic"] == "slope")]["estimate"].tolist()
    assert slopes == pytest.approx([0, 0.6], abs=0.06)
    assert estimates(result, "models", "r2", model="additive") == pytest.approx([0.36], abs=0.03)
    assert estimates(result, "models", "r2", model="difference") == pytest.approx([0.126], abs=0.03)
    p = result.table("constraints").query("category == 'linear'")["p_value"]
    assert (p < 1e-6).all()
