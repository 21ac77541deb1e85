"""What the columns of an unknown survey file look like: scales, codes of missing answers, families, facets."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from csresearch.survey.drafting.unknown_column import KINDS_OF, Column, Words
from csresearch.survey.drafting.unknown_column import columns as columns
from csresearch.survey.wording import in_order, missing_kind

FAR = {77, 88, 95, 96, 97, 98, 99, 777, 888, 995, 996, 997, 998, 999}
"""Numbers that stand for "no answer" in most questionnaires, where the scale ends long before them."""

FACETS: Mapping[str, tuple[str, ...]] = {
    "performance": ("performance", "perception", "perceived", "perf", "perc", "per", "p", "satisfaction", "sat", "s"),
    "expectation": ("expectation", "expected", "expect", "exp", "e"),
    "importance": ("importance", "imp", "i"),
    "desired": ("desired", "des"),
    "adequate": ("adequate", "adeq", "ade", "minimum"),
    "disconfirmation": ("disconfirmation", "disconf", "disc", "d"),
}
"""Beginnings of column names by facet; what stands first wins where two fit equally well."""

MERE = re.compile(r"(?i).|item|quest(ion)?|var|it")
"""Stems of names that say nothing about what was asked."""

_SLIPS = 0.02  # share of the answers that a code beyond the words needs to be an answer
_FEW = 3  # columns that make a family, and a facet


@dataclass(frozen=True)
class Ends:
    """Likely theoretical ends of a scale, and the codes outside them that look like missing answers."""

    low: int
    high: int
    missing: Mapping[str, str] = field(default_factory=dict, compare=False)
    options: Words = ()

    @property
    def key(self) -> tuple[object, ...]:
        """The ends, or the options, alone."""
        return self.options or (self.low, self.high)


def ends(family: Sequence[Column]) -> Ends | None:
    """Guess the scale of columns that were asked alike; None where they look like no ratings.

    Examples
    --------
    >>> answers = pd.DataFrame({"Q1": ["1", "4", "7", "99", "2", "5", "3", "6"]})
    >>> ends(columns(answers, decimal_comma=False))
    Ends(low=1, high=7, missing={'99': 'refused'}, options=())
    """
    given = {code: kind for column in family for code, kind in column.gaps.items()}
    values = np.unique(np.concatenate([column.numbers.dropna().to_numpy() for column in family]))
    values = values[~np.isin(values, list(given))]
    whole = np.isfinite(values).all() and (values == np.round(values)).all()
    if not whole or not len(values) or not all(column.numeric and not column.nominal for column in family):
        return None
    codes = {int(value) for value in values}
    labelled = {int(code) for column in family for code in column.answers if code.is_integer()}
    if len(labelled) > 1 and max(labelled) <= 100:
        return _by_words(family, codes, labelled, given)
    missing = {code for code in codes if code < 0} | {code for code in codes & FAR if code > 100}
    body = {code for code in codes - missing if code <= 11}
    if (codes - missing - body) <= FAR and len(body) >= 2:
        missing |= codes - missing - body
        missing |= _after_a_gap(body)
    elif len(family) >= _FEW and max(codes - missing) <= 100:
        body = codes - missing
    else:
        return None
    body -= missing
    if len(body) < _FEW or max(body) < 3:
        return None
    high = 100 if max(body) > 11 else 10 if max(body) in (8, 9) else max(body)
    if 0 in body and high in (4, 5, 7):  # ratings from 1 on, with a code for "does not apply"
        missing.add(0)
    low = 0 if 0 in body - missing else 1
    kinds: dict[float, str] = {code: KINDS_OF.get(code, "dont_know") for code in sorted(missing)}
    return Ends(low, high, _named(family, {**kinds, **given}, low, high))


def _by_words(family: Sequence[Column], codes: set[int], labelled: set[int], given: Mapping[float, str]) -> Ends | None:
    """Take the ends from the words of codes; rare codes beyond them are slips, those far from them no answers."""
    low, high = min(labelled), max(labelled)
    answers = pd.concat([column.numbers for column in family])
    answers = answers[~answers.isin(list(given))].dropna()
    near = {code for code in codes if low - 1 <= code <= max(high, 11) and (answers == code).mean() >= _SLIPS}
    low, high = min(low, *near), max(high, *near)
    if high - low < 2:
        return None
    beyond = sorted(code for code in codes if not low <= code <= high)
    kinds: dict[float, str] = {code: KINDS_OF.get(code, "dont_know") if code in FAR else "empty" for code in beyond}
    return Ends(low, high, _named(family, {**kinds, **given}, low, high))


def _named(family: Sequence[Column], kinds: Mapping[float, str], low: int, high: int) -> dict[str, str]:
    """Write codes of missing answers as the study does, then words among the numbers; none of them is on the scale."""
    named = {f"{code:g}": kind for code, kind in sorted(kinds.items()) if not low <= code <= high}
    words = dict.fromkeys(word for column in family for word in column.words)
    lettered = {code: column.note.values.get(code, "") for column in family for code in column.note.missing}
    named |= {word: missing_kind(lettered.get(word, word)) or "dont_know" for word in words}
    return named


def worded_scales(found: Iterable[Column]) -> dict[str, Ends]:
    """Scales of columns that are answered in words which can be put in order; columns that share words share one."""
    groups: list[tuple[list[str], Words, dict[str, str]]] = []
    for column in found:
        words = [word for word in dict.fromkeys(column.answered) if missing_kind(word) is None]
        gaps = {word: kind for word in dict.fromkeys(column.answered) if (kind := missing_kind(word))}
        if not 2 <= len(words) <= 11 or (order := in_order(words)) is None:
            continue
        for place, (names, options, missing) in enumerate(groups):
            shared = in_order([*dict.fromkeys((*options, *order))])
            if shared and len(set(order) & set(options)) >= 2:
                groups[place] = ([*names, column.name], shared, missing | gaps)
                break
        else:
            groups.append(([column.name], order, gaps))
    return {
        name: Ends(1, len(options), missing, options)
        for names, options, missing in groups
        for name in names
        if len(options) >= _FEW
    }


def _after_a_gap(body: set[int]) -> set[int]:
    """Codes 8 and 9 behind an unbroken scale of 4 to 7 points, such as 1 to 5 and 9."""
    tail = body & {8, 9}
    rest = body - tail
    whole = bool(rest) and max(rest) in (4, 5, 6, 7) and rest >= set(range(1, max(rest) + 1))
    return tail if whole and 10 not in body and max(rest) + 1 not in tail else set()


def families(ratings: Iterable[Column]) -> dict[str, list[Column]]:
    """Group columns by the stem of numbered names: IMAG1, IMAG2 and Q1_1, Q1_2; each other column is its own."""
    found: dict[str, list[Column]] = defaultdict(list)
    for column in ratings:
        match = re.fullmatch(r"(.*?[^\d_. -])[_. -]?(\d+)", column.name)
        parts = re.fullmatch(r"(.*\d)[_.-](\d+)", column.name)
        stem = (parts or match or [column.name, column.name])[1]
        found[stem].append(column)
    return dict(found)


def scales(found: Mapping[str, Sequence[Column]]) -> dict[str, Ends]:
    """Scale by column; a family that stops one short of the top which more questions reach is given that top."""
    guessed: dict[str, Ends | None] = {}
    members: dict[str, Sequence[Column]] = {}
    for stem, family in found.items():
        alone = [column for column in family if MERE.fullmatch(stem) and ends([column])]
        parts = [[column] for column in alone] + [[c for c in family if c not in alone]] * (len(alone) < len(family))
        for part in parts:
            key = stem if len(part) > 1 else part[0].name
            members[key], guessed[key] = part, ends(part)
    counts = Counter({scale.key: 0 for scale in guessed.values() if scale})
    for stem, scale in guessed.items():
        if scale:
            counts[scale.key] += len(members[stem])
    result: dict[str, Ends] = {}
    for stem, scale in guessed.items():
        if scale is None:
            continue
        above = (scale.low, scale.high + 1)
        if counts[above] > counts[scale.key]:
            scale = Ends(*above, scale.missing)
        result |= {column.name: scale for column in members[stem]}
    return result


def facets(names: Sequence[str]) -> tuple[dict[str, str], Words, dict[str, str]]:
    """Find one question asked of many attributes.

    Returns
    -------
    patterns : facet to column pattern, `per{}`; empty where there is no pair of facets
    attributes : what stands for {}
    rivals : patterns of the same attributes that were not chosen, with the facet they could be

    Examples
    --------
    >>> facets(["exp01", "per01", "exp02", "per02", "exp03", "per03", "overall"])
    ({'performance': 'per{}', 'expectation': 'exp{}'}, ('01', '02', '03'), {})
    """
    found: dict[str, dict[str, dict[str, str]]] = {facet: defaultdict(dict) for facet in FACETS}
    for facet, beginnings in FACETS.items():
        for beginning in beginnings:
            for name in names:
                match = re.fullmatch(rf"({beginning})([_.-]?)(.+)", name, re.IGNORECASE)
                if match and (match[2] or match[3].isdigit()):
                    found[facet][f"{match[1]}{match[2]}{{}}"][match[3]] = name
    performance = found.pop("performance")
    partners = [suffixes for patterns in found.values() for suffixes in patterns.values()]
    shared = {p: max((len(s.keys() & t.keys()) for t in partners), default=0) for p, s in performance.items()}
    best = max(shared, key=lambda pattern: shared[pattern], default="")
    if not best or shared[best] < _FEW:
        return {}, (), {}
    attributes = tuple(performance[best])
    chosen = {"performance": best}
    for facet, patterns in found.items():
        whole = [pattern for pattern, suffixes in patterns.items() if set(attributes) <= suffixes.keys()]
        some = [pattern for pattern, suffixes in patterns.items() if len(suffixes.keys() & set(attributes)) >= _FEW]
        chosen |= {facet: (whole or some)[0]} if whole or some else {}
    same = {pattern for pattern, suffixes in performance.items() if set(attributes) <= suffixes.keys()}
    return chosen, attributes, dict.fromkeys(sorted(same - {best}), "performance")
