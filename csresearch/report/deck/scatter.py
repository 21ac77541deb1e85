"""XY charts of the deck: series of points behind a sheet of their own, markers, axes, and where points stand."""

# mypy: allow-untyped-calls
# python-pptx annotates only a part of itself.
from __future__ import annotations

from collections.abc import Callable, Sequence

from pptx.chart.chart import Chart
from pptx.chart.data import XyChartData
from pptx.chart.series import XySeries
from pptx.enum.chart import XL_CHART_TYPE, XL_MARKER_STYLE, XL_TICK_LABEL_POSITION
from pptx.enum.dml import MSO_THEME_COLOR
from pptx.shapes.placeholder import ChartPlaceholder, PlaceholderGraphicFrame
from pptx.util import Inches, Pt

from csresearch.report.deck import chart_xml as xml
from csresearch.report.deck.chart_sheets import References, Series
from csresearch.report.deck.master import Box
from csresearch.report.deck.placing import Rectangle
from csresearch.report.deck.shapes import LINE, MUTED, POINTS
from csresearch.show.format import excel_format, tick_places
from csresearch.show.specs import Scale, Unit

Shares = tuple[float, float, float, float]
"""Left, top, width and height of the plot as shares of the frame."""


def add_scatter(
    placeholder: ChartPlaceholder, series: Sequence[Series], sheet: tuple[bytes, list[References]], box: Box,
    layout: Shares,
) -> PlaceholderGraphicFrame:  # fmt: skip
    """Put an XY chart into a placeholder, its series behind the cells of a sheet."""
    data = XyChartData(number_format="General")
    for name, points in series:
        block = data.add_series(name)
        for x, y in points:
            block.add_data_point(x, y)
    frame: PlaceholderGraphicFrame = placeholder.insert_chart(XL_CHART_TYPE.XY_SCATTER, data)
    frame.left, frame.top, frame.width, frame.height = (Inches(part) for part in box)
    blob, references = sheet
    xml.set_sheet(frame.chart, blob)
    for item, cells in zip(frame.chart.plots[0].series, references, strict=True):
        xml.refer(item._element, cells)
    xml.dress(frame.chart, 11)
    xml.set_layout(frame.chart, layout)
    return frame


def mark(item: XySeries, colour: MSO_THEME_COLOR, *, size: int) -> None:
    """Give a series round markers and no line."""
    item.format.line.fill.background()
    item.marker.style, item.marker.size = XL_MARKER_STYLE.CIRCLE, size
    item.marker.format.fill.solid()
    item.marker.format.fill.fore_color.theme_color = colour
    item.marker.format.line.fill.background()


def plotted(
    box: Box, layout: Shares, scales: tuple[Scale, Scale]
) -> tuple[Rectangle, Callable[[float, float], tuple[float, float]]]:
    """Give the rectangle of the plot, and where a point stands in it, both in points of type."""
    width, height = box.width * POINTS, box.height * POINTS
    left, top, wide, high = layout[0] * width, layout[1] * height, layout[2] * width, layout[3] * height
    (x_low, x_high, _), (y_low, y_high, _) = scales

    def place(x: float, y: float) -> tuple[float, float]:
        return left + wide * (x - x_low) / (x_high - x_low), top + high * (y_high - y) / (y_high - y_low)

    return Rectangle(left, top, left + wide, top + high), place


def scatter_axes(
    chart: Chart, *, titles: tuple[str, str], units: tuple[Unit, Unit], scales: tuple[Scale, Scale], language: str
) -> None:
    """Dress the x and the y axis of an XY chart: ends, ticks, number format, title."""
    axes = (chart.category_axis, chart.value_axis)
    for axis, title, unit, scale in zip(axes, titles, units, scales, strict=True):
        axis.minimum_scale, axis.maximum_scale = scale.low, scale.high
        axis.major_unit = scale.step
        axis.has_major_gridlines = False
        axis.tick_label_position = XL_TICK_LABEL_POSITION.LOW
        axis.tick_labels.number_format = excel_format(unit, language, places=tick_places(scale, unit))
        axis.tick_labels.number_format_is_linked = False
        axis.tick_labels.font.size = Pt(10)
        axis.tick_labels.font.color.theme_color = MUTED
        axis.format.line.color.theme_color = LINE
        axis.axis_title.text_frame.text = title
        font = axis.axis_title.text_frame.paragraphs[0].runs[0].font
        font.size, font.bold = Pt(11), False
        font.color.theme_color = MUTED
