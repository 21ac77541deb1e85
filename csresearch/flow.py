"""The whole path on one page: study -> sample -> results -> strategy -> documents. Read this first."""

from __future__ import annotations

import json
import os
import platform
import re
import secrets
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path

from csresearch.errors import OutputError, StatisticsError, StudyError
from csresearch.inference.replicates import Bootstrap
from csresearch.models.drivers import Drivers
from csresearch.models.importance_performance import ImportancePerformance
from csresearch.models.satisfaction_index import SatisfactionIndex
from csresearch.models.scores import Scores
from csresearch.report.documents import deck, page, workbook
from csresearch.result import Result
from csresearch.show.words import catalogue
from csresearch.strategy.actions import Strategy
from csresearch.strategy.rules import recommend
from csresearch.survey.answerable import lacking
from csresearch.survey.checking import Findings, check
from csresearch.survey.reading import fetch, read
from csresearch.survey.sample import Sample
from csresearch.survey.screening import screen
from csresearch.survey.study import Study, load_study
from csresearch.survey.weighting import weight
from csresearch.vocabulary import MEANING

DOCUMENTS = ("deck.pptx", "report.html", "tables.xlsx", "manifest.json", "results")
PACKAGES = ("csresearch", "numpy", "pandas", "scipy", "pydantic", "python-pptx", "XlsxWriter", "matplotlib")
BEFORE = "before"  # where documents wait that are being replaced
UNFIT = r'[<>:"/\\|?*]'  # in the name of a file, on one system or another
Progress = Callable[[str], None]
Fit = Callable[[], Result]


@dataclass(frozen=True, kw_only=True)
class Analysis:
    """Everything that one run found."""

    study: Study
    findings: Findings
    sample: Sample
    results: tuple[Result, ...]
    strategy: Strategy
    replicates: Bootstrap
    left_out: tuple[str, ...]


def analyse(study: Study, *, replicates: Bootstrap, progress: Progress = lambda words: None) -> Analysis:
    """Go from raw answers to a strategy; each step takes what the step before gave."""
    sample = read(study)
    progress(f"read {len(sample):,} respondents, {len(study.items)} questions")
    findings = check(sample)
    findings.raise_if_failed()
    sample = weight(screen(sample))
    progress(f"screened and weighted: {sample.n_obs:,} respondents count")
    results = fit_possible(sample, findings, replicates=replicates, progress=progress)
    compared, left_out = compare_groups(sample, findings, replicates=replicates, progress=progress)
    strategy = recommend((*results, *compared))
    progress(f"{sum(a.rule != 'monitor' for a in strategy.actions)} actions")
    return Analysis(
        study=study,
        findings=findings,
        sample=sample,
        results=strategy.results,
        strategy=strategy,
        replicates=replicates,
        left_out=(*_impossible(findings), *left_out),
    )


def _impossible(findings: Findings) -> tuple[str, ...]:
    """Say of each model that the file cannot answer what it lacks."""
    rows = findings.answerable[~findings.answerable["possible"].astype(bool)].to_dict("records")
    return tuple(f"{row['model']}: {lacking(row['missing'], row['add'])}" for row in rows)


def fit_possible(
    sample: Sample, findings: Findings, *, replicates: Bootstrap, progress: Progress = lambda words: None
) -> tuple[Result, ...]:
    """Fit what the file can answer, all with one set of draws."""
    possible = answerable(findings)
    results: list[Result] = []
    for name, model in (
        ("Scores", Scores()),
        ("SatisfactionIndex", SatisfactionIndex()),
        ("Drivers", Drivers()),
        ("ImportancePerformance", ImportancePerformance()),
        ("ImportancePerformance(importance='stated')", ImportancePerformance(importance="stated")),
    ):
        if name in possible:
            results.append(model.fit(sample, replicates=replicates))
            progress(f"fitted {name}, {replicates.draws:,} draws")
    return tuple(results)


def compare_groups(
    sample: Sample, findings: Findings, *, replicates: Bootstrap, progress: Progress = lambda words: None
) -> tuple[tuple[Result, ...], tuple[str, ...]]:
    """Score brands, waves, segments and outlets; what a group is too small for is named and left out."""
    study = sample.study
    if study is None:
        return (), ()
    groups, items = study.groups, _items(sample)
    outcome = () if study.roles.outcome is None else (study.roles.outcome,)
    scores = Scores(items=tuple(dict.fromkeys((*study.constructs, *outcome, *items))) or None)
    roles = [by for by in ("brand", "wave") if getattr(groups, by) is not None]
    jobs: list[tuple[str, Fit]] = [(by, partial(scores.fit, sample, replicates=replicates, by=by)) for by in roles]
    jobs += [(by, partial(scores.fit, sample, replicates=replicates, by=by)) for by in groups.segments]
    grid = ImportancePerformance()
    if "wave" in roles and "ImportancePerformance" in answerable(findings):
        jobs.append(("wave, signs of effects", partial(grid.fit, sample, replicates=None, by="wave")))
    if groups.outlet is not None and items:
        own = sample if groups.brand is None or groups.brand.own is None else sample.where({"brand": groups.brand.own})
        jobs.append(("own outlets", partial(Scores(items=items).fit, own, replicates=None, by="outlet")))
    results, left_out = [], []
    for name, fit in jobs:
        try:
            results.append(fit())
            progress(f"compared: {name}")
        except StatisticsError as error:
            left_out.append(f"{name}: {error}")
    return tuple(results), tuple(left_out)


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
    force: bool = False,
    progress: Progress = lambda words: None,
) -> None:
    """Write deck, page, workbook, tables and manifest: all of them, or none.

    Raises
    ------
    OutputError
        Something stands there and `force` is not set, the folder cannot be written, or a rename is refused.
    """
    to = to.resolve()
    refuse_standing(to, force=force)
    staging = to.with_name(f".{to.name}-{secrets.token_hex(4)}")
    try:
        staging.mkdir(parents=True)
        for name, make in (("deck.pptx", deck), ("report.html", page), ("tables.xlsx", workbook)):
            make(analysis.strategy, to=staging / name, language=language)
            progress(f"wrote {name}")
        write_results(analysis, staging / "results")
        _write_json(staging / "manifest.json", manifest(analysis))
        _publish(staging, to)
    except OSError as error:
        left = f"; what stood there is in {staging / BEFORE}" if _missing(staging, to) else ""
        raise OutputError(
            f"{to}: cannot be written ({error.strerror or error}); close its files in other programs, or choose a "
            f"folder you may write to{left}"
        ) from error
    finally:
        if not _missing(staging, to):
            shutil.rmtree(staging, ignore_errors=True)


def refuse_standing(to: Path, *, force: bool) -> None:
    """Refuse a folder that holds documents, unless they may be replaced."""
    standing = [name for name in DOCUMENTS if (to / name).exists()]
    if standing and not force:
        found = ", ".join(standing)
        raise OutputError(f"{to}: {found} stand there already; use --force to replace them, or another folder")


def _publish(staging: Path, to: Path) -> None:
    """Move finished documents to their place; a refused move puts back what stood there."""
    before = staging / BEFORE
    before.mkdir()
    to.mkdir(parents=True, exist_ok=True)
    done: list[str] = []
    try:
        for name in DOCUMENTS:
            if (to / name).is_dir():  # a file is replaced in one step, a folder is not
                os.replace(to / name, before / name)
            elif (to / name).exists():
                shutil.copy2(to / name, before / name)
            os.replace(staging / name, to / name)
            done.append(name)
    except OSError:
        for name in done:
            os.replace(to / name, staging / name)
        for old in _missing(staging, to):
            os.replace(old, to / old.name)
        raise


def _missing(staging: Path, to: Path) -> list[Path]:
    """Documents set aside that do not stand in their place."""
    return [old for old in (staging / BEFORE).glob("*") if not (to / old.name).exists()]


def write_results(analysis: Analysis, folder: Path) -> None:
    """Write every table as CSV, and what their columns mean as columns.json."""
    folder.mkdir(parents=True)
    for name, table in analysis.strategy.tables().items():
        table.to_csv(folder / f"{re.sub(UNFIT, '_', name)}.csv", index=False, encoding="utf-8-sig", lineterminator="\n")
    _write_json(folder / "columns.json", MEANING)


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
        "seed": analysis.replicates.seed,
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
        Default: 1,000 draws, seed 1.
    language : str
        Of deck, page and workbook.
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
    catalogue(language)  # an unknown language is told before the work, not after it
    refuse_standing(Path(to), force=force)
    analysis = analyse(load_study(study), replicates=replicates or Bootstrap(), progress=progress)
    write(analysis, Path(to), language=language, force=force, progress=progress)
    return analysis
