"""Native bar chart of the deck: bars from zero, error bars, printed intervals, a line of reference."""

# mypy: allow-untyped-calls
# python-pptx annotates only a part of itself.
from __future__ import annotations

import math

from pptx.chart.chart import Chart
from pptx.chart.data import CategoryChartData
from pptx.enum.chart import XL_CHART_TYPE, XL_TICK_LABEL_POSITION, XL_TICK_MARK
from pptx.enum.dml import MSO_LINE_DASH_STYLE
from pptx.enum.shapes import MSO_CONNECTOR
from pptx.enum.text import PP_ALIGN
from pptx.shapes.base import BaseShape
from pptx.shapes.placeholder import ChartPlaceholder, PlaceholderGraphicFrame
from pptx.slide import Slide
from pptx.util import Inches, Pt

from csresearch.report.deck import chart_xml as xml
from csresearch.report.deck.chart_sheets import bar_sheet
from csresearch.report.deck.master import Box
from csresearch.report.deck.shapes import ACCENT, ALERT, CALM, MUTED, POINTS, described, words, write
from csresearch.report.measure import text_width
from csresearch.show.format import excel_format, interval, number, title
from csresearch.show.specs import Bars
from csresearch.show.words import text

_CAPTION, _REFERENCE = 24.0, 18.0  # points above the plot
_NEGATIVE = 0.03  # of the range: whiskers below zero stay clear of the names
_GAP = 2 * "\N{NO-BREAK SPACE}"


def add_bars(slide: Slide, placeholder: ChartPlaceholder, spec: Bars, box: Box, language: str) -> BaseShape:
    """Put a bar chart into a placeholder; its figures, error bars and printed intervals live in its own sheet.

    Parameters
    ----------
    slide : Slide
        Gets the caption and the line of reference as well.
    placeholder : ChartPlaceholder
        Where the chart goes.
    spec : Bars
        What is shown.
    box : Box
        The most room there is.
    language : str
        Language of the printed numbers.

    Returns
    -------
    BaseShape
        The frame of the chart.
    """
    highest = _ends(spec)[1]
    rows = zip(spec.values, spec.low, spec.high, strict=True)
    printed = [f"{_GAP}{interval(value, low, high, spec.unit, language)}" for value, low, high in rows]
    size = 14 if len(spec.labels) <= 9 else 12 if len(spec.labels) <= 14 else 10
    data = CategoryChartData(number_format=excel_format(spec.unit, language))
    data.categories = spec.labels
    data.add_series(title("estimate", language), [value if math.isfinite(value) else None for value in spec.values])
    # The unseen series carries the printed text: one column of figures, clear of error bars and reference.
    data.add_series(text("chart.text_at", language), [highest] * len(spec.labels))
    frame: PlaceholderGraphicFrame = placeholder.insert_chart(XL_CHART_TYPE.BAR_CLUSTERED, data)
    xml.set_sheet(frame.chart, bar_sheet(spec, highest, printed, language))
    xml.dress(frame.chart, size)
    _axes(frame.chart, size)
    _fill(frame.chart, spec, printed, size)
    above = _CAPTION + _REFERENCE * (spec.reference is not None)
    # Few bars do not fill the slide with slabs.
    box = box._replace(height=min(box.height, (above + 64 * len(spec.labels) + 20) / POINTS))
    frame.left, frame.top, frame.width, frame.height = (Inches(part) for part in box)
    names, numbers = (max(text_width(line, size) for line in lines) for lines in (spec.labels, printed))
    plot = _place(frame.chart, spec, box, above / POINTS, (names + 14) / POINTS, (numbers + 12) / POINTS)
    caption = words(slide, Box(box.left, box.top - 2 / POINTS, box.width, 20 / POINTS), name="Chart caption")
    write(caption, spec.axis_title, size=12, colour=MUTED)
    if spec.reference is not None:
        axis = frame.chart.value_axis
        across = (spec.reference[0] - axis.minimum_scale) / (axis.maximum_scale - axis.minimum_scale)
        named = f"{spec.reference[1]} {number(spec.reference[0], spec.unit, language)}".strip()
        _reference(slide, plot._replace(left=plot.left + across * plot.width), named)
    return frame


def _ends(spec: Bars) -> tuple[float, float]:
    """Lowest and highest of all that is drawn, zero included."""
    reference = () if spec.reference is None else spec.reference[:1]
    ends = [end for end in (0.0, *spec.values, *spec.low, *spec.high, *reference) if math.isfinite(end)]
    return min(ends), max(ends)


def _place(chart: Chart, spec: Bars, box: Box, above: float, names: float, numbers: float) -> Box:
    """Leave inches for caption, names and printed numbers; give the place of the plot."""
    left = min(0.36, max(0.08, names / box.width))
    top = above / box.height + 0.005
    wide, high = 0.99 - left, 0.985 - top
    xml.set_layout(chart, (left, top, wide, high))
    start, highest = _ends(spec)
    room = min(0.5, numbers / (wide * box.width))
    axis = chart.value_axis
    axis.minimum_scale = start - (highest - start) * _NEGATIVE * (start < 0)
    axis.maximum_scale = (highest + (highest - start) * room / (1 - room)) or 1.0
    return Box(box.left + left * box.width, box.top + top * box.height, wide * box.width, high * box.height)


def _fill(chart: Chart, spec: Bars, printed: list[str], size: float) -> None:
    """Colour the bars; add error bars and printed intervals."""
    bars, texts = chart.plots[0].series
    for place, label in enumerate(spec.labels):
        fill = bars.points[place].format.fill
        fill.solid()
        fill.fore_color.theme_color = ACCENT if not spec.highlight or label in spec.highlight else CALM
    texts.format.fill.background()
    xml.insert_before(texts._element, "c:cat", xml.cell_labels(printed, size=size))
    texts._element.append(xml.label_cells(printed, column="G"))
    whiskers = xml.error_bars(spec.values, spec.low, spec.high, columns=("E", "F"))
    xml.insert_before(bars._element, "c:cat", whiskers)


def _reference(slide: Slide, place: Box, named: str) -> None:
    ends = (place.left, place.top, place.left, place.top + place.height)
    line = slide.shapes.add_connector(MSO_CONNECTOR.STRAIGHT, *(Inches(part) for part in ends))
    line.name = "Reference line"
    described(line, line.name)
    line.line.color.theme_color = ALERT
    line.line.width = Pt(1.25)
    line.line.dash_style = MSO_LINE_DASH_STYLE.DASH
    box = Box(place.left - 110 / POINTS, place.top - 17 / POINTS, 220 / POINTS, 16 / POINTS)
    write(words(slide, box, name="Reference"), named, size=11, colour=ALERT, align=PP_ALIGN.CENTER)


def _axes(chart: Chart, size: float) -> None:
    plot = chart.plots[0]
    plot.gap_width, plot.overlap, plot.vary_by_categories = 55, 100, False
    names, values = chart.category_axis, chart.value_axis
    names.reverse_order = True
    names.tick_label_position = XL_TICK_LABEL_POSITION.LOW
    names.major_tick_mark = XL_TICK_MARK.NONE
    names.format.line.color.theme_color = MUTED
    names.tick_labels.font.size = Pt(size)
    values.has_major_gridlines = False
    values.visible = False
