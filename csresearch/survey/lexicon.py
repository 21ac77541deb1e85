"""Words by which labels, questions and columns are known, in English, Chinese and Spanish: patterns from one file."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib.resources import files
from typing import Any


@cache
def _lexicon() -> dict[str, Any]:
    return tomllib.loads((files("csresearch.survey") / "lexicon.toml").read_text(encoding="utf-8"))


def patterns(table: str) -> dict[str, re.Pattern[str]]:
    """Patterns of a table of `lexicon.toml` by their names, in its order.

    Examples
    --------
    >>> bool(patterns("answers")["best"].search("excellent"))
    True
    """
    written = _lexicon()[table].items()
    return {name: re.compile("|".join(entry) if isinstance(entry, list) else entry) for name, entry in written}


def strengths() -> dict[str, float]:
    """How much an answer says by a pattern that it holds; what stands first wins."""
    return dict(_lexicon()["strength"])
