"""Dots with their intervals."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes

from csresearch.show.charts.style import ACCENT, ALERT, CALM, INK, LINE, MUTED, SIZE, SMALL, dots, wrap, wrapped
from csresearch.show.format import number, tick_places
from csresearch.show.specs import Dots, Unit


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
    shown: Unit = "share" if spec.unit == "share" else "none"
    ticks = np.arange(axis.low, axis.high + axis.step / 2, axis.step)
    decimals = tick_places(axis, spec.unit)
    ax.xaxis.set_ticks(ticks, [number(float(tick), shown, language, places=decimals) for tick in ticks])
    for place, note in zip(places, spec.notes, strict=False):
        ax.annotate(
            note, (1.0, place), xycoords=ax.get_yaxis_transform(), xytext=(6, 0), textcoords="offset points",
            va="center", fontsize=SIZE, color=INK,
        )  # fmt: skip
    ax.set_yticks(places, wrapped(spec.labels, ax.get_window_extent().width / dots(ax)))
    ax.set_ylim(len(places) - 0.4, -0.6)
    ax.tick_params(axis="y", length=0)
    ax.tick_params(axis="x", length=3, color=LINE, labelsize=SMALL, labelcolor=MUTED)
    ax.grid(axis="x", color=LINE, linewidth=0.6, zorder=0)
    for side in ("top", "right", "left"):
        ax.spines[side].set_visible(False)
    caption = wrap(spec.axis_title, max(28, round(ax.get_window_extent().width / dots(ax) * 8)))
    ax.set_title(caption, loc="left", fontsize=SIZE, color=MUTED, pad=20 if spec.reference else 8)
    if spec.reference is not None:
        at, name = spec.reference
        ax.axvline(at, color=ALERT, linewidth=1.1, linestyle=(0, (4, 3)), zorder=1)
        named = f"{name} {number(at, spec.unit, language)}".strip()
        above = ax.get_xaxis_transform()
        ax.text(at, 1.0, named, transform=above, ha="center", va="bottom", color=ALERT, fontsize=SMALL)
    return ax
