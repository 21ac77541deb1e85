"""Compare: differences by the design, adjusted p-values, letters, the total, leagues and programmes."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from csresearch import (
    Bootstrap,
    Compare,
    DataError,
    Jackknife,
    Linearized,
    Result,
    Sample,
    Scores,
    StatisticsError,
    load_study,
    read,
)
from csresearch.models.compare.league import league_of, quarters, reml, within_groups
from csresearch.models.compare.letters import compact_letters
from csresearch.models.compare.pairs import Categories, pairs_of
from tests.conftest import golden

FEW = Bootstrap(draws=60, seed=2)


def shops(n: int = 240, *, groups: int = 3, shift: float = 0.6) -> pd.DataFrame:
    random = np.random.default_rng(3)
    group = random.integers(0, groups, n)
    care = np.clip(np.round(6 + shift * group + random.normal(0, 2, n)), 1, 10)
    return pd.DataFrame({"care": care, "shop": [f"s{g}" for g in group], "w": random.uniform(0.5, 2, n)})


def differences(result: Result, statistic: str = "points_difference") -> pd.DataFrame:
    found = result.table("differences")
    return found[found["statistic"] == statistic].set_index(["wave" if "wave" in found else "segment", "versus"])


@pytest.mark.shared
def test_two_groups_are_the_test_of_welch(shared_data: Path) -> None:
    theirs = golden("kpi_oddjob")["tests.gender"]["value"]
    frame = pd.read_csv(shared_data / "oddjob.csv")
    result = Compare(by="gender", items=("overall_sat",), statistics=("mean",)).fit(
        Sample.from_frame(frame), replicates=Linearized()
    )  # fmt: skip
    level = result.table("levels").set_index("segment")
    n, total = level["n_obs"], len(frame)
    squared = (level["std_error"] ** 2 * n / (n - 1) * (total - 1) / total).sum()  # a group is a domain here
    gap = differences(result, "mean_difference")["estimate"].iloc[0]
    assert abs(gap) / np.sqrt(squared) == pytest.approx(theirs["welch_t"], abs=1e-6)


def test_two_proportions_and_two_net_promoter_scores_as_published() -> None:
    """.62 of 400 against .55 of 380: z 1.984; NPS .30 against .45 of 100 each: p .16325."""
    used = pd.DataFrame({
        "x": [10.0] * 248 + [1.0] * 152 + [10.0] * 209 + [1.0] * 171, "g": ["a"] * 400 + ["b"] * 380,
    })  # fmt: skip
    result = Compare(by="g", statistics=("top_box",)).fit(
        Sample.from_frame(used, scale=(1, 10)), replicates=Linearized()
    )
    found = differences(result, "top_box_difference").iloc[0]
    assert found["estimate"] == pytest.approx(0.07)
    assert found["estimate"] / found["std_error"] == pytest.approx(1.98385, abs=0.01)  # published with a pooled share
    nps = [10.0] * 50 + [8.0] * 30 + [3.0] * 20 + [10.0] * 60 + [8.0] * 25 + [3.0] * 15
    frame = pd.DataFrame({"recommend": nps, "g": ["a"] * 100 + ["b"] * 100})
    result = Compare(by="g", statistics=("nps",)).fit(Sample.from_frame(frame, scale=(0, 10)), replicates=Linearized())
    found = differences(result, "nps_difference").iloc[0]
    assert 2 * stats.norm.sf(15 / (found["std_error"] * np.sqrt(199 / 200))) == pytest.approx(0.16325, abs=5e-6)


def test_paired_samples_keep_their_covariance() -> None:
    """The same customers in two waves, each a cluster: the difference has the error of the paired test."""
    random = np.random.default_rng(5)
    first = random.normal(6, 2, 80)
    second = first + random.normal(0.5, 0.5, 80)
    frame = pd.DataFrame({"x": np.r_[first, second], "wave": ["1"] * 80 + ["2"] * 80, "who": np.tile(np.arange(80), 2)})
    sample = Sample.from_frame(frame, clusters="who")
    theirs = stats.ttest_rel(second, first)
    for replicates in (Linearized(), Jackknife()):
        found = differences(
            Compare(by="wave", items=("x",)).fit(sample, replicates=replicates), "mean_difference"
        ).iloc[0]
        assert found["estimate"] / found["std_error"] == pytest.approx(-theirs.statistic, rel=1e-6)
        assert found["p_value"] == pytest.approx(theirs.pvalue, rel=1e-4)


def test_a_group_against_the_total_counts_its_overlap() -> None:
    """The difference to all is the share of the others times the difference to them, and so is its error."""
    frame = shops(groups=2)
    result = Compare(by="shop", items=("care",)).fit(Sample.from_frame(frame, scale=(1, 10)), replicates=Linearized())
    total = result.table("total").set_index(["segment", "statistic"])
    pair = differences(result).loc[("s0", "s1")]
    share = (frame["shop"] == "s1").mean()
    assert total.loc[("s0", "points_difference"), "estimate"] == pytest.approx(share * pair["estimate"])
    assert total.loc[("s0", "points_difference"), "p_value"] == pytest.approx(pair["p_value"], rel=0.2)
    level = result.table("levels").set_index("segment")["estimate"]
    mean = 100 * (frame["care"].mean() - 1) / 9
    assert total.loc[("s1", "points_ratio"), "estimate"] == pytest.approx(100 * level["s1"] / mean)


def test_estimates_do_not_depend_on_scale_of_weights_order_or_repeated_rows() -> None:
    frame = shops(120).assign(times=lambda f: np.arange(len(f)) % 3 + 1)
    model = Compare(by="shop", items=("care",))

    def fitted(data: pd.DataFrame, weights: str) -> pd.DataFrame:
        return differences(model.fit(Sample.from_frame(data, scale=(1, 10), weights=weights), replicates=Linearized()))

    one, scaled = fitted(frame, "w"), fitted(frame.assign(w=frame["w"] * 7), "w")
    pd.testing.assert_frame_equal(one, scaled)
    shuffled = fitted(frame.sample(frac=1, random_state=1).reset_index(drop=True), "w")
    np.testing.assert_allclose(shuffled[["estimate", "std_error"]], one[["estimate", "std_error"]])
    repeated = frame.loc[frame.index.repeat(frame["times"])].assign(one=1.0).reset_index(drop=True)
    np.testing.assert_allclose(fitted(repeated, "one")["estimate"], fitted(frame, "times")["estimate"])


def test_renamed_categories_turn_the_signs_only() -> None:
    frame = shops()
    turned = frame.assign(shop=frame["shop"].map({"s0": "z", "s1": "s1", "s2": "a"}))
    one, other = (
        differences(
            Compare(by="shop", items=("care",)).fit(Sample.from_frame(f, scale=(1, 10)), replicates=Linearized())
        )
        for f in (frame, turned)
    )
    assert other.loc[("a", "z"), "estimate"] == pytest.approx(-one.loc[("s0", "s2"), "estimate"])
    assert sorted(other["p_value"]) == pytest.approx(sorted(one["p_value"]))


def test_max_t_is_the_test_of_dunnett_against_a_reference() -> None:
    frame = shops(300)
    sample = Sample.from_frame(frame, scale=(1, 10))
    found = Compare(by="shop", items=("care",), reference="s0", adjust="max_t").fit(sample, replicates=Linearized())
    groups = [frame.loc[frame["shop"] == name, "care"] for name in ("s1", "s2", "s0")]
    theirs = stats.dunnett(*groups[:2], control=groups[2], rng=np.random.default_rng(1)).pvalue
    rows = differences(found)
    assert rows.index.tolist() == [("s1", "s0"), ("s2", "s0")]
    assert rows["p_value"].to_numpy() == pytest.approx(theirs, abs=0.01)  # theirs with one variance for all
    reach = (rows["conf_high"] - rows["estimate"]) / rows["std_error"]
    assert reach.to_numpy() == pytest.approx(stats.t.ppf(0.975, 299) * 1.13, rel=0.02)  # 2.22 for two, 1.97 for one
    assert rows["method"].eq("max t, simultaneous, p by max_t").all()
    single = Compare(by="shop", items=("care",), reference="s0", adjust="none").fit(sample, replicates=Linearized())
    assert (rows["p_value"] >= differences(single)["p_value"]).all()


def test_letters_are_shared_where_nothing_can_be_told() -> None:
    def differ(size: int, *pairs: tuple[int, int]) -> np.ndarray:
        found = np.zeros((size, size), dtype=bool)
        for i, j in pairs:
            found[i, j] = found[j, i] = True
        return found

    assert compact_letters(np.array([3.0, 2.0, 1.0]), differ(3)) == ("a", "a", "a")
    assert compact_letters(np.array([1.0, 2.0, 3.0]), differ(3, (0, 1), (0, 2), (1, 2))) == ("c", "b", "a")
    random = np.random.default_rng(1)
    for _ in range(20):  # what the letters say is what was told, no more and no less
        upper = np.triu(random.random((6, 6)) < 0.4, 1)
        told = upper | upper.T
        letters = compact_letters(random.normal(size=6), told)
        shared = np.array([[bool(set(a) & set(b)) for b in letters] for a in letters])
        np.testing.assert_array_equal(shared[~np.eye(6, dtype=bool)], ~told[~np.eye(6, dtype=bool)])


def test_the_letters_of_a_result_follow_its_p_values() -> None:
    result = Compare(by="shop", items=("care",)).fit(Sample.from_frame(shops(shift=1.5), scale=(1, 10)), replicates=FEW)
    letters = result.table("letters").set_index("segment")["letters"]
    assert letters.to_dict() == {"s0": "c", "s1": "b", "s2": "a"}
    assert (differences(result)["p_value"] < 0.05).all()
    size = differences(result, "points_effect_size").loc[("s0", "s2")]
    groups = [100 * (g["care"] - 1) / 9 for _, g in shops(shift=1.5).groupby("shop")]
    pooled = np.sqrt((groups[0].var(ddof=0) + groups[2].var(ddof=0)) / 2)
    assert size["estimate"] == pytest.approx((groups[0].mean() - groups[2].mean()) / pooled)


def test_small_bases_are_said_and_nothing_is_left_out() -> None:
    frame = shops(220)
    frame.loc[:19, "shop"], frame.loc[20:69, "shop"] = "tiny", "low"
    levels = Compare(by="shop", items=("care",)).fit(Sample.from_frame(frame, scale=(1, 10)), replicates=FEW)
    reasons = levels.table("levels").set_index("segment")["reason"]
    assert reasons["tiny"] == "effective base under 30: not shown in reports"
    assert reasons["low"] == "effective base under 75: low"


def test_the_league_draws_small_groups_to_the_mean() -> None:
    """The eight schools of Rubin (1981): the spread is not told from 0, and posterior means lie between."""
    y, error = np.array([28.0, 8, -3, 7, -1, 1, 18, 12]), np.array([15.0, 10, 16, 11, 9, 11, 10, 18])
    assert reml(y, error**2) == pytest.approx(0, abs=1e-6)
    found = league_of(y, error**2, seed=3)
    assert found.draws.mean(axis=0) == pytest.approx(
        [11, 8, 6, 8, 5, 6, 10, 8], abs=1.3
    )  # Gelman et al. (2013), p. 123
    assert found.between_draws.mean() == pytest.approx(6.6, abs=1.2)
    assert found.mean == pytest.approx((y / error**2).sum() / (1 / error**2).sum())
    apart = np.array([10.0, 20, 30, 40])
    assert reml(apart, np.full(4, 4.0)) == pytest.approx(apart.var(ddof=1) - 4)  # equal errors: the moments
    rank, best, worst = quarters(found.draws)
    assert rank.mean(axis=0).argmin() == 0
    assert (best.sum(), worst.sum()) == (pytest.approx(2), pytest.approx(2))


def dealers(*, groups: int = 14, size: int = 30) -> pd.DataFrame:
    random = np.random.default_rng(8)
    dealer = np.repeat(np.arange(groups), random.integers(size - 20, size + 20, groups))
    true = random.normal(0, 0.2, groups)
    true[3] = -4
    care = np.clip(np.round(7 + true[dealer] + random.normal(0, 1.8, len(dealer))), 1, 10)
    return pd.DataFrame({"care": care, "dealer": [f"d{k:02d}" for k in dealer]})


def test_a_spread_that_is_not_there_lies_inside_its_interval() -> None:
    """Dealers of one distribution, with means that differ less than they would by chance."""
    answers = np.tile([5.0, 6, 7, 8, 9], 10)
    answers[::9] += 1
    frame = pd.DataFrame({"care": answers, "dealer": np.repeat(list("abcdefghij"), 5)})
    found = Compare(by="dealer", items=("care",)).fit(
        Sample.from_frame(frame, scale=(1, 10), clusters="dealer"), replicates=FEW
    )
    spread = found.table("spread").set_index("statistic").loc["points_between"]
    assert spread["conf_low"] <= spread["estimate"] < 1e-3 < spread["conf_high"]


def test_outlets_are_given_and_those_outside_are_named() -> None:
    frame = dealers()
    sample = Sample.from_frame(frame, scale=(1, 10), clusters="dealer")
    result = Compare(by="dealer", items=("care",)).fit(sample, replicates=FEW)
    assert "differences" not in result.tables  # over twelve
    levels = result.table("levels").set_index("segment")
    for name, group in frame.groupby("dealer"):
        points = 100 * (group["care"] - 1) / 9
        assert levels["std_error"][name] == pytest.approx(points.std() / np.sqrt(len(group)))
    league = result.table("league").set_index(["segment", "statistic"])
    mean = result.table("spread").set_index("statistic")["estimate"]["points_mean"]
    shrunken = league.xs("points_shrunken", level="statistic")["estimate"]
    assert ((shrunken - mean).abs() <= (levels["estimate"] - mean).abs() + 1e-9).all()
    funnel = league.xs("points_funnel", level="statistic")
    assert funnel.index[funnel["p_value"] < 0.05].tolist() == ["d03"]
    assert funnel["reason"]["d03"] == "outside 3 standard errors"
    assert league.loc[("d03", "points_worst_quarter"), "estimate"] > 0.99
    rank = league.loc[("d03", "points_rank")]
    assert 13 < rank["conf_low"] <= rank["conf_high"] == 14
    assert len(result.draws("league")) == 60  # posterior draws are none of the replicates
    assert result.draws("league").shape[1] == 0
    picture = result.picture("league")
    assert [n for n, far in zip(picture.labels, picture.outside, strict=True) if far] == ["d03"]  # type: ignore[union-attr]
    bare = Compare(by="dealer", items=("care",)).fit(sample, replicates=None)
    assert bare.table("levels")["std_error"].isna().all()
    assert "league" not in bare.tables


def test_an_error_within_a_group_takes_its_weights() -> None:
    """As R survey does for respondents drawn one by one: linearised, n over n - 1."""
    random = np.random.default_rng(1)
    values, weights = random.normal(size=(40, 1)), random.uniform(1, 3, 40)
    found = within_groups(values, weights, np.repeat([0, 1], 20), size=2)
    for k, part in enumerate((slice(0, 20), slice(20, 40))):
        x, w = values[part, 0], weights[part]
        mean = (w * x).sum() / w.sum()
        assert found.mean[k, 0] == pytest.approx(mean)
        assert found.std_error[k, 0] == pytest.approx(np.sqrt(20 / 19 * ((w * (x - mean)) ** 2).sum()) / w.sum())


def market(*, effect: float = 2.0, drift: float = 0.0, before: int = 2) -> pd.DataFrame:
    """Ours and theirs over four waves: the market rises in the last two, ours by `effect` more."""
    random = np.random.default_rng(11)
    rows = []
    for wave in range(4):
        for dealer in range(24):
            ours = dealer < 12
            late = wave >= before
            mean = 5 + late * (0.8 + effect * ours) + drift * wave * ours
            rows += [(f"w{wave}", "ours" if ours else "theirs", dealer, mean + x) for x in random.normal(0, 1, 6)]
    return pd.DataFrame(rows, columns=["wave", "brand", "dealer", "care"])


def judged(frame: pd.DataFrame, **options: object) -> Result:
    sample = Sample.from_frame(frame, scale=(0, 20), clusters="dealer")
    model = Compare(by="wave", items=("care",), **{"programme": "w2", "treated": ("brand", "ours"), **options})  # type: ignore[arg-type]
    return model.fit(sample, replicates=FEW)


def test_the_effect_of_a_programme_is_what_the_others_did_not_see() -> None:
    frame = market()
    result = judged(frame)
    found = result.table("programme").set_index("statistic")
    cells = frame.groupby(["brand", "wave"])["care"].mean().unstack() * 100 / 20
    change = cells[["w2", "w3"]].mean(axis=1) - cells[["w0", "w1"]].mean(axis=1)
    assert found["estimate"]["points_effect"] == pytest.approx(change["ours"] - change["theirs"])
    assert found["estimate"]["points_naive_change"] == pytest.approx(change["ours"])
    assert found["estimate"]["points_others_change"] == pytest.approx(change["theirs"])
    low, high = found.loc["points_effect", ["conf_low", "conf_high"]]
    assert low < 10 < high
    assert not found["conf_low"]["points_naive_change"] < 10 < found["conf_high"]["points_naive_change"]
    checks = result.checks().drop_duplicates("check", keep="last").set_index("check")
    assert checks.loc["enough_units", "value"] == found["df"]["points_effect"] < min(result.precision.df.values())
    assert checks.loc["parallel_before", "passed"]
    assert checks.loc["naive_before_after", "value"] == pytest.approx(change["ours"])
    apart = result.compare("wave", reference="w0", adjust="none")
    apart = apart[(apart["statistic"] == "points_difference") & apart["versus"].eq("w0")].set_index("wave")
    pairs = result.table("differences")
    pairs = pairs[(pairs["statistic"] == "points_difference") & (pairs["wave"] == "w0")].set_index("versus")
    assert apart["estimate"].iloc[:3].to_dict() == pytest.approx((-pairs["estimate"]).to_dict())
    assert apart["std_error"].iloc[:3].to_dict() == pytest.approx(pairs["std_error"].to_dict())
    marks = result.picture("programme").marks  # type: ignore[union-attr]
    assert marks == ((2.0, "w2"),)


def test_a_naive_comparison_and_gaps_that_grew_before_fail_their_checks() -> None:
    nothing = judged(market(effect=0.0)).checks().set_index("check")
    assert not nothing.loc["naive_before_after", "passed"]  # the market rose, and ours with it
    assert not judged(market(drift=1.0)).checks().set_index("check").loc["parallel_before", "passed"]
    one = judged(market(before=1), programme="w1").checks().set_index("check")
    assert "one wave before" in one.loc["parallel_before", "text"]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"programme": "w9"}, "programme='w9' is no category of 'wave' and no event of the study; known are w0, w1"),
        ({"programme": "w0"}, "begins with the first of 'wave'"),
        ({"treated": None}, "has to say whom the programme reached"),
        ({"treated": ("brand", "mine")}, "'brand' has no such category; it has ours, theirs"),
        ({"reference": "w9"}, "reference='w9' is no category; categories are w0, w1, w2, w3"),
        ({"adjust": "dunnett"}, "adjust='dunnett': allowed are holm, bh, none, max_t"),
        ({"statistics": ("median",)}, "statistics=median: allowed are mean, points"),
        ({"statistics": ("nps",)}, "none of the items has nps"),
        ({"top": 0}, "top=0"),
        ({"programme": None}, "treated= says whom a programme reached; name it by programme="),
    ],
)
def test_what_cannot_be_compared_is_refused(options: dict[str, object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        judged(market(), **options)


def test_one_category_and_unknown_columns_are_refused() -> None:
    sample = Sample.from_frame(shops(), scale=(1, 10))
    with pytest.raises(StatisticsError, match="'shop' has one category, 's1': nothing to compare"):
        Compare(by="shop", items=("care",)).fit(sample.where({"shop": "s1"}))
    with pytest.raises(DataError, match="'town' is no column"):
        Compare(by="town", items=("care",)).fit(sample)


def test_pairs_of_categories_by_hand() -> None:
    deviations = np.array([[1.0, 0.5, 0.0], [0.0, 1.0, 2.0]])[:, :, None]
    made = pairs_of(Categories(
        names=("a", "b", "c"), point=np.array([[1.0], [2.0], [4.0]]), draws=deviations[:0], deviations=deviations,
        df=np.array([10, 20, 30]),
    ))  # fmt: skip
    assert list(zip(made.first, made.second, strict=True)) == [(0, 1), (0, 2), (1, 2)]
    assert made.estimate.ravel().tolist() == [-1, -3, -2]
    assert made.std_error.ravel() == pytest.approx(np.sqrt([0.25 + 1, 1 + 4, 0.25 + 1]))
    assert made.df.tolist() == [10, 10, 20]
    assert all(a <= b + 1e-12 for a, b in pairwise(sorted(made.adjusted("holm").ravel())))
    assert (made.adjusted("max_t") >= made.p_value - 0.01).all()


def test_options_of_a_question_are_scored_and_compared_as_overlapping_groups(tmp_path: Path) -> None:
    random = np.random.default_rng(6)
    frame = pd.DataFrame({"care": random.integers(1, 11, 150), "q_app": random.integers(0, 2, 150)})
    frame["q_phone"] = np.where(frame["q_app"] == 1, random.integers(0, 2, 150), 1)
    frame.to_csv(tmp_path / "shop.csv", index=False)
    (tmp_path / "study.toml").write_text(
        """
        schema = 1
        title = "Shop"
        data = { file = "shop.csv" }
        scales = { rating = { ends = [1, 10] } }
        items = { care = "Care" }
        multiple = { used = { en = "Used", columns = { app = "q_app", phone = "q_phone" } } }
        """,
        encoding="utf-8",
    )
    sample = read(load_study(tmp_path))
    shares = Scores(items=("used",)).fit(sample, replicates=Linearized()).table("scores").set_index("item")
    assert shares["estimate"].to_dict() == {"used:app": frame["q_app"].mean(), "used:phone": frame["q_phone"].mean()}
    assert set(shares["method"]) == {"Wilson"}
    result = Compare(by="used", items=("care",)).fit(sample, replicates=Linearized())
    app, phone = (frame[column] == 1 for column in ("q_app", "q_phone"))
    points = 100 * (frame["care"] - 1) / 9
    found = differences(result).loc[("app", "phone")]
    assert found["estimate"] == pytest.approx(points[app].mean() - points[phone].mean())
    influence = app / app.sum() * (points - points[app].mean()) - phone / phone.sum() * (points - points[phone].mean())
    assert found["std_error"] == pytest.approx(np.sqrt(150 / 149 * (influence**2).sum()))  # those in both count once
    assert result.table("levels")["n_obs"].tolist() == [app.sum(), phone.sum()]
