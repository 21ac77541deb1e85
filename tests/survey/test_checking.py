"""Findings: each thing wrong with a file is found, told with its remedy, and all are told at once."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from csresearch.errors import DataError
from csresearch.survey.checking import inspect_answers
from csresearch.survey.checking.checking import COLUMNS, Findings, check
from csresearch.survey.reading import read
from csresearch.survey.sample import Sample
from csresearch.survey.screening.screening import screen
from csresearch.survey.study_file.loading import load_study

Change = Callable[[pd.DataFrame], pd.DataFrame | None]
Checked = Callable[..., Findings]


@pytest.fixture
def sampled(write: Callable[..., Path], respondents: Callable[[int], pd.DataFrame]) -> Callable[..., Sample]:
    """Read the after-sales study with changes to the file and to the study."""

    def made(change: Change = lambda frame: None, study: dict[str, str] | None = None, n: int = 80) -> Sample:
        path = write(study)
        frame = respondents(n)
        changed = change(frame)
        (frame if changed is None else changed).to_csv(path.parent / "answers.csv", index=False)
        return read(load_study(path))

    return made


@pytest.fixture
def checked(sampled: Callable[..., Sample]) -> Checked:
    return lambda *args, **kwargs: check(sampled(*args, **kwargs))


def put(column: str, rows: int, value: str) -> Change:
    """Write a value into the first rows of a column."""

    def change(frame: pd.DataFrame) -> None:
        frame.loc[: rows - 1, column] = value

    return change


def said(findings: Findings, severity: str) -> list[str]:
    table = findings.table[findings.table["severity"] == severity]
    return [f"{row.where}: {row.found} | {row.allowed} | {row.remedy} | {row.n}" for row in table.itertuples()]


def test_a_faultless_file_passes(checked: Checked) -> None:
    found = checked()
    assert said(found, "stop") == []
    assert found.passed
    assert tuple(found.table.columns) == COLUMNS
    found.raise_if_failed()
    assert repr(found) == "Findings: 0 stop, 0 screened, 1 note; 9 models possible"
    assert "no label for 满意" in found._repr_html_()


STOPS: dict[str, tuple[Change, str]] = {
    "column missing": (
        lambda frame: frame.rename(columns={"p_care": "p_caer"}),
        "[facets] performance p_care: no such column in the file | p_caer | did you mean 'p_caer'? | 1",
    ),
    "column missing, none near": (
        lambda frame: frame.drop(columns="S1"),
        "[items] S1: no such column in the file | none | correct the name in the study | 1",
    ),
    "group missing": (
        lambda frame: frame.rename(columns={"language": "sprache"}),
        "[groups] segments language: no such column in the file | sprache | correct the name in the study | 1",
    ),
    "text in a rating": (
        put("S1", 3, "very good"),
        "S1: 3 text: 'very good' | numbers from 1 to 10 | correct the cells, or make them empty | 3",
    ),
    "value outside the scale": (
        put("L1", 2, "11"),
        "L1: 2 values outside the scale: 11 | numbers from 0 to 10 | correct the cells, or declare the code: "
        "[scales] likely.missing = { code = 'not_used' } | 2",
    ),
    "value below the scale": (put("S1", 2, "0"), "S1: 2 values outside the scale: 0 | numbers from 1 to 10 | "),
    "undeclared code": (put("L1", 5, "99"), "L1: 5 values outside the scale: 99 | numbers from 0 to 10 | "),
    "code of no option": (
        put("kf_pick_up", 1, "2.5"),
        "kf_pick_up: 1 values outside the scale: 2.5 | 1 to 5 or like, must_be, neutral, live_with, dislike | ",
    ),
    "infinite": (put("S2", 1, "-inf"), "S2: 1 infinite values: '-inf' | numbers from 1 to 10 | "),
    "constant": (
        put("S2", 80, "4"),
        "S2: one answer only: 4 | answers that differ | take the item out of its construct and role, or mend ",
    ),
    "no answer": (put("S2", 80, ""), "S2: no answer at all | answers that differ | "),
    "no answer in a construct": (
        put("L1", 80, ""),
        "[constructs] loyalty: no answer to any of its items | at least one item with answers | "
        "mend the file, or take the construct away | 0",
    ),
    "category without a share": (
        put("age", 2, "18-30"),
        "[margins] age: '18-30' without a share | 18-29, 30-44, 45-59, 60+ | did you mean '18-29'? | 2",
    ),
    "share without respondents": (
        lambda frame: frame.replace({"channel": {"second_tier": "own_dealer"}}),
        "[margins] channel: nobody in 'second_tier', which has 20% of the population | own_dealer, other_dealer | "
        "merge it with another category | 0",
    ),
    "share without respondents in a wave": (
        lambda frame: frame.assign(
            age=frame["age"].mask((frame["wave"] == "2026H1") & (frame["age"] == "60+"), "45-59")
        ),
        "[margins] age: nobody in '60+' where wave is '2026H1' | each category in each part | "
        "merge categories, or take rake.within away | 0",
    ),
    "no category": (
        put("age", 4, ""),
        "[margins] age: 4 respondents without it | 18-29, 30-44, 45-59, 60+ | "
        "fill it in, or give them a category of their own | 4",
    ),
    "unknown wave": (
        put("wave", 3, "2024H2"),
        "[groups] wave.order: the waves 2024H2 too | 2025H1, 2025H2, 2026H1, 2026H2 | add them to the order | 3",
    ),
    "own brand absent": (
        lambda frame: frame.replace({"brand": {"Alba": "alba"}}),
        "[groups] brand.own: nobody rated 'Alba' | Boreal, Corvo, alba | did you mean 'alba'? | 0",
    ),
}


@pytest.mark.parametrize(("change", "message"), STOPS.values(), ids=STOPS)
def test_what_must_stop_stops(checked: Checked, change: Change, message: str) -> None:
    found = checked(change)
    assert any(line.startswith(message) for line in said(found, "stop")), said(found, "stop")
    assert not found.passed
    with pytest.raises(DataError, match=r"answers\.csv: \d+ findings? stops? the analysis"):
        found.raise_if_failed()


def test_all_that_stops_is_told_at_once(checked: Checked) -> None:
    def spoil(frame: pd.DataFrame) -> pd.DataFrame:
        put("S1", 3, "good")(frame)
        put("L1", 2, "11")(frame)
        put("age", 2, "18-30")(frame)
        return frame.rename(columns={"p_care": "p_caer"})

    with pytest.raises(DataError, match="4 findings stop the analysis") as raised:
        checked(spoil).raise_if_failed()
    assert [problem.split(": found")[0] for problem in raised.value.problems] == [
        "[facets] performance p_care",
        "S1",
        "L1",
        "[margins] age",
    ]


def test_text_is_shown_short_and_never_an_id(checked: Checked) -> None:
    def spoil(frame: pd.DataFrame) -> None:
        frame.loc[:5, "S1"] = ["r7", "well, it was all in all rather good", "good", "good", "Ana Ruiz", "5551234567"]

    found = checked(spoil)
    line, number = said(found, "stop")
    assert said(found, "screened") == []  # told once
    assert line.startswith("S1: 5 text: 'good' and 2 more |")
    assert number.startswith("S1: 1 values outside the scale: not shown |")
    assert "r7" not in line


def test_missing_answers_stop_without_a_rule_and_are_screened_with_one(checked: Checked) -> None:
    def spoil(frame: pd.DataFrame) -> None:
        frame.loc[:6, "p_care"] = ["97", "97", "98", "99", "", "", ""]
        frame.loc[:1, "S1"] = ""

    with_rule = said(checked(spoil), "screened")
    assert with_rule[0] == (
        "[data] missing: 2 questions have gaps (5 empty, 2 not_used, 1 dont_know, 1 refused); most: p_care, 7 | "
        "none, or a rule for them | the rule missing = 'used' deals with them | 9"
    )
    without = said(checked(spoil, {'missing = "used"': ""}), "stop")
    assert [line.split(":")[0] for line in without] == ["S1", "p_care"]
    assert (
        "add to [data]: missing = 'listwise', 'pairwise', 'block_mean' or, for answers not used, 'used'" in without[0]
    )


def test_a_scale_that_many_questions_leave_is_told_once(checked: Checked) -> None:
    columns = ["p_care", "p_facility", "p_honest_price", "p_parts_available", "p_pick_up"]

    def spoil(frame: pd.DataFrame) -> None:
        frame.loc[:3, columns] = "12"

    (line,) = said(checked(spoil), "stop")
    assert line.startswith("[scales] touch: 5 questions have values outside the scale, 12, of 4 respondents | ")
    assert "are its ends right?" in line


def test_an_upper_end_that_nobody_used_is_a_note(checked: Checked, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inspect_answers, "ENOUGH", 10)

    def spoil(frame: pd.DataFrame) -> None:
        frame["S1"] = frame["S1"].where(frame["S1"] != "10", "9")

    found = [line for line in said(checked(spoil), "note") if "nobody went beyond" in line]
    assert len(found) == 1
    assert "nobody went beyond 9 in S1" in found[0]


def test_the_rules_of_the_study_say_how_many_they_catch(checked: Checked) -> None:
    def spoil(frame: pd.DataFrame) -> None:
        frame.loc[:2, "seconds"] = "5"
        frame.loc[5, "id"] = "r4"

    found = said(checked(spoil), "screened")
    assert found == [
        "[data] screening.duplicate: 1: the id was there before in the same wave | by the rule of the study | "
        "screen() has them excluded | 1",
        "[data] screening.speed: 3: took less than 2 seconds for each answered question | by the rule of the study | "
        "screen() has them excluded | 3",
    ]
    notes = said(checked(spoil, {'duplicate = "exclude", ': ""}), "note")
    assert "[data] id id: 1 repeated ids | each id once | add duplicate = 'exclude' to [data] screening | 1" in notes


def test_who_is_excluded_no_longer_stops(sampled: Callable[..., Sample]) -> None:
    def spoil(frame: pd.DataFrame) -> None:
        frame.loc[0, ["seconds", "S1"]] = ["5", "ha ha"]

    sample = sampled(spoil)
    assert not check(sample).passed
    assert check(screen(sample)).passed


NOTES: dict[str, tuple[Change, dict[str, str], str]] = {
    "extra column": (
        lambda frame: frame.assign(comment="x", city="y"),
        {},
        "answers.csv: columns not in the study: comment, city | any | nothing to do; they are read as text and not ",
    ),
    "constant item nobody uses": (put("i_care", 80, "7"), {}, "i_care: one answer only: 7 | answers that differ | "),
    "lone stratum": (
        put("dealer", 1, "far away"),
        {},
        "[design] dealer: strata with one unit only: far away | at least two in each | "
        "merge small strata, or say Bootstrap(single='collapse') for intervals | 1",
    ),
    "few clusters": (
        lambda frame: frame.assign(dealer=np.where(np.arange(len(frame)) % 2, "a", "b"), region="north"),
        {'outlets = "all"': 'outlets = "sampled"'},
        "[design] dealer: 2 clusters, so 1 degrees of freedom | 8 or more | intervals use t and the linearised error, ",
    ),
    "segment unknown": (
        put("language", 2, ""),
        {},
        "[groups] language: 2 respondents without it | a value for each | they are left out where this column ",
    ),
    "no duration": (
        put("seconds", 2, "a while"),
        {},
        "[data] duration seconds: 2 without a number | seconds | they cannot be caught by the rule speed | 2",
    ),
    "label lacking": (
        lambda frame: None,
        {', es = "Molestias"': "", 'zh = "麻烦"': 'es = "Molestias"'},
        "languages zh: no label for S3, 满意 | a label in each | add zh = '...'; until then en is shown | 2",
    ),
    "two scales in one construct": (
        lambda frame: None,
        {'loyalty = { items = ["L1"]': 'loyalty = { items = ["L1", "e_care"]'},
        "[constructs] loyalty: scales 0 to 10, 1 to 10 | one scale, where their mean is used | ",
    ),
    "first label lacking": (
        lambda frame: None,
        {'en = "Trouble with the visit", ': ""},
        "languages en: no label for S3 | a label in each | add en = '...'; until then the name is shown | 1",
    ),
    "no margins": (
        lambda frame: None,
        {
            'age = { "18-29" = 0.21, "30-44" = 0.34, "45-59" = 0.28, "60+" = 0.17 }': "",
            "channel = { own_dealer = 0.70, other_dealer = 0.10, second_tier = 0.20 }": "",
            'rake = { within = "wave", trim = [0.3, 3.0] }': "",
        },
        "[margins]: no margins and no weight | population shares, if they are known | ",
    ),
}


@pytest.mark.parametrize(("change", "study", "message"), NOTES.values(), ids=NOTES)
def test_what_is_worth_knowing_is_noted(checked: Checked, change: Change, study: dict[str, str], message: str) -> None:
    found = checked(change, study)
    assert any(line.startswith(message) for line in said(found, "note")), said(found, "note")
    assert found.passed


def test_two_columns_of_one_name_stop(sampled: Callable[..., Sample]) -> None:
    sample = sampled()
    twice = pd.concat([sample.raw, sample.raw[["S1"]]], axis=1)
    found = check(replace(sample, raw=twice))
    assert said(found, "stop") == [
        "S1: 2 columns of this name | each name once | rename one in the file; only the first is read | 2"
    ]


def test_one_cluster_stops(checked: Checked) -> None:
    sampled_outlets = {'outlets = "all"': 'outlets = "sampled"', 'strata = "region"': ""}
    found = checked(put("dealer", 80, "only one"), sampled_outlets)
    assert said(found, "stop") == [
        "[design] dealer: one cluster only | at least two | "
        "take it away from [design]: nothing can be said of the spread between clusters | 1"
    ]
    assert checked(study=sampled_outlets).passed


def test_weights_and_places_that_will_not_do_stop(sampled: Callable[..., Sample]) -> None:
    margins = {
        'age = { "18-29" = 0.21, "30-44" = 0.34, "45-59" = 0.28, "60+" = 0.17 }': "",
        "channel = { own_dealer = 0.70, other_dealer = 0.10, second_tier = 0.20 }": "",
        'rake = { within = "wave", trim = [0.3, 3.0] }': "",
        'strata = "region"': 'strata = "region"\nweight = "w"',
    }

    def spoil(frame: pd.DataFrame) -> pd.DataFrame:
        put("region", 2, "")(frame)
        return frame.assign(w=["-1", "", "heavy", *["1"] * (len(frame) - 3)])

    with pytest.raises(DataError) as raised:
        sampled(spoil, margins)
    assert list(raised.value.problems) == [
        "[design] weight w: found 3 missing, negative or no numbers; allowed: numbers of 0 or more; "
        "write 0 to leave a respondent out",
        "[design] region: found 2 respondents without it; allowed: a value for each; "
        "fill it in; a respondent without a place in the design has no standard error",
    ]


def test_too_few_respondents_stop(checked: Checked) -> None:
    found = checked(n=8, study={'age = { "18-29" = 0.21, "30-44" = 0.34, "45-59" = 0.28, "60+" = 0.17 }': ""})
    message = "answers.csv: 8 respondents | more than the 8 coefficients of the largest equation | "
    assert any(line.startswith(message) for line in said(found, "stop")), said(found, "stop")


def test_a_frame_has_nothing_to_be_checked_against(mobi: pd.DataFrame) -> None:
    with pytest.raises(DataError, match=r"no study to be checked against; write a study\.toml"):
        check(Sample.from_frame(mobi, scale=(1, 10)))


def answers(found: Findings) -> dict[str, tuple[bool, str, str]]:
    return {row.model: (row.possible, row.missing, row.add) for row in found.answerable.itertuples()}


def test_what_can_be_answered_is_listed(checked: Checked) -> None:
    everything = answers(checked())
    assert list(everything) == [
        "SatisfactionIndex",
        "Reliability",
        "Drivers",
        "Disconfirmation",
        "Disconfirmation: direct",
        "Disconfirmation: gaps",
        "Disconfirmation: tolerance",
        "ImportancePerformance",
        "ImportancePerformance(importance='stated')",
        "Scores",
        "Scores: nps",
    ]
    lacking = {model: missing for model, (possible, missing, _) in everything.items() if not possible}
    assert lacking == {
        "Disconfirmation: direct": "the direct measure",
        "Disconfirmation: tolerance": "the facet desired; the facet adequate",
    }


def test_what_cannot_be_answered_names_the_line_to_add(checked: Checked) -> None:
    lacking = {
        'recommend = "L1"': "",
        'outcome = "满意"': "",
        'expectation = { term = "expectation", asked = "before" }\n': "",
        '[paths]\n"满意" = ["repair", "expectation"]\nloyalty = ["满意"]\n': "",
        'importance = { column = "i_{}", scale = "touch" }': "",
    }
    found = answers(checked(study=lacking))
    assert found["SatisfactionIndex"] == (
        False,
        "paths; they are never inferred; the role outcome",
        '[paths] satisfaction = ["quality", "value"]; [roles] outcome = "satisfaction"',
    )
    assert found["Drivers"] == (False, "the role outcome", '[roles] outcome = "satisfaction"')
    assert found["ImportancePerformance(importance='stated')"][1:] == (
        "the facet importance; the role outcome",
        '[facets] importance = { column = "i_{}", scale = "..." }; [roles] outcome = "satisfaction"',
    )
    assert found["Scores"][0]
    assert found["Scores: nps"] == (False, "the role recommend", '[roles] recommend = "column of the 0-10 question"')


def test_a_model_without_answers_is_not_possible(checked: Checked) -> None:
    found = answers(checked(put("e_parts_available", 80, "")))
    assert not found["SatisfactionIndex"][0]
    assert found["Drivers"][0]


def test_a_recommendation_needs_its_scale(checked: Checked) -> None:
    found = answers(checked(study={'recommend = "L1"': 'recommend = "S1"'}))
    assert found["Scores: nps"] == (
        False,
        "a 0-10 scale for the recommendation",
        "[scales] likely = { ends = [0, 10] }",
    )


def test_a_large_file_is_read_and_checked_fast(
    write: Callable[..., Path], respondents: Callable[[int], pd.DataFrame]
) -> None:
    path = write()
    n = 50_000
    frame = respondents(n)
    digits = np.random.default_rng(1).integers(0, 10, (n, 60 - frame.shape[1])).astype(str)
    extra = pd.DataFrame(digits, columns=[f"x{k}" for k in range(digits.shape[1])])
    pd.concat([frame, extra], axis=1).to_csv(path.parent / "answers.csv", index=False)
    study = load_study(path)
    start = time.process_time()
    found = check(read(study))
    assert time.process_time() - start < 3
    assert found.passed


@pytest.mark.parametrize("facet", ["performance", "importance"])
def test_a_grid_is_promised_for_what_it_will_take_only(checked: Checked, facet: str) -> None:
    """A facet that was asked of some attributes is no grid of all of them."""
    line = f'{facet} = {{ column = "{facet[0]}_{{}}", scale = "touch" }}'
    some = '["fixed_first_time", "parts_available", "status_update", "pick_up"]'
    found = answers(checked(study={line: line.replace('"touch" }', f'"touch", of = {some} }}')}))
    assert found["ImportancePerformance"][0] == (facet == "importance")
    assert not found["ImportancePerformance(importance='stated')"][0]


def test_the_outcome_is_no_attribute_of_its_grid(checked: Checked) -> None:
    found = answers(checked(study={'outcome = "满意"': 'outcome = "care"'}))
    assert found["ImportancePerformance"][:2] == (False, "an outcome that is none of the attributes, unlike 'care'")
