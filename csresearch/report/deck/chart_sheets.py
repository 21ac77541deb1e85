"""The sheet behind a native chart: every figure of the exhibit, and lengths and texts that follow when it is edited."""

from __future__ import annotations

import io
import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from typing import Literal, NamedTuple, TypeAlias

from xlsxwriter import Workbook  # type: ignore[import-untyped]
from xlsxwriter.utility import xl_cell_to_rowcol, xl_col_to_name  # type: ignore[import-untyped]
from xlsxwriter.worksheet import Worksheet  # type: ignore[import-untyped]

from csresearch.report.files import FIXED_DATE
from csresearch.show.format import excel_format, title
from csresearch.show.specs import Bars, Grid, Lines, Unit
from csresearch.show.words import text

Series: TypeAlias = tuple[str, tuple[tuple[float, float], ...]]
References: TypeAlias = tuple[str, str, str]
Role: TypeAlias = Literal["curve", "end", "reference", "text", "name", "event"]


@dataclass(frozen=True, kw_only=True)
class LineSeries:
    """One series of a line chart: what it is for, its values, and what hangs on them where there is such.

    `places` are those of a series with rows of its own, below the others; `curve` is the line that it belongs to.
    """

    role: Role
    name: str
    values: tuple[float, ...]
    low: tuple[float, ...] = ()
    high: tuple[float, ...] = ()
    texts: tuple[str, ...] = ()
    places: tuple[float, ...] = ()
    curve: int = -1


class LineCells(NamedTuple):
    """Where a series stands in the sheet: cells of its name, x and y; columns of error lengths and texts; first row."""

    name: str
    x: str
    y: str
    minus: str
    plus: str
    texts: str
    first: int


def bar_sheet(spec: Bars, text_at: float, printed: Sequence[str], language: str = "en") -> bytes:
    """Write the sheet of a bar chart.

    Parameters
    ----------
    spec : Bars
        Labels, estimates and ends of intervals (k).
    text_at : float
        Where the printed text stands on the axis.
    printed : sequence of str
        The text of each bar (k).
    language : str
        Language of headings and formulas.

    Returns
    -------
    bytes
        An XLSX file: A label, B estimate, C place of the text, D low, E down to low, F up to high, G text, H high.
    """

    def fill(sheet: Worksheet) -> None:
        at, minus, plus, said = _heads(language, "text_at", "minus", "plus", "text")
        estimate, least, most = (title(name, language) for name in ("estimate", "conf_low", "conf_high"))
        sheet.write_row(0, 0, ("", estimate, at, least, minus, plus, said, most))
        form, between = _printing(spec.unit, language)
        rows = zip(spec.labels, spec.values, spec.low, spec.high, printed, strict=True)
        for row, (label, value, low, high, words) in enumerate(rows, start=2):
            sheet.write_string(f"A{row}", label)
            sheet.write_number(f"C{row}", text_at)
            _interval(sheet, row, "BDHEF", value, low, high)
            text = f'="\u00a0\u00a0"&TEXT(B{row},{form})&" ["&TEXT(D{row},{form})&{between}&TEXT(H{row},{form})&"]"'
            if math.isfinite(low):
                sheet.write_formula(f"G{row}", text, None, words)
            else:
                sheet.write_string(f"G{row}", words)

    return _blob(fill)


def grid_sheet(spec: Grid, series: Sequence[Series], language: str = "en") -> tuple[bytes, list[References]]:
    """Write the sheet of a grid: one row a point, the name of its series in front.

    Parameters
    ----------
    spec : Grid
        The grid; those of its attributes that have a place are the last series.
    series : sequence of (name, points)
        All series in the order of the chart.

    Returns
    -------
    (bytes, list of (str, str, str))
        An XLSX file (A name, B x, C y, D to G ends of the intervals, H to K lengths of the error bars), and for
        each series the cells of its name, x and y.
    """
    rows = [(name, point) for name, points in series for point in points]

    def fill(sheet: Worksheet) -> None:
        ends = _heads(language, "x_low", "x_high", "y_low", "y_high", "x_minus", "x_plus", "y_minus", "y_plus")
        sheet.write_row(0, 0, ("", "x", "y", *ends))
        _points(sheet, [(name, x, y) for name, (x, y) in rows])
        for row, k in enumerate(spec.placed, start=len(rows) - len(spec.placed) + 2):
            _interval(sheet, row, "BDEHI", spec.x[k], spec.x_low[k], spec.x_high[k])
            _interval(sheet, row, "CFGJK", spec.y[k], spec.y_low[k], spec.y_high[k])

    return _blob(fill), _below(map(len, (points for _, points in series)), name="A")


def scatter_sheet(series: Sequence[tuple[str, Sequence[tuple[str, float, float]]]]) -> tuple[bytes, list[References]]:
    """Write the sheet of points that have names of their own: A name, B x, C y, D the series.

    Parameters
    ----------
    series : sequence of (name, points)
        All series in the order of the chart; a point is its name, x and y.
    """

    def fill(sheet: Worksheet) -> None:
        sheet.write_row(0, 0, ("", "x", "y"))
        _points(sheet, [point for _, points in series for point in points])
        for row, name in enumerate((name for name, points in series for _ in points), start=2):
            sheet.write_string(f"D{row}", name)

    return _blob(fill), _below(map(len, (points for _, points in series)), name="D")


def _points(sheet: Worksheet, rows: Sequence[tuple[str, float, float]]) -> None:
    for row, (name, x, y) in enumerate(rows, start=2):
        sheet.write_string(f"A{row}", name)
        sheet.write_number(f"B{row}", x)
        sheet.write_number(f"C{row}", y)


def _below(sizes: Iterable[int], *, name: str) -> list[References]:
    """Cells of series that stand one below the other, each name in the column `name`."""
    return [
        (f"Sheet1!${name}${row}", f"Sheet1!$B${row}:$B${after - 1}", f"Sheet1!$C${row}:$C${after - 1}")
        for row, after in pairwise(accumulate(sizes, initial=2))
    ]


def line_sheet(spec: Lines, series: Sequence[LineSeries], language: str = "en") -> tuple[bytes, list[LineCells]]:
    """Write the sheet of a line chart: one row a place, and for each series its columns.

    Parameters
    ----------
    spec : Lines
        Its places are column A.
    series : sequence of LineSeries
        All series in the order of the chart; the first has the values of the first curve.

    Returns
    -------
    (bytes, list of LineCells)
        An XLSX file (each series: value; low, high, minus, plus; text, as it has them), and the cells of each series.
    """
    cells: list[LineCells] = []
    column, below = 1, spec.count + 2
    for part in series:
        widths = (1, 4 * bool(part.low), bool(part.texts))
        value, text = column, column + sum(widths[:2])
        first = below if part.places else 2
        last = first + len(part.values) - 1
        letter, minus, plus, words = (xl_col_to_name(c) for c in (value, value + 3, value + 4, text))
        name, x, y = f"${letter}$1", f"$A${first}:$A${last}", f"${letter}${first}:${letter}${last}"
        cells.append(LineCells(f"Sheet1!{name}", f"Sheet1!{x}", f"Sheet1!{y}", minus, plus, words, first))
        below, column = max(below, last + 1), column + sum(widths)

    def fill(sheet: Worksheet) -> None:
        sheet.write_string("A1", spec.x_title)
        for row, place in enumerate(spec.labels or spec.x, start=2):
            sheet.write(f"A{row}", place)
        for part, where in zip(series, cells, strict=True):
            _line_series(sheet, part, where, spec, language)

    return _blob(fill), cells


def _line_series(sheet: Worksheet, part: LineSeries, where: LineCells, spec: Lines, language: str) -> None:
    letter = where.y.split("$")[1]
    start, end = (xl_col_to_name(xl_cell_to_rowcol(f"{letter}1")[1] + step) for step in (1, 2))
    heads = {letter: part.name}
    minus, plus, text_head = _heads(language, "minus", "plus", "text")
    low, high = title("conf_low", language), title("conf_high", language)
    heads |= {start: low, end: high, where.minus: minus, where.plus: plus} if part.low else {}
    heads |= {where.texts: text_head} if part.texts else {}
    for column, head in heads.items():
        sheet.write_string(f"{column}1", head)
    for k, value in enumerate(part.values):
        row = where.first + k
        if part.places:
            sheet.write_number(f"A{row}", part.places[k])
        if part.low:
            columns = (letter, start, end, where.minus, where.plus)
            _interval(sheet, row, columns, value, part.low[k], part.high[k])
        elif math.isfinite(value):
            sheet.write_number(f"{letter}{row}", value)
        if not part.texts or not part.texts[k]:
            continue
        if part.role == "text" and "[" in part.texts[k]:  # the text follows the figures of the only curve
            form, between = _printing(spec.unit, language)
            formula = f'=TEXT(B{row},{form})&" ["&TEXT(C{row},{form})&{between}&TEXT(D{row},{form})&"]"'
            sheet.write_formula(f"{where.texts}{row}", formula, None, part.texts[k])
        else:
            sheet.write_string(f"{where.texts}{row}", part.texts[k])


def _heads(language: str, *keys: str) -> tuple[str, ...]:
    return tuple(text(f"chart.{key}", language) for key in keys)


def _printing(unit: Unit, language: str) -> tuple[str, str]:
    """Format of TEXT and what stands between the ends of an interval, as strings of a formula."""
    form = excel_format(unit, language) if unit != "none" else "0.00"
    return f'"{form}"', f'"{text("sign.between", language)}"'


def _interval(sheet: Worksheet, row: int, columns: Sequence[str], value: float, low: float, high: float) -> None:
    """Write a value, the ends of its interval, and the lengths of its error bars, which follow when it is edited."""
    centre, start, end, minus, plus = (f"{column}{row}" for column in columns)
    for cell, figure in ((centre, value), (start, low), (end, high)):
        if math.isfinite(figure):
            sheet.write_number(cell, figure)
    if math.isfinite(high - low):
        sheet.write_formula(minus, f"={centre}-{start}", None, value - low)
        sheet.write_formula(plus, f"={end}-{centre}", None, high - value)


def _blob(fill: Callable[[Worksheet], None]) -> bytes:
    target = io.BytesIO()
    book = Workbook(target, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    book.set_properties({"created": FIXED_DATE})
    sheet = book.add_worksheet("Sheet1")
    sheet.set_column(0, 0, 34)
    fill(sheet)
    book.close()
    return target.getvalue()
