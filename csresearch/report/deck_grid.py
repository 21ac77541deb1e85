"""Native grid of the deck: an XY chart with cut lines, names of quadrants and one named series per attribute."""

# mypy: allow-untyped-calls
# python-pptx annotates only a part of itself.
from __future__ import annotations

import math

from pptx.chart.chart import Chart
from pptx.chart.data import XyChartData
from pptx.chart.series import XySeries
from pptx.enum.chart import XL_CHART_TYPE, XL_MARKER_STYLE, XL_TICK_LABEL_POSITION
from pptx.enum.dml import MSO_LINE_DASH_STYLE, MSO_THEME_COLOR
from pptx.enum.text import PP_ALIGN
from pptx.shapes.base import BaseShape
from pptx.shapes.placeholder import ChartPlaceholder, PlaceholderGraphicFrame
from pptx.slide import Slide
from pptx.util import Emu, Pt

from csresearch.report import chart_xml as xml
from csresearch.report.chart_sheets import Series, grid_sheet
from csresearch.report.deck_shapes import bare, write
from csresearch.report.measure import LINE_HEIGHT, text_width
from csresearch.report.placing import Rectangle, Side, sides
from csresearch.show.format import excel_format
from csresearch.show.specs import Grid
from csresearch.show.words import text

_LAYOUT = (0.062, 0.015, 0.93, 0.855)
_LINES = 2
_CORNERS = 4


def add_grid(placeholder: ChartPlaceholder, spec: Grid) -> PlaceholderGraphicFrame:
    """Put an XY chart into a placeholder; its figures, names and intervals live in its own sheet.

    Parameters
    ----------
    placeholder : ChartPlaceholder
        Where it goes.
    spec : Grid
        What is shown.

    Returns
    -------
    PlaceholderGraphicFrame
        The frame of the chart.
    """
    series = grid_series(spec)
    data = XyChartData(number_format="General")
    for name, points in series:
        block = data.add_series(name)
        for x, y in points:
            block.add_data_point(x, y)
    frame: PlaceholderGraphicFrame = placeholder.insert_chart(XL_CHART_TYPE.XY_SCATTER, data)
    blob, references = grid_sheet(spec, series)
    xml.set_sheet(frame.chart, blob)
    for item, cells in zip(frame.chart.plots[0].series, references, strict=True):
        for path, cell in zip(("c:tx//c:f", "c:xVal//c:f", "c:yVal//c:f"), cells, strict=True):
            (formula,) = item._element.xpath(path)
            formula.text = cell
    xml.dress(frame.chart, 11)
    xml.set_layout(frame.chart, _LAYOUT)
    _axes(frame.chart, spec)
    return frame


def grid_series(spec: Grid) -> list[Series]:
    """List the series, the longest first: LibreOffice loses those that are longer than the first one."""
    (left, right, _), (bottom, top, _) = spec.scales()
    x_inset, y_inset = 0.002 * (right - left), 0.028 * (top - bottom)
    corners = [(x, y) for y in (top - y_inset, bottom + y_inset) for x in (left + x_inset, right - x_inset)]
    cuts = [("cut x", ((spec.x_cut, bottom), (spec.x_cut, top))), ("cut y", ((left, spec.y_cut), (right, spec.y_cut)))]
    shown = finite(spec)
    outlines = [(f"{spec.labels[k]}: {spec.level:.0%}", spec.outline(k)) for k in shown if spec.spread]
    names = [(name, (corner,)) for name, corner in zip(spec.quadrants, corners, strict=True)]
    return [*outlines, *cuts, *names, *((spec.labels[k], ((spec.x[k], spec.y[k]),)) for k in shown)]


def finite(spec: Grid) -> list[int]:
    """Positions of the attributes that have a place on the map."""
    return [k for k, point in enumerate(zip(spec.x, spec.y, strict=True)) if all(map(math.isfinite, point))]


def dress_grid(slide: Slide, frame: PlaceholderGraphicFrame, spec: Grid, language: str) -> list[BaseShape]:
    """Colour and name the series in the final size of the frame; add the key of uncertain points below."""
    added = [_key(slide, frame, language)] if any(spec.border) else []
    shown = finite(spec)
    placed, size = _placed(spec, shown, frame)
    series = list(frame.chart.plots[0].series)
    for item in series:
        item.marker.style = XL_MARKER_STYLE.NONE
        item.format.line.fill.background()
    start = len(shown) if spec.spread else 0
    for item, k in zip(series[:start], shown, strict=False):
        _line(item, _colour(spec, k), 0.75)
    for item in series[start : start + _LINES]:
        _line(item, xml.MUTED, 1.0)
        item.format.line.dash_style = MSO_LINE_DASH_STYLE.DASH
    start += _LINES
    for item, side in zip(series[start : start + _CORNERS], "rlrl", strict=True):
        xml.insert_before(item._element, "c:xVal", xml.name_label(side, size=10, colour="accent6", bold=True))
    for item, k, place in zip(series[start + _CORNERS :], shown, placed, strict=True):
        _point(item, spec, k, place, size)
    return added


def _key(slide: Slide, frame: PlaceholderGraphicFrame, language: str) -> BaseShape:
    """Take a line off the frame and say what the two kinds of points mean."""
    height = Pt(16)
    frame.height = Emu(frame.height - height)
    box = slide.shapes.add_textbox(frame.left, Emu(frame.top + frame.height), frame.width, height)
    box.name = "Chart key"
    bare(box.text_frame)
    write(box.text_frame, "● ", size=11, colour=xml.ACCENT, align=PP_ALIGN.RIGHT)
    for content, pale in (
        (text("grid.solid", language), None),
        ("      ● ", True),
        (text("grid.hollow", language), None),
    ):
        run = box.text_frame.paragraphs[0].add_run()
        run.text, run.font.size = content, Pt(11)
        run.font.color.theme_color = xml.ACCENT if pale else xml.INK
        if pale:
            run.font.color.brightness = 0.7
    return box


def _point(item: XySeries, spec: Grid, k: int, side: Side, size: float) -> None:
    colour = _colour(spec, k)
    item.marker.style, item.marker.size = XL_MARKER_STYLE.CIRCLE, 9
    fill = item.marker.format.fill
    fill.solid()
    fill.fore_color.theme_color = colour
    if spec.border and spec.border[k]:
        fill.fore_color.brightness = 0.7  # pale, not white: LibreOffice draws no outline of markers
    item.marker.format.line.color.theme_color = colour
    item.marker.format.line.width = Pt(1.75)
    xml.insert_before(item._element, "c:xVal", xml.name_label(side, size=size))
    if spec.spread:
        return
    (cell,) = item._element.xpath("c:tx//c:f")
    row = int(cell.text.rsplit("$", 1)[1])
    for direction, value, low, high, columns in (
        ("x", spec.x[k], spec.x_low, spec.x_high, ("H", "I")),
        ("y", spec.y[k], spec.y_low, spec.y_high, ("J", "K")),
    ):
        if low and high:
            whiskers = xml.error_bars(
                [value], [low[k]], [high[k]],
                columns=columns, first_row=row, direction=direction, colour="accent5", width=1.0, cap=False,
            )  # fmt: skip
            xml.insert_before(item._element, "c:xVal", whiskers)


def _colour(spec: Grid, k: int) -> MSO_THEME_COLOR:
    return xml.ALERT if spec.labels[k] in spec.highlight else xml.ACCENT


def _line(item: XySeries, colour: MSO_THEME_COLOR, width: float) -> None:
    item.format.line.color.theme_color = colour
    item.format.line.width = Pt(width)


def _placed(spec: Grid, shown: list[int], frame: PlaceholderGraphicFrame) -> tuple[list[Side], float]:
    """Place the names; the type gets smaller until nothing collides."""
    width, height = frame.width / xml.EMU, frame.height / xml.EMU
    left, top, wide, high = _LAYOUT[0] * width, _LAYOUT[1] * height, _LAYOUT[2] * width, _LAYOUT[3] * height
    (x_min, x_max, _), (y_min, y_max, _) = spec.scales()
    points = [
        (left + wide * (spec.x[k] - x_min) / (x_max - x_min), top + high * (y_max - spec.y[k]) / (y_max - y_min))
        for k in shown
    ]
    plot = Rectangle(left, top, left + wide, top + high)
    lines = _thin_lines(spec, shown, points, wide / (x_max - x_min), high / (y_max - y_min))
    best: tuple[list[Side], float] = (["r"] * len(points), 9.0)
    least = math.inf
    for size in (12.0, 11.0, 10.0, 9.0):
        sizes = [(text_width(spec.labels[k], size) + 4, size * LINE_HEIGHT + 2) for k in shown]
        chosen, collision = sides(points, sizes, frame=plot, obstacles=_corners(spec, plot), lines=lines, gap=7)
        if collision < least:
            best, least = (chosen, size), collision
        if not collision:
            break
    return best


def _thin_lines(
    spec: Grid, shown: list[int], points: list[tuple[float, float]], x_scale: float, y_scale: float
) -> list[Rectangle]:
    """Give the error bars as thin rectangles."""
    lines = []
    for k, (x, y) in zip(shown, points, strict=True):
        if spec.x_low:
            left, right = (x + (end - spec.x[k]) * x_scale for end in (spec.x_low[k], spec.x_high[k]))
            lines.append(Rectangle(left, y - 1, right, y + 1))
        if spec.y_low:
            bottom, top = (y - (end - spec.y[k]) * y_scale for end in (spec.y_low[k], spec.y_high[k]))
            lines.append(Rectangle(x - 1, top, x + 1, bottom))
    return lines


def _corners(spec: Grid, plot: Rectangle) -> list[Rectangle]:
    """Give the rectangles of the names of the quadrants."""
    boxes = []
    for place, name in enumerate(spec.quadrants):
        width, height = text_width(name, 10) + 12, 20.0
        left = plot.left if place % 2 == 0 else plot.right - width
        top = plot.top if place < 2 else plot.bottom - height
        boxes.append(Rectangle(left, top, left + width, top + height))
    return boxes


def _axes(chart: Chart, spec: Grid) -> None:
    titles, units = (spec.x_title, spec.y_title), (spec.x_unit, spec.y_unit)
    axes = (chart.category_axis, chart.value_axis)
    for axis, title, unit, scale in zip(axes, titles, units, spec.scales(), strict=True):
        axis.minimum_scale, axis.maximum_scale = scale.low, scale.high
        axis.major_unit = scale.step
        axis.has_major_gridlines = False
        axis.tick_label_position = XL_TICK_LABEL_POSITION.LOW
        axis.tick_labels.number_format = excel_format("share" if unit == "share" else "none")
        axis.tick_labels.number_format_is_linked = False
        axis.tick_labels.font.size = Pt(10)
        axis.tick_labels.font.color.theme_color = xml.MUTED
        axis.format.line.color.theme_color = xml.LINE
        axis.axis_title.text_frame.text = title
        font = axis.axis_title.text_frame.paragraphs[0].runs[0].font
        font.size, font.bold = Pt(11), False
        font.color.theme_color = xml.MUTED
