"""Phrases: sentences of models and steps that a document can say again in another language."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache

from csresearch.show.format import interval, marks, number
from csresearch.show.specs import Unit
from csresearch.show.words import catalogue, text

Labels = Callable[[str], str]
"""Words for an item, attribute or construct, in the language of the document."""


@dataclass(frozen=True)
class Amount:
    """A number of a phrase, printed by its unit in each language; with ends, its interval behind it.

    `places` are decimals where the unit's own will not do, for a number without interval.
    """

    value: float
    unit: Unit = "none"
    low: float | None = None
    high: float | None = None
    places: int | None = None

    def said(self, language: str) -> str:
        """Print the number."""
        if self.low is None and self.high is None:
            return number(self.value, self.unit, language, places=self.places)
        return interval(self.value, self.low, self.high, self.unit, language)


@dataclass(frozen=True)
class Name:
    """An item, attribute or construct of a phrase, said by the labels of the study; several are listed."""

    names: tuple[str, ...]

    def said(self, labels: Labels | None, language: str = "en") -> str:
        """Give the labels; without a study the names themselves."""
        words = (labels(name) if labels else name.replace("_", " ") for name in self.names)
        return text("sign.list", language).join(words)


_NUMBER = re.compile(r"[−+]?\d[\d,.]*%?")


class Phrase(str):
    """A text in English that remembers its key and fields, so that `say` can say it in another language.

    It is a `str` and works as one; text made from it by hand (sliced, joined) is English for good.
    """

    key: str
    fields: Mapping[str, object]


def phrase(key: str, *, fields: Mapping[str, object] | None = None, labels: Labels | None = None) -> Phrase:
    """Make a phrase from a key of `show/words`.

    Parameters
    ----------
    key : str
        Dotted key, such as ``check.weights``.
    fields : mapping, optional
        Values of its ``{fields}``: `Amount` for a number, `Name` for a term of the study, a phrase, or plain text.
    labels : callable, optional
        English words for terms; without it a `Name` stands as it is written in the study.

    Raises
    ------
    KeyError
        The key is not among the English words, or a field is missing.

    Examples
    --------
    >>> phrase("base.plain", fields={"n": Amount(1250, "money")})
    'n = 1,250'
    """
    made = Phrase(_worded(key, fields or {}, "en", labels))
    made.key, made.fields = key, dict(fields or {})
    return made


def say(words: str, language: str = "en", *, labels: Labels | None = None) -> str:
    """Say a phrase in a language; any other text stays as it is.

    Examples
    --------
    >>> say(phrase("base.plain", fields={"n": Amount(1250, "money")}), "en"), say("as it is", "en")
    ('n = 1,250', 'as it is')
    """
    return _worded(words.key, words.fields, language, labels) if isinstance(words, Phrase) else words


def joined(*sentences: str) -> str:
    """Put sentences one behind the other, as one phrase; empty ones are left out.

    Examples
    --------
    >>> joined("One.", "", "Two.")
    'One. Two.'
    """
    first, *rest = [sentence for sentence in sentences if sentence] or [""]
    for second in rest:
        first = phrase("sentence.two", fields={"first": first, "second": second})
    return first


@lru_cache(maxsize=4096)
@lru_cache(maxsize=4096)
def retold(words: str, rooms: str, language: str) -> str:
    """Say in a language what stands as plain English in a table; what no key of the room fits stays as it is.

    Parameters
    ----------
    words : str
        Such as a `reason`: tables are plain, so that they can be saved and compared.
    rooms : str
        First parts of the keys, such as ``reason`` or ``flow caught``.
    language : str

    Examples
    --------
    >>> retold("bootstrap, bias-corrected, p by holm", "interval", "es")
    'bootstrap, con corrección de sesgo, p según holm'
    """
    if language == "en" or not words:
        return words
    if _NUMBER.fullmatch(words):
        ours, theirs = marks("en"), marks(language)
        return words.translate({ord(our): their for our, their in zip(ours, theirs, strict=True)})
    for key, pattern in _patterns(rooms):
        if found := pattern.fullmatch(words):
            fields = {name: retold(part, rooms, language) for name, part in found.groupdict().items()}
            return text(key, language, fields=fields)
    return words


@cache
def _patterns(rooms: str) -> tuple[tuple[str, re.Pattern[str]], ...]:
    """Patterns of the English texts of some rooms; those with the most words of their own first."""
    known = [(key, words) for key, words in catalogue("en").items() if key.partition(".")[0] in rooms.split()]
    known.sort(key=lambda pair: -len(re.sub(r"{\w+}", "", pair[1])))
    return tuple((key, re.compile(re.sub(r"\\{(\w+)\\}", r"(?P<\1>.*?)", re.escape(words)))) for key, words in known)


def _worded(key: str, fields: Mapping[str, object], language: str, labels: Labels | None) -> str:
    return text(key, language, fields={name: _field(value, language, labels) for name, value in fields.items()})


def _field(value: object, language: str, labels: Labels | None) -> object:
    if isinstance(value, Amount):
        return value.said(language)
    if isinstance(value, Name):
        return value.said(labels, language)
    return say(value, language, labels=labels) if isinstance(value, str) else value
