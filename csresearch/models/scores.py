"""Scores: means, 0-100 points, boxes and NPS of items and constructs, each on its own base."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal, get_args

import numpy as np
import pandas as pd

from csresearch.inference.replicates import AnyReplicates, Bootstrap
from csresearch.models.fitting import Plan, fit_plan
from csresearch.models.pictures import bars_of
from csresearch.models.scoring.closed import closed
from csresearch.models.scoring.columns import chosen_terms, distribution_of, effort_of, require_top, scores_of
from csresearch.models.scoring.upper import stated_check, upper_of
from csresearch.models.terms import means, own_bases, sampled
from csresearch.result import Result
from csresearch.show.phrase import joined, phrase
from csresearch.survey.sample import Sample

Intervals = Literal["closed", "draws"]
REFERENCES: dict[str, tuple[str, ...]] = {
    "draws": ("Binder (1983)", "Rao, Wu and Yue (1992)", "Hesterberg (2015)"),
    "closed": ("Binder (1983)", "Hesterberg (2015)", "Wilson (1927)", "Dean and Pagano (2015)", "Rocks (2016)"),
}


@dataclass(frozen=True, kw_only=True)
class Scores:
    """Means, points of 0-100, boxes and NPS.

    Parameters
    ----------
    items : tuple of str, optional
        Items, attributes or constructs; default: every rating and construct of the study.
    top : int
        Codes that make the top box: 2 is 9-10 of 1-10 and 4-5 of 1-5.
    distribution : bool
        Add the share of every code of every item.
    intervals : {"closed", "draws"}
        "closed": shares by Wilson (1927), net promoter scores of under 200 effective answers by the adjusted Wald
        interval (Rocks, 2016), on the answers and z where weights are equal and nothing is clustered, stratified or
        raked, else on the effective answers and t (Dean and Pagano, 2015); `method` says which. "draws": all intervals
        from the replicates, as those of means always are.

    Notes
    -----
    The bottom box is the lowest 40 % of the codes; a box that would hold every code of a short scale, or none, is left
    out. NPS is given for items on 0-10 only: share of 9-10 minus share of
    0-6. Standard errors are linearised by the design (Binder, 1983).

    Examples
    --------
    >>> frame = pd.DataFrame({"recommend": [10, 9, 8, 3, 10, 7]})
    >>> result = Scores().fit(Sample.from_frame(frame, scale=(0, 10)), replicates=None)
    >>> result.wide("scores")["nps"].round(1).tolist()
    [33.3]
    """

    items: tuple[str, ...] | None = None
    top: int = 2
    distribution: bool = False
    intervals: Intervals = "closed"

    def __post_init__(self) -> None:
        require_top(self.top)
        if self.intervals not in get_args(Intervals):
            raise ValueError(f"intervals={self.intervals!r}: allowed are {', '.join(get_args(Intervals))}")

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
            Table `scores`: mean (scale points), points (0-100), top_box, bottom_box, promoters, passives, detractors
            (shares), nps (points from -100 to 100); share of an option of a question with several answers, or whose
            scale says `ordered = false`.
            By [roles] effort `effort`: customer_effort of version 1, ease and ease_box of version 2. Of a study also
            `systems`, `elements` and `stages` (points), and `weighted`: wcsi, the mean of performance weighted by mean
            stated importance, plain_mean, and their difference. `distribution` (share) on request.

        Raises
        ------
        ValueError
            No item.
        DataError
            Unknown item, text in it, or answers outside its scale.
        """
        sample = sampled(sample)
        result = fit_plan(self._plan(sample), self, sample, replicates=replicates, by=by, level=level)
        return replace(result, found=(*result.found, *stated_check(sample))) if "weighted" in result.tables else result

    def _plan(self, sample: Sample) -> Plan:
        terms = chosen_terms(sample, self.items)
        scores = [*scores_of(sample, terms, top=self.top), *effort_of(sample, terms)]
        scores += distribution_of(sample, terms) if self.distribution else []
        rows = pd.DataFrame([score.row for score in scores])
        values = np.stack([score.column for score in scores], axis=1)
        return Plan(
            columns=own_bases(
                tuple(" ".join(str(part) for part in score.row.values()) for score in scores), values,
                note=phrase("missing.each"),
            ),
            rows=rows, estimate=means, order=1, analytic=True, linearize=True, base=np.arange(values.shape[1]),
            derive=upper_of(sample, rows), adjust=closed(sample) if self.intervals == "closed" else None,
            pictures={"scores": bars_of("points", about=("construct", "item"))},
            estimator=joined(phrase("estimator.scores"), phrase(f"estimator.scores_{self.intervals}")),
            references=REFERENCES[self.intervals],
        )  # fmt: skip
