"""What touchpoints do to the outcome: penalty and reward, and what of them is not in the system already."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.stats import norm

from csresearch.demo.world.parts import FloatArray, Touchpoint

LOW, HIGH = 6.5, 8.5  # below the first an experience is answered with 6 or less, from the second on with 9 or more


@dataclass(frozen=True, kw_only=True)
class Swing:
    """Moments of a touchpoint's effect, for experiences that are normal with variance 1.

    Parameters
    ----------
    point : Touchpoint
    centre : float
        Mean of its system in the population, in standard deviations of it.

    Examples
    --------
    >>> must = Touchpoint(system="x", stage="repair", mean=8.0, importance=9.0, penalty=-0.7, reward=0.1)
    >>> swing = Swing(point=must, centre=0.0)
    >>> round(swing.slope, 3), swing.of(np.array([-2.0, 0.0, 2.0])).tolist()
    (0.227, [-0.7, 0.0, 0.1])
    """

    point: Touchpoint
    centre: float

    @cached_property
    def _limits(self) -> tuple[float, float]:
        """Both limits from the mean of the experience on, in standard deviations."""
        at = self.point.mean + self.point.spread * self.point.loading * self.centre
        return (LOW - at) / self.point.spread, (HIGH - at) / self.point.spread

    @cached_property
    def mean(self) -> float:
        """Mean effect."""
        if self.point.slope is not None:
            return 0.0
        low, high = self._limits
        return float(self.point.penalty * norm.cdf(low) + self.point.reward * norm.sf(high))

    @cached_property
    def slope(self) -> float:
        """Effect of a standard deviation of the experience, by the best line."""
        if self.point.slope is not None:
            return self.point.slope
        low, high = self._limits
        return float(self.point.reward * norm.pdf(high) - self.point.penalty * norm.pdf(low))

    @cached_property
    def variance(self) -> float:
        """Variance of the effect that its system does not have already."""
        of_system = (self.slope * self.point.loading) ** 2
        if self.point.slope is not None:
            return self.point.slope**2 - of_system
        low, high = self._limits
        squares = self.point.penalty**2 * norm.cdf(low) + self.point.reward**2 * norm.sf(high)
        return float(squares - self.mean**2) - of_system

    def of(self, experience: FloatArray) -> FloatArray:
        """Effect (n,) of experiences (n,) in standard deviations."""
        if self.point.slope is not None:
            return self.point.slope * (experience - self.point.loading * self.centre)
        answer = self.point.mean + self.point.spread * experience
        return np.asarray(self.point.penalty * (answer < LOW) + self.point.reward * (answer >= HIGH))

    def beside(self, experience: FloatArray, system: FloatArray) -> FloatArray:
        """Effect (n,) with mean 0, without what the line of the system (n,) gives; 0 where there was no experience."""
        line = self.mean + self.slope * self.point.loading * (system - self.centre)
        return np.where(np.isnan(experience), 0.0, self.of(experience) - line)
