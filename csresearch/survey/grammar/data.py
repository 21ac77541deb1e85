"""[data]: where the answers lie, how the file is laid out, how gaps and careless answers are dealt with."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from csresearch.survey.grammar.entries import Labelled, Missing, Names, Screening, Share, Table, Text

LayoutName = Literal["plain", "qualtrics", "surveymonkey", "limesurvey", "kobo", "wenjuanxing"]


class Data(Table):
    """[data]: where the answers lie and how gaps and careless answers are dealt with."""

    file: Text
    sha256: Annotated[str | None, Field(pattern="^[0-9a-fA-F]{64}$")] = None
    id: Text | None = None
    duration: Text | None = None
    layout: LayoutName | None = None
    encoding: Text | None = None
    delimiter: Annotated[str | None, Field(min_length=1, max_length=1)] = None
    decimal: Literal[".", ","] | None = None
    sheet: Text | None = None
    unreadable: Literal["raise", "missing"] = "raise"
    missing: Missing = "raise"
    screening: Screening = Screening()


class Loop(Table):
    """[loop]: questions asked again for each of several brands; a respondent becomes a row for each he answered.

    `column` is made and says which; `values` are its categories and what stands for {} in the file's columns.
    """

    shorthand = "a table { column = 'brand', values = { Alba = '1' }, columns = { sat = 'q5_{}' } }"
    column: Text
    values: dict[str, Text]
    columns: dict[str, Text]


class MultipleTable(Labelled):
    """[multiple] name: several answers allowed; a column an option, or one column of answers joined by a delimiter.

    Each option becomes a column `name:option` of 1 (chosen), 0, and missing where the question was not answered.
    """

    columns: dict[str, Text] | None = None
    column: Text | None = None
    delimiter: Text | None = None
    options: Names | None = None


def by_wave(value: object) -> object:
    """Outcomes of the whole study stand under ""; one table for each wave stays as it is."""
    plain = isinstance(value, dict) and not any(isinstance(entry, dict) for entry in value.values())
    return {"": value} if plain else value


class Dispositions(Table):
    """[dispositions]: final outcomes of all who were drawn, by AAPOR; `e` is the share eligible of the unknown."""

    complete: Annotated[int, Field(ge=0)]
    partial: Annotated[int, Field(ge=0)] = 0
    refusal: Annotated[int, Field(ge=0)] = 0
    non_contact: Annotated[int, Field(ge=0)] = 0
    other: Annotated[int, Field(ge=0)] = 0
    unknown_household: Annotated[int, Field(ge=0)] = 0
    unknown_other: Annotated[int, Field(ge=0)] = 0
    not_eligible: Annotated[int, Field(ge=0)] = 0
    e: Share | None = None
