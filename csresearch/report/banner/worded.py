"""Words of a banner in a language: headings, questions, statistics, footnotes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from csresearch.inference.design import kish_effect
from csresearch.models.crossing.lines import NET
from csresearch.models.fitting import ROLES
from csresearch.models.terms import known_ends
from csresearch.show.format import number, word
from csresearch.show.words import text
from csresearch.vocabulary import LOW_BASE, SUPPRESSED

if TYPE_CHECKING:
    from csresearch.models.crossing.numbers import Column
    from csresearch.report.banner.banner import Banner


@dataclass(frozen=True, kw_only=True)
class Worded:
    """How a banner is said in one language."""

    banner: Banner
    language: str

    def say(self, key: str, **fields: object) -> str:
        """Say a sentence of the banner."""
        return text(f"banner.{key}", self.language, fields=fields or None)

    @property
    def title(self) -> str:
        """Title of the study, else what the table is."""
        study = self.banner.sample.study
        return self.say("title") if study is None else study.titled(self.language)

    @property
    def base(self) -> str:
        """Row of the bases."""
        return self.say("base")

    @property
    def effective(self) -> str:
        """Row of the effective bases."""
        return self.say("effective")

    def group(self, by: str) -> str:
        """Words for a group; nothing for the total."""
        study = self.banner.sample.study
        if by in ROLES and (study is None or by not in study.words):
            return self.say(by)
        return "" if by == "" else _capital(self._label(by))

    def head(self, column: Column) -> tuple[str, str]:
        """Group and category of a column."""
        if column.by == "":
            return "", self.say("total")
        return self.group(column.by), self.option(column.by, column.category)

    def option(self, by: str, name: str) -> str:
        """Words for a category, or an option of a question with several answers."""
        return self.banner.sample.label(name, language=self.language, of=by)

    def question(self, term: str) -> str:
        """Words for a question; of an option, the question and the option."""
        name, _, option = term.partition(":")
        if option and self._multiple(name):
            fields = {"name": self._label(name), "words": self.option(name, option)}
            return text("sentence.named", self.language, fields=fields)
        return self._label(term)

    def line(self, row: Mapping[Any, Any]) -> str:
        """Words for the statistic of a row: a net with its codes, a code with its option."""
        category = row["category"] if isinstance(row.get("category"), str) else None
        if category is None:
            return _capital(word("statistic", row["statistic"], self.language))
        ends = known_ends(self.banner.sample, row["term"])
        net = NET.fullmatch(category)
        if net and ends:
            low, high = int(ends[0]), int(ends[1])
            size = int(net[2])
            first, last = (high - size + 1, high) if net[1] == "top" else (low, low + size - 1)
            codes = f"{first}–{last}" if size > 1 else f"{first}"
            return self.say(net[1], n=size, codes=codes)
        return self._code(row["term"], category)

    def value(self, row: Mapping[Any, Any]) -> str:
        """Print a number of the table."""
        places = 2 if row["statistic"] == "mean" else None
        return number(row["estimate"], row["unit"], self.language, places=places)

    def count(self, n: float) -> str:
        """Print a base."""
        return number(n, "money", self.language)

    @property
    def notes(self) -> list[str]:
        """Footnotes: letters, total, bases, weights, adjustment."""
        tests, sample = self.banner.tests, self.banner.sample
        level, low = (number(value, "share", self.language) for value in (tests.level, tests.low_level))
        effect = number(kish_effect(sample.weights[sample.weights > 0]), "none", self.language)
        even = len(np.unique(sample.weights[sample.weights > 0].round(9))) == 1
        return [
            self.say("note_letters", level=level, low=low),
            self.say("note_total", level=level),
            self.say("note_bases", suppressed=SUPPRESSED, low=LOW_BASE, under=LOW_BASE - 1),
            self.say("note_even") if even else self.say("note_weighted", effect=effect),
            self.say(f"note_{tests.adjust}"),
            self.say("note_design"),
            *([self.say("note_untested")] if (self.banner.table["df"] < 1).any() else []),
        ]

    def _code(self, term: str, category: str) -> str:
        study = self.banner.sample.study
        options = () if study is None or term not in study.items else study.items[term].scale.options
        return self.option(term, options[int(category) - 1]) if options else category

    def _multiple(self, name: str) -> bool:
        study = self.banner.sample.study
        return study is not None and name in study.multiple

    def _label(self, name: str) -> str:
        return self.banner.sample.label(name, language=self.language)


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]
