"""Swings: what a low answer goes with to the left of zero, what a high one goes with to the right."""

from __future__ import annotations

import math
from dataclasses import dataclass

from csresearch.show.specs.axis import Unit, same_length
from csresearch.show.specs.panels import TableSpec


@dataclass(frozen=True, kw_only=True)
class Swings:
    """Two bars a row about zero, each with its interval; where nothing can be drawn natively, its table is shown.

    Parameters
    ----------
    labels : tuple of str
        One name a row (k).
    notes : tuple of str
        What is said of each row, at its right end (k).
    left, right : tuple of float
        Lengths of both bars (k,), in `unit`, with their sign; NaN draws no bar.
    left_low, left_high, right_low, right_high : tuple of float
        Ends of the intervals (k,); NaN draws none.
    unit : Unit
    left_title, right_title : str
        What each side measures.
    table : TableSpec
        The same in figures.

    Raises
    ------
    ValueError
        If a field has another length than `labels`.

    Examples
    --------
    >>> table = TableSpec(titles=("", "low", "high"), sides=("left", "right", "right"), rows=(("price", "-4", "1"),))
    >>> swings = Swings(labels=("price",), notes=("must",), left=(-4.0,), left_low=(-5.0,), left_high=(-3.0,),
    ...                 right=(1.0,), right_low=(0.0,), right_high=(2.0,), unit="points", left_title="low",
    ...                 right_title="high", table=table)
    >>> swings.ends
    (-5.0, 2.0)
    """

    labels: tuple[str, ...]
    notes: tuple[str, ...]
    left: tuple[float, ...]
    left_low: tuple[float, ...]
    left_high: tuple[float, ...]
    right: tuple[float, ...]
    right_low: tuple[float, ...]
    right_high: tuple[float, ...]
    unit: Unit
    left_title: str
    right_title: str
    table: TableSpec

    def __post_init__(self) -> None:
        same_length(self, "notes", "left", "left_low", "left_high", "right", "right_low", "right_high")

    @property
    def ends(self) -> tuple[float, float]:
        """Lowest and highest of all that is drawn, zero included."""
        every = (*self.left, *self.left_low, *self.left_high, *self.right, *self.right_low, *self.right_high)
        finite = [value for value in every if math.isfinite(value)]
        return min([0.0, *finite]), max([0.0, *finite])
