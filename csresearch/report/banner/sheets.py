"""A banner as a workbook: an index, then a sheet for each block of questions, letters beside their numbers."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from xlsxwriter import Workbook  # type: ignore[import-untyped]
from xlsxwriter.worksheet import Worksheet  # type: ignore[import-untyped]

from csresearch.report.banner.blocks import Block, Line, blocks_of
from csresearch.report.banner.worded import Worded
from csresearch.report.files import FIXED_DATE, fix_dates, write_whole
from csresearch.report.workbook import OPTIONS, Book
from csresearch.show.columns import columns_of
from csresearch.show.format import excel_format
from csresearch.show.theme import THEME, hexadecimal
from csresearch.show.words import text

if TYPE_CHECKING:
    from csresearch.report.banner.banner import Banner

WIDE, NUMBER, LETTERS = 40.0, 8.0, 6.0  # widths of columns, in characters
HEADS = 4  # first row below the headings
A3, ACROSS = 8, 12  # paper, and columns across a page of it


def write_sheets(banner: Banner, to: Path, *, language: str, force: bool) -> Path:
    """Write the workbook whole or not at all; equal banners give equal bytes."""
    words = Worded(banner=banner, language=language)

    def write(temporary: Path) -> None:
        book = Workbook(str(temporary), OPTIONS)
        book.set_properties({"title": words.title, "author": "csresearch", "created": FIXED_DATE})
        _fill(Book(book, language), banner, words)
        book.close()
        fix_dates(temporary)

    write_whole(to, write, force=force)
    return to


def _fill(book: Book, banner: Banner, words: Worded) -> None:
    contents, made = book.sheet(text("workbook.contents", book.language)), []
    for block in blocks_of(banner, words):
        sheet = book.sheet(block.title)
        sheet.write_url(
            0, 0, f"internal:'{contents.get_name()}'!A1", book.link, string=text("workbook.back", book.language)
        )
        _heads(book, sheet, banner, words, block.title)
        _lines(book, sheet, words, _questions(book, sheet, block))
        made.append((sheet.get_name(), block))
    _contents(book, contents, words, made)


def _heads(book: Book, sheet: Worksheet, banner: Banner, words: Worded, title: str) -> None:
    """Write group, category and letter over each pair of columns."""
    sheet.write_string(1, 0, title, book.format(bold=True, font_size=13, font_color=hexadecimal(THEME.navy)))
    sheet.set_column(0, 0, WIDE)
    look = book.head(align="center")
    wrapped = book.format(
        bold=True, align="center", text_wrap=True, font_color=hexadecimal(THEME.paper), bg_color=hexadecimal(THEME.navy)
    )
    for row in (2, 3):
        sheet.write_blank(row, 0, None, look)
    start = 1
    for place, column in enumerate(banner.columns, start=1):
        group, category = words.head(column)
        at = 2 * place - 1
        sheet.set_column(at, at, NUMBER)
        sheet.set_column(at + 1, at + 1, LETTERS)
        sheet.merge_range(3, at, 3, at + 1, "", wrapped)
        sheet.write_string(3, at, f"{category}\n{column.letter}" if column.letter else category, wrapped)
        last = place == len(banner.columns) or banner.columns[place].by != column.by
        if last:
            sheet.merge_range(2, start, 2, at + 1, "", look)
            sheet.write_string(2, start, group, look)
            start = at + 2
    sheet.set_row(1, 20)
    sheet.set_row(3, 42)
    sheet.freeze_panes(HEADS, 1)
    sheet.repeat_rows(2, 3)
    sheet.repeat_columns(0)
    sheet.set_paper(A3)
    sheet.fit_to_pages(math.ceil(len(banner.columns) / ACROSS), 0)


def _questions(book: Book, sheet: Worksheet, block: Block) -> int:
    """Write the questions; give the row behind the last."""
    row, tint = HEADS, hexadecimal(THEME.tint)
    for question in block.questions:
        width = 2 * len(question.bases[0].cells)
        for place in range(width + 1):
            sheet.write_blank(row, place, None, book.format(bg_color=tint))
        sheet.write_string(row, 0, question.label, book.format(bold=True, bg_color=tint, text_wrap=True))
        sheet.set_row(row, 13.5 * math.ceil(1.1 * columns_of(question.label) / WIDE))
        for line in question.bases:
            row += 1
            _line(book, sheet, row, line, muted=True)
        for line in question.lines:
            row += 1
            _line(book, sheet, row, line, muted=False)
        row += 1
    return row


def _line(book: Book, sheet: Worksheet, row: int, line: Line, *, muted: bool) -> None:
    colour = hexadecimal(THEME.muted if muted else THEME.ink)
    sheet.write_string(row, 0, line.label, book.format(font_color=colour, align="left", indent=1))
    form = "0.00" if line.unit == "mean" else excel_format(line.unit, book.language)  # type: ignore[arg-type]
    letters = book.format(font_color=hexadecimal(THEME.accent), bold=True)
    for place, cell in enumerate(line.cells):
        at = 2 * place + 1
        if cell.hidden and not muted:
            sheet.write_string(row, at, "*", book.format(font_color=colour, align="right"))
        elif math.isfinite(cell.value):
            sheet.write_number(row, at, cell.value, book.format(form, font_color=colour))
        mark = "†" if muted and cell.low else cell.letters
        if mark:
            sheet.write_string(row, at + 1, mark, letters)


def _lines(book: Book, sheet: Worksheet, words: Worded, row: int) -> None:
    """Write the footnotes."""
    for line in words.notes:
        sheet.write_string(row + 1, 0, line, book.format(font_color=hexadecimal(THEME.muted)))
        row += 1


def _contents(book: Book, sheet: Worksheet, words: Worded, made: Sequence[tuple[str, Block]]) -> None:
    """Write the index: a line a sheet, its questions beside it, the footnotes below."""
    sheet.set_column(0, 0, 34)
    sheet.set_column(1, 1, 110)
    sheet.write_string(0, 0, words.title, book.format(bold=True, font_size=16, font_color=hexadecimal(THEME.navy)))
    for place, key in enumerate(("workbook.sheet", "workbook.shows")):
        sheet.write_string(2, place, text(key, book.language), book.head())
    row = 2
    for name, block in made:
        row += 1
        target = name.replace("'", "''")
        shows = text("sign.list", book.language).join(question.label for question in block.questions)
        sheet.write_url(row, 0, f"internal:'{target}'!A1", book.link, string=name)
        sheet.write_string(row, 1, shows, book.format(text_wrap=True))
        sheet.set_row(row, min(409, 13.5 * math.ceil(1.1 * columns_of(shows) / 110)))
    _lines(book, sheet, words, row + 1)
    sheet.freeze_panes(3, 0)
