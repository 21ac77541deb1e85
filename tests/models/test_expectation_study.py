"""Disconfirmation from a study file: roles and facets, gaps, zone of tolerance, checks, what the file can answer."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from csresearch.inference.replicates import Bootstrap, Linearized
from csresearch.models.disconfirmation import Disconfirmation
from csresearch.models.expectation import gaps
from csresearch.result import Result
from csresearch.show.specs import Bars, Surface
from csresearch.survey.checking.checking import check
from csresearch.survey.reading import read
from csresearch.survey.sample import Sample
from csresearch.survey.study_file.loading import load_study
from tests.conftest import golden

ATTRIBUTES = {"speed": "service", "care": "service", "price": "product", "range": "product"}
BASE = """
schema = 1
title = "Shops"
data = { file = "shops.csv", missing = "listwise" }
scales = { rating = { ends = [1, 10] } }
"""
ASKED = """
[items]
overall = "Overall satisfaction"
[attributes]
""" + "\n".join(f'{name} = {{ en = "{name}", system = "{system}" }}' for name, system in ATTRIBUTES.items())
ALL_FACETS = """
[facets]
performance = { column = "p_{}", scale = "rating" }
expectation = { column = "e_{}", scale = "rating", asked = "after" }
desired = { column = "d_{}", scale = "rating" }
adequate = { column = "a_{}", scale = "rating" }
"""
ROLES = '\n[roles]\noutcome = "overall"\n'


def answers(n: int = 300, *, seed: int = 1) -> pd.DataFrame:
    random = np.random.default_rng(seed)
    mood = random.normal(size=(n, 1))
    columns = {}
    for letter, level in (("p", 6.5), ("e", 7.5), ("d", 8.5), ("a", 5.5)):
        scores = level + 0.8 * mood + 1.2 * random.normal(size=(n, len(ATTRIBUTES)))
        columns |= {f"{letter}_{name}": scores[:, j] for j, name in enumerate(ATTRIBUTES)}
    frame = pd.DataFrame(columns)
    frame["overall"] = frame.filter(regex="^p_").mean(axis=1) + random.normal(size=n)
    return frame.round().clip(1, 10)


def sample_of(folder: Path, frame: pd.DataFrame, text: str) -> Sample:
    frame.to_csv(folder / "shops.csv", index=False)
    (folder / "study.toml").write_text(text, encoding="utf-8")
    return read(load_study(folder))


def number(result: Result, table: str, statistic: str, **keys: str) -> float:
    rows = result.estimates(table, statistic=statistic)
    for key, value in keys.items():
        rows = rows[rows[key] == value]
    assert len(rows) == 1, rows
    return float(rows["estimate"].iloc[0])


@pytest.fixture(scope="module")
def shops(tmp_path_factory: pytest.TempPathFactory) -> Result:
    frame = answers()
    frame.loc[:19, "e_speed"] = np.nan
    frame.loc[20:29, "d_care"] = 1
    sample = sample_of(tmp_path_factory.mktemp("shops"), frame, BASE + ASKED + ALL_FACETS + ROLES)
    return Disconfirmation().fit(sample, replicates=Bootstrap(draws=60))


def test_facets_stand_for_the_roles_and_each_gap_has_its_base(shops: Result) -> None:
    frame = shops.sample.answers
    assert shops.n_obs == 280
    assert set(shops.table("coefficients")["term"].dropna()) >= {"expectation", "performance"}
    gap = frame["p_speed"] - frame["e_speed"]
    assert number(shops, "gaps", "gap", attribute="speed") == pytest.approx(gap.mean())
    row = shops.table("gaps").query("attribute == 'speed' and statistic == 'gap'").iloc[0]
    assert (row["n_obs"], row["unit"]) == (280, "points")
    assert number(shops, "gaps", "gap", attribute="care") == pytest.approx((frame["p_care"] - frame["e_care"]).mean())
    assert number(shops, "gaps", "expectation_sd", attribute="care") == pytest.approx(frame["e_care"].std(ddof=0))
    assert number(shops, "gaps", "expectation_top", attribute="care") == pytest.approx((frame["e_care"] == 10).mean())


def test_dimensions_are_the_systems_of_the_attributes(shops: Result) -> None:
    frame = shops.sample.answers
    gaps = pd.DataFrame({name: frame[f"p_{name}"] - frame[f"e_{name}"] for name in ATTRIBUTES})
    assert number(shops, "gaps", "gap", construct="product") == pytest.approx(
        gaps[["price", "range"]].mean(axis=1).mean()
    )
    assert number(shops, "gaps", "gap", construct="service") == pytest.approx(
        gaps[["speed", "care"]].mean(axis=1).mean()
    )
    assert number(shops, "gaps", "gap", category="all_attributes") == pytest.approx(gaps.mean(axis=1).mean())


def test_what_was_got_explains_more_than_the_gap(shops: Result) -> None:
    frame = shops.sample.answers
    known = frame.assign(e_speed=frame["e_speed"])
    got = pd.DataFrame({n: known[f"p_{n}"].where(known[f"e_{n}"].notna()) for n in ATTRIBUTES}).mean(axis=1)
    gap = pd.DataFrame({n: known[f"p_{n}"] - known[f"e_{n}"] for n in ATTRIBUTES}).mean(axis=1)
    servperf, servqual = (number(shops, "gaps", "r2", model=model) for model in ("servperf", "servqual"))
    assert servperf == pytest.approx(np.corrcoef(got, frame["overall"])[0, 1] ** 2)
    assert servqual == pytest.approx(np.corrcoef(gap, frame["overall"])[0, 1] ** 2)
    assert servperf > servqual
    some = shops.sample.exclude(frame["overall"].to_numpy() > 6)  # other means than those the columns are centred at
    part = Disconfirmation().fit(some, replicates=None)
    kept = some.base_weights > 0
    assert number(part, "gaps", "r2", model="servqual") == pytest.approx(
        np.corrcoef(gap[kept], frame["overall"][kept])[0, 1] ** 2
    )


def test_the_zone_of_tolerance_counts_who_is_where(shops: Result) -> None:
    frame = shops.sample.answers
    assert number(shops, "tolerance", "adequacy", attribute="price") == pytest.approx(
        (frame["p_price"] - frame["a_price"])[frame["d_price"] >= frame["a_price"]].mean()
    )
    broken = frame["d_care"] < frame["a_care"]
    assert number(shops, "tolerance", "violations", attribute="care") == pytest.approx(broken.mean())
    whole = frame[~broken]
    below = (whole["p_care"] < whole["a_care"]).mean()
    assert number(shops, "tolerance", "share", attribute="care", category="below") == pytest.approx(below)
    shares = shops.table("tolerance").query("attribute == 'care' and statistic == 'share'")["estimate"]
    assert shares.sum() == pytest.approx(1)


def test_checks_speak_plainly(shops: Result) -> None:
    checks = shops.checks().set_index("check")
    assert not checks.loc["expectation_asked", "passed"]
    assert "asked after the experience" in checks.loc["expectation_asked", "text"]
    assert {"stationary_point", "expectation_ceiling", "collinearity", "difference_reliability", "both_directions",
            "gap_ceiling", "zone_order"} <= set(checks.index)  # fmt: skip
    assert checks.index.is_unique
    assert "have no zone of tolerance" in checks.loc["zone_order", "text"]
    items = [f"e_{name}" for name in ATTRIBUTES], [f"p_{name}" for name in ATTRIBUTES]
    frame = shops.sample.answers.dropna()

    def alpha(block: pd.DataFrame) -> float:
        k = block.shape[1]
        return k / (k - 1) * (1 - block.var().sum() / block.sum(axis=1).var())

    x, y = (frame[list(block)].mean(axis=1) for block in items)
    kept = alpha(frame[items[0]]) * x.var() + alpha(frame[items[1]]) * y.var() - 2 * x.cov(y)
    assert checks.loc["difference_reliability", "value"] == pytest.approx(kept / (y - x).var())


def test_checks_can_be_said_in_each_language(shops: Result) -> None:
    for language, words in (("zh", "体验之后"), ("es", "después de la experiencia")):
        said = [shops.say(check.text, language=language) for check in shops.found]
        assert words in said[0]
        assert not any("{" in sentence for sentence in said)
        assert words != shops.methods(language=language)


def test_pictures_are_data_without_respondents(shops: Result) -> None:
    chart = shops.picture("surface")
    assert isinstance(chart, Surface)
    assert (chart.low, chart.high, chart.middle, chart.view) == (1, 10, 5.5, "contour")
    assert shops.picture("surface_3d").view == "3d"  # type: ignore[union-attr]
    complete = shops.sample.answers.dropna()
    x, y = (complete.filter(regex=f"^{letter}_").mean(axis=1) for letter in "ep")
    for a, b, share in chart.cells:
        inside = (np.abs(x - a) <= 0.5) & (np.abs(y - b) <= 0.5)
        assert inside.sum() >= 3
        assert 0 < share < 0.5
    assert sum(share for *_, share in chart.cells) <= 1 + 1e-9
    assert chart.profile is not None
    gaps = shops.picture("gaps", language="zh")
    assert isinstance(gaps, Bars)
    assert len(gaps.labels) == len(ATTRIBUTES)
    for name in ("surface", "gaps", "tolerance", "models"):
        assert shops.plot(name).figure is not None
    sample = Sample.from_frame(answers().assign(half=np.arange(300) % 2), scale=(1, 10))
    model = Disconfirmation(outcome="overall", expectation="e_care", performance="p_care")
    both = model.fit(sample, by="half", replicates=None)
    with pytest.raises(ValueError, match="one surface, and this result has one for each half"):
        both.picture("surface")


def test_reversed_items_are_turned(tmp_path: Path) -> None:
    frame = answers().assign(late=lambda f: 11 - f["p_speed"])
    items = 'items = { overall = "o", e_care = "e", p_speed = "p", late = { en = "late", reversed = true } }\n'
    roles = '[roles]\noutcome = "overall"\nexpectation = { term = "e_care", asked = "before" }\nperformance = "late"\n'
    sample = sample_of(tmp_path, frame[["overall", "e_care", "p_speed", "late"]], BASE + items + roles)
    turned, plain = (Disconfirmation(performance=name).fit(sample, replicates=None) for name in ("late", "p_speed"))
    for table in ("coefficients", "surface"):
        np.testing.assert_allclose(turned.table(table)["estimate"], plain.table(table)["estimate"])
    assert turned.checks().set_index("check").loc["expectation_asked", "passed"]


def test_what_the_file_can_answer_and_the_line_to_add(tmp_path: Path) -> None:
    frame = answers()
    whole = check(sample_of(tmp_path, frame, BASE + ASKED + ALL_FACETS + ROLES)).answerable.set_index("model")
    assert whole.loc[["Disconfirmation", "Disconfirmation: gaps", "Disconfirmation: tolerance"], "possible"].all()
    direct = whole.loc["Disconfirmation: direct"]
    assert (direct["possible"], direct["missing"]) == (False, "the direct measure")
    assert direct["add"].startswith("[roles] disconfirmation = ")
    few = '\n[facets]\nperformance = { column = "p_{}", scale = "rating" }\n'
    part = check(sample_of(tmp_path, frame, BASE + ASKED + few + ROLES)).answerable.set_index("model")
    assert not part.loc["Disconfirmation", "possible"]
    assert "the role expectation" in part.loc["Disconfirmation", "missing"]
    assert '[roles] expectation = { term = "expectation", asked = "before" }' in part.loc["Disconfirmation", "add"]
    assert "the facet adequate" in part.loc["Disconfirmation: tolerance", "missing"]
    assert (
        '[facets] desired = { column = "desired_{}", scale = "..." }' in part.loc["Disconfirmation: tolerance", "add"]
    )
    gone = check(sample_of(tmp_path, frame.drop(columns="e_care"), BASE + ASKED + ALL_FACETS + ROLES)).answerable
    assert "answers in the column e_care" in gone.set_index("model").loc["Disconfirmation", "missing"]


def test_other_scales_and_shared_questions_are_not_promised(tmp_path: Path) -> None:
    text = BASE.replace("scales = {", "scales = { short = { ends = [1, 5] },") + ASKED.replace(
        '"Overall satisfaction"', '{ en = "Overall", scale = "rating" }'
    )
    facets = ALL_FACETS.replace('"e_{}", scale = "rating"', '"e_{}", scale = "short"')
    frame = answers()
    frame[[c for c in frame if c.startswith("e_")]] = frame.filter(regex="^e_").clip(1, 5)
    sample = sample_of(tmp_path, frame, text + facets + ROLES)
    row = check(sample).answerable.set_index("model").loc["Disconfirmation"]
    assert (row["possible"], row["missing"]) == (False, "one scale for expectation and performance")
    with pytest.raises(Exception, match="compared on one scale; found expectation 1 to 5 and performance 1 to 10"):
        Disconfirmation().fit(sample)


@pytest.mark.shared
def test_servqual_gaps_equal_r(shared_data: Path, tmp_path: Path) -> None:
    theirs = golden("servqual_kiosk")["servqual"]["value"]
    keys = [f"{j:02}" for j in range(1, 25)]
    text = (
        BASE.replace("[1, 10]", "[1, 7]")
        + '[items]\noverall_sat = "overall"\n[attributes]\n'
        + "\n".join(f'{key} = "attribute {key}"' for key in keys)
        + '\n[facets]\nperformance = { column = "per{}", scale = "rating" }\n'
        + 'expectation = { column = "exp{}", scale = "rating", asked = "after" }\n[roles]\noutcome = "overall_sat"\n'
    )
    frame = pd.read_csv(shared_data / "kiosk.csv")
    frame = frame[[c for c in frame if c.startswith(("per", "exp")) or c == "overall_sat"]]
    result = Disconfirmation().fit(sample_of(tmp_path, frame, text), replicates=Linearized())
    rows = result.estimates("gaps", statistic="gap").set_index("attribute")
    for key in keys:
        expected, row = theirs[f"item{key}"], rows.loc[key]
        assert row["estimate"] == pytest.approx(expected["mean"], abs=1e-8)
        assert row["n_obs"] == expected["n"]
        whole = len(frame)  # the design has all rows, R those with an answer
        error = expected["mean"] / expected["t"]
        shrink = np.sqrt(whole / (whole - 1) * (expected["n"] - 1) / expected["n"])
        assert row["std_error"] == pytest.approx(abs(error) * shrink, rel=1e-7)
    mean24 = golden("edt_kiosk")["mean24.ols"]["value"]
    found = result.table("coefficients")["estimate"].tolist()
    assert found == pytest.approx([part["estimate"] for part in mean24.values()], abs=1e-8)


def test_a_wave_that_was_not_asked_for_gaps_has_none(tmp_path: Path) -> None:
    frame = answers().assign(wave=np.arange(300) % 2 + 1)
    frame["hoped"], frame["got"] = frame["e_speed"], frame["p_speed"]
    frame.loc[frame["wave"] == 2, [f"e_{name}" for name in ATTRIBUTES]] = np.nan
    roles = (
        'expectation = { term = "hoped", asked = "before" }\nperformance = "got"\n[groups]\nwave = { column = "wave" }'
    )
    asked = ASKED.replace("[items]", '[items]\nhoped = "Hoped for"\ngot = "Received"')
    sample = sample_of(tmp_path, frame, BASE + asked + ALL_FACETS + ROLES + roles)
    result = Disconfirmation().fit(sample, replicates=Bootstrap(draws=20), by="wave")
    gap = result.estimates("gaps", statistic="gap").groupby("wave")["estimate"]
    assert gap.count().tolist() == [7, 0]  # four attributes, two systems, all of them
    checks = result.checks()
    assert checks.loc[checks["check"] == "gap_ceiling", "text"].str.startswith("1:").tolist() == [True]


def test_of_many_attributes_at_the_ceiling_the_worst_are_named() -> None:
    shares = [0.55, 0.8, 0.2, 0.9, 0.7]
    rows = pd.DataFrame({"statistic": ["expectation_top"] * 5 + ["expectation_sd"] * 5})
    fitted: Any = SimpleNamespace(rows=rows, point=np.array([*shares, *[1.0] * 5]))
    (check,) = gaps._Ceiling(attributes=("price", "care", "speed", "staff", "room"))(fitted)
    assert "expectations of 4 of 5 attributes" in check.text
    assert "staff, care, room (up to 90%" in check.text
