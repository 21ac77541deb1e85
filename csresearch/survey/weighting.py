"""Weights that bring a sample to its population: raking to margins, trimming, and what that costs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pandas as pd

from csresearch.errors import DataError
from csresearch.inference.design import kish_effect
from csresearch.inference.moments import Array, BoolArray, IntArray
from csresearch.inference.raking import Raking
from csresearch.show.phrase import Amount, Name, phrase
from csresearch.survey.sample import Sample

MET = 0.0005  # a margin missed by more, after trimming, is said in the log
LOST = 0.02  # a margin missed by more cannot be called met: the bounds are too tight


def weight(
    sample: Sample,
    *,
    margins: Mapping[str, Mapping[str, float]] | None = None,
    within: str | None = None,
    trim: tuple[float, float] | None = None,
) -> Sample:
    """Rake to margins of the population; every replicate will rake again.

    Parameters
    ----------
    sample : Sample
    margins : mapping of column to mapping of category to share, optional
        Default: the [margins] of the study, with their `rake` table. Without any: weights stay, and the log says so.
    within : column, optional
        Rake within each of its categories (each wave for itself), whose totals stay.
    trim : (low, high), optional
        Bounds of final weight over weight before, relative to its mean.

    Returns
    -------
    Sample

    Raises
    ------
    DataError
        Categories without a target, targets without respondents, targets that cannot be met together.

    References
    ----------
    Deming, W. E. and Stephan, F. F. (1940), Annals of Mathematical Statistics 11; Kish, L. (1992), Journal of Official
    Statistics 8 (effective n).

    Examples
    --------
    >>> frame = pd.DataFrame({"sex": ["f", "m", "m", "m"], "a": [9, 5, 6, 7]})
    >>> raked = weight(Sample.from_frame(frame, scale=(1, 10)), margins={"sex": {"f": 0.5, "m": 0.5}})
    >>> raked.weights.round(4).tolist()
    [2.0, 0.6667, 0.6667, 0.6667]
    """
    if margins is None and sample.study is not None and sample.study.margins:
        margins = sample.study.margins
        within = within or sample.study.rake.within
        trim = trim or sample.study.rake.trim
    if not margins:
        if within is not None or trim is not None:
            raise DataError("`within` and `trim` say how to rake, and there are no margins to rake to; give margins=")
        return sample.logged(
            step="weight", rule="none", action="kept", flagged=0, excluded=0,
            text=phrase("flow.no_margins"),
        )  # fmt: skip
    raking = _raking(sample, margins, within, trim)
    raked = replace(sample, raking=raking)
    totals = raking.cell_totals(sample.base_weights[:, None])
    factors = raking.factors(totals)
    if np.isnan(factors).any():
        raise DataError(
            f"the margins {', '.join(margins)} cannot be met together: some combinations of categories have no "
            "respondent; merge small categories or leave a margin out"
        )
    missed = float(raking.deviation(totals, factors)[0])
    if missed > LOST:
        raise DataError(
            f"with weights held in {trim} a margin is missed by {missed:.1%}; widen `trim` or merge small categories"
        )
    words = _account(raked, margins, trim, missed)
    return raked.logged(step="weight", rule="raking", action="weighted", flagged=0, excluded=0, text=words)


def _account(sample: Sample, margins: Mapping[str, object], trim: tuple[float, float] | None, missed: float) -> str:
    weights = sample.weights[sample.weights > 0]
    effect = kish_effect(weights)
    fields: dict[str, object] = {
        "margins": Name(tuple(margins)), "effect": Amount(effect, places=2),
        "low": Amount(weights.min(), places=2), "high": Amount(weights.max(), places=2),
        "n": Amount(len(weights) / effect, "money"),
    }  # fmt: skip
    if trim is None:
        return phrase("flow.raked", fields=fields)
    fields |= {"least": Amount(trim[0]), "most": Amount(trim[1]), "missed": Amount(missed, "share", places=1)}
    return phrase("flow.raked_missed" if missed > MET else "flow.raked_held", fields=fields)


def _raking(
    sample: Sample, margins: Mapping[str, Mapping[str, float]], within: str | None, trim: tuple[float, float] | None
) -> Raking:
    """Code the margins, each within the categories of `within`, on the cells that occur."""
    if trim is not None and not 0 <= trim[0] < 1 < trim[1]:
        raise DataError(f"trim = {trim}: give two bounds around 1, such as (0.3, 3.0)")
    weighted = sample.base_weights > 0
    problems: list[str] = []
    block, shares, parts = _blocks(sample, within, problems)
    codes: list[IntArray] = []
    targets: list[Array] = []
    for column, target in margins.items():
        code = _margin_codes(sample, column, target, weighted, problems)
        if code is None:
            continue
        share = np.array([float(value) for value in target.values()])
        share = share / share.sum()
        codes.append(block * len(share) + code)
        targets.append(np.outer(shares, share).reshape(-1))
        counts = np.bincount(codes[-1][weighted], minlength=len(targets[-1]))
        problems += [
            f"{column} = {name!r} has a target of {share[k]:.1%} and no respondent"
            + (f" in {within} = {parts[b]!r}" if within else "")
            + "; merge it with another category"
            for b in np.flatnonzero(shares > 0)
            if parts[b] or within is None  # who has no part is told of above
            for k, name in enumerate(target)
            if counts[b * len(share) + k] == 0 < share[k]
        ]
    if problems:
        raise DataError("the margins cannot be used:", problems=problems)
    stacked = np.stack(codes, axis=1)
    cells, cell = np.unique(stacked, axis=0, return_inverse=True)
    return Raking(
        cell=cell.reshape(-1).astype(np.int64),
        category=tuple(cells[:, m].astype(np.int64) for m in range(cells.shape[1])),
        target=tuple(targets),
        trim=trim,
    )


def _blocks(sample: Sample, within: str | None, problems: list[str]) -> tuple[IntArray, Array, list[str]]:
    """Code, share of weight and name of each part that is raked for itself."""
    if within is None:
        return np.zeros(len(sample), dtype=np.int64), np.ones(1), [""]
    group = sample.group(within)
    lost = int((group.isna().to_numpy() & (sample.base_weights > 0)).sum())
    if lost:
        problems.append(f"{lost} respondents have no {within!r}, which is raked within")
    code, names = pd.factorize(group.fillna(""), sort=True)
    total = np.bincount(code, weights=sample.base_weights)
    return code.astype(np.int64), total / total.sum(), [str(name) for name in names]


def _margin_codes(
    sample: Sample, column: str, target: Mapping[str, float], weighted: BoolArray, problems: list[str]
) -> IntArray | None:
    """Category of each respondent; what does not fit is added to the problems."""
    if column not in sample.answers.columns:
        problems.append(f"column {column!r} is not in the data")
        return None
    if abs(sum(target.values()) - 1) > 0.001 or min(target.values()) < 0:
        found = sum(target.values())
        problems.append(f"the targets of {column!r} sum to {found:.3f}; give shares of 0 or more that sum to 1")
        return None
    group = sample.group(column)
    code = group.map({str(name): k for k, name in enumerate(target)}).to_numpy(dtype=float, na_value=np.nan)
    missing = int((group.isna().to_numpy() & weighted).sum())
    if missing:
        problems.append(f"{missing} respondents have no {column!r}; give them a category of their own with a target")
    known = {str(name) for name in target}
    counts = group[pd.Series(weighted, index=group.index)].value_counts()
    for value in sorted(set(map(str, counts.index)) - known):
        listed = ", ".join(sorted(known))
        problems.append(f"{column} = {value!r} has {counts[value]} respondents and no target; targets are {listed}")
    return np.nan_to_num(code).astype(np.int64)
