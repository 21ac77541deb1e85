from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import openpyxl
import pandas as pd
import pytest

from csresearch.report.exhibit import Report
from csresearch.report.workbook import write_workbook

EVIL = ("=cmd()", "+1", "@x", "-2", "{=1}", "http://x.y", "00123")


@pytest.fixture(scope="module")
def path(exhibits, report, tmp_path_factory):
    tables = {
        "Drivers importance": exhibits[3].frame,
        "a table with a very long name [of everything]": pd.DataFrame({"term": EVIL, "estimate": np.arange(7) / 3}),
        "A table with a very long name [of all]": pd.DataFrame(
            {"p_value": [0.03, math.inf, math.nan], "passed": [True, None, False]}
        ),
    }  # fmt: skip
    to = tmp_path_factory.mktemp("book") / "figures.xlsx"
    return write_workbook(report, to, tables=tables)


@pytest.fixture(scope="module")
def book(path):
    return openpyxl.load_workbook(path)


def test_contents_link_to_every_sheet(exhibits, book):
    links = [cell.hyperlink.location for row in book["Contents"].iter_rows(max_col=1) for cell in row if cell.hyperlink]
    assert [link.split("!")[0].strip("'") for link in links] == book.sheetnames[1:]
    assert len(book.sheetnames) == 1 + len(exhibits) + 3 + 1
    assert all(len(name) <= 31 for name in book.sheetnames)


def test_exhibit_sheet_holds_the_frame_at_full_precision(exhibits, book):
    rows = list(book["index.constructs"].values)
    head = next(k for k, row in enumerate(rows) if row[0] == "Model")
    assert rows[1][0] == exhibits[2].headline
    assert exhibits[2].base in rows[2][0]
    place = rows[head].index("Estimate")
    assert [row[place] for row in rows[head + 1 : head + 8]] == exhibits[2].frame["estimate"].tolist()
    assert rows[head + 1][rows[head].index("p")] is None


def test_number_formats_follow_the_unit(book):
    sheet = book["grid.map"]
    head = next(row for row in sheet.iter_rows() if row[0].value == "Attribute")
    column = next(cell.column for cell in head if cell.value == "Estimate")
    formats = [sheet.cell(head[0].row + k, column).number_format for k in (1, 2)]
    assert formats == ["0.0", "0%"]


def test_statistics_speak_words_in_exhibits_and_keys_in_tables(book):
    assert "LMG share" in [cell for row in book["drivers.importance"].values for cell in row]
    assert "lmg_share" in [cell for row in book["Drivers importance"].values for cell in row]


def test_data_never_becomes_a_formula_or_an_address(exhibits, book, tmp_path):
    for sheet in book:
        assert not [cell.coordinate for row in sheet.iter_rows() for cell in row if cell.data_type == "f"]
    sheet = next(sheet for sheet in book if sheet.title.startswith("a table"))
    cells = [row[0] for row in sheet.iter_rows(min_row=4, max_row=10)]
    assert [(cell.value, cell.data_type) for cell in cells] == [(value, "s") for value in EVIL]
    assert all(cell.hyperlink is None for cell in cells)
    evil = replace(exhibits[1], headline="=cmd()", base="@x", notes="+1")
    report = Report(exhibits=(evil,), title="=x")
    written = openpyxl.load_workbook(write_workbook(report, tmp_path / "e.xlsx", tables={}))
    assert not [c for sheet in written for row in sheet.iter_rows() for c in row if c.data_type == "f"]


def test_missing_is_blank_and_infinity_is_a_word(book):
    sheet = next(sheet for sheet in book if sheet.title.startswith("A table"))
    rows = list(sheet.iter_rows(min_row=4, max_row=6, values_only=True))
    assert [row[0] for row in rows] == [0.03, "inf", None]
    assert [row[1] for row in rows] == [True, None, False]


def test_two_writes_are_equal_bytes(report, tmp_path):
    first, second = (write_workbook(report, tmp_path / f"{name}.xlsx", tables={}) for name in "ab")
    assert first.read_bytes() == second.read_bytes()
