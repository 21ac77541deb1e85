"""Questions of a study: scales, items, constructs, attributes and facets, as a study holds them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt


@dataclass(frozen=True, kw_only=True)
class Scale:
    """A scale: theoretical ends, options in words (coded 1, 2, ...), codes of missing answers by kind.

    Options that are not `ordered` have no means, only shares.
    """

    name: str
    ends: tuple[float, float]
    options: tuple[str, ...] = ()
    ordered: bool = True
    missing: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Item:
    """One question: a column of the file, from [items] or made by a facet of an attribute."""

    column: str
    scale: Scale
    reversed: bool = False
    labels: Mapping[str, str] = field(default_factory=dict)
    attribute: str | None = None
    facet: str | None = None

    def turned(self, values: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        """Turn the answers to a reversed item, low + high - x; the others stay as they are."""
        low, high = self.scale.ends
        return low + high - values if self.reversed else values


@dataclass(frozen=True, kw_only=True)
class Construct:
    """A name for several items."""

    name: str
    items: tuple[str, ...]
    labels: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Attribute:
    """A side of the product or service that facets ask about."""

    name: str
    labels: Mapping[str, str] = field(default_factory=dict)
    system: str | None = None
    stage: str | None = None


@dataclass(frozen=True, kw_only=True)
class Facet:
    """A question asked of many attributes; {} in a pattern is the attribute's key."""

    name: str
    patterns: tuple[str, ...]
    scale: Scale
    attributes: tuple[str, ...]
    asked: str | None = None


@dataclass(frozen=True, kw_only=True)
class Multiple:
    """A question with several answers: one column an option, or one column of answers joined by a delimiter."""

    name: str
    options: tuple[str, ...]
    columns: Mapping[str, str] = field(default_factory=dict)
    column: str | None = None
    delimiter: str | None = None
    labels: Mapping[str, str] = field(default_factory=dict)

    @property
    def headers(self) -> tuple[str, ...]:
        """Headers of the columns that it stands in."""
        return tuple(self.columns.values()) if self.column is None else (self.column,)
