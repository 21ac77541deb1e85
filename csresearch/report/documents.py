"""Documents of a strategy: an editable deck, a page that needs no network, a workbook of every figure."""

from __future__ import annotations

from pathlib import Path

from csresearch.errors import extra
from csresearch.report.exhibit import Report
from csresearch.report.story import tell
from csresearch.result import Result
from csresearch.show.format import number
from csresearch.show.words import text
from csresearch.strategy.actions import Strategy
from csresearch.vocabulary import MEANING


def deck(strategy: Strategy, *, to: str | Path, language: str = "en", force: bool = False) -> Path:
    """Write the strategy as PowerPoint, with native charts that can be edited.

    Parameters
    ----------
    strategy : Strategy
        From `recommend`.
    to : path
    language : str
    force : bool
        Whether a file that stands there may be replaced.

    Raises
    ------
    OutputError
        It cannot be written, or stands there already.

    Examples
    --------
    >>> import tempfile
    >>> from csresearch import Bootstrap, ImportancePerformance, load_study, read, recommend, study_folder
    >>> sample = read(load_study(study_folder("mobile")))
    >>> strategy = recommend([ImportancePerformance().fit(sample, replicates=Bootstrap(draws=50))])
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     deck(strategy, to=f"{folder}/mobile.pptx").name
    'mobile.pptx'
    """
    with extra("report"):
        from csresearch.report.deck import write_deck
    return write_deck(_report(strategy, language), Path(to), force=force)


def page(strategy: Strategy, *, to: str | Path, language: str = "en", force: bool = False) -> Path:
    """Write the strategy as one self-contained HTML file; see `deck` for the arguments.

    Examples
    --------
    >>> import tempfile
    >>> from csresearch import Bootstrap, ImportancePerformance, load_study, read, recommend, study_folder
    >>> sample = read(load_study(study_folder("mobile")))
    >>> strategy = recommend([ImportancePerformance().fit(sample, replicates=Bootstrap(draws=50))])
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     page(strategy, to=f"{folder}/mobile.html").name
    'mobile.html'
    """
    with extra("report"):
        from csresearch.report.page import write_page
    return write_page(_report(strategy, language), Path(to), force=force)


def workbook(strategy: Strategy, *, to: str | Path, language: str = "en", force: bool = False) -> Path:
    """Write exhibits and all tables as XLSX at full precision; see `deck` for the arguments.

    Examples
    --------
    >>> import tempfile
    >>> from csresearch import Bootstrap, ImportancePerformance, load_study, read, recommend, study_folder
    >>> sample = read(load_study(study_folder("mobile")))
    >>> strategy = recommend([ImportancePerformance().fit(sample, replicates=Bootstrap(draws=50))])
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     workbook(strategy, to=f"{folder}/mobile.xlsx").name
    'mobile.xlsx'
    """
    with extra("report"):
        from csresearch.report.workbook import write_workbook
    report = _report(strategy, language)
    return write_workbook(report, Path(to), tables=strategy.tables(), columns=MEANING, force=force)


def _report(strategy: Strategy | Result, language: str) -> Report:
    """Exhibits of a strategy, with title and subtitle of its study."""
    if not isinstance(strategy, Strategy):
        found = type(strategy).__name__
        raise TypeError(f"a document is made of a strategy, not of a {found}: write recommend([grid, ...]) around it")
    study = strategy.sample.study
    title = "csresearch" if study is None else study.titled(language)
    population = "" if study is None else study.population or ""
    fields = {
        "population": population[:1].upper() + population[1:],
        "n": number(strategy.sample.n_obs, "money", language),
    }
    subtitle = text("story.subtitle" if population else "story.subtitle_plain", language, fields=fields)
    return Report(exhibits=tuple(tell(strategy, language=language)), title=title, subtitle=subtitle, language=language)
