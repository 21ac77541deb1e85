"""What was asked, as a survey platform knows it: questions, their options, the answers in its words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import numpy as np
import numpy.typing as npt
import pandas as pd

from csresearch.survey.reading.labelled import texts

Texts = npt.NDArray[np.object_]
START = datetime(2026, 3, 2, 9, 0)


@dataclass(frozen=True, kw_only=True)
class Question:
    """One question of a platform.

    Parameters
    ----------
    name : str
        Column of the frame; for a question with several answers the part before the colon of `name:option`.
    text : str
        As it was asked.
    options : mapping of code to words
        Codes as texts, in order; for a question with several answers option -> words. Empty for numbers and free text.
    multiple : bool
        Several answers allowed; the frame holds a column of 1, 0 and NaN for each option.
    row : str
        What this line of a matrix asks about; neighbours with the same text are one matrix.
    group : str
        Section of the form, which KoBo writes before the name.
    """

    name: str
    text: str
    options: Mapping[str, str] = field(default_factory=dict)
    multiple: bool = False
    row: str = ""
    group: str = ""


@dataclass(frozen=True, kw_only=True, eq=False)
class Answered:
    """Answers on their way into a file; `words` says whether options stand as words or as codes.

    `kind` holds "" for an answer, else its kind of missing; `finished`, `seconds`, `id` are arrays of n.
    """

    frame: pd.DataFrame
    questions: tuple[Question, ...]
    kinds: Mapping[str, pd.Series]
    words: bool
    id: Texts
    seconds: npt.NDArray[np.int64]
    finished: npt.NDArray[np.bool_]
    previews: int

    @property
    def numbered(self) -> list[tuple[int, Question]]:
        """Questions with the number that a platform gives them; the lines of a matrix share one."""
        number, before = 0, None
        found = []
        for question in self.questions:
            stem = question.text if question.row else None
            number += stem is None or stem != before
            before = stem
            found.append((number, question))
        return found

    def cells(self, question: Question) -> Texts:
        """Cells of a question with one answer, shape (n,): words or codes, "" where there is none."""
        cells = texts(self.frame[question.name])
        words = question.options if self.words else {}
        return cells.map(lambda cell: words.get(cell, cell)).to_numpy(dtype=object)

    def chosen(self, question: Question) -> dict[str, Texts]:
        """Option -> "1", "0" or "" (not answered), each of shape (n,)."""
        return {
            option: texts(self.frame[f"{question.name}:{option}"]).to_numpy(dtype=object) for option in question.options
        }

    def skipped(self, question: Question) -> npt.NDArray[np.bool_]:
        """Rows that were not asked by routing, shape (n,)."""
        column = f"{question.name}:{next(iter(question.options))}" if question.multiple else question.name
        kind = self.kinds.get(column)
        none = np.zeros(len(self.frame), dtype=bool)
        return none if kind is None else (kind.astype(object) == "skipped").to_numpy(dtype=bool)

    def times(self, form: str) -> tuple[Texts, Texts]:
        """When each respondent began and ended, written by a pattern; one every eleven minutes."""
        begun = [START + timedelta(minutes=11 * row) for row in range(len(self.frame))]
        ended = [begin + timedelta(seconds=int(taken)) for begin, taken in zip(begun, self.seconds, strict=True)]
        first, last = (np.array([form.format(time) for time in times], dtype=object) for times in (begun, ended))
        return first, last


@dataclass(frozen=True, eq=False)
class Column:
    """One column of an export: the column of the frame behind it ("" for the platform's own), headers, cells (n,)."""

    key: str
    head: tuple[str, ...]
    cells: Texts


@dataclass(frozen=True, kw_only=True, eq=False)
class Sheet:
    """A file before it is bytes: its columns, and rows of the author's tests above the answers."""

    columns: Sequence[Column]
    previews: Sequence[Sequence[str]] = ()

    @property
    def rows(self) -> list[list[str]]:
        """All rows as texts: headers, tests, answers."""
        head = [list(cells) for cells in zip(*(column.head for column in self.columns), strict=True)]
        body = [list(cells) for cells in zip(*(column.cells for column in self.columns), strict=True)]
        return [*head, *map(list, self.previews), *body]
