"""From coded answers to the bytes of an export, the same bytes each time."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Literal

import numpy as np
import pandas as pd

from csresearch.demo.exports.asked import Answered, Question, Sheet
from csresearch.demo.exports.platforms import PLATFORMS
from csresearch.errors import DataError, extra
from csresearch.survey.reading.layouts import arrange

_NUMBER = re.compile(r"-?(0|[1-9]\d{0,14})(\.\d+)?")
_DELIMITER = {"kobo": ";"}


def export(
    frame: pd.DataFrame,
    questions: Sequence[Question],
    *,
    layout: str,
    file: Literal["csv", "xlsx"] = "csv",
    encoding: str = "utf-8",
    delimiter: str | None = None,
    words: bool = True,
    kinds: Mapping[str, pd.Series] | None = None,
    id: str | None = None,
    seconds: str | None = None,
    finished: str | None = None,
    previews: int = 0,
) -> bytes:
    r"""Write coded answers as a platform exports them.

    Parameters
    ----------
    frame : DataFrame, n rows
        A column a question, codes as numbers or texts, NaN where there is none; `name:option` of 1, 0 and NaN for
        questions with several answers.
    questions : sequence of Question
        What was asked, in order; other columns of the frame are not written.
    layout : str
        One of `PLATFORMS`.
    file : str
        "csv", or "xlsx" with numbers as numbers.
    encoding, delimiter : str, optional
        Of a CSV: "utf-8", "utf-8-sig", "gb18030", "big5", "cp1252", "utf-16"; the delimiter of the platform.
    words : bool
        Options as their words, or as their codes.
    kinds : mapping of column to Series of kinds, optional
        "skipped" where a question was not asked, for layouts that can say so; as `Sample.kinds`.
    id, seconds, finished : column name, optional
        Id, seconds taken and whether the interview was finished (bool); 1, 2, ..., 300 and True without them.
    previews : int
        Rows that the author's own tests left in the file (Qualtrics).

    Returns
    -------
    bytes
        The same for the same answers.

    Raises
    ------
    ValueError
        Unknown layout or kind of file.
    DataError
        A column that is not in the frame, or text that the encoding does not have.

    Examples
    --------
    >>> import pandas as pd
    >>> asked = [Question(name="care", text="满意吗", options={"1": "不满意", "2": "满意"})]
    >>> content = export(pd.DataFrame({"care": [2, 1]}), asked, layout="wenjuanxing", encoding="gb18030")
    >>> print(content.decode("gb18030").splitlines()[1])
    1,2026/3/2 9:05:00,300秒,微信,N/A,,满意
    """
    if layout not in PLATFORMS or file not in ("csv", "xlsx"):
        raise ValueError(f"layout={layout!r}, file={file!r}: layouts are {', '.join(PLATFORMS)}; files are csv, xlsx")
    _require(frame, questions, [column for column in (id, seconds, finished) if column is not None])
    n = len(frame)
    answered = Answered(
        frame=frame,
        questions=tuple(questions),
        kinds=kinds or {},
        words=words,
        id=np.array([str(value) for value in (frame[id] if id else range(1, n + 1))], dtype=object),
        seconds=frame[seconds].to_numpy(dtype=np.int64) if seconds else np.full(n, 300, dtype=np.int64),
        finished=frame[finished].to_numpy(dtype=bool) if finished else np.ones(n, dtype=bool),
        previews=previews,
    )
    sheet = PLATFORMS[layout](answered)
    return _xlsx(sheet) if file == "xlsx" else _csv(sheet, encoding, delimiter or _DELIMITER.get(layout, ","))


def headers(questions: Sequence[Question], *, layout: str) -> dict[str, str]:
    """Column of the frame -> header by which `read` knows it, as [columns] and [multiple] of a study name it.

    A question with several answers that stands in one column (Wenjuanxing, KoBo) is under its own name.

    Examples
    --------
    >>> headers([Question(name="care", text="How was it?")], layout="wenjuanxing")
    {'care': '1、How was it?'}
    """
    empty = pd.DataFrame(columns=_needed(questions), dtype=object)
    none = np.array([], dtype=object)
    answered = Answered(
        frame=empty,
        questions=tuple(questions),
        kinds={},
        words=True,
        id=none,
        seconds=none.astype(np.int64),
        finished=none.astype(bool),
        previews=0,
    )
    sheet = PLATFORMS[layout](answered)
    found = arrange(pd.DataFrame(sheet.rows, dtype=object), "export", layout).cells.columns
    return {column.key: str(name) for column, name in zip(sheet.columns, found, strict=True) if column.key}


def _require(frame: pd.DataFrame, questions: Sequence[Question], others: Sequence[str]) -> None:
    needed = [*others, *_needed(questions)]
    absent = [column for column in needed if column not in frame]
    if absent:
        raise DataError(f"the frame lacks the columns {', '.join(absent)}, which the questions name")


def _needed(questions: Sequence[Question]) -> list[str]:
    """Columns of a frame that questions name."""
    parts = [[f"{q.name}:{option}" for option in q.options] if q.multiple else [q.name] for q in questions]
    return [column for names in parts for column in names]


def _csv(sheet: Sheet, encoding: str, delimiter: str) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=delimiter, lineterminator="\r\n").writerows(sheet.rows)
    try:
        return text.getvalue().encode(encoding)
    except UnicodeEncodeError as error:
        raise DataError(f"{encoding} has no {error.object[error.start]!r}; write the file as UTF-8") from None


def _is_number(cell: str) -> bool:
    """Tell whether a number of a workbook reads back as this text: 007 and 1.50 do not."""
    return bool(_NUMBER.fullmatch(cell)) and cell in (repr(float(cell)), f"{float(cell):.0f}")


def _xlsx(sheet: Sheet) -> bytes:
    with extra("report"):
        import xlsxwriter  # type: ignore[import-untyped]
    content, depth = io.BytesIO(), len(sheet.columns[0].head)
    with xlsxwriter.Workbook(content, {"in_memory": True}) as book:
        book.set_properties({"created": datetime(2026, 1, 1)})
        page = book.add_worksheet("Sheet0")
        for row, cells in enumerate(sheet.rows):
            for column, cell in enumerate(cells):
                if row >= depth and _is_number(cell):
                    page.write_number(row, column, float(cell))
                elif cell:
                    page.write_string(row, column, cell)
    return content.getvalue()
