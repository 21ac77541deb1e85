"""Moments from one SELECT: the groups are added up where the data lie, in DuckDB or on a cluster."""

from __future__ import annotations

import numpy as np
import pandas as pd

from csresearch.errors import DataError
from csresearch.inference.moments import Layout, Moments


def quoted(name: str) -> str:
    """Quote an identifier by the SQL standard, whatever it holds.

    Examples
    --------
    >>> print(quoted('net "price" now'))
    "net ""price"" now"
    """
    if not name or "\0" in name:
        raise ValueError(f"{name!r} cannot be the name of a column or a table")
    return '"' + name.replace('"', '""') + '"'


def moments_sql(layout: Layout, source: str, *, by: tuple[str, ...] = (), weight: str | None = None) -> str:
    """Write the SELECT that adds up the groups of `source`.

    Parameters
    ----------
    layout : Layout
        Columns, origin and order; `names` are columns of the source.
    source : str
        Name of a table or view.
    by : tuple of str
        Columns whose combinations are the groups, such as cluster and weighting cell; none: one group.
    weight : str, optional
        Column of weights; default: every row counts 1.

    Returns
    -------
    str
        One row a group: the columns of `by`, the number of complete rows with a weight, and the sums of `layout`.

    Raises
    ------
    ValueError
        A layout of pairwise moments: the rows of a SELECT are complete.

    Examples
    --------
    >>> layout = Layout(names=("a",), origin=np.array([5.0]), order=1)
    >>> print(moments_sql(layout, "answers", by=("dealer",)))
    SELECT k0 AS "dealer", COUNT(*) AS n, SUM(w) AS s0, SUM(w * x0) AS s1
    FROM (SELECT "dealer" AS k0, 1e0 AS w, CAST("a" AS DOUBLE) - CAST('5.0' AS DOUBLE) AS x0 FROM "answers") AS answers
    WHERE w > 0 AND x0 IS NOT NULL AND NOT isnan(x0)
    GROUP BY k0 ORDER BY k0
    """
    if layout.pairwise:
        raise ValueError("a SELECT takes complete rows; pairwise moments need the rows in memory")
    keys = [f"k{j}" for j in range(len(by))]
    inside = [f"{quoted(name)} AS {key}" for name, key in zip(by, keys, strict=True)]
    outside = [f"{key} AS {quoted(name)}" for name, key in zip(by, keys, strict=True)]
    columns = [
        f"CAST({quoted(name)} AS DOUBLE) - CAST('{float(origin)!r}' AS DOUBLE) AS x{j}"
        for j, (name, origin) in enumerate(zip(layout.names, layout.origin, strict=True))
    ]
    counted = "1e0 AS w" if weight is None else f"CAST({quoted(weight)} AS DOUBLE) AS w"
    terms = ["w", *(f"w * x{j}" for j in range(len(columns)))]
    if layout.order == 2:
        terms += [f"w * x{i} * x{j}" for i, j in zip(*layout.triangle, strict=True)]
    sums = [f"SUM({term}) AS s{place}" for place, term in enumerate(terms)]
    complete = [f"x{j} IS NOT NULL AND NOT isnan(x{j})" for j in range(len(columns))]
    grouping = f"\nGROUP BY {', '.join(keys)} ORDER BY {', '.join(keys)}" if keys else ""
    return (
        f"SELECT {', '.join([*outside, 'COUNT(*) AS n', *sums])}\n"
        f"FROM (SELECT {', '.join([*inside, counted, *columns])} FROM {quoted(source)}) AS answers\n"
        f"WHERE {' AND '.join(['w > 0', *complete])}{grouping}"
    )


def moments_from(frame: pd.DataFrame, layout: Layout) -> Moments:
    """Make moments of the answer to `moments_sql`, a group a row, in its order.

    Raises
    ------
    DataError
        The frame has not the columns of this layout, or no group.
    """
    last = [f"s{place}" for place in range(layout.width)]
    found = [str(name) for name in frame.columns[-layout.width - 1 :]]
    if found != ["n", *last]:
        raise DataError(f"the frame ends with {', '.join(found[:4])}, ...; moments_sql of this layout gives n, s0, ...")
    numbers = frame.iloc[:, -layout.width - 1 :].to_numpy(dtype=float, na_value=np.nan)
    if not len(numbers) or numbers[:, 0].sum() == 0:
        raise DataError("the SELECT found no complete row with a weight, so there is nothing to add up")
    return Moments(layout=layout, count=numbers[:, 0].astype(np.int64), sums=numbers[:, 1:])
