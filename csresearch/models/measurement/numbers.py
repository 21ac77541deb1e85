"""The numbers of Reliability: what each is about, and how they follow from moments."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import combinations, pairwise

import numpy as np
import pandas as pd

from csresearch.inference.moments import AnyArray, Array, BoolArray, Summary
from csresearch.models.measurement.items import alpha_dropped, item_rest, mean_correlation
from csresearch.models.measurement.one_factor import omega, one_factor
from csresearch.models.measurement.reliability import (
    alpha,
    average_variance_extracted,
    construct_pairs,
    heterotrait_monotrait,
    rho_a,
    rho_c,
    standardised_alpha,
)
from csresearch.models.path.path_model import Mode, PathModel
from csresearch.models.path.pls import correlations_of, fit_pls

ALONE = ("alpha", "alpha_standardised", "omega", "mean_correlation")
TOGETHER = ("rho_a", "rho_c", "ave")
ITEMS = ("item_rest", "alpha_dropped", "factor_loading")
PAIRS = ("htmt", "correlation", "fornell_larcker")
MARKED = "correlation_marked"


def blocks_of(constructs: dict[str, tuple[str, ...]]) -> tuple[tuple[int, ...], ...]:
    """Positions of the items of each construct."""
    edges = np.cumsum([0, *(len(items) for items in constructs.values())])
    return tuple(tuple(range(a, b)) for a, b in pairwise(edges))


def neighbours(constructs: dict[str, tuple[str, ...]]) -> PathModel | None:
    """Composites without a theory of causes: every construct is a neighbour of every other; None for a single one."""
    if len(constructs) < 2:
        return None
    size = len(constructs)
    modes: tuple[Mode, ...] = tuple("A" for _ in constructs)
    return PathModel(
        blocks=blocks_of(constructs), names=tuple(constructs), paths=tuple(combinations(range(size), 2)), modes=modes,
        scheme="factorial",
    )  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Numbers:
    """Moments to all numbers, in the order of `rows`; with `marker`, the last column is the marker variable."""

    constructs: dict[str, tuple[str, ...]]
    marker: bool = False

    @cached_property
    def blocks(self) -> tuple[tuple[int, ...], ...]:
        """Positions of the items of each construct."""
        return blocks_of(self.constructs)

    @cached_property
    def model(self) -> PathModel | None:
        """What forms the composites."""
        return neighbours(self.constructs)

    def __call__(self, batch: Summary, point: Summary) -> AnyArray:
        """Estimate, shape (b, k)."""
        return np.concatenate(self._all(np.asarray(batch.cov, dtype=float)), axis=1)[:, self.kept]

    def _all(self, whole: Array) -> list[Array]:
        size, blocks = sum(map(len, self.blocks)), self.blocks
        cov = whole[:, :size, :size]
        loadings = one_factor(cov, blocks)
        found = [
            alpha(cov, blocks), standardised_alpha(cov, blocks), omega(cov, loadings, blocks),
            mean_correlation(cov, blocks), item_rest(cov, blocks), alpha_dropped(cov, blocks), loadings,
        ]  # fmt: skip
        if self.model is None:
            return found
        fit = fit_pls(self.model, cov)
        first, second = np.array(construct_pairs(blocks)).T
        between, ave = fit.correlations[:, first, second], average_variance_extracted(fit.loadings, blocks)
        found += [rho_a(self.model, fit.weights), rho_c(fit.loadings, blocks), ave]
        found += [heterotrait_monotrait(cov, blocks), between]
        found.append(np.minimum(ave[:, first], ave[:, second]) - between**2)
        if self.marker:
            with_marker = (correlations_of(whole)[:, :size, size] * fit.weights) @ self.model.membership
            method = np.abs(with_marker).min(axis=1, keepdims=True)
            found.append((between - method) / (1 - method))
        return found

    @cached_property
    def _every(self) -> pd.DataFrame:
        """All rows, those that mean nothing among them."""
        about = [(name, item) for name, items in self.constructs.items() for item in items]
        rows: list[dict[str, object]] = []

        def add(table: str, statistic: str, kind: str = "positive", unit: str = "none", **keys: str) -> None:
            rows.append({"table": table, "kind": kind, "statistic": statistic, "unit": unit, **keys})

        for statistic in ALONE:
            for name in self.constructs:
                kind = "level" if statistic == "mean_correlation" else "positive"
                add("constructs", statistic, kind, construct=name)
        for statistic in ITEMS:
            for name, item in about:
                kind, unit = ("level", "sd") if statistic == "factor_loading" else ("level", "none")
                add("items", statistic, "positive" if statistic == "alpha_dropped" else kind, unit, construct=name,
                    item=item)  # fmt: skip
        if self.model is not None:
            for statistic in TOGETHER:
                for name in self.constructs:
                    add("constructs", statistic, construct=name)
            names = self.model.names
            for statistic in (*PAIRS, *((MARKED,) if self.marker else ())):
                for a, b in construct_pairs(self.blocks):
                    kind = "square" if statistic == "htmt" else "level"
                    add("discriminant", statistic, kind, construct=names[a], versus=names[b])
        return pd.DataFrame(rows)

    @cached_property
    def kept(self) -> BoolArray:
        """Rows that mean something: a single item has no reliability, and of two items none can be left out."""
        size = self._every["construct"].map({name: len(items) for name, items in self.constructs.items()})
        least = self._every["statistic"].map({"alpha_dropped": 3, **dict.fromkeys((*PAIRS, MARKED), 1)}).fillna(2)
        return np.asarray(size >= least, dtype=bool)

    @property
    def rows(self) -> pd.DataFrame:
        """Say what each number is, in the order of the estimate."""
        return self._every[self.kept].reset_index(drop=True)
