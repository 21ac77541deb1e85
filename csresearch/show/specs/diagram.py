"""The path diagram: constructs with their numbers, and arrows between them."""

from __future__ import annotations

import math
from dataclasses import dataclass

from csresearch.show.specs.axis import Unit


@dataclass(frozen=True, kw_only=True)
class Node:
    """A construct: its index and R2 with their intervals (NaN: none), and its items with their weights, if shown."""

    label: str
    value: float
    low: float = math.nan
    high: float = math.nan
    r2: float = math.nan
    r2_low: float = math.nan
    r2_high: float = math.nan
    items: tuple[tuple[str, float], ...] = ()


@dataclass(frozen=True, kw_only=True)
class Arrow:
    """A path between two nodes by their places, with its coefficient and interval."""

    source: int
    target: int
    value: float
    low: float = math.nan
    high: float = math.nan

    @property
    def unsure(self) -> bool:
        """Whether the interval holds zero."""
        return self.low <= 0 <= self.high


@dataclass(frozen=True, kw_only=True)
class Diagram:
    """Constructs and the paths between them, from causes to effects.

    Parameters
    ----------
    nodes : tuple of Node
        The constructs; their names differ.
    arrows : tuple of Arrow
        The paths; no circles.
    unit, arrow_unit : Unit
        How indices and paths are read.
    caption : str
        What the numbers are.

    Raises
    ------
    ValueError
        An arrow without its nodes, a node named twice, a circle.

    Examples
    --------
    >>> nodes = (Node(label="Quality", value=74.0), Node(label="Satisfaction", value=72.5, r2=0.6))
    >>> spec = Diagram(nodes=nodes, arrows=(Arrow(source=0, target=1, value=0.8, low=0.7, high=0.9),), caption="Index")
    >>> spec.edges, spec.arrows[0].unsure
    (((0, 1),), False)
    """

    nodes: tuple[Node, ...]
    arrows: tuple[Arrow, ...]
    caption: str
    unit: Unit = "points"
    arrow_unit: Unit = "sd"

    def __post_init__(self) -> None:
        labels = [node.label for node in self.nodes]
        if twice := sorted({label for label in labels if labels.count(label) > 1}):
            raise ValueError(f"Diagram: {', '.join(twice)} stands twice")
        outside = [edge for edge in self.edges if not all(0 <= end < len(labels) for end in edge)]
        if outside:
            raise ValueError(f"Diagram: arrows {outside} have no node; nodes are 0 to {len(labels) - 1}")
        left = set(self.edges)
        while sources := {k for k in range(len(labels)) if k in {s for s, _ in left} - {t for _, t in left}}:
            left = {edge for edge in left if edge[0] not in sources}
        if left:
            raise ValueError(f"Diagram: arrows run in a circle: {sorted(left)}")

    @property
    def edges(self) -> tuple[tuple[int, int], ...]:
        """Source and target of every arrow."""
        return tuple((arrow.source, arrow.target) for arrow in self.arrows)
