"""What can be shown, as data: a spec holds numbers and names; `charts`, the deck and the page draw it."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, NamedTuple, TypeAlias

Unit: TypeAlias = Literal["points", "per_point", "sd", "share", "r2", "years", "money", "none"]
Align: TypeAlias = Literal["left", "right", "center"]
Points: TypeAlias = tuple[tuple[float, float], ...]


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
        Ends of the intervals (k,), or empty.
    unit : Unit
        How the numbers are read.
    axis_title : str
        What is measured, with its scale.
    highlight : tuple of str
        Labels that carry the message of the headline.
    reference : float, optional
        A value to compare with, drawn as a line and named by `reference_label`.
    groups : tuple of str
        The group of each bar (k,), or empty; groups are told by colour.

    Raises
    ------
    ValueError
        If a field has another length than `labels`, or `highlight` names an unknown label.

    Examples
    --------
    >>> Bars(labels=("image", "quality"), values=(72.4, 75.1), unit="points").labels
    ('image', 'quality')
    """

    labels: tuple[str, ...]
    values: tuple[float, ...]
    unit: Unit
    low: tuple[float, ...] = ()
    high: tuple[float, ...] = ()
    axis_title: str = ""
    highlight: tuple[str, ...] = ()
    reference: float | None = None
    reference_label: str = ""
    groups: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        _same_length(self, required=("values",), optional=("low", "high", "groups"))
        _known(self.highlight, self.labels)
        if bool(self.low) != bool(self.high):
            raise ValueError("Bars: give both `low` and `high`, or neither")

    @property
    def has_intervals(self) -> bool:
        """Whether the bars carry intervals."""
        return bool(self.low)


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
        Ends of the intervals (k,), or empty.
    spread : tuple of (float, float, float)
        Standard errors of x and y and their correlation (k,), or empty; drawn as ellipses of `level`.
    level : float
        Confidence level of the ellipses.
    x_cut, y_cut : float
        Where the quadrants meet.
    quadrants : tuple of four str
        Names: upper left, upper right, lower left, lower right.
    highlight : tuple of str
        Labels that carry the message of the headline.
    border : tuple of bool
        Whether the quadrant of an attribute is uncertain (k,), or empty; such points are hollow.

    Raises
    ------
    ValueError
        If a field has another length than `labels`, or `highlight` names an unknown label.

    Examples
    --------
    >>> grid = Grid(labels=("price",), x=(60.0,), y=(0.3,), x_unit="points", y_unit="r2", x_title="performance",
    ...             y_title="importance", x_cut=70.0, y_cut=0.2, quadrants=("act", "keep", "low", "ease"))
    >>> grid.outline(0)
    ()
    """

    labels: tuple[str, ...]
    x: tuple[float, ...]
    y: tuple[float, ...]
    x_unit: Unit
    y_unit: Unit
    x_title: str
    y_title: str
    x_cut: float
    y_cut: float
    quadrants: tuple[str, str, str, str]
    x_low: tuple[float, ...] = ()
    x_high: tuple[float, ...] = ()
    y_low: tuple[float, ...] = ()
    y_high: tuple[float, ...] = ()
    spread: tuple[tuple[float, float, float], ...] = ()
    level: float = 0.95
    highlight: tuple[str, ...] = ()
    border: tuple[bool, ...] = ()

    def __post_init__(self) -> None:
        _same_length(self, required=("x", "y"), optional=("x_low", "x_high", "y_low", "y_high", "spread", "border"))
        _known(self.highlight, self.labels)
        if bool(self.x_low) != bool(self.x_high) or bool(self.y_low) != bool(self.y_high):
            raise ValueError("Grid: give both ends of an interval, or neither")

    def outline(self, position: int, *, steps: int = 36) -> Points:
        """Trace the ellipse that holds `level` of a bivariate normal around one attribute.

        The radius is the root of the chi-square quantile with 2 df, ``-2 log(1 - level)``; empty without `spread`.
        """
        if not self.spread:
            return ()
        sd_x, sd_y, correlation = self.spread[position]
        radius, rest = math.sqrt(-2 * math.log1p(-self.level)), math.sqrt(max(0.0, 1 - correlation**2))
        angles = [2 * math.pi * step / steps for step in range(steps + 1)]
        return tuple(
            (
                self.x[position] + radius * sd_x * math.cos(angle),
                self.y[position] + radius * sd_y * (correlation * math.cos(angle) + rest * math.sin(angle)),
            )
            for angle in angles
        )

    def scales(self) -> tuple[Scale, Scale]:
        """Choose the two axes: all points, intervals and cuts fit in, ends are ticks."""
        outlines = [point for position in range(len(self.labels)) for point in self.outline(position)]
        xs = [*self.x, *self.x_low, *self.x_high, self.x_cut, *(point[0] for point in outlines)]
        ys = [*self.y, *self.y_low, *self.y_high, self.y_cut, *(point[1] for point in outlines)]
        return scale(xs, highest=_top(self.x_unit, xs)), scale(ys, highest=_top(self.y_unit, ys))


@dataclass(frozen=True, kw_only=True)
class BigNumber:
    """One number of the answer, with its interval: `label` says what it is, `note` how to read it."""

    label: str
    value: float
    unit: Unit
    low: float | None = None
    high: float | None = None
    note: str = ""
    signed: bool = False


@dataclass(frozen=True, kw_only=True)
class Headlines:
    """The answer on one page: up to three numbers and the moves that follow from them.

    Raises
    ------
    ValueError
        If there are more than three numbers or moves.
    """

    numbers: tuple[BigNumber, ...]
    moves: tuple[str, ...] = ()
    moves_title: str = ""

    def __post_init__(self) -> None:
        if len(self.numbers) > 3 or len(self.moves) > 3:
            raise ValueError(
                f"Headlines: at most 3 numbers and 3 moves, found {len(self.numbers)} and {len(self.moves)}"
            )


@dataclass(frozen=True, kw_only=True)
class Column:
    """A column of a table: its title, its unit (None: text) and its side."""

    title: str
    unit: Unit | None = None
    align: Align = "left"


@dataclass(frozen=True, kw_only=True)
class TableSpec:
    """A table for reading: columns with units, rows of raw values.

    Raises
    ------
    ValueError
        If a row is longer or shorter than the list of columns.
    """

    columns: tuple[Column, ...]
    rows: tuple[tuple[object, ...], ...]

    def __post_init__(self) -> None:
        for place, row in enumerate(self.rows):
            if len(row) != len(self.columns):
                raise ValueError(f"TableSpec: row {place} has {len(row)} cells, the table {len(self.columns)} columns")


@dataclass(frozen=True, kw_only=True)
class Action:
    """One recommendation: what to do, why, how sure, what it brings, who, and what would change the advice.

    `support` is bootstrap support of its place among the first three (a share); `uplift` is in `unit`.
    """

    title: str
    reason: str
    grade: str
    support: float | None = None
    uplift: float | None = None
    uplift_low: float | None = None
    uplift_high: float | None = None
    unit: Unit = "points"
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
    return 100.0 if unit == "points" and max(values) <= 100 else math.inf


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


def _same_length(spec: object, *, required: tuple[str, ...], optional: tuple[str, ...]) -> None:
    expected = len(getattr(spec, "labels"))  # noqa: B009
    for name in (*required, *optional):
        found = len(getattr(spec, name))
        if found != expected and (found or name in required):
            raise ValueError(f"{type(spec).__name__}: `{name}` has {found} values, `labels` has {expected}")


def _known(highlight: tuple[str, ...], labels: tuple[str, ...]) -> None:
    unknown = sorted(set(highlight) - set(labels))
    if unknown:
        raise ValueError(f"highlight names {unknown}, which are not among the labels {list(labels)}")
