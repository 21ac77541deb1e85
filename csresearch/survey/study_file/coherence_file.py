"""Faults between the tables that say how the file becomes answers: [columns], [multiple], [loop]."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from csresearch.survey.grammar import File
from csresearch.survey.study_file.faults import Fault, place, quote, twice


def file_faults(file: File, terms: Collection[str]) -> list[Fault]:
    """Find every fault of the three tables; `terms` are the names that constructs, attributes and items have."""
    return [*_text(file), *_columns(file), *_multiple(file, terms), *_loop(file, terms)]


def _text(file: File) -> Iterator[Fault]:
    delimiter = file.data.delimiter if file.data else None
    if delimiter is not None and (delimiter.isalnum() or delimiter in "\"'\r\n\0 "):
        found = f"the sign {delimiter!r}"
        yield Fault("[data] delimiter", found, "a sign such as , ; | or a tab", "write the one between the cells")


def _columns(file: File) -> Iterator[Fault]:
    for header in twice(file.columns.values()):
        names = [name for name, written in file.columns.items() if written == header]
        yield Fault(place(("columns", names[-1])), f"the header {quote(header)} again", "each once", "keep one name")


def _multiple(file: File, terms: Collection[str]) -> Iterator[Fault]:
    for name, entry in file.multiple.items():
        where = place(("multiple", name))
        if (entry.columns is None) == (entry.column is None):
            found = "neither of columns and column" if entry.columns is None else "both columns and column"
            remedy = "write columns = { option = 'header' }, or column = 'header' with delimiter and options"
            yield Fault(where, found, "one of them", remedy)
        elif entry.column is not None and (entry.delimiter is None or entry.options is None):
            found = "no delimiter" if entry.delimiter is None else "no options"
            remedy = "write what stands between the answers of a cell, and the options as the cells have them"
            yield Fault(where, found, "delimiter and options", remedy)
        elif entry.columns is not None and (entry.options or entry.delimiter):
            remedy = "take them away: the keys of columns are the options"
            yield Fault(where, "columns, and options or a delimiter", "columns alone", remedy)
        if entry.columns is not None and not entry.columns:
            yield Fault(f"{where}.columns", "nothing", "at least one option", "write option = 'header'")
        for option in twice([*(entry.columns or {}).values(), *(entry.options or ())]):
            yield Fault(where, f"{quote(option)} twice", "each once", "take one away")
        for option in entry.options or ():
            if entry.delimiter and (entry.delimiter in option or option != option.strip()):
                remedy = "write it as it stands between two delimiters, without spaces around it"
                yield Fault(f"{where}.options", quote(option), f"options without {quote(entry.delimiter)}", remedy)
        if ":" in name:
            yield Fault(where, quote(name), "a name without ':'", "':' stands before the option, as in 'channels:web'")
        if name in terms:
            remedy = "rename the question; a term must mean one thing"
            yield Fault(where, f"{quote(name)}, a name that is taken", "a name of its own", remedy)


def _loop(file: File, terms: Collection[str]) -> Iterator[Fault]:
    loop = file.loop
    if loop is None:
        return
    for key in ("values", "columns"):
        if not getattr(loop, key):
            remedy = "write values = { Alba = '1' }, columns = { sat = 'q5_{}' }"
            yield Fault(f"[loop] {key}", "nothing", "at least one", remedy)
    for value in twice(loop.values.values()):
        yield Fault("[loop] values", f"{quote(value)} twice", "each once", "give each brand a value of its own")
    for column, pattern in loop.columns.items():
        if "{}" not in pattern:
            remedy = "{} stands for the value of the brand, as in 'q5_{}'"
            yield Fault(place(("loop", "columns", column)), quote(pattern), "{}", remedy)
    if loop.column in terms or loop.column in loop.columns:
        remedy = "take another name for the column that says which brand a row is about"
        yield Fault("[loop] column", quote(loop.column), "a name of its own", remedy)
    inside = {pattern.replace("{}", value) for pattern in loop.columns.values() for value in loop.values.values()}
    for name in sorted(inside & {*loop.columns, *(set(terms) - set(loop.columns))}):
        remedy = "the loop takes this column away; use the name that it makes"
        yield Fault("[loop] columns", f"the column {quote(name)}, used elsewhere", "a new name", remedy)
    alone = file.design.clusters is None and file.design.outlets != "sampled"
    if alone and file.data is not None and file.data.id is None:
        remedy = "add id = 'column' to [data]: the rows of a respondent are no independent answers"
        yield Fault("[loop]", "no id and no clusters", "one of them", remedy)
