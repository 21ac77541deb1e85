"""The look of every figure: colours, sizes, fonts, and words broken into lines."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from importlib.resources import as_file, files

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.font_manager import fontManager

from csresearch.show.columns import columns_of, is_wide
from csresearch.show.format import number, tick_places
from csresearch.show.specs import Scale, Unit
from csresearch.show.theme import THEME, hexadecimal

INK, MUTED, LINE = (hexadecimal(colour) for colour in (THEME.ink, THEME.muted, THEME.line))
CALM, ACCENT, ALERT, PAPER = (hexadecimal(colour) for colour in (THEME.calm, THEME.accent, THEME.alert, THEME.paper))
SIZE = 9.5
SMALL = 8.5
DPI = 96
WIDEST = 880  # dots of a figure in a notebook; a wider one is printed with fewer to the inch
_CHINESE_PIECES = re.compile(r"(?:[（“《(]*(?:[!-~\u00a1-\u024f−–]+|.))[，。；：、）”》！？)]*\s*")
WORD = 32  # signs; a longer word is torn rather than let it push the picture away


@contextmanager
def style() -> Iterator[None]:
    """Set the look for the time of one drawing."""
    _add_fonts()
    settings = {
        "font.family": [THEME.drawn, "DejaVu Sans"],  # the second comes with matplotlib and has the rarer signs
        "font.size": SIZE,
        "text.color": INK,
        "axes.edgecolor": LINE,
        "axes.labelcolor": MUTED,
        "axes.labelsize": SIZE,
        "xtick.color": MUTED,
        "ytick.color": INK,
        "svg.fonttype": "none",
        "svg.hashsalt": "csresearch",
    }
    with mpl.rc_context(settings):  # type: ignore[arg-type]
        yield
        interactive = mpl.is_interactive()
    mpl.interactive(interactive)  # leaving the context would undo what a notebook's backend has set while drawing


@cache
def _add_fonts() -> None:
    """Make the bundled fonts known: figures look alike on every machine, in Latin and in Chinese letters."""
    for name in ("csresearch-sans-regular.otf", "csresearch-sans-bold.otf"):
        with as_file(files("csresearch.show").joinpath("fonts", name)) as font:
            fontManager.addfont(font)


def dots(ax: Axes) -> float:
    """Dots an inch of the figure behind the axes."""
    figure = ax.get_figure(root=True)
    return figure.dpi if figure is not None else float(DPI)


def settle(ax: Axes, *, final: bool = False) -> None:
    """Lay the figure out, whatever it is drawn by, so that sizes asked for are right; `final`: it stays so."""
    if (figure := ax.get_figure(root=True)) is not None:
        figure.draw_without_rendering()
        if final:  # once is enough: laying out is most of the work of a figure
            figure.set_layout_engine("none")


def wrapped(labels: tuple[str, ...], width: float) -> list[str]:
    """Break the labels of bars by the width of the figure in inches."""
    return [wrap(label, max(14, round(width * 5.6))) for label in labels]


def wrap(label: str, columns: int) -> str:
    r"""Break a label into lines; Chinese signs are two columns wide and may be broken anywhere but before a stop.

    Examples
    --------
    >>> wrap("每高 1 分，满意度相应变化的分数", 18), wrap("price, given the quality", 14)
    ('每高 1 分，满意度\n相应变化的分数', 'price, given\nthe quality')
    """
    if not any(map(is_wide, label)):
        torn = any(len(word) > WORD for word in label.split())
        return "\n".join(textwrap.wrap(label, columns, break_long_words=torn)) or label
    lines = [""]
    for piece in _CHINESE_PIECES.findall(label):
        if lines[-1] and columns_of((lines[-1] + piece).rstrip()) > columns:
            lines.append("")
        lines[-1] += piece
    return "\n".join(line.strip() for line in lines)


def ticks(axis: Axis, scale: Scale, unit: Unit, language: str) -> None:
    """Put printed ticks on an axis, from one end of a scale to the other."""
    places = [round(float(place), 10) for place in np.arange(scale.low, scale.high + scale.step / 2, scale.step)]
    shown: Unit = "share" if unit == "share" else "none"
    decimals = tick_places(scale, unit)
    axis.set_ticks(places, [number(place, shown, language, places=decimals) for place in places])


def rows(ax: Axes, labels: tuple[str, ...], *, edge: float) -> None:
    """Name the rows of a drawing, the first on top, and leave so much room at both ends."""
    ax.set_yticks(np.arange(len(labels)), wrapped(labels, inches(ax)))
    ax.set_ylim(len(labels) - 1 + edge, -edge)


def inches(ax: Axes) -> float:
    """Width of the axes."""
    return ax.get_window_extent().width / dots(ax)


def bare(ax: Axes) -> None:
    """Leave bars with nothing but their names and the line of zero."""
    ax.axvline(0, color=MUTED, linewidth=0.8, zorder=4)
    ax.tick_params(axis="both", length=0)
    ax.xaxis.set_visible(False)
    for side in ax.spines.values():
        side.set_visible(False)


def captioned(ax: Axes, title: str, reference: tuple[float, str] | None, unit: Unit, language: str) -> None:
    """Say above the rows what is measured, and draw and name the line of reference."""
    caption = wrap(title, max(28, round(inches(ax) * 8)))
    ax.set_title(caption, loc="left", fontsize=SIZE, color=MUTED, pad=20 if reference else 8)
    if reference is not None:
        place, name = reference
        ax.axvline(place, color=ALERT, linewidth=1.2, linestyle=(0, (4, 3)), zorder=1)
        named, above = f"{name} {number(place, unit, language)}".strip(), ax.get_xaxis_transform()
        ax.text(place, 1.0, named, transform=above, ha="center", va="bottom", color=ALERT, fontsize=SMALL)


def at_right(ax: Axes, place: float, words: str, *, size: float, colour: str) -> None:
    """Write at the right end of the plot, at a height of the axis."""
    ax.annotate(
        words, (1.0, place), xycoords=ax.get_yaxis_transform(), xytext=(5, 0), textcoords="offset points",
        va="center", fontsize=size, color=colour, annotation_clip=False,
    )  # fmt: skip
