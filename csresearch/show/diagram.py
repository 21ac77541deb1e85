"""Words and room of a path diagram: what stands in its boxes and at its arrows, and how wide a box may be."""

from __future__ import annotations

import math

from csresearch.show.format import interval, number
from csresearch.show.layering import ranks
from csresearch.show.specs import Arrow, Diagram, Node
from csresearch.show.words import text

MOST_COLUMNS = 5


def node_lines(node: Node, spec: Diagram, language: str) -> list[str]:
    """Print index and R2 of a construct, each with its interval."""
    lines = [interval(node.value, node.low, node.high, spec.unit, language)] if math.isfinite(node.value) else []
    if math.isfinite(node.r2):
        printed = interval(node.r2, node.r2_low, node.r2_high, "r2", language)
        lines.append(text("index.r2", language, fields={"r2": printed}))
    return lines


def arrow_words(arrow: Arrow, spec: Diagram, language: str, *, short: bool = False) -> str:
    """Print a path coefficient, its interval on a line below; `short` without it."""
    if short:
        return number(arrow.value, spec.arrow_unit, language)
    return interval(arrow.value, arrow.low, arrow.high, spec.arrow_unit, language).replace(" [", "\n[")


def box_width(spec: Diagram, width: float, gap: float, *, most: float) -> float:
    """Width of the boxes in inches: columns side by side, with a gap for the labels of arrows between them."""
    layers = max(ranks(len(spec.nodes), spec.edges)) + 1
    columns = min(MOST_COLUMNS, layers)
    return min(most, (width - (columns - 1) * gap) / columns)


def largest_layer(spec: Diagram) -> int:
    """Most constructs that stand in one layer."""
    rank = ranks(len(spec.nodes), spec.edges)
    return max(rank.count(level) for level in rank)
