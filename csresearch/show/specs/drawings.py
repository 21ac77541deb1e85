"""Bars and grids."""

from __future__ import annotations

import math
from dataclasses import dataclass

from csresearch.show.specs.axis import Scale, Unit, same_length, scale, top


@dataclass(frozen=True, kw_only=True)
class Bars:
    """Horizontal bars from zero, the first label on top, each with its interval.

    Parameters
    ----------
    labels : tuple of str
        One name per bar (k).
    values : tuple of float
        Lengths (k,), in `unit`; NaN draws no bar and prints a dash.
    low, high : tuple of float
        Ends of the intervals (k,); NaN draws none.
    unit : Unit
        How the numbers are read.
    axis_title : str
        What is measured, with its scale.
    highlight : tuple of str
        Labels that carry the message of the headline.
    reference : (float, str), optional
        A value to compare with, drawn as a line, and its name.

    Raises
    ------
    ValueError
        If a field has another length than `labels`, or `highlight` names an unknown label.

    Examples
    --------
    >>> Bars(labels=("image",), values=(72.4,), low=(70.8,), high=(74.1,), unit="points", axis_title="Index").labels
    ('image',)
    """

    labels: tuple[str, ...]
    values: tuple[float, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]
    unit: Unit
    axis_title: str
    highlight: tuple[str, ...] = ()
    reference: tuple[float, str] | None = None

    def __post_init__(self) -> None:
        same_length(self, "values", "low", "high")
        unknown = sorted(set(self.highlight) - set(self.labels))
        if unknown:
            raise ValueError(f"highlight names {unknown}, which are not among the labels {list(self.labels)}")


@dataclass(frozen=True, kw_only=True)
class Grid:
    """A map of attributes in two measures, cut into four quadrants.

    Parameters
    ----------
    labels : tuple of str
        Names of the attributes (k).
    x, y : tuple of float
        Positions (k,), in `x_unit` and `y_unit`.
    x_low, x_high, y_low, y_high : tuple of float
        Ends of the intervals (k,); NaN draws none.
    x_cut, y_cut : float
        Where the quadrants meet.
    quadrants : tuple of four str
        Names: upper left, upper right, lower left, lower right.
    border : tuple of bool
        Whether the quadrant of an attribute is uncertain (k,); such points are hollow.

    Raises
    ------
    ValueError
        If a field has another length than `labels`.

    Examples
    --------
    >>> grid = Grid(labels=("price",), x=(60.0,), x_low=(58.0,), x_high=(62.0,), y=(0.3,), y_low=(0.2,), y_high=(0.4,),
    ...             x_unit="points", y_unit="r2", x_title="performance", y_title="importance", x_cut=70.0, y_cut=0.2,
    ...             quadrants=("act", "keep", "low", "ease"), border=(False,))
    >>> grid.scales()[0]
    Scale(low=55.0, high=72.5, step=2.5)
    """

    labels: tuple[str, ...]
    x: tuple[float, ...]
    x_low: tuple[float, ...]
    x_high: tuple[float, ...]
    y: tuple[float, ...]
    y_low: tuple[float, ...]
    y_high: tuple[float, ...]
    x_unit: Unit
    y_unit: Unit
    x_title: str
    y_title: str
    x_cut: float
    y_cut: float
    quadrants: tuple[str, str, str, str]
    border: tuple[bool, ...]

    def __post_init__(self) -> None:
        same_length(self, "x", "x_low", "x_high", "y", "y_low", "y_high", "border")

    @property
    def placed(self) -> list[int]:
        """Positions of the attributes that have a place on the map."""
        return [k for k, point in enumerate(zip(self.x, self.y, strict=True)) if all(map(math.isfinite, point))]

    def scales(self) -> tuple[Scale, Scale]:
        """Choose the two axes: all points, intervals and cuts fit in, ends are ticks."""
        xs = [*self.x, *self.x_low, *self.x_high, self.x_cut]
        ys = [*self.y, *self.y_low, *self.y_high, self.y_cut]
        return scale(xs, highest=top(self.x_unit, xs)), scale(ys, highest=top(self.y_unit, ys))
