"""From the correlations of constructs to paths, effects, the 0-100 index and importance-performance.

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
    f2
        (b, paths) share of explained variance lost when the source is dropped, over the unexplained share, the scores
        being kept (Cohen 1988, eq. 9.2.1); programs that estimate the whole model anew get slightly other numbers.
    vif
        (b, paths) variance inflation of the source among the sources of its target.
    """

    paths: Floats
    r2: Floats
    f2: Floats
    vif: Floats


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
    paths, f2, vif = np.empty((3, len(model.paths), batch))
    r2 = np.full((len(model.names), batch), np.nan)
    with np.errstate(invalid="ignore", divide="ignore"):
        for target in model.order:
            if not (sources := list(model.sources(target))):
                continue
            rows = [model.paths.index((source, target)) for source in sources]
            among, along = corr[np.ix_(sources, sources)], corr[sources, target]
            unit = np.broadcast_to(np.eye(len(sources))[:, :, None], among.shape)
            solved = solve_batch(among, np.concatenate([along[:, None], unit], axis=1))
            paths[rows] = solved[:, 0]
            vif[rows] = np.moveaxis(np.diagonal(solved[:, 1:]), -1, 0)
            r2[target] = (solved[:, 0] * along).sum(axis=0)
            f2[rows] = paths[rows] ** 2 / vif[rows] / (1 - r2[target])
    return Structure(paths=paths.T, r2=r2.T, f2=f2.T, vif=vif.T)


def adjusted_r2(model: PathModel, r2: Floats, n_obs: float | Floats) -> Floats:
    """Adjust R2 for the number of sources: 1 - (1 - R2)(n - 1)/(n - k - 1).

    Parameters
    ----------
    model
        The path model.
    r2
        (b, constructs) as in `Structure`.
    n_obs
        Respondents behind the correlations, one number or (b,).

    Returns
    -------
    Floats
        (b, constructs); NaN where no respondents are left over.

    Examples
    --------
    >>> model = PathModel(blocks=((0,), (1,)), names=("quality", "loyalty"), paths=((0, 1),), modes=("A", "A"))
    >>> adjusted_r2(model, np.array([[np.nan, 0.5]]), 101)
    array([[       nan, 0.49494949]])
    """
    count = np.asarray(n_obs, dtype=np.float64)[..., None]
    left = count - np.array([len(model.sources(k)) for k in range(len(model.names))]) - 1
    return 1 - (1 - r2) * (count - 1) / np.where(left > 0, left, np.nan)


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


@dataclass(frozen=True, kw_only=True)
class ImportancePerformance:
    """Importance for one target (points of its index per point) and performance (0-100), of constructs and of items.

    Attributes
    ----------
    importance, performance
        (b, constructs) unstandardised total effect on the target, 0 for the target itself, and index.
    item_importance, item_performance
        (b, q) effect of the item through its construct, for items of the target their weight, and mean in points.
    """

    importance: Floats
    performance: Floats
    item_importance: Floats
    item_performance: Floats


def importance_performance(model: PathModel, total: Floats, scores: IndexScores, target: int) -> ImportancePerformance:
    """Set importance against performance, both on 0-100 scores (Ringle & Sarstedt 2016).

    Parameters
    ----------
    model
        The path model.
    total
        (b, source, target) standardised total effects.
    scores
        The 0-100 index of the same elements.
    target
        Position of the construct to be raised.

    Returns
    -------
    ImportancePerformance
        Importance is the slope of the target's 0-100 score, so that it can be multiplied with points gained.

    Raises
    ------
    ValueError
        `target` is no construct of the model.

    Examples
    --------
    >>> model = PathModel(blocks=((0, 1), (2,)), names=("quality", "loyalty"), paths=((0, 1),), modes=("A", "A"))
    >>> mean, cov, ends = np.array([[3.0, 8.0, 5.0]]), np.eye(3)[None], (np.zeros(3), np.full(3, 10.0))
    >>> scores = index_scores(model, np.ones((1, 3)), mean, cov, *ends)
    >>> found = importance_performance(model, np.array([[[0.0, 0.5], [0.0, 0.0]]]), scores, target=1)
    >>> found.importance.round(4), found.item_importance.round(4)
    (array([[0.7071, 0.    ]]), array([[0.3536, 0.3536, 1.    ]]))
    """
    if not 0 <= target < len(model.names):
        raise ValueError(f"target: found {target}, constructs are 0 to {len(model.names) - 1}")
    importance = per_point(total, scores.sd)[:, :, target]
    reach = importance + (np.arange(len(model.names)) == target)
    return ImportancePerformance(
        importance=importance,
        performance=scores.index,
        item_importance=scores.weights * reach[:, model.owner],
        item_performance=scores.points,
    )
