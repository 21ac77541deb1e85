"""A table with one header row."""

from __future__ import annotations

import pandas as pd

from csresearch.survey.reading.layouts.layout import Layout, Rows, below
from csresearch.survey.reading.table import Table


def _recognises(top: Rows) -> bool:
    return True


def _arrange(grid: pd.DataFrame) -> Table:
    names = ["" if not isinstance(cell, str) else cell for cell in grid.iloc[0]]
    return Table(cells=below(grid, 1, names))


PLAIN = Layout(title="one header row", recognises=_recognises, arrange=_arrange)
