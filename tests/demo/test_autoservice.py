"""The folder of the simulated study: written by one seed, and in agreement with its world."""

from __future__ import annotations

import json
import tomllib
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from csresearch import load_study, read, screen, weight
from csresearch.demo.autoservice import SURVEY, WORLD
from csresearch.demo.folder import truth as written_truth
from csresearch.demo.folder import write, write_survey
from csresearch.demo.truth import population_values
from csresearch.demo.words import words
from csresearch.survey.reading import tabulate

FOLDER = Path(__file__).parents[2] / "data" / "autoservice"
TABLES = words("tables")
WRITTEN = ("survey.sav", "study.toml", "population.csv")


@pytest.fixture(scope="module")
def grammar() -> dict:
    return tomllib.loads((FOLDER / "study.toml").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def survey() -> pd.DataFrame:
    table = tabulate((FOLDER / "survey.sav").read_bytes(), "survey.sav")
    return table.cells


@pytest.fixture(scope="module")
def truth() -> dict:
    return json.loads((FOLDER / "truth.json").read_text(encoding="utf-8"))


def test_the_folder_is_what_the_seed_gives(tmp_path: Path) -> None:
    write_survey(SURVEY, tmp_path)
    for name in WRITTEN:
        assert (tmp_path / name).read_bytes() == (FOLDER / name).read_bytes(), name


def test_the_truth_is_what_the_world_gives(truth: dict) -> None:
    again = written_truth(replace(SURVEY, studies=2), customers=60_000)
    for part in ("world", "fieldwork", "latent_sd", "total_effects_on_satisfaction"):
        assert json.loads(json.dumps(again["generating"][part])) == close(truth["generating"][part]), part
    for name in ("nps", "r2"):
        assert again["population_value"][name] == pytest.approx(truth["population_value"][name], rel=0.05), name


def test_the_same_arguments_write_the_same_bytes_and_another_seed_others(tmp_path: Path) -> None:
    small = replace(SURVEY, respondents=160, customers=2_000, studies=2)
    for name, seed in (("first", 7), ("again", 7), ("other", 8)):
        write(small, tmp_path / name, seed=seed)
    first, again, other = ({path.name: path.read_bytes() for path in (tmp_path / name).iterdir()}
                           for name in ("first", "again", "other"))
    written = ["README.md", "population.csv", "study.toml", "survey.sav", "truth.json"]
    assert sorted(first) == sorted([*written, *(f"{table}.csv" for table in TABLES)])
    assert first == again
    same = {name for name in first if first[name] == other[name]}
    assert same == {"README.md", "population.csv", "study.toml", "mystery_checklist.csv"}


def test_items_and_constructs_of_the_study_are_those_of_the_world(grammar: dict) -> None:
    constructs = {name: entry["items"] for name, entry in grammar["constructs"].items()}
    named = {"effort" if name == "ease" else name: list(items) for name, items in WORLD.constructs.items()}
    assert constructs == named
    assert [name for name in grammar["items"] if name in WORLD.items] == list(WORLD.items)
    for name, item in WORLD.items.items():
        assert tuple(grammar["scales"][grammar["items"][name]["scale"]]["ends"]) == item.ends, name


def test_attributes_facets_and_groups_of_the_study_are_those_of_the_world(grammar: dict) -> None:
    attributes = {name: (entry["system"], entry["stage"]) for name, entry in grammar["attributes"].items()}
    assert attributes == {name: (point.system, point.stage) for name, point in WORLD.touchpoints.items()}
    facets = {name: tuple(entry.get("of", attributes)) for name, entry in grammar["facets"].items()}
    pairs = tuple(name for name, point in WORLD.touchpoints.items() if point.kano)
    asked = {name: WORLD.asked(name) for name in ("performance", "importance", *WORLD.facets)}
    assert facets == asked | {"kano": pairs}
    assert tuple(grammar["groups"]["wave"]["order"]) == WORLD.waves
    assert grammar["groups"]["wave"]["events"] == {WORLD.events[0].where["wave"][0]: WORLD.events[0].text}
    assert grammar["groups"]["brand"]["own"] == WORLD.brands[0]
    assert tuple(grammar["roles"]["drivers"]) == WORLD.drivers
    assert grammar["roles"]["recommend"] == WORLD.recommend
    assert tuple(grammar["scales"]["resolution"]["options"]) == tuple(WORLD.journey.resolutions)


def test_the_population_file_has_the_shares_of_the_world(grammar: dict) -> None:
    counts = pd.read_csv(FOLDER / "population.csv")
    for group in ("age", "sex", "channel", "region"):
        found = (counts.groupby(group)["n"].sum() / counts["n"].sum()).to_dict()
        assert found == pytest.approx(dict(WORLD.levels[group]), abs=1e-5), group
    assert set(grammar["margins"]["from"]["margins"]) == set(WORLD.interview_rates)


def test_every_label_stands_in_three_languages(grammar: dict) -> None:
    for table in ("items", "constructs", "attributes"):
        for name, entry in grammar[table].items():
            assert {"en", "zh", "es"} <= set(entry), f"{table}.{name}"


def test_the_file_has_every_column_the_study_names(survey: pd.DataFrame) -> None:
    study = load_study(FOLDER)
    about = [study.data.id, study.data.duration, "region", "dealer", "brand", "wave", *study.groups.segments]
    headers = {short: header for short, header in study.columns.items()}
    assert {headers.get(name, name) for name in (*study.items, *about)} <= set(survey.columns)
    assert len(survey) == 4_824
    assert survey[headers.get("respondent", "respondent")].nunique() == 4_800


def test_the_file_speaks_three_languages_and_leaves_things_out() -> None:
    notes = tabulate((FOLDER / "survey.sav").read_bytes(), "survey.sav").notes
    assert notes["mind2"].label == "坚持所承诺的质量"
    assert notes["mind2"].values["99"] == "拒答"
    assert notes["p_on_time"].values["97"] == "no lo usó"
    assert notes["p_on_time"].missing == ("97", "98", "99")
    assert notes["i_on_time"].missing == ("99",)
    assert {name for name, note in notes.items() if note.multiple == "services"} == {
        f"services_{option}" for option in WORLD.multiple["services"]
    }
    assert sum(note.label == "" for note in notes.values()) > 10


def test_the_truth_keeps_parameters_population_and_expectation_apart(truth: dict) -> None:
    assert set(truth) == {"seed", "generating", "population_value", "expected", "sources"}
    assert truth["generating"]["total_effects_on_satisfaction"]["service"] == 0.3396
    assert [event["text"] for event in truth["generating"]["world"]["events"]] == [event.text for event in WORLD.events]
    assert truth["population_value"]["points"]["satisfaction"] == pytest.approx(73.4, abs=0.3)
    assert truth["population_value"]["programme"] == pytest.approx(2.3, abs=0.3)
    gaps = truth["population_value"]["latent_outcome_by_language"].values()
    assert max(gaps) - min(gaps) < 0.02


def test_the_study_gives_what_may_be_expected_of_it(truth: dict) -> None:
    sample = weight(screen(read(load_study(FOLDER))))
    found = population_values(sample.answers, world=WORLD, weights=sample.weights)
    for name, expected in truth["expected"].items():
        table, _, row = name.partition(".")
        value = found[table][row] if row else found[table]
        assert value == pytest.approx(expected["value"], abs=expected["tolerance"]), name


def test_the_readme_names_every_column(survey: pd.DataFrame) -> None:
    text = (FOLDER / "README.md").read_text(encoding="utf-8").split("\n## ")[0]
    assert sorted(line.split("`")[1] for line in text.splitlines() if line.startswith("| `")) == sorted(survey.columns)


def close(value: object) -> object:
    """The same structure, floats to six digits."""
    if isinstance(value, dict):
        return {key: close(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [close(inner) for inner in value]
    return pytest.approx(value, abs=1e-6) if isinstance(value, float) else value
