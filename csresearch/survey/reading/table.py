"""A survey file before it is coded: its cells as text, and what the file itself says of its columns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import pandas as pd

from csresearch.survey.checking.view import Finding

KINDS = ("not_used", "skipped", "dont_know", "refused", "empty", "unreadable")
"""Kinds of missing answers; skipped: not asked by routing; unreadable: nothing that the scale has."""


@dataclass(frozen=True, kw_only=True)
class Notes:
    """What a file says of one column: a label, words for its codes, codes it declares missing.

    Attributes
    ----------
    label : str
        The question, as it was asked; "" where the file has none.
    values : mapping of code to words
        Codes as they stand in the cells.
    missing : tuple of str
        Codes declared missing by the file (user-missing); their kind is said by the study.
    multiple : str
        Name of the multiple-response set that the column belongs to; "" for none.
    """

    label: str = ""
    values: Mapping[str, str] = field(default_factory=dict)
    missing: tuple[str, ...] = ()
    multiple: str = ""


@dataclass(frozen=True, kw_only=True)
class Said:
    """What [data] says of a file, each None where the file is to tell; the fields are the keys of the study file."""

    layout: str | None = None
    encoding: str | None = None
    delimiter: str | None = None
    decimal: str | None = None
    sheet: str | None = None


@dataclass(frozen=True, kw_only=True)
class Table:
    """A file as it was read.

    Attributes
    ----------
    cells : DataFrame of text
        A row a respondent, codes as text; the header may hold a name twice. None where a cell is not there.
    decimal_comma : bool
        Whether 7,5 is a number.
    notes : mapping of column to Notes
        What the file says of its columns; empty for plain text.
    layout, encoding : str
        Which export it is ("plain", "qualtrics", ...), and how its bytes were read; for the log and for drafts.
    missing : mapping of cell to kind
        Cells with which this layout says that there is no answer, such as (跳过).
    found : tuple of Finding
        What reading had to decide, for `check` to tell.
    tests, without : int
        Rows that were tests of the survey's author; respondents without a row, as a loop found no answer of theirs.
    """

    cells: pd.DataFrame
    decimal_comma: bool = False
    notes: Mapping[str, Notes] = field(default_factory=dict)
    layout: str = "plain"
    encoding: str = ""
    missing: Mapping[str, str] = field(default_factory=dict)
    found: tuple[Finding, ...] = ()
    tests: int = 0
    without: int = 0
