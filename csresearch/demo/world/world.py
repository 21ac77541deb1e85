"""A simulated market with known truth: what follows from its equations alone, without drawing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
import numpy.typing as npt

from csresearch.demo.world.contradictions import problems
from csresearch.demo.world.parts import (
    FACETS,
    Equation,
    Event,
    FloatArray,
    Item,
    Journey,
    Segment,
    Shares,
    Style,
    Touchpoint,
)
from csresearch.demo.world.swings import Swing

Codes = Mapping[str, npt.NDArray[np.intp]]


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
        The latent on which touchpoints, problems and the weights of segments act.
    drivers : tuple of str
        Constructs whose effects on the outcome are asked for.
    recommend : str, optional
        Item on which the net promoter score rests.
    touchpoints : mapping of str to Touchpoint
    facets : mapping of str to tuple of str
        What is asked about touchpoints beside performance and importance, and of which: a name in `parts.FACETS`.
    segments : mapping of str to Segment
        Latent classes; none leaves everybody with the slopes of the equations.
    journey : Journey, optional
        Problems, complaints and their resolution.
    styles : mapping of str to mapping of str to Style
        Group, level and how these people use a scale; the answers differ, the latents do not.
    multiple : mapping of str to mapping of str to float
        Question with several answers -> option -> share of customers who choose it.
    events : tuple of Event
    outlet : str
        Column of the outlet.
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
    facets: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    segments: Mapping[str, Segment] = field(default_factory=dict)
    journey: Journey | None = None
    styles: Mapping[str, Mapping[str, Style]] = field(default_factory=dict)
    multiple: Mapping[str, Shares] = field(default_factory=dict)
    events: tuple[Event, ...] = ()
    outlet: str = "dealer"
    network_seed: int = 2025

    def __post_init__(self) -> None:
        found = problems(self)
        if found:
            raise ValueError("the world contradicts itself:\n" + "\n".join(f"  - {problem}" for problem in found))

    @cached_property
    def linear(self) -> World:
        """The same market without bends: touchpoints by their slopes, no styles, segments alike, no bonus.

        With `rounded=False` its answers follow the equations to the last digit.
        """
        return replace(
            self,
            touchpoints={key: replace(point, slope=self.swings[key].slope) for key, point in self.touchpoints.items()},
            segments={name: replace(segment, weights={}) for name, segment in self.segments.items()},
            journey=None if self.journey is None else replace(self.journey, bonus={}),
            styles={},
        )

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
    def _shifts(self) -> tuple[FloatArray, FloatArray]:
        """Shift of every latent (rows) in every cell of the groups, and the share of the cells."""
        codes, share = _cells(self.levels)
        return np.stack([self.shift(name, codes) for name in self.equations]), share

    @cached_property
    def mean(self) -> dict[str, float]:
        """Mean of each latent in the population."""
        shifts, share = self._shifts
        return dict(zip(self.equations, (self.total_effects @ shifts @ share).tolist(), strict=True))

    @cached_property
    def covariance(self) -> FloatArray:
        """Covariance of the latents in the population of customers: within and between outlets, groups and waves."""
        shifts, share = self._shifts
        centred = shifts - (shifts @ share)[:, None]
        noise = np.diag([equation.noise**2 for equation in self.equations.values()])
        shocks = noise + (centred * share) @ centred.T
        common = self.total_effects @ shocks @ self.total_effects.T + self.outlet_covariance
        reached = self.total_effects[:, list(self.equations).index(self.outcome)]
        return common + self._segment_variance(common) * np.outer(reached, reached)

    @cached_property
    def weights(self) -> dict[str, FloatArray]:
        """Factor of every segment on the slope of each source of the outcome that they weigh differently; mean 1."""
        found = {}
        share = np.array([segment.share for segment in self.segments.values()])
        for name in {name: None for segment in self.segments.values() for name in segment.weights}:
            named = np.array([segment.weights.get(name, np.nan) for segment in self.segments.values()])
            rest = np.isnan(named)
            left = 1 - share[~rest] @ named[~rest]
            found[name] = np.where(rest, left / max(share[rest].sum(), 1e-12), named)
        return found

    def _segment_variance(self, covariance: FloatArray) -> float:
        """Variance of the outcome from slopes that differ between segments."""
        if not self.weights:
            return 0.0
        share = np.array([segment.share for segment in self.segments.values()])
        sources = self.equations[self.outcome].sources
        extra = np.array([sources[name] * (factor - 1) for name, factor in self.weights.items()])
        chosen = [list(self.equations).index(name) for name in self.weights]
        return float(np.einsum("s,is,ij,js->", share, extra, covariance[np.ix_(chosen, chosen)], extra))

    @cached_property
    def sd(self) -> dict[str, float]:
        """Standard deviation of each latent in the population."""
        return dict(zip(self.equations, np.sqrt(np.diag(self.covariance)).tolist(), strict=True))

    @cached_property
    def unit(self) -> float:
        """Latent units of the outcome that move its first item by one point."""
        first = next(iter(self.constructs[self.outcome].values()))
        return self.sd[self.outcome] / (first.loading * first.spread)

    @cached_property
    def swings(self) -> dict[str, Swing]:
        """What each touchpoint does to the outcome, in points of its first item."""
        return {
            key: Swing(point=point, centre=self.mean[point.system] / self.sd[point.system])
            for key, point in self.touchpoints.items()
        }

    @cached_property
    def residual(self) -> float:
        """Noise of the outcome that is left when what touchpoints explain is taken out."""
        return float(np.sqrt(self.equations[self.outcome].noise ** 2 - self.explained))

    @cached_property
    def explained(self) -> float:
        """Variance of the outcome from touchpoints, beside their systems; in latent units."""
        beside = sum(point.used * self.swings[key].variance for key, point in self.touchpoints.items())
        return beside * self.unit**2

    def asked(self, facet: str) -> tuple[str, ...]:
        """Touchpoints of which a facet is asked, in order."""
        every = facet in ("performance", "importance")
        return tuple(self.touchpoints) if every else self.facets.get(facet, ())

    @property
    def ratings(self) -> tuple[str, ...]:
        """Columns of construct items and of what is asked about touchpoints, without Kano pairs."""
        of = (f"{prefix}_{key}" for facet, prefix in FACETS.items() for key in self.asked(facet))
        return (*self.items, *of)

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
