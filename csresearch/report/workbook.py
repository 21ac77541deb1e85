"""Workbook: exhibits and result tables at full precision, in XLSX; data never becomes a formula."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from numbers import Real
from pathlib import Path

import numpy as np
import pandas as pd
from xlsxwriter import Workbook  # type: ignore[import-untyped]
from xlsxwriter.format import Format  # type: ignore[import-untyped]
from xlsxwriter.worksheet import Worksheet  # type: ignore[import-untyped]

from csresearch.report.exhibit import Exhibit, distinct
from csresearch.report.files import FIXED_DATE, fix_dates, write_whole
from csresearch.show.format import column_unit, excel_format, word
from csresearch.show.format import title as column_title
from csresearch.show.theme import THEME, hexadecimal
from csresearch.show.words import text

_NAME_LIMIT = 31
_FORBIDDEN = str.maketrans(dict.fromkeys("[]:*?/\\", "-"))
_OPTIONS = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}


def write_workbook(
    exhibits: Sequence[Exhibit],
    to: str | Path,
    *,
    title: str,
    tables: Mapping[str, pd.DataFrame],
    columns: Mapping[str, str],
    language: str = "en",
    force: bool = False,
) -> Path:
    """Write the figures behind a report: contents, one sheet per exhibit, one per result table, the columns explained.

    Parameters
    ----------
    exhibits : sequence of Exhibit
        One sheet each: headline, base, figures, source.
    to : str or Path
        The ``.xlsx`` file.
    title : str
        Head of the contents.
    tables : mapping of str to pandas.DataFrame
        Result tables by name, with their own column names.
    columns : mapping of str to str
        What each column means; the last sheet.
    language : str
        Language of words.
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
    ValueError
        If there is no exhibit, or ids are repeated.

    Examples
    --------
    >>> import tempfile
    >>> figures = pd.DataFrame({"term": ["image"]})
    >>> shown = Exhibit(id="drivers", headline="Image counts most.", frame=figures, alt="Table")
    >>> write_workbook([shown], Path(tempfile.mkdtemp()) / "figures.xlsx", title="Drivers", tables={}, columns={}).name
    'figures.xlsx'
    """
    path = Path(to)
    shown = distinct(exhibits)

    def write(temporary: Path) -> None:
        book = Workbook(str(temporary), _OPTIONS)
        book.set_properties({"title": title, "author": "csresearch", "created": FIXED_DATE})
        _fill(_Book(book, language), shown, title, tables, columns)
        book.close()
        fix_dates(temporary)

    write_whole(path, write, force=force)
    return path


class _Book:
    """An open workbook with its formats and the sheet names taken so far."""

    def __init__(self, book: Workbook, language: str) -> None:
        self.book, self.language = book, language
        self._formats: dict[str, Format] = {}
        self._names: set[str] = set()

    def format(self, number: str = "General", **look: object) -> Format:
        """Give the format of a cell, made once."""
        key = f"{number} {sorted(look.items())}"
        if key not in self._formats:
            base = {"font_name": THEME.latin, "font_size": 10, "font_color": hexadecimal(THEME.ink), "valign": "top"}
            self._formats[key] = self.book.add_format(base | {"num_format": number} | look)
        return self._formats[key]

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


def _fill(
    book: _Book, exhibits: Sequence[Exhibit], title: str, tables: Mapping[str, pd.DataFrame], columns: Mapping[str, str]
) -> None:
    contents = book.sheet(text("workbook.contents", book.language))
    rows: list[tuple[str, str, str]] = []
    for exhibit in exhibits:
        sheet = book.sheet(exhibit.id)
        _exhibit(book, sheet, contents, exhibit)
        rows.append((sheet.get_name(), exhibit.headline, f"{len(exhibit.frame)}"))
    for name, frame in tables.items():
        sheet = book.sheet(name)
        _back(book, sheet, contents)
        _frame(book, sheet, frame, first=2, titles=[str(column) for column in frame.columns])
        rows.append((sheet.get_name(), name, f"{len(frame)}"))
    if columns:
        sheet = book.sheet(text("workbook.columns", book.language))
        _back(book, sheet, contents)
        heads = [text("workbook.column", book.language), text("workbook.meaning", book.language)]
        meanings = pd.DataFrame({"column": list(columns), "meaning": list(columns.values())})
        _frame(book, sheet, meanings, first=2, titles=heads)
        rows.append((sheet.get_name(), text("workbook.columns", book.language), f"{len(columns)}"))
    _contents(book, contents, title, rows)


def _contents(book: _Book, sheet: Worksheet, title: str, rows: Sequence[tuple[str, str, str]]) -> None:
    heading = book.format(bold=True, font_size=16, font_color=hexadecimal(THEME.navy))
    head = _head(book)
    link = book.format(font_color=hexadecimal(THEME.accent), underline=1)
    sheet.set_column(0, 0, 34)
    sheet.set_column(1, 1, 100)
    sheet.set_column(2, 2, 8)
    sheet.write_string(0, 0, title, heading)
    for place, key in enumerate(("workbook.sheet", "workbook.shows", "workbook.rows")):
        sheet.write_string(2, place, text(key, book.language), head)
    for row, (name, shows, count) in enumerate(rows, start=3):
        target = name.replace("'", "''")
        sheet.write_url(row, 0, f"internal:'{target}'!A1", link, string=name)
        sheet.write_string(row, 1, shows, book.format(text_wrap=True))
        sheet.write_number(row, 2, int(count), book.format("#,##0"))
    sheet.freeze_panes(3, 0)


def _exhibit(book: _Book, sheet: Worksheet, contents: Worksheet, exhibit: Exhibit) -> None:
    _back(book, sheet, contents)
    language = book.language
    sheet.write_string(1, 0, exhibit.headline, book.format(bold=True, font_size=13, font_color=hexadecimal(THEME.navy)))
    around = [("exhibit.base", "base", exhibit.base), ("exhibit.wording", "wording", exhibit.wording)]
    row = 2
    for key, name, value in around:
        if value:
            sheet.write_string(row, 0, text(key, language, fields={name: value}), book.format())
            row += 1
    titles = [column_title(str(column), language) for column in exhibit.frame.columns]
    worded = {
        name: exhibit.frame[name].map(lambda key, name=name: word(name, str(key), language), na_action="ignore")
        for name in ("statistic", "unit")
        if name in exhibit.frame
    }
    units = exhibit.frame["unit"].tolist() if "unit" in exhibit.frame else None
    row = _frame(book, sheet, exhibit.frame.assign(**worded), first=row + 1, titles=titles, units=units) + 1
    below = [("exhibit.caution", "flags", flag) for flag in exhibit.flags]
    below += [("exhibit.source", "source", exhibit.source), ("exhibit.method", "notes", exhibit.notes)]
    quiet = book.format(font_color=hexadecimal(THEME.muted))
    for key, name, value in below:
        if value:
            sheet.write_string(row, 0, text(key, language, fields={name: value}), quiet)
            row += 1


def _back(book: _Book, sheet: Worksheet, contents: Worksheet) -> None:
    link = book.format(font_color=hexadecimal(THEME.accent), underline=1)
    sheet.write_url(0, 0, f"internal:'{contents.get_name()}'!A1", link, string=text("workbook.back", book.language))


def _head(book: _Book, *, align: str = "left") -> Format:
    return book.format(bold=True, align=align, font_color=hexadecimal(THEME.paper), bg_color=hexadecimal(THEME.navy))


def _frame(
    book: _Book,
    sheet: Worksheet,
    frame: pd.DataFrame,
    *,
    first: int,
    titles: Sequence[str],
    units: Sequence[object] | None = None,
) -> int:
    """Write a table with its titles in row `first`; give the row behind it."""
    units = units or (frame["unit"].tolist() if "unit" in frame else [None] * len(frame))
    for place, name in enumerate(frame.columns):
        values = frame[name].tolist()
        numeric = column_unit(str(name), None) is not None
        sheet.write_string(first, place, titles[place], _head(book, align="right" if numeric else "left"))
        widths = [len(titles[place]) + 3]
        for row, (value, unit) in enumerate(zip(values, units, strict=True), start=first + 1):
            widths.append(_cell(book, sheet, row, place, value, str(name), unit))
        sheet.set_column(place, place, min(60, max(8, *widths)))
    if len(frame) and len(frame.columns):
        sheet.autofilter(first, 0, first + len(frame), len(frame.columns) - 1)
    sheet.freeze_panes(first + 1, 0)
    return first + 1 + len(frame)


def _cell(book: _Book, sheet: Worksheet, row: int, place: int, value: object, name: str, unit: object) -> int:
    """Write one cell by its type; give the width it wants. Missing stays blank, infinity is a word."""
    if value is None or value is pd.NA or value is pd.NaT or (isinstance(value, float) and math.isnan(value)):
        return 0
    if isinstance(value, (bool, np.bool_)):
        sheet.write_boolean(row, place, bool(value), book.format())
        return 6
    if isinstance(value, Real) and math.isfinite(value):
        kind = column_unit(name, unit)
        form = "0.000" if kind == "p" else excel_format(kind) if kind is not None else "General"
        sheet.write_number(row, place, float(value), book.format(form))
        return 10
    sheet.write_string(row, place, str(value), book.format())
    return len(str(value)) + 2
