"""A grid of text, as text files and workbooks have it, made into a table by its layout."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from csresearch.errors import DataError
from csresearch.survey.reading.layouts import arrange
from csresearch.survey.reading.table import Said, Table
from csresearch.survey.view import Finding, note


def framed(
    grid: pd.DataFrame,
    file: str,
    said: Said,
    *,
    encoding: str = "",
    decimal_comma: bool = False,
    found: tuple[Finding, ...] = (),
) -> Table:
    """Take empty rows above and below the answers away, and arrange the rest by its layout."""
    filled = np.zeros(len(grid), dtype=bool)
    for column in grid:
        filled |= (grid[column].notna() & (grid[column] != "")).to_numpy()
    rows = np.flatnonzero(filled)
    if not len(rows):
        raise DataError(f"{file} is empty; expected a header and one row a respondent")
    below = len(grid) - 1 - rows[-1]
    if below:
        found += (
            note(file, f"{below} empty rows below the answers", "a row a respondent", "they are not read", int(below)),
        )
    table = arrange(grid.iloc[rows[0] : rows[-1] + 1], said.layout)
    return replace(table, encoding=encoding, decimal_comma=decimal_comma, found=(*found, *table.found))
