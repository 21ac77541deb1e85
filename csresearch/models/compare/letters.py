"""Compact letter display: categories that share a letter cannot be told apart."""

from __future__ import annotations

from string import ascii_lowercase

import numpy as np

from csresearch.inference.moments import Array, BoolArray


def compact_letters(estimate: Array, differ: BoolArray) -> tuple[str, ...]:
    """Give categories letters by insert and absorb (Piepho, 2004, J. Comput. Graph. Statist. 13, 456-466).

    Parameters
    ----------
    estimate : array, shape (c,)
        The highest category has the letter a.
    differ : bool array, shape (c, c)
        Whether two categories can be told apart; symmetric.

    Returns
    -------
    tuple of str, c of them
        After z come aa, ab and so on, then set apart by blanks.

    Examples
    --------
    >>> differ = np.zeros((3, 3), dtype=bool)
    >>> differ[0, 2] = differ[2, 0] = True
    >>> compact_letters(np.array([70.0, 72.0, 75.0]), differ)
    ('b', 'ab', 'a')
    """
    size = len(estimate)
    columns: list[frozenset[int]] = [frozenset(range(size))]
    for i in range(size):
        for j in range(i):
            if not differ[i, j]:
                continue
            split = [part for c in columns for part in ((c - {i}, c - {j}) if i in c and j in c else (c,))]
            columns = _absorbed(split)
    order = np.argsort(-estimate, kind="stable")
    place = {int(category): rank for rank, category in enumerate(order)}
    columns.sort(key=lambda column: sorted(place[k] for k in column))
    names = [_letter(k) for k in range(len(columns))]
    sign = "" if len(columns) <= len(ascii_lowercase) else " "
    return tuple(sign.join(n for n, column in zip(names, columns, strict=True) if k in column) for k in range(size))


def _absorbed(columns: list[frozenset[int]]) -> list[frozenset[int]]:
    """Leave out columns that lie within another."""
    kept: list[frozenset[int]] = []
    for column in sorted(set(columns), key=lambda c: (-len(c), sorted(c))):
        if column and not any(column <= other for other in kept):
            kept.append(column)
    return kept


def _letter(place: int) -> str:
    tens, ones = divmod(place, len(ascii_lowercase))
    return (ascii_lowercase[tens - 1] if tens else "") + ascii_lowercase[ones]
