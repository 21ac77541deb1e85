"""Qualtrics: header rows of names, texts and import ids; tests of the author stand among the answers."""

from __future__ import annotations

import pandas as pd

from csresearch.survey.checking.view import note, screened
from csresearch.survey.reading.layouts.layout import Layout, Rows, below, header, sets
from csresearch.survey.reading.table import Notes, Table

_IMPORT = ('{"ImportId"', '{""ImportId""')  # the second where the file was saved again by another program
_TESTS = ("Survey Preview", "Survey Test", "1", "2")
_OPEN = ("False", "FALSE", "0")
_CHOICE = " - Selected Choice"


def _recognises(top: Rows) -> bool:
    cells = [cell for cell in top[2] if cell] if len(top) > 2 else []
    return bool(cells) and all(cell.startswith(_IMPORT) for cell in cells)


def _arrange(grid: pd.DataFrame) -> Table:
    names = header(grid)
    texts = header(grid, 1)
    cells, found, n = below(grid, 3, names), [], 0
    if names.count("Status") == 1:
        tests = cells["Status"].isin(_TESTS)
        n = int(tests.sum())
        if n:
            remedy = "they are no respondents and are not read; delete them in the platform to be rid of this line"
            found.append(screened("Status", f"{n} previews or tests of the survey", "answers", remedy, n))
            cells = cells[~tests].reset_index(drop=True)
    if names.count("Finished") == 1 and (unfinished := int(cells["Finished"].isin(_OPEN).sum())):
        remedy = "they are read; the rule screening.incomplete decides whether they count"
        found.append(note("Finished", f"{unfinished} interviews that were not finished", "any", remedy, unfinished))
    member = sets(names, cells, pattern=r"(.+)_\d+", marks=("1",))
    texted = {name for name, text in zip(names, texts, strict=True) if _CHOICE in text}
    member |= {name: name.rpartition("_")[0] for name in names if name in texted and "_" in name}
    notes = {
        name: Notes(label="" if text == name else text, multiple=member.get(name, ""))
        for name, text in zip(names, texts, strict=True)
    }
    return Table(cells=cells, notes=notes, found=tuple(found), tests=n)


QUALTRICS = Layout(title="Qualtrics", recognises=_recognises, fits=_recognises, arrange=_arrange)
