"""Wenjuanxing: numbered headers, several answers joined by ┋, words for what was skipped or left empty."""

from __future__ import annotations

import re

import pandas as pd

from csresearch.survey.reading.layouts.layout import Layout, Rows, below, header
from csresearch.survey.reading.table import Notes, Table

JOINED = "┋"
_MISSING = {"(跳过)": "skipped", "（跳过）": "skipped", "(空)": "empty", "（空）": "empty"}
_MISSING |= {"-3": "skipped", "-2": "empty"}  # where options stand as codes
_NUMBERED = re.compile(r"\d+[、.．]\s*(.+)", re.DOTALL)
_TAKEN = re.compile(r"(?:(\d+)(?:小时|时))?(?:(\d+)分钟?)?(?:(\d+)秒)?")
_SECONDS = "所用时间"


def _recognises(top: Rows) -> bool:
    return "序号" in top[0] and bool({"提交答卷时间", _SECONDS} & set(top[0]))


def _arrange(grid: pd.DataFrame) -> Table:
    names = header(grid)
    cells, notes = below(grid, 1, names), {}
    for position, name in enumerate(names):
        label = numbered[1] if (numbered := _NUMBERED.fullmatch(name)) else ""
        several = label and cells.iloc[:, position].str.contains(JOINED, regex=False).any()
        if label:
            notes[name] = Notes(label=label, multiple=name if several else "")
    if names.count(_SECONDS) == 1:
        cells[_SECONDS] = cells[_SECONDS].map(seconds)
    return Table(cells=cells, notes=notes, missing=_MISSING)


def seconds(cell: str) -> str:
    """Write a duration in seconds; what is none stays as it is.

    Examples
    --------
    >>> seconds("85秒"), seconds("1分25秒"), seconds("abc")
    ('85', '85', 'abc')
    """
    found = _TAKEN.fullmatch(cell.strip()) if cell else None
    if not found or not any(found.groups()):
        return cell
    hours, minutes, rest = (int(part or 0) for part in found.groups())
    return str(hours * 3600 + minutes * 60 + rest)


WENJUANXING = Layout(title="Wenjuanxing", recognises=_recognises, arrange=_arrange)
