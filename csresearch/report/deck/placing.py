"""Where the name of a point goes in a native chart: right, left, above or below, so that names do not collide."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations, product
from typing import Literal, NamedTuple, TypeAlias

Side: TypeAlias = Literal["r", "l", "t", "b"]
_SIDES: tuple[Side, ...] = ("r", "l", "t", "b")


class Rectangle(NamedTuple):
    """Left, top, right, bottom in points."""

    left: float
    top: float
    right: float
    bottom: float

    def overlap(self, other: Rectangle) -> float:
        """Measure the shared area."""
        width = min(self.right, other.right) - max(self.left, other.left)
        height = min(self.bottom, other.bottom) - max(self.top, other.top)
        return max(0.0, width) * max(0.0, height)

    @property
    def area(self) -> float:
        """Width times height."""
        return (self.right - self.left) * (self.bottom - self.top)


def label_box(point: tuple[float, float], size: tuple[float, float], side: Side, *, gap: float) -> Rectangle:
    """Give the rectangle of a label of `size` beside a point."""
    (x, y), (width, height) = point, size
    left = {"r": x + gap, "l": x - gap - width}.get(side, x - width / 2)
    top = {"t": y - gap - height, "b": y + gap}.get(side, y - height / 2)
    return Rectangle(left, top, left + width, top + height)


def sides(
    points: Sequence[tuple[float, float]],
    sizes: Sequence[tuple[float, float]],
    *,
    frame: Rectangle,
    obstacles: Sequence[Rectangle] = (),
    lines: Sequence[Rectangle] = (),
    gap: float = 6.0,
) -> tuple[list[Side], float]:
    """Choose a side for each label.

    Parameters
    ----------
    points : sequence of (float, float)
        Centres of the markers (k), in points, y downwards.
    sizes : sequence of (float, float)
        Width and height of the labels (k).
    frame : Rectangle
        The plot; what hangs out of it counts as collision.
    obstacles : sequence of Rectangle
        Other things that must stay readable.
    lines : sequence of Rectangle
        Thin things a label should rather not cross; they steer the choice, but do not count as collision.
    gap : float
        From the centre of a marker to its label.

    Returns
    -------
    (list of Side, float)
        The sides and the colliding area that is left, in square points.

    Notes
    -----
    Coordinate descent from the best side of each label alone, repeated until nothing moves (Christensen, Marks
    and Shieber 1995 compare such schemes). Ties go to the right, so the result is the same in every run.

    Examples
    --------
    >>> sides([(50, 50), (52, 50)], [(30, 10), (30, 10)], frame=Rectangle(0, 0, 100, 100))
    (['l', 'r'], 0.0)
    """
    markers = [Rectangle(x - gap, y - gap, x + gap, y + gap) for x, y in points]
    boxes = [
        [label_box(point, size, side, gap=gap) for side in _SIDES] for point, size in zip(points, sizes, strict=True)
    ]
    hard = [
        [_outside(box, frame) + _shared(box, (*obstacles, *markers[:k], *markers[k + 1 :])) for box in row]
        for k, row in enumerate(boxes)
    ]
    # Rounded, so that a tie goes to the first side in spite of the last digits.
    fixed = [
        [round(cost + _shared(box, lines), 6) for cost, box in zip(costs, row, strict=True)]
        for costs, row in zip(hard, boxes, strict=True)
    ]
    chosen = [row.index(min(row)) for row in fixed]
    moved = True
    while moved:
        moved = False
        for k in range(len(points)):
            costs = [round(fixed[k][s] + _collision(boxes, chosen, k, s), 6) for s in range(len(_SIDES))]
            best = costs.index(min(costs))
            if costs[best] < costs[chosen[k]]:
                chosen[k], moved = best, True
    chosen = _pairs(boxes, fixed, chosen)
    total = sum(hard[k][s] + _collision(boxes, chosen, k, s) / 2 for k, s in enumerate(chosen))
    return [_SIDES[s] for s in chosen], total


def _pairs(boxes: list[list[Rectangle]], fixed: list[list[float]], chosen: list[int]) -> list[int]:
    """Move colliding labels two at a time, where no single move helps."""

    def cost(trial: list[int], *moved: int) -> float:
        return round(sum(fixed[k][trial[k]] + _collision(boxes, trial, k, trial[k]) for k in moved), 6)

    for first, second in combinations(range(len(chosen)), 2):
        if boxes[first][chosen[first]].overlap(boxes[second][chosen[second]]):
            trials = []
            for pair in product(range(len(_SIDES)), repeat=2):
                trial = [*chosen]
                trial[first], trial[second] = pair
                trials.append(trial)
            chosen = min(trials, key=lambda trial: cost(trial, first, second))
    return chosen


def _shared(box: Rectangle, things: Sequence[Rectangle]) -> float:
    return sum(box.overlap(thing) for thing in things)


def _collision(boxes: list[list[Rectangle]], chosen: list[int], k: int, side: int) -> float:
    box = boxes[k][side]
    return sum(box.overlap(boxes[other][s]) for other, s in enumerate(chosen) if other != k)


def _outside(box: Rectangle, frame: Rectangle) -> float:
    return box.area - box.overlap(frame)
