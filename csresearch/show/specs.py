"""What can be shown, as data: a spec holds numbers and names; `charts`, the deck and the page draw it."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, NamedTuple, TypeAlias

Unit: TypeAlias = Literal["points", "per_point", "sd", "share", "r2", "years", "money", "none"]
Align: TypeAlias = Literal["left", "right"]


class Scale(NamedTuple):
    """Ends and ticks of an axis."""

    low: float
    high: float
    step: float


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
        _same_length(self, "values", "low", "high")
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
        _same_length(self, "x", "x_low", "x_high", "y", "y_low", "y_high", "border")

    @property
    def placed(self) -> list[int]:
        """Positions of the attributes that have a place on the map."""
        return [k for k, point in enumerate(zip(self.x, self.y, strict=True)) if all(map(math.isfinite, point))]

    def scales(self) -> tuple[Scale, Scale]:
        """Choose the two axes: all points, intervals and cuts fit in, ends are ticks."""
        xs = [*self.x, *self.x_low, *self.x_high, self.x_cut]
        ys = [*self.y, *self.y_low, *self.y_high, self.y_cut]
        return scale(xs, highest=_top(self.x_unit, xs)), scale(ys, highest=_top(self.y_unit, ys))


@dataclass(frozen=True, kw_only=True)
class BigNumber:
    """One printed number of the answer with the ends of its interval; `note` says how to read it."""

    label: str
    number: str
    ends: str = ""
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class Headlines:
    """The answer on one page: up to three numbers and the moves that follow from them."""

    numbers: tuple[BigNumber, ...]
    moves: tuple[str, ...] = ()
    moves_title: str = ""


@dataclass(frozen=True, kw_only=True)
class TableSpec:
    """A table for reading: titles, the side on which each column stands, and rows of printed cells.

    Raises
    ------
    ValueError
        If a row is longer or shorter than the titles.
    """

    titles: tuple[str, ...]
    sides: tuple[Align, ...]
    rows: tuple[tuple[str, ...], ...]

    def __post_init__(self) -> None:
        for place, row in enumerate((self.sides, *self.rows)):
            if len(row) != len(self.titles):
                raise ValueError(f"TableSpec: row {place} has {len(row)} cells, the table {len(self.titles)} columns")


@dataclass(frozen=True, kw_only=True)
class Action:
    """One recommendation in words: what to do, why, how sure, what it brings, who, and what would change the advice.

    `support` says how often it is among the first three; `uplift` is the expected effect, `expected` its interval.
    """

    title: str
    reason: str
    grade: str
    support: str = ""
    uplift: str = ""
    expected: str = ""
    owner: str = ""
    change: str = ""


@dataclass(frozen=True, kw_only=True)
class Cards:
    """The recommendations in order of priority."""

    actions: tuple[Action, ...]


@dataclass(frozen=True, kw_only=True)
class Section:
    """A title with its lines."""

    title: str
    lines: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Text:
    """Sections of lines: the method, the limits."""

    sections: tuple[Section, ...]


Drawing: TypeAlias = Bars | Grid
Chart: TypeAlias = Bars | Grid | Headlines | TableSpec | Cards | Text


def _top(unit: Unit, values: list[float]) -> float:
    """Highest value that the unit allows: points end at 100."""
    return 100.0 if unit == "points" and max(filter(math.isfinite, values), default=0.0) <= 100 else math.inf


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


def _same_length(spec: Bars | Grid, *names: str) -> None:
    for name in names:
        found, expected = len(getattr(spec, name)), len(spec.labels)
        if found != expected:
            raise ValueError(f"{type(spec).__name__}: `{name}` has {found} values, `labels` has {expected}")
