"""A draft of study.toml for an unknown survey file: whatever is guessed is marked CHECK."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from csresearch.errors import DataError
from csresearch.survey.drafting.abbreviating import abbreviate
from csresearch.survey.drafting.draft_lines import MARK as MARK
from csresearch.survey.drafting.draft_lines import Found, lines
from csresearch.survey.drafting.guessing import guess
from csresearch.survey.drafting.ticking import Ticked, ticked
from csresearch.survey.drafting.unknown_column import columns
from csresearch.survey.reading import Table
from csresearch.survey.reading.table import Said
from csresearch.survey.wording import language_of


@dataclass(frozen=True, kw_only=True)
class Draft:
    """A study file to be edited, and what it guesses, in sentences."""

    text: str
    guesses: tuple[str, ...]
    language: str = "en"


def draft(table: Table, *, file: str, title: str, said: Said | None = None) -> Draft:
    r"""Draft a study file.

    Parameters
    ----------
    table : Table
        Cells of the data file, as text.
    file : str
        What [data] file is to say.
    title : str
        Title of the study.
    said : Said, optional
        How the file was read, where it was told: its encoding and sheet stand in [data] then.

    Raises
    ------
    DataError
        No respondent, fewer than two columns, or no column of ratings.

    Examples
    --------
    >>> import pandas as pd
    >>> cells = pd.DataFrame({"speed": list("1234567"), "staff": list("7654321"), "overall": list("3334457")})
    >>> print(*draft(Table(cells=cells, decimal_comma=False), file="shop.csv", title="Shop").guesses, sep="\n")
    1 scale: rating 1 to 7
    3 questions
    outcome: overall
    drivers: speed, staff
    """
    cells = table.cells
    if cells.shape[1] < 1 or (cells.shape[1] < 2 and not table.notes):
        remedy = "a survey file has a column a question (in a text divided by , ; tab or |); export it again"
        raise DataError(f"{file} has one column, {str(cells.columns[0])[:60]!r}; {remedy}")
    if not len(cells):
        raise DataError(f"{file} has no respondent below its header; export it again, with its answers")
    header = [str(name) for name in cells.columns]
    every = columns(cells, decimal_comma=table.decimal_comma, notes=table.notes, blank=table.missing)
    every = abbreviate(every, header)
    several, ticks = ticked(every)
    short = {column.header: column.name for column in every}
    made = guess([column for column in every if column.name not in ticks], _left(header, short, several))
    if not made.scale_of:
        remedy = "export the answers as codes (1, 2, ...); answers in words need a study.toml of your own, with options"
        raise DataError(f"{file}: no column looks like ratings; found {_some(made.left)}; {remedy}")
    asked = [column for column in every if column.name in made.scale_of]
    labels = [
        column.note.label or column.header for column in asked if column.note.label or not column.header.isascii()
    ]
    labels = labels or [word for column in asked for word in column.note.values.values()]
    labels += [word for scale in made.scales.values() for word in scale.options]
    found = Found(
        made=made, table=table, columns={column.name: column for column in every}, several=several, said=said or Said(),
        language=language_of(labels),
    )  # fmt: skip
    text = "\n".join(lines(found, file, title)) + "\n"
    return Draft(text=text, guesses=tuple(_sentences(found)), language=found.language)


def _left(header: Iterable[str], short: Mapping[str, str], several: Iterable[Ticked]) -> list[str]:
    """Names of columns that are no part of a question with several answers."""
    used = {name for question in several for name in (*question.columns.values(), question.column)}
    return [short.get(name, name) for name in header if name not in used]


def _sentences(found: Found) -> Iterator[str]:
    """Say what was guessed, a line each."""
    made = found.made
    if found.table.layout != "plain":
        yield f"layout: {found.table.layout}"
    for name, column in made.roles.items():
        yield f"{name}: {column}"
    shown = [
        (f"{name} of words" if scale.options else f"{name} {scale.low} to {scale.high}")
        + (f" (missing: {', '.join(scale.missing)})" if scale.missing else "")
        for name, scale in made.scales.items()
    ]
    yield f"{_counted(len(shown), 'scale')}: {', '.join(shown)}"
    if made.patterns:
        asked = ", ".join(f"{facet} {pattern}" for facet, pattern in made.patterns.items())
        yield f"{_counted(len(made.attributes), 'attribute')}: {asked}"
    if made.items:
        yield _counted(len(made.items), "question")
    if made.constructs:
        yield f"{_counted(len(made.constructs), 'construct')}: {_some(made.constructs)}"
    for question in found.several:
        yield f"{question.name}: several answers, {len(question.columns or question.options)} options ({question.why})"
    if made.turned:
        yield f"reversed: {_some(made.turned)}"
    if made.loops:
        yield f"asked again for each brand? {_some(made.loops)}"
    yield f"outcome: {made.outcome or 'none recognised; name it in [roles]'}"
    for name in made.worded:
        yield f"{name} is answered in words; to use it write a scale with options = [worst, ..., best]"
    if made.drivers:
        yield f"drivers: {_some(made.drivers)}"
    for name in ("expectation", "performance", "disconfirmation", "recommend"):
        if term := getattr(made, name):
            yield f"{name}: {term}"
    if made.effort:
        yield f"effort: {made.effort[0]} (version {made.effort[1]})"
    if made.segments:
        yield f"segments: {_some(made.segments)}"
    if made.left:
        yield f"not used: {_some(made.left)}"


def _counted(n: int, noun: str) -> str:
    return f"{n} {noun}" + "s" * (n > 1)


def _some(names: Iterable[str]) -> str:
    every = list(names)
    more = f" and {len(every) - 8} more" if len(every) > 8 else ""
    return (", ".join(every[:8]) + more) or "nothing"
