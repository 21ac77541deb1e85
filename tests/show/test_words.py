from __future__ import annotations

import re
from pathlib import Path
from typing import get_args

import pytest

import csresearch
from csresearch.show.specs import Unit
from csresearch.show.words import catalogue, languages, text

SOURCES = [*Path(csresearch.__file__).parent.rglob("*.py"), *Path(csresearch.__file__).parent.rglob("*.j2")]
OURS = ("base", "exhibit", "card", "grid", "deck", "page", "workbook", "word")


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


def test_a_missing_key_a_missing_field_and_a_missing_language_are_named():
    with pytest.raises(KeyError, match=r"words/en"):
        text("no.such_key")
    with pytest.raises(KeyError, match="needs the field 'n'"):
        text("base.plain")
    with pytest.raises(ValueError, match="language must be one of"):
        text("base.plain", "xx")
