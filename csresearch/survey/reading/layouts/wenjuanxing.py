"""Wenjuanxing: numbered headers, several answers joined by ┋, words for what was skipped or left empty."""

from __future__ import annotations

import re

import pandas as pd

from csresearch.survey.reading.layouts.layout import Layout, Rows, below, distinct, header
from csresearch.survey.reading.table import Notes, Table

JOINED = "┋"
_MISSING = {"(跳过)": "skipped", "（跳过）": "skipped", "(空)": "empty", "（空）": "empty"}
_MISSING |= {"-3": "skipped", "-2": "empty"}  # where options stand as codes
_NUMBERED = re.compile(r"\d+[、.．]\s*(.+)", re.DOTALL)
_OPTION = re.compile(r"(\d+)[、.．]\s*(.*?)\s*[(（]([^()（）]+)[)）]", re.DOTALL)
_TAKEN = re.compile(r"(?:(\d+)(?:小时|时))?(?:(\d+)分钟?)?(?:(\d+)秒)?")
_SECONDS, _TOTAL = "所用时间", "总分"


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
    notes |= _lines(names) | _options(names, cells)
    if names.count(_SECONDS) == 1:
        cells[_SECONDS] = cells[_SECONDS].map(seconds)
    return Table(cells=cells, notes=notes, missing=_MISSING)


def _lines(names: list[str]) -> dict[str, Notes]:
    """Give the lines of a matrix its question, which stands before the first of them only: 3、满意度—价格, 速度."""
    found, stem = {}, ""
    for name in names:
        if numbered := _NUMBERED.fullmatch(name):
            stem = numbered[1].rpartition("—")[0]
        elif stem and name != _TOTAL:
            found[name] = Notes(label=f"{stem}—{name}")
    return found


def _options(names: list[str], cells: pd.DataFrame) -> dict[str, Notes]:
    """Find questions with a column for each option: the first header holds the question, the others its number only."""
    found: dict[str, list[tuple[int, str, str]]] = {}
    for position, name in enumerate(names):
        if (split := _OPTION.fullmatch(name)) and distinct(cells, position) <= {"0", "1", *_MISSING}:
            found.setdefault(split[1], []).append((position, split[2], split[3]))
    return {
        names[position]: Notes(label=f"{columns[0][1]} - {option}", multiple=f"q{number}")
        for number, columns in found.items()
        for position, _, option in columns
        if columns[0][1] and [stem for _, stem, _ in columns[1:]].count("") == len(columns) - 1 > 0
    }


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
