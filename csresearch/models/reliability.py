"""Reliability: how well items measure constructs, whether groups may be compared, and what styles of answering do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from numbers import Integral

import pandas as pd

from csresearch.errors import DataError
from csresearch.inference.replicates import AnyReplicates, Bootstrap, as_code
from csresearch.models.fitting import Plan, fit_plan, merged
from csresearch.models.measurement.answers import answers_plan
from csresearch.models.measurement.invariance import TABLES, Micom, Parts
from csresearch.models.measurement.judging import Judge, comparable, tradable
from csresearch.models.measurement.numbers import Numbers, neighbours
from csresearch.models.measurement.pictures import (
    htmt_picture,
    invariance_picture,
    items_picture,
    ranking_picture,
    styles_picture,
)
from csresearch.models.measurement.styles import styles_plan
from csresearch.models.terms import Missing, item_columns, named, sampled, varied
from csresearch.result import Result
from csresearch.show.phrase import Amount, phrase
from csresearch.survey.sample import Sample


@dataclass(frozen=True, kw_only=True)
class Reliability:
    """Quality of measurement: reliability, items, distinctness; invariance between groups; styles of answering.

    Parameters
    ----------
    constructs : mapping of name to items, optional
        Default: the constructs of the study.
    marker : str, optional
        An item unrelated to the constructs by its content: correlations are given less its smallest correlation with a
        construct (Lindell and Whitney, 2001).
    invariance : str, optional
        Column of groups (language, country, wave) between which composites are compared.
    styles : str, optional
        Column of groups whose styles of answering are told, and what they do to a ranking of means.
    reference : str, optional
        Group that the others are held against; default: the first.
    permutations, seed : int
        Of the tests of invariance.
    missing : str, optional
        raise, listwise, pairwise or block_mean; default: that of the study.

    Notes
    -----
    Omega is that of one common factor (minres), which needs no rotation; a hierarchical omega would rest on one. rho_a,
    rho_c and AVE are of PLS composites in mode A in which every construct is a neighbour of every other, so that no
    path model is needed; those of a path model stand in `SatisfactionIndex`. Fornell and Larcker's criterion is the
    smaller AVE of a pair less the squared correlation: above 0 the constructs are distinct.

    Invariance follows MICOM (Henseler, Ringle and Sarstedt, 2016). Permutations trade labels among clusters where each
    lies in one group, within clusters where they hold both, else among respondents within strata; weights stay with
    their respondents. p-values are adjusted over the groups by Holm, not over the tests: to flag means that are equal
    does less harm than to rank on a style. Unequal means may be true or a matter of language; no such test tells.

    Examples
    --------
    >>> import numpy as np
    >>> random = np.random.default_rng(1)
    >>> answers = random.normal(size=(200, 1)) + random.normal(scale=0.7, size=(200, 3))
    >>> frame = pd.DataFrame(answers, columns=["q1", "q2", "q3"])
    >>> result = Reliability(constructs={"quality": ("q1", "q2", "q3")}).fit(frame, replicates=None)
    >>> result.wide("constructs")[["alpha", "omega"]].round(2).to_numpy().tolist()
    [[0.83, 0.83]]
    """

    constructs: Mapping[str, tuple[str, ...]] | None = None
    marker: str | None = None
    invariance: str | None = None
    styles: str | None = None
    reference: str | None = None
    permutations: int = field(default=999, repr=False)
    seed: int = field(default=1, repr=False)
    missing: Missing | None = None

    def __post_init__(self) -> None:
        numbers = all(isinstance(part, Integral) for part in (self.permutations, self.seed))
        if not numbers or self.permutations < 99 or self.seed < 0:
            raise ValueError(
                f"permutations={self.permutations}, seed={self.seed}: at least 99 permutations and a seed of 0 or more"
            )
        if self.reference is not None and not (self.invariance or self.styles):
            raise ValueError(f"reference={self.reference!r} is for invariance= or styles=, and neither is given")

    def __repr__(self) -> str:
        return as_code(self)

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
            `constructs` (alpha, alpha_standardised, omega, mean_correlation; of two or more constructs rho_a, rho_c,
            ave), `items` (item_rest, alpha_dropped, factor_loading), `discriminant` (htmt, correlation,
            fornell_larcker; with a marker correlation_marked), `answers` (mean, sd, floor, ceiling, missing_share by
            kind). With `invariance`: `invariance` (compositional: correlation of the scores by the weights of both
            groups; mean_difference in sd; log_variance_ratio; p by permutation) and `comparable` (step: 1 may not be
            compared, 2 relations only, 3 means). With `styles`: `styles` (acquiescence, disacquiescence, extreme,
            midpoint: shares of the answers), `style_means` (points, points_style_adjusted, points_centred,
            points_anchored) and `style_gaps`.

        Raises
        ------
        ValueError
            An item given twice, a marker among the items, an unknown reference; `by` with invariance or styles.
        DataError
            No constructs, none with two items; unknown items; missing answers without a rule; a single group.
        StatisticsError
            An item without variance; fewer respondents than items.
        """
        sample = sampled(sample)
        if by is not None and (self.invariance or self.styles):
            raise ValueError("invariance= and styles= hold groups against each other: fit without by=")
        constructs = self._constructs(sample)
        plans = (self._quality(sample, constructs), answers_plan(sample, constructs))
        results = [fit_plan(plan, self, sample, replicates=replicates, by=by, level=level) for plan in plans]
        if self.invariance is not None:
            results.append(self._invariance(sample, constructs, self.invariance, replicates, level))
        if self.styles is not None:
            plan = self._styled(sample, constructs, self.styles)
            results.append(fit_plan(plan, self, sample, replicates=replicates, by=None, level=level))
        return merged(results)

    def _quality(self, sample: Sample, constructs: dict[str, tuple[str, ...]]) -> Plan:
        blocks = dict(constructs)
        if self.marker is not None:
            blocks["marker"] = (self.marker,)
        columns = item_columns(sample, blocks, missing=self.missing)
        numbers = Numbers(constructs=constructs, marker=self.marker is not None)
        return Plan(
            columns=columns, rows=numbers.rows, estimate=numbers, guard=varied(columns.names),
            judge=Judge(blocks=numbers.blocks, label=sample.label),
            estimator=phrase("measurement.estimator", fields={"count": Amount(len(constructs))}),
            references=("McDonald (1999)", "Dijkstra and Henseler (2015)", "Fornell and Larcker (1981)",
                        "Henseler, Ringle and Sarstedt (2015)", "Hesterberg (2015)"),
            pictures={"items": items_picture, **({"discriminant": htmt_picture} if numbers.model else {})},
        )  # fmt: skip

    def _invariance(
        self, sample: Sample, constructs: dict[str, tuple[str, ...]], column: str, replicates: AnyReplicates | None,
        level: float,
    ) -> Result:  # fmt: skip
        model = neighbours(constructs)
        if model is None:
            raise DataError("invariance compares composites, whose weights need a second construct; give two or more")
        inside = sample.where(sample.group(column).notna())
        columns, parts = item_columns(inside, constructs, missing=self.missing), Parts(model=model)
        columns = replace(columns, note="")  # said of the reliabilities already
        plan = Plan(
            columns=columns, rows=parts.rows, estimate=parts, pooled=True, guard=varied(columns.names),
            across=Micom(
                parts=parts, columns=columns, design=inside.design, reference=self.reference,
                permutations=self.permutations, seed=self.seed,
            ),
            estimator=phrase("measurement.estimator_invariance", fields={"count": Amount(self.permutations)}),
            references=("Henseler, Ringle and Sarstedt (2016)", "Phipson and Smyth (2010)"),
            pictures={"invariance": invariance_picture},
        )  # fmt: skip
        found = fit_plan(plan, self, inside, replicates=replicates, by=column, level=level)
        moved = found.precision.deviations
        return replace(
            found, frames={name: found.frames[name] for name in TABLES}, sample=sample, by=None,
            samples={name: found.samples[name] for name in TABLES},
            precision=replace(found.precision, deviations={name: moved[name] for name in TABLES}),
            found=(
                *found.found, tradable(inside, column, self.reference, self.permutations),
                *comparable(found.frames["comparable"], sample),
            ),
        )  # fmt: skip

    def _styled(self, sample: Sample, constructs: dict[str, tuple[str, ...]], column: str) -> Plan:
        """Styles, and the ranking of the outcome of the study; without one that of every construct."""
        outcome = None if sample.study is None else sample.study.roles.outcome
        ranked = {outcome: constructs[outcome]} if outcome in constructs else constructs
        plan = styles_plan(sample, column, ranked, reference=self.reference)
        return replace(plan, pictures={"styles": styles_picture, "style_means": ranking_picture})

    def _constructs(self, sample: Sample) -> dict[str, tuple[str, ...]]:
        """Take constructs as given here, else of the study or the frame."""
        given: Mapping[str, tuple[str, ...]] = sample.constructs if self.constructs is None else self.constructs
        if self.constructs is None and sample.study is not None:
            given = {name: part.items for name, part in sample.study.constructs.items()}
        if not isinstance(given, Mapping):
            raise ValueError(f"constructs={given!r}: give a table of names, {{'quality': ('q1', 'q2')}}")
        blocks = {name: named(f"items of {name!r}", items) for name, items in given.items()}
        if not any(len(items) > 1 for items in blocks.values()):
            raise DataError(
                "no construct has two items, so nothing can be said of reliability; give [constructs] in study.toml or "
                "Reliability(constructs={'quality': ('q1', 'q2')})"
            )
        every = [item for items in blocks.values() for item in items]
        if twice := sorted({item for item in every if every.count(item) > 1}):
            raise ValueError(f"{', '.join(twice)}: an item measures one construct; it stands in several")
        if self.marker in every:
            raise ValueError(f"marker={self.marker!r} is an item of a construct; a marker stands outside of all")
        return blocks
