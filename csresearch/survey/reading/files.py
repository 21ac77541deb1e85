"""Kinds of survey files, recognised by their signature."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass, replace

from csresearch.errors import DataError
from csresearch.survey.checking.view import note
from csresearch.survey.reading.encoding import is_marked
from csresearch.survey.reading.labelled import is_labelled, read_labelled
from csresearch.survey.reading.parquet import is_parquet, read_parquet
from csresearch.survey.reading.table import Said, Table
from csresearch.survey.reading.text import read_text
from csresearch.survey.reading.workbook import is_workbook, read_workbook

_FOREIGN = {
    b"\x1f\x8b": "a gzip archive",
    b"%PDF": "a PDF document",
    b"7z\xbc\xaf": "a 7z archive",
    b"Rar!": "a RAR archive",
}
_NAMED = {".sav": "SPSS", ".zsav": "SPSS", ".por": "SPSS", ".dta": "Stata", ".sas7bdat": "SAS", ".parquet": "Parquet"}
_LOOKED_AT = 4096
_CONTROLS = [*range(9), *range(14, 32)]  # bytes that no text has, or hardly any


@dataclass(frozen=True)
class Reader:
    """One kind of survey file: how it is recognised from its bytes, how it is read, which keys of [data] it heeds."""

    name: str
    recognises: Callable[[bytes], bool]
    read: Callable[[bytes, str, Said], Table]
    heeds: tuple[str, ...] = ()


def tabulate(content: bytes, file: str, said: Said | None = None) -> Table:
    """Cells of a survey file, by the first reader that recognises it; DataError where none does."""
    said = said or Said()
    reader = next((reader for reader in READERS if reader.recognises(content)), None)
    if reader is None and said.encoding is not None:
        reader = READERS[-1]  # a text that only its encoding makes one
    foreign = next((name for signature, name in _FOREIGN.items() if content.startswith(signature)), "")
    named = next((kind for ending, kind in _NAMED.items() if file.lower().endswith(ending)), "")
    if reader is None and named and content:
        remedy = "other programs use the same ending; save it again with the program that wrote it, as CSV UTF-8"
        raise DataError(f"{file} is no file of {named}, though its name says so; {remedy}")
    if reader is None and not foreign and content[:_LOOKED_AT].count(0) > len(content[:_LOOKED_AT]) / 4:
        remedy = "say encoding = 'utf-16-le' or 'utf-16-be' in [data], or save it as CSV UTF-8"
        raise DataError(f"{file} is no text file, or one in UTF-16 without its byte-order mark; {remedy}")
    if reader is None:
        remedy = "unpack it first" if "archive" in foreign else "save it as CSV UTF-8"
        tried = ", ".join(reader.name for reader in READERS)
        raise DataError(f"{file} is {foreign or 'no text file'}; tried: {tried}; {remedy}")
    table = reader.read(content, file, said)
    idle = [key for key, value in asdict(said).items() if value is not None and key not in reader.heeds]
    told = [
        note(f"[data] {key}", f"a key that says nothing of this file ({reader.name})", "none", "take it away", 1)
        for key in idle
    ]
    return replace(table, found=(*table.found, *told)) if told else table


def _is_text(content: bytes) -> bool:
    head = content[:_LOOKED_AT]
    controls = sum(head.count(byte) for byte in _CONTROLS)
    return is_marked(content) or (not content.startswith(tuple(_FOREIGN)) and controls <= len(head) / 20)


READERS = (
    Reader("SPSS, Stata, SAS", is_labelled, read_labelled, ("encoding",)),
    Reader("Parquet", is_parquet, read_parquet),
    Reader("Excel", is_workbook, read_workbook, ("layout", "sheet")),
    Reader("CSV", _is_text, read_text, ("layout", "encoding", "delimiter", "decimal")),
)
"""Kinds of survey files, tried in this order by their signature."""
