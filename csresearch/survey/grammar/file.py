"""The whole study.toml: which tables there are.

Each table of the file is a class in this room, each key a field. What one table alone can tell is checked here;
what needs two tables (a path naming a construct) is checked in `coherence.py`.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated

from pydantic import BeforeValidator, Field

from csresearch.survey.grammar.data import Data, Dispositions, Loop, MultipleTable, by_wave
from csresearch.survey.grammar.entries import Labelled, Names, Table, Text
from csresearch.survey.grammar.fieldwork import Design, Groups, Margins, margin_columns
from csresearch.survey.grammar.plan import PlanTable, ReportTable
from csresearch.survey.grammar.questions import (
    AttributeTable,
    ConstructTable,
    Facets,
    ItemTable,
    Roles,
    ScaleTable,
)

VERSION = 1


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
    columns: dict[str, Text] = Field(default_factory=dict)
    loop: Loop | None = None
    multiple: dict[str, MultipleTable] = Field(default_factory=dict)
    dispositions: Annotated[dict[str, Dispositions], BeforeValidator(by_wave)] = Field(default_factory=dict)

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
    named += [("[margins]", column) for margin in margins for column in margin_columns(margin)]
    return [(place, column) for place, column in named if column is not None]
