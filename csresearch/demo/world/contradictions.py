"""What in a world contradicts itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from csresearch.demo.world.parts import FACETS, KANO

if TYPE_CHECKING:
    from csresearch.demo.world.world import World


def problems(world: World) -> list[str]:
    """Sentences, one for each parameter that contradicts another."""
    found = [*_group_problems(world), *_equation_problems(world), *_measure_problems(world)]
    found = found or [*_people_problems(world), *_touchpoint_problems(world)]
    if not found and world.explained > world.equations[world.outcome].noise ** 2:
        explained = f"touchpoints explain a variance of {world.explained:.3f}"
        found = [f"{explained}, more than the noise of '{world.outcome}'"]
    return found


def _group_problems(world: World) -> list[str]:
    problems = []
    for name, shares in world.levels.items():
        if not np.isclose(sum(shares.values()), 1.0) or min(shares.values()) <= 0:
            problems.append(f"shares of '{name}' must be positive and sum to 1, not {dict(shares)}")
    for name, rates in world.interview_rates.items():
        if set(rates) != set(world.groups.get(name, {})) or min(rates.values()) <= 0:
            problems.append(f"interview_rates of '{name}' need one positive rate for each of its levels")
    shifts = [equation.effects for equation in world.equations.values()] + [event.where for event in world.events]
    for group, levels in (named for shift in shifts for named in shift.items()):
        if unknown := set(levels) - set(world.levels.get(group, {})):
            problems.append(f"effects or events on '{group}' name unknown levels {sorted(unknown)}")
    return problems


def _equation_problems(world: World) -> list[str]:
    problems, before = [], set[str]()
    for name, equation in world.equations.items():
        late = set(equation.sources) - before
        if late:
            problems.append(f"equation '{name}' uses {sorted(late)}, which must stand before it")
        if min(equation.noise, equation.outlet) < 0:
            problems.append(f"equation '{name}': noise and outlet are standard deviations, not negative")
        before.add(name)
    named = {
        "outcome": (world.outcome,),
        "drivers": world.drivers,
        "constructs": tuple(world.constructs),
        "events": tuple(event.latent for event in world.events),
        "touchpoints": tuple(point.system for point in world.touchpoints.values()),
    }
    return problems + [
        f"{what} name unknown latents {sorted(set(names) - before)}"
        for what, names in named.items()
        if set(names) - before
    ]


def _measure_problems(world: World) -> list[str]:
    problems = [
        f"item '{name}': loading {item.loading} is not in 0 .. 1"
        for name, item in world.items.items()
        if not 0 <= item.loading <= 1
    ]
    if world.recommend is not None and world.recommend not in world.items:
        problems.append(f"recommend names '{world.recommend}', which is no item")
    return problems


def _people_problems(world: World) -> list[str]:
    problems = []
    if world.segments:
        share = [segment.share for segment in world.segments.values()]
        if not np.isclose(sum(share), 1.0) or min(share) <= 0:
            problems.append(f"shares of segments must be positive and sum to 1, not {share}")
        named = {name for segment in world.segments.values() for name in segment.weights}
        if unknown := named - set(world.equations[world.outcome].sources):
            problems.append(f"weights of segments name {sorted(unknown)}, no source of '{world.outcome}'")
        elif any(factor.min() < 0 or not np.isclose(np.dot(share, factor), 1) for factor in world.weights.values()):
            problems.append(f"weights of segments on {sorted(named)} do not leave a mean of 1 to those that name none")
        if len({tuple(segment.motives) for segment in world.segments.values()}) > 1:
            problems.append("every segment needs a mean for the same motives")
    if world.journey is not None:
        slopes = {*world.journey.problem.slopes, *world.journey.complain.slopes}
        late = slopes - set(list(world.equations)[: list(world.equations).index(world.outcome)])
        problems += [f"problems and complaints use {sorted(late)}, which must stand before the outcome"] if late else []
        if not np.isclose(sum(world.journey.resolutions.values()), 1.0):
            problems.append(f"shares of resolutions must sum to 1, not {dict(world.journey.resolutions)}")
    for group, styles in world.styles.items():
        if unknown := set(styles) - set(world.levels.get(group, {})):
            problems.append(f"styles of '{group}' name unknown levels {sorted(unknown)}")
    return problems


def _touchpoint_problems(world: World) -> list[str]:
    before = list(world.equations)[: list(world.equations).index(world.outcome)]
    problems = [
        f"touchpoint '{name}': its system must stand before the outcome, loading and used lie in 0 .. 1"
        for name, point in world.touchpoints.items()
        if point.system not in before or not 0 <= point.loading <= 1 or not 0 < point.used <= 1
    ]
    problems += [
        f"touchpoint '{name}': kano '{point.kano}' is none of {', '.join(KANO)}"
        for name, point in world.touchpoints.items()
        if point.kano is not None and point.kano not in KANO
    ]
    for facet, asked in world.facets.items():
        if facet not in FACETS or set(asked) - set(world.touchpoints):
            problems.append(f"facets.{facet} is no facet ({', '.join(FACETS)}) or names an unknown touchpoint")
    return problems
