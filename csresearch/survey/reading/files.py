"""Kinds of survey files, recognised by their signature."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from csresearch.errors import DataError
from csresearch.survey.reading.labelled import is_labelled, read_labelled
from csresearch.survey.reading.parquet import is_parquet, read_parquet
from csresearch.survey.reading.table import Table
from csresearch.survey.reading.text import read_text

_FOREIGN = {
    b"PK\x03\x04": "an Excel workbook or zip archive",
    b"\xd0\xcf\x11\xe0": "an old Excel workbook",
    b"\x1f\x8b": "a gzip archive",
    b"\xff\xfe": "a UTF-16 text",
    b"\xfe\xff": "a UTF-16 text",
}


@dataclass(frozen=True)
class Reader:
    """One kind of survey file: how it is recognised from its bytes, how it is read."""

    name: str
    recognises: Callable[[bytes], bool]
    read: Callable[[bytes, str], Table]


def tabulate(content: bytes, file: str) -> Table:
    """Cells of a survey file, by the first reader that recognises it; DataError where none does."""
    reader = next((reader for reader in READERS if reader.recognises(content)), None)
    if reader is None:
        foreign = next((name for signature, name in _FOREIGN.items() if content.startswith(signature)), "no text file")
        tried = ", ".join(reader.name for reader in READERS)
        raise DataError(f"{file} is {foreign}; tried: {tried}; save it as CSV UTF-8")
    return reader.read(content, file)


def _is_text(content: bytes) -> bool:
    return not content.startswith(tuple(_FOREIGN)) and b"\0" not in content[:4096]


READERS = (
    Reader("SPSS, Stata, SAS", is_labelled, read_labelled),
    Reader("Parquet", is_parquet, read_parquet),
    Reader("CSV", _is_text, read_text),
)
"""Kinds of survey files, tried in this order by their signature."""
