"""The Gaussian world of drivers has the importance it was asked for."""

from __future__ import annotations

import numpy as np
import pytest
from driver_world import driver_world

from csresearch.demo.simulate import population, study
from csresearch.demo.truth import lmg, population_values

SHARES = (0.20, 0.05, 0.005, 0.0)


@pytest.mark.parametrize("age_gap", [0.0, 0.4])
def test_the_equations_have_the_shares_the_unit_variance_and_the_icc(age_gap: float) -> None:
    world = driver_world(age_gap=age_gap)
    names = list(world.equations)[1:]
    covariance = world.covariance[1:, 1:]
    assert lmg(covariance) == pytest.approx(SHARES, abs=1e-10)
    assert np.diag(covariance) == pytest.approx(np.ones(5))
    assert np.diag(world.outlet_covariance)[1:] == pytest.approx(np.full(5, 0.05))
    assert np.delete(covariance[names.index("x4")], names.index("x4")) == pytest.approx(np.zeros(4), abs=1e-15)


def test_a_drawn_population_has_the_shares() -> None:
    world = driver_world()
    values = population_values(population(world, size=200_000, outlets=8_000, seed=1, rounded=False), world=world)
    assert list(values["lmg"].values()) == pytest.approx(SHARES, abs=0.006)


def test_the_gap_biases_the_unweighted_mean() -> None:
    frame = study(driver_world(age_gap=0.5), n=40_000, outlets=2_000, seed=1, rounded=False)
    young = 0.8 / 1.4
    assert frame["y"].mean() == pytest.approx(5.5 - 1.5 * 0.5 * (young - 0.4), abs=0.03)


@pytest.mark.parametrize(("options", "message"), [
    ({"shares": (0.2, 0.1)}, "2 shares but 4 loadings"),
    ({"shares": (0.2, 0.0, 0.1, 0.0)}, "needs the loading 0"),
    ({"shares": (0.2, -0.1, 0.1, 0.0)}, "must not be negative"),
    ({"shares": (0.5, 0.4, 0.2, 0.0)}, "nothing is left unexplained"),
    ({"shares": (0.6, 0.0001), "loadings": (0.9, 0.9)}, "no slopes give the shares"),
])
def test_impossible_wishes_are_refused(options: dict[str, tuple[float, ...]], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        driver_world(**options)
