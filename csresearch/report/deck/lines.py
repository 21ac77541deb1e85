"""Native line chart of the deck: lines over categories with error bars, or smooth lines along a numeric axis."""

# mypy: allow-untyped-calls
# python-pptx annotates only a part of itself.
from __future__ import annotations

import math
from typing import Any

from pptx.chart.chart import Chart
from pptx.chart.data import CategoryChartData, XyChartData
from pptx.enum.chart import XL_CHART_TYPE, XL_MARKER_STYLE, XL_TICK_LABEL_POSITION, XL_TICK_MARK
from pptx.enum.dml import MSO_LINE_DASH_STYLE, MSO_THEME_COLOR
from pptx.shapes.base import BaseShape
from pptx.shapes.placeholder import ChartPlaceholder, PlaceholderGraphicFrame
from pptx.slide import Slide
from pptx.util import Inches, Pt

from csresearch.report.deck import chart_xml as xml
from csresearch.report.deck.chart_sheets import LineCells, LineSeries, line_sheet
from csresearch.report.deck.master import Box
from csresearch.report.deck.shapes import ACCENT, ALERT, CALM, LINE, MUTED, POINTS, words, write
from csresearch.report.measure import fitting, text_width
from csresearch.show.format import axis_caption, excel_format, interval, number, tick_places
from csresearch.show.specs import Lines, Scale, spread
from csresearch.show.words import text

_GAP = 2 * "\N{NO-BREAK SPACE}"
_COLOURS = (ACCENT, ALERT, MSO_THEME_COLOR.ACCENT_3, CALM, MUTED)
_NAMES = {ACCENT: "accent1", ALERT: "accent2", MSO_THEME_COLOR.ACCENT_3: "accent3", CALM: "accent4", MUTED: "accent6"}
_DASHES = (None, MSO_LINE_DASH_STYLE.DASH, MSO_LINE_DASH_STYLE.ROUND_DOT)
_SIZE, _NAME_SIZE, _CAPTION, _FOOT = 12.0, 11.0, 24.0, 30.0  # points
_LEFT = 0.5  # inches for the numbers of the axis
_WITH_ENDS = 8  # places up to which printed values carry their intervals


def add_lines(slide: Slide, placeholder: ChartPlaceholder, spec: Lines, box: Box, language: str) -> BaseShape:
    """Put a line chart into a placeholder; its figures, error bars, names and events live in its own sheet.

    Parameters
    ----------
    slide : Slide
        Gets the caption as well.
    placeholder : ChartPlaceholder
        Where the chart goes.
    spec : Lines
        What is shown.
    box : Box
        The room there is.
    language : str
        Language of the printed numbers.

    Returns
    -------
    BaseShape
        The frame of the chart.
    """
    y = spec.scale()
    above = (_CAPTION + 18 * bool(spec.marks)) / POINTS
    high = box.height - above - (_FOOT + 18 * bool(spec.x_title)) / POINTS
    series = _series(spec, y, high * POINTS, language)
    wide = _width(spec, series, box.width - _LEFT)
    kind = XL_CHART_TYPE.LINE_MARKERS if spec.labels else XL_CHART_TYPE.XY_SCATTER_SMOOTH_NO_MARKERS
    frame: PlaceholderGraphicFrame = placeholder.insert_chart(kind, _data(spec, series, language))
    frame.left, frame.top, frame.width, frame.height = (Inches(part) for part in box)
    chart = frame.chart
    blob, cells = line_sheet(spec, series, language)
    xml.set_sheet(chart, blob)
    xml.dress(chart, _SIZE)
    xml.set_layout(chart, (_LEFT / box.width, above / box.height, wide / box.width, high / box.height))
    _axes(chart, spec, y, language)
    room = wide * POINTS / max(1, len(spec.marks) + 1)
    for item, part, where in zip(chart.plots[0].series, series, cells, strict=True):
        xml.refer(item._element, where[:3])
        _dress(item, part, where, before="c:cat" if spec.labels else "c:xVal", room=room)
    caption = words(slide, Box(box.left, box.top - 2 / POINTS, box.width, 20 / POINTS), name="Chart caption")
    write(caption, axis_caption(spec.axis_title, spec.unit, y, language), size=12, colour=MUTED)
    return frame


def _width(spec: Lines, series: list[LineSeries], room: float) -> float:
    """Width of the plot in inches: names at its right end want their own, less half a slot of the categories."""
    names = [text_width(part.name, _NAME_SIZE) + 14 for part in series if part.role == "name"]
    half_slot = 0.5 / spec.count if spec.labels else 0.0
    return max(0.55 * room, min(room - 0.15, (room - max(names, default=6.0) / POINTS) / (1 - half_slot)))


def _series(spec: Lines, y: Scale, height: float, language: str) -> list[LineSeries]:
    """List the series, the longest first: LibreOffice loses those that are longer than the first one."""
    found = [
        LineSeries(role="curve", name=c.name, values=c.values, curve=k,
                   low=c.low if spec.labels else (), high=c.high if spec.labels else ())
        for k, c in enumerate(spec.curves)
    ]  # fmt: skip
    for k, c in enumerate(spec.curves if spec.x else ()):
        found.append(LineSeries(role="end", name=f"{c.name}: low", values=c.low, curve=k))
        found.append(LineSeries(role="end", name=f"{c.name}: high", values=c.high, curve=k))
    if spec.reference is not None:
        value, name = spec.reference
        found.append(LineSeries(role="reference", name=name, values=(value,) * spec.count))
    if spec.numbered:
        found.append(_printed(spec, language))
    return [*found, *_named(spec, y, height, language), *_events(spec, y)]


def _printed(spec: Lines, language: str) -> LineSeries:
    """Texts above the whiskers of the only series; with many places the values alone."""
    (curve,) = spec.curves
    rows = list(zip(curve.values, curve.low, curve.high, strict=True))
    alone = spec.count > _WITH_ENDS
    said = [number(v, spec.unit, language) if alone else interval(v, a, b, spec.unit, language) for v, a, b in rows]
    texts = tuple(words if math.isfinite(v) else "" for words, (v, _, _) in zip(said, rows, strict=True))
    tops = tuple(b if math.isfinite(b) else v for v, _, b in rows)
    return LineSeries(role="text", name=text("chart.text_at", language), values=tops, texts=texts)


def _named(spec: Lines, y: Scale, height: float, language: str) -> list[LineSeries]:
    """Name the lines at their right end, moved apart: each name is a series that is not seen, with one point."""
    named = spec.named()
    size = _NAME_SIZE * 1.3 / height * (y.high - y.low)
    moved = spread([value for _, value in named], sizes=[size] * len(named), low=y.low, high=y.high) if named else []
    texts = [name for name, _ in named]
    if spec.reference is not None:
        texts[-1] += f" {number(spec.reference[0], spec.unit, language)}"
    blank = (math.nan,) * (spec.count - 1)
    owners = [*(range(len(spec.curves)) if len(spec.curves) > 1 else ()), -1]
    return [
        LineSeries(role="name", name=_GAP + words, values=(*blank, place), curve=k)
        for words, place, k in zip(texts, moved, owners, strict=False)
    ]


def _events(spec: Lines, y: Scale) -> list[LineSeries]:
    """Put the events at the upper end of the plot, each with a line down to its place."""
    if not spec.marks:
        return []
    if spec.x:
        places, texts = zip(*spec.marks, strict=True)
        tops = (y.high,) * len(places)
        low = (y.low,) * len(places)
        return [LineSeries(role="event", name="events", values=tops, low=low, high=tops, texts=texts, places=places)]
    said = dict(spec.marks)
    texts = tuple(said.get(place, "") for place in spec.places)
    tops, low = (tuple(end if words else math.nan for words in texts) for end in (y.high, y.low))
    return [LineSeries(role="event", name="events", values=tops, low=low, high=tops, texts=texts)]


def _data(spec: Lines, series: list[LineSeries], language: str) -> CategoryChartData | XyChartData:
    """Points of the chart; what is missing is left open."""
    if spec.x:
        points = XyChartData(number_format="General")
        for part in series:
            block = points.add_series(part.name)
            for x, value in zip(part.places or spec.x, part.values, strict=True):
                block.add_data_point(x, value if math.isfinite(value) else None)
        return points
    data = CategoryChartData(number_format=excel_format(spec.unit, language))
    data.categories = spec.labels
    for part in series:
        data.add_series(part.name, [value if math.isfinite(value) else None for value in part.values])
    return data


def _dress(item: Any, part: LineSeries, where: LineCells, *, before: str, room: float) -> None:
    """Give a series its look; what only carries words is not seen itself."""
    if part.role in ("curve", "end", "reference"):
        _line(item, part)
    else:
        item.format.line.fill.background()
        item.marker.style = XL_MARKER_STYLE.NONE
    colour, event = _COLOURS[part.curve % len(_COLOURS)] if part.curve >= 0 else MUTED, part.role == "event"
    if part.role == "name":
        label = xml.name_label("r", size=_NAME_SIZE, colour=_NAMES[colour] if part.curve >= 0 else "accent2", bold=True)
        xml.insert_before(item._element, before, label)
    elif part.texts:
        texts = [fitting(words, width=room, height=16, size=11) if event else words for words in part.texts]
        label = xml.cell_labels(texts, size=11, side="t", colour="accent6" if event else "tx1")
        xml.insert_before(item._element, before, label)
        item._element.append(xml.label_cells(texts, column=where.texts, first_row=where.first))
    if part.low:
        whiskers = xml.error_bars(
            part.values, part.low, part.high, columns=(where.minus, where.plus), first_row=where.first, direction="y",
            colour=_NAMES[colour], width=1.0, cap=part.role == "curve", dash="sysDash" if event else "solid",
        )  # fmt: skip
        xml.insert_before(item._element, before, whiskers)


def _line(item: Any, part: LineSeries) -> None:
    """Colour a line and its markers; ends of intervals are thin and dashed."""
    line, marker = item.format.line, item.marker
    thin = part.role == "end"
    line.color.theme_color = _COLOURS[part.curve % len(_COLOURS)] if part.curve >= 0 else ALERT
    line.width = Pt(1 if thin else 1.25 if part.role == "reference" else 2.25)
    later = max(part.curve, 0) // len(_COLOURS)
    line.dash_style = MSO_LINE_DASH_STYLE.DASH if thin or part.role == "reference" else _DASHES[later]
    item.smooth = part.role != "reference" and not part.low
    if not part.low:
        marker.style = XL_MARKER_STYLE.NONE
        return
    marker.style, marker.size = XL_MARKER_STYLE.CIRCLE, 8
    marker.format.fill.solid()
    marker.format.fill.fore_color.theme_color = _COLOURS[part.curve % len(_COLOURS)]
    marker.format.line.fill.background()


def _axes(chart: Chart, spec: Lines, y: Scale, language: str) -> None:
    across, up = chart.category_axis, chart.value_axis
    up.minimum_scale, up.maximum_scale, up.major_unit = y.low, y.high, y.step
    up.format.line.fill.background()
    up.major_gridlines.format.line.color.theme_color = LINE
    up.major_gridlines.format.line.width = Pt(0.75)
    formats = (excel_format("share" if spec.unit == "share" else "none", language, places=tick_places(y, spec.unit)),
               excel_format("share" if spec.x_unit == "share" else "none", language))  # fmt: skip
    for axis, form in zip((up, across), formats, strict=True):
        axis.major_tick_mark = XL_TICK_MARK.NONE
        axis.tick_label_position = XL_TICK_LABEL_POSITION.LOW
        axis.tick_labels.font.size = Pt(11)
        axis.tick_labels.font.color.theme_color = MUTED
        axis.tick_labels.number_format = form
        axis.tick_labels.number_format_is_linked = False
    across.format.line.color.theme_color = LINE
    if spec.x:
        across.has_major_gridlines = False
        across.minimum_scale, across.maximum_scale = spec.x[0], spec.x[-1]
    if spec.x_title:
        across.axis_title.text_frame.text = spec.x_title
        font = across.axis_title.text_frame.paragraphs[0].runs[0].font
        font.size, font.bold = Pt(11), False
        font.color.theme_color = MUTED
