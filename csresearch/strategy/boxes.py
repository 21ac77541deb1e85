"""Moves in shares of the top box, turned into points by the answers that there are."""

from __future__ import annotations

from dataclasses import dataclass
from weakref import WeakKeyDictionary

import numpy as np
import pandas as pd

from csresearch.inference.moments import Array
from csresearch.inference.replicates import AnyReplicates
from csresearch.models.fitting import Plan, fit_plan
from csresearch.models.terms import answers_to, means, own_bases, term_ends
from csresearch.survey.sample import Sample

TOP_CODES = 2  # of the top box, as in Scores


@dataclass(frozen=True, kw_only=True)
class Answers:
    """How the answers to one rating are spread over its codes, from the lowest to the highest.

    Attributes
    ----------
    point : array, shape (codes,)
        Weighted shares, of all who answered.
    draws : array, shape (r, codes)
    n_obs : int
    """

    point: Array
    draws: Array
    n_obs: int

    def cut(self, moved: float, *, top: int = TOP_CODES) -> float:
        """Cut a move of the top box: no more can enter than are outside, or leave than are inside."""
        box = float(self.point[-top:].sum())
        return float(np.clip(moved, -box, 1 - box))


_KNOWN: WeakKeyDictionary[Sample, dict[tuple[str, str], Answers]] = WeakKeyDictionary()


def answers_of(sample: Sample, term: str, *, replicates: AnyReplicates | None) -> Answers:
    """Count the answers to a rating, over the same draws as any model of the sample; counted once for each sample.

    Raises
    ------
    ValueError
        The term has several items, or answers between the codes: it has no top box.
    """
    known = _KNOWN.setdefault(sample, {})
    if (term, repr(replicates)) not in known:
        known[term, repr(replicates)] = _counted(sample, term, replicates)
    return known[term, repr(replicates)]


def _counted(sample: Sample, term: str, replicates: AnyReplicates | None) -> Answers:
    items = sample.columns_of(term)
    if len(items) > 1:
        raise ValueError(f"{term!r} is a mean of {len(items)} items and has no top box; move it in points")
    low, high = term_ends(sample, term)
    values = answers_to(sample, term)
    codes = np.arange(low, high + 0.5)
    stray = values[~np.isnan(values) & ~np.isin(values, codes)]
    if len(stray):
        raise ValueError(f"{term!r} has answers between its codes, such as {stray[0]:g}; move it in points")
    marks = np.where(np.isnan(values)[:, None], np.nan, (values[:, None] == codes).astype(float))
    names = tuple(f"{term} = {code:g}" for code in codes)
    plan = Plan(
        columns=own_bases(names, marks),
        rows=pd.DataFrame({"table": "answers", "kind": "level", "term": names, "statistic": "share", "unit": "share"}),
        estimate=means, order=1, analytic=True, base=np.arange(len(codes)),
    )  # fmt: skip
    found = fit_plan(plan, term, sample, replicates=replicates, by=None, level=0.95)
    table = found.table("answers")
    point = table["estimate"].to_numpy(dtype=float)
    return Answers(point=point, draws=found.draws("answers"), n_obs=int(table["n_obs"].iloc[0]))


def box_points(shares: Array, moved: float, *, top: int = TOP_CODES) -> Array:
    """Turn a move of the top-box share into points of 0-100, the shortest way.

    Answers just below the box go first, to its lowest code; when they are used up, those one code further down, which
    gain one code more. A fall takes answers from the lowest code of the box first. Nobody else changes the answer.

    Parameters
    ----------
    shares : array, shape (b, codes)
        From the lowest code to the highest.
    moved : float
        Share that enters the box (negative: leaves it); as much as there is, at most.
    top : int
        Codes of the box.

    Returns
    -------
    array, shape (b,)

    Examples
    --------
    Ten codes, 20 % answer 8, 10 % answer 7: of 30 % that enter the box from 9 on, 20 gain one code, 10 gain two.

    >>> shares = np.array([[0, 0, 0, 0, 0, 0.3, 0.1, 0.2, 0.3, 0.1]])
    >>> float(box_points(shares, 0.3)[0] * 9 / 100)
    0.4
    """
    codes = shares.shape[1]
    rising = moved > 0
    waiting = shares[:, : codes - top][:, ::-1] if rising else shares[:, codes - top :]
    rest = np.full(len(shares), abs(float(moved)))
    gained = np.zeros(len(shares))
    for distance, share in enumerate(waiting.T, start=1):
        taken = np.minimum(rest, share)
        gained += taken * distance
        rest = rest - taken
    return np.asarray((1 if rising else -1) * gained * 100 / (codes - 1))
