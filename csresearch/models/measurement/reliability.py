"""Reliability and validity of blocks of items: alpha, rho_a, rho_c, AVE, HTMT.

All functions are batch first and take `blocks`, for each construct the positions of its items. Fornell and Larcker's
criterion is the square root of `average_variance_extracted` beside the correlations of the constructs.
A reliability of a single item cannot be known from one interview: it is NaN here (some programs print 1).
"""

from __future__ import annotations

from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from csresearch.models.path.path_model import PathModel
from csresearch.models.path.pls import correlations_of, require_covariances

Floats = NDArray[np.float64]
Blocks = tuple[tuple[int, ...], ...]


def alpha(cov: Floats, blocks: Blocks) -> Floats:
    """Cronbach's alpha of each block (Cronbach 1951).

    Parameters
    ----------
    cov
        (b, q, q) covariances for raw alpha, the reliability of the sum of the items as they are.
    blocks
        Positions of the items of each construct.

    Returns
    -------
    Floats
        (b, constructs); NaN for a single item and where nothing varies.

    Raises
    ------
    ValueError
        `cov` is no batch of square matrices that hold every item of the blocks.

    Examples
    --------
    >>> alpha(np.array([[[4.0, 1.0], [1.0, 1.0]]]), ((0, 1),)).round(4)
    array([[0.5714]])
    """
    sums, members = _block_sums(cov, blocks)
    size = members.sum(axis=0)
    own = np.diagonal(cov, axis1=1, axis2=2) @ members
    with np.errstate(invalid="ignore", divide="ignore"):
        found = size / (size - 1) * (1 - own / np.diagonal(sums, axis1=1, axis2=2))
    return _where_several(members, np.where(np.isfinite(found), found, np.nan))


def standardised_alpha(cov: Floats, blocks: Blocks) -> Floats:
    """Cronbach's alpha of the standardised items, the figure most PLS programs call alpha.

    Parameters
    ----------
    cov
        (b, q, q) covariances or correlations.
    blocks
        Positions of the items of each construct.

    Returns
    -------
    Floats
        (b, constructs); NaN for a single item and in an element with a constant item.

    Raises
    ------
    ValueError
        `cov` is no batch of square matrices that hold every item of the blocks.

    Examples
    --------
    >>> standardised_alpha(np.array([[[4.0, 1.0], [1.0, 1.0]]]), ((0, 1),)).round(4)
    array([[0.6667]])
    """
    return alpha(correlations_of(cov), blocks)


def rho_a(model: PathModel, weights: Floats) -> Floats:
    """Reliability of PLS scores by Dijkstra & Henseler (2015), for blocks in mode A.

    As w'Sw = 1 and S is a correlation matrix, rho_a = (w'w)^2 (1 - w'w) / ((w'w)^2 - sum w^4).

    Parameters
    ----------
    model
        The path model.
    weights
        (b, q) standardised outer weights, scores of variance 1.

    Returns
    -------
    Floats
        (b, constructs); NaN for a single item and for a block in mode B, which claims no common cause. May exceed 1.

    Examples
    --------
    >>> model = PathModel(blocks=((0, 1), (2,)), names=("quality", "loyalty"), paths=((0, 1),), modes=("A", "A"))
    >>> rho_a(model, np.array([[0.57735, 0.57735, 1.0]])).round(3)
    array([[0.667,   nan]])
    """
    members = model.membership
    squares, fourths = weights**2 @ members, weights**4 @ members
    reflective = np.array([mode == "A" for mode in model.modes])
    with np.errstate(invalid="ignore", divide="ignore"):
        rho = squares**2 * (1 - squares) / (squares**2 - fourths)
    return np.where(reflective, _where_several(members, rho), np.nan)


def rho_c(loadings: Floats, blocks: Blocks) -> Floats:
    """Composite reliability (sum l)^2 / ((sum l)^2 + sum (1 - l^2)) (Jöreskog 1971; Werts et al. 1974).

    Parameters
    ----------
    loadings
        (b, q) standardised loadings.
    blocks
        Positions of the items of each construct.

    Returns
    -------
    Floats
        (b, constructs); NaN for a single item.

    Examples
    --------
    >>> rho_c(np.array([[0.8, 0.8]]), ((0, 1),)).round(4)
    array([[0.7805]])
    """
    members = _membership(blocks, loadings.shape[1])
    common = (loadings @ members) ** 2
    return _where_several(members, common / (common + (1 - loadings**2) @ members))


def average_variance_extracted(loadings: Floats, blocks: Blocks) -> Floats:
    """Mean squared loading of each block (Fornell & Larcker 1981).

    Parameters
    ----------
    loadings
        (b, q) standardised loadings.
    blocks
        Positions of the items of each construct.

    Returns
    -------
    Floats
        (b, constructs); 1 for a single item, whose score it is.

    Examples
    --------
    >>> average_variance_extracted(np.array([[0.8, 0.6]]), ((0, 1),))
    array([[0.5]])
    """
    members = _membership(blocks, loadings.shape[1])
    communality: Floats = loadings**2 @ members / members.sum(axis=0)
    return communality


def construct_pairs(blocks: Blocks) -> tuple[tuple[int, int], ...]:
    """List the pairs of constructs in the order of `heterotrait_monotrait`.

    Examples
    --------
    >>> construct_pairs(((0,), (1, 2), (3,)))
    ((0, 1), (0, 2), (1, 2))
    """
    return tuple(combinations(range(len(blocks)), 2))


def heterotrait_monotrait(cov: Floats, blocks: Blocks) -> Floats:
    """HTMT of every pair of constructs: mean correlation between the blocks over the geometric mean of those within.

    Absolute correlations (HTMT+, Ringle et al. 2023): with signed ones an item that runs against its fellows, such as
    price tolerance in a loyalty block, cancels others and hides how close two constructs are.

    Parameters
    ----------
    cov
        (b, q, q) covariances or correlations.
    blocks
        Positions of the items of each construct; a single item counts as 1 within (Henseler et al. 2015).

    Returns
    -------
    Floats
        (b, pairs) in the order of `construct_pairs`; NaN in an element with a constant item.

    Raises
    ------
    ValueError
        `cov` is no batch of square matrices that hold every item of the blocks.

    Examples
    --------
    >>> corr = np.array([[[1.0, 0.6, -0.3], [0.6, 1.0, 0.3], [-0.3, 0.3, 1.0]]])
    >>> heterotrait_monotrait(corr, ((0, 1), (2,))).round(4)
    array([[0.3873]])
    """
    sums, members = _block_sums(np.abs(correlations_of(cov)), blocks)
    size = members.sum(axis=0)
    with np.errstate(invalid="ignore", divide="ignore"):
        within = (np.diagonal(sums, axis1=1, axis2=2) - size) / (size * (size - 1))
        within = np.sqrt(np.where(size > 1, within, 1.0))
        ratio: Floats = sums / np.outer(size, size) / (within[:, :, None] * within[:, None, :])
    first, second = np.triu_indices(len(blocks), k=1)
    return ratio[:, first, second]


def _require_items(cov: Floats, blocks: Blocks) -> None:
    """Raise ValueError unless the blocks deal out the items of `cov`."""
    require_covariances(cov, sum(map(len, blocks)))


def _block_sums(matrix: Floats, blocks: Blocks) -> tuple[Floats, Floats]:
    """Add up the entries between any two blocks: (b, constructs, constructs), and the membership (q, constructs)."""
    _require_items(matrix, blocks)
    members = _membership(blocks, matrix.shape[1])
    with np.errstate(invalid="ignore"):
        return members.T @ (matrix @ members), members


def _membership(blocks: Blocks, n_items: int) -> Floats:
    """(q, constructs) one where the item belongs to the construct."""
    members = np.zeros((n_items, len(blocks)))
    for construct, block in enumerate(blocks):
        members[list(block), construct] = 1.0
    return members


def _where_several(members: Floats, values: Floats) -> Floats:
    """NaN in place of the values of single-item constructs."""
    return np.where(members.sum(axis=0) > 1, values, np.nan)
