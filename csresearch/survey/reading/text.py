"""Delimited text: its delimiter, its cells, its decimal mark."""

from __future__ import annotations

import csv
import io
import re
from itertools import islice

import pandas as pd

from csresearch.errors import DataError
from csresearch.survey.checking.view import Finding, note
from csresearch.survey.reading.encoding import decode
from csresearch.survey.reading.grid import framed
from csresearch.survey.reading.table import Said, Table
from csresearch.survey.study_file.faults import listed

_DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}
_OPEN_QUOTE = "a quotation mark opens and never closes; mend the row or export again"
_SAMPLED = 20  # records that must agree on a delimiter
_NUMBER = re.compile(r"\s*[+-]?\d+(?:([.,])\d+)?\s*", re.ASCII)
_NUMERIC = 0.9  # share of different cells that are numbers where a column holds numbers and a few codes in words
_EXCEL = re.compile(r"sep=([,;\t|])\r?\n")  # what Excel writes and reads as the first line
_MARKUP = re.compile(r"\s*<(!doctype|html|head|body|table|meta|\?xml|[a-z]+:)", re.IGNORECASE)


def read_text(content: bytes, file: str, said: Said) -> Table:
    """Read delimited text, all cells as text; `said` wins over what the file tells."""
    text, encoding, found = decode(content, file, asked=said.encoding)
    _require_table(text, file)
    excel = _EXCEL.match(text)
    text = text[excel.end() :] if excel else text
    delimiter = said.delimiter or (excel[1] if excel else _sniff(text, file))
    try:
        grid = pd.read_csv(
            io.StringIO(text), sep=delimiter, header=None, dtype=str, keep_default_na=False, index_col=False
        )
    except pd.errors.ParserError as error:
        uneven = re.search(r"Expected (\d+) fields in line (\d+), saw (\d+)", str(error))
        if uneven:
            expected, number, cells = (int(group) for group in uneven.groups())
            raise _uneven(file, number, cells, expected, delimiter) from None
        raise DataError(f"{file}: {_OPEN_QUOTE}") from None
    comma, marks = _decimal(grid, file, delimiter, said.decimal)
    tail = text[max(text.rfind("\n"), text.rfind("\r")) + 1 :]
    if tail and '"' not in tail and tail.count(delimiter) < grid.shape[1] - 1:
        remedy = "is the file cut short? Its last row is read as far as it goes"
        marks.append(note(file, "a last line without an end", "a cell for each column", remedy, 1))
    return framed(grid, file, said, encoding=encoding, decimal_comma=comma, found=(*found, *marks))


def _require_table(text: str, file: str) -> None:
    """Refuse what is text and no table: nothing, NUL characters, a web page or XML."""
    if not text.strip():
        raise DataError(f"{file} is empty; expected a header and one row a respondent")
    if (place := text.find("\0")) >= 0:
        line = text.count("\n", 0, place) + 1
        remedy = "it is damaged, or in UTF-16 without a byte-order mark; export it again"
        raise DataError(f"{file}: line {line} holds NUL characters; {remedy}")
    if text.lstrip()[0] in "{[":
        raise DataError(f"{file} is JSON, or something like it, and no table of answers; export it as CSV or XLSX")
    if _MARKUP.match(text):
        what = "XML" if text.lstrip().startswith("<?xml") else "a web page"
        remedy = "open it in a spreadsheet program and save it as XLSX or CSV UTF-8"
        raise DataError(f"{file} is {what}, whatever its name says, and no table of answers; {remedy}")


def _sniff(text: str, file: str) -> str:
    """Choose the delimiter on which the first records agree with the most cells; refuse a record that is too long."""
    tried = []
    for delimiter in _DELIMITERS:
        records = _records(text, delimiter, file)
        width = len(records[0])
        agree = width > 1 and all(len(record) <= width for record in records)
        whole = width > 1 and sum(len(record) == width for record in records) > len(records) / 2
        tried.append(((agree, whole, width), delimiter, records))
    (_, _, width), best, records = max(tried, key=lambda entry: entry[0])
    for number, record in enumerate(records[1:], 2):
        if len(record) > width:
            raise _uneven(file, number, len(record), width, best)
    return best


def _records(text: str, delimiter: str, file: str) -> list[list[str]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    limit = csv.field_size_limit(len(text) + 1)
    try:
        return list(islice(filter(None, reader), _SAMPLED))
    except csv.Error:
        raise DataError(f"{file}: {_OPEN_QUOTE}") from None
    finally:
        csv.field_size_limit(limit)


def _uneven(file: str, number: int, found: int, expected: int, delimiter: str) -> DataError:
    name = _DELIMITERS.get(delimiter, repr(delimiter))
    remedy = f"put cells that hold a {name} in quotes, or export again"
    return DataError(f"{file}: line {number} has {found} cells, the header {expected} (delimiter: {name}); {remedy}")


def _decimal(grid: pd.DataFrame, file: str, delimiter: str, said: str | None) -> tuple[bool, list[Finding]]:
    """Tell whether 7,5 is a number: as said; never between commas; else by most columns of numbers."""
    if said is not None or delimiter == ",":
        return said == ",", []
    seen: dict[str, list[str]] = {",": [], ".": []}
    for position in grid.columns:
        cells = [cell for cell in grid[position].iloc[1:].dropna().unique() if cell.strip()]
        numbers = [found[1] for cell in cells if (found := _NUMBER.fullmatch(cell))]
        if len(numbers) >= _NUMERIC * len(cells):
            for mark in set(numbers) & set(seen):
                seen[mark].append(str(grid[position].iloc[0]))
    comma = len(seen[","]) > 0 and len(seen[","]) >= len(seen["."])
    if not (seen[","] and seen["."]):
        return comma, []
    words = f"decimal commas in {listed(seen[','])}; decimal points in {listed(seen['.'])}"
    read = (
        "commas are read, numbers with a point are none" if comma else "points are read, numbers with a comma are none"
    )
    remedy = f"{read}; write one mark in the whole file, or say decimal = ',' or '.' in [data]"
    return comma, [note(file, words, "one decimal mark", remedy, len(seen[","]) + len(seen["."]))]
