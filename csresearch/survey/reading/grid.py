"""A grid of text, as text files and workbooks have it, made into a table by its layout."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pandas as pd

from csresearch.errors import DataError
from csresearch.survey.reading.layouts import LAYOUTS, arrange
from csresearch.survey.reading.table import Said, Table
from csresearch.survey.view import Finding, note

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
    filled = np.zeros(len(grid), dtype=np.int64)
    for column in grid:
        filled += (grid[column].notna() & (grid[column] != "")).to_numpy()
    rows = np.flatnonzero(filled)
    if not len(rows):
        raise DataError(f"{file} is empty; expected a header and one row a respondent")
    first, last = rows[0], rows[-1]
    if grid.shape[1] > _NARROW and (wide := rows[filled[rows] > 1]).size and wide[0] > first:
        titles = int((rows < wide[0]).sum())
        found += (note(file, f"{titles} rows of one cell above the header", "the header", "they are not read", titles),)
        first = wide[0]
    if below := int(len(grid) - 1 - last):
        found += (
            note(file, f"{below} empty rows below the answers", "a row a respondent", "they are not read", below),
        )
    table = arrange(grid.iloc[first : last + 1], file, said.layout)
    numbers = [name for name in table.cells.columns if _NUMBER.fullmatch(str(name))]
    if len(numbers) > table.cells.shape[1] / 2 and len(set(numbers)) < len(numbers):
        raise DataError(f"{file}: its first row holds numbers, so it is no header; export it with the names of columns")
    if said.layout is None and table.layout != "plain":
        what = f"the layout of {LAYOUTS[table.layout].title}, by its signature"
        found += (note(file, what, "any", f"say layout = '{table.layout}' in [data] to fix it", 1),)
    return replace(table, encoding=encoding, decimal_comma=decimal_comma, found=(*found, *table.found))
