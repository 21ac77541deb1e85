"""Nothing that is printed claims more than its evidence: deck, notes, page and workbook, in every language."""

from __future__ import annotations

import html
import re
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest
from pptx import Presentation

import csresearch as cs
from csresearch import flow
from csresearch.report.story.storyline import tell
from csresearch.show.words import catalogue, languages, text
from csresearch.strategy.actions import EXHIBITS
from csresearch.strategy.rulebook import ORDER
from csresearch.strategy.wording import beyond

LANGUAGES = pytest.mark.parametrize("language", languages())


@pytest.fixture(scope="module")
def analysis(after_sales: Path) -> flow.Analysis:
    return flow.analyse(cs.load_study(after_sales), replicates=cs.Bootstrap(draws=60))


def texts_of_xml(package: Path, parts: str) -> str:
    """Every text of the parts of an Office file."""
    with zipfile.ZipFile(package) as archive:
        found = [archive.read(name).decode("utf-8") for name in archive.namelist() if re.search(parts, name)]
    return html.unescape(" ".join(re.findall(r">([^<>]+)<", " ".join(found))))


def allowed(words: str, language: str) -> str:
    """Take out the one sentence that names the words which are not meant."""
    return words.replace(text("story.limit_cross", language), "")


@LANGUAGES
def test_no_document_claims_a_cause(analysis: flow.Analysis, language: str, tmp_path: Path) -> None:
    strategy = analysis.strategy
    assert max(action.grade.letter for action in strategy.actions) >= "C"
    deck = cs.deck(strategy, to=tmp_path / "deck.pptx", language=language)
    page = cs.page(strategy, to=tmp_path / "page.html", language=language)
    book = cs.workbook(strategy, to=tmp_path / "tables.xlsx", language=language)
    body = re.sub(r"<(style|script)\b.*?</\1>", " ", page.read_text(encoding="utf-8"), flags=re.DOTALL)
    said = {
        "deck": texts_of_xml(deck, r"ppt/(slides|notesSlides|charts)/[^/]+\.xml$"),
        "alt texts": " ".join(
            shape._element._nvXxPr.cNvPr.get("descr", "") for slide in Presentation(str(deck)).slides
            for shape in slide.shapes
        ),
        "page": html.unescape(re.sub(r"<[^>]+>", " ", body)),
        "workbook": texts_of_xml(book, r"xl/(sharedStrings|worksheets/[^/]+)\.xml$"),
    }  # fmt: skip
    for name, words in said.items():
        assert len(words) > 200, name
        assert beyond(allowed(words, language), "C", language) == (), name


@LANGUAGES
def test_no_word_of_ours_claims_a_cause(language: str) -> None:
    for key, words in catalogue(language).items():
        if not key.startswith("causal.") and key != "story.limit_cross":
            assert beyond(words, "C", language) == (), key


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "Faster service leads to satisfaction"), ("en", "The impact of price"), ("en", "It CAUSED trouble"),
        ("zh", "服务速度导致满意"), ("zh", "价格影响满意度"),
        ("es", "La rapidez lleva a la satisfacción"), ("es", "El impacto de la rapidez"),
    ],
)  # fmt: skip
def test_claims_are_found_below_grade_b_only(language: str, words: str) -> None:
    assert beyond(words, "C", language)
    assert beyond(words, "E", language)
    assert beyond(words, "B", language) == ()


def test_a_part_of_a_word_is_no_claim() -> None:
    assert beyond("The causeway is because", "D") == ()
    assert beyond("La causalidad", "D", "es") == ()


@LANGUAGES
def test_every_rule_has_a_title_and_a_reason(language: str) -> None:
    words = catalogue(language)
    for rule in ORDER:
        assert "{term}" in words[f"rule.{rule}"]
        assert rule == "fix_measure" or words[f"because.{rule}"]


def test_every_action_rests_on_exhibits_of_the_same_story(analysis: flow.Analysis) -> None:
    told = {exhibit.id for exhibit in tell(analysis.strategy)}
    for action in analysis.strategy.actions:
        assert action.exhibits
        assert set(action.exhibits) <= told, action.term
        assert all(number.n_obs > 0 and number.low <= number.high for number in action.numbers)
        assert {number.table for number in action.numbers} <= set(EXHIBITS)


def test_the_portfolio_and_the_priorities_are_told(analysis: flow.Analysis) -> None:
    exhibits = {exhibit.id: exhibit for exhibit in tell(analysis.strategy)}
    found = cs.portfolio(analysis.strategy)
    headline = exhibits["strategy.portfolio"].headline
    assert "200,000" in headline
    assert f"{found.cost:,.0f}" in headline
    assert found.joint is not None
    assert f"{found.joint.estimate:.1f} [{found.joint.low:.1f}, {found.joint.high:.1f}]" in headline
    assert len(exhibits["strategy.portfolio"].chart.rows) == len(found.choices)
    scores = exhibits["strategy.priorities"].frame
    assert {"uplift", "planning", "evidence_weight", "cost", "effort", "reach", "score"} <= set(scores["statistic"])
    assert not exhibits["grid.must_be"].frame.empty


def test_a_budget_that_pays_for_nothing_is_told_with_the_reasons(analysis: flow.Analysis) -> None:
    dear = tuple(replace(a, cost=a.cost * 1e4) for a in analysis.strategy.actions)
    exhibits = {exhibit.id: exhibit for exhibit in tell(replace(analysis.strategy, actions=dear))}
    told = exhibits["strategy.portfolio"]
    assert told.headline == "200,000 pays for no move that the rules speak for"
    decisions = {row[-1] for row in told.chart.rows}
    assert decisions == {"costs more than the budget", "no cost known", "no case for action"}
