"""Wording by evidence: words of cause are for grades A and B, which one survey does not reach."""

from __future__ import annotations

import re
from functools import cache

from csresearch.show.words import text
from csresearch.strategy.evidence import CAUSAL


def beyond(words: str, grade: str, language: str = "en") -> tuple[str, ...]:
    """Words in a text that claim more than a grade of evidence allows.

    Parameters
    ----------
    words : str
        What is printed.
    grade : {"A", "B", "C", "D", "E"}
        A and B allow words of cause; from C on things are associated, D suggests, E is a hypothesis.
    language : str
        Its list stands under `causal.words` of `show/words`.

    Returns
    -------
    tuple of str
        As they stand in the text; none where the wording keeps within the grade.

    Examples
    --------
    >>> beyond("Faster service leads to satisfaction", "C"), beyond("Faster service goes with satisfaction", "C")
    (('leads to',), ())
    >>> beyond("Faster service leads to satisfaction", "A")
    ()
    """
    if grade in CAUSAL:
        return ()
    return tuple(match.group() for match in _causal(language).finditer(words))


@cache
def _causal(language: str) -> re.Pattern[str]:
    """Pattern of the causal words: whole words, or signs where a language does not part words."""
    listed = sorted((word.strip() for word in text("causal.words", language).split(",")), key=len, reverse=True)
    parts = (rf"\b{re.escape(word)}\b" if word.isascii() or word[0].isascii() else re.escape(word) for word in listed)
    return re.compile("|".join(parts), flags=re.IGNORECASE)
