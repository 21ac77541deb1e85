"""From a plan to a result: the one way in which every model is fitted."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pandas as pd

from csresearch.errors import DataError, StatisticsError
from csresearch.inference.design import kish_effect
from csresearch.inference.engine import Estimates, run
from csresearch.inference.intervals import MAX_FAILED, SMALL_DF, Intervals, intervals
from csresearch.inference.moments import Array, BoolArray, IntArray, Moments, Summary
from csresearch.inference.problem import Estimator, Problem
from csresearch.inference.replicates import AnyReplicates, Bootstrap, FileReplicates, replicates_id
from csresearch.models.derived import PLAIN, Derived, Fitted, completed
from csresearch.models.terms import Columns
from csresearch.result import Precision, Result
from csresearch.show.phrase import Amount, joined, phrase
from csresearch.survey.sample import Sample
from csresearch.vocabulary import Check, ordered

ROLES = ("wave", "brand", "outlet")
ENOUGH_CLUSTERS, ENOUGH_RESPONDENTS = 19, 99  # degrees of freedom from which coverage was 93 to 97 % (benchmarks/)


Derive = Callable[[Fitted], Mapping[str, Derived]]
Across = Callable[[Mapping[str, Fitted]], Mapping[str, Mapping[str, Derived]]]
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
        `table`, `kind` (level, square, share, positive) and the keys of each number.
    estimate : callable
        `estimate(batch, point) -> (b, k)`.
    order : {1, 2}
        Moments needed.
    analytic, linearize : bool
        Exact derivatives; linearised standard errors beside the draws.
    base : int array, shape (k,), optional
        Column behind each number, where numbers have bases of their own.
    pooled : bool
        Whether the estimator gets the moments of the whole sample beside those of a domain.
    parameters : int, optional
        Columns that stand in one regression, the outcome included; default: all of them for moments of order 2, else 1.
    derive, adjust, guard, judge : callable, optional
        Rows from draws; intervals with a floor; refuse moments before anything is drawn; checks.
    across : callable, optional
        Rows from the draws of all domains together: table, then domain, then what is derived for it.
    """

    columns: Columns
    rows: pd.DataFrame
    estimate: Estimator
    order: int = 2
    analytic: bool = False
    linearize: bool = False
    base: IntArray | None = None
    pooled: bool = False
    parameters: int | None = None
    derive: Derive | None = None
    across: Across | None = None
    adjust: Adjust | None = None
    guard: Guard | None = None
    judge: Judge | None = None
    estimator: str = ""
    references: tuple[str, ...] = ()
    pictures: Mapping[str, Any] = field(default_factory=dict)


def fit_plan(
    plan: Plan, model: object, sample: Sample, *, replicates: AnyReplicates | None, by: str | None, level: float
) -> Result:
    """Estimate a plan in the sample or in each category of `by`, with the same replicates."""
    if not isinstance(level, int | float) or not 0.5 < level < 1:
        raise ValueError(f"level={level!r}: a confidence level lies between 0.5 and 1, such as 0.95")
    replicates = sample.replicates_for(replicates)
    names, domains = domains_of(sample, by)
    problem = Problem(
        moments=Moments.of_rows(
            plan.columns.values, names=plan.columns.names, order=plan.order, pairwise=plan.columns.pairwise,
            origin=_origin(plan.columns),
        ),
        used=plan.columns.used, domains=domains, weighting=sample.weighting, estimate=plan.estimate,
        analytic=plan.analytic, base=plan.base, pooled=sample.domain if plan.pooled else None,
    )  # fmt: skip
    _enough(problem, plan, names, by)
    _guarded(problem, plan, names, by)
    least = min(sample.design.df(mask) for mask in problem.masks)
    small = isinstance(replicates, Bootstrap) and least < SMALL_DF
    found = run(problem, replicates, linearize=plan.linearize or small)
    collected = _Collected()
    fits = {name: _fitted(plan, problem, found, d, replicates, level) for d, name in enumerate(names)}
    for d, (name, fitted) in enumerate(fits.items()):
        collected.add(plan, fitted, found.std_error[d], found.n_obs[d], keys_of(by, name))
    for table, parts in ({} if plan.across is None or by is None else plan.across(fits)).items():
        for name, derived in parts.items():
            collected.derived(table, derived, fits[name], keys_of(by, name))
    tables = {name: ordered(pd.concat(parts, ignore_index=True)) for name, parts in collected.frames.items()}
    return Result(
        model=model,
        n_obs=int(problem.masks.any(axis=0).sum()),
        n_effective=float(next(iter(tables.values()))["n_effective"].median()),
        precision=Precision(
            replicates=replicates,
            replicates_id=None if replicates is None else replicates_id(replicates, sample.weighting),
            design=sample.design, level=level, df={str(n): int(f) for n, f in zip(names, found.df, strict=True)},
            deviations=_joined(collected.deviations),
        ),
        by=by, sample=sample, estimator=joined(plan.estimator, plan.columns.note), references=plan.references,
        frames=tables, samples=_joined(collected.draws),
        found=(*collected.checks, *_design_checks(sample, found, replicates)), pictures=plan.pictures,
    )  # fmt: skip


def checked_once(found: tuple[Check, ...], more: tuple[Check, ...]) -> tuple[Check, ...]:
    """Add checks of another plan: what both check stands once, unless it failed in the other alone."""
    passed = {check.check: check.passed for check in found}
    return (*found, *(c for c in more if c.check not in passed or (passed[c.check] and not c.passed)))


def merged(results: Sequence[Result]) -> Result:
    """Put tables of several plans, each with a base of its own, into one result; base and design are of the first."""
    first, *others = results
    found = first.found
    for result in others:
        found = checked_once(found, result.found)
    deviations = {name: part for r in results for name, part in r.precision.deviations.items()}
    return replace(
        first,
        precision=replace(first.precision, deviations=deviations),
        frames={name: frame for r in results for name, frame in r.frames.items()},
        samples={name: draws for r in results for name, draws in r.samples.items()},
        pictures={name: picture for r in results for name, picture in r.pictures.items()},
        found=found, estimator=joined(*(r.estimator for r in results)),
        references=tuple(dict.fromkeys(source for r in results for source in r.references)),
    )  # fmt: skip


def _origin(columns: Columns) -> Array:
    """Centre near the data, where products do not cancel."""
    with np.errstate(invalid="ignore"):
        rows = columns.values[columns.used]
        counts = np.maximum((~np.isnan(rows)).sum(axis=0), 1)
        return np.asarray(np.nansum(rows, axis=0) / counts)


def domains_of(sample: Sample, by: str | None) -> tuple[list[str], BoolArray]:
    """Categories of a column and their members, shape (d, n); those of a question with several answers overlap."""
    if by is None:
        return [""], sample.domain[None]
    if sample.study is not None and by in sample.study.multiple:
        options = sample.study.multiple[by].options
        chosen = np.stack([sample.answers[f"{by}:{option}"].to_numpy(dtype=float) == 1 for option in options])
        return list(options), np.asarray(chosen & sample.domain)
    group = sample.group(by)
    names = sample.categories(by)
    if not names:
        raise DataError(f"nobody who counts has a {by!r}, so nothing can be estimated by it")
    return names, np.stack([(group == name).to_numpy(dtype=bool, na_value=False) & sample.domain for name in names])


def keys_of(by: str | None, name: str) -> dict[str, str]:
    """Columns that name the domain in every row."""
    if by is None:
        return {}
    if by in ROLES:
        return {by: name}
    return {"segment_by": by, "segment": name}


def _enough(problem: Problem, plan: Plan, names: list[str], by: str | None) -> None:
    """Refuse a domain with no more respondents than parameters."""
    columns = plan.columns.names
    parameters = plan.parameters or (len(columns) if plan.order == 2 else 1)
    for mask, name in zip(problem.masks, names, strict=True):
        n = int(mask.sum())
        if n > parameters:
            continue
        found = f"{n} respondent{'' if n == 1 else 's'}" + (f" in {by} = {name!r}" if by else "")
        if parameters > 1:
            listed = ", ".join(columns[:12]) + (", ..." if parameters > 12 else "")
            found += f" for {parameters} columns ({listed})"
        raise StatisticsError(
            f"{found}; at least {parameters + 1} are needed: leave columns out, merge categories or take another rule "
            "for missing answers"
        )


def _guarded(problem: Problem, plan: Plan, names: list[str], by: str | None) -> None:
    """Let the plan refuse the moments of a domain, and say of which."""
    if plan.guard is None:
        return
    for summary, name in zip(problem.points, names, strict=True):
        try:
            plan.guard(summary)
        except StatisticsError as error:
            if by is None:
                raise
            raise type(error)(f"in {by} = {name!r}: {error}") from error


def _fitted(
    plan: Plan, problem: Problem, found: Estimates, d: int, replicates: AnyReplicates | None, level: float
) -> Fitted:
    """Take the numbers of one domain."""
    return Fitted(
        rows=plan.rows, point=found.point[d], replicated=found.draws[d], deviations=found.deviations[d],
        n_effective=found.n_effective[d], summary=problem.points[d], df=int(found.df[d]), level=level,
        n_obs=int(problem.masks[d].sum()), method="none" if replicates is None else replicates.kind,
        weights=problem.weights * problem.masks[d],
    )  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class _Collected:
    """Tables, draws and checks, as they come domain by domain."""

    frames: dict[str, list[pd.DataFrame]] = field(default_factory=dict)
    draws: dict[str, list[Array]] = field(default_factory=dict)
    deviations: dict[str, list[Array]] = field(default_factory=dict)
    checks: list[Check] = field(default_factory=list)

    def add(self, plan: Plan, fitted: Fitted, std_error: Array, n_obs: IntArray, keys: dict[str, str]) -> None:
        """Add the rows of one domain, what is derived from its draws, and its checks."""
        made = _intervals(plan, fitted, std_error)
        rows = plan.rows.assign(
            estimate=fitted.point, std_error=std_error, conf_low=made.low, conf_high=made.high, p_value=made.p_value,
            df=fitted.df, n_obs=n_obs, n_effective=fitted.n_effective, method=list(made.method),
            reason=list(made.reason), **keys,
        )  # fmt: skip
        for name, part in rows.groupby("table", sort=False):
            place = part.index
            self._append(
                str(name), part.drop(columns=list(PLAIN)), fitted.replicated[:, place], fitted.deviations[:, place]
            )
        for name, derived in ({} if plan.derive is None else plan.derive(fitted)).items():
            self.derived(name, derived, fitted, keys)
        label = next(iter(keys.values()), "") if len(keys) == 1 else keys.get("segment", "")
        self.checks.extend(_named(check, label) for check in ([] if plan.judge is None else plan.judge(fitted)))

    def derived(self, name: str, derived: Derived, fitted: Fitted, keys: dict[str, str]) -> None:
        """Add rows that follow from draws."""
        draws, deviations = derived.draws, derived.deviations
        self._append(
            name, completed(derived.frame.assign(**keys), fitted),
            fitted.replicated[:, :0] if draws is None else draws,
            fitted.deviations[:, :0] if deviations is None else deviations,
        )  # fmt: skip

    def _append(self, name: str, frame: pd.DataFrame, draws: Array, deviations: Array) -> None:
        self.frames.setdefault(name, []).append(frame)
        self.draws.setdefault(name, []).append(draws)
        self.deviations.setdefault(name, []).append(deviations)


def _joined(parts: Mapping[str, list[Array]]) -> dict[str, Array]:
    return {name: np.concatenate(arrays, axis=1) for name, arrays in parts.items()}


def _named(check: Check, domain: str) -> Check:
    if not domain:
        return check
    return replace(check, text=phrase("check.domain", fields={"domain": domain, "text": check.text}))


def _intervals(plan: Plan, fitted: Fitted, std_error: Array) -> Intervals:
    made = intervals(
        fitted.point, draws=fitted.replicated, std_error=std_error, kind=tuple(plan.rows["kind"]), df=fitted.df,
        level=fitted.level, method=fitted.method,
    )  # fmt: skip
    return made if plan.adjust is None else plan.adjust(fitted, made)


def _design_checks(sample: Sample, found: Estimates, replicates: AnyReplicates | None) -> list[Check]:
    """Check what every model needs: degrees of freedom, draws that did not fail, weights."""
    if replicates is None:
        return []
    least = int(found.df.min())
    effect = kish_effect(sample.weights)
    clustered = sample.design.clustered or isinstance(replicates, FileReplicates)
    enough = ENOUGH_CLUSTERS if clustered else ENOUGH_RESPONDENTS
    lost = (~np.isfinite(found.draws)).mean(axis=1) if found.draws.size else np.zeros(found.point.shape)
    failed = float(lost[np.isfinite(found.point)].max(initial=0.0))  # what is not defined cannot fail
    return [
        Check(
            check="degrees_of_freedom", passed=least >= SMALL_DF, value=least, threshold=SMALL_DF,
            text=phrase("check.degrees_of_freedom", fields={"least": Amount(least), "small": Amount(SMALL_DF)}),
        ),
        Check(
            check="enough_units", passed=least >= enough, value=least, threshold=enough,
            text=phrase("check.enough_units", fields={"least": Amount(least), "enough": Amount(enough)}),
        ),
        Check(
            check="failed_draws", passed=failed <= MAX_FAILED, value=failed, threshold=MAX_FAILED,
            text=phrase("check.failed_draws", fields={"failed": Amount(failed, "share", places=1)}),
        ),
        Check(
            check="weights", passed=effect <= 2, value=effect, threshold=2.0,
            text=phrase("check.weights", fields={"effect": Amount(effect, places=2)}),
        ),
    ]  # fmt: skip
