"""From answers to the columns a model needs, by the rule for missing answers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
import pandas as pd

from csresearch.errors import DataError, StatisticsError
from csresearch.inference.moments import Array, BoolArray, Summary
from csresearch.inference.moments import means as means
from csresearch.show.phrase import Amount, phrase
from csresearch.survey.sample import Sample

Missing = Literal["raise", "listwise", "pairwise", "block_mean", "used"]
Players = tuple[tuple[int, ...], ...]
CONSTANT = 1e-10  # of the mean: a standard deviation at or below it is rounding
HALF = 0.5  # of a block must be answered for its mean to stand in
COLLINEAR = 1e-9  # a predictor with less of its variance to itself cannot be told from the others
NON_USERS = 5  # of something, at least, for an effect of not using it
SHOWN = 3  # distinct values shown of a faulty column
LARGE = 1e5  # a value that could be a number of a person is not shown


@dataclass(frozen=True, kw_only=True)
class Columns:
    """Columns of a model.

    Attributes
    ----------
    names : tuple of str
    values : array, shape (n, q)
        No NaN, unless `pairwise`.
    used : bool array, shape (n,)
        Respondents with what the model needs.
    pairwise : bool
    note : str
        What was done about missing answers, for the methods paragraph.
    """

    names: tuple[str, ...]
    values: Array
    used: BoolArray
    pairwise: bool
    note: str


def sampled(data: Sample | pd.DataFrame) -> Sample:
    """Take a frame for a sample of equal weights, without scale and design."""
    if isinstance(data, pd.DataFrame):
        return Sample.from_frame(data)
    if not isinstance(data, Sample):
        raise TypeError(f"a model is fitted to a Sample or a DataFrame, not to a {type(data).__name__}")
    return data


def as_tuple(names: str | Sequence[str]) -> tuple[str, ...]:
    """Take a single name for a tuple of one: `("image")` is a string."""
    return (names,) if isinstance(names, str) else tuple(names)


def named(option: str, names: str | Sequence[str]) -> tuple[str, ...]:
    """Take names as a tuple, and refuse one given twice."""
    found = as_tuple(names)
    twice = sorted({name for name in found if found.count(name) > 1})
    if twice:
        raise ValueError(f"{option} given twice: {', '.join(twice)}; name each once")
    return found


def apart(option: str, names: tuple[str, ...], outcome: str) -> None:
    """Refuse an outcome among the names that are to explain it."""
    if outcome in names:
        raise ValueError(f"the outcome {outcome!r} is among the {option}; it explains itself: leave it out")


def missing_rule(sample: Sample, given: Missing | None) -> Missing:
    """Rule of the model, else of the study, else raise."""
    if given is not None:
        if given not in get_args(Missing):
            raise ValueError(f"missing={given!r}: allowed are {', '.join(get_args(Missing))}")
        return given
    return "raise" if sample.study is None else sample.study.data.missing


def item_columns(sample: Sample, blocks: Mapping[str, tuple[str, ...]], *, missing: Missing | None) -> Columns:
    """Items of blocks as columns, in the order of the blocks; reversed items turned."""
    items = tuple(item for block in blocks.values() for item in block)
    values = np.stack([sample.values(item) for item in items], axis=1)
    rule = missing_rule(sample, missing)
    if missing == "used":
        raise ValueError("missing='used' is for drivers: an item of a construct is asked of everybody")
    if rule == "used":  # of the study, for its drivers: other gaps are left out there too
        rule = "listwise"
    _nothing_missing(sample, items, values, rule)
    if rule == "block_mean":
        start = 0
        for block in blocks.values():
            part = slice(start, start + len(block))
            values[:, part] = _filled(sample, block, values[:, part])
            start += len(block)
    return _complete(sample, items, values, pairwise=rule == "pairwise", rule=rule)


def term_columns(sample: Sample, terms: tuple[str, ...], *, missing: Missing | None) -> Columns:
    """Terms as columns: a construct is the mean of its answered items, on the scale of its first item."""
    rule = missing_rule(sample, missing)
    columns = []
    for term in terms:
        items = sample.columns_of(term)
        if not items:
            raise DataError(f"the construct {term!r} has no items; name its columns, or leave it out")
        values = np.stack([_on_scale_of(sample, item, items[0]) for item in items], axis=1)
        _nothing_missing(sample, items, values, rule)
        answered = ~np.isnan(values)
        need = {"listwise": 1.0, "raise": 1.0, "block_mean": HALF}.get(rule, 1 / len(items))
        enough = answered.sum(axis=1) >= need * len(items)
        with np.errstate(invalid="ignore", divide="ignore"):
            mean = np.where(answered, values, 0.0).sum(axis=1) / answered.sum(axis=1)
        columns.append(np.where(enough, mean, np.nan))
    return _complete(sample, terms, np.stack(columns, axis=1), pairwise=rule == "pairwise", rule=rule)


def player_columns(
    sample: Sample, outcome: str | None, terms: tuple[str, ...], *, missing: Missing | None
) -> tuple[Columns, Players]:
    """Outcome first (if any), then the columns of each player; under `used` a player is the pair rating x used, used.

    The rating of a pair is centred at the middle of its scale, or at 0 where the scale is not known. Fewer than
    `NON_USERS` who did not use something have no effect of their own: many draws would hold none of them. They are left
    out, as those who did not answer are.
    """
    head = () if outcome is None else (outcome,)
    if missing_rule(sample, missing) != "used":
        columns = term_columns(sample, (*head, *terms), missing=missing)
        return columns, tuple((j,) for j in range(len(head), len(head) + len(terms)))
    names, values = list(head), [answers_to(sample, term) for term in head]
    players: list[tuple[int, ...]] = []
    some = counted(sample)
    for term in terms:
        answer, skipped = answers_to(sample, term), not_used(sample, term)
        names.append(term)
        if (skipped & some).sum() >= NON_USERS:
            names.append(f"{term} used")
            values += [np.where(skipped, 0.0, answer - middle(sample, term)), (~skipped).astype(float)]
            players.append((len(names) - 2, len(names) - 1))
        else:
            values.append(answer)
            players.append((len(names) - 1,))
    stacked = np.stack(values, axis=1)
    used = np.asarray(~np.isnan(stacked).any(axis=1))
    note = _note("used", int((some & ~used).sum()), int(some.sum()))
    filled = np.where(used[:, None], stacked, 0.0)
    return Columns(names=tuple(names), values=filled, used=used, pairwise=False, note=note), tuple(players)


def not_used(sample: Sample, term: str) -> BoolArray:
    """Respondents for whom the question did not apply, shape (n,)."""
    items = sample.columns_of(term)
    kinds = sample.kinds.get(items[0]) if len(items) == 1 else None
    if kinds is None:
        return np.zeros(len(sample), dtype=bool)
    return np.asarray(kinds.isin(("not_used", "skipped")), dtype=bool)


def middle(sample: Sample, term: str) -> float:
    """Middle of a term's scale; 0 where the scale is not known."""
    ends = known_ends(sample, term)
    return 0.0 if ends is None else sum(ends) / 2


def answers_to(sample: Sample, term: str) -> Array:
    """Answers to one term, shape (n,); NaN where there is none."""
    return term_columns(sample, (term,), missing="pairwise").values[:, 0]


def counted(sample: Sample) -> BoolArray:
    """Respondents with a weight in the domain, shape (n,)."""
    return np.asarray((sample.base_weights > 0) & sample.domain)


def own_bases(names: tuple[str, ...], values: Array, *, note: str = "") -> Columns:
    """Take columns as they are, shape (n, q): each number rests on those who answered its own."""
    return Columns(names=names, values=values, used=np.ones(len(values), dtype=bool), pairwise=True, note=note)


def term_ends(sample: Sample, term: str) -> tuple[float, float]:
    """Theoretical ends of a term: those of its first item."""
    return sample.ends(sample.columns_of(term)[0])


def known_ends(sample: Sample, term: str) -> tuple[float, float] | None:
    """Theoretical ends of a term; None where the sample has no scale."""
    return None if sample.study is None and sample.scale is None else term_ends(sample, term)


def within_scale(sample: Sample, terms: Iterable[str]) -> None:
    """Refuse answers beyond the theoretical ends, which 0-100 stands on; up to three distinct values are shown."""
    if sample.study is None and sample.scale is None:
        return
    problems = []
    for item in dict.fromkeys(item for term in terms for item in sample.columns_of(term)):
        (low, high), turned = sample.ends(item), sample.values(item)[counted(sample)]
        is_turned = sample.study is not None and sample.study.is_reversed(item)
        values = low + high - turned if is_turned else turned
        outside = values[(values < low) | (values > high)]
        if len(outside):
            some = np.unique(outside)[:SHOWN]
            shown = ", ".join(f"{value:g}" if abs(value) < LARGE else "a large one" for value in some)
            problems.append(f"{item}: {len(outside)} of {len(values)} outside {low:g} to {high:g}, such as {shown}")
    if problems:
        remedy = (
            "correct them, or declare the codes in [scales] missing (check() lists all)"
            if sample.study is not None
            else "make such codes missing, give Sample.from_frame(scale=) its true ends, or name the ratings only"
        )
        raise DataError(f"answers outside their scale cannot stand on 0-100; {remedy}:", problems=problems)


def varied(names: tuple[str, ...]) -> Callable[[Summary], None]:
    """Make a guard that refuses columns without variance, and pairs of columns that nobody answered together."""

    def guard(summary: Summary) -> None:
        sd = np.sqrt(np.maximum(np.diagonal(summary.cov[0]), 0.0))
        varies = sd > CONSTANT * np.abs(summary.mean[0])
        flat = [name for name, whether in zip(names, varies, strict=True) if not whether]
        if flat:
            verb, them = ("has", "it") if len(flat) == 1 else ("have", "them")
            words = "everybody gave the same answer" if len(flat) == 1 else "in each, everybody gave the same answer"
            raise StatisticsError(f"{', '.join(flat)} {verb} no variance: {words}; leave {them} out")
        lone = np.argwhere(np.triu(np.isnan(summary.cov[0])))
        if len(lone):
            first, second = (names[place] for place in lone[0])
            raise StatisticsError(
                f"nobody answered both {first} and {second}, so they have no correlation; leave one of them out"
            )

    return guard


def separable(names: tuple[str, ...]) -> Callable[[Summary], None]:
    """Make a guard that refuses constant columns and collinear predictors; the first column is the outcome."""
    constant = varied(names)

    def guard(summary: Summary) -> None:
        constant(summary)
        predictors = summary.cov[0][1:, 1:]
        sd = np.sqrt(np.diagonal(predictors))
        values, vectors = np.linalg.eigh(predictors / np.outer(sd, sd))
        if values[0] < COLLINEAR:
            involved = [n for n, v in zip(names[1:], vectors[:, 0], strict=True) if abs(v) > 0.05]
            raise StatisticsError(
                f"the predictors {', '.join(involved)} are collinear; leave one of them out or join them"
            )

    return guard


def _on_scale_of(sample: Sample, item: str, first: str) -> Array:
    values = sample.values(item)
    if item == first or (sample.study is None and sample.scale is None):
        return values
    (low, high), (to_low, to_high) = sample.ends(item), sample.ends(first)
    if (low, high) == (to_low, to_high):
        return values
    return to_low + (values - low) * (to_high - to_low) / (high - low)


def _filled(sample: Sample, block: tuple[str, ...], values: Array) -> Array:
    """Replace a missing item by the respondent's mean of the block on 0-100, if half of the block is answered."""
    ends = np.array([sample.ends(item) for item in block])
    share = (values - ends[:, 0]) / (ends[:, 1] - ends[:, 0])
    answered = ~np.isnan(share)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = np.where(answered, share, 0.0).sum(axis=1) / answered.sum(axis=1)
    mean = np.where(answered.mean(axis=1) >= HALF, mean, np.nan)
    return np.where(answered, values, ends[:, 0] + mean[:, None] * (ends[:, 1] - ends[:, 0]))


def _nothing_missing(sample: Sample, items: tuple[str, ...], values: Array, rule: Missing) -> None:
    gaps = np.isnan(values[counted(sample)]).sum(axis=0)
    if rule == "raise" and gaps.any():
        found = [f"{item}: {n} of {sample.n_obs}" for item, n in zip(items, gaps, strict=True) if n]
        raise DataError(
            "answers are missing, and no rule says what to do; set [data] missing or missing= to 'listwise' (complete "
            "respondents), 'pairwise' (all that each pair has) or 'block_mean' (mean of the construct's other items):",
            problems=found,
        )


def _note(rule: Missing, lost: int, counted: int) -> str:
    """Say what was done about missing answers."""
    return phrase(f"missing.{rule}", fields={"lost": Amount(lost), "all": Amount(counted)})


def _complete(sample: Sample, names: tuple[str, ...], values: Array, *, pairwise: bool, rule: Missing) -> Columns:
    whole = np.asarray(~np.isnan(values).any(axis=1))
    some = counted(sample)
    empty = [name for j, name in enumerate(names) if np.isnan(values[some, j]).all()]
    if empty:
        raise StatisticsError(f"nobody answered {', '.join(empty)}; leave it out or look at its missing codes")
    lost = int((some & ~whole).sum())
    if pairwise and lost:
        answered = np.asarray(~np.isnan(values).all(axis=1))
        note = _note("pairwise", lost, sample.n_obs)
        return Columns(names=names, values=values, used=answered, pairwise=True, note=note)
    note = _note(rule, lost, sample.n_obs) if lost else ""
    filled = np.where(whole[:, None], values, 0.0)
    return Columns(names=names, values=filled, used=whole, pairwise=False, note=note)
