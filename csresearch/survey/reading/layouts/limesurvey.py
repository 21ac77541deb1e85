"""LimeSurvey: codes with their parts in brackets, Q2[SQ001]; codes alone, codes with texts, or texts alone."""

from __future__ import annotations

import re

import pandas as pd

from csresearch.survey.checking.view import note
from csresearch.survey.reading.layouts.layout import Layout, Rows, below, header, sets
from csresearch.survey.reading.table import Notes, Table

_SIGNATURES = ({"submitdate", "lastpage", "startlanguage"}, {"Date submitted", "Last page", "Start language"})
_CODED = re.compile(r"([A-Za-z]\w*(?:\[[^\]]*\])*)\.\s+(.+)", re.DOTALL)  # Q2[SQ001]. How was it?
_MARKS = ("Y", "Yes", "No", "N/A")


def _recognises(top: Rows) -> bool:
    found = {_name(cell) for cell in top[0]}
    return any(signature <= found for signature in _SIGNATURES)


def _name(cell: str) -> str:
    coded = _CODED.fullmatch(cell)
    return coded[1] if coded else cell


def _arrange(grid: pd.DataFrame) -> Table:
    written = header(grid)
    names, found = [_name(cell) for cell in written], []
    cells = below(grid, 1, names)
    member = sets(names, cells, pattern=r"(.+?) ?\[[^\]]*\]", marks=_MARKS)
    submitted = next((name for name in ("submitdate", "Date submitted") if name in names), None)
    if submitted is not None and names.count(submitted) == 1 and (n := int((cells[submitted] == "").sum())):
        remedy = "they are read; the rule screening.incomplete decides whether they count"
        found.append(note(submitted, f"{n} interviews that were not submitted", "any", remedy, n))
    labels = (coded[2] if (coded := _CODED.fullmatch(cell)) else "" for cell in written)
    notes = {
        name: Notes(label=label, multiple=member.get(name, ""))
        for name, label in zip(names, labels, strict=True)
        if label or name in member
    }
    return Table(cells=cells, notes=notes, missing={"N/A": "skipped"}, found=tuple(found))


LIMESURVEY = Layout(title="LimeSurvey", recognises=_recognises, arrange=_arrange)
