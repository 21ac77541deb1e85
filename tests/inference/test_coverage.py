"""Intervals hold the truth about as often as they say; benchmarks/ has the large version, through the public API."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from driver_world import driver_world

from csresearch.demo.simulate import study
from csresearch.inference.design import Design, Weighting
from csresearch.inference.engine import Estimates, run
from csresearch.inference.intervals import intervals, wald
from csresearch.inference.moments import AnyArray, Array, Moments, Summary
from csresearch.inference.problem import Problem
from csresearch.inference.replicates import Bootstrap
from csresearch.models.importance.lmg import lmg

STUDIES, BAND = 400, (0.915, 0.98)
SHARES = (0.2, 0.05, 0.0)
WORLD = driver_world(shares=SHARES, loadings=(0.7, 0.6, 0.0))
MEAN, SD = 5.5, 1.5  # of every answer in that world
NPS = 100 * (0.25 - 0.40)
PROMOTER, DETRACTOR = 6.511735, 5.119979  # where a normal answer has 25 % above it and 40 % below it
TRUTH = np.array([MEAN, NPS, *SHARES])
NAMES = ("mean", "NPS", "LMG .20", "LMG .05", "LMG 0")


def estimate(batch: Summary, point: Summary) -> AnyArray:
    """Mean of y, NPS, shares of three drivers, and what is 0 where a share is: correlations, standardised slopes."""
    cov = batch.cov[:, 1:, 1:]
    sd = np.sqrt(np.diagonal(cov, axis1=1, axis2=2))
    correlation = cov[:, 0, 1:] / (sd[:, :1] * sd[:, 1:])
    slope = np.linalg.solve(cov[:, 1:, 1:], cov[:, 1:, :1])[:, :, 0] * sd[:, 1:] / sd[:, :1]
    shares = lmg(cov, [(1,), (2,), (3,)], 0).values
    return np.concatenate([batch.mean[:, [1, 0]], shares, correlation, slope], axis=1)


def problem(frame: pd.DataFrame) -> Problem:
    y = frame["y"].to_numpy()
    nps = 100.0 * (y > PROMOTER) - 100.0 * (y < DETRACTOR)
    values = np.column_stack([nps, frame[["y", "x1", "x2", "x3"]]])
    cluster = pd.factorize(frame["dealer"])[0].astype(np.int64)
    design = Design(cluster=cluster, stratum=np.zeros(cluster.max() + 1, dtype=np.int64), clustered=True)
    n = len(frame)
    return Problem(
        moments=Moments.of_rows(values, names=("nps", "y", "x1", "x2", "x3")), used=np.ones(n, dtype=bool),
        domains=np.ones((1, n), dtype=bool), weighting=Weighting(base=np.ones(n), design=design), estimate=estimate,
    )  # fmt: skip


def limits(found: Estimates) -> tuple[Array, Array]:
    """Intervals by the rules of the house; a share that is not separable from zero starts at 0."""
    df, k = int(found.df[0]), len(TRUTH)
    kind = ("level", "level", "share", "share", "share")
    made = intervals(
        found.point[0, :k], draws=found.draws[0, :, :k], std_error=found.std_error[0, :k], kind=kind, df=df, level=0.95,
        method="bootstrap",
    )  # fmt: skip
    low = made.low.copy()
    for j in range(3):
        tested = [k + j, k + 3 + j]
        if not wald(found.point[0, tested], found.deviations[0][:, tested], df=df) < 0.05:
            low[2 + j] = 0.0
    return low, made.high


@pytest.mark.parametrize(("respondents", "outlets"), [(160, 160), (240, 24)], ids=["simple", "clusters"])
def test_intervals_cover(respondents: int, outlets: int) -> None:
    held = np.zeros(len(TRUTH))
    for seed in range(STUDIES):
        frame = study(WORLD, n=respondents, outlets=outlets, seed=seed, rounded=False)
        low, high = limits(run(problem(frame), Bootstrap(draws=300, seed=seed)))
        held += (low <= TRUTH) & (high >= TRUTH)
    covered = dict(zip(NAMES, (held / STUDIES).tolist(), strict=True))
    assert {name: share for name, share in covered.items() if not BAND[0] <= share <= BAND[1]} == {}
