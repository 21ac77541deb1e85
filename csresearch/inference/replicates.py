"""Replicate weights and derivatives by the design: Bootstrap, Jackknife, Linearized, or as a file brings them.

Replicates are a function of (design, kind, draws, seed), never of a model: draw 17 holds the same respondents in every
model, so that results can be combined draw by draw.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field, fields
from typing import Any, ClassVar, Literal

import numpy as np

from csresearch.errors import StatisticsError
from csresearch.inference.design import Design, Single, Weighting, joined, known_single
from csresearch.inference.moments import AnyArray, Array

MAX_EMPTIED = 0.01  # share of draws that may empty a raking category
BLOCK_CELLS = 8_000_000  # respondents x draws held at once; fixed, so that the number of cores does not matter


def _columns(weighting: Weighting) -> int:
    """Count the replicates that are held at once."""
    return max(16, min(512, BLOCK_CELLS // max(len(weighting.base), 1)))


def as_code(spec: Any) -> str:
    """Write a specification as the code that makes it; options with `repr=False` only where they were chosen."""
    shown = [f.name for f in fields(spec) if f.repr or getattr(spec, f.name) != f.default]
    return f"{type(spec).__name__}({', '.join(f'{name}={getattr(spec, name)!r}' for name in shown)})"


@dataclass(frozen=True, kw_only=True)
class Bootstrap:
    """Rescaled bootstrap of respondents, or of clusters within strata (Rao and Wu, 1988; Rao, Wu and Yue, 1992).

    `Bootstrap()`, the default of every model, gives way to the replicate weights of a sample that brings its own; with
    a number or seed of its own it does not.

    Parameters
    ----------
    draws : int
        Number of replicates, at least 2.
    seed : int
        Each draw has a child of it, so that the first 100 of 1,000 draws are the 100 of 100.
    multipliers : {"rao_wu", "exponential"}
        "exponential": smooth positive multipliers of the same variance, that empty no raking category.
    single : {"raise", "collapse", "certainty", "centre"}
        A stratum with one cluster: raise; join such strata; no variance; deviation from the overall mean.

    Examples
    --------
    >>> Bootstrap(draws=200, seed=3)
    Bootstrap(draws=200, seed=3)
    >>> Bootstrap(multipliers="exponential")
    Bootstrap(draws=1000, seed=1, multipliers='exponential')
    """

    kind: ClassVar[str] = "bootstrap"
    draws: int = 1000
    seed: int = 1
    multipliers: Literal["rao_wu", "exponential"] = field(default="rao_wu", repr=False)
    single: Single = field(default="raise", repr=False)

    def __post_init__(self) -> None:
        if not isinstance(self.draws, int) or self.draws < 2:
            raise ValueError(f"Bootstrap(draws={self.draws!r}): at least 2 draws are needed, 1,000 are usual")
        if not isinstance(self.seed, int) or self.seed < 0:
            raise ValueError(f"Bootstrap(seed={self.seed!r}): a whole number of 0 or more is needed")
        if self.multipliers not in ("rao_wu", "exponential"):
            raise ValueError(f"multipliers={self.multipliers!r}: allowed are 'rao_wu' and 'exponential'")
        known_single(self.single)

    def __repr__(self) -> str:
        return as_code(self)

    def blocks(self, weighting: Weighting) -> Iterator[Array]:
        """Yield replicate weights, shape (n, b); NaN columns where raking was impossible in a draw."""
        design = joined(weighting.design, self.single)
        size = _columns(weighting)
        failed = 0
        for start in range(0, self.draws, size):
            draws = range(start, min(start + size, self.draws))
            weights = weighting.final(self._factors(design, draws).T[design.cluster])
            failed += int(np.isnan(weights).any(axis=0).sum())
            if failed > MAX_EMPTIED * self.draws:
                raise _emptied(failed, draws.stop)
            yield weights

    def _factors(self, design: Design, draws: range) -> Array:
        """Draw the multipliers of the clusters, shape (b, p); each draw has a generator of its own."""
        random = [np.random.default_rng(np.random.SeedSequence(self.seed, spawn_key=(draw,))) for draw in draws]
        fraction, n = design.fraction[design.stratum], design.size[design.stratum]
        factor = np.ones((len(draws), len(design.stratum)))
        many = n > 1
        if self.multipliers == "exponential":
            shape = ((n - 1) / np.maximum(1 - fraction, 1e-12) - 1) / n
            gamma = np.stack([r.standard_gamma(np.where(many & (shape > 0), shape, 1.0)) for r in random])
            total = gamma @ (design.stratum[:, None] == np.arange(len(design.size)))
            usable = many & (n > 2) & (fraction < 1)
            factor[:, usable] = (gamma * n / total[:, design.stratum])[:, usable]
            many &= n == 2  # two clusters leave no room for a smooth multiplier of this variance
        if many.any():
            spread, times = np.sqrt(1 - fraction), _resample(random, design)
            times *= spread * n / np.maximum(n - 1, 1)  # in place: 1 + spread (n / (n - 1) times - 1)
            times += 1 - spread
            factor = times if many.all() else np.where(many, times, factor)
        return _centred(factor, random, design) if self.single == "centre" else factor


def _resample(random: list[np.random.Generator], design: Design) -> Array:
    """How often each cluster is drawn, shape (b, p): n - 1 draws with replacement from the n of its stratum."""
    size = design.size.astype(np.int64)
    stratum = np.repeat(np.arange(len(size)), size - 1)
    start, wide = (np.cumsum(size) - size)[stratum], design.size[stratum]
    order = np.argsort(design.stratum, kind="stable")
    result = np.empty((len(random), len(order)))
    for times, generator in zip(result, random, strict=True):
        chosen = start + (generator.random(len(stratum)) * wide).astype(np.int64)
        times[order] = np.bincount(chosen, minlength=len(order))
    return result


def _centred(factor: Array, random: list[np.random.Generator], design: Design) -> Array:
    """Let a lone cluster deviate from the mean of all clusters, by a random sign."""
    lone = np.flatnonzero(design.size[design.stratum] == 1)
    sign = np.stack([r.choice((-1.0, 1.0), size=len(lone)) for r in random])
    sign *= np.sqrt(1 - design.fraction[design.stratum[lone]])
    result = np.asarray(factor - sign.sum(axis=1, keepdims=True) / factor.shape[1], dtype=float)
    result[:, lone] += sign
    return result


def _emptied(failed: int, drawn: int) -> StatisticsError:
    return StatisticsError(
        f"{failed} of the first {drawn} bootstrap draws empty a raking category, so its margin cannot be met in them; "
        "merge small categories in [margins], or use Bootstrap(multipliers='exponential')"
    )


@dataclass(frozen=True, kw_only=True)
class Jackknife:
    """Delete one cluster at a time: JK1 without strata, JKn with them.

    Parameters
    ----------
    single : {"raise", "collapse", "certainty", "centre"}
        What to do with a stratum of one cluster; "centre" acts as "certainty" here.

    Examples
    --------
    >>> Jackknife().kind
    'jackknife'
    """

    kind: ClassVar[str] = "jackknife"
    single: Single = field(default="raise", repr=False)

    def __post_init__(self) -> None:
        known_single(self.single)

    def __repr__(self) -> str:
        return as_code(self)

    def blocks(self, weighting: Weighting) -> Iterator[Array]:
        """Yield weights, shape (n, b): one column for each cluster left out."""
        design = joined(weighting.design, self.single)
        size = _columns(weighting)
        clusters = np.flatnonzero(design.size[design.stratum] > 1)
        for start in range(0, len(clusters), size):
            out = clusters[start : start + size]
            same = design.stratum[:, None] == design.stratum[out]
            n = design.size[design.stratum[out]]
            factors = np.where(same, n / (n - 1), 1.0)
            factors[out, np.arange(len(out))] = 0.0
            yield weighting.final(factors[design.cluster])

    def coefficients(self, design: Design) -> Array:
        """Weigh each squared deviation, shape (replicates,): (1 - f)(n - 1)/n of its stratum."""
        design = joined(design, self.single)
        stratum = design.stratum[design.size[design.stratum] > 1]
        n = design.size[stratum]
        return np.asarray((1 - design.fraction[stratum]) * (n - 1) / n)


@dataclass(frozen=True, kw_only=True)
class Linearized:
    """Variance by the derivative along each cluster's weight (Binder, 1983; what R survey reports).

    Parameters
    ----------
    single : {"raise", "collapse", "certainty", "centre"}
        What to do with a stratum of one cluster.

    Examples
    --------
    >>> Linearized().kind
    'linearized'
    """

    kind: ClassVar[str] = "linearized"
    single: Single = field(default="raise", repr=False)

    def __post_init__(self) -> None:
        known_single(self.single)

    def __repr__(self) -> str:
        return as_code(self)

    def blocks(self, weighting: Weighting) -> Iterator[Array]:
        """Yield nothing: a linearisation has derivatives, no draws."""
        return iter(())

    def deviations(self, influence: Array, design: Design) -> Array:
        """Centre and scale derivatives along the clusters' weights, shape (p, k): their squares add up to variances."""
        design = joined(design, self.single)
        size, fraction = design.size, design.fraction
        mean = np.stack([np.bincount(design.stratum, weights=column) for column in influence.T], axis=1) / size[:, None]
        if self.single == "centre":
            mean[size == 1] = influence.mean(axis=0)
        scale = (1 - fraction) * np.where(size > 1, size / np.maximum(size - 1, 1), 1.0)
        return np.asarray(np.sqrt(scale)[design.stratum, None] * (influence - mean[design.stratum]))

    def variance(self, influence: Array, design: Design) -> Array:
        """Variance from derivatives, shape (p, k), along the clusters' weights; returns shape (k,)."""
        return np.asarray((self.deviations(influence, design) ** 2).sum(axis=0))


Scheme = Literal["jk1", "jkn", "brr", "fay", "bootstrap"]
ENOUGH_DRAWS, ENOUGH_DF = 100, 8  # from which bootstrap weights of a file are used as draws, else for errors alone
SAME_RANK = 1e-10  # of the largest eigenvalue


@dataclass(frozen=True, kw_only=True, eq=False)
class FileReplicates:
    """Replicate weights that the data bring; what `[design] replicates` makes of them (Wolter, 2007).

    The variance is `scale` times the sum of `scales` times squared deviations from the mean of the replicates.

    Parameters
    ----------
    weights : array, shape (n, r)
        Full weights, no factors: what stands in the file beside the weight.
    scheme : {"jk1", "jkn", "brr", "fay", "bootstrap"}
        Scale without one of its own: (r - 1)/r, 1, 1/r, 1/(r (1 - rho)^2), 1/(r - 1).
    rho : float, optional
        Fay's factor, of the half that is weighted down.
    scale : float, optional
    scales : tuple of r float, optional
        One for each replicate; jkn needs them: (n_h - 1)/n_h of the stratum.
    df : int, optional
        Degrees of freedom; default: rank of the weights minus 1.

    Examples
    --------
    >>> FileReplicates(weights=np.array([[0.0, 2.0], [2.0, 0.0]]), scheme="jk1")
    FileReplicates(scheme='jk1', number=2)
    """

    weights: Array
    scheme: Scheme
    rho: float | None = None
    scale: float | None = None
    scales: tuple[float, ...] | None = None
    df: int | None = None

    def __repr__(self) -> str:
        known = {name: getattr(self, name) for name in ("rho", "scale", "df")}
        given = "".join(f", {name}={value!r}" for name, value in known.items() if value is not None)
        return f"FileReplicates(scheme={self.scheme!r}, number={self.number}{given})"

    @property
    def number(self) -> int:
        """Number of replicates."""
        return int(self.weights.shape[1])

    @property
    def kind(self) -> str:
        """Name used in the `method` column: enough bootstrap weights are draws, all others give errors alone."""
        plain = self.scheme == "bootstrap" and self.scale is None and self.scales is None
        drawn = plain and self.number >= ENOUGH_DRAWS and (self.df is None or self.df >= ENOUGH_DF)
        return "bootstrap" if drawn else "replicate weights"

    def blocks(self, weighting: Weighting) -> Iterator[Array]:
        """Yield replicate weights, shape (n, b): 0 for the excluded; raked where margins are given."""
        size = _columns(weighting)
        for start in range(0, self.number, size):
            yield weighting.raked(np.where(weighting.base[:, None] > 0, self.weights[:, start : start + size], 0.0))

    def coefficients(self, design: Design) -> Array:
        """Weigh each squared deviation, shape (r,)."""
        r, rho = self.number, self.rho or 0.0
        usual = {"jk1": (r - 1) / r, "jkn": 1.0, "brr": 1 / r, "fay": 1 / r / (1 - rho) ** 2, "bootstrap": 1 / (r - 1)}
        scale = usual[self.scheme] if self.scale is None else self.scale
        return scale * (np.ones(r) if self.scales is None else np.asarray(self.scales, dtype=float))

    def degrees(self, member: AnyArray) -> int:
        """Degrees of freedom of a domain, from who is in it, shape (n,)."""
        if len(self.weights) != len(member):
            found = f"{len(self.weights)} rows of replicate weights for {len(member)} respondents"
            raise StatisticsError(f"{found}; replicate weights belong to the sample that brought them")
        if self.df is not None:
            return self.df
        inside = self.weights[member > 0]
        roots = np.linalg.eigvalsh(inside.T @ inside)
        return int((roots > SAME_RANK * roots.max(initial=0.0)).sum()) - 1


AnyReplicates = Bootstrap | Jackknife | Linearized | FileReplicates


def replicates_id(replicates: AnyReplicates, weighting: Weighting) -> str:
    """Name of the draws: equal only for the same kind, draws, seed, design, base weights and margins."""
    parts: list[bytes] = [
        type(replicates).__name__.encode(),
        repr([getattr(replicates, f.name) for f in fields(replicates) if f.name != "weights"]).encode(),
        replicates.weights.tobytes() if isinstance(replicates, FileReplicates) else b"",
        weighting.base.tobytes(),
        weighting.design.cluster.tobytes(),
        weighting.design.stratum.tobytes(),
        b"" if weighting.design.population is None else weighting.design.population.tobytes(),
    ]
    if weighting.raking is not None:
        raking = weighting.raking
        parts += [raking.cell.tobytes(), *(codes.tobytes() for codes in raking.category)]
        parts += [*(share.tobytes() for share in raking.target), repr((raking.trim, raking.method)).encode()]
        parts += [] if raking.means is None else [raking.means.tobytes()]
    return hashlib.sha256(b"|".join(parts)).hexdigest()[:12]
