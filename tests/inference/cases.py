"""Problems for the tests of the inference room, made of plain arrays."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd

from csresearch.inference.design import Design, Weighting
from csresearch.inference.moments import AnyArray, Array, Moments, Summary
from csresearch.inference.problem import Problem
from csresearch.inference.raking import Raking

STYPE = {"E": 4421, "H": 755, "M": 1018}
SCHOOL_WIDE = {"No": 1072, "Yes": 5122}
DESIGNS = ("strat", "strat_fpc", "clus1", "clus1_fpc", "weights_only")


def means(batch: Summary, point: Summary) -> AnyArray:
    return batch.mean


def totals(batch: Summary, point: Summary) -> AnyArray:
    return batch.weight * batch.mean


def ratio(batch: Summary, point: Summary) -> AnyArray:
    return batch.mean[:, :1] / batch.mean[:, 1:2]


def slopes(batch: Summary, point: Summary) -> AnyArray:
    """Intercept and slopes of the first column on the others."""
    found = np.linalg.solve(batch.cov[:, 1:, 1:], batch.cov[:, 1:, :1])[:, :, 0]
    return np.concatenate([batch.mean[:, :1] - (found * batch.mean[:, 1:]).sum(axis=1, keepdims=True), found], axis=1)


def api(folder: Path, design: str) -> tuple[pd.DataFrame, Weighting]:
    """A sample of Californian schools, and the design that drew it."""
    kind = design.removesuffix("_fpc")
    frame = pd.read_csv(folder / ("apiclus1.csv" if kind == "clus1" else "apistrat.csv"))
    base, n = frame["pw"].to_numpy(float), len(frame)
    cluster, stratum = np.arange(n), np.zeros(n, dtype=np.int64)
    if kind == "clus1":
        cluster = pd.factorize(frame["dnum"])[0].astype(np.int64)
        stratum = np.zeros(cluster.max() + 1, dtype=np.int64)
    if kind == "strat":
        stratum = pd.factorize(frame["stype"])[0].astype(np.int64)
    population = None
    if design.endswith("_fpc"):
        population = frame["fpc"].groupby(stratum[cluster]).first().to_numpy(float)
    drawn = Design(cluster=cluster, stratum=stratum, population=population, clustered=kind == "clus1")
    return frame, Weighting(base=base, design=drawn)


def raked_schools(folder: Path) -> tuple[pd.DataFrame, Weighting]:
    """The cluster sample, raked to school types and to schools that met their target."""
    frame, weighting = api(folder, "clus1")
    margins = {"stype": STYPE, "sch.wide": SCHOOL_WIDE}
    codes = np.stack([frame[c].map({k: i for i, k in enumerate(m)}) for c, m in margins.items()], axis=1)
    cells, cell = np.unique(codes, axis=0, return_inverse=True)
    raking = Raking(
        cell=cell.reshape(-1).astype(np.int64),
        category=tuple(cells[:, m].astype(np.int64) for m in range(2)),
        target=tuple(np.array(list(m.values())) / sum(m.values()) for m in margins.values()),
    )
    return frame, Weighting(base=weighting.base, design=weighting.design, raking=raking)


def problem(
    values: Array,
    weighting: Weighting,
    estimate: Callable[[Summary, Summary], AnyArray] = means,
    *,
    order: int = 1,
    domains: Array | None = None,
    pairwise: bool = False,
    analytic: bool = True,
) -> Problem:
    """An estimator of the columns of `values`, shape (n, q)."""
    values = np.asarray(values, dtype=float)
    names = tuple(f"x{j}" for j in range(values.shape[1]))
    return Problem(
        moments=Moments.of_rows(values, names=names, order=order, pairwise=pairwise),
        used=np.ones(len(values), dtype=bool) if pairwise else ~np.isnan(values).any(axis=1),
        domains=np.ones((1, len(values)), dtype=bool) if domains is None else domains,
        weighting=weighting,
        estimate=estimate,
        analytic=analytic,
        base=np.arange(values.shape[1]) if pairwise else None,
    )


def respondents(n: int, *, weights: Array | None = None) -> Weighting:
    """A simple random sample."""
    design = Design(cluster=np.arange(n), stratum=np.zeros(n, dtype=np.int64))
    return Weighting(base=np.ones(n) if weights is None else weights, design=design)


def clusters(sizes: list[list[int]], *, population: list[float] | None = None) -> Design:
    """A design by the cluster sizes of each stratum."""
    flat = [size for stratum in sizes for size in stratum]
    return Design(
        cluster=np.repeat(np.arange(len(flat)), flat),
        stratum=np.repeat(np.arange(len(sizes)), [len(stratum) for stratum in sizes]),
        population=None if population is None else np.array(population, dtype=float),
        clustered=True,
    )
