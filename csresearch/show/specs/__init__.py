"""What can be shown, as data: a spec holds numbers and names; `charts`, the deck and the page draw it."""

from __future__ import annotations

from typing import TypeAlias

from csresearch.show.specs.axis import Align, Scale, Unit, scale
from csresearch.show.specs.board import Board
from csresearch.show.specs.diagram import Arrow, Diagram, Node
from csresearch.show.specs.dots import Dots
from csresearch.show.specs.drawings import Bars, Grid
from csresearch.show.specs.funnel import Funnel
from csresearch.show.specs.lines import Curve, Lines, spread
from csresearch.show.specs.panels import Action, BigNumber, Cards, Headlines, Section, TableSpec, Text
from csresearch.show.specs.surface import Surface
from csresearch.show.specs.swings import Swings

Drawing: TypeAlias = Bars | Grid | Lines | Surface | Diagram | Swings | Dots | Funnel
Chart: TypeAlias = Drawing | Headlines | TableSpec | Cards | Text | Board

__all__ = [
    "Action", "Align", "Arrow", "Bars", "BigNumber", "Board", "Cards", "Chart", "Curve", "Diagram", "Dots", "Drawing",
    "Funnel", "Grid", "Headlines", "Lines", "Node", "Scale", "Section", "Surface", "Swings", "TableSpec", "Text",
    "Unit", "scale", "spread",
]  # fmt: skip
