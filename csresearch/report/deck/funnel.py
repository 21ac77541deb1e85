"""Native funnel of the deck: an XY chart of groups by size, with its limits, outliers named."""

# mypy: allow-untyped-calls
# python-pptx annotates only a part of itself.
from __future__ import annotations

from pptx.chart.series import XySeries
from pptx.enum.chart import XL_MARKER_STYLE
from pptx.enum.dml import MSO_LINE_DASH_STYLE
from pptx.shapes.base import BaseShape
from pptx.shapes.placeholder import ChartPlaceholder
from pptx.slide import Slide
from pptx.util import Pt

from csresearch.report.deck import chart_xml as xml
from csresearch.report.deck.chart_sheets import scatter_sheet
from csresearch.report.deck.master import Box
from csresearch.report.deck.placing import Rectangle, sides
from csresearch.report.deck.scatter import add_scatter, mark, plotted, scatter_axes
from csresearch.report.deck.shapes import ACCENT, ALERT, MUTED
from csresearch.report.measure import line_height, text_width
from csresearch.show.specs import Funnel

_LAYOUT = (0.062, 0.02, 0.84, 0.85)
_SIZE = 11.0
_DASHES = {2.0: MSO_LINE_DASH_STYLE.ROUND_DOT, 3.0: MSO_LINE_DASH_STYLE.DASH}
Points = list[tuple[str, float, float]]


def add_funnel(slide: Slide, placeholder: ChartPlaceholder, spec: Funnel, box: Box, language: str) -> BaseShape:
    """Put an XY chart into a placeholder; its figures and names live in its own sheet.

    Parameters
    ----------
    slide : Slide
    placeholder : ChartPlaceholder
        Where the chart goes.
    spec : Funnel
    box : Box
        The room there is.
    language : str
        Language of numbers.

    Returns
    -------
    BaseShape
        The frame of the chart.
    """
    series = _series(spec)
    sheet = scatter_sheet([(name, points) for name, _, points in series])
    plain = [(name, tuple((x, y) for _, x, y in points)) for name, _, points in series]
    frame = add_scatter(placeholder, plain, sheet, box, _LAYOUT)
    chosen = iter(_sides(spec, box))
    for item, (_, role, points) in zip(frame.chart.plots[0].series, series, strict=True):
        _dress(item, role, points, named=next(chosen) if role == "outside" else None)
    scatter_axes(
        frame.chart, titles=(spec.x_title, spec.axis_title), units=("none", spec.unit), scales=spec.scales(),
        language=language,
    )  # fmt: skip
    return frame


def _series(spec: Funnel) -> list[tuple[str, str, Points]]:
    """Name, role and points of every series, the longest first: LibreOffice loses those that are longer than it."""
    found: list[tuple[str, str, Points]] = []
    for times, name in zip((2.0, 3.0), spec.names[1:], strict=True):
        limits = spec.limits(times)
        for side in (2, 1):
            found.append((name, f"limit {times} {side}", [(name, row[0], row[side]) for row in limits]))
    x, _ = spec.scales()
    found.append((spec.names[0], "centre", [(spec.names[0], end, spec.centre) for end in (x.low, x.high)]))
    inside: Points = []
    for label, x_value, y, outside in zip(spec.labels, spec.x, spec.y, spec.outside, strict=True):
        if outside:
            found.append((label, "outside", [(label, x_value, y)]))
        else:
            inside.append((label, x_value, y))
    if inside:
        found.append((spec.x_title, "inside", inside))
    return sorted(found, key=lambda part: -len(part[2]))


def _dress(item: XySeries, role: str, points: Points, *, named: str | None) -> None:
    """Colour a series by its role."""
    if role.startswith("limit") or role == "centre":
        item.marker.style = XL_MARKER_STYLE.NONE
        item.format.line.color.theme_color = MUTED
        item.format.line.width = Pt(1.25)
        if role != "centre":
            item.format.line.dash_style = _DASHES[float(role.split()[1])]
        if role == "centre" or role.endswith("2"):  # the name stands at the right end of the upper limit
            label = xml.last_label(len(points) - 1, size=_SIZE, colour="accent6")
            xml.insert_before(item._element, "c:xVal", label)
        return
    mark(item, ALERT if role == "outside" else ACCENT, size=8)
    if named is not None:
        xml.insert_before(item._element, "c:xVal", xml.name_label(named, size=_SIZE))


def _sides(spec: Funnel, box: Box) -> list[str]:
    """Choose the side on which the name of each group outside stands."""
    plot, place = plotted(box, _LAYOUT, spec.scales())
    places = [place(x, y) for x, y in zip(spec.x, spec.y, strict=True)]
    named = [k for k, outside in enumerate(spec.outside) if outside]
    if not named:
        return []
    sizes = [(text_width(spec.labels[k], _SIZE) + 4, _SIZE * line_height(spec.labels[k]) + 2) for k in named]
    others = [Rectangle(x - 5, y - 5, x + 5, y + 5) for k, (x, y) in enumerate(places) if k not in named]
    chosen, _ = sides([places[k] for k in named], sizes, frame=plot, obstacles=others, lines=[], gap=6)
    return list(chosen)
