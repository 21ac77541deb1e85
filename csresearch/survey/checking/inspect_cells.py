"""What may be said of cells that are no answers: dates, numbers with another decimal mark, short texts."""

from __future__ import annotations

import re
from collections import Counter

from csresearch.survey.checking.view import Answers, Mask

SHOWN = 3  # distinct values shown of a faulty column
WIDTH = 20  # characters of the longest text that is shown: codes and options are short, comments and ids are not
SHARED = 2  # respondents who have to write the same words before they are shown: a name or a comment stands alone
DIGITS = 6  # of a number that could be a telephone or an account
MANY = 10  # different texts on a scale are a column of texts, of which nothing is shown
_DATE = re.compile(r"\d{4}-\d\d-\d\d([ T].*)?|\d{1,2}[/.]\d{1,2}[/.]\d{2,4}( .*)?|\d{1,2}[-.][^\W\d_]{3,4}\.?(-\d\d)?")
_NUMBER = re.compile(r"[+-]?(\d+([.,]\d+)?|inf)")
_DECIMAL = re.compile(r"[+-]?\d{1,9}[.,]\d+")


def unreadable(view: Answers, column: str, rows: Mask) -> tuple[str, str]:
    """Say what stands in cells that are no answers, and what to do; never a comment, an address or an id."""
    n, cells = int(rows.sum()), _distinct(view, column, rows)
    if all(map(_DATE.fullmatch, cells)):
        remedy = "the program that wrote the file took answers for dates; export it again, with this column as text"
        return f"{n} dates", remedy
    if all(map(_DECIMAL.fullmatch, cells)):
        mark = "comma" if any("," in cell for cell in cells) else "point"
        remedy = "write one decimal mark in the whole file, or say decimal = ',' or '.' in [data]"
        return f"{n} numbers with a decimal {mark}, which the file does not have: {first_of(cells)}", remedy
    return f"{n} text: {shown(view, column, rows)}", "correct the cells, or make them empty"


def shown(view: Answers, column: str, rows: Mask) -> str:
    """Show cells of a question; never what is long, an address, a name or an id, and nothing of columns of texts."""
    cells = _distinct(view, column, rows)
    if view.study.data.id in view.answers:
        ids = set(view.answers[view.study.data.id].dropna())
        cells = [cell for cell in cells if cell not in ids]
    common = set(_distinct(view, column, rows, least=SHARED))
    short = [cell for cell in cells if _NUMBER.fullmatch(cell) or (cell in common and len(cell) <= WIDTH)]
    short = [cell for cell in short if "@" not in cell and sum(map(str.isdigit, cell)) < DIGITS]
    if len(cells) > MANY or not short:
        return "not shown"
    return first_of(short, more=len(cells) - len(short))


def first_of(texts: list[str], *, quotes: bool = True, more: int = 0) -> str:
    """Show up to three distinct values, and say how many more there are."""
    more += len(texts) - min(len(texts), SHOWN)
    told = [f"'{text}'" if quotes else text for text in texts[:SHOWN]]
    return ", ".join(told) + (f" and {more} more" if more else "") if texts else "not shown"


def _distinct(view: Answers, column: str, rows: Mask, *, least: int = 1) -> list[str]:
    """Distinct cells of some rows, in their order, that stand in at least so many of them."""
    position = list(view.raw.columns).index(column)
    counts = Counter(str(cell).strip() for cell in view.raw.iloc[:, position].to_numpy()[rows])
    return [cell for cell, n in counts.items() if n >= least]
