"""Quadrants of the importance-performance grid: which, and how many of the draws agree."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from csresearch.inference.intervals import category_support
from csresearch.inference.moments import Array, IntArray
from csresearch.models.derived import Derived, Fitted, supported
from csresearch.result import Result
from csresearch.show.phrase import Amount, phrase
from csresearch.vocabulary import Check

QUADRANTS = ("concentrate", "keep", "low_priority", "possible_overkill")
SURE = 0.80  # a quadrant with less support is a border case


def quadrant(importance: Array, performance: Array, lines: Array) -> IntArray:
    """Quadrant of each attribute, shape (b, k), as an index of QUADRANTS; -1 where a number is missing.

    Parameters
    ----------
    importance, performance : array, shape (b, k)
    lines : array, shape (b, 2)
        Line of importance and line of performance; on the line counts as high.

    Examples
    --------
    >>> quadrant(np.array([[3.0, 1.0]]), np.array([[40.0, 70.0]]), np.array([[2.0, 50.0]])).tolist()
    [[0, 3]]
    """
    matters, good = importance >= lines[:, :1], performance >= lines[:, 1:]
    code = np.where(matters, np.where(good, 1, 0), np.where(good, 3, 2))
    known = np.isfinite(importance) & np.isfinite(performance) & np.isfinite(lines).all(axis=1, keepdims=True)
    return np.asarray(np.where(known, code, -1), dtype=np.int64)


@dataclass(frozen=True, kw_only=True)
class QuadrantSupport:
    """Quadrant of the estimate and support of every quadrant over the draws."""

    attributes: tuple[str, ...]

    def __call__(self, fitted: Fitted) -> dict[str, Derived]:
        """Make the table `quadrants`."""
        k = len(self.attributes)
        codes = quadrant(fitted.point[None, :k], fitted.point[None, k : 2 * k], fitted.point[None, -2:])[0]
        drawn = quadrant(fitted.draws[:, :k], fitted.draws[:, k : 2 * k], fitted.draws[:, -2:])
        return {"quadrants": supported(self.attributes, QUADRANTS, statistic="quadrant", chosen=codes, drawn=drawn)}


def judge_quadrants(fitted: Fitted) -> list[Check]:
    """Check whether every attribute has a quadrant that most draws agree on."""
    k = int((fitted.rows["statistic"] == "distance").sum())
    drawn = quadrant(fitted.draws[:, :k], fitted.draws[:, k : 2 * k], fitted.draws[:, -2:])
    if not len(drawn):
        return []
    support = category_support(drawn, size=len(QUADRANTS)).max(axis=1)
    border = int((support < SURE).sum())
    return [
        Check(
            check="sure_quadrants", passed=border == 0, value=float(support.min()), threshold=SURE,
            text=phrase(
                "check.sure_quadrants",
                fields={"border": Amount(border), "all": Amount(k), "sure": Amount(SURE, "share")},
            ),
        )
    ]  # fmt: skip


def border(result: Result) -> pd.Series:
    """Whether the quadrant of each attribute is a border case: under 80 % of the draws agree."""
    rows = result.estimates("quadrants", statistic="quadrant").set_index("attribute")["estimate"]
    return rows < SURE
