"""From the correlations of constructs to paths, effects and the 0-100 index.

Two units are kept apart. Standardised effects are standard deviations of the target for one standard deviation of the
source; per-point effects are points of the target's 0-100 index for one point of the source's.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from csresearch.models.path.path_model import PathModel
from csresearch.models.path.pls import require_covariances, solve_batch

Floats = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class Structure:
    """Least squares on the construct scores, one equation for each construct with sources.

    Attributes
    ----------
    paths
        (b, paths) standardised coefficients in the order of `PathModel.paths`.
    r2
        (b, constructs) explained share of variance; NaN for a construct without sources.
    """

    paths: Floats
    r2: Floats


def structure(model: PathModel, correlations: Floats) -> Structure:
    """Regress every construct on its sources.

    Parameters
    ----------
    model
        The path model.
    correlations
        (b, constructs, constructs) correlations of the construct scores.

    Returns
    -------
    Structure
        Where the sources of a construct are collinear, the numbers of that equation are NaN in that element.

    Raises
    ------
    ValueError
        `correlations` has the wrong shape.

    Examples
    --------
    >>> model = PathModel(
    ...     blocks=((0,), (1,), (2,)), names=("quality", "price", "loyalty"), paths=((0, 2), (1, 2)), modes=("A",) * 3
    ... )
    >>> found = structure(model, np.array([[[1.0, 0.5, 0.6], [0.5, 1.0, 0.6], [0.6, 0.6, 1.0]]]))
    >>> found.paths.round(4), found.r2.round(4)
    (array([[0.4, 0.4]]), array([[ nan,  nan, 0.48]]))
    """
    require_covariances(correlations, len(model.names))
    corr = np.ascontiguousarray(np.moveaxis(correlations, 0, -1))
    batch = len(correlations)
    paths = np.empty((len(model.paths), batch))
    r2 = np.full((len(model.names), batch), np.nan)
    with np.errstate(invalid="ignore", divide="ignore"):
        for target in model.order:
            if not (sources := list(model.sources(target))):
                continue
            rows = [model.paths.index((source, target)) for source in sources]
            among, along = corr[np.ix_(sources, sources)], corr[sources, target]
            paths[rows] = solve_batch(among, along[:, None])[:, 0]
            r2[target] = (paths[rows] * along).sum(axis=0)
    return Structure(paths=paths.T, r2=r2.T)


@dataclass(frozen=True, kw_only=True)
class Effects:
    """Effects (b, source, target), zero where no path leads from source to target."""

    direct: Floats
    indirect: Floats
    total: Floats


def effects(model: PathModel, paths: Floats) -> Effects:
    """Split the total effect of every construct on every other into direct and indirect.

    Total effects are (I - B)^-1 - I, gathered from causes to effects instead of inverting (Bollen 1987).

    Parameters
    ----------
    model
        The path model.
    paths
        (b, paths) coefficients in the order of `PathModel.paths`; their unit is the unit of the effects.

    Returns
    -------
    Effects
        Each (b, constructs, constructs), indexed by source, then target.

    Examples
    --------
    >>> model = PathModel(
    ...     blocks=((0,), (1,), (2,)), names=("merit", "value", "use"), paths=((0, 1), (0, 2), (1, 2)), modes=("A",) * 3
    ... )
    >>> found = effects(model, np.array([[0.5, 0.3, 0.4]]))
    >>> [float(kind[0, 0, 2]) for kind in (found.direct, found.indirect, found.total)]
    [0.3, 0.2, 0.5]
    """
    size = len(model.names)
    direct, indirect, total = np.zeros((3, len(paths), size, size))
    for column, (source, target) in enumerate(model.paths):
        direct[:, source, target] = paths[:, column]
    for target in model.order:
        for source in model.sources(target):
            indirect[:, :, target] += total[:, :, source] * direct[:, source, target, None]
        total[:, :, target] = direct[:, :, target] + indirect[:, :, target]
    return Effects(direct=direct, indirect=indirect, total=total)


@dataclass(frozen=True, kw_only=True)
class IndexScores:
    """The 0-100 index of every construct and what it is made of.

    Attributes
    ----------
    weights
        (b, q) unstandardised outer weights on items in points, summing to 1 in each block.
    points
        (b, q) item means in points, 0 and 100 at the ends of the answer scale.
    index
        (b, constructs) weighted sums of the points. A negative weight can carry an index beyond 0 or 100.
    sd
        (b, constructs) standard deviation of the respondents' index scores, over n or n - 1 as the covariances are.
    """

    weights: Floats
    points: Floats
    index: Floats
    sd: Floats


def index_scores(
    model: PathModel, weights: Floats, mean: Floats, cov: Floats, low: Floats, high: Floats
) -> IndexScores:
    """Turn standardised outer weights into the 0-100 index of every construct.

    The weight of an item is w/sd, its standardised weight over its standard deviation in points, normalised to sum 1
    in its block (Fornell et al. 1996); items on different scales thereby come to one scale first.

    Parameters
    ----------
    model
        The path model.
    weights
        (b, q) standardised outer weights.
    mean, cov
        (b, q) and (b, q, q) moments of the items in the units of the questionnaire.
    low, high
        (q,) ends of the scale of each item as printed in the questionnaire, never the smallest and largest answer.

    Returns
    -------
    IndexScores
        NaN where the weights are.

    Raises
    ------
    ValueError
        `cov` has the wrong shape, or a scale does not rise from `low` to `high`.

    Examples
    --------
    >>> model = PathModel(blocks=((0, 1), (2,)), names=("quality", "loyalty"), paths=((0, 1),), modes=("A", "A"))
    >>> mean, cov = np.array([[3.0, 8.0, 5.0]]), np.eye(3)[None]
    >>> found = index_scores(model, np.ones((1, 3)), mean, cov, np.array([1.0, 1.0, 0.0]), np.array([5.0, 10.0, 10.0]))
    >>> found.weights.round(4), found.index.round(2)
    (array([[0.3077, 0.6923, 1.    ]]), array([[69.23, 50.  ]]))
    """
    require_covariances(cov, model.n_items)
    if not (low < high).all():
        raise ValueError(f"scale ends: low {low.tolist()} must lie below high {high.tolist()} for every item")
    per_unit = 100 / (high - low)
    with np.errstate(invalid="ignore", divide="ignore"):
        raw = weights / (np.sqrt(np.diagonal(cov, axis1=1, axis2=2)) * per_unit)
        share = raw / (raw @ model.membership)[:, model.owner]
        points = (mean - low) * per_unit
        spread = (share * per_unit)[:, :, None] * model.membership
        variance = (spread * (cov @ spread)).sum(axis=1)
        return IndexScores(
            weights=share, points=points, index=(share * points) @ model.membership, sd=np.sqrt(variance)
        )


def per_point(effect: Floats, sd: Floats) -> Floats:
    """Turn standardised effects into points of the target for one point of the source: effect x sd target / sd source.

    Parameters
    ----------
    effect
        (b, source, target) standardised effects.
    sd
        (b, constructs) standard deviations of the index scores.

    Returns
    -------
    Floats
        (b, source, target).

    Examples
    --------
    >>> per_point(np.array([[[0.0, 0.5], [0.0, 0.0]]]), np.array([[10.0, 20.0]]))[0, 0]
    array([0., 1.])
    """
    with np.errstate(invalid="ignore", divide="ignore"):
        return effect * sd[:, None, :] / sd[:, :, None]
