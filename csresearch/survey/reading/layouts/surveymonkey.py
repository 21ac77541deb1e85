"""SurveyMonkey: a row of questions over a row of their lines and options; a question stands once over its columns."""

from __future__ import annotations

import pandas as pd

from csresearch.survey.reading.layouts.layout import Layout, Rows, below, distinct, header
from csresearch.survey.reading.table import Notes, Table

_SINGLE = ("", "Response", "Open-Ended Response")


def _two_rows(top: Rows) -> bool:
    return len(top) > 1 and top[1][:2] == ["", ""]


def _recognises(top: Rows) -> bool:
    return _two_rows(top) and [cell.replace(" ", "") for cell in top[0][:2]] == ["RespondentID", "CollectorID"]


def _arrange(grid: pd.DataFrame) -> Table:
    lines = header(grid, 1)
    stems: list[str] = []
    for cell, line in zip(header(grid), lines, strict=True):
        stems.append(cell if cell or not stems or not line else stems[-1])
    names = [stem if line in _SINGLE else f"{stem} - {line}" for stem, line in zip(stems, lines, strict=True)]
    cells, notes = below(grid, 2, names), {}
    for position, (name, stem, line) in enumerate(zip(names, stems, lines, strict=True)):
        option = line not in _SINGLE and distinct(cells, position) == {line}
        notes[name] = Notes(label=name, multiple=stem if option else "")
    return Table(cells=cells, notes=notes)


SURVEYMONKEY = Layout(title="SurveyMonkey", recognises=_recognises, fits=_two_rows, arrange=_arrange)
