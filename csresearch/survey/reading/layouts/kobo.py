"""KoBo and other ODK servers: group/question; several answers joined by spaces, and again as columns of 0 and 1."""

from __future__ import annotations

import pandas as pd

from csresearch.survey.reading.layouts.layout import Layout, Rows, below, distinct, header
from csresearch.survey.reading.table import Notes, Table

_SIGNATURES = ({"_index", "_submission_time"}, {"_uuid", "_submission_time"}, {"SubmissionDate", "KEY"})
_MARKS = {"0", "1", "True", "False", "TRUE", "FALSE", "n/a"}


def _recognises(top: Rows) -> bool:
    return any(signature <= set(top[0]) for signature in _SIGNATURES)


def _arrange(grid: pd.DataFrame) -> Table:
    names = header(grid)
    cells, notes = below(grid, 1, names), {}
    for position, name in enumerate(names):
        question = name.rpartition("/")[0]
        if question in names and distinct(cells, position) <= _MARKS:
            notes[name] = notes[question] = Notes(multiple=question)
    return Table(cells=cells, notes=notes, missing={"n/a": "skipped"})


KOBO = Layout(title="KoBo", recognises=_recognises, arrange=_arrange)
