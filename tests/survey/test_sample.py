"""Sample: what comes in is checked and copied, groups and domains keep their order and their members."""

from __future__ import annotations

from dataclasses import FrozenInstanceError
from typing import Any

import numpy as np
import pandas as pd
import pytest

from csresearch.errors import DataError
from csresearch.inference.replicates import Bootstrap, Linearized
from csresearch.models.scores import Scores
from csresearch.survey.inputs import design_from
from csresearch.survey.sample import Sample


def frame() -> pd.DataFrame:
    random = np.random.default_rng(1)
    return pd.DataFrame(
        {
            "a": random.integers(1, 11, 60), "b": random.integers(1, 11, 60), "w": random.uniform(1, 2, 60),
            "dealer": np.arange(60) % 12, "region": np.where(np.arange(60) % 12 < 5, "south", "north"),
            "wave": np.arange(60) % 12 + 1, "times": np.arange(60) % 3,
        }
    )  # fmt: skip


@pytest.mark.parametrize(
    ("weights", "message"),
    [
        (np.full(60, -1.0), r"60 are negative \(smallest -1\); weights are 0 or more"),
        (np.where(np.arange(60) < 2, np.nan, 1.0), "2 are missing or no numbers; give 0 to leave a respondent out"),
        (np.where(np.arange(60) < 2, np.inf, 1.0), "2 are infinite"),
        (np.zeros(60), "all are 0, so nobody counts"),
        (np.ones(59), "59 values for 60 respondents; give one weight each"),
        (["much"] * 60, "60 are missing or no numbers"),
        ("weight", "the weight column 'weight' is not in the data"),
    ],
    ids=["negative", "nan", "infinite", "zero", "length", "text", "column"],
)
def test_weights_that_cannot_be_used_are_refused(weights: Any, message: str) -> None:
    with pytest.raises(DataError, match=message):
        Sample.from_frame(frame(), weights=weights)


def test_all_problems_of_weights_come_in_one_report() -> None:
    bad = np.where(np.arange(60) < 3, np.nan, np.where(np.arange(60) < 5, -2.0, 1.0))
    with pytest.raises(DataError, match="cannot be used") as caught:
        Sample.from_frame(frame(), weights=bad)
    assert len(caught.value.problems) == 2


@pytest.mark.parametrize(
    ("counts", "message"),
    [
        (np.full(60, 0.5), "60 whole numbers of 0 or more, one a row and not all 0; found 60 values from 0.5 to 0.5"),
        (np.full(60, -1), "from -1 to -1"),
        (np.zeros(60), "from 0 to 0"),
        (np.ones(3), "found 3 values"),
        (np.full(60, np.nan), "60 values, no numbers"),
        ("region", "60 values, no numbers"),
        ("number", "the column of counts 'number' is not in the data"),
    ],
    ids=["halves", "negative", "zero", "length", "nan", "text", "column"],
)
def test_counts_that_cannot_be_used_are_refused(counts: Any, message: str) -> None:
    with pytest.raises(DataError, match=message):
        Sample.from_frame(frame(), counts=counts)


def test_frames_that_cannot_be_used_are_refused() -> None:
    for empty in (frame().iloc[:0], frame()[[]]):
        with pytest.raises(DataError, match="the frame is empty"):
            Sample.from_frame(empty)
    twice = pd.concat([frame()[["a", "b"]], frame()[["a"]]], axis=1)
    with pytest.raises(DataError, match="columns occur twice: a; rename or drop"):
        Sample.from_frame(twice)
    with pytest.raises(DataError, match="columns occur twice: 1"):
        Sample.from_frame(frame()[["a", "b"]].set_axis([1, "1"], axis=1))
    with pytest.raises(DataError, match="infinite values") as caught:
        Sample.from_frame(frame().assign(a=np.inf, b=[-np.inf] + [1.0] * 59))
    assert caught.value.problems == ("'a': 60", "'b': 1")


@pytest.mark.parametrize("role", ["strata", "clusters"])
def test_a_design_that_is_not_in_the_file_is_refused(role: str) -> None:
    with pytest.raises(DataError, match="the frame: column 'town' is not in the data"):
        Sample.from_frame(frame(), **{role: "town"})
    with pytest.raises(DataError, match="1 respondents have no 'region'"):
        Sample.from_frame(frame().assign(region=[None] + ["x"] * 59), **{role: "region"})


def test_the_design_codes_clusters_within_strata() -> None:
    design = Sample.from_frame(frame(), strata="region", clusters="dealer").design
    assert design.size.tolist() == [7, 5]
    assert design.df() == 10
    assert design.clustered
    reused = frame().assign(dealer=frame()["dealer"] % 5)  # dealer 1 of the north is not dealer 1 of the south
    assert Sample.from_frame(reused, strata="region", clusters="dealer").design.size.tolist() == [5, 5]
    assert not Sample.from_frame(frame()).design.clustered


def test_a_population_of_clusters_is_held_against_the_sample() -> None:
    asked: dict[str, Any] = {"strata": "region", "clusters": "dealer", "where": "study.toml [design]"}
    design = design_from(frame(), population={"south": 10, "north": 70}, **asked)
    assert design.fraction.tolist() == [0.1, 0.5]
    with pytest.raises(DataError, match="lacks the strata south"):
        design_from(frame(), population={"north": 70}, **asked)
    with pytest.raises(DataError, match=r"fewer than the clusters in the sample \('south': 4 for 5\)"):
        design_from(frame(), population={"south": 4, "north": 70}, **asked)


def test_counts_are_repeated_rows() -> None:
    counted = Sample.from_frame(frame(), scale=(1, 10), counts="times", weights="w")
    rows = frame().loc[np.repeat(np.arange(60), frame()["times"])]
    repeated = Sample.from_frame(rows, scale=(1, 10), weights="w")
    assert len(counted) == 60
    one, other = (Scores(items=("a",)).fit(s, replicates=Linearized()).table("scores") for s in (counted, repeated))
    pd.testing.assert_frame_equal(one, other)
    weighted = Sample.from_frame(frame(), scale=(1, 10), weights=frame()["times"])
    plain = Sample.from_frame(frame(), scale=(1, 10), counts="times")
    same, higher = (Scores(items=("a",)).fit(s, replicates=Linearized()).table("scores") for s in (weighted, plain))
    np.testing.assert_allclose(same["estimate"], higher["estimate"], rtol=1e-12)
    assert same["n_obs"][0] == 40
    assert higher["n_obs"][0] == 60


def test_kish_and_the_mean_weight() -> None:
    weights = frame()["w"].to_numpy()
    sample = Sample.from_frame(frame(), weights="w").exclude(np.arange(60) < 10)
    left = weights[10:]
    assert sample.n_kish == pytest.approx(left.sum() ** 2 / (left**2).sum())
    assert sample.weights[10:].mean() == pytest.approx(1)
    assert (sample.weights[:10] == 0).all()
    assert sample.n_obs == 50
    assert len(sample.design.cluster) == 60
    member = np.arange(60) >= 30
    assert sample.where(member).n_kish == pytest.approx(weights[30:].sum() ** 2 / (weights[30:] ** 2).sum())


def test_where_marks_a_domain_and_drops_nothing() -> None:
    sample = Sample.from_frame(frame())
    marked = sample.where({"region": "south", "wave": 1})
    assert marked.n_obs == ((frame()["region"] == "south") & (frame()["wave"] == 1)).sum()
    assert (len(marked), sample.n_obs) == (60, 60)
    assert marked.design is sample.design
    assert (
        sample.where(frame()["a"] > 5).where(frame()["b"] > 5).n_obs == ((frame()["a"] > 5) & (frame()["b"] > 5)).sum()
    )


@pytest.mark.parametrize(
    ("condition", "error", "message"),
    [
        ({"region": "east"}, DataError, r"nobody is in the domain \{'region': 'east'\}"),
        ({"town": "x"}, DataError, "'town' is no column to group by"),
        (np.zeros(60, dtype=bool), DataError, "nobody is in the domain that was marked"),
        (np.ones(59, dtype=bool), ValueError, "59 values, the sample 60 respondents"),
        (np.where(np.arange(60) < 9, np.nan, 1.0), ValueError, "True or False for every respondent"),
        (pd.Series([True, None] * 30, dtype="boolean"), ValueError, "True or False for every respondent"),
        (pd.Series(["yes"] * 60), ValueError, "True or False for every respondent"),
    ],
    ids=["empty", "column", "nobody", "length", "nan", "missing", "text"],
)
def test_a_domain_that_is_none_is_refused(condition: Any, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        Sample.from_frame(frame()).where(condition)


@pytest.mark.parametrize("dtype", ["int64", "float64", "Int64", "str"])
def test_groups_are_text_in_the_order_of_numbers(dtype: str) -> None:
    sample = Sample.from_frame(frame().assign(wave=frame()["wave"].astype(dtype)))
    assert sample.categories("wave") == [str(j) for j in range(1, 13)]
    assert sample.where({"wave": "2" if dtype == "str" else 2}).n_obs == 5
    table = Scores(items=("a",)).fit(sample, by="wave", replicates=None).table("scores")
    assert table["wave"].tolist() == sample.categories("wave")


def test_groups_keep_the_order_of_a_categorical_and_only_who_counts() -> None:
    sizes = pd.Categorical(
        np.array(["small", "large", "medium"])[np.arange(60) % 3], ["small", "medium", "large", "xl"]
    )
    sample = Sample.from_frame(frame().assign(size=sizes))
    assert sample.categories("size") == ["small", "medium", "large"]
    assert sample.exclude(np.arange(60) % 3 == 0).categories("size") == ["medium", "large"]
    assert sample.where({"region": "south"}).categories("region") == ["south"]


def test_who_has_no_group_is_in_none() -> None:
    gappy = frame()
    gappy["wave"] = gappy["wave"].where(gappy["wave"] < 3)
    sample = Sample.from_frame(gappy)
    table = Scores(items=("a",)).fit(sample, by="wave", replicates=None).table("scores")
    assert table["wave"].tolist() == ["1", "2"]
    assert table["n_obs"].tolist() == [5, 5]
    with pytest.raises(DataError, match="nobody who counts has a 'none'"):
        Scores(items=("a",)).fit(Sample.from_frame(gappy.assign(none=np.nan)), by="none")


def test_a_segment_is_named_by_its_column() -> None:
    table = Scores(items=("a",)).fit(Sample.from_frame(frame()), by="region", replicates=None).table("scores")
    assert table["segment_by"].tolist() == ["region", "region"]
    assert table["segment"].tolist() == ["north", "south"]


def test_the_frame_and_the_sample_stay_as_they_were() -> None:
    given = frame()
    sample = Sample.from_frame(given, weights="w")
    given.loc[:, "a"] = 99
    assert sample.answers["a"].max() <= 10
    with pytest.raises(FrozenInstanceError):
        sample.scale = (0, 1)  # type: ignore[misc]


def test_answers_that_are_no_numbers_and_scales_that_are_not_known() -> None:
    sample = Sample.from_frame(frame())
    with pytest.raises(DataError, match="'region' holds text"):
        sample.values("region")
    with pytest.raises(DataError, match="'town' is not in the data; columns are a, b"):
        sample.values("town")
    with pytest.raises(DataError, match=r"'a' has no scale.*scale=\(low, high\)"):
        sample.ends("a")
    nullable = Sample.from_frame(frame().assign(a=pd.array([None, *range(59)], dtype="Int64")))
    assert np.isnan(nullable.values("a")[0])


def test_the_repr_says_what_is_in_the_design() -> None:
    sample = Sample.from_frame(frame(), weights="w", strata="region", clusters="dealer")
    assert repr(sample) == "Sample: 60 respondents, weighted, 12 clusters, 2 strata"


def test_one_stratum_of_one_cluster_is_told_by_the_fit() -> None:
    alone = frame().assign(region=np.where(frame()["dealer"] == 3, "island", "main"))
    sample = Sample.from_frame(alone, strata="region", clusters="dealer")
    from csresearch.errors import StatisticsError

    with pytest.raises(StatisticsError, match="1 of 2 strata have one cluster"):
        Scores(items=("a",)).fit(sample)
    Scores(items=("a",)).fit(sample, replicates=Bootstrap(draws=10, single="certainty"))
