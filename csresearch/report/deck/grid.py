"""Native grid of the deck: an XY chart with cut lines, names of quadrants and one named series per attribute."""

# mypy: allow-untyped-calls
# python-pptx annotates only a part of itself.
from __future__ import annotations

from pptx.chart.series import XySeries
from pptx.enum.chart import XL_MARKER_STYLE
from pptx.enum.dml import MSO_LINE_DASH_STYLE
from pptx.enum.text import PP_ALIGN
from pptx.shapes.base import BaseShape
from pptx.shapes.placeholder import ChartPlaceholder
from pptx.slide import Slide
from pptx.util import Pt

from csresearch.report.deck import chart_xml as xml
from csresearch.report.deck.chart_sheets import Series, grid_sheet
from csresearch.report.deck.master import Box
from csresearch.report.deck.placing import Rectangle, Side, sides
from csresearch.report.deck.scatter import add_scatter, mark, plotted, scatter_axes
from csresearch.report.deck.shapes import ACCENT, INK, MUTED, POINTS, words, write
from csresearch.report.measure import line_height, text_width
from csresearch.show.specs import Grid
from csresearch.show.words import text

_LAYOUT = (0.062, 0.015, 0.93, 0.855)
_KEY = 16 / POINTS
_PALE = 0.7  # not white: LibreOffice draws no outline of markers


def add_grid(slide: Slide, placeholder: ChartPlaceholder, spec: Grid, box: Box, language: str) -> BaseShape:
    """Put an XY chart into a placeholder; its figures, names and intervals live in its own sheet.

    Parameters
    ----------
    slide : Slide
        Gets the key of uncertain points as well.
    placeholder : ChartPlaceholder
        Where the chart goes.
    spec : Grid
        What is shown.
    box : Box
        The room there is.
    language : str
        Language of the key.

    Returns
    -------
    BaseShape
        The frame of the chart.
    """
    box = box._replace(height=box.height - _KEY)
    chosen, size = _sides(spec, box)
    _key(slide, Box(box.left, box.top + box.height, box.width, _KEY), language, unnamed=chosen.count(None))
    series = _series(spec, language)
    frame = add_scatter(placeholder, series, grid_sheet(spec, series, language), box, _LAYOUT)
    scatter_axes(
        frame.chart, titles=(spec.x_title, spec.y_title), units=(spec.x_unit, spec.y_unit), scales=spec.scales(),
        language=language,
    )  # fmt: skip
    _dress(list(frame.chart.plots[0].series), spec, chosen, size)
    return frame


def _series(spec: Grid, language: str) -> list[Series]:
    """List the series, the longest first: LibreOffice loses those that are longer than the first one."""
    (left, right, _), (bottom, top, _) = spec.scales()
    x_inset, y_inset = 0.002 * (right - left), 0.028 * (top - bottom)
    corners = [(x, y) for y in (top - y_inset, bottom + y_inset) for x in (left + x_inset, right - x_inset)]
    names_of_cuts = (text(f"chart.cut_{axis}", language) for axis in "xy")
    lines = (((spec.x_cut, bottom), (spec.x_cut, top)), ((left, spec.y_cut), (right, spec.y_cut)))
    cuts = list(zip(names_of_cuts, lines, strict=True))
    names = [(name, (corner,)) for name, corner in zip(spec.quadrants, corners, strict=True)]
    return [*cuts, *names, *((spec.labels[k], ((spec.x[k], spec.y[k]),)) for k in spec.placed)]


def _dress(drawn: list[XySeries], spec: Grid, chosen: list[Side | None], size: float) -> None:
    """Colour and name the series: two cut lines, four names of quadrants, then the points."""
    for item in drawn:
        item.marker.style = XL_MARKER_STYLE.NONE
        item.format.line.fill.background()
    for item in drawn[:2]:
        item.format.line.color.theme_color = MUTED
        item.format.line.width = Pt(1)
        item.format.line.dash_style = MSO_LINE_DASH_STYLE.DASH
    for item, corner in zip(drawn[2:6], "rlrl", strict=True):
        xml.insert_before(item._element, "c:xVal", xml.name_label(corner, size=10, colour="accent6", bold=True))
    for item, k, side in zip(drawn[6:], spec.placed, chosen, strict=True):
        _point(item, spec, k, side, size)


def _key(slide: Slide, box: Box, language: str, *, unnamed: int) -> None:
    """Say below the chart what the two kinds of points mean, and where the names are for which there was no room."""
    frame = words(slide, box, name="Chart key")
    lead = text("grid.unnamed", language, fields={"count": unnamed}) if unnamed else ""
    write(frame, lead + "      ", size=11, colour=INK, align=PP_ALIGN.RIGHT)
    bullet = frame.paragraphs[0].add_run()
    bullet.text, bullet.font.size = "● ", Pt(11)
    bullet.font.color.theme_color = ACCENT
    for content, pale in (
        (text("grid.solid", language), False),
        ("      ● ", True),
        (text("grid.hollow", language), False),
    ):
        run = frame.paragraphs[0].add_run()
        run.text, run.font.size = content, Pt(11)
        run.font.color.theme_color = ACCENT if pale else INK
        if pale:
            run.font.color.brightness = _PALE


def _point(item: XySeries, spec: Grid, k: int, side: Side | None, size: float) -> None:
    mark(item, ACCENT, size=9)
    if spec.border[k]:
        item.marker.format.fill.fore_color.brightness = _PALE
    item.marker.format.line.color.theme_color = ACCENT
    item.marker.format.line.width = Pt(1.75)
    if side is not None:
        xml.insert_before(item._element, "c:xVal", xml.name_label(side, size=size))
    (cell,) = item._element.xpath("c:tx//c:f")
    row = int(cell.text.rsplit("$", 1)[1])
    for direction, value, low, high, columns in (
        ("x", spec.x[k], spec.x_low[k], spec.x_high[k], ("H", "I")),
        ("y", spec.y[k], spec.y_low[k], spec.y_high[k], ("J", "K")),
    ):
        whiskers = xml.error_bars(
            [value], [low], [high],
            columns=columns, first_row=row, direction=direction, colour="accent5", width=1.0, cap=False,
        )  # fmt: skip
        xml.insert_before(item._element, "c:xVal", whiskers)


def _sides(spec: Grid, box: Box) -> tuple[list[Side | None], float]:
    """Place the names in the frame of the chart; the type gets smaller until nothing collides.

    Where even the smallest collides, names are left out (None), those of the less urgent points first.
    """
    plot, place = plotted(box, _LAYOUT, spec.scales())
    points, lines = [], []
    for k in spec.placed:
        x, y = place(spec.x[k], spec.y[k])
        (first, upper), (last, lower) = place(spec.x_low[k], spec.y_high[k]), place(spec.x_high[k], spec.y_low[k])
        points.append((x, y))
        lines += [Rectangle(first, y - 1, last, y + 1), Rectangle(x - 1, upper, x + 1, lower)]
    for size in (12.0, 11.0, 10.0, 9.0):
        sizes = [(text_width(spec.labels[k], size) + 4, size * line_height(spec.labels[k]) + 2) for k in spec.placed]
        chosen, collision = sides(points, sizes, frame=plot, obstacles=_corners(spec, plot), lines=lines, gap=7)
        if not collision:
            return list(chosen), size
    named: dict[int, Side] = {}
    for urgent_one in _by_urgency(spec):
        trial = [*named, urgent_one]
        markers = [Rectangle(x - 7, y - 7, x + 7, y + 7) for k, (x, y) in enumerate(points) if k not in trial]
        chosen, collision = sides(
            [points[k] for k in trial], [sizes[k] for k in trial], frame=plot,
            obstacles=[*_corners(spec, plot), *markers], lines=lines, gap=7,
        )  # fmt: skip
        if not collision:
            named = dict(zip(trial, chosen, strict=True))
    return [named.get(k) for k in range(len(points))], size


def _by_urgency(spec: Grid) -> list[int]:
    """Order the points that are drawn: what matters and is done badly first, then by what matters."""
    urgent = [spec.y[k] >= spec.y_cut and spec.x[k] < spec.x_cut for k in spec.placed]
    return sorted(range(len(spec.placed)), key=lambda j: (not urgent[j], -spec.y[spec.placed[j]]))


def _corners(spec: Grid, plot: Rectangle) -> list[Rectangle]:
    """Give the rectangles of the names of the quadrants."""
    boxes = []
    for place, name in enumerate(spec.quadrants):
        width, height = text_width(name, 10) + 12, 20.0
        left = plot.left if place % 2 == 0 else plot.right - width
        top = plot.top if place < 2 else plot.bottom - height
        boxes.append(Rectangle(left, top, left + width, top + height))
    return boxes
