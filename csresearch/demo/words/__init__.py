"""What people write and what is noted of them, in three languages, as data."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from importlib.resources import files
from typing import Any


def words(name: str) -> Mapping[str, Any]:
    """Read a file of words by its name without ending.

    Examples
    --------
    >>> sorted(words("tickets"))
    ['en', 'es', 'zh']
    """
    return tomllib.loads((files(__name__) / f"{name}.toml").read_text(encoding="utf-8"))
