"""Native bar chart of the deck: bars from zero, error bars, printed intervals, a line of reference, a key of groups."""

# mypy: allow-untyped-calls
# python-pptx annotates only a part of itself.
from __future__ import annotations

import math

from pptx.chart.chart import Chart
from pptx.chart.data import CategoryChartData
from pptx.enum.chart import XL_CHART_TYPE, XL_TICK_LABEL_POSITION, XL_TICK_MARK
from pptx.enum.dml import MSO_LINE_DASH_STYLE, MSO_THEME_COLOR
from pptx.enum.shapes import MSO_CONNECTOR
from pptx.enum.text import PP_ALIGN
from pptx.shapes.base import BaseShape
from pptx.shapes.placeholder import ChartPlaceholder, PlaceholderGraphicFrame
from pptx.slide import Slide
from pptx.util import Pt

from csresearch.report import chart_xml as xml
from csresearch.report.chart_sheets import bar_sheet
from csresearch.report.deck_shapes import bare, write
from csresearch.report.measure import text_width
from csresearch.show.format import excel_format, interval, number
from csresearch.show.specs import Bars

_SERIES = (xml.ACCENT, xml.ALERT, xml.GREEN, xml.CALM, xml.NAVY, xml.MUTED)


def add_bars(placeholder: ChartPlaceholder, spec: Bars, *, language: str) -> PlaceholderGraphicFrame:
    """Put a bar chart into a placeholder; its figures, error bars and printed intervals live in its own sheet.

    Parameters
    ----------
    placeholder : ChartPlaceholder
        Where it goes.
    spec : Bars
        What is shown.
    language : str
        Language of the printed numbers.

    Returns
    -------
    PlaceholderGraphicFrame
        The frame of the chart.
    """
    anchors = text_anchors(spec)
    data = CategoryChartData(number_format=excel_format(spec.unit))
    data.categories = spec.labels
    data.add_series("estimate", [value if math.isfinite(value) else None for value in spec.values])
    # The unseen series carries the printed text: one column of figures, clear of error bars and reference.
    data.add_series("text at", anchors)
    frame: PlaceholderGraphicFrame = placeholder.insert_chart(XL_CHART_TYPE.BAR_CLUSTERED, data)
    chart, printed = frame.chart, printed_intervals(spec, language)
    xml.set_sheet(chart, bar_sheet(spec, anchors=anchors, printed=printed))
    xml.dress(chart, bar_size(spec))
    _axes(chart, spec)
    bars, texts = chart.plots[0].series
    for place in range(len(spec.labels)):
        fill = bars.points[place].format.fill
        fill.solid()
        fill.fore_color.theme_color = bar_colour(spec, place)
    texts.format.fill.background()
    xml.insert_before(texts._element, "c:cat", xml.cell_labels(printed, size=bar_size(spec)))
    texts._element.append(xml.label_cells(printed, column="G"))
    if spec.has_intervals:
        whiskers = xml.error_bars(spec.values, spec.low, spec.high, columns=("E", "F"))
        xml.insert_before(bars._element, "c:cat", whiskers)
    return frame


def dress_bars(slide: Slide, frame: PlaceholderGraphicFrame, spec: Bars, language: str) -> list[BaseShape]:
    """Place the plot in the final size of the frame; add caption, key of groups and line of reference above it."""
    width, height = frame.width / xml.EMU, frame.height / xml.EMU
    # Few bars do not fill the slide with slabs.
    height = min(height, caption_height(spec) + 64 * len(spec.labels) + 20)
    frame.height = Pt(height)
    left, top, wide, high = layout = bar_layout(spec, width, height)
    xml.set_layout(frame.chart, layout)
    longest = max(text_width(printed, bar_size(spec)) for printed in printed_intervals(spec, language))
    start, end = bar_range(spec, room=min(0.5, (longest + 12) / (wide * width)))
    frame.chart.value_axis.minimum_scale, frame.chart.value_axis.maximum_scale = start, end
    corner = frame.left / xml.EMU, frame.top / xml.EMU
    added: list[BaseShape] = []
    if spec.axis_title or spec.groups:
        added.append(_caption(slide, spec, (*corner, width)))
    if spec.reference is not None:
        x = corner[0] + (left + wide * (spec.reference - start) / (end - start)) * width
        added += _reference(slide, spec, x, corner[1] + top * height, high * height, language)
    return added


def _caption(slide: Slide, spec: Bars, where: tuple[float, float, float]) -> BaseShape:
    box = slide.shapes.add_textbox(Pt(where[0]), Pt(where[1] - 2), Pt(where[2]), Pt(20))
    box.name = "Chart caption"
    bare(box.text_frame)
    write(box.text_frame, spec.axis_title, size=12, colour=xml.MUTED)
    for group, colour in group_colours(spec).items():
        for content, tone in (("    ■ ", colour), (group, xml.INK)):
            run = box.text_frame.paragraphs[0].add_run()
            run.text = content
            run.font.size = Pt(12)
            run.font.color.theme_color = tone
    return box


def _reference(slide: Slide, spec: Bars, x: float, top: float, height: float, language: str) -> list[BaseShape]:
    line = slide.shapes.add_connector(MSO_CONNECTOR.STRAIGHT, Pt(x), Pt(top), Pt(x), Pt(top + height))
    line.name = "Reference line"
    line.line.color.theme_color = xml.ALERT
    line.line.width = Pt(1.25)
    line.line.dash_style = MSO_LINE_DASH_STYLE.DASH
    box = slide.shapes.add_textbox(Pt(x - 110), Pt(top - 17), Pt(220), Pt(16))
    box.name = "Reference"
    bare(box.text_frame)
    named = f"{spec.reference_label} {number(spec.reference, spec.unit, language)}".strip()
    write(box.text_frame, named, size=11, colour=xml.ALERT, align=PP_ALIGN.CENTER)
    return [line, box]


def printed_intervals(spec: Bars, language: str) -> list[str]:
    """Print the number of each bar with its interval."""
    lows, highs = spec.low or [None] * len(spec.values), spec.high or [None] * len(spec.values)
    rows = zip(spec.values, lows, highs, strict=True)
    gap = 2 * "\N{NO-BREAK SPACE}"
    return [f"{gap}{interval(value, low, high, spec.unit, language)}" for value, low, high in rows]


def bar_size(spec: Bars) -> float:
    """Choose the type size: smaller where there are many bars."""
    return 14 if len(spec.labels) <= 9 else 12 if len(spec.labels) <= 14 else 10


def bar_colour(spec: Bars, place: int) -> MSO_THEME_COLOR:
    """Choose the colour of one bar: by group, or accent for the highlighted and a calm tone for the rest."""
    if spec.groups:
        return group_colours(spec)[spec.groups[place]]
    return xml.ACCENT if not spec.highlight or spec.labels[place] in spec.highlight else xml.CALM


def group_colours(spec: Bars) -> dict[str, MSO_THEME_COLOR]:
    """Give each group its colour, in order of appearance."""
    return {group: _SERIES[place % len(_SERIES)] for place, group in enumerate(dict.fromkeys(spec.groups))}


def bar_layout(spec: Bars, width: float, height: float) -> tuple[float, float, float, float]:
    """Place the plot in a frame of `width` x `height` points: left, top, width, height as shares of the frame."""
    names = max((text_width(label, bar_size(spec)) for label in spec.labels), default=0.0) + 14
    left = min(0.36, max(0.08, names / width))
    above = caption_height(spec) / height + 0.005
    return left, above, 0.99 - left, 0.985 - above


def caption_height(spec: Bars) -> float:
    """Points above the plot that are kept for its caption, its key and the name of its reference."""
    return 24.0 * bool(spec.axis_title or spec.groups) + 18.0 * (spec.reference is not None)


def bar_range(spec: Bars, *, room: float) -> tuple[float, float]:
    """Find the ends of the value axis; `room` is the share of the plot kept for the printed numbers."""
    ends = [value for value in (*spec.values, *spec.low, *spec.high, spec.reference or 0.0) if math.isfinite(value)]
    low, high = min(0.0, *ends), max(0.0, *ends)
    return low, (high + (high - low) * room / (1 - room)) or 1.0


def text_anchors(spec: Bars) -> list[float]:
    """Find where the printed numbers start: at the ends of plain bars, else in one column right of everything."""
    ends = [max(0.0, value) if math.isfinite(value) else 0.0 for value in spec.values]
    if not spec.has_intervals and spec.reference is None:
        return ends
    return [max(*ends, *(end for end in spec.high if math.isfinite(end)), spec.reference or 0.0)] * len(ends)


def _axes(chart: Chart, spec: Bars) -> None:
    plot = chart.plots[0]
    plot.gap_width, plot.overlap, plot.vary_by_categories = 55, 100, False
    names, values = chart.category_axis, chart.value_axis
    names.reverse_order = True
    names.tick_label_position = XL_TICK_LABEL_POSITION.LOW
    names.major_tick_mark = XL_TICK_MARK.NONE
    names.format.line.color.theme_color = xml.MUTED
    names.tick_labels.font.size = Pt(bar_size(spec))
    values.has_major_gridlines = False
    values.visible = False
