# mypy: allow-untyped-calls
# python-pptx annotates only a part of itself.
"""Native tables of the deck: type, widths and heights by measure, long ones split over slides."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from pptx.enum.text import MSO_ANCHOR, PP_ALIGN
from pptx.oxml import parse_xml
from pptx.shapes.placeholder import PlaceholderGraphicFrame, TablePlaceholder
from pptx.table import _Cell
from pptx.util import Pt

from csresearch.errors import OutputError
from csresearch.report.deck.master import Box
from csresearch.report.deck.shapes import INK, NAVY, POINTS, write
from csresearch.report.measure import text_height, text_width
from csresearch.show.specs import Align, TableSpec

_SIDES: dict[Align, PP_ALIGN] = {"left": PP_ALIGN.LEFT, "right": PP_ALIGN.RIGHT}
_PLAIN_TABLE = "{2D5ABB26-0587-4C30-8999-92F81FD0307C}"
# Type size and padding above and below each row, in points, the roomiest first.
_STYLES = ((14.0, 7.0), (14.0, 4.5), (13.0, 4.0), (12.0, 3.5), (11.0, 3.0), (10.0, 2.5))
_TIGHT = ((9.0, 2.0), (8.0, 1.5))
_SIDE = 9.0


@dataclass(frozen=True, kw_only=True)
class TablePage:
    """A part of a table in its final measures: printed rows with the titles first, sizes in points."""

    rows: tuple[tuple[str, ...], ...]
    sides: tuple[Align, ...]
    size: float
    padding: float
    widths: tuple[float, ...]
    heights: tuple[float, ...]


def table_pages(spec: TableSpec, box: Box) -> list[TablePage]:
    """Split a table into parts of about equal length that fit `box`, all in the same type and widths.

    Raises
    ------
    ValueError
        If a row alone is higher than the slide.
    """
    titles, rows = spec.titles, spec.rows
    count = max(1, len(rows))
    for parts, styles in (*((parts, _STYLES) for parts in range(1, count + 1)), (count, _TIGHT)):
        length = math.ceil(count / parts)
        for size, padding in styles:
            widths = _column_widths([titles, *rows], box.width * POINTS, size)
            head, *heights = (_row_height(row, widths, size, padding) for row in (titles, *rows))
            starts = range(0, count, length)
            if all(head + sum(heights[k : k + length]) <= box.height * POINTS for k in starts):
                return [
                    TablePage(
                        rows=(titles, *rows[k : k + length]),
                        sides=spec.sides,
                        size=size,
                        padding=padding,
                        widths=tuple(widths),
                        heights=(head, *heights[k : k + length]),
                    )
                    for k in starts
                ]
    raise OutputError("a row of the table is higher than the slide; shorten its text")


NBSP = "\N{NO-BREAK SPACE}"


def add_table(placeholder: TablePlaceholder, page: TablePage) -> PlaceholderGraphicFrame:
    """Put a native table into a placeholder: bold titles, hairlines, numbers to their side."""
    frame: PlaceholderGraphicFrame = placeholder.insert_table(rows=len(page.heights), cols=len(page.widths))
    table = frame.table
    (style,) = table._tbl.xpath("a:tblPr/a:tableStyleId")
    style.text = _PLAIN_TABLE
    table.horz_banding = False
    for place, width in enumerate(page.widths):
        table.columns[place].width = Pt(width)
    for r, (row, height) in enumerate(zip(page.rows, page.heights, strict=True)):
        table.rows[r].height = Pt(height)
        for c, entry in enumerate(row):
            _fill_cell(table.cell(r, c), entry, page, side=page.sides[c], head=r == 0)
    frame.height = Pt(sum(page.heights))
    return frame


def _row_height(row: Sequence[str], widths: Sequence[float], size: float, padding: float) -> float:
    heights = (text_height(entry, width - 2 * _SIDE, size) for entry, width in zip(row, widths, strict=True))
    return max(heights) + 2 * padding


def _column_widths(rows: Sequence[Sequence[str]], width: float, size: float) -> list[float]:
    """Give each column what its longest cell needs; too much is taken from the widest, spare room shared out."""
    # A little more than measured: a client's face may run wider than ours.
    wanted = [max(text_width(row[k], size) for row in rows) * 1.06 + 2 * _SIDE + 2 for k in range(len(rows[0]))]
    if sum(wanted) > width:  # titles may take two lines before cells do
        folded = [max([_title_width(rows[0][k], size), *(text_width(row[k], size) for row in rows[1:])])
                  for k in range(len(rows[0]))]  # fmt: skip
        wanted = [part * 1.06 + 2 * _SIDE + 2 for part in folded]
    excess = sum(wanted) - width
    while excess > 0.5:
        widest = max(wanted)
        second = max((other for other in wanted if other < widest), default=widest / 2)
        cut = min(excess, max(1.0, widest - second))
        wanted[wanted.index(widest)] -= cut
        excess -= cut
    # Spare room widens the columns, but a narrow table is not torn apart over the whole slide.
    stretch = min(1.6, width / sum(wanted))
    return [part * stretch for part in wanted]


def _title_width(title: str, size: float) -> float:
    """Width of a title over two lines: half of it, or its longest word."""
    return max(0.6 * text_width(title, size), *(text_width(word, size) for word in title.split() or [""]))


def _fill_cell(target: _Cell, entry: str, page: TablePage, *, side: Align, head: bool) -> None:
    target.margin_left = target.margin_right = Pt(_SIDE)
    target.margin_top = target.margin_bottom = Pt(page.padding)
    target.vertical_anchor = MSO_ANCHOR.BOTTOM if head else MSO_ANCHOR.MIDDLE
    # An empty run keeps no size, and its row would grow to the default one.
    write(target.text_frame, entry or NBSP, size=page.size, colour=NAVY if head else INK, bold=head, align=_SIDES[side])
    colour = "tx2" if head else "accent5"
    line = (
        f'<a:lnB xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" w="{15875 if head else 6350}">'
        f'<a:solidFill><a:schemeClr val="{colour}"/></a:solidFill></a:lnB>'
    )
    target._tc.get_or_add_tcPr().insert(0, parse_xml(line))
