"""A folder of documents: all of them are written, or none; what stood there is kept until they are."""

from __future__ import annotations

import os
import secrets
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager, nullcontext
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import pandas as pd

from csresearch.errors import OutputError, extra
from csresearch.report.exhibit import Report

KINDS: Mapping[str, str] = {"deck": "deck.pptx", "page": "report.html", "workbook": "tables.xlsx"}
BEFORE = "before"  # where documents wait that are being replaced


def write_documents(
    report: Report,
    tables: Mapping[str, pd.DataFrame],
    folder: Path,
    *,
    only: Sequence[str] = (),
    template: Path | None = None,
    layouts: Mapping[str, str] | None = None,
    workers: int = 1,
    progress: Callable[[str], None] = lambda words: None,
) -> list[Path]:
    """Write deck, page and workbook of a report into a folder, or those of them that `only` names.

    With two workers the page, whose figures take longest, is written in a process of its own.

    Raises
    ------
    ValueError
        `only` names another document.
    OutputError
        One of them cannot be written.
    """
    kinds = wanted(only)
    parts = {"template": template, "layouts": layouts}
    aside = [kind for kind in kinds if kind == "page"] if workers > 1 and len(kinds) > 1 else []
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) if aside else nullcontext() as pool:
        waiting = {kind: pool.submit(_write, kind, report, {}, folder, parts) for kind in aside} if pool else {}
        for kind in kinds:
            if kind not in waiting:
                _write(kind, report, tables, folder, parts)
                progress(f"wrote {KINDS[kind]}")
        for kind, done in waiting.items():
            done.result()
            progress(f"wrote {KINDS[kind]}")
    return [folder / KINDS[kind] for kind in kinds]


def _write(
    kind: str, report: Report, tables: Mapping[str, pd.DataFrame], folder: Path, parts: Mapping[str, Any]
) -> None:
    """Write one document; its writer is loaded for itself."""
    to = folder / KINDS[kind]
    with extra("report"):
        if kind == "deck":
            from csresearch.report.deck.slides import write_deck

            write_deck(report, to, template=parts["template"], layouts=parts["layouts"])
        elif kind == "page":
            from csresearch.report.page.writing import write_page

            write_page(report, to)
        else:
            from csresearch.report.workbook import write_workbook

            write_workbook(report, to, tables=tables)


def wanted(only: Sequence[str]) -> list[str]:
    """Kinds of documents that are asked for; without names all of them.

    Examples
    --------
    >>> wanted(()), wanted(["page"])
    (['deck', 'page', 'workbook'], ['page'])
    """
    unknown = [name for name in only if name not in KINDS]
    if unknown:
        raise ValueError(f"only: must be of {', '.join(KINDS)}; found {', '.join(map(repr, unknown))}")
    return [kind for kind in KINDS if kind in only or not only]


@contextmanager
def staged(to: Path, names: Iterable[str], *, force: bool) -> Iterator[Path]:
    """Give an empty folder to write `names` into, and move them to their place if all went well.

    Raises
    ------
    OutputError
        One of them stands there and `force` is not set, the folder cannot be written, or a rename is refused; what
        stood there before is untouched.
    """
    to, names = to.resolve(), tuple(names)
    refuse_standing(to, names, force=force)
    staging = to.with_name(f".{to.name}-{secrets.token_hex(4)}")
    try:
        staging.mkdir(parents=True)
        yield staging
        _publish(staging, to, names)
    except OSError as error:
        left = f"; what stood there is in {staging / BEFORE}" if _missing(staging, to) else ""
        raise OutputError(
            f"{to}: cannot be written ({error.strerror or error}); close its files in other programs, or choose a "
            f"folder you may write to{left}"
        ) from error
    finally:
        if not _missing(staging, to):
            shutil.rmtree(staging, ignore_errors=True)


def refuse_standing(to: Path, names: Iterable[str], *, force: bool) -> None:
    """Refuse a folder that holds documents, unless they may be replaced."""
    try:
        standing = [name for name in names if (to / name).exists()]
    except OSError as error:  # a name that no folder can have
        raise OutputError(f"{to}: cannot be written ({error.strerror or error}); choose another folder") from error
    if standing and not force:
        found = ", ".join(standing)
        raise OutputError(f"{to}: {found} stand there already; use --force to replace them, or another folder")


def _publish(staging: Path, to: Path, names: Sequence[str]) -> None:
    """Move finished documents to their place; a refused move puts back what stood there."""
    before = staging / BEFORE
    before.mkdir()
    to.mkdir(parents=True, exist_ok=True)
    done: list[str] = []
    try:
        for name in names:
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
