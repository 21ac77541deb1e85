"""Checks of measurement in words: what is weak, what runs together, which groups may be compared."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from csresearch.inference.moments import Array
from csresearch.inference.permutations import exchange
from csresearch.models.derived import Fitted
from csresearch.models.measurement.invariance import chosen
from csresearch.models.path.pls import correlations_of
from csresearch.models.terms import counted
from csresearch.show.phrase import Amount, Labels, Name, phrase
from csresearch.show.specs import Unit
from csresearch.survey.sample import Sample
from csresearch.vocabulary import Check, group_column

RELIABLE, CONVERGENT, DISTINCT = 0.70, 0.50, 0.90
ONE_FACTOR, FLOOR = 0.50, 0.30
MOVABLE, MANY = 0.50, 1e6  # share of respondents that trade labels; ways beyond which nobody counts
RELATIONS = 2.0  # step from which relations may be compared
SAID = {1.0: "none", RELATIONS: "relations", 3.0: "means"}


def worst(rows: pd.DataFrame, point: Array, statistic: str, check: str, threshold: float, label: Labels) -> Check:
    """Hold the lowest of a statistic against its threshold; of HTMT, which should be low, the highest."""
    mask = (rows["statistic"] == statistic).to_numpy() & np.isfinite(point)
    found, values = rows[mask], point[mask]
    if not len(values):
        words = phrase(f"check.{check}_none")
        return Check(check=check, passed=True, value=np.nan, threshold=threshold, text=words)
    high = statistic == "htmt"
    place = int(values.argmax() if high else values.argmin())
    most, row = float(values[place]), found.iloc[place]
    who = {"first": Name((row["construct"],)), "second": Name((row["versus"],))} if high else {
        "name": Name((row["construct"],))
    }  # fmt: skip
    fields = {"most" if high else "least": Amount(most, places=2), "threshold": Amount(threshold, places=2), **who}
    words = phrase(f"check.{check}", fields=fields, labels=label)
    passed = most < threshold if high else most >= threshold
    return Check(check=check, passed=passed, value=most, threshold=threshold, text=words)


@dataclass(frozen=True, kw_only=True)
class Judge:
    """Checks of one domain, and signs of a common method: neither proves one, nor rules it out."""

    blocks: tuple[tuple[int, ...], ...]
    label: Labels

    def __call__(self, fitted: Fitted) -> list[Check]:
        """Check one domain."""
        rows, point = fitted.rows, fitted.point
        checks = [worst(rows, point, "omega", "omega", RELIABLE, self.label)]
        if len(self.blocks) > 1:
            checks.append(worst(rows, point, "ave", "convergent_validity", CONVERGENT, self.label))
            checks.append(worst(rows, point, "htmt", "discriminant_validity", DISTINCT, self.label))
            checks += self._common(fitted)
        return checks

    def _common(self, fitted: Fitted) -> list[Check]:
        """Share of the first component of all items (Harman), and the floor under correlations across constructs."""
        owner = np.repeat(np.arange(len(self.blocks)), [len(block) for block in self.blocks])
        corr = correlations_of(np.asarray(fitted.summary.cov, dtype=float))[0, : len(owner), : len(owner)]
        whole = np.isfinite(corr).all()
        first = float(np.linalg.eigvalsh(corr)[-1] / len(corr)) if whole else np.nan
        floor = float(np.nanmin(np.abs(corr[owner[:, None] != owner])))
        signs: tuple[tuple[str, float, float, Unit, int | None], ...] = (
            ("one_factor", first, ONE_FACTOR, "share", None), ("correlation_floor", floor, FLOOR, "none", 2),
        )  # fmt: skip
        found = []
        for check, value, limit, unit, places in signs:
            fields = {"value": Amount(value, unit, places=places), "limit": Amount(limit, unit, places=places)}
            words = phrase(f"check.{check}", fields={**fields, "n": Amount(len(corr))})
            found.append(Check(check=check, passed=value < limit, value=value, threshold=limit, text=words))
        return found


def tradable(sample: Sample, column: str, reference: str | None, permutations: int) -> Check:
    """Tell whether the design leaves enough ways to deal out the labels: with few, no difference can be told."""
    group, names = sample.group(column), sample.categories(column)
    base = chosen(reference, names)
    trades = []
    for name in (name for name in names if name != base):
        rows = np.flatnonzero(group.isin((name, base)) & counted(sample))
        trades.append(exchange((group.iloc[rows] == name).to_numpy(dtype=bool), sample.design, rows))
    ways = float(np.exp(min(min(trade.log_count for trade in trades), np.log(MANY))))
    movable = min(trade.movable for trade in trades)
    fields = {
        "ways": Amount(ways, "money"),
        "movable": Amount(movable, "share"),
        "least": Amount(permutations, "money"),
    }
    words = phrase("check.relabellings", fields=fields)
    passed = ways > permutations and movable >= MOVABLE
    return Check(check="relabellings", passed=passed, value=ways, threshold=float(permutations), text=words)


def comparable(table: pd.DataFrame, sample: Sample) -> list[Check]:
    """Say of each group what may be compared with the reference."""
    key = str(group_column(table))
    found = []
    for group, own in table.groupby(key, sort=False):
        fields = {"group": Name((str(group),)), "reference": Name((str(own["versus"].iloc[0]),))}
        sentences = [phrase("measurement.against", fields=fields, labels=sample.label)]
        for step, verdict in SAID.items():
            names = tuple(own.loc[own["estimate"] == step, "construct"])
            said = {"names": Name(names)}
            sentences += [phrase(f"measurement.{verdict}", fields=said, labels=sample.label)] if names else []
        share = float((own["estimate"] == max(SAID)).mean())
        words = sentences[0]
        for after in sentences[1:]:
            words = phrase("sentence.two", fields={"first": words, "second": after}, labels=sample.label)
        found.append(Check(check="invariance", passed=share == 1, value=share, threshold=1.0, text=words))
    return found
