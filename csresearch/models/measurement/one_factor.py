"""One common factor behind each block of items, and the reliability that follows from it, on a batch of covariances."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from csresearch.models.path.pls import correlations_of

Floats = NDArray[np.float64]
Blocks = tuple[tuple[int, ...], ...]

LEAST_UNIQUE = 0.005  # of an item's variance: a loading beyond this is a Heywood case and stops here
TOLERANCE, MOST_SWEEPS = 1e-9, 5_000


def one_factor(cov: Floats, blocks: Blocks) -> Floats:
    """Find loadings on one factor in each block by least squares of correlations (minres; Harman and Jones 1966).

    Loading by loading (Comrey 1962): each step is the best loading of an item, given the others, so the fit can only
    improve. An element of the batch leaves as soon as it has converged.

    Parameters
    ----------
    cov
        (b, q, q) covariances or correlations.
    blocks
        Positions of the items of each construct.

    Returns
    -------
    Floats
        (b, q) standardised loadings; most of a block are positive. NaN for a single item, where an item does not vary
        and where nothing has converged. Two items do not tell their loadings apart: they are given equal ones.

    Examples
    --------
    >>> loadings = np.array([0.9, 0.8, 0.7])
    >>> corr = np.outer(loadings, loadings)
    >>> np.fill_diagonal(corr, 1.0)
    >>> one_factor(corr[None], ((0, 1, 2),)).round(4)
    array([[0.9, 0.8, 0.7]])
    """
    corr = correlations_of(cov)
    found = np.full(corr.shape[:2], np.nan)
    for block in (block for block in blocks if len(block) > 1):
        found[:, list(block)] = _minres(corr[np.ix_(range(len(corr)), block, block)])
    return found


def omega(cov: Floats, loadings: Floats, blocks: Blocks) -> Floats:
    """Omega total of the standardised items: 1 - sum of unique variances / variance of the sum (McDonald 1999).

    Parameters
    ----------
    cov
        (b, q, q) covariances or correlations.
    loadings
        (b, q) as `one_factor` finds them.
    blocks
        Positions of the items of each construct.

    Returns
    -------
    Floats
        (b, constructs); NaN for a single item.

    Examples
    --------
    >>> corr = np.array([[[1.0, 0.5], [0.5, 1.0]]])
    >>> omega(corr, one_factor(corr, ((0, 1),)), ((0, 1),)).round(4)
    array([[0.6667]])
    """
    corr = correlations_of(cov)
    unique = 1 - loadings**2
    sums = [corr[np.ix_(range(len(corr)), block, block)].sum(axis=(1, 2)) for block in blocks]
    with np.errstate(invalid="ignore", divide="ignore"):
        found = [1 - unique[:, list(block)].sum(axis=1) / whole for block, whole in zip(blocks, sums, strict=True)]
    return np.stack(found, axis=1)


def _minres(corr: Floats) -> Floats:
    """Find loadings (b, p) of correlation matrices (b, p, p)."""
    size = corr.shape[1]
    apart = corr * (1 - np.eye(size))
    found = np.full(corr.shape[:2], np.nan)
    with np.errstate(invalid="ignore", divide="ignore"):
        central = np.abs(apart).sum(axis=2).argmax(axis=1)
        signs = np.sign(np.take_along_axis(corr, central[:, None, None], axis=1)[:, 0])
        loadings = signs * np.sqrt(np.abs(apart).sum(axis=(1, 2)) / (size * (size - 1)))[:, None]
        active = np.arange(len(corr))
        for _ in range(MOST_SWEEPS):
            before = loadings.copy()
            for i in range(size):
                others = (loadings**2).sum(axis=1) - loadings[:, i] ** 2
                best = (apart[:, i] * loadings).sum(axis=1) / others
                loadings[:, i] = np.clip(best, -np.sqrt(1 - LEAST_UNIQUE), np.sqrt(1 - LEAST_UNIQUE))
            change = np.abs(loadings - before).max(axis=1)
            going = change > TOLERANCE  # a NaN has nowhere to go and leaves as well
            if not going.all():
                done = change <= TOLERANCE
                found[active[done]] = loadings[done]
                active, apart, loadings = active[going], apart[going], loadings[going]
            if not len(active):
                break
    return found * np.where(np.sign(found).sum(axis=1) < 0, -1.0, 1.0)[:, None]
