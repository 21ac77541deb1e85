"""Weights that bring a sample to its population: raking to margins, trimming, and what that costs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from numbers import Real

import numpy as np

from csresearch.errors import DataError
from csresearch.inference.design import kish_effect
from csresearch.inference.moments import Array, BoolArray
from csresearch.inference.raking import Method, Raking
from csresearch.show.phrase import Amount, Name, joined, phrase
from csresearch.survey.grammar.fieldwork import JOINT
from csresearch.survey.sample import Sample, require_sample
from csresearch.survey.weighting.margins import Coded, Shares, coded_margins

MET = 0.0005  # a margin missed by more, after trimming, is said in the log
LOST = 0.02  # a margin missed by more cannot be called met: the bounds are too tight
LISTED = 5


@dataclass(frozen=True, kw_only=True)
class _Asked:
    """What is to be met, and how."""

    margins: Mapping[str, Shares]
    own: Mapping[str, Mapping[str, Shares]]
    means: Mapping[str, float]
    within: str | None
    trim: tuple[float, float] | None
    method: Method

    @property
    def names(self) -> tuple[str, ...]:
        """Margins and means, each once."""
        own = (name for margins in self.own.values() for name in margins)
        return tuple(dict.fromkeys([*self.margins, *own, *self.means]))


def weight(
    sample: Sample,
    *,
    margins: Mapping[str, Mapping[str, float]] | None = None,
    within: str | None = None,
    own: Mapping[str, Mapping[str, Mapping[str, float]]] | None = None,
    means: Mapping[str, float] | None = None,
    trim: tuple[float, float] | None = None,
    method: Method | None = None,
) -> Sample:
    """Rake to margins of the population; every replicate will rake again.

    One joint margin of all columns is post-stratification; `method="linear"` with `means` is the regression estimator
    (GREG).

    Parameters
    ----------
    sample : Sample
    margins : mapping of margin to mapping of category to share, optional
        A margin is a column, `"age"`, or several of them, `"age * sex"`, whose categories are written alike,
        `"18-29 * female"`. Default, where neither `own` nor `means` are given: the [margins] of the study, with their
        `rake` table. Without any: weights stay, and the log says so.
    within : column, optional
        Rake within each of its categories (each wave for itself), whose totals stay; a margin of this column itself
        says their shares.
    own : mapping of category of `within` to margins, optional
        Margins that stand in place of those of the same name there; a part may have margins that others lack.
    means : mapping of column to number, optional
        Means of numbers to be met, in each part. Each distinct number makes a cell of its own: with many thousands of
        them errors take minutes; rounded numbers (age in years) do not.
    trim : (low, high), optional
        Bounds of final weight over weight before, relative to its mean; what is cut off is shared by the others.
    method : {"raking", "linear"}, optional
        Factors multiply up (weights stay positive), or add up as in a regression. Default: the study's, else raking.

    Returns
    -------
    Sample

    Raises
    ------
    DataError
        Categories without a target, targets without respondents, targets that cannot be met together: which ones, and
        by how much.

    References
    ----------
    Deming, W. E. and Stephan, F. F. (1940), Annals of Mathematical Statistics 11; Deville, J.-C. and Sarndal, C.-E.
    (1992), Journal of the American Statistical Association 87 (linear calibration); Kish, L. (1992), Journal of
    Official Statistics 8 (effective n).

    Examples
    --------
    >>> import pandas as pd
    >>> frame = pd.DataFrame({"sex": ["f", "m", "m", "m"], "a": [9, 5, 6, 7]})
    >>> raked = weight(Sample.from_frame(frame, scale=(1, 10)), margins={"sex": {"f": 0.5, "m": 0.5}})
    >>> raked.weights.round(4).tolist()
    [2.0, 0.6667, 0.6667, 0.6667]
    """
    require_sample(sample)
    asked = _asked(sample, margins, within, own, means, trim, method)
    _require_tables(asked)
    if not asked.names:
        if within is not None or trim is not None or method is not None:
            raise DataError(
                "`within`, `trim` and `method` say how to rake, and there are no margins to rake to; give margins="
            )
        return sample.logged(
            step="weight", rule="none", action="kept", flagged=0, excluded=0,
            text=phrase("flow.no_margins"),
        )  # fmt: skip
    _known(asked)
    found = coded_margins(sample, margins=asked.margins, own=asked.own, means=asked.means, within=asked.within)
    raking = Raking(
        cell=found.cell, category=found.category, target=found.target, trim=asked.trim, method=asked.method,
        means=found.means,
    )  # fmt: skip
    raked = replace(sample, raking=raking)
    missed = _met(raking, sample.base_weights, found, asked)
    words = _account(raked, asked, missed)
    return raked.logged(step="weight", rule="raking", action="weighted", flagged=0, excluded=0, text=words)


def _asked(
    sample: Sample,
    margins: Mapping[str, Shares] | None,
    within: str | None,
    own: Mapping[str, Mapping[str, Shares]] | None,
    means: Mapping[str, float] | None,
    trim: tuple[float, float] | None,
    method: Method | None,
) -> _Asked:
    """Join the arguments with what the study says."""
    study = sample.study
    if margins is None and own is None and means is None and study is not None:
        margins, own, means = study.margins, study.margins_own, study.means
        if margins or own or means:
            within, trim, method = within or study.rake.within, trim or study.rake.trim, method or study.rake.method
    return _Asked(
        margins=margins or {}, own=own or {}, means=means or {}, within=within, trim=trim, method=method or "raking"
    )


def _require_tables(asked: _Asked) -> None:
    """Refuse margins that are no tables of numbers."""
    parts = [asked.margins, *(asked.own.values() if isinstance(asked.own, Mapping) else [asked.own])]
    inner: list[list[object]] = [list(part.values()) if isinstance(part, Mapping) else [part] for part in parts]
    for table in [asked.means, *(table for some in inner for table in some)]:
        numbers: list[object] = list(table.values()) if isinstance(table, Mapping) else [table]
        if not all(isinstance(number, Real) and np.isfinite(float(number)) for number in numbers):
            example = "margins={'sex': {'f': 0.5, 'm': 0.5}}, means={'age': 46.2}"
            raise ValueError(f"a table of finite numbers is needed, such as {example}; found {table!r}")


def _known(asked: _Asked) -> None:
    """Refuse options that say nothing, or against each other."""
    if asked.method not in ("raking", "linear"):
        raise ValueError(f"method={asked.method!r}: allowed are 'raking' and 'linear'")
    pair = asked.trim is None or (isinstance(asked.trim, tuple | list) and len(asked.trim) == 2)
    if not pair or (asked.trim is not None and not 0 <= asked.trim[0] < 1 < asked.trim[1]):
        raise DataError(f"trim = {asked.trim}: give two bounds around 1, such as (0.3, 3.0)")
    if asked.own and asked.within is None:
        raise ValueError("own= holds margins by category of a column; name it: within='wave'")


def _met(raking: Raking, base: Array, found: Coded, asked: _Asked) -> float:
    """Rake once: how far the bounds miss a margin; DataError where the margins cannot be met."""
    totals = raking.cell_totals(base[:, None])
    factors = raking.factors(totals)
    if np.isnan(factors).any():
        worst = _worst(raking, totals, raking.nearest(totals), found)
        raise DataError(
            f"the margins {', '.join(asked.names)} cannot be met together: some combinations of categories have no "
            "respondent; merge small categories or leave a margin out; as near as it goes:", problems=worst
        )  # fmt: skip
    missed = float(raking.deviation(totals, factors)[0])
    if missed > LOST:
        raise DataError(
            f"with weights held in {asked.trim} a margin is missed by {missed:.1%}; widen `trim` or merge small "
            "categories:", problems=_worst(raking, totals, factors, found)
        )  # fmt: skip
    below = (factors[0] < 0)[raking.cell] & (base > 0)
    if below.any():
        raise DataError(
            f"linear calibration makes {int(below.sum())} weights negative (smallest factor {factors.min():.2f}); "
            "take method='raking', hold them by trim=(0.3, 3.0), or leave a margin out"
        )
    return missed


def _worst(raking: Raking, totals: Array, factors: Array, found: Coded) -> list[str]:
    """Say which targets are missed most."""
    lines: list[tuple[float, str]] = []
    gaps = raking.gaps(totals, np.nan_to_num(factors, nan=1.0))
    for labels, gap, target in zip(found.labels, gaps, (*found.target, None), strict=False):
        for k in np.flatnonzero(np.abs(gap[0]) > MET / 5):
            far = float(gap[0, k])
            if target is None:
                lines.append((abs(far), f"{labels[k]} stays {far:+.2f} standard deviations away"))
            else:
                share = f"{target[k] + far:.1%} for a target of {target[k]:.1%} ({100 * far:+.1f} points)"
                lines.append((abs(far), f"{labels[k]}: {share}"))
    return [line for _, line in sorted(lines, key=lambda pair: -pair[0])[:LISTED]]


def _account(sample: Sample, asked: _Asked, missed: float) -> str:
    positive: BoolArray = sample.weights > 0
    weights = sample.weights[positive]
    effect = kish_effect(weights)
    fields: dict[str, object] = {
        "margins": Name(tuple(name.replace(JOINT, " × ") for name in asked.names)), "effect": Amount(effect, places=2),
        "low": Amount(weights.min(), places=2), "high": Amount(weights.max(), places=2),
        "n": Amount(len(weights) / effect, "money"),
    }  # fmt: skip
    told = [] if asked.within is None else [phrase("flow.raked_within", fields={"column": Name((asked.within,))})]
    told += [phrase("flow.linear")] if asked.method == "linear" else []
    if asked.trim is None:
        return joined(phrase("flow.raked", fields=fields), *told)
    fields |= {"least": Amount(asked.trim[0]), "most": Amount(asked.trim[1])}
    fields["missed"] = Amount(missed, "share", places=1)
    return joined(phrase("flow.raked_missed" if missed > MET else "flow.raked_held", fields=fields), *told)
