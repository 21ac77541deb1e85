"""Measurement against psych and lavaan: reliabilities by the API, factors by the recipes of the notebook."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray
from scipy import stats

from csresearch import Reliability
from csresearch.models.measurement.items import alpha_dropped, item_rest, mean_correlation
from csresearch.models.measurement.one_factor import omega, one_factor
from tests.conftest import golden
from tests.models.ecsi import assert_agrees

MOBI, UNIVER = golden("reliability_mobi"), golden("reliability_univer")
BLOCKS = [
    *(pytest.param("mobi", name, id=name) for name in ("PERQ", "IMAG", "CUSA", "CUSL")),
    pytest.param("univer", "service", id="service", marks=pytest.mark.shared),
]
ALL12 = [*(f"IMAG{k}" for k in range(1, 6)), *(f"PERQ{k}" for k in range(1, 8))]


@pytest.fixture(scope="module")
def frames(mobi: pd.DataFrame, request: pytest.FixtureRequest) -> Any:
    def frame(name: str) -> pd.DataFrame:
        if name == "mobi":
            return mobi
        folder: Path = request.getfixturevalue("shared_data")
        return pd.read_csv(folder / "univer.csv")

    return frame


def checks(data: str) -> dict[str, Any]:
    return MOBI if data == "mobi" else UNIVER


@pytest.mark.parametrize(("data", "name"), BLOCKS)
def test_items_and_omega_agree_with_psych(data: str, name: str, frames: Any) -> None:
    theirs = checks(data)
    items = list(theirs[f"{name}.item.stats"]["value"])
    frame = frames(data)
    cov, block = np.cov(frame[items].to_numpy(float).T)[None], (tuple(range(len(items))),)
    drop = theirs[f"{name}.alpha.drop"]["value"]
    stats_ = theirs[f"{name}.item.stats"]["value"]
    np.testing.assert_allclose(alpha_dropped(cov, block)[0], [drop[i]["raw_alpha"] for i in items], atol=1e-8)
    np.testing.assert_allclose(item_rest(cov, block)[0], [stats_[i]["r.drop"] for i in items], atol=1e-8)
    assert mean_correlation(cov, block)[0, 0] == pytest.approx(theirs[f"{name}.alpha"]["value"]["average_r"], abs=1e-8)
    loadings = one_factor(cov, block)
    assert (loadings > 0).all()
    ours = {"omega_total": omega(cov, loadings, block)[0, 0]}
    assert_agrees(theirs[f"{name}.omega.1f"], ours)  # CUSL is a Heywood case and agrees as well


@pytest.mark.parametrize(("data", "name"), BLOCKS)
def test_mean_and_spread_by_the_model_agree_with_psych(data: str, name: str, frames: Any) -> None:
    theirs = checks(data)[f"{name}.item.stats"]
    items, frame = tuple(theirs["value"]), frames(data)
    result = Reliability(constructs={name: items}).fit(frame[list(items)], replicates=None)
    wide = result.wide("answers").loc[name]
    n = len(frame)
    ours = {i: {"mean": wide.at[i, "mean"], "sd": wide.at[i, "sd"] * np.sqrt(n / (n - 1))} for i in items}
    rest = result.wide("items").loc[name, "item_rest"]
    assert_agrees(theirs, {i: {**ours[i], "r.drop": rest[i]} for i in items})


@pytest.mark.parametrize(("data", "name"), BLOCKS)
def test_recipes_of_kmo_bartlett_and_guttman_agree_with_psych(data: str, name: str, frames: Any) -> None:
    """What notebook 05 computes in a line each."""
    theirs, items = checks(data), list(checks(data)[f"{name}.item.stats"]["value"])
    frame = frames(data)[items]
    corr, n = frame.corr().to_numpy(), len(frame)
    inverse = np.linalg.inv(corr)
    partial = -inverse / np.sqrt(np.outer(np.diag(inverse), np.diag(inverse)))
    off = ~np.eye(len(items), dtype=bool)
    r2, p2 = np.where(off, corr**2, 0.0), np.where(off, partial**2, 0.0)
    kmo = {"overall": r2.sum() / (r2.sum() + p2.sum()),
           "items": dict(zip(items, r2.sum(axis=0) / (r2 + p2).sum(axis=0), strict=True))}  # fmt: skip
    assert_agrees(theirs[f"{name}.KMO"], kmo)
    bartlett = -(n - 1 - (2 * len(items) + 5) / 6) * np.linalg.slogdet(corr)[1]
    assert_agrees(theirs[f"{name}.bartlett"], {"chisq": bartlett, "df": len(items) * (len(items) - 1) / 2})
    np.testing.assert_allclose(np.linalg.eigvalsh(corr)[::-1], theirs[f"{name}.eigenvalues"]["value"], atol=1e-8)
    assert_agrees(theirs[f"{name}.guttman"], {"lambda6": 1 - (1 / np.diag(inverse)).sum() / corr.sum()})


def test_the_interval_of_alpha_stands_beside_that_of_feldt(mobi: pd.DataFrame) -> None:
    """Feldt's interval is for normal answers; by the draws an end may move where answers are skewed, as they are."""
    for name in ("PERQ", "CUSA"):
        items = tuple(MOBI[f"{name}.item.stats"]["value"])
        table = Reliability(constructs={name: items}).fit(mobi[list(items)]).table("constructs")
        row = table[table["statistic"] == "alpha"].iloc[0]
        feldt, raw, n, k = MOBI[f"{name}.alpha.feldt"]["value"], row["estimate"], len(mobi), len(items)
        ends = [1 - (1 - raw) * stats.f.ppf(q, n - 1, (n - 1) * (k - 1)) for q in (0.975, 0.025)]
        assert_agrees(MOBI[f"{name}.alpha.feldt"], dict(zip(("lower", "upper"), ends, strict=True)))
        assert row["conf_low"] == pytest.approx(feldt["lower"], abs=0.02)
        assert row["conf_high"] == pytest.approx(feldt["upper"], abs=0.02)


def kaiser(loadings: NDArray[np.float64]) -> NDArray[np.float64]:
    """Varimax with rows brought to length 1, as psych does it."""
    from statsmodels.multivariate.factor_rotation import rotate_factors

    length = np.sqrt((loadings**2).sum(axis=1, keepdims=True))
    return np.asarray(rotate_factors(loadings / length, "varimax")[0] * length)


def test_the_recipe_of_exploratory_factors_agrees_with_psych(mobi: pd.DataFrame) -> None:
    from statsmodels.multivariate.factor import Factor

    for method, fit in (("ml", {}), ("pa", {"maxiter": 2000, "tol": 1e-10})):
        loadings = np.asarray(Factor(endog=mobi[ALL12], n_factor=2, method=method).fit(**fit).loadings)
        check = MOBI[f"all12.efa.{'ml' if method == 'ml' else 'minres'}.communality"]  # principal axes end at minres
        assert_agrees(check, dict(zip(ALL12, (loadings**2).sum(axis=1), strict=True)))
        if method == "ml":
            theirs = np.array([list(MOBI["all12.efa.ml.varimax.loadings"]["value"][i].values()) for i in ALL12])
            ours = np.abs(kaiser(loadings))
            apart = min(np.abs(ours[:, order] - np.abs(theirs)).max() for order in ([0, 1], [1, 0]))
            assert apart < 1e-3


@pytest.mark.parametrize(("data", "name"), [("mobi", "ecsi"), pytest.param("univer", "one", marks=pytest.mark.shared)])
def test_the_recipe_of_confirmatory_factors_agrees_with_lavaan(data: str, name: str, frames: Any) -> None:
    """semopy's optimiser stops a little earlier: estimates agree to 1e-3, chi-square to 4e-4."""
    theirs = checks(data)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import semopy

        model = semopy.Model(theirs[f"{name}.cfa.model"]["value"])
        model.fit(frames(data))
        found, fit = model.inspect(), semopy.calc_stats(model).iloc[0]
    ours = {
        (f"{r} =~ {left}" if op == "~" else f"{left} ~~ {r}"): float(value)
        for left, op, r, value in zip(found["lval"], found["op"], found["rval"], found["Estimate"], strict=True)
    }
    for term, value in theirs[f"{name}.cfa.ML.estimates"]["value"].items():
        turned = " ~~ ".join(reversed(term.split(" ~~ ")))
        assert ours.get(term, ours.get(turned)) == pytest.approx(value, abs=1e-3, rel=1e-3), term
    known = theirs[f"{name}.cfa.ML.fit"]["value"]
    for key, column in (("chisq", "chi2"), ("df", "DoF"), ("cfi", "CFI"), ("tli", "TLI")):
        assert fit[column] == pytest.approx(known[key], abs=4e-4)


def test_the_confirmatory_model_of_holzinger_and_swineford() -> None:
    """Three factors of 1939: chi-square 85.3055 on 24 df, CFI .93056, TLI .89584 (lavaan)."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import semopy
        from semopy.examples import holzinger39

        model = semopy.Model("visual =~ x1 + x2 + x3\ntextual =~ x4 + x5 + x6\nspeed =~ x7 + x8 + x9")
        model.fit(holzinger39.get_data())
        fit, found = semopy.calc_stats(model).iloc[0], model.inspect(std_est=True)
    assert fit[["chi2", "DoF", "CFI", "TLI"]].tolist() == pytest.approx([85.3055, 24, 0.93056, 0.89584], abs=5e-4)
    printed = [0.772, 0.424, 0.581, 0.852, 0.855, 0.838, 0.570, 0.723, 0.665]
    assert found["Est. Std"].iloc[:9].astype(float).tolist() == pytest.approx(printed, abs=1e-3)
