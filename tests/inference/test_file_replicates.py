"""Replicate weights of a file: scaled by their kind, equal to what we make ourselves, under raking and in domains."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from csresearch.errors import DataError, StatisticsError
from csresearch.inference.replicates import Bootstrap, FileReplicates, Jackknife, Linearized
from csresearch.models.drivers import Drivers
from csresearch.models.scores import Scores
from csresearch.survey.sample import Sample
from csresearch.survey.weighting.design_effects import design_effects
from csresearch.survey.weighting.weighting import weight

SHOPS, EACH = 12, 5


def frame() -> pd.DataFrame:
    """Customers of shops in two regions, with their weight."""
    random = np.random.default_rng(4)
    n = SHOPS * EACH
    return pd.DataFrame(
        {
            "a": random.integers(1, 11, n).astype(float), "b": random.integers(1, 11, n).astype(float),
            "shop": np.repeat(np.arange(SHOPS), EACH), "region": np.repeat(["north", "south"], n // 2),
            "sex": random.choice(["f", "m"], n), "w": random.uniform(0.5, 2, n),
        }
    )  # fmt: skip


def with_replicates(*, strata: str | None = None, replicates: Any = None) -> tuple[pd.DataFrame, Sample]:
    """The same customers with replicate weights in columns, and the sample that knows the design itself."""
    given = frame()
    known = Sample.from_frame(given, scale=(1, 10), weights="w", strata=strata, clusters="shop")
    made = np.concatenate(list((replicates or Jackknife()).blocks(known.weighting)), axis=1)
    columns = pd.DataFrame(made, columns=[f"rw{j}" for j in range(made.shape[1])])
    return pd.concat([given, columns], axis=1), known


def brought(given: pd.DataFrame, **said: Any) -> Sample:
    return Sample.from_frame(given, scale=(1, 10), weights="w", replicates={"columns": "rw*", **said})


def table(sample: Sample, **options: Any) -> pd.DataFrame:
    return Drivers(outcome="a", predictors=("b",)).fit(sample, **options).table("coefficients")


def test_jackknife_weights_of_a_file_give_the_jackknife() -> None:
    given, known = with_replicates()
    theirs, ours = table(brought(given, kind="jk1")), table(known, replicates=Jackknife())
    assert (theirs["method"] == "replicate weights, t").all()
    assert (theirs["df"] == SHOPS - 1).all()
    columns = ["estimate", "std_error", "conf_low", "conf_high", "df", "n_effective"]
    pd.testing.assert_frame_equal(theirs[columns], ours[columns], check_exact=False, rtol=1e-9)


def test_stratified_jackknife_weights_take_the_scales_of_their_strata() -> None:
    given, known = with_replicates(strata="region")
    scales = [5 / 6] * SHOPS
    theirs = table(brought(given, kind="jkn", scales=scales, df=SHOPS - 2))
    ours = table(known, replicates=Jackknife())
    pd.testing.assert_frame_equal(theirs[["std_error", "df"]], ours[["std_error", "df"]], rtol=1e-9)
    halved = table(brought(given, kind="jkn", scales=scales, scale=0.25))
    np.testing.assert_allclose(halved["std_error"], theirs["std_error"] / 2, rtol=1e-9)


@pytest.mark.parametrize(("kind", "rho"), [("brr", None), ("fay", 0.3)])
def test_balanced_half_samples_give_the_variance_of_pairs(kind: str, rho: float | None) -> None:
    """Two clusters a stratum, balanced by Hadamard: squared differences add up, whatever Fay's factor."""
    hadamard = np.array([[1, 1, 1, 1], [1, -1, 1, -1], [1, 1, -1, -1], [1, -1, -1, 1]])[:, 1:]
    y = np.array([3.0, 5.0, 1.0, 8.0, 2.0, 9.0])
    up = np.repeat(hadamard.T, 2, axis=0) * np.tile([1, -1], 3)[:, None]  # respondents x replicates
    weights = 1.0 + (1 - (rho or 0.0)) * up
    given = pd.DataFrame({"y": y, "w": 1.0}).join(pd.DataFrame(weights, columns=[f"rw{j}" for j in range(4)]))
    said: dict[str, Any] = {"kind": kind} if rho is None else {"kind": kind, "rho": rho}
    found = Scores(items=("y",)).fit(brought(given, **said)).table("scores").iloc[0]
    assert found["std_error"] == pytest.approx(np.sqrt(((y[::2] - y[1::2]) ** 2).sum()) / len(y), rel=1e-12)
    assert found["df"] == 3


def test_bootstrap_weights_of_a_file_are_draws() -> None:
    """Many without a scale of their own: percentiles and supports; few, or scaled: errors and t."""
    drawn = Bootstrap(draws=120, seed=5)
    given, known = with_replicates(replicates=drawn)
    sample = brought(given, kind="bootstrap")
    model = Drivers(outcome="a", predictors=("b", "w"))
    theirs, ours = model.fit(sample), model.fit(known, replicates=drawn)
    for name in ("importance", "ranks"):
        columns = ["estimate", "conf_low", "conf_high"]
        pd.testing.assert_frame_equal(theirs.table(name)[columns], ours.table(name)[columns], rtol=1e-9)
    assert "120 replicate weights of the data file" in theirs.methods()
    assert "120 组复制权重" in theirs.methods(language="zh")
    scaled = brought(given, kind="bootstrap", scale=1 / 120)
    assert (table(scaled)["method"] == "replicate weights, t").all()
    np.testing.assert_allclose(table(scaled)["std_error"], table(sample)["std_error"] * np.sqrt(119 / 120), rtol=1e-9)


def test_they_are_the_default_and_give_way_to_what_is_asked_for() -> None:
    given, known = with_replicates()
    sample = brought(given, kind="jk1")
    model = Scores(items=("a",))
    assert repr(model.fit(sample).precision.replicates) == f"FileReplicates(scheme='jk1', number={SHOPS})"
    for told in (Bootstrap(seed=2, draws=50), Linearized()):
        assert model.fit(sample, replicates=told).precision.replicates == told
    assert Scores(items=("a",)).fit(known).precision.replicates == Bootstrap()
    other = brought(given.assign(rw0=given["rw0"] * 1.01), kind="jk1")
    assert len({Scores(items=("a",)).fit(s).replicates_id for s in (sample, brought(given, kind="jk1"), other)}) == 2


def test_domains_comparisons_and_effects_rest_on_them() -> None:
    given, known = with_replicates()
    sample = brought(given, kind="jk1")
    model = Drivers(outcome="a", predictors=("b",))
    theirs, ours = (
        model.fit(s, by="sex", replicates=r).compare() for s, r in ((sample, Bootstrap()), (known, Jackknife()))
    )
    pd.testing.assert_frame_equal(
        theirs[["estimate", "std_error", "p_value"]], ours[["estimate", "std_error", "p_value"]], rtol=1e-9
    )
    inside = sample.where({"region": "north"})
    assert (Scores(items=("a",)).fit(inside).table("scores")["df"] == SHOPS // 2 - 1).all()
    effect = design_effects(sample, items=["a"]).loc["a", "deff"]
    assert effect == pytest.approx(
        design_effects(known, items=["a"], replicates=Jackknife()).loc["a", "deff"], rel=1e-9
    )


def test_the_excluded_have_no_weight_in_any_replicate_and_margins_that_are_asked_for_are_met_in_each() -> None:
    given, _ = with_replicates()
    out = np.arange(len(given)) % 7 == 0
    sample = brought(given, kind="jk1").exclude(out)
    raked = weight(sample, margins={"sex": {"f": 0.5, "m": 0.5}})
    assert raked.replicates is not None
    for block in raked.replicates.blocks(raked.weighting):
        assert (block[out] == 0).all()
        female = block[given["sex"] == "f"].sum(axis=0) / block.sum(axis=0)
        np.testing.assert_allclose(female, 0.5, rtol=1e-9)


@pytest.mark.parametrize(
    ("said", "change", "message"),
    [
        ({"kind": "jkn"}, {}, "kind 'jkn' without scales"),
        ({"kind": "fay"}, {}, "no rho"),
        ({"kind": "brr", "rho": 0.5}, {}, "rho = 0.5 with kind 'brr'"),
        ({"kind": "fay", "rho": 0.5}, {}, "replicates with weights of 0"),
        ({"kind": "jk1", "columns": "q*"}, {}, "0 columns for 'q\\*'"),
        ({"kind": "jk1", "columns": ["rw0", "rx"]}, {}, r"1 columns that are not in the data \(rx\)"),
        ({"kind": "jk1", "scales": [1.0]}, {}, "1 scales for 12 replicates"),
        ({"kind": "jk1"}, {"rw3": -1.0}, "60 weights missing, negative or no numbers"),
        ({"kind": "jk1"}, {"rw3": 0.0}, "1 replicates whose sum is far from that of the weights, .* rw3: 0;"),
    ],
)  # fmt: skip
def test_what_cannot_be_used_is_refused(said: dict[str, Any], change: dict[str, float], message: str) -> None:
    given, _ = with_replicates()
    with pytest.raises(DataError, match=message):
        brought(given.assign(**change), **said)


def test_they_need_full_weights_and_their_own_sample() -> None:
    given, _ = with_replicates()
    with pytest.raises(ValueError, match="name them: weights='column'"):
        Sample.from_frame(given, scale=(1, 10), replicates={"columns": "rw*", "kind": "jk1"})
    with pytest.raises(ValueError, match="kind: Input should be"):
        brought(given, kind="jk2")
    lent = brought(given, kind="jk1").replicates
    assert isinstance(lent, FileReplicates)
    with pytest.raises(StatisticsError, match="60 rows of replicate weights for 40 respondents"):
        Scores(items=("a",)).fit(Sample.from_frame(given[:40], scale=(1, 10)), replicates=lent)
