"""One column of an unknown survey file: its cells, its numbers, what the file says of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import pandas as pd

from csresearch.survey.lexicon import patterns
from csresearch.survey.reading import Notes, code_cell
from csresearch.survey.wording import is_turned, missing_kind, rank

KINDS_OF = {97: "not_used", 96: "not_used", 0: "not_used", 99: "refused", 999: "refused"}
"""Kinds of codes that stand for "no answer" in most questionnaires; of others: dont_know."""

_KANO = patterns("questions")["like"], patterns("questions")["must"]
_MOSTLY = 0.9  # share of the answers that are numbers in a column of ratings
_FEW = 3  # words among the numbers of a column of ratings, at most
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

    @cached_property
    def answered(self) -> pd.Series:
        """Cells that hold something."""
        return self.cells[self.cells != ""]

    @cached_property
    def words(self) -> Words:
        """Distinct cells that are no numbers."""
        return tuple(self.cells[(self.cells != "") & self.numbers.isna()].unique())

    @cached_property
    def numeric(self) -> bool:
        """Whether the answers are numbers that differ, apart from a few words."""
        unsaid = [*self.note.missing, *(word for word in self.words if missing_kind(word))]
        answered = ~self.answered.isin(unsaid)
        share = self.numbers[answered.index[answered]].notna().sum() / max(int(answered.sum()), 1)
        few = len(self.words) <= _FEW or all(map(missing_kind, self.words))
        return bool(share >= _MOSTLY) and few and self.numbers.nunique() > 1

    @cached_property
    def said(self) -> str:
        """Name and question, a line each, for what is known by words."""
        return f"{self.name}\n{self.note.label}".strip()

    @cached_property
    def worded(self) -> dict[float, str]:
        """Words of codes that are numbers."""
        values = {code_cell(code, None)[0]: words for code, words in self.note.values.items() if words.strip()}
        return {code: words for code, words in values.items() if np.isfinite(code) and words != f"{code:g}"}

    @cached_property
    def gaps(self) -> dict[float, str]:
        """Codes of missing answers and their kind: declared by the file, or with words that say so beside the scale."""
        declared = [code_cell(code, None)[0] for code in self.note.missing]
        words = self.worded
        rated = [code for code, said in words.items() if missing_kind(said) is None and code not in declared]
        found = {code: missing_kind(words.get(code, "")) for code in declared if np.isfinite(code)}
        for code, said in words.items():
            if (kind := missing_kind(said)) and not (rated and min(rated) < code < max(rated)):
                found.setdefault(code, kind)
        return {code: kind or KINDS_OF.get(int(code), "dont_know") for code, kind in found.items()}

    @cached_property
    def answers(self) -> dict[float, str]:
        """Words of codes that are answers."""
        gaps = self.gaps
        return {code: words for code, words in self.worded.items() if code not in gaps}

    @cached_property
    def nominal(self) -> bool:
        """Whether all codes have words and none of them says better or worse: groups, no scale."""
        words = self.answers
        found = set(self.numbers.dropna()) - self.gaps.keys()
        ranked = sum(rank(said) is not None for said in words.values())
        return len(words) > 1 and found <= words.keys() and ranked < max(2, len(words) / 2)

    @cached_property
    def turned(self) -> bool:
        """Whether the words of the lowest code are the best."""
        return is_turned(self.answers)

    @cached_property
    def grouping(self) -> bool:
        """Whether the column divides the respondents into a few groups, two of them large enough to compare."""
        sizes = self.answered.value_counts()
        return 2 <= len(sizes) <= _CATEGORIES and int((sizes >= _GROUP).sum()) >= 2


def columns(
    cells: pd.DataFrame, *, decimal_comma: bool, notes: Mapping[str, Notes] | None = None, blank: Iterable[str] = ()
) -> list[Column]:
    """Columns of the file whose name is their own, cells that the layout calls `blank` emptied."""
    once = [name for name, count in Counter(cells.columns).items() if count == 1 and str(name).strip()]
    found, empty = [], list(blank)
    for name in once:
        text = cells[name].fillna("").astype(str).str.strip()
        text = text.mask(text.isin(empty), "") if empty else text
        codes, distinct = pd.factorize(text)
        values = np.array([code_cell(str(cell), None, decimal_comma=decimal_comma)[0] for cell in distinct])
        numbers, note = pd.Series(values[codes], index=text.index), (notes or {}).get(str(name), Notes())
        found.append(Column(name=str(name), cells=text, numbers=numbers, note=note, header=str(name)))
    return found


def is_kano(column: Column) -> bool:
    """Tell whether an answer says like, expect, indifferent, live with, dislike, which is no scale."""
    words = {words.lower() for words in (*column.worded.values(), *column.words[:_CATEGORIES])}
    return all(any(said.search(word) for word in words) for said in _KANO)
