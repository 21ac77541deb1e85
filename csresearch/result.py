"""Result: the contract of every answer."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from csresearch.errors import extra
from csresearch.inference.design import Design
from csresearch.inference.intervals import Adjustment, Kind, adjusted, intervals
from csresearch.inference.moments import Array, IntArray
from csresearch.inference.replicates import AnyReplicates, FileReplicates
from csresearch.show.phrase import Amount, joined, phrase, say
from csresearch.survey.sample import Sample
from csresearch.vocabulary import CHECKS, KEYS, Check, group_column, ordered

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from csresearch.show.specs import Chart


@dataclass(frozen=True, kw_only=True)
class Precision:
    """What the intervals of a result rest on, kept so that differences get theirs in the same way."""

    replicates: AnyReplicates | None
    replicates_id: str | None
    design: Design
    level: float
    df: Mapping[str, int]
    deviations: Mapping[str, Array] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class Result:
    """The answer of a model: tidy tables, their draws, checks, and a paragraph of method.

    Attributes
    ----------
    model : object
        The specification that was fitted; its repr is code.
    n_obs : int
        Respondents used.
    n_effective : float
        Respondents over the design effect, the median over the numbers of the first table.
    level : float
        Confidence level of every interval.
    by : str or None
        Column whose categories were estimated apart.
    sample : Sample
        What it was fitted to: labels, plan and log travel on with it.

    Examples
    --------
    >>> from csresearch import Sample, Scores
    >>> result = Scores().fit(Sample.from_frame(pd.DataFrame({"speed": [6, 8, 9, 7]}), scale=(1, 10)))
    >>> result.tables, result.table("scores")["statistic"].tolist()
    (('scores',), ['mean', 'points', 'top_box', 'bottom_box'])
    """

    model: object
    sample: Sample = field(repr=False)
    n_obs: int
    n_effective: float
    precision: Precision
    by: str | None = None
    estimator: str = ""
    references: tuple[str, ...] = ()
    frames: Mapping[str, pd.DataFrame] = field(repr=False)
    samples: Mapping[str, Array] = field(repr=False)
    found: tuple[Check, ...] = ()
    pictures: Mapping[str, Callable[[Result, str], Chart]] = field(default_factory=dict)

    @property
    def level(self) -> float:
        """Confidence level of the intervals."""
        return self.precision.level

    @property
    def replicates_id(self) -> str | None:
        """Name of the draws; results combine only where it is the same."""
        return self.precision.replicates_id

    @property
    def tables(self) -> tuple[str, ...]:
        """Names of the tables."""
        return tuple(self.frames)

    def table(self, name: str) -> pd.DataFrame:
        """One table, tidy, full precision, a copy.

        Raises
        ------
        ValueError
            No table of this name; the message lists those there are.
        """
        if name not in self.frames:
            raise ValueError(f"no table {name!r} in {type(self.model).__name__}; tables are {', '.join(self.frames)}")
        return self.frames[name].copy()

    def wide(self, name: str) -> pd.DataFrame:
        """One table for reading: a row a subject, a column a statistic."""
        table = self.table(name)
        keys = [c for c in KEYS if c in table.columns and c not in ("statistic", "unit", "method")]
        names = table["statistic"]
        if table.duplicated([*keys, "statistic"]).any():  # the same statistic in two units
            names = names + " (" + table["unit"] + ")"
        if not keys:
            return pd.DataFrame([table["estimate"].to_numpy()], columns=pd.Index(names))
        filled = table.assign(statistic=names, **{key: table[key].fillna("") for key in keys})
        return filled.set_index([*keys, "statistic"])["estimate"].unstack(sort=False)

    def draws(self, name: str) -> Array:
        """Draws of a table, shape (draws, rows of the table); no rows where the intervals have no draws."""
        self.table(name)
        return self.samples[name].copy()

    def estimates(self, name: str, *, statistic: str) -> pd.DataFrame:
        """Rows of one statistic of a table, with their index in the table kept."""
        table = self.table(name)
        return table[table["statistic"] == statistic]

    def summary(self) -> pd.DataFrame:
        """One row: model, base, effective base, replicates, checks."""
        failed = [c.check for c in self.found if not c.passed]
        row = {
            "model": type(self.model).__name__, "n_obs": self.n_obs, "n_effective": self.n_effective,
            "level": self.level, "replicates": repr(self.precision.replicates), "replicates_id": self.replicates_id,
            "checks_failed": ", ".join(failed),
        }  # fmt: skip
        return pd.DataFrame([row])

    def checks(self) -> pd.DataFrame:
        """List what could have gone wrong: check, passed, value, threshold, text."""
        rows = [[getattr(c, name) for name in CHECKS] for c in self.found]
        table = pd.DataFrame(rows, columns=list(CHECKS)).astype({"passed": bool, "value": float, "threshold": float})
        table["text"] = pd.Series([c.text for c in self.found], dtype=object)  # a text column would forget its phrases
        return table

    def label(self, name: str, *, language: str = "en", of: str | None = None) -> str:
        """Words for an item, attribute or construct, or a category `of` a column; the name where it has none."""
        return self.sample.label(name, language=language, of=of)

    def picture(self, name: str, *, language: str = "en") -> Chart:
        """Say what to draw of a table, as data; a second view of it has a name of its own, such as `surface_3d`."""
        if name not in self.pictures:
            self.table(name)
            raise ValueError(f"table {name!r} has no picture; those that have: {', '.join(self.pictures) or 'none'}")
        return self.pictures[name](self, language)

    def plot(self, name: str | None = None, *, ax: Axes | None = None, language: str = "en") -> Axes:
        """Draw a table, by default the first that has a picture; needs the `report` extra."""
        name = name or next(iter(self.pictures), self.tables[0])
        with extra("report"):
            from csresearch.show.charts import draw
        from csresearch.show.specs import Drawing

        picture = self.picture(name, language=language)
        if not isinstance(picture, Drawing):
            raise ValueError(f"the picture of {name!r} is a {type(picture).__name__}, which only a document can draw")
        return draw(picture, ax=ax, language=language)

    def methods(self, *, language: str = "en") -> str:
        """Describe estimator, intervals, base and seed in a paragraph for a paper or an appendix."""
        sources = phrase("intervals.references", fields={"references": "; ".join(self.references)})
        parts = (self.estimator, self._intervals(), _versions(), sources if self.references else "")
        return self.say(joined(*parts), language=language)

    def say(self, words: str, *, language: str = "en") -> str:
        """Say a phrase of the model in a language, with the labels of the study."""
        return say(words, language, labels=lambda name: self.label(name, language=language))

    def interval_words(self, *, language: str = "en") -> str:
        """Say what the intervals rest on."""
        return say(self._intervals(), language)

    def _intervals(self) -> str:
        by, n = self.precision.replicates, Amount(self.n_obs)
        if by is None:
            return phrase("intervals.none", fields={"n": n})
        design = self.precision.design
        unit = "clusters" if design.clustered else "respondents"
        drawn = phrase(f"intervals.{unit}", fields={"count": Amount(len(design.stratum))})
        if len(design.size) > 1:
            drawn = phrase("intervals.strata", fields={"drawn": drawn, "strata": Amount(len(design.size))})
        if isinstance(by, FileReplicates):
            drawn = phrase("intervals.file", fields={"count": Amount(by.number)})
        lost = max((self._failed(name) for name in self.frames), default=0)
        fields: dict[str, object] = {
            "level": Amount(self.level, "share"), "replicates": repr(by), "drawn": drawn, "n": n,
            "df": Amount(min(self.precision.df.values())), "lost": Amount(lost),
        }  # fmt: skip
        return phrase("intervals.lost" if lost else "intervals.whole", fields=fields)

    def _failed(self, name: str) -> int:
        """Draws in which a number of the table failed that is defined in the estimate."""
        drawn = self.samples[name]
        defined = np.isfinite(self.frames[name]["estimate"].to_numpy(dtype=float))
        return int((~np.isfinite(drawn[:, defined])).any(axis=1).sum()) if drawn.shape[1] else 0

    def compare(
        self, by: str | None = None, *, reference: str | None = None, adjust: Adjustment = "holm"
    ) -> pd.DataFrame:
        """Differences between the categories of `by`, from the same draws.

        Parameters
        ----------
        by : str, optional
            The column given to `fit(..., by=)`; nothing else can be compared.
        reference : str, optional
            Category the others are held against; default: the first.
        adjust : {"holm", "bh", "none"}
            Adjustment of the p-values within each number.

        Returns
        -------
        DataFrame
            One row a difference: category minus `versus`, for every number of every table.

        Raises
        ------
        ValueError
            The result was not fitted by this column, or has no such category.
        """
        if self.by is None:
            raise ValueError("the result is of the whole sample; fit(sample, by='wave') gives categories to compare")
        if by not in (None, self.by):
            raise ValueError(f"the result was fitted by={self.by!r}; to compare by {by!r}, fit(sample, by={by!r})")
        if self.precision.replicates is None:
            raise ValueError("the result has no replicates, so differences have no interval; fit with Bootstrap()")
        if len(self.precision.df) < 2:
            raise ValueError(f"{self.by!r} has one category, {next(iter(self.precision.df))!r}: nothing to compare")
        drawn = [name for name in self.frames if self.samples[name].shape[1]]
        parts = [self._differences(name, reference, adjust) for name in drawn if self._in_all(name)]
        whole = pd.concat(parts, ignore_index=True)
        keys = [column for column in KEYS if column in whole and column != "method"]
        return ordered(whole[~whole.duplicated(keys)])  # a number may stand in two tables, such as lmg

    def _in_all(self, name: str) -> bool:
        """Tell whether a table has all categories; one that lacks its reference holds differences already."""
        column = group_column(self.frames[name])
        return column is not None and self.frames[name][column].nunique() == len(self.precision.df)

    def _differences(self, name: str, reference: str | None, adjust: Adjustment) -> pd.DataFrame:
        table = self.frames[name]
        column = str(group_column(table))
        levels = list(dict.fromkeys(table[column]))
        if reference is not None and reference not in levels:
            found = ", ".join(map(str, levels))
            raise ValueError(f"{reference!r} is no category of {self.by!r}; categories are {found}")
        base = levels[0] if reference is None else reference
        place = {level: np.flatnonzero(table[column] == level).astype(np.int64) for level in levels}
        own = [level for level in levels if level != base]
        parts = [self._difference(name, column, place[level], place[base], base) for level in own]
        whole = pd.concat(parts, ignore_index=True)
        size = len(place[base])
        p = adjusted(whole["p_value"].to_numpy().reshape(len(own), size), method=adjust)
        return whole.assign(p_value=p.reshape(-1), method=whole["method"] + f", p by {adjust}")

    def _difference(self, name: str, column: str, level: IntArray, base: IntArray, versus: str) -> pd.DataFrame:
        table, precision = self.frames[name], self.precision
        rows = table.iloc[level].reset_index(drop=True)
        if "versus" in rows:  # a number about two constructs: its place is taken by the category it is held against
            rows = rows.rename(columns={"construct": "source", "versus": "target"})
        point = rows["estimate"].to_numpy() - table["estimate"].to_numpy()[base]
        draws = self.samples[name][:, level] - self.samples[name][:, base]
        deviations = precision.deviations[name]
        frame = rows.assign(versus=versus, statistic=rows["statistic"] + "_difference")
        return valued(
            frame, point=point, draws=draws, deviations=deviations[:, level] - deviations[:, base], kind="level",
            df=min(precision.df[str(rows[column].iloc[0])], precision.df[str(versus)]), level=self.level,
            method=precision.replicates.kind if precision.replicates else "none",
        )  # fmt: skip

    def __repr__(self) -> str:
        return f"{type(self.model).__name__} result: {self.n_obs:,} respondents; tables {', '.join(self.frames)}"

    def _repr_html_(self) -> str:
        from csresearch.show.tables import frame_html

        first = next(iter(self.frames))
        return frame_html(self.frames[first], title=f"{type(self.model).__name__}: {first}", footer=repr(self))


def valued(
    frame: pd.DataFrame, *, point: Array, draws: Array, deviations: Array, kind: Kind, df: int, level: float,
    method: str,
) -> pd.DataFrame:  # fmt: skip
    """Give rows their numbers of one kind, shape (k,), with intervals from draws (r, k) and deviations (m, k)."""
    std_error = length(deviations)
    made = intervals(
        point, draws=draws, std_error=std_error, kind=(kind,) * len(point), df=df, level=level, method=method
    )
    return frame.assign(
        estimate=point, std_error=std_error, conf_low=made.low, conf_high=made.high, p_value=made.p_value, df=df,
        method=list(made.method), reason=list(made.reason),
    )  # fmt: skip


def length(deviations: Array) -> Array:
    """Root of the sum of squares of each column, the standard error of deviations; NaN where there are no rows."""
    return np.sqrt((deviations**2).sum(axis=0)) if len(deviations) else np.full(deviations.shape[1], np.nan)


def same_replicates(results: Iterable[Result]) -> str | None:
    """Check that results were fitted with the same draws.

    Raises
    ------
    ValueError
        They were not; combining them draw by draw would be meaningless.
    """
    ids = [(type(result.model).__name__, result.replicates_id) for result in results]
    if len({value for _, value in ids}) > 1:
        found = ", ".join(f"{name} {value}" for name, value in ids)
        raise ValueError(f"results rest on different replicates ({found}); fit all with the same sample, draws, seed")
    return ids[0][1] if ids else None


def _versions() -> str:
    from importlib.metadata import version

    return f"csresearch {version('csresearch')}, numpy {np.__version__}, pandas {pd.__version__}."
