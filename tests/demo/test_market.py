"""The bank and appliance studies: their folders are what their seeds give, and are read back to the same answers."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import NamedTuple

import pandas as pd
import pytest

from csresearch import Sample, check, load_study, read, screen, weight
from csresearch.demo.folder import Survey, write_survey
from csresearch.demo.market import survey as survey_of
from csresearch.demo.platform import named
from csresearch.demo.simulate import study
from csresearch.demo.sources.beside import beside
from csresearch.demo.truth import population_values
from csresearch.demo.words import words

DATA = Path(__file__).parents[2] / "data"
SECTORS = ("bank", "appliance")


class Found(NamedTuple):
    """A sector, what stands in its folder, and what was read of it."""

    survey: Survey
    folder: Path
    grammar: dict
    sample: Sample


@pytest.fixture(scope="module", params=SECTORS)
def found(request: pytest.FixtureRequest) -> Found:
    folder = DATA / request.param
    grammar = tomllib.loads((folder / "study.toml").read_text(encoding="utf-8"))
    return Found(survey_of(request.param), folder, grammar, read(load_study(folder)))


def plain(found: Found, frame: pd.DataFrame) -> pd.DataFrame:
    """Words of the file back to the levels of the world."""
    levels = {
        name: options for name, options in found.survey.export.options.items() if name in found.survey.world.levels
    }
    back = {name: frame[name].map({word: code for code, word in options.items()}) for name, options in levels.items()}
    return frame.assign(**back)


def test_the_survey_is_what_the_seed_gives(found: Found, tmp_path: Path) -> None:
    write_survey(found.survey, tmp_path)
    for path in tmp_path.iterdir():
        assert path.read_bytes() == (found.folder / path.name).read_bytes(), path.name


def test_the_other_sources_are_what_the_seed_gives(found: Found) -> None:
    made = found.survey
    sources = beside(
        made.world, made.plans, n=made.respondents, outlets=made.outlets, seed=made.seed, large=2_000
    )  # fmt: skip
    tables = {name: table for source in sources.values() for name, table in source.tables.items()}
    assert set(tables) == set(words("tables"))
    for name, table in tables.items():
        written = (found.folder / f"{name}.csv").read_text(encoding="utf-8")
        assert table.to_csv(index=False, lineterminator="\n") == written, name


def test_the_study_file_names_the_columns_as_the_platform_does(found: Found) -> None:
    headers = named(found.survey.world, found.grammar, found.survey.export)
    several = {}
    for name, question in found.grammar["multiple"].items():
        several |= {f"{name}:{option}": header for option, header in question.get("columns", {}).items()}
        several |= {name: question["column"]} if "column" in question else {}
    assert {**found.grammar["columns"], **several} == headers


def test_nothing_stops_the_analysis(found: Found) -> None:
    findings = check(found.sample)
    findings.raise_if_failed()
    assert set(findings.table["severity"]) == {"screened", "note"}
    assert findings.table["where"].str.contains("careless").any()


def test_what_was_answered_is_read_back_with_kinds_and_options(found: Found) -> None:
    made = found.survey
    world, sample = made.world, found.sample
    frame = study(world, n=made.respondents, outlets=made.outlets, seed=made.seed, coded=True, fieldwork=made.fieldwork)
    answers = plain(found, sample.answers)
    for name in ("wave", "brand", world.outlet, *world.groups):
        assert answers[name].tolist() == frame[name].tolist(), name
    for name in (*world.ratings, "problem"):
        assert answers[name].fillna(0).tolist() == frame[name].where(frame[name] < 96, 0).tolist(), name
    used = next(key for key, point in world.touchpoints.items() if point.used < 1)
    assert (sample.kinds[f"p_{used}"] == "not_used").tolist() == (frame[f"p_{used}"] == 97).tolist()
    assert (sample.kinds["sat_overall"] == "dont_know").tolist() == (frame["sat_overall"] == 98).tolist()
    for question, options in world.multiple.items():
        read_as = [name for name in sample.answers if name.startswith(f"{question}:")]
        chosen = sample.answers[read_as].fillna(0).to_numpy()
        assert (chosen == frame[[f"{question}_{option}" for option in options]].to_numpy()).all()


def test_the_study_gives_what_may_be_expected_of_it(found: Found) -> None:
    truth = json.loads((found.folder / "truth.json").read_text(encoding="utf-8"))
    sample = weight(screen(found.sample))
    values = population_values(plain(found, sample.answers), world=found.survey.world, weights=sample.weights)
    for name, expected in truth["expected"].items():
        table, _, row = name.partition(".")
        value = values[table][row] if row else values[table]
        assert value == pytest.approx(expected["value"], abs=expected["tolerance"]), name


def test_items_attributes_and_margins_of_the_study_are_those_of_the_world(found: Found) -> None:
    world, grammar, how = found.survey.world, found.grammar, found.survey.export
    constructs = {"effort" if name == "ease" else name: list(items) for name, items in world.constructs.items()}
    assert {name: entry["items"] for name, entry in grammar["constructs"].items()} == constructs
    attributes = {name: (entry["system"], entry["stage"]) for name, entry in grammar["attributes"].items()}
    assert attributes == {name: (point.system, point.stage) for name, point in world.touchpoints.items()}
    for group, shares in grammar["margins"].items():
        if group != "rake":
            said = {how.options.get(group, {}).get(level, level): share for level, share in world.levels[group].items()}
            assert shares == pytest.approx(said), group
    assert set(world.interview_rates) <= set(grammar["margins"])
    for table in ("items", "constructs", "attributes", "multiple", "labels"):
        for name, entry in grammar[table].items():
            assert {"en", "zh", "es"} <= set(entry), f"{table}.{name}"


def test_the_truth_of_the_other_sources_is_stated(found: Found) -> None:
    sources = json.loads((found.folder / "truth.json").read_text(encoding="utf-8"))["sources"]
    assert set(sources) == {"mystery", "tickets", "customers", "staff", "ideas"}
    assert sources["mystery"]["population_value"]["icc"] == pytest.approx(0.3, abs=0.05)
    assert sources["mystery"]["population_value"]["kappa"] == pytest.approx(0.75, abs=0.04)
    assert sources["staff"]["population_value"]["icc"] == pytest.approx(0.12, abs=0.015)
    assert sources["customers"]["generating"]["satisfaction"] == -0.8


def test_the_readme_describes_every_table(found: Found) -> None:
    text = (found.folder / "README.md").read_text(encoding="utf-8")
    for table in words("tables"):
        assert f"## `{table}.csv`" in text
    for header in found.grammar["columns"].values():
        assert f"| `{header}` |" in text, header


def test_the_demo_data_stay_small() -> None:
    assert sum(path.stat().st_size for path in DATA.rglob("*") if path.is_file()) < 3_500_000
