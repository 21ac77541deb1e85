"""Association in a two-way table by the design: Pearson's chi-square, corrected as Rao and Scott do."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import stats

from csresearch.errors import StatisticsError
from csresearch.inference.design import Weighting
from csresearch.inference.engine import run
from csresearch.inference.moments import AnyArray, BoolArray, IntArray, Moments, means
from csresearch.inference.problem import Problem
from csresearch.inference.replicates import AnyReplicates, Linearized


@dataclass(frozen=True, kw_only=True)
class RaoScott:
    """Test of no association.

    Attributes
    ----------
    pearson : float
        Chi-square of the weighted table, scaled to the respondents; not to be read by itself.
    effect : float
        Mean design effect of the interaction: pearson / effect is the first-order correction.
    f, df, df_residual : float
        Second-order correction: F with Satterthwaite's degrees of freedom.
    p_value : float
    """

    pearson: float
    effect: float
    f: float
    df: float
    df_residual: float
    p_value: float


def rao_scott(
    rows: IntArray,
    columns: IntArray,
    *,
    weighting: Weighting,
    domain: BoolArray | None = None,
    replicates: AnyReplicates = Linearized(),  # noqa: B008
) -> RaoScott:
    """Test whether two categories of respondents have nothing to do with each other.

    Parameters
    ----------
    rows, columns : int array, shape (n,)
        Codes from 0 on; -1 is missing.
    weighting : Weighting
    domain : bool array, shape (n,), optional
    replicates : AnyReplicates

    Raises
    ------
    StatisticsError
        A table of one row or column.

    References
    ----------
    Rao, J. N. K. and Scott, A. J. (1984), Annals of Statistics 12, eq. 3.1; Thomas, D. R. and Rao, J. N. K. (1987),
    Journal of the American Statistical Association 82 (F).
    """
    used = (rows >= 0) & (columns >= 0) & (weighting.base > 0)
    used = used if domain is None else used & domain
    row_codes, row = np.unique(rows[used], return_inverse=True)
    column_codes, column = np.unique(columns[used], return_inverse=True)
    r, c = len(row_codes), len(column_codes)
    if min(r, c) < 2:
        raise StatisticsError(f"a table of {r} by {c} has no association to test; two categories of each are needed")
    cell = np.full(len(rows), -1)
    cell[used] = row.reshape(-1) * c + column.reshape(-1)
    values = (cell[:, None] == np.arange(r * c)).astype(float)
    problem = Problem(
        moments=Moments.of_rows(values, names=tuple(f"cell {k}" for k in range(r * c)), order=1), used=used,
        domains=np.ones((1, len(rows)), dtype=bool), weighting=weighting, estimate=means, analytic=True,
    )  # fmt: skip
    found = run(problem, replicates)
    share, deviations, n = found.point[0], found.deviations[0], int(used.sum())
    table = share.reshape(r, c)
    expected = np.outer(table.sum(axis=1), table.sum(axis=0))
    pearson = n * float(((table - expected) ** 2 / expected).sum())
    inverse = np.divide(1.0, share, out=np.zeros(r * c), where=share > 0)
    contrast = _interaction(r, c)
    simple = contrast.T @ (inverse[:, None] * contrast) / n
    ours = deviations @ (inverse[:, None] * contrast)
    effects = np.linalg.solve(simple, ours.T @ ours)
    whole, square = float(np.trace(effects)), float(np.trace(effects @ effects))
    f, df = pearson / whole, whole**2 / square
    residual = df * int(found.df[0])
    return RaoScott(
        pearson=pearson, effect=whole / contrast.shape[1], f=f, df=df, df_residual=residual,
        p_value=float(stats.f.sf(f, df, residual)),
    )  # fmt: skip


def _interaction(r: int, c: int) -> AnyArray:
    """Contrasts of the cells that rows and columns alone do not explain, shape (r c, (r - 1)(c - 1))."""
    row, column = np.eye(r) - 1 / r, np.eye(c) - 1 / c
    return np.kron(row[:, : r - 1], column[:, : c - 1])
