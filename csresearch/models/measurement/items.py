"""What each item adds to its block: its correlation with the others, and alpha without it. Batch first."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from csresearch.models.path.pls import correlations_of

Floats = NDArray[np.float64]
Blocks = tuple[tuple[int, ...], ...]


def item_rest(cov: Floats, blocks: Blocks) -> Floats:
    """Correlation of each item with the sum of the other items of its block (corrected item-total correlation).

    Parameters
    ----------
    cov
        (b, q, q) covariances.
    blocks
        Positions of the items of each construct.

    Returns
    -------
    Floats
        (b, q); NaN for a single item and where an item or the rest does not vary.

    Examples
    --------
    >>> item_rest(np.array([[[4.0, 1.0], [1.0, 1.0]]]), ((0, 1),))
    array([[0.5, 0.5]])
    """
    own, with_rest, rest = _parts(cov, blocks)
    with np.errstate(invalid="ignore", divide="ignore"):
        found: Floats = with_rest / np.sqrt(own * rest)
    return np.where(np.isfinite(found), found, np.nan)


def alpha_dropped(cov: Floats, blocks: Blocks) -> Floats:
    """Raw alpha of the other items of the block, (b, q); NaN where fewer than two are left.

    Examples
    --------
    >>> corr = np.full((1, 3, 3), 0.5) + 0.5 * np.eye(3)
    >>> alpha_dropped(corr, ((0, 1, 2),)).round(4)
    array([[0.6667, 0.6667, 0.6667]])
    """
    own, _, rest = _parts(cov, blocks)
    found = np.full(own.shape, np.nan)
    with np.errstate(invalid="ignore", divide="ignore"):
        for block in (list(block) for block in blocks if len(block) > 2):
            left = len(block) - 1
            others = own[:, block].sum(axis=1, keepdims=True) - own[:, block]
            found[:, block] = left / (left - 1) * (1 - others / rest[:, block])
    return np.where(np.isfinite(found), found, np.nan)


def mean_correlation(cov: Floats, blocks: Blocks) -> Floats:
    """Mean correlation between the items of each block, (b, constructs); NaN for a single item.

    Examples
    --------
    >>> mean_correlation(np.array([[[4.0, 1.0], [1.0, 1.0]]]), ((0, 1),))
    array([[0.5]])
    """
    corr = correlations_of(cov)
    found = np.full((len(cov), len(blocks)), np.nan)
    for k, block in enumerate(blocks):
        size = len(block)
        if size > 1:
            whole = corr[np.ix_(range(len(corr)), block, block)].sum(axis=(1, 2))
            found[:, k] = (whole - size) / (size * (size - 1))
    return found


def _parts(cov: Floats, blocks: Blocks) -> tuple[Floats, Floats, Floats]:
    """Variance of each item, its covariance with the rest of its block, the variance of the rest; each (b, q)."""
    own = np.diagonal(cov, axis1=1, axis2=2).copy()
    with_rest, rest = np.zeros_like(own), np.zeros_like(own)
    for block in map(list, blocks):
        inside = cov[np.ix_(range(len(cov)), block, block)]
        with_rest[:, block] = inside.sum(axis=2) - own[:, block]
        rest[:, block] = inside.sum(axis=(1, 2))[:, None] - 2 * with_rest[:, block] - own[:, block]
    return own, with_rest, rest
