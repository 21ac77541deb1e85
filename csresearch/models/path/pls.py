"""Partial least squares path modelling on a batch of covariance matrices.

Every array is batch first: the estimate is a batch of one, a bootstrap a batch of its draws. Elements are worked off
in blocks that fit the cache, and an element leaves its block as soon as it has converged, so that its result does not
depend on its neighbours.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from csresearch.models.path.path_model import PathModel

Floats = NDArray[np.float64]

BLOCK = 512  # elements worked off together; their correlations (24 items: two megabytes) should stay in the cache
SINGULAR = 1e-12  # a pivot of a correlation matrix at or below this is no variance of its own


@dataclass(frozen=True, kw_only=True)
class PLSFit:
    """What the iteration found for each of b batch elements; an element without a solution is NaN throughout.

    Attributes
    ----------
    weights
        (b, q) standardised outer weights: the score of a construct, the weighted sum of its standardised items, has
        variance 1. An item belongs to one construct, so there is one weight an item.
    loadings
        (b, q) correlation of each item with its own construct.
    correlations
        (b, constructs, constructs) correlations of the construct scores.
    """

    weights: Floats
    loadings: Floats
    correlations: Floats


def fit_pls(model: PathModel, cov: Floats, *, tolerance: float = 1e-10, max_iterations: int = 1000) -> PLSFit:
    """Run the PLS algorithm on every covariance matrix of a batch.

    From equal weights, two steps in turn: inner estimates of the constructs from their neighbours by `scheme`, then
    outer weights by `modes` (Lohmöller 1989, ch. 2; Tenenhaus et al. 2005). The sign of a construct is free:
    in each element most of its items load positively, and a tie goes to the heaviest loading.

    Parameters
    ----------
    model
        The path model.
    cov
        (b, q, q) covariances or correlations of the items; over n or n - 1 makes no difference.
    tolerance
        Largest change of a standardised outer weight at which an element has converged.
    max_iterations
        Outer steps after which an element is given up.

    Returns
    -------
    PLSFit
        No element raises: a constant item, a singular block in mode B, collinear sources under the path scheme or no
        convergence make that element NaN and leave the others untouched.

    Raises
    ------
    ValueError
        `cov` has the wrong shape; `tolerance` or `max_iterations` is not positive.

    Examples
    --------
    >>> model = PathModel(blocks=((0, 1), (2,)), names=("quality", "loyalty"), paths=((0, 1),), modes=("A", "A"))
    >>> cov = np.array([[[4.0, 1.0, 1.2], [1.0, 1.0, 0.6], [1.2, 0.6, 1.0]]])
    >>> fit = fit_pls(model, cov)
    >>> fit.weights.round(4)
    array([[0.5774, 0.5774, 1.    ]])
    """
    require_covariances(cov, model.n_items)
    if not (tolerance > 0 and max_iterations > 0):
        raise ValueError(f"found tolerance {tolerance} and max_iterations {max_iterations}; both must be above 0")
    weights = np.full(cov.shape[:2], np.nan)
    cross = np.empty((len(cov), len(model.blocks), model.n_items))
    with np.errstate(invalid="ignore", divide="ignore", over="ignore"):
        for first in range(0, len(cov), BLOCK):
            part = slice(first, first + BLOCK)
            corr = correlations_of(cov[part])
            weights[part] = _iterate(model, corr, tolerance, max_iterations)
            cross[part] = _spread(model, weights[part]) @ corr
        signs = _signs(model, _own(model, cross))
        weights *= signs[:, model.owner]
        cross *= signs[:, :, None]
        correlations = (cross * weights[:, None]) @ model.membership
    return PLSFit(weights=weights, loadings=_own(model, cross), correlations=correlations)


def weigh(model: PathModel, cov: Floats, raw: Floats) -> PLSFit:
    """Form the scores with given outer weights on unstandardised items; nothing is iterated.

    Parameters
    ----------
    model
        The path model.
    cov
        (b, q, q) covariances of the items.
    raw
        (b, q) weights of the items in their own units, in any scale: scores are brought to variance 1.

    Returns
    -------
    PLSFit
        As `fit_pls` gives it, signs as the weights have them.

    Examples
    --------
    >>> model = PathModel(blocks=((0, 1), (2,)), names=("quality", "loyalty"), paths=((0, 1),), modes=("A", "A"))
    >>> cov = np.array([[[4.0, 1.0, 1.2], [1.0, 1.0, 0.6], [1.2, 0.6, 1.0]]])
    >>> weigh(model, cov, np.array([[1.0, 2.0, 5.0]])).weights.round(4)
    array([[0.5774, 0.5774, 1.    ]])
    """
    require_covariances(cov, model.n_items)
    with np.errstate(invalid="ignore", divide="ignore"):
        deviation = np.sqrt(np.diagonal(cov, axis1=1, axis2=2))
        weights, cross, correlations = _standardise(model, correlations_of(cov), raw * deviation)
    return PLSFit(weights=weights, loadings=_own(model, cross), correlations=correlations)


def require_covariances(cov: Floats, n_items: int) -> None:
    """Raise ValueError unless `cov` is a batch of `n_items` by `n_items` matrices."""
    if cov.ndim != 3 or cov.shape[1:] != (n_items, n_items):
        raise ValueError(f"covariances: found shape {cov.shape}, the blocks need (b, {n_items}, {n_items})")


def correlations_of(cov: Floats) -> Floats:
    """Correlations (b, q, q) of covariances (b, q, q); NaN where an item does not vary."""
    variance = np.diagonal(cov, axis1=1, axis2=2)
    scale = 1 / np.sqrt(np.where(variance > 0, variance, np.nan))
    return cov * scale[:, :, None] * scale[:, None, :]


def solve_batch(matrix: Floats, rhs: Floats) -> Floats:
    """Solve many small systems with correlation matrices; here the batch is the **last** axis.

    Gauss-Jordan without pivoting, which is stable for positive definite matrices. Unlike LAPACK it takes one step for
    the whole batch, and a singular matrix is NaN instead of an error for all.

    Parameters
    ----------
    matrix
        (n, n, b) symmetric, ones on the diagonal.
    rhs
        (n, m, b) right-hand sides.

    Returns
    -------
    Floats
        (n, m, b) solutions.

    Examples
    --------
    >>> solve_batch(np.array([[[1.0], [0.5]], [[0.5], [1.0]]]), np.array([[[1.5]], [[1.5]]])).ravel()
    array([1., 1.])
    """
    n = len(matrix)
    system = np.concatenate([matrix, rhs], axis=1)
    for k in range(n):
        pivot = system[k, k]
        row = system[k] / np.where(pivot > SINGULAR, pivot, np.nan)
        system -= system[:, k, None] * row
        system[k] = row
    return system[:, n:]


def inverses(corr: Floats) -> Floats:
    """Inverses (b, n, n) of small correlation matrices; NaN where singular."""
    matrix = np.ascontiguousarray(np.moveaxis(corr, 0, -1))
    unit = np.broadcast_to(np.eye(len(matrix))[:, :, None], matrix.shape)
    return np.moveaxis(solve_batch(matrix, unit), -1, 0)


def _iterate(model: PathModel, corr: Floats, tolerance: float, max_iterations: int) -> Floats:
    """Weights (b, q), NaN where not converged."""
    found = np.full(corr.shape[:2], np.nan)
    active = np.arange(len(corr))
    solver = _block_inverses(model, corr)
    weights, cross, proxies = _standardise(model, corr, np.ones(corr.shape[:2]))
    for _ in range(max_iterations):
        raw = _own(model, _inner_weights(model, proxies) @ cross)
        if solver is not None:
            raw = (solver @ raw[:, :, None])[:, :, 0]
        before = weights
        weights, cross, proxies = _standardise(model, corr, raw)
        change = np.abs(weights - before).max(axis=1)
        going = change > tolerance  # a NaN has nowhere to go and leaves as well
        if not going.all():
            done = change <= tolerance
            found[active[done]] = weights[done]
            active, corr, weights, cross, proxies = (a[going] for a in (active, corr, weights, cross, proxies))
            solver = None if solver is None else solver[going]
            if not len(active):
                break
    return found


def _standardise(model: PathModel, corr: Floats, raw: Floats) -> tuple[Floats, Floats, Floats]:
    """Weights (b, q) for scores of variance 1, cross-loadings (b, constructs, q), correlations of the scores."""
    cross = _spread(model, raw) @ corr
    proxies = (cross * raw[:, None]) @ model.membership
    scale = 1 / np.sqrt(np.diagonal(proxies, axis1=1, axis2=2))
    return raw * scale[:, model.owner], cross * scale[:, :, None], proxies * scale[:, :, None] * scale[:, None, :]


def _inner_weights(model: PathModel, proxies: Floats) -> Floats:
    """(b, construct, neighbour) weights of the neighbours in the inner estimate of each construct."""
    corr = np.ascontiguousarray(np.moveaxis(proxies, 0, -1))
    inner = np.zeros_like(corr)
    for construct in range(len(corr)):
        sources, targets = list(model.sources(construct)), list(model.targets(construct))
        neighbours = sources + targets
        inner[construct, neighbours] = corr[construct, neighbours]
        if model.scheme == "centroid":
            inner[construct, neighbours] = np.sign(corr[construct, neighbours])
        elif model.scheme == "path" and sources:
            among = corr[np.ix_(sources, sources)]
            inner[construct, sources] = solve_batch(among, corr[sources, construct, None])[:, 0]
    return np.ascontiguousarray(np.moveaxis(inner, -1, 0))


def _block_inverses(model: PathModel, corr: Floats) -> Floats | None:
    """Block-diagonal (b, q, q): the inverse correlations of blocks in mode B, ones elsewhere; None without mode B."""
    if "B" not in model.modes:
        return None
    solver = np.broadcast_to(np.eye(model.n_items), corr.shape).copy()
    for block, mode in zip(model.blocks, model.modes, strict=True):
        if mode == "B":
            own = np.ix_(range(len(corr)), block, block)
            solver[own] = inverses(corr[own])
    return solver


def _signs(model: PathModel, loadings: Floats) -> Floats:
    """(b, constructs) -1 where a construct has to be turned."""
    signs = np.empty((len(loadings), len(model.blocks)))
    for construct, block in enumerate(model.blocks):
        own = loadings[:, list(block)]
        votes = np.sign(own).sum(axis=1)
        heaviest = np.take_along_axis(own, np.abs(own).argmax(axis=1)[:, None], axis=1)[:, 0]
        signs[:, construct] = np.sign(np.where(votes == 0, heaviest, votes))
    return signs


def _own(model: PathModel, cross: Floats) -> Floats:
    """(b, q) of (b, constructs, q): the entry of each item with its own construct."""
    return cross[:, model.owner, np.arange(model.n_items)]


def _spread(model: PathModel, weights: Floats) -> Floats:
    """Weights (b, q) dealt out to their constructs: (b, constructs, q), zero elsewhere."""
    spread = np.zeros((len(weights), len(model.blocks), model.n_items))
    spread[:, model.owner, np.arange(model.n_items)] = weights
    return spread
