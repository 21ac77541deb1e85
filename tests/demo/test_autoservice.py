"""The folder of the simulated study: written by one seed, and in agreement with its world."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

import pandas as pd
import pytest

from csresearch.demo import autoservice
from csresearch.demo.autoservice import WORLD

FOLDER = Path(__file__).parents[2] / "data" / "autoservice"
FILES = ("survey.csv", "study.toml", "truth.json", "README.md")


@pytest.fixture(scope="module")
def grammar() -> dict:
    return tomllib.loads((FOLDER / "study.toml").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def survey() -> pd.DataFrame:
    return pd.read_csv(FOLDER / "survey.csv")


def test_the_folder_is_what_the_seed_gives(tmp_path: Path) -> None:
    autoservice.write(tmp_path)
    for name in FILES:
        assert (tmp_path / name).read_bytes() == (FOLDER / name).read_bytes(), name


def test_another_seed_gives_another_survey(tmp_path: Path) -> None:
    autoservice.write(tmp_path, seed=8, customers=8_000)
    assert (tmp_path / "survey.csv").read_bytes() != (FOLDER / "survey.csv").read_bytes()


def test_items_and_constructs_of_the_study_are_those_of_the_world(grammar: dict) -> None:
    constructs = {name: entry["items"] for name, entry in grammar["constructs"].items()}
    assert constructs == {name: list(items) for name, items in WORLD.constructs.items()}
    assert list(grammar["items"]) == list(WORLD.items)
    for name, entry in grammar["items"].items():
        assert tuple(grammar["scales"][entry["scale"]]["ends"]) == WORLD.items[name].ends, name


def test_attributes_margins_and_groups_of_the_study_are_those_of_the_world(grammar: dict) -> None:
    attributes = {name: (entry["system"], entry["stage"]) for name, entry in grammar["attributes"].items()}
    assert attributes == {name: (point.system, point.stage) for name, point in WORLD.touchpoints.items()}
    assert {name: shares for name, shares in grammar["margins"].items() if name != "rake"} == {
        name: WORLD.groups[name] for name in ("age", "sex", "channel")
    }
    assert tuple(grammar["groups"]["wave"]["order"]) == WORLD.waves
    assert grammar["groups"]["wave"]["events"] == {WORLD.events[0].where["wave"][0]: WORLD.events[0].text}
    assert grammar["groups"]["brand"]["own"] == WORLD.brands[0]
    assert tuple(grammar["roles"]["drivers"]) == WORLD.drivers
    assert grammar["roles"]["recommend"] == WORLD.recommend


def test_every_label_stands_in_three_languages(grammar: dict) -> None:
    for table in ("items", "constructs", "attributes"):
        for name, entry in grammar[table].items():
            assert {"en", "zh", "es"} <= set(entry), f"{table}.{name}"


def test_the_file_has_every_column_the_study_names(grammar: dict, survey: pd.DataFrame) -> None:
    facets = [facet["column"].format(name) for facet in grammar["facets"].values() for name in grammar["attributes"]]
    data, design, groups = grammar["data"], grammar["design"], grammar["groups"]
    about = [data["id"], data["duration"], design["strata"], design["outlet"], *groups["segments"]]
    named = [*grammar["items"], *facets, *about, groups["wave"]["column"], groups["brand"]["column"]]
    assert set(named) <= set(survey.columns)
    assert len(survey) == 1_206
    assert survey["respondent"].nunique() == 1_200
    assert survey.notna().all(axis=None)


def test_the_truth_keeps_parameters_and_population_values_apart() -> None:
    truth = json.loads((FOLDER / "truth.json").read_text(encoding="utf-8"))
    assert set(truth) == {"seed", "generating", "population_value"}
    assert truth["generating"]["total_effects_on_satisfaction"]["service"] == 0.3396
    assert [event["text"] for event in truth["generating"]["world"]["events"]] == [event.text for event in WORLD.events]
    assert truth["population_value"]["points"]["satisfaction"] == pytest.approx(73.4, abs=0.3)


def test_the_readme_names_every_column(survey: pd.DataFrame) -> None:
    text = (FOLDER / "README.md").read_text(encoding="utf-8")
    assert [line.split("`")[1] for line in text.splitlines() if line.startswith("| `")] == list(survey.columns)
