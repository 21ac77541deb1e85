"""The numbers of an importance-performance grid: from moments to importance, performance, distance and lines."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from csresearch.inference.moments import AnyArray, Array, Summary
from csresearch.models.importance.lmg import lmg
from csresearch.models.importance.regression import regress, zero_order
from csresearch.models.terms import Columns, Players

Importance = Literal["lmg", "correlation", "slope", "stated"]
Crosshair = Literal["grand_mean", "median", "scale_mid", "target"]


@dataclass(frozen=True, kw_only=True)
class GridNumbers:
    """Moments to importance, performance, distance and the two lines, in the order of the grid's rows."""

    importance: Importance
    crosshair: Crosshair
    target: float | None
    players: Players
    attributes: tuple[str, ...]
    ends: Array
    outcome_ends: Array
    middles: Array
    columns: Columns

    def __call__(self, batch: Summary, point: Summary) -> AnyArray:
        """Give the numbers of a batch, shape (b, rows)."""
        points = self._points(batch)
        performance = points[:, : len(self.attributes)]
        stated = self.importance == "stated"
        importance = points[:, len(self.attributes) :] if stated else self._derived(batch, point)
        lines = np.stack([self._line(importance, stated), self._line(performance, True)], axis=1)
        more = [] if stated else [self._effect(batch), self._correlation(batch)]
        low, high = self.outcome_ends
        outcome = [] if stated else [100 * (batch.mean[:, :1] - low) / (high - low)]
        distance = _distance(importance, performance, stated)
        return np.concatenate([importance, performance, distance, *more, *outcome, lines], axis=1)

    def _points(self, batch: Summary) -> AnyArray:
        """Mean of each term on 0-100, among those who used it."""
        means = []
        for j, player in enumerate(self.players):
            mean = batch.mean[:, player[0]]
            if len(player) > 1:
                mean = self.middles[j] + mean / batch.mean[:, player[1]]
            low, high = self.ends[j]
            means.append(100 * (mean - low) / (high - low))
        return np.stack(means, axis=1)

    def _derived(self, batch: Summary, point: Summary) -> AnyArray:
        if self.importance == "slope":
            return self._effect(batch)
        if self.importance == "correlation":
            return self._correlation(batch)
        share = lmg(batch.cov, self.players, 0, point=point.cov).values
        return np.asarray(share / share.sum(axis=1, keepdims=True))

    def _effect(self, batch: Summary) -> AnyArray:
        """Points of the outcome for a point of the attribute among its users, both on 0-100, others held fixed."""
        fitted = regress(batch.mean, batch.cov, range(1, len(self.columns.names)), 0)
        parts = []
        for j, player in enumerate(self.players):
            users = 1.0 if len(player) == 1 else batch.mean[:, player[1]]
            parts.append(fitted.slopes[:, player[0] - 1] * users * np.ptp(self.ends[j]) / np.ptp(self.outcome_ends))
        return np.stack(parts, axis=1)

    def _correlation(self, batch: Summary) -> AnyArray:
        return zero_order(batch.cov, [player[0] for player in self.players], 0)

    def _line(self, values: AnyArray, on_scale: bool) -> AnyArray:
        if self.crosshair == "median":
            return np.asarray(np.median(values, axis=1))
        if self.crosshair == "scale_mid" and on_scale:
            return np.full(len(values), 50.0)
        if self.crosshair == "target" and self.target is not None and on_scale:
            return np.full(len(values), float(self.target))
        return np.asarray(values.mean(axis=1))


def _distance(importance: AnyArray, performance: AnyArray, stated: bool) -> AnyArray:
    """Distance to the diagonal importance = performance."""
    if not stated:
        importance, performance = _stretched(importance), _stretched(performance)
    return np.asarray((importance - performance) / np.sqrt(2))


def _stretched(values: AnyArray) -> AnyArray:
    low, high = values.min(axis=1, keepdims=True), values.max(axis=1, keepdims=True)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(100 * (values - low) / (high - low))
