"""Exhibit: one statement with its picture, its figures and their origin; what every renderer takes."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, fields, is_dataclass, replace
from typing import Any

import pandas as pd

from csresearch.show.format import column_unit
from csresearch.show.specs import Action, Align, Chart, TableSpec
from csresearch.show.tables import printed
from csresearch.show.words import text

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
    chart : Chart
        How it is shown.
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

    Examples
    --------
    >>> figures = pd.DataFrame({"item": ["price"], "estimate": [0.25], "unit": ["share"]})
    >>> Exhibit(id="price", headline="Price: 25%.", frame=figures, chart=as_table(figures), alt="Table").id
    'price'
    """

    id: str
    headline: str
    frame: pd.DataFrame
    chart: Chart
    alt: str
    base: str = ""
    source: str = ""
    wording: str = ""
    notes: str = ""
    flags: tuple[str, ...] = ()


def around(exhibit: Exhibit, language: str) -> dict[str, str]:
    """Print base, question, method and source of an exhibit, each with its name; empty where there is none."""
    words = {"base": exhibit.base, "wording": exhibit.wording, "notes": exhibit.notes, "source": exhibit.source}
    return {
        name: text(f"exhibit.{name}", language, fields={name: value}) if value else "" for name, value in words.items()
    }


def as_table(frame: pd.DataFrame, language: str = "en") -> TableSpec:
    """Show a tidy frame as a table, its numbers already printed.

    Examples
    --------
    >>> as_table(pd.DataFrame({"item": ["price"], "estimate": [0.25], "unit": ["share"]})).rows
    (('price', '25%', 'share'),)
    """
    cells = printed(frame, language)
    filled = [name for name in frame.columns if frame[name].notna().any()]
    sides: list[Align] = ["left" if column_unit(name, None) is None else "right" for name in filled]
    rows = tuple(tuple(map(printable, row)) for row in cells.to_numpy().tolist())
    return TableSpec(titles=tuple(cells.columns), sides=tuple(sides), rows=rows)


@dataclass(frozen=True, kw_only=True, eq=False)
class Report:
    """What deck, page and workbook are made of: exhibits in their order, the words of the cover, the language.

    Texts lose the control characters, which no document can hold.

    Raises
    ------
    ValueError
        If there is no exhibit, or an id is repeated.
    """

    exhibits: tuple[Exhibit, ...]
    title: str
    subtitle: str = ""
    language: str = "en"

    def __post_init__(self) -> None:
        if not self.exhibits:
            raise ValueError("a report needs at least one exhibit")
        repeated = [name for name, times in Counter(exhibit.id for exhibit in self.exhibits).items() if times > 1]
        if repeated:
            raise ValueError(f"exhibit ids must differ; repeated: {', '.join(repeated)}")
        for field in fields(self):
            object.__setattr__(self, field.name, _cleaned(getattr(self, field.name)))


def facts(action: Action, language: str) -> list[tuple[str, str]]:
    """Name what stands at the foot of a recommendation; what is not known is left out."""
    named = [
        (text("card.grade", language), action.grade),
        (text("card.support", language), action.support),
        (text("card.owner", language), action.owner),
        (text("card.change", language), action.change),
        (text("card.rests", language), action.rests),
    ]
    return [(name, value) for name, value in named if value]


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
        return replace(part, **{field.name: _cleaned(getattr(part, field.name)) for field in fields(part)})
    return part
