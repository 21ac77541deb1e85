"""Signs of careless answering: repeated answers, answers that contradict each other, haste; none is proof alone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
from scipy import stats

from csresearch.errors import extra
from csresearch.inference.moments import Array
from csresearch.show.phrase import Amount, phrase
from csresearch.survey.checking.view import Answers, Mask
from csresearch.survey.grammar.entries import Careless

BATTERY = 6  # fewer answers on a scale tell nothing about straight-lining
SCALES = 5  # a correlation over fewer constructs is chance
PAIRS = 5  # and so is one over fewer pairs of alike questions
PER_ITEM = 3  # respondents for each question: correlations from fewer are noise
OWN = 0.02  # smallest eigenvalue of a correlation matrix whose pairs have different bases
CLOSE = 1e-6  # below the limit: the package decides on pairs, we only spare it the questions that are far from it
CONSISTENCY = ("even_odd", "synonyms", "antonyms")


@dataclass(frozen=True, kw_only=True)
class Sign:
    """One sign: its kind, who shows it, shape (n,), and in words what was looked for, or why it was not.

    `longest` and `spread` are pattern; `distance`, `even_odd`, `synonyms`, `antonyms` inconsistency; `speed` is speed.
    """

    name: str
    kind: str
    rows: Mask
    why: str
    looked: bool


def signs(view: Answers, rule: Careless) -> list[Sign]:
    """Look for the signs that a rule names, among the respondents who count.

    Who repeats one answer is neither consistent nor inconsistent: the consistency of respondents with a pattern is not
    judged, for it would take the same behaviour for a second kind of sign.
    """
    ratings = _Ratings(view=view, alike=rule.alike)
    found = {name: _SIGNS[name].index(ratings) for name in rule.signs}
    rows = {name: _caught(found[name], name, getattr(rule, _SIGNS[name].limit)) & view.counted for name in rule.signs}
    pattern = np.any([rows[name] for name in rows if _SIGNS[name].kind == "pattern"], axis=0)
    for name in CONSISTENCY:
        if name in rows:
            rows[name] = rows[name] & ~pattern
    return [
        Sign(
            name=name, kind=_SIGNS[name].kind, rows=rows[name], looked=found[name] is not None,
            why=_why(name, rule, looked=found[name] is not None),
        )
        for name in rule.signs
    ]  # fmt: skip


def suspects(found: list[Sign], *, kinds: int) -> Mask:
    """Respondents with signs of at least so many different kinds, shape (n,)."""
    by_kind = [np.any([s.rows for s in found if s.kind == kind], axis=0) for kind in {s.kind for s in found}]
    return np.asarray(np.sum(by_kind, axis=0) >= kinds)


def longest_run(values: Array) -> Array:
    """Longest run of equal answers as a share of the answers, shape (n,), from values (n, items); NaN is passed over.

    Examples
    --------
    >>> none = np.nan
    >>> longest_run(np.array([[5, 5, 5, none, 5, 5, 5], [1, 2, 3, 4, 5, 6, 6], [5, 5, 5, 5, none, none, none]]))
    array([1.        , 0.28571429, 0.        ])
    """
    n = len(values)
    last, run, longest, answers = np.full(n, np.nan), np.zeros(n), np.zeros(n), np.zeros(n)
    for answer in values.T:
        given = ~np.isnan(answer)
        run = np.where(given, np.where(answer == last, run + 1, 1), run)
        last = np.where(given, answer, last)
        longest = np.maximum(longest, run)
        answers += given
    return np.where(answers >= BATTERY, longest / np.maximum(answers, 1), 0.0)


def longest_on_a_scale(view: Answers) -> Array:
    """Longest run of raw answers on any one scale, shape (n,); a reversed item answered alike is the tell-tale."""
    longest = np.zeros(len(view.answers))
    for scale in view.study.scales.values():
        asked = set() if scale.options else set(view.on_scale(scale.name))
        in_order = [name for name in view.answers.columns if name in asked]
        if in_order:
            longest = np.maximum(longest, longest_run(view.answers[in_order].to_numpy(dtype=float)))
    return longest


def mahalanobis(values: Array) -> tuple[Array, Array]:
    """Squared distance from the middle of all answers, on the questions that each respondent answered.

    Parameters
    ----------
    values : array, shape (n, k)
        NaN missing. Covariances rest on the pairs that were answered; where they contradict each other their
        correlation matrix is brought to eigenvalues of at least 0.02.

    Returns
    -------
    distance, df : array, shape (n,)
        D2 and the number of answers, its degrees of freedom.

    Notes
    -----
    The distance on the answered questions is that of all, gaps at the mean, less what the gaps pretend:
    d'Pd - (Pd)_m' (P_mm)^-1 (Pd)_m with the precision P and the missing m (inverse of a partitioned matrix). Other
    implementations leave out whoever has one gap, which in a survey with "not used" is nearly everybody.
    """
    given = ~np.isnan(values)
    centred = np.where(given, values - np.nanmean(values, axis=0), 0.0)
    weight = given.astype(float)
    with np.errstate(invalid="ignore", divide="ignore"):
        covariance = centred.T @ centred / np.maximum(weight.T @ weight - 1, 1)
    sd = np.sqrt(np.diagonal(covariance))
    roots, vectors = np.linalg.eigh(covariance / np.outer(sd, sd))
    if not given.all():
        roots = np.maximum(roots, OWN)
    precision = (vectors / roots) @ vectors.T / np.outer(sd, sd)
    pulled = centred @ precision
    distance = (centred * pulled).sum(axis=1)
    gaps = (~given).sum(axis=1)
    for count in np.unique(gaps[gaps > 0]):
        rows = np.flatnonzero(gaps == count)
        place = np.nonzero(~given[rows])[1].reshape(len(rows), count)
        part = np.take_along_axis(pulled[rows], place, axis=1)
        inside = precision[place[:, :, None], place[:, None, :]]
        distance[rows] -= (part * np.linalg.solve(inside, part[:, :, None])[:, :, 0]).sum(axis=1)
    return distance, given.sum(axis=1)


@dataclass(frozen=True, kw_only=True)
class _Ratings:
    """Answers on scales with ends, in the order of the file, as the indices need them."""

    view: Answers
    alike: float

    @cached_property
    def names(self) -> list[str]:
        asked = {name for name in self.view.items if not self.view.study.items[name].scale.options}
        return [name for name in self.view.answers.columns if name in asked]

    @cached_property
    def shares(self) -> Array:
        """Raw answers as a share of their scale, shape (n, k)."""
        ends = np.array([self.view.study.ends(name) for name in self.names]).reshape(-1, 2)
        values = self.view.answers[self.names].to_numpy(dtype=float)
        return np.asarray((values - ends[:, 0]) / (ends[:, 1] - ends[:, 0]))

    @cached_property
    def learnt(self) -> Array:
        """Those of the questions from whose answers one can learn how questions go together, shape (n, fewer)."""
        some = self.shares[self.view.counted]
        answered = ~np.isnan(some)
        many = answered.sum(axis=0) > PER_ITEM * some.shape[1]
        differ = np.array([len(np.unique(column[given])) > 1 for column, given in zip(some.T, answered.T, strict=True)])
        return self.shares[:, many & differ]

    @cached_property
    def together(self) -> Array:
        """Correlations of those questions, of each pair over who answered both, shape (fewer, fewer); 0 with itself."""
        found = pd.DataFrame(self.learnt[self.view.counted]).corr(min_periods=3).to_numpy(copy=True)
        np.fill_diagonal(found, 0.0)
        return found

    @property
    def enough(self) -> bool:
        """Tell whether there is a battery of such questions."""
        return len(self.names) >= BATTERY and self.learnt.shape[1] >= BATTERY


def _longest(ratings: _Ratings) -> Array | None:
    return longest_on_a_scale(ratings.view)


def _spread(ratings: _Ratings) -> Array | None:
    """Within-person standard deviation (IRV); NaN for those with too few answers."""
    if len(ratings.names) < BATTERY:
        return None
    with extra("files"):
        from ier import irv
    few = (~np.isnan(ratings.shares)).sum(axis=1) < BATTERY
    return np.where(few, np.nan, irv(ratings.shares))


def _distance(ratings: _Ratings) -> Array | None:
    if not ratings.enough:
        return None
    counted, distance = ratings.view.counted, np.full(len(ratings.view.answers), np.nan)
    squared, df = mahalanobis(ratings.learnt[counted])
    distance[counted] = np.where(df >= BATTERY, stats.chi2.cdf(squared, np.maximum(df, 1)), np.nan)
    return distance


def _even_odd(ratings: _Ratings) -> Array | None:
    """Correlate the halves of constructs within the person, reversed items turned."""
    study, names = ratings.view.study, set(ratings.names)
    blocks = [[c for c in construct.items if c in names] for construct in study.constructs.values()]
    blocks = [block for block in blocks if len(block) > 1]
    if len(blocks) < SCALES:
        return None
    with extra("files"):
        from ier import evenodd
    place = {name: j for j, name in enumerate(ratings.names)}
    columns = [name for block in blocks for name in block]
    turned = np.array([study.is_reversed(name) for name in columns])
    shares = ratings.shares[:, [place[name] for name in columns]]
    return evenodd(np.where(turned, 1 - shares, shares), [len(block) for block in blocks], method="halves")


def _synonyms(ratings: _Ratings) -> Array | None:
    return _pairs(ratings, sign=1)


def _antonyms(ratings: _Ratings) -> Array | None:
    return _pairs(ratings, sign=-1)


def _pairs(ratings: _Ratings, *, sign: int) -> Array | None:
    """Correlate pairs of questions that are alike in the file, or opposite, within the person.

    The package scores answers without variance as 0, which is no sign: they are NaN here.
    """
    if not ratings.enough:
        return None
    with extra("files"):
        from ier import psychsyn
    near = (sign * ratings.together >= ratings.alike - CLOSE).any(axis=0)
    if not near.any():
        return None
    score = np.full(len(ratings.view.answers), np.nan)
    made, pairs = psychsyn(
        ratings.learnt[ratings.view.counted][:, near], critval=sign * ratings.alike, anto=sign < 0, diag=True,
        item_correlations="pairwise",
    )  # fmt: skip
    if pairs.max(initial=0) < PAIRS:
        return None
    score[ratings.view.counted] = np.where((pairs >= PAIRS) & (made != 0), made, np.nan)
    return score


def _speed(ratings: _Ratings) -> Array | None:
    """Seconds for each answered question; NaN without a duration."""
    view, duration = ratings.view, ratings.view.study.data.duration
    if duration is None or duration not in view.answers:
        return None
    return np.asarray(view.numbers(duration) / np.maximum(view.asked[1], 1))


@dataclass(frozen=True)
class _Look:
    kind: str
    index: Callable[[_Ratings], Array | None]
    limit: str
    above: bool = False


_SIGNS = {
    "longest": _Look("pattern", _longest, "longest", above=True),
    "spread": _Look("pattern", _spread, "spread"),
    "distance": _Look("inconsistency", _distance, "distance", above=True),
    "even_odd": _Look("inconsistency", _even_odd, "even_odd"),
    "synonyms": _Look("inconsistency", _synonyms, "synonyms"),
    "antonyms": _Look("inconsistency", _antonyms, "antonyms", above=True),
    "speed": _Look("speed", _speed, "seconds_per_item"),
}


def _caught(index: Array | None, name: str, limit: float) -> Mask:
    """Tell who lies beyond the limit; NaN does not."""
    if index is None:
        return np.zeros(1, dtype=bool)
    with np.errstate(invalid="ignore"):
        return np.asarray(index >= limit if _SIGNS[name].above else index < limit)


def _why(name: str, rule: Careless, *, looked: bool) -> str:
    if not looked:
        return phrase(f"caught.careless_without_{name}")
    share = _SIGNS[name].limit in ("longest", "spread", "distance")
    value = float(getattr(rule, _SIGNS[name].limit))
    limit = Amount(value, "share", places=1 if name == "distance" else 0) if share else Amount(value)
    return phrase(f"caught.careless_{name}", fields={"limit": limit, "alike": Amount(rule.alike)})
