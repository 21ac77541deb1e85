from __future__ import annotations

import re
from pathlib import Path
from typing import get_args

import pytest
from fontTools.ttLib import TTFont

import csresearch
from csresearch import load_study, study_folder
from csresearch.models.grid.quadrants import QUADRANTS
from csresearch.show.specs import Unit
from csresearch.show.words import catalogue, languages, text

SOURCES = [*Path(csresearch.__file__).parent.rglob("*.py"), *Path(csresearch.__file__).parent.rglob("*.j2")]
FONTS = Path(csresearch.__file__).parent / "show" / "fonts"
OURS = ("base", "exhibit", "card", "grid", "deck", "page", "workbook", "word", "sign", "sentence", "language")


def test_keys_named_in_code_are_in_the_file():
    named = {
        key
        for source in SOURCES
        for key in re.findall(r'\b(?:text|word)\(\s*"([a-z_]+\.[a-z_.0-9]+)"', source.read_text(encoding="utf-8"))
    }
    assert len(named) > 20
    assert sorted(named - set(catalogue("en"))) == []


def test_every_key_of_the_renderers_is_used():
    code = "\n".join(source.read_text(encoding="utf-8") for source in SOURCES)
    unused = [key for key in catalogue("en") if key.split(".")[0] in OURS and f'"{key}"' not in code]
    assert unused == []


def test_every_unit_has_a_word():
    assert {f"unit.{unit}" for unit in get_args(Unit)} <= set(catalogue("en"))


@pytest.mark.parametrize("language", languages())
def test_languages_hold_the_same_keys_and_fields(language):
    def fields(words):
        return {key: sorted(re.findall(r"{(\w+)}", value)) for key, value in words.items()}

    assert fields(catalogue(language)) == fields(catalogue("en"))


SAME = re.compile(
    r"(\{\w+\}|\W|\d|csresearch|HTMT|LMG|NPS|AVE|AIC|HC3|Wald|Pratt|Base|Total|rho|[nxyptFARC²]|no"
    r"|Qualtrics|SurveyMonkey|LimeSurvey|KoBo|Wenjuanxing)*"
)
"""What may stand alike in two languages: signs, names of statistics and platforms, words that are spelled alike."""


@pytest.mark.parametrize("language", [name for name in languages() if name != "en"])
def test_nothing_is_left_in_english(language):
    english = catalogue("en")
    alike = [key for key, words in catalogue(language).items() if words == english[key]]
    assert [key for key in alike if not SAME.fullmatch(english[key])] == []


def test_chinese_stands_with_chinese_punctuation():
    half = re.compile(r"[一-鿿][,:;!?(]|[,:;!?)][一-鿿]")
    assert {key: words for key, words in catalogue("zh").items() if half.search(words) and key != "causal.words"} == {}


def test_the_bundled_fonts_have_every_sign_of_words_and_studies():
    signs = {sign for language in languages() for words in catalogue(language).values() for sign in words}
    for name in ("mobile", "autoservice"):
        study = load_study(study_folder(name))
        terms = (*study.items.values(), *study.constructs.values(), *study.attributes.values())
        labels = (study.title, study.population, *study.words.values(), *(term.labels for term in terms))
        signs |= {sign for label in labels for words in label.values() for sign in words}
    corners = {sign for language in languages() for name in QUADRANTS for sign in text(f"quadrant.{name}", language)}
    for face, needed in (("regular", signs), ("bold", corners)):
        with TTFont(FONTS / f"csresearch-sans-{face}.otf") as font:
            assert sorted(sign for sign in needed if ord(sign) not in font.getBestCmap()) == []


def test_a_missing_key_a_missing_field_and_a_missing_language_are_named():
    with pytest.raises(KeyError, match=r"words/en"):
        text("no.such_key")
    with pytest.raises(KeyError, match="needs the field 'n'"):
        text("base.plain")
    with pytest.raises(ValueError, match="language must be one of"):
        text("base.plain", "xx")
