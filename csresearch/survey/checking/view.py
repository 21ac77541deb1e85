"""What screening rules and checks look at, and what a check finds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from typing import TYPE_CHECKING, Literal, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from csresearch.survey.study import Study

if TYPE_CHECKING:
    from csresearch.survey.reading.table import Notes

Mask = npt.NDArray[np.bool_]


class Finding(NamedTuple):
    """One finding of a check; `n` counts the respondents (or columns) concerned."""

    severity: Literal["stop", "screened", "note"]
    where: str
    found: str
    allowed: str
    remedy: str
    n: int


stop, screened, note = partial(Finding, "stop"), partial(Finding, "screened"), partial(Finding, "note")


@dataclass(frozen=True, kw_only=True, eq=False)
class Answers:
    """What the rules and checks look at: n rows, `counted` (n,) tells who still has a weight."""

    study: Study
    answers: pd.DataFrame
    kinds: Mapping[str, pd.Series]
    raw: pd.DataFrame
    counted: Mask
    notes: Mapping[str, Notes] = field(default_factory=dict)

    @property
    def items(self) -> list[str]:
        """Item columns that the file has."""
        return [column for column in self.study.items if column in self.answers]

    def numbers(self, column: str) -> npt.NDArray[np.float64]:
        """Numbers of a column, shape (n,)."""
        return self.answers[column].to_numpy(dtype=float)

    def on_scale(self, name: str) -> list[str]:
        """Item columns that the file has on one scale."""
        return [column for column in self.items if self.study.items[column].scale.name == name]

    def lacking(self, column: str | None) -> int:
        """Respondents without a value in a column; 0 where there is no such column."""
        return int(self.answers[column].isna().sum()) if column in self.answers else 0

    def kind(self, column: str, *names: str) -> Mask:
        """Rows whose answer is missing in one of these ways, shape (n,)."""
        found = self.kinds.get(column)
        return np.zeros(len(self.answers), dtype=bool) if found is None else found.isin(names).to_numpy()

    def declared(self, column: str) -> Mask:
        """Rows whose cell the file declares missing, shape (n,), whatever the study says of it."""
        if column not in self.notes or not self.notes[column].missing:
            return np.zeros(len(self.answers), dtype=bool)
        position = list(self.raw.columns).index(column)
        return self.raw.iloc[:, position].isin(self.notes[column].missing).to_numpy()

    @property
    def used(self) -> set[str]:
        """Columns that constructs and roles are made of; an attribute nobody rated has none."""
        roles, facet = self.study.roles, self.study.facets.get("performance")
        rated = () if facet is None else facet.attributes
        terms = {*self.study.constructs, *(roles.drivers or ()), *roles.single.values()}
        known = (term for term in terms if term not in self.study.attributes or term in rated)
        return {column for term in known for column in self.study.columns_of(term)}

    @cached_property
    def asked(self) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
        """Questions that applied and those answered, each (n,).

        As AAPOR counts: "not used" questions did not apply, "don't know" is an answer, a refusal is none.
        """
        applied, answered = np.zeros(len(self.answers)), np.zeros(len(self.answers))
        for column in self.items:
            applied += ~self.kind(column, "not_used", "skipped")
            answered += ~self.kind(column, "not_used", "skipped", "refused", "empty", "unreadable")
        return applied, answered

    def narrowed(self) -> Answers:
        """Keep the respondents who count."""
        if self.counted.all():
            return self
        kinds = {column: kind[self.counted] for column, kind in self.kinds.items()}
        raw = self.raw[self.counted] if len(self.raw) == len(self.counted) else self.raw
        kept = self.counted[self.counted]
        return replace(self, answers=self.answers[self.counted], kinds=kinds, raw=raw, counted=kept)
