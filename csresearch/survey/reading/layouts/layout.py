"""What a layout is: how it is known from the first rows of a file, and how it is arranged into a table."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass

import pandas as pd

from csresearch.survey.reading.table import Table

Rows = list[list[str]]
"""The first rows of a file, cells as text."""


@dataclass(frozen=True, kw_only=True)
class Layout:
    """One kind of export.

    Attributes
    ----------
    title : str
        Its name in messages.
    recognises : callable
        Tells it from the first rows.
    fits : callable
        Tells whether the first rows can be arranged so at all, where the study says that they are.
    arrange : callable
        Makes a table of the grid (all rows, headers included, "" for an empty cell).
    """

    title: str
    recognises: Callable[[Rows], bool]
    arrange: Callable[[pd.DataFrame], Table]
    fits: Callable[[Rows], bool] = bool


def header(grid: pd.DataFrame, row: int = 0) -> list[str]:
    """Cells of a header row, without spaces around them."""
    return [_plain(cell) for cell in grid.iloc[row]]


def below(grid: pd.DataFrame, rows: int, names: Iterable[str]) -> pd.DataFrame:
    """Rows of respondents under `rows` header rows, with these names."""
    cells = grid.iloc[rows:].reset_index(drop=True)
    cells.columns = pd.Index(list(names), dtype=object)
    return cells


def distinct(cells: pd.DataFrame, position: int) -> set[str]:
    """Distinct cells of a column, without the empty one."""
    return {_plain(cell) for cell in cells.iloc[:, position].unique()} - {""}


def sets(names: Collection[str], cells: pd.DataFrame, *, pattern: str, marks: Collection[str]) -> dict[str, str]:
    """Column -> its question with several answers: names that share a stem, with nothing but marks in their cells."""
    stems: dict[str, str] = {}
    for position, name in enumerate(names):
        found = re.fullmatch(pattern, name)
        if found and distinct(cells, position) <= set(marks):
            stems[name] = found[1]
    shared = list(stems.values())
    return {name: stem for name, stem in stems.items() if shared.count(stem) > 1}


def _plain(cell: object) -> str:
    return cell.strip() if isinstance(cell, str) else ""
