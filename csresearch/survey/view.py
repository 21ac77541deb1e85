"""What screening rules and checks look at, and what a check finds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from csresearch.survey.study import Study

Mask = npt.NDArray[np.bool_]
Severity = Literal["stop", "screened", "note"]


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One finding of a check; `n` counts the respondents (or columns) concerned."""

    severity: Severity
    where: str
    found: str
    allowed: str
    remedy: str
    n: int


@dataclass(frozen=True, kw_only=True, eq=False)
class Answers:
    """What the rules and checks look at: n rows, `counted` (n,) tells who still has a weight."""

    study: Study
    answers: pd.DataFrame
    kinds: Mapping[str, pd.Series]
    raw: pd.DataFrame
    counted: Mask

    @property
    def items(self) -> list[str]:
        """Item columns that the file has."""
        return [column for column in self.study.items if column in self.answers]

    def kind(self, column: str, *names: str) -> Mask:
        """Rows whose answer is missing in one of these ways, shape (n,)."""
        found = self.kinds.get(column)
        return np.zeros(len(self.answers), dtype=bool) if found is None else found.isin(names).to_numpy()

    @property
    def used(self) -> set[str]:
        """Columns that constructs and roles are made of."""
        roles = self.study.roles
        expected = roles.expectation.term if roles.expectation else None
        single = (roles.outcome, expected, roles.performance, roles.recommend)
        terms = {*self.study.constructs, *(roles.drivers or ()), *(term for term in single if term)}
        return {column for term in terms for column in self.study.columns_of(term)}

    def narrowed(self) -> Answers:
        """Keep the respondents who count."""
        if self.counted.all():
            return self
        kinds = {column: kind[self.counted] for column, kind in self.kinds.items()}
        raw = self.raw[self.counted] if len(self.raw) == len(self.counted) else self.raw
        n = int(self.counted.sum())
        return replace(self, answers=self.answers[self.counted], kinds=kinds, raw=raw, counted=np.ones(n, dtype=bool))
