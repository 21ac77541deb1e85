"""The other sources of the after-sales study are what its seed gives, on the customers and outlets of its survey."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from csresearch.demo.autoservice import SURVEY
from csresearch.demo.simulate import customers
from csresearch.demo.sources.beside import LOST_FROM, beside, places_of
from csresearch.demo.words import words

FOLDER = Path(__file__).parents[3] / "data" / "autoservice"


@pytest.fixture(scope="module")
def tables() -> dict[str, pd.DataFrame]:
    assert SURVEY.plans is not None
    sources = beside(
        SURVEY.world, SURVEY.plans, n=SURVEY.respondents, outlets=SURVEY.outlets, seed=SURVEY.seed, large=2_000
    )
    return {name: table for source in sources.values() for name, table in source.tables.items()}


def test_the_tables_are_what_the_seed_gives(tables: dict[str, pd.DataFrame]) -> None:
    assert set(tables) == set(words("tables"))
    for name, table in tables.items():
        written = (FOLDER / f"{name}.csv").read_text(encoding="utf-8")
        assert table.to_csv(index=False, lineterminator="\n") == written, name


def test_customers_and_outlets_are_those_of_the_survey(tables: dict[str, pd.DataFrame]) -> None:
    people = customers(SURVEY.world, n=SURVEY.respondents, outlets=SURVEY.outlets, seed=SURVEY.seed)
    assert tables["customers"]["customer"].tolist() == people["respondent"].tolist()
    assert tables["customers"]["dealer"].tolist() == people["dealer"].tolist()
    told = people.loc[people["state"].isin(list(SURVEY.world.journey.resolutions)), "respondent"]
    complaints = tables["tickets_gold"]["kind"] == "complaint"
    assert set(tables["tickets"].loc[complaints, "customer"]) == set(told)
    assert (tables["lost"]["customer"] >= LOST_FROM).all()
    assert {len(set(tables[name]["dealer"])) for name in ("mystery", "employees", "departments")} == {40}


def test_the_level_of_service_has_the_brands_and_the_programme_in_it() -> None:
    places = places_of(SURVEY.world, outlets=4_000, seed=1)
    own = places["outlet"].isin(places["outlet"].unique()[::4])
    late = places["wave"].isin(("2026H1", "2026H2"))
    level = places["service"]
    assert level[own & late].mean() - level[own & ~late].mean() == pytest.approx(0.45, abs=0.001)
    assert level[~own & late].mean() == pytest.approx(level[~own & ~late].mean(), abs=0.001)
