"""Deck, page and workbook of both demo studies speak one language: what is left of another is found here."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from lxml import etree

import csresearch as cs
from csresearch.flow import analyse
from csresearch.report.documents import deck, page, workbook
from csresearch.show.phrase import Phrase, retold
from csresearch.show.words import catalogue, languages
from csresearch.strategy.actions import Strategy

pytestmark = pytest.mark.slow
WORD = r"[A-Za-z][A-Za-z'’-]*"
# What stays as it is: sources with their year, code with its arguments, versions, ids and addresses, names of columns.
SOURCE = r"(?:[A-Z][\w.'’-]*,? (?:and |& |et al\.?,? )?)+\(\d{4}\)"
CODE = r"\w+\([^()]*(?:\([^()]*\)[^()]*)*=[^()]*(?:\([^()]*\)[^()]*)*\)"
KEPT = re.compile(rf"{SOURCE}|{CODE}|\w+://\S+|\b\w+[._]\w+(?:[._]\w+)*|\b(?:csresearch|numpy|pandas) \S+|按[a-z, ]+的")
LEFT = {
    "zh": re.compile(rf"{WORD}(?:[ ,]+{WORD}){{2,}}"),
    "es": re.compile(r"\b(?:the|of|and|with|is|are|by|from|for|to|than|which|not|or|were|was|on|an|at|each|who)\b"),
}


@pytest.fixture(scope="module", params=["mobile", "autoservice"])
def strategy(request: pytest.FixtureRequest, after_sales: Path) -> Strategy:
    """Strategy of a demo study, with few draws: only its words are read here."""
    folder = after_sales if request.param == "autoservice" else cs.study_folder(request.param)
    return analyse(cs.load_study(folder), replicates=cs.Bootstrap(draws=60)).strategy


@pytest.fixture(scope="module", params=[name for name in languages() if name != "en"])
def documents(request: pytest.FixtureRequest, strategy: Strategy, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder of the three documents; its name is the language."""
    folder = tmp_path_factory.mktemp("documents") / request.param
    folder.mkdir()
    deck(strategy, to=folder / "deck.pptx", language=request.param)
    page(strategy, to=folder / "page.html", language=request.param)
    workbook(strategy, to=folder / "tables.xlsx", language=request.param)
    return folder


def parts(path: Path, pattern: str) -> Iterator[etree._Element]:
    """Parts of an Office file."""
    with zipfile.ZipFile(path) as archive:
        for name in sorted(archive.namelist()):
            if re.match(pattern, name):
                yield etree.fromstring(archive.read(name))


def said_on_slides(path: Path) -> Iterator[str]:
    """Every text of slides, notes and charts, and the words for a screen reader."""
    for root in parts(path, r"ppt/(slides|notesSlides|charts)/[^/]*\.xml$"):
        yield from (words.text or "" for words in root.iter("{*}t", "{*}v"))
        yield from (str(shape.get("descr")) for shape in root.iter("{*}cNvPr") if shape.get("descr"))


def said_on_page(path: Path) -> Iterator[str]:
    """Every text of the page, and the words for a screen reader."""
    root = etree.HTML(path.read_text(encoding="utf-8"))
    for element in root.iter():
        if isinstance(element.tag, str) and element.tag not in ("style", "script"):
            yield from (words for words in (element.text, element.tail) if words)
            yield from (element.get(name) for name in ("alt", "title", "aria-label") if element.get(name))


def said_in_workbook(path: Path) -> Iterator[str]:
    """Every text of a cell; names of sheets and columns of the result tables are code."""
    for root in parts(path, r"xl/sharedStrings\.xml$"):
        yield from (words.text or "" for words in root.iter("{*}t"))


READERS = {"deck.pptx": said_on_slides, "page.html": said_on_page, "tables.xlsx": said_in_workbook}


@pytest.mark.parametrize("name", READERS)
def test_nothing_is_left_in_another_language(documents: Path, name: str) -> None:
    left = LEFT[documents.name]
    said = dict.fromkeys(READERS[name](documents / name))
    assert len(said) > 50
    assert [words for words in said if left.search(KEPT.sub("", words))] == []


def test_every_code_of_a_table_and_every_check_has_words(strategy: Strategy) -> None:
    known = catalogue("en")
    for result in strategy.results:
        for table in result.frames.values():
            assert [name for name in table["statistic"].unique() if f"statistic.{name}" not in known] == []
            for column, room in (("reason", "reason"), ("method", "interval")):
                plain = filter(None, table[column].dropna().unique() if column in table else ())
                assert [words for words in plain if retold(words, room, "zh") == words] == []
        assert [check.text for check in result.found if not isinstance(check.text, Phrase)] == []
        assert [check.check for check in result.found if f"check_name.{check.check}" not in known] == []


def test_the_search_sees_what_is_left() -> None:
    assert LEFT["zh"].search(KEPT.sub("", "样本 answered less than half"))
    assert not LEFT["zh"].search(
        KEPT.sub("", "由 Bootstrap(draws=200, seed=1) 得出；Fornell et al. (1996)；csresearch 0.1.0")
    )
    assert LEFT["es"].search(KEPT.sub("", "the questions"))


def test_every_run_of_the_deck_carries_its_language(documents: Path) -> None:
    tag = {"zh": "zh-CN", "es": "es-ES"}[documents.name]
    for root in parts(documents / "deck.pptx", r"ppt/(slides|notesSlides|charts)/[^/]*\.xml$"):
        assert {run.get("lang") for run in root.iter("{*}rPr", "{*}endParaRPr", "{*}defRPr")} <= {tag}
        assert all(run.find("{*}rPr") is not None for run in root.iter("{*}r"))


def test_chinese_has_its_typeface(documents: Path) -> None:
    (theme,) = parts(documents / "deck.pptx", r"ppt/theme/theme1\.xml$")
    assert {font.get("typeface") for font in theme.iter("{*}ea")} == {"Microsoft YaHei"}
    (styles,) = parts(documents / "tables.xlsx", r"xl/styles\.xml$")
    faces = {name.get("val") for font in styles.iter("{*}font") for name in font.iter("{*}name")}
    assert ("Microsoft YaHei" in faces) == (documents.name == "zh")


def test_the_page_names_its_language(documents: Path) -> None:
    tag = {"zh": "zh-CN", "es": "es-ES"}[documents.name]
    assert f'<html lang="{tag}">' in (documents / "page.html").read_text(encoding="utf-8")
