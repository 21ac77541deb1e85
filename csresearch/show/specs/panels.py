"""What is read, not drawn: big numbers, tables, cards, text."""

from __future__ import annotations

from dataclasses import dataclass

from csresearch.show.specs.axis import Align


@dataclass(frozen=True, kw_only=True)
class BigNumber:
    """One printed number of the answer with the ends of its interval; `note` says how to read it."""

    label: str
    number: str
    ends: str = ""
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class Headlines:
    """The answer on one page: up to three numbers and the moves that follow from them."""

    numbers: tuple[BigNumber, ...]
    moves: tuple[str, ...] = ()
    moves_title: str = ""


@dataclass(frozen=True, kw_only=True)
class TableSpec:
    """A table for reading: titles, the side on which each column stands, and rows of printed cells.

    Raises
    ------
    ValueError
        If a row is longer or shorter than the titles.
    """

    titles: tuple[str, ...]
    sides: tuple[Align, ...]
    rows: tuple[tuple[str, ...], ...]

    def __post_init__(self) -> None:
        for place, row in enumerate((self.sides, *self.rows)):
            if len(row) != len(self.titles):
                raise ValueError(f"TableSpec: row {place} has {len(row)} cells, the table {len(self.titles)} columns")


@dataclass(frozen=True, kw_only=True)
class Action:
    """One recommendation in words: what to do, why, how sure, what it brings, who, and what would change the advice.

    `support` says how often it is among the first three; `uplift` is the expected effect, `expected` its interval;
    `rests` names the exhibits that it rests on.
    """

    title: str
    reason: str
    grade: str
    support: str = ""
    uplift: str = ""
    expected: str = ""
    owner: str = ""
    change: str = ""
    rests: str = ""


@dataclass(frozen=True, kw_only=True)
class Cards:
    """The recommendations in order of priority."""

    actions: tuple[Action, ...]


@dataclass(frozen=True, kw_only=True)
class Section:
    """A title with its lines."""

    title: str
    lines: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Text:
    """Sections of lines: the method, the limits."""

    sections: tuple[Section, ...]
