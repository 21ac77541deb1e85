"""Headers of a file as a study names them: whole, but for spaces, or by their number."""

from __future__ import annotations

import re
from collections.abc import Sequence

from csresearch.survey.study import Study

_NUMBERED = re.compile(r"(\d+)[、.．](.*)", re.DOTALL)  # 12、how satisfied are you with ...—the waiting time
_SHORT = re.compile(r"(\d+)[、.．]?(?:—(.+))?", re.DOTALL)  # 12, or 12—the waiting time


def positions(header: str, names: Sequence[str]) -> list[int]:
    """Positions of a header among the names of a file: itself, itself but for spaces, or its number.

    Examples
    --------
    >>> names = ["序号", "1、性别", "2、请评价—速度", "2、请评价—价格"]
    >>> positions("1", names), positions("2—价格", names), positions("2", names)
    ([1], [3], [2, 3])
    """
    exact = [place for place, name in enumerate(names) if name == header]
    plain = " ".join(header.split())
    near = exact or [place for place, name in enumerate(names) if " ".join(name.split()) == plain]
    short = _SHORT.fullmatch(header)
    if near or not short:
        return near
    found = [(place, _NUMBERED.fullmatch(name)) for place, name in enumerate(names)]
    end = f"—{short[2]}" if short[2] else ""
    return [place for place, name in found if name and name[1] == short[1] and name[2].endswith(end)]


def places(header: str, names: Sequence[str], study: Study) -> list[int]:
    """Positions of a header; one that [columns] gives a short name is found under that."""
    short = next((name for name, written in study.columns.items() if written == header), header)
    return positions(short if short in names else header, names)


def multiple_sources(study: Study, names: Sequence[str]) -> set[str]:
    """Columns of a file that questions with several answers are made of."""
    asked = [header for question in study.multiple.values() for header in question.headers]
    return {names[place] for header in asked for place in places(header, names, study)}
