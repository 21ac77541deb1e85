"""Compare: groups held against each other, by the design: differences, letters, leagues, programmes."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import get_args

import numpy as np
import pandas as pd

from csresearch.inference.replicates import AnyReplicates, Bootstrap, FileReplicates
from csresearch.models.compare.levels import Levels, flagged, levels_of, spread_of
from csresearch.models.compare.pairs import Adjust, Categories, pairs_of
from csresearch.models.compare.pictures import dots_of, funnel_of, sides_of
from csresearch.models.compare.programme import CELL, programme_checks, programme_of, programme_rows
from csresearch.models.compare.tables import difference_rows, league_rows, letter_rows, level_part, total_rows
from csresearch.models.derived import Derived
from csresearch.models.fitting import Plan, checked_once, fit_plan
from csresearch.models.pictures import Picture
from csresearch.models.scoring.closed import closed
from csresearch.models.scoring.columns import STATISTICS, chosen_terms, require_top, scores_of
from csresearch.models.terms import as_tuple, means, own_bases, sampled
from csresearch.result import Result
from csresearch.show.phrase import joined, phrase
from csresearch.survey.sample import Sample
from csresearch.vocabulary import Check, group_column, ordered

PAIRS = 12  # categories up to which all pairs are held against each other
LEAGUE = 8  # categories from which they are a league
BASES = ("n_obs", "n_effective")
SEED = 1  # of posterior draws, where the replicates have none


@dataclass(frozen=True, kw_only=True)
class Compare:
    """Categories of a column held against each other.

    All categories are estimated under the same replicates, so that samples may be independent, paired (the same people
    or outlets in several waves) or overlapping (options of a question with several answers, a group against the total).

    Parameters
    ----------
    by : str
        "wave", "brand", "outlet", any column, or a question with several answers.
    items : tuple of str, optional
        Items, attributes or constructs; default: outcome, drivers and constructs of the study, else all there are.
    statistics : tuple of str, optional
        Scores to compare: mean, points, top_box, bottom_box, promoters, passives, detractors, nps, share; default:
        points, or mean where there is no scale.
    reference : str, optional
        Category that the others are held against; default: all pairs, of up to 12 categories.
    adjust : {"holm", "bh", "none", "max_t"}
        Adjustment of the p-values within each number. "max_t" is Dunnett's test with a reference and Tukey's for all
        pairs, by draws of a multivariate t with the design's covariances; its intervals hold for all pairs at once.
    top : int
        Codes that make the top box.
    programme : str, optional
        First wave of a programme, or its name among the events of the study: adds table `programme`.
    treated : (column, category), optional
        Whom the programme reached; default: our own brand.

    Notes
    -----
    A category that lies within one cluster, such as an outlet that was drawn, is given: its error is that of its
    respondents. From 8 categories on there is a league: means drawn together by a normal hierarchical model with the
    variance between categories by REML, ranks over posterior draws, distances in a funnel.

    Examples
    --------
    >>> frame = pd.DataFrame({"care": [7, 8, 9, 6, 3, 4, 2, 5], "shop": list("aaaabbbb")})
    >>> result = Compare(by="shop").fit(Sample.from_frame(frame, scale=(1, 10)))
    >>> result.wide("differences").round(2).to_dict("records")
    [{'points_difference': 44.44, 'points_effect_size': 3.58}]
    """

    by: str
    items: tuple[str, ...] | None = None
    statistics: tuple[str, ...] | None = None
    reference: str | None = None
    adjust: Adjust = "holm"
    top: int = 2
    programme: str | None = None
    treated: tuple[str, str] | None = None

    def __post_init__(self) -> None:
        if self.adjust not in get_args(Adjust):
            raise ValueError(f"adjust={self.adjust!r}: allowed are {', '.join(get_args(Adjust))}")
        if unknown := sorted(set(as_tuple(self.statistics or ())) - set(STATISTICS)):
            raise ValueError(f"statistics={', '.join(unknown)}: allowed are {', '.join(STATISTICS)}")
        require_top(self.top)
        if not isinstance(self.by, str):
            raise ValueError(f"by={self.by!r}: name one column, such as 'wave'")
        if self.treated is not None and (isinstance(self.treated, str) or len(self.treated) != 2):
            raise ValueError(f"treated={self.treated!r}: a column and a category are needed, such as ('brand', 'Alba')")
        if self.treated is not None and self.programme is None:
            raise ValueError("treated= says whom a programme reached; name it by programme=")

    def fit(
        self,
        sample: Sample | pd.DataFrame,
        *,
        replicates: AnyReplicates | None = Bootstrap(),  # noqa: B008
        level: float = 0.95,
    ) -> Result:
        """Estimate and compare the categories; `sample.where(...)` compares within a domain.

        Returns
        -------
        Result
            Tables `levels`; `differences` (difference, effect_size: over the pooled standard deviation of answers) and
            `letters` of up to 12 categories; `total` (difference to all together, ratio: 100 x category / all);
            `league` (shrunken, rank, best_quarter, worst_quarter, funnel) and `spread` (mean, between) of 8 or more;
            `programme` (effect, naive_change, others_change) and `trends` where one is named. A base under 30 effective
            answers, or under 75, is said in `reason`.

        Raises
        ------
        ValueError
            No such reference, programme or statistic; nothing to compare.
        DataError, StatisticsError
            Unknown column or item, text in it, a category that is too small.
        """
        sample = sampled(sample)
        plan = self._plan(sample)
        levels = levels_of(plan, self, sample, by=self.by, replicates=replicates, level=level)
        parts = self._tables(levels, plan, sample, level)
        kept = {"levels": replace(level_part(levels), frame=flagged(levels.result.frames["levels"]))}
        checks = levels.result.found
        if self.programme is not None:
            made, units, judged = self._judged(sample, plan, replicates=replicates, level=level)
            parts, checks = parts | made, (*checked_once(checks, units), *judged)
        return _result(levels, kept | parts, self, checks)

    def _plan(self, sample: Sample) -> Plan:
        terms = chosen_terms(sample, self.items if self.items is not None else _told(sample))
        asked = as_tuple(self.statistics or ())
        asked += ("promoters", "passives", "detractors") if "nps" in asked else ()  # its interval rests on them
        scored = scores_of(sample, terms, top=self.top)
        usual = ("points", "share") if any(s.row["statistic"] == "points" for s in scored) else ("mean", "share")
        scores = [score for score in scored if score.row["statistic"] in (asked or usual)]
        if not scores:
            raise ValueError(
                f"none of the items has {' or '.join(asked)}; all but means need a scale, NPS one of 0 to 10"
            )
        held = {score.row.get("construct", score.row.get("item")) for score in scores}
        if self.items is not None and (without := [term for term in terms if term not in held]):
            raise ValueError(
                f"{', '.join(without)}: no {' or '.join(asked or usual)} there; leave out, or ask for other statistics"
            )
        values = np.stack([score.column for score in scores], axis=1)
        estimator = (phrase("estimator.scores"), phrase("estimator.compare"), phrase(f"estimator.adjust_{self.adjust}"))
        return Plan(
            columns=own_bases(
                tuple(" ".join(map(str, score.row.values())) for score in scores), values, note=phrase("missing.each")
            ),
            rows=pd.DataFrame([{**score.row, "table": "levels"} for score in scores]), estimate=means, order=1,
            analytic=True, linearize=True, base=np.arange(values.shape[1]), adjust=closed(sample),
            estimator=joined(*estimator), references=("Binder (1983)", "Wilson (1927)", "Piepho (2004)"),
        )  # fmt: skip

    def _tables(self, levels: Levels, plan: Plan, sample: Sample, level: float) -> dict[str, Derived]:
        """Hold the categories against each other, against all together, and in a league."""
        categories, rows = levels.categories, plan.rows.drop(columns=["table", "kind"])
        column = str(group_column(levels.result.frames["levels"]))
        if column == "segment":
            rows = rows.assign(segment_by=self.by)
        parts: dict[str, Derived] = {}
        if self.reference is not None or len(categories.names) <= PAIRS:
            pairs = pairs_of(categories, reference=self.reference)
            deviation = spread_of(plan.columns.values, sample, self.by)
            parts["differences"] = difference_rows(
                levels, pairs, rows, column=column, deviation=deviation, adjust=self.adjust, level=level
            )
            if self.reference is None:
                parts["letters"] = letter_rows(levels, pairs, adjust=self.adjust, level=level)
        parts["total"] = total_rows(levels, rows, column=column, level=level)
        replicates = levels.result.precision.replicates
        if len(categories.names) >= LEAGUE and replicates is not None:
            seed = replicates.seed if isinstance(replicates, Bootstrap) else SEED
            whole = _reach(sample) == "all"
            parts |= league_rows(levels, rows, column=column, level=level, seed=seed, whole=whole)
        return parts

    def _judged(
        self, sample: Sample, plan: Plan, *, replicates: AnyReplicates | None, level: float
    ) -> tuple[dict[str, Derived], tuple[Check, ...], list[Check]]:
        """Judge the programme by the cells of those it reached and the others, wave by wave; checks of both."""
        programme = programme_of(sample, by=self.by, programme=str(self.programme), treated=self.treated)
        cells = programme.cells(sample)
        found = fit_plan(plan, self, cells, replicates=replicates, by=CELL, level=level)
        categories = Categories.of(found, "levels", "segment")
        drawn = found.precision.replicates  # those of the data stand in for Bootstrap()
        df = min(found.precision.df.values()) if isinstance(drawn, FileReplicates) else programme.df(cells)
        trends = found.frames["levels"]
        base = {name: np.nansum(trends[name].to_numpy().reshape(categories.point.shape), axis=0) for name in BASES}
        rows = plan.rows.drop(columns=["table", "kind"]).assign(**base)
        method = "none" if drawn is None else drawn.kind
        frame, draws = programme_rows(programme, categories, rows, df=df, level=level, method=method)
        side, wave = trends["segment"].str.split("|", n=1, expand=True).to_numpy().T
        kept = trends.drop(columns=["segment_by", "segment"]).assign(category=side, wave=wave)
        parts = {
            "programme": Derived(frame=frame, draws=draws),
            "trends": Derived(
                frame=kept, draws=found.samples["levels"], deviations=found.precision.deviations["levels"]
            ),
        }
        if drawn is None:
            return parts, (), []
        return parts, found.found, programme_checks(programme, categories, rows, frame, df=df, level=level)


def _told(sample: Sample) -> tuple[str, ...] | None:
    """Outcome, drivers and constructs of the study; None for all there are."""
    study = sample.study
    if study is None:
        return None
    outcome = () if study.roles.outcome is None else (study.roles.outcome,)
    return tuple(dict.fromkeys((*outcome, *(study.roles.drivers or ()), *study.constructs))) or None


def _result(levels: Levels, parts: dict[str, Derived], model: Compare, checks: tuple[Check, ...]) -> Result:
    """Put the tables into the result of the levels."""
    result, none = levels.result, levels.result.samples["levels"][:, :0]
    pictures: dict[str, Picture] = {"levels": dots_of("levels")}
    if "league" in parts:
        pictures |= {"league": funnel_of(), "shrunken": dots_of("league")}
    if "programme" in parts:
        pictures["programme"] = sides_of()
    within = phrase(f"estimator.compare_{_reach(result.sample)}") if levels.given else ""
    league = phrase("estimator.league") if "league" in parts else ""
    programme = phrase("estimator.programme") if "programme" in parts else ""
    deviations = {name: none if part.deviations is None else part.deviations for name, part in parts.items()}
    return replace(
        result, model=model, by=model.by, frames={name: ordered(part.frame) for name, part in parts.items()},
        samples={name: none if part.draws is None else part.draws for name, part in parts.items()},
        precision=replace(result.precision, deviations=deviations), pictures=pictures, found=checks,
        estimator=joined(result.estimator, within, league, programme),
    )  # fmt: skip


def _reach(sample: Sample) -> str:
    """Tell whether outlets stand for others or are all there are."""
    return "all" if sample.study is not None and sample.study.design.outlets == "all" else "sampled"
