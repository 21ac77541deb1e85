# mypy: allow-untyped-calls
# python-pptx annotates only a part of itself.
"""Native tables of the deck: type, widths and heights by measure, long ones split over slides."""

from __future__ import annotations

import math
from collections.abc import Sequence

from pptx.enum.text import MSO_ANCHOR, PP_ALIGN
from pptx.oxml import parse_xml
from pptx.shapes.placeholder import PlaceholderGraphicFrame, TablePlaceholder
from pptx.table import _Cell
from pptx.util import Pt

from csresearch.report.deck_master import Box
from csresearch.report.deck_shapes import INK, NAVY, POINTS, write
from csresearch.report.measure import text_height, text_width
from csresearch.show.format import cell
from csresearch.show.specs import Align, TableSpec

_CELL_PAD = (6.0, 3.0)
_SIDES: dict[Align, PP_ALIGN] = {"left": PP_ALIGN.LEFT, "right": PP_ALIGN.RIGHT, "center": PP_ALIGN.CENTER}
_PLAIN_TABLE = "{2D5ABB26-0587-4C30-8999-92F81FD0307C}"
_TABLE_SIZES = (14.0, 13.0, 12.0, 11.0, 10.0)


def printed_rows(spec: TableSpec, language: str) -> list[list[str]]:
    """Print all cells of a table."""
    return [
        [cell(value, column.unit, language) for value, column in zip(row, spec.columns, strict=True)]
        for row in spec.rows
    ]


def table_pages(spec: TableSpec, box: Box, language: str) -> list[TableSpec]:
    """Split a table into pages of about equal length that fit `box` at 10 points or more."""
    rows = printed_rows(spec, language)
    for parts in range(1, len(rows) + 1):
        length = math.ceil(len(rows) / parts)
        pages = [TableSpec(columns=spec.columns, rows=spec.rows[k : k + length]) for k in range(0, len(rows), length)]
        if all(_table_fit(page, box, language, sizes=_TABLE_SIZES) is not None for page in pages):
            return pages
    return [spec]


def _table_fit(
    spec: TableSpec, box: Box, language: str, *, sizes: Sequence[float]
) -> tuple[float, list[float], list[float]] | None:
    """Find type size, widths and heights in points at which a table fits; None if it does at no size."""
    titles = [column.title for column in spec.columns]
    rows = [titles, *printed_rows(spec, language)]
    for size in sizes:
        widths = _column_widths(rows, box.width * POINTS, size)
        heights = [
            max(text_height(entry, width - 2 * _CELL_PAD[0], size) for entry, width in zip(row, widths, strict=True))
            + 2 * _CELL_PAD[1]
            for row in rows
        ]
        if sum(heights) <= box.height * POINTS:
            return size, widths, heights
    return None


def _column_widths(rows: list[list[str]], width: float, size: float) -> list[float]:
    """Give each column what its longest cell needs; too much is taken from the widest, spare room shared out."""
    wanted = [max(text_width(row[k], size) for row in rows) + 2 * _CELL_PAD[0] + 2 for k in range(len(rows[0]))]
    excess = sum(wanted) - width
    while excess > 0.5:
        widest = max(wanted)
        place = wanted.index(widest)
        second = max((other for other in wanted if other < widest), default=widest / 2)
        cut = min(excess, max(1.0, widest - second))
        wanted[place] -= cut
        excess -= cut
    # Spare room goes to the gaps, but a narrow table is not torn apart over the whole slide.
    stretch = min(1.6, width / sum(wanted))
    return [part * stretch for part in wanted]


def add_table(placeholder: TablePlaceholder, spec: TableSpec, box: Box, language: str) -> PlaceholderGraphicFrame:
    """Put a native table into a placeholder: bold titles, hairlines, numbers to their side.

    Raises
    ------
    ValueError
        If a row alone is higher than the slide.
    """
    fit = _table_fit(spec, box, language, sizes=(*_TABLE_SIZES, 9.0, 8.0))
    if fit is None:
        raise ValueError("a row of the table is higher than the slide; shorten its text")
    size, widths, heights = fit
    frame: PlaceholderGraphicFrame = placeholder.insert_table(rows=len(heights), cols=len(widths))
    table = frame.table
    (style,) = table._tbl.xpath("a:tblPr/a:tableStyleId")
    style.text = _PLAIN_TABLE
    table.horz_banding = False
    for place, width in enumerate(widths):
        table.columns[place].width = Pt(width)
    rows = [[column.title for column in spec.columns], *printed_rows(spec, language)]
    for r, (row, height) in enumerate(zip(rows, heights, strict=True)):
        table.rows[r].height = Pt(height)
        for c, entry in enumerate(row):
            _fill_cell(table.cell(r, c), entry, size=size, align=spec.columns[c].align, head=r == 0)
    return frame


def _fill_cell(target: _Cell, entry: str, *, size: float, align: Align, head: bool) -> None:
    target.margin_left = target.margin_right = Pt(_CELL_PAD[0])
    target.margin_top = target.margin_bottom = Pt(_CELL_PAD[1])
    target.vertical_anchor = MSO_ANCHOR.BOTTOM if head else MSO_ANCHOR.MIDDLE
    write(target.text_frame, entry, size=size, colour=NAVY if head else INK, bold=head, align=_SIDES[align])
    line = (
        '<a:lnB xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" w="{width}"><a:solidFill>'
        '<a:schemeClr val="{colour}"/></a:solidFill></a:lnB>'
    ).format(width=15875 if head else 6350, colour="tx2" if head else "accent5")
    target._tc.get_or_add_tcPr().insert(0, parse_xml(line))
