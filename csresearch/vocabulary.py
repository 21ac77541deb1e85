"""The one vocabulary of every table: keys, positions, values, units, and what they mean."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

DOMAINS = ("wave", "brand", "outlet", "segment_by", "segment")
KEYS = (
    "model", "construct", "item", "attribute", "term", "source", "target", "versus", "category",
    "segment_by", "segment", "wave", "brand", "outlet", "statistic", "unit", "method",
)  # fmt: skip
POSITIONS = ("x", "y")
VALUES = (
    "estimate", "std_error", "conf_low", "conf_high", "p_value", "df", "df_residual", "n_obs", "n_effective", "reason",
)  # fmt: skip
CHECKS = ("check", "passed", "value", "threshold", "text")
UNITS = ("points", "per_point", "sd", "share", "r2", "years", "money", "none")
MEANING = {
    "estimate": "the number",
    "std_error": "standard error by the design",
    "conf_low": "lower end of the confidence interval",
    "conf_high": "upper end of the confidence interval",
    "p_value": "two-sided p-value of the number against 0; of a comparison, adjusted as `method` says",
    "df": "degrees of freedom of the design",
    "df_residual": "residual degrees of freedom",
    "n_obs": "respondents behind the number",
    "n_effective": "respondents over the design effect of this estimate",
    "reason": "why a number or an end is missing or stands at its bound",
    "unit": "how to read the number: points of 0-100 or of the scale, per_point, sd, share of 1, r2, none",
    "method": "how the interval was made",
}


@dataclass(frozen=True, kw_only=True)
class Check:
    """One thing that could have gone wrong, and whether it did."""

    check: str
    passed: bool
    value: float
    threshold: float
    text: str


def ordered(table: pd.DataFrame) -> pd.DataFrame:
    """Columns in the order of the vocabulary, keys and positions that say nothing left out; an unknown column is an error of ours."""
    known = [*KEYS, *POSITIONS, *VALUES]
    unknown = [c for c in table.columns if c not in known]
    if unknown:
        raise ValueError(f"columns outside the vocabulary: {', '.join(unknown)}")
    filled = [c for c in known if c in table.columns and not (c in (*KEYS, *POSITIONS) and table[c].isna().all())]
    return table[filled].reset_index(drop=True)
