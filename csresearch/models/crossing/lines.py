"""Rows of a banner: means, points, NPS, nets and distributions of questions, as columns of which each is the mean."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np

from csresearch.inference.moments import Array, BoolArray
from csresearch.models.scoring.columns import DETRACTOR, PROMOTER, RECOMMEND, chosen_terms, codes_of, unordered
from csresearch.models.terms import answers_to, as_tuple, known_ends, within_scale
from csresearch.survey.sample import Sample

STATISTICS = ("mean", "points", "nps", "distribution")
NET = re.compile(r"(top|bottom) ([1-9]\d?)")


@dataclass(frozen=True, kw_only=True)
class Line:
    """One row: its question, statistic, category (a code, or a net such as "top 2") and column, shape (n,).

    The first line of each question is its base, and stands in no table where it was not asked for.
    """

    term: str
    statistic: str
    category: str | None = None
    unit: str
    column: Array
    shown: bool = True


def lines_of(sample: Sample, rows: tuple[str, ...] | None, statistics: tuple[str, ...]) -> list[Line]:
    """List the rows of each question: those of the statistics that its scale has.

    Raises
    ------
    ValueError
        An unknown statistic, or a question that has none of those asked for.
    """
    asked = as_tuple(statistics)
    if not asked:
        raise ValueError(f"statistics=(): name at least one of {', '.join(STATISTICS)}, or a net such as 'top 2'")
    if unknown := [name for name in asked if name not in STATISTICS and not NET.fullmatch(name)]:
        allowed = f"{', '.join(STATISTICS)}, and nets such as 'top 2' or 'bottom 4'"
        raise ValueError(f"statistics={', '.join(unknown)}: allowed are {allowed}")
    lines: list[Line] = []
    for term in chosen_terms(sample, rows):
        found = _option(sample, term) or _rating(sample, term, asked)
        if not any(line.shown for line in found):
            raise ValueError(f"{term!r} has none of {', '.join(asked)}; ask for mean as well, or leave it out")
        lines += found
    return lines


def _option(sample: Sample, term: str) -> list[Line]:
    """Share of those who chose an option of a question with several answers; nothing for any other question."""
    name = term.partition(":")[0]
    if sample.study is None or term in sample.study.items or name not in sample.study.multiple:
        return []
    chosen = sample.answers[term].to_numpy(dtype=float, na_value=np.nan)
    return [Line(term=term, statistic="share", unit="share", column=chosen)]


def _rating(sample: Sample, term: str, asked: tuple[str, ...]) -> list[Line]:
    within_scale(sample, (term,))
    answers, ends = answers_to(sample, term), known_ends(sample, term)
    lines = [Line(term=term, statistic="mean", unit="none", column=answers, shown="mean" in asked)]
    if ends is None:
        return lines
    low, high = ends
    if unordered(sample, term):
        return [_share(term, answers, answers == code, f"{code:g}") for code in codes_of(term, answers, ends)]
    single = len(sample.columns_of(term)) == 1
    for name in asked:
        if name == "points":
            lines.append(Line(term=term, statistic=name, unit="points", column=100 * (answers - low) / (high - low)))
        elif name == "nps" and single and ends in RECOMMEND:
            given = answers - low
            score = np.where(given >= PROMOTER, 100.0, np.where(given <= DETRACTOR, -100.0, 0.0))
            lines.append(Line(term=term, statistic=name, unit="points", column=_known(answers, score)))
        elif name == "distribution" and single:
            lines += [_share(term, answers, answers == code, f"{code:g}") for code in codes_of(term, answers, ends)]
        elif (net := NET.fullmatch(name)) and single and int(net[2]) <= high - low:
            size = int(net[2])
            inside = answers > high - size if net[1] == "top" else answers < low + size
            lines.append(_share(term, answers, inside, name))
    return lines


def _share(term: str, answers: Array, inside: BoolArray, category: str) -> Line:
    column = _known(answers, np.asarray(inside, dtype=float))
    return Line(term=term, statistic="share", category=category, unit="share", column=column)


def _known(answers: Array, values: Array) -> Array:
    return np.where(np.isnan(answers), np.nan, values)
