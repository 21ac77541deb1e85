"""Response surface of a quadratic in two predictors: slopes and curvatures along its lines, its stationary point.

The surface is `z = b0 + b1 x + b2 y + b3 x^2 + b4 x y + b5 y^2`, x what was expected and y what was got, both centred
at the middle of their scale. All functions are batch first and take complex numbers, so that a derivative is one step.
"""

from __future__ import annotations

import numpy as np
from scipy.spatial import ConvexHull

from csresearch.inference.moments import AnyArray, Array, BoolArray

SURFACE = ("a1", "a2", "a3", "a4", "a5", "x0", "y0", "p10", "p11", "p20", "p21")
FLAT = 1e-8  # of what it is the difference of: a determinant at or below it is rounding
EDGE = 1e-9  # of the width of the answers: a point so near to the hull lies on it


def surface(slopes: AnyArray) -> AnyArray:
    """Numbers of a response surface, in the order of `SURFACE`.

    Parameters
    ----------
    slopes : array (..., 5)
        b1 to b5: points of the outcome per point of x, y, x^2, x y, y^2.

    Returns
    -------
    array (..., 11)
        a1, a2: slope and curvature where both are equal (x = y); a3, a4: where they are opposite (x = -y); a5 =
        b3 - b5; stationary point x0, y0; principal axes y = p10 + p11 x and y = p20 + p21 x. NaN where a surface has
        no such point or axis, see `missing_because`.

    Notes
    -----
    Edwards and Parry (1993), Academy of Management Journal 36(6), equations 6 to 14.

    Examples
    --------
    >>> surface(np.array([1.0, 2.0, -1.0, 1.0, -1.0])).round(3).tolist()
    [3.0, -1.0, -1.0, -3.0, 0.0, 1.333, 1.667, 0.333, 1.0, 3.0, -1.0]
    """
    b1, b2, b3, b4, b5 = np.moveaxis(np.asarray(slopes), -1, 0)
    determinant = 4 * b3 * b5 - b4**2
    ridge, untwisted = _degenerate(slopes)
    with np.errstate(invalid="ignore", divide="ignore"):
        safe = np.where(ridge, np.nan, determinant)
        x0 = (b2 * b4 - 2 * b1 * b5) / safe
        y0 = (b1 * b4 - 2 * b2 * b3) / safe
        root = np.sqrt((b3 - b5) ** 2 + b4**2)
        twist = np.where(untwisted, np.nan, b4)
        p11, p21 = (b5 - b3 + root) / twist, (b5 - b3 - root) / twist
    return np.stack(
        [b1 + b2, b3 + b4 + b5, b1 - b2, b3 - b4 + b5, b3 - b5, x0, y0, y0 - p11 * x0, p11, y0 - p21 * x0, p21],
        axis=-1,
    )


def missing_because(slopes: Array) -> dict[str, str]:
    """Say why numbers of one surface are not defined, by their name; shape (5,).

    Examples
    --------
    >>> missing_because(np.array([1.0, 1.0, 0.0, 0.0, 0.0]))["p11"]
    'no interaction (b4 = 0): the axes run along the scales'
    """
    ridge, untwisted = (bool(part) for part in _degenerate(slopes))
    reasons: dict[str, str] = {}
    if untwisted:
        reasons |= dict.fromkeys(SURFACE[7:], "no interaction (b4 = 0): the axes run along the scales")
    if ridge:
        words = "no stationary point: 4 b3 b5 - b4^2 is 0, the surface is a plane or a ridge"
        reasons |= dict.fromkeys(("x0", "y0", "p10", "p20"), words)
    return reasons


def _degenerate(slopes: AnyArray) -> tuple[BoolArray, BoolArray]:
    """Tell surfaces without a stationary point, and those without an interaction."""
    b3, b4, b5 = np.moveaxis(np.asarray(slopes).real, -1, 0)[2:]
    product, square = 4 * b3 * b5, b4**2
    ridge = ~(np.abs(product - square) > FLAT * (np.abs(product) + square))
    return np.asarray(ridge), np.asarray(~(square > FLAT**2 * (b3**2 + b5**2)) | (b4 == 0))


def predicted(coefficients: AnyArray, x: Array, y: Array) -> AnyArray:
    """Height of the surface at m points.

    Parameters
    ----------
    coefficients : array (..., 6)
        b0 to b5.
    x, y : array (m,)
        Centred as the coefficients are.

    Returns
    -------
    array (..., m)

    Examples
    --------
    >>> predicted(np.array([1.0, 2.0, 0.0, 0.0, 1.0, 0.0]), np.array([0.0, 1.0]), np.array([0.0, 2.0])).tolist()
    [1.0, 5.0]
    """
    terms = np.stack([np.ones(len(x)), x, y, x**2, x * y, y**2])
    return np.asarray(np.asarray(coefficients) @ terms)


def hull(x: Array, y: Array) -> Array:
    """Corners of the smallest convex region that holds all points, shape (h, 2), counter-clockwise.

    Points on one line have a hull of their two ends.

    Examples
    --------
    >>> hull(np.array([0.0, 2.0, 0.0, 0.5]), np.array([0.0, 0.0, 2.0, 0.5])).tolist()
    [[0.0, 0.0], [2.0, 0.0], [0.0, 2.0]]
    """
    points = np.unique(np.column_stack([x, y]), axis=0)
    if np.linalg.matrix_rank(points - points[0]) < 2:
        return np.asarray(points[[0, -1]])
    corners = points[ConvexHull(points).vertices]
    start = int(np.lexsort((corners[:, 1], corners[:, 0]))[0])
    return np.asarray(np.roll(corners, -start, axis=0))


def inside(corners: Array, x: Array, y: Array) -> BoolArray:
    """Tell which points lie inside a hull or on its edge, shape (m,); NaN lie outside.

    Examples
    --------
    >>> triangle = np.array([[0.0, 0.0], [2.0, 0.0], [0.0, 2.0]])
    >>> inside(triangle, np.array([1.0, 2.0]), np.array([1.0, 2.0])).tolist()
    [True, False]
    """
    points = np.column_stack([x, y])
    side = np.roll(corners, -1, axis=0) - corners
    away = points[:, None, :] - corners
    cross = side[:, 0] * away[..., 1] - side[:, 1] * away[..., 0]
    reach = np.ptp(corners, axis=0).max() ** 2
    within = (cross >= -EDGE * reach).all(axis=1)
    if len(corners) < 3:  # a line: the cross products say that a point lies on it, not that it lies between its ends
        low, high = corners.min(axis=0), corners.max(axis=0)
        within &= ((points >= low) & (points <= high)).all(axis=1)
    return np.asarray(within)
