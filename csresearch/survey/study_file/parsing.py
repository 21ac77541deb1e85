"""From the text of a study file to its tables, with all faults at once."""

from __future__ import annotations

import copy
import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from csresearch.errors import StudyError
from csresearch.survey.grammar import File
from csresearch.survey.study_file.coherence import cross_faults
from csresearch.survey.study_file.faults import Fault, label_faults, translate


def read_document(source: Path) -> dict[str, Any]:
    """Read a TOML file; StudyError says which line is none."""
    try:
        return tomllib.loads(source.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        raise StudyError(f"{source}: there is no such file; a study is a folder with a study.toml") from None
    except OSError as error:
        raise StudyError(f"{source}: the file cannot be opened ({error.strerror}); look at its permissions") from None
    except UnicodeDecodeError as error:
        raise StudyError(f"{source}: byte {error.start + 1} is not UTF-8; save the file as UTF-8") from None
    except RecursionError:
        raise StudyError(f"{source} is not TOML that can be read: its brackets are nested too deep; mend it") from None
    except tomllib.TOMLDecodeError as error:
        raise StudyError(f"{source} is not TOML: {error}; mend that line, texts stand in quotes") from None


def parse(document: dict[str, Any]) -> tuple[File, list[Fault]]:
    """Check the grammar, then what is between tables on all that was well formed."""
    written = document.get("languages")
    usable = isinstance(written, list) and written and all(isinstance(name, str) for name in written)
    languages: list[str] = written if usable and written else ["en"]
    faults: list[Fault] = []
    rest = copy.deepcopy(document)
    while True:
        try:
            file = File.model_validate(rest)
            break
        except ValidationError as error:
            first = not faults
            faults += translate(error, document, languages) if first else []
            _prune(rest, [tuple(detail["loc"]) for detail in error.errors(include_url=False)], deep=first)
    faults += label_faults(document, languages)
    return file, faults + cross_faults(file, document)


def _prune(document: dict[str, Any], places: Iterable[tuple[str | int, ...]], *, deep: bool) -> None:
    """Take faulty entries out: the entry of a table first, the whole table where that does not help."""
    for loc in places:
        table = document.get(str(loc[0]))
        if deep and len(loc) > 1 and isinstance(table, dict) and loc[1] in table:
            del table[loc[1]]
        elif not deep or len(loc) == 1 or not isinstance(table, dict):
            document.pop(str(loc[0]), None)
