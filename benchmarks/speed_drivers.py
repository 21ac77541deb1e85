"""Speed of driver importance: exact LMG against pingouin in the same run, and the batches a bootstrap asks for.

Run with `python benchmarks/speed_drivers.py`; it takes about half a minute.
"""

from __future__ import annotations

import time
import tracemalloc
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pingouin

from csresearch.models.importance.lmg import KNOWN, lmg

Row = dict[str, Any]
COLUMNS = ("task", "seconds", "peak_mb", "versus_seconds", "ratio", "mc_error_of_share")


def survey(n_players: int, *, n_obs: int = 500, seed: int = 1) -> pd.DataFrame:
    """Answers that share a halo; the last column is the overall satisfaction."""
    rng = np.random.default_rng(seed)
    items = rng.standard_normal((n_obs, n_players)) + rng.standard_normal((n_obs, 1))
    overall = items @ np.linspace(0, 1, n_players) / np.sqrt(n_players) + 2 * rng.standard_normal(n_obs)
    return pd.DataFrame(items, columns=[f"x{i}" for i in range(n_players)]).assign(overall=overall)


def draws(frame: pd.DataFrame, n_draws: int, *, seed: int = 2) -> Any:
    """Covariance matrices of bootstrap samples of the rows."""
    rows = frame.to_numpy()
    picks = np.random.default_rng(seed).integers(0, len(rows), (n_draws, len(rows)))
    return np.stack([np.cov(rows[pick].T) for pick in picks])


def measured(task: str, call: Callable[[], Any], repeats: int) -> tuple[Row, Any]:
    """Best time of a few runs, and the peak of memory in one more, whose result is given."""
    seconds = []
    for _ in range(repeats):
        KNOWN.clear()  # what was answered before would come for nothing
        start = time.perf_counter()
        call()
        seconds.append(time.perf_counter() - start)
    KNOWN.clear()
    tracemalloc.start()
    result = call()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return dict.fromkeys(COLUMNS) | {"task": task, "seconds": min(seconds), "peak_mb": peak / 1e6}, result


def against_pingouin(n_players: int) -> Row:
    """Time exact LMG from the raw rows, ours and pingouin's, which must agree."""
    frame = survey(n_players)
    players = [(i,) for i in range(n_players)]
    row, ours = measured(f"exact, {n_players} predictors", lambda: lmg(frame.cov().to_numpy(), players, n_players), 5)
    start = time.perf_counter()
    theirs = pingouin.linear_regression(frame.drop(columns="overall"), frame["overall"], relimp=True)
    row["versus_seconds"] = time.perf_counter() - start
    np.testing.assert_allclose(ours.values, theirs["relimp"].to_numpy()[1:], atol=1e-8)
    return row | {"ratio": row["versus_seconds"] / row["seconds"]}


def batch(n_players: int, n_draws: int, repeats: int) -> Row:
    """Time a batch of bootstrap draws beside the exact point."""
    frame = survey(n_players)
    cov, point = draws(frame, n_draws), frame.cov().to_numpy()
    players = [(i,) for i in range(n_players)]
    task = f"{n_draws} x {n_players} predictors"
    row, found = measured(task, lambda: lmg(cov, players, n_players, point=point), repeats)
    return row | {"mc_error_of_share": float(np.median(found.mc_error / found.values.sum(axis=-1, keepdims=True)))}


def run() -> list[Row]:
    """Give all figures, one row a task; seconds, megabytes, and how many times slower pingouin is."""
    cov = survey(20).cov().to_numpy()
    twenty, _ = measured("exact, 20 predictors", lambda: lmg(cov, [(i,) for i in range(20)], 20), 5)
    return [
        against_pingouin(12),
        against_pingouin(15),
        twenty,
        batch(10, 1000, 3),
        batch(14, 1000, 2),
        batch(20, 1000, 1),
    ]


if __name__ == "__main__":
    print(pd.DataFrame(run()).to_string(index=False, na_rep="", float_format=lambda value: f"{value:.4g}"))
