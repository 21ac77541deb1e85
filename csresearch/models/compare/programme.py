"""A programme that reached some and not others: before and after, less before and after of those it did not reach."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from csresearch.errors import StatisticsError
from csresearch.inference.intervals import wald
from csresearch.inference.moments import Array
from csresearch.models.compare.pairs import Categories
from csresearch.result import valued
from csresearch.show.phrase import Amount, Name, phrase
from csresearch.survey.sample import Sample
from csresearch.vocabulary import Check, subjects

CELL = "programme cell"  # column of reached or not, by wave
SIDES = ("reached", "others")
PARALLEL = 0.05


@dataclass(frozen=True, kw_only=True)
class Programme:
    """Who was reached, and from when on.

    Parameters
    ----------
    by : str
        Column of the waves.
    column, category : str
        Those who were reached.
    before, after : tuple of str
        Waves.
    """

    by: str
    column: str
    category: str
    before: tuple[str, ...]
    after: tuple[str, ...]

    @property
    def waves(self) -> tuple[str, ...]:
        """Waves in their order."""
        return (*self.before, *self.after)

    def cells(self, sample: Sample) -> Sample:
        """Give the sample a column of cells, and mark those who have one."""
        from dataclasses import replace

        wave, member = sample.group(self.by), sample.group(self.column)
        side = np.where(member == self.category, *SIDES).astype(object)
        cell = pd.Series(pd.Categorical([f"{s}|{w}" for s, w in zip(side, wave, strict=True)], self.names))
        cell = cell.where(member.notna().to_numpy())
        made = replace(sample, answers=sample.answers.assign(**{CELL: cell}))
        found = {str(name) for name in cell[(sample.base_weights > 0) & sample.domain].dropna()}
        if missing := [name.replace("|", " in ") for name in self.names if name not in found]:
            raise StatisticsError(f"the programme cannot be judged: nobody among {', '.join(missing)}")
        return made.where(cell.notna())

    @property
    def names(self) -> list[str]:
        """Cells: those who were reached in every wave, then the others."""
        return [f"{side}|{wave}" for side in SIDES for wave in self.waves]

    def df(self, cells: Sample) -> int:
        """Degrees of freedom of the side that has fewer."""
        side = cells.group(CELL).str.split("|").str[0]
        counted = (cells.base_weights > 0) & cells.domain
        return min(cells.design.df(np.asarray((side == name) & counted, dtype=bool)) for name in SIDES)

    def contrast(self, *, reached: float, others: float) -> Array:
        """Weights of the cells, shape (2 w,): after less before, each wave alike."""
        step = [-1 / len(self.before)] * len(self.before) + [1 / len(self.after)] * len(self.after)
        return np.concatenate([reached * np.array(step), others * np.array(step)])


def programme_of(
    sample: Sample, *, by: str, programme: str, treated: tuple[str, str] | None
) -> Programme:  # fmt: skip
    """Find waves and sides of a programme by its first wave or by its name among the events of the study.

    Raises
    ------
    ValueError
        No such wave or event, none before it, or nobody is named as reached.
    """
    waves = sample.categories(by)
    groups = None if sample.study is None else sample.study.groups
    events = (
        {} if groups is None or groups.wave is None or by not in ("wave", groups.wave.column) else groups.wave.events
    )
    named = {words: wave for wave, words in events.items()}
    start = named.get(programme, programme)
    if start not in waves:
        known = ", ".join((*waves, *named))
        raise ValueError(
            f"programme={programme!r} is no category of {by!r} and no event of the study; known are {known}"
        )
    place = waves.index(start)
    if place == 0:
        raise ValueError(f"programme={programme!r} begins with the first of {by!r}: nothing before it to compare with")
    own = None if groups is None or groups.brand is None else groups.brand.own
    if treated is None and own is None:
        raise ValueError("treated=('brand', 'Alba') has to say whom the programme reached: a column and a category")
    column, category = treated or ("brand", str(own))
    if category not in sample.categories(column):
        known = ", ".join(sample.categories(column))
        raise ValueError(f"treated={(column, category)!r}: {column!r} has no such category; it has {known}")
    return Programme(
        by=by, column=column, category=category, before=tuple(waves[:place]), after=tuple(waves[place:])
    )  # fmt: skip


def programme_rows(
    programme: Programme, cells: Categories, rows: pd.DataFrame, *, df: int, level: float, method: str
) -> tuple[pd.DataFrame, Array]:
    """Estimate effect, naive change and change of the others of each number; rows, and their draws."""
    made, drawn = [], []
    for name, sides in (("effect", (1, -1)), ("naive_change", (1, 0)), ("others_change", (0, 1))):
        weights = programme.contrast(reached=sides[0], others=sides[1])
        point = np.einsum("c,ck->k", weights, cells.point)
        draws, deviations = (np.einsum("c,mck->mk", weights, x) for x in (cells.draws, cells.deviations))
        frame = rows.assign(statistic=rows["statistic"] + f"_{name}")
        made.append(
            valued(
                frame, point=point, draws=draws, deviations=deviations, kind="level", df=df, level=level, method=method
            )
        )  # fmt: skip
        drawn.append(draws)
    return pd.concat(made, ignore_index=True), np.concatenate(drawn, axis=1)


def programme_checks(
    programme: Programme, cells: Categories, rows: pd.DataFrame, found: pd.DataFrame, *, df: int, level: float
) -> list[Check]:
    """Hold the gaps before the programme against each other, and the naive comparison against the right one."""
    checks = []
    waves, before, size = len(programme.waves), len(programme.before), len(rows)
    about = subjects(rows).astype(str)
    for j, subject in enumerate(about):
        effect, naive = found.iloc[j], found.iloc[size + j]
        told, seemed = (bool(row["p_value"] < 1 - level) for row in (effect, naive))
        fields = {
            "term": Name((subject,)),
            **{
                key: Amount(float(row["estimate"]), row["unit"], float(row["conf_low"]), float(row["conf_high"]))
                for key, row in (("naive", naive), ("effect", effect))
            },
        }
        checks.append(
            Check(
                check="naive_before_after", passed=told == seemed, value=float(naive["estimate"]),
                threshold=float(effect["estimate"]), text=phrase("check.naive_before_after", fields=fields),
            )
        )  # fmt: skip
        if before > 1:
            gap = cells.deviations[:, :before, j] - cells.deviations[:, waves : waves + before, j]
            point = cells.point[:before, j] - cells.point[waves : waves + before, j]
            p = wald(np.diff(point), np.diff(gap, axis=1), df=df)
            checks.append(
                Check(
                    check="parallel_before", passed=not p < PARALLEL, value=p, threshold=PARALLEL,
                    text=phrase("check.parallel_before", fields={"term": Name((subject,)), "p": Amount(p, "r2")}),
                )
            )  # fmt: skip
    if before == 1:
        checks.append(
            Check(
                check="parallel_before", passed=False, value=1.0, threshold=2.0, text=phrase("check.one_before")
            )
        )  # fmt: skip
    return checks
