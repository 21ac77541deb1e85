"""A grid of text, as text files and workbooks have it, made into a table by its layout."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from csresearch.errors import DataError
from csresearch.survey.checking.view import Finding, note
from csresearch.survey.reading.layouts import LAYOUTS, arrange
from csresearch.survey.reading.table import Said, Table

_TOP = 30  # rows among which the header is
_NARROW = 2  # a file of two columns has no titles above its header
_NUMBER = re.compile(r"\s*[+-]?\d+([.,]\d+)?\s*")


def framed(
    grid: pd.DataFrame,
    file: str,
    said: Said,
    *,
    encoding: str = "",
    decimal_comma: bool = False,
    found: tuple[Finding, ...] = (),
) -> Table:
    """Take empty rows around the answers and titles above them away, told, and arrange the rest by its layout."""
    blank = _blank(grid)
    rows = np.flatnonzero(~blank)
    if not len(rows):
        raise DataError(f"{file} is empty; expected a header and one row a respondent")
    first, last = int(rows[0]), int(rows[-1])
    titles = _titles(grid.iloc[first : first + _TOP])
    if titles:
        found += (
            note(
                file, f"{titles} rows above the header, of one cell or none", "the header", "they are not read", titles
            ),
        )
    if below := len(grid) - 1 - last:
        found += (
            note(file, f"{below} empty rows below the answers", "a row a respondent", "they are not read", below),
        )
    table = arrange(grid.iloc[first + titles : last + 1], file, said.layout)
    numbers = [name for name in table.cells.columns if _NUMBER.fullmatch(str(name))]
    if len(numbers) > table.cells.shape[1] / 2 and len(set(numbers)) < len(numbers):
        raise DataError(f"{file}: its first row holds numbers, so it is no header; export it with the names of columns")
    if said.layout is None and table.layout != "plain":
        what = f"the layout of {LAYOUTS[table.layout].title}, by its signature"
        found += (note(file, what, "any", f"say layout = '{table.layout}' in [data] to fix it", 1),)
    return replace(table, encoding=encoding, decimal_comma=decimal_comma, found=(*found, *table.found))


def _blank(grid: pd.DataFrame) -> npt.NDArray[np.bool_]:
    """Tell which rows have no cell filled, shape (n,); most have the first one."""
    blank = _empty(grid.iloc[:, 0])
    rows = np.flatnonzero(blank)
    blank[rows] = np.all([_empty(grid.iloc[rows, place]) for place in range(grid.shape[1])], axis=0)
    return blank


def _titles(top: pd.DataFrame) -> int:
    """Count the rows before the first with more than one cell filled, which cannot be a header of many columns."""
    filled = np.sum([~_empty(top.iloc[:, place]) for place in range(top.shape[1])], axis=0)
    wide = np.flatnonzero(filled > 1)
    return int(wide[0]) if top.shape[1] > _NARROW and len(wide) else 0


def _empty(cells: pd.Series) -> npt.NDArray[np.bool_]:
    return np.array(cells.isna() | (cells == ""), dtype=bool)
