"""Workbooks of Excel, .xlsx and .xls: their sheet, their cells as text; their size is looked at first."""

from __future__ import annotations

import io
import zipfile
import zlib
from typing import TYPE_CHECKING

import pandas as pd

from csresearch.errors import DataError, extra
from csresearch.survey.checking.view import note
from csresearch.survey.reading.grid import framed
from csresearch.survey.reading.labelled import texts
from csresearch.survey.reading.sheet_xml import remarks
from csresearch.survey.reading.table import Said, Table
from csresearch.survey.study_file.faults import listed, nearest

if TYPE_CHECKING:
    from python_calamine import CalamineWorkbook

_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_MOST = 1 << 30  # bytes of an unpacked workbook: 300,000 respondents of 60 questions
_LARGE, _RATIO = 1 << 26, 100  # beyond 64 MB no survey packs as tightly
_AGAIN = "save it as CSV UTF-8 in the program that wrote it"


def is_workbook(content: bytes) -> bool:
    """Tell a workbook, or what has its signature: a zip archive, an old Office file."""
    return content.startswith((_ZIP, _OLE))


def read_workbook(content: bytes, file: str, said: Said) -> Table:
    """Read one sheet of a workbook, all cells as text: 7.0 is "7", a date is ISO 8601, a formula its last value.

    Raises
    ------
    DataError
        Damaged, with a password, too large when unpacked; no sheet with data, several, or none of the name said.
    """
    with extra("files"):
        import python_calamine as calamine
    archive = _unpacked(content, file) if content.startswith(_ZIP) else None
    if archive is None and _ENCRYPTED in content:
        raise DataError(f"{file} has a password; save it without one")
    try:
        book = calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
        name = _sheet(book, file, said.sheet)
        sheet = book.get_sheet_by_name(name)
        rows, merged = sheet.to_python(), sheet.merged_cell_ranges or []
    except calamine.PasswordError:
        raise DataError(f"{file} has a password; save it without one") from None
    except (calamine.CalamineError, OSError, ValueError, OverflowError) as error:
        raise DataError(f"{file} is damaged or no workbook ({str(error)[:80]}); {_AGAIN}") from None
    if not rows:
        raise DataError(f"{file}: sheet '{name}' is empty; expected a header and one row a respondent")
    frame = pd.DataFrame(rows, dtype=object)
    grid = pd.DataFrame({place: texts(frame[place]) for place in frame}, dtype=object)
    found = [] if archive is None else remarks(archive, book.sheet_names.index(name), file)
    if areas := [
        area for area in merged if area[1][0] > area[0][0]
    ]:  # over columns only: a header of several questions
        remedy = "only the first cell of each has a value; take the merging away and fill all cells"
        found.append(note(file, f"{len(areas)} areas of merged rows", "a cell an answer", remedy, len(areas)))
    return framed(grid, file, said, found=tuple(found))


def _unpacked(content: bytes, file: str) -> zipfile.ZipFile:
    """Open the archive; DataError where it is none of a workbook, damaged, or would fill the memory."""
    try:
        archive = zipfile.ZipFile(io.BytesIO(content))
        parts = archive.infolist()
    except (zipfile.BadZipFile, ValueError, OSError):
        raise DataError(f"{file} is cut short or damaged; export it again") from None
    size = sum(part.file_size for part in parts)
    if size > _MOST or (size > _LARGE and size > _RATIO * len(content)):
        limit = f"the limit is {_MOST >> 20:,} MB, and {_RATIO} times its size"
        raise DataError(f"{file} would unpack from {len(content) >> 10:,} KB to {size >> 20:,} MB; {limit}; {_AGAIN}")
    names = {part.filename for part in parts}
    if not names & {"xl/workbook.xml", "xl/workbook.bin", "content.xml"}:
        raise DataError(f"{file} is a zip archive and no workbook; unpack it and name the file inside")
    try:
        broken = archive.testzip()  # what an archive says of its sizes may be a lie; this reads no further than it says
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError, zlib.error):
        broken = "a part"
    if broken is not None:
        raise DataError(f"{file} is damaged ({broken} cannot be unpacked); export it again")
    return archive


def _sheet(book: CalamineWorkbook, file: str, said: str | None) -> str:
    """Name the sheet that is said, or the only visible one with data."""
    names: list[str] = book.sheet_names
    if said is not None:
        if said not in names:
            remedy = nearest(said, names) or "correct the name"
            raise DataError(f"{file}: [data] sheet = '{said}' is not there; sheets are {listed(names)}; {remedy}")
        return said
    from python_calamine import SheetTypeEnum, SheetVisibleEnum

    sheets = [about for about in book.sheets_metadata if about.visible == SheetVisibleEnum.Visible]
    shown = [about.name for about in sheets if about.typ == SheetTypeEnum.WorkSheet]
    filled = [name for name in shown if book.get_sheet_by_name(name).height]
    if len(filled) != 1:
        found = "no sheet has data" if not filled else f"{len(filled)} sheets have data: {listed(filled)}"
        remedy = "export it again" if not filled else "say which in [data]: sheet = '...'"
        raise DataError(f"{file}: {found}; {remedy}")
    return filled[0]
