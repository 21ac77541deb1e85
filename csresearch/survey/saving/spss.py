"""Writing SPSS files: codes with their labels, codes of missing answers, multiple-response sets, fixed bytes."""

from __future__ import annotations

import struct
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from csresearch.errors import OutputError, extra
from csresearch.survey.reading.table import Notes
from csresearch.writing import FIXED_DATE

_DATE = slice(92, 109)  # day and hour of writing, in the header
_LONG_NAMES, _RESPONSE_SETS = 13, 7  # extension records of the dictionary
_END = struct.pack("<ii", 999, 0)
_DISCRETE = 3  # codes that SPSS can declare missing one by one; else a range and one code
_TEXT = 32767  # bytes of a text

Span = dict[str, float]


def write_spss(
    path: Path,
    frame: pd.DataFrame,
    *,
    notes: Mapping[str, Notes] | None = None,
    sets: Mapping[str, str] | None = None,
    title: str = "",
) -> None:
    """Write a frame as .sav; equal contents are equal bytes.

    Parameters
    ----------
    path : Path
    frame : DataFrame, n rows
        Numbers (NaN system-missing), texts or dates; names as SPSS allows them: up to 64 bytes, no spaces.
    notes : mapping of column to Notes, optional
        Question, words for codes, codes declared missing, and the multiple-response set that a column belongs to.
    sets : mapping of multiple-response set to its label, optional
        Their columns are those whose note names the set; 1 is the code that counts.
    title : str
        Label of the file.

    Raises
    ------
    OutputError
        A name, a text or codes of missing answers that SPSS cannot hold.

    Examples
    --------
    >>> import tempfile
    >>> from csresearch.survey.reading import tabulate
    >>> note = Notes(label="Trato", values={"1": "malo", "5": "bueno", "99": "NS/NC"}, missing=("99",))
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder) / "shop.sav"
    ...     write_spss(path, pd.DataFrame({"q1": [1.0, 5.0, 99.0, None]}), notes={"q1": note})
    ...     table = tabulate(path.read_bytes(), "shop.sav")
    >>> table.cells["q1"].tolist(), table.notes["q1"] == note
    (['1', '5', '99', ''], True)
    """
    with extra("files"):
        import pyreadstat
    known = {name: note for name, note in (notes or {}).items() if name in frame.columns}
    _require_room(frame)
    numeric = {str(name): pd.api.types.is_numeric_dtype(frame[name]) for name in frame.columns}
    written = frame.copy()
    for name in (name for name, number in numeric.items() if number):
        written[name] = frame[name].astype(float)
    try:
        pyreadstat.write_sav(
            written, str(path), row_compress=True, file_label=title.encode()[:64].decode(errors="ignore"),
            column_labels={name: _cut(note.label, 256) for name, note in known.items() if note.label},
            variable_value_labels=_value_labels(known, numeric),
            missing_ranges={n: _spans(n, frame[n], note, numeric[n]) for n, note in known.items() if note.missing},
            variable_measure={n: _measure(number, known.get(n, Notes())) for n, number in numeric.items()},
            variable_format={n: "F8.0" for n, number in numeric.items() if number and _whole(frame[n])},
        )  # fmt: skip
    except (pyreadstat.PyreadstatError, pyreadstat.ReadstatError, ValueError) as error:
        raise OutputError(f"{path}: SPSS cannot hold it ({error})") from None
    content = bytearray(path.read_bytes())
    content[_DATE] = FIXED_DATE.strftime("%d %b %y%H:%M:%S").encode()
    path.write_bytes(_with_sets(bytes(content), known, sets or {}))


def _require_room(frame: pd.DataFrame) -> None:
    """Refuse texts that are longer than a file holds: they would be cut in silence."""
    for name in frame.columns:
        if not pd.api.types.is_numeric_dtype(frame[name]):
            longest = max((len(cell.encode()) for cell in frame[name] if isinstance(cell, str)), default=0)
            if longest > _TEXT:
                raise OutputError(f"{name}: a text of {longest} bytes; SPSS holds {_TEXT}; leave the column out")


def _value_labels(known: Mapping[str, Notes], numeric: Mapping[str, bool]) -> dict[str, dict[Any, str]]:
    labels: dict[str, dict[Any, str]] = {}
    for name, note in known.items():
        words = {(float(code) if numeric[name] else code): _cut(word, 120) for code, word in note.values.items()}
        labels |= {name: words} if words else {}
    return labels


def _measure(number: bool, note: Notes) -> str:
    if not number:
        return "nominal"
    return "ordinal" if note.values else "scale"


def _whole(column: pd.Series) -> bool:
    found = column.dropna().to_numpy(dtype=float)
    return bool(found.size) and bool((np.isfinite(found) & (found == np.round(found)) & (np.abs(found) < 1e7)).all())


def _cut(words: str, most: int) -> str:
    """Shorten to a number of bytes, between two characters."""
    return words.encode()[:most].decode(errors="ignore")


def _spans(name: str, column: pd.Series, note: Notes, number: bool) -> list[Any]:
    """Codes declared missing as SPSS holds them: three single ones, or a range without answers and one code."""
    if not number:
        if len(note.missing) > _DISCRETE:
            raise OutputError(f"{name}: {len(note.missing)} texts are declared missing; SPSS allows {_DISCRETE}")
        return list(note.missing)
    spans = fitting(column, note)
    if spans is None:
        shown = ", ".join(note.missing)
        raise OutputError(f"{name}: SPSS can declare three codes missing, or a range and one; there are {shown}")
    return spans


def fitting(column: pd.Series, note: Notes) -> list[Any] | None:
    """Codes of a column of numbers as SPSS can declare them missing; None where it cannot.

    Examples
    --------
    >>> fitting(pd.Series([1.0, 5.0]), Notes(missing=("0", "97", "98", "99")))
    [{'lo': 97.0, 'hi': 99.0}, 0.0]
    """
    codes = sorted({float(code) for code in note.missing})
    if len(codes) <= _DISCRETE:
        return list(codes)
    labelled = {float(code) for code in note.values}
    answers = [value for value in {*column.dropna().astype(float), *labelled} if value not in codes]
    for inside, alone in ((codes, []), (codes[1:], codes[:1]), (codes[:-1], codes[-1:])):
        if not any(inside[0] <= value <= inside[-1] for value in answers):
            span: Span = {"lo": inside[0], "hi": inside[-1]}
            return [span, *alone]
    return None


def _with_sets(content: bytes, known: Mapping[str, Notes], sets: Mapping[str, str]) -> bytes:
    """Add the record of multiple-response sets, which the library that writes the rest does not write."""
    members: dict[str, list[str]] = {}
    for name, note in known.items():
        if note.multiple:
            members.setdefault(note.multiple, []).append(name)
    if not members:
        return content
    record = struct.pack("<iii", 7, _LONG_NAMES, 1)
    start = content.index(record) + len(record) + 4
    end = start + struct.unpack("<i", content[start - 4 : start])[0]
    pairs = (pair.split("=", 1) for pair in content[start:end].decode().split("\t"))
    short = {long: name for name, long in pairs}
    lines = [
        _set_line(name, sets.get(name, ""), (short[member] for member in inside)) for name, inside in members.items()
    ]
    text = "".join(lines).encode()
    stop = content.index(_END, end)
    return content[:stop] + struct.pack("<iiii", 7, _RESPONSE_SETS, 1, len(text)) + text + content[stop:]


def _set_line(name: str, label: str, short: Iterable[str]) -> str:
    return f"${name}=D1 1 {len(label.encode())} {label} {' '.join(member.lower() for member in short)}\n"
