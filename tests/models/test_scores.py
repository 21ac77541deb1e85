"""Scores: boxes and NPS by hand, each on its own base, with the errors of the design."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from csresearch.errors import DataError, StatisticsError
from csresearch.inference.replicates import Bootstrap, Jackknife, Linearized
from csresearch.models.scores import Scores
from csresearch.result import Result
from csresearch.survey.sample import Sample


def answers(n: int = 200, *, low: int = 1, high: int = 10) -> pd.DataFrame:
    random = np.random.default_rng(1)
    frame = pd.DataFrame(random.integers(low, high + 1, (n, 3)).astype(float), columns=["a", "b", "c"])
    frame.loc[random.random(n) < 0.2, "b"] = np.nan
    return frame.assign(group=random.choice(["x", "y"], n))


def row(result: Result, item: str, statistic: str, **keys: str) -> pd.Series:
    table = result.table("scores")
    found = table[(table["item"] == item) & (table["statistic"] == statistic)]
    for key, value in keys.items():
        found = found[found[key] == value]
    assert len(found) == 1
    return found.iloc[0]


@pytest.mark.parametrize(
    ("low", "high", "top", "bottom"),
    [(1, 10, 8.5, 4.5), (0, 10, 8.5, 3.5), (1, 5, 3.5, 2.5), (1, 7, 5.5, 2.5)],
)
def test_means_points_and_boxes_are_those_of_the_answers(low: int, high: int, top: float, bottom: float) -> None:
    frame = answers(low=low, high=high)
    result = Scores(items=("a", "b")).fit(Sample.from_frame(frame, scale=(low, high)), replicates=None)
    for item in ("a", "b"):
        given = frame[item].dropna()
        expected = {
            "mean": given.mean(), "points": 100 * (given.mean() - low) / (high - low),
            "top_box": (given > top).mean(), "bottom_box": (given < bottom).mean(),
        }  # fmt: skip
        for statistic, value in expected.items():
            assert row(result, item, statistic)["estimate"] == pytest.approx(value, rel=1e-12), statistic
        assert row(result, item, "mean")["n_obs"] == len(given)


def test_a_top_box_of_three_codes() -> None:
    frame = answers()
    result = Scores(items=("a",), top=3).fit(Sample.from_frame(frame, scale=(1, 10)), replicates=None)
    assert row(result, "a", "top_box")["estimate"] == pytest.approx((frame["a"] >= 8).mean())
    with pytest.raises(ValueError, match="top=0: the top box holds at least 1 code"):
        Scores(top=0)


def test_nps_has_the_multinomial_error_over_n_minus_1() -> None:
    """Promoters minus detractors; variance p + d - (p - d)^2, never rounded on the way."""
    frame = answers(low=0)
    result = Scores(items=("a",)).fit(Sample.from_frame(frame, scale=(0, 10)), replicates=Linearized())
    p, d = (frame["a"] >= 9).mean(), (frame["a"] <= 6).mean()
    found = row(result, "a", "nps")
    assert found["estimate"] == pytest.approx(100 * (p - d))
    assert found["std_error"] == pytest.approx(100 * np.sqrt((p + d - (p - d) ** 2) / 199))
    assert found["p_value"] == pytest.approx(2 * stats.t.sf(abs(found["estimate"] / found["std_error"]), 199))
    assert "nps" not in set(Scores(items=("a",)).fit(Sample.from_frame(frame, scale=(0, 11)), replicates=None)
                            .table("scores")["statistic"])  # fmt: skip


def test_the_error_is_linearised_and_the_interval_drawn() -> None:
    frame = answers()
    drawn = Scores(items=("a",)).fit(Sample.from_frame(frame, scale=(1, 10)), replicates=Bootstrap(draws=200))
    linear = Scores(items=("a",)).fit(Sample.from_frame(frame, scale=(1, 10)), replicates=Linearized())
    one, other = row(drawn, "a", "mean"), row(linear, "a", "mean")
    assert one["std_error"] == other["std_error"] == pytest.approx(frame["a"].std() / np.sqrt(200))
    assert one["method"] == "bootstrap, expanded percentile"
    assert one["conf_low"] != other["conf_low"]
    assert one["conf_low"] == pytest.approx(other["conf_low"], abs=0.1)


def test_a_jackknife_has_its_own_error() -> None:
    """Shops of unequal size: leaving each out by hand is not the derivative."""
    frame = answers().assign(shop=np.repeat(np.arange(8), np.arange(4, 47, 6)))
    shops = Sample.from_frame(frame, clusters="shop")
    found = row(Scores(items=("a",)).fit(shops, replicates=Jackknife()), "a", "mean")
    left = np.array([frame.loc[frame["shop"] != shop, "a"].mean() for shop in range(8)])
    assert found["std_error"] == pytest.approx(np.sqrt(7 / 8 * ((left - left.mean()) ** 2).sum()), rel=1e-9)
    assert found["method"] == "jackknife, t"
    assert found["conf_high"] - found["estimate"] == pytest.approx(stats.t.ppf(0.975, 7) * found["std_error"])


def test_each_number_has_the_base_of_its_own_item() -> None:
    frame = answers()
    result = Scores(items=("a", "b")).fit(Sample.from_frame(frame, scale=(1, 10)), replicates=Linearized(), by="group")
    for group in ("x", "y"):
        given = frame.loc[frame["group"] == group, "b"].dropna()
        found = row(result, "b", "mean", segment=group)
        assert found["n_obs"] == len(given)
        assert found["estimate"] == pytest.approx(given.mean())
        assert found["std_error"] == pytest.approx(given.std() / np.sqrt(len(given)), rel=0.01)


def test_a_construct_is_the_mean_of_its_answered_items() -> None:
    frame = answers()
    sample = Sample.from_frame(frame, scale=(1, 10), constructs={"both": ("a", "b")})
    table = Scores(items=("both",)).fit(sample, replicates=None).table("scores")
    assert table["construct"].tolist() == ["both", "both"]
    assert table["statistic"].tolist() == ["mean", "points"]
    assert table["estimate"][0] == pytest.approx(frame[["a", "b"]].mean(axis=1).mean())


def test_without_items_every_number_is_scored_and_without_a_scale_means_only() -> None:
    table = Scores().fit(Sample.from_frame(answers()), replicates=None).table("scores")
    assert table["item"].tolist() == ["a", "b", "c"]
    assert set(table["statistic"]) == {"mean"}


def test_what_cannot_be_scored_is_refused() -> None:
    frame = answers().assign(empty=np.nan)
    sample = Sample.from_frame(frame, scale=(1, 10))
    for items, message in (("z", "no column and no construct"), ("group", "holds text")):
        with pytest.raises(DataError, match=message):
            Scores(items=(items,)).fit(sample)
    with pytest.raises(StatisticsError, match="nobody answered empty"):
        Scores(items=("a", "empty")).fit(sample)
    with pytest.raises(DataError, match="no numeric column"):
        Scores().fit(Sample.from_frame(frame[["group"]]))


def test_few_clusters_take_t_and_say_so() -> None:
    frame = answers().assign(dealer=np.arange(200) % 6)
    result = Scores(items=("a",)).fit(Sample.from_frame(frame, scale=(1, 10), clusters="dealer"))
    found = row(result, "a", "mean")
    reach = stats.t.ppf(0.975, 5) * found["std_error"]
    assert found["method"] == "linearized, t"
    assert found["conf_high"] - found["estimate"] == pytest.approx(reach)
    check = result.checks().set_index("check").loc["degrees_of_freedom"]
    assert not check["passed"]
    assert check["value"] == 5
