"""Columns of an unknown survey file that are known by their names: who a respondent is, what a platform adds."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from csresearch.survey.drafting.unknown_column import Column
from csresearch.survey.lexicon import patterns

_ROLES, _COLUMNS = patterns("roles"), patterns("columns")


def is_platform(column: Column) -> bool:
    """Tell whether a platform added a column by itself."""
    return bool(_COLUMNS["platform"].fullmatch(column.header))


def is_about_people(column: Column) -> bool:
    """Tell whether a column says who a respondent is, by its name or its question."""
    return bool(_COLUMNS["about_people"].match(column.name) or _COLUMNS["asked_about_people"].search(column.note.label))


def is_in_own_words(column: Column) -> bool:
    """Tell whether respondents wrote what they liked, by its name or its question: nothing of it goes into a draft."""
    return not column.numeric and bool(_COLUMNS["in_own_words"].search(column.said))


def roles_of(found: Sequence[Column]) -> dict[str, str]:
    """Columns known by their name, where their cells can play the role; weights also by their mean."""
    usable: dict[str, Callable[[Column], bool]] = {
        "id": lambda c: c.cells.nunique() > 0.9 * len(c.cells) and bool((c.cells != "").all()),
        "duration": lambda c: c.numeric,
        "weight": lambda c: bool((c.numbers > 0).all()),
        "outlet": lambda c: bool((c.cells != "").all()) and 2 <= c.cells.nunique() < len(c.cells) / 2,
        "wave": lambda c: 2 <= c.answered.nunique() <= 24,
        "brand": lambda c: 2 <= c.answered.nunique() <= 24,
    }
    roles: dict[str, str] = {}
    for role, pattern in _ROLES.items():
        named = [c for c in found if any(pattern.fullmatch(said) for said in (c.header, c.note.label))]
        fits = [c.name for c in named if usable[role](c)]
        roles |= {role: fits[0]} if fits else {}
    if "weight" not in roles:
        like = [c.name for c in found if c.name not in roles.values() and _weighs(c)]
        roles |= {"weight": like[0]} if len(like) == 1 else {}
    return roles


def _weighs(column: Column) -> bool:
    """Numbers above 0 with decimals and a mean of about 1, by a name that says weight."""
    numbers = column.numbers
    named = re.search(r"(?i)weight|wgt|^w_|pond|peso|权重|加权", column.said)
    return bool(named) and bool((numbers > 0).all()) and 0.9 < float(numbers.mean()) < 1.1 and numbers.nunique() > 2
