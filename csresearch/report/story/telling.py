"""What every exhibit needs: how to say things in a language, and how to make bars."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from importlib.metadata import version

import numpy as np
import pandas as pd

from csresearch.report.exhibit import Exhibit
from csresearch.report.measure import shortened
from csresearch.result import Result
from csresearch.show.format import base, interval, number, word
from csresearch.show.phrase import retold, say
from csresearch.show.specs import Align, Bars, TableSpec
from csresearch.show.words import catalogue, text
from csresearch.strategy.actions import Strategy
from csresearch.vocabulary import LOW_BASE

MOST_NAMES = 5
SUBJECTS = ("construct", "item", "attribute", "term", "source", "target", "versus", "segment_by")
GROUPS = ("segment", "wave", "brand", "outlet")  # columns of categories


@dataclass(frozen=True, kw_only=True)
class Telling:
    """What every exhibit needs: the strategy, its language, and how to say things in it."""

    strategy: Strategy
    language: str

    def say(self, key: str, **fields: object) -> str:
        """Say a sentence of the story."""
        return text(f"story.{key}", self.language, fields=fields or None)

    def label(self, name: str, of: str | None = None) -> str:
        """Words for an item, attribute or construct, or a category `of` a column, short enough for a headline."""
        return shortened(self.wording(name, of))

    def wording(self, name: str, of: str | None = None) -> str:
        """Words for an item, attribute or construct, or a category `of` a column, in full."""
        return self.strategy.sample.label(name, language=self.language, of=of)

    def labels(self, names: list[str]) -> str:
        """Words for several, the first few."""
        shown = [self.label(name) for name in names[:MOST_NAMES]]
        return self.listed(shown) + (f" + {len(names) - MOST_NAMES}" if len(names) > MOST_NAMES else "")

    def listed(self, words: Iterable[str]) -> str:
        """List words as the language does."""
        return text("sign.list", self.language).join(words)

    def aside(self, words: str, aside: str) -> str:
        """Put an aside in brackets behind some words."""
        return text("sentence.aside", self.language, fields={"words": words, "aside": aside})

    def about(self, name: str, words: str) -> str:
        """Put a name and a colon before some words."""
        return text("sentence.named", self.language, fields={"name": name, "words": words})

    def lines(self, words: Iterable[str]) -> str:
        """Put one thing behind the other, as in the words for a picture."""
        return text("sign.join", self.language).join(words)

    def said(self, words: str) -> str:
        """Say a phrase of a model or a step."""
        return say(words, self.language, labels=self.wording)

    def named(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Put words for names, codes and sentences in a frame."""
        change: dict[str, Callable[[str], str]] = dict.fromkeys(SUBJECTS, self.wording)
        change |= {"category": self._category, "text": self.said}
        change |= {"reason": partial(retold, rooms="reason", language=self.language)}
        change |= {"method": partial(retold, rooms="interval", language=self.language)}
        change |= {"model": partial(word, "model", language=self.language)}
        change |= {"check": partial(word, "check_name", language=self.language)}
        worded = {name: frame[name].map(say, na_action="ignore") for name, say in change.items() if name in frame}
        for group in GROUPS:
            if group in frame:
                columns = frame["segment_by"] if group == "segment" and "segment_by" in frame else [group] * len(frame)
                told = [
                    self.wording(value, of) if isinstance(value, str) else value
                    for value, of in zip(frame[group], columns, strict=True)
                ]
                worded[group] = pd.Series(told, index=frame.index, dtype=object)
        return frame.assign(**worded)

    def _category(self, name: str) -> str:
        """Words for a quadrant or another class; else those of the study."""
        words = catalogue(self.language)
        return words.get(f"quadrant.{name}") or words.get(f"category.{name}") or self.wording(name)

    def number(self, value: float, unit: str) -> str:
        """Print a number in its unit."""
        return number(value, unit, self.language)  # type: ignore[arg-type]

    def ends(self, row: pd.Series) -> str:
        """Print the number of a row with its interval."""
        return interval(row["estimate"], row["conf_low"], row["conf_high"], row["unit"], self.language)

    def base(self, rows: pd.DataFrame) -> str:
        """Words for the base of some rows."""
        effective = rows["n_effective"].median() if rows["n_effective"].notna().any() else None
        return self.weighted(base(float(rows["n_obs"].max()), effective, self.language))

    def weighted(self, words: str) -> str:
        """Words for a base, and whether it is weighted."""
        weights = self.strategy.sample.weights
        even = len(np.unique(weights[weights > 0].round(9))) == 1
        return self.say("unweighted" if even else "weighted", base=words)

    def table(self, heads: tuple[str, ...], sides: tuple[Align, ...], rows: list[tuple[str, ...]]) -> TableSpec:
        """Make a table of printed cells under its headings."""
        titles = tuple(text(f"heading.{head}", self.language) for head in heads)
        return TableSpec(titles=titles, sides=sides, rows=tuple(rows))

    def tabled(self, table: TableSpec) -> str:
        """Describe a table."""
        return self.say("alt_table", rows=len(table.rows), columns=self.listed(table.titles))

    def asked(self, terms: Iterable[str]) -> str:
        """Give the questions behind items, attributes and constructs as they were asked, and their scale."""
        items = self._items(terms)
        return f"{self.lines(map(self.wording, items))} {self._scale(items)}".strip()

    def rated(self, terms: list[str]) -> str:
        """Give the questions behind attributes; of more than a line holds, how many there are, and their scale."""
        if len(terms) <= MOST_NAMES or not (items := self._items(terms)):
            return self.asked(terms)
        return f"{self.say('wording_attributes', count=len(terms))} {self._scale(items)}".strip()

    def _items(self, terms: Iterable[str]) -> list[str]:
        """List the questions behind items, attributes and constructs that the study knows."""
        study = self.strategy.sample.study
        known = () if study is None else (*study.constructs, *study.attributes, *study.items)
        return list(dict.fromkeys(c for term in terms if term in known for c in self.strategy.sample.columns_of(term)))

    def _scale(self, items: list[str]) -> str:
        """Say the scale of questions; nothing where they have several."""
        study = self.strategy.sample.study
        scales = set() if study is None else {study.ends(item) for item in items}
        if len(scales) != 1:
            return ""
        low, high = (f"{end:g}" for end in scales.pop())
        return self.say("asked_scale", low=low, high=high)

    def methods(self, result: Result | None) -> str:
        """Say how a result was made, for the notes; nothing without one."""
        return "" if result is None else result.methods(language=self.language)

    @property
    def source(self) -> str:
        """Say where the figures come from."""
        study = self.strategy.sample.study
        if study is None:
            return self.say("source_plain", version=version("csresearch"))
        return self.say("source", title=study.titled(self.language), version=version("csresearch"))

    @property
    def outcome(self) -> str:
        """What the strategy is about."""
        return self.strategy.outcome


def bars(
    t: Telling,
    result: Result,
    rows: pd.DataFrame,
    labels: list[str],
    *,
    id: str,
    headline: str,
    axis: str,
    wording: str = "",
    flags: tuple[str, ...] = (),
    highlight: tuple[str, ...] = (),
    reference: tuple[float, str] | None = None,
) -> Exhibit:
    """Make an exhibit of bars, one row a bar."""
    lines = t.lines(f"{label} {t.ends(row)}" for label, (_, row) in zip(labels, rows.iterrows(), strict=True))
    chart = Bars(
        labels=tuple(labels), values=tuple(rows["estimate"]), low=tuple(rows["conf_low"]),
        high=tuple(rows["conf_high"]), unit=rows["unit"].iloc[0], axis_title=axis, highlight=highlight,
        reference=reference,
    )  # fmt: skip
    return Exhibit(
        id=id, headline=headline, frame=rows.reset_index(drop=True), chart=chart, base=t.base(rows), source=t.source,
        wording=wording, notes=t.methods(result), alt=t.say("alt_bars", lines=lines), flags=flags,
    )  # fmt: skip


def low_bases(t: Telling, rows: pd.DataFrame, labels: list[str]) -> tuple[str, ...]:
    """Flag the labels whose base is low."""
    low = [label for label, n in zip(labels, rows["n_effective"], strict=True) if n < LOW_BASE]
    return (t.say("small_bases", terms=t.listed(low)),) if low else ()
