"""Groups held against each other as exhibits: our brand and its rivals, and segments by what they rate."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from string import ascii_uppercase

import numpy as np
import pandas as pd

from csresearch.inference.moments import BoolArray
from csresearch.models.compare.pairs import Categories, pairs_of
from csresearch.models.comparison import Compare
from csresearch.models.scores import Scores
from csresearch.report.exhibit import Exhibit
from csresearch.report.story.telling import Telling
from csresearch.result import Result
from csresearch.show.format import interval
from csresearch.show.specs import Align, TableSpec
from csresearch.vocabulary import LOW_BASE, SUPPRESSED

LEVEL = 0.05
UP, DOWN = "▲", "▼"
MOST_COLUMNS = 6


def versus_exhibits(t: Telling) -> list[Exhibit]:
    """Hold our brand against each rival: differences in points with intervals that hold for all rivals at once."""
    study, result = t.strategy.sample.study, t.strategy.of(Compare, by="brand")
    own = None if study is None or study.groups.brand is None else study.groups.brand.own
    if result is None or own is None:
        return []
    levels = result.estimates("levels", statistic="points")
    terms = _terms(t, levels)
    levels = _about_any(levels, terms)
    bases = levels.groupby("brand", sort=False)["n_effective"].min()
    if bases[own] < SUPPRESSED or (bases.drop(own) >= SUPPRESSED).sum() == 0:
        return []
    rivals = [brand for brand in bases.index if brand != own and bases[brand] >= SUPPRESSED]
    against = _about_any(result.estimates("differences", statistic="points_difference"), terms)
    against = against[against["brand"].isin(rivals)]
    rows, told = [], []
    for term in terms:
        here = against[_about(against, term)].set_index("brand")
        cells = [t.label(term), t.ends(levels[_about(levels, term) & (levels["brand"] == own)].iloc[0])]
        for rival in rivals:
            less = here.loc[rival]  # the rival less us: turned round
            difference, low, high = (-float(less[name]) for name in ("estimate", "conf_high", "conf_low"))
            mark = "" if not less["p_value"] < LEVEL else UP if difference > 0 else DOWN
            cells.append(f"{interval(difference, low, high, 'points', t.language, signed=True)} {mark}".strip())
            if mark:
                told.append((mark, rival, term))
        rows.append(tuple(cells))
    titles = (t.say("versus_term"), t.say("versus_own", brand=t.label(own, "brand")))
    table = TableSpec(
        titles=(*titles, *(t.say("versus_rival", brand=t.label(rival, "brand")) for rival in rivals)),
        sides=_sides(1 + len(rivals)),
        rows=tuple(rows),
    )
    return [
        Exhibit(
            id="scores.rivals", headline=_versus_headline(t, own, told), chart=table, source=t.source,
            frame=pd.concat([levels, against], ignore_index=True),
            base=f"{_bases(t, levels, 'brand', [own, *rivals])}. {t.say('versus_marks')}",
            notes=t.methods(result), wording=t.asked(terms[:1]), alt=t.tabled(table),
            flags=_small(t, bases.rename(index=partial(t.wording, of="brand"))),
        )
    ]  # fmt: skip


def _versus_headline(t: Telling, own: str, told: list[tuple[str, str, str]]) -> str:
    """Say where our brand is ahead and behind, as far as it was tested."""
    said = []
    for mark, key in ((UP, "versus_ahead"), (DOWN, "versus_behind")):
        rivals = dict.fromkeys(rival for found, rival, _ in told if found == mark)
        for rival in rivals:
            terms = [term for found, other, term in told if (found, other) == (mark, rival)]
            said.append(t.say(key, rival=t.label(rival, "brand"), terms=t.labels(terms[:3])))
    if not said:
        return t.say("versus_none", own=t.label(own, "brand"))
    return t.say("versus", own=t.label(own, "brand"), found=t.lines(said[:2]))


def segments_exhibits(t: Telling) -> list[Exhibit]:
    """Lay segments out against what they rate: points, with letters where a difference can be told from chance."""
    study = t.strategy.sample.study
    found = [] if study is None else [t.strategy.of(Scores, by=by) for by in study.groups.segments]
    results = [result for result in found if result is not None and len(result.draws("scores"))]
    if not results:
        return []
    terms = _terms(t, results[0].table("scores"))[: MOST_COLUMNS + 1]
    blocks = [block for result in results if len((block := _block(result, terms)).names) > 1]
    if not blocks:
        return []
    titles = (t.say("segments_group"), t.say("segments_n"), *map(t.label, terms))
    table = TableSpec(
        titles=titles, sides=_sides(1 + len(terms)), rows=tuple(row for block in blocks for row in block.rows(t))
    )
    gaps = [gap for block in blocks for gap in block.gaps(t)]
    headline = t.say("segments_none")
    if gaps:
        widest, fields = max(gaps, key=lambda gap: gap[0])
        headline = t.say("segments", gap=t.number(widest, "points"), **fields)
    bases = pd.concat([block.bases.rename(index=partial(t.wording, of=block.by)) for block in blocks])
    each = t.weighted(t.say("base_each", n=t.number(t.strategy.sample.n_obs, "money")))
    return [
        Exhibit(
            id="segments.table", headline=headline, frame=pd.concat([b.rated for b in blocks], ignore_index=True),
            chart=table, source=t.source, notes=t.methods(results[0]), wording=t.asked(terms[:1]),
            base=f"{each}. {t.say('segments_letters')}", alt=t.tabled(table),
            flags=_small(t, bases),
        )
    ]  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class _Block:
    """The segments of one column: points of each term, effective bases, and who lies above whom in each term.

    `above` has shape (segments, segments, terms).
    """

    by: str
    terms: list[str]
    categories: Categories
    rated: pd.DataFrame
    bases: pd.Series
    above: BoolArray

    @property
    def names(self) -> tuple[str, ...]:
        """Segments that are shown."""
        return self.categories.names

    def rows(self, t: Telling) -> list[tuple[str, ...]]:
        """Print a row a segment, with the letters of those that lie lower."""
        n = self.rated.groupby("segment")["n_obs"].max()
        return [
            (
                t.aside(t.about(t.wording(self.by), t.wording(name, self.by)), ascii_uppercase[c]),
                t.number(float(n[name]), "money"),
                *(
                    f"{t.number(value, 'points')} {_spelled(self.above[c, :, k])}".strip()
                    for k, value in enumerate(self.categories.point[c])
                ),
            )
            for c, name in enumerate(self.names)
        ]

    def gaps(self, t: Telling) -> list[tuple[float, dict[str, object]]]:
        """List the differences that can be told, with words for them."""
        names, point = [t.wording(name, self.by) for name in self.names], self.categories.point
        return [
            (point[c, k] - point[d, k], {"segment": names[c], "lower": names[d], "term": t.label(self.terms[k])})
            for c, d, k in np.argwhere(self.above)
        ]


def _block(result: Result, terms: list[str]) -> _Block:
    """Hold the segments of a result that are large enough against each other: all pairs, p-values by Holm."""
    whole, table = Categories.of(result, "scores", "segment"), result.table("scores")
    own = table.iloc[: whole.point.shape[1]]
    points = own[own["statistic"] == "points"]
    places = [int(points.index[_about(points, term)][0]) for term in terms]
    rated = _about_any(table[table["statistic"] == "points"], terms)
    bases = rated.groupby("segment", sort=False)["n_effective"].min()
    kept = [c for c, name in enumerate(whole.names) if bases[name] >= SUPPRESSED][: len(ascii_uppercase)]
    shown = Categories(
        names=tuple(whole.names[c] for c in kept), point=whole.point[np.ix_(kept, places)], df=whole.df[kept],
        draws=whole.draws[:, kept][:, :, places], deviations=whole.deviations[:, kept][:, :, places],
    )  # fmt: skip
    pairs = pairs_of(shown)
    above = pairs.higher(pairs.adjusted("holm"), alpha=LEVEL)
    rated = rated[rated["segment"].isin(shown.names)]
    return _Block(by=str(result.by), terms=terms, categories=shown, rated=rated, bases=bases, above=above)


def _sides(numbers: int) -> tuple[Align, ...]:
    """Words to the left, numbers to the right."""
    right: Align = "right"
    return ("left", *(right for _ in range(numbers)))


def _spelled(lower: BoolArray) -> str:
    return "".join(ascii_uppercase[place] for place in np.flatnonzero(lower))


def _terms(t: Telling, table: pd.DataFrame) -> list[str]:
    """Outcome first, then what drives it, then the other constructs, as far as the table has them."""
    study = t.strategy.sample.study
    if study is None:
        return []
    named = [t.outcome, *(study.roles.drivers or ()), *study.constructs]
    return [term for term in dict.fromkeys(named) if _about(table, term).any()]


def _about_any(rows: pd.DataFrame, terms: list[str]) -> pd.DataFrame:
    """Rows about any of some terms."""
    about = np.logical_or.reduce([_about(rows, term) for term in terms])
    made: pd.DataFrame = rows[about].reset_index(drop=True)
    return made


def _about(rows: pd.DataFrame, term: str) -> pd.Series:
    """Tell which rows are about a construct, item or attribute."""
    return (rows.reindex(columns=["construct", "item", "attribute"]) == term).any(axis=1)


def _bases(t: Telling, levels: pd.DataFrame, by: str, names: list[str]) -> str:
    n = levels.groupby(by, sort=False)["n_obs"].max()
    return t.weighted(t.listed(f"{t.wording(str(name), by)} {t.number(float(n[name]), 'money')}" for name in names))


def _small(t: Telling, bases: pd.Series) -> tuple[str, ...]:
    """Flag low bases, and name those that are not shown; they stand by their words."""
    low = [str(name) for name, n in bases.items() if SUPPRESSED <= n < LOW_BASE]
    hidden = [str(name) for name, n in bases.items() if n < SUPPRESSED]
    flags = [t.say("small_bases", terms=t.listed(low))] if low else []
    return (*flags, *([t.say("suppressed", terms=t.listed(hidden))] if hidden else []))
