"""What weights and clusters cost: design effects, and effective n."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from csresearch.errors import DataError, StatisticsError
from csresearch.inference.design import Design, kish_effect
from csresearch.inference.engine import run
from csresearch.inference.moments import Array, Moments, means
from csresearch.inference.problem import Problem
from csresearch.inference.replicates import AnyReplicates, Linearized
from csresearch.survey.sample import Sample, require_sample

COLUMNS = (
    "n_obs", "deff_weights", "efficiency", "cluster_size", "rho", "deff_clusters", "deff_product", "deff",
    "n_effective",
)  # fmt: skip


def design_effects(
    sample: Sample,
    *,
    items: Sequence[str] | None = None,
    replicates: AnyReplicates = Linearized(),  # noqa: B008
) -> pd.DataFrame:
    """Tell by what weights and clusters multiply the variance of each mean, apart and together.

    Parameters
    ----------
    sample : Sample
        Raked or not; of a domain (`where`) its members.
    items : sequence of str, optional
        Columns of numbers; default: the items of the study, without a study all columns of numbers.
    replicates : Linearized, Jackknife, Bootstrap or FileReplicates
        What the total rests on; replicate weights that the data bring are used in place of `Linearized()`.

    Returns
    -------
    DataFrame
        A row an item. `deff_weights` is Kish's n sum w2 / (sum w)2, `efficiency` its inverse; `cluster_size` the mean
        size a respondent sees, sum m2 / sum m; `rho` the intraclass correlation by weighted analysis of variance within
        strata; `deff_clusters` is 1 + (m - 1) rho; `deff_product` the product of both, a rule of thumb; `deff` the
        design effect of the estimated mean itself, with strata, raking and finite populations; `n_effective` is
        n_obs / deff. Without clusters in the design, what rests on them is NaN.

    Raises
    ------
    DataError
        Unknown columns, text in them, no item.

    References
    ----------
    Kish, L. (1965), Survey Sampling, ch. 8; (1992), Journal of Official Statistics 8; Ridout, M. et al. (1999),
    Biometrics 55 (intraclass correlation by analysis of variance).

    Examples
    --------
    >>> frame = pd.DataFrame({"a": [1, 2, 8, 9], "shop": ["x", "x", "y", "y"], "w": [1, 3, 1, 3]})
    >>> found = design_effects(Sample.from_frame(frame, weights="w", clusters="shop"), items=["a"])
    >>> found[["deff_weights", "rho", "deff_clusters"]].round(2).loc["a"].tolist()
    [1.25, 0.98, 1.98]
    """
    require_sample(sample)
    names = ((items,) if isinstance(items, str) else tuple(items)) if items is not None else _numeric(sample)
    if not names:
        raise DataError("no item is named, or the sample has no column of numbers: there are no design effects")
    values = np.column_stack([sample.values(name) for name in names])
    counted = sample.domain & (sample.weights > 0)
    if empty := [name for name, column in zip(names, values.T, strict=True) if np.isnan(column[counted]).all()]:
        raise StatisticsError(f"nobody answered {', '.join(empty)}; leave out what nobody answered")
    found = _total(sample, values, names, replicates)
    rows = []
    for j in range(len(names)):
        used = counted & ~np.isnan(values[:, j])
        weights = np.where(used, sample.weights, 0.0)
        by_weights = kish_effect(weights)
        size, rho = _clustering(sample.design, values[:, j], weights) if sample.design.clustered else (np.nan, np.nan)
        by_clusters = 1 + (size - 1) * rho
        n, effective = int(used.sum()), float(found[j])
        rows.append(
            [n, by_weights, 1 / by_weights, size, rho, by_clusters, by_weights * by_clusters, n / effective, effective]
        )
    return pd.DataFrame(rows, index=pd.Index(names, name="item"), columns=list(COLUMNS))


def _numeric(sample: Sample) -> tuple[str, ...]:
    if sample.study is not None:
        return tuple(name for name in sample.study.items if name in sample.answers)
    return tuple(str(c) for c in sample.answers.columns if pd.api.types.is_numeric_dtype(sample.answers[c]))


def _total(sample: Sample, values: Array, names: tuple[str, ...], replicates: AnyReplicates) -> Array:
    """Respondents over the design effect of each mean, shape (k,)."""
    sample.replicates_for(replicates)  # refuses what are none
    chosen = sample.replicates if sample.replicates is not None and replicates == Linearized() else replicates
    problem = Problem(
        moments=Moments.of_rows(values, names=names, order=1, pairwise=True),
        used=np.ones(len(values), dtype=bool), domains=sample.domain[None], weighting=sample.weighting,
        estimate=means, analytic=True, base=np.arange(len(names)),
    )  # fmt: skip
    return np.asarray(run(problem, chosen).n_effective[0])


def _clustering(design: Design, values: Array, weights: Array) -> tuple[float, float]:
    """Cluster size as a respondent sees it, and the intraclass correlation within strata."""
    used = weights > 0
    cluster, y, w = design.cluster[used], values[used], weights[used] / weights[used].mean()
    size = np.bincount(cluster, minlength=len(design.stratum)).astype(float)
    mass = np.bincount(cluster, weights=w, minlength=len(size))
    seen = size > 0
    mean = np.bincount(cluster, weights=w * y, minlength=len(size))[seen] / mass[seen]
    mass, size, stratum = mass[seen], size[seen], design.stratum[seen]
    whole = np.bincount(stratum, weights=mass)
    centre = np.bincount(stratum, weights=mass * mean) / np.where(whole > 0, whole, 1)
    place = np.cumsum(seen) - 1
    n, clusters, strata = len(y), len(mean), int((whole > 0).sum())
    if clusters == strata or n == clusters:
        return float((size**2).sum() / n), float("nan")
    between = float((mass * (mean - centre[stratum]) ** 2).sum()) / (clusters - strata)
    inside = float((w * (y - mean[place[cluster]]) ** 2).sum()) / (n - clusters)
    usual = (n - float((mass**2 / whole[stratum]).sum())) / (clusters - strata)
    return float((size**2).sum() / n), (between - inside) / (between + (usual - 1) * inside)
