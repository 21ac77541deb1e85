"""Penalties and rewards: what a low and a high answer go with, and the shape of an attribute that follows from them."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

import numpy as np
import pandas as pd

from csresearch.inference.design import kish_effect
from csresearch.inference.intervals import Intervals, adjusted, category_support
from csresearch.inference.moments import AnyArray, Array, IntArray, Summary
from csresearch.models.derived import Derived, Fitted, supported
from csresearch.models.fitting import Plan
from csresearch.models.grid.quadrants import SURE
from csresearch.models.importance.regression import regress
from csresearch.models.terms import Columns, Players
from csresearch.result import Result
from csresearch.show.format import interval
from csresearch.show.phrase import Amount, phrase
from csresearch.show.specs import Swings, TableSpec, Unit
from csresearch.show.words import text
from csresearch.survey.sample import Sample
from csresearch.vocabulary import Check

SHAPES = ("must_be", "linear", "delight", "not_classified")
FLAT = ("not_classified", "few")  # as it is told: no range, or too few answers to tell
LOW, HIGH = 5 / 9, 8 / 9  # of the scale: 6 and under, 9 and over on 1-10
LEAST = 100 * 0.30 / 9  # points of 0-100: 0.30 on 1-10; with less range nothing is classified
TILT = 0.20  # impact asymmetry from which an attribute is a must or a delight
ALPHA = 0.05
SHARE, FEW = 0.10, 30  # least share and least effective number of low, of middle and of high answers
STATISTICS = ("penalty", "reward", "impact_range", "impact_asymmetry", "low_share", "high_share")
_UNITS = ("points", "points", "points", "none", "share", "share")


def shape(impact_range: AnyArray, impact_asymmetry: AnyArray) -> IntArray:
    """Shape of each attribute as an index of SHAPES; -1 where a number is missing.

    Parameters
    ----------
    impact_range : array (b, k)
        Penalty and reward together, in points of 0-100.
    impact_asymmetry : array (b, k)
        (reward - penalty) / range, from -1 (it can only disappoint) to 1 (it can only delight).

    Examples
    --------
    >>> shape(np.array([[8.0, 8.0, 8.0, 1.0]]), np.array([[-0.7, 0.1, 0.6, 0.9]])).tolist()
    [[0, 1, 2, 3]]
    """
    code = np.where(impact_asymmetry <= -TILT, 0, np.where(impact_asymmetry >= TILT, 2, 1))
    code = np.where(impact_range < LEAST, 3, code)
    known = np.isfinite(impact_range) & (np.isfinite(impact_asymmetry) | (impact_range < LEAST))
    return np.asarray(np.where(known, code, -1), dtype=np.int64)


@dataclass(frozen=True, kw_only=True)
class Asymmetry:
    """Penalty-reward contrasts of attributes (Brandt, 1987; impact asymmetry: Mikulic and Prebezac, 2008).

    Two dummies an attribute, low and high, stand for all attributes together in one regression on the outcome;
    who did not use an attribute has a dummy of his own. Where there are too few low, middle or high answers, the
    attribute stays in the regression as its rating, and is not classified.

    Parameters
    ----------
    attributes : tuple of str
    columns : Columns
        Outcome first, then the columns of `players`.
    players : tuple
        Column of each rating, and of "used" where somebody did not use it (the rating is then centred, 0 without use).
    ends, middles : array, shape (k, 2) and (k,)
    outcome_ends : array, shape (2,)
    """

    attributes: tuple[str, ...]
    columns: Columns
    players: Players
    ends: Array
    middles: Array
    outcome_ends: Array
    _dummies: Array = field(init=False, repr=False)

    def __post_init__(self) -> None:
        blocks = [np.stack(self._answers(j), axis=1) for j in range(len(self.players))]
        object.__setattr__(self, "_dummies", np.concatenate(blocks, axis=1))

    def _answers(self, j: int) -> tuple[Array, Array, Array]:
        """Low, high and used of one attribute, each (n,); NaN where an answer is missing."""
        values, player = self.columns.values, self.players[j]
        used = np.ones(len(values)) if len(player) == 1 else values[:, player[1]]
        rating = values[:, player[0]] + (0.0 if len(player) == 1 else self.middles[j])
        low, high = self.ends[j]
        gap = np.where(np.isnan(rating), np.nan, 1.0) * used
        return (rating <= low + LOW * (high - low)) * gap, (rating >= low + HIGH * (high - low)) * gap, used

    def plan(self, sample: Sample) -> Plan:
        """Plan of the tables `asymmetry` and `shapes`, for a grid of the whole sample."""
        reasons = self._reasons(sample)
        k = len(self.attributes)
        names = [self.columns.names[0], *(f"{a} ({end})" for a in self.attributes for end in ("low", "high"))]
        values = [self.columns.values[:, 0], *(self._dummies[:, 3 * j + step] for j in range(k) for step in (0, 1))]
        others: list[tuple[int, ...]] = []  # beside the dummies: use, and the rating where they do not stand
        for player, reason in zip(self.players, reasons, strict=True):
            beside = player if reason else player[1:]
            others.append(tuple(range(len(values), len(values) + len(beside))))
            values += [self.columns.values[:, column] for column in beside]
            names += [self.columns.names[column] for column in beside]
        contrasts = _Contrasts(
            usable=tuple(not reason for reason in reasons), others=tuple(others),
            reach=float(np.ptp(self.outcome_ends)),
            used=tuple(o[-1] if len(p) > 1 else None for o, p in zip(others, self.players, strict=True)),
        )  # fmt: skip
        said = phrase(
            "method.asymmetry",
            fields={"low": _codes(self.ends, LOW, up=False), "high": _codes(self.ends, HIGH, up=True),
                    "least": Amount(LEAST, "points"), "tilt": Amount(TILT, "none")},
        )  # fmt: skip
        return Plan(
            columns=replace(self.columns, names=tuple(names), values=np.stack(values, axis=1), note=""),
            rows=self._rows(), estimate=contrasts, parameters=1 + sum(map(len, contrasts.places)), derive=self._shapes,
            adjust=partial(_told, reasons=reasons), judge=_judge, estimator=said,
            references=("Brandt (1987)", "Mikulic and Prebezac (2008)"), pictures={"asymmetry": swings_picture},
        )  # fmt: skip

    def _rows(self) -> pd.DataFrame:
        kinds = ("level", "level", "positive", "level", "level", "level")
        return pd.DataFrame(
            {"table": "asymmetry", "kind": kind, "attribute": a, "statistic": name, "unit": unit}
            for name, unit, kind in zip(STATISTICS, _UNITS, kinds, strict=True)
            for a in self.attributes
        )

    def _reasons(self, sample: Sample) -> list[str]:
        """Why each attribute cannot be classified; "" where it can."""
        weights = np.where(self.columns.used & sample.domain, sample.weights, 0.0)
        some = weights[weights > 0]
        effective = len(some) / kish_effect(some) if len(some) else 0.0
        if (weights > 0).sum() <= self.columns.values.shape[1] + self._dummies.shape[1]:
            return [phrase("reason.few_for_shapes")] * len(self.attributes)
        reasons: list[str] = []
        for j in range(len(self.attributes)):
            low, high, used = np.nan_to_num(self._dummies[:, 3 * j : 3 * j + 3]).T
            users = (weights * used).sum()
            shares = [(weights * part).sum() / users for part in (low, used - low - high, high)] if users else [0.0] * 3
            share = min(shares)
            enough = share >= SHARE and share * effective * users / weights.sum() >= FEW
            which = ("low", "middle", "high")[int(np.argmin(shares))]
            reasons.append("" if enough else phrase(f"reason.few_{which}", fields={"share": Amount(share, "share")}))
        return reasons

    def _shapes(self, fitted: Fitted) -> Mapping[str, Derived]:
        """Make the table `shapes`: the shape of the estimate and the support of every shape over the draws."""
        k = len(self.attributes)
        codes = shape(fitted.point[None, 2 * k : 3 * k], fitted.point[None, 3 * k : 4 * k])[0]
        drawn = shape(fitted.draws[:, 2 * k : 3 * k], fitted.draws[:, 3 * k : 4 * k])
        chosen = np.where(codes < 0, len(SHAPES) - 1, codes)
        return {"shapes": supported(self.attributes, SHAPES, statistic="shape", chosen=chosen, drawn=drawn)}


@dataclass(frozen=True, kw_only=True)
class _Contrasts:
    """Moments to penalties, rewards, ranges, asymmetries and shares, in the order of STATISTICS."""

    usable: tuple[bool, ...]
    others: tuple[tuple[int, ...], ...]
    used: tuple[int | None, ...]
    reach: float

    @property
    def places(self) -> list[tuple[int, ...]]:
        """Columns of each attribute in the regression: its two dummies first, where they stand in it."""
        pairs = zip(self.usable, self.others, strict=True)
        return [(*((2 * j + 1, 2 * j + 2) if usable else ()), *beside) for j, (usable, beside) in enumerate(pairs)]

    def __call__(self, batch: Summary, point: Summary) -> AnyArray:
        predictors = [column for columns in self.places for column in columns]
        slopes = regress(batch.mean, batch.cov, predictors, 0).slopes * 100 / self.reach
        nothing = np.full(len(batch.mean), np.nan)
        low, high = (
            np.stack([slopes[:, predictors.index(2 * j + step)] if usable else nothing
                      for j, usable in enumerate(self.usable)], axis=1)
            for step in (1, 2)
        )  # fmt: skip
        loss, gain = np.maximum(-low, 0.0), np.maximum(high, 0.0)  # a contrast of the wrong sign is no impact
        with np.errstate(invalid="ignore", divide="ignore"):
            tilt = (gain - loss) / np.where(gain + loss == 0, 1.0, gain + loss)  # no impact leans to neither side
            users = np.stack([np.ones_like(nothing) if u is None else batch.mean[:, u] for u in self.used], axis=1)
        k = len(self.usable)
        shares = [batch.mean[:, step : 2 * k + 1 : 2] / users for step in (1, 2)]
        return np.concatenate([low, high, loss + gain, tilt, *shares], axis=1)


def _told(fitted: Fitted, made: Intervals, *, reasons: list[str]) -> Intervals:
    """Say of each attribute that is not classified why, at its penalty, reward, range and asymmetry; bound the last."""
    k = len(reasons)
    changed = [reasons[j % k] or reason if j < 4 * k else reason for j, reason in enumerate(made.reason)]
    tilt = slice(3 * k, 4 * k)  # lies within -1 and 1, which t does not know
    low, high = made.low.copy(), made.high.copy()
    low[tilt], high[tilt] = np.maximum(low[tilt], -1.0), np.minimum(high[tilt], 1.0)
    return replace(made, low=low, high=high, reason=tuple(changed))


def _judge(fitted: Fitted) -> list[Check]:
    """Check whether every attribute that can be classified has a shape that most draws agree on."""
    k = len(fitted.rows) // len(STATISTICS)
    drawn = shape(fitted.draws[:, 2 * k : 3 * k], fitted.draws[:, 3 * k : 4 * k])
    known = np.isfinite(fitted.point[2 * k : 3 * k])
    if not len(drawn) or not known.any():
        return []
    support = category_support(drawn[:, known], size=len(SHAPES)).max(axis=1)
    unsure = int((support < SURE).sum())
    fields = {"unsure": Amount(unsure), "all": Amount(int(known.sum())), "sure": Amount(SURE, "share")}
    return [
        Check(
            check="sure_shapes", passed=unsure == 0, value=float(support.min()), threshold=SURE,
            text=phrase("check.sure_shapes", fields=fields),
        )
    ]  # fmt: skip


def _codes(ends: Array, share: float, *, up: bool) -> str:
    """Name the codes that count as low or high: `6 (of 1-10)`; one for each scale in use."""
    scales = dict.fromkeys((float(low), float(high)) for low, high in ends)
    turn = np.ceil if up else np.floor
    return ", ".join(f"{turn(a + share * (b - a) + (-1e-9 if up else 1e-9)):g} ({a:g}-{b:g})" for a, b in scales)


def sure_shapes(result: Result) -> dict[str, str]:
    """Shape of each attribute of a grid that is sure enough to act on; the others are left out.

    At least 80 % of the draws agree on it, and a must or a delight is told from an even attribute with its p-value
    adjusted for the number of attributes (Holm): among a dozen, one looks tilted by chance.
    """
    if "shapes" not in result.tables:
        return {}
    tilt = result.estimates("asymmetry", statistic="impact_asymmetry").set_index("attribute")["p_value"]
    told = dict(
        zip(tilt.index, adjusted(tilt.to_numpy(dtype=float)[:, None], method="holm")[:, 0] < ALPHA, strict=True)
    )
    rows = result.estimates("shapes", statistic="shape")
    named = zip(rows["attribute"], rows["category"], rows["estimate"], strict=True)
    return {a: s for a, s, support in named if support >= SURE and (s == "linear" or (s != SHAPES[-1] and told[a]))}


def told_shapes(result: Result) -> dict[str, str]:
    """Shape of each attribute as it is told: a sure one, "unsure", not_classified for want of range, few of answers."""
    rows, sure = result.estimates("shapes", statistic="shape"), sure_shapes(result)
    penalties = result.estimates("asymmetry", statistic="penalty")
    few = set(penalties.loc[penalties["estimate"].isna(), "attribute"])
    named = {a: "few" if a in few else c for a, c in zip(rows["attribute"], rows["category"], strict=True)}
    return {a: sure.get(a, c if c in FLAT else "unsure") for a, c in named.items()}


def _printed(row: Mapping[Hashable, Any], language: str) -> str:
    unit: Unit = "sd" if row["unit"] == "none" else row["unit"]  # two decimals down the whole column
    return interval(row["estimate"], row["conf_low"], row["conf_high"], unit, language)


def swings_picture(result: Result, language: str) -> Swings:
    """Make the picture: penalties to the left, rewards to the right, the musts on top."""
    frame, told = result.table("asymmetry"), told_shapes(result)
    rows = {(r["statistic"], r["attribute"]): r for r in frame.to_dict("records")}
    tilts = result.estimates("asymmetry", statistic="impact_asymmetry").sort_values("estimate", kind="stable")
    order = sorted(tilts["attribute"], key=lambda a: told[a] in FLAT)  # those without a shape last
    names = [result.label(a, language=language) for a in order]
    shapes = [text(f"shape.{told[a]}", language) for a in order]
    heads = ("attribute", "penalty", "reward", "impact_asymmetry", "low_share", "shape")
    cells = [
        (name, *(_printed(rows[s, a], language) for s in heads[1:5]), said)
        for a, name, said in zip(order, names, shapes, strict=True)
    ]
    table = TableSpec(
        titles=tuple(text(f"heading.{head}", language) for head in heads),
        sides=("left", "right", "right", "right", "right", "left"), rows=tuple(cells),
    )  # fmt: skip

    def part(statistic: str, column: str) -> tuple[float, ...]:
        return tuple(float(rows[statistic, a][column]) for a in order)

    return Swings(
        labels=tuple(names), notes=tuple(shapes), unit="points", table=table,
        left=part("penalty", "estimate"), left_low=part("penalty", "conf_low"), left_high=part("penalty", "conf_high"),
        right=part("reward", "estimate"), right_low=part("reward", "conf_low"), right_high=part("reward", "conf_high"),
        left_title=text("axis.penalty", language), right_title=text("axis.reward", language),
    )  # fmt: skip
