"""Measurement invariance of composites between groups (MICOM): whether they are formed alike, and on one level.

Henseler, Ringle and Sarstedt (2016): (1) the same items, data and algorithm in every group, (2) scores by the weights
of two groups correlate to 1, (3) scores by common weights have equal means and variances. Steps 2 and 3 are tested by
permutations that respect the design. Common weights are those of all groups together.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from csresearch.errors import DataError
from csresearch.inference.design import Design
from csresearch.inference.intervals import adjusted
from csresearch.inference.moments import AnyArray, Array, BoolArray, Moments, Summary
from csresearch.inference.permutations import Exchange, exchange, permutation_p
from csresearch.models.derived import Derived, Fitted
from csresearch.models.path.path_model import PathModel
from csresearch.models.path.pls import correlations_of, fit_pls
from csresearch.models.terms import Columns
from csresearch.result import valued

TESTS = ("compositional", "mean_difference", "log_variance_ratio")
TABLES = ("invariance", "comparable")
STEP = 1e-4  # of a deviation of the parts, for the derivative of what is compared
EXACT = 1e-9  # p-values are counts over counts, and are met exactly
MOST_LOST = 0.05  # share of permutations that may fail
LOST = "too many permutations failed"


@dataclass(frozen=True, kw_only=True)
class Parts:
    """What one group brings to a comparison, for a batch of its moments beside those of all groups.

    For q items and K constructs: the group's own weights (q), those times the correlations of all groups (q), mean and
    logarithm of the variance of the scores by common weights (K each), in standard deviations of all groups.
    """

    model: PathModel

    def __call__(self, batch: Summary, point: Summary) -> AnyArray:
        """Estimate, shape (b, 2 q + 2 K)."""
        if batch.pooled is None:
            raise ValueError("a group is compared beside the moments of all groups")
        return self.of(batch.mean, batch.cov, batch.pooled)

    def of(self, mean: Array, cov: Array, pooled: Summary) -> Array:
        """Parts of groups, means (b, q) and covariances (b, q, q), beside pooled moments of as many or of one."""
        model, members = self.model, self.model.membership
        own = fit_pls(model, cov).weights
        common = fit_pls(model, pooled.cov).weights
        sd = np.sqrt(np.diagonal(pooled.cov, axis1=1, axis2=2))
        together = correlations_of(pooled.cov) * (members @ members.T)
        raw = common / sd
        level = ((mean - pooled.mean) * raw) @ members
        variance = ((cov * (members @ members.T)) @ raw[:, :, None])[:, :, 0] * raw @ members
        with np.errstate(invalid="ignore", divide="ignore"):
            return np.concatenate([own, (together @ own[:, :, None])[:, :, 0], level, np.log(variance)], axis=1)

    def compared(self, one: Array, other: Array) -> Array:
        """Correlation of the scores by both weights, difference of means, log ratio of variances: (b, 3 K)."""
        q, size = self.model.n_items, len(self.model.names)
        members = self.model.membership
        (w, t), (v, u) = ((part[:, :q], part[:, q : 2 * q]) for part in (one, other))
        with np.errstate(invalid="ignore", divide="ignore"):
            c = (w * u) @ members / np.sqrt(((w * t) @ members) * ((v * u) @ members))
        rest = one[:, 2 * q :] - other[:, 2 * q :]
        return np.concatenate([c, rest[:, :size], rest[:, size:]], axis=1)

    @property
    def rows(self) -> pd.DataFrame:
        """Rows of the parts; they are nobody's answer and stand in no table."""
        size = 2 * self.model.n_items + 2 * len(self.model.names)
        return pd.DataFrame(
            {"table": "parts", "kind": "level", "statistic": [f"part {j}" for j in range(size)], "unit": "none"}
        )


@dataclass(frozen=True, kw_only=True)
class Micom:
    """Hold every group against the reference: numbers with intervals of the draws, p-values by permutation."""

    parts: Parts
    columns: Columns
    design: Design
    reference: str | None
    permutations: int
    seed: int

    def __call__(self, fits: Mapping[str, Fitted]) -> Mapping[str, Mapping[str, Derived]]:
        """Give tables `invariance` and `comparable` for each group but the reference."""
        names = list(fits)
        if len(names) < 2:
            raise DataError(f"there is one group, {names[0]!r}: invariance is held between two or more")
        base = chosen(self.reference, names)
        others = [name for name in names if name != base]
        p = np.stack([self._permuted(fits, name, base, child) for child, name in enumerate(others)])
        p = adjusted(p, method="holm")
        found = {name: self._found(fits[name], fits[base], base, p[k]) for k, name in enumerate(others)}
        return {table: {name: pair[k] for name, pair in found.items()} for k, table in enumerate(TABLES)}

    def _found(self, own: Fitted, base: Fitted, versus: str, p: Array) -> tuple[Derived, Derived]:
        """Numbers and steps of one group."""
        names = self.parts.model.names
        point = self.parts.compared(own.point[None], base.point[None])[0]
        draws = self.parts.compared(own.replicated, base.replicated)
        frame = pd.DataFrame(
            {
                "construct": list(names) * len(TESTS), "versus": versus, "statistic": np.repeat(TESTS, len(names)),
                "unit": np.repeat(["none", "sd", "none"], len(names)), "n_effective": np.nan,
                "n_obs": own.n_obs + base.n_obs,
            }
        )  # fmt: skip
        deviations = self._moved(own, base, draws)
        made = valued(
            frame, point=point, draws=draws, deviations=deviations, kind="level", df=min(own.df, base.df),
            level=own.level, method=own.method,
        )  # fmt: skip
        lost = np.where(np.isfinite(p), "a comparison has no design effect of its own", LOST)
        made = made.assign(
            p_value=p, method=made["method"] + f", p by {self.permutations} permutations",
            reason=made["reason"].where(made["reason"] != "", lost),
        )  # fmt: skip
        return Derived(frame=made, draws=draws, deviations=deviations), self._steps(p, 1 - own.level, versus, own, base)

    def _moved(self, own: Fitted, base: Fitted, draws: Array) -> Array:
        """Deviations whose squares add up to variances: of the draws, else of the parts followed through."""
        if own.method == "bootstrap":
            good = np.isfinite(draws)
            count = np.maximum(good.sum(axis=0), 2)
            kept = np.where(good, draws, 0.0)
            return np.asarray(np.where(good, draws - kept.sum(axis=0) / count, 0.0) / np.sqrt(count - 1))
        up, down = (
            self.parts.compared(own.point + step * own.deviations, base.point + step * base.deviations)
            for step in (STEP, -STEP)
        )
        return np.asarray((up - down) / (2 * STEP))

    def _steps(self, p: Array, alpha: float, versus: str, own: Fitted, base: Fitted) -> Derived:
        """How far each construct may be compared: 1 not at all, 2 relations only, 3 means as well."""
        by_test = p.reshape(len(TESTS), -1)
        alike, level = by_test[0] > alpha + EXACT, (by_test[1:] > alpha + EXACT).all(axis=0)
        step = np.where(np.isfinite(by_test).all(axis=0), 1.0 + alike + (alike & level), np.nan)
        words = [VERDICTS.get(value, LOST) for value in step]
        frame = pd.DataFrame(
            {
                "construct": self.parts.model.names, "versus": versus, "statistic": "step", "unit": "none",
                "estimate": step, "n_obs": own.n_obs + base.n_obs, "reason": words, "method": "permutation",
            }
        )  # fmt: skip
        return Derived(frame=frame)

    def _permuted(self, fits: Mapping[str, Fitted], name: str, base: str, child: int) -> Array:
        """P-values of one pair, shape (3 K,)."""
        own, other = fits[name], fits[base]
        if own.summary.pooled is None:
            raise ValueError("a group is compared beside the moments of all groups")
        rows = np.flatnonzero(own.weights + other.weights > 0)
        moments = Moments.of_rows(self.columns.values[rows], names=self.columns.names, pairwise=self.columns.pairwise)
        trade = exchange(np.asarray(own.weights[rows] > 0), self.design, rows)
        return permuted(
            self.parts, moments, (own.weights + other.weights)[rows], own.summary.pooled, trade,
            count=self.permutations, seed=self.seed, child=child,
        )  # fmt: skip


def permuted(
    parts: Parts, moments: Moments, weights: Array, pooled: Summary, trade: Exchange, *, count: int, seed: int,
    child: int = 0,
) -> Array:  # fmt: skip
    """P-values of a pair by permutations of its labels, shape (3 K,); weights stay with their respondents.

    Parameters
    ----------
    parts : Parts
    moments : Moments
        Of the n respondents of the pair.
    weights : array, shape (n,)
    pooled : Summary
        Moments of all groups, which a permutation within the pair does not move.
    trade : Exchange
    count, seed, child : int
        Permutations; their seed, and which pair of the seed this is.
    """
    whole, size = moments.totals(weights[:, None]), len(parts.model.names)

    def compared(labels: BoolArray) -> Array:
        first = moments.totals(weights[:, None] * labels)
        both = moments.layout.summary(np.concatenate([first, whole - first]))
        return parts.compared(*np.split(parts.of(both.mean, both.cov, pooled), 2))

    with threadpool_limits(1, user_api="blas"):
        observed = compared(trade.label[trade.unit][:, None])[0]
        drawn = [compared(labels) for labels in trade.relabelled(count=count, seed=seed, child=child)]
    values = np.concatenate(drawn)
    lower = permutation_p(observed[:size], values[:, :size], lower=True)
    p = np.concatenate([lower, permutation_p(observed[size:], values[:, size:], lower=False)])
    return np.asarray(np.where(np.isfinite(values).mean(axis=0) >= 1 - MOST_LOST, p, np.nan))


VERDICTS = {
    1.0: "may not be compared: the scores are formed in different ways",
    2.0: "relations may be compared; means and spreads differ, by satisfaction, language or style of answering",
    3.0: "means may be compared",
}
"""What follows from the highest step that holds."""


def chosen(reference: str | None, names: list[str]) -> str:
    """Give the group that the others are held against: the one named, else the first."""
    if reference is not None and reference not in names:
        raise ValueError(f"reference={reference!r} is no category; categories are {', '.join(names)}")
    return names[0] if reference is None else reference
