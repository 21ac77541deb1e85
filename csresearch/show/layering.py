"""Layout of a path diagram: boxes in layers from causes to effects, straight arrows that miss them, labels apart.

Layers are those of the longest path from a source, folded into as many columns as the width allows; within the columns
the places are searched that have the fewest crossings and the shortest arrows. Everything is deterministic.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations, pairwise
from math import inf
from typing import NamedTuple

LEVELS = 9  # heights at which a box may stand
HIT, CROSSING, TOUCH = 40.0, 3.0, 60.0  # what counts how much, beside lengths in heights of the canvas
SHARES = (0.5, *(round(0.5 + side * step / 20, 2) for step in range(1, 8) for side in (-1, 1)))
"""Of an arrow: where its label may stand, from the middle outwards."""
FOLDINGS, SWEEPS, GAIN = 3, 10, 0.01  # foldings tried, rounds of moves, and what a move has to gain
AIR, CLOSE = 0.04, 0.14  # inches that arrows and boxes keep from boxes
TOP, LEFT, BOTTOM, RIGHT = range(4)


class Box(NamedTuple):
    """A rectangle by its middle, in inches; y runs downwards."""

    x: float
    y: float
    width: float
    height: float

    def side(self, side: int) -> tuple[float, float]:
        """Middle of a side: top, left, bottom or right."""
        return (
            self.x + self.width / 2 * {LEFT: -1, RIGHT: 1}.get(side, 0),
            self.y + self.height / 2 * {TOP: -1, BOTTOM: 1}.get(side, 0),
        )

    def overlap(self, other: Box, *, air: float = 0.0) -> float:
        """Shared area, each side `air` wider."""
        wide = (self.width + other.width) / 2 + air - abs(self.x - other.x)
        high = (self.height + other.height) / 2 + air - abs(self.y - other.y)
        return wide * high if wide > 0 and high > 0 else 0.0


@dataclass(frozen=True, kw_only=True)
class Link:
    """A straight arrow: the sides at which it is fixed, its ends, and the middle of its label."""

    sides: tuple[int, int]
    start: tuple[float, float]
    end: tuple[float, float]
    label: tuple[float, float]


@dataclass(frozen=True, kw_only=True)
class Layout:
    """Boxes in the order of the nodes, links in that of the edges."""

    boxes: tuple[Box, ...]
    links: tuple[Link, ...]


def ranks(count: int, edges: Sequence[tuple[int, int]]) -> list[int]:
    """Longest path from a source to each node.

    Examples
    --------
    >>> ranks(3, [(0, 1), (1, 2), (0, 2)])
    [0, 1, 2]
    """
    found = [0] * count
    for _ in range(count):
        for source, target in edges:
            found[target] = max(found[target], found[source] + 1)
    return found


@lru_cache(maxsize=64)
def layered(
    sizes: tuple[tuple[float, float], ...],
    edges: tuple[tuple[int, int], ...],
    *,
    width: float,
    height: float,
    label: tuple[float, float],
) -> Layout:
    """Place boxes, arrows and labels on a canvas.

    Parameters
    ----------
    sizes : tuple of (float, float)
        Width and height of each box in inches.
    edges : tuple of (int, int)
        Source and target of each arrow; no circles.
    width, height : float
        The canvas in inches.
    label : (float, float)
        Width and height of the label of an arrow.

    Returns
    -------
    Layout

    Notes
    -----
    Layers as Sugiyama, Tagawa and Toda (1981); places by descent over a grid of heights, from the barycentres.

    Examples
    --------
    >>> found = layered(((1.0, 0.5),) * 2, ((0, 1),), width=6.0, height=1.2, label=(0.6, 0.3))
    >>> [box.x for box in found.boxes], found.links[0].sides
    ([0.5, 5.5], (3, 1))
    """
    best: tuple[float, list[Box]] | None = None
    for columns in _foldings(sizes, edges, width, height, label):
        boxes = _start(columns, sizes, edges, width, height)
        cost, boxes = _descend(boxes, edges, height, label[1])
        if best is None or cost < best[0] - 1e-9:
            best = cost, boxes
    boxes = _centred(best[1], height) if best else []
    ends = [_ends(boxes, edge) for edge in edges]
    places = _label_places([pair[1] for pair in ends], boxes, label)
    links = [
        Link(sides=sides, start=line[0], end=line[1], label=place)
        for (sides, line), place in zip(ends, places, strict=True)
    ]
    return Layout(boxes=tuple(boxes), links=tuple(links))


def _foldings(
    sizes: tuple[tuple[float, float], ...],
    edges: tuple[tuple[int, int], ...],
    width: float,
    height: float,
    label: tuple[float, float],
) -> list[list[list[int]]]:
    """Fold the layers, in their order, into columns that fit the canvas; the likeliest few."""
    rank = ranks(len(sizes), edges)
    layers = [[k for k, r in enumerate(rank) if r == level] for level in range(max(rank, default=0) + 1)]
    found: list[tuple[tuple[float, ...], list[list[int]]]] = []
    for count in range(1, len(layers) + 1):
        for cuts in combinations(range(1, len(layers)), count - 1):
            columns = [[k for layer in layers[a:b] for k in layer] for a, b in pairwise((0, *cuts, len(layers)))]
            wide = sum(max(sizes[k][0] for k in c) for c in columns) + (count - 1) * (label[0] + 0.2)
            within = [sum(s in c and t in c for s, t in edges) for c in columns]
            air = [CLOSE * (len(c) - 1) + (label[1] + 0.2) * n for c, n in zip(columns, within, strict=True)]
            high = max(sum(sizes[k][1] for k in c) + a for c, a in zip(columns, air, strict=True))
            inside = sum(within)
            key = (max(0.0, wide - width) + max(0.0, high - height), inside + 0.5 * max(map(len, columns)))
            found.append((key, columns))
    return [columns for _, columns in sorted(found, key=lambda pair: pair[0])[:FOLDINGS]]


def _start(
    columns: list[list[int]], sizes: tuple[tuple[float, float], ...], edges: tuple[tuple[int, int], ...],
    width: float, height: float,
) -> list[Box]:  # fmt: skip
    """Spread each column over the height, in the order of its neighbours' mean height in the column before."""
    widest = [max(sizes[k][0] for k in column) for column in columns]
    free = (width - sum(widest)) / max(1, len(columns) - 1)
    places: dict[int, Box] = {}
    left = 0.0 if len(columns) > 1 else (width - widest[0]) / 2
    for column, wide in zip(columns, widest, strict=True):
        before = {k: [places[s].y for s, t in edges if t == k and s in places] for k in column}
        order = sorted(column, key=lambda k: (sum(before[k]) / len(before[k]) if before[k] else height / 2, k))
        for row, k in enumerate(order):
            places[k] = Box(left + wide / 2, height * (row + 0.5) / len(order), *sizes[k])
        left += wide + free
    return [places[k] for k in range(len(sizes))]


def _descend(
    boxes: list[Box], edges: tuple[tuple[int, int], ...], height: float, label: float
) -> tuple[float, list[Box]]:
    """Move one box, or change two of a column, as long as that helps: to a height, beside another, across a gap."""
    boxes = list(boxes)
    for _ in range(SWEEPS):
        moved = False
        for k, box in enumerate(boxes):
            trials = [{k: box._replace(y=y)} for y in _heights(boxes, k, height)]
            trials += [
                {k: box._replace(y=other.y), j: other._replace(y=box.y)}
                for j, other in enumerate(boxes)
                if j > k and abs(other.x - box.x) < 1e-9
            ]
            now: float | None = None
            for trial in trials:
                new = [trial.get(j, old) for j, old in enumerate(boxes)]
                if len(trial) > 1 or now is None:
                    now = _cost(boxes, edges, height, label, of=tuple(trial))
                if (found := _cost(new, edges, height, label, of=tuple(trial), limit=now - GAIN)) < now - GAIN:
                    boxes, now, moved = new, found, True
        if not moved:
            break
    return _cost(boxes, edges, height, label, of=tuple(range(len(boxes)))), boxes


def _heights(boxes: list[Box], k: int, height: float) -> list[float]:
    """List where a box may stand: a grid, close by the others of its column, and across the gaps of all columns."""
    own = boxes[k]
    low, high = own.height / 2, height - own.height / 2
    found = [low + (high - low) * step / (LEVELS - 1) for step in range(LEVELS)]
    for column in {box.x for box in boxes}:
        others = sorted((box for j, box in enumerate(boxes) if box.x == column and j != k), key=lambda box: box.y)
        found += [(a.y + a.height / 2 + b.y - b.height / 2) / 2 for a, b in pairwise(others)]
        if column == own.x:
            found += [b.y + side * ((b.height + own.height) / 2 + CLOSE) for b in others for side in (-1, 1)]
    return [y for y in found if low - 1e-9 <= y <= high + 1e-9]


def _centred(boxes: list[Box], height: float) -> list[Box]:
    """Move all boxes to the middle of the height."""
    ends = [box.y + side * box.height / 2 for box in boxes for side in (-1, 1)]
    step = height / 2 - (min(ends) + max(ends)) / 2
    return [box._replace(y=box.y + step) for box in boxes]


def _cost(
    boxes: list[Box], edges: tuple[tuple[int, int], ...], height: float, label: float, *, of: tuple[int, ...],
    limit: float = inf,
) -> float:  # fmt: skip
    """Count what some boxes and their arrows cost: overlaps, hits, crossings, lengths, no room for a label.

    Above `limit` it stops: what costs too much already need not be added up.
    """
    cost = 0.0
    for k in of:
        for j, other in enumerate(boxes):
            if j != k and (area := boxes[k].overlap(other, air=CLOSE / 2 - 0.01)) > 0:
                cost += TOUCH * (0.1 + area)
    if cost > limit:
        return cost
    lines = [_ends(boxes, edge)[1] for edge in edges]
    own = [e for e, edge in enumerate(edges) if edge[0] in of or edge[1] in of]
    for e, (line, edge) in enumerate(zip(lines, edges, strict=True)):
        others = range(len(boxes)) if e in own else of
        cost += HIT * sum(_hits(line, boxes[k]) for k in others if k not in edge)
        if cost > limit:
            return cost
    for e in own:
        (x0, y0), (x1, y1) = lines[e]
        cost += (abs(y1 - y0) * 0.4 + abs(x1 - x0) * 0.2) / height
        if x0 == x1:
            cost += 8 * max(0.0, label + 0.3 - abs(y1 - y0))
        cost += CROSSING * sum(_cross(lines[e], line) for j, line in enumerate(lines) if j > e or j not in own)
    return cost


Line = tuple[tuple[float, float], tuple[float, float]]


def _ends(boxes: list[Box], edge: tuple[int, int]) -> tuple[tuple[int, int], Line]:
    """Choose the sides at which an arrow is fixed: facing ones."""
    a, b = boxes[edge[0]], boxes[edge[1]]
    if abs(a.x - b.x) < (a.width + b.width) / 2:  # in one column
        sides = (BOTTOM, TOP) if a.y < b.y else (TOP, BOTTOM)
    else:
        sides = (RIGHT, LEFT) if a.x < b.x else (LEFT, RIGHT)
    return sides, (a.side(sides[0]), b.side(sides[1]))


def _hits(line: Line, box: Box) -> bool:
    """Tell whether a segment runs through a box (Liang and Barsky, 1984)."""
    (x0, y0), (x1, y1) = line
    reach_x, reach_y = box.width / 2 + AIR, box.height / 2 + AIR
    if max(x0, x1) < box.x - reach_x or min(x0, x1) > box.x + reach_x:
        return False
    if max(y0, y1) < box.y - reach_y or min(y0, y1) > box.y + reach_y:
        return False
    low, high = 0.0, 1.0
    for start, step, middle, half in (
        (x0, x1 - x0, box.x, reach_x),
        (y0, y1 - y0, box.y, reach_y),
    ):
        if abs(step) < 1e-12:
            if abs(start - middle) > half:
                return False
            continue
        near, far = sorted(((middle - half - start) / step, (middle + half - start) / step))
        low, high = max(low, near), min(high, far)
        if low >= high:
            return False
    return True


def _cross(first: Line, second: Line) -> bool:
    """Tell whether two segments cross inside; those that share an end do not."""
    ((ax, ay), (bx, by)), ((cx, cy), (dx, dy)) = first, second
    if min(ax, bx) > max(cx, dx) or min(cx, dx) > max(ax, bx):
        return False
    if first[0] in second or first[1] in second:
        return False
    abx, aby, cdx, cdy = bx - ax, by - ay, dx - cx, dy - cy
    one = (abx * (cy - ay) - aby * (cx - ax)) * (abx * (dy - ay) - aby * (dx - ax))
    other = (cdx * (ay - cy) - cdy * (ax - cx)) * (cdx * (by - cy) - cdy * (bx - cx))
    return one < 0 and other < 0


def _label_places(lines: list[Line], boxes: list[Box], size: tuple[float, float]) -> list[tuple[float, float]]:
    """Choose for each label the place on its arrow that collides least, in turns until nothing moves."""
    spots = [[(x0 + s * (x1 - x0), y0 + s * (y1 - y0)) for s in SHARES] for (x0, y0), (x1, y1) in lines]
    fixed = [
        [
            30 * sum(Box(*spot, *size).overlap(box, air=AIR) for box in boxes)
            + 0.03 * sum(_hits(line, Box(*spot, *size)) for j, line in enumerate(lines) if j != k)
            + 0.002 * order
            for order, spot in enumerate(row)
        ]
        for k, row in enumerate(spots)
    ]
    chosen = [row.index(min(row)) for row in fixed]
    for _ in range(len(lines)):
        before = list(chosen)
        for k, row in enumerate(spots):
            others = [Box(*spots[j][c], *size) for j, c in enumerate(chosen) if j != k]
            costs = [
                fixed[k][s] + 30 * sum(Box(*spot, *size).overlap(other, air=AIR) for other in others)
                for s, spot in enumerate(row)
            ]
            chosen[k] = costs.index(min(costs))
        if chosen == before:
            break
    return [spots[k][s] for k, s in enumerate(chosen)]
