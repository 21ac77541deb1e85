"""What follows from the equations of the after-sales world without drawing."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from csresearch.demo.autoservice import WORLD
from csresearch.demo.truth import lmg
from csresearch.demo.world import Event, Item, Logit, Segment, Style, Touchpoint


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
    covariance = WORLD.linear.covariance[np.ix_(chosen, chosen)]
    sd = np.sqrt(np.diag(covariance))
    between = (covariance / np.outer(sd, sd))[:5, :5][np.triu_indices(5, 1)]
    shares = lmg(covariance)
    place = names.index("satisfaction")
    assert WORLD.linear.sd["satisfaction"] == pytest.approx(0.93, abs=0.005)
    assert between.min() > 0.42
    assert between.max() < 0.47
    assert shares.sum() == pytest.approx(0.68, abs=0.005)
    assert shares / shares.sum() == pytest.approx([0.129, 0.174, 0.116, 0.250, 0.331], abs=0.005)
    assert WORLD.outlet_covariance[place, place] / WORLD.covariance[place, place] == pytest.approx(0.05, abs=0.006)


def test_weights_of_segments_average_to_one_and_add_variance() -> None:
    share = [segment.share for segment in WORLD.segments.values()]
    assert {name: float(np.dot(share, factor)) for name, factor in WORLD.weights.items()} == pytest.approx(
        dict.fromkeys(("value", "behaviour", "service", "visual", "mind"), 1.0)
    )
    assert WORLD.weights["value"].tolist() == pytest.approx([2.0, *[0.4 / 0.7] * 3])
    assert WORLD.linear.weights == {}
    assert 0.002 < WORLD.sd["satisfaction"] ** 2 - WORLD.linear.sd["satisfaction"] ** 2 < 0.02


def test_what_touchpoints_explain_is_taken_out_of_the_noise() -> None:
    assert WORLD.residual**2 + WORLD.explained == pytest.approx(0.25)
    assert WORLD.linear.explained < WORLD.explained


def test_stated_importance_is_a_poor_guide_to_the_true_one() -> None:
    points = WORLD.touchpoints.values()
    stated, true = [point.importance for point in points], [point.reward - point.penalty for point in points]
    assert np.mean(stated) == pytest.approx(8.6, abs=0.1)
    assert np.corrcoef(stated, true)[0, 1] == pytest.approx(0.4, abs=0.1)


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
    loud = {name: replace(point, penalty=-2.0) for name, point in WORLD.touchpoints.items()}
    with pytest.raises(ValueError, match="more than the noise of 'satisfaction'"):
        replace(WORLD, touchpoints=loud)


@pytest.mark.parametrize(("change", "told"), [
    ({"segments": {"all": Segment(share=0.9)}}, "shares of segments"),
    ({"segments": {"all": Segment(share=1.0, weights={"loyalty": 1.0})}}, r"\['loyalty'\], no source"),
    ({"segments": {"all": Segment(share=1.0, weights={"value": 2.0})}}, "leave a mean of 1"),
    ({"segments": {"a": Segment(share=0.5, motives={"m": 5.0}), "b": Segment(share=0.5)}}, "the same motives"),
    ({"journey": replace(WORLD.journey, complain=Logit(constant=0.0, slopes={"loyalty": 1.0}))}, "before the outcome"),
    ({"journey": replace(WORLD.journey, resolutions={"quick": 0.5})}, "resolutions must sum to 1"),
    ({"styles": {"language": {"fr": Style()}}}, r"unknown levels \['fr'\]"),
    ({"facets": {"delight": ("lounge",)}}, "facets.delight is no facet"),
    ({"touchpoints": {"late": Touchpoint(system="loyalty", stage="x", mean=7, importance=8)}, "facets": {}}, "'late'"),
    ({"touchpoints": {"odd": Touchpoint(system="mind", stage="x", mean=7, importance=8, kano="wow")}, "facets": {}},
     "kano 'wow' is none of"),
])  # fmt: skip
def test_each_contradiction_between_people_and_touchpoints_is_told(change: dict[str, Any], told: str) -> None:
    with pytest.raises(ValueError, match=told):
        replace(WORLD, **change)
