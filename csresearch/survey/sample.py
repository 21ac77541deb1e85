"""Sample: answers, study, weights, design and log; the one value that travels from step to step."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from csresearch.errors import DataError
from csresearch.inference.design import Design, Weighting, kish_effect
from csresearch.inference.moments import Array, BoolArray, IntArray
from csresearch.inference.raking import Raking
from csresearch.inference.replicates import AnyReplicates, Bootstrap, FileReplicates
from csresearch.show.format import word
from csresearch.survey.grouping import category_name, coded, in_order
from csresearch.survey.inputs import (
    constructs_of,
    counts_of,
    described,
    design_from,
    replicates_of,
    require_finite,
    require_frame,
    scale_of,
    weights_of,
)
from csresearch.survey.study import Study

if TYPE_CHECKING:
    from csresearch.survey.checking.view import Finding
    from csresearch.survey.reading.table import Notes

LOG_COLUMNS = ("step", "rule", "action", "n_flagged", "n_excluded", "n_left", "text")


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Sample:
    """Answers of a survey with everything that says how to read them.

    Made by `read` from a study, or by `Sample.from_frame` from a DataFrame. Never changed in place: each step gives a
    new one. Nobody is dropped: a rule sets weights to 0, and the design stays as it was drawn.

    Attributes
    ----------
    answers : DataFrame, n rows
        Ratings as scale codes (float, NaN missing), groups as text.
    study : Study or None
        What was asked, of whom, on which scale; None for a frame.
    kinds : mapping of column to Series
        Kind of each missing answer (not_used, skipped, dont_know, refused, empty, unreadable).
    raw : DataFrame
        The columns as they were read.
    notes : mapping of column to Notes
        What the file says of its columns: label, words for codes, codes declared missing.
    remarks : tuple of Finding
        What reading had to decide or could not do, for `check` to tell.
    base_weights : array, shape (n,)
        Weights before raking; 0 for a respondent excluded by a rule.
    design : Design
    raking : Raking or None
    replicates : FileReplicates or None
        Replicate weights that the data bring; models use them in place of `Bootstrap()`.
    log : DataFrame
        The sample-flow table: one row a rule, with who was flagged, excluded, left.
    flags : DataFrame of bool
        One column a rule.
    domain : bool array, shape (n,)
        Members of the domain marked by `where`.

    Examples
    --------
    >>> sample = Sample.from_frame(pd.DataFrame({"speed": [7, 9], "brand": ["ours", "theirs"]}), scale=(1, 10))
    >>> sample, sample.where({"brand": "ours"}).n_obs
    (Sample: 2 respondents, 1)
    """

    answers: pd.DataFrame
    base_weights: Array
    design: Design
    study: Study | None = None
    kinds: Mapping[str, pd.Series] = field(default_factory=dict)
    raw: pd.DataFrame = field(default_factory=pd.DataFrame)
    notes: Mapping[str, Notes] = field(default_factory=dict)
    remarks: tuple[Finding, ...] = ()
    raking: Raking | None = None
    replicates: FileReplicates | None = None
    log: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=list(LOG_COLUMNS)))
    flags: pd.DataFrame = field(default_factory=pd.DataFrame)
    domain: BoolArray
    scale: tuple[float, float] | None = None
    constructs: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @classmethod
    def from_frame(
        cls,
        frame: pd.DataFrame,
        *,
        scale: tuple[float, float] | None = None,
        weights: str | Array | None = None,
        strata: str | None = None,
        clusters: str | None = None,
        population: float | Mapping[str, float] | None = None,
        counts: str | Array | None = None,
        constructs: Mapping[str, tuple[str, ...]] | None = None,
        replicates: Mapping[str, Any] | None = None,
    ) -> Sample:
        """Take a DataFrame without a study.

        Parameters
        ----------
        frame : DataFrame
            One row a respondent. It is copied, never changed.
        scale : (low, high), optional
            Theoretical ends of the ratings; needed by everything on 0-100.
        weights : column name or array, optional
            Sampling weights; their scale does not matter.
        strata, clusters : column name, optional
            The design.
        population : number, or mapping of stratum to number, optional
            Clusters (respondents, where there are none) in the population, for the finite population correction.
        counts : column name or array of whole numbers, optional
            How often a row is repeated.
        constructs : mapping of name to columns, optional
        replicates : mapping, optional
            Columns of replicate weights and their kind, as `[design] replicates` has them:
            `{"columns": "rw*", "kind": "jk1"}`; `weights` has to name the full weights.

        Raises
        ------
        DataError
            Empty frame, infinite values, weights that are negative, missing, all zero or of the wrong length.

        Examples
        --------
        >>> frame = pd.DataFrame({"a": [1, 5, 9], "w": [1.0, 1.0, 2.0]})
        >>> Sample.from_frame(frame, scale=(1, 10), weights="w")
        Sample: 3 respondents, weighted
        """
        require_frame(frame)
        times = counts_of(frame, counts)
        rows = np.repeat(np.arange(len(frame)), times)
        answers = frame.iloc[rows].reset_index(drop=True).rename(columns=str)
        weight = weights_of(frame, weights)[rows]
        require_finite(answers)
        brought = None
        if replicates is not None:
            if weights is None:
                raise ValueError("replicates stand beside full weights; name them: weights='column'")
            brought = replicates_of(answers, described(replicates), weight, where="the frame")
        return cls(
            answers=answers,
            base_weights=weight,
            design=design_from(answers, strata=strata, clusters=clusters, population=population, where="the frame"),
            domain=np.ones(len(answers), dtype=bool),
            scale=scale_of(scale),
            constructs=constructs_of(answers, constructs),
            replicates=brought,
        )

    @classmethod
    def from_study(
        cls, study: Study, *, answers: pd.DataFrame, kinds: Mapping[str, pd.Series], raw: pd.DataFrame
    ) -> Sample:
        """Join answers to their study; weights and design come from its [design]."""
        strata, clusters = study.design.drawn
        population, where = study.design.population_clusters, f"{study.source.name} [design]"
        weights, asked = weights_of(answers, study.design.weight), study.design.replicates
        return cls(
            answers=answers,
            base_weights=weights,
            replicates=None if asked is None else replicates_of(answers, asked, weights, where=where),
            design=design_from(answers, strata=strata, clusters=clusters, population=population, where=where),
            study=study,
            kinds=kinds,
            raw=raw,
            domain=np.ones(len(answers), dtype=bool),
        )

    def where(self, condition: pd.Series | BoolArray | Mapping[str, Any]) -> Sample:
        """Mark a domain: estimates are of its members, errors still of the whole design; nothing is dropped.

        Parameters
        ----------
        condition : bool Series or array of n, or mapping of column to value
            `sample.where({"brand": "Alba"})`.
        """
        if isinstance(condition, Mapping):
            member = np.ones(len(self.answers), dtype=bool)
            for column, value in condition.items():
                member &= (self.group(column) == category_name(value)).to_numpy()
        else:
            marks = pd.Series(condition)
            if not pd.api.types.is_bool_dtype(marks) or marks.isna().any():
                raise ValueError("the condition must be True or False for every respondent")
            member = marks.to_numpy(dtype=bool)
        if member.shape != self.domain.shape:
            raise ValueError(f"the condition has {member.size} values, the sample {self.domain.size} respondents")
        if not (member & self.domain).any():
            asked = condition if isinstance(condition, Mapping) else "that was marked"
            raise DataError(f"nobody is in the domain {asked}; look at the categories of its columns")
        return replace(self, domain=self.domain & member)

    def exclude(self, rows: BoolArray) -> Sample:
        """Set the weights of respondents to 0, shape (n,) of bool; the design keeps them."""
        return replace(self, base_weights=np.where(rows, 0.0, self.base_weights))

    def logged(
        self,
        *,
        step: str,
        rule: str,
        action: str,
        flagged: int,
        excluded: int,
        text: str,
        flag: pd.Series | None = None,
    ) -> Sample:
        """Add a row to the sample-flow table, and the flag it raised."""
        left = int((self.base_weights > 0).sum())
        row = pd.DataFrame([[step, rule, action, flagged, excluded, left, text]], columns=list(LOG_COLUMNS))
        row["text"] = pd.Series([text], dtype=object)  # a text column would forget how to say it in another language
        log = row if self.log.empty else pd.concat([self.log, row], ignore_index=True)
        flags = self.flags if flag is None else pd.concat([self.flags, flag.rename(rule)], axis=1)
        return replace(self, log=log, flags=flags)

    @cached_property
    def weighting(self) -> Weighting:
        """Weights before raking, design and margins, as the replicates need them."""
        return Weighting(base=self.base_weights, design=self.design, raking=self.raking)

    @cached_property
    def weights(self) -> Array:
        """Final weights, shape (n,), with mean 1 among those who have one."""
        final = np.asarray(self.weighting.final(np.ones((len(self.answers), 1)))[:, 0], dtype=float)
        return np.asarray(final / final[final > 0].mean())

    def replicates_for(self, asked: AnyReplicates | None) -> AnyReplicates | None:
        """Replicates of a model: what is asked for; in place of `Bootstrap()` those that the data bring, if any."""
        if asked is not None and not isinstance(asked, AnyReplicates):
            raise TypeError(f"replicates={asked!r}: give Bootstrap(draws=1000), Jackknife(), Linearized() or None")
        return self.replicates if self.replicates is not None and asked == Bootstrap() else asked

    @property
    def n_obs(self) -> int:
        """Respondents with a weight, in the domain."""
        return int(((self.base_weights > 0) & self.domain).sum())

    @property
    def n_kish(self) -> float:
        """Kish's effective n: it describes the weights, not an estimate."""
        weights = self.weights[self.domain]
        return float((weights > 0).sum()) / kish_effect(weights)

    def columns_of(self, term: str) -> tuple[str, ...]:
        """Item columns of a construct, an attribute (its performance) or an item."""
        if self.study is not None:
            return tuple(self.study.columns_of(term))
        if term in self.constructs:
            return self.constructs[term]
        if term in self.answers.columns:
            return (term,)
        known = ", ".join(map(str, self.answers.columns[:30]))
        raise DataError(f"{term!r} is no column and no construct; columns are {known}")

    def ends(self, column: str) -> tuple[float, float]:
        """Theoretical ends of an item's scale."""
        found = self.scale if self.study is None else self.study.ends(column)
        if found is None:
            remedy = "give Sample.from_frame(scale=(low, high))"
            raise DataError(f"{column!r} has no scale, so it cannot stand on 0-100; {remedy}")
        return found

    def values(self, column: str) -> Array:
        """Answers to one item, shape (n,), reversed items turned; NaN missing."""
        if column not in self.answers.columns:
            raise DataError(f"column {column!r} is not in the data; columns are {', '.join(self.answers.columns[:30])}")
        found = self.answers[column]
        if not pd.api.types.is_numeric_dtype(found) or pd.api.types.is_complex_dtype(found):
            what = "text" if pd.api.types.is_string_dtype(found) else f"values of the type {found.dtype}"
            remedy = "code it on a scale, or make it numbers by pandas.to_numeric"
            raise DataError(f"column {column!r} holds {what}, so it cannot be used as a number; {remedy}")
        values = found.to_numpy(dtype=float, na_value=np.nan)
        return values if self.study is None else self.study.item(column).turned(values)

    def number(self, column: str) -> Array:
        """Numbers of a column that is no question, such as an amount spent, shape (n,); what is none is NaN."""
        if column not in self.answers.columns:
            raise DataError(f"column {column!r} is not in the data; columns are {', '.join(self.answers.columns[:30])}")
        return np.asarray(pd.to_numeric(self.answers[column], errors="coerce"), dtype=float)

    def group(self, column: str) -> pd.Series:
        """Group of each respondent as text; missing stays missing."""
        codes, names = self.coded(column)
        words = np.array([*names, np.nan], dtype=object)
        return pd.Series(words[codes], index=self.answers.index, name=self._group_column(column))

    def coded(self, column: str) -> tuple[IntArray, list[str]]:
        """Group of each respondent as a code, shape (n,), -1 missing, and the names; each name is made once."""
        return coded(self.answers[self._group_column(column)])

    def categories(self, column: str) -> list[str]:
        """Categories with respondents who count, in order: the study's, the column's own, by number, by name."""
        counted = (self.base_weights > 0) & self.domain
        found = {str(value) for value in self.group(column)[counted].dropna()}
        role = None if self.study is None else getattr(self.study.groups, column, None)
        listed = list(getattr(role, "order", None) or ())
        values = self.answers[self._group_column(column)]
        if isinstance(values.dtype, pd.CategoricalDtype):
            listed += list(values.cat.categories)
        return in_order(found, listed)

    def _group_column(self, by: str) -> str:
        if self.study is not None:
            groups = self.study.groups
            role = {"wave": groups.wave, "brand": groups.brand, "outlet": groups.outlet}.get(by)
            if role is not None:
                return role.column
        if not isinstance(by, str) or by not in self.answers.columns:
            raise DataError(f"{by!r} is no column to group by; columns are {', '.join(self.answers.columns[:40])}")
        return by

    def label(self, name: str, *, language: str = "en", of: str | None = None) -> str:
        """Words for an item, attribute, construct, facet or group, or a category `of` a column; else its name."""
        study = self.study
        if study is None:
            return name.replace("_", " ")
        if of is not None:
            return study.word(name, language, of=of)
        labelled = (study.constructs, study.attributes, study.items, study.options, study.multiple)
        if any(name in terms for terms in labelled):
            return study.label(name, language=language)
        if name in study.facets:
            return word("facet", name, language)
        return study.word(name, language=language)

    def save(
        self,
        to: str | Path,
        *,
        language: str = "en",
        weights: bool = False,
        flags: bool = False,
        force: bool = False,
    ) -> tuple[str, ...]:
        r"""Write the answers as codes, as they were read: reversed items are not turned, nobody is left out.

        Parameters
        ----------
        to : path
            `.sav` keeps labels, words for codes, kinds of missing and questions with several answers; `.csv` (UTF-8
            with byte-order mark) and `.parquet` keep the codes, which the study file explains.
        language : str
            Language of the labels.
        weights, flags : bool
            Whether final weights (`final_weight`) and the flags of rules (`flag_speed`: 1) stand beside the answers.
        force : bool
            Whether a file that stands there may be replaced.

        Returns
        -------
        tuple of str
            What the file does not hold as the sample did: columns renamed, codes made up, unreadable answers.

        Raises
        ------
        OutputError
            A file that stands there; what SPSS cannot hold. Nothing is written then.
        ValueError
            Another ending; a column of the data that has the name of weights or flags.

        Examples
        --------
        >>> import tempfile
        >>> sample = Sample.from_frame(pd.DataFrame({"speed": [7, 9]}), scale=(1, 10))
        >>> path = Path(tempfile.mkdtemp()) / "shop.csv"
        >>> sample.save(path, weights=True), path.read_text(encoding="utf-8-sig")
        ((), 'speed,final_weight\n7,1\n9,1\n')
        """
        from csresearch.survey.saving.saving import save

        return save(self, to, language=language, weights=weights, flags=flags, force=force)

    def __len__(self) -> int:
        return len(self.answers)

    def __repr__(self) -> str:
        parts = [f"{self.n_obs:,} respondents", "raked" if self.raking is not None else ""]
        parts.append("" if self.replicates is None else f"{self.replicates.number} replicate weights")
        if self.raking is None and len(np.unique(self.base_weights[self.base_weights > 0])) > 1:
            parts.append("weighted")
        if self.design.clustered:
            parts.append(f"{len(self.design.stratum)} clusters")
        if len(self.design.size) > 1:
            parts.append(f"{len(self.design.size)} strata")
        return "Sample: " + ", ".join(part for part in parts if part)


def require_sample(given: object) -> None:
    """Refuse what is no sample, with the way to make one."""
    if not isinstance(given, Sample):
        raise TypeError(f"a Sample is needed, not a {type(given).__name__}; use Sample.from_frame, or read a study")
