"""Speed of the response surface: all tables with their draws, against refitting by statsmodels in the same run.

Run with `python benchmarks/speed_expectation.py`; it takes about half a minute.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
import pandas as pd
import statsmodels.api as sm
import statsmodels.formula.api as smf

import csresearch as cs

DRAWS, RESPONDENTS, REFITS = 5_000, 1_000, 500  # refits are carried on to as many as there are draws
FORMULA = "overall ~ x + y + I(x ** 2) + I(x * y) + I(y ** 2)"
MODEL = cs.Disconfirmation(outcome="overall", expectation="expected", performance="got")


@cache
def survey() -> pd.DataFrame:
    """Answers from 1 to 10, and the same centred at the middle of the scale."""
    random = np.random.default_rng(1)
    frame = pd.DataFrame(random.integers(1, 11, (RESPONDENTS, 2)).astype(float), columns=["expected", "got"])
    frame["overall"] = 0.5 * frame["got"] + random.normal(size=RESPONDENTS)
    return frame.assign(x=frame["expected"] - 5.5, y=frame["got"] - 5.5)


def best(call: Callable[[], Any], repeats: int = 5) -> float:
    """Best time of a few runs, in seconds."""
    seconds = []
    for _ in range(repeats):
        start = time.perf_counter()
        call()
        seconds.append(time.perf_counter() - start)
    return min(seconds)


def surface() -> float:
    """Fit through the public API: every table, all draws."""
    sample = cs.Sample.from_frame(survey()[["overall", "expected", "got"]], scale=(1, 10))
    MODEL.fit(sample, replicates=cs.Bootstrap(draws=100))  # imports and caches do not count
    return best(lambda: MODEL.fit(sample, replicates=cs.Bootstrap(draws=DRAWS)))


def formula_refits() -> float:
    """Seconds of as many refits of the polynomial alone, from a formula on resampled rows."""
    frame, random = survey(), np.random.default_rng(2)

    def refit() -> None:
        for _ in range(REFITS):
            rows = random.integers(0, RESPONDENTS, RESPONDENTS)
            smf.ols(FORMULA, frame.iloc[rows]).fit()

    return best(refit, 1) * DRAWS / REFITS


def array_refits() -> float:
    """Seconds of as many refits of the polynomial alone, from arrays that stand ready."""
    frame, random = survey(), np.random.default_rng(2)
    x, y = frame["x"].to_numpy(), frame["y"].to_numpy()
    design, outcome = np.column_stack([np.ones(len(x)), x, y, x**2, x * y, y**2]), frame["overall"].to_numpy()

    def refit() -> None:
        for _ in range(REFITS):
            rows = random.integers(0, RESPONDENTS, RESPONDENTS)
            sm.OLS(outcome[rows], design[rows]).fit()

    return best(refit, 1) * DRAWS / REFITS


def run() -> pd.DataFrame:
    """Give all figures: seconds, and how many times slower the refits are."""
    ours = surface()
    rows = [("csresearch, all tables", ours, 1.0)]
    for name, seconds in (("statsmodels, formula", formula_refits()), ("statsmodels, arrays", array_refits())):
        rows.append((name, seconds, seconds / ours))
    return pd.DataFrame(rows, columns=["task", "seconds", "ratio"])


if __name__ == "__main__":
    print(run().to_string(index=False, float_format=lambda value: f"{value:.3g}"))
