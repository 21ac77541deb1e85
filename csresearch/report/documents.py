"""Documents of a strategy: an editable deck, a page that needs no network, a workbook of every figure."""

from __future__ import annotations

from pathlib import Path

from csresearch.errors import extra
from csresearch.report.exhibit import printable
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
    title, subtitle = titles(strategy, language)
    return write_deck(
        tell(strategy, language=language), to, title=title, subtitle=subtitle, language=language, force=force
    )


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
    title, subtitle = titles(strategy, language)
    return write_page(
        tell(strategy, language=language), to, title=title, subtitle=subtitle, language=language, force=force
    )


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
    title, _ = titles(strategy, language)
    return write_workbook(
        tell(strategy, language=language),
        to,
        title=title,
        tables=strategy.tables(),
        columns=MEANING,
        language=language,
        force=force,
    )


def titles(strategy: Strategy | Result, language: str) -> tuple[str, str]:
    """Title and subtitle of the study in a language."""
    if not isinstance(strategy, Strategy):
        found = type(strategy).__name__
        raise TypeError(f"a document is made of a strategy, not of a {found}: write recommend([grid, ...]) around it")
    study = strategy.sample.study
    n = number(strategy.sample.n_obs, "money", language)
    if study is None:
        return "csresearch", text("story.subtitle", language, fields={"population": "", "n": n})
    title = printable(study.title.get(language) or next(iter(study.title.values())))
    population = printable(study.population or "")
    return title, text(
        "story.subtitle", language, fields={"population": population[:1].upper() + population[1:], "n": n}
    )
