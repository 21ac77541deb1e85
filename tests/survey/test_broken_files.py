"""Broken text and Excel files: one clear message and exit code 3, or read right; never a traceback or a respondent."""

from __future__ import annotations

import io
import sys
import zipfile
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path

import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet

from csresearch import cli

HEAD = """
schema = 1
title = "Kiosk"
[data]
file = "{file}"
missing = "listwise"
{keys}
[scales]
rating = {{ ends = [1, 10] }}
[items]
Q1 = "Speed"
Q2 = "Price"
Q3 = "Staff"
"""
ROWS = [[(i * 7) % 10 + 1, (i * 3) % 10 + 1, (i * i) % 10 + 1] for i in range(40)]
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
Row = list[object]


def text(
    rows: list[Row] | None = None, head: str = "Q1,Q2,Q3", sep: str = ",", end: str = "\n", encoding: str = "utf-8"
) -> bytes:
    body = [sep.join(map(str, row)) for row in (ROWS if rows is None else rows)]
    return end.join([head.replace(",", sep), *body, ""]).encode(encoding)


def beside(cell: object) -> list[Row]:
    return [[*row, cell] for row in ROWS]


def book(change: Callable[[Worksheet], object] = lambda sheet: None, *, rows: int = len(ROWS)) -> bytes:
    made = openpyxl.Workbook()
    sheet = made.active
    for row in [["Q1", "Q2", "Q3"], *ROWS][: rows + 1]:
        sheet.append(row)
    change(sheet)
    content = io.BytesIO()
    made.save(content)
    return content.getvalue()


def put(**cells: object) -> Callable[[Worksheet], None]:
    def change(sheet: Worksheet) -> None:
        for place, value in cells.items():
            sheet[place] = value

    return change


def per_cent(sheet: Worksheet) -> None:
    for (cell,) in sheet.iter_rows(min_row=2, min_col=3, max_col=3):
        cell.value, cell.number_format = (cell.value or 0) / 100, "0%"


def hundreds(sheet: Worksheet) -> None:
    for (cell,) in sheet.iter_rows(min_row=2, min_col=3, max_col=3):
        cell.number_format = "0%"


def two_sheets(sheet: Worksheet) -> None:
    sheet.parent.create_sheet("More").append(["a"])


def hidden(sheet: Worksheet) -> None:
    two_sheets(sheet)
    sheet.parent["More"].sheet_state = "hidden"


def titled(sheet: Worksheet) -> None:
    sheet.insert_rows(1, amount=3)
    sheet["A2"] = "Results"


def packed(change: dict[str, bytes], *, size: int | None = None) -> bytes:
    """Write a workbook again with other parts, or with a sheet that says to be of another size."""
    content = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(book())) as old, zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, change.get(name, old.read(name)))
        if size is not None:
            new.getinfo(SHEET).file_size = size
    return content.getvalue()


SHEET = "xl/worksheets/sheet1.xml"
REFUSED: dict[str, tuple[str, bytes, str, str]] = {  # file, content, keys of [data], what is said
    "empty": ("a.csv", b"", "", "is empty; expected a header and one row a respondent"),
    "blank": ("a.csv", b"\n \n", "", "is empty"),
    "delimiters only": ("a.csv", b",,\n,,\n", "", "is empty"),
    "header only": ("a.csv", b"Q1,Q2,Q3\n", "", "no respondent"),
    "no header": ("a.csv", text(head="7,7,3"), "", "its first row holds numbers, so it is no header"),
    "open quote": ("a.csv", text() + b'1,2,"3', "", "a quotation mark opens and never closes"),
    "too many cells": ("a.csv", text() + b"1,2,3,4\n", "", "line 42 has 4 cells, the header 3"),
    "one column": ("a.csv", b"Q1\n7\n8\n", "", "[items] Q2: found no such column in the file"),
    "another delimiter said": ("a.csv", text(), 'delimiter = ";"', "[items] Q1: found no such column in the file"),
    "wrong UTF-8 said": (
        "a.csv", text(beside("León"), "Q1,Q2,Q3,c", encoding="cp1252"), 'encoding = "utf-8"',
        "line 2 is not in that encoding; [data] says encoding = 'utf-8'",
    ),
    "wrong GB18030 said": (
        "a.csv", text(beside("北京市朝阳区"), "Q1,Q2,Q3,c"), 'encoding = "gb18030"', "the file is UTF-8; [data] says",
    ),
    "unknown encoding": ("a.csv", text(), 'encoding = "gbk18"', "encoding = 'gbk18' is no encoding"),
    "codec of bytes": ("a.csv", text(), 'encoding = "base64"', "encoding = 'base64' is no encoding"),
    "two encodings alike": (
        "a.csv", text([[7, 8, 9, "满意"]], "Q1,Q2,Q3,c", encoding="gb18030"), "",
        "line 2 is not UTF-8, and GB18030 and Big5 read equally well, so the bytes do not decide; say encoding",
    ),
    "an encoding not known": (
        "a.csv", text(beside("Москва город"), "Q1,Q2,Q3,c", encoding="cp1251"), "", "none reads well; say encoding",
    ),
    "UTF-16 without mark": ("a.csv", text(encoding="utf-16-le"), "", "UTF-16 without its byte-order mark; say"),
    "UTF-16 cut short": ("a.csv", text(encoding="utf-16")[:-1], "", "its byte-order mark says UTF-16; export it again"),
    "NUL": ("a.csv", text() + b"1,\0,3\n", "", "line 42 holds NUL characters"),
    "web page": ("a.xls", b"<html><body><table><tr><td>Q1</td></tr></table></body></html>", "", "is a web page"),
    "XML": ("a.xls", b'<?xml version="1.0"?><Workbook></Workbook>', "", "is XML, whatever its name says"),
    "JSON": ("a.json", b'{"Q1": [1, 2]}', "", "is JSON, or something like it"),
    "PDF": ("a.pdf", b"%PDF-1.4\n", "", "is a PDF document"),
    "gzip": ("a.csv.gz", b"\x1f\x8b\x08\0", "", "is a gzip archive"),
    "mixed decimals": (
        "a.csv", text([["7,5", "8.5", 3], *ROWS], sep=";"), "",
        "Q2: found 1 numbers with a decimal point, which the file does not have: '8.5'",
    ),
    "decimal comma between commas": ("a.csv", text([['"7,5"', 8, 3], *ROWS]), "", "with a decimal comma"),
    "another decimal mark said": ("a.csv", text([["7,5", 8, 3], *ROWS], sep=";"), 'decimal = "."', "decimal comma"),
    "names twice": ("a.csv", text(beside(1), "Q1,Q2,Q3,Q1"), "", "Q1: found 2 columns of this name"),
    "words without codes": ("a.csv", text([["good", 3, 4]] * 9), "", "Q1: found 9 text: 'good'; allowed: numbers from"),
    "addresses": ("a.csv", text([["ana@x.org", 3, 4]] * 9), "", "Q1: found 9 text: not shown"),
    "comments": ("a.csv", text([[f"said {i}", 3, 4] for i in range(20)]), "", "Q1: found 20 text: not shown"),
    "zip archive that lies": ("a.xlsx", packed({}, size=9), "", "sheet1.xml cannot be unpacked"),
    "huge number": ("a.csv", text([["9" * 400, 2, 3], *ROWS]), "", "Q1: found 1 infinite values: not shown"),
    "large number": ("a.csv", text([["1" + "0" * 30, 2, 3], *ROWS]), "", "Q1: found 1 values outside the scale"),
    "layout of another": ("a.csv", text(), 'layout = "qualtrics"', "has not the header rows of it; write"),
    "workbook cut short": ("a.xlsx", book()[:3000], "", "is cut short or damaged"),
    "workbook with a password": ("a.xlsx", OLE + "EncryptedPackage".encode("utf-16-le"), "", "has a password"),
    "old workbook, damaged": ("a.xls", OLE + b"\0" * 2000, "", "is damaged or no workbook"),
    "sheet damaged": ("a.xlsx", packed({SHEET: b"<worksheet><sheetData><row"}), "", "is damaged or no workbook"),
    "no workbook inside": (
        "a.zip", book().replace(b"xl/workbook.xml", b"xx/workbook.xml"), "", "is a zip archive and no workbook; unpack",
    ),
    "zip bomb": ("a.xlsx", packed({}, size=66 << 20), "", "to 66 MB; the limit is 1,024 MB, and 100 times its size"),
    "sheet that is not there": ("a.xlsx", book(), 'sheet = "Shet"', "sheets are Sheet; did you mean 'Sheet'?"),
    "two sheets": ("a.xlsx", book(two_sheets), "", "2 sheets have data: Sheet, More; say which in [data]"),
    "no sheet with data": ("a.xlsx", book(lambda sheet: sheet.delete_rows(1, 99)), "", "no sheet has data"),
    "formulas without values": ("a.xlsx", book(put(A3="=1+1", B4="=2")), "", "in 2 cells of columns A, B"),
    "dates in ratings": ("a.xlsx", book(put(B4=date(2026, 5, 1), B5=datetime(2026, 5, 2))), "", "Q2: found 2 dates"),
    "per cent": ("a.xlsx", book(per_cent), "", "Q3: found 40 values outside the scale: 0.01"),
}  # fmt: skip
READ: dict[str, tuple[str, bytes, str, str]] = {
    "UTF-16": ("a.csv", text(encoding="utf-16"), "", ""),
    "UTF-16, said": ("a.csv", text(encoding="utf-16-le"), 'encoding = "utf-16-le"', ""),
    "cp1252": (
        "a.csv", text(beside("León"), "Q1,Q2,Q3,c", encoding="cp1252"), "", "read as cp1252, decided from the bytes",
    ),
    "GB18030, told to be cp1252": (
        "a.csv", text(beside("非常满意"), "Q1,Q2,Q3,c", encoding="gb18030"), 'encoding = "latin-1"',
        "read better as GB18030",
    ),
    "commas in a header": ("a.csv", text(beside("x"), "Q1,Q2,Q3,a", ";").replace(b";a", b";a,,,,,,,"), "", ""),
    "delimiter told as Excel does": ("a.csv", b"sep=;\r\n" + text(sep=";", end="\r\n"), "", ""),
    "CR": ("a.csv", text(end="\r"), "", ""),
    "one row": ("a.csv", text(ROWS[:1]), "", ""),
    "cut short": ("a.csv", text() + b"7,8", "", "a last line without an end"),
    "empty rows below": ("a.csv", text() + b",,\n,,\n", "", "2 empty rows below the answers"),
    "long comment": ("a.csv", text(beside("x" * 200_000)[:3], "Q1,Q2,Q3,c"), "", ""),
    "nothing answered": ("a.csv", text([["", "", 9]] * 9), "", "Q1: no answer at all"),
    "a key that says nothing": ("a.csv", text(), 'sheet = "x"', "a key that says nothing of this file (CSV)"),
    "truths": ("a.xlsx", book(put(C3=True)), "", ""),
    "hundreds of per cent": ("a.xlsx", book(hundreds), "", "per cent in 40 cells of column C"),
    "merged rows": ("a.xlsx", book(lambda sheet: sheet.merge_cells("A3:A5")), "", "1 areas of merged rows"),
    "errors": ("a.xlsx", book(put(C3="#N/A")), "", "errors such as #N/A in 1 cells of column C"),
    "title and empty rows": ("a.xlsx", book(titled), "", "2 rows above the header, of one cell or none"),
    "hidden sheet": ("a.xlsx", book(hidden), "", ""),
    "named sheet": ("a.xlsx", book(two_sheets), 'sheet = "Sheet"', ""),
}  # fmt: skip


@pytest.fixture
def checks(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Callable[..., tuple[int, str, str]]:
    """Run `csresearch check` on a file: exit code, what it prints, what it says of errors."""

    def run(file: str, content: bytes, keys: str) -> tuple[int, str, str]:
        (tmp_path / file).write_bytes(content)
        (tmp_path / "study.toml").write_text(HEAD.format(file=file, keys=keys), encoding="utf-8")
        monkeypatch.setattr(sys, "argv", ["csresearch", "check", str(tmp_path)])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        said = capsys.readouterr()
        return int(ended.value.code or 0), said.out, said.err

    return run


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_read_is_said_once(checks: Callable[..., tuple[int, str, str]], name: str) -> None:
    file, content, keys, message = REFUSED[name]
    code, out, err = checks(file, content, keys)
    assert code == 3
    assert message in err
    assert "Traceback" not in out + err
    assert not {"ana@x.org", "said 3"} & set((out + err).replace("'", " ").split())


@pytest.mark.parametrize("name", READ)
def test_what_is_only_odd_is_read_and_told(checks: Callable[..., tuple[int, str, str]], name: str) -> None:
    file, content, keys, message = READ[name]
    code, out, err = checks(file, content, keys)
    assert (code, err) == (0, "")
    assert message in out
