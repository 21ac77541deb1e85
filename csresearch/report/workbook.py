"""Workbook: exhibits and result tables at full precision, in XLSX; data never becomes a formula."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from numbers import Real
from pathlib import Path

import numpy as np
import pandas as pd
from xlsxwriter import Workbook  # type: ignore[import-untyped]
from xlsxwriter.format import Format  # type: ignore[import-untyped]
from xlsxwriter.worksheet import Worksheet  # type: ignore[import-untyped]

from csresearch.report.exhibit import Exhibit, Report, around
from csresearch.report.files import FIXED_DATE, fix_dates, write_whole
from csresearch.show.columns import columns_of
from csresearch.show.format import column_unit, excel_format, word
from csresearch.show.format import title as column_title
from csresearch.show.phrase import retold
from csresearch.show.specs import Board
from csresearch.show.theme import THEME, hexadecimal
from csresearch.show.words import text, words_of

_NAME_LIMIT = 31
_PROSE, _COLUMN = 110, 8.43  # characters of a line of text, and of a column as a spreadsheet opens it
_FORBIDDEN = str.maketrans(dict.fromkeys("[]:*?/\\", "-"))
_PLAIN = {"reason": "reason", "method": "interval", "text": "flow caught"}  # columns of plain English: their rooms
OPTIONS = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}


def write_workbook(report: Report, to: Path, *, tables: Mapping[str, pd.DataFrame], force: bool = False) -> Path:
    """Write the figures behind a report: contents, one sheet per exhibit, one per result table, the columns explained.

    Parameters
    ----------
    report : Report
        One sheet per exhibit: headline, base, figures, source.
    to : Path
        The ``.xlsx`` file.
    tables : mapping of str to pandas.DataFrame
        Result tables by name, with their own column names.
    force : bool
        Whether a file that stands there may be replaced.

    Returns
    -------
    Path
        The file written. Equal contents give equal bytes.

    Raises
    ------
    OutputError
        If the file cannot be written.
    """

    def write(temporary: Path) -> None:
        book = Workbook(str(temporary), OPTIONS)
        book.set_properties({"title": report.title, "author": "csresearch", "created": FIXED_DATE})
        _fill(Book(book, report.language), report, tables)
        book.close()
        fix_dates(temporary)

    write_whole(to, write, force=force)
    return to


class Book:
    """An open workbook with its formats and the sheet names taken so far."""

    def __init__(self, book: Workbook, language: str) -> None:
        self.book, self.language = book, language
        self._formats: dict[tuple[object, ...], Format] = {}
        self._names: set[str] = set()

    def format(self, number: str = "General", **look: object) -> Format:
        """Give the format of a cell, made once."""
        key = (number, *sorted(look.items())) if look else (number,)
        if key not in self._formats:
            face = THEME.chinese if self.language == "zh" else THEME.latin
            base = {"font_name": face, "font_size": 10, "font_color": hexadecimal(THEME.ink), "valign": "top"}
            self._formats[key] = self.book.add_format(base | {"num_format": number} | look)
        return self._formats[key]

    def head(self, *, align: str = "left") -> Format:
        """Give the format of a heading."""
        return self.format(
            bold=True, align=align, font_color=hexadecimal(THEME.paper), bg_color=hexadecimal(THEME.navy)
        )

    @property
    def link(self) -> Format:
        """Format of a link inside the file."""
        return self.format(font_color=hexadecimal(THEME.accent), underline=1)

    def sheet(self, name: str) -> Worksheet:
        """Add a sheet under a legal name that is not taken."""
        clean = name.translate(_FORBIDDEN).strip("'")[:_NAME_LIMIT] or "_"
        chosen, number = clean, 2
        while chosen.casefold() in self._names or chosen.casefold() == "history":
            chosen = f"{clean[: _NAME_LIMIT - 4]} {number}"
            number += 1
        self._names.add(chosen.casefold())
        sheet = self.book.add_worksheet(chosen)
        sheet.hide_gridlines(2)
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        return sheet


def _fill(book: Book, report: Report, tables: Mapping[str, pd.DataFrame]) -> None:
    contents = book.sheet(text("workbook.contents", book.language))
    rows: list[tuple[str, str, int]] = []

    def add(name: str, shows: str, frame: pd.DataFrame) -> Worksheet:
        """Add a sheet, its way back to the contents and its line there."""
        sheet = book.sheet(name)
        back = text("workbook.back", book.language)
        sheet.write_url(0, 0, f"internal:'{contents.get_name()}'!A1", book.link, string=back)
        rows.append((sheet.get_name(), shows, len(frame)))
        return sheet

    for exhibit in report.exhibits:
        _exhibit(book, add(exhibit.id, exhibit.headline, exhibit.frame), exhibit)
        if isinstance(exhibit.chart, Board):
            _live(book, add, exhibit.chart)
    for name, frame in tables.items():
        _frame(book, add(name, name, frame), frame, first=2, titles=list(map(str, frame.columns)))
    heads = [text("workbook.column", book.language), text("workbook.meaning", book.language)]
    meanings = pd.DataFrame(list(words_of("meaning", book.language).items()), columns=["column", "meaning"])
    last = text("workbook.columns", book.language)
    _frame(book, add(last, last, meanings), meanings, first=2, titles=heads)
    _contents(book, contents, report.title, rows)


def _live(book: Book, add: Callable[[str, str, pd.DataFrame], Worksheet], board: Board) -> None:
    """Add the two sheets of a live what-if."""
    from csresearch.report.what_if_sheet import write_live  # loads the models

    name, draws = (text(f"what_if.{part}_{board.through}", book.language) for part in ("sheet", "draws"))
    title = text("what_if.title", book.language, fields={"outcome": board.labels[-1]})
    sheet = add(name, title, pd.DataFrame(index=range(len(board.labels) - 1)))
    shows = text("what_if.shows_draws", book.language, fields={"sheet": sheet.get_name()})
    behind = add(draws, shows, pd.DataFrame(index=range(len(board.draws))))
    write_live(board, sheet, behind, formats=book.format, language=book.language)


def _contents(book: Book, sheet: Worksheet, title: str, rows: Sequence[tuple[str, str, int]]) -> None:
    for place, width in enumerate((34, 100, 8)):
        sheet.set_column(place, place, width)
    sheet.write_string(0, 0, title, book.format(bold=True, font_size=16, font_color=hexadecimal(THEME.navy)))
    for place, key in enumerate(("workbook.sheet", "workbook.shows", "workbook.rows")):
        sheet.write_string(2, place, text(key, book.language), book.head())
    for row, (name, shows, count) in enumerate(rows, start=3):
        target = name.replace("'", "''")
        sheet.write_url(row, 0, f"internal:'{target}'!A1", book.link, string=name)
        sheet.write_string(row, 1, shows, book.format(text_wrap=True))
        sheet.write_number(row, 2, count, book.format("#,##0"))
    sheet.freeze_panes(3, 0)


def _exhibit(book: Book, sheet: Worksheet, exhibit: Exhibit) -> None:
    language, words = book.language, around(exhibit, book.language)
    above = [line for line in (words["base"], words["wording"]) if line]
    frame = exhibit.frame
    worded = {
        name: frame[name].map(lambda key, name=name: word(name, str(key), language), na_action="ignore")
        for name in ("statistic", "unit")
        if name in frame
    }
    titles = [column_title(str(column), language) for column in frame.columns]
    end, widths = _frame(book, sheet, frame.assign(**worded), first=len(above) + 3, titles=titles, units=_units(frame))
    sheet.write_string(1, 0, exhibit.headline, book.format(bold=True, font_size=13, font_color=hexadecimal(THEME.navy)))
    for row, line in enumerate(above, start=2):
        _prose(sheet, row, line, widths, book.format(text_wrap=True))
    cautions = [text("exhibit.caution", language, fields={"flags": flag}) for flag in exhibit.flags]
    below = [line for line in (*cautions, words["source"], words["notes"]) if line]
    for row, line in enumerate(below, start=end + 1):
        _prose(sheet, row, line, widths, book.format(font_color=hexadecimal(THEME.muted), text_wrap=True))


def _prose(sheet: Worksheet, row: int, line: str, widths: Sequence[float], look: Format) -> None:
    """Write a line of text over the width of the table, in as many lines as it takes, so that a print stays legible."""
    places, room = 0, 0.0
    while room < _PROSE:
        room += widths[places] if places < len(widths) else _COLUMN
        places += 1
    if places > 1:
        sheet.merge_range(row, 0, row, places - 1, "", look)
    sheet.write_string(row, 0, line, look)
    sheet.set_row(row, min(409, 13.5 * math.ceil(1.1 * columns_of(line) / room)))


def _frame(
    book: Book,
    sheet: Worksheet,
    frame: pd.DataFrame,
    *,
    first: int,
    titles: Sequence[str],
    units: Sequence[object] | None = None,
) -> tuple[int, list[float]]:
    """Write a table with its titles in row `first`; give the row behind it, and the widths of its columns."""
    units = units or _units(frame)
    found: list[float] = []
    for place, name in enumerate(frame.columns):
        values = frame[name].tolist()
        numeric = column_unit(str(name), None) is not None
        sheet.write_string(first, place, titles[place], book.head(align="right" if numeric else "left"))
        widths = [columns_of(titles[place]) + 3]
        for row, (value, unit) in enumerate(zip(values, units, strict=True), start=first + 1):
            widths.append(_cell(book, sheet, row, place, value, str(name), unit))
        found.append(min(60, max(8, *widths)))
        sheet.set_column(place, place, found[-1])
    if len(frame) and len(frame.columns):
        sheet.autofilter(first, 0, first + len(frame), len(frame.columns) - 1)
    sheet.freeze_panes(first + 1, 0)
    return first + 1 + len(frame), found


def _units(frame: pd.DataFrame) -> list[object]:
    return frame["unit"].tolist() if "unit" in frame else [None] * len(frame)


def _cell(book: Book, sheet: Worksheet, row: int, place: int, value: object, name: str, unit: object) -> int:
    """Write one cell by its type; give the width it wants. Missing stays blank, infinity is a word."""
    if value is None or value is pd.NA or value is pd.NaT or (isinstance(value, float) and math.isnan(value)):
        return 0
    if isinstance(value, (bool, np.bool_)):
        sheet.write_boolean(row, place, bool(value), book.format())
        return 6
    if isinstance(value, Real) and math.isfinite(value):
        kind = column_unit(name, unit)
        form = "0.000" if kind == "p" else excel_format(kind, book.language) if kind is not None else "General"
        if form == "General" and not float(value).is_integer():
            form = "0.00"
        sheet.write_number(row, place, float(value), book.format(form))
        return 10
    words = retold(str(value), _PLAIN[name], book.language) if name in _PLAIN else str(value)
    sheet.write_string(row, place, words, book.format())
    return columns_of(words) + 2
