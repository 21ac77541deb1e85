"""Units, and the axes of drawings."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any, Literal, NamedTuple, TypeAlias

Unit: TypeAlias = Literal["points", "per_point", "sd", "share", "r2", "years", "money", "none"]
Align: TypeAlias = Literal["left", "right"]


class Scale(NamedTuple):
    """Ends and ticks of an axis."""

    low: float
    high: float
    step: float


def scale(values: Iterable[float], *, ticks: int = 6, highest: float = math.inf) -> Scale:
    """Choose a round axis around the finite values: steps of 1, 2, 2.5 or 5 times a power of ten.

    It does not go below zero where no value does.

    Examples
    --------
    >>> scale([61.2, 83.9])
    Scale(low=55.0, high=90.0, step=5.0)
    """
    finite = [value for value in values if math.isfinite(value)] or [0.0, 1.0]
    low, high = min(finite), max(finite)
    margin = 0.06 * (high - low) or 1.0
    raw = (high - low + 2 * margin) / ticks
    power = 10.0 ** math.floor(math.log10(raw))
    size = next(factor * power for factor in (1.0, 2.0, 2.5, 5.0, 10.0) if factor * power >= raw * (1 - 1e-9))
    start, end = math.floor((low - margin) / size) * size, math.ceil((high + margin) / size) * size
    return Scale(low=max(0.0, start) if low >= 0 else start, high=min(end, highest), step=size)


def top(unit: Unit, values: list[float]) -> float:
    """Highest value that the unit allows: points end at 100."""
    return 100.0 if unit == "points" and max(filter(math.isfinite, values), default=0.0) <= 100 else math.inf


def same_length(spec: Any, *names: str) -> None:
    """Refuse a spec whose fields have another length than its labels."""
    for name in names:
        found, expected = len(getattr(spec, name)), len(spec.labels)
        if found != expected:
            raise ValueError(f"{type(spec).__name__}: `{name}` has {found} values, `labels` has {expected}")
