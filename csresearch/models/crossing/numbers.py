"""Numbers of a banner: every column estimated beside the total, letters by the design's covariances between columns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from string import ascii_uppercase

import numpy as np
import pandas as pd
from scipy import stats

from csresearch.inference.engine import Estimates, run
from csresearch.inference.intervals import Adjustment
from csresearch.inference.moments import Array, BoolArray, Moments
from csresearch.inference.problem import Problem
from csresearch.inference.replicates import AnyReplicates
from csresearch.models.compare.pairs import Categories, Pairs, pairs_of
from csresearch.models.crossing.lines import Line
from csresearch.models.fitting import domains_of
from csresearch.models.scoring.closed import wilson
from csresearch.models.terms import means
from csresearch.survey.sample import Sample
from csresearch.vocabulary import SUPPRESSED, base_reason, ordered

TOTAL = ""
ABOVE, BELOW = "▲", "▼"  # significantly above or below the total
NO_DF = "no degrees of freedom: one cluster in each stratum"
CELLS = 40_000_000  # respondents x columns x lines held at once


@dataclass(frozen=True, kw_only=True)
class Column:
    """A column of a banner: its group (`""` for the total), category and letter."""

    by: str
    category: str
    letter: str


@dataclass(frozen=True, kw_only=True)
class Tests:
    """How columns are told apart: capital letters at `level`, small ones at `low_level`."""

    level: float
    low_level: float
    adjust: Adjustment


def numbers_of(
    sample: Sample, lines: Sequence[Line], groups: Sequence[str], *, replicates: AnyReplicates, tests: Tests
) -> tuple[tuple[Column, ...], pd.DataFrame]:
    """Estimate every line in the total and in the categories of each group, and test within each group.

    Total and categories are estimated under the same weightings: their covariances are those of the design, so that a
    category may be part of the total, and options of one question may share respondents.
    """
    columns, domains = [Column(by=TOTAL, category=TOTAL, letter="")], [sample.domain[None]]
    for by in groups:
        names, members = domains_of(sample, by)
        columns += [Column(by=by, category=name, letter=_letter(len(columns) - 1 + k)) for k, name in enumerate(names)]
        domains.append(members)
    place = {by: [k for k, column in enumerate(columns) if column.by == by] for by in groups}
    every = np.concatenate(domains)
    frames = []
    for some in _parts(lines, size=max(1, CELLS // every.size)):
        found = _estimated(sample, np.stack([line.column for line in some], axis=1), every, replicates)
        base, effective = _bases(sample, some, found, every)
        marks = [[""] * len(some)] * len(columns)
        for own in place.values():
            letters = [columns[k].letter for k in own]
            for k, made in zip(own, _marks(found, [0, *own], letters, effective >= SUPPRESSED, tests), strict=True):
                marks[k] = made
        frames += [_rows(some, c, found, k, base, effective, marks[k], tests.level) for k, c in enumerate(columns)]
    return tuple(columns), ordered(pd.concat(frames, ignore_index=True))


def _parts(lines: Sequence[Line], *, size: int) -> list[list[Line]]:
    """Cut the lines where a question ends, so that what is held at once stays small."""
    parts: list[list[Line]] = [[]]
    for _, own in groupby(lines, key=lambda line: line.term):
        if len(parts[-1]) >= size:
            parts.append([])
        parts[-1] += own
    return parts


def _estimated(sample: Sample, values: Array, domains: BoolArray, replicates: AnyReplicates) -> Estimates:
    counted = values[sample.base_weights > 0]
    answered = np.maximum((~np.isnan(counted)).sum(axis=0), 1)
    problem = Problem(
        moments=Moments.of_rows(
            values, names=tuple(map(str, range(values.shape[1]))), order=1, pairwise=True,
            origin=np.nansum(counted, axis=0) / answered,
        ),
        used=np.ones(len(values), dtype=bool), domains=domains, weighting=sample.weighting, estimate=means,
        analytic=True, base=np.arange(values.shape[1]),
    )  # fmt: skip
    return run(problem, replicates, linearize=True)


def _bases(sample: Sample, lines: Sequence[Line], found: Estimates, domains: BoolArray) -> tuple[Array, Array]:
    """Answers and effective answers behind each line, shape (d, k): those of the first line of its question.

    Where that does not vary, Kish's effective number of the weights.
    """
    first = np.array([next(k for k, other in enumerate(lines) if other.term == line.term) for line in lines])
    effective = found.n_effective.copy()
    for k in np.unique(first):
        weight = sample.weights * ~np.isnan(lines[k].column) * domains
        kish = weight.sum(axis=1) ** 2 / np.maximum((weight**2).sum(axis=1), 1e-300)
        effective[:, k] = np.where(np.isfinite(effective[:, k]), effective[:, k], kish)
    return found.n_obs[:, first].astype(float), effective[:, first]


def _marks(
    found: Estimates, place: list[int], letters: list[str], told: BoolArray, tests: Tests
) -> list[list[str]]:  # fmt: skip
    """Mark each category (c) of a group and line (k): above or below the total, and whom it lies above."""
    names = (TOTAL, *letters)
    point = found.point[place]
    every = Categories(
        names=names, point=point, draws=np.empty((0, *point.shape)),
        deviations=found.deviations[place].transpose(1, 0, 2), df=found.df[place],
    )  # fmt: skip
    own = replace(
        every, names=names[1:], point=every.point[1:], draws=every.draws[:, 1:], deviations=every.deviations[:, 1:],
        df=every.df[1:],
    )  # fmt: skip
    told = told[place]
    total = _higher(pairs_of(every, reference=TOTAL), told, tests)[0]
    high, less = _higher(pairs_of(own), told[1:], tests) if len(letters) > 1 else (total[1:, 1:], total[1:, 1:])
    return [
        [
            (ABOVE if total[c + 1, 0, k] else BELOW if total[0, c + 1, k] else "")
            + "".join(
                letter if high[c, j, k] else letter.lower() if less[c, j, k] else "" for j, letter in enumerate(letters)
            )
            for k in range(point.shape[1])
        ]
        for c in range(len(letters))
    ]


def _higher(pairs: Pairs, told: BoolArray, tests: Tests) -> tuple[BoolArray, BoolArray]:
    """Who lies above whom, at the level and at the lower level, shape (c, c, k); suppressed columns are not tested."""
    tested = replace(pairs, p_value=np.where(told[pairs.first] & told[pairs.second], pairs.p_value, np.nan))
    p = tested.adjusted(tests.adjust)
    return tested.higher(p, alpha=1 - tests.level), tested.higher(p, alpha=1 - tests.low_level)


def _rows(
    lines: Sequence[Line], column: Column, found: Estimates, place: int, base: Array, effective: Array,
    marks: list[str], level: float,
) -> pd.DataFrame:  # fmt: skip
    n = effective[place]
    low, high = _interval(lines, found, place, n, level)
    reason = base_reason(n, NO_DF if found.df[place] < 1 else "")
    hidden = (n < SUPPRESSED) & (column.by != TOTAL)
    frame = pd.DataFrame({
        "term": [line.term for line in lines], "category": [line.category for line in lines],
        "segment_by": column.by, "segment": column.category, "statistic": [line.statistic for line in lines],
        "unit": [line.unit for line in lines], "estimate": np.where(hidden, np.nan, found.point[place]),
        "std_error": np.where(hidden, np.nan, found.std_error[place]), "conf_low": np.where(hidden, np.nan, low),
        "conf_high": np.where(hidden, np.nan, high), "df": found.df[place],
        "n_obs": base[place].astype(int), "n_effective": n, "letters": marks, "reason": reason,
    })  # fmt: skip
    return frame[[line.shown for line in lines]]


def _interval(lines: Sequence[Line], found: Estimates, place: int, n: Array, level: float) -> tuple[Array, Array]:
    """Intervals of a column: by t, of shares by Wilson with the effective number of answers."""
    point, error, df = found.point[place], found.std_error[place], int(found.df[place])
    t = stats.t.ppf(0.5 + level / 2, df) if df > 0 else np.nan
    own, share = found.n_effective[place], np.array([line.unit == "share" for line in lines])
    n = np.where(np.isfinite(own), own, n)  # a share of 0 or 1 has none
    ends = wilson(np.where(share, point, np.nan), n, z=t)
    low, high = (np.where(share, end, point + side * t * error) for end, side in zip(ends, (-1, 1), strict=True))
    return low, high


def _letter(place: int) -> str:
    """Give each column of a banner a letter of its own: A to Z, then AA, AB."""
    tens, ones = divmod(place, len(ascii_uppercase))
    return (ascii_uppercase[tens - 1] if tens else "") + ascii_uppercase[ones]
