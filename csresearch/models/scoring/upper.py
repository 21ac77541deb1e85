"""What stands above items: systems and elements of satisfaction, stages of the journey, the weighted index."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import pandas as pd

from csresearch.inference.moments import AnyArray, Array
from csresearch.models.derived import STEP, Derived, Fitted
from csresearch.models.terms import answers_to, counted
from csresearch.result import valued
from csresearch.show.phrase import Amount, phrase
from csresearch.survey.sample import Sample
from csresearch.survey.study import Study
from csresearch.vocabulary import Check

CLOSE = 0.95  # correlation from which an index weighted as stated tells the same as the plain mean
Change = Callable[[AnyArray], AnyArray]


def upper_of(sample: Sample, rows: pd.DataFrame) -> Callable[[Fitted], dict[str, Derived]] | None:
    """Make the step that derives tables `systems`, `elements`, `stages` and `weighted`; None where there are none."""
    study = sample.study
    if study is None:
        return None
    points = rows[(rows["table"] == "scores") & (rows["statistic"] == "points")]
    points = points.reindex(columns=["construct", "item"])
    systems = {
        name: _system(study, points, name) for name in dict.fromkeys(s for p in study.elements.values() for s in p)
    }
    stages: dict[str, list[int]] = {}
    for name, item in _performance(study).items():
        if (stage := study.attributes[name].stage) is not None:
            stages.setdefault(stage, []).extend(points.index[points["item"] == item])
    tables = {"systems": _even(systems), "stages": _even(stages)}
    elements = {name: [tables["systems"].get(s) for s in part] for name, part in study.elements.items()}
    tables["elements"] = {
        name: {row: weight / len(parts) for part in parts if part is not None for row, weight in part.items()}
        for name, parts in elements.items()
        if all(part is not None for part in parts)
    }
    pairs = _stated(study, points)
    if not any(tables.values()) and not pairs:
        return None

    def derive(fitted: Fitted) -> dict[str, Derived]:
        found = {name: _averages(fitted, groups) for name, groups in tables.items() if groups}
        return found | ({"weighted": _weighted(fitted, pairs)} if pairs else {})

    return derive


def stated_check(sample: Sample) -> list[Check]:
    """Say how far the index weighted by stated importance tells anything that the plain mean does not."""
    study = sample.study
    if study is None or not {"performance", "importance"} <= study.facets.keys():
        return []
    names = [n for n in study.facets["importance"].attributes if n in study.facets["performance"].attributes]
    some = counted(sample)
    performance, importance = (
        np.stack([answers_to(sample, study.facet_column(f, n))[some] for n in names], axis=1)
        for f in ("performance", "importance")
    )
    both = np.isfinite(performance) & np.isfinite(importance)
    enough = both.sum(axis=1) > 1
    weight, rating = (np.where(both, part, 0.0)[enough] for part in (importance, performance))
    with np.errstate(invalid="ignore", divide="ignore"):
        stated = (weight * rating).sum(axis=1) / weight.sum(axis=1)
    plain = rating.sum(axis=1) / both[enough].sum(axis=1)
    good = np.isfinite(stated)
    if good.sum() < 3 or not (np.ptp(stated[good]) and np.ptp(plain[good])):
        return []
    w = sample.weights[some][enough][good]
    covariance = np.cov(stated[good], plain[good], aweights=w)
    r = float(covariance[0, 1] / np.sqrt(covariance[0, 0] * covariance[1, 1]))
    return [
        Check(
            check="stated_weights", passed=r >= CLOSE, value=r, threshold=CLOSE,
            text=phrase("check.stated_weights", fields={"r": Amount(r, "sd")}),
        )
    ]  # fmt: skip


def _performance(study: Study) -> dict[str, str]:
    """Column of each attribute's performance."""
    asked = study.facets["performance"].attributes if "performance" in study.facets else ()
    return {name: study.facet_column("performance", name) for name in asked}


def _system(study: Study, points: pd.DataFrame, system: str) -> list[int]:
    """Rows of a system: its construct, else the attributes that belong to it."""
    own = points.index[points["construct"] == system]
    columns = [c for name, c in _performance(study).items() if study.attributes[name].system == system]
    return list(own) if len(own) else list(points.index[points["item"].isin(columns)])


def _even(groups: Mapping[str, list[int]]) -> dict[str, dict[int, float]]:
    """Weigh the rows of each group alike; a group without rows is left out."""
    return {name: dict.fromkeys(rows, 1 / len(rows)) for name, rows in groups.items() if rows}


def _averages(fitted: Fitted, groups: Mapping[str, Mapping[int, float]]) -> Derived:
    """Average rows by their weights, over the same draws; the base is that of the row with the fewest answers."""
    weights = np.zeros((len(fitted.point), len(groups)))
    for column, rows in enumerate(groups.values()):
        weights[list(rows), column] = list(rows.values())
    n = [np.nanmin(fitted.n_effective[list(rows)], initial=np.inf) for rows in groups.values()]
    frame = pd.DataFrame({"category": list(groups), "statistic": "points", "unit": "points"})
    frame = frame.assign(n_effective=np.where(np.isfinite(n), n, np.nan), n_obs=fitted.n_obs)
    return _derived(fitted, frame, lambda values: values @ weights)


def _stated(study: Study, points: pd.DataFrame) -> list[tuple[int, int]]:
    """Rows of performance and stated importance of each attribute that has both."""
    if not {"performance", "importance"} <= study.facets.keys():
        return []
    place = {str(item): int(row) for row, item in zip(points.index, points["item"], strict=True)}
    columns = [
        (column, study.facet_column("importance", name))
        for name, column in _performance(study).items()
        if name in study.facets["importance"].attributes
    ]
    return [(place[p], place[i]) for p, i in columns if p in place and i in place]


def _weighted(fitted: Fitted, pairs: list[tuple[int, int]]) -> Derived:
    """Index weighted by mean stated importance, and the plain mean of the same attributes, both in points of 0-100."""
    performance, importance = (list(part) for part in zip(*pairs, strict=True))

    def change(values: AnyArray) -> AnyArray:
        rating, weight = values[..., performance], values[..., importance]
        stated = (weight * rating).sum(axis=-1) / weight.sum(axis=-1)
        return np.stack([stated, rating.mean(axis=-1), stated - rating.mean(axis=-1)], axis=-1)

    names = ["wcsi", "plain_mean", "wcsi_difference"]
    frame = pd.DataFrame({"category": "attributes", "statistic": names, "unit": "points"})
    least = float(np.nanmin(fitted.n_effective[performance], initial=np.inf))
    return _derived(
        fitted, frame.assign(n_effective=least if np.isfinite(least) else np.nan, n_obs=fitted.n_obs), change
    )


def _derived(fitted: Fitted, frame: pd.DataFrame, change: Change) -> Derived:
    """Give rows a smooth function of the numbers, with intervals from its own draws and derivatives."""
    point, draws = np.asarray(change(fitted.point)), np.asarray(change(fitted.replicated))
    moved: Array = np.asarray(
        change(fitted.point + STEP * fitted.deviations) - change(fitted.point - STEP * fitted.deviations)
    )
    deviations = moved / (2 * STEP)
    valued_frame = valued(
        frame, point=point, draws=draws, deviations=deviations, kind="level", df=fitted.df, level=fitted.level,
        method=fitted.method,
    )  # fmt: skip
    return Derived(frame=valued_frame, draws=draws, deviations=deviations)
