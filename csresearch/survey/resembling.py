"""What the columns of an unknown survey file look like: scales, codes of missing answers, families, facets."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from csresearch.survey.reading import Notes, code_cell
from csresearch.survey.wording import in_order, is_turned, missing_kind, rank

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

_KINDS = {97: "not_used", 96: "not_used", 0: "not_used", 99: "refused", 999: "refused"}
MERE = re.compile(r"(?i).|item|quest(ion)?|var|it")
"""Stems of names that say nothing about what was asked."""

_LIKE = r"^like|^i like|me gusta|^喜欢"
_MUST = r"^must|expect it|debe (ser|estar)|lo espero|理所当然|必须"
_MOSTLY = 0.9  # share of the answers that are numbers in a column of ratings
_SLIPS = 0.02  # share of the answers that a code beyond the words needs to be an answer
_FEW = 3  # columns that make a family, and a facet
_CATEGORIES = 8  # of a group, at most
_GROUP = 30  # respondents in a group that is worth comparing

Words = tuple[str, ...]


@dataclass(frozen=True)
class Column:
    """One column of the file: its cells as text, its numbers (NaN where there are none), what the file says of it."""

    name: str
    cells: pd.Series
    numbers: pd.Series
    note: Notes = field(default_factory=Notes)
    header: str = ""

    @property
    def answered(self) -> pd.Series:
        """Cells that hold something."""
        return self.cells[self.cells != ""]

    @property
    def words(self) -> Words:
        """Distinct cells that are no numbers."""
        return tuple(self.cells[(self.cells != "") & self.numbers.isna()].unique())

    @property
    def numeric(self) -> bool:
        """Whether the answers are numbers that differ, apart from a few words."""
        share = self.numbers.notna().sum() / max(len(self.answered), 1)
        few = len(self.words) <= _FEW or all(map(missing_kind, self.words))
        return bool(share >= _MOSTLY) and few and self.numbers.nunique() > 1

    @property
    def said(self) -> str:
        """Name and question, a line each, for what is known by words."""
        return f"{self.name}\n{self.note.label}".strip()

    @property
    def worded(self) -> dict[float, str]:
        """Words of codes that are numbers."""
        values = {code_cell(code, None)[0]: words for code, words in self.note.values.items() if words.strip()}
        return {code: words for code, words in values.items() if np.isfinite(code) and words != f"{code:g}"}

    @property
    def gaps(self) -> dict[float, str]:
        """Codes of missing answers and their kind: declared by the file, or with words that say so beside the scale."""
        declared = [code_cell(code, None)[0] for code in self.note.missing]
        words = self.worded
        rated = [code for code, said in words.items() if missing_kind(said) is None and code not in declared]
        found = {code: missing_kind(words.get(code, "")) for code in declared if np.isfinite(code)}
        for code, said in words.items():
            if (kind := missing_kind(said)) and not (rated and min(rated) < code < max(rated)):
                found.setdefault(code, kind)
        return {code: kind or _KINDS.get(int(code), "dont_know") for code, kind in found.items()}

    @property
    def answers(self) -> dict[float, str]:
        """Words of codes that are answers."""
        gaps = self.gaps
        return {code: words for code, words in self.worded.items() if code not in gaps}

    @property
    def nominal(self) -> bool:
        """Whether all codes have words and none of them says better or worse: groups, no scale."""
        words = self.answers
        found = set(self.numbers.dropna()) - self.gaps.keys()
        ranked = sum(rank(said) is not None for said in words.values())
        return len(words) > 1 and found <= words.keys() and ranked < max(2, len(words) / 2)

    @property
    def turned(self) -> bool:
        """Whether the words of the lowest code are the best."""
        return is_turned(self.answers)

    @property
    def grouping(self) -> bool:
        """Whether the column divides the respondents into a few groups, two of them large enough to compare."""
        sizes = self.answered.value_counts()
        return 2 <= len(sizes) <= _CATEGORIES and int((sizes >= _GROUP).sum()) >= 2


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


def columns(
    cells: pd.DataFrame, *, decimal_comma: bool, notes: Mapping[str, Notes] | None = None, blank: Iterable[str] = ()
) -> list[Column]:
    """Columns of the file whose name is their own, cells that the layout calls `blank` emptied."""
    once = [name for name, count in Counter(cells.columns).items() if count == 1 and str(name).strip()]
    found = []
    for name in once:
        text = cells[name].fillna("").astype(str).str.strip()
        text = text.mask(text.isin(list(blank)), "")
        codes, distinct = pd.factorize(text)
        values = np.array([code_cell(str(cell), None, decimal_comma=decimal_comma)[0] for cell in distinct])
        numbers, note = pd.Series(values[codes], index=text.index), (notes or {}).get(str(name), Notes())
        found.append(Column(name=str(name), cells=text, numbers=numbers, note=note, header=str(name)))
    return found


def ends(family: Sequence[Column]) -> Ends | None:
    """Guess the scale of columns that were asked alike; None where they look like no ratings.

    Examples
    --------
    >>> answers = pd.DataFrame({"Q1": ["1", "4", "7", "99", "2", "5", "3", "6"]})
    >>> ends(columns(answers, decimal_comma=False))
    Ends(low=1, high=7, missing={'99': 'refused'})
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
    kinds: dict[float, str] = {code: _KINDS.get(code, "dont_know") for code in sorted(missing)}
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
    kinds: dict[float, str] = {code: _KINDS.get(code, "dont_know") if code in FAR else "empty" for code in beyond}
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


def is_kano(column: Column) -> bool:
    """Tell whether an answer says like, expect, indifferent, live with, dislike, which is no scale."""
    words = {words.lower() for words in (*column.worded.values(), *column.words[:_CATEGORIES])}
    return all(any(re.search(said, word) for word in words) for said in (_LIKE, _MUST))


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
