"""Bars with their intervals."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes

from csresearch.show.charts.style import ACCENT, ALERT, CALM, INK, MUTED, SIZE, SMALL, dots, wrap, wrapped
from csresearch.show.format import interval, number
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
    ax.set_yticks(places, wrapped(spec.labels, ax.get_window_extent().width / dots(ax)))
    ax.set_ylim(len(places) - 0.45, -0.55)
    ax.axvline(0, color=MUTED, linewidth=0.8, zorder=4)
    ax.tick_params(axis="both", length=0)
    ax.xaxis.set_visible(False)
    for side in ax.spines.values():
        side.set_visible(False)
    _bar_captions(spec, ax, language)
    return ax


def _bar_captions(spec: Bars, ax: Axes, language: str) -> None:
    """Say what is measured, and name the line of reference."""
    caption = wrap(spec.axis_title, max(28, round(ax.get_window_extent().width / dots(ax) * 8)))
    ax.set_title(caption, loc="left", fontsize=SIZE, color=MUTED, pad=20 if spec.reference else 8)
    if spec.reference is not None:
        place, name = spec.reference
        ax.axvline(place, color=ALERT, linewidth=1.2, linestyle=(0, (4, 3)), zorder=1)
        named, above = f"{name} {number(place, spec.unit, language)}".strip(), ax.get_xaxis_transform()
        ax.text(place, 1.0, named, transform=above, ha="center", va="bottom", color=ALERT, fontsize=SMALL)
