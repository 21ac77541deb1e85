"""A draft loads, passes the check without a stop, and marks what it guesses."""

from __future__ import annotations

import gzip
import tomllib
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from csresearch.errors import DataError
from csresearch.survey.checking.checking import check
from csresearch.survey.drafting.drafting import MARK, Draft, draft
from csresearch.survey.drafting.resembling import Ends, columns, ends
from csresearch.survey.reading import read, tabulate
from csresearch.survey.study_file.loading import load_study


def drafted(frame: pd.DataFrame) -> Draft:
    return draft(tabulate(frame.to_csv(index=False).encode(), "shop.csv"), file="shop.csv", title="Shop")


def written(frame: pd.DataFrame) -> dict[str, Any]:
    return tomllib.loads(drafted(frame).text)


def answers(*names: str, low: int = 1, high: int = 7, n: int = 200) -> pd.DataFrame:
    random = np.random.default_rng(4)
    return pd.DataFrame({name: random.integers(low, high + 1, n) for name in names})


def scale_of(*values: float | str) -> Ends | None:
    frame = pd.DataFrame({"Q1": list(map(str, values)) * 5})
    return ends(columns(frame, decimal_comma=False))


@pytest.mark.parametrize(
    ("values", "expected", "missing"),
    [
        ((1, 2, 3, 4, 5), (1, 5), {}),
        ((1, 2, 3, 4, 5, 9), (1, 5), {"9": "dont_know"}),
        ((1, 2, 3, 4, 5, 8, 9), (1, 5), {"8": "dont_know", "9": "dont_know"}),
        ((0, 1, 2, 3, 4, 5), (1, 5), {"0": "not_used"}),
        ((2, 4, 7, 8, 9), (1, 10), {}),
        ((0, 3, 7, 10), (0, 10), {}),
        ((1, 5, 7, 97, 99), (1, 7), {"97": "not_used", "99": "refused"}),
        ((1, 5, 7, -1, -9), (1, 7), {"-9": "dont_know", "-1": "dont_know"}),
        ((*[1, 2, 3, 4, 5, 6, 7] * 3, "n/a"), (1, 7), {"n/a": "not_used"}),
    ],
)
def test_ends_and_missing_codes(values: tuple[float, ...], expected: tuple[int, int], missing: dict[str, str]) -> None:
    found = scale_of(*values)
    assert found is not None
    assert (found.key, dict(found.missing)) == (expected, missing)


@pytest.mark.parametrize("values", [(0, 1), (1.5, 2, 3), (18, 35, 64), ("good", "bad")])
def test_what_is_no_rating(values: tuple[float, ...]) -> None:
    assert scale_of(*values) is None


def test_a_scale_that_stops_one_short_of_the_usual_top_is_given_it() -> None:
    frame = answers("speed", "staff", "price", "overall").assign(queue=answers("a", high=6)["a"])
    study = written(frame)
    assert study["scales"] == {"rating": {"ends": [1, 7]}}
    assert "queue" in study["items"]


def test_numbered_stems_become_constructs_and_the_outcome_is_found() -> None:
    names = [f"{stem}{number}" for stem in ("IMAG", "VAL", "SAT", "LOY") for number in (1, 2, 3)]
    study = written(answers(*names))
    assert study["constructs"]["imag"]["items"] == ["IMAG1", "IMAG2", "IMAG3"]
    assert study["roles"] == {"outcome": "sat", "drivers": ["imag", "val"]}
    assert "paths" not in study


def test_what_was_expected_and_received_is_found() -> None:
    names = [f"{stem}{number}" for stem in ("expe", "qual", "val", "sat") for number in (1, 2)]
    roles = written(answers(*names, "better_than_expected"))["roles"]
    assert roles["expectation"] == {"term": "expe", "asked": "after"}
    assert (roles["performance"], roles["disconfirmation"]) == ("qual", "better_than_expected")
    assert roles["drivers"] == ["qual", "val"]


def test_parts_of_one_question_are_a_construct_and_plain_numbers_are_not() -> None:
    parts = [f"Q{question}_{part}" for question in (1, 2, 3) for part in (1, 2)]
    assert written(answers(*parts))["constructs"]["q1"]["items"] == ["Q1_1", "Q1_2"]
    assert "constructs" not in written(answers("Q1", "Q2", "Q3"))


def test_pairs_of_questions_become_facets() -> None:
    names = [f"{facet}{number:02}" for number in (1, 2, 3) for facet in ("exp", "per", "imp", "sat")]
    text = drafted(answers(*names, "overall")).text
    study = tomllib.loads(text)
    assert {facet: entry["column"] for facet, entry in study["facets"].items()} == {
        "performance": "per{}", "expectation": "exp{}", "importance": "imp{}",
    }  # fmt: skip
    assert list(study["attributes"]) == ["01", "02", "03"]
    assert list(study["items"]) == ["overall"]
    assert '# performance = { column = "sat{}" } would fit as well' in text


def test_who_the_respondents_are_is_found_by_name() -> None:
    frame = answers("speed", "staff", "price", "overall")
    n = np.arange(len(frame))
    frame = frame.assign(
        respondent=n, seconds=300 + n, weight=1.5, dealer=n % 20, wave=n % 2, sex=n % 2, age=18 + n % 60
    )
    study = written(frame)
    assert (study["data"]["id"], study["data"]["duration"]) == ("respondent", "seconds")
    assert study["design"] == {"weight": "weight", "outlet": "dealer", "outlets": "sampled"}
    assert study["groups"] == {"wave": {"column": "wave"}, "outlet": {"column": "dealer"}, "segments": ["sex"]}
    assert list(study["items"]) == ["speed", "staff", "price", "overall"]


def test_groups_of_codes_are_told() -> None:
    text = drafted(answers("speed", "staff", "price", "overall").assign(sex=[1, 2] * 100, region=["n", "s"] * 100)).text
    assert '"sex", "region"]' in text
    assert "# sex: codes, shown as they are" in text


@pytest.mark.parametrize("lowest", [0, 1])
def test_recommendation_has_its_own_scale_even_if_nobody_said_zero(lowest: int) -> None:
    frame = answers("speed", "staff", "price", "overall").assign(recommend=answers("r", low=lowest, high=10)["r"])
    study = written(frame)
    assert study["scales"]["rating_0_10"] == {"ends": [0, 10]}
    assert study["roles"] == {"outcome": "overall", "drivers": ["speed", "staff", "price"], "recommend": "recommend"}


def test_codes_of_missing_answers_stand_in_the_study() -> None:
    frame = answers("speed", "staff", "price", "overall")
    frame.loc[:9, "staff"] = 99
    study = written(frame)
    assert study["scales"] == {"rating": {"ends": [1, 7], "missing": {"99": "refused"}}}
    assert study["data"]["missing"] == "listwise"


def test_an_outcome_in_words_is_named_not_used() -> None:
    frame = answers("speed", "staff", "price").assign(satisfaction=["happy", "unhappy"] * 100)
    made = drafted(frame)
    assert (
        "satisfaction is answered in words; to use it write a scale with options = [worst, ..., best]" in made.guesses
    )
    assert "outcome" not in tomllib.loads(made.text).get("roles", {})


@pytest.mark.parametrize(
    "names",
    [
        ("p_speed", "p_staff", "p_price", "i_speed", "i_staff", "i_price", "speed", "overall"),
        ("p_val", "p_img", "p_srv", "i_val", "i_img", "i_srv", "img1", "img2", "overall"),
        ("sat1", "sat2", "sat", "val1", "val2"),
        ("title", "schema", "data", "items", "overall"),
        ("# speed", "[staff]", "price\nand value", " overall "),
    ],
)
def test_names_that_could_collide_load(names: tuple[str, ...], tmp_path: Path) -> None:
    frame = answers(*names)
    frame.to_csv(tmp_path / "shop.csv", index=False)
    (tmp_path / "study.toml").write_text(drafted(frame).text, encoding="utf-8")
    check(read(load_study(tmp_path))).raise_if_failed()


def test_a_column_that_does_not_vary_or_is_not_finite_is_no_question() -> None:
    frame = answers("speed", "staff", "price", "overall").assign(x1=4, x2=answers("a")["a"], x3=np.inf)
    study = written(frame)
    assert list(study["items"]) == ["speed", "staff", "price", "overall", "x2"]
    assert "constructs" not in study


def test_a_scale_can_be_added_for_an_outcome_in_words(tmp_path: Path) -> None:
    frame = answers("speed", "staff", "price").assign(satisfaction=["satisfied", "not satisfied"] * 100)
    text = drafted(frame).text.replace("[scales]", '[scales]\nwords = { options = ["not satisfied", "satisfied"] }')
    (tmp_path / "study.toml").write_text(
        text.replace("[roles]", '[items.satisfaction]\nen = "S"\nscale = "words"\n[roles]')
    )
    assert load_study(tmp_path).items["speed"].scale.name == "rating"


def test_what_respondents_wrote_stays_out_of_a_draft() -> None:
    frame = answers("speed", "staff", "price").assign(
        Comments=["Caro; volveré", "Lento"] * 100, 意见=["好", "贵"] * 100
    )
    text = drafted(frame).text
    assert [word for word in ("volveré", "segments", "multiple") if word in text] == []


def test_answers_joined_by_commas_are_told_from_texts_with_commas() -> None:
    chosen = ["Spa, Gym", "Gym", "Spa", "Spa, Gym, Bar", "Bar"] * 40
    frame = answers("speed", "staff", "price").assign(used=chosen, city=["Lyon, France", "Nice, France"] * 100)
    assert list(written(frame)["multiple"]) == ["used"]
    assert written(frame)["multiple"]["used"]["options"] == ["Bar", "Gym", "Spa"]


def test_eleven_points_from_one_on_are_a_recommendation() -> None:
    study = written(answers("speed", "staff", "price").assign(nps=answers("nps", low=1, high=11)))
    assert (study["roles"]["recommend"], study["scales"]["rating_1_11"]["ends"]) == ("nps", [1, 11])


@pytest.mark.parametrize("name", ["Nº cliente", "ID de encuesta", "customer_id", "客户编号"])
def test_numbers_of_customers_are_ids(name: str) -> None:
    study = written(answers("speed", "staff", "price").assign(**{name: range(1000, 1200)}))
    assert study["data"]["id"] == name


def test_one_question_that_says_satisfied_is_the_outcome() -> None:
    study = written(
        answers("I am satisfied with my stay today", "The staff were slow to respond", "Good value for the money")
    )
    assert (study["roles"]["outcome"], study["roles"]["drivers"]) == ("q1", ["q2", "q3"])


def test_names_of_any_kind_are_quoted() -> None:
    frame = answers("满意度", 'the "best"', "two words", "overall")
    study = written(frame)
    assert list(study["items"]) == list(frame.columns)


def test_every_guess_is_marked() -> None:
    guessed = ("title =", "missing =", "screening =", "ends =", "outcome =", "drivers =", "[items]", "segments =")
    frame = answers("speed", "staff", "price", "overall").assign(sex=["f", "m"] * 100).astype(object)
    frame.loc[3, "speed"] = ""
    lines = drafted(frame).text.splitlines()
    for words in guessed:
        line = next(line for line in lines if words in line)
        assert MARK in line


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Q1\n4\n", "has one column, 'Q1'"),
        ("Q1,Q2\n", "has no respondent"),
        ("Q1,Q2\ngood,bad\nbad,good\n", "no column looks like ratings; found Q1, Q2"),
        ("", "is empty"),
    ],
)
def test_what_cannot_be_a_survey_is_refused(text: str, words: str) -> None:
    with pytest.raises(DataError, match=words):
        draft(tabulate(text.encode(), "shop.csv"), file="shop.csv", title="Shop")


@pytest.mark.shared
@pytest.mark.parametrize(
    ("name", "possible"),
    [
        ("kiosk", {"Drivers", "ImportancePerformance", "ImportancePerformance(importance='stated')", "Scores"}),
        ("oddjob", {"Drivers", "Disconfirmation", "Disconfirmation: gaps", "ImportancePerformance", "Scores"}),
        ("mobi", {"Drivers", "Disconfirmation", "ImportancePerformance", "Scores"}),
        ("satisfaction", {"Drivers", "Disconfirmation", "ImportancePerformance", "Scores"}),
        ("univer", {"Drivers", "ImportancePerformance", "Scores"}),
        ("sq", {"Drivers", "ImportancePerformance", "Scores"}),
        ("airline", {"Scores"}),
    ],
)
def test_drafts_of_real_files_pass_the_check(shared_data: Path, tmp_path: Path, name: str, possible: set[str]) -> None:
    packed = shared_data / f"{name}.csv.gz"
    content = gzip.decompress(packed.read_bytes()) if packed.exists() else (shared_data / f"{name}.csv").read_bytes()
    made = draft(tabulate(content, f"{name}.csv"), file=f"{name}.csv", title=name)
    (tmp_path / f"{name}.csv").write_bytes(content)
    (tmp_path / "study.toml").write_text(made.text, encoding="utf-8")
    findings = check(read(load_study(tmp_path)))
    findings.raise_if_failed()
    assert possible <= set(findings.answerable.loc[findings.answerable["possible"], "model"])
