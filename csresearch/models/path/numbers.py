"""The numbers of the satisfaction index: what each is about, and how they follow from moments."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from csresearch.inference.moments import AnyArray, Array, BoolArray, Summary
from csresearch.models.measurement.reliability import (
    alpha,
    average_variance_extracted,
    construct_pairs,
    heterotrait_monotrait,
    rho_a,
    rho_c,
    standardised_alpha,
)
from csresearch.models.path.effects import effects, index_scores, per_point, structure
from csresearch.models.path.path_model import PathModel
from csresearch.models.path.weights import scored

QUALITY = ("r2", "alpha", "alpha_standardised", "rho_a", "rho_c", "ave")


@dataclass(frozen=True, kw_only=True)
class Numbers:
    """Moments to all numbers of the model, in the order of `rows_of`.

    `low` and `high` are the ends of the scales, shape (q,); `fixed` outer weights in the units of the questionnaire.
    """

    model: PathModel
    low: Array
    high: Array
    target: int
    kept: BoolArray
    fixed: Array | None = None
    max_iterations: int

    def __call__(self, batch: Summary, point: Summary) -> AnyArray:
        """Estimate, shape (b, k)."""
        model, blocks = self.model, self.model.blocks
        fitted = scored(model, batch, self.fixed, max_iterations=self.max_iterations)
        inner = structure(model, fitted.correlations)
        scores = index_scores(model, fitted.weights, batch.mean, batch.cov, self.low, self.high)
        found = effects(model, inner.paths)
        first, second = np.array(construct_pairs(blocks)).reshape(-1, 2).T
        sources, targets = model.reached
        every = np.concatenate(
            [
                scores.index, inner.paths, fitted.weights, scores.weights, fitted.loadings,
                *(
                    part[:, sources, targets]
                    for kind in (found.direct, found.indirect, found.total)
                    for part in (kind, per_point(kind, scores.sd))
                ),
                inner.r2, alpha(batch.cov, blocks), standardised_alpha(batch.cov, blocks), rho_a(model, fitted.weights),
                rho_c(fitted.loadings, blocks), average_variance_extracted(fitted.loadings, blocks),
                heterotrait_monotrait(batch.cov, blocks), fitted.correlations[:, first, second],
                per_point(found.total, scores.sd)[:, :, self.target], scores.index, scores.points,
            ],
            axis=1,
        )  # fmt: skip
        return every[:, self.kept]


def rows_of(model: PathModel, items: tuple[str, ...], target: str) -> list[dict[str, object]]:
    """Say what each number is, in the order of the estimate."""
    names = model.names
    owner = [names[k] for k in model.owner]

    def row(table: str, statistic: str, unit: str, kind: str = "level", **keys: str) -> dict[str, object]:
        return {"table": table, "kind": kind, "statistic": statistic, "unit": unit, **keys}

    rows = [row("index", "index", "points", construct=name) for name in names]
    rows += [row("paths", "path", "sd", source=names[s], target=names[t]) for s, t in model.paths]
    for table, statistic, unit in (
        ("weights", "outer_weight", "sd"), ("weights", "index_weight", "share"), ("loadings", "loading", "sd"),
    ):  # fmt: skip
        rows += [row(table, statistic, unit, construct=c, item=i) for c, i in zip(owner, items, strict=True)]
    sources, targets = model.reached
    reached = list(zip(sources, targets, strict=True))
    for statistic in ("direct", "indirect", "total"):
        for unit in ("sd", "per_point"):
            rows += [row("effects", statistic, unit, source=names[s], target=names[t]) for s, t in reached]
    for statistic in QUALITY:
        kind, unit = ("square", "r2") if statistic == "r2" else ("positive", "none")
        rows += [row("constructs", statistic, unit, kind, construct=name) for name in names]
    for statistic, kind in (("htmt", "square"), ("correlation", "level")):
        pairs = construct_pairs(model.blocks)
        rows += [row("discriminant", statistic, "none", kind, construct=names[a], versus=names[b]) for a, b in pairs]
    for statistic, unit in (("importance", "per_point"), ("performance", "points")):
        rows += [row("importance_performance", statistic, unit, construct=name, target=target) for name in names]
    return rows + [row("items", "points", "points", construct=c, item=i) for c, i in zip(owner, items, strict=True)]


def defined(rows: pd.DataFrame, model: PathModel, target: str, *, frozen: bool) -> BoolArray:
    """Tell which rows mean something: R2 of the explained, reliability of reflective blocks, effects on the target.

    rho_a is of weights that PLS has found in mode A, so frozen weights have none.
    """
    explained = {model.names[t] for _, t in model.paths}
    measured = {n for n, b, m in zip(model.names, model.blocks, model.modes, strict=True) if len(b) > 1 and m == "A"}
    sources, targets = model.reached
    acting = {model.names[s] for s, t in zip(sources, targets, strict=True) if model.names[t] == target}
    allowed = {"r2": explained, "importance": acting, "htmt": set(model.names)}
    allowed |= {statistic: measured for statistic in QUALITY[1:]}
    if frozen:
        allowed["rho_a"] = set()
    pairs = zip(rows["statistic"], rows["construct"], strict=True)
    return np.array([statistic not in allowed or name in allowed[statistic] for statistic, name in pairs])
