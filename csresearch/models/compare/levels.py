"""Levels of categories: by the design, or of given groups by their own respondents; and what is said of small bases."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from scipy import stats

from csresearch.errors import StatisticsError
from csresearch.inference.moments import Array, BoolArray
from csresearch.inference.replicates import AnyReplicates
from csresearch.models.compare.league import Within, within_groups
from csresearch.models.compare.pairs import Categories
from csresearch.models.fitting import Plan, domains_of, fit_plan, keys_of
from csresearch.models.scoring.closed import wilson
from csresearch.models.scoring.columns import SHARES
from csresearch.result import Result
from csresearch.survey.sample import Sample
from csresearch.vocabulary import base_reason, group_column


@dataclass(frozen=True, kw_only=True)
class Levels:
    """What was estimated in every category, and in all of them together.

    `total`, `total_draws` and `total_deviations` have shapes (k,), (r, k) and (m, k); `squared` is the squared error
    of a category by its size, shape (c, k).
    """

    result: Result
    categories: Categories
    total: Array
    total_draws: Array
    total_deviations: Array
    squared: Array
    given: bool


def levels_of(
    plan: Plan, model: object, sample: Sample, *, by: str, replicates: AnyReplicates | None, level: float
) -> Levels:
    """Estimate a plan in the categories of `by` and in all of them; a category within one cluster is given."""
    names, members = domains_of(sample, by)
    if len(names) < 2:
        raise StatisticsError(f"{by!r} has one category, {names[0]!r}: nothing to compare")
    whole = fit_plan(
        plan, model, sample.where(np.asarray(members.any(axis=0))), replicates=replicates, by=None, level=level
    )  # fmt: skip
    if _given(sample, by, members):
        return _within(plan, whole, members, by=by, names=names, level=level)
    found = fit_plan(plan, model, sample, replicates=replicates, by=by, level=level)
    categories = Categories.of(found, "levels", str(group_column(found.frames["levels"])))
    error = found.frames["levels"]["std_error"].to_numpy(dtype=float).reshape(categories.point.shape)
    return Levels(
        result=found, categories=categories, total=whole.frames["levels"]["estimate"].to_numpy(dtype=float),
        total_draws=whole.samples["levels"], total_deviations=whole.precision.deviations["levels"],
        squared=error**2, given=False,
    )  # fmt: skip


def _given(sample: Sample, by: str, members: BoolArray) -> bool:
    """Tell whether each category lies within one cluster, or is an outlet: then only its respondents vary."""
    if by == "outlet" and sample.study is not None:
        return True
    cluster, counted = sample.design.cluster, sample.base_weights > 0
    return sample.design.clustered and all(len(np.unique(cluster[m & counted])) == 1 for m in members)


def _within(
    plan: Plan, whole: Result, members: BoolArray, *, by: str, names: list[str], level: float
) -> Levels:  # fmt: skip
    """Estimate given groups from their own respondents; together they are weighed by their shares of the weights."""
    sample, values = whole.sample, plan.columns.values
    code = np.where(members.any(axis=0), members.argmax(axis=0), -1)
    found = within_groups(values, sample.weights, code, size=len(names))
    if bare := [name for name, n in zip(names, found.n.min(axis=1), strict=True) if n == 0]:
        raise StatisticsError(
            f"nobody answered every item in {by} = {', '.join(bare[:5])}; leave the category or the item out"
        )
    error = found.std_error if whole.precision.replicates is not None else np.full_like(found.mean, np.nan)
    frame = _within_rows(plan, whole, found, error, by=by, names=names, level=level)
    deviations = (
        np.eye(len(names))[:, :, None] * np.nan_to_num(error) if np.isfinite(error).any() else error[:0, :, None]
    )
    answered = ~np.isnan(values) * sample.weights[:, None]
    share = np.stack([answered[m].sum(axis=0) for m in members])
    share = share / share.sum(axis=0)
    deviations = deviations.reshape(-1, *found.mean.shape) if len(deviations) else np.empty((0, *found.mean.shape))
    df = np.maximum(found.n.min(axis=1) - 1, 0)
    categories = Categories(
        names=tuple(names), point=found.mean, draws=np.empty((0, *found.mean.shape)), deviations=deviations, df=df
    )
    precision = replace(whole.precision, df=dict(zip(names, map(int, df), strict=True)), deviations={})
    result = replace(
        whole, by=by, precision=precision, frames={"levels": frame}, samples={"levels": whole.samples["levels"][:, :0]}
    )
    return Levels(
        result=result, categories=categories, total=(share * found.mean).sum(axis=0),
        total_draws=np.empty((0, values.shape[1])), total_deviations=np.einsum("ck,mck->mk", share, deviations),
        squared=np.where(whole.precision.replicates is None, np.nan, found.squared), given=True,
    )  # fmt: skip


def _within_rows(
    plan: Plan, whole: Result, found: Within, error: Array, *, by: str, names: list[str], level: float
) -> pd.DataFrame:  # fmt: skip
    rows = plan.rows.drop(columns=["table", "kind"])
    frame = pd.concat([rows.assign(**keys_of(by, name)) for name in names], ignore_index=True)
    mean, error, n = (np.asarray(part, dtype=float).ravel() for part in (found.mean, error, found.n))
    df, effective = n - 1, found.n_effective.ravel()
    usable = (df > 0) & np.isfinite(error)
    with np.errstate(invalid="ignore", divide="ignore"):
        t = stats.t.ppf(0.5 + level / 2, np.where(usable, df, np.nan))
        low, high = mean - t * error, mean + t * error
        share = frame["statistic"].isin(SHARES).to_numpy() & usable
        ends = wilson(mean, effective, z=np.asarray(t))
        low, high = np.where(share, ends[0], low), np.where(share, ends[1], high)
        p = np.where(error > 0, 2 * stats.t.sf(np.abs(mean / error), df), np.nan)
    none = whole.precision.replicates is None
    reason = np.where(none, "no replicates were asked for", np.where(
        df < 1, "not defined here: no variance, or too few answers",
        np.where(error > 0, "", "does not vary: the same in every replicate"),
    ))  # fmt: skip
    method = "none" if none else np.where(share, "Wilson, effective n", "respondents within, t")
    return frame.assign(
        estimate=mean, std_error=error, conf_low=low, conf_high=high, p_value=p, df=df.astype(int), n_obs=n.astype(int),
        n_effective=effective if not none else np.nan, method=method, reason=reason,
    )  # fmt: skip


def spread_of(values: Array, sample: Sample, by: str) -> Array:
    """Take the standard deviation of single answers in each category, shape (c, k), from columns of shape (n, k)."""
    answered = ~np.isnan(values)
    x, w = np.where(answered, values, 0.0), answered * sample.weights[:, None]
    found = []
    for member in domains_of(sample, by)[1]:
        weight = w * member[:, None]
        with np.errstate(invalid="ignore", divide="ignore"):
            mean = (weight * x).sum(axis=0) / weight.sum(axis=0)
            found.append(np.sqrt((weight * (x - mean) ** 2).sum(axis=0) / weight.sum(axis=0)))
    return np.stack(found)


def flagged(frame: pd.DataFrame) -> pd.DataFrame:
    """Say in `reason` where the effective base is small; nothing is left out of a table."""
    small = base_reason(frame["n_effective"], frame["reason"])
    return frame.assign(reason=np.where(frame["reason"] == "", small, frame["reason"]))
