"""Questions with several answers: a column of 1 (chosen), 0 (not chosen) and missing (not answered) for each option."""

from __future__ import annotations

import re
from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import pandas as pd

from csresearch.survey.checking.view import Finding, note, stop
from csresearch.survey.headers import places
from csresearch.survey.questions import Multiple
from csresearch.survey.reading.coding import code_cell, kinds_of
from csresearch.survey.reading.table import KINDS, Table
from csresearch.survey.study import Study
from csresearch.survey.study_file.faults import listed, nearest

NOT_CHOSEN = ("no", "n", "false", "not selected", "unchecked", "否", "未选")
"""Words of an indicator that was not chosen, beside 0; every other word chooses it."""
_FILLED_IN = re.compile(r"[〖【].*?[】〗]", re.DOTALL)  # what was written behind "other"
_EMPTY = KINDS.index("empty")
WORDS = 3  # different words in the column of an option: chosen, not chosen, and one more
_ODD = -2.0  # a number that is neither 0 nor 1
Marks = npt.NDArray[np.float64]
Kinds = npt.NDArray[np.int8]


def several(table: Table, study: Study) -> tuple[dict[str, pd.Series], dict[str, pd.Series], list[Finding]]:
    """Code the questions of [multiple].

    Returns
    -------
    answers, kinds
        Column `name:option` -> 1, 0 or NaN, and the kind of each missing answer; n rows.
    findings
        Headers that are not there, numbers that no indicator has, answers that are no option.
    """
    names = [str(name) for name in table.cells.columns]
    answers: dict[str, pd.Series] = {}
    kinds: dict[str, pd.Series] = {}
    found: list[Finding] = []
    for question in study.multiple.values():
        at = {header: places(header, names, study) for header in question.headers}
        wrong = [header for header, found_at in at.items() if len(found_at) != 1]
        if wrong:
            remedy = nearest(wrong[0], names) or "write the header as the file has it"
            what = f"no column, or several, named {listed(wrong)}"
            found.append(stop(f"[multiple] {question.name}", what, "one column each", remedy, len(wrong)))
            continue
        cells = [table.cells.iloc[:, place] for (place,) in at.values()]
        marks, missing, more = (_joined if question.column else _marked)(question, cells, table)
        found += more
        for position, option in enumerate(question.options):
            column = f"{question.name}:{option}"
            answers[column] = pd.Series(marks[:, position], index=table.cells.index)
            kind = kinds_of(missing[:, position], table.cells.index)
            if kind is not None:
                kinds[column] = kind
    return answers, kinds, found


def _marked(question: Multiple, cells: list[pd.Series], table: Table) -> tuple[Marks, Kinds, list[Finding]]:
    """Take a column for each option: a row with any mark has answered, and what it left blank is not chosen."""
    read = [_each(column, table, _mark) for column in cells]
    marks = np.stack([values[:, 0] for values, _ in read], axis=1)
    missing = np.stack([kind for _, kind in read], axis=1)
    found = []
    if odd := int((marks == _ODD).any(axis=1).sum()):
        remedy = "mend the cells, or code them: 1 is chosen, 0 or empty is not"
        what = f"{odd} respondents with numbers other than 0 and 1"
        found.append(stop(f"[multiple] {question.name}", what, "0, 1, or a word for chosen", remedy, odd))
        marks[marks == _ODD], missing[marks == _ODD] = np.nan, KINDS.index("unreadable")
    for header, column in zip(question.headers, cells, strict=True):
        words = {text for cell in column.unique() if (text := str(cell).strip()) and code_cell(text, None)[1] >= 0}
        if len(words - set(table.missing)) > WORDS:
            remedy = "each is taken for chosen; is it a column of texts, such as those behind 'other'?"
            what = f"{len(words)} different words in {header}"
            found.append(
                note(f"[multiple] {question.name}", what, "0, 1, or the words of one option", remedy, len(words))
            )
    blank = (missing == _EMPTY) & np.any(missing < 0, axis=1, keepdims=True)
    return np.where(blank, 0.0, marks), np.where(blank, -1, missing).astype(np.int8), found


def _mark(cell: str) -> list[float]:
    number, kind = code_cell(cell, None)
    if kind < 0:
        return [number if number in (0.0, 1.0) else _ODD]
    return [0.0 if cell.lower() in NOT_CHOSEN else 1.0]


def _joined(question: Multiple, cells: list[pd.Series], table: Table) -> tuple[Marks, Kinds, list[Finding]]:
    """Take one column of answers joined by a delimiter."""
    options, delimiter = question.options, question.delimiter or " "

    def chosen(cell: str) -> list[float]:
        parts = {_FILLED_IN.sub("", part).strip() for part in cell.split(delimiter)} - {""}
        return [*(float(option in parts) for option in options), float(not parts <= set(options))]

    values, missing = _each(cells[0], table, chosen)
    marks, found = values[:, :-1], []
    given, other = missing < 0, int((values[:, -1] == 1).sum())
    if given.any() and not (marks == 1).any():
        remedy = f"write the options as the cells have them; the delimiter is {delimiter!r}"
        found.append(
            stop(f"[multiple] {question.name}", "no answer is an option", listed(options), remedy, int(given.sum()))
        )
    elif other:
        remedy = "they are not counted; add the option if it is one"
        what = f"{other} respondents with an answer that is no option"
        found.append(note(f"[multiple] {question.name}", what, listed(options), remedy, other))
    return marks, np.repeat(missing[:, None], len(options), axis=1), found


def _each(column: pd.Series, table: Table, read: Callable[[str], list[float]]) -> tuple[Marks, Kinds]:
    """Read each distinct cell once: values (n, k), NaN where it is missing, and kinds (n,), -1 where it is not."""
    codes, distinct = pd.factorize(column)
    texts = [str(cell).strip() for cell in distinct]
    kinds = [
        _EMPTY if not text else KINDS.index(table.missing[text]) if text in table.missing else -1 for text in texts
    ]
    width = len(read("0"))
    values = [read(text) if kind < 0 else [np.nan] * width for text, kind in zip(texts, kinds, strict=True)]
    values.append([np.nan] * width)  # a cell that is not there
    return np.array(values)[codes], np.array([*kinds, _EMPTY], dtype=np.int8)[codes]
