"""How each item was answered: mean, spread, ends of the scale, and what is missing by kind; each on its own base."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from csresearch.inference.moments import AnyArray, Array, BoolArray, IntArray, Summary
from csresearch.models.fitting import Plan
from csresearch.models.terms import counted, own_bases
from csresearch.survey.reading.table import KINDS
from csresearch.survey.sample import Sample


def answers_plan(sample: Sample, constructs: dict[str, tuple[str, ...]]) -> Plan:
    """Plan of table `answers`.

    Returns
    -------
    Plan
        mean and sd (points of the scale; over the sum of weights), floor and ceiling (share of the answers at the ends
        of the scale), missing_share by kind (`category`) among all who count, of the kinds that there are.
    """
    columns: list[Array] = []
    rows: list[dict[str, object]] = []
    base: list[int] = []

    def add(statistic: str, unit: str, values: Array, kind: str = "level", **keys: str) -> None:
        rows.append({"table": "answers", "kind": kind, "statistic": statistic, "unit": unit, **keys})
        base.append(len(columns))
        columns.append(values)

    scaled = sample.study is not None or sample.scale is not None
    for name, items in constructs.items():
        for item in items:
            about = {"construct": name, "item": item}
            values = sample.values(item)
            middle = float(np.nanmean(values)) if np.isfinite(values).any() else 0.0
            add("mean", "points", values, **about)
            add("sd", "points", values - middle, "positive", **about)
            columns.append((values - middle) ** 2)
            if scaled:
                for statistic, end in zip(("floor", "ceiling"), sample.ends(item), strict=True):
                    add(statistic, "share", np.where(np.isnan(values), np.nan, (values == end).astype(float)), **about)
            for kind, gap in kinds_of(sample, item).items():
                add("missing_share", "share", gap.astype(float), category=kind, **about)
    spread = np.array([row["statistic"] == "sd" for row in rows])
    stacked = np.stack(columns, axis=1)
    return Plan(
        columns=own_bases(tuple(f"answers {j}" for j in range(stacked.shape[1])), stacked), rows=pd.DataFrame(rows),
        estimate=_Read(place=np.array(base, dtype=np.int64), spread=spread), order=1,
        base=np.array(base, dtype=np.int64),
    )  # fmt: skip


def kinds_of(sample: Sample, item: str) -> dict[str, BoolArray]:
    """Respondents without an answer to an item by the kind of the gap, shape (n,) each; a frame knows "empty" only."""
    gap = np.isnan(sample.values(item))
    kinds = sample.kinds.get(item)
    named = np.full(len(gap), "empty") if kinds is None else kinds.astype(object).fillna("empty").to_numpy(dtype=str)
    found = {kind: np.asarray(gap & (named == kind)) for kind in KINDS}
    some = counted(sample)
    return {kind: rows for kind, rows in found.items() if (rows & some).any()}


@dataclass(frozen=True, kw_only=True)
class _Read:
    """Numbers from means: as they are, or the standard deviation from a mean and the mean square behind it."""

    place: IntArray
    spread: BoolArray

    def __call__(self, batch: Summary, point: Summary) -> AnyArray:
        first = batch.mean[:, self.place]
        square = batch.mean[:, np.minimum(self.place + 1, batch.mean.shape[1] - 1)]
        return np.asarray(np.where(self.spread, np.sqrt(np.maximum((square - first**2).real, 0.0)), first))
