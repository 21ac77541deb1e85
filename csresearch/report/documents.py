"""Documents of a strategy: an editable deck, a page that needs no network, a workbook of every figure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from csresearch.errors import extra
from csresearch.report.choosing import chosen
from csresearch.report.exhibit import Report
from csresearch.report.saved import Saved
from csresearch.report.story.storyline import tell
from csresearch.result import Result
from csresearch.show.format import number
from csresearch.show.words import languages, text
from csresearch.strategy.actions import Strategy
from csresearch.survey.study import Study


def deck(
    strategy: Strategy,
    *,
    to: str | Path,
    language: str = "en",
    slides: Sequence[str] = (),
    template: str | Path | None = None,
    layouts: Mapping[str, str] | None = None,
    force: bool = False,
) -> Path:
    """Write the strategy as PowerPoint, with native charts that can be edited.

    Parameters
    ----------
    strategy : Strategy
        From `recommend`.
    to : path
    language : str
    slides : sequence of str
        Ids of exhibits, or families such as ``drivers``, in the order they shall have; default: all.
    template : path, optional
        A client's master, ``.pptx`` or ``.potx``; default: that of the study file, else our own.
    layouts : mapping, optional
        Our layouts (Cover, Chart, Table, Text, Canvas) to those of the master.
    force : bool
        Whether a file that stands there may be replaced.

    Raises
    ------
    OutputError
        It cannot be written, or stands there already; the master lacks a layout.
    ValueError
        Unknown language or slide.

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
        from csresearch.report.deck.slides import write_deck
    report = chosen(report_of(strategy, language), slides)
    study = strategy.sample.study
    master = Path(template) if template is not None else None if study is None else study.template
    named = dict({} if study is None else study.report.named, **(layouts or {}))
    return write_deck(report, Path(to), template=master, layouts=named, force=force)


def page(
    strategy: Strategy, *, to: str | Path, language: str = "en", slides: Sequence[str] = (), force: bool = False
) -> Path:
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
        from csresearch.report.page.writing import write_page
    return write_page(chosen(report_of(strategy, language), slides), Path(to), force=force)


def workbook(
    strategy: Strategy, *, to: str | Path, language: str = "en", slides: Sequence[str] = (), force: bool = False
) -> Path:
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
    report = chosen(report_of(strategy, language), slides)
    return write_workbook(report, Path(to), tables=strategy.tables(), force=force)


def told_in(study: Study) -> tuple[str, ...]:
    """Languages in which a run tells its report: English, and those of the study that have words."""
    return tuple(dict.fromkeys(("en", *(name for name in study.languages if name in languages()))))


def saved_of(
    strategy: Strategy,
    reports: Mapping[str, Report],
    *,
    template: Path | None = None,
    layouts: Mapping[str, str] | None = None,
) -> Saved:
    """Gather what has to be kept of a run so that its documents can be written again."""
    study = strategy.sample.study
    master = template or (None if study is None else study.template)
    return Saved(
        reports=reports,
        tables=strategy.tables(),
        template="" if master is None else f"master{master.suffix.lower()}",
        layouts={**({} if study is None else study.report.named), **(layouts or {})},
    )


def report_of(strategy: Strategy | Result, language: str) -> Report:
    """Exhibits of a strategy, with title and subtitle of its study."""
    if not isinstance(strategy, Strategy):
        found = type(strategy).__name__
        raise TypeError(f"a document is made of a strategy, not of a {found}: write recommend([grid, ...]) around it")
    study = strategy.sample.study
    title = "csresearch" if study is None else study.titled(language)
    population = "" if study is None else study.population_in(language)
    fields = {
        "population": population[:1].upper() + population[1:],
        "n": number(strategy.sample.n_obs, "money", language),
    }
    subtitle = text("story.subtitle" if population else "story.subtitle_plain", language, fields=fields)
    return Report(exhibits=tuple(tell(strategy, language=language)), title=title, subtitle=subtitle, language=language)
