"""Figures by matplotlib; the only file that draws with it. Nothing global is set: each call has its own context."""

from __future__ import annotations

import io
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
    >>> bars = Bars(labels=("image",), values=(0.3,), low=(0.2,), high=(0.4,), unit="share", axis_title="LMG")
    >>> [label.get_text() for label in draw(bars, Figure().subplots()).get_yticklabels()]
    ['image']
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
    >>> bars = Bars(labels=("image",), values=(0.3,), low=(0.2,), high=(0.4,), unit="share", axis_title="LMG")
    >>> svg(bars).startswith('<svg viewBox="0 0 540 ')
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
        return width, 0.75 + 0.175 * lines + 0.3 * (spec.reference is not None)
    return width, max(0.68 * width, 4.2)


def _draw(spec: Drawing, ax: Axes, language: str, *, numbered: bool = False) -> Axes:
    if isinstance(spec, Bars):
        return _bars(spec, ax, language)
    if isinstance(spec, Grid):
        return _grid(spec, ax, language, numbered=numbered)
    raise TypeError(f"only Bars and Grid are drawings; found {type(spec).__name__}: show it as a table or as text")


def _bars(spec: Bars, ax: Axes, language: str) -> Axes:
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
        ax.annotate(
            printed, (ends.max(), place), xytext=(9, 0), textcoords="offset points", va="center", fontsize=_SIZE
        )
    ax.set_yticks(places, _wrapped(spec.labels, ax.get_window_extent().width / _dots(ax)))
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
    caption = _wrap(spec.axis_title, max(28, round(ax.get_window_extent().width / _dots(ax) * 8)))
    ax.set_title(caption, loc="left", fontsize=_SIZE, color=MUTED, pad=20 if spec.reference else 8)
    if spec.reference is not None:
        place, name = spec.reference
        ax.axvline(place, color=ALERT, linewidth=1.2, linestyle=(0, (4, 3)), zorder=1)
        named, above = f"{name} {number(place, spec.unit, language)}".strip(), ax.get_xaxis_transform()
        ax.text(place, 1.0, named, transform=above, ha="center", va="bottom", color=ALERT, fontsize=_SMALL)


def _grid(spec: Grid, ax: Axes, language: str, *, numbered: bool) -> Axes:
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
    _ticks(ax, spec, language)
    _point_labels(spec, ax, numbered=numbered)
    for side in ("top", "right"):
        ax.spines[side].set_visible(False)
    return ax


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
    if not spec.placed:
        return
    ax.figure.canvas.draw()  # the labels are placed in the final layout
    names = [str(place + 1) if numbered else _wrap(spec.labels[place], 26) for place in spec.placed]
    x, y = [spec.x[place] for place in spec.placed], [spec.y[place] for place in spec.placed]
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
