"""Margins counted from a file of the population that stands beside the study."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd

from csresearch.errors import DataError, StudyError
from csresearch.survey.grammar import Margins, Population, margin_columns
from csresearch.survey.grammar.fieldwork import JOINT
from csresearch.survey.study_file.faults import Fault, listed, nearest

COUNTS = ("n", "count")
"""Names of a column that holds how many there are; without one, each row is a person."""

Shares = Mapping[str, float]


@dataclass(frozen=True, kw_only=True)
class Counted:
    """Margins for all, and for each category of the column that is raked within."""

    shared: dict[str, Shares] = field(default_factory=dict)
    own: dict[str, dict[str, Shares]] = field(default_factory=dict)

    def joined(self, written: Mapping[str, Mapping[str, Shares]]) -> dict[str, dict[str, Shares]]:
        """Own margins of the file, and those written in the study, which win."""
        return {part: {**self.own.get(part, {}), **written.get(part, {})} for part in {**self.own, **written}}


def population_margins(margins: Margins, study: Path) -> Counted:
    """Count the margins that `[margins] from` asks for.

    Raises
    ------
    StudyError
        No such file, another checksum, no such columns, counts that are none; all at once.
    """
    asked = margins.source
    if asked is None:
        return Counted()
    frame = _frame(asked, study)
    count = asked.count or next((name for name in COUNTS if name in frame), None)
    within = margins.within if margins.within in frame else None
    names = asked.margins or tuple(str(name) for name in frame if name not in (count, within))
    columns = list(dict.fromkeys(column for name in names for column in margin_columns(name)))
    numbers = _counts(frame, count)
    if faults := _faults(asked, frame, columns, within, count, numbers):
        raise StudyError(f"{study} cannot be used: {asked.file}", problems=[str(fault) for fault in faults])
    found = {JOINT.join(margin_columns(name)): _key(frame, name) for name in names}
    if within is None:
        return Counted(shared={name: _shares(key, numbers) for name, key in found.items()})
    own: dict[str, dict[str, Shares]] = {
        str(part): {name: _shares(key[rows], numbers[rows]) for name, key in found.items() if name != within}
        for part, rows in frame.groupby(within).groups.items()
    }
    return Counted(shared={name: _shares(key, numbers) for name, key in found.items() if name == within}, own=own)


def _frame(asked: Population, study: Path) -> pd.DataFrame:
    """Read the cells of the file, as any data file is read."""
    from csresearch.survey.reading.files import tabulate

    path = study.parent / asked.file
    try:
        content = path.read_bytes()
        cells = tabulate(content, asked.file).cells
    except OSError as error:
        raise StudyError(f"{study.name} [margins] from: {asked.file}: {error.strerror}; looked for {path}") from None
    except DataError as error:
        raise StudyError(f"{study.name} [margins] from: {error}") from None
    if twice := sorted(set(cells.columns[cells.columns.duplicated()].astype(str))):
        what = f"found 2 columns of one name: {listed(twice)}"
        raise StudyError(f"{study.name} [margins] from: {asked.file}: {what}; rename or delete one of each")
    found = hashlib.sha256(content).hexdigest()
    if asked.sha256 is not None and found != asked.sha256.lower():
        sums = f"the SHA-256 of {asked.file} is {found}, the study expects {asked.sha256}"
        raise StudyError(f"{study.name} [margins] from: {sums}; restore the file, or write the new sum")
    stripped = {str(name): cells[name].str.strip() for name in cells}
    return pd.DataFrame({name: cell.where(cell != "") for name, cell in stripped.items()})


def _counts(frame: pd.DataFrame, count: str | None) -> pd.Series:
    if count not in frame:
        return pd.Series(1.0, index=frame.index)
    return pd.to_numeric(frame[count], errors="coerce").astype(float)


def _faults(
    asked: Population,
    frame: pd.DataFrame,
    columns: list[str],
    within: str | None,
    count: str | None,
    numbers: pd.Series,
) -> list[Fault]:
    where = f"[margins] from {asked.file}"
    faults = [
        Fault(where, f"no column '{name}'", listed(frame), nearest(name, map(str, frame)) or "add it")
        for name in [*columns, *([asked.count] if asked.count else [])]
        if name not in frame
    ]
    if not columns:
        faults.append(Fault(where, f"the columns {listed(frame.columns)}", "columns of categories", "add one"))
    for name in dict.fromkeys([*columns, *([within] if within else [])]):
        if name in frame and (n := int(frame[name].isna().sum())):
            faults.append(Fault(f"{where}, column {name}", f"{n} rows without a value", "a category", "fill them in"))
    if count in frame and (n := int((~np.isfinite(numbers) | (numbers < 0)).sum())):
        faults.append(
            Fault(f"{where}, column {count}", f"{n} rows that are no counts", "numbers of 0 or more", "correct")
        )
    elif count is None and not faults and _all_differ(frame[list(dict.fromkeys([*columns, within or columns[0]]))]):
        remedy = "write count = 'column' in [margins] from; without one each row is a person"
        faults.append(Fault(where, "no two rows alike, and no column of counts", f"count, or {COUNTS[0]}", remedy))
    elif not numbers.sum() > 0:
        faults.append(Fault(where, "nobody", "counts above 0", "correct the file"))
    return faults


def _all_differ(frame: pd.DataFrame) -> bool:
    """Tell whether no two rows are alike: a table of groups, not of persons."""
    return len(frame) > 1 and not frame.duplicated().any()


def _key(frame: pd.DataFrame, name: str) -> pd.Series:
    """Category of each row in a margin of one or several columns."""
    first, *others = (frame[column].astype(str) for column in margin_columns(name))
    for other in others:
        first = first + JOINT + other
    return first


def _shares(key: pd.Series, numbers: pd.Series) -> dict[str, float]:
    """Share of each category that has somebody."""
    total = numbers.groupby(key).sum()
    return {str(name): float(share) for name, share in (total / total.sum()).items() if share > 0}
