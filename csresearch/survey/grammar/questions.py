"""What was asked: scales, items, constructs, attributes and facets, and the roles that they play."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from csresearch.survey.grammar.entries import Kind, Labelled, Names, Span, Table, Text


class ScaleTable(Table):
    """[scales] name: either the theoretical ends, or the options (coded 1, 2, ...) from low to high.

    Options without an order, such as yes and no, say `ordered = false`: shares are given of them, no means. Those of
    the Kano facet have none.
    """

    ends: Span | None = None
    options: Names | None = None
    ordered: bool = True
    missing: dict[str, Kind] = Field(default_factory=dict)


class ItemTable(Labelled):
    """[items] column."""

    scale: Text | None = None
    reversed: bool = False


class ConstructTable(Labelled):
    """[constructs] name."""

    items: Names


class AttributeTable(Labelled):
    """[attributes] name."""

    system: Text | None = None
    stage: Text | None = None


class FacetTable(Table):
    """[facets] name: one question asked of many attributes."""

    column: Text | None = None
    columns: Names | None = None
    scale: Text | None = None
    asked: Literal["before", "after"] | None = None
    of: Names | None = None


class Facets(Table):
    """[facets]: what is asked about an attribute; desired and adequate are the edges of the zone of tolerance."""

    performance: FacetTable | None = None
    expectation: FacetTable | None = None
    desired: FacetTable | None = None
    adequate: FacetTable | None = None
    disconfirmation: FacetTable | None = None
    importance: FacetTable | None = None
    kano: FacetTable | None = None

    @property
    def named(self) -> dict[str, FacetTable]:
        """Facets of this study."""
        return self.given


class Expectation(Table):
    """[roles] expectation: the term, and whether it was asked before the experience or recalled after it."""

    shorthand = "a table { term = 'expectation', asked = 'before' }"
    term: Text
    asked: Literal["before", "after"]


class Effort(Table):
    """[roles] effort: 1 asks how much effort it took (1 to 5, low is good), 2 whether it was made easy (1 to 7)."""

    shorthand = "a table { term = 'effort', version = 2 }"
    term: Text
    version: Literal[1, 2]


class Roles(Table):
    """[roles]: what a model uses when it is not told."""

    outcome: Text | None = None
    expectation: Expectation | None = None
    performance: Text | None = None
    disconfirmation: Text | None = None
    drivers: Names | None = None
    recommend: Text | None = None
    effort: Effort | None = None

    @property
    def single(self) -> dict[str, str]:
        """Roles that one term plays: key -> term, of those that are given."""
        expected = self.expectation.term if self.expectation else None
        named = {"outcome": self.outcome, "expectation.term": expected, "performance": self.performance}
        named |= {"disconfirmation": self.disconfirmation, "recommend": self.recommend}
        named |= {"effort.term": self.effort.term if self.effort else None}
        return {key: term for key, term in named.items() if term}
