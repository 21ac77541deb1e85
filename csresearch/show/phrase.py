"""Phrases: sentences of models and steps that a document can say again in another language."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from csresearch.show.format import interval, number
from csresearch.show.specs import Unit
from csresearch.show.words import text

Labels = Callable[[str], str]
"""Words for an item, attribute or construct, in the language of the document."""


@dataclass(frozen=True)
class Amount:
    """A number of a phrase, printed by its unit in each language; with ends, its interval behind it."""

    value: float
    unit: Unit = "none"
    low: float | None = None
    high: float | None = None

    def said(self, language: str) -> str:
        """Print the number."""
        if self.low is None and self.high is None:
            return number(self.value, self.unit, language)
        return interval(self.value, self.low, self.high, self.unit, language)


@dataclass(frozen=True)
class Name:
    """An item, attribute or construct of a phrase, said by the labels of the study; several are listed."""

    names: tuple[str, ...]

    def said(self, labels: Labels | None) -> str:
        """Give the labels; without a study the names themselves."""
        return ", ".join(labels(name) if labels else name.replace("_", " ") for name in self.names)


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


def _worded(key: str, fields: Mapping[str, object], language: str, labels: Labels | None) -> str:
    return text(key, language, fields={name: _field(value, language, labels) for name, value in fields.items()})


def _field(value: object, language: str, labels: Labels | None) -> object:
    if isinstance(value, Amount):
        return value.said(language)
    if isinstance(value, Name):
        return value.said(labels)
    return say(value, language, labels=labels) if isinstance(value, str) else value
