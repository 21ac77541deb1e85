"""The command line: csresearch new | check | run | report | demo | doctor."""

from __future__ import annotations

import shlex
import sys
import time
from collections.abc import Callable, Mapping
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from csresearch.errors import CSResearchError

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_show_locals=False,
    help="Customer satisfaction research: from raw survey data to a strategy deck, every number with its interval.",
)


class Multipliers(StrEnum):
    """Kinds of bootstrap multipliers."""

    rao_wu = "rao_wu"
    exponential = "exponential"


class Single(StrEnum):
    """Ways to deal with a stratum of one cluster."""

    refuse = "raise"
    collapse = "collapse"
    certainty = "certainty"
    centre = "centre"


STUDY = Annotated[Path, typer.Argument(help="A study.toml, or the folder that holds one.")]
DRAWS = Annotated[int, typer.Option(min=2, help="Bootstrap draws behind every interval.")]
SEED = Annotated[int, typer.Option(min=0, help="Seed of the draws; the same seed gives the same numbers.")]
LANGUAGE = Annotated[str, typer.Option(help="Language of deck, page and workbook.")]
MULTIPLIERS = Annotated[
    Multipliers, typer.Option(help="exponential: smooth weights that empty no raking category in a draw.")
]
SINGLE = Annotated[Single, typer.Option(help="What to do with a stratum of one cluster.")]
FORCE = Annotated[bool, typer.Option("--force", help="Replace documents that stand there.")]
SLIDES = Annotated[str, typer.Option(help="Ids of exhibits, or families such as drivers: a,b,c in that order.")]
TEMPLATE = Annotated[
    Path | None, typer.Option(help="Master of the deck, .pptx or .potx; default: the one in study.toml.")
]
LAYOUT = Annotated[list[str] | None, typer.Option(help='A layout of the master: "Chart=Title and Content".')]
QUIET = Annotated[bool, typer.Option("--quiet", help="Say nothing while it works.")]


@app.command()
def new(
    file: Annotated[Path, typer.Argument(help="A survey export: CSV, Excel, SPSS, Stata, SAS or Parquet.")],
    to: Annotated[Path | None, typer.Option(help="Folder of the study; default: the name of the file.")] = None,
    encoding: Annotated[str | None, typer.Option(help="Encoding of its texts, where the file does not tell.")] = None,
    sheet: Annotated[str | None, typer.Option(help="Sheet of a workbook; default: the one with answers.")] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace a study.toml that stands there.")] = False,
) -> None:
    """Draft the study file of a survey export; whatever it guesses is marked CHECK. Data are copied, never changed."""
    from csresearch.errors import DataError, OutputError
    from csresearch.report.files import write_whole
    from csresearch.survey.drafting.drafting import MARK, draft
    from csresearch.survey.reading import tabulate
    from csresearch.survey.reading.table import Said
    from csresearch.survey.study_file.loading import FILE_NAME

    folder = to or Path(file.stem)
    try:
        content = file.read_bytes()
    except OSError as error:
        raise DataError(f"{file}: {error.strerror or error}; give the path of a survey export") from None
    said = Said(encoding=encoding, sheet=sheet)
    drafted = draft(tabulate(content, file.name, said), file=file.name, title=file.stem, said=said)
    kept = folder / file.name
    if kept.exists() and kept.read_bytes() != content:
        raise OutputError(f"{kept}: another file of this name stands there; data are not replaced, name another folder")
    write_whole(folder / FILE_NAME, lambda path: path.write_text(drafted.text, encoding="utf-8"), force=force)
    if not kept.exists():
        write_whole(kept, lambda path: path.write_bytes(content))
    for words in drafted.guesses:
        typer.echo(f"  {words}")
    typer.echo(
        f"{folder / FILE_NAME}: go through its {drafted.text.count(MARK)} lines marked CHECK, write labels, then"
    )
    typer.echo(f"  csresearch check {shlex.quote(str(folder))}")
    typer.echo(f"  {_to_run(folder, drafted.language)}")


@app.command()
def check(study: STUDY) -> None:
    """Check a study file and its data; say what can be answered with them."""
    from csresearch.survey.checking.answerable import lacking
    from csresearch.survey.checking.checking import check as inspect
    from csresearch.survey.reading import read
    from csresearch.survey.study_file.loading import load_study

    loaded = load_study(study)
    findings = inspect(read(loaded))
    for row in findings.table.itertuples():
        typer.echo(f"{row.severity:9} {row.where}: {row.found} (allowed: {row.allowed}). {row.remedy}")
    for entry in findings.answerable.to_dict("records"):
        possible = entry["possible"]
        words = "can be answered" if possible else f"cannot be answered: {lacking(entry['missing'], entry['add'])}"
        typer.echo(f"{'yes' if possible else 'no':9} {entry['model']} {words}")
    findings.raise_if_failed()
    _say_marks(loaded.source)
    typer.echo(f"nothing stops the analysis; next: {_to_run(study, loaded.languages[0])}")


def _to_run(study: Path, language: str) -> str:
    """Say the command that runs a study in its first language."""
    from csresearch.show.words import languages

    told = f" --language {language}" if language != "en" and language in languages() else ""
    return f"csresearch run {shlex.quote(str(study))}{told}"


@app.command()
def run(
    study: STUDY,
    to: Annotated[Path | None, typer.Option(help="Folder of the documents; default: build/<study>.")] = None,
    draws: DRAWS = 1000,
    seed: SEED = 1,
    language: LANGUAGE = "en",
    multipliers: MULTIPLIERS = Multipliers.rao_wu,
    single: SINGLE = Single.refuse,
    slides: SLIDES = "",
    template: TEMPLATE = None,
    layout: LAYOUT = None,
    force: FORCE = False,
    quiet: QUIET = False,
) -> None:
    """Run the whole path: deck.pptx, report.html, tables.xlsx, results/ and manifest.json."""
    name = (study if study.is_dir() else study.parent).resolve().name
    replicates = {"draws": draws, "seed": seed, "multipliers": multipliers.value, "single": single.value}
    look = {"slides": slides.split(","), "template": template, "layouts": _layouts(layout)}
    _run(study, to or Path("build") / name, replicates, look, language=language, force=force, quiet=quiet)


@app.command()
def demo(
    name: Annotated[str, typer.Argument(help="autoservice, bank, appliance: simulated; mobile: real.")] = "autoservice",
    to: Annotated[Path | None, typer.Option(help="Folder of the documents; default: build/<name>.")] = None,
    draws: DRAWS = 1000,
    seed: SEED = 1,
    language: LANGUAGE = "en",
    slides: SLIDES = "",
    template: TEMPLATE = None,
    layout: LAYOUT = None,
    force: FORCE = False,
    quiet: QUIET = False,
) -> None:
    """Run a study that comes with csresearch; documents of an earlier demo in build/<name> are replaced."""
    from csresearch.demo.locate import study_folder

    target = to or Path("build") / name
    replicates = {"draws": draws, "seed": seed}
    look = {"slides": slides.split(","), "template": template, "layouts": _layouts(layout)}
    _run(study_folder(name), target, replicates, look, language=language, force=force or to is None, quiet=quiet)


@app.command()
def report(
    folder: Annotated[Path | None, typer.Argument(help="A folder that run or demo has written.")] = None,
    to: Annotated[Path | None, typer.Option(help="Folder of the documents; default: FOLDER.")] = None,
    language: LANGUAGE = "en",
    slides: SLIDES = "",
    template: TEMPLATE = None,
    layout: LAYOUT = None,
    only: Annotated[str, typer.Option(help="Of deck, page, workbook: a,b; default: all.")] = "",
    list_ids: Annotated[bool, typer.Option("--list", help="List ids and headlines, write nothing.")] = False,
    write_template: Annotated[Path | None, typer.Option(help="Write our master (.pptx, .potx) to start from.")] = None,
    force: FORCE = False,
    quiet: QUIET = False,
) -> None:
    """Write the documents of a run again, in another language, choice or master; nothing is fitted."""
    from csresearch.report.choosing import chosen
    from csresearch.report.rendering import render
    from csresearch.report.saved import read_saved

    if write_template is not None:
        from csresearch.report.deck.template import write_master
        from csresearch.report.files import write_whole

        if write_template.suffix.lower() not in (".pptx", ".potx"):
            raise ValueError(f"--write-template must end in .pptx or .potx; found {str(write_template)!r}")
        write_whole(write_template, write_master, force=force)
        typer.echo(f"{write_template}: change its theme, keep the names of its layouts and placeholders")
        return
    if folder is None:
        raise ValueError("report needs a FOLDER that csresearch run has written, or --write-template FILE")
    if list_ids:
        for exhibit in chosen(read_saved(folder).report(language), slides.split(",")).exhibits:
            typer.echo(f"{exhibit.id:30} {exhibit.headline}")
        return
    written = render(
        folder, to=to, language=language, slides=slides.split(","), template=template, layouts=_layouts(layout),
        only=[kind.strip() for kind in only.split(",") if kind.strip()], force=force, workers=2,
        progress=_progress(quiet),
    )  # fmt: skip
    typer.echo(f"{to or folder}: {', '.join(path.name for path in written)}")


def _layouts(pairs: list[str] | None) -> dict[str, str]:
    """Read `Chart=Title and Content` pairs."""
    from csresearch.survey.grammar import Layouts

    named = dict(pair.partition("=")[::2] for pair in pairs or ())
    wrong = [name for name, layout in named.items() if name not in Layouts.model_fields or not layout]
    if wrong:
        allowed = ", ".join(Layouts.model_fields)
        raise ValueError(f"--layout must be NAME=LAYOUT with a NAME of {allowed}; found {', '.join(map(repr, wrong))}")
    return named


@app.command()
def doctor() -> None:
    """Say which versions are here, and which optional parts are missing."""
    from importlib.metadata import PackageNotFoundError, metadata, requires, version
    from re import match

    typer.echo(f"csresearch {version('csresearch')}, Python {sys.version.split()[0]}")
    for line in requires("csresearch") or ():
        found, extra = match(r"[A-Za-z0-9._-]+", line), match(r".*extra == ['\"](\w+)['\"]", line)
        package = found.group() if found else line
        part = f"extra {extra.group(1)}" if extra else "core"
        try:
            typer.echo(f"  {part:15} {metadata(package)['Name']} {version(package)}")
        except PackageNotFoundError:
            remedy = f"pip install 'csresearch[{extra.group(1)}]'" if extra else "pip install csresearch"
            typer.echo(f"  {part:15} {package} is missing: {remedy}")


def _run(
    study: Path,
    to: Path,
    replicates: Mapping[str, Any],
    look: Mapping[str, Any],
    *,
    language: str,
    force: bool,
    quiet: bool,
) -> None:
    from csresearch.flow import run as whole_path
    from csresearch.inference.replicates import Bootstrap
    from csresearch.report.story.actions import grade_of, title_of

    analysis = whole_path(
        study,
        to=to,
        replicates=Bootstrap(**replicates),
        language=language,
        force=force,
        progress=_progress(quiet),
        **look,
    )
    for place, action in enumerate(analysis.strategy.actions[:3], start=1):
        typer.echo(f"{place}. {title_of(action, analysis.strategy, language)} ({grade_of(action, language)})")
    for words in analysis.left_out:
        typer.echo(f"left out: {words}")
    _say_marks(analysis.study.source)
    typer.echo(f"{to}: deck.pptx, report.html, tables.xlsx, results/, manifest.json")


def _say_marks(study: Path) -> None:
    """Say how many guesses of a draft nobody has looked at."""
    from csresearch.survey.drafting.drafting import MARK

    left = study.read_text(encoding="utf-8").count(MARK)
    if left:
        typer.echo(f"{study}: lines still marked CHECK, which are guesses: {left}")


def _progress(quiet: bool) -> Callable[[str], None]:
    """Print a line with the seconds passed after each step, on stderr, so that results stay alone on stdout."""
    start = time.monotonic()

    def say(words: str) -> None:
        if not quiet:
            typer.echo(f"{time.monotonic() - start:5.1f} s  {words}", err=True)

    return say


def main() -> None:
    """Run a command; an error of ours is a message and an exit code, never a traceback."""
    try:
        app()
    except CSResearchError as error:
        typer.echo(f"{type(error).__name__}: {error}", err=True)
        raise SystemExit(error.exit_code) from None
    except ValueError as error:
        typer.echo(f"Option: {error}", err=True)
        raise SystemExit(2) from None


if __name__ == "__main__":
    main()
