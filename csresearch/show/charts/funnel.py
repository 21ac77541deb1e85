"""The funnel of a league."""

from __future__ import annotations

import numpy as np
import textalloc
from matplotlib.axes import Axes

from csresearch.show.charts.style import ACCENT, ALERT, INK, LINE, MUTED, SMALL, at_right, settle, ticks, wrap
from csresearch.show.specs import Funnel


def funnel_size(spec: Funnel, width: float) -> tuple[float, float]:
    """Size of a funnel in inches."""
    return width, max(0.6 * width, 4.0)


def draw_funnel(spec: Funnel, ax: Axes, language: str) -> Axes:
    """Draw groups by size with their limits; those that lie outside have their names."""
    x, y = spec.scales()
    ax.set(xlim=(x.low, x.high), ylim=(y.low, y.high), xlabel=spec.x_title, ylabel=spec.axis_title)
    ax.axhline(spec.centre, color=MUTED, linewidth=1.0, zorder=1)
    for times, style in ((2.0, (0, (2, 2))), (3.0, (0, (6, 3)))):
        place, low, high = np.array(spec.limits(times)).T
        for side in (low, high):
            ax.plot(place, side, color=MUTED, linewidth=1.0, linestyle=style, zorder=1)
    named = zip(spec.names, (spec.centre, *(spec.limits(times)[-1][2] for times in (2.0, 3.0))), strict=True)
    for name, height in named:
        at_right(ax, height, name, size=SMALL, colour=MUTED)
    for place, height, outside in zip(spec.x, spec.y, spec.outside, strict=True):
        ax.plot(place, height, marker="o", markersize=6, color=ALERT if outside else ACCENT, alpha=0.9, zorder=3)
    ticks(ax.xaxis, x, "none", language)
    ticks(ax.yaxis, y, spec.unit, language)
    ax.tick_params(length=3, color=LINE, labelsize=SMALL, labelcolor=MUTED)
    for side in ("top", "right"):
        ax.spines[side].set_visible(False)
    _names(spec, ax)
    return ax


def _names(spec: Funnel, ax: Axes) -> None:
    """Name what lies outside, without overlap."""
    places = [k for k, outside in enumerate(spec.outside) if outside]
    if not places:
        return
    settle(ax, final=True)  # the names are placed in the final layout
    textalloc.allocate(
        ax, [spec.x[k] for k in places], [spec.y[k] for k in places], [wrap(spec.labels[k], 26) for k in places],
        x_scatter=list(spec.x), y_scatter=list(spec.y), textsize=SMALL, textcolor=INK, linecolor=MUTED, linewidth=0.6,
        max_distance=0.15, min_distance=0.012,
    )  # fmt: skip
