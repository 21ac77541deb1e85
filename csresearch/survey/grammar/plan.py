"""What is to be done and shown: steps with their costs, the look of documents."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, ConfigDict, Field

from csresearch.survey.grammar.entries import LayoutName, Table, Text


def _master(value: str | None) -> str | None:
    if value is None or value.lower().endswith((".pptx", ".potx")):
        return value
    raise ValueError("a file of PowerPoint, .pptx or .potx")


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
