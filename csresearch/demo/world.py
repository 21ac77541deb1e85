"""The parameters of a simulated market: structural equations, items, groups and fieldwork as data.

A world holds numbers only. `csresearch.demo.simulate` draws from it; what follows from the equations
alone (total effects, covariances, the share that lies between outlets) is computed here, without drawing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]
Codes = Mapping[str, npt.NDArray[np.intp]]
Shares = Mapping[str, float]


@dataclass(frozen=True, kw_only=True)
class Equation:
    """One latent variable: slopes on earlier ones, effects of outlets and groups, and noise (all in latent units).

    Parameters
    ----------
    sources : mapping of str to float
        Slopes on latents that stand before this one.
    noise : float
        Standard deviation of what nothing else explains; own parts of touchpoints are taken out of it.
    climate : float
        Slope on the employee satisfaction of the outlet, N(0, 1), common to all latents of that outlet.
    outlet : float
        Standard deviation of the outlet effect that belongs to this latent alone.
    effects : mapping of str to mapping of str to float
        Group, level and the shift it gives, for example `{"brand": {"Alba": 0.2}}`; unnamed levels shift nothing.
    """

    sources: Shares = field(default_factory=dict)
    noise: float = 0.0
    climate: float = 0.0
    outlet: float = 0.0
    effects: Mapping[str, Shares] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Item:
    """One rating: `mean + spread * (loading * latent / sd(latent) + sqrt(1 - loading**2) * error)`, then rounded."""

    mean: float
    loading: float
    spread: float = 1.7
    ends: tuple[int, int] = (1, 10)


@dataclass(frozen=True, kw_only=True)
class Touchpoint:
    """One touchpoint: its system's factor plus a part of its own, which acts on the outcome by `effect`.

    Parameters
    ----------
    system, stage : str
        The latent it reflects; the stage of the customer's way.
    mean, loading, own : float
        Mean of the answer; loadings on the system and on the own part (both with standard deviation 1).
    effect : float
        Slope of the outcome on the own part, in latent units; a customer who did not use it has none.
    used : float
        Share of customers who used it.
    importance : float
        Mean of the importance that customers state.
    """

    system: str
    stage: str
    mean: float
    effect: float
    importance: float
    loading: float = 0.65
    own: float = 0.55
    used: float = 1.0


@dataclass(frozen=True, kw_only=True)
class Event:
    """A planted shift of one latent for the customers in all the named levels."""

    text: str
    latent: str
    size: float
    where: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, kw_only=True)
class Fieldwork:
    """What interviewing does to answers: shares of answers (don't know, refused) and of respondents (the rest)."""

    dont_know: float = 0.015
    refused: float = 0.01
    careless: float = 0.015
    duplicates: float = 0.005


@dataclass(frozen=True, kw_only=True)
class World:
    """A market with known truth.

    Parameters
    ----------
    brands, waves : tuple of str
        Equally large; the first brand is the own one.
    regions : mapping of str to float
        Shares of outlets; an outlet lies in one region and sells one brand.
    groups : mapping of str to mapping of str to float
        Population shares of customers, independent of each other: age, sex, channel, language.
    interview_rates : mapping of str to mapping of str to float
        Relative chance of an interview by level of a group; an unnamed group is sampled evenly.
    equations : mapping of str to Equation
        Latent variables in the order of cause.
    constructs : mapping of str to mapping of str to Item
        Latent and the items that measure it.
    outcome : str
        The latent on which the own parts of touchpoints act.
    drivers : tuple of str
        Constructs whose effects on the outcome are asked for.
    recommend : str, optional
        Item on which the net promoter score rests.
    touchpoints : mapping of str to Touchpoint
    events : tuple of Event
    network_seed : int
        Seed of the outlet effects where the same outlets are interviewed in every study.

    Raises
    ------
    ValueError
        Listing every parameter that contradicts another.

    Examples
    --------
    >>> pair = World(
    ...     brands=("Alba",), waves=("2026H1",), regions={"north": 1.0}, groups={}, interview_rates={},
    ...     equations={"x": Equation(noise=1.0), "y": Equation(sources={"x": 0.6}, noise=0.8)},
    ...     constructs={"x": {"x": Item(mean=7, loading=1)}, "y": {"y": Item(mean=7, loading=1)}},
    ...     outcome="y", drivers=("x",),
    ... )
    >>> round(pair.total_effect("x", target="y"), 3), round(pair.sd["y"], 3)
    (0.6, 1.0)
    """

    brands: tuple[str, ...]
    waves: tuple[str, ...]
    regions: Shares
    groups: Mapping[str, Shares]
    interview_rates: Mapping[str, Shares]
    equations: Mapping[str, Equation]
    constructs: Mapping[str, Mapping[str, Item]]
    outcome: str
    drivers: tuple[str, ...]
    recommend: str | None = None
    touchpoints: Mapping[str, Touchpoint] = field(default_factory=dict)
    events: tuple[Event, ...] = ()
    network_seed: int = 2025

    def __post_init__(self) -> None:
        problems = [*_group_problems(self), *_equation_problems(self), *_measure_problems(self)]
        if problems:
            raise ValueError("the world contradicts itself:\n" + "\n".join(f"  - {problem}" for problem in problems))

    @cached_property
    def levels(self) -> dict[str, Shares]:
        """Population shares of every level of every categorical column."""
        brands = {brand: 1 / len(self.brands) for brand in self.brands}
        waves = {wave: 1 / len(self.waves) for wave in self.waves}
        return {"wave": waves, "region": self.regions, "brand": brands, **self.groups}

    @cached_property
    def items(self) -> dict[str, Item]:
        """All construct items by column."""
        return {column: item for items in self.constructs.values() for column, item in items.items()}

    @cached_property
    def total_effects(self) -> FloatArray:
        """Total effects of every latent (columns) on every latent (rows), `(I - B)^-1`, ordered as the equations."""
        names = list(self.equations)
        slopes = [[equation.sources.get(name, 0.0) for name in names] for equation in self.equations.values()]
        return np.linalg.inv(np.eye(len(names)) - np.array(slopes))

    @cached_property
    def outlet_covariance(self) -> FloatArray:
        """Covariance of the latents between outlets of one brand, region and wave."""
        own = np.diag([equation.outlet**2 for equation in self.equations.values()])
        climate = np.array([equation.climate for equation in self.equations.values()])
        return np.asarray(self.total_effects @ (own + np.outer(climate, climate)) @ self.total_effects.T)

    @cached_property
    def covariance(self) -> FloatArray:
        """Covariance of the latents in the population of customers: within and between outlets, groups and waves."""
        noise = np.diag([equation.noise**2 for equation in self.equations.values()])
        codes, share = _cells(self.levels)
        shifts = np.stack([self.shift(name, codes) for name in self.equations])
        centred = shifts - (shifts @ share)[:, None]
        shocks = noise + (centred * share) @ centred.T
        return self.total_effects @ shocks @ self.total_effects.T + self.outlet_covariance

    @cached_property
    def sd(self) -> dict[str, float]:
        """Standard deviation of each latent in the population."""
        return dict(zip(self.equations, np.sqrt(np.diag(self.covariance)).tolist(), strict=True))

    @cached_property
    def residual(self) -> float:
        """Noise of the outcome that is left when the own parts of the touchpoints are taken out."""
        own = sum(point.used * point.effect**2 for point in self.touchpoints.values())
        return float(np.sqrt(self.equations[self.outcome].noise ** 2 - own))

    def total_effect(self, source: str, *, target: str) -> float:
        """Total effect of one latent on another, in latent units."""
        names = list(self.equations)
        return float(self.total_effects[names.index(target), names.index(source)])

    def shift(self, latent: str, codes: Codes) -> FloatArray:
        """Sum of group effects and planted events on one latent for customers given by their level codes (n,)."""
        total = np.zeros(next(iter(codes.values())).size)
        for group, effects in self.equations[latent].effects.items():
            total += np.array([effects.get(level, 0.0) for level in self.levels[group]])[codes[group]]
        for event in (event for event in self.events if event.latent == latent):
            shift = np.full(total.size, event.size)
            for group, named in event.where.items():
                shift *= np.array([level in named for level in self.levels[group]])[codes[group]]
            total += shift
        return total


def _cells(levels: Mapping[str, Shares]) -> tuple[dict[str, npt.NDArray[np.intp]], FloatArray]:
    """Every combination of levels as codes, and its population share."""
    grid = np.indices([len(shares) for shares in levels.values()]).reshape(len(levels), -1)
    codes = dict(zip(levels, grid, strict=True))
    share = np.prod([np.array(list(levels[name].values()))[code] for name, code in codes.items()], axis=0)
    return codes, share


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
    named = {"outcome": (world.outcome,), "drivers": world.drivers, "constructs": tuple(world.constructs),
             "events": tuple(event.latent for event in world.events),
             "touchpoints": tuple(point.system for point in world.touchpoints.values())}
    return problems + [f"{what} name unknown latents {sorted(set(names) - before)}"
                       for what, names in named.items() if set(names) - before]


def _measure_problems(world: World) -> list[str]:
    problems = [f"item '{name}': loading {item.loading} is not in 0 .. 1"
                for name, item in world.items.items() if not 0 <= item.loading <= 1]
    problems += [f"touchpoint '{name}': loading**2 + own**2 exceeds 1, or used is not in 0 .. 1"
                 for name, point in world.touchpoints.items()
                 if point.loading**2 + point.own**2 > 1 or not 0 < point.used <= 1]
    if world.recommend is not None and world.recommend not in world.items:
        problems.append(f"recommend names '{world.recommend}', which is no item")
    own = sum(point.used * point.effect**2 for point in world.touchpoints.values())
    if world.outcome in world.equations and own > world.equations[world.outcome].noise ** 2:
        problems.append(f"own parts of touchpoints have variance {own:.3f}, more than the noise of '{world.outcome}'")
    return problems
