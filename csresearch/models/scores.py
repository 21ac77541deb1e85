"""Scores: means, 0-100 points, boxes and NPS of items and constructs, each on its own base."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from csresearch.errors import DataError
from csresearch.inference.moments import Array
from csresearch.inference.replicates import AnyReplicates, Bootstrap
from csresearch.models.fitting import Plan, fit_plan
from csresearch.models.pictures import bars_of
from csresearch.models.terms import answers_to, as_tuple, means, own_bases, sampled, term_ends, within_scale
from csresearch.result import Result
from csresearch.show.phrase import phrase
from csresearch.survey.sample import Sample

LOW_SHARE = 0.4  # of the codes of a scale make the bottom box: 1-4 of 10, 1-2 of 5
RECOMMEND = (0.0, 10.0)


@dataclass(frozen=True, kw_only=True)
class Scores:
    """Means, points of 0-100, boxes and NPS.

    Parameters
    ----------
    items : tuple of str, optional
        Items, attributes or constructs; default: every rating and construct of the study.
    top : int
        Codes that make the top box: 2 is 9-10 of 1-10 and 4-5 of 1-5.

    Notes
    -----
    The bottom box is the lowest 40 % of the codes. NPS is given for items on 0-10 only: share of 9-10 minus share of
    0-6. Standard errors are linearised by the design (Binder, 1983), intervals come from the draws.

    Examples
    --------
    >>> frame = pd.DataFrame({"recommend": [10, 9, 8, 3, 10, 7]})
    >>> result = Scores().fit(Sample.from_frame(frame, scale=(0, 10)), replicates=None)
    >>> result.wide("scores")["nps"].round(1).tolist()
    [33.3]
    """

    items: tuple[str, ...] | None = None
    top: int = 2

    def __post_init__(self) -> None:
        if self.top < 1:
            raise ValueError(f"top={self.top}: the top box holds at least 1 code")

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
            Table `scores`: mean (scale points), points (0-100), top_box, bottom_box (shares), nps (points from -100 to
            100).

        Raises
        ------
        ValueError
            No item.
        DataError
            Unknown item, text in it, or answers outside its scale.
        """
        sample = sampled(sample)
        return fit_plan(self._plan(sample), self, sample, replicates=replicates, by=by, level=level)

    def _plan(self, sample: Sample) -> Plan:
        terms = _everything(sample) if self.items is None else tuple(dict.fromkeys(as_tuple(self.items)))
        if not terms:
            raise ValueError("items=(): name at least one, or leave items out for all")
        within_scale(sample, terms)
        columns: list[Array] = []
        rows: list[dict[str, object]] = []
        for term in terms:
            for statistic, unit, column in _statistics(sample, term, answers_to(sample, term), self.top):
                key = "construct" if len(sample.columns_of(term)) > 1 or _is_construct(sample, term) else "item"
                rows.append({"table": "scores", "kind": "level", key: term, "statistic": statistic, "unit": unit})
                columns.append(column)
        stacked = np.stack(columns, axis=1)
        return Plan(
            columns=own_bases(
                tuple(f"{r['statistic']} {r.get('item', r.get('construct'))}" for r in rows), stacked,
                note=phrase("missing.each"),
            ),
            rows=pd.DataFrame(rows), estimate=means, order=1, analytic=True, linearize=True,
            base=np.arange(stacked.shape[1]), pictures={"scores": bars_of("points", about=("construct", "item"))},
            estimator=phrase("estimator.scores"),
            references=("Binder (1983)", "Rao, Wu and Yue (1992)", "Hesterberg (2015)"),
        )  # fmt: skip


def _everything(sample: Sample) -> tuple[str, ...]:
    if sample.study is not None:
        ratings = [name for name, item in sample.study.items.items() if sample.study.ends(name) is not None]
        return tuple(dict.fromkeys((*sample.study.constructs, *ratings)))
    numeric = tuple(str(c) for c in sample.answers.columns if pd.api.types.is_numeric_dtype(sample.answers[c]))
    if not numeric:
        raise DataError("the frame has no numeric column to score; code the answers on a scale")
    return tuple(dict.fromkeys((*sample.constructs, *numeric)))


def _is_construct(sample: Sample, term: str) -> bool:
    return term in (sample.constructs if sample.study is None else sample.study.constructs)


def _statistics(sample: Sample, term: str, answers: Array, top: int) -> list[tuple[str, str, Array]]:
    """Columns whose means are the scores of a term."""
    result = [("mean", "none", answers)]
    if sample.study is None and sample.scale is None:
        return result
    low, high = term_ends(sample, term)
    result.append(("points", "points", 100 * (answers - low) / (high - low)))
    if len(sample.columns_of(term)) > 1:
        return result
    gap = np.isnan(answers)
    codes = int(high - low) + 1
    box = np.where(gap, np.nan, (answers > high - top).astype(float))
    under = np.where(gap, np.nan, (answers < low + np.floor(LOW_SHARE * codes)).astype(float))
    result += [("top_box", "share", box), ("bottom_box", "share", under)]
    if (low, high) == RECOMMEND:
        promoters, detractors = (answers >= 9).astype(float), (answers <= 6).astype(float)
        result.append(("nps", "points", np.where(gap, np.nan, 100 * (promoters - detractors))))
    return result
