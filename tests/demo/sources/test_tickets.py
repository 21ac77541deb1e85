"""Tickets: words in three languages, gold labels, nothing personal."""

from __future__ import annotations

import re
from dataclasses import replace
from string import Formatter

import pandas as pd
import pytest

from csresearch.demo.autoservice import WORLD
from csresearch.demo.sources.beside import people_of
from csresearch.demo.sources.tickets import TicketPlan, tickets
from csresearch.demo.words import words

SECTORS = ("autoservice", "bank", "appliance")
CHINESE = re.compile(r"[\u4e00-\u9fff]")


@pytest.fixture(scope="module")
def people() -> pd.DataFrame:
    return people_of(WORLD, 20_000, 400, 6)


def made(people: pd.DataFrame, plan: TicketPlan, sector: str = "autoservice") -> pd.DataFrame:
    tables = tickets(people, plan, sector=sector, seed=6).tables
    return tables["tickets"].merge(tables["tickets_gold"], on="ticket", validate="one_to_one")


@pytest.mark.parametrize("sector", SECTORS)
def test_every_theme_has_words_for_every_severity_and_language(sector: str) -> None:
    found = words(f"tickets_{sector}")
    assert len(found["themes"]) == 12
    assert sum(theme["share"] for theme in found["themes"].values()) == pytest.approx(1.0)
    for name, theme in found["themes"].items():
        for language in ("en", "zh", "es"):
            assert set(theme[language]) == {"minor", "major", "suggestion"}, name
            for text in (text for texts in theme[language].values() for text in texts):
                slots = {slot for _, slot, _, _ in Formatter().parse(text) if slot}
                assert slots <= set(found["slots"][language]), text
                assert bool(CHINESE.search(text)) == (language == "zh"), text


def test_who_complained_wrote_a_ticket_and_shares_are_as_planned(people: pd.DataFrame) -> None:
    found = made(people, TicketPlan())
    complaints = found[found["kind"] == "complaint"]
    complained = people["state"].isin(("quick", "slow", "unresolved"))
    assert set(complaints["customer"]) == set(people.loc[complained, "customer"])
    quiet = people["customer"].isin(found.loc[found["kind"] == "suggestion", "customer"])
    assert quiet.sum() == pytest.approx(0.03 * (people["state"] == "none").sum(), rel=0.15)
    assert (complaints["severity"] == "major").mean() == pytest.approx(0.35, abs=0.05)
    assert complaints["unreasonable"].mean() == pytest.approx(0.06, abs=0.02)
    assert (found["second_theme"] != "").mean() == pytest.approx(0.15, abs=0.03)
    assert (found["theme"] != found["second_theme"]).all()
    assert (found["language"] == "zh").mean() == pytest.approx(0.5, abs=0.05)
    unresolved = people.loc[people["state"] == "unresolved", "customer"]
    assert complaints["closed_days"].isna().equals(complaints["customer"].isin(unresolved))


def test_the_text_is_of_its_theme_and_holds_nothing_personal(people: pd.DataFrame) -> None:
    plain = made(people[:6_000], TicketPlan(typo=0.0, mixed=0.0, unreasonable=0.0))
    themes = words("tickets_autoservice")["themes"]
    for row in plain.itertuples():
        stems = [re.split(r"\{\w+\}", text) for text in themes[row.theme][row.language][row.severity or row.kind]]
        said = row.text.casefold()
        assert any(all(part.casefold() in said for part in stem) for stem in stems), row.ticket
    everything = " ".join(plain["text"])
    assert not re.search(r"\d{4}|@|http", everything)


def test_typing_errors_are_counted_and_change_nothing_else(people: pd.DataFrame) -> None:
    clean, typed = (made(people[:6_000], replace(TicketPlan(), typo=share)) for share in (0.0, 0.03))
    assert (clean["text"] == typed["text"]).equals(typed["typos"] == 0)
    assert typed["typos"].sum() > 40
    pd.testing.assert_series_equal(clean["theme"], typed["theme"])


def test_second_tier_buyers_are_refused_warranty_more_often(people: pd.DataFrame) -> None:
    found = made(people, TicketPlan()).merge(people[["customer", "channel"]], on="customer")
    share = (found["theme"] == "warranty").groupby(found["channel"]).mean()
    assert share["second_tier"] > 3 * share["own_dealer"]
