"""What words of labels mean, in English, Chinese and Spanish: kinds of missing answers, better and worse, language."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from csresearch.survey.lexicon import patterns, strengths

_MISSING, _ANSWERS, _LANGUAGES = (patterns(table) for table in ("missing", "answers", "languages"))
_STRENGTH = strengths()


def missing_kind(words: str) -> str | None:
    """Kind of missing answer that a label stands for; None where it stands for an answer.

    Examples
    --------
    >>> [missing_kind(words) for words in ("Don't know", "NS/NC", "No aplica", "拒答", "不知道", "不适用", "Good")]
    ['dont_know', 'dont_know', 'not_used', 'refused', 'dont_know', 'not_used', None]
    """
    plain = words.strip().lower()
    return next((kind for kind, pattern in _MISSING.items() if pattern.search(plain)), None)


def rank(words: str) -> float | None:
    """Tell how good an answer in words is: below 0 bad, above 0 good; None where the words do not say.

    Examples
    --------
    >>> [rank(words) for words in ("Very dissatisfied", "Ni bien ni mal", "比较满意", "Totalmente de acuerdo", "North")]
    [-2.0, 0.0, 0.6, 3.0, None]
    """
    plain = words.strip().lower()
    if _ANSWERS["neutral"].search(plain):
        return 0.0
    if _ANSWERS["worst"].search(plain):
        return -3.5
    if _ANSWERS["best"].search(plain):
        return 3.5
    sign = -1.0 if _ANSWERS["worse"].search(plain) else 1.0 if _ANSWERS["better"].search(plain) else None
    strength = next((much for pattern, much in _STRENGTH.items() if re.search(pattern, plain)), 1.0)
    return None if sign is None else sign * strength


def in_order(words: Sequence[str]) -> tuple[str, ...] | None:
    """Answers in words from the worst to the best; None where two of them cannot be told apart.

    Examples
    --------
    >>> in_order(["Good", "Very bad", "Bad", "Very good"])
    ('Very bad', 'Bad', 'Good', 'Very good')
    """
    coded = [re.fullmatch(r"([A-Za-z])(\d{1,2})", word) for word in words]
    if words and all(coded) and len({code[1] for code in coded if code}) == 1:  # codes of answers, A1 to A5
        return tuple(sorted(words, key=lambda word: int(word[1:])))
    ranks = {word: rank(word) for word in words}
    known = {word: value for word, value in ranks.items() if value is not None}
    if len(known) < len(ranks) or len(set(known.values())) < len(known) or min(known.values(), default=0) >= 0:
        return None
    return tuple(sorted(known, key=lambda word: known[word]))


def is_turned(values: Mapping[float, str]) -> bool:
    """Tell whether the words of the lowest code are better than those of the highest.

    Examples
    --------
    >>> is_turned({1.0: "Very satisfied", 5.0: "Very dissatisfied"}), is_turned({1.0: "mala", 5.0: "buena"})
    (True, False)
    """
    ranked = [(code, value) for code, words in sorted(values.items()) if (value := rank(words)) is not None]
    return len(ranked) > 1 and ranked[0][1] > 0 > ranked[-1][1]


def is_agreement(words: str) -> bool:
    """Tell whether an answer says how far one agrees, which is neither good nor bad before one knows with what.

    Examples
    --------
    >>> is_agreement("Strongly agree"), is_agreement("非常同意"), is_agreement("Very satisfied")
    (True, True, False)
    """
    return bool(_ANSWERS["agreement"].search(words.lower()))


def language_of(words: Iterable[str]) -> str:
    """Language that most labels are in: zh, es or en.

    Examples
    --------
    >>> language_of(["总体满意度", "价格"]), language_of(["Trato del personal"]), language_of(["Staff"])
    ('zh', 'es', 'en')
    """
    every = [word.lower() for word in words if word.strip()]
    chinese = sum(bool(_LANGUAGES["zh"].search(word)) for word in every)
    spanish, english = (sum(bool(_LANGUAGES[name].search(word)) for word in every) for name in ("es", "en"))
    if 2 * chinese > len(every):
        return "zh"
    return "es" if spanish > english and 5 * spanish > len(every) else "en"
