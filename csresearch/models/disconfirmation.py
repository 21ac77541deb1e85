"""Disconfirmation: satisfaction as what was got against what was expected, and every way to measure it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from scipy import stats

from csresearch.inference.intervals import Intervals
from csresearch.inference.moments import AnyArray, Array, BoolArray, Summary
from csresearch.inference.replicates import AnyReplicates, Bootstrap
from csresearch.models.derived import Derived, Fitted, transformed
from csresearch.models.expectation import chain, polynomial
from csresearch.models.expectation.checks import Judge
from csresearch.models.expectation.gaps import facet_values, gaps_plan
from csresearch.models.expectation.picture import surface_of
from csresearch.models.expectation.polynomial import GAP, NESTED, XX, Profile, X, Y, Z
from csresearch.models.expectation.robust import hc3
from csresearch.models.expectation.terms import Terms, resolved
from csresearch.models.expectation.zone_of_tolerance import zone_plan
from csresearch.models.fitting import Plan, fit_plan, merged
from csresearch.models.pictures import bars_of
from csresearch.models.terms import Columns, Missing, answers_to, counted, sampled, term_columns
from csresearch.result import Result
from csresearch.show.phrase import Amount, Name, phrase
from csresearch.survey.expectation import GAP as GAP_FACETS
from csresearch.survey.expectation import ZONE, asked_of_all
from csresearch.survey.sample import Sample

PARAMETERS = np.array([len(chosen) for chosen in NESTED.values()])
LEVELS, MOST_LEVELS = 7, 11


@dataclass(frozen=True, kw_only=True)
class Disconfirmation:
    """Outcome by expectation and performance: the surface, the models nested in it, and the measures beside it.

    Parameters
    ----------
    outcome, expectation, performance : str, optional
        Construct, attribute or item; default: the roles of the study, else its facets (mean of the attributes).
    direct : str, optional
        The question "better or worse than expected"; default: the role `disconfirmation`, if there is one.
    desired, adequate : str, optional
        What is hoped for, and the least that is accepted: the zone of tolerance; default: the facets of these names.
    midpoint : float, optional
        Where expectation and performance are centred; default: the middle of their scale.
    missing : str, optional
        raise, listwise, pairwise (here the same), block_mean; default: that of the study.

    Notes
    -----
    Oliver (1980); Edwards and Parry (1993). The difference performance - expectation is a constraint, tested as one.

    Examples
    --------
    >>> random = np.random.default_rng(1)
    >>> frame = pd.DataFrame(random.integers(1, 8, size=(300, 2)).astype(float), columns=["expected", "got"])
    >>> frame["overall"] = 0.6 * frame["got"] + random.normal(size=300)
    >>> model = Disconfirmation(outcome="overall", expectation="expected", performance="got")
    >>> result = model.fit(Sample.from_frame(frame, scale=(1, 7)), replicates=None)
    >>> result.wide("surface")[["a1", "a3"]].round(1).to_numpy().tolist()
    [[0.6, -0.6]]
    """

    outcome: str | None = None
    expectation: str | None = None
    performance: str | None = None
    direct: str | None = None
    desired: str | None = None
    adequate: str | None = None
    midpoint: float | None = None
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
            `coefficients` (intercept, slope of the full polynomial, centred at the middle of the scale), `robust` (the
            same with HC3 errors), `surface` (a1 to a5, x0, y0, p10 to p21), `profile` (height along both lines; x and y
            on the scale), `models` (r2, residual_variance, adjusted_r2, aic of nested models), `difference` (gap, its
            sd, slopes of simpler models), `constraints` (F tests of them, classical and by the design), `chain` (path,
            direct, indirect, total). Where they were asked: `direct` (shares, slope, r2), `gaps`, `tolerance`. A table
            with a base of its own uses all who answered its questions.

        Raises
        ------
        ValueError
            A role is missing, or a term has two.
        DataError
            Unknown columns, no scale and no midpoint, two scales, missing answers without a rule.
        StatisticsError
            An expectation or performance without variance, one that is the other again, too few values for a square.
        """
        sample = sampled(sample)
        terms = resolved(self, sample)
        plans = [self._surface(sample, terms)]
        if terms.direct is not None:
            plans.append(self._direct(sample, terms, terms.direct))
        both = asked_of_all(sample.study, GAP_FACETS)
        if both:
            plans.append(gaps_plan(sample, terms.outcome, both))
        zone = _zone(sample, terms)
        if zone is not None:
            plans.append(zone)
        return merged([fit_plan(p, self, sample, replicates=replicates, by=by, level=level) for p in plans])

    def _surface(self, sample: Sample, terms: Terms) -> Plan:
        answers, used, note = complete(sample, terms, (terms.outcome, terms.expectation, terms.performance))
        values = polynomial.columns(answers[0], answers[1] - terms.middle, answers[2] - terms.middle)
        values = np.where(used[:, None], values, 0.0)
        names = polynomial.column_names(terms.outcome, terms.expectation, terms.performance)
        profile = Profile(levels=_levels(terms, values[used]), middle=terms.middle)
        rows = polynomial.rows(names, profile)
        own_chain = None if terms.direct else chain.Chain(columns=(X, Y, Z), names=_links(terms))
        rows += [] if own_chain is None else own_chain.rows()
        fields = {"outcome": Name((terms.outcome,)), "expectation": Name((terms.expectation,)),
                  "performance": Name((terms.performance,))}  # fmt: skip
        return Plan(
            columns=Columns(names=names, values=values, used=used, pairwise=False, note=note),
            rows=pd.DataFrame(rows), analytic=True,
            estimate=_Surface(polynomial=polynomial.Estimate(profile=profile), chain=own_chain),
            guard=polynomial.Guard(names=names), derive=_Derive(values=values, names=names),
            adjust=_Adjust(values=values, profile=profile),
            judge=Judge(terms=terms, values=values, sample=sample),
            estimator=phrase("expectation.estimator", fields=fields, labels=sample.label),
            references=("Oliver (1980)", "Edwards and Parry (1993)", "MacKinnon and White (1985)", "Hesterberg (2015)"),
            pictures={"surface": surface_of("contour"), "surface_3d": surface_of("3d"),
                      "models": bars_of("r2", about=("model",), table="models", order=None)},
        )  # fmt: skip

    def _direct(self, sample: Sample, terms: Terms, direct: str) -> Plan:
        asked = (terms.outcome, terms.expectation, terms.performance, direct)
        answers, used, _ = complete(sample, terms, asked)
        values = chain.direct_columns(*answers, middle=terms.direct_middle)
        whole = chain.Chain(columns=(chain.X, chain.Y, chain.D, chain.Z), names=_links(terms))
        return Plan(
            columns=Columns(names=(*asked, *chain.SHARES), values=np.where(used[:, None], values, 0.0), used=used,
                            pairwise=False, note=""),
            rows=chain.direct_plan_rows(direct, whole), estimate=chain.DirectEstimate(chain=whole), analytic=True,
            pictures={"direct": bars_of("share", about=("category",), table="direct", order=None)},
            estimator=phrase("expectation.estimator_direct"),
        )  # fmt: skip


def _links(terms: Terms) -> tuple[str, ...]:
    named = (terms.expectation, terms.performance, terms.direct, terms.outcome)
    return tuple(name for name in named if name is not None)


def complete(sample: Sample, terms: Terms, names: tuple[str, ...]) -> tuple[tuple[Array, ...], BoolArray, str]:
    """Answers to several terms, those who gave all of them, and what was done about the others."""
    columns = term_columns(sample, names, missing=terms.missing)
    used = columns.used & ~np.isnan(columns.values).any(axis=1)
    lost = int((~used & counted(sample)).sum())
    note = columns.note
    if columns.pairwise:
        note = phrase("expectation.note_complete", fields={"count": Amount(lost)}) if lost else ""
    return tuple(columns.values.T), np.asarray(used), note


def _levels(terms: Terms, values: Array) -> Array:
    """Points of the two lines: the answers of the scale where they are few, else seven from end to end; centred."""
    if terms.ends is None:
        low, high = float(values[:, X:XX].min()), float(values[:, X:XX].max())
        return np.linspace(low, high, LEVELS)
    low, high = terms.ends
    whole = float(high - low).is_integer() and high - low < MOST_LEVELS
    return np.linspace(low, high, int(high - low) + 1 if whole else LEVELS) - terms.middle


def _zone(sample: Sample, terms: Terms) -> Plan | None:
    """Zone of tolerance by the terms of the model, else by the facets of the study."""
    if terms.desired is not None and terms.adequate is not None:
        asked = (terms.performance, terms.desired, terms.adequate)
        return zone_plan({terms.performance: [answers_to(sample, term) for term in asked]}, key="term")
    attributes = asked_of_all(sample.study, ZONE)
    if not attributes:
        return None
    return zone_plan({a: facet_values(sample, ZONE, a) for a in attributes}, key="attribute")


@dataclass(frozen=True, kw_only=True)
class _Surface:
    """Numbers of the polynomial, then those of the chain where the direct measure has none."""

    polynomial: polynomial.Estimate
    chain: chain.Chain | None

    def __call__(self, batch: Summary, point: Summary) -> AnyArray:
        found = self.polynomial(batch, point)
        return found if self.chain is None else np.concatenate([found, self.chain.numbers(batch)], axis=1)


@dataclass(frozen=True, kw_only=True)
class _Adjust:
    values: Array
    profile: Profile

    def __call__(self, fitted: Fitted, made: Intervals) -> Intervals:
        return replace(made, reason=polynomial.adjusted(fitted, made, values=self.values, profile=self.profile))


@dataclass(frozen=True, kw_only=True)
class _Derive:
    """Adjusted R2 and AIC of the nested models, the tests of constraints, and HC3 errors from rows."""

    values: Array
    names: tuple[str, ...]

    def __call__(self, fitted: Fitted) -> Mapping[str, Derived]:
        return {"models": self._models(fitted), "constraints": polynomial.tests(fitted), "robust": self._robust(fitted)}

    def _models(self, fitted: Fitted) -> Derived:
        n = fitted.n_obs
        shrunk = (n - 1) / np.maximum(n - PARAMETERS - 1, 1)
        a = transformed(fitted, "models", "r2", lambda r2: 1 - (1 - r2) * shrunk, name="adjusted_r2", kind="positive")
        b = transformed(fitted, "models", "residual_variance", lambda v: _aic(v, n), name="aic", kind="positive")
        words = "an AIC is held against that of another model, not against 0"
        told = b.frame["reason"].where(~b.frame["reason"].str.startswith("above 0"), words)
        frames = [a.frame, b.frame.assign(unit="none", reason=told)]
        both = [np.concatenate([getattr(d, name) for d in (a, b)], axis=1) for name in ("draws", "deviations")]
        return Derived(frame=pd.concat(frames, ignore_index=True), draws=both[0], deviations=both[1])

    def _robust(self, fitted: Fitted) -> Derived:
        """Slopes with HC3 errors; their draws are those of the same slopes, for whoever combines them."""
        v, left = self.values, fitted.n_obs - XX - 3
        design = np.column_stack([np.ones(len(v)), v[:, X:GAP]])
        slopes, error = hc3(design, v[:, Z], fitted.weights)
        place = np.flatnonzero(fitted.rows["table"] == "coefficients")
        reach = stats.t.ppf(0.5 + fitted.level / 2, left) * error
        rows = fitted.rows.iloc[place]
        known = np.isfinite(error)
        frame = pd.DataFrame(
            {
                "term": rows["term"], "statistic": rows["statistic"], "unit": rows["unit"], "estimate": slopes,
                "std_error": error, "conf_low": slopes - reach, "conf_high": slopes + reach,
                "p_value": 2 * stats.t.sf(np.abs(slopes / error), left), "df": left, "df_residual": left,
                "n_effective": np.nan, "method": "HC3, t",
                "reason": np.where(known, "HC3 takes respondents as drawn one by one; no design effect",
                                   "a respondent alone carries a predictor, so HC3 has no residual to go by"),
            }
        )  # fmt: skip
        return Derived(frame=frame, draws=fitted.replicated[:, place], deviations=fitted.deviations[:, place])


def _aic(variance: AnyArray, n: int) -> AnyArray:
    """Akaike's criterion of a normal regression; intercept and variance are parameters too."""
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(n * (np.log(2 * np.pi * variance) + 1) + 2 * (PARAMETERS + 2))
