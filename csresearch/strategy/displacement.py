"""Displacement: moves of some constructs run through the paths, overlap counted once; plain arithmetic on arrays."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from csresearch.inference.moments import Array

TOP = 100.0  # of a score in points


def displaced(slopes: Array, moves: Array, *, paths: Sequence[tuple[int, int]], current: Array) -> Array:
    """Displacement of every node when some are moved: through the paths, in causal order, overlap counted once.

    What already arrives at a node from upstream counts towards its own move: the node goes as far as the larger of
    the two (the smaller, where it is moved down). No node leaves 0 to 100.

    Parameters
    ----------
    slopes : array, shape (b, p)
        Points of the target of each path for a point of its source.
    moves : array, shape (n,) or (b, n)
        Points that each node is moved by itself; 0 where it is not.
    paths : sequence of (source, target)
        Positions of nodes; a source stands before its target.
    current : array, shape (n,) or (b, n)
        Points where each node stands.

    Returns
    -------
    array, shape (b, n)
        NaN where a slope is.

    Examples
    --------
    A move of 5 of the first node carries 2.5 to the second: of its own 4 points only 1.5 are still to be moved.

    >>> paths, slopes = ((0, 1), (0, 2), (1, 2)), np.array([[0.5, 0.2, 0.5]])
    >>> displaced(slopes, np.array([5.0, 4.0, 0.0]), paths=paths, current=np.array([60.0, 70.0, 50.0])).tolist()
    [[5.0, 4.0, 3.0]]
    """
    own, level = np.atleast_2d(moves), np.atleast_2d(current)
    low, high = -np.maximum(level, 0), np.maximum(TOP - level, 0)
    found = np.array(np.broadcast_to(np.clip(own, low, high), (len(slopes), own.shape[1])))
    for node in sorted({target for _, target in paths}):
        into = [column for column, (_, target) in enumerate(paths) if target == node]
        arrived = (slopes[:, into] * found[:, [paths[column][0] for column in into]]).sum(axis=1)
        asked = own[:, node]
        further = np.where(
            asked > 0, np.maximum(arrived, asked), np.where(asked < 0, np.minimum(arrived, asked), arrived)
        )
        found[:, node] = np.clip(further, low[:, node], high[:, node])
    return found
