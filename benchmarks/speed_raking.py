"""Speed of raking: 1,000,000 respondents to five margins against ipfn on the collapsed table, and 500 raked replicates.

Both sides start from the same text columns; ipfn gets the table that pandas collapses, as its users would do it.
Run with `python benchmarks/speed_raking.py`; it takes about 10 seconds.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
import pandas as pd
from ipfn.ipfn import ipfn

import csresearch as cs

SIZES = {"age": 6, "sex": 2, "region": 12, "channel": 4, "brand": 8}
RESPONDENTS, WIDE, REPLICATES, REPEATS = 1_000_000, 50_000, 500, 3


@cache
def survey(n: int) -> pd.DataFrame:
    """Respondents whose categories are uneven, as text."""
    random = np.random.default_rng(1)
    uneven = {name: (random.random(n) ** 1.3 * size).astype(int) for name, size in SIZES.items()}
    names = {name: np.array([f"{name} {k}" for k in range(size)], dtype=object) for name, size in SIZES.items()}
    return pd.DataFrame({name: names[name][code] for name, code in uneven.items()})


def margins() -> dict[str, dict[str, float]]:
    """Even shares of the population."""
    return {name: {f"{name} {k}": 1 / size for k in range(size)} for name, size in SIZES.items()}


def best(call: Callable[[], Any], repeats: int = REPEATS) -> float:
    """Best time of a few runs, in seconds."""
    seconds = []
    for _ in range(repeats):
        start = time.perf_counter()
        call()
        seconds.append(time.perf_counter() - start)
    return min(seconds)


def ours(frame: pd.DataFrame) -> float:
    """Code, rake and weight every respondent."""
    sample = cs.Sample.from_frame(frame)
    return best(lambda: cs.weight(sample, margins=margins()).weights)


def theirs(frame: pd.DataFrame) -> tuple[float, float]:
    """Seconds of the collapsing and of ipfn on the table, which must agree with ours."""
    start = time.perf_counter()
    table = frame.groupby(list(SIZES), observed=True).size().astype(float).rename("total").reset_index()
    collapsed = time.perf_counter() - start
    wanted = [pd.Series(shares).mul(len(frame)).rename_axis(name).rename("total") for name, shares in margins().items()]

    def rake() -> pd.DataFrame:
        columns = [[name] for name in SIZES]
        return ipfn(table.copy(), wanted, columns, weight_col="total", convergence_rate=1e-9, verbose=0).iteration()

    seconds = best(rake, 1)
    weights = cs.weight(cs.Sample.from_frame(frame), margins=margins()).weights
    total = pd.Series(weights).groupby([frame[name] for name in SIZES]).sum()
    np.testing.assert_allclose(rake().set_index(list(SIZES))["total"], total, rtol=1e-4)
    return collapsed, seconds


def replicates() -> float:
    """Draw 500 bootstrap weightings of 50,000 respondents, each raked to four margins again."""
    sample = cs.Sample.from_frame(survey(WIDE))
    four = {name: shares for name, shares in margins().items() if name != "brand"}
    weighting = cs.weight(sample, margins=four).weighting
    return best(lambda: [block.sum() for block in cs.Bootstrap(draws=REPLICATES).blocks(weighting)], 1)


def run() -> pd.DataFrame:
    """Give all figures in seconds, and how many times ours they are."""
    text = survey(RESPONDENTS)
    words, codes = ours(text), ours(text.astype("category"))
    collapsed, raked = theirs(text)
    rows = [
        ("csresearch, text columns", words, 1.0),
        ("csresearch, categorical columns", codes, codes / words),
        ("ipfn on the collapsed table, with collapsing", collapsed + raked, (collapsed + raked) / words),
        ("ipfn on the collapsed table alone", raked, raked / words),
        (f"{REPLICATES} raked replicates of {WIDE:,}", replicates(), float("nan")),
    ]
    return pd.DataFrame(rows, columns=["task", "seconds", "ratio"])


if __name__ == "__main__":
    print(run().to_string(index=False, na_rep="", float_format=lambda value: f"{value:.3g}"))
