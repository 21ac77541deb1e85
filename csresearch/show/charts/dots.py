"""Dots with their intervals."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes

from csresearch.show.charts import style
from csresearch.show.charts.style import ACCENT, CALM, INK, LINE, MUTED, SIZE, SMALL, wrapped
from csresearch.show.specs import Dots


def dots_size(spec: Dots, width: float) -> tuple[float, float]:
    """Size of a figure of dots in inches: as high as its labels need."""
    highest = max((label.count("\n") for label in wrapped(spec.labels, width)), default=0)
    return width, 1.15 + 0.17 * len(spec.labels) * max(1.2, 1.1 + highest) + 0.2 * (spec.reference is not None)


def draw_dots(spec: Dots, ax: Axes, language: str) -> Axes:
    """Draw dots with whiskers, notes at the right end."""
    values, low, high = (np.asarray(part, float) for part in (spec.values, spec.low, spec.high))
    places = np.arange(len(spec.labels))
    for place, label in zip(places, spec.labels, strict=True):
        colour = ACCENT if not spec.highlight or label in spec.highlight else CALM
        ax.hlines(place, low[place], high[place], color=colour, linewidth=1.6, zorder=2)
        ax.plot(values[place], place, marker="o", markersize=6, color=ACCENT if colour == ACCENT else MUTED, zorder=3)
    axis = spec.scale()
    ax.set_xlim(axis.low, axis.high)
    style.ticks(ax.xaxis, axis, spec.unit, language)
    for place, note in zip(places, spec.notes, strict=False):
        style.at_right(ax, float(place), note, size=SIZE, colour=INK)
    style.rows(ax, spec.labels, edge=0.6)
    ax.tick_params(axis="y", length=0)
    ax.tick_params(axis="x", length=3, color=LINE, labelsize=SMALL, labelcolor=MUTED)
    ax.grid(axis="x", color=LINE, linewidth=0.6, zorder=0)
    for side in ("top", "right", "left"):
        ax.spines[side].set_visible(False)
    style.captioned(ax, spec.axis_title, spec.reference, spec.unit, language)
    return ax
