"""Questions with several answers in an unknown file: columns of ticks that belong together, answers that are joined."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pandas as pd

from csresearch.survey.drafting.abbreviating import parts
from csresearch.survey.drafting.known_columns import is_in_own_words
from csresearch.survey.drafting.resembling import families
from csresearch.survey.drafting.unknown_column import Column
from csresearch.survey.reading.several import NOT_CHOSEN
from csresearch.survey.wording import missing_kind

_PLATFORMS_JOINT = "┋"  # which nobody types
_JOINTS = (_PLATFORMS_JOINT, ";", "；", "|", " | ", ",")  # a comma stands in many texts, and comes last
_JOINED = 0.1  # share of the answers that hold the joint
_OPTIONS = 40  # at most
_YES = ("y", "yes", "true", "sí", "si", "是", "n/a")
_FEW = 3  # ticks that share a stem and were not said to belong together


@dataclass(frozen=True, kw_only=True)
class Ticked:
    """A question with several answers: option -> header, or a column with its delimiter and options."""

    name: str
    label: str
    why: str
    columns: Mapping[str, str] = field(default_factory=dict)
    column: str = ""
    delimiter: str = ""
    options: Sequence[str] = ()


def ticked(found: Sequence[Column]) -> tuple[list[Ticked], set[str]]:
    """Find questions with several answers.

    Returns
    -------
    questions, names of the columns that are theirs (of sets that cannot be used, too)
    """
    made: list[Ticked] = []
    used: set[str] = set()
    for column in found:
        if column.name not in used and (question := _joined(column)):
            made.append(question)
            used.add(column.name)
    said: dict[str, list[Column]] = {}
    for column in found:
        if column.note.multiple:
            said.setdefault(column.note.multiple, []).append(column)
    for name, members in said.items():
        ticks = [column for column in members if column.name not in used and _is_tick(column)]
        if len(ticks) > 1:
            made.append(_marked(name, ticks, "the file says so"))
        used |= {column.name for column in members}
    rest = [column for column in found if column.name not in used]
    for stem, family in _stems(rest).items():
        if len(family) >= _FEW and all(map(_is_tick, family)) and any(_has_one(column) for column in family):
            made.append(_marked(stem, family, "0 and 1 in columns of one stem"))
            used |= {column.name for column in family}
    names = Counter(question.name for question in made)
    return [question for question in made if names[question.name] == 1], used


def _stems(rest: Sequence[Column]) -> dict[str, list[Column]]:
    """Families by numbered names, and by what stands before a colon or a slash."""
    parted: dict[str, list[Column]] = {}
    for column in rest:
        stem = re.match(r"(.+)[:/]", column.name)
        if stem:
            parted.setdefault(stem[1], []).append(column)
    return families(column for column in rest if not re.search("[:/]", column.name)) | parted


def _is_tick(column: Column) -> bool:
    """Tell 0 and 1, yes and no, 1 and nothing, or one word and nothing."""
    values = {value.lower() for value in column.answered.unique()}
    return values <= {"0", "1", *_YES, *NOT_CHOSEN} or (
        len(values) == 1 and bool((column.cells == "").any()) and not column.numeric
    )


def _has_one(column: Column) -> bool:
    return bool((column.cells == "1").any())


def _marked(name: str, ticks: Sequence[Column], why: str) -> Ticked:
    """Name each option by what its label says behind the question, else by the end of its header."""
    options: dict[str, str] = {}
    stem = ""
    for column in ticks:
        shared, line = parts(column.note.label)
        stem = stem or shared
        own = line if column.note.label else re.split(r"[/\[]", column.header)[-1].rstrip("]")
        key = _slug(own) or column.name
        options[key if key not in options else column.name] = column.header
    return Ticked(name=_slug(name) or "several", label=stem or name, why=why, columns=options)


def _joined(column: Column) -> Ticked | None:
    """Find the joint that divides the answers into few options that come again and again."""
    answered = column.answered
    if column.numeric or not len(answered):
        return None
    for joint in _JOINTS if not is_in_own_words(column) else (_PLATFORMS_JOINT,):
        several = answered.str.contains(joint, regex=False)
        if several.mean() < _JOINED:
            continue
        plain = answered.str.replace(r"[〖【].*?[】〗]", "", regex=True)
        counts = Counter(part.strip() for cell in plain for part in cell.split(joint) if part.strip())
        options = [part for part, _ in counts.most_common() if missing_kind(part) is None]
        if joint == "," and not _is_list(plain):
            continue
        if 2 <= len(options) <= _OPTIONS and len(options) <= len(answered) / 4:
            label = column.note.label or column.name
            return Ticked(
                name=_slug(column.name), label=label, why=f"answers joined by {joint}", column=column.header,
                delimiter=joint, options=sorted(options),
            )  # fmt: skip
    return None


def _is_list(answered: pd.Series) -> bool:
    """Tell lists from texts with commas: lists differ in length, and most options come alone somewhere."""
    cells = [[part.strip() for part in cell.split(",")] for cell in answered]
    every, alone = {part for cell in cells for part in cell}, {cell[0] for cell in cells if len(cell) == 1}
    return len({len(cell) for cell in cells}) > 2 and len(alone) >= len(every) / 2  # not "Lyon, France"


def _slug(words: str) -> str:
    return re.sub(r"\W+", "_", words.lower()).strip("_")[:24].strip("_")
