"""Exhibit: one statement with its picture, its figures and their origin; what every renderer takes."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, fields, is_dataclass, replace
from typing import Any

import pandas as pd

from csresearch.show.format import cell, column_unit, interval, number
from csresearch.show.specs import Action, Align, Chart, Column, TableSpec
from csresearch.show.tables import printed
from csresearch.show.words import text

_ID = re.compile(r"[a-z][a-z0-9_]*(\.[a-z0-9_]+)*")
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")  # no XML can hold them


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
    rows = tuple(tuple(map(printable, row)) for row in cells.to_numpy().tolist())
    return TableSpec(columns=tuple(columns), rows=rows)


def printed_table(spec: TableSpec, language: str = "en") -> TableSpec:
    """Give the same table with all its cells printed.

    Examples
    --------
    >>> shares = TableSpec(columns=(Column(title="Share", unit="share"),), rows=((0.25,),))
    >>> printed_table(shares).rows
    (('25%',),)
    """
    rows = [
        tuple(cell(value, column.unit, language) for value, column in zip(row, spec.columns, strict=True))
        for row in spec.rows
    ]
    return TableSpec(columns=tuple(replace(column, unit=None) for column in spec.columns), rows=tuple(rows))


def action_lines(action: Action, language: str = "en") -> tuple[str, str, list[tuple[str, str]]]:
    """Print a recommendation: its effect, the interval with the unit, and its named facts.

    Examples
    --------
    >>> action_lines(Action(title="Repair", reason="Weak.", grade="B", support=0.8, uplift=1.2))
    ('+1.2', 'points, expected', [('Evidence', 'B'), ('In the top 3', '80%')])
    """
    support = "" if action.support is None else number(action.support, "share", language)
    facts = [
        (text("card.grade", language), action.grade),
        (text("card.support", language), support),
        (text("card.owner", language), action.owner),
        (text("card.change", language), action.change),
    ]
    named = [(name, value) for name, value in facts if value]
    if action.uplift is None:
        return "", "", named
    centre = number(action.uplift, action.unit, language, signed=True)
    whole = interval(action.uplift, action.uplift_low, action.uplift_high, action.unit, language, signed=True)
    expected = text("card.uplift", language, fields={"unit": text(f"unit.{action.unit}", language)})
    return centre, f"{whole.removeprefix(centre)} {expected}".strip(), named


def distinct(exhibits: Sequence[Exhibit]) -> Sequence[Exhibit]:
    """Check that there are exhibits and that no id comes twice; give them back, free of control characters.

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
    return [_cleaned(exhibit) for exhibit in exhibits]


def printable(words: str) -> str:
    r"""Put a space for every control character, which neither XML nor HTML can hold.

    Examples
    --------
    >>> printable("after\x0bsales")
    'after sales'
    """
    return _UNPRINTABLE.sub(" ", words)


def _cleaned(part: Any) -> Any:
    """Clean every text of an exhibit or a chart; frames stay as they are."""
    if isinstance(part, str):
        return printable(part)
    if isinstance(part, tuple):
        return tuple(map(_cleaned, part))
    if is_dataclass(part) and not isinstance(part, type):
        changes = {f.name: _cleaned(getattr(part, f.name)) for f in fields(part) if f.init}
        return replace(part, **changes)
    return part
