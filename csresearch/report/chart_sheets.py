"""The sheet behind a native chart: every figure of the exhibit, and lengths and texts that follow when it is edited."""

from __future__ import annotations

import io
import math
from collections.abc import Callable, Sequence
from typing import TypeAlias

from xlsxwriter import Workbook  # type: ignore[import-untyped]
from xlsxwriter.worksheet import Worksheet  # type: ignore[import-untyped]

from csresearch.report.files import FIXED_DATE
from csresearch.show.format import excel_format
from csresearch.show.specs import Bars, Grid

Series: TypeAlias = tuple[str, tuple[tuple[float, float], ...]]
References: TypeAlias = tuple[str, str, str]


def bar_sheet(spec: Bars, *, anchors: Sequence[float], printed: Sequence[str]) -> bytes:
    """Write the sheet of a bar chart.

    Parameters
    ----------
    spec : Bars
        Labels, estimates and ends of intervals (k).
    anchors : sequence of float
        Where the printed text stands (k).
    printed : sequence of str
        The text of each bar (k).

    Returns
    -------
    bytes
        An XLSX file: A label, B estimate, C place of the text, D low, E down to low, F up to high, G text, H high.
    """

    def fill(sheet: Worksheet) -> None:
        sheet.write_row(0, 0, ("", "estimate", "text at", "conf_low", "minus", "plus", "text", "conf_high"))
        for k, label in enumerate(spec.labels):
            row = k + 1
            sheet.write_string(row, 0, label)
            _number(sheet, row, 1, spec.values[k])
            if not spec.has_intervals:
                _number(sheet, row, 2, anchors[k])
                sheet.write_string(row, 6, printed[k])
                continue
            low, high, value = spec.low[k], spec.high[k], spec.values[k]
            _number(sheet, row, 3, low)
            _number(sheet, row, 7, high)
            cell = row + 1
            _number(sheet, row, 2, anchors[k])
            _formula(sheet, row, 4, f"=B{cell}-D{cell}", value - low)
            _formula(sheet, row, 5, f"=H{cell}-B{cell}", high - value)
            form = f'"{excel_format(spec.unit)}"' if spec.unit != "none" else '"0.00"'
            text = f'="\u00a0\u00a0"&TEXT(B{cell},{form})&" ["&TEXT(D{cell},{form})&", "&TEXT(H{cell},{form})&"]"'
            sheet.write_formula(row, 6, text, None, printed[k])

    return _blob(fill)


def grid_sheet(spec: Grid, series: Sequence[Series]) -> tuple[bytes, list[References]]:
    """Write the sheet of a grid: one row a point, the name of its series in front.

    Parameters
    ----------
    spec : Grid
        The grid; its attributes are the last series.
    series : sequence of (name, points)
        All series in the order of the chart.

    Returns
    -------
    (bytes, list of (str, str, str))
        An XLSX file (A name, B x, C y, D to G ends of the intervals, H to K lengths of the error bars), and for
        each series the cells of its name, x and y.
    """
    references: list[References] = []
    row = 2
    for _, points in series:
        last = row + len(points) - 1
        references.append((f"Sheet1!$A${row}", f"Sheet1!$B${row}:$B${last}", f"Sheet1!$C${row}:$C${last}"))
        row = last + 1

    def fill(sheet: Worksheet) -> None:
        sheet.write_row(
            0, 0, ("", "x", "y", "x low", "x high", "y low", "y high", "x minus", "x plus", "y minus", "y plus")
        )
        rows = [(name, point) for name, points in series for point in points]
        for row, (name, (x, y)) in enumerate(rows, start=1):
            sheet.write_string(row, 0, name)
            _number(sheet, row, 1, x)
            _number(sheet, row, 2, y)
        first = len(rows) - len(spec.labels) + 1
        for k in range(len(spec.labels)):
            _intervals(sheet, first + k, spec, k)

    return _blob(fill), references


def _intervals(sheet: Worksheet, row: int, spec: Grid, k: int) -> None:
    cell = row + 1
    for value, low, high, ends, lengths, source in (
        (spec.x[k], spec.x_low, spec.x_high, "DE", (7, 8), "B"),
        (spec.y[k], spec.y_low, spec.y_high, "FG", (9, 10), "C"),
    ):
        if low and high:
            first = ord(ends[0]) - ord("A")
            _number(sheet, row, first, low[k])
            _number(sheet, row, first + 1, high[k])
            _formula(sheet, row, lengths[0], f"={source}{cell}-{ends[0]}{cell}", value - low[k])
            _formula(sheet, row, lengths[1], f"={ends[1]}{cell}-{source}{cell}", high[k] - value)


def _blob(fill: Callable[[Worksheet], None]) -> bytes:
    target = io.BytesIO()
    book = Workbook(target, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    book.set_properties({"created": FIXED_DATE})
    sheet = book.add_worksheet("Sheet1")
    sheet.set_column(0, 0, 34)
    fill(sheet)
    book.close()
    return target.getvalue()


def _number(sheet: Worksheet, row: int, column: int, value: float | None) -> None:
    if value is not None and math.isfinite(value):
        sheet.write_number(row, column, value)


def _formula(sheet: Worksheet, row: int, column: int, formula: str, value: float | None) -> None:
    if value is not None and math.isfinite(value):
        sheet.write_formula(row, column, formula, None, value)
