"""The response surface: as contours, or in three dimensions; paler where nobody answered."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.path import Path

from csresearch.show.charts.style import ALERT, INK, LINE, MUTED, PAPER, SIZE, SMALL, wrap
from csresearch.show.format import number
from csresearch.show.specs import Surface
from csresearch.show.theme import THEME, hexadecimal

FINE, COARSE = 161, 61  # points along a side: of the contours, of the surface in three dimensions
LEVELS = 8
WIDE = 6.0  # inches from which names of lines stand side by side
BUBBLE = 260  # area in square points of the fullest cell
PALE = 0.35  # how much of its colour the surface keeps outside the answers
SHEER = 0.22  # the same in three dimensions, where the floor shows through
TICKS = 6
HEIGHTS = LinearSegmentedColormap.from_list("heights", ["#F3F6F9", "#9CC3E0", hexadecimal(THEME.navy)])


def surface_size(spec: Surface, width: float) -> tuple[float, float]:
    """Size of a surface in inches; the names of lines stand one below the other where it is narrow."""
    return width, 0.7 * width if spec.view == "3d" else 0.74 * width + (1.0 if width < WIDE else 0.4)


def draw_surface(spec: Surface, ax: Axes, language: str) -> Axes:
    """Draw a surface on axes that fit its view."""
    if spec.view == "contour":
        return _contours(spec, ax, language)
    if not hasattr(ax, "plot_surface"):
        raise ValueError('a surface in three dimensions needs axes of projection "3d": leave `ax` out')
    return _solid(spec, ax, language)


def _grid(spec: Surface, size: int) -> tuple[Any, Any, Any, Any]:
    """Points, heights, and whether people answered there."""
    side = np.linspace(spec.low, spec.high, size)
    x, y = np.meshgrid(side, side)
    z = np.vectorize(spec.height)(x, y)
    corners = np.array(spec.hull)
    reach = 1e-6 * (spec.high - spec.low)
    within = np.zeros(x.shape, dtype=bool)
    if len(corners) > 2:
        points = np.column_stack([x.ravel(), y.ravel()])
        within = Path(corners).contains_points(points, radius=reach).reshape(x.shape)
        within |= Path(corners).contains_points(points, radius=-reach).reshape(x.shape)
    return x, y, z, within


def _contours(spec: Surface, ax: Axes, language: str) -> Axes:
    x, y, z, within = _grid(spec, FINE)
    levels = _levels(z[within] if within.any() else z)
    ax.contourf(x, y, z, levels=levels, cmap=HEIGHTS, alpha=PALE, extend="both", zorder=1)
    if len(spec.hull) > 2:
        region = Path(np.array([*spec.hull, spec.hull[0]]))
        filled = ax.contourf(x, y, z, levels=levels, cmap=HEIGHTS, extend="both", zorder=2)
        filled.set_clip_path(region, ax.transData)
        lines = ax.contour(x, y, z, levels=levels, colors=PAPER, linewidths=0.8, zorder=3)
        lines.set_clip_path(region, ax.transData)
        ax.plot(*np.array([*spec.hull, spec.hull[0]]).T, color=MUTED, linewidth=0.9, linestyle=(0, (2, 2)), zorder=4)
    _bubbles(spec, ax)
    _lines(spec, ax)
    _frame(spec, ax, language)
    bar = ax.figure.colorbar(filled if len(spec.hull) > 2 else ax.collections[0], ax=ax, pad=0.02, aspect=28)
    bar.outline.set_visible(False)
    bar.set_ticks(list(levels), labels=_printed(levels, language))
    bar.ax.tick_params(length=0, labelsize=SMALL, labelcolor=MUTED)
    bar.set_label(spec.z_title, color=MUTED, fontsize=SIZE)
    return ax


def _levels(z: Any) -> Any:
    """Round heights at which contours run."""
    from matplotlib.ticker import MaxNLocator

    low, high = float(np.min(z)), float(np.max(z))
    if high - low < 1e-9 * max(1.0, abs(high)):
        low, high = low - 0.5, high + 0.5
    return MaxNLocator(nbins=LEVELS, steps=[1, 2, 2.5, 5, 10]).tick_values(low, high)


def _bubbles(spec: Surface, ax: Axes) -> None:
    """Answers in cells: the area of a bubble is their share."""
    if spec.cells:
        x, y, share = np.array(spec.cells).T
        size = BUBBLE * share / share.max()
        ax.scatter(x, y, s=size, color=ALERT, alpha=0.75, edgecolor=PAPER, linewidth=0.6, zorder=5, clip_on=False,
                   label=spec.answers_name)  # fmt: skip


def _lines(spec: Surface, ax: Axes) -> None:
    """Lines on which expectation and performance are equal, and on which they are opposite."""
    low, high = spec.low, spec.high
    x = np.array([low, high])
    ax.plot(x, x, color=INK, linewidth=1.2, zorder=4, label=spec.lines[0])
    ax.plot(x, 2 * spec.middle - x, color=INK, linewidth=1.2, linestyle=(0, (5, 3)), zorder=4, label=spec.lines[1])
    if spec.point is not None:
        ax.plot(*spec.point, marker="X", markersize=9, color=PAPER, markeredgecolor=INK, linestyle="none", zorder=6,
                label=spec.point_name)  # fmt: skip


def _frame(spec: Surface, ax: Axes, language: str) -> None:
    ax.set(xlim=(spec.low, spec.high), ylim=(spec.low, spec.high))
    ax.set_xlabel(wrap(spec.x_title, 44))
    ax.set_ylabel(wrap(spec.y_title, 44))
    places = _ticks(spec)
    names = _printed(places, language)
    ax.set_xticks(places, names)
    ax.set_yticks(places, names)
    ax.tick_params(length=3, color=LINE, labelsize=SMALL, labelcolor=MUTED)
    for side in ax.spines.values():
        side.set_visible(False)
    width = ax.get_figure(root=True).get_size_inches()[0]  # type: ignore[union-attr]
    handles, names = ax.get_legend_handles_labels()
    names = [wrap(name, round(width * 9)) for name in names]
    ax.legend(handles, names, loc="lower left", bbox_to_anchor=(-0.01, 1.0), ncols=1 + (width >= WIDE), frameon=False,
              fontsize=SMALL, labelcolor=MUTED, handletextpad=0.5, columnspacing=1.2, borderaxespad=0.2)  # fmt: skip


def _ticks(spec: Surface) -> Any:
    from matplotlib.ticker import MaxNLocator

    whole = float(spec.low).is_integer() and float(spec.high).is_integer() and spec.high - spec.low <= 10
    if whole:
        return np.arange(spec.low, spec.high + 1)
    found = MaxNLocator(nbins=TICKS, steps=[1, 2, 5, 10]).tick_values(spec.low, spec.high)
    return [round(float(v), 10) for v in found if spec.low <= v <= spec.high]


def _edge(spec: Surface) -> Any:
    """Points along the edge of the answers, shape (2, m)."""
    corners = np.array([*spec.hull, spec.hull[0]])
    places = np.linspace(0, len(corners) - 1, 12 * len(corners))
    return np.stack([np.interp(places, np.arange(len(corners)), side) for side in corners.T])


def _printed(values: Any, language: str) -> list[str]:
    """Print places on an axis, all with as many decimals as the one that needs most."""
    places = next(d for d in range(4) if d == 3 or np.allclose(np.round(values, d), values, atol=1e-9))
    return [number(float(value), "none", language, places=places) for value in values]


def _solid(spec: Surface, ax: Any, language: str) -> Axes:
    """Draw the surface in three dimensions; answers lie on the floor."""
    x, y, z, within = _grid(spec, COARSE)
    levels = _levels(z[within] if within.any() else z)
    colours = HEIGHTS((np.digitize(z, levels) - 0.5).clip(0, len(levels) - 1) / (len(levels) - 1))  # as the contours
    floor = float(z.min()) - 0.25 * float(np.ptp(z) or 1.0)
    for part, alpha in ((~within, SHEER), (within, 1.0)):  # smooth edges show through where it is sheer
        colours[..., 3] = np.where(part, alpha, 0.0)
        ax.plot_surface(
            x, y, z, facecolors=colours, rstride=1, cstride=1, linewidth=0, antialiased=alpha < 1, shade=False
        )
    side = np.linspace(spec.low, spec.high, COARSE)
    for other, dash in ((side, "-"), (2 * spec.middle - side, (0, (5, 3)))):
        heights = np.vectorize(spec.height)(side, other)
        ax.plot(side, other, heights, color=INK, linewidth=1.3, linestyle=dash, zorder=6)
        ax.plot(side, other, np.full(len(side), floor), color=MUTED, linewidth=0.7, linestyle=dash)
    if len(spec.hull) > 2:
        edge = _edge(spec)
        ax.plot(*edge, floor, color=MUTED, linewidth=0.9, linestyle=(0, (2, 2)))
        ax.plot(*edge, np.vectorize(spec.height)(*edge), color=PAPER, linewidth=2.4, zorder=5)
    if spec.cells:
        a, b, share = np.array(spec.cells).T
        ax.scatter(a, b, np.full(len(a), floor), s=0.6 * BUBBLE * share / share.max(), color=ALERT,
                   alpha=0.75, edgecolor=PAPER, linewidth=0.5, depthshade=False)  # fmt: skip
    ax.set(xlim=(spec.low, spec.high), ylim=(spec.low, spec.high), zlim=(floor, float(z.max())))
    ax.set_xlabel(wrap(spec.x_title, 30), fontsize=SIZE)
    ax.set_ylabel(wrap(spec.y_title, 30), fontsize=SIZE)
    ax.set_zlabel(wrap(spec.z_title, 30), fontsize=SIZE)
    places = _ticks(spec)[::2] if len(_ticks(spec)) > TICKS + 1 else _ticks(spec)
    names = _printed(places, language)
    ax.set_xticks(places, names)
    ax.set_yticks(places, names)
    heights = [float(v) for v in levels[::2] if floor <= v <= z.max()]
    ax.set_zticks(heights, _printed(heights, language))
    ax.tick_params(labelsize=SMALL, labelcolor=MUTED)
    for axis in (ax.xaxis, ax.yaxis, ax.zaxis):
        axis.pane.fill = False
        axis.pane.set_edgecolor(LINE)
    ax.grid(visible=False)
    ax.view_init(elev=26, azim=-112)
    ax.set_box_aspect((1, 1, 0.75), zoom=0.92)
    return ax  # type: ignore[no-any-return]
