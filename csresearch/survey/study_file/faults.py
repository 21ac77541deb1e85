"""Faults of a study file in our words: where, what was found, what is allowed, what to do."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from difflib import get_close_matches
from types import NoneType
from typing import Any, NamedTuple, get_args, get_origin

from pydantic import BaseModel, ValidationError

from csresearch.survey.grammar import File, Margins, PlanTable, Step
from csresearch.survey.grammar.entries import Labelled, Table

Place = tuple[str | int, ...]
Document = Mapping[str, Any]

_PLAIN = ("schema", "title", "languages", "population")
_TYPES = {  # what pydantic calls it: (what is allowed, what to do)
    "string_type": ("a text", "put it in quotes"),
    "string_too_short": ("a text that is not empty", "fill it in or take the key away"),
    "string_pattern_mismatch": ("64 hexadecimal digits", "copy the SHA-256 of the file, or take the key away"),
    "bool_type": ("true or false", "write it without quotes"),
    "int_type": ("a whole number", "write it without quotes and without a point"),
    "float_type": ("a number", "write it without quotes"),
    "finite_number": ("a finite number", "write the number itself"),
    "tuple_type": ("a list", "put square brackets around it"),
    "too_short": ("a list with at least one entry", "fill it in or take the key away"),
    "too_long": ("two numbers", "keep the lower and the upper one"),
    "dict_type": ("a table { key = value }", "put it in braces"),
    "greater_than": ("a number above {gt:g}", "correct the number"),
    "greater_than_equal": ("a number from {ge:g} on", "correct the number"),
    "less_than_equal": ("a number up to {le:g}", "correct the number"),
}
_LINES = {
    "file": 'file = "answers.csv"',
    "column": 'column = "name of the column"',
    "items": 'items = ["Q1", "Q2"]',
    "term": 'term = "name of a construct"',
    "asked": 'asked = "before"',
    "kind": 'kind = "jk1"',
    "columns": 'columns = "rw*"',
    "values": 'values = { Alba = "1", Bora = "2" }',
    "version": "version = 2",
    "complete": "complete = 400",
}


class Fault(NamedTuple):
    """One fault of a study file.

    Examples
    --------
    >>> print(Fault("[data] missing", "'listwse'", "raise, listwise", "write 'listwise'"))
    [data] missing: found 'listwse'; allowed: raise, listwise; write 'listwise'
    """

    where: str
    found: str
    allowed: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.where}: found {self.found}; allowed: {self.allowed}; {self.remedy}"


def place(loc: Sequence[str | int]) -> str:
    """Name a place of the file as a reader finds it.

    Examples
    --------
    >>> place(("constructs", "满意", "items", 0)), place(("title", "en"))
    ('[constructs] 满意.items, entry 1', 'title.en')
    """
    keys = [part if re.fullmatch(r"[\w-]+", part) else f'"{part}"' for part in loc if isinstance(part, str) and part]
    if not keys:
        return "the file"
    head = keys[0] if keys[0] in _PLAIN else f"[{keys[0]}]"
    rest = ".".join(keys[1:])
    name = head if not rest else f"{head}.{rest}" if head in _PLAIN else f"{head} {rest}"
    return name + "".join(f", entry {part + 1}" for part in loc if isinstance(part, int))


def quote(value: object) -> str:
    """Show a value of the file, shortened."""
    if value is None or isinstance(value, dict | list):
        return "nothing" if value is None else "a table" if isinstance(value, dict) else "a list"
    if isinstance(value, str):
        return f"'{value}'" if len(value) <= 60 else f"'{value[:57]}...'"
    return str(value).lower() if isinstance(value, bool) else str(value)


def listed(names: Iterable[object]) -> str:
    """List names, at most twelve of them."""
    every = [str(name) or "(no name)" for name in names]
    more = f" and {len(every) - 12} more" if len(every) > 12 else ""
    return (", ".join(every[:12]) + more) or "none"


def twice(names: Iterable[str]) -> list[str]:
    """Names that stand several times."""
    return [name for name, count in Counter(names).items() if count > 1]


def nearest(name: str, known: Iterable[str]) -> str:
    """Suggest the nearest known name as a remedy; an empty text where none is near."""
    near = get_close_matches(name, list(known), n=3, cutoff=0.6)
    return f"did you mean {' or '.join(repr(other) for other in near)}?" if near else ""


def translate(error: ValidationError, document: Document, languages: Sequence[str]) -> list[Fault]:
    """Say every fault that one table alone shows."""
    details = error.errors(include_url=False)
    deep = {tuple(detail["loc"]) for detail in details}
    faults = []
    for detail in details:
        loc = tuple(detail["loc"])
        # a list that lost its faulty entries is not a second fault
        if detail["type"] == "too_short" and any(other[: len(loc)] == loc and other != loc for other in deep):
            continue
        if _is_label(loc) and loc[-1] not in languages:
            continue  # label_faults names the unknown key
        faults.append(_fault(detail["type"], loc, detail.get("ctx", {}), document))
    return faults


def label_faults(document: Document, languages: Sequence[str]) -> Iterator[Fault]:
    """Find keys of items, constructs, attributes and labels that are neither a key nor a language of the study."""
    entries: dict[Place, Any] = {(name,): document.get(name) for name in ("title", "population")}
    for name in ("items", "constructs", "attributes", "labels"):
        entries |= {(name, key): entry for key, entry in table(document, name).items()}
    for loc, entry in entries.items():
        known = [*_keys(annotation(loc)), *languages]
        for key in entry if isinstance(entry, dict) else ():
            if key not in known:
                quoted = f', or quote it: "{loc[1]}.{key}" is a category of {loc[1]}' if loc[0] == "labels" else ""
                yield _unknown_key(loc, key, known, f"take it away, or name it in languages{quoted}")


def table(document: Document, name: str) -> dict[str, Any]:
    """Table of the document as written; an empty one where there is none, or something else."""
    content = document.get(name)
    return content if isinstance(content, dict) else {}


_FREE: Mapping[Any, Any] = {Margins: dict[str, float], PlanTable: Step}
"""Tables whose remaining keys are names, and what may stand behind them."""


def annotation(loc: Place) -> Any:
    """Type that the grammar expects at a place; None where it knows no such place."""
    current: Any = File
    for part in loc:
        if isinstance(current, type) and issubclass(current, BaseModel):
            fields = {field.alias or name: field.annotation for name, field in current.model_fields.items()}
            found = fields.get(str(part))
            current = _FREE.get(current) if found is None else found
        elif get_origin(current) is dict:
            current = get_args(current)[1]
        else:
            return None
        inner = [option for option in get_args(current) if option is not NoneType]
        current = inner[0] if NoneType in get_args(current) and inner else current
    return current


def _fault(kind: str, loc: Place, context: Mapping[str, Any], document: Document) -> Fault:
    found = _value(document, loc)
    if kind == "extra_forbidden":
        return _unknown_key(loc[:-1], str(loc[-1]), _keys(annotation(loc[:-1])), "take it away")
    if kind == "missing":
        allowed, remedy = "a value", f"add {_LINES.get(str(loc[-1]), f'{loc[-1]} = ...')}"
        if isinstance(loc[-1], int):
            allowed, remedy = "two numbers", "write the lower and the upper one"
    elif kind == "model_type":
        allowed, remedy = annotation(loc).shorthand, "write it in one of these ways"
    elif kind == "literal_error":
        allowed = str(context["expected"])
        remedy = nearest(str(found), re.findall(r"'(.*?)'", allowed)) or "use one of these words"
    elif kind == "value_error":
        allowed, remedy = str(context["error"]), "write it in one of these ways"
    else:
        allowed, remedy = _TYPES[kind]
        allowed = allowed.format(**context) if "than" in kind else allowed
    return Fault(place(loc), quote(found), allowed, remedy)


def _unknown_key(loc: Place, key: str, known: Sequence[str], remedy: str) -> Fault:
    return Fault(place(loc), f"the unknown key '{key}'", listed(known), nearest(key, known) or remedy)


def _is_label(loc: Place) -> bool:
    """Tell whether a place is a language of a label."""
    model = annotation(loc[:-1]) if len(loc) > 1 else None
    return isinstance(model, type) and issubclass(model, Labelled) and loc[-1] not in _keys(model)


def _keys(model: Any) -> list[str]:
    """List the keys of a table as they are written."""
    if not (isinstance(model, type) and issubclass(model, Table)):
        return []
    return [field.alias or name for name, field in model.model_fields.items()]


def _value(document: Document, loc: Place) -> Any:
    current: Any = document
    for part in filter(lambda part: part != "", loc):  # a key that stands for what was written without one
        try:
            current = current[part]
        except (KeyError, IndexError, TypeError):
            return None if current is None or isinstance(current, dict | list) else current  # a bare word or number
    return current
