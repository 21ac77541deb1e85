"""Exhibit: one statement with its picture, its figures and their origin; what every renderer takes."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from csresearch.show.format import column_unit, printed
from csresearch.show.specs import Align, Chart, Column, TableSpec

_ID = re.compile(r"[a-z][a-z0-9_]*(\.[a-z0-9_]+)*")


@dataclass(frozen=True, kw_only=True, eq=False)
class Exhibit:
    """One statement of the report.

    Parameters
    ----------
    id : str
        Stable name, such as ``drivers.importance``: a later run puts new figures under the same id.
    headline : str
        A full sentence with the number.
    frame : pandas.DataFrame
        The tidy figures behind the statement, in the column vocabulary, at full precision.
    chart : Chart, optional
        How it is shown; without it the figures are shown as a table.
    base : str
        Of whom, how many, how weighted.
    source : str
        Survey, fieldwork, file.
    wording : str
        The question as it was asked.
    notes : str
        Method, for the speaker.
    alt : str
        What the picture says, for those who do not see it.
    flags : tuple of str
        Cautions that must stand beside the picture.

    Raises
    ------
    ValueError
        If the id is not lower-case words joined by dots, or headline or alt is empty.

    Examples
    --------
    >>> Exhibit(id="index.level", headline="Satisfaction is 72.5.", frame=pd.DataFrame(), alt="72.5 points").id
    'index.level'
    """

    id: str
    headline: str
    frame: pd.DataFrame
    alt: str
    chart: Chart | None = None
    base: str = ""
    source: str = ""
    wording: str = ""
    notes: str = ""
    flags: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not _ID.fullmatch(self.id):
            raise ValueError(f"id of an exhibit: lower-case words joined by dots, such as 'a.b'; found {self.id!r}")
        for name in ("headline", "alt"):
            if not str(getattr(self, name)).strip():
                raise ValueError(f"exhibit {self.id}: `{name}` is empty")


def as_table(frame: pd.DataFrame, language: str = "en") -> TableSpec:
    """Show a tidy frame as a table, its numbers already printed.

    Examples
    --------
    >>> as_table(pd.DataFrame({"item": ["price"], "estimate": [0.25], "unit": ["share"]})).rows
    (('price', '25%', 'share'),)
    """
    cells = printed(frame, language)
    sides: dict[bool, Align] = {True: "right", False: "left"}
    numeric = [column_unit(name, None) is not None for name in frame.columns if frame[name].notna().any()]
    columns = [Column(title=str(name), align=sides[side]) for name, side in zip(cells.columns, numeric, strict=True)]
    return TableSpec(columns=tuple(columns), rows=tuple(tuple(row) for row in cells.to_numpy().tolist()))


def distinct(exhibits: Sequence[Exhibit]) -> Sequence[Exhibit]:
    """Check that there are exhibits and that no id comes twice; give them back.

    Raises
    ------
    ValueError
        If there is none, or an id is repeated.
    """
    if not exhibits:
        raise ValueError("a report needs at least one exhibit")
    repeated = [name for name, times in Counter(exhibit.id for exhibit in exhibits).items() if times > 1]
    if repeated:
        raise ValueError(f"exhibit ids must differ; repeated: {', '.join(repeated)}")
    return exhibits
