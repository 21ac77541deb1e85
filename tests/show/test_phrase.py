from __future__ import annotations

import pytest

from csresearch.show.phrase import Amount, Name, Phrase, phrase, say


def test_a_phrase_is_english_text_and_can_be_said_again() -> None:
    made = phrase("base.plain", fields={"n": Amount(1250, "money")})
    assert isinstance(made, str)
    assert made == "n = 1,250"
    assert (made.key, dict(made.fields)) == ("base.plain", {"n": Amount(1250, "money")})


def test_names_are_said_by_the_labels_that_are_given() -> None:
    made = phrase("base.plain", fields={"n": Name(("quality", "value"))})
    assert made == "n = quality, value"
    assert say(made, labels=str.upper) == "n = QUALITY, VALUE"


def test_a_phrase_within_a_phrase_is_said_as_well_and_plain_text_stays() -> None:
    outer = phrase("exhibit.base", fields={"base": phrase("base.plain", fields={"n": Name(("x",))})})
    assert outer == "Base: n = x"
    assert say(outer, labels=str.upper) == "Base: n = X"
    assert say("plain") == "plain"
    assert not isinstance(outer[1:], Phrase)


def test_an_unknown_key_and_a_missing_field_are_told() -> None:
    with pytest.raises(KeyError, match=r"no\.such"):
        phrase("no.such")
    with pytest.raises(KeyError, match="needs the field"):
        phrase("base.plain")
