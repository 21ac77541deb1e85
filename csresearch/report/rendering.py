"""Documents written again from what a run saved: no model is fitted, no statistics package is loaded."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from csresearch.report.choosing import chosen
from csresearch.report.publishing import KINDS, staged, wanted, write_documents
from csresearch.report.saved import PLACE, read_saved


def render(
    folder: str | Path,
    *,
    to: str | Path | None = None,
    language: str = "en",
    slides: Sequence[str] = (),
    template: str | Path | None = None,
    layouts: Mapping[str, str] | None = None,
    only: Sequence[str] = (),
    force: bool = False,
    workers: int = 1,
    progress: Callable[[str], None] = lambda words: None,
) -> tuple[Path, ...]:
    """Write deck, page and workbook again from what `run` saved: nothing is fitted, the raw data are not needed.

    Parameters
    ----------
    folder : path
        A folder that `run` has written.
    to : path, optional
        Folder of the documents; default: `folder`.
    language : str
        English or one of the `languages` of the study.
    slides, template, layouts
        See `deck`; the master of the study is kept with the saved report.
    only : sequence of {"deck", "page", "workbook"}
        Default: all three.
    force : bool
        Whether documents that stand there may be replaced.
    workers : int
        2: deck and workbook beside the page, in two processes; from a script only below `if __name__ == "__main__":`.
    progress : callable
        Gets a line after each document.

    Returns
    -------
    tuple of Path
        The files written.

    Raises
    ------
    DataError
        The folder has no saved report, or it is damaged or of another version.
    OutputError
        A document stands there already or cannot be written; the master lacks a layout.
    ValueError
        Unknown language, slide or document.

    Examples
    --------
    >>> import tempfile
    >>> from csresearch import Bootstrap, run, study_folder
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     analysis = run(study_folder("mobile"), to=folder, replicates=Bootstrap(draws=50))
    ...     [path.name for path in render(folder, to=f"{folder}/drivers", slides=["drivers"], only=["page"])]
    ['report.html']
    """
    saved = read_saved(Path(folder))
    report = chosen(saved.report(language), slides)
    kinds = wanted(only)
    master = Path(template) if template is not None else None
    if master is None and saved.template:
        master = Path(folder) / PLACE.parent / saved.template
    named = {**saved.layouts, **(layouts or {})}
    target = Path(folder if to is None else to)
    names = [KINDS[kind] for kind in kinds]
    with staged(target, names, force=force) as staging:
        write_documents(
            report, saved.tables, staging, only=kinds, template=master, layouts=named, workers=workers,
            progress=progress,
        )  # fmt: skip
    return tuple(target / name for name in names)
