"""The grammar of study.toml: which tables and keys there are and what may stand behind them.

Each table of the file is a class here, each key a field. What one table alone can tell is checked here;
what needs two tables (a path naming a construct) is checked in `coherence.py`.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Literal

from pydantic import AfterValidator, ConfigDict, Field, PlainValidator

from csresearch.survey.entries import (
    Kind,
    Labelled,
    LayoutName,
    Missing,
    Names,
    Number,
    Screening,
    Span,
    Table,
    Text,
)

VERSION = 1



def _whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value > 0


def _population(value: object) -> object:
    """Accept one whole number, or one for each stratum."""
    counts = list(value.values()) if isinstance(value, dict) and value else [value]
    if all(_whole(count) for count in counts):
        return value
    raise ValueError("a whole number above 0, or a table { stratum = number }")


def _master(value: str | None) -> str | None:
    if value is None or value.lower().endswith((".pptx", ".potx")):
        return value
    raise ValueError("a file of PowerPoint, .pptx or .potx")


class Data(Table):
    """[data]: where the answers lie and how gaps and careless answers are dealt with."""

    file: Text
    sha256: Annotated[str | None, Field(pattern="^[0-9a-fA-F]{64}$")] = None
    id: Text | None = None
    duration: Text | None = None
    missing: Missing = "raise"
    screening: Screening = Screening()


class ScaleTable(Table):
    """[scales] name: either the theoretical ends, or the options in order (coded 1, 2, ...)."""

    ends: Span | None = None
    options: Names | None = None
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


class Roles(Table):
    """[roles]: what a model uses when it is not told."""

    outcome: Text | None = None
    expectation: Expectation | None = None
    performance: Text | None = None
    disconfirmation: Text | None = None
    drivers: Names | None = None
    recommend: Text | None = None

    @property
    def single(self) -> dict[str, str]:
        """Roles that one term plays: key -> term, of those that are given."""
        expected = self.expectation.term if self.expectation else None
        named = {"outcome": self.outcome, "expectation.term": expected, "performance": self.performance}
        named |= {"disconfirmation": self.disconfirmation, "recommend": self.recommend}
        return {key: term for key, term in named.items() if term}


class Design(Table):
    """[design]: how the respondents were drawn."""

    weight: Text | None = None
    strata: Text | None = None
    clusters: Text | None = None
    outlet: Text | None = None
    outlets: Literal["sampled", "all"] | None = None
    population_clusters: Annotated[int | dict[str, int] | None, PlainValidator(_population)] = None

    @property
    def drawn(self) -> tuple[str | None, str | None]:
        """Columns of strata and clusters: outlets are strata where all were asked, else clusters."""
        if self.outlets == "all":
            return self.outlet, self.clusters
        return self.strata, self.clusters or self.outlet


class Rake(Table):
    """[margins] rake: shares hold within each value of a column; weights are held between two bounds."""

    within: Text | None = None
    trim: Span | None = None


class Margins(Table):
    """[margins]: population shares by column and category."""

    model_config = ConfigDict(extra="allow", strict=True, frozen=True)
    __pydantic_extra__: dict[str, dict[str, Number]] = Field(init=False)
    rake: Rake = Rake()

    @property
    def shares(self) -> dict[str, dict[str, float]]:
        """Column -> category -> share."""
        return dict(self.__pydantic_extra__ or {})


class Grouping(Table):
    """[groups] outlet, and what wave and brand have in common with it."""

    column: Text


class Wave(Grouping):
    """[groups] wave."""

    order: Names | None = None
    events: dict[str, Text] = Field(default_factory=dict)


class Brand(Grouping):
    """[groups] brand."""

    own: Text | None = None


class Groups(Table):
    """[groups]: the role of a column in comparisons."""

    wave: Wave | None = None
    brand: Brand | None = None
    outlet: Grouping | None = None
    segments: Annotated[tuple[Text, ...], Field(strict=False)] = ()


class Step(Table):
    """[plan] term: what turns a finding into an action."""

    owner: Text | None = None
    cost: Annotated[float | None, Field(allow_inf_nan=False, ge=0)] = None
    move: Annotated[float | None, Field(allow_inf_nan=False, gt=0)] = None
    target: Annotated[float | None, Field(allow_inf_nan=False, ge=0, le=100)] = None
    by: Text | None = None
    effort: Annotated[float | None, Field(allow_inf_nan=False, ge=0, le=1)] = None


class PlanTable(Table):
    """[plan]: what there is to spend, and a step for each term."""

    model_config = ConfigDict(extra="allow", strict=True, frozen=True)
    __pydantic_extra__: dict[str, Step] = Field(init=False)
    budget: Annotated[float | None, Field(allow_inf_nan=False, ge=0)] = None
    capacity: Annotated[float | None, Field(allow_inf_nan=False, ge=0)] = None

    @property
    def steps(self) -> dict[str, Step]:
        """Term -> step."""
        return dict(self.__pydantic_extra__ or {})


class Layouts(Table):
    """[report.layouts]: our layouts of slides to those of a client's master, where they have other names."""

    Cover: LayoutName = None
    Chart: LayoutName = None
    Table: LayoutName = None
    Text: LayoutName = None
    Canvas: LayoutName = None


class ReportTable(Table):
    """[report]: how documents look; `template` is a client's master (.pptx or .potx) beside the study file."""

    template: Annotated[str | None, AfterValidator(_master)] = None
    layouts: Layouts = Layouts()

    @property
    def named(self) -> dict[str, str]:
        """Our layouts that have another name in the master."""
        return self.layouts.given


class File(Table):
    """The whole study.toml; what must be there is asked for in `coherence.py`, with all other faults."""

    version: Annotated[int | None, Field(alias="schema")] = None
    title: Labelled | None = None
    languages: Names = ("en",)
    population: Labelled | None = None
    data: Data | None = None
    scales: dict[str, ScaleTable] = Field(default_factory=dict)
    items: dict[str, ItemTable] = Field(default_factory=dict)
    constructs: dict[str, ConstructTable] = Field(default_factory=dict)
    paths: dict[str, Names] = Field(default_factory=dict)
    roles: Roles = Roles()
    attributes: dict[str, AttributeTable] = Field(default_factory=dict)
    facets: Facets = Facets()
    elements: dict[str, Names] = Field(default_factory=dict)
    design: Design = Design()
    margins: Margins = Margins()
    groups: Groups = Groups()
    labels: dict[str, Labelled] = Field(default_factory=dict)
    plan: PlanTable = PlanTable()
    report: ReportTable = ReportTable()

    def columns_behind(self, term: str | None) -> set[str]:
        """Columns behind a term, before names are resolved: items of a construct, performance of an attribute."""
        if term in self.constructs:
            return set(self.constructs[term].items)
        performance = self.facets.performance
        if term in self.attributes and performance and performance.column:
            return {performance.column.replace("{}", term)}
        return {term} if term else set()


def label_columns(data: Data | None, design: Design, groups: Groups, margins: Iterable[str]) -> list[tuple[str, str]]:
    """Columns that say who a respondent is and how he was drawn, each with the place that names it."""
    named = [(f"[data] {key}", getattr(data, key, None)) for key in ("id", "duration")]
    named += [(f"[design] {key}", getattr(design, key)) for key in ("weight", "strata", "clusters", "outlet")]
    named += [(f"[groups] {key}.column", getattr(groups, key).column) for key in groups.given if key != "segments"]
    named += [("[groups] segments", column) for column in groups.segments]
    named += [("[margins]", column) for column in margins]
    return [(place, column) for place, column in named if column is not None]
