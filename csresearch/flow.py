"""The whole path on one page: study -> sample -> results -> strategy -> documents. Read this first."""

from __future__ import annotations

import json
import platform
import re
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path

from csresearch.errors import StatisticsError, StudyError, extra
from csresearch.inference.replicates import Bootstrap, FileReplicates
from csresearch.models.comparison import Compare
from csresearch.models.disconfirmation import Disconfirmation
from csresearch.models.drivers import Drivers
from csresearch.models.importance_performance import ImportancePerformance
from csresearch.models.satisfaction_index import SatisfactionIndex
from csresearch.models.scores import Scores
from csresearch.report.choosing import chosen
from csresearch.report.documents import report_of, saved_of, told_in
from csresearch.report.publishing import refuse_standing, staged, write_documents
from csresearch.report.saved import PLACE, write_saved
from csresearch.result import Result
from csresearch.show.words import catalogue, words_of
from csresearch.strategy.actions import Strategy
from csresearch.strategy.rules import recommend
from csresearch.survey.checking.answerable import lacking
from csresearch.survey.checking.checking import Findings, check
from csresearch.survey.reading import fetch, read
from csresearch.survey.sample import Sample
from csresearch.survey.screening.screening import screen
from csresearch.survey.study import Study
from csresearch.survey.study_file.loading import load_study
from csresearch.survey.weighting.weighting import weight

DOCUMENTS = ("deck.pptx", "report.html", "tables.xlsx", "manifest.json", "results")
PACKAGES = ("csresearch", "numpy", "pandas", "scipy", "pydantic", "python-pptx", "XlsxWriter", "matplotlib")
UNFIT = r'[<>:"/\\|?*]'  # in the name of a file, on one system or another
Progress = Callable[[str], None]
Fit = Callable[[], Result]
Drawn = Bootstrap | FileReplicates


@dataclass(frozen=True, kw_only=True)
class Analysis:
    """Everything that one run found."""

    study: Study
    findings: Findings
    sample: Sample
    results: tuple[Result, ...]
    strategy: Strategy
    replicates: Drawn
    left_out: tuple[str, ...]


def analyse(study: Study, *, replicates: Bootstrap, progress: Progress = lambda words: None) -> Analysis:
    """Go from raw answers to a strategy; each step takes what the step before gave."""
    sample = read(study)
    progress(f"read {len(sample):,} respondents, {len(study.items)} questions")
    findings = check(sample)
    findings.raise_if_failed()
    sample = weight(screen(sample))
    progress(f"screened and weighted: {sample.n_obs:,} respondents count")
    drawn = _drawn(sample, replicates)
    results, unfitted = fit_possible(sample, findings, replicates=drawn, progress=progress)
    compared, uncompared = compare_groups(sample, findings, replicates=drawn, progress=progress)
    strategy = recommend((*results, *compared))
    progress(f"{sum(a.rule != 'monitor' for a in strategy.actions)} actions")
    return Analysis(
        study=study,
        findings=findings,
        sample=sample,
        results=strategy.results,
        strategy=strategy,
        replicates=drawn,
        left_out=(*_impossible(findings), *unfitted, *uncompared),
    )


def _drawn(sample: Sample, replicates: Bootstrap) -> Drawn:
    """Take the replicate weights that the data bring, where a strategy can rest on them.

    Raises
    ------
    StatisticsError
        They give standard errors, no draws.
    """
    brought = sample.replicates
    if brought is not None and brought.kind != "bootstrap":
        raise StatisticsError(
            f"[design] replicates gives {brought!r}: standard errors, no draws, and a strategy rests on draws; take "
            "replicates away to draw a bootstrap by strata and clusters, or fit models one by one"
        )
    return replicates if brought is None else brought


def _impossible(findings: Findings) -> tuple[str, ...]:
    """Say of each model that the file cannot answer what it lacks."""
    rows = findings.answerable[~findings.answerable["possible"].astype(bool)].to_dict("records")
    return tuple(f"{row['model']}: {lacking(row['missing'], row['add'])}" for row in rows)


def fit_possible(
    sample: Sample, findings: Findings, *, replicates: Drawn, progress: Progress = lambda words: None
) -> tuple[tuple[Result, ...], tuple[str, ...]]:
    """Fit what the file can answer, all with one set of draws; a model that its numbers do not allow is named.

    Raises
    ------
    StatisticsError
        No model at all can be fitted.
    """
    possible = answerable(findings)
    models = (
        ("Scores", Scores()),
        ("SatisfactionIndex", SatisfactionIndex()),
        ("Drivers", Drivers()),
        ("Disconfirmation", Disconfirmation()),
        ("ImportancePerformance", ImportancePerformance()),
        ("ImportancePerformance(importance='stated')", ImportancePerformance(importance="stated")),
    )
    jobs: list[tuple[str, Fit]] = [
        (name, partial(model.fit, sample, replicates=replicates)) for name, model in models if name in possible
    ]
    results, errors = _allowed(jobs, lambda name: progress(f"fitted {name}, {_number(replicates):,} draws"))
    if errors and not results:
        raise next(iter(errors.values()))
    return results, tuple(f"{name}: {error}" for name, error in errors.items())


def _number(replicates: Drawn) -> int:
    return replicates.draws if isinstance(replicates, Bootstrap) else replicates.number


def _allowed(jobs: Sequence[tuple[str, Fit]], done: Progress) -> tuple[tuple[Result, ...], dict[str, StatisticsError]]:
    """Fit what the numbers allow; of the others keep the reason, by name."""
    results: list[Result] = []
    errors: dict[str, StatisticsError] = {}
    for name, fit in jobs:
        try:
            results.append(fit())
            done(name)
        except StatisticsError as error:
            errors[name] = error
    return tuple(results), errors


def compare_groups(
    sample: Sample, findings: Findings, *, replicates: Drawn, progress: Progress = lambda words: None
) -> tuple[tuple[Result, ...], tuple[str, ...]]:
    """Score brands, waves, segments and outlets, the index by wave; what a group is too small for is named."""
    study = sample.study
    if study is None:
        return (), ()
    groups, items = study.groups, _items(sample)
    outcome = () if study.roles.outcome is None else (study.roles.outcome,)
    scores = Scores(items=tuple(dict.fromkeys((*study.constructs, *outcome, *items))) or None)
    roles = [by for by in ("brand", "wave") if getattr(groups, by) is not None]
    jobs: list[tuple[str, Fit]] = [(by, partial(scores.fit, sample, replicates=replicates, by=by)) for by in roles]
    jobs += [(by, partial(scores.fit, sample, replicates=replicates, by=by)) for by in groups.segments]
    index = SatisfactionIndex()
    if "wave" in roles and "SatisfactionIndex" in answerable(findings):
        jobs.append(("wave, index", partial(index.fit, sample, replicates=replicates, by="wave")))
    grid = ImportancePerformance()
    if "wave" in roles and "ImportancePerformance" in answerable(findings):
        jobs.append(("wave, signs of effects", partial(grid.fit, sample, replicates=None, by="wave")))
    if groups.outlet is not None and items:
        own = sample if groups.brand is None or groups.brand.own is None else sample.where({"brand": groups.brand.own})
        jobs.append(("own outlets", partial(Scores(items=items).fit, own, replicates=None, by="outlet")))
        if outcome:
            league = Compare(by="outlet", items=outcome)
            jobs.append(("league of own outlets", partial(league.fit, own, replicates=replicates)))
    jobs += [(name, partial(model.fit, sample, replicates=replicates)) for name, model in _held(sample, study)]
    results, errors = _allowed(jobs, lambda name: progress(f"compared: {name}"))
    return results, tuple(f"{name}: {error}" for name, error in errors.items())


def _held(sample: Sample, study: Study) -> list[tuple[str, Compare]]:
    """Our brand against its rivals, and the last event among the waves by those whom it reached."""
    groups = study.groups
    own = None if groups.brand is None else groups.brand.own
    if own is None or study.roles.outcome is None or own not in sample.categories("brand"):
        return []
    found = [("rivals", Compare(by="brand", reference=own, adjust="max_t"))]
    started = [] if groups.wave is None else sample.categories("wave")[1:]
    if groups.wave is not None and (events := [wave for wave in groups.wave.events if wave in started]):
        found.append(("programme", Compare(by="wave", programme=events[-1])))
    return found


def answerable(findings: Findings) -> set[str]:
    """Models that the file can answer."""
    return set(findings.answerable.loc[findings.answerable["possible"], "model"])


def _items(sample: Sample) -> tuple[str, ...]:
    """List the performance column of each attribute, or the driver items; none where the check says what is missing."""
    try:
        names = () if sample.study is None else sample.study.rated
        return tuple(dict.fromkeys(column for name in names for column in sample.columns_of(name)))
    except StudyError:
        return ()


def write(
    analysis: Analysis,
    to: Path,
    *,
    language: str = "en",
    slides: Sequence[str] = (),
    template: Path | None = None,
    layouts: Mapping[str, str] | None = None,
    force: bool = False,
    progress: Progress = lambda words: None,
) -> None:
    """Write deck, page, workbook, tables, the saved report and manifest: all of them, or none.

    Raises
    ------
    ValueError
        No exhibit has the id that `slides` names.
    OutputError
        Something stands there and `force` is not set, the folder cannot be written, or a rename is refused.
    """
    strategy = analysis.strategy
    reports = {name: report_of(strategy, name) for name in dict.fromkeys((*told_in(analysis.study), language))}
    report, saved = chosen(reports[language], slides), saved_of(strategy, reports, template=template, layouts=layouts)
    master = template or analysis.study.template
    with staged(to, DOCUMENTS, force=force) as staging:
        write_documents(report, saved.tables, staging, template=master, layouts=saved.layouts, progress=progress)
        write_results(analysis, staging / "results")
        write_saved(saved, staging / PLACE)
        if master is not None:
            shutil.copyfile(master, staging / PLACE.parent / saved.template)
        _write_json(staging / "manifest.json", manifest(analysis))


def write_results(analysis: Analysis, folder: Path) -> None:
    """Write every table as CSV, and what their columns mean as columns.json."""
    folder.mkdir(parents=True)
    for name, table in analysis.strategy.tables().items():
        table.to_csv(folder / f"{re.sub(UNFIT, '_', name)}.csv", index=False, encoding="utf-8-sig", lineterminator="\n")
    _write_json(folder / "columns.json", words_of("meaning"))


def _write_json(path: Path, content: object) -> None:
    path.write_text(json.dumps(content, indent=1, sort_keys=True, ensure_ascii=False) + "\n", encoding="utf-8")


def manifest(analysis: Analysis) -> dict[str, object]:
    """Say what a run was made of; the time stands alone, all else is the same in two runs."""
    return {
        "study": {"title": dict(analysis.study.title), "file": analysis.study.data.file},
        "data_sha256": (analysis.study.data.sha256 or sha256(fetch(analysis.study)).hexdigest()).lower(),
        "study_sha256": sha256(analysis.study.source.read_bytes()).hexdigest(),
        "respondents": {"read": len(analysis.sample), "counted": analysis.sample.n_obs},
        "replicates": {"specification": repr(analysis.replicates), "id": analysis.results[0].replicates_id},
        "seed": getattr(analysis.replicates, "seed", None),
        "left_out": list(analysis.left_out),
        "models": [repr(result.model) for result in analysis.results],
        "versions": {"python": platform.python_version(), **{name: version(name) for name in PACKAGES}},
        "time": datetime.now(tz=UTC).isoformat(timespec="seconds"),
    }


def run(
    study: str | Path,
    *,
    to: str | Path,
    replicates: Bootstrap | None = None,
    language: str = "en",
    slides: Sequence[str] = (),
    template: str | Path | None = None,
    layouts: Mapping[str, str] | None = None,
    force: bool = False,
    progress: Progress = lambda words: None,
) -> Analysis:
    """Run the whole path: a study file to a folder of documents.

    Parameters
    ----------
    study : path
        A study.toml, or its folder.
    to : path
        Folder of the documents.
    replicates : Bootstrap, optional
        Default: 1,000 draws, seed 1; replicate weights that the data bring take their place.
    language : str
        Of deck, page and workbook.
    slides : sequence of str
        Exhibits that they show, by id or family; default: all. See `deck`.
    template : path, optional
        A client's master of the deck; default: that of the study file, else our own.
    layouts : mapping, optional
        Our layouts to those of the master.
    force : bool
        Whether documents that stand there may be replaced.
    progress : callable
        Gets a line after each step.

    Returns
    -------
    Analysis

    Raises
    ------
    StudyError, DataError, StatisticsError, OutputError
        Each says what to mend.

    Examples
    --------
    >>> import tempfile
    >>> from csresearch.demo.locate import study_folder
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     found = run(study_folder("mobile"), to=Path(folder) / "mobile", replicates=Bootstrap(draws=50))
    ...     sorted(path.name for path in (Path(folder) / "mobile").iterdir())
    ['deck.pptx', 'manifest.json', 'report.html', 'results', 'tables.xlsx']
    """
    catalogue(language)  # what is wrong with the documents is told before the work, not after it
    refuse_standing(Path(to), DOCUMENTS, force=force)
    asked = load_study(study)
    master = None if template is None else Path(template)
    named = {**asked.report.named, **(layouts or {})}
    if (master or asked.template) is not None or named:
        with extra("report"):
            from csresearch.report.deck.template import open_master
        open_master(master or asked.template, named)
    analysis = analyse(asked, replicates=replicates or Bootstrap(), progress=progress)
    write(
        analysis, Path(to), language=language, slides=slides, template=master, layouts=named, force=force,
        progress=progress,
    )  # fmt: skip
    return analysis
