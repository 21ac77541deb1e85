"""SatisfactionIndex through its public face, against R and printed tables."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from csresearch.errors import ConvergenceError, DataError, StatisticsError, StudyError
from csresearch.inference.replicates import Bootstrap, Linearized
from csresearch.models.satisfaction_index import SatisfactionIndex
from csresearch.result import Result
from csresearch.survey.sample import Sample
from tests.conftest import golden
from tests.models.ecsi import BLOCKS, ITEMS, NAMES, PATHS

GOLDEN = golden("pls_mobi")
EDGES = {target: tuple(s for s, t in PATHS if t == target) for target in NAMES if any(t == target for _, t in PATHS)}


def ecsi(**options: Any) -> SatisfactionIndex:
    return SatisfactionIndex(constructs=BLOCKS, paths=EDGES, **options)


@pytest.fixture(scope="module")
def sample(mobi: pd.DataFrame) -> Sample:
    return Sample.from_frame(mobi, scale=(1, 10))


@pytest.fixture(scope="module")
def result(sample: Sample) -> Result:
    return ecsi(target="Satisfaction").fit(sample, replicates=None)


def numbers(result: Result, table: str, statistic: str, *keys: str, unit: str | None = None) -> dict[Any, float]:
    rows = result.estimates(table, statistic=statistic)
    rows = rows if unit is None else rows[rows["unit"] == unit]
    assert len(rows), f"{table} has no {statistic}"
    names = [tuple(row) if len(keys) > 1 else row[0] for row in rows[list(keys)].to_numpy().tolist()]
    return dict(zip(names, rows["estimate"], strict=True))


def test_paths_and_r2_equal_plspm(result: Result) -> None:
    theirs = GOLDEN["plspm.modeA.path.paths"]["value"]
    paths = numbers(result, "paths", "path", "source", "target")
    assert len(paths) == 12
    for (source, target), path in paths.items():
        assert path == pytest.approx(theirs[target][source], abs=1e-6), (source, target)
    r2 = numbers(result, "constructs", "r2", "construct")
    for name, row in GOLDEN["plspm.modeA.path.inner_summary"]["value"].items():
        assert r2.get(name, 0) == pytest.approx(row["R2"], abs=1e-6)
    assert "Image" not in r2


def test_weights_loadings_and_effects_equal_plspm(result: Result) -> None:
    for table, statistic, check in (("weights", "outer_weight", "outer_weights"), ("loadings", "loading", "loadings")):
        ours, theirs = numbers(result, table, statistic, "item"), GOLDEN[f"plspm.modeA.path.{check}"]["value"]
        np.testing.assert_allclose([ours[item] for item in ITEMS], [theirs[item] for item in ITEMS], atol=1e-6)
    for name, row in GOLDEN["plspm.modeA.path.effects"]["value"].items():
        pair = tuple(name.split(" -> "))
        for kind in ("direct", "indirect", "total"):
            ours = numbers(result, "effects", kind, "source", "target", unit="sd")
            assert ours.get(pair, 0) == pytest.approx(row[kind], abs=1e-6), name


def test_the_index_and_its_weights_equal_plspm(result: Result) -> None:
    index = numbers(result, "index", "index", "construct")
    for name, value in GOLDEN["plspm.modeA.path.index100"]["value"].items():
        assert index[name] == pytest.approx(value, abs=1e-5)
    weights = numbers(result, "weights", "index_weight", "construct", "item")
    for name, block in GOLDEN["plspm.modeA.path.index100_weights"]["value"].items():
        for item, value in block.items():
            assert weights[name, item] == pytest.approx(value, abs=1e-6)


def test_the_centroid_index_is_the_printed_one(sample: Sample) -> None:
    """72.543 for satisfaction, by hand from weights (.39484, .27914, .32602) and means (7.988, 7.128, 7.316)."""
    index = numbers(ecsi(scheme="centroid").fit(sample, replicates=None), "index", "index", "construct")
    printed = GOLDEN["semPLS.modeA.centroid.index100"]["value"]
    np.testing.assert_allclose([index[name] for name in NAMES], [printed[name] for name in NAMES], atol=1e-3)
    assert index["Satisfaction"] == pytest.approx(72.543, abs=5e-4)


def test_importance_and_performance_equal_the_acsi_formula(result: Result) -> None:
    importance = numbers(result, "importance_performance", "importance", "construct")
    performance = numbers(result, "importance_performance", "performance", "construct")
    for name, row in GOLDEN["plspm.modeA.path.ipma"]["value"].items():
        assert performance[name] == pytest.approx(row["performance"], abs=1e-5)
        assert importance.get(name, 0) == pytest.approx(row["total_effect_unstd"], abs=1e-6)
    assert set(result.table("importance_performance")["target"]) == {"Satisfaction"}


def test_reliability_and_htmt_equal_seminr(result: Result) -> None:
    theirs = GOLDEN["seminr.modeA.weighting.reliability"]["value"]
    for statistic, column in (("alpha_standardised", "alpha"), ("rho_c", "rhoC"), ("ave", "AVE"), ("rho_a", "rhoA")):
        ours = numbers(result, "constructs", statistic, "construct")
        assert set(ours) == set(NAMES) - {"Complaints"}  # one item has no reliability
        for name, value in ours.items():
            assert value == pytest.approx(theirs[name][column], abs=1e-6), (statistic, name)
    htmt = GOLDEN["seminr.modeA.weighting.HTMT"]["value"]
    pairs = numbers(result, "discriminant", "htmt", "construct", "versus")
    assert len(pairs) == 21
    for (one, other), value in pairs.items():
        assert value == pytest.approx(htmt[other][one], abs=1e-6), (one, other)


def test_bootstrap_errors_are_those_of_three_r_packages(sample: Sample) -> None:
    found = ecsi().fit(sample).table("paths").set_index(["source", "target"])["std_error"]
    assert found["Quality", "Satisfaction"] == pytest.approx(0.0647, rel=0.08)
    assert found["Image", "Expectation"] == pytest.approx(0.0587, rel=0.2)
    assert found["Value", "Satisfaction"] == pytest.approx(0.0587, rel=0.2)
    linear = ecsi().fit(sample, replicates=Linearized()).table("paths").set_index(["source", "target"])["std_error"]
    assert linear["Quality", "Satisfaction"] == pytest.approx(0.0647, rel=0.1)


def test_squares_are_bias_corrected_and_not_tested(sample: Sample) -> None:
    table = ecsi().fit(sample, replicates=Bootstrap(draws=100)).table("constructs")
    r2 = table[table["statistic"] == "r2"]
    assert (r2["method"] == "bootstrap, bias-corrected").all()
    assert r2["p_value"].isna().all()
    assert table.loc[table["statistic"] == "ave", "p_value"].isna().all()


def test_a_mode_for_one_construct(sample: Sample) -> None:
    mixed = ecsi(modes={"Image": "B"}).fit(sample, replicates=None)
    formative = ecsi(modes="B").fit(sample, replicates=None)
    theirs = GOLDEN["plspm.modeB.path.index100"]["value"]
    ours = numbers(formative, "index", "index", "construct")
    np.testing.assert_allclose([ours[name] for name in NAMES], [theirs[name] for name in NAMES], atol=1e-5)
    assert "mode A but Image B" in mixed.methods()
    assert "Image" not in numbers(mixed, "constructs", "rho_c", "construct")
    with pytest.raises(ValueError, match="modes name Imgae; constructs are Image, "):
        ecsi(modes={"Imgae": "B"}).fit(sample)


def test_a_constant_item_is_named(mobi: pd.DataFrame) -> None:
    flat = Sample.from_frame(mobi.assign(PERQ3=7, IMAG2=5), scale=(1, 10))
    with pytest.raises(StatisticsError, match="IMAG2, PERQ3 have no variance"):
        ecsi().fit(flat)
    waves = mobi.assign(wave=np.where(np.arange(250) < 125, 1, 2))
    waves.loc[waves["wave"] == 2, "PERQ3"] = 7
    with pytest.raises(StatisticsError, match="in wave = '2': PERQ3 has no variance"):
        ecsi().fit(Sample.from_frame(waves, scale=(1, 10)), by="wave")


def test_a_fit_that_does_not_converge_gives_nothing(sample: Sample) -> None:
    with pytest.raises(ConvergenceError, match=r"did not converge.*raise max_iterations"):
        ecsi(max_iterations=2).fit(sample, replicates=None)


@pytest.mark.parametrize(
    ("paths", "error", "message"),
    [
        ({"Image": ("Quality",), "Quality": ("Value",), "Value": ("Image",)}, StudyError, "paths run in a circle"),
        ({"Satisfaction": ("Image", "Service")}, DataError, "'Service', which are no constructs; constructs are Image"),
        ({"Satisfaction": ("Image", "Image")}, StudyError, "given twice"),
        ({}, DataError, "a path model is never inferred"),
    ],
    ids=["circle", "unknown", "twice", "none"],
)
def test_paths_that_cannot_be_are_refused(paths: Any, error: type[Exception], message: str, sample: Sample) -> None:
    with pytest.raises(error, match=message):
        SatisfactionIndex(constructs=BLOCKS, paths=paths).fit(sample)


def test_what_the_items_lack_is_told(mobi: pd.DataFrame, sample: Sample) -> None:
    short = SatisfactionIndex(constructs={"a": ("IMAG1", "IMAG9"), "b": ("CUSA1",)}, paths={"b": ("a",)})
    with pytest.raises(DataError, match="'IMAG9' is not in the data"):
        short.fit(sample)
    with pytest.raises(DataError, match="has no scale"):
        ecsi().fit(Sample.from_frame(mobi))
    with pytest.raises(DataError, match=r"answers are missing.*\n.*IMAG1: 1 of 250"):
        ecsi().fit(Sample.from_frame(mobi.assign(IMAG1=mobi["IMAG1"].where(mobi.index > 0)), scale=(1, 10)))
    with pytest.raises(StatisticsError, match="20 respondents for 24 columns"):
        ecsi().fit(Sample.from_frame(mobi.head(20), scale=(1, 10)))
    with pytest.raises(ValueError, match="target='Service' is no construct"):
        ecsi(target="Service").fit(sample)


def test_a_single_name_stands_for_a_tuple_of_one(sample: Sample) -> None:
    """`("Image")` is a string, the commonest slip of those who learn."""
    blocks = {"image": BLOCKS["Image"], "complaints": "CUSCO"}
    found = SatisfactionIndex(constructs=blocks, paths={"complaints": "image"}).fit(sample, replicates=None)
    assert len(found.table("paths")) == 1


def test_rules_for_missing_answers(mobi: pd.DataFrame) -> None:
    gappy = mobi.astype(float)
    gappy.loc[:9, "IMAG1"] = np.nan
    gappy.loc[10, list(BLOCKS["Quality"])] = np.nan
    sample = Sample.from_frame(gappy, scale=(1, 10))
    n = {rule: ecsi(missing=rule).fit(sample, replicates=None).n_obs for rule in ("listwise", "block_mean", "pairwise")}
    assert n == {"listwise": 239, "block_mean": 249, "pairwise": 250}
    listwise = ecsi(missing="listwise").fit(sample, replicates=None).table("paths")["estimate"]
    alone = ecsi().fit(Sample.from_frame(gappy.dropna(), scale=(1, 10)), replicates=None).table("paths")["estimate"]
    np.testing.assert_allclose(listwise, alone, rtol=1e-8)
    filled = gappy.copy()
    filled.loc[:9, "IMAG1"] = gappy.loc[:9, ["IMAG2", "IMAG3", "IMAG4", "IMAG5"]].mean(axis=1)
    by_hand = ecsi().fit(Sample.from_frame(filled.drop(index=10), scale=(1, 10)), replicates=None)
    block_mean = ecsi(missing="block_mean").fit(sample, replicates=None)
    np.testing.assert_allclose(block_mean.table("paths")["estimate"], by_hand.table("paths")["estimate"], rtol=1e-8)
    with pytest.raises(ValueError, match="missing='used' is for drivers"):
        ecsi(missing="used").fit(sample)


def test_gaps_of_the_excluded_do_not_reach_the_estimate(mobi: pd.DataFrame) -> None:
    """With complete answers of those who count, pairwise is listwise, whatever the excluded left out."""
    gappy = mobi.astype(float)
    gappy.loc[:4, "IMAG1"] = np.nan
    sample = Sample.from_frame(gappy, scale=(1, 10)).exclude(np.arange(250) < 5)
    found = ecsi(missing="pairwise").fit(sample, replicates=Bootstrap(draws=5))
    expected = ecsi().fit(Sample.from_frame(mobi.iloc[5:], scale=(1, 10)), replicates=None)
    np.testing.assert_allclose(found.table("paths")["estimate"], expected.table("paths")["estimate"], rtol=1e-8)
    assert np.isfinite(found.draws("paths")).all()


def test_checks_name_what_is_weak(result: Result) -> None:
    checks = result.checks().set_index("check")
    assert not checks.loc["convergent_validity", "passed"]
    assert "for Image" in checks.loc["convergent_validity", "text"]
    assert checks.loc["positive_weights", "passed"]
    assert not checks.loc["discriminant_validity", "passed"]
    assert "0.96 between Satisfaction and Loyalty" in checks.loc["discriminant_validity", "text"]
