"""Margins of several columns, of parts, of a population file, of means; linear calibration; design effects."""

from __future__ import annotations

from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from csresearch.errors import DataError, StudyError
from csresearch.inference.replicates import Bootstrap, Jackknife, Linearized
from csresearch.models.scores import Scores
from csresearch.survey.checking.checking import check
from csresearch.survey.reading import read
from csresearch.survey.sample import Sample
from csresearch.survey.study_file.loading import load_study
from csresearch.survey.weighting.design_effects import design_effects
from csresearch.survey.weighting.weighting import weight
from tests.conftest import golden

GOLDEN = golden("survey_api")
SCHOOLS = 6194
STYPE = {"E": 4421 / SCHOOLS, "H": 755 / SCHOOLS, "M": 1018 / SCHOOLS}
MET = {"No": 1072 / SCHOOLS, "Yes": 5122 / SCHOOLS}
JOINT = {"f * young": 0.3, "f * old": 0.2, "m * young": 0.15, "m * old": 0.35}


def frame(n: int = 400) -> pd.DataFrame:
    random = np.random.default_rng(1)
    return pd.DataFrame(
        {
            "a": random.integers(1, 11, n), "age": random.choice(["young", "old"], n, p=[0.4, 0.6]),
            "sex": random.choice(["f", "m"], n, p=[0.35, 0.65]), "wave": random.choice(["w1", "w2"], n),
            "spend": random.gamma(2, 100, n),
        }
    )  # fmt: skip


def sample() -> Sample:
    return Sample.from_frame(frame(), scale=(1, 10))


def shares(given: Sample, key: pd.Series, rows: Any = slice(None)) -> dict[str, float]:
    weights = pd.Series(given.weights)[rows]
    return (weights.groupby(key).sum() / weights.sum()).to_dict()


def both(given: pd.DataFrame) -> pd.Series:
    return given["sex"] + " * " + given["age"]


def schools(folder: Path) -> Sample:
    columns = ["api00", "api99", "stype", "sch.wide", "dnum", "pw"]
    return Sample.from_frame(
        pd.read_csv(folder / "apiclus1.csv")[columns], scale=(200, 1000), weights="pw", clusters="dnum"
    )


def agree(given: Sample, check: str, *, replicates: Any = None) -> None:
    """Mean score, its standard error and interval."""
    row = Scores(items=("api00",)).fit(given, replicates=replicates or Linearized()).table("scores").iloc[0]
    expected = GOLDEN[check]["value"]["api00"]
    for ours, theirs in (("estimate", "estimate"), ("std_error", "se"), ("conf_low", "lower"), ("conf_high", "upper")):
        assert row[ours] == pytest.approx(expected[theirs], rel=1e-9)


@pytest.mark.shared
def test_raking_equals_r(shared_data: Path) -> None:
    given = weight(schools(shared_data), margins={"stype": STYPE, "sch.wide": MET})
    theirs = GOLDEN["rake.weights"]["value"]
    np.testing.assert_allclose(given.weights * SCHOOLS / len(given), list(theirs.values()), atol=1e-6)


def test_six_weights_follow_from_six_counts() -> None:
    """The fixture needs no data: cells of the sample, margins of the population."""
    expected = GOLDEN["rake.cells"]["value"]
    cells = pd.DataFrame([cell.split(" * ") for cell in expected["counts"]], columns=["stype", "met"])
    given = Sample.from_frame(cells, counts=np.array(list(expected["counts"].values())))
    raked = weight(given, margins={"stype": STYPE, "met": MET})
    found = pd.Series(raked.weights * SCHOOLS / len(raked)).groupby(
        raked.answers["stype"] + " * " + raked.answers["met"]
    )
    for cell, value in found.first().items():
        assert value == pytest.approx(expected["weights"][cell], abs=GOLDEN["rake.cells"]["tolerance"]["abs"])
    assert len(raked) / raked.n_kish == pytest.approx(expected["deff"], abs=1e-5)
    assert raked.n_kish == pytest.approx(expected["n_eff"], abs=0.005)


@pytest.mark.shared
def test_poststratification_is_one_margin_and_equals_r(shared_data: Path) -> None:
    given = weight(schools(shared_data), margins={"stype": STYPE})
    agree(given, "postStratify.mean")
    for name, value in GOLDEN["postStratify.weights_by"]["value"].items():
        rows = (given.answers["stype"] == name).to_numpy()
        np.testing.assert_allclose(given.weights[rows] * SCHOOLS / len(given), value, rtol=1e-9)


@pytest.mark.shared
@pytest.mark.parametrize(("method", "check"), [("linear", "greg"), ("raking", "calraking")])
def test_calibration_to_categories_and_a_mean_equals_r(method: Any, check: str, shared_data: Path) -> None:
    means = {"api99": 3914069 / SCHOOLS}
    given = weight(schools(shared_data), margins={"stype": STYPE}, means=means, method=method)
    theirs = GOLDEN[f"{check}.weights"]["value"]
    np.testing.assert_allclose((given.weights * SCHOOLS / len(given))[: len(theirs)], theirs, atol=1e-6)
    if method == "linear":
        agree(given, "greg.mean")


@pytest.mark.shared
def test_bounds_that_miss_a_margin_are_refused_where_r_keeps_them(shared_data: Path) -> None:
    """R trims last, and the margins are gone: 14 high schools at 45 are 10.2 % of all, not 12.2 %."""
    trimmed = pd.Series(GOLDEN["trim.weights"]["value"])
    given, mean = schools(shared_data), SCHOOLS / 183
    high = (given.answers["stype"] == "H").to_numpy()
    assert (trimmed[high[: len(trimmed)]] == 45).all()
    margins = {"stype": STYPE, "sch.wide": MET}
    with pytest.raises(DataError, match=r"stype = 'H': 10\.\d% for a target of 12\.2%"):
        weight(given, margins=margins, trim=(20 / mean, 45 / mean))
    raked = weight(given, margins=margins, trim=(20 / mean, 60 / mean))
    weights = raked.weights * mean
    assert weights.max() == pytest.approx(60, abs=1e-5)
    assert shares(raked, given.answers["stype"]) == pytest.approx(STYPE, abs=5e-4)


def test_joint_margins_are_met_in_the_sample_and_in_every_draw() -> None:
    raked = weight(sample(), margins={"sex * age": JOINT, "wave": {"w1": 0.4, "w2": 0.6}})
    assert shares(raked, both(frame())) == pytest.approx(JOINT, abs=1e-9)
    assert shares(raked, frame()["wave"])["w1"] == pytest.approx(0.4, abs=1e-9)
    for block in Bootstrap(draws=20).blocks(raked.weighting):
        young = block[(frame()["sex"] == "f") & (frame()["age"] == "young")].sum(axis=0)
        np.testing.assert_allclose(young / block.sum(axis=0), 0.3, rtol=1e-8)
    assert raked.log["text"].iloc[-1].startswith("Raked to sex × age, wave;")


def test_parts_have_margins_of_their_own_and_shares() -> None:
    own = {"w1": {"sex": {"f": 0.7, "m": 0.3}}, "w2": {"sex": {"f": 0.2, "m": 0.8}, "age": {"young": 0.9, "old": 0.1}}}
    raked = weight(sample(), own=own, margins={"wave": {"w1": 0.25, "w2": 0.75}}, within="wave")
    for wave, margins in own.items():
        rows = frame()["wave"] == wave
        for column, target in margins.items():
            assert shares(raked, frame()[column], rows) == pytest.approx(target, abs=1e-9)
    assert shares(raked, frame()["wave"]) == pytest.approx({"w1": 0.25, "w2": 0.75}, abs=1e-9)
    first = frame()["wave"] == "w1"
    alone = weight(Sample.from_frame(frame()[first], scale=(1, 10)), margins=own["w1"])
    np.testing.assert_allclose(raked.weights[first] / raked.weights[first].mean(), alone.weights, rtol=1e-9)


def test_a_margin_for_all_holds_where_a_part_has_none_of_its_own() -> None:
    shared = {"sex": {"f": 0.5, "m": 0.5}}
    raked = weight(sample(), margins=shared, own={"w1": {"sex": {"f": 0.7, "m": 0.3}}}, within="wave")
    found = [shares(raked, frame()["sex"], frame()["wave"] == wave)["f"] for wave in ("w1", "w2")]
    assert found == pytest.approx([0.7, 0.5], abs=1e-9)


@pytest.mark.parametrize("method", ["raking", "linear"])
def test_means_are_met_in_each_part(method: Any) -> None:
    raked = weight(sample(), margins={"sex": {"f": 0.5, "m": 0.5}}, means={"spend": 210}, within="wave", method=method)
    for wave in ("w1", "w2"):
        rows = (frame()["wave"] == wave).to_numpy()
        assert np.average(frame()["spend"][rows], weights=raked.weights[rows]) == pytest.approx(210, rel=1e-9)
    assert (raked.weights > 0).all()
    for block in Jackknife().blocks(weight(sample(), means={"spend": 210}, method=method).weighting):
        np.testing.assert_allclose(frame()["spend"].to_numpy() @ block / block.sum(axis=0), 210, rtol=1e-8)


def test_newton_meets_categories_as_proportional_fitting_does() -> None:
    """A mean that is met already asks for nothing, so that both ways give the same weights."""
    margins = {"sex": {"f": 0.5, "m": 0.5}, "age": {"young": 0.7, "old": 0.3}}
    plain = weight(sample(), margins=margins)
    met = float(np.average(frame()["spend"], weights=plain.weights))
    again = weight(sample(), margins=margins, means={"spend": met})
    np.testing.assert_allclose(again.weights, plain.weights, rtol=1e-8)
    zero = frame().assign(age=frame()["age"].where(np.arange(400) > 9, "unknown"))
    emptied = {"age": {"young": 0.7, "old": 0.3, "unknown": 0.0}}
    gone = weight(Sample.from_frame(zero, scale=(1, 10)), margins=emptied, means={"spend": 200.0})
    assert (gone.weights[:10] == 0).all()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"margins": {"sex * town": {"f * x": 1.0}}}, "column 'town' is not in the data"),
        ({"margins": {"sex * age": {"f * young": 1.0}}}, "sex \\* age = 'm \\* old' has .* respondents and no target"),
        ({"margins": {"sex * age": {**JOINT, "x * old": 0.0}, "sex": {"f": 1.2}}}, "the targets of 'sex' sum to 1.200"),
        ({"own": {"w3": {"sex": {"f": 0.5, "m": 0.5}}}, "within": "wave"}, "'w1', 'w2' has no margins of its own"),
        ({"own": {"w1": {"sex": {"f": 0.6, "x": 0.4}}}, "within": "wave"}, "40.0% and no respondent in wave = 'w1'"),
        ({"margins": {"wave": {"w1": 1.0}}, "within": "wave"}, "targets of 'wave' are for w1;"),
        ({"means": {"town": 1.0}}, "column 'town' is not in the data"),
        ({"means": {"sex": 1.0}}, "400 respondents have no number in 'sex'"),
        ({"means": {"spend": 2000.0}}, "the mean of spend stays -.* standard deviations away"),
        ({"means": {"spend": 600.0}, "method": "linear"}, "linear calibration makes .* weights negative"),
    ],
)  # fmt: skip
def test_margins_that_cannot_be_met_say_which_and_by_how_much(options: dict[str, Any], message: str) -> None:
    with pytest.raises(DataError, match=message):
        weight(sample(), **options)


def test_margins_that_contradict_each_other_say_by_how_much() -> None:
    diagonal = pd.DataFrame({"a": [1, 2, 3, 4], "sex": ["f", "f", "m", "m"], "age": ["young", "young", "old", "old"]})
    with pytest.raises(DataError) as caught:
        weight(
            Sample.from_frame(diagonal, scale=(1, 10)),
            margins={"sex": {"f": 0.5, "m": 0.5}, "age": {"young": 0.6, "old": 0.4}},
        )
    assert caught.value.problems[0].startswith("sex = 'f': 60.0% for a target of 50.0% (+10.0 points)")


@pytest.mark.parametrize("options", [{"own": {"w1": {}}}, {"margins": {"sex": {"f": 1.0}}, "method": "entropy"}])
def test_options_without_a_meaning_are_refused(options: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"within='wave'|allowed are 'raking' and 'linear'"):
        weight(sample(), **{"means": {"spend": 200.0}, **options})


STUDY = """
schema = 1
title = "Shop"
[data]
file = "shop.csv"
[scales]
rating = { ends = [1, 10] }
[items]
a = "Overall satisfaction"
"""
POPULATION = """wave,sex,age,n
w1,f,young,300
w1,f,old,100
w1,m,young,200
w1,m,old,400
w2,f,young,30
w2,f,old,30
w2,m,young,40
w2,m,old,20
"""


@pytest.fixture
def shop(tmp_path: Path) -> Callable[..., Path]:
    """A study with lines of its own, its answers, and the population beside it."""

    def made(lines: str, *, population: str = POPULATION, answers: pd.DataFrame | None = None) -> Path:
        (tmp_path / "study.toml").write_text(STUDY + lines, encoding="utf-8")
        (frame() if answers is None else answers).to_csv(tmp_path / "shop.csv", index=False)
        (tmp_path / "population.csv").write_text(population, encoding="utf-8")
        return tmp_path

    return made


def weighted(folder: Path) -> Sample:
    given = read(load_study(folder))
    check(given).raise_if_failed()
    return weight(given)


def test_margins_are_counted_from_a_population_file(shop: Callable[..., Path]) -> None:
    study = load_study(shop('[margins]\nfrom = "population.csv"\n'))
    assert study.margins["sex"] == pytest.approx({"f": 460 / 1120, "m": 660 / 1120})
    assert set(study.margins) == {"wave", "sex", "age"}
    joint = load_study(shop('[margins]\nfrom = { file = "population.csv", count = "n", margins = ["sex * age"] }\n'))
    assert joint.margins == {"sex * age": pytest.approx({"f * young": 330 / 1120, "f * old": 130 / 1120,
                                                         "m * young": 240 / 1120, "m * old": 420 / 1120})}  # fmt: skip
    persons = "sex,age\nf,old\nf,old\nm,young\nm,old\n"
    assert load_study(shop('[margins]\nfrom = "population.csv"\n', population=persons)).margins["age"]["old"] == 0.75


def test_each_wave_is_raked_to_its_own_population(shop: Callable[..., Path]) -> None:
    raked = weighted(shop('[margins]\nfrom = "population.csv"\nrake = { within = "wave" }\n'))
    found = [shares(raked, frame()["sex"], frame()["wave"] == wave)["f"] for wave in ("w1", "w2")]
    assert found == pytest.approx([0.4, 0.5], abs=1e-9)
    age = [shares(raked, frame()["age"], frame()["wave"] == wave)["young"] for wave in ("w1", "w2")]
    assert age == pytest.approx([0.5, 7 / 12], abs=1e-9)
    assert raked.log["text"].iloc[-1].endswith("Each wave was raked for itself.")
    part = shares(raked, frame()["wave"])["w1"]
    assert part == pytest.approx((frame()["wave"] == "w1").mean(), abs=1e-9), "totals stay"


def test_own_margins_joint_margins_and_means_of_a_study(shop: Callable[..., Path]) -> None:
    lines = """
[margins]
"sex*age" = { "f * young" = 0.3, "f * old" = 0.2, "m * young" = 0.15, "m * old" = 0.35 }
means = { spend = 205.5 }
rake = { method = "linear" }
[margins.by.wave.w2]
"sex * age" = { "f * young" = 0.1, "f * old" = 0.2, "m * young" = 0.35, "m * old" = 0.35 }
"""
    raked = weighted(shop(lines))
    assert raked.log["text"].iloc[-1].endswith("calibrated linearly, as by a regression estimator.")
    for wave, young in (("w1", 0.3), ("w2", 0.1)):
        assert shares(raked, both(frame()), frame()["wave"] == wave)["f * young"] == pytest.approx(young, abs=1e-9)
    assert np.average(frame()["spend"], weights=raked.weights) == pytest.approx(205.5, rel=1e-9)


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        ('[margins]\n"sex * age" = { f = 0.5, m = 0.5 }', "found 'f'; allowed: 'category of sex .* category of age'"),
        ('[margins]\n"sex * sex" = { "f * f" = 1 }', "found a column twice, or none"),
        ("[margins.by.wave.w1]\nsex = { f = 0.5, m = 0.4 }", r"by.wave.w1.sex: found the sum 0.9"),
        ("[margins.by]\nwave = { w1 = { sex = { f = 1 } } }\nage = { old = { sex = { f = 1 } } }", "columns wave, age"),
        ('[margins]\nrake = { within = "age" }\n[margins.by.wave.w1]\nsex = { f = 1 }', "found 'age'; allowed: wave"),
        ('[margins]\nrake = { method = "entropy" }', "method: found 'entropy'; allowed: 'raking' or 'linear'"),
        ('[margins]\na = { 1 = 1 }', "found the item 'a'"),
        ('[margins]\nfrom = "none.csv"', "none.csv: No such file"),
        (f'[margins]\nfrom = {{ file = "population.csv", sha256 = "{"0" * 64}" }}', "the study expects 0000"),
        ('[margins]\nfrom = { file = "population.csv", margins = ["sexx"] }', "no column 'sexx'.*did you mean 'sex'"),
        ("[margins]\nsex = { f = 1 }\n[design]\nreplicates = { columns = 'rw*', kind = 'jk1' }", r"\[margins\] too"),
        ("[design]\nreplicates = { columns = 'rw*', kind = 'fay' }", "nothing; allowed: the column of the full"),
        ("[design]\nweight = 'w'\nreplicates = { columns = 'rw*', kind = 'jkn' }", "kind 'jkn' without scales"),
    ],
)  # fmt: skip
def test_faults_of_margins_and_replicates(lines: str, message: str, shop: Callable[..., Path]) -> None:
    with pytest.raises(StudyError, match=rf"(?s){message}"):
        load_study(shop(lines))


@pytest.mark.parametrize(
    ("population", "message"),
    [
        (POPULATION.replace("300", "-3"), "1 rows that are no counts"),
        (POPULATION.replace("w1,f,young", "w1,,young"), "column sex: found 1 rows without a value"),
        ("n\n4\n5\n", "found the columns n; allowed: columns of categories"),
        ("sex,n\nf,0\nm,0\n", "found nobody"),
    ],
)
def test_faults_of_a_population_file(population: str, message: str, shop: Callable[..., Path]) -> None:
    with pytest.raises(StudyError, match=message):
        load_study(shop('[margins]\nfrom = "population.csv"\n', population=population))


def test_the_checksum_of_the_population_file_is_kept(shop: Callable[..., Path]) -> None:
    checksum = sha256(POPULATION.encode()).hexdigest()
    assert load_study(shop(f'[margins]\nfrom = {{ file = "population.csv", sha256 = "{checksum}" }}\n')).margins


def test_the_check_finds_joint_categories_that_do_not_fit(shop: Callable[..., Path]) -> None:
    lines = '[margins]\n"sex * age" = { "f * young" = 0.3, "f * old" = 0.2, "m * young" = 0.15, "m * oldest" = 0.35 }\n'
    found = check(read(load_study(shop(lines)))).table
    told = found.loc[found["where"] == "[margins] sex * age", "found"].tolist()
    assert told == ["'m * old' without a share", "nobody in 'm * oldest', which has 35% of the population"]
    own = "[margins.by.wave.w2]\nsex = { f = 0.5, n = 0.5 }\n"
    found = check(read(load_study(shop(own)))).table
    told = found.loc[found["where"] == "[margins] sex", "found"].tolist()
    assert told == ["'m' without a share where wave is 'w2'",
                    "nobody in 'n', which has 50% of the population where wave is 'w2'"]  # fmt: skip


def test_a_study_with_replicate_weights_is_read_checked_and_fitted(shop: Callable[..., Path]) -> None:
    random = np.random.default_rng(2)
    weights = pd.DataFrame(random.uniform(0.5, 1.5, (400, 9)), columns=["w", *(f"rw{j}" for j in range(8))])
    lines = "[design]\nweight = 'w'\nreplicates = { columns = 'rw*', kind = 'fay', rho = 0.5 }\n"
    given = weighted(shop(lines, answers=pd.concat([frame(), weights], axis=1)))
    assert repr(given) == "Sample: 400 respondents, 8 replicate weights, weighted"
    row = Scores(items=("a",)).fit(given).table("scores").iloc[0]
    assert (row["method"], row["df"]) == ("replicate weights, t", 7)
    spoiled = weights.assign(rw3=weights["rw3"] * 9)
    found = check(read(load_study(shop(lines, answers=pd.concat([frame(), weights], axis=1))))).table
    assert not found["where"].str.contains("replicates").any()
    with pytest.raises(DataError, match=r"\[design\] replicates: found 1 replicates whose sum is far"):
        read(load_study(shop(lines, answers=pd.concat([frame(), spoiled], axis=1))))


def test_design_effects_of_weights_and_of_clusters() -> None:
    """Equal clusters of equal answers: rho is 1, and 1 + (m - 1) rho is the cluster size."""
    random = np.random.default_rng(6)
    shop_means = random.normal(size=40)
    given = pd.DataFrame(
        {"same": np.repeat(shop_means, 10), "mixed": random.normal(size=400), "shop": np.repeat(np.arange(40), 10)}
    )
    found = design_effects(Sample.from_frame(given, clusters="shop"), items=["same", "mixed"])
    assert found.loc["same", ["rho", "deff_clusters", "deff_weights", "efficiency"]].tolist() == pytest.approx(
        [1, 10, 1, 1]
    )
    assert found.loc["same", "deff"] == pytest.approx(10 * 40 / 39 * 399 / 400, rel=0.02)
    assert abs(found.loc["mixed", "rho"]) < 0.06
    assert found.loc["mixed", "n_effective"] == pytest.approx(400 / found.loc["mixed", "deff"])
    plain = design_effects(sample(), items=["a"]).loc["a"]
    assert plain["deff"] == 1
    assert plain[["cluster_size", "rho", "deff_clusters", "deff_product"]].isna().all()
    with pytest.raises(DataError, match="no column of numbers"):
        design_effects(Sample.from_frame(frame()[["sex", "age"]]))


def test_the_intraclass_correlation_of_a_simulated_study_is_found() -> None:
    """Shops spread by 0.1 of the variance; weights do not matter for the answer, but are taken into account."""
    random, found = np.random.default_rng(3), []
    for _ in range(30):
        shops = np.repeat(np.arange(50), 20)
        y = np.sqrt(0.1) * random.normal(size=50)[shops] + np.sqrt(0.9) * random.normal(size=1000)
        given = pd.DataFrame({"y": y, "shop": shops, "w": random.uniform(0.5, 1.5, 1000)})
        found.append(
            design_effects(Sample.from_frame(given, clusters="shop", weights="w"), items=["y"]).loc["y", "rho"]
        )
    assert np.mean(found) == pytest.approx(0.1, abs=0.02)
