"""The grammar of study.toml: which tables and keys there are and what may stand behind them.

Each table of the file is a class here, each key a field. What one table alone can tell is checked here;
what needs two tables (a path naming a construct) is checked in `coherence.py`.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Any, ClassVar, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, PlainValidator, model_validator

VERSION = 1

Text = Annotated[str, Field(min_length=1)]
Names = Annotated[tuple[Text, ...], Field(strict=False, min_length=1)]
Number = Annotated[float, Field(allow_inf_nan=False)]
Positive = Annotated[float, Field(allow_inf_nan=False, gt=0)]
Share = Annotated[float, Field(allow_inf_nan=False, gt=0, le=1)]
Span = Annotated[tuple[Number, Number], Field(strict=False)]
Kind = Literal["not_used", "dont_know", "refused", "empty"]
Missing = Literal["raise", "listwise", "pairwise", "block_mean", "used"]
Do = Literal["flag", "exclude"]
LayoutName = Annotated[str | None, Field(min_length=1)]


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


class Table(BaseModel):
    """One table of the file: no unknown key, no conversion of types, not to be changed."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)
    shorthand: ClassVar[str] = "a table { key = value }"

    @property
    def given(self) -> dict[str, Any]:
        """Keys that were written or have a default, in the order of the grammar."""
        return {name: value for name in type(self).model_fields if (value := getattr(self, name)) is not None}


class Labelled(Table):
    """A table whose remaining keys are languages; a plain text is the label in the first language (key "")."""

    model_config = ConfigDict(extra="allow", strict=True, frozen=True)
    shorthand = "a text, or a table of languages { en = 'text' }"
    __pydantic_extra__: dict[str, Text] = Field(init=False)

    @model_validator(mode="before")
    @classmethod
    def _plain(cls, value: object) -> object:
        return {"": value} if isinstance(value, str) else value

    @property
    def labels(self) -> dict[str, str]:
        """Language -> label, as written."""
        return dict(self.__pydantic_extra__ or {})


class Rule(Table):
    """What a screening rule does; a bare number is its limit, a bare word what is done."""

    shorthand = "'flag', 'exclude' or a table { do = 'flag' }"
    limit: ClassVar[str | None] = None
    do: Do = "exclude"

    @model_validator(mode="before")
    @classmethod
    def _bare(cls, value: object) -> object:
        if isinstance(value, str):
            return {"do": value}
        number = isinstance(value, int | float) and not isinstance(value, bool)
        return {cls.limit: value} if number and cls.limit else value

    @property
    def value(self) -> float | None:
        """The limit of the rule; None where it has none."""
        return None if self.limit is None else float(getattr(self, self.limit))


class Incomplete(Rule):
    """Fewer than `threshold` of the questions that applied were answered."""

    shorthand = "a share above 0 up to 1, 'flag', 'exclude' or a table { threshold = 0.5, do = 'exclude' }"
    limit = "threshold"
    threshold: Share = 0.5


class Straightline(Rule):
    """A run of equal answers as long as `threshold` of the answers; honest people do it too, so it flags."""

    shorthand = "a share above 0 up to 1, 'flag', 'exclude' or a table { threshold = 1.0, do = 'flag' }"
    limit = "threshold"
    do: Do = "flag"
    threshold: Share = 1.0


class Speed(Rule):
    """Fewer than `seconds_per_item` seconds for each answered question."""

    shorthand = "seconds an item, 'flag', 'exclude' or a table { seconds_per_item = 2.0, do = 'exclude' }"
    limit = "seconds_per_item"
    seconds_per_item: Positive = 2.0


class Screening(Table):
    """[data] screening: rules run in this order; those that are not named do not run."""

    incomplete: Incomplete | None = None
    duplicate: Rule | None = None
    straightline: Straightline | None = None
    speed: Speed | None = None

    @property
    def rules(self) -> dict[str, Rule]:
        """Rules of this study in the order in which they run."""
        return self.given


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
    missing: dict[str, Kind] = {}


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
    events: dict[str, Text] = {}


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
    scales: dict[str, ScaleTable] = {}
    items: dict[str, ItemTable] = {}
    constructs: dict[str, ConstructTable] = {}
    paths: dict[str, Names] = {}
    roles: Roles = Roles()
    attributes: dict[str, AttributeTable] = {}
    facets: Facets = Facets()
    elements: dict[str, Names] = {}
    design: Design = Design()
    margins: Margins = Margins()
    groups: Groups = Groups()
    labels: dict[str, Labelled] = {}
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
