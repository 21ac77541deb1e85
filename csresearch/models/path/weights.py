"""Outer weights of the satisfaction index: own in each category, of the whole sample, or those of an earlier study."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, TypeAlias

import numpy as np

from csresearch.inference.moments import Array, Summary
from csresearch.models.path.path_model import PathModel
from csresearch.models.path.pls import PLSFit, fit_pls, weigh
from csresearch.result import Result

Weights: TypeAlias = Literal["own", "pooled", "frozen"]
Frozen: TypeAlias = Mapping[str, Mapping[str, float]]
SUM = 1e-6  # how far weights may be from 1 in sum: those of a printed table are rounded


def scored(model: PathModel, batch: Summary, fixed: Array | None, *, max_iterations: int) -> PLSFit:
    """Find the scores of a batch: by its own outer weights, those of the pooled moments beside it, or fixed ones.

    Parameters
    ----------
    model : PathModel
    batch : Summary
        With `pooled` moments where the weights are those of the whole sample.
    fixed : array, shape (q,), optional
        Weights of the items in the units of the questionnaire; only their ratios in a block count.
    max_iterations : int
        As in `fit_pls`.
    """
    if fixed is not None:
        return weigh(model, batch.cov, np.broadcast_to(fixed, batch.mean.shape))
    if batch.pooled is None:
        return fit_pls(model, batch.cov, max_iterations=max_iterations)
    found = fit_pls(model, batch.pooled.cov, max_iterations=max_iterations)
    with np.errstate(invalid="ignore", divide="ignore"):
        return weigh(model, batch.cov, found.weights / np.sqrt(np.diagonal(batch.pooled.cov, axis1=1, axis2=2)))


def weights_of(result: Result) -> dict[str, dict[str, float]]:
    """Index weights of an earlier result: construct, item, weight; they sum to 1 in a construct.

    Raises
    ------
    ValueError
        It has no index weights, or those of several categories.
    """
    name = type(result.model).__name__
    if "weights" not in result.tables:
        raise ValueError(
            f"frozen: a result of {name} has no outer weights; give one of SatisfactionIndex, or a mapping"
        )
    if result.by is not None:
        raise ValueError(
            f"frozen: the result was fitted by={result.by!r} and has weights of each category; give one of the whole "
            "sample, or of sample.where(...)"
        )
    found: dict[str, dict[str, float]] = {}
    for row in result.estimates("weights", statistic="index_weight").itertuples():
        found.setdefault(str(row.construct), {})[str(row.item)] = float(row.estimate)  # type: ignore[arg-type]
    return found


def fixed_weights(
    kind: Weights, frozen: Frozen | None, constructs: Mapping[str, tuple[str, ...]], low: Array, high: Array
) -> Array | None:
    """Check the choice of weights; give frozen ones in the units of the questionnaire, shape (q,), None for others.

    Raises
    ------
    ValueError
        An unknown kind; weights that are not used, or not given; every construct and item that is missing, foreign or
        no number, and every construct whose weights do not sum to 1.
    """
    if kind not in ("own", "pooled", "frozen"):
        raise ValueError(f"weights={kind!r}: allowed are own, pooled, frozen")
    if (kind == "frozen") != (frozen is not None):
        given = "are given" if frozen is not None else "are not given"
        raise ValueError(
            f"weights={kind!r}, and frozen weights {given}; write weights='frozen', frozen=<an earlier result, or a "
            "mapping of construct to item to weight>"
        )
    if frozen is None:
        return None
    if problems := _problems(frozen, constructs):
        raise ValueError("frozen weights do not fit the model:\n" + "\n".join(f"- {words}" for words in problems))
    shares = np.array([float(frozen[name][item]) for name, items in constructs.items() for item in items])
    return np.asarray(shares / (high - low))


def _problems(frozen: Frozen, constructs: Mapping[str, tuple[str, ...]]) -> list[str]:
    """Everything that keeps frozen weights from being used."""
    found = [f"construct {name!r} has no weights" for name in constructs if name not in frozen]
    found += [
        f"construct {name!r} is not in the model; constructs are {', '.join(constructs)}"
        for name in frozen
        if name not in constructs
    ]
    for name, items in constructs.items():
        own = frozen.get(name, {})
        found += [f"item {item!r} of {name!r} has no weight" for item in items if item not in own and name in frozen]
        found += [f"item {i!r} is not in {name!r}; its items are {', '.join(items)}" for i in own if i not in items]
        bad = [f"{item!r} of {name!r} has the weight {own[item]!r}" for item in own if not np.isfinite(own[item])]
        found += [f"{words}; a weight is a number" for words in bad]
        if set(own) == set(items) and not bad and abs(total := sum(own.values()) - 1) > SUM:
            found.append(f"the weights of {name!r} sum to {total + 1:.6g}; they have to sum to 1")
    return found
