"""What a touchpoint does to the outcome: its moments in closed form against draws."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from csresearch.demo.world import Touchpoint
from csresearch.demo.world.swings import Swing

MUST = Touchpoint(system="x", stage="repair", mean=7.8, importance=9.0, penalty=-0.7, reward=0.2, loading=0.6)


@pytest.mark.parametrize("point", [MUST, replace(MUST, slope=0.3)])
def test_moments_are_those_of_draws(point: Touchpoint) -> None:
    random = np.random.default_rng(1)
    system = 0.4 + random.standard_normal(400_000)
    experience = 0.6 * system + 0.8 * random.standard_normal(400_000)
    swing = Swing(point=point, centre=0.4)
    effect, beside = swing.of(experience), swing.beside(experience, system)
    assert effect.mean() == pytest.approx(swing.mean, abs=0.003)
    assert np.cov(effect, experience)[0, 1] == pytest.approx(swing.slope, abs=0.003)
    assert beside.var() == pytest.approx(swing.variance, rel=0.01)
    assert beside.mean() == pytest.approx(0, abs=0.003)
    assert np.corrcoef(beside, system)[0, 1] == pytest.approx(0, abs=0.006)


def test_who_did_not_use_it_is_not_moved() -> None:
    swing = Swing(point=replace(MUST, used=0.5), centre=0.0)
    assert swing.beside(np.array([np.nan, -2.0]), np.zeros(2)).tolist() == pytest.approx([0.0, -0.7 - swing.mean])
