"""The parts of a native chart that python-pptx does not write: error bars, labels from cells, plot layout."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast
from uuid import NAMESPACE_OID, uuid5
from xml.sax.saxutils import escape

from pptx.chart.chart import Chart
from pptx.oxml import parse_xml
from pptx.oxml.xmlchemy import BaseOxmlElement
from pptx.util import Pt

from csresearch.report.deck.shapes import INK

_CHART = 'xmlns:c="http://schemas.openxmlformats.org/drawingml/2006/chart"'
_DRAWING = 'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"'
_C15 = 'xmlns:c15="http://schemas.microsoft.com/office/drawing/2012/chart"'


def error_bars(
    values: Sequence[float],
    low: Sequence[float],
    high: Sequence[float],
    *,
    columns: tuple[str, str],
    first_row: int = 2,
    direction: str = "",
    colour: str = "tx1",
    width: float = 1.25,
    cap: bool = True,
    dash: str = "solid",
) -> BaseOxmlElement:
    """Write asymmetric error bars whose lengths are cells of the sheet: `columns` hold value - low and high - value."""

    def lengths(tag: str, column: str, sizes: list[float]) -> str:
        points = "".join(f'<c:pt idx="{k}"><c:v>{size!r}</c:v></c:pt>' for k, size in enumerate(sizes) if size == size)
        cells = f"Sheet1!${column}${first_row}:${column}${first_row + len(sizes) - 1}"
        return (
            f"<c:{tag}><c:numRef><c:f>{cells}</c:f><c:numCache><c:formatCode>General</c:formatCode>"
            f'<c:ptCount val="{len(sizes)}"/>{points}</c:numCache></c:numRef></c:{tag}>'
        )

    across = f'<c:errDir val="{direction}"/>' if direction else ""
    minus = [float(value - end) for value, end in zip(values, low, strict=True)]
    plus = [float(end - value) for value, end in zip(values, high, strict=True)]
    return _element(
        f"<c:errBars {_CHART} {_DRAWING}>{across}"
        f'<c:errBarType val="both"/><c:errValType val="cust"/><c:noEndCap val="{int(not cap)}"/>'
        f"{lengths('plus', columns[1], plus)}{lengths('minus', columns[0], minus)}"
        f'<c:spPr><a:ln w="{Pt(width)}"><a:solidFill><a:schemeClr val="{colour}"/></a:solidFill>'
        f'<a:prstDash val="{dash}"/></a:ln></c:spPr></c:errBars>'
    )


def cell_labels(printed: Sequence[str], *, size: float, side: str = "outEnd", colour: str = "tx1") -> BaseOxmlElement:
    """Write labels that show the cells named by `label_cells` ("value from cells"), by default at the end of bars."""
    marker = 'uri="{CE6537A1-D6FC-4f65-9D91-7224C49458BB}"'
    labels = "".join(
        f'<c:dLbl><c:idx val="{k}"/><c:tx><c:rich><a:bodyPr wrap="none"/><a:lstStyle/><a:p>'
        f'<a:fld id="{{{str(uuid5(NAMESPACE_OID, f"{k} {text}")).upper()}}}" type="CELLRANGE"><a:rPr lang="en-US"/>'
        f"<a:pPr/><a:t>{escape(text)}</a:t></a:fld></a:p></c:rich></c:tx>"
        f'<c:dLblPos val="{side}"/>{_shown()}<c:extLst><c:ext {marker} {_C15}>'
        '<c15:showDataLabelsRange val="1"/></c:ext></c:extLst></c:dLbl>'
        for k, text in enumerate(printed)
        if text
    )
    return _element(
        f"<c:dLbls {_CHART} {_DRAWING}>{labels}{_text_look(size, colour, filled=side == 't')}"
        f'<c:dLblPos val="{side}"/>{_shown()}<c:extLst><c:ext {marker} {_C15}>'
        '<c15:showDataLabelsRange val="1"/></c:ext></c:extLst></c:dLbls>'
    )


def label_cells(printed: Sequence[str], *, column: str, first_row: int = 2) -> BaseOxmlElement:
    """Name the cells whose text the labels of a series show."""
    points = "".join(f'<c:pt idx="{k}"><c:v>{escape(text)}</c:v></c:pt>' for k, text in enumerate(printed) if text)
    return _element(
        f'<c:extLst {_CHART}><c:ext uri="{{02D57815-91ED-43cb-92C2-25804820EDAC}}" {_C15}><c15:datalabelsRange>'
        f"<c15:f>Sheet1!${column}${first_row}:${column}${first_row + len(printed) - 1}</c15:f><c15:dlblRangeCache>"
        f'<c:ptCount val="{len(printed)}"/>{points}</c15:dlblRangeCache></c15:datalabelsRange></c:ext></c:extLst>'
    )


def name_label(side: str, *, size: float, colour: str = "tx1", bold: bool = False) -> BaseOxmlElement:
    """Write a label that shows the name of the series beside its point; `side` is r, l, t or b."""
    return _element(
        f"<c:dLbls {_CHART} {_DRAWING}>{_text_look(size, colour, bold=bold)}"
        f'<c:dLblPos val="{side}"/>{_shown(series=True)}</c:dLbls>'
    )


def last_label(place: int, *, size: float, colour: str = "tx1") -> BaseOxmlElement:
    """Write a label that shows the name of the series to the right of one of its points."""
    return _element(
        f'<c:dLbls {_CHART} {_DRAWING}><c:dLbl><c:idx val="{place}"/>{_text_look(size, colour)}'
        f'<c:dLblPos val="r"/>{_shown(series=True)}</c:dLbl>{_text_look(size, colour)}{_shown()}</c:dLbls>'
    )


def set_layout(chart: Chart, shares: tuple[float, float, float, float]) -> None:
    """Place the inner plot area: left, top, width, height as shares of the frame."""
    parts = "".join(f'<c:{name} val="{share:.5f}"/>' for name, share in zip("xywh", shares, strict=True))
    (area,) = chart._chartSpace.xpath("c:chart/c:plotArea")
    for old in area.xpath("c:layout"):
        area.remove(old)
    layout = (
        f'<c:layout {_CHART}><c:manualLayout><c:layoutTarget val="inner"/><c:xMode val="edge"/><c:yMode val="edge"/>'
        f"{parts}</c:manualLayout></c:layout>"
    )
    area.insert(0, parse_xml(layout))


def refer(series: BaseOxmlElement, cells: Sequence[str]) -> None:
    """Let a series take its name, its places and its values from cells of the sheet."""
    for path, cell in zip(("tx", "cat//c:f | c:xVal", "val//c:f | c:yVal"), cells, strict=True):
        (formula,) = series.xpath(f"c:{path}//c:f")
        formula.text = cell


def insert_before(parent: BaseOxmlElement, tag: str, element: BaseOxmlElement) -> None:
    """Insert a child where the schema wants it: directly before `tag`."""
    (follower,) = parent.xpath(f"./{tag}")
    follower.addprevious(element)


def dress(chart: Chart, size: float) -> None:
    """Give a chart its type size and colour; no title, no legend."""
    chart.has_legend = False
    chart.has_title = False
    chart.font.size = Pt(size)
    chart.font.color.theme_color = INK


def set_sheet(chart: Chart, blob: bytes) -> None:
    """Put a workbook behind a chart."""
    chart.part.chart_workbook.update_from_xlsx_blob(blob)  # type: ignore[attr-defined]


def _element(xml: str) -> BaseOxmlElement:
    return cast(BaseOxmlElement, parse_xml(xml))


def _shown(*, series: bool = False) -> str:
    flags = ("LegendKey", "Val", "CatName", "SerName", "Percent", "BubbleSize")
    return "".join(f'<c:show{flag} val="{int(series and flag == "SerName")}"/>' for flag in flags)


def _text_look(size: float, colour: str, *, bold: bool = False, filled: bool = False) -> str:
    fill = '<a:solidFill><a:schemeClr val="bg1"/></a:solidFill>' if filled else "<a:noFill/>"
    return (
        f'<c:spPr>{fill}<a:ln><a:noFill/></a:ln></c:spPr><c:txPr><a:bodyPr wrap="none"/><a:lstStyle/><a:p><a:pPr>'
        f'<a:defRPr sz="{round(size * 100)}" b="{int(bold)}"><a:solidFill><a:schemeClr val="{colour}"/></a:solidFill>'
        '</a:defRPr></a:pPr><a:endParaRPr lang="en-US"/></a:p></c:txPr>'
    )
