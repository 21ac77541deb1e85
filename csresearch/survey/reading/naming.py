"""Columns by the names that a study gives them."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from csresearch.survey.checking.view import stop
from csresearch.survey.headers import positions
from csresearch.survey.reading.table import Notes, Table
from csresearch.survey.study import Study
from csresearch.survey.study_file.faults import nearest


def rename(table: Table, study: Study) -> Table:
    """Give columns the short names of [columns]; a header that is not there, or several times, is a finding."""
    names, found = [str(name) for name in table.cells.columns], []
    notes, written = dict(table.notes), list(names)
    for name, header in study.columns.items():
        places = positions(header, written)
        if len(places) != 1:
            what = f"{len(places)} columns of the header '{header}'" if places else f"no column '{header}' in the file"
            remedy = nearest(header, written) or "write the header as the file has it"
            found.append(stop(f"[columns] {name}", what, "one column", remedy, len(places)))
        elif name in written and written[places[0]] != name:
            remedy = "take another short name"
            found.append(stop(f"[columns] {name}", "a column of this name in the file too", "a new name", remedy, 1))
        else:
            header = written[places[0]]
            names[places[0]] = name
            notes[name] = notes.pop(header) if header in notes else Notes(label=header)
    cells = table.cells.set_axis(pd.Index(names, dtype=object), axis=1)
    return replace(table, cells=cells, notes=notes, found=(*table.found, *found))
