"""A banner as it is printed: blocks of questions, each with its bases and its lines, cell by cell."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Any

from csresearch.report.banner.worded import Worded
from csresearch.show.words import text
from csresearch.vocabulary import LOW_BASE, SUPPRESSED

if TYPE_CHECKING:
    from csresearch.report.banner.banner import Banner


@dataclass(frozen=True, kw_only=True)
class Cell:
    """A number as it is printed, its value, its letters, and whether its base is low or too small to show."""

    printed: str
    value: float
    letters: str = ""
    low: bool = False
    hidden: bool = False


@dataclass(frozen=True, kw_only=True)
class Line:
    """A row of a question."""

    label: str
    unit: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True, kw_only=True)
class Question:
    """A question: bases, effective bases, then its lines."""

    label: str
    bases: tuple[Line, Line]
    lines: tuple[Line, ...]


@dataclass(frozen=True, kw_only=True)
class Block:
    """Questions that belong together: a construct, a facet, a question with several answers."""

    title: str
    questions: tuple[Question, ...]


def blocks_of(banner: Banner, words: Worded) -> list[Block]:
    """Put the questions of a banner in blocks, in their order."""
    numbers: dict[tuple[str, str, str], list[dict[Hashable, Any]]] = {}
    for row in banner.table.to_dict("records"):
        numbers.setdefault((row["term"], row["segment_by"], row["segment"]), []).append(row)
    terms = list(dict.fromkeys(banner.table["term"]))
    return [
        Block(title=title, questions=tuple(_questions(banner, words, numbers, list(some))))
        for title, some in groupby(terms, key=lambda term: _title(banner, words, term))
    ]


def _questions(
    banner: Banner,
    words: Worded,
    numbers: Mapping[tuple[str, str, str], list[dict[Hashable, Any]]],
    terms: list[str],
) -> Iterator[Question]:
    for term in terms:
        records = [numbers[term, c.by, c.category] for c in banner.columns]
        base = [float(part[0]["n_obs"]) for part in records]
        effective = [float(part[0]["n_effective"]) for part in records]
        low = [SUPPRESSED <= n < LOW_BASE for n in effective]
        hidden = [n < SUPPRESSED and c.by != "" for n, c in zip(effective, banner.columns, strict=True)]
        lines = [
            Line(
                label=words.line(row), unit=row["unit"] if row["statistic"] != "mean" else "mean",
                cells=tuple(
                    Cell(printed=words.value(r), value=r["estimate"], letters=r["letters"], low=few, hidden=bare)
                    for r, few, bare in zip([part[k] for part in records], low, hidden, strict=True)
                ),
            )
            for k, row in enumerate(records[0])
        ]  # fmt: skip
        bases = [
            Line(label=label, unit="money", cells=tuple(
                Cell(printed=words.count(n), value=n, low=few, hidden=bare)
                for n, few, bare in zip(numbers, low, hidden, strict=True)
            ))
            for label, numbers in ((words.base, base), (words.effective, effective))
        ]  # fmt: skip
        yield Question(label=words.question(term), bases=(bases[0], bases[1]), lines=tuple(lines))


def _title(banner: Banner, words: Worded, term: str) -> str:
    """Name the block of a question: facet, construct, question with several answers."""
    study = banner.sample.study
    if study is None:
        return words.say("questions")
    if term in study.constructs:
        return words.say("constructs")
    column = study.columns_of(term)[0] if term in study.attributes else term
    if column in study.items and (facet := study.items[column].facet) is not None:
        return text(f"facet.{facet}", words.language)
    owner = next((name for name, construct in study.constructs.items() if column in construct.items), None)
    name = owner or (column.partition(":")[0] if column.partition(":")[0] in study.multiple else None)
    return words.say("questions") if name is None else words.question(name)
