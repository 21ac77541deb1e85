"""Files that bring their labels: SPSS (.sav, .zsav, .por), Stata (.dta) and SAS (.sas7bdat, .xpt)."""

from __future__ import annotations

import io
import math
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime, time
from typing import Any

import numpy as np
import pandas as pd

from csresearch.errors import DataError, extra
from csresearch.survey.checking.view import Finding, note
from csresearch.survey.reading.soundness import damage
from csresearch.survey.reading.table import Notes, Said, Table

_SAS = bytes.fromhex("000000000000000000000000c2ea8160b31411cfbd92080009c7318c181f1011")
_XPORT = b"HEADER RECORD*******LIB"
_WESTERN = ("latin-1", "cp1252", "windows-1252", "iso-8859-1")
NOTHING_SAID = Said()
_SHOWN = 5000  # labels and cells that are looked at for a wrong encoding
_ENOUGH = 12  # characters of an Asian code page that tell it from UTF-8


def kind_of(content: bytes) -> str:
    """Name what a file is by its signature: sav, por, dta, sas7bdat, xport; "" for none of them.

    Examples
    --------
    >>> kind_of(b"$FL2@(#) SPSS DATA FILE"), kind_of(b"Q1,Q2")
    ('sav', '')
    """
    head = content[:720].replace(b"\r", b"").replace(b"\n", b"")
    if content.startswith((b"$FL2", b"$FL3")):
        return "sav"
    if head[456:470].startswith(b"SPSSPORT") or (b"SPSS PORT FILE" in head[:200] and b"SPSSPORT" in head):
        return "por"
    # before format 117 a Stata file starts with its format, its order of bytes, 1, 0
    old = len(content) > 3 and content[0] in (104, 105, 108, *range(110, 116)) and content[1:2] in (b"\1", b"\2")
    if content.startswith(b"<stata_dta>") or (old and content[2:4] == b"\1\0"):
        return "dta"
    return "sas7bdat" if content.startswith(_SAS) else "xport" if content.startswith(_XPORT) else ""


def is_labelled(content: bytes) -> bool:
    """Tell whether this room reads a file."""
    return bool(kind_of(content))


def read_labelled(content: bytes, file: str, said: Said = NOTHING_SAID) -> Table:
    """Read a file of SPSS, Stata or SAS: cells as codes in text, labels and declared missing codes as notes.

    Parameters
    ----------
    content, file
        Bytes of the file, and its name for messages.
    said : Said
        What [data] says: the encoding of its texts, where the file itself tells a wrong one.

    Returns
    -------
    Table
        7.0 is "7", a date is ISO 8601, system-missing is ""; `.a` to `.z` are Stata's extended missing codes.

    Raises
    ------
    DataError
        Damaged, cut short, no column, or texts in no encoding that fits.
    """
    frame, about, read_as, found = _read(content, file, said.encoding)
    names = list(about.column_names)
    if not names:
        raise DataError(f"{file} holds no variable; export it again, with its answers")
    types: Mapping[str, str] = about.readstat_variable_types
    coded = {name for name in names if types.get(name) != "string"}
    lettered = {name for name in about.missing_user_values or {} if name in coded}
    cells = {}
    for position, name in enumerate(names):
        column = frame.iloc[:, position] if len(frame.columns) else pd.Series(dtype=object)
        cells[name] = texts(column, single=types.get(name) == "float", dotted=name in lettered)
    table = pd.DataFrame(cells, index=pd.RangeIndex(len(frame)), dtype=object)
    return Table(cells=table, notes=_notes(about, table), encoding=read_as, found=found)


def _read(content: bytes, file: str, encoding: str | None) -> tuple[pd.DataFrame, Any, str, tuple[Finding, ...]]:
    """Read the bytes; a header that tells a wrong encoding is found by its texts, which are UTF-8 all the same."""
    frame, about, problem = _attempt(content, encoding)
    told = about.file_encoding or "" if about is not None else ""
    if encoding is not None and problem is None:
        return frame, about, encoding, ()
    encoded = problem is not None and "convert string" in problem
    if encoded or (problem is None and _is_mangled(frame, about)):
        again, about_again, still = _attempt(content, "utf-8")
        if still is None:
            found = f"texts in UTF-8, though its header says {told or 'another encoding'}"
            remedy = "they are read as UTF-8; say encoding = 'utf-8' in [data] to fix it"
            return again, about_again, "UTF-8", (note(file, found, "what its header says", remedy, 1),)
        if encoded:
            remedy = "name the right one: [data] encoding = 'gb18030', 'big5' or 'cp1252'; or save it as Unicode"
            tried = encoding or "that of its header, utf-8"
            raise DataError(f"{file}: its texts are in another encoding than it says; tried: {tried}; {remedy}")
    if problem is not None:
        remedy = "the file is cut short or damaged; export it again, or save it as CSV UTF-8"
        raise DataError(f"{file} cannot be read ({problem}); {remedy}")
    return frame, about, told, ()


def _attempt(content: bytes, encoding: str | None) -> tuple[pd.DataFrame, Any, str | None]:
    """Read once: frame, what the file says of itself, and the trouble there was."""
    with extra("files"):
        import pyreadstat
    readers: dict[str, Callable[..., Any]] = {
        "sav": pyreadstat.read_sav, "por": pyreadstat.read_por, "dta": pyreadstat.read_dta,
        "sas7bdat": pyreadstat.read_sas7bdat, "xport": pyreadstat.read_xport,
    }  # fmt: skip
    kind, nothing = kind_of(content), pd.DataFrame()
    if kind in ("sav", "dta") and (found := damage(content)):
        return nothing, None, found
    options: dict[str, Any] = {} if kind in ("por", "xport") else {"user_missing": True}
    options |= {} if encoding is None or kind == "por" else {"encoding": encoding}
    for plain_dates in (False, True):  # a date that the calendar does not have stays the number that it is
        try:
            frame, about = readers[kind](io.BytesIO(content), disable_datetime_conversion=plain_dates, **options)
            return frame, about, None
        except MemoryError:
            return nothing, None, "it asks for more memory than there is"
        except LookupError as error:
            return nothing, None, f"no such encoding: {error}"
        except Exception as error:  # a parser of foreign bytes: each of its failures is the file's
            problem = str(error).split("\n")[0][:120]
            if "date" not in problem.lower() and not isinstance(error, OverflowError):
                break
    return nothing, None, problem


def _is_mangled(frame: pd.DataFrame, about: Any) -> bool:
    """Tell whether texts read by a code page are UTF-8: so many bytes would hardly be it by chance."""
    told = str(about.file_encoding or "").lower()
    pages = ("cp1252", "latin-1") if told in _WESTERN else (told,)
    if not told or told.replace("-", "") == "utf8":
        return False
    every = [*about.column_names, *filter(None, about.column_labels)]
    every += [str(words) for labels in about.variable_value_labels.values() for words in labels.values()]
    for name in (name for name, kind in about.readstat_variable_types.items() if kind == "string"):
        every += [cell for cell in frame[name].head(_SHOWN) if isinstance(cell, str)]
    foreign = [text for text in every if not text.isascii()][:_SHOWN]
    enough = told in _WESTERN or sum(len(text) for text in foreign) >= _ENOUGH
    return bool(foreign) and enough and all(_was_utf8(text, pages) for text in foreign)


def _was_utf8(text: str, pages: Iterable[str]) -> bool:
    for page in pages:
        try:
            text.encode(page).decode("utf-8")
            return True
        except (UnicodeError, LookupError):
            continue
    return False


def texts(column: pd.Series, *, single: bool = False, dotted: bool = False) -> pd.Series:
    """Write the cells of a column as text, shape (n,); each distinct value is looked at once.

    Parameters
    ----------
    column : Series
    single : bool
        Numbers of single precision: 7.1, not 7.0999999046.
    dotted : bool
        Letters are Stata's extended missing codes: a is `.a`.

    Examples
    --------
    >>> texts(pd.Series([7.0, 2.5, None, 1e9])).tolist()
    ['7', '2.5', '', '1000000000']
    """
    codes, distinct = pd.factorize(column)
    words = [_text(value, single=single, dotted=dotted) for value in distinct]
    return pd.Series(np.array([*words, ""], dtype=object)[codes], index=column.index, dtype=object)


def _text(value: object, *, single: bool = False, dotted: bool = False) -> str:
    if isinstance(value, str):
        return f".{value}" if dotted else value
    if isinstance(value, bool | np.bool_):
        return str(int(value))
    if isinstance(value, int | np.integer):
        return str(int(value))
    if isinstance(value, float | np.floating):
        number = float(value)
        if number.is_integer() and abs(number) < 1e15:
            return str(int(number))
        return str(np.float32(number)) if single and math.isfinite(number) else repr(number)
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(sep=" ")
    return value.isoformat() if isinstance(value, date | time) else str(value)


def _notes(about: Any, cells: pd.DataFrame) -> dict[str, Notes]:
    """Collect what the file says of its columns."""
    member: dict[str, str] = {}
    for name, answers in (about.mr_sets or {}).items():
        member |= {column: name for column in answers["variable_list"] if column not in member}
    notes = {}
    for name in about.column_names:
        words = about.variable_value_labels.get(name, {})
        lettered = name in (about.missing_user_values or {})
        values = {_text(code, dotted=lettered): str(label) for code, label in words.items()}
        missing = [f".{letter}" for letter in (about.missing_user_values or {}).get(name, ())]
        missing += _declared(about.missing_ranges.get(name, ()), [*values, *cells[name].unique()])
        label = (about.column_names_to_labels.get(name) or "").strip()
        found = Notes(label=label, values=values, missing=tuple(dict.fromkeys(missing)), multiple=member.get(name, ""))
        if found != Notes():
            notes[name] = found
    return notes


def _declared(ranges: Sequence[Mapping[str, Any]], present: Iterable[str]) -> list[str]:
    """Codes declared missing: single ones as they are, of a range those that have a label or an answer."""
    numbers = {text: float(text) for text in present if re.fullmatch(r"-?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?", text)}
    found: list[str] = []
    for span in ranges:
        low, high = span["lo"], span["hi"]
        if low == high:
            found.append(_text(low))
        elif not isinstance(low, str):
            found += [text for text, number in sorted(numbers.items(), key=lambda e: e[1]) if low <= number <= high]
    return found
