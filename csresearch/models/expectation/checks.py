"""Checks of a model of disconfirmation: where its surface or its gaps say something else than they seem to."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from csresearch.inference.moments import Array, BoolArray
from csresearch.models.derived import Fitted
from csresearch.models.expectation.polynomial import GAP, OVER, UNDER, X, Y
from csresearch.models.expectation.surface import hull, inside
from csresearch.models.expectation.terms import Terms
from csresearch.models.measurement.reliability import alpha
from csresearch.show.phrase import Amount, Name, phrase
from csresearch.survey.sample import Sample
from csresearch.vocabulary import Check

TOP = 0.5  # points from the end of the scale that count as the top; share of answers there that makes a ceiling
INFLATED, RELIABLE, SEEN = 5.0, 0.70, 0.10


def difference_reliability(reliability: tuple[float, float], sd: tuple[float, float], correlation: float) -> float:
    """Reliability of the difference of two measures.

    Parameters
    ----------
    reliability, sd : pair of float
        Of the two measures.
    correlation : float
        Between them.

    Notes
    -----
    Lord (1963); with equal reliabilities r and standard deviations it is (r - correlation) / (1 - correlation).

    Examples
    --------
    >>> round(difference_reliability((0.8, 0.8), (1.0, 1.0), 0.5), 2)
    0.6
    """
    shared = 2 * correlation * sd[0] * sd[1]
    whole = sd[0] ** 2 + sd[1] ** 2 - shared
    kept = reliability[0] * sd[0] ** 2 + reliability[1] * sd[1] ** 2 - shared
    return kept / whole if whole > 0 else float("nan")


@dataclass(frozen=True, kw_only=True)
class Judge:
    """Checks of one domain; `values` are the columns of the polynomial."""

    terms: Terms
    values: Array
    sample: Sample

    def __call__(self, fitted: Fitted) -> list[Check]:
        """Check one domain."""
        counted = np.asarray(fitted.weights > 0)
        sd = np.sqrt(np.maximum(np.diagonal(fitted.summary.cov[0]), 0.0))
        correlation = float(fitted.summary.cov[0, X, Y] / (sd[X] * sd[Y]))
        return [
            *self._asked(), self._stationary(fitted, counted), *self._ceiling(fitted, sd), self._together(correlation),
            *self._reliability(fitted, (float(sd[X]), float(sd[Y])), correlation), self._both(fitted),
        ]  # fmt: skip

    def _asked(self) -> Iterator[Check]:
        """Tell whether expectations were recalled after the experience; said only where the study says it."""
        if self.terms.asked is not None:
            before = self.terms.asked == "before"
            words = phrase(f"expectation.check_asked_{self.terms.asked}")
            yield Check(check="expectation_asked", passed=before, value=float(before), threshold=1.0, text=words)

    def _stationary(self, fitted: Fitted, counted: BoolArray) -> Check:
        """Tell whether the stationary point lies where people answered."""
        statistic = fitted.rows["statistic"].to_numpy()
        x0, y0 = (float(fitted.point[np.flatnonzero(statistic == name)[0]]) for name in ("x0", "y0"))
        corners = hull(self.values[counted, X], self.values[counted, Y])
        within = bool(inside(corners, np.array([x0]), np.array([y0]))[0])
        absent = not np.isfinite(x0)
        key = "none" if absent else "inside" if within else "outside"
        fields = {"x": Amount(x0 + self.terms.middle, "points"), "y": Amount(y0 + self.terms.middle, "points")}
        return Check(
            check="stationary_point", passed=within or absent, value=float(within), threshold=1.0,
            text=phrase(f"expectation.check_point_{key}", fields=fields),
        )  # fmt: skip

    def _ceiling(self, fitted: Fitted, sd: Array) -> Iterator[Check]:
        """Tell how many expect the most there is: then a gap is performance in disguise."""
        if self.terms.ends is None:
            return
        top = self.terms.ends[1] - self.terms.middle - TOP
        share = float((fitted.weights * (self.values[:, X] >= top)).sum() / fitted.weights.sum())
        disguise = float(fitted.summary.cov[0, GAP, Y] ** 2 / (sd[GAP] * sd[Y]) ** 2)
        fields = {
            "share": Amount(share, "share"), "sd": Amount(float(sd[X]), "sd"), "sd_got": Amount(float(sd[Y]), "sd"),
            "disguise": Amount(disguise, "share"), "expectation": Name((self.terms.expectation,)),
        }  # fmt: skip
        key = "expectation.check_ceiling" if share > TOP else "expectation.check_room"
        words = phrase(key, fields=fields, labels=self.sample.label)
        yield Check(check="expectation_ceiling", passed=share <= TOP, value=share, threshold=TOP, text=words)

    def _together(self, correlation: float) -> Check:
        """Tell whether expectation and performance can be told apart."""
        inflation = 1 / max(1 - correlation**2, 1e-12)
        fields = {"r": Amount(correlation, "sd"), "vif": Amount(inflation, "points")}
        return Check(
            check="collinearity", passed=inflation <= INFLATED, value=inflation, threshold=INFLATED,
            text=phrase("expectation.check_collinear", fields=fields),
        )  # fmt: skip

    def _reliability(self, fitted: Fitted, sd: tuple[float, float], correlation: float) -> Iterator[Check]:
        """Tell how reliable the difference is, where both are measured by several items."""
        found = [self._alpha(fitted, term) for term in (self.terms.expectation, self.terms.performance)]
        if found[0] is None or found[1] is None:
            return
        value = difference_reliability((found[0], found[1]), sd, correlation)
        fields = {"value": Amount(value, "sd"), "first": Amount(found[0], "sd"), "second": Amount(found[1], "sd"),
                  "r": Amount(correlation, "sd")}  # fmt: skip
        yield Check(
            check="difference_reliability", passed=value >= RELIABLE, value=value, threshold=RELIABLE,
            text=phrase("expectation.check_reliability", fields=fields),
        )  # fmt: skip

    def _alpha(self, fitted: Fitted, term: str) -> float | None:
        """Cronbach's alpha of a term, of those who answered all its items; None for a single item."""
        items = self.sample.columns_of(term)
        if len(items) < 2:
            return None
        answers = np.stack([self.sample.values(item) for item in items], axis=1)
        whole = (fitted.weights > 0) & ~np.isnan(answers).any(axis=1)
        if whole.sum() < 2:
            return None
        cov = np.cov(answers[whole].T, aweights=fitted.weights[whole])
        return float(alpha(cov[None], (tuple(range(len(items))),))[0, 0])

    def _both(self, fitted: Fitted) -> Check:
        """Tell whether enough people stand on either side: else one slope of the asymmetric model is a guess."""
        total = fitted.weights.sum()
        over = float((fitted.weights * (self.values[:, OVER] > 0)).sum() / total)
        under = float((fitted.weights * (self.values[:, UNDER] < 0)).sum() / total)
        fields = {"over": Amount(over, "share"), "under": Amount(under, "share")}
        return Check(
            check="both_directions", passed=min(over, under) >= SEEN, value=min(over, under), threshold=SEEN,
            text=phrase("expectation.check_both", fields=fields),
        )  # fmt: skip
