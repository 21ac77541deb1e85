"""From a survey file to a Sample: answers as scale codes, with the kind of each missing one. Nothing is repaired."""

from __future__ import annotations

from dataclasses import replace

from csresearch.errors import DataError
from csresearch.show.phrase import Amount, phrase
from csresearch.survey.checking import findings
from csresearch.survey.reading.coding import code
from csresearch.survey.reading.files import tabulate
from csresearch.survey.reading.sources import fetch
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
    >>> from csresearch.survey.study import load_study
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
    file = study.data.file
    content = fetch(study)
    table = tabulate(content, file)
    answers, kinds = code(table, study)
    try:
        if answers.empty:
            raise DataError(f"{file} has no respondent; export it again, with its answers")
        sample = Sample.from_study(study, answers=answers, kinds=kinds, raw=table.cells)
        sample = replace(sample, notes=table.notes)
    except DataError:
        findings(study, answers=answers, kinds=kinds, raw=table.cells, notes=table.notes).raise_if_failed()
        raise
    counts: dict[str, object] = {"n": Amount(len(answers)), "columns": Amount(table.cells.shape[1]), "file": file}
    words = phrase("flow.read", fields=counts)
    return sample.logged(step="read", rule="", action="read", flagged=0, excluded=0, text=words)
