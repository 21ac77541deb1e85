"""Errors of a regression from rows: what moments cannot give."""

from __future__ import annotations

import numpy as np

from csresearch.inference.moments import Array

ALONE = 1 - 1e-10  # leverage of a respondent who alone carries a predictor


def hc3(design: Array, outcome: Array, weights: Array) -> tuple[Array, Array]:
    """Weighted least squares with HC3 standard errors: each residual over one minus its leverage.

    Parameters
    ----------
    design : array (n, p)
        Predictors, the constant included.
    outcome : array (n,)
    weights : array (n,)
        Sampling weights; their scale does not matter, and rows of weight 0 are left out.

    Returns
    -------
    slopes, std_error : arrays (p,)
        Errors hold for respondents drawn one by one with unequal chances, whatever the variance of their residuals; of
        clusters they know nothing. NaN where a respondent alone carries a predictor: that residual is 0 and tells
        nothing.

    Notes
    -----
    MacKinnon and White (1985); with weights the rows are those of the whitened regression, as in statsmodels.

    Examples
    --------
    >>> design = np.column_stack([np.ones(4), [0.0, 1.0, 2.0, 3.0]])
    >>> slopes, std_error = hc3(design, np.array([0.0, 1.0, 1.0, 2.0]), np.ones(4))
    >>> slopes.round(3).tolist(), std_error.round(3).tolist()
    ([0.1, 0.6], [0.3, 0.154])
    """
    some = weights > 0
    root = np.sqrt(weights[some])
    x, z = design[some] * root[:, None], outcome[some] * root
    q, r = np.linalg.qr(x)
    slopes = np.linalg.solve(r, q.T @ z)
    leverage = (q**2).sum(axis=1)
    if (leverage > ALONE).any():
        return slopes, np.full(len(slopes), np.nan)
    scaled = (z - x @ slopes) / (1 - leverage)
    influence = np.linalg.solve(r, (q * scaled[:, None]).T)
    return slopes, np.sqrt((influence**2).sum(axis=1))
