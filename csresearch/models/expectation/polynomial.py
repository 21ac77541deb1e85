"""Polynomial regression of an outcome on what was expected and what was got, and the models that are nested in it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from csresearch.errors import StatisticsError
from csresearch.inference.intervals import Intervals, hotelling
from csresearch.inference.moments import AnyArray, Array, Summary
from csresearch.models.derived import Derived, Fitted
from csresearch.models.expectation.surface import SURFACE, hull, inside, missing_because, predicted, surface
from csresearch.models.importance.regression import Regression, regress
from csresearch.models.terms import COLLINEAR, CONSTANT, varied

Z, X, Y, XX, XY, YY, GAP, SIZE, OVER, UNDER, SQUARE = range(11)
NESTED: dict[str, tuple[int, ...]] = {
    "constant": (), "performance_only": (Y,), "difference": (GAP,), "absolute_difference": (SIZE,),
    "squared_difference": (SQUARE,), "asymmetric": (OVER, UNDER), "additive": (X, Y), "interaction": (X, Y, XY),
    "full": (X, Y, XX, XY, YY),
}  # fmt: skip
TESTS = {
    "linear": ("additive", "difference"), "difference": ("full", "difference"),
    "quadratic": ("full", "squared_difference"), "higher_order": ("full", "additive"),
}  # fmt: skip
OUTSIDE = "outside the answers: extrapolation"


def columns(outcome: Array, expectation: Array, performance: Array) -> Array:
    """Columns of the polynomial and of the models nested in it, shape (n, 11), in the order of Z to SQUARE."""
    z, x, y = outcome, expectation, performance
    gap = y - x
    parts = (z, x, y, x**2, x * y, y**2, gap, np.abs(gap), np.maximum(gap, 0), np.minimum(gap, 0), gap**2)
    return np.stack(parts, axis=1)


def column_names(outcome: str, expectation: str, performance: str) -> tuple[str, ...]:
    """Names of the columns; products are written as in R's formulas."""
    x, y = expectation, performance
    return (outcome, x, y, f"{x}^2", f"{x}:{y}", f"{y}^2", "gap", "|gap|", "gap > 0", "gap < 0", "gap^2")


@dataclass(frozen=True, kw_only=True)
class Profile:
    """Points at which the surface is read: along its two lines, both centred, m points each."""

    levels: Array
    middle: float

    @property
    def x(self) -> Array:
        """Expectation: as high as performance on the first line, opposite to it on the second."""
        return np.concatenate([self.levels, -self.levels])

    @property
    def y(self) -> Array:
        """Performance."""
        return np.concatenate([self.levels, self.levels])


def rows(names: tuple[str, ...], profile: Profile) -> list[dict[str, Any]]:
    """Say what each number is, in the order of the estimate."""
    slope = {"statistic": "slope", "unit": "per_point", "kind": "level"}
    found: list[dict[str, Any]] = [_row("coefficients", "intercept", "points")]
    found += [{"table": "coefficients", "term": names[j], **slope} for j in NESTED["full"]]
    found += [_row("surface", name, "points" if name in ("x0", "y0", "p10", "p20") else "per_point")
              for name in SURFACE]  # fmt: skip
    for line, x, y in zip(_lines(profile), profile.x, profile.y, strict=True):
        place = {"category": line, "term": f"{y + profile.middle:g}", "x": x + profile.middle, "y": y + profile.middle}
        found.append(_row("profile", "predicted", "points") | place)
    found += [_row("models", "r2", "r2", kind="square") | {"model": name} for name in NESTED]
    found += [_row("models", "residual_variance", "none", kind="positive") | {"model": name} for name in NESTED]
    found += [_row("difference", "gap", "points"), _row("difference", "gap_sd", "points", kind="positive")]
    found += [_row("difference", "correlation", "none")]
    for model in ("difference", "asymmetric", "additive"):
        found.append(_row("difference", "intercept", "points") | {"model": model})
        found += [{"table": "difference", "model": model, "term": names[j], **slope} for j in NESTED[model]]
    return found


def _row(table: str, statistic: str, unit: str, *, kind: str = "level") -> dict[str, Any]:
    return {"table": table, "kind": kind, "statistic": statistic, "unit": unit}


def _lines(profile: Profile) -> list[str]:
    return [line for line in ("congruence", "incongruence") for _ in profile.levels]


@dataclass(frozen=True, kw_only=True)
class Estimate:
    """Moments to all numbers of `rows`."""

    profile: Profile

    def __call__(self, batch: Summary, point: Summary) -> AnyArray:
        """Estimate, for every element of the batch."""
        fits = {name: _fit(batch, chosen) for name, chosen in NESTED.items()}
        full = fits["full"]
        coefficients = np.concatenate([full.intercept[:, None], full.slopes], axis=1)
        r2 = np.stack([fit.r2 for fit in fits.values()], axis=1)
        variance = np.diagonal(batch.cov, axis1=1, axis2=2)
        with np.errstate(invalid="ignore", divide="ignore"):
            correlation = batch.cov[:, X, Y] / np.sqrt(variance[:, X] * variance[:, Y])
        numbers = [
            coefficients, surface(full.slopes), predicted(coefficients, self.profile.x, self.profile.y), r2,
            variance[:, [Z]] * (1 - r2), batch.mean[:, [GAP]], np.sqrt(variance[:, [GAP]]), correlation[:, None],
        ]  # fmt: skip
        for model in ("difference", "asymmetric", "additive"):
            numbers += [fits[model].intercept[:, None], fits[model].slopes]
        return np.concatenate(numbers, axis=1)


def _fit(batch: Summary, chosen: tuple[int, ...]) -> Regression:
    if chosen:
        return regress(batch.mean, batch.cov, chosen, Z)
    nothing = np.zeros((len(batch.mean), 0))
    return Regression(batch.mean[:, Z], nothing, nothing, np.zeros(len(batch.mean)))


@dataclass(frozen=True, kw_only=True)
class Guard:
    """Refuse answers that no surface can be laid through, in words that say why."""

    names: tuple[str, ...]

    def __call__(self, summary: Summary) -> None:
        """Look at the moments of the point."""
        varied(self.names[:X])(_part(summary, X))
        varied(self.names[:XX])(_part(summary, XX))
        expectation, performance = self.names[X], self.names[Y]
        sd = np.sqrt(np.diagonal(summary.cov[0]))
        if sd[GAP] <= CONSTANT * max(sd[X], abs(summary.mean[0, GAP])):
            raise StatisticsError(
                f"{performance} is {expectation} again, up to a constant: everybody has the same gap, so nothing can "
                "be said of meeting expectations; name two different questions"
            )
        quadratic = slice(X, GAP)
        with np.errstate(invalid="ignore", divide="ignore"):
            corr = summary.cov[0][quadratic, quadratic] / np.outer(sd[quadratic], sd[quadratic])
        if not np.isfinite(corr).all() or np.linalg.eigvalsh(corr)[0] < COLLINEAR:
            raise StatisticsError(
                f"{expectation}, {performance}, their squares and their product cannot be told apart: the answers "
                "take too few values (two are too few for a square), or one follows from the other; use finer scales"
            )


def _part(summary: Summary, size: int) -> Summary:
    return Summary(summary.weight[:, :size], summary.mean[:, :size], summary.cov[:, :size, :size])


def adjusted(fitted: Fitted, made: Intervals, *, values: Array, profile: Profile) -> tuple[str, ...]:
    """Give reasons in words of this model: no stationary point, no axis; a height outside the answers."""
    reasons = list(made.reason)
    table, statistic = fitted.rows["table"].to_numpy(), fitted.rows["statistic"].to_numpy()
    slopes = fitted.point[(table == "coefficients") & (statistic == "slope")]
    for name, why in missing_because(slopes).items():
        reasons[int(np.flatnonzero((table == "surface") & (statistic == name))[0])] = why
    counted = fitted.weights > 0
    within = inside(hull(values[counted, X], values[counted, Y]), profile.x, profile.y)
    for place, whether in zip(np.flatnonzero(table == "profile"), within, strict=True):
        if not whether:
            reasons[place] = OUTSIDE
    return tuple(reasons)


def tests(fitted: Fitted) -> Derived:
    """Test the constraints that make a simpler model of a richer one.

    `f` is the classical test (as `car::linearHypothesis`), of respondents drawn at random; `wald_f` rests on the draws
    and the degrees of freedom of the design (Hotelling's reference). `df` and `df_residual` are those of each F.
    """
    found = []
    for name, (rich, plain) in TESTS.items():
        r2 = {model: _number(fitted, "models", "r2", model) for model in (rich, plain)}
        extra, left = len(NESTED[rich]) - len(NESTED[plain]), fitted.n_obs - len(NESTED[rich]) - 1
        with np.errstate(invalid="ignore", divide="ignore"):  # a perfect fit
            f = float(np.float64(r2[rich] - r2[plain]) / extra / (1 - r2[rich]) * left)
        words = "respondents taken for a simple random sample"
        found.append(_test(name, "f", f, extra, left, "classical F", words))
        f, extra, left = _wald(fitted, name)
        words = "a test has no interval" if np.isfinite(f) else "too few draws or degrees of freedom for this test"
        found.append(_test(name, "wald_f", f, extra, left, f"Wald, {fitted.method}", words))
    return Derived(frame=pd.DataFrame(found))


def _number(fitted: Fitted, table: str, statistic: str, model: str) -> float:
    rows = fitted.rows
    found = (rows["table"] == table) & (rows["statistic"] == statistic) & (rows["model"] == model)
    return float(fitted.point[np.flatnonzero(found)[0]])


def _test(name: str, statistic: str, f: float, extra: int, left: int, method: str, reason: str) -> dict[str, Any]:
    p = stats.f.sf(f, extra, left) if left > 0 else np.nan
    return {"category": name, "statistic": statistic, "unit": "none", "estimate": f, "p_value": p, "df": extra,
            "df_residual": left, "method": method, "reason": reason}  # fmt: skip


def _wald(fitted: Fitted, name: str) -> tuple[float, int, int]:
    """F of a constraint over the draws, and its degrees of freedom."""
    rows = fitted.rows
    slope = rows["statistic"] == "slope"
    if name == "linear":
        place = np.flatnonzero(slope & (rows["table"] == "difference") & (rows["model"] == "additive"))
        contrast = np.array([[1.0, 1.0]])
    else:
        place = np.flatnonzero(slope & (rows["table"] == "coefficients"))
        contrast = np.array(_CONTRASTS[name])
    return hotelling(contrast @ fitted.point[place], fitted.deviations[:, place] @ contrast.T, df=fitted.df)


_CONTRASTS = {  # of b1 to b5 of the full polynomial, all 0 under the constraint
    "difference": [[1, 1, 0, 0, 0], [0, 0, 1, 0, 0], [0, 0, 0, 1, 0], [0, 0, 0, 0, 1]],
    "quadratic": [[1, 0, 0, 0, 0], [0, 1, 0, 0, 0], [0, 0, 1, 0, -1], [0, 0, 2, 1, 0]],
    "higher_order": [[0, 0, 1, 0, 0], [0, 0, 0, 1, 0], [0, 0, 0, 0, 1]],
}
