from __future__ import annotations

import pytest

from csresearch.show.phrase import Amount, Name, Phrase, joined, phrase, retold, say


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


def test_sentences_are_joined_as_the_language_does() -> None:
    both = joined(phrase("missing.each"), "", phrase("flow.no_margins"))
    assert both == f"{phrase('missing.each')} {phrase('flow.no_margins')}"
    assert say(both, "zh") == say(phrase("missing.each"), "zh") + say(phrase("flow.no_margins"), "zh")
    assert joined() == ""


def test_places_and_lists_follow_the_language() -> None:
    assert phrase("base.plain", fields={"n": Amount(0.0512, "share", places=1)}) == "n = 5.1%"
    assert say(phrase("base.plain", fields={"n": Name(("a", "b"))}), "zh") == "n = a、b"


@pytest.mark.parametrize(
    ("words", "rooms", "language", "expected"),
    [
        ("7.5% of the draws failed, more than 5%", "reason", "zh", "7.5% 的重抽样失败，超过 5%"),
        ("bootstrap, bias-corrected, p by holm", "interval", "zh", "自助法，偏差校正，p 值按 holm 校正"),
        ("1,200 excluded: the id was there before.", "flow caught", "zh", "剔除 1,200 人：编号此前已出现。"),
        ("1,200 respondents and 8 columns read from a.", "flow", "es", "1.200 entrevistas y 8 columnas leídas de a."),
        ("what nobody knows", "reason", "zh", "what nobody knows"),
        ("not separable from zero", "reason", "en", "not separable from zero"),
    ],
)  # fmt: skip
def test_plain_sentences_of_tables_are_said_again(words: str, rooms: str, language: str, expected: str) -> None:
    assert retold(words, rooms, language) == expected
