"""Numbers of one domain, and the rows that follow from them: ranks, quadrants, floors, functions of a number."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from csresearch.inference.intervals import Intervals, Kind, category_support, wald
from csresearch.inference.moments import AnyArray, Array, IntArray, Summary
from csresearch.result import valued

PLAIN = ("table", "kind")
"""Columns of a plan's rows that say how to treat a number, beside the keys that say what it is about."""
NOT_SEPARABLE = "not separable from zero"
STEP = 1e-6  # of a derivative of a derived number


@dataclass(frozen=True, kw_only=True)
class Fitted:
    """The numbers of one domain, as models derive more from them: k numbers, r draws.

    `draws` are those of a bootstrap, the only ones of which a share is a support; `replicated` are those of any kind.
    `weights` are the final weights of all respondents, shape (n,), 0 outside the domain: for what needs rows.
    """

    rows: pd.DataFrame
    point: Array
    replicated: Array
    deviations: Array
    n_effective: Array
    summary: Summary
    df: int
    level: float
    n_obs: int
    method: str
    weights: Array

    @property
    def draws(self) -> Array:
        """Bootstrap draws, shape (r, k); none under another kind of replicates."""
        return self.replicated if self.method == "bootstrap" else self.replicated[:0]


@dataclass(frozen=True, kw_only=True)
class Derived:
    """Rows that follow from the draws (ranks, quadrants); their own draws and deviations where they have any."""

    frame: pd.DataFrame
    draws: Array | None = None
    deviations: Array | None = None


def places(rows: pd.DataFrame, statistic: str, *, table: str | None = None) -> IntArray:
    """Where the numbers of one statistic stand among the rows of a plan."""
    found = rows["statistic"] == statistic
    return np.flatnonzero(found if table is None else found & (rows["table"] == table)).astype(np.int64)


def supported(
    attributes: tuple[str, ...], categories: tuple[str, ...], *, statistic: str, chosen: IntArray, drawn: IntArray
) -> Derived:
    """Derive the category of each attribute and the support of every category over the draws.

    Parameters
    ----------
    attributes : tuple of str, k names
    categories : tuple of str
    statistic : str
        What the chosen category is called; the others are its `support`.
    chosen, drawn : int array, shape (k,) and (r, k)
        Category of the estimate and of each draw, as an index; -1 is a failed draw.
    """
    support = category_support(drawn, size=len(categories))
    rows: list[dict[str, object]] = [
        {"attribute": a, "category": categories[chosen[j]], "statistic": statistic, "estimate": support[j, chosen[j]]}
        for j, a in enumerate(attributes)
    ]
    rows += [
        {"attribute": a, "category": name, "statistic": "support", "estimate": support[j, c]}
        for j, a in enumerate(attributes)
        for c, name in enumerate(categories)
    ]
    return Derived(frame=pd.DataFrame(rows).assign(unit="share"))


def completed(frame: pd.DataFrame, fitted: Fitted) -> pd.DataFrame:
    """Give derived rows the value columns that they lack."""
    blank = dict.fromkeys(("std_error", "conf_low", "conf_high", "p_value", "n_effective"), np.nan)
    words = {
        "none": "no replicates were asked for", "bootstrap": "a share of draws has no interval of its own",
    }.get(fitted.method, "a support is a share of bootstrap draws; fit with Bootstrap()")  # fmt: skip
    defaults: dict[str, Any] = {
        **blank, "df": fitted.df, "n_obs": fitted.n_obs, "method": "bootstrap support", "reason": words,
    }  # fmt: skip
    return frame.assign(**{name: value for name, value in defaults.items() if name not in frame})


def floored(fitted: Fitted, made: Intervals, *, shares: list[IntArray], tests: list[IntArray]) -> Intervals:
    """Put the lower end of shares at 0 unless a Wald test tells their driver from nothing; its p-value is theirs.

    Parameters
    ----------
    shares : list of int array, each of k
        Places of the shares of k drivers.
    tests : list of int array, each of k
        Places of the numbers that are all 0 where a share is (zero-order correlation, slope).
    """
    low, p_value, reason = made.low.copy(), made.p_value.copy(), list(made.reason)
    for j in range(len(tests[0])):
        together = [int(test[j]) for test in tests]
        p = wald(fitted.point[together], fitted.deviations[:, together], df=fitted.df)
        for place in shares:
            if not np.isfinite(low[place[j]]):
                continue
            p_value[place[j]] = p
            if not p < 1 - fitted.level:
                low[place[j]], reason[place[j]] = 0.0, NOT_SEPARABLE
    return replace(made, low=low, p_value=p_value, reason=tuple(reason))


def transformed(
    fitted: Fitted, table: str, statistic: str, change: Callable[[Array], AnyArray], *, name: str, kind: Kind
) -> Derived:
    """Derive a smooth, rising function of one statistic, with intervals from its own draws and derivative."""
    place = places(fitted.rows, statistic, table=table)
    rows = fitted.rows.iloc[place]
    before = fitted.point[place]
    point, draws = np.asarray(change(before)), np.asarray(change(fitted.replicated[:, place]))
    slope = (change(before + STEP) - change(before - STEP)) / (2 * STEP)
    deviations = np.asarray(fitted.deviations[:, place] * slope)
    frame = valued(
        rows.drop(columns=list(PLAIN)).assign(statistic=name, n_effective=fitted.n_effective[place]), point=point,
        draws=draws, deviations=deviations, kind=kind, df=fitted.df, level=fitted.level, method=fitted.method,
    )  # fmt: skip
    return Derived(frame=frame, draws=draws, deviations=deviations)
