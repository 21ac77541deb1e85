"""A source of a simulated study: its tables, what generated them, and what the estimators give at large size."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

MYSTERY, STAFF, TICKETS, CUSTOMERS, IDEAS = range(20, 25)  # streams of one seed


@dataclass(frozen=True, kw_only=True)
class Source:
    """Tables by file name without ending, and their truth.

    Parameters
    ----------
    tables : mapping of str to DataFrame
        A row a visit, ticket, customer, employee, rating or idea.
    generating : mapping of str to object
        Parameters that the tables were drawn with.
    population : mapping of str to object
        What the usual estimators give on a draw so large that its own error does not matter.
    """

    tables: Mapping[str, pd.DataFrame]
    generating: Mapping[str, Any]
    population: Mapping[str, Any] = field(default_factory=dict)


def intraclass(values: npt.ArrayLike, groups: npt.ArrayLike) -> float:
    """ICC(1) of single values in groups, by the mean squares of a one-way analysis (Shrout & Fleiss 1979).

    Examples
    --------
    >>> round(intraclass([1.0, 1.2, 3.0, 3.2, 5.0, 5.2], [1, 1, 2, 2, 3, 3]), 3)
    0.995
    """
    value, group = np.asarray(values, dtype=float), pd.factorize(np.asarray(groups))[0]
    size = np.bincount(group).astype(float)
    mean = np.bincount(group, weights=value) / size
    between = float(size @ (mean - value.mean()) ** 2) / (size.size - 1)
    within = float(((value - mean[group]) ** 2).sum()) / (value.size - size.size)
    usual = (value.size - float(size @ size) / value.size) / (size.size - 1)
    return (between - within) / (between + (usual - 1) * within)


def kappa(first: npt.ArrayLike, second: npt.ArrayLike) -> float:
    """Agreement of two judges beyond chance (Cohen 1960).

    Examples
    --------
    >>> round(kappa(["a", "a", "b", "b"], ["a", "a", "b", "a"]), 3)
    0.5
    """
    table = pd.crosstab(np.asarray(first), np.asarray(second))
    names = table.index.union(table.columns)
    share = table.reindex(index=names, columns=names, fill_value=0).to_numpy() / len(np.asarray(first))
    chance = float(share.sum(axis=0) @ share.sum(axis=1))
    return (float(np.trace(share)) - chance) / (1 - chance)
