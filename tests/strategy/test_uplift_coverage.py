"""The interval of a joint uplift holds the truth about as often as it says; benchmarks/ has the large version."""

from __future__ import annotations

import numpy as np
from driver_world import driver_world

import csresearch as cs
from csresearch.demo.simulate import study
from csresearch.strategy.levers import Levers

STUDIES, BAND = 400, (0.915, 0.98)
WORLD = driver_world(shares=(0.2, 0.05, 0.0), loadings=(0.7, 0.6, 0.0))
MOVES = {"x1": 6.0, "x2": 4.0}
MODEL = cs.ImportancePerformance(outcome="y", attributes=("x1", "x2", "x3"), importance="slope")


def truth() -> float:
    """Slopes of the world, in which every answer has the same scale and spread: points for a point."""
    names = list(WORLD.equations)
    at, y = [names.index(name) for name in ("x1", "x2", "x3")], names.index("y")
    slopes = np.linalg.solve(WORLD.covariance[np.ix_(at, at)], WORLD.covariance[at, y])
    return float(sum(slope * MOVES.get(name, 0.0) for slope, name in zip(slopes, ("x1", "x2", "x3"), strict=True)))


def test_a_joint_uplift_is_covered() -> None:
    held, true = 0, truth()
    for seed in range(STUDIES):
        frame = study(WORLD, n=240, outlets=24, seed=seed, rounded=False)
        sample = cs.Sample.from_frame(frame, scale=(-30, 40), clusters="dealer")  # wide ends: nothing is cut
        grid = MODEL.fit(sample, replicates=cs.Bootstrap(draws=200, seed=seed))
        low, high, _ = Levers.of([grid]).change(MOVES).interval(0.95)
        held += low <= true <= high
    assert BAND[0] <= held / STUDIES <= BAND[1], held / STUDIES
