"""Of whom it was asked: design, margins of the population, groups to compare."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import ConfigDict, Field, PlainValidator, model_validator

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

    @property
    def problems(self) -> list[tuple[str, str, str]]:
        """What one key says against another: what was found, what is allowed, what to do."""
        found = []
        if self.kind == "jkn" and self.scales is None:
            found.append(("kind 'jkn' without scales", "one number a replicate",
                          "write scales = [(n - 1) / n of the stratum of each replicate]"))  # fmt: skip
        if (self.kind == "fay") != (self.rho is not None):
            said = "no rho" if self.rho is None else f"rho = {self.rho:g} with kind '{self.kind}'"
            found.append((said, "rho for kind 'fay' alone", "write rho = 0.5, or take it away"))
        if self.scales is not None and (min(self.scales, default=0) < 0 or not any(self.scales)):
            found.append(("scales below 0, or all 0", "numbers of 0 or more", "correct scales"))
        return found


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
    """[margins] rake: shares hold within each value of a column; weights are held between two bounds; how."""

    within: Text | None = None
    trim: Span | None = None
    method: Literal["raking", "linear"] = "raking"


class Population(Table):
    """[margins] from: a file of the population beside the study, a row a group or a person, and what is taken of it."""

    shorthand = "a file name, or a table { file = 'population.csv', count = 'n', margins = ['age', 'age * sex'] }"
    file: Text
    count: Text | None = None
    margins: Names | None = None
    sha256: Annotated[str | None, Field(pattern=r"^[0-9a-fA-F]{64}$")] = None

    @model_validator(mode="before")
    @classmethod
    def _plain(cls, value: object) -> object:
        return {"file": value} if isinstance(value, str) else value


JOINT = " * "
"""Between the columns of a joint margin, and between their categories: "age * sex", "18-29 * female"."""

Shares = dict[str, Number]


def margin_columns(margin: str) -> tuple[str, ...]:
    """Columns of a margin: one, or several of a joint margin.

    Examples
    --------
    >>> margin_columns("age"), margin_columns("age * sex")
    (('age',), ('age', 'sex'))
    """
    return tuple(part.strip() for part in margin.split(JOINT.strip()))


class Margins(Table):
    """[margins]: population shares by column and category, or by the joint categories of several columns.

    `by` holds margins of their own for categories of one column, `[margins.by.wave.2025H1]`; `from` names a file of the
    population; `means` holds means of numbers.
    """

    model_config = ConfigDict(extra="allow", strict=True, frozen=True)
    __pydantic_extra__: dict[str, Shares] = Field(init=False)
    rake: Rake = Rake()
    source: Annotated[Population | None, Field(alias="from")] = None
    by: dict[str, dict[str, dict[str, Shares]]] = Field(default_factory=dict)
    means: Shares = Field(default_factory=dict)

    @property
    def shares(self) -> dict[str, dict[str, float]]:
        """Margin -> category -> share."""
        return {JOINT.join(margin_columns(name)): shares for name, shares in (self.__pydantic_extra__ or {}).items()}

    @property
    def own(self) -> dict[str, dict[str, dict[str, float]]]:
        """Category of the column behind `by` -> margin -> category -> share."""
        return {
            part: {JOINT.join(margin_columns(name)): shares for name, shares in margins.items()}
            for parts in self.by.values()
            for part, margins in parts.items()
        }

    @property
    def within(self) -> str | None:
        """Column whose categories are raked for themselves."""
        return self.rake.within or next(iter(self.by), None)

    @property
    def asked(self) -> bool:
        """Whether anything is raked to."""
        return bool(self.shares or self.by or self.means or self.source)

    @property
    def columns(self) -> tuple[str, ...]:
        """Columns of all margins."""
        source = () if self.source is None else self.source.margins or ()
        names = [*self.shares, *(name for own in self.own.values() for name in own), *source]
        return tuple(dict.fromkeys(column for name in names for column in margin_columns(name)))


class Grouping(Table):
    """[groups] outlet, and what wave and brand have in common with it."""

    shorthand = "a table { column = 'name of the column' }"
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
