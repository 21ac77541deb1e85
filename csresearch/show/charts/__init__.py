"""Figures by matplotlib; the only room that draws with it. Nothing global is set: each call has its own context."""

from __future__ import annotations

import io
import re
import warnings
from collections.abc import Callable, Mapping
from typing import get_args

import matplotlib.pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from csresearch.show.charts.bars import bars_size, draw_bars
from csresearch.show.charts.diagram import diagram_size, draw_diagram
from csresearch.show.charts.dots import dots_size, draw_dots
from csresearch.show.charts.funnel import draw_funnel, funnel_size
from csresearch.show.charts.grid import draw_grid, grid_size
from csresearch.show.charts.lines import draw_lines, lines_size
from csresearch.show.charts.style import DPI, WIDEST, style
from csresearch.show.charts.surface import draw_surface, surface_size
from csresearch.show.charts.swings import draw_swings, swings_size
from csresearch.show.specs import Bars, Diagram, Dots, Drawing, Funnel, Grid, Lines, Surface, Swings
from csresearch.show.theme import THEME

_KINDS: Mapping[type, tuple[Callable[..., tuple[float, float]], Callable[..., Axes]]] = {
    Bars: (bars_size, draw_bars), Dots: (dots_size, draw_dots), Funnel: (funnel_size, draw_funnel),
    Grid: (grid_size, draw_grid), Lines: (lines_size, draw_lines), Surface: (surface_size, draw_surface),
    Swings: (swings_size, draw_swings), Diagram: (diagram_size, draw_diagram),
}  # fmt: skip
DRAWINGS = ", ".join(kind.__name__ for kind in get_args(Drawing))


def draw(spec: Drawing, ax: Axes | None = None, *, language: str = "en", width: float = 7.5) -> Axes:
    """Draw bars, dots, a funnel, a grid, lines, a surface or a path diagram.

    Parameters
    ----------
    spec : Bars, Dots, Funnel, Grid, Lines, Surface, Swings or Diagram
        What is drawn; tables, cards and text are no drawings.
    ax : matplotlib.axes.Axes, optional
        Where; without it a new figure that fits the spec, of 96 dpi or, where it is wide, of 880 dots.
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
    with style():
        if ax is None:
            size = _figsize(spec, width)
            figure = plt.figure(figsize=size, dpi=min(DPI, WIDEST / size[0]), layout="constrained")
            ax = figure.add_subplot(projection=_projection(spec))
        return _draw(spec, ax, language)


def svg(spec: Drawing, *, name: str = "chart", language: str = "en", width: float = 7.5, numbered: bool = False) -> str:
    """Draw as an SVG element for a page: text stays text, no address, no date, ids prefixed by `name`.

    Parameters
    ----------
    spec : Bars, Dots, Funnel, Grid, Lines, Surface, Swings or Diagram
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
    with style(), warnings.catch_warnings():
        # The reader's browser brings its own fonts; those of this machine only measure.
        warnings.filterwarnings("ignore", message="Glyph .* missing from")
        figure = Figure(figsize=_figsize(spec, width), dpi=DPI, layout="constrained")
        _draw(spec, figure.add_subplot(projection=_projection(spec)), language, numbered=numbered)
        figure.savefig(target, format="svg", metadata=nothing, transparent=True)
    return _inline(target.getvalue(), name)


def _projection(spec: Drawing) -> str | None:
    return "3d" if isinstance(spec, Surface) and spec.view == "3d" else None


def _figsize(spec: Drawing, width: float) -> tuple[float, float]:
    return _of(spec)[0](spec, width)


def _draw(spec: Drawing, ax: Axes, language: str, *, numbered: bool = False) -> Axes:
    if isinstance(spec, Grid):
        return draw_grid(spec, ax, language, numbered=numbered)
    return _of(spec)[1](spec, ax, language)


def _of(spec: Drawing) -> tuple[Callable[..., tuple[float, float]], Callable[..., Axes]]:
    """Size and drawing of a kind."""
    if type(spec) not in _KINDS:
        raise TypeError(f"{type(spec).__name__} is no drawing; drawings are {DRAWINGS}: show it as a table or as text")
    return _KINDS[type(spec)]


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
