"""Findings: everything about a data file that stops the analysis, is dealt with, or is worth knowing, in one report."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from csresearch.errors import DataError
from csresearch.survey.checking import inspect_answers, inspect_design, inspect_file
from csresearch.survey.checking.answerable import answerable
from csresearch.survey.checking.view import Answers, Finding, Mask, stop
from csresearch.survey.sample import Sample
from csresearch.survey.study import Study
from csresearch.survey.study_file.faults import Fault

if TYPE_CHECKING:
    from csresearch.survey.reading.table import Notes

SEVERITIES = ("stop", "screened", "note")
COLUMNS = Finding._fields


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Findings:
    """What `check` found.

    Attributes
    ----------
    table : DataFrame
        One row a finding: `severity` (stop: the analysis cannot go on; screened: a rule of the study deals with it;
        note), `where` (column or key), `found`, `allowed`, `remedy`, `n` (respondents or columns concerned).
    answerable : DataFrame
        One row a model: `model`, `possible`, `missing`, `add` (the line to add to study.toml).
    source : str
        The data file.
    """

    table: pd.DataFrame
    answerable: pd.DataFrame
    source: str

    @property
    def passed(self) -> bool:
        """True if nothing stops the analysis."""
        return not (self.table["severity"] == "stop").any()

    def raise_if_failed(self) -> None:
        """Raise DataError with every finding that stops the analysis; do nothing where none does."""
        stops = self.table[self.table["severity"] == "stop"]
        if len(stops):
            count = "1 finding stops" if len(stops) == 1 else f"{len(stops)} findings stop"
            rows = stops[list(Fault._fields)].itertuples(index=False, name=None)
            problems = [str(Fault(*row)) for row in rows]
            raise DataError(f"{self.source}: {count} the analysis", problems=problems)

    def __repr__(self) -> str:
        counts = [f"{int((self.table['severity'] == name).sum())} {name}" for name in SEVERITIES]
        return f"Findings: {', '.join(counts)}; {int(self.answerable['possible'].sum())} models possible"

    def _repr_html_(self) -> str:
        with pd.option_context("display.max_colwidth", None, "display.max_rows", None):
            return "\n".join(table.to_html(index=False) for table in (self.table, self.answerable))


def check(sample: Sample) -> Findings:
    """Hold the answers against the study: all findings at once.

    Parameters
    ----------
    sample : Sample
        As read from a study. Respondents without weight (excluded by a rule) are left out.

    Returns
    -------
    Findings

    Raises
    ------
    DataError
        The sample was made from a frame: there is no study to hold it against.

    Examples
    --------
    >>> from csresearch import load_study, read, study_folder
    >>> found = check(read(load_study(study_folder("mobile"))))
    >>> found.passed, found.answerable["model"][0], bool(found.answerable["possible"][0])
    (True, 'SatisfactionIndex', True)
    """
    if sample.study is None:
        raise DataError("a sample made from a frame has no study to be checked against; write a study.toml and load it")
    found = findings(
        sample.study, answers=sample.answers, kinds=sample.kinds, raw=sample.raw, notes=sample.notes,
        counted=sample.base_weights > 0, remarks=sample.remarks,
    )  # fmt: skip
    return _raked(found, sample) if found.passed and sample.study.margin_names else found


def _raked(found: Findings, sample: Sample) -> Findings:
    """Try the margins: what cannot be met together is found by raking alone."""
    from csresearch.survey.weighting.weighting import weight

    try:
        weight(sample)
    except DataError as error:
        told = str(error).replace(":\n  - ", ": ").replace("\n  - ", "; ")
        row = stop("[margins]", told, "margins that can be met", "correct them, or leave one out", len(sample))
        table = pd.concat([pd.DataFrame([row], columns=list(COLUMNS)), found.table], ignore_index=True)
        return replace(found, table=table)
    return found


def findings(
    study: Study,
    *,
    answers: pd.DataFrame,
    kinds: Mapping[str, pd.Series],
    raw: pd.DataFrame,
    notes: Mapping[str, Notes] | None = None,
    counted: Mask | None = None,
    remarks: tuple[Finding, ...] = (),
) -> Findings:
    """Hold coded answers (n rows) against a study; `counted` (n,) marks the respondents to look at, all by default.

    `remarks` are what reading the file found.
    """
    everyone = np.ones(len(answers), dtype=bool)
    view = Answers(
        study=study, answers=answers, kinds=kinds, raw=raw, notes=notes or {},
        counted=everyone if counted is None else counted,
    ).narrowed()  # fmt: skip
    inspections = (*inspect_answers.INSPECTIONS, *inspect_file.INSPECTIONS, *inspect_design.INSPECTIONS)
    found = [*remarks, *(finding for inspect in inspections for finding in inspect(view))]
    found.sort(key=lambda finding: SEVERITIES.index(finding.severity))
    table = pd.DataFrame(found, columns=list(COLUMNS))
    return Findings(table=table, answerable=answerable(study, view.answers), source=study.data.file)
