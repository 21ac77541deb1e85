"""Delimited text: its encoding, its delimiter, its cells."""

from __future__ import annotations

import csv
import io
import re
from itertools import islice

import pandas as pd

from csresearch.errors import DataError
from csresearch.survey.reading.table import Table

_DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}
_OPEN_QUOTE = "a quotation mark opens and never closes; mend the row or export again"
_SAMPLED = 20  # records that must agree on a delimiter


def read_text(content: bytes, file: str) -> Table:
    """Read delimited text in UTF-8, all cells as text."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        tried = "tried: UTF-8 with and without byte-order mark"
        raise DataError(f"{file}: line {line} is not UTF-8; {tried}; save the file as 'CSV UTF-8'") from None
    if not text.strip():
        raise DataError(f"{file} is empty; expected a header and one row a respondent")
    delimiter, records = _sniff(text, file)
    header = records[0]
    for number, record in enumerate(records[1:], 2):
        if len(record) > len(header):
            raise _uneven(file, number, len(record), len(header), delimiter)
    try:
        cells = pd.read_csv(io.StringIO(text), sep=delimiter, dtype=str, keep_default_na=False, index_col=False)
    except pd.errors.ParserError as error:
        found = re.search(r"Expected (\d+) fields in line (\d+), saw (\d+)", str(error))
        if found:
            wide, number, cells_found = (int(group) for group in found.groups())
            raise _uneven(file, number, cells_found, wide, delimiter) from None
        raise DataError(f"{file}: {_OPEN_QUOTE}") from None
    cells.columns = pd.Index(header, dtype=object)
    return Table(cells=cells, decimal_comma=delimiter == ";")


def _sniff(text: str, file: str) -> tuple[str, list[list[str]]]:
    """Choose the delimiter on which the first records agree with the most cells."""
    tried = []
    for delimiter in _DELIMITERS:
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
        try:
            records = list(islice(filter(None, reader), _SAMPLED))
        except csv.Error:
            raise DataError(f"{file}: {_OPEN_QUOTE}") from None
        width = len(records[0])
        agree = width > 1 and all(len(record) <= width for record in records)
        tried.append(((agree, width), delimiter, records))
    _, best, records = max(tried, key=lambda entry: entry[0])
    return best, records


def _uneven(file: str, number: int, found: int, expected: int, delimiter: str) -> DataError:
    name = _DELIMITERS[delimiter]
    remedy = f"put cells that hold a {name} in quotes, or export again"
    return DataError(f"{file}: line {number} has {found} cells, the header {expected} (delimiter: {name}); {remedy}")
