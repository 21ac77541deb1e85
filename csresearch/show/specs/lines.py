"""Lines: series over waves or along a scale, with their intervals."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise

from csresearch.show.specs.axis import Scale, Unit, scale, top

MOST_CURVES = 12  # more cannot be told apart
HEADROOM = 0.16  # of the range, for numbers that are printed above their whiskers


@dataclass(frozen=True, kw_only=True)
class Curve:
    """One named series: a value with the ends of its interval at each place of the x axis; NaN draws none."""

    name: str
    values: tuple[float, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]


@dataclass(frozen=True, kw_only=True)
class Lines:
    """Series over categories in their order (waves), or along a numeric axis (a surface cut, a simple slope).

    Parameters
    ----------
    curves : tuple of Curve
        One to twelve series, each as long as the x axis (k); their names differ.
    labels : tuple of str
        Names of the categories (k); intervals are whiskers. Either `labels` or `x`.
    x : tuple of float
        Rising places on a numeric axis (k); intervals are bands.
    unit, x_unit : Unit
        How the values are read, and the numeric places.
    axis_title, x_title : str
        What is measured, with its scale; what stands below.
    marks : tuple of (float, str)
        Events: a place (the number of a category from 0, or a place on the numeric axis) and its words.
    reference : (float, str), optional
        A value to compare with, drawn across, and its name.
    limits : (float, float)
        Ends of the scale of the values: the axis does not run beyond them, unless a value does.

    Raises
    ------
    ValueError
        No curve or more than twelve, a name given twice, a length that differs, neither or both of `labels` and `x`,
        places that do not rise.

    Examples
    --------
    >>> curve = Curve(name="Index", values=(72.1, 74.4), low=(71.0, 73.2), high=(73.3, 75.5))
    >>> Lines(curves=(curve,), labels=("2024", "2025"), unit="points", axis_title="Index, 0 to 100").scale()
    Scale(low=70.0, high=77.0, step=1.0)
    """

    curves: tuple[Curve, ...]
    labels: tuple[str, ...] = ()
    x: tuple[float, ...] = ()
    unit: Unit
    axis_title: str
    x_unit: Unit = "none"
    x_title: str = ""
    marks: tuple[tuple[float, str], ...] = ()
    reference: tuple[float, str] | None = None
    limits: tuple[float, float] = (-math.inf, math.inf)

    def __post_init__(self) -> None:
        names = [curve.name for curve in self.curves]
        if not 1 <= len(names) <= MOST_CURVES or len(set(names)) < len(names):
            raise ValueError(f"Lines: 1 to {MOST_CURVES} curves of different names; found {', '.join(names) or 'none'}")
        if bool(self.labels) == bool(self.x):
            raise ValueError("Lines: give either `labels` of categories or places `x` on a numeric axis")
        if any(not after > before for before, after in pairwise(self.x)):
            raise ValueError(f"Lines: `x` must rise; found {self.x}")
        for curve in self.curves:
            for name in ("values", "low", "high"):
                if len(getattr(curve, name)) != self.count:
                    found = f"`{name}` of {curve.name!r} has {len(getattr(curve, name))} values"
                    raise ValueError(f"Lines: {found}, the axis has {self.count} places")

    @property
    def count(self) -> int:
        """Places on the x axis."""
        return len(self.labels or self.x)

    @property
    def places(self) -> tuple[float, ...]:
        """Places on the x axis: 0, 1, ... for categories."""
        return self.x or tuple(float(place) for place in range(self.count))

    @property
    def numbered(self) -> bool:
        """Whether the values are printed: those of one series over categories."""
        return bool(self.labels) and len(self.curves) == 1

    def scale(self) -> Scale:
        """Choose the y axis: all values, intervals and the reference fit in; it need not start at zero."""
        values = [value for curve in self.curves for part in (curve.values, curve.low, curve.high) for value in part]
        values += [] if self.reference is None else [self.reference[0]]
        if self.numbered and (finite := list(filter(math.isfinite, values))):
            values.append(max(finite) + HEADROOM * (max(finite) - min(finite)))
        low, high = self.limits
        within = all(low <= value <= high for value in values if math.isfinite(value))
        found = scale(values, highest=min(top(self.unit, values), high) if within else top(self.unit, values))
        return found._replace(low=max(found.low, low)) if within else found

    def named(self) -> list[tuple[str, float]]:
        """Names that stand at the right end, each with the last value of its line: of several curves, the reference."""
        several = self.curves if len(self.curves) > 1 else ()
        ends = [(c.name, next((v for v in reversed(c.values) if math.isfinite(v)), math.nan)) for c in several]
        return ends + ([] if self.reference is None else [(self.reference[1], self.reference[0])])


def spread(wanted: Sequence[float], *, sizes: Sequence[float], low: float, high: float) -> list[float]:
    """Move things along a line until they do not overlap, as little as possible in least squares.

    Parameters
    ----------
    wanted : sequence of float
        Where the middles of things would stand (k); NaN: in the middle of the room.
    sizes : sequence of float
        How long the things are (k); taken smaller where the room is too short for all.
    low, high : float
        Ends of the room for the middles.

    Returns
    -------
    list of float
        Places in the order of `wanted`.

    Examples
    --------
    >>> spread([5.0, 5.0, 9.0], sizes=(2.0, 2.0, 2.0), low=0.0, high=10.0)
    [4.0, 6.0, 9.0]
    """
    places = [place if math.isfinite(place) else (low + high) / 2 for place in wanted]
    order = sorted(range(len(places)), key=lambda k: places[k])
    steps = [0.0, *((sizes[a] + sizes[b]) / 2 for a, b in pairwise(order))]
    offsets = [offset * min(1.0, (high - low) / (sum(steps) or 1.0)) for offset in accumulate(steps)]
    pools: list[tuple[float, int]] = []  # mean and count of things that touch: isotonic regression of place - offset
    for k, offset in zip(order, offsets, strict=True):
        mean, size = places[k] - offset, 1
        while pools and pools[-1][0] > mean:
            before, count = pools.pop()
            mean, size = (before * count + mean * size) / (count + size), count + size
        pools.append((mean, size))
    base = [mean for mean, size in pools for _ in range(size)]
    moved = {
        k: max(low, min(mean, high - offsets[-1])) + offset
        for k, mean, offset in zip(order, base, offsets, strict=True)
    }
    return [moved[k] for k in range(len(places))]
