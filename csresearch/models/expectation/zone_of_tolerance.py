"""Zone of tolerance: performance against the least that is accepted (adequate) and what is hoped for (desired)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from csresearch.inference.moments import Array
from csresearch.models.derived import Fitted
from csresearch.models.fitting import Plan
from csresearch.models.pictures import bars_of
from csresearch.models.terms import means, own_bases
from csresearch.show.phrase import Amount, phrase
from csresearch.vocabulary import Check

STATUS = ("below", "in_zone", "above")
TOLERATED = 0.05  # share of respondents whose least is above what they hope for


def zone_columns(performance: Array, desired: Array, adequate: Array) -> Array:
    """Columns of a zone, shape (n, 7): adequacy, superiority, width, three places, violation.

    A respondent who would accept no less than more than he hopes for has no zone: he is counted as a violation and left
    out of the rest. Performance on either edge lies in the zone.

    Examples
    --------
    >>> zone_columns(np.array([5.0]), np.array([8.0]), np.array([6.0])).tolist()
    [[-1.0, -3.0, 2.0, 1.0, 0.0, 0.0, 0.0]]
    """
    known = ~np.isnan(performance + desired + adequate)
    broken = desired < adequate
    below, above = performance < adequate, performance > desired
    parts = (performance - adequate, performance - desired, desired - adequate, below, ~below & ~above, above)
    usable = [np.where(known & ~broken, part, np.nan) for part in parts]
    return np.stack([*usable, np.where(known, broken, np.nan)], axis=1)


def zone_plan(subjects: dict[str, list[Array]], *, key: str) -> Plan:
    """Plan of the zones of some subjects.

    Parameters
    ----------
    subjects : mapping of name to [performance, desired, adequate]
        Each an array (n,).
    key : {"attribute", "term"}
        What the names are.

    Returns
    -------
    Plan
        Table `tolerance`: adequacy (MSA, performance - adequate), superiority (MSS, performance - desired), width
        (desired - adequate), share below, in and above the zone, violations (share with desired under adequate).
    """
    rows: list[dict[str, Any]] = []
    for name in subjects:
        common = {"table": "tolerance", "kind": "level", key: name}
        rows += [{**common, "statistic": s, "unit": "points"} for s in ("adequacy", "superiority", "width")]
        rows += [{**common, "statistic": "share", "category": status, "unit": "share"} for status in STATUS]
        rows.append({**common, "statistic": "violations", "unit": "share"})
    values = np.concatenate([zone_columns(*answers) for answers in subjects.values()], axis=1)
    return Plan(
        columns=own_bases(tuple(f"zone {j}" for j in range(values.shape[1])), values),
        rows=pd.DataFrame(rows), estimate=means, order=1, analytic=True, base=np.arange(values.shape[1]),
        judge=_Violations(values=values), references=("Zeithaml, Berry and Parasuraman (1993)",),
        pictures={"tolerance": bars_of("adequacy", about=("attribute", "term"), table="tolerance")},
        estimator=phrase("expectation.estimator_zone"),
    )  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class _Violations:
    """Count the answers in which the least accepted is more than what is hoped for."""

    values: Array

    def __call__(self, fitted: Fitted) -> list[Check]:
        counted = self.values[fitted.weights > 0][:, 6::7]
        broken, known = int(np.nansum(counted)), int((~np.isnan(counted)).sum())
        share = broken / known if known else 0.0
        fields = {"count": Amount(broken, "money"), "all": Amount(known, "money")}
        words = phrase("expectation.check_violations", fields=fields)
        return [Check(check="zone_order", passed=share <= TOLERATED, value=share, threshold=TOLERATED, text=words)]
