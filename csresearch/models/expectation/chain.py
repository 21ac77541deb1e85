"""The chain expectation -> performance -> disconfirmation -> satisfaction, and the direct measure of disconfirmation.

A chain of regressions by least squares: each link is regressed on all links before it. Direct and indirect effects add
up to the total effect exactly, as they do in every such chain (Alwin and Hauser, 1975).
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations, pairwise
from typing import Any

import numpy as np
import pandas as pd

from csresearch.inference.moments import AnyArray, Array, Summary
from csresearch.models.importance.regression import regress

Z, X, Y, D, WORSE, SAME, BETTER = range(7)
SHARES = ("worse", "as_expected", "better")
AROUND = 0.5  # points about the middle of the scale that count as "as expected"; on an even scale two answers
VIA = " > "


@dataclass(frozen=True, kw_only=True)
class Chain:
    """Links in their order, as columns of the moments and as names; the last is what is explained."""

    columns: tuple[int, ...]
    names: tuple[str, ...]

    @property
    def arrows(self) -> list[tuple[int, int]]:
        """Every arrow, as places in the chain: source, target."""
        return list(combinations(range(len(self.columns)), 2))

    @property
    def routes(self) -> list[tuple[int, ...]]:
        """Every way from a link to the last that passes another, as places: source, links passed, last."""
        last = len(self.columns) - 1
        return [
            (source, *passed, last)
            for source in range(last)
            for size in range(1, last - source)
            for passed in combinations(range(source + 1, last), size)
        ]

    def rows(self) -> list[dict[str, Any]]:
        """Say what each number is: paths, then of each source direct, indirect (by route and in all), total effect."""
        common = {"table": "chain", "kind": "level", "unit": "per_point"}
        names = self.names
        found = [{**common, "source": names[a], "target": names[b], "statistic": "path"} for a, b in self.arrows]
        found += [
            {**common, "source": names[r[0]], "target": names[-1], "statistic": "indirect",
             "category": VIA.join(names[k] for k in r[1:-1])} for r in self.routes
        ]  # fmt: skip
        for statistic in ("direct", "indirect", "total"):
            some = names[: -2 if statistic == "indirect" else -1]  # the last link before the end passes no other
            found += [{**common, "source": name, "target": names[-1], "statistic": statistic} for name in some]
        return found

    def numbers(self, batch: Summary) -> AnyArray:
        """Numbers of `rows` from moments, shape (b, k)."""
        size = len(self.columns)
        paths: dict[tuple[int, int], AnyArray] = {}
        for target in range(1, size):
            fit = regress(batch.mean, batch.cov, self.columns[:target], self.columns[target])
            paths |= {(source, target): fit.slopes[:, source] for source in range(target)}
        routes = {route: np.prod([paths[pair] for pair in pairwise(route)], axis=0)
                  for route in self.routes}  # fmt: skip
        nothing = np.zeros_like(batch.cov[:, 0, 0])
        direct = [paths[source, size - 1] for source in range(size - 1)]
        indirect = [sum((v for r, v in routes.items() if r[0] == source), nothing) for source in range(size - 1)]
        total = [a + b for a, b in zip(direct, indirect, strict=True)]
        return np.stack([*(paths[a] for a in self.arrows), *routes.values(), *direct, *indirect[:-1], *total], axis=1)


def direct_columns(outcome: Array, expectation: Array, performance: Array, direct: Array, *, middle: float) -> Array:
    """Columns of the direct measure, shape (n, 7), in the order of Z to BETTER."""
    worse, better = direct < middle - AROUND, direct > middle + AROUND
    parts = (outcome, expectation, performance, direct, worse, ~worse & ~better, better)
    return np.stack([np.asarray(part, dtype=float) for part in parts], axis=1)


def direct_rows(name: str) -> list[dict[str, Any]]:
    """Say what the numbers of the direct measure are."""
    common = {"table": "direct", "term": name}
    found: list[dict[str, Any]] = [
        {**common, "kind": "level", "category": share, "statistic": "share", "unit": "share"} for share in SHARES
    ]
    found += [
        {**common, "kind": "level", "statistic": "mean", "unit": "points"},
        {"table": "direct", "kind": "level", "model": "direct_only", "statistic": "intercept", "unit": "points"},
        {**common, "kind": "level", "statistic": "slope", "unit": "per_point"},
    ]
    for model in ("direct_only", "without_direct", "with_direct"):
        found.append({"table": "direct", "kind": "square", "model": model, "statistic": "r2", "unit": "r2"})
    return found


@dataclass(frozen=True, kw_only=True)
class DirectEstimate:
    """Moments to the numbers of `direct_rows` and of the chain."""

    chain: Chain

    def __call__(self, batch: Summary, point: Summary) -> AnyArray:
        """Estimate, for every element of the batch."""
        alone = regress(batch.mean, batch.cov, [D], Z)
        without = regress(batch.mean, batch.cov, [X, Y], Z)
        together = regress(batch.mean, batch.cov, [X, Y, D], Z)
        parts = [
            batch.mean[:, [WORSE, SAME, BETTER]], batch.mean[:, [D]], alone.intercept[:, None], alone.slopes,
            np.stack([alone.r2, without.r2, together.r2], axis=1), self.chain.numbers(batch),
        ]  # fmt: skip
        return np.concatenate(parts, axis=1)


def direct_plan_rows(name: str, chain: Chain) -> pd.DataFrame:
    """Rows of the direct measure and of the chain."""
    return pd.DataFrame(direct_rows(name) + chain.rows())
