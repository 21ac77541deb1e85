"""From answers to the columns whose means are the scores of a term."""

from __future__ import annotations

from dataclasses import dataclass
from numbers import Integral

import numpy as np
import pandas as pd

from csresearch.errors import DataError
from csresearch.inference.moments import Array, BoolArray
from csresearch.models.terms import answers_to, as_tuple, known_ends, within_scale
from csresearch.survey.sample import Sample

LOW_SHARE = 0.4  # of the codes of a scale make the bottom box: 1-4 of 10, 1-2 of 5
RECOMMEND = ((0.0, 10.0), (1.0, 11.0))  # 0 to 10, and the same eleven points where a platform counts them from 1
PROMOTER, DETRACTOR = 9, 6  # from so many points above the lower end on; up to so many
EASY = 5  # and more of 1 to 7: it was made easy
STATISTICS = ("mean", "points", "top_box", "bottom_box", "promoters", "passives", "detractors", "nps", "share")
SHARES = ("top_box", "bottom_box", "promoters", "passives", "detractors", "share", "ease_box")
Key = dict[str, object]


@dataclass(frozen=True, kw_only=True)
class Score:
    """One number: the row that says what it is, and the column of which it is the mean, shape (n,)."""

    row: Key
    column: Array


def chosen_terms(sample: Sample, items: tuple[str, ...] | None) -> tuple[str, ...]:
    """Terms to score: those that are named, a question with several answers as its options; else all there are."""
    if items is None:
        return _everything(sample)
    terms = tuple(dict.fromkeys(t for name in as_tuple(items) for t in (_options(sample, name) or (name,))))
    if not terms:
        raise ValueError("items=(): name at least one, or leave items out for all")
    return terms


def require_top(top: object) -> None:
    """Refuse a number of codes that is none."""
    if isinstance(top, bool) or not isinstance(top, Integral) or int(top) < 1:
        raise ValueError(f"top={top!r}: the top box holds at least 1 code, and whole ones")


def codes_of(term: str, answers: Array, ends: tuple[float, float]) -> Array:
    """Codes of a scale, one apart from its lower end; DataError where an answer lies between two of them."""
    steps = answers - ends[0]
    between = answers[np.abs(steps - np.rint(steps)) > 1e-9]
    if len(between):
        found = f"{term!r} has {len(between)} answers between the codes of {ends[0]:g} to {ends[1]:g}"
        raise DataError(f"{found}, such as {between[0]:g}, so it has no distribution; round them, or ask for means")
    return np.arange(ends[0], ends[1] + 1e-9)


def scores_of(sample: Sample, terms: tuple[str, ...], *, top: int) -> list[Score]:
    """Means, points, boxes and NPS of each term, shares of options without an order, in table `scores`.

    A box that would hold every code, or none, is left out; ValueError where `top` is as long as the longest scale.
    """
    rated = tuple(term for term in terms if not _is_option(sample, term))
    within_scale(sample, rated)
    scales = [known_ends(sample, term) for term in rated if len(sample.columns_of(term)) == 1]
    longest = max((int(ends[1] - ends[0]) + 1 for ends in scales if ends is not None), default=0)
    if 2 < longest <= top:
        raise ValueError(f"top={top}: the scales have up to {longest} codes, so the top box would hold everybody")
    found = []
    for term in terms:
        if unordered(sample, term):
            found += _shares(sample, term)
            continue
        several = term in rated and (len(sample.columns_of(term)) > 1 or _is_construct(sample, term))
        for statistic, unit, column in _statistics(sample, term, top, option=term not in rated):
            row: Key = {"construct" if several else "item": term, "statistic": statistic, "unit": unit}
            found.append(Score(row={"table": "scores", "kind": "level", **row}, column=column))
    return found


def unordered(sample: Sample, term: str) -> bool:
    """Tell whether the answers to a question are options without an order: they have shares, no mean."""
    item = None if sample.study is None else sample.study.items.get(term)
    return item is not None and not item.scale.ordered


def _shares(sample: Sample, term: str) -> list[Score]:
    answers = answers_to(sample, term)
    row: Key = {"table": "scores", "kind": "level", "item": term, "statistic": "share", "unit": "share"}
    options = () if sample.study is None else sample.study.items[term].scale.options
    return [
        Score(row={**row, "category": option}, column=_marked(answers, answers == code))
        for code, option in enumerate(options, start=1)
    ]


def distribution_of(sample: Sample, terms: tuple[str, ...]) -> list[Score]:
    """Share of each code of each item on a known scale, in table `distribution`."""
    found = []
    for term in terms:
        if _is_option(sample, term) or len(sample.columns_of(term)) > 1:
            continue
        ends = known_ends(sample, term)
        if ends is None:
            raise DataError(f"{term!r} has no scale, so its codes are not known; give Sample.from_frame(scale=)")
        answers = answers_to(sample, term)
        for code in codes_of(term, answers, ends):
            row: Key = {"item": term, "category": f"{code:g}", "statistic": "share", "unit": "share"}
            share = _marked(answers, answers == code)
            found.append(Score(row={"table": "distribution", "kind": "level", **row}, column=share))
    return found


def effort_of(sample: Sample, terms: tuple[str, ...]) -> list[Score]:
    """Score customer effort by [roles] effort, in table `effort`: version 1 is effort, low is good; version 2 is ease.

    Which scale a version asks for is checked with the study file.
    """
    effort = None if sample.study is None else sample.study.roles.effort
    if sample.study is None or effort is None or effort.term not in terms:
        return []
    (item,) = sample.columns_of(effort.term)
    answers = answers_to(sample, effort.term)
    if effort.version == 1:  # as it was asked: low is good, even where the study turns it
        asked = sum(sample.ends(item)) - answers if sample.study.is_reversed(item) else answers
        made = [("customer_effort", "none", asked)]
    else:
        made = [("ease", "none", answers), ("ease_box", "share", _marked(answers, answers >= EASY))]
    return [
        Score(row={"table": "effort", "kind": "level", "item": item, "statistic": s, "unit": u}, column=column)
        for s, u, column in made
    ]


def _everything(sample: Sample) -> tuple[str, ...]:
    if sample.study is not None:
        ratings = [name for name, item in sample.study.items.items() if sample.study.ends(name) is not None]
        options = [option for name in sample.study.multiple for option in _options(sample, name)]
        return tuple(dict.fromkeys((*sample.study.constructs, *ratings, *options)))
    numeric = tuple(str(c) for c in sample.answers.columns if pd.api.types.is_numeric_dtype(sample.answers[c]))
    if not numeric:
        raise DataError("the frame has no numeric column to score; code the answers on a scale")
    return tuple(dict.fromkeys((*sample.constructs, *numeric)))


def _is_construct(sample: Sample, term: str) -> bool:
    return term in (sample.constructs if sample.study is None else sample.study.constructs)


def _options(sample: Sample, name: str) -> tuple[str, ...]:
    """Columns of the options of a question with several answers; none for any other."""
    asked = {} if sample.study is None else sample.study.multiple
    return tuple(f"{name}:{option}" for option in asked[name].options) if name in asked else ()


def _is_option(sample: Sample, term: str) -> bool:
    return ":" in term and term in _options(sample, term.split(":", 1)[0])


def _statistics(sample: Sample, term: str, top: int, *, option: bool) -> list[tuple[str, str, Array]]:
    """Columns whose means are the scores of a term."""
    if option:
        return [("share", "share", sample.answers[term].to_numpy(dtype=float, na_value=np.nan))]
    answers = answers_to(sample, term)
    result = [("mean", "none", answers)]
    ends = known_ends(sample, term)
    if ends is None:
        return result
    low, high = ends
    result.append(("points", "points", 100 * (answers - low) / (high - low)))
    if len(sample.columns_of(term)) > 1:
        return result
    codes = int(high - low) + 1
    bottom = int(LOW_SHARE * codes)
    boxes = {"top_box": (top, answers > high - top), "bottom_box": (bottom, answers < low + bottom)}
    result += [(name, "share", _marked(answers, mark)) for name, (size, mark) in boxes.items() if 0 < size < codes]
    if (low, high) in RECOMMEND:
        promoters, detractors = (
            _marked(answers, mark) for mark in (answers - low >= PROMOTER, answers - low <= DETRACTOR)
        )
        result += [("promoters", "share", promoters), ("passives", "share", 1 - promoters - detractors)]
        result += [("detractors", "share", detractors), ("nps", "points", 100 * (promoters - detractors))]
    return result


def _marked(answers: Array, mark: BoolArray) -> Array:
    """Turn a mark into 0 and 1, NaN where nothing was answered."""
    return np.where(np.isnan(answers), np.nan, np.asarray(mark, dtype=float))
