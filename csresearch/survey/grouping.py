"""Columns as groups: a code for each respondent, a name for each category, and the order of categories."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd

from csresearch.inference.moments import IntArray


def coded(values: pd.Series) -> tuple[IntArray, list[str]]:
    """Code a column, shape (n,), -1 missing, and name the codes; each name is made once.

    Examples
    --------
    >>> coded(pd.Series([2.0, None, "2", "b"], dtype=object))
    (array([ 0, -1,  0,  1]), ['2', 'b'])
    """
    if isinstance(values.dtype, pd.CategoricalDtype):
        codes, found = values.cat.codes.to_numpy(), list(values.cat.categories)
    else:
        text = isinstance(values.dtype, pd.StringDtype)
        codes, seen = pd.factorize(values.to_numpy() if text else values)
        found = list(seen)
    names: dict[str, int] = {}
    same = [names.setdefault(category_name(value), len(names)) for value in found]  # 1 and 1.0 are one group
    if len(names) == len(found):
        return codes.astype(np.int64, copy=False), list(names)
    return np.array([*same, -1], dtype=np.int64)[codes], list(names)


def in_order(names: set[str], listed: Iterable[object]) -> list[str]:
    """Put categories in order: those that are listed, then by number, then by name.

    Examples
    --------
    >>> in_order({"10", "9", "b", "low"}, ["low", "high"])
    ['low', '9', '10', 'b']
    """
    first = list(dict.fromkeys(name for name in map(category_name, listed) if name in names))
    return first + sorted(names - set(first), key=_by_number)


def category_name(value: object) -> str:
    """Name of a category: a whole number has no decimals, however the column holds it."""
    if isinstance(value, float | np.floating) and float(value).is_integer():
        return str(int(value))
    return str(value)


def _by_number(name: str) -> tuple[bool, float, str]:
    """Sort key: numbers by size, before names."""
    try:
        return (False, float(name), name)
    except ValueError:
        return (True, 0.0, name)
