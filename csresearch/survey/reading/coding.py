"""From cells to codes: numbers on their scale, and the kind of each answer that is missing."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping

import numpy as np
import numpy.typing as npt
import pandas as pd

from csresearch.survey.inputs import replicate_columns
from csresearch.survey.questions import Scale
from csresearch.survey.reading.table import KINDS, Table
from csresearch.survey.study import Study

_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?|[+-]?inf(inity)?", re.ASCII | re.IGNORECASE)

NO_WORDS: Mapping[str, str] = {}


def code(table: Table, study: Study) -> tuple[pd.DataFrame, dict[str, pd.Series]]:
    """Code the cells: items by their scale, duration and weight as numbers, all else as text."""
    cells = table.cells
    numbers = {study.data.duration, study.design.weight, *study.means}
    if study.design.replicates is not None:
        numbers.update(replicate_columns(map(str, cells.columns), study.design.replicates.columns))
    answers: dict[str, pd.Series] = {}
    kinds: dict[str, pd.Series] = {}
    for position, column in enumerate(cells.columns):
        if column in answers:
            continue  # a name that occurs twice is a finding
        text = cells.iloc[:, position]
        declared = table.notes[column].missing if column in table.notes else ()
        if column not in study.items and column not in numbers:
            answers[column] = _texts(text, {*declared, *table.missing})
            continue
        scale = study.items[column].scale if column in study.items else None
        answers[column], kind = code_column(
            text, scale, decimal_comma=table.decimal_comma, declared=declared, absent=table.missing
        )
        if scale is not None and study.data.unreadable == "missing":
            answers[column], kind = within(answers[column], kind, scale)
        if kind is not None:
            kinds[column] = kind
    return pd.DataFrame(answers, index=cells.index), kinds


def _texts(text: pd.Series, absent: Collection[str]) -> pd.Series:
    """Take cells as they are, and those that hold nothing for missing; each distinct one is looked at once."""
    codes, distinct = pd.factorize(text)
    nothing = np.array([not str(cell).strip() or cell in absent for cell in distinct] + [True])
    return text.mask(nothing[codes])


def code_column(
    text: pd.Series,
    scale: Scale | None,
    *,
    decimal_comma: bool,
    declared: Collection[str] = (),
    absent: Mapping[str, str] = NO_WORDS,
) -> tuple[pd.Series, pd.Series | None]:
    """Code one column, shape (n,): the numbers, and the kinds of missing where there are any.

    Codes that the file has `declared` missing are no answers, whatever the scale; without a kind they are unreadable.
    Cells in `absent` have the kind that the layout of the file gives them, unless the scale gives another.
    """
    codes, distinct = pd.factorize(text)
    coded = [code_cell(str(cell), scale, decimal_comma=decimal_comma, absent=absent) for cell in distinct]
    unnamed = (np.nan, KINDS.index("unreadable"))
    coded = [
        unnamed if kind < 0 and cell in declared else (value, kind)
        for cell, (value, kind) in zip(distinct, coded, strict=True)
    ]
    values = np.array([value for value, _ in coded] + [np.nan])
    kind_codes = np.array([kind for _, kind in coded] + [KINDS.index("empty")], dtype=np.int8)
    found: npt.NDArray[np.int8] = kind_codes[codes]  # -1, a cell that is not there, takes the last entry
    return pd.Series(values[codes], index=text.index), kinds_of(found, text.index)


def kinds_of(codes: npt.NDArray[np.int8], index: pd.Index) -> pd.Series | None:
    """Name the kinds of missing, shape (n,), from positions in `KINDS`, -1 for an answer; None without any."""
    if not (codes >= 0).any():
        return None
    return pd.Series(pd.Categorical.from_codes(codes, categories=pd.Index(KINDS)), index=index)


def answered(cells: npt.NDArray[np.object_], study: Study, column: str, table: Table) -> npt.NDArray[np.bool_]:
    """Tell which cells of a question hold an answer, don't know and refused among them; any shape."""
    scale = study.items[column].scale if column in study.items else None
    codes, distinct = pd.factorize(cells.ravel())
    absent = [KINDS.index(kind) for kind in ("not_used", "skipped", "empty")]
    kinds = [
        code_cell(str(cell), scale, decimal_comma=table.decimal_comma, absent=table.missing)[1] for cell in distinct
    ]
    given = np.array([kind not in absent for kind in kinds] + [False])
    return np.asarray(given[codes].reshape(cells.shape))


def within(values: pd.Series, kind: pd.Series | None, scale: Scale) -> tuple[pd.Series, pd.Series | None]:
    """Take numbers that the scale does not have for unreadable: [data] unreadable = "missing"."""
    low, high = scale.ends
    outside = values.notna() & ~values.between(low, high)
    if scale.options:
        outside |= values.notna() & (values != values.round())
    if not outside.any():
        return values, kind
    if kind is None:
        kind = pd.Series(pd.Categorical([None] * len(values), categories=pd.Index(KINDS)), index=values.index)
    return values.mask(outside), kind.mask(outside, "unreadable")


def code_cell(
    cell: str, scale: Scale | None, *, decimal_comma: bool = False, absent: Mapping[str, str] = NO_WORDS
) -> tuple[float, int]:
    """Code one cell: its number and -1, or NaN and the position of its kind in `KINDS`.

    `absent` are cells of the layout with their kinds; where 7,5 is a number, 7.5 is none.

    Examples
    --------
    >>> touch = Scale(name="touch", ends=(1, 10), missing={"97": "not_used"})
    >>> code_cell("7", touch), code_cell("97.0", touch), code_cell("good", touch)
    ((7.0, -1), (nan, 0), (nan, 5))
    """
    cell = cell.strip()
    missing: Mapping[str, str] = scale.missing if scale else {}
    if cell in missing:
        return np.nan, KINDS.index(missing[cell])
    if not cell:
        return np.nan, KINDS.index("empty")
    if scale and cell in scale.options:
        return scale.options.index(cell) + 1.0, -1
    if cell in absent:
        return np.nan, KINDS.index(absent[cell])
    number = cell.replace(".", "x").replace(",", ".") if decimal_comma else cell
    if not _NUMBER.fullmatch(number):
        return np.nan, KINDS.index("unreadable")
    value = float(number)
    kind = next((kind for name, kind in missing.items() if _NUMBER.fullmatch(name) and float(name) == value), None)
    return (value, -1) if kind is None else (np.nan, KINDS.index(kind))
