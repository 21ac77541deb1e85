"""The one vocabulary of every table: keys, positions, values and units; what they mean is said under `meaning`."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

GROUPS = ("wave", "brand", "outlet", "segment")  # columns that hold the categories of a result
KEYS = (
    "model", "construct", "item", "attribute", "term", "source", "target", "versus", "category",
    "segment_by", "segment", "wave", "brand", "outlet", "statistic", "unit", "method",
)  # fmt: skip
POSITIONS = ("x", "y")
VALUES = (
    "estimate", "std_error", "conf_low", "conf_high", "p_value", "df", "df_residual", "n_obs", "n_effective", "letters",
    "reason",
)  # fmt: skip
CHECKS = ("check", "passed", "value", "threshold", "text")
SUPPRESSED, LOW_BASE = 30, 75  # effective answers: below the first a report shows nothing, below the second it warns
UNITS = ("points", "per_point", "sd", "share", "r2", "years", "money", "none")


@dataclass(frozen=True, kw_only=True)
class Check:
    """One thing that could have gone wrong, and whether it did."""

    check: str
    passed: bool
    value: float
    threshold: float
    text: str


def ordered(table: pd.DataFrame) -> pd.DataFrame:
    """Columns in the order of the vocabulary, without those that say nothing; an unknown one is an error of ours."""
    known = [*KEYS, *POSITIONS, *VALUES]
    unknown = [c for c in table.columns if c not in known]
    if unknown:
        raise ValueError(f"columns outside the vocabulary: {', '.join(unknown)}")
    filled = [c for c in known if c in table.columns and not (c in (*KEYS, *POSITIONS) and table[c].isna().all())]
    return table[filled].reset_index(drop=True)


def group_column(table: pd.DataFrame) -> str | None:
    """Column of a table that holds its categories; None of a result that has none."""
    return next((name for name in GROUPS if name in table), None)


def subjects(table: pd.DataFrame) -> pd.Series:
    """Construct or item that each row is about."""
    return table.reindex(columns=["construct", "item"]).astype(object).bfill(axis=1).iloc[:, 0]


def base_reason(n_effective: npt.ArrayLike, otherwise: npt.ArrayLike = "") -> npt.NDArray[np.str_]:
    """Say of effective bases that are small what follows; of others what is said `otherwise`."""
    small, low = f"effective base under {SUPPRESSED}: not shown in reports", f"effective base under {LOW_BASE}: low"
    n = np.asarray(n_effective)
    return np.where(n < SUPPRESSED, small, np.where(n < LOW_BASE, low, otherwise))
