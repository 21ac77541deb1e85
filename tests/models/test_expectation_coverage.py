"""Intervals of the surface and of an indirect effect hold the truth about as often as they say; so does the test."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from csresearch.inference.design import Design, Weighting
from csresearch.inference.engine import run
from csresearch.inference.intervals import intervals
from csresearch.inference.moments import AnyArray, Array, Moments, Summary
from csresearch.inference.problem import Problem
from csresearch.inference.replicates import Bootstrap
from csresearch.models.derived import Fitted
from csresearch.models.expectation import polynomial
from csresearch.models.expectation.chain import Chain

STUDIES, BAND = 400, (0.915, 0.98)
TRUTH = {"a1": 0.60, "a2": 0.0, "a3": -0.50, "a4": -0.40, "indirect": 0.4 * 0.55}
PROFILE = polynomial.Profile(levels=np.array([0.0]), middle=0.0)
NAMES = polynomial.column_names("overall", "expected", "got")
CHAIN = Chain(columns=(polynomial.X, polynomial.Y, polynomial.Z), names=("expected", "got", "overall"))
ROWS = pd.DataFrame(polynomial.rows(NAMES, PROFILE) + CHAIN.rows())
PLACES = [
    int(np.flatnonzero((ROWS["statistic"] == name) & (ROWS["category"].isna() | (name != "indirect")))[0])
    for name in TRUTH
]


def estimate(batch: Summary, point: Summary) -> AnyArray:
    return np.concatenate([polynomial.Estimate(profile=PROFILE)(batch, point), CHAIN.numbers(batch)], axis=1)


def study(n: int, outlets: int, seed: int, *, additive: bool = False) -> tuple[Array, Weighting]:
    """Answers whose surface is known; a tenth of every part lies between outlets."""
    random = np.random.default_rng(seed)
    outlet = np.arange(n) % outlets
    x, rest, noise = (
        np.sqrt(0.9) * random.normal(size=(3, n)) + np.sqrt(0.1) * random.normal(size=(3, outlets))[:, outlet]
    )
    y = 0.4 * x + np.sqrt(1 - 0.16) * rest
    z = 0.05 * x + 0.55 * y - 0.10 * x**2 + 0.20 * x * y - 0.10 * y**2 + 0.7 * noise
    z = 0.5 * (y - x) + 0.7 * noise if additive else z
    design = Design(cluster=outlet.astype(np.int64), stratum=np.zeros(outlets, dtype=np.int64), clustered=True)
    return polynomial.columns(z, x, y), Weighting(base=np.ones(n), design=design)


def problem(values: Array, weighting: Weighting) -> Problem:
    n = len(values)
    return Problem(
        moments=Moments.of_rows(values, names=NAMES), used=np.ones(n, dtype=bool), domains=np.ones((1, n), dtype=bool),
        weighting=weighting, estimate=estimate, analytic=True,
    )  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize(("n", "outlets"), [(250, 250), (600, 30)], ids=["simple", "clusters"])
def test_intervals_cover(n: int, outlets: int) -> None:
    truth = np.array(list(TRUTH.values()))
    held = np.zeros(len(truth))
    for seed in range(STUDIES):
        found = run(problem(*study(n, outlets, seed)), Bootstrap(draws=300, seed=seed))
        made = intervals(
            found.point[0, PLACES], draws=found.draws[0][:, PLACES], std_error=found.std_error[0, PLACES],
            kind=("level",) * len(truth), df=int(found.df[0]), level=0.95, method="bootstrap",
        )  # fmt: skip
        held += (made.low <= truth) & (made.high >= truth)
    covered = dict(zip(TRUTH, (held / STUDIES).tolist(), strict=True))
    assert {name: share for name, share in covered.items() if not BAND[0] <= share <= BAND[1]} == {}


@pytest.mark.slow
def test_a_true_constraint_is_rejected_once_in_twenty_studies_by_the_design() -> None:
    rejected = []
    for seed in range(STUDIES):
        asked = problem(*study(300, 30, seed, additive=True))
        found = run(asked, Bootstrap(draws=200, seed=seed))
        fitted = Fitted(
            rows=ROWS, point=found.point[0], replicated=found.draws[0], deviations=found.deviations[0],
            n_effective=found.n_effective[0], summary=asked.points[0], df=int(found.df[0]), level=0.95, n_obs=300,
            method="bootstrap", weights=np.ones(300),
        )  # fmt: skip
        tests = polynomial.tests(fitted).frame.set_index(["category", "statistic"])
        rejected.append([tests.loc[(name, "wald_f"), "p_value"] < 0.05 for name in ("linear", "difference")])
    shares = np.mean(rejected, axis=0)
    assert (shares < 0.085).all(), shares
    assert shares[0] > 0.02
