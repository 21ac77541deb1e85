"""Banner: questions in rows, groups in columns, with bases, effective bases and letters."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import get_args

import pandas as pd

from csresearch.errors import extra
from csresearch.inference.intervals import Adjustment
from csresearch.inference.replicates import AnyReplicates, Bootstrap, FileReplicates, Linearized
from csresearch.models.crossing.lines import lines_of
from csresearch.models.crossing.numbers import Column, Tests, numbers_of
from csresearch.models.terms import as_tuple, named
from csresearch.report.banner.worded import Worded
from csresearch.survey.sample import Sample


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class Banner:
    """A banner table. Made by `banner`.

    Attributes
    ----------
    table : DataFrame
        Tidy: a row a number, with `term`, `statistic`, `category` (a code or a net), `segment_by` and `segment` (both
        "" for the total), `estimate`, `std_error`, `conf_low` and `conf_high` at `level` (t, shares by
        Wilson), `n_obs`, `n_effective`, `letters`, `reason`. A number whose
        effective base is under 30 is NaN, with its reason.
    columns : tuple of Column
        `by`, `category` and `letter`; the total is the first.
    tests : Tests
        `level` and `low_level` of capital and small letters, `adjust` of the p-values of a row within a group.
    """

    sample: Sample = field(repr=False)
    table: pd.DataFrame = field(repr=False)
    columns: tuple[Column, ...]
    tests: Tests

    def frame(self, *, language: str = "en") -> pd.DataFrame:
        """Arrange for reading: a row a number, under each column its value and its letters.

        Returns
        -------
        DataFrame
            Index (question, statistic), of each question its base and effective base first; columns (group, category,
            "value" or "letters"), in the words of the study.
        """
        words = Worded(banner=self, language=language)
        heads = [words.head(column) for column in self.columns]
        parts = []
        for term, rows in self.table.groupby("term", sort=False):
            label = words.question(str(term))
            lines = rows[rows["segment_by"] == ""]
            index = [words.base, words.effective, *map(words.line, lines.to_dict("records"))]
            cells: dict[tuple[str, str, str], list[object]] = {}
            for head, c in zip(heads, self.columns, strict=True):
                own = rows[(rows["segment_by"] == c.by) & (rows["segment"] == c.category)]
                bases = [float(own["n_obs"].iloc[0]), float(own["n_effective"].iloc[0])]
                cells[(*head, "value")] = [*bases, *own["estimate"]]
                cells[(*head, "letters")] = ["", "", *own["letters"]]
            keys = pd.MultiIndex.from_tuples([(label, name) for name in index], names=["question", "statistic"])
            parts.append(pd.DataFrame(cells, index=keys))
        whole = pd.concat(parts)
        over = [(*head, part) for head in heads for part in ("value", "letters")]
        whole.columns = pd.MultiIndex.from_tuples(over, names=["group", "category", ""])
        return whole

    def html(self, *, language: str = "en") -> str:
        """Write one self-contained page: headings stay in sight, the table prints on landscape paper."""
        with extra("report"):
            from csresearch.report.banner.page import page_of
        return page_of(self, language)

    def xlsx(self, path: str | Path, *, language: str = "en", force: bool = False) -> Path:
        """Write a workbook: an index, then a sheet for each block of questions; cells hold numbers, never formulas.

        Raises
        ------
        OutputError
            The file stands there and `force` is not set, or cannot be written.
        """
        with extra("report"):
            from csresearch.report.banner.sheets import write_sheets
        return write_sheets(self, Path(path), language=language, force=force)

    def _repr_html_(self) -> str:
        return self.html()

    def __repr__(self) -> str:
        terms, n = self.table["term"].nunique(), len(self.columns)
        return f"Banner: {terms} questions by {n} columns ({', '.join(dict.fromkeys(c.by for c in self.columns[1:]))})"


def banner(
    sample: Sample,
    *,
    rows: tuple[str, ...] | None = None,
    columns: tuple[str, ...],
    statistics: tuple[str, ...] = ("points", "top 2", "bottom 2"),
    level: float = 0.95,
    low_level: float = 0.90,
    adjust: Adjustment = "none",
    replicates: AnyReplicates = Linearized(),  # noqa: B008
) -> Banner:
    """Cross questions with groups: numbers, bases, effective bases and letters, by the design.

    Parameters
    ----------
    sample : Sample
        Weights, strata, clusters and raking reach every number and every test.
    rows : tuple of str, optional
        Items, attributes, constructs, questions with several answers; default: all there are.
    columns : tuple of str
        "wave", "brand", any column, or a question with several answers, whose columns overlap.
    statistics : tuple of str
        mean, points, nps, distribution (each code), and nets: "top 2", "bottom 4". A question gets those that its scale
        has.
    level, low_level : float
        A column has the capital letter of each column of its group that it lies above at `level`, the small letter at
        `low_level`; "▲" and "▼" say that it lies above or below the total at `level`.
    adjust : {"none", "holm", "bh"}
        Adjustment of the p-values of a row within a group.
    replicates : Linearized, Bootstrap or Jackknife
        Tests are t tests with the linearised covariance of the columns, as in `Compare`; with the replicate weights of
        a file, if the sample brings them.

    Returns
    -------
    Banner

    Raises
    ------
    ValueError
        No columns; unknown statistic or adjustment; levels that are none.
    DataError
        Unknown question or column.

    Notes
    -----
    Columns are tested within their group where both have an effective base of 30 or more; under 30 the number is not
    shown, under 75 it is marked. A category is part of the total, and options overlap: their covariance is estimated
    under the same weightings, so that the overlap is neither ignored nor counted twice.

    Examples
    --------
    >>> frame = pd.DataFrame({"care": [9, 8, 9, 7, 8, 9, 4, 5, 3, 5, 4, 6] * 10, "shop": (["a"] * 6 + ["b"] * 6) * 10})
    >>> found = banner(Sample.from_frame(frame, scale=(1, 10)), rows=("care",), columns=("shop",))
    >>> points = found.table[found.table["statistic"] == "points"]
    >>> points["segment"].tolist(), points["estimate"].round(1).tolist(), points["letters"].tolist()
    (['', 'a', 'b'], [60.2, 81.5, 38.9], ['', '▲B', '▼'])
    """
    groups = named("columns", columns)
    if not groups:
        raise ValueError("columns=(): name at least one group, such as 'wave'")
    if adjust not in get_args(Adjustment):
        raise ValueError(f"adjust={adjust!r}: allowed are {', '.join(get_args(Adjustment))}")
    levels = all(isinstance(part, int | float) for part in (low_level, level))
    if not levels or not 0.5 < low_level <= level < 1:
        raise ValueError(f"level={level}, low_level={low_level}: 0.5 < low_level <= level < 1 is needed")
    if not isinstance(sample, Sample):
        raise TypeError(f"a banner is made of a Sample, not of a {type(sample).__name__}; use Sample.from_frame")
    if replicates is None or sample.replicates_for(replicates) is None:
        raise ValueError("replicates=None: the letters of a banner are tests; give Linearized() or another")
    brought = sample.replicates_for(Bootstrap())
    by = brought if isinstance(brought, FileReplicates) and replicates == Linearized() else replicates
    tests = Tests(level=level, low_level=low_level, adjust=adjust)
    lines = lines_of(sample, None if rows is None else as_tuple(rows), as_tuple(statistics))
    made, table = numbers_of(sample, lines, groups, replicates=by, tests=tests)
    return Banner(sample=sample, table=table, columns=made, tests=tests)
