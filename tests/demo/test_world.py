"""What follows from the equations of the after-sales world without drawing."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from csresearch.demo.autoservice import WORLD
from csresearch.demo.truth import lmg
from csresearch.demo.world import Event, Item


@pytest.mark.parametrize(
    ("source", "effect"),
    [("service", 0.3396), ("product", 0.2716), ("behaviour", 0.1596), ("mind", 0.0996), ("visual", 0.0796),
     ("expectation", 0.0837), ("value", 0.16)],
)
def test_total_effects_are_sums_of_products_along_the_paths(source: str, effect: float) -> None:
    assert WORLD.total_effect(source, target="satisfaction") == pytest.approx(effect, abs=5e-5)


def test_expectation_turns_its_sign_when_the_systems_are_held_fixed() -> None:
    held = {
        name: replace(equation, sources={}) if name in WORLD.drivers else equation
        for name, equation in WORLD.equations.items()
    }
    world = replace(WORLD, equations=held)
    assert world.total_effect("expectation", target="satisfaction") == pytest.approx(-0.0588)


def test_latent_moments_are_those_of_the_design() -> None:
    names = list(WORLD.equations)
    chosen = [names.index(name) for name in (*WORLD.drivers, "satisfaction")]
    covariance = WORLD.covariance[np.ix_(chosen, chosen)]
    sd = np.sqrt(np.diag(covariance))
    between = (covariance / np.outer(sd, sd))[:5, :5][np.triu_indices(5, 1)]
    shares = lmg(covariance)
    place = names.index("satisfaction")
    assert WORLD.sd["satisfaction"] == pytest.approx(0.93, abs=0.005)
    assert between.min() > 0.42
    assert between.max() < 0.47
    assert shares.sum() == pytest.approx(0.68, abs=0.005)
    assert shares / shares.sum() == pytest.approx([0.129, 0.174, 0.116, 0.250, 0.331], abs=0.005)
    assert WORLD.outlet_covariance[place, place] / WORLD.covariance[place, place] == pytest.approx(0.05, abs=0.006)


def test_own_parts_of_touchpoints_are_taken_out_of_the_noise() -> None:
    own = sum(point.used * point.effect**2 for point in WORLD.touchpoints.values())
    assert WORLD.residual**2 + own == pytest.approx(0.25)


def test_only_the_lounge_has_no_effect_of_its_own() -> None:
    assert [name for name, point in WORLD.touchpoints.items() if point.effect == 0] == ["lounge"]


def test_stated_importance_is_a_poor_guide_to_the_true_one() -> None:
    points = WORLD.touchpoints.values()
    stated, true = [point.importance for point in points], [point.effect for point in points]
    assert np.mean(stated) == pytest.approx(8.6)
    assert np.corrcoef(stated, true)[0, 1] == pytest.approx(0.4, abs=0.01)


def test_a_contradiction_lists_every_fault() -> None:
    with pytest.raises(ValueError, match="contradicts") as caught:
        replace(
            WORLD,
            regions={"north": 0.4, "south": 0.4},
            interview_rates={"age": {"18-29": 1.0}},
            equations={name: WORLD.equations[name] for name in reversed(WORLD.equations)},
            constructs={"satisfaction": {"sat": Item(mean=8, loading=1.2)}},
            events=(Event(text="none", latent="service", size=1.0, where={"brand": ("Zeta",)}),),
            recommend="nps",
        )
    message = str(caught.value)
    for part in ("'region'", "'age'", "must stand before", "loading 1.2", "Zeta", "'nps'"):
        assert part in message


def test_touchpoints_cannot_explain_more_than_the_noise() -> None:
    loud = {name: replace(point, effect=0.4) for name, point in WORLD.touchpoints.items()}
    with pytest.raises(ValueError, match="more than the noise of 'satisfaction'"):
        replace(WORLD, touchpoints=loud)
