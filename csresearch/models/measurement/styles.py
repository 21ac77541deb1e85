"""Response styles by language or country, and what they do to a ranking of means.

Shares of a respondent's answers, whatever was asked (Baumgartner and Steenkamp 2001): agreement (ARS), disagreement
(DRS), ends of the scale (ERS), its middle (MRS). Means are given as answered; at equal style, as it is read from items
that have little to do with the construct (slopes within groups: too little where style varies between groups alone);
less the respondent's mean of all items (which takes true general satisfaction away with the style); and anchored, less
his mean of the unrelated items. None is the truth, so that all are shown.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from csresearch.errors import DataError
from csresearch.inference.intervals import Intervals, adjusted
from csresearch.inference.moments import AnyArray, Array, IntArray, Moments, Summary
from csresearch.models.derived import Fitted
from csresearch.models.fitting import Plan
from csresearch.models.measurement.invariance import chosen
from csresearch.models.terms import HALF, Columns, counted, known_ends, within_scale
from csresearch.show.phrase import Amount, Name, phrase
from csresearch.survey.sample import Sample
from csresearch.vocabulary import Check

STYLES = ("acquiescence", "disacquiescence", "extreme", "midpoint")
MEANS = ("points", "points_style_adjusted", "points_centred", "points_anchored")
SIDE = 0.4  # of the codes of a scale agree, as many disagree
SEEN = 2.0  # standard errors from which a gap is told from chance
UNRELATED, ENOUGH = 0.3, 5  # correlation up to which an item is unrelated to a construct; so many of them are needed


def styles_plan(sample: Sample, column: str, constructs: dict[str, tuple[str, ...]], *, reference: str | None) -> Plan:
    """Plan of tables `styles` (by group), `style_means` (construct by group) and `style_gaps` (against the reference).

    Raises
    ------
    DataError
        A single group, no scale, or no item outside a construct to read the style from.
    ValueError
        `reference` is no group.
    """
    group, names = sample.group(column), sample.categories(column)
    if len(names) < 2:
        raise DataError(f"{column!r} has {len(names)} categories: styles are compared between two or more")
    base = chosen(reference, names)
    answers = Answers.of(sample, constructs)
    weights = np.where(sample.domain, sample.weights, 0.0)
    every = answers.styles(np.arange(len(answers.names)))
    blocks, unrelated = [np.stack(list(every.values()), axis=1)], {}
    for name, items in constructs.items():
        block, unrelated[name] = _of_construct(answers, name, items, weights)
        blocks.append(block)
    blocks.append(np.stack([(group == name).to_numpy(dtype=float, na_value=0.0) for name in names], axis=1))
    values = np.concatenate(blocks, axis=1)
    used = np.asarray(~np.isnan(values).any(axis=1) & group.notna().to_numpy())
    for k, name in enumerate(names):
        if not (used & counted(sample) & (values[:, k - len(names)] > 0)).any():
            raise DataError(f"nobody in {column} = {name!r} answered enough to tell a style")
    read = Read(constructs=tuple(constructs), groups=tuple(names), base=names.index(base))
    fields = {"column": Name((column,)), "n": Amount(len(answers.names))}
    return Plan(
        columns=Columns(names=tuple(f"style {j}" for j in range(values.shape[1])),
                        values=np.where(used[:, None], values, 0.0), used=used, pairwise=False, note=""),
        rows=read.rows, estimate=read, adjust=read.adjusted,
        judge=_Judge(unrelated=unrelated, size=len(answers.names), sample=sample),
        parameters=len(names) + 3, estimator=phrase("measurement.estimator_styles", fields=fields, labels=sample.label),
        references=("Baumgartner and Steenkamp (2001)", "Harzing (2006)"),
    )  # fmt: skip


def _of_construct(answers: Answers, name: str, items: tuple[str, ...], weights: Array) -> tuple[Array, int]:
    """Score, two covariates of style, the score centred and anchored, (n, 5); how many items are unrelated."""
    every, own = np.arange(len(answers.names)), np.array([item in items for item in answers.names])
    if own.all():
        raise DataError(f"every rated item belongs to {name!r}: there is none to read a style of answering from")
    score = answers.level(every[own], turned=True)
    kept = answers.unrelated(score, every[~own], weights)
    count = len(kept)
    kept = kept if count >= ENOUGH else every[~own]
    found = answers.styles(kept)
    net = found["acquiescence"] - found["disacquiescence"]
    centred, anchored = score - answers.level(every), score - answers.level(kept)
    return np.stack([score, net, found["extreme"], centred, anchored], axis=1), count


@dataclass(frozen=True, kw_only=True)
class Answers:
    """Answers as they were ticked, q items: codes (n, q), not turned, with the ends of their scales (q,)."""

    names: tuple[str, ...]
    codes: Array
    low: Array
    high: Array
    turned: Array

    @classmethod
    def of(cls, sample: Sample, constructs: dict[str, tuple[str, ...]]) -> Answers:
        """Every rated item of the study; of a frame, the items of the constructs."""
        items = [item for block in constructs.values() for item in block]
        study = sample.study
        if study is not None:
            items += [name for name in study.items if name in sample.answers and known_ends(sample, name) is not None]
        names = tuple(dict.fromkeys(items))
        within_scale(sample, names)
        ends = np.array([sample.ends(name) for name in names])
        back = np.array([study is not None and study.is_reversed(name) for name in names])
        values = np.stack([sample.values(name) for name in names], axis=1)
        codes = np.where(back, ends[:, 0] + ends[:, 1] - values, values)
        return cls(names=names, codes=codes, low=ends[:, 0], high=ends[:, 1], turned=np.where(back, -1.0, 1.0))

    def styles(self, kept: IntArray) -> dict[str, Array]:
        """Shares of the answers to some items by style, (n,) each."""
        x, low, high = self.codes[:, kept], self.low[kept], self.high[kept]
        side = np.floor(SIDE * (high - low + 1))
        marks = {
            "acquiescence": x > high - side, "disacquiescence": x < low + side, "extreme": (x == low) | (x == high),
            "midpoint": np.abs(x - (low + high) / 2) < 1,
        }  # fmt: skip
        return {name: _share(mark.astype(float), x) for name, mark in marks.items()}

    def level(self, kept: IntArray, *, turned: bool = False) -> Array:
        """Mean of some items in points of 0-100, (n,): as ticked, or turned as scores are."""
        points = 100 * (self.codes[:, kept] - self.low[kept]) / (self.high[kept] - self.low[kept])
        return _share(np.where(turned & (self.turned[kept] < 0), 100 - points, points), points)

    def unrelated(self, score: Array, among: IntArray, weights: Array) -> IntArray:
        """Items that have little to do with a score, by the weighted correlations."""
        values = np.column_stack([score, self.codes[:, among]])
        names = tuple(f"column {j}" for j in range(values.shape[1]))
        cov = Moments.of_rows(values, names=names, pairwise=True).summary(weights[:, None]).cov[0]
        with np.errstate(invalid="ignore", divide="ignore"):
            alike = np.abs(cov[0, 1:]) / np.sqrt(cov[0, 0] * np.diagonal(cov)[1:])
        return np.asarray(among[alike <= UNRELATED])


def _share(marks: Array, answers: Array) -> Array:
    """Mean over the answered, if that is half of the items."""
    answered = ~np.isnan(answers)
    count = answered.sum(axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = np.where(answered, marks, 0.0).sum(axis=1) / count
    return np.asarray(np.where(count >= np.maximum(HALF * answers.shape[1], 1), mean, np.nan))


@dataclass(frozen=True, kw_only=True)
class Read:
    """Moments to numbers: four styles, then five columns a construct (score, covariates, centred), then groups."""

    constructs: tuple[str, ...]
    groups: tuple[str, ...]
    base: int

    def __call__(self, batch: Summary, point: Summary) -> AnyArray:
        """Estimate, shape (b, k)."""
        count = len(self.groups)
        share = batch.mean[:, -count:]
        with np.errstate(invalid="ignore", divide="ignore"):
            away = batch.cov[:, :-count, -count:] / share[:, None, :]  # of each group from the whole, (b, columns, g)
        within = batch.cov[:, :-count, :-count] - (away * share[:, None, :]) @ np.swapaxes(away, 1, 2)
        whole = batch.mean[:, :-count]
        found = [(whole[:, :4, None] + away[:, :4]).reshape(len(whole), -1)]
        gaps = []
        for k in range(len(self.constructs)):
            score, z = 4 + 5 * k, slice(5 + 5 * k, 7 + 5 * k)
            slopes = _solved(within[:, z, z], within[:, z, score])
            held = away[:, score] - (slopes[:, None] @ away[:, z])[:, 0]
            moved = np.stack([away[:, score], held, away[:, score + 3], away[:, score + 4]], axis=1)  # (b, 4, g)
            found.append((whole[:, score, None, None] + moved).reshape(len(whole), -1))
            others = [g for g in range(count) if g != self.base]
            gaps.append((moved[:, :, others] - moved[:, :, [self.base]]).reshape(len(whole), -1))
        return np.concatenate([*found, *gaps], axis=1)

    @property
    def rows(self) -> pd.DataFrame:
        """Say what each number is, in the order of the estimate."""
        rows = [
            {"table": "styles", "kind": "level", "statistic": style, "unit": "share", "category": name}
            for style in STYLES for name in self.groups
        ]  # fmt: skip
        rows += [
            {"table": "style_means", "kind": "level", "construct": construct, "statistic": mean, "unit": "points",
             "category": name}
            for construct in self.constructs for mean in MEANS for name in self.groups
        ]  # fmt: skip
        rows += [
            {"table": "style_gaps", "kind": "level", "construct": construct, "statistic": f"{mean}_difference",
             "unit": "points", "category": name, "versus": self.groups[self.base]}
            for construct in self.constructs for mean in MEANS for name in self.groups if name != self.groups[self.base]
        ]  # fmt: skip
        return pd.DataFrame(rows)

    def adjusted(self, fitted: Fitted, made: Intervals) -> Intervals:
        """Adjust the p-values of the gaps by Holm, over the groups of each number."""
        place = np.flatnonzero(fitted.rows["table"] == "style_gaps")
        p = made.p_value.copy()
        p[place] = adjusted(p[place].reshape(-1, len(self.groups) - 1).T, method="holm").T.ravel()
        method = [m + (", p by holm" if k in set(place) else "") for k, m in enumerate(made.method)]
        return Intervals(low=made.low, high=made.high, p_value=p, method=tuple(method), reason=made.reason)


def _solved(matrix: Array, rhs: Array) -> Array:
    """Solve systems of two, (b, 2, 2) and (b, 2); NaN where the two are one."""
    a, b, d = matrix[:, 0, 0], matrix[:, 0, 1], matrix[:, 1, 1]
    with np.errstate(invalid="ignore", divide="ignore"):
        slopes = np.stack([d * rhs[:, 0] - b * rhs[:, 1], a * rhs[:, 1] - b * rhs[:, 0]], axis=1)
        return np.asarray(slopes / (a * d - b * b)[:, None])


@dataclass(frozen=True, kw_only=True)
class _Judge:
    """Checks of the styles: whether there are items that show one, and what each ranking says of the largest gap."""

    unrelated: Mapping[str, int]
    size: int
    sample: Sample

    def __call__(self, fitted: Fitted) -> list[Check]:
        """Check the whole sample."""
        return [*self._items(), *self._gap(fitted)]

    def _items(self) -> list[Check]:
        """Tell whether a style can be read from items that have little to do with a construct."""
        found = []
        for name, count in self.unrelated.items():
            key = "check.style_items" if count >= ENOUGH else "check.style_items_few"
            fields = {"count": Amount(count), "n": Amount(self.size), "limit": Amount(UNRELATED, places=2),
                      "construct": Name((name,))}  # fmt: skip
            words = phrase(key, fields=fields, labels=self.sample.label)
            found.append(Check(check="style_items", passed=count >= ENOUGH, value=count, threshold=ENOUGH, text=words))
        return found

    def _gap(self, fitted: Fitted) -> list[Check]:
        """Hold the largest gap of each construct as answered against what is left of it when it is anchored."""
        if not len(fitted.deviations):
            return []
        rows = fitted.rows[fitted.rows["table"] == "style_gaps"]
        error = np.sqrt((fitted.deviations**2).sum(axis=0))
        t = np.abs(fitted.point) / np.where(error > 0, error, np.nan)
        found = []
        for construct, own in rows.groupby("construct", sort=False):
            places = [own.index[own["statistic"] == f"{mean}_difference"].to_numpy() for mean in MEANS]
            most = int(np.abs(fitted.point[places[0]]).argmax())
            raw, *_, anchored = four = [int(place[most]) for place in places]
            left = float(abs(fitted.point[anchored] / fitted.point[raw])) if fitted.point[raw] else np.nan
            goes = bool(t[raw] > SEEN and (t[anchored] < SEEN or left < HALF))
            said = (Amount(float(fitted.point[place]), "points") for place in four)
            fields = {
                "construct": Name((str(construct),)), "group": Name((str(own.at[raw, "category"]),)),
                "reference": Name((str(own.at[raw, "versus"]),)),
                **dict(zip(("raw", "held", "centred", "anchored"), said, strict=True)),
            }  # fmt: skip
            key = "check.style_gap" if goes else "check.style_gap_stays"
            words = phrase(key, fields=fields, labels=self.sample.label)
            found.append(Check(check="style_gap", passed=not goes, value=left, threshold=HALF, text=words))
        return found
