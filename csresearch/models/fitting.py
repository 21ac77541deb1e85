"""From a plan to a result: the one way in which every model is fitted."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pandas as pd

from csresearch.errors import StatisticsError
from csresearch.inference.engine import Estimates, Estimator, Problem, run
from csresearch.inference.intervals import MAX_FAILED, SMALL_DF, Intervals, intervals, separable_from_zero
from csresearch.inference.moments import AnyArray, Array, IntArray, Moments, Summary
from csresearch.inference.replicates import AnyReplicates, Bootstrap, replicates_id
from csresearch.models.terms import Columns
from csresearch.result import Check, Precision, Result, ordered
from csresearch.survey.sample import Sample

ROLES = ("wave", "brand", "outlet")
PLAIN = ("table", "kind")
"""Columns of a plan's rows that say how to treat a number, beside the keys that say what it is about."""


@dataclass(frozen=True, kw_only=True)
class Fitted:
    """The numbers of one domain, as models derive more from them: k numbers, r draws."""

    rows: pd.DataFrame
    point: Array
    draws: Array
    summary: Summary
    df: int
    level: float
    n_obs: int


@dataclass(frozen=True, kw_only=True)
class Derived:
    """Rows that follow from the draws (ranks, quadrants); their own draws where they have any."""

    frame: pd.DataFrame
    draws: Array | None = None


Derive = Callable[[Fitted], Mapping[str, Derived]]
Adjust = Callable[[Fitted, Intervals], Intervals]
Judge = Callable[[Fitted], list[Check]]
Guard = Callable[[Summary], None]


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What a model wants to know of a sample.

    Parameters
    ----------
    columns : Columns
    rows : DataFrame, k rows
        `table`, `kind` (level, square, share) and the keys of each number.
    estimate : callable
        `estimate(batch, point) -> (b, k)`.
    order : {1, 2}
        Moments needed.
    analytic, linearize : bool
        Exact derivatives; linearised standard errors beside the draws.
    base : int array, shape (k,), optional
        Column behind each number, where numbers have bases of their own.
    derive, adjust, guard, judge : callable, optional
        Rows from draws; intervals with a floor; refuse moments before anything is drawn; checks.
    """

    columns: Columns
    rows: pd.DataFrame
    estimate: Estimator
    order: int = 2
    analytic: bool = False
    linearize: bool = False
    base: IntArray | None = None
    derive: Derive | None = None
    adjust: Adjust | None = None
    guard: Guard | None = None
    judge: Judge | None = None
    estimator: str = ""
    references: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    pictures: Mapping[str, Any] = field(default_factory=dict)


def fit_plan(
    plan: Plan, model: object, sample: Sample, *, replicates: AnyReplicates | None, by: str | None, level: float
) -> Result:
    """Estimate a plan in the sample or in each category of `by`, with the same replicates."""
    if not 0.5 < level < 1:
        raise ValueError(f"level={level}: a confidence level lies between 0.5 and 1, such as 0.95")
    names, domains = _domains(sample, by)
    problem = Problem(
        moments=Moments.of_rows(
            plan.columns.values, names=plan.columns.names, order=plan.order, pairwise=plan.columns.pairwise,
            origin=_origin(plan.columns),
        ),
        used=plan.columns.used, domains=domains, weighting=sample.weighting, estimate=plan.estimate,
        analytic=plan.analytic, base=plan.base,
    )  # fmt: skip
    _enough(problem, plan, names, by)
    for summary in problem.points if plan.guard is not None else ():
        plan.guard(summary)
    least = min(sample.design.df(mask) for mask in problem.masks)
    small = isinstance(replicates, Bootstrap) and least < SMALL_DF
    found = run(problem, replicates, linearize=plan.linearize or small)
    frames: dict[str, list[pd.DataFrame]] = {}
    samples: dict[str, list[Array]] = {}
    influence: dict[str, list[Array]] = {}
    checks: list[Check] = []
    for d, name in enumerate(names):
        _collect(plan, problem, found, d, _keys(by, name, sample), frames, samples, influence, checks, replicates, level)
    tables = {name: ordered(pd.concat(parts, ignore_index=True)) for name, parts in frames.items()}
    return Result(
        model=model,
        n_obs=int(problem.masks.any(axis=0).sum()),
        n_effective=float(np.nanmedian(found.n_effective)) if replicates is not None else float("nan"),
        precision=Precision(
            replicates=replicates,
            replicates_id=None if replicates is None else replicates_id(replicates, sample.weighting),
            design=sample.design, level=level, df={str(n): int(f) for n, f in zip(names, found.df, strict=True)},
            influence={name: np.concatenate(parts, axis=1) for name, parts in influence.items()},
        ),
        by=by, sample=sample, estimator=_estimator(plan), references=plan.references,
        frames=tables, samples={name: np.concatenate(parts, axis=1) for name, parts in samples.items()},
        found=(*checks, *_design_checks(sample, found, replicates)), pictures=plan.pictures,
    )  # fmt: skip


def _estimator(plan: Plan) -> str:
    return " ".join(part for part in (plan.estimator, plan.columns.note) if part)


def _origin(columns: Columns) -> Array:
    """Centre near the data, where products do not cancel."""
    with np.errstate(invalid="ignore"):
        rows = columns.values[columns.used]
        counts = np.maximum((~np.isnan(rows)).sum(axis=0), 1)
        return np.asarray(np.nansum(rows, axis=0) / counts)


def _domains(sample: Sample, by: str | None) -> tuple[list[str], Array]:
    if by is None:
        return [""], sample.domain[None]
    group = sample.group(by)
    role = None if sample.study is None else getattr(sample.study.groups, by, None)
    found = sorted({str(v) for v in group[sample.domain].dropna()})
    order = [str(v) for v in getattr(role, "order", None) or () if str(v) in found]
    names = order + [v for v in found if v not in order]
    return names, np.stack([(group == name).to_numpy(dtype=bool, na_value=False) & sample.domain for name in names])


def _keys(by: str | None, name: str, sample: Sample) -> dict[str, str]:
    """Columns that name the domain in every row."""
    if by is None:
        return {}
    if by in ROLES:
        return {by: name}
    return {"segment_by": by, "segment": name}


def _enough(problem: Problem, plan: Plan, names: list[str], by: str | None) -> None:
    parameters = len(plan.columns.names) if plan.order == 2 else 1
    for mask, name in zip(problem.masks, names, strict=True):
        n = int(mask.sum())
        if n <= parameters:
            where = f" in {by} = {name!r}" if by else ""
            raise StatisticsError(
                f"{n} respondents{where} for {parameters} columns ({', '.join(plan.columns.names[:12])}"
                f"{', ...' if parameters > 12 else ''}); at least {parameters + 1} are needed: leave columns out, merge "
                "categories or choose another rule for missing answers"
            )


def _collect(
    plan: Plan, problem: Problem, found: Estimates, d: int, keys: dict[str, str], frames: dict[str, list[pd.DataFrame]],
    samples: dict[str, list[Array]], influence: dict[str, list[Array]], checks: list[Check],
    replicates: AnyReplicates | None, level: float,
) -> None:  # fmt: skip
    """Add the rows, draws and checks of one domain."""
    fitted = Fitted(
        rows=plan.rows, point=found.point[d], draws=found.draws[d], summary=problem.points[d], df=int(found.df[d]),
        level=level, n_obs=int(problem.masks[d].sum()),
    )  # fmt: skip
    made = _intervals(plan, fitted, found, d, replicates)
    rows = plan.rows.assign(
        estimate=fitted.point, std_error=_best(found, d, plan), conf_low=made.low, conf_high=made.high,
        p_value=made.p_value, df=fitted.df, n_obs=found.n_obs[d], n_effective=found.n_effective[d],
        method=list(made.method), reason=_reasons(fitted.point, made, replicates), **keys,
    )  # fmt: skip
    for name, part in rows.groupby("table", sort=False):
        frames.setdefault(str(name), []).append(part.drop(columns=list(PLAIN)))
        samples.setdefault(str(name), []).append(found.draws[d][:, part.index])
        if found.influence is not None and plan.linearize:
            influence.setdefault(str(name), []).append(found.influence[d][:, part.index])
    if plan.derive is not None:
        for name, derived in plan.derive(fitted).items():
            frames.setdefault(name, []).append(_completed(derived.frame.assign(**keys), fitted, replicates))
            no_draws = np.empty((len(fitted.draws), 0))
            samples.setdefault(name, []).append(no_draws if derived.draws is None else derived.draws)
    if plan.judge is not None:
        label = next(iter(keys.values()), "") if len(keys) == 1 else keys.get("segment", "")
        checks += [_named(check, label) for check in plan.judge(fitted)]


def _named(check: Check, domain: str) -> Check:
    if not domain:
        return check
    return Check(
        check=check.check, passed=check.passed, value=check.value, threshold=check.threshold, text=f"{domain}: {check.text}"
    )


def _best(found: Estimates, d: int, plan: Plan) -> Array:
    """Linearised standard error where the plan asks for it, else that of the draws."""
    return found.linearized[d] if plan.linearize and np.isfinite(found.linearized[d]).any() else found.std_error[d]


def _intervals(plan: Plan, fitted: Fitted, found: Estimates, d: int, replicates: AnyReplicates | None) -> Intervals:
    k = len(fitted.point)
    if replicates is None:
        empty = np.full(k, np.nan)
        return Intervals(low=empty, high=empty, p_value=empty, method=("none",) * k, reason=("",) * k)
    made = intervals(
        fitted.point, draws=fitted.draws, std_error=_best(found, d, plan), kind=tuple(plan.rows["kind"]), df=fitted.df,
        level=fitted.level, method=replicates.kind, linearized=found.linearized[d],
    )  # fmt: skip
    return made if plan.adjust is None else plan.adjust(fitted, made)


def _reasons(point: Array, made: Intervals, replicates: AnyReplicates | None) -> list[str]:
    """A NaN has a reason."""
    result = []
    for value, low, reason in zip(point, made.low, made.reason, strict=True):
        if not reason and not np.isfinite(value):
            reason = "not defined here: no variance, or too few items"
        elif not reason and not np.isfinite(low):
            reason = "no replicates were asked for" if replicates is None else "the draws have no spread"
        result.append(reason)
    return result


def _completed(frame: pd.DataFrame, fitted: Fitted, replicates: AnyReplicates | None) -> pd.DataFrame:
    """Give derived rows the value columns that they lack."""
    blank = {"std_error": np.nan, "conf_low": np.nan, "conf_high": np.nan, "p_value": np.nan}
    words = "no replicates were asked for" if replicates is None else "a share of draws has no interval of its own"
    defaults: dict[str, object] = {
        **blank, "df": fitted.df, "n_obs": fitted.n_obs, "n_effective": np.nan, "method": "bootstrap support", "reason": words,
    }  # fmt: skip
    return frame.assign(**{name: value for name, value in defaults.items() if name not in frame})


def floored(fitted: Fitted, made: Intervals, *, shares: list[IntArray], tests: list[IntArray]) -> Intervals:
    """Put the lower end of shares at 0 unless a Wald test over the draws tells their driver from nothing.

    Parameters
    ----------
    shares : list of int array, each of k
        Places of the shares of k drivers.
    tests : list of int array, each of k
        Places of the numbers that are all 0 where a share is (zero-order correlation, slope).
    """
    low, reason = made.low.copy(), list(made.reason)
    for j in range(len(tests[0])):
        together = [int(test[j]) for test in tests]
        if separable_from_zero(fitted.point[together], fitted.draws[:, together], df=fitted.df, level=fitted.level):
            continue
        for place in shares:
            low[place[j]], reason[place[j]] = 0.0, "not separable from zero"
    return replace(made, low=low, reason=tuple(reason))


def transformed(
    fitted: Fitted, table: str, statistic: str, change: Callable[[Array], AnyArray], *, name: str
) -> Derived:
    """Derive a monotone function of one statistic, with intervals from its own draws."""
    place = np.flatnonzero((fitted.rows["table"] == table) & (fitted.rows["statistic"] == statistic))
    rows = fitted.rows.iloc[place]
    point, draws = np.asarray(change(fitted.point[place])), np.asarray(change(fitted.draws[:, place]))
    std_error = draws.std(axis=0, ddof=1) if len(draws) else np.full(len(point), np.nan)
    made = intervals(
        point, draws=draws, std_error=std_error, kind=tuple(rows["kind"]), df=fitted.df, level=fitted.level,
        method="bootstrap" if len(draws) else "none",
    )  # fmt: skip
    frame = rows.drop(columns=list(PLAIN)).assign(
        statistic=name, estimate=point, std_error=std_error, conf_low=made.low, conf_high=made.high, p_value=made.p_value,
        method=list(made.method), reason=list(made.reason),
    )  # fmt: skip
    return Derived(frame=frame, draws=draws)


def _design_checks(sample: Sample, found: Estimates, replicates: AnyReplicates | None) -> list[Check]:
    """Checks that every model needs: degrees of freedom, failed draws, weights."""
    if replicates is None:
        return []
    least = int(found.df.min())
    kept = sample.weights[sample.weights > 0]
    effect = len(kept) * float((kept**2).sum()) / float(kept.sum() ** 2)
    failed = 0.0 if not found.draws.size else float((~np.isfinite(found.draws)).mean(axis=1).max())
    return [
        Check(
            check="degrees_of_freedom", passed=least >= SMALL_DF, value=least, threshold=SMALL_DF,
            text=f"{least} degrees of freedom of the design; under {SMALL_DF} intervals use t and the linearised error",
        ),
        Check(
            check="failed_draws", passed=failed <= MAX_FAILED, value=failed, threshold=MAX_FAILED,
            text=f"{failed:.1%} of the draws failed for the number that fails most often",
        ),
        Check(
            check="weights", passed=effect <= 2, value=effect, threshold=2.0,
            text=f"unequal weights alone multiply variances by {effect:.2f} (Kish)",
        ),
    ]  # fmt: skip


def stacked(parts: list[AnyArray]) -> AnyArray:
    """Join parts of an estimate, each of shape (b, k_i), to (b, k)."""
    return np.concatenate(parts, axis=1)
