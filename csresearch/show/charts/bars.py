"""Bars with their intervals."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes

from csresearch.show.charts.style import ACCENT, CALM, INK, SIZE, bare, captioned, rows, wrapped
from csresearch.show.format import interval
from csresearch.show.specs import Bars


def bars_size(spec: Bars, width: float) -> tuple[float, float]:
    """Size of a figure of bars in inches: as high as its labels need."""
    highest = max((label.count("\n") for label in wrapped(spec.labels, width)), default=0)
    lines = len(spec.labels) * max(1.45, 1.35 + highest)
    return width, 0.75 + 0.175 * lines + 0.3 * (spec.reference is not None)


def draw_bars(spec: Bars, ax: Axes, language: str) -> Axes:
    """Draw bars from zero, the printed numbers in one column."""
    values, low, high = (np.asarray(part, float) for part in (spec.values, spec.low, spec.high))
    places = np.arange(len(spec.labels))
    colours = [ACCENT if not spec.highlight or label in spec.highlight else CALM for label in spec.labels]
    ax.barh(places, np.nan_to_num(values), height=0.62, color=colours, zorder=2)
    # Drawn around their own middle: an interval need not hold its estimate.
    middle, half = (low + high) / 2, np.abs(high - low) / 2
    ax.errorbar(middle, places, xerr=half, fmt="none", ecolor=INK, elinewidth=1.1, capsize=2.5, zorder=3)
    reference = () if spec.reference is None else spec.reference[:1]
    ends = np.nan_to_num([0.0, *values, *low, *high, *reference])
    ax.set_xlim(ends.min(), ends.max() + (0.45 * np.ptp(ends) or 1.0))
    # Where intervals could be crossed, the printed numbers stand in one column.
    for place, value, first, last in zip(places, spec.values, spec.low, spec.high, strict=True):
        printed = interval(value, first, last, spec.unit, language)
        ax.annotate(printed, (ends.max(), place), xytext=(9, 0), textcoords="offset points", va="center", fontsize=SIZE)
    rows(ax, spec.labels, edge=0.55)
    bare(ax)
    captioned(ax, spec.axis_title, spec.reference, spec.unit, language)
    return ax
