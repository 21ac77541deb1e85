"""Linear regression from moments: slopes, R2, collinearity, and the closed-form measures of importance.

All functions take covariance matrices with any leading (batch) axes. An element with a missing number, a column without
variance or collinear predictors gives NaN and leaves the others alone. Slopes, R2 and the measures that need no matrix
root also take complex numbers, so that a derivative is one complex step.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from csresearch.models.importance.correlations import R2_LIMIT, Array, blank, chosen, correlations


class Regression(NamedTuple):
    """A regression by least squares; leading axes as in the moments."""

    intercept: Array
    slopes: Array
    beta: Array
    r2: Array


def regress(means: Array, cov: Array, predictors: Sequence[int], outcome: int) -> Regression:
    """Least squares from means and covariances.

    Parameters
    ----------
    means : array (..., q)
        Means of all columns; weighted means give weighted least squares.
    cov : array (..., q, q)
        Their covariances; the divisor does not matter. Complex numbers are allowed.
    predictors : sequence of int
        Columns that explain.
    outcome : int
        Column that is explained.

    Returns
    -------
    Regression
        `intercept` (...), in units of the outcome; `slopes` (..., p), units of the outcome per unit of the predictor;
        `beta` (..., p), standardised slopes; `r2` (...).

    Raises
    ------
    ValueError
        Columns that do not exist, or are given twice.

    Examples
    --------
    >>> fit = regress(np.array([1.0, 2.0]), np.array([[4.0, 2.0], [2.0, 4.0]]), [0], 1)
    >>> float(fit.intercept), fit.slopes, float(fit.r2)
    (1.5, array([0.5]), 0.25)
    """
    columns = [*predictors, outcome]
    system = _solved(cov, predictors, outcome)
    variance = np.diagonal(np.asarray(cov), axis1=-2, axis2=-1)[..., columns]
    scale = np.sqrt(np.where(system.usable[..., None], variance, 1))
    slopes = system.beta * scale[..., -1:] / scale[..., :-1]
    means = np.asarray(means)[..., columns]
    intercept = means[..., -1] - (slopes * means[..., :-1]).sum(axis=-1)
    return Regression(intercept, slopes, system.beta, (system.beta * system.r).sum(axis=-1))


def adjusted_r2(r2: Array | float, n_obs: Array | float, n_predictors: int) -> Array:
    """R2 adjusted for the number of predictors: 1 - (1 - R2) (n - 1) / (n - p - 1).

    Parameters
    ----------
    r2 : float or array (...)
        R2.
    n_obs : float or array (...)
        Number of observations.
    n_predictors : int
        Number of slopes.

    Returns
    -------
    array (...)
        NaN where no degrees of freedom are left.

    Examples
    --------
    >>> float(adjusted_r2(0.5, 21, 2).round(3))
    0.444
    """
    n = np.asarray(n_obs, dtype=float)
    left = n - n_predictors - 1
    return np.asarray(1 - (1 - np.asarray(r2)) * (n - 1) / np.where(left > 0, left, np.nan))


def zero_order(cov: Array, columns: Sequence[int], outcome: int) -> Array:
    """Correlation of each column with the outcome, shape (..., columns).

    Examples
    --------
    >>> zero_order(np.array([[4, 1.0], [1.0, 1]]), [0], 1)
    array([0.5])
    """
    with np.errstate(invalid="ignore", divide="ignore"):
        sd = np.sqrt(np.diagonal(cov, axis1=-2, axis2=-1))
        return np.asarray(cov[..., outcome, list(columns)] / (sd[..., [outcome]] * sd[..., list(columns)]))


def variance_inflation(cov: Array, predictors: Sequence[int]) -> Array:
    """Variance inflation factor of each predictor: diagonal of the inverse correlation matrix, 1 / (1 - R2_j).

    Parameters
    ----------
    cov : array (..., q, q)
        Covariance or correlation matrices.
    predictors : sequence of int
        Columns of the predictors.

    Returns
    -------
    array (..., p)

    Examples
    --------
    >>> variance_inflation(np.array([[1.0, 0.6], [0.6, 1.0]]), [0, 1])
    array([1.5625, 1.5625])
    """
    corr, usable = correlations(chosen(cov, predictors), len(predictors))
    return blank(np.diagonal(np.linalg.inv(corr), axis1=-2, axis2=-1), usable)


def condition_number(cov: Array, predictors: Sequence[int]) -> Array:
    """Condition number of the standardised predictors: root of largest over smallest eigenvalue of their correlations.

    Parameters
    ----------
    cov : array (..., q, q)
        Covariance or correlation matrices, real.
    predictors : sequence of int
        Columns of the predictors.

    Returns
    -------
    array (...)
        1 for uncorrelated predictors; over 30 counts as harmful (Belsley, Kuh and Welsch 1980).

    Examples
    --------
    >>> float(condition_number(np.array([[1.0, 0.6], [0.6, 1.0]]), [0, 1]).round(3))
    2.0
    """
    corr, usable = correlations(chosen(cov, predictors), len(predictors))
    eigenvalues = np.linalg.eigvalsh(corr.real)
    return blank(np.sqrt(eigenvalues[..., -1] / eigenvalues[..., 0]), usable)


def first(cov: Array, players: Sequence[Sequence[int]], outcome: int) -> Array:
    """R2 of each player alone.

    Parameters
    ----------
    cov : array (..., q, q)
        Covariance or correlation matrices; complex numbers are allowed.
    players : sequence of sequences of int
        The columns of each player.
    outcome : int
        Column that is explained.

    Returns
    -------
    array (..., players)

    Examples
    --------
    >>> first(np.array([[1, 0.5, 0.6], [0.5, 1, 0.3], [0.6, 0.3, 1]]), [(0,), (1,)], 2)
    array([0.36, 0.09])
    """
    system = _solved(cov, _flat(players), outcome)
    return blank(_by_player(players, system.corr, system.r), system.usable)


def last(cov: Array, players: Sequence[Sequence[int]], outcome: int) -> Array:
    """Rise of R2 when the player joins all the others.

    Parameters
    ----------
    cov, players, outcome
        As in `first`.

    Returns
    -------
    array (..., players)

    Examples
    --------
    >>> last(np.array([[1, 0.5, 0.6], [0.5, 1, 0.3], [0.6, 0.3, 1]]), [(0,), (1,)], 2).round(3)
    array([0.27, 0.  ])
    """
    system = _solved(cov, _flat(players), outcome)
    return blank(_by_player(players, np.linalg.inv(system.corr), system.beta), system.usable)


def beta_squared(cov: Array, predictors: Sequence[int], outcome: int) -> Array:
    """Squared standardised slopes; they do not sum to R2 unless the predictors are uncorrelated.

    Parameters
    ----------
    cov, predictors, outcome
        As in `regress`.

    Returns
    -------
    array (..., p)

    Examples
    --------
    >>> beta_squared(np.array([[1, 0.5, 0.6], [0.5, 1, 0.3], [0.6, 0.3, 1]]), [0, 1], 2).round(2)
    array([0.36, 0.  ])
    """
    return np.square(_solved(cov, predictors, outcome).beta)


def pratt(cov: Array, predictors: Sequence[int], outcome: int) -> Array:
    """Standardised slope times correlation with the outcome; sums to R2, can be negative.

    Parameters
    ----------
    cov, predictors, outcome
        As in `regress`.

    Returns
    -------
    array (..., p)

    Notes
    -----
    Pratt (1987), Dividing the indivisible.

    Examples
    --------
    >>> pratt(np.array([[1, 0.5, 0.6], [0.5, 1, 0.3], [0.6, 0.3, 1]]), [0, 1], 2).round(2)
    array([0.36, 0.  ])
    """
    system = _solved(cov, predictors, outcome)
    return system.beta * system.r


def relative_weights(cov: Array, predictors: Sequence[int], outcome: int) -> Array:
    """Relative weights by the symmetric root of the correlations; they sum to R2.

    Parameters
    ----------
    cov, predictors, outcome
        As in `regress`, real.

    Returns
    -------
    array (..., p)

    Notes
    -----
    Johnson (2000), Multivariate Behavioral Research 35(1); the same figures as Genizi (1993).

    Examples
    --------
    >>> relative_weights(np.array([[1, 0.5, 0.6], [0.5, 1, 0.3], [0.6, 0.3, 1]]), [0, 1], 2).round(4)
    array([0.315, 0.045])
    """
    if np.iscomplexobj(cov):
        raise ValueError("relative_weights needs real covariances, found complex: take its derivative by differences")
    system = _solved(cov, predictors, outcome)
    eigenvalues, vectors = np.linalg.eigh(system.corr)
    root = (vectors * np.sqrt(eigenvalues)[..., None, :]) @ np.swapaxes(vectors, -1, -2)
    slopes = root @ system.beta[..., None]  # on the predictors that the root makes uncorrelated
    return np.asarray((np.square(root) @ np.square(slopes))[..., 0])


class _System(NamedTuple):
    """Normal equations in correlations and their solution."""

    corr: Array
    r: Array
    beta: Array
    usable: Array


def _solved(cov: Array, predictors: Sequence[int], outcome: int) -> _System:
    """Solve for the standardised slopes; NaN where that is impossible."""
    corr, usable = correlations(chosen(cov, [*predictors, outcome]), len(predictors))
    r = corr[..., :-1, -1]
    beta = np.linalg.solve(corr[..., :-1, :-1], r[..., None])[..., 0]
    usable = usable & ((beta * r).sum(axis=-1).real <= R2_LIMIT)
    return _System(corr[..., :-1, :-1], r, blank(beta, usable), usable)


def _flat(players: Sequence[Sequence[int]]) -> list[int]:
    return [column for player in players for column in player]


def _by_player(players: Sequence[Sequence[int]], matrix: Array, vector: Array) -> Array:
    """Quadratic form of the inverse, v' M^-1 v, over the block of each player."""
    values, start = [], 0
    for player in players:
        part = slice(start, start + len(player))
        start, v = part.stop, vector[..., part]
        values.append((v * np.linalg.solve(matrix[..., part, part], v[..., None])[..., 0]).sum(axis=-1))
    return np.stack(values, axis=-1)
