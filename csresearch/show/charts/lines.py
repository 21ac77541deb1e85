"""Lines over waves or along a scale, with whiskers or bands."""

from __future__ import annotations

import math

import numpy as np
from matplotlib.axes import Axes

from csresearch.show.charts import style
from csresearch.show.charts.style import ACCENT, ALERT, CALM, INK, LINE, MUTED, PAPER, SIZE, SMALL, inches, settle, wrap
from csresearch.show.format import axis_caption, interval, number
from csresearch.show.specs import Curve, Lines, Scale, Unit, spread
from csresearch.show.theme import THEME, hexadecimal

COLOURS = (ACCENT, ALERT, hexadecimal(THEME.green), CALM, MUTED)
DASHES = ("-", (0, (5, 2)), (0, (1.5, 1.5)))
POINTS = 72


def lines_size(spec: Lines, width: float) -> tuple[float, float]:
    """Size of a figure of lines in inches."""
    return width, max(3.2, 0.46 * width, 0.9 + 0.3 * len(spec.named()))


def draw_lines(spec: Lines, ax: Axes, language: str) -> Axes:
    """Draw the lines, their names at the right end, and for one series over categories its numbers."""
    y = spec.scale()
    ax.set_ylim(y.low, y.high)
    for k, curve in enumerate(spec.curves):
        _curve(spec, ax, curve, k)
    if spec.reference is not None:
        ax.axhline(spec.reference[0], color=ALERT, linewidth=1.2, linestyle=(0, (4, 3)), zorder=1)
    width = inches(ax)
    _ticks(spec, ax, y, width, language)
    for side in ("top", "right", "left"):
        ax.spines[side].set_visible(False)
    caption = wrap(axis_caption(spec.axis_title, spec.unit, y, language), max(28, round(width * 12)))
    deepest = _marks(spec, ax, width)
    ax.set_title(caption, loc="left", fontsize=SIZE, color=MUTED, pad=8 + 12 * deepest)
    ax.set_xlabel(spec.x_title)
    if spec.numbered:
        _numbers(spec, ax, width, language)
    _names(spec, ax, width, language)
    return ax


def _look(k: int) -> tuple[str, object]:
    """Colour and dash of a series: the dash changes when the colours are used up."""
    return COLOURS[k % len(COLOURS)], DASHES[k // len(COLOURS)]


def _curve(spec: Lines, ax: Axes, curve: Curve, k: int) -> None:
    colour, dash = _look(k)
    places, values, low, high = (np.asarray(a, float) for a in (spec.places, curve.values, curve.low, curve.high))
    if spec.x:
        ax.fill_between(places, low, high, color=colour, alpha=0.16, linewidth=0, zorder=2)
        ax.plot(places, values, color=colour, linestyle=dash, linewidth=1.8, zorder=3)
        return
    places = places + _beside(spec, k)
    middle, half = (low + high) / 2, np.abs(high - low) / 2
    ax.errorbar(places, middle, yerr=half, fmt="none", ecolor=colour, elinewidth=1.1, capsize=2.5, zorder=2)
    ax.plot(places, values, color=colour, linestyle=dash, linewidth=1.8, marker="o", markersize=5.5, zorder=4,
            markeredgecolor=PAPER)  # fmt: skip


def _beside(spec: Lines, k: int) -> float:
    """Stand series over categories a little beside each other, so that their whiskers can be told apart."""
    return 0.0 if spec.x else (k - (len(spec.curves) - 1) / 2) * min(0.07, 0.4 / len(spec.curves))


def _ticks(spec: Lines, ax: Axes, y: Scale, width: float, language: str) -> None:
    style.ticks(ax.yaxis, y, spec.unit, language)
    ax.grid(axis="y", color=LINE, linewidth=0.6, zorder=0)
    ax.set_axisbelow(True)
    ax.tick_params(axis="y", length=0, labelsize=SMALL, labelcolor=MUTED)
    ax.tick_params(axis="x", length=0 if spec.labels else 3, color=LINE, labelsize=SMALL)
    if spec.labels:
        slot = max(6, round(width / spec.count * 11))
        ax.set_xticks(spec.places, [wrap(label, slot) for label in spec.labels])
        ax.set_xlim(-0.5, spec.count - 0.5)
        return
    ax.set_xlim(spec.x[0], spec.x[-1])
    places = [float(v) for v in ax.get_xticks() if spec.x[0] <= v <= spec.x[-1]]
    shown: Unit = "share" if spec.x_unit == "share" else "none"
    ax.set_xticks(places, [number(round(place, 10), shown, language) for place in places])


def _marks(spec: Lines, ax: Axes, width: float) -> int:
    """Draw the events; tell how many lines their words take above the plot."""
    room = max(10, round(width * 11 / max(1, len(spec.marks) + 1)))
    said = [wrap(words, room) for _, words in spec.marks]
    for (place, _), words in zip(spec.marks, said, strict=True):
        ax.axvline(place, color=MUTED, linewidth=1, linestyle=(0, (1, 2)), zorder=1)
        above = ax.get_xaxis_transform()
        ax.text(place, 1.01, words, transform=above, ha="center", va="bottom", color=MUTED, fontsize=SMALL)
    return max((words.count("\n") + 1 for words in said), default=0)


def _numbers(spec: Lines, ax: Axes, width: float, language: str) -> None:
    """Print the values above their whiskers, with their ends where the slots are wide enough."""
    (curve,) = spec.curves
    narrow = width / spec.count < 0.95
    for place, value, low, high in zip(spec.places, curve.values, curve.low, curve.high, strict=True):
        if not math.isfinite(value):
            continue
        words = number(value, spec.unit, language) if narrow else interval(value, low, high, spec.unit, language)
        ax.annotate(
            words.replace(" [", "\n["), (place, high if math.isfinite(high) else value), xytext=(0, 4),
            textcoords="offset points", ha="center", va="bottom", fontsize=SMALL, color=INK, zorder=5,
            bbox={"facecolor": PAPER, "edgecolor": "none", "alpha": 0.8, "pad": 0.8},
        )  # fmt: skip


def _names(spec: Lines, ax: Axes, width: float, language: str) -> None:
    """Name the lines at the right end, moved apart where they would meet."""
    named = spec.named()
    if not named:
        return
    said = [wrap(name, max(14, round(width * 2.6))) for name, _ in named]
    if spec.reference is not None:
        said[-1] += f" {number(spec.reference[0], spec.unit, language)}"
    settle(ax)
    y = spec.scale()
    height = ax.get_window_extent().height / style.dots(ax) * POINTS
    sizes = [SMALL * (0.4 + 1.15 * (words.count("\n") + 1)) / height for words in said]
    beside = 1.0 + 12 / (inches(ax) * POINTS)
    wanted = [(value - y.low) / (y.high - y.low) for _, value in named]
    colours = [_look(k)[0] for k in range(len(spec.curves))] if len(spec.curves) > 1 else []
    starts = [spec.places[-1] + _beside(spec, k) for k in range(len(colours))] + [ax.get_xlim()[1]]
    moved = spread(wanted, sizes=sizes, low=0.0, high=1.0)
    for words, end, place, colour, start in zip(said, wanted, moved, [*colours, ALERT], starts, strict=False):
        ax.annotate(
            words, (start, end), xytext=(beside, place), xycoords=ax.get_xaxis_transform(),
            textcoords="axes fraction", va="center", fontsize=SMALL, color=INK, annotation_clip=False,
            arrowprops={"arrowstyle": "-", "color": colour, "linewidth": 0.8, "shrinkA": 1, "shrinkB": 4,
                        "relpos": (0, 0.5)},
        )  # fmt: skip
