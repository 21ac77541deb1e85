"""The raw file of a simulated study as a survey platform exports it: from codes to its questions and words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import pandas as pd
from pandas.api.types import is_numeric_dtype

from csresearch.demo.exports import Question, export, headers
from csresearch.demo.simulate.fieldwork import REFUSED, SKIPPED
from csresearch.demo.world import World


@dataclass(frozen=True, kw_only=True)
class Export:
    """How a study is delivered.

    Parameters
    ----------
    layout, file, encoding, previews
        As in `exports.export`.
    language : str
        Of the labels in the study file that stand as questions.
    items, performance, importance : str
        Questions over the lines of a matrix.
    missing : mapping of code to words
        Answers beside the scale that the platform offers; a refused one is left empty.
    columns : mapping of column to header
        The platform's own columns: `respondent` and `seconds`.
    texts : mapping of column to question
        Of columns that the study file does not word, and of questions with several answers.
    options : mapping of column to mapping of code to words
    """

    layout: str
    file: Literal["csv", "xlsx"]
    language: str
    items: str
    performance: str
    importance: str
    missing: Mapping[str, str]
    columns: Mapping[str, str]
    texts: Mapping[str, str]
    options: Mapping[str, Mapping[str, str]]
    encoding: str = "utf-8"
    previews: int = 0


def questions(world: World, grammar: Mapping[str, Any], how: Export) -> list[Question]:
    """Every question of the study in the order of the file."""
    about = ("wave", "region", "brand", world.outlet, *world.groups)
    asked = [Question(name=name, text=how.texts[name], options=how.options.get(name, {})) for name in about]
    asked += _items(grammar, how)
    for facet, prefix, stem in (("performance", "p", how.performance), ("importance", "i", how.importance)):
        asked += [
            Question(name=f"{prefix}_{key}", text=stem, row=entry[how.language], options=how.missing)
            for key, entry in grammar["attributes"].items()
            if facet in grammar["facets"]
        ]
    several = (
        Question(name=name, text=how.texts[name], options=how.options[name], multiple=True) for name in world.multiple
    )
    return [*asked, *several]


def _items(grammar: Mapping[str, Any], how: Export) -> Iterator[Question]:
    """Items on the scale of the matrix stand in it, others alone."""
    for name, entry in grammar["items"].items():
        if name in how.options or name in how.texts or entry["scale"] != "rating":
            options = {**how.options.get(name, {}), **how.missing}
            yield Question(name=name, text=how.texts.get(name, entry[how.language]), options=options)
        else:
            yield Question(name=name, text=how.items, row=entry[how.language], options=how.missing)


def named(world: World, grammar: Mapping[str, Any], how: Export) -> dict[str, str]:
    """Columns of the study and their headers in the file, as [columns] and [multiple] have to name them."""
    return {**how.columns, **headers(questions(world, grammar, how), layout=how.layout)}


def deliver(path: Path, frame: pd.DataFrame, grammar: Mapping[str, Any], *, world: World, how: Export) -> None:
    """Write a coded frame, see `simulate.study`, as the platform would."""
    several = {f"{name}_{option}": f"{name}:{option}" for name, options in world.multiple.items() for option in options}
    answers = frame.rename(columns=several)
    asked = questions(world, grammar, how)
    coded = [one.name for one in asked if not one.multiple and is_numeric_dtype(answers[one.name])]
    skipped = {name: pd.Series("skipped", index=answers.index).where(answers[name] == SKIPPED) for name in coded}
    answers[coded] = answers[coded].mask(answers[coded].isin([SKIPPED, REFUSED]))
    content = export(
        answers, asked, layout=how.layout, file=how.file, encoding=how.encoding, kinds=skipped,
        id="respondent", seconds="seconds", previews=how.previews,
    )  # fmt: skip
    path.write_bytes(content)
