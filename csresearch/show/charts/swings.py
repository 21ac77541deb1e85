"""Swings about zero: penalties to the left, rewards to the right."""

from __future__ import annotations

import math

import numpy as np
from matplotlib.axes import Axes

from csresearch.show.charts.bars import bars_size
from csresearch.show.charts.style import ACCENT, ALERT, INK, MUTED, SIZE, SMALL, bare, inches, rows, wrap
from csresearch.show.format import number
from csresearch.show.specs import Bars, Swings

NARROW = 6.9  # inches; on narrower axes words and numbers get a larger share


def swings_size(spec: Swings, width: float) -> tuple[float, float]:
    """Size of a figure of swings in inches: as that of bars of the same names."""
    rows = Bars(
        labels=spec.labels, values=spec.left, low=spec.left_low, high=spec.left_high, unit=spec.unit, axis_title=""
    )
    return width, bars_size(rows, width)[1] + 0.25


def draw_swings(spec: Swings, ax: Axes, language: str) -> Axes:
    """Draw both bars of each row with their intervals, the values beyond their whiskers, what is said at the end."""
    places = np.arange(len(spec.labels))
    low, high = spec.ends
    reach = (high - low) or 1.0
    for values, ends, colour in (
        (spec.left, (spec.left_low, spec.left_high), ALERT), (spec.right, (spec.right_low, spec.right_high), ACCENT),
    ):  # fmt: skip
        bars, starts, stops = (np.asarray(part, float) for part in (values, *ends))
        ax.barh(places, np.nan_to_num(bars), height=0.6, color=colour, zorder=2)
        middle, half = (starts + stops) / 2, np.abs(stops - starts) / 2
        ax.errorbar(middle, places, xerr=half, fmt="none", ecolor=INK, elinewidth=1.0, capsize=2.2, zorder=3)
    narrow = max(1.0, NARROW / inches(ax))
    beside = 0.12 * narrow  # of the reach: room for a printed value
    ax.set_xlim(low - beside * reach, high + (0.30 * narrow + beside) * reach)
    for place, note in enumerate(spec.notes):
        ax.text(high + beside * reach, float(place), note, va="center", fontsize=SMALL, color=MUTED)
    rows(ax, spec.labels, edge=0.55)
    bare(ax)
    _values(spec, ax, language)
    _titles(ax, spec)
    return ax


def _values(spec: Swings, ax: Axes, language: str) -> None:
    """Print the values beyond all whiskers of their row."""
    for place in range(len(spec.labels)):
        both = (spec.left, spec.left_low, spec.left_high, spec.right, spec.right_low, spec.right_high)
        ends = [0.0, *(part[place] for part in both if math.isfinite(part[place]))]
        for value, at, shift, side in (
            (spec.left[place], min(ends), -4, "right"), (spec.right[place], max(ends), 4, "left"),
        ):  # fmt: skip
            if math.isfinite(value):
                ax.annotate(
                    number(value, spec.unit, language, signed=True), (at, place), xytext=(shift, 0), ha=side,
                    va="center", textcoords="offset points", fontsize=SMALL, zorder=5,
                )  # fmt: skip


def _titles(ax: Axes, spec: Swings) -> None:
    """Name both sides above the plot, each over its bars."""
    columns = max(18, round(inches(ax) * 4.5))
    above = ax.get_xaxis_transform()
    for words, side, colour, shift in (
        (spec.left_title, "right", ALERT, -6), (spec.right_title, "left", ACCENT, 6),
    ):  # fmt: skip
        ax.annotate(
            wrap(words, columns), (0, 1.01), xycoords=above, xytext=(shift, 2), textcoords="offset points", ha=side,
            va="bottom", fontsize=SIZE, color=colour,
        )  # fmt: skip
