"""Columns by the names of the study, and a row for each brand that a respondent answered for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from csresearch.survey.checking.view import Finding, note, stop
from csresearch.survey.grammar import Loop
from csresearch.survey.reading.coding import answered
from csresearch.survey.reading.naming import rename
from csresearch.survey.reading.table import Table
from csresearch.survey.study import Study
from csresearch.survey.study_file.faults import listed, nearest


def shape(table: Table, study: Study) -> Table:
    """Give columns the names of [columns] and make the rows of [loop]; what is not there is a finding."""
    named = rename(table, study)
    return named if study.loop is None else _looped(named, study, study.loop)


def _looped(table: Table, study: Study, loop: Loop) -> Table:
    """Make a row of each brand for which a respondent answered at least one of the questions."""
    names = list(table.cells.columns)
    asked = {
        column: [pattern.replace("{}", key) for key in loop.values.values()] for column, pattern in loop.columns.items()
    }
    found = list(_absent(asked, names))
    made = [name for name in (loop.column, *loop.columns) if name in names]
    if made:
        remedy = "the loop makes these columns; take other names"
        found.append(stop("[loop]", f"columns {listed(made)} in the file", "new names", remedy, len(made)))
    if found:
        return replace(table, found=(*table.found, *found))
    place = {name: names.index(name) for parts in asked.values() for name in parts}
    blocks = {
        column: np.stack([table.cells.iloc[:, place[part]].to_numpy(dtype=object) for part in parts], axis=1)
        for column, parts in asked.items()
    }
    given = np.zeros((len(table.cells), len(loop.values)), dtype=bool)
    for column, block in blocks.items():
        given |= answered(block, study, column, table)
    rows, which = np.nonzero(given)
    without = int((~given.any(axis=1)).sum())
    if without:
        remedy = "they have no row; nothing to do where they know none of them"
        found.append(note("[loop]", f"{without} respondents who answered for none", "an answer", remedy, without))
    kept = [position for position in range(len(names)) if position not in set(place.values())]
    cells = table.cells.iloc[rows, kept].reset_index(drop=True)
    cells[loop.column] = np.array(list(loop.values), dtype=object)[which]
    for column, block in blocks.items():
        cells[column] = block[rows, which]
    told = {column: table.notes[parts[0]] for column, parts in asked.items() if parts[0] in table.notes}
    return replace(table, cells=cells, notes={**table.notes, **told}, found=(*table.found, *found), without=without)


def _absent(asked: dict[str, list[str]], names: Sequence[str]) -> list[Finding]:
    found = []
    for column, parts in asked.items():
        absent = [part for part in parts if names.count(part) != 1]
        if absent:
            remedy = nearest(absent[0], names) or "correct the pattern, or the values of the loop"
            what = f"no column, or several, named {listed(absent)}"
            found.append(stop(f"[loop] columns.{column}", what, "one column a value", remedy, len(absent)))
    return found
