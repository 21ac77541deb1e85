"""Writing a sample back: SPSS with labels and kinds of missing, CSV of codes, Parquet."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from csresearch.errors import extra
from csresearch.show.format import word
from csresearch.show.phrase import Amount, Phrase, phrase
from csresearch.survey.questions import Item
from csresearch.survey.reading.labelled import texts
from csresearch.survey.reading.table import Notes
from csresearch.survey.sample import Sample
from csresearch.survey.saving.spss import fitting, write_spss
from csresearch.writing import write_whole

WEIGHT, FLAG = "final_weight", "flag_{}"
Texts = npt.NDArray[np.object_]
Rows = npt.NDArray[np.bool_]
_LONGEST = 64  # bytes of a name in SPSS
_RESERVED = {"all", "and", "by", "eq", "ge", "gt", "le", "lt", "ne", "not", "or", "to", "with"}
_NUMBER = re.compile(r"-?(0|[1-9]\d{0,14})(\.\d*[1-9])?")  # what stays itself when it is read as a number
_USUAL = {"not_used": 97, "dont_know": 98, "refused": 99, "skipped": 96}  # or 997 where the scale goes so far
_SPARE = {"not_used": 95, "dont_know": 94, "refused": 93, "skipped": 92}


@dataclass(frozen=True, kw_only=True)
class _Column:
    """One column on its way into a file: cells as text, shape (n,), and what is to be said of it."""

    cells: pd.Series
    note: Notes

    @property
    def numbers(self) -> bool:
        """Whether all that stands in it are numbers."""
        found = [str(cell) for cell in self.cells.unique() if cell != ""]
        return all(_NUMBER.fullmatch(cell) for cell in (*found, *self.note.values, *self.note.missing))


def save(
    sample: Sample,
    to: str | Path,
    *,
    language: str = "en",
    weights: bool = False,
    flags: bool = False,
    force: bool = False,
) -> tuple[Phrase, ...]:
    """Write the answers of a sample as `.sav`, `.csv` or `.parquet`; see `Sample.save`."""
    path = Path(to)
    if path.suffix.lower() not in (".sav", *_PLAIN):
        raise ValueError(f"to must end in {', '.join(('.sav', *_PLAIN))}; found {str(to)!r}")
    labelled = path.suffix.lower() == ".sav"
    told: list[Phrase] = []
    columns = {name: _column(sample, name, language, labelled, told) for name in map(str, sample.answers.columns)}
    columns = {name: column for name, column in columns.items() if not _is_made(sample, name)}
    extras: dict[str, pd.Series] = {WEIGHT: pd.Series(sample.weights)} if weights else {}
    extras |= {FLAG.format(rule): sample.flags[rule].astype(int) for rule in sample.flags if flags}
    for name in extras.keys() & columns.keys():
        raise ValueError(f"the column {name} is in the data already; save without weights or flags, or rename it")
    columns |= {name: _Column(cells=texts(values), note=Notes()) for name, values in extras.items()}
    if labelled:
        write_whole(path, lambda temporary: _sav(temporary, columns, sample, language, told), force=force)
    else:
        write_whole(path, lambda temporary: _PLAIN[path.suffix.lower()](temporary, columns), force=force)
    return tuple(dict.fromkeys(told))


def _ticks(sample: Sample) -> dict[str, str]:
    """Column of 0 and 1 to the question with several answers that it is an option of."""
    asked = {} if sample.study is None else sample.study.multiple
    found = {header: name for name, question in asked.items() for header in question.columns.values()}
    return {n: q for n, q in found.items() if n in sample.answers and set(sample.answers[n].dropna()) <= {"0", "1"}}


def _is_made(sample: Sample, name: str) -> bool:
    """Tell whether a column `name:option` only repeats one that stands in the file as well."""
    question, _, option = name.partition(":")
    asked = None if sample.study is None else sample.study.multiple.get(question)
    return asked is not None and asked.columns.get(option) in _ticks(sample)


def _column(sample: Sample, name: str, language: str, labelled: bool, told: list[Phrase]) -> _Column:
    """Cells as they were read, or as the study codes them, with the words for them."""
    note, read = sample.notes.get(name, Notes()), _as_read(sample, name)
    item = None if sample.study is None else sample.study.items.get(name)
    if item is None:
        cells = texts(sample.answers[name]) if read is None else read
        return _Column(cells=cells, note=_of_group(sample, name, note, cells, language))
    codes = dict(item.scale.missing)
    coded, gaps = _coded(sample, item, read, codes, labelled, told)
    held = set(coded[gaps]) | note.values.keys()
    declared = sorted({*codes, *note.missing} & held - {""})
    series = pd.Series(coded, index=sample.answers.index, dtype=object)
    return _Column(cells=series, note=_of_item(sample, item, note, codes, declared, language))


def _coded(
    sample: Sample, item: Item, read: pd.Series | None, codes: dict[str, str], labelled: bool, told: list[Phrase]
) -> tuple[Texts, Rows]:
    """Codes of a question, shape (n,), and where an answer is missing; codes made up for a kind are added."""
    name = item.column
    cells: Texts = np.array(texts(sample.answers[name]), dtype=object)
    gaps = sample.answers[name].isna().to_numpy()
    if name not in sample.kinds:
        return cells, gaps
    held = np.full(len(cells), "", dtype=object) if read is None else read.str.strip().to_numpy(dtype=object)
    known = [bool(_NUMBER.fullmatch(cell)) or (cell in codes and not labelled) for cell in held]
    kept = gaps & np.array(known, dtype=bool)
    cells[kept] = held[kept]
    kinds = np.array(sample.kinds[name].astype(object).where(sample.kinds[name].notna(), "empty"), dtype=object)
    for kind in dict.fromkeys(kinds[gaps & ~kept]):
        rows = gaps & ~kept & (kinds == kind)
        if kind == "unreadable":
            told.append(phrase("saved.unreadable", fields={"n": Amount(int(rows.sum())), "column": name}))
        elif kind != "empty" and rows.any():
            cells[rows] = _code(kind, codes, item, labelled, told)
    return cells, gaps


def _code(kind: str, codes: dict[str, str], item: Item, labelled: bool, told: list[Phrase]) -> str:
    """Code of a kind: the study's own, else the first that is free; a code that was made up is told and kept."""
    own = [code for code, named in codes.items() if named == kind and (_NUMBER.fullmatch(code) or not labelled)]
    if own:
        return own[0]
    high = item.scale.ends[1]
    before = "" if high < min(_SPARE.values()) else "9" * max(len(str(int(high))) - 2, 1)
    made = next(f"{before}{code}" for code in (_USUAL[kind], _SPARE[kind]) if f"{before}{code}" not in codes)
    codes[made] = kind
    line = f"[scales] {item.scale.name}.missing = {{ {made} = '{kind}' }}"
    told.append(phrase("saved.coded", fields={"scale": item.scale.name, "kind": kind, "code": made, "line": line}))
    return made


def _as_read(sample: Sample, name: str) -> pd.Series | None:
    """Cells of the file behind a column, as text; None where a column was made in reading."""
    if list(sample.raw.columns).count(name) != 1 or len(sample.raw) != len(sample.answers):
        return None
    return texts(sample.raw[name]).set_axis(sample.answers.index)


def _of_item(
    sample: Sample, item: Item, note: Notes, codes: Mapping[str, str], declared: list[str], language: str
) -> Notes:
    """Label and words of a question: the study's, then the file's, then those of the kinds of missing."""
    label = sample.label(item.column, language=language)
    facet = f"{word('facet', item.facet, language)}: " if item.facet else ""
    values = {str(place): words for place, words in enumerate(item.scale.options, start=1)} | dict(note.values)
    values |= {
        code: word("missing", codes[code], language) for code in declared if code in codes and code not in values
    }
    return replace(note, label=f"{facet}{label}", values=values, missing=tuple(declared) or note.missing)


def _of_group(sample: Sample, name: str, note: Notes, cells: pd.Series, language: str) -> Notes:
    """Words of a group, and the multiple-response set of an option."""
    study = sample.study
    if study is None:
        return note
    question, _, option = name.partition(":")
    if option and question in study.multiple:
        return replace(note, label=note.label or option.replace("_", " "), multiple=question)
    if name in (ticks := _ticks(sample)):
        note = replace(note, multiple=ticks[name])
    named = study.words.keys()
    said = {c: study.word(c, language, of=name) for c in cells.unique() if c in named or f"{name}.{c}" in named}
    label = study.word(name, language) if name in named else note.label
    return replace(note, label=label, values={**note.values, **said})


def _frame(columns: Mapping[str, _Column]) -> pd.DataFrame:
    """Numbers as numbers, all else as text."""
    found = {
        name: pd.to_numeric(column.cells.replace("", None)).astype(float) if column.numbers else column.cells
        for name, column in columns.items()
    }
    return pd.DataFrame(found)


def _sav(path: Path, columns: Mapping[str, _Column], sample: Sample, language: str, told: list[Phrase]) -> None:
    frame, names = _frame(columns), dict(_spss_names(columns))
    for name, short in names.items():
        if name != short:
            told.append(phrase("saved.renamed", fields={"column": name, "name": short}))
    notes = {}
    for name, column in columns.items():
        note = column.note if column.note.label or names[name] == name else replace(column.note, label=name)
        chosen = set(column.cells.unique()) - {""}
        if note.multiple and not chosen <= {"0", "1"}:
            told.append(phrase("saved.set", fields={"column": name, "set": note.multiple}))
            note = replace(note, multiple="")
        note = _declarable(name, column, frame[name], note, told)
        notes[names[name]] = replace(note, multiple=_legal(note.multiple)) if note.multiple else note
    study = sample.study
    sets = {} if study is None else {_legal(n): m.labels.get(language, n) for n, m in study.multiple.items()}
    title = "" if study is None else study.titled(language)
    write_spss(path, frame.rename(columns=names), notes=notes, sets=sets, title=title)


def _declarable(name: str, column: _Column, written: pd.Series, note: Notes, told: list[Phrase]) -> Notes:
    """Leave out the rarest codes of missing answers until SPSS can declare the rest; their words stay."""
    left = note
    counts = column.cells.value_counts()
    while column.numbers and fitting(written, left) is None:
        rarest = min(left.missing, key=lambda code: counts.get(code, 0))
        left = replace(left, missing=tuple(code for code in left.missing if code != rarest))
    if gone := [code for code in note.missing if code not in left.missing]:
        told.append(phrase("saved.declared", fields={"column": name, "codes": ", ".join(gone)}))
    return left


def _csv(path: Path, columns: Mapping[str, _Column]) -> None:
    cells = pd.DataFrame({name: column.cells for name, column in columns.items()})
    cells.to_csv(path, index=False, encoding="utf-8-sig", lineterminator="\n")


def _parquet(path: Path, columns: Mapping[str, _Column]) -> None:
    with extra("big"):
        import duckdb
    with duckdb.connect() as connection:
        connection.register("answers", _frame(columns))
        connection.execute("COPY answers TO '" + str(path).replace("'", "''") + "' (FORMAT parquet)")


_PLAIN: Mapping[str, Callable[[Path, Mapping[str, _Column]], None]] = {".csv": _csv, ".parquet": _parquet}


def _spss_names(names: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    """Names as SPSS allows them; two that differ in case alone are one to it."""
    taken: set[str] = set()
    for name in sorted(names, key=lambda name: _legal(name) != name):  # names that may stay come first
        short, number = _legal(name), 1
        while short.lower() in taken:
            number += 1
            short = f"{_legal(name).encode()[: _LONGEST - 4].decode(errors='ignore')}_{number}"
        taken.add(short.lower())
        yield name, short


def _legal(name: str) -> str:
    """Letters, digits, dots and underscores, a letter first, 64 bytes.

    Examples
    --------
    >>> _legal("2. Wait (min)"), _legal("满意度"), _legal("reasons:price"), _legal("by")
    ('v2._Wait_min', '满意度', 'reasons_price', 'by_')
    """
    plain = re.sub(r"[^\w.]+", "_", name).strip("_.")
    plain = plain if plain[:1].isalpha() else f"v{plain}"
    return (f"{plain}_" if plain.lower() in _RESERVED else plain).encode()[:_LONGEST].decode(errors="ignore")
