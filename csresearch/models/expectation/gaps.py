"""Gaps by attribute and dimension: SERVQUAL (got minus expected) and SERVPERF (got alone), each on its own base."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from csresearch.errors import DataError
from csresearch.inference.moments import AnyArray, Array, BoolArray, Summary
from csresearch.models.derived import Fitted
from csresearch.models.fitting import Plan
from csresearch.models.pictures import bars_of
from csresearch.models.terms import HALF, answers_to, own_bases
from csresearch.show.phrase import Amount, Name, phrase
from csresearch.survey.expectation import GAP
from csresearch.survey.sample import Sample
from csresearch.survey.study import Study
from csresearch.vocabulary import Check

CEILING = 0.5  # share of answers at the top of the scale from which an expectation says little
SHOWN = 3  # attributes named of those at the top
ABOUT = ("attribute", "construct")
ALL = "all_attributes"


def facet_values(sample: Sample, facets: tuple[str, ...], attribute: str) -> list[Array]:
    """Answers to several facets of an attribute, which have to stand on one scale.

    Raises
    ------
    DataError
        The facets have different scales, so that their difference means nothing.
    """
    study = _study(sample)
    found = [study.facet_column(facet, attribute) for facet in facets]
    ends = {facet: study.ends(column) for facet, column in zip(facets, found, strict=True)}
    if len(set(ends.values())) > 1:
        shown = ", ".join(f"{facet} {low:g} to {high:g}" for facet, (low, high) in ends.items())
        raise DataError(f"facets of one attribute are compared on one scale; found {shown}: ask both on the same")
    return [sample.values(column) for column in found]


def _study(sample: Sample) -> Study:
    if sample.study is None:
        raise DataError("facets are written in a study.toml; a frame has none")
    return sample.study


def gaps_plan(sample: Sample, outcome: str, attributes: tuple[str, ...]) -> Plan:
    """Plan of the gaps of attributes, of their dimensions, and of the mean of all.

    Returns
    -------
    Plan
        Table `gaps`: gap, expectation, performance (points of the scale) of each attribute, dimension (`construct`) and
        of all; expectation_sd and expectation_top (share at the top of the scale) of attributes; r2 of the outcome on
        the mean gap (model servqual) and on the mean performance (model servperf).
    """
    study = _study(sample)
    answers = {a: facet_values(sample, GAP, a) for a in attributes}
    top = {a: sample.ends(study.facet_column("expectation", a))[1] for a in attributes}
    made = _Made()
    for a, (expected, got) in answers.items():
        gap = got - expected
        made.add({"attribute": a}, gap=gap, expectation=np.where(np.isnan(gap), np.nan, expected),
                 performance=np.where(np.isnan(gap), np.nan, got))  # fmt: skip
        made.add({"attribute": a}, expectation_top=_box(expected, top[a]))
        made.spread({"attribute": a}, "expectation_sd", expected)
    for system in dict.fromkeys(study.attributes[a].system for a in attributes):
        if system:
            expected, got = _means(answers, tuple(a for a in attributes if study.attributes[a].system == system))
            made.add({"construct": system}, gap=got - expected, expectation=expected, performance=got)
    expected, got = _means(answers, attributes)
    made.add({"category": ALL}, gap=got - expected, expectation=expected, performance=got)
    made.explained("servqual", answers_to(sample, outcome), got - expected)
    made.explained("servperf", answers_to(sample, outcome), got)
    columns = np.stack(made.columns, axis=1)
    return Plan(
        columns=own_bases(tuple(f"gap {j}" for j in range(columns.shape[1])), columns),
        rows=pd.DataFrame(made.rows), estimate=made.estimate, order=1, base=np.array(made.base),
        judge=_Ceiling(attributes=attributes),
        references=("Parasuraman, Zeithaml and Berry (1988)", "Cronin and Taylor (1992)"),
        pictures={"gaps": bars_of("gap", about=ABOUT, table="gaps")},
        estimator=phrase("expectation.estimator_gaps", fields={"count": Amount(len(attributes), "none")}),
    )  # fmt: skip


def _box(values: Array, top: float) -> Array:
    """Whether each answer stands at the top of its scale; NaN where there is none."""
    return np.asarray(np.where(np.isnan(values), np.nan, (values >= top).astype(float)))


def _means(answers: dict[str, list[Array]], members: tuple[str, ...]) -> tuple[Array, Array]:
    """Respondents' means over attributes of which both were answered, if that is half of them."""
    both = np.stack([np.stack(answers[a]) for a in members])
    known = np.asarray(~np.isnan(both).any(axis=1))
    count = known.sum(axis=0)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = np.where(known[:, None], both, 0.0).sum(axis=0) / count
    mean = np.asarray(np.where(count >= HALF * len(members), mean, np.nan))
    return mean[0], mean[1]


class _Made:
    """Columns, and the numbers that are read from their means, in the order of the rows."""

    def __init__(self) -> None:
        self.columns: list[Array] = []
        self.rows: list[dict[str, Any]] = []
        self.base: list[int] = []
        self.read: list[_Read] = []

    def add(self, keys: dict[str, str], **means: Array) -> None:
        """Take columns whose means are numbers."""
        for statistic, values in means.items():
            unit = "share" if statistic.endswith("_top") else "points"
            self._number(keys, statistic, unit, "level", _mean, values)

    def spread(self, keys: dict[str, str], statistic: str, values: Array) -> None:
        """Take a column whose standard deviation is a number."""
        x = _centred(values, ~np.isnan(values))
        self._number(keys, statistic, "points", "positive", _sd, x, x * x)

    def explained(self, model: str, outcome: Array, by: Array) -> None:
        """Take an outcome and what explains it: five columns whose means give R2, all of the same respondents."""
        known = ~np.isnan(outcome) & ~np.isnan(by)
        z, x = _centred(outcome, known), _centred(by, known)
        self._number({"model": model}, "r2", "r2", "square", _r2, z, x, z * z, x * x, z * x)

    def _number(
        self, keys: dict[str, str], statistic: str, unit: str, kind: str, read: _Read, *columns: Array
    ) -> None:  # fmt: skip
        self.rows.append({"table": "gaps", "kind": kind, **keys, "statistic": statistic, "unit": unit})
        self.base.append(len(self.columns))
        self.read.append(read)
        self.columns += columns

    def estimate(self, batch: Summary, point: Summary) -> AnyArray:
        """Read every number from the means, for every element of the batch."""
        with np.errstate(invalid="ignore", divide="ignore"):
            found = [read(batch.mean[:, start:]) for read, start in zip(self.read, self.base, strict=True)]
        return np.stack(found, axis=1)


_Read = Callable[[AnyArray], AnyArray]
"""From means, shape (b, ...), to a number of each element, shape (b,)."""


def _mean(mean: AnyArray) -> AnyArray:
    return mean[:, 0]


def _sd(mean: AnyArray) -> AnyArray:
    variance = mean[:, 1] - mean[:, 0] ** 2
    return np.sqrt(np.where(variance.real > 0, variance, 0))


def _r2(mean: AnyArray) -> AnyArray:
    z, x, zz, xx, zx = mean[:, :5].T
    return np.asarray((zx - z * x) ** 2 / ((zz - z * z) * (xx - x * x)))


def _centred(values: Array, known: BoolArray) -> Array:
    """Distance from the mean of those who are known, where squares do not cancel; NaN elsewhere."""
    return np.where(known, values - (values[known].mean() if known.any() else 0.0), np.nan)


@dataclass(frozen=True, kw_only=True)
class _Ceiling:
    """Check that expectations leave room: at the top of the scale a gap is performance in disguise."""

    attributes: tuple[str, ...]

    def __call__(self, fitted: Fitted) -> list[Check]:
        rows = fitted.rows
        share = fitted.point[(rows["statistic"] == "expectation_top").to_numpy()]
        sd = fitted.point[(rows["statistic"] == "expectation_sd").to_numpy()]
        if not np.isfinite(share).any():  # nobody of this domain was asked
            return []
        worst = int(np.nanargmax(share))
        at_top = [self.attributes[k] for k in np.argsort(-share) if share[k] > CEILING]
        key = "expectation.check_gap_ceiling" if at_top else "expectation.check_gap_room"
        words = phrase(key, fields={
            "terms": Name(tuple(at_top[:SHOWN]) or (self.attributes[worst],)), "sd": Amount(float(sd[worst]), "sd"),
            "share": Amount(float(share[worst]), "share"), "count": Amount(len(at_top), "money"),
            "all": Amount(len(share), "money"),
        })  # fmt: skip
        return [Check(check="gap_ceiling", passed=not at_top, value=float(share[worst]), threshold=CEILING, text=words)]
