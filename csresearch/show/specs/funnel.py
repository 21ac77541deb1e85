"""The funnel: many groups by their size, and how far from all of them chance alone carries a group of that size."""

from __future__ import annotations

import math
from dataclasses import dataclass

from csresearch.show.specs.axis import Scale, Unit, same_length, scale, top

STEPS = 40  # points of a limit


@dataclass(frozen=True, kw_only=True)
class Funnel:
    """Groups by size, the value of all, and limits of two and three standard errors around it.

    Parameters
    ----------
    labels : tuple of str
        Names of the groups (k).
    x : tuple of float
        Effective answers (k,), above 0.
    y : tuple of float
        Values (k,), in `unit`.
    outside : tuple of bool
        Groups that lie outside after all comparisons are allowed for (k,); they carry their names.
    centre : float
        Value of all groups.
    spread : float
        Standard deviation of a single answer: a limit is `centre` plus and minus `times spread / sqrt(x)`.
    unit : Unit
    axis_title, x_title : str
        What is measured, with its scale; what the size is.
    names : tuple of three str
        Of the centre, and of the limits of two and of three standard errors.

    Raises
    ------
    ValueError
        A field of another length than `labels`, a size that is not above 0, no group.

    Examples
    --------
    >>> spec = Funnel(labels=("a", "b"), x=(25.0, 100.0), y=(62.0, 75.0), outside=(False, True), centre=70.0,
    ...               spread=20.0, unit="points", axis_title="Points", x_title="Answers", names=("all", "2 SE", "3 SE"))
    >>> [tuple(round(end, 1) for end in ends) for ends in spec.limits(2.0)[-1:]]
    [(105.0, 66.1, 73.9)]
    """

    labels: tuple[str, ...]
    x: tuple[float, ...]
    y: tuple[float, ...]
    outside: tuple[bool, ...]
    centre: float
    spread: float
    unit: Unit
    axis_title: str
    x_title: str
    names: tuple[str, str, str]

    def __post_init__(self) -> None:
        same_length(self, "x", "y", "outside")
        if not self.labels or any(not value > 0 for value in self.x):
            raise ValueError("Funnel: at least one group is needed, each with more than 0 answers")

    def limits(self, times: float) -> list[tuple[float, float, float]]:
        """Places, lower and upper limit, from the smallest group to a little beyond the largest."""
        first, last = 0.9 * min(self.x), 1.05 * max(self.x)
        places = [first * (last / first) ** (step / (STEPS - 1)) for step in range(STEPS)]
        reach = [times * self.spread / math.sqrt(place) for place in places]
        return [(x, self.centre - r, self.centre + r) for x, r in zip(places, reach, strict=True)]

    def scales(self) -> tuple[Scale, Scale]:
        """Choose the two axes: all groups fit in, and the limits where groups are."""
        reach = 3 * self.spread / math.sqrt(sorted(self.x)[len(self.x) // 10])
        ys = [*self.y, self.centre - reach, self.centre + reach]
        xs = [place for place, _, _ in self.limits(1.0)]
        return scale(xs), scale(ys, highest=top(self.unit, ys))
