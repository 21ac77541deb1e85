"""The parts of a simulated market: equations, items, touchpoints, styles, segments, problems, events, fieldwork."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]
Shares = Mapping[str, float]

FACETS = {
    "performance": "p", "importance": "i", "expectation": "e", "disconfirmation": "d", "desired": "des",
    "adequate": "ade",
}  # fmt: skip
"""What is asked about a touchpoint, and how its column begins; a Kano pair begins with kf (functional) and kd."""
KANO = {
    "must_be": {"M": 0.55, "O": 0.20, "A": 0.05, "I": 0.18, "R": 0.01, "Q": 0.01},
    "linear": {"M": 0.15, "O": 0.52, "A": 0.15, "I": 0.16, "R": 0.01, "Q": 0.01},
    "delight": {"M": 0.05, "O": 0.15, "A": 0.50, "I": 0.28, "R": 0.01, "Q": 0.01},
    "indifferent": {"M": 0.06, "O": 0.08, "A": 0.12, "I": 0.70, "R": 0.02, "Q": 0.02},
}
"""Type of an attribute -> share of respondents whose pair of answers falls into each Kano category."""


@dataclass(frozen=True, kw_only=True)
class Equation:
    """One latent variable: slopes on earlier ones, effects of outlets and groups, and noise (all in latent units).

    Parameters
    ----------
    sources : mapping of str to float
        Slopes on latents that stand before this one.
    noise : float
        Standard deviation of what nothing else explains; what touchpoints explain is taken out of it.
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
    """One touchpoint: what a customer lives through there, and what a bad and a good time do to the outcome.

    The experience is `mean + spread * (loading * system / sd(system) + sqrt(1 - loading**2) * own)`. It moves the
    outcome by `penalty` where it would be answered with 6 or less, by `reward` from 9 on (of 1-10). What its system
    does already is taken out of it, so that the slopes of the equations stay the linear effects in the population.

    Parameters
    ----------
    system, stage : str
        The latent it reflects; the stage of the customer's way.
    mean, spread, loading : float
    penalty, reward : float
        In points of the outcome's first item; a customer who did not use it has neither.
    slope : float, optional
        Instead of both, what a standard deviation of the experience does: nothing bends.
    used : float
        Share of customers who used it.
    importance, expected : float
        Mean of the importance that customers state, and of what they expected.
    kano : str, optional
        Type of the attribute, one of `KANO`, where the pair of questions is asked.
    """

    system: str
    stage: str
    mean: float
    importance: float
    penalty: float = 0.0
    reward: float = 0.0
    slope: float | None = None
    expected: float = 7.9
    loading: float = 0.65
    spread: float = 1.7
    used: float = 1.0
    kano: str | None = None


@dataclass(frozen=True, kw_only=True)
class Style:
    """How people of a language use a scale: `mean + shift + stretch * (answer - mean)`; 0 and 1 leave it alone."""

    shift: float = 0.0
    stretch: float = 1.0


@dataclass(frozen=True, kw_only=True)
class Segment:
    """A latent class of customers: its share, what it weighs more and less, and how it answers the motive items.

    Parameters
    ----------
    share : float
    weights : mapping of str to float
        Source of the outcome -> factor on its slope; segments that do not name it share what makes the mean 1.
    motives : mapping of str to float
        Column -> mean answer on 1-10; the same columns in every segment.
    """

    share: float
    weights: Shares = field(default_factory=dict)
    motives: Shares = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Logit:
    """Log odds: a constant and slopes on latents, in latent units."""

    constant: float
    slopes: Shares = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Journey:
    """What goes wrong and what becomes of it: a problem, a complaint, its resolution.

    The state of a customer is `none`, `silent` (a problem, no complaint) or one of the `resolutions`.

    Parameters
    ----------
    problem, complain : Logit
        Of all customers; of those with a problem. On latents that stand before the outcome.
    resolutions : mapping of str to float
        Shares among those who complained.
    bonus : mapping of str to float
        State -> what it adds to the outcome.
    """

    problem: Logit
    complain: Logit
    resolutions: Shares
    bonus: Shares = field(default_factory=dict)

    @property
    def states(self) -> tuple[str, ...]:
        """All states in order."""
        return ("none", "silent", *self.resolutions)


@dataclass(frozen=True, kw_only=True)
class Event:
    """A planted shift of one latent for the customers in all the named levels."""

    text: str
    latent: str
    size: float
    where: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, kw_only=True)
class Fieldwork:
    """What interviewing does to answers.

    Parameters
    ----------
    dont_know, refused, off_scale : float
        Shares of answers; off the scale is one step beyond an end.
    gaps : mapping of str to mapping of str to float
        Group, level and the factor on the shares not answered, for example `{"age": {"60+": 2.0}}`.
    careless : float
        Share of respondents who do not read: half of them one answer throughout, half any answer.
    hurried : float
        Share of respondents with honest answers and less than two seconds for each.
    duplicates : float
        Share of respondents who stand in the file twice.
    """

    dont_know: float = 0.015
    refused: float = 0.01
    off_scale: float = 0.0
    gaps: Mapping[str, Shares] = field(default_factory=dict)
    careless: float = 0.015
    hurried: float = 0.0
    duplicates: float = 0.005
