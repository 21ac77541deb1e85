"""The grid of importance and performance."""

from __future__ import annotations

import textalloc
from matplotlib.axes import Axes

from csresearch.show.charts.style import ACCENT, INK, LINE, MUTED, PAPER, SMALL, settle, ticks, wrap
from csresearch.show.specs import Grid


def grid_size(spec: Grid, width: float) -> tuple[float, float]:
    """Size of a grid in inches."""
    return width, max(0.68 * width, 4.2)


def draw_grid(spec: Grid, ax: Axes, language: str, *, numbered: bool) -> Axes:
    """Draw the grid; `numbered` points carry their number in place of their name."""
    x, y = spec.scales()
    ax.set(xlim=(x.low, x.high), ylim=(y.low, y.high), xlabel=spec.x_title, ylabel=spec.y_title)
    ax.axvline(spec.x_cut, color=MUTED, linewidth=0.9, linestyle=(0, (4, 3)), zorder=1)
    ax.axhline(spec.y_cut, color=MUTED, linewidth=0.9, linestyle=(0, (4, 3)), zorder=1)
    ax.hlines(spec.y, spec.x_low, spec.x_high, color=ACCENT, alpha=0.45, linewidth=1, zorder=2)
    ax.vlines(spec.x, spec.y_low, spec.y_high, color=ACCENT, alpha=0.45, linewidth=1, zorder=2)
    for point, unsure in zip(zip(spec.x, spec.y, strict=True), spec.border, strict=True):
        face = PAPER if unsure else ACCENT
        ax.plot(*point, marker="o", markersize=7, color=ACCENT, markerfacecolor=face, markeredgewidth=1.5, zorder=4)
    _quadrant_names(spec, ax)
    ticks(ax.xaxis, x, spec.x_unit, language)
    ticks(ax.yaxis, y, spec.y_unit, language)
    ax.tick_params(length=3, color=LINE, labelsize=SMALL, labelcolor=MUTED)
    _point_labels(spec, ax, numbered=numbered)
    for side in ("top", "right"):
        ax.spines[side].set_visible(False)
    return ax


def _quadrant_names(spec: Grid, ax: Axes) -> None:
    corners = ((0.01, 0.985), (0.99, 0.985), (0.01, 0.015), (0.99, 0.015))
    for name, (x, y) in zip(spec.quadrants, corners, strict=True):
        corner = ax.text(x, y, name, transform=ax.transAxes, color=MUTED, fontsize=SMALL, fontweight="bold")
        corner.set(ha="left" if x < 0.5 else "right", va="bottom" if y < 0.5 else "top")


def _point_labels(spec: Grid, ax: Axes, *, numbered: bool) -> None:
    """Name the points without overlap; corners and points are kept free."""
    if not spec.placed:
        return
    settle(ax, final=True)  # the labels are placed in the final layout
    names = [str(place + 1) if numbered else wrap(spec.labels[place], 26) for place in spec.placed]
    x, y = [spec.x[place] for place in spec.placed], [spec.y[place] for place in spec.placed]
    textalloc.allocate(
        ax, x, y, names,
        x_scatter=x, y_scatter=y, textsize=SMALL, textcolor=INK, linecolor=MUTED, linewidth=0.6,
        max_distance=0.15, min_distance=0.014,
    )  # fmt: skip
