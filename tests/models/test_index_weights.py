"""Outer weights of the categories: own, of the whole sample, or of an earlier study."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pandas as pd
import pytest

from csresearch.inference.replicates import AnyReplicates, Bootstrap, Jackknife, Linearized
from csresearch.models.path.effects import index_scores
from csresearch.models.path.path_model import PathModel
from csresearch.models.path.pls import weigh
from csresearch.models.path.weights import fixed_weights
from csresearch.models.satisfaction_index import SatisfactionIndex
from csresearch.models.scores import Scores
from csresearch.result import Result
from csresearch.survey.sample import Sample
from tests.test_contract import CONSTRUCTS, sample_of

PATHS = {"value": ("quality",), "satisfaction": ("quality", "value")}
REPLICATES: dict[str, AnyReplicates] = {
    "bootstrap": Bootstrap(draws=30, seed=2), "jackknife": Jackknife(), "linearized": Linearized(),
}  # fmt: skip


def model(**options: Any) -> SatisfactionIndex:
    return SatisfactionIndex(constructs=CONSTRUCTS, paths=PATHS, **options)


@cache
def fitted(weights: str, by: str | None, replicates: str = "bootstrap") -> Result:
    return model(weights=weights).fit(sample_of("designed"), replicates=REPLICATES[replicates], by=by)


def same(one: Result, other: Result, *, values: tuple[str, ...] = ("estimate", "std_error", "conf_low", "n_effective")):
    for name in one.tables:
        left, right = one.table(name), other.table(name)
        for value in values:
            np.testing.assert_allclose(left[value], right[value], rtol=1e-9, atol=1e-9, err_msg=f"{name} {value}")


@pytest.mark.parametrize("replicates", REPLICATES)
def test_weights_of_the_whole_sample_in_the_whole_sample_are_its_own(replicates: str) -> None:
    same(fitted("pooled", None, replicates), fitted("own", None, replicates))


@pytest.mark.parametrize("replicates", REPLICATES)
def test_weights_of_the_whole_sample_in_its_only_category_are_its_own(replicates: str) -> None:
    alone = sample_of("designed").where({"wave": 10})
    pooled = model(weights="pooled").fit(alone, replicates=REPLICATES[replicates], by="wave")
    same(pooled, model().fit(alone, replicates=REPLICATES[replicates]))


@pytest.mark.parametrize("sample", ["plain", "designed"])
def test_an_index_by_pooled_weights_is_those_weights_on_the_means_of_the_category_draw_by_draw(sample: str) -> None:
    draws = Bootstrap(draws=30, seed=2)
    pooled, own = (model(weights=w).fit(sample_of(sample), replicates=draws, by="wave") for w in ("pooled", "own"))
    whole = model().fit(sample_of(sample), replicates=draws)
    shares = whole.table("weights")["statistic"].eq("index_weight").to_numpy()
    weights, points = whole.draws("weights")[:, shares], own.table("items")
    owner = whole.table("weights").loc[shares, "construct"].to_numpy()
    for wave in ("9", "10", "11"):
        means = own.draws("items")[:, points["wave"].eq(wave).to_numpy()]
        index = pooled.table("index")
        for name in CONSTRUCTS:
            place = (index["wave"].eq(wave) & index["construct"].eq(name)).to_numpy()
            expected = (weights * means)[:, owner == name].sum(axis=1)
            np.testing.assert_allclose(pooled.draws("index")[:, place][:, 0], expected, rtol=1e-9)


def test_the_linearised_error_by_pooled_weights_holds_that_of_the_weights() -> None:
    """d sum(w x) = sum(w dx) + sum(x dw): x of the category, w of the whole sample, cluster by cluster."""
    pooled, own, whole = (fitted(w, by, "linearized") for w, by in (("pooled", "wave"), ("own", "wave"), ("own", None)))
    table, items, index = whole.table("weights"), own.table("items"), pooled.table("index")
    shares = ((table["statistic"] == "index_weight") & (table["construct"] == "satisfaction")).to_numpy()
    for wave in ("9", "10", "11"):
        means = ((items["wave"] == wave) & (items["construct"] == "satisfaction")).to_numpy()
        w, x = table["estimate"].to_numpy()[shares], items["estimate"].to_numpy()[means]
        dw, dx = whole.precision.deviations["weights"][:, shares], own.precision.deviations["items"][:, means]
        place = ((index["wave"] == wave) & (index["construct"] == "satisfaction")).to_numpy()
        found = pooled.precision.deviations["index"][:, place][:, 0]
        np.testing.assert_allclose(found, dx @ w + dw @ x, atol=2e-3 * np.abs(found).max())
        assert index.loc[place, "std_error"].item() == pytest.approx(np.sqrt((found**2).sum()))


def test_the_design_effect_of_pooled_weights_is_one_where_nobody_shares_a_cluster(mobi: pd.DataFrame) -> None:
    waves = mobi.assign(wave=np.where(np.arange(250) % 3 == 0, 1, 2), person=np.arange(250))
    sample = Sample.from_frame(waves, scale=(1, 10), clusters="person")
    found = model(weights="pooled").fit(sample, replicates=Linearized(), by="wave")
    for table in (found.table("index"), found.estimates("weights", statistic="index_weight")):
        np.testing.assert_allclose(table["n_effective"], table["n_obs"], rtol=0.01)


def test_frozen_weights_are_of_points_whatever_the_scales() -> None:
    """A half of each item in points: 100/9 points a step on 1-10, 100/3 on 0-3; the index gives the halves back."""
    low, high = np.array([1.0, 0.0, 1.0]), np.array([10.0, 3.0, 10.0])
    shares = {"quality": {"q1": 0.5, "q2": 0.5}, "loyalty": {"l1": 1.0}}
    fixed = fixed_weights("frozen", shares, {"quality": ("q1", "q2"), "loyalty": ("l1",)}, low, high)
    assert fixed is not None
    assert fixed.tolist() == pytest.approx([0.5 / 9, 0.5 / 3, 1 / 9])
    path = PathModel(blocks=((0, 1), (2,)), names=("quality", "loyalty"), paths=((0, 1),), modes=("A", "A"))
    cov = np.array([[[4.0, 0.5, 1.0], [0.5, 1.0, 0.4], [1.0, 0.4, 2.0]]])
    scores = index_scores(path, weigh(path, cov, fixed[None]).weights, np.array([[5.5, 1.5, 10.0]]), cov, low, high)
    assert scores.weights[0].tolist() == pytest.approx([0.5, 0.5, 1.0])
    assert scores.index[0].tolist() == pytest.approx([50.0, 100.0])


@pytest.mark.parametrize("replicates", REPLICATES)
def test_frozen_own_weights_give_the_own_numbers(replicates: str) -> None:
    own = fitted("own", None, replicates)
    frozen = model(weights="frozen", frozen=own).fit(sample_of("designed"), replicates=REPLICATES[replicates])
    for name in own.tables:
        kept = own.table(name)
        kept = kept[kept["statistic"] != "rho_a"]
        np.testing.assert_allclose(frozen.table(name)["estimate"], kept["estimate"], rtol=1e-9, err_msg=name)
    shares = frozen.estimates("weights", statistic="index_weight")
    assert (shares["std_error"] < 1e-9).all()  # taken as fixed
    assert frozen.table("items")["std_error"].tolist() == pytest.approx(own.table("items")["std_error"].tolist())


def test_a_model_with_frozen_weights_is_code_and_says_so() -> None:
    frozen = model(weights="frozen", frozen=fitted("own", None))
    assert eval(repr(frozen)) == frozen
    assert frozen == model(weights="frozen", frozen=frozen.frozen)
    assert "those of an earlier study" in frozen.fit(sample_of("plain"), replicates=None).methods()
    assert "estimated anew in each draw" in fitted("pooled", "wave").methods()


def test_unequal_weights_by_hand() -> None:
    """Quality is half of PERQ1 and an eighth of the rest: 0.5 x 78.4 + ... on the printed means."""
    shares = {name: dict.fromkeys(items, 1 / len(items)) for name, items in CONSTRUCTS.items()}
    shares["quality"] = {f"PERQ{j}": 0.5 if j == 1 else 0.125 for j in range(1, 6)}
    found = model(weights="frozen", frozen=shares).fit(sample_of("plain"), replicates=None)
    means = found.table("items").set_index("item")["estimate"]
    index = found.table("index").set_index("construct")["estimate"]
    assert index["quality"] == pytest.approx(
        0.5 * means["PERQ1"] + 0.125 * means[[f"PERQ{j}" for j in range(2, 6)]].sum()
    )
    assert index["satisfaction"] == pytest.approx(means[["CUSA1", "CUSA2", "CUSA3"]].mean())


def test_weights_that_do_not_fit_are_told_all_at_once() -> None:
    shares = {
        "quality": {"PERQ1": 0.5, "PERQ2": 0.5, "PERQ3": float("nan"), "PERQ9": 0.1},
        "value": {"PERV1": 0.5, "PERV2": 0.6}, "image": {"IMAG1": 1.0},
    }  # fmt: skip
    with pytest.raises(ValueError, match="do not fit the model") as caught:
        model(weights="frozen", frozen=shares).fit(sample_of("plain"))
    for words in (
        "construct 'satisfaction' has no weights", "construct 'image' is not in the model; constructs are quality, ",
        "item 'PERQ4' of 'quality' has no weight", "item 'PERQ9' is not in 'quality'",
        "'PERQ3' of 'quality' has the weight",
        "the weights of 'value' sum to 1.1",
    ):  # fmt: skip
        assert words in str(caught.value)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"weights": "pool"}, "allowed are own, pooled, frozen"),
        ({"weights": "frozen"}, "are not given"),
        ({"frozen": {"quality": {}}}, "weights='own', and frozen weights are given"),
        ({"weights": "pooled", "reference": "9"}, "needs fit"),
    ],
)
def test_options_that_would_be_ignored_are_refused(options: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        model(**options).fit(sample_of("plain"), replicates=None, by="wave")


def test_results_without_one_set_of_weights_cannot_be_frozen() -> None:
    with pytest.raises(ValueError, match="of Scores has no outer weights"):
        model(weights="frozen", frozen=Scores(items=("PERQ1",)).fit(sample_of("plain"), replicates=None))
    with pytest.raises(ValueError, match="fitted by='wave'"):
        model(weights="frozen", frozen=fitted("own", "wave"))
