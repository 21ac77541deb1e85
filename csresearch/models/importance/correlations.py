"""From covariances to correlations, batch by batch; what cannot be used is marked, never raised."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

Array: TypeAlias = npt.NDArray[Any]
COLLINEAR = 1e-10  # smallest eigenvalue of a correlation matrix that still leaves six digits of a slope
R2_LIMIT = 1 + 1e-9  # an R2 above it comes from a covariance matrix that no data can have (pairwise deletion)


def chosen(cov: Array, columns: Sequence[int]) -> Array:
    """Rows and columns of covariance matrices in the order that is asked for.

    Parameters
    ----------
    cov : array (..., q, q)
        Covariance matrices.
    columns : sequence of int
        Which, each once.

    Returns
    -------
    array (..., columns, columns)

    Raises
    ------
    ValueError
        No square matrices; a column that does not exist or is given twice; none at all.

    Examples
    --------
    >>> chosen(np.array([[1, 2], [2, 4]]), [1])
    array([[4]])
    """
    cov, columns = np.asarray(cov), list(columns)
    if cov.ndim < 2 or cov.shape[-1] != cov.shape[-2]:
        raise ValueError(f"cov has shape {cov.shape}; expected (..., q, q), a square matrix for each batch element")
    if not columns or len(set(columns)) < len(columns) or not set(columns) <= set(range(cov.shape[-1])):
        raise ValueError(f"columns {columns}: name each column once, out of 0 ... {cov.shape[-1] - 1}")
    return np.asarray(cov[..., columns, :][..., columns])


def correlations(cov: Array, n_predictors: int) -> tuple[Array, Array]:
    """Correlations, and which batch elements can be used; the others become identity matrices.

    Parameters
    ----------
    cov : array (..., q, q)
        Covariance matrices, predictors first.
    n_predictors : int
        Number of leading columns that must not be collinear.

    Returns
    -------
    correlations (..., q, q), usable (...)
        Not usable: a missing number, a variance that is not positive, collinear predictors.

    Examples
    --------
    >>> correlations(np.array([[4.0, 2.0], [2.0, 4.0]]), 2)[0]
    array([[1. , 0.5],
           [0.5, 1. ]])
    """
    variance = np.diagonal(cov, axis1=-2, axis2=-1)
    usable = np.asarray(np.isfinite(cov).all(axis=(-2, -1)) & (variance.real > 0).all(axis=-1))
    scale = np.sqrt(np.where(usable[..., None], variance, 1))
    identity = np.eye(cov.shape[-1])
    corr = np.where(usable[..., None, None], cov, identity) / (scale[..., :, None] * scale[..., None, :])
    smallest = np.linalg.eigvalsh(corr[..., :n_predictors, :n_predictors].real)[..., 0]
    usable = usable & (smallest > COLLINEAR)
    return np.where(usable[..., None, None], corr, identity), usable


def blank(values: Array, usable: Array) -> Array:
    """Put NaN where a batch element cannot be used; `usable` has the leading axes of `values`."""
    return np.where(usable.reshape(usable.shape + (1,) * (values.ndim - usable.ndim)), values, np.nan)
