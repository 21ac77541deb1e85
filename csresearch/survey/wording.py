"""What words of labels mean, in English, Chinese and Spanish: kinds of missing answers, better and worse, language."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

_MISSING: Mapping[str, str] = {  # what stands first wins
    "skipped": r"skip|not asked|\bfilter|routing|no (se )?pregunt|\bfiltro|\bsalto|跳过|跳题|未问",
    "not_used": r"not? applicable|inapplicable|^n\W?a\W?$|n/a|(does|did|do)( not|n.t) (apply|use|have)"
    r"|not? (yet )?(been )?(used|rated)|never (used|had|tried)|have(n.t| not) used|no experience|no (me )?aplica"
    r"|no procede|no corresponde|no (lo|la|los|las)? ?(he|ha|hemos)? ?(us|utiliz)|sin experiencia"
    r"|不适用|未使用|没用过|没有?(使用|用过)|未体验|无此项|未接触",
    "dont_know": r"(do|does|did)( not|n.t|nt) (know|remember)|^d\W?k\W?$|not sure|unsure|can(no|')?t (say|rate|judge)"
    r"|no opinion|undecided|no sabe|no s[eé]\b|^ns\b|ns\W?n[cr]|no (lo )?recuerd|sin opini"
    r"|不知道|不清楚|不了解|不确定|说不清|难说|记不清|不记得|无法评价",
    "refused": r"refus|prefer not|rather not|declin|no (answer|response)|not (stated|answered|ascertained)|rechaz"
    r"|no (contest|respond|quier)|prefier[eo] no|^n\.?[cr]\.?$|拒答|拒绝|不愿|不想回答|未回答|未作答",
    "empty": r"^\W?(system )?missing\W?$|^blank$|^(valor )?perdido|^vac[ií]o$|^en blanco$|缺失|^\W?空\W?$",
}
_NEUTRAL = re.compile(
    r"neither|neutral|^average|^fair$|so.so|as expected|^ok(ay)?$|^medium|\bni\b.*\bni\b|^regular|indiferente|^normal"
    r"|lo esperado|一般|中立|普通|说不上|与预期一致|既不"
)
_WORST = re.compile(
    r"not at all|terribl|awful|horribl|worst|useless|^nada\b|p[eé]sim|fatal|peor posible|完全不|一点也?不|极差|根本不"
)
_BEST = re.compile(r"excellent|outstanding|perfect|superb|excepcional|excelente|óptim|优秀|极好|完美")
_WORSE = re.compile(
    r"(dis|un)satisf|disagree|unlikely|improbable|unimportant|difficult|\bhard\b|uneasy|\bpoor|\bbad\b|worse|below|weak"
    r"|\bnot\b|never|rarely|seldom|insatisf|descontent|desacuerdo|dif[ií]cil|\bmal[oa]?\b|peor|por debajo|\bpoco|\bno\b"
    r"|nunca|rara vez|不|差|难|低于|没有|从不|很少|糟"
)
_BETTER = re.compile(
    r"satisf|agree|likely|probable|importan|\beasy|good|better|above|often|always|great|strong|content[oa]?|acuerdo"
    r"|f[aá]cil|buen[oa]?|mejor|por encima|siempre|a menudo|frecuente|满意|同意|可能|重要|容易|好|高于|经常|总是|愿意"
)
_STRENGTH = (  # the first that is found says how much
    (r"not (very|too|so|really)|不太|不大|不怎么|no (muy|mucho)|poco", 0.6),
    (r"extreme|complete|total|absolut|entire|完全|极其|极为|completament|plenament", 3.0),
    (
        r"very|strong|high|much|most|definitely|always|never|非常|很|十分|特别|从不|总是|\bmuy|\bmucho|siempre|nunca",
        2.0,
    ),
    (r"somewhat|slight|rather|fairly|little|probably|比较|较|有点|稍|略|\balgo|más bien|un poco|parcial", 0.6),
    (r"quite|mostly|mainly|bastante", 1.3),
)
_AGREEMENT = re.compile(r"agree|\bacuerdo|同意|赞同")
_SPANISH = re.compile(
    r"[ñ¿¡áéíóú]|\b(de|la|el|los|las|con|del|su|una?|que|muy|por|usted|acuerdo)\b|satisfech|aci[oó]n\b"
)
_ENGLISH = re.compile(r"\b(the|of|with|and|your?|how|is|was|were|are|very|to|in|for)\b|satisfied|agree")
_CHINESE = re.compile(r"[\u4e00-\u9fff]")


def missing_kind(words: str) -> str | None:
    """Kind of missing answer that a label stands for; None where it stands for an answer.

    Examples
    --------
    >>> [missing_kind(words) for words in ("Don't know", "NS/NC", "No aplica", "拒答", "不知道", "不适用", "Good")]
    ['dont_know', 'dont_know', 'not_used', 'refused', 'dont_know', 'not_used', None]
    """
    plain = words.strip().lower()
    return next((kind for kind, pattern in _MISSING.items() if re.search(pattern, plain)), None)


def rank(words: str) -> float | None:
    """Tell how good an answer in words is: below 0 bad, above 0 good; None where the words do not say.

    Examples
    --------
    >>> [rank(words) for words in ("Very dissatisfied", "Ni bien ni mal", "比较满意", "Totalmente de acuerdo", "North")]
    [-2.0, 0.0, 0.6, 3.0, None]
    """
    plain = words.strip().lower()
    if _NEUTRAL.search(plain):
        return 0.0
    if _WORST.search(plain):
        return -3.5
    if _BEST.search(plain):
        return 3.5
    sign = -1.0 if _WORSE.search(plain) else 1.0 if _BETTER.search(plain) else None
    strength = next((much for pattern, much in _STRENGTH if re.search(pattern, plain)), 1.0)
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
    return bool(_AGREEMENT.search(words.lower()))


def language_of(words: Iterable[str]) -> str:
    """Language that most labels are in: zh, es or en.

    Examples
    --------
    >>> language_of(["总体满意度", "价格"]), language_of(["Trato del personal"]), language_of(["Staff"])
    ('zh', 'es', 'en')
    """
    every = [word.lower() for word in words if word.strip()]
    chinese = sum(bool(_CHINESE.search(word)) for word in every)
    spanish, english = (sum(bool(words.search(word)) for word in every) for words in (_SPANISH, _ENGLISH))
    if 2 * chinese > len(every):
        return "zh"
    return "es" if spanish > english and 5 * spanish > len(every) else "en"
