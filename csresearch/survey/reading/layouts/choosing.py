"""Which layout a file has: the one that the study says, else the one whose signature it bears."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pandas as pd

from csresearch.errors import DataError
from csresearch.survey.checking.view import note
from csresearch.survey.reading.layouts.kobo import KOBO
from csresearch.survey.reading.layouts.layout import Layout, header
from csresearch.survey.reading.layouts.limesurvey import LIMESURVEY
from csresearch.survey.reading.layouts.plain import PLAIN
from csresearch.survey.reading.layouts.qualtrics import QUALTRICS
from csresearch.survey.reading.layouts.surveymonkey import SURVEYMONKEY
from csresearch.survey.reading.layouts.wenjuanxing import WENJUANXING
from csresearch.survey.reading.table import Table

LAYOUTS: Mapping[str, Layout] = {
    "qualtrics": QUALTRICS,
    "surveymonkey": SURVEYMONKEY,
    "limesurvey": LIMESURVEY,
    "kobo": KOBO,
    "wenjuanxing": WENJUANXING,
    "plain": PLAIN,
}
"""Layouts by the name that [data] layout gives them, tried in this order."""
_LOOKED_AT = 4  # rows that tell a layout


def arrange(grid: pd.DataFrame, file: str, asked: str | None = None) -> Table:
    """Arrange a grid of text, headers included, by a layout.

    Parameters
    ----------
    grid : DataFrame of text
        All rows of the file; "" is an empty cell.
    file : str
        Name of the file, for messages.
    asked : str, optional
        What [data] layout says; a file with another signature is a finding.

    Raises
    ------
    DataError
        The file has not the header rows of the layout that is asked for.

    Examples
    --------
    >>> arrange(pd.DataFrame([["序号", "所用时间", "1、满意吗"], ["1", "85秒", "(跳过)"]]), "a.csv").layout
    'wenjuanxing'
    """
    top = [header(grid, row) for row in range(min(len(grid), _LOOKED_AT))]
    seen = next(name for name, layout in LAYOUTS.items() if layout.recognises(top))
    name = asked or seen
    if not LAYOUTS[name].fits(top):
        remedy = f"write layout = '{seen}' or take the key away"
        raise DataError(f"{file}: [data] layout = '{name}', and the file has not the header rows of it; {remedy}")
    table = replace(LAYOUTS[name].arrange(grid), layout=name)
    if asked in (None, seen):
        return table
    found = f"'{asked}', and a file that looks like {LAYOUTS[seen].title}"
    remedy = f"it is read as you say; write layout = '{seen}' or take the key away"
    return replace(table, found=(*table.found, note("[data] layout", found, f"'{seen}'", remedy, 1)))
