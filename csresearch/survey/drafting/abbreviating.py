"""Short names for headers that are whole questions, and what a header asks about."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import replace

from csresearch.survey.drafting.unknown_column import Column

_LONG = 24  # characters after which a header is rather a question than a name
_NUMBERED = re.compile(r"\W*[Qq]?(\d+)\s*[、.．:：)]\s*(\S.*)", re.DOTALL)
_BETWEEN = (r"\s+[-–—]+\s+", r"\s*—+\s*", r"\s*[：:]\s*", r"[?？]\s+", r"\s*\[")  # a question and its line
_CHOICE = " - Selected Choice"


def parts(question: str) -> tuple[str, str]:
    """Split a question of a matrix: what all its lines share, and what this one is about.

    Examples
    --------
    >>> parts("How satisfied are you with: - Speed"), parts("请评价满意度—速度"), parts("Overall?")
    (('How satisfied are you with', 'Speed'), ('请评价满意度', '速度'), ('', 'Overall?'))
    """
    words = question.replace(_CHOICE, "").strip()
    for between in _BETWEEN:
        found = re.fullmatch(rf"(.+?){between}(.+)", words, re.DOTALL)
        if found:
            return found[1].strip(" :："), found[2].strip(" ]")
    return "", words


def is_question(header: str) -> bool:
    """Tell whether a header is a question rather than a name.

    Examples
    --------
    >>> is_question("Q1_1"), is_question("1、您的性别"), is_question("How was the service?")
    (False, True, True)
    """
    if re.fullmatch(r"[\w./:\[\]-]*", header, re.ASCII):
        return False
    words = len(header.split()) > 3 or bool(re.search(r"[?？]", header) or parts(header)[0])
    return bool(_NUMBERED.fullmatch(header)) or words or len(header) > _LONG


def abbreviate(found: Sequence[Column], names: Collection[str]) -> list[Column]:
    """Give columns whose header is a question a short name, q4 or q4_2 in a matrix; the header becomes the label."""
    taken, stems, lines = set(names), dict[str, str](), dict[str, int]()
    result = []
    for column in found:
        if not is_question(column.header):
            result.append(column)
            continue
        numbered = _NUMBERED.fullmatch(column.header)
        label = column.note.label or (numbered[2].strip() if numbered else column.header)
        stem, _ = parts(label)
        base = f"q{numbered[1]}" if numbered else stems.setdefault(stem or label, f"q{len(stems) + 1}")
        lines[base] = lines.get(base, 0) + 1
        name = f"{base}_{lines[base]}" if stem else base
        while name in taken:
            name += "_"
        taken.add(name)
        result.append(replace(column, name=name, note=replace(column.note, label=label)))
    return result
