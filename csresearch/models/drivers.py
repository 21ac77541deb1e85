"""Drivers: which aspects explain an outcome, by regression and by a fair division of its R2."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import numpy as np
import pandas as pd
from scipy.stats import wishart

from csresearch.inference.intervals import Intervals, rank_support, ranks
from csresearch.inference.moments import AnyArray, Summary
from csresearch.inference.replicates import AnyReplicates, Bootstrap
from csresearch.models.derived import Derived, Fitted, floored, places, transformed
from csresearch.models.fitting import Plan, fit_plan
from csresearch.models.importance.lmg import EXACT_DRAWS, lmg
from csresearch.models.importance.regression import (
    adjusted_r2,
    beta_squared,
    condition_number,
    first,
    last,
    pratt,
    regress,
    relative_weights,
    variance_inflation,
    zero_order,
)
from csresearch.models.pictures import bars_of
from csresearch.models.terms import Missing, Players, apart, named, player_columns, sampled, separable
from csresearch.result import Result
from csresearch.show.phrase import Amount, Labels, Name, phrase
from csresearch.survey.sample import Sample
from csresearch.vocabulary import Check

INFLATED, CONDITION, SAMPLING = 5.0, 30.0, 0.002
METHODS = ("lmg", "relative_weight", "first", "last", "pratt", "beta_squared")


@dataclass(frozen=True, kw_only=True)
class Drivers:
    """Regression of an outcome on its drivers, and the share of R2 that belongs to each.

    Parameters
    ----------
    outcome : str, optional
        Construct, attribute or item; default: the outcome of the study.
    predictors : tuple of str, optional
        Constructs, attributes or items; default: the drivers of the study.
    missing : str, optional
        raise, listwise, pairwise, block_mean, or used ("not used" is an answer: such a driver is the pair used,
        used x rating); default: that of the study.

    Notes
    -----
    LMG (Lindeman, Merenda and Gold, 1980) averages the rise of R2 over all orders of entry; it is Shapley's value and
    the general dominance weight. A share's lower end is 0 unless correlation and slope together differ from 0.

    Examples
    --------
    >>> import numpy as np
    >>> random = np.random.default_rng(1)
    >>> frame = pd.DataFrame(random.normal(size=(300, 2)), columns=["staff", "price"])
    >>> frame["overall"] = 2 * frame["staff"] + frame["price"] + random.normal(size=300)
    >>> model = Drivers(outcome="overall", predictors=("staff", "price"))
    >>> result = model.fit(Sample.from_frame(frame), replicates=None)
    >>> result.wide("importance")["lmg_share"].round(2).tolist()
    [0.83, 0.17]
    """

    outcome: str | None = None
    predictors: tuple[str, ...] | None = None
    missing: Missing | None = None

    def fit(
        self,
        sample: Sample | pd.DataFrame,
        *,
        replicates: AnyReplicates | None = Bootstrap(),  # noqa: B008
        by: str | None = None,
        level: float = 0.95,
    ) -> Result:
        """Estimate in the sample, or in each category of `by`.

        Returns
        -------
        Result
            Tables `importance` (lmg, lmg_share, rank), `coefficients` (slope, beta, correlation, vif), `fit` (r2,
            adjusted_r2), `methods` (six measures of importance), `ranks` (bootstrap support of each rank).

        Raises
        ------
        ValueError
            No outcome or predictors, the outcome among the predictors, a predictor given twice.
        DataError
            Unknown columns, text, missing answers without a rule.
        StatisticsError
            Collinear or constant predictors, fewer respondents than predictors.
        """
        sample = sampled(sample)
        return fit_plan(self._plan(sample), self, sample, replicates=replicates, by=by, level=level)

    def _plan(self, sample: Sample) -> Plan:
        outcome, predictors = _asked(self, sample)
        columns, players = player_columns(sample, outcome, predictors, missing=self.missing)
        rows = pd.DataFrame(_rows(predictors))
        return Plan(
            columns=columns, rows=rows, estimate=_Estimate(players=players, used=len(columns.names)),
            derive=_Ranks(predictors=predictors, used=len(columns.names) - 1), adjust=_floor,
            guard=separable(columns.names),
            judge=_Judge(players=players, names=columns.names, label=sample.label),
            estimator=phrase(
                "estimator.drivers", fields={"outcome": Name((outcome,)), "count": Amount(len(predictors))},
                labels=sample.label,
            ),
            references=("Lindeman, Merenda and Gold (1980)", "Groemping (2006)", "Johnson (2000)", "Hesterberg (2015)"),
            pictures={
                "importance": bars_of("lmg_share", about=("term",), table="importance"),
                "coefficients": bars_of("slope", about=("term",), table="coefficients"),
            },
        )  # fmt: skip


def _asked(model: Drivers, sample: Sample) -> tuple[str, tuple[str, ...]]:
    roles = None if sample.study is None else sample.study.roles
    outcome = model.outcome or (roles.outcome if roles else None)
    predictors = model.predictors or (roles.drivers if roles else None)
    if outcome is None or not predictors:
        raise ValueError(
            "Drivers needs an outcome and predictors: write [roles] outcome and drivers in study.toml, or give "
            "Drivers(outcome='satisfaction', predictors=('image', 'quality'))"
        )
    names = named("predictors", predictors)
    apart("predictors", names, outcome)
    return outcome, names


def _rows(predictors: tuple[str, ...]) -> list[dict[str, object]]:
    """Say what each number is, in the order of the estimate."""
    blocks = (
        ("importance", "lmg", "r2", "share"), ("importance", "lmg_share", "share", "share"),
        ("importance", "rank", "none", "positive"), ("coefficients", "slope", "per_point", "level"),
        ("coefficients", "beta", "sd", "level"), ("coefficients", "correlation", "none", "level"),
        ("coefficients", "vif", "none", "positive"),
    )  # fmt: skip
    rows: list[dict[str, object]] = [
        {"table": table, "kind": kind, "term": term, "statistic": statistic, "unit": unit}
        for table, statistic, unit, kind in blocks
        for term in predictors
    ]
    rows.append({"table": "fit", "kind": "square", "statistic": "r2", "unit": "r2"})
    for statistic in METHODS:
        kind = "level" if statistic == "pratt" else "share"
        row = {"table": "methods", "kind": kind, "statistic": statistic, "unit": "r2"}
        rows += [{**row, "term": term} for term in predictors]
    return rows


@dataclass(frozen=True, kw_only=True)
class _Estimate:
    """Moments to all numbers; column 0 is the outcome, a player's first column is its rating."""

    players: Players
    used: int

    def __call__(self, batch: Summary, point: Summary) -> AnyArray:
        predictors, ratings = list(range(1, self.used)), [player[0] for player in self.players]
        own = [player[0] - 1 for player in self.players]
        fitted = regress(batch.mean, batch.cov, predictors, 0)
        share = lmg(batch.cov, self.players, 0, point=point.cov).values
        with np.errstate(invalid="ignore", divide="ignore"):
            relative = share / fitted.r2[:, None]
        single = all(len(player) == 1 for player in self.players)
        blank = np.full(share.shape, np.nan)
        numbers = [
            share, relative, ranks(share), fitted.slopes[:, own], fitted.beta[:, own],
            zero_order(batch.cov, ratings, 0), variance_inflation(batch.cov, predictors)[:, own], fitted.r2[:, None],
            share, relative_weights(batch.cov, predictors, 0) if single else blank, first(batch.cov, self.players, 0),
            last(batch.cov, self.players, 0), pratt(batch.cov, predictors, 0) if single else blank,
            beta_squared(batch.cov, predictors, 0) if single else blank,
        ]  # fmt: skip
        return np.concatenate(numbers, axis=1)


@dataclass(frozen=True, kw_only=True)
class _Ranks:
    """Support of each rank over the draws, and R2 adjusted for the number of columns."""

    predictors: tuple[str, ...]
    used: int

    def __call__(self, fitted: Fitted) -> dict[str, Derived]:
        adjust = partial(adjusted_r2, n_obs=fitted.n_obs, n_predictors=self.used)
        # adjusting takes the upward bias of the draws away, so its interval needs no second correction
        adjusted = transformed(fitted, "fit", "r2", adjust, name="adjusted_r2", kind="positive")
        return {"fit": adjusted, "ranks": self._support(fitted)}

    def _support(self, fitted: Fitted) -> Derived:
        place = places(fitted.rows, "lmg", table="importance")
        support = rank_support(fitted.draws[:, place])
        frame = pd.DataFrame(
            [
                {"term": term, "category": str(rank + 1), "statistic": "support", "unit": "share", "estimate": share}
                for j, term in enumerate(self.predictors)
                for rank, share in enumerate(support[j])
            ]
        )
        return Derived(frame=frame)


def _floor(fitted: Fitted, made: Intervals) -> Intervals:
    """Put a share's lower end at 0 unless correlation and slope together differ from 0."""
    rows = fitted.rows
    tests = [places(rows, name, table="coefficients") for name in ("correlation", "beta")]
    shares = [places(rows, name, table="importance") for name in ("lmg", "lmg_share")]
    shares += [places(rows, name, table="methods") for name in METHODS if name != "pratt"]
    return floored(fitted, made, shares=shares, tests=tests)


@dataclass(frozen=True, kw_only=True)
class _Judge:
    """Checks: collinearity, the sampling of orderings, pairwise moments that no data could have."""

    players: Players
    names: tuple[str, ...]
    label: Labels

    def __call__(self, fitted: Fitted) -> list[Check]:
        vif = fitted.point[places(fitted.rows, "vif", table="coefficients")]
        condition = float(condition_number(fitted.summary.cov, range(1, len(self.names)))[0])
        least = float(np.linalg.eigvalsh(fitted.summary.cov[0])[0])
        worst = int(np.nanargmax(vif))
        checks = [
            Check(
                check="collinearity", passed=bool(vif[worst] <= INFLATED), value=float(vif[worst]), threshold=INFLATED,
                text=phrase(
                    "check.collinearity", labels=self.label,
                    fields={"vif": Amount(vif[worst], places=1), "name": Name((self.names[self.players[worst][0]],))},
                ),
            ),
            Check(
                check="condition_number", passed=condition <= CONDITION, value=condition, threshold=CONDITION,
                text=phrase("check.condition_number", fields={"condition": Amount(condition, places=1)}),
            ),
            Check(
                check="positive_definite", passed=least > 0, value=least, threshold=0.0,
                text=phrase("check.positive_definite"),
            ),
        ]  # fmt: skip
        if len(self.players) > EXACT_DRAWS and len(fitted.draws):
            error = _sampling_error(fitted, self.players)
            checks.append(
                Check(
                    check="sampled_orderings",
                    passed=error <= SAMPLING,
                    value=error,
                    threshold=SAMPLING,
                    text=phrase("check.sampled_orderings", fields={"count": Amount(len(self.players))}),
                )
            )
        return checks


def _sampling_error(fitted: Fitted, players: Players) -> float:
    """Largest error that sampled orderings add to a draw, on one typical draw (Wishart around the estimate)."""
    cov = fitted.summary.cov[0]
    df = max(fitted.n_obs - 1, len(cov))
    typical = wishart.rvs(df=df, scale=cov / df, random_state=1)
    return float(np.nanmax(lmg(typical[None], players, 0, point=fitted.summary.cov).mc_error))
