"""What screening changes: the main numbers of everybody beside those of the respondents who were left."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from csresearch.inference.replicates import AnyReplicates, Bootstrap
from csresearch.models.scores import Scores
from csresearch.result import Result, valued
from csresearch.show.phrase import phrase
from csresearch.survey.sample import Sample
from csresearch.survey.screening.screening import unscreened
from csresearch.vocabulary import ordered

MAIN = ("points", "nps")


def screening_effect(
    sample: Sample,
    *,
    before: Sample | None = None,
    terms: tuple[str, ...] | None = None,
    replicates: AnyReplicates | None = Bootstrap(),  # noqa: B008
    level: float = 0.95,
) -> Result:
    """Hold the main numbers of everybody against those after screening.

    The two samples overlap and share their design: the difference rests on the same draws of both, so that its interval
    is that of a change of weights, not that of two independent surveys.

    Parameters
    ----------
    sample : Sample
        After screening.
    before : Sample, optional
        Everybody; default: the sample with all exclusions undone, raked to the same margins.
    terms : tuple of str, optional
        Default: the outcome, the question of recommendation and the drivers of the study.
    replicates : Bootstrap, Jackknife or Linearized
    level : float

    Returns
    -------
    Result
        Table `screening`: points (and nps) of each term for everybody and after screening (`category`), and their
        difference (`versus` everybody).

    Raises
    ------
    ValueError
        No terms, no replicates, or two samples of different respondents.
    DataError
        A sample made from a frame, without `before`.

    Examples
    --------
    >>> frame = pd.DataFrame({"speed": [9, 8, 7, 9, 8, 1]})
    >>> everybody = Sample.from_frame(frame, scale=(1, 10))
    >>> kept = everybody.exclude((frame["speed"] == 1).to_numpy())
    >>> found = screening_effect(kept, before=everybody, terms=("speed",), replicates=Bootstrap(draws=50))
    >>> found.table("screening")["estimate"].round(1).tolist()
    [66.7, 80.0, 13.3]
    """
    before = unscreened(sample) if before is None else before
    terms = _main(sample) if terms is None else terms
    if replicates is None:
        raise ValueError("a difference without replicates has no interval; take Bootstrap()")
    if not terms:
        raise ValueError("terms=(): name at least one, or give the study [roles]")
    if len(before) != len(sample) or before.design is not sample.design:
        raise ValueError("before and sample must hold the same respondents: the same file, before and after screening")
    model = Scores(items=terms, intervals="draws")
    everyone, kept = (model.fit(part, replicates=replicates, level=level) for part in (before, sample))
    by = kept.precision.replicates or replicates  # those of the file, where it brings them
    place = everyone.table("scores").index[everyone.table("scores")["statistic"].isin(MAIN)]
    rows, draws, deviations = [], [], []
    for name, fit in (("everyone", everyone), ("screened", kept)):
        rows.append(fit.table("scores").loc[place].assign(category=name))
        draws.append(fit.draws("scores")[:, place])
        deviations.append(fit.precision.deviations["scores"][:, place])
    draws.append(draws[1] - draws[0])
    deviations.append(deviations[1] - deviations[0])
    rows.append(
        valued(
            rows[1].assign(versus="everyone", statistic=rows[1]["statistic"] + "_difference"),
            point=(rows[1]["estimate"] - rows[0]["estimate"]).to_numpy(), draws=draws[2], deviations=deviations[2],
            kind="level", df=min(kept.precision.df.values()), level=level, method=by.kind,
        )
    )  # fmt: skip
    return replace(
        kept, model=ScreeningEffect(terms=terms), estimator=phrase("estimator.screening"), pictures={},
        frames={"screening": ordered(pd.concat(rows, ignore_index=True))},
        samples={"screening": np.concatenate(draws, axis=1)},
        precision=replace(kept.precision, deviations={"screening": np.concatenate(deviations, axis=1)}),
    )  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class ScreeningEffect:
    """What was held against each other: the specification behind a result."""

    terms: tuple[str, ...]


def _main(sample: Sample) -> tuple[str, ...]:
    """Outcome, question of recommendation and drivers of the study."""
    roles = None if sample.study is None else sample.study.roles
    named = () if roles is None else (roles.outcome, roles.recommend, *(roles.drivers or ()))
    return tuple(dict.fromkeys(name for name in named if name))
