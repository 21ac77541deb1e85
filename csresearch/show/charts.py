"""Figures by matplotlib; the only file that draws with it. Nothing global is set: each call has its own context."""

from __future__ import annotations

import io
import math
import re
import textwrap
import unicodedata
import warnings
from collections.abc import Iterator
from contextlib import contextmanager

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import textalloc
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.font_manager import get_font_names

from csresearch.show.format import interval, number
from csresearch.show.specs import Bars, Drawing, Grid, Unit
from csresearch.show.theme import THEME, hexadecimal

INK, MUTED, LINE = (hexadecimal(colour) for colour in (THEME.ink, THEME.muted, THEME.line))
CALM, ACCENT, ALERT, PAPER = (hexadecimal(colour) for colour in (THEME.calm, THEME.accent, THEME.alert, THEME.paper))
_SIZE = 9.5
_SMALL = 8.5
_DPI = 96
_WORD = 32  # signs; a longer word is torn rather than let it push the picture away


def draw(spec: Drawing, ax: Axes | None = None, *, language: str = "en", width: float = 7.5) -> Axes:
    """Draw bars or a grid.

    Parameters
    ----------
    spec : Bars or Grid
        What is drawn; tables, cards and text are no drawings.
    ax : matplotlib.axes.Axes, optional
        Where; without it a new figure of 96 dpi that fits the spec.
    language : str
        Language of numbers.
    width : float
        Width of the new figure in inches.

    Returns
    -------
    matplotlib.axes.Axes
        The axes drawn on.

    Raises
    ------
    TypeError
        If `spec` is not a drawing.

    Examples
    --------
    >>> axes = draw(Bars(labels=("image", "price"), values=(0.3, 0.1), unit="share"), Figure().subplots())
    >>> [label.get_text() for label in axes.get_yticklabels()]
    ['image', 'price']
    """
    with _style():
        axes = plt.subplots(figsize=_figsize(spec, width), dpi=_DPI, layout="constrained")[1] if ax is None else ax
        return _draw(spec, axes, language)


def svg(spec: Drawing, *, name: str = "chart", language: str = "en", width: float = 7.5, numbered: bool = False) -> str:
    """Draw as an SVG element for a page: text stays text, no address, no date, ids prefixed by `name`.

    Parameters
    ----------
    spec : Bars or Grid
        What is drawn.
    name : str
        Prefix of all ids inside, so that several figures live on one page.
    language : str
        Language of numbers.
    width : float
        Width of the drawing in inches; the element itself fills its container.
    numbered : bool
        Whether the points of a grid carry their number instead of their name, for narrow screens.

    Returns
    -------
    str
        The ``<svg>`` element; equal specs give equal text.

    Examples
    --------
    >>> svg(Bars(labels=("image",), values=(0.3,), unit="share")).startswith('<svg viewBox="0 0 540 ')
    True
    """
    target = io.StringIO()
    nothing = dict.fromkeys(("Date", "Creator", "Format", "Type"))
    with _style(), warnings.catch_warnings():
        # The reader's browser brings its own fonts; those of this machine only measure.
        warnings.filterwarnings("ignore", message="Glyph .* missing from")
        figure = Figure(figsize=_figsize(spec, width), dpi=_DPI, layout="constrained")
        _draw(spec, figure.subplots(), language, numbered=numbered)
        figure.savefig(target, format="svg", metadata=nothing, transparent=True)
    return _inline(target.getvalue(), name)


@contextmanager
def _style() -> Iterator[None]:
    installed = set(get_font_names())
    settings = {
        "font.family": [family for family in THEME.families if family in installed],
        "font.size": _SIZE,
        "text.color": INK,
        "axes.edgecolor": LINE,
        "axes.labelcolor": MUTED,
        "axes.labelsize": _SIZE,
        "xtick.color": MUTED,
        "ytick.color": INK,
        "svg.fonttype": "none",
        "svg.hashsalt": "csresearch",
    }
    with mpl.rc_context(settings):  # type: ignore[arg-type]
        yield
        interactive = mpl.is_interactive()
    mpl.interactive(interactive)  # leaving the context would undo what a notebook's backend has set while drawing


def _figsize(spec: Drawing, width: float) -> tuple[float, float]:
    if isinstance(spec, Bars):
        highest = max((label.count("\n") for label in _wrapped(spec.labels, width)), default=0)
        lines = len(spec.labels) * max(1.45, 1.35 + highest)
        extra = 0.3 * bool(spec.axis_title) + 0.3 * (spec.reference is not None) + 0.3 * bool(spec.groups)
        return width, 0.45 + 0.175 * lines + extra
    return width, max(0.68 * width, 4.2)


def _draw(spec: Drawing, ax: Axes, language: str, *, numbered: bool = False) -> Axes:
    if isinstance(spec, Bars):
        return _bars(spec, ax, language)
    if isinstance(spec, Grid):
        return _grid(spec, ax, language, numbered=numbered)
    raise TypeError(f"only Bars and Grid are drawings; found {type(spec).__name__}: show it as a table or as text")


def _bars(spec: Bars, ax: Axes, language: str) -> Axes:
    values, places = np.asarray(spec.values, float), np.arange(len(spec.labels))
    ax.barh(places, np.nan_to_num(values), height=0.62, color=_bar_colours(spec), zorder=2)
    ends = np.asarray(spec.high if spec.has_intervals else spec.values, float)
    starts = np.asarray(spec.low if spec.has_intervals else spec.values, float)
    if spec.has_intervals:
        error = np.vstack([values - starts, ends - values])
        ax.errorbar(values, places, xerr=error, fmt="none", ecolor=INK, elinewidth=1.1, capsize=2.5, zorder=3)
    lowest = min(0.0, float(np.nanmin(starts, initial=0.0)))
    highest = max(0.0, float(np.nanmax(ends, initial=0.0)), spec.reference or 0.0)
    # Where intervals or a reference could be crossed, the printed numbers stand in one column.
    column = spec.has_intervals or spec.reference is not None
    ax.set_xlim(lowest, highest + ((highest - lowest) * (0.45 if spec.has_intervals else 0.15) or 1.0))
    lows, highs = spec.low or [None] * len(places), spec.high or [None] * len(places)
    for place, value, low, high in zip(places, spec.values, lows, highs, strict=True):
        right = highest if column else max(0.0, float(np.nan_to_num(value)))
        printed = interval(value, low, high, spec.unit, language)
        ax.annotate(printed, (right, place), xytext=(9, 0), textcoords="offset points", va="center", fontsize=_SIZE)
    ax.set_yticks(places, _wrapped(spec.labels, ax.get_window_extent().width / _dots(ax)))
    ax.set_ylim(len(places) - 0.45, -0.55)
    ax.axvline(0, color=MUTED, linewidth=0.8, zorder=4)
    ax.tick_params(axis="both", length=0)
    ax.xaxis.set_visible(False)
    for side in ax.spines.values():
        side.set_visible(False)
    _bar_captions(spec, ax, language)
    return ax


def _bar_colours(spec: Bars) -> list[str]:
    if spec.groups:
        names = list(dict.fromkeys(spec.groups))
        return [hexadecimal(THEME.series[names.index(group) % len(THEME.series)]) for group in spec.groups]
    return [ACCENT if not spec.highlight or label in spec.highlight else CALM for label in spec.labels]


def _bar_captions(spec: Bars, ax: Axes, language: str) -> None:
    """Say what is measured, name the groups and the line of reference."""
    if spec.axis_title:
        caption = _wrap(spec.axis_title, max(28, round(ax.get_window_extent().width / _dots(ax) * 8)))
        ax.set_title(caption, loc="left", fontsize=_SIZE, color=MUTED, pad=20 if spec.reference else 8)
    if spec.reference is not None:
        ax.axvline(spec.reference, color=ALERT, linewidth=1.2, linestyle=(0, (4, 3)), zorder=1)
        named = f"{spec.reference_label} {number(spec.reference, spec.unit, language)}".strip()
        above = ax.get_xaxis_transform()
        ax.text(spec.reference, 1.0, named, transform=above, ha="center", va="bottom", color=ALERT, fontsize=_SMALL)
    if spec.groups:
        names = list(dict.fromkeys(spec.groups))
        squares = [
            mpl.patches.Patch(color=hexadecimal(THEME.series[place % len(THEME.series)])) for place in range(len(names))
        ]
        ax.legend(squares, names, loc="upper center", bbox_to_anchor=(0.5, 0), ncols=len(names), frameon=False)


def _grid(spec: Grid, ax: Axes, language: str, *, numbered: bool) -> Axes:
    x, y = spec.scales()
    ax.set(xlim=(x.low, x.high), ylim=(y.low, y.high), xlabel=spec.x_title, ylabel=spec.y_title)
    ax.axvline(spec.x_cut, color=MUTED, linewidth=0.9, linestyle=(0, (4, 3)), zorder=1)
    ax.axhline(spec.y_cut, color=MUTED, linewidth=0.9, linestyle=(0, (4, 3)), zorder=1)
    border = spec.border or (False,) * len(spec.labels)
    for place, point in enumerate(zip(spec.x, spec.y, strict=True)):
        colour = ALERT if spec.labels[place] in spec.highlight else ACCENT
        _uncertainty(spec, ax, place, colour)
        face = PAPER if border[place] else colour
        ax.plot(*point, marker="o", markersize=7, color=colour, markerfacecolor=face, markeredgewidth=1.5, zorder=4)
    _quadrant_names(spec, ax)
    _ticks(ax, spec, language)
    _point_labels(spec, ax, numbered=numbered)
    for side in ("top", "right"):
        ax.spines[side].set_visible(False)
    return ax


def _uncertainty(spec: Grid, ax: Axes, place: int, colour: str) -> None:
    """Draw the ellipse, or the two intervals, of one point."""
    outline = spec.outline(place)
    if outline:
        ax.fill(*np.transpose(outline), facecolor=colour, alpha=0.10, edgecolor=colour, linewidth=0.8, zorder=2)
        return
    if spec.x_low:
        ax.hlines(spec.y[place], spec.x_low[place], spec.x_high[place], color=colour, alpha=0.45, linewidth=1, zorder=2)
    if spec.y_low:
        ax.vlines(spec.x[place], spec.y_low[place], spec.y_high[place], color=colour, alpha=0.45, linewidth=1, zorder=2)


def _quadrant_names(spec: Grid, ax: Axes) -> None:
    corners = ((0.01, 0.985), (0.99, 0.985), (0.01, 0.015), (0.99, 0.015))
    for name, (x, y) in zip(spec.quadrants, corners, strict=True):
        corner = ax.text(x, y, name, transform=ax.transAxes, color=MUTED, fontsize=_SMALL, fontweight="bold")
        corner.set(ha="left" if x < 0.5 else "right", va="bottom" if y < 0.5 else "top")


def _ticks(ax: Axes, spec: Grid, language: str) -> None:
    for axis, unit, scale in zip((ax.xaxis, ax.yaxis), (spec.x_unit, spec.y_unit), spec.scales(), strict=True):
        places = np.arange(scale.low, scale.high + scale.step / 2, scale.step)
        shown: Unit = "share" if unit == "share" else "none"
        axis.set_ticks(places, [number(round(float(place), 10), shown, language) for place in places])
    ax.tick_params(length=3, color=LINE, labelsize=_SMALL, labelcolor=MUTED)


def _dots(ax: Axes) -> float:
    figure = ax.get_figure(root=True)
    return figure.dpi if figure is not None else float(_DPI)


def _point_labels(spec: Grid, ax: Axes, *, numbered: bool) -> None:
    """Name the points without overlap; corners and points are kept free."""
    finite = [place for place, point in enumerate(zip(spec.x, spec.y, strict=True)) if all(map(math.isfinite, point))]
    if not finite:
        return
    ax.figure.canvas.draw()  # the labels are placed in the final layout
    names = [str(place + 1) if numbered else _wrap(spec.labels[place], 26) for place in finite]
    x, y = [spec.x[place] for place in finite], [spec.y[place] for place in finite]
    textalloc.allocate(
        ax, x, y, names,
        x_scatter=x, y_scatter=y, textsize=_SMALL, textcolor=INK, linecolor=MUTED, linewidth=0.6,
        max_distance=0.15, min_distance=0.014,
    )  # fmt: skip


def _wrapped(labels: tuple[str, ...], width: float) -> list[str]:
    return [_wrap(label, max(14, round(width * 5.6))) for label in labels]


def _wrap(label: str, columns: int) -> str:
    """Break a label into lines; Chinese characters are two columns wide and may be broken anywhere."""
    wide = sum(unicodedata.east_asian_width(sign) in "WF" for sign in label)
    limit = max(4, columns // 2) if wide > len(label) / 2 else columns
    torn = wide > 0 or any(len(word) > _WORD for word in label.split())
    return "\n".join(textwrap.wrap(label, limit, break_long_words=torn)) or label


def _inline(document: str, name: str) -> str:
    """Cut the element out of the document and free it of addresses, fixed sizes and common ids."""
    element = document[document.index("<svg") :]
    opening, rest = element.split(">", 1)
    element = re.sub(r'\s(xmlns(:\w+)?|version|width|height)="[^"]*"', "", opening) + ">" + rest
    element = element.replace("xlink:href", "href")
    element = re.sub(r'(\bid="|href="#|url\(#)', rf"\1{name}-", element)
    families = ", ".join(f"'{family}'" for family in THEME.families)
    element = re.sub(r"(font(?:-family)?: [^;\"]*?)('[^;\"]*)(?=[;\"])", rf"\1{families}, sans-serif", element)
    return re.sub(r"\n\s*", "\n", element).strip()
