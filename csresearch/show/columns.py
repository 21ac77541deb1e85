"""Columns of a text, as a typewriter counts them; a Chinese character takes two."""

from __future__ import annotations

import unicodedata
from functools import cache


def columns_of(text: str) -> int:
    """Count the columns of a text.

    Examples
    --------
    >>> columns_of("CSI 满意")
    8
    """
    return len(text) if text.isascii() else sum(1 + is_wide(sign) for sign in text)


@cache
def is_wide(sign: str) -> bool:
    """Tell whether a character takes two columns."""
    return unicodedata.east_asian_width(sign) in "WF"
