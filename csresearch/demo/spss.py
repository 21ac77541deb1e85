"""The raw file of a simulated study as agencies hand it over in SPSS: labelled by halves, in several languages."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from csresearch.survey.reading.table import Notes
from csresearch.survey.saving.spss import write_spss

ENDS = {"en": ("very poor", "excellent"), "zh": ("很差", "很好"), "es": ("muy malo", "excelente")}
KINDS = {
    "skipped": {"en": "not asked", "zh": "未询问", "es": "no procede"},
    "not_used": {"en": "did not use it", "zh": "没有用过", "es": "no lo usó"},
    "dont_know": {"en": "don't know", "zh": "不知道", "es": "no sabe"},
    "refused": {"en": "no answer", "zh": "拒答", "es": "no contesta"},
}
UNLABELLED = 7  # every seventh question lost its label


def raw(path: Path, frame: pd.DataFrame, grammar: Mapping[str, Any]) -> None:
    """Write the coded frame as .sav.

    Codes of missing answers are declared where the agency thought of it: not for the importance questions, which
    leave "don't know" among the numbers. Each part of the questionnaire is labelled in another language.

    Parameters
    ----------
    path : Path
    frame : DataFrame
        From `simulate.study`, coded.
    grammar : mapping
        The study file.
    """
    notes: dict[str, Notes] = {}
    for column, (label, scale, language) in _asked(grammar).items():
        label = "" if len(notes) % UNLABELLED == UNLABELLED - 1 else label
        notes[column] = _note(label, grammar["scales"][scale], language, declared=not column.startswith("i_"))
    for name, question in grammar.get("multiple", {}).items():
        for option, column in question["columns"].items():
            notes[column] = Notes(label=option, values={"0": "no", "1": "yes"}, multiple=name)
    headers = {short: header for short, header in grammar.get("columns", {}).items() if short in frame.columns}
    write_spss(
        path, frame.rename(columns=headers), title=grammar["title"]["en"],
        notes={headers.get(column, column): note for column, note in notes.items()},
        sets={name: question["en"] for name, question in grammar.get("multiple", {}).items()},
    )  # fmt: skip


def _asked(grammar: Mapping[str, Any]) -> dict[str, tuple[str, str, str]]:
    """Column -> question, scale and language of its labels: items Chinese, touchpoints Spanish, the rest English."""
    named = {item for construct in grammar["constructs"].values() for item in construct["items"]}
    found = {}
    for column, item in grammar["items"].items():
        language = "zh" if column in named else "en"
        found[column] = (item[language], item["scale"], language)
    for facet, entry in grammar["facets"].items():
        for key in entry.get("of", grammar["attributes"]):
            for pattern in entry.get("columns", [entry.get("column")]):
                label = f"{grammar['attributes'][key]['es']} ({facet})"
                found[pattern.format(key)] = (label, entry["scale"], "es")
    return found


def _note(label: str, scale: Mapping[str, Any], language: str, *, declared: bool) -> Notes:
    missing = {code: kind for code, kind in scale.get("missing", {}).items() if kind in KINDS}
    if "options" in scale:
        words = {str(code): option for code, option in enumerate(scale["options"], start=1)}
    else:
        words = {str(end): word for end, word in zip(scale["ends"], ENDS[language], strict=True)}
    words |= {code: KINDS[kind][language] for code, kind in missing.items()}
    told = tuple(code for code, kind in missing.items() if declared or kind == "refused")
    return Notes(label=label, values=words, missing=told)
