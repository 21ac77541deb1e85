"""From a survey file to a Sample: answers as scale codes, with the kind of each missing one. Nothing is repaired."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, replace

import pandas as pd

from csresearch.errors import DataError
from csresearch.show.phrase import Amount, Phrase, phrase
from csresearch.survey.checking.checking import findings
from csresearch.survey.grammar import Data
from csresearch.survey.reading.coding import code
from csresearch.survey.reading.encoding import DECIDED
from csresearch.survey.reading.files import tabulate
from csresearch.survey.reading.several import several
from csresearch.survey.reading.shaping import shape
from csresearch.survey.reading.sources import fetch
from csresearch.survey.reading.table import Said, Table
from csresearch.survey.sample import Sample
from csresearch.survey.study import Study


def read(study: Study) -> Sample:
    r"""Read the answers of a study.

    Ratings become scale codes; codes of missing answers, empty cells and text on a scale become NaN with their kind
    in `kinds`; `raw` keeps every cell as text. Values outside a scale stay, for `check` to find.

    Parameters
    ----------
    study : Study

    Returns
    -------
    Sample
        n rows, one a row of the file.

    Raises
    ------
    DataError
        No such file, another checksum, not a file that is understood; or no respondent, no usable design: then all
        findings that stop the analysis are listed.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> from csresearch.survey.study_file.loading import load_study
    >>> text = '''
    ... schema = 1
    ... title = "Kiosk"
    ... data = { file = "kiosk.csv" }
    ... scales = { touch = { ends = [1, 10], missing = { 97 = "not_used" } } }
    ... items = { Q1 = "Speed" }
    ... '''
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     _ = (Path(folder) / "study.toml").write_text(text)
    ...     _ = (Path(folder) / "kiosk.csv").write_text("Q1,city\n7,Rome\n97,Lima\n,Oslo\n")
    ...     sample = read(load_study(folder))
    >>> sample.answers["Q1"].tolist(), sample.kinds["Q1"].tolist()
    ([7.0, nan, nan], [nan, 'not_used', 'empty'])
    """
    file, said = study.data.file, _said(study.data)
    table = tabulate(fetch(study), file, said)
    respondents = len(table.cells)
    table = shape(table, study)
    answers, kinds = code(table, study)
    options, option_kinds, found = several(table, study)
    own = answers.drop(columns=[name for name in options if name in answers])  # a file may name them so itself
    answers, kinds = pd.concat([own, pd.DataFrame(options, index=own.index)], axis=1), {**kinds, **option_kinds}
    remarks = (*table.found, *found)
    try:
        if answers.empty:
            raise DataError(f"{file} has no respondent; export it again, with its answers")
        if any(finding.severity == "stop" and finding.where.startswith("[loop]") for finding in remarks):
            raise DataError(f"{file}: the rows of [loop] cannot be made")
        sample = Sample.from_study(study, answers=answers, kinds=kinds, raw=table.cells)
        sample = replace(sample, notes=table.notes, remarks=remarks)
    except DataError:
        findings(
            study, answers=answers, kinds=kinds, raw=table.cells, notes=table.notes, remarks=remarks
        ).raise_if_failed()
        raise
    for rule, words in _told(table, study, respondents, said):
        sample = sample.logged(step="read", rule=rule, action="read", flagged=0, excluded=0, text=words)
    return sample


def _said(data: Data) -> Said:
    """Keys of [data] that say how the file is to be read."""
    return Said(**{key.name: getattr(data, key.name) for key in fields(Said)})


def _told(table: Table, study: Study, respondents: int, said: Said) -> Iterator[tuple[str, Phrase]]:
    """Say what was read, and how, where a reader could think otherwise."""
    file = study.data.file
    counts: dict[str, object] = {"n": Amount(respondents), "columns": Amount(table.cells.shape[1]), "file": file}
    yield "", phrase("flow.read", fields=counts)
    if table.layout != "plain":
        yield "layout", phrase("reading.layout", fields={"layout": phrase(f"layout.{table.layout}")})
    if said.encoding is None and table.encoding in DECIDED:
        yield "encoding", phrase("reading.encoding", fields={"encoding": table.encoding})
    if table.tests:
        yield "tests", phrase("reading.tests", fields={"n": Amount(table.tests)})
    if study.loop is not None:
        brands = Amount(len(study.loop.values))
        counts = {"n": Amount(respondents), "brands": brands, "rows": Amount(len(table.cells))}
        yield "loop", phrase("reading.loop", fields={**counts, "without": Amount(table.without)})
