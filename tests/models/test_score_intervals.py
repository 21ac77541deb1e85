"""Scores against R and published figures: boxes, net promoter scores, effort, and what stands above items."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from csresearch import Bootstrap, Linearized, Result, Sample, Scores, StudyError, load_study, read
from csresearch.models.scoring.closed import adjusted_wald, wilson
from tests.conftest import golden

KPI = golden("kpi_oddjob")
Z = stats.norm.ppf(0.975)
STUDY = """
schema = 1
title = "Shop"
data = { file = "shop.csv", missing = "pairwise" }
scales = { rating = { ends = [1, 10] }, five = { ends = [1, 5] }, seven = { ends = [1, 7] } }
elements = { product = ["goods"], service = ["till", "staff"] }
[facets]
performance = { column = "p_{}", scale = "rating" }
importance = { column = "i_{}", scale = "rating", of = ["fresh", "range", "speed"] }
[attributes]
fresh = { en = "Fresh", system = "goods", stage = "shelf" }
range = { en = "Range", system = "goods", stage = "shelf" }
speed = { en = "Speed", system = "till", stage = "pay" }
greeting = { en = "Greeting", system = "staff" }
[constructs]
staff = { en = "Staff", items = ["kind", "able"] }
[items]
kind = { en = "Kind", scale = "rating" }
able = { en = "Able", scale = "rating" }
effort = { en = "Effort", scale = "five", reversed = true }
ease = { en = "Ease", scale = "seven" }
[roles]
outcome = "kind"
effort = { term = "ease", version = 2 }
"""


@pytest.fixture(scope="module")
def oddjob() -> pd.DataFrame:
    path = Path(__file__).parents[3] / "shared" / "data" / "oddjob.csv"
    if not path.exists():
        pytest.skip("the shared data sets are not beside this checkout")
    frame = pd.read_csv(path)
    return frame.assign(nps=frame["nps"].clip(upper=10))  # coded 1 to 11, and R took the codes as they are


def rows(result: Result, item: str, table: str = "scores") -> pd.DataFrame:
    found = result.table(table)
    return found[found["item"] == item].set_index("statistic")


@pytest.mark.shared
@pytest.mark.parametrize("weighted", [False, True])
def test_net_promoter_scores_equal_r(oddjob: pd.DataFrame, weighted: bool) -> None:
    theirs = KPI["nps.weighted" if weighted else "nps"]["value"]
    frame = oddjob.assign(w=np.where(weighted & (oddjob["gender"] == "female"), 2.0, 1.0))
    sample = Sample.from_frame(frame, scale=(0, 10), weights="w")
    found = rows(Scores(items=("nps",)).fit(sample, replicates=Linearized()), "nps")
    for name in ("promoters", "passives", "detractors", "nps"):
        assert found["estimate"][name] == pytest.approx(theirs[name], abs=1e-8), name
    assert found["std_error"]["nps"] == pytest.approx(theirs["se_svymean"], abs=1e-8)
    assert found["n_obs"]["nps"] == theirs["n"]
    if not weighted:
        multinomial = found["std_error"]["nps"] * np.sqrt((theirs["n"] - 1) / theirs["n"])
        assert multinomial == pytest.approx(theirs["se_multinomial_n"], abs=1e-8)
        assert found["estimate"]["nps"] - Z * multinomial == pytest.approx(theirs["lower95_z"], abs=1e-8)


@pytest.mark.shared
@pytest.mark.parametrize("by", ["gender", "flight_class", "status", "country"])
def test_net_promoter_scores_of_groups_equal_r(oddjob: pd.DataFrame, by: str) -> None:
    theirs = KPI[f"nps.by.{by}"]["value"]
    frame = oddjob[oddjob[by].isin(theirs)].reset_index(drop=True)
    table = Scores(items=("nps",)).fit(Sample.from_frame(frame, scale=(0, 10)), replicates=Linearized(), by=by)
    found = table.table("scores").set_index(["segment", "statistic"])
    for group, value in theirs.items():
        assert found["estimate"][group, "nps"] == pytest.approx(value["nps"], abs=1e-8)
        size = np.sqrt(value["n"] / (value["n"] - 1) * (len(frame) - 1) / len(frame))  # a group is a domain here
        assert found["std_error"][group, "nps"] * size == pytest.approx(value["se_svymean"], rel=1e-8)


@pytest.mark.shared
@pytest.mark.parametrize("top", [1, 2, 3])
def test_boxes_have_the_interval_of_wilson(oddjob: pd.DataFrame, top: int) -> None:
    theirs = KPI[f"topbox{top}.overall_sat"]["value"]
    sample = Sample.from_frame(oddjob, scale=(1, 7))
    found = rows(Scores(items=("overall_sat",), top=top).fit(sample, replicates=Linearized()), "overall_sat")
    box = found.loc["top_box"]
    assert (box["estimate"], box["method"]) == (pytest.approx(theirs["p"], abs=1e-8), "Wilson")
    assert box["conf_low"] == pytest.approx(theirs["wilson_lower"], abs=1e-8)
    assert box["conf_high"] == pytest.approx(theirs["wilson_upper"], abs=1e-8)
    mean = KPI["csat_mean"]["value"]
    assert found["estimate"]["points"] == pytest.approx(mean["index100"], abs=1e-8)
    for name, column in (("se", "std_error"), ("lower", "conf_low"), ("upper", "conf_high"), ("mean", "estimate")):
        assert found[column]["mean"] == pytest.approx(mean[name], abs=1e-8)


def test_published_intervals() -> None:
    low, high = wilson(np.array([45 / 60]), np.array([60.0]), z=Z)
    assert (low[0], high[0]) == (pytest.approx(0.62768, abs=5e-6), pytest.approx(0.84223, abs=5e-6))
    assert adjusted_wald(0.5, 0.2, 100, z=Z) == (pytest.approx(14.05, abs=5e-3), pytest.approx(44.20, abs=5e-3))
    assert adjusted_wald(19 / 36, 9 / 36, 36, z=Z) == (pytest.approx(-0.44, abs=5e-3), pytest.approx(51.72, abs=5e-3))


def test_a_small_net_promoter_score_is_adjusted_and_a_design_takes_effective_answers() -> None:
    frame = pd.DataFrame({"recommend": [10] * 50 + [8] * 30 + [3] * 20}).assign(shop=np.arange(100) // 4)
    found = rows(Scores(items=("recommend",)).fit(Sample.from_frame(frame, scale=(0, 10))), "recommend").loc["nps"]
    assert (found["conf_low"], found["conf_high"]) == (pytest.approx(14.05, abs=5e-3), pytest.approx(44.20, abs=5e-3))
    assert (found["estimate"], found["method"]) == (pytest.approx(30), "adjusted Wald")
    clustered = Sample.from_frame(frame, scale=(0, 10), clusters="shop")
    wide = rows(Scores(items=("recommend",)).fit(clustered), "recommend")
    assert wide["method"]["promoters"] == "Wilson, effective n"
    low, _ = wilson(np.array([0.5]), wide["n_effective"][["promoters"]].to_numpy(), z=stats.t.ppf(0.975, 24))
    assert wide["conf_low"]["promoters"] == pytest.approx(low[0])
    drawn = rows(Scores(items=("recommend",), intervals="draws").fit(clustered), "recommend")
    assert drawn["method"]["promoters"] == "bootstrap, expanded percentile"
    with pytest.raises(ValueError, match="intervals='exact': allowed are closed, draws"):
        Scores(intervals="exact")  # type: ignore[arg-type]


def test_eleven_points_counted_from_one_have_the_same_score() -> None:
    frame = pd.DataFrame({"recommend": [10, 9, 8, 7, 6, 0] * 9})
    zero, one = (
        rows(Scores().fit(Sample.from_frame(frame + shift, scale=(shift, 10 + shift))), "recommend")["estimate"]
        for shift in (0, 1)
    )
    assert one["nps"] == pytest.approx(0)
    assert (
        one[["promoters", "passives", "detractors"]].tolist() == zero[["promoters", "passives", "detractors"]].tolist()
    )


def test_a_share_of_nobody_has_an_upper_end() -> None:
    frame = pd.DataFrame({"x": np.repeat([5.0, 6.0], 20), "w": np.tile([1.0, 2.0], 20)})
    found = rows(Scores().fit(Sample.from_frame(frame[["x"]], scale=(1, 10))), "x").loc["top_box"]
    assert (found["estimate"], found["conf_low"]) == (0, 0)
    assert found["conf_high"] == pytest.approx(Z**2 / (40 + Z**2))


def study_sample(folder: Path, *, study: str = STUDY) -> Sample:
    random = np.random.default_rng(4)
    frame = pd.DataFrame(random.integers(1, 11, (80, 9)), columns=[
        "p_fresh", "p_range", "p_speed", "p_greeting", "i_fresh", "i_range", "i_speed", "kind", "able",
    ]).assign(effort=random.integers(1, 6, 80), ease=random.integers(1, 8, 80))  # fmt: skip
    frame.to_csv(folder / "shop.csv", index=False)
    (folder / "study.toml").write_text(study, encoding="utf-8")
    return read(load_study(folder))


def test_effort_in_its_two_versions(tmp_path: Path) -> None:
    sample = study_sample(tmp_path)
    ease = sample.answers["ease"].to_numpy(float)
    found = rows(Scores().fit(sample, replicates=Linearized()), "ease", "effort")
    assert found["estimate"].tolist() == [pytest.approx(ease.mean()), pytest.approx((ease >= 5).mean())]
    assert found.index.tolist() == ["ease", "ease_box"]
    first = STUDY.replace('term = "ease", version = 2', 'term = "effort", version = 1')
    found = rows(Scores().fit(study_sample(tmp_path, study=first), replicates=None), "effort", "effort")
    asked = sample.answers["effort"].mean()  # as it was asked, though the study turns the item
    assert found["estimate"].to_dict() == {"customer_effort": pytest.approx(asked)}


def test_versions_of_effort_are_never_mixed(tmp_path: Path) -> None:
    mixed = STUDY.replace("version = 2", "version = 1")
    with pytest.raises(StudyError, match=r"found .ease. on 1 to 7; allowed: one question on 1 to 5.*never mixed"):
        study_sample(tmp_path, study=mixed)
    several = STUDY.replace('term = "ease"', 'term = "staff"')
    with pytest.raises(StudyError, match=r"effort: found 2 questions; allowed: one question on 1 to 7"):
        study_sample(tmp_path, study=several)


def test_systems_elements_and_stages_are_means_of_what_belongs_to_them(tmp_path: Path) -> None:
    result = Scores(distribution=True).fit(study_sample(tmp_path), replicates=Bootstrap(draws=40))
    points = result.estimates("scores", statistic="points")
    level = points.set_index(points["item"].fillna(points["construct"]))["estimate"]
    goods, staff = (level["p_fresh"] + level["p_range"]) / 2, level["staff"]
    found = {name: result.table(name).set_index("category")["estimate"] for name in ("systems", "elements", "stages")}
    assert found["systems"].to_dict() == {
        "goods": pytest.approx(goods), "till": pytest.approx(level["p_speed"]), "staff": pytest.approx(staff)
    }  # fmt: skip
    assert found["elements"]["service"] == pytest.approx((level["p_speed"] + staff) / 2)
    assert found["stages"].to_dict() == {"shelf": pytest.approx(goods), "pay": pytest.approx(level["p_speed"])}
    weight = np.array([level[f"i_{name}"] for name in ("fresh", "range", "speed")])
    rating = np.array([level[f"p_{name}"] for name in ("fresh", "range", "speed")])
    weighted = result.table("weighted").set_index("statistic")["estimate"]
    assert weighted["wcsi"] == pytest.approx((weight * rating).sum() / weight.sum())
    assert weighted["plain_mean"] == pytest.approx(rating.mean())
    check = result.checks().set_index("check").loc["stated_weights"]
    assert 0.8 < check["value"] < 1
    place = result.table("systems").index[result.table("systems")["category"] == "goods"][0]
    drawn = result.draws("scores")[:, points.index[points["item"].isin(["p_fresh", "p_range"])]].mean(axis=1)
    np.testing.assert_allclose(result.draws("systems")[:, place], drawn)
    codes = result.table("distribution")
    assert codes[codes["item"] == "ease"]["category"].tolist() == list("1234567")
    assert codes.groupby("item")["estimate"].sum().tolist() == pytest.approx([1] * codes["item"].nunique())
