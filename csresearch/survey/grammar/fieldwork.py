"""Of whom it was asked: design, margins of the population, groups to compare."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import ConfigDict, Field, PlainValidator

from csresearch.survey.grammar.entries import Names, Number, Span, Table, Text


def _whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value > 0


def _population(value: object) -> object:
    """Accept one whole number, or one for each stratum."""
    counts = list(value.values()) if isinstance(value, dict) and value else [value]
    if all(_whole(count) for count in counts):
        return value
    raise ValueError("a whole number above 0, or a table { stratum = number }")


class ReplicateWeights(Table):
    """[design] replicates: weights that the file brings for each replicate; `columns` is a pattern with * or a list."""

    columns: Text | Names
    kind: Literal["jk1", "jkn", "brr", "fay", "bootstrap"]
    rho: Annotated[float | None, Field(ge=0, lt=1)] = None
    scale: Annotated[float | None, Field(allow_inf_nan=False, gt=0)] = None
    scales: Annotated[tuple[Number, ...] | None, Field(strict=False)] = None
    df: Annotated[int | None, Field(ge=1)] = None


class Design(Table):
    """[design]: how the respondents were drawn."""

    weight: Text | None = None
    strata: Text | None = None
    clusters: Text | None = None
    outlet: Text | None = None
    outlets: Literal["sampled", "all"] | None = None
    replicates: ReplicateWeights | None = None
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
