"""Saved report: what was told, as plain JSON, so that documents can be written again without data and models."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, is_dataclass
from functools import cache
from importlib.metadata import version
from pathlib import Path
from types import UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

import numpy as np
import pandas as pd

from csresearch.errors import DataError
from csresearch.report.exhibit import Exhibit, Report
from csresearch.show import specs

SCHEMA = 1
PLACE = Path("results") / "report.json"
KIND = "is"  # names the class of a saved value
_CLASSES: Mapping[str, type] = {
    name: made
    for name, made in (vars(specs) | {"Exhibit": Exhibit, "Report": Report}).items()
    if isinstance(made, type) and is_dataclass(made)
}


@dataclass(frozen=True, kw_only=True, eq=False)
class Saved:
    """What one run told.

    Attributes
    ----------
    reports : mapping of language to Report
    tables : mapping of name to DataFrame
        Every table of every result, at full precision.
    template : str
        Name of the client's master beside the saved report; empty for our own.
    layouts : mapping
        Our layouts to those of the master.
    """

    reports: Mapping[str, Report]
    tables: Mapping[str, pd.DataFrame]
    template: str = ""
    layouts: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name, kind in (("reports", Report), ("tables", pd.DataFrame), ("layouts", str)):
            parts = getattr(self, name)
            if not isinstance(parts, Mapping) or not all(isinstance(part, kind) for part in parts.values()):
                raise TypeError(f"`{name}` is no mapping of name to {kind.__name__}")
        if not isinstance(self.template, str) or Path(self.template).name != self.template:
            raise TypeError("`template` is no name of a file beside the saved report")

    def report(self, language: str) -> Report:
        """Report in a language.

        Raises
        ------
        ValueError
            The run did not tell it in this language; the message lists those it did.
        """
        if language not in self.reports:
            known = ", ".join(self.reports)
            raise ValueError(
                f"language must be one of {known}; found {language!r}. A run saves English and the `languages` of "
                "study.toml: add it there and run again"
            )
        return self.reports[language]


def encode(value: Any) -> Any:
    """Turn specs, exhibits and frames into what JSON can hold; NaN and infinity stand as words.

    Examples
    --------
    >>> from csresearch.show.specs import BigNumber
    >>> encode(BigNumber(label="NPS", number="+23"))
    {'is': 'BigNumber', 'label': 'NPS', 'number': '+23', 'ends': '', 'note': ''}
    >>> encode((1.5, float("nan")))
    [1.5, {'is': 'float', 'value': 'nan'}]
    """
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, str):
        return str(value)
    if value is None or value is pd.NA or value is pd.NaT:
        return None
    if isinstance(value, float) and not math.isfinite(value):
        return {KIND: "float", "value": str(value)}
    if isinstance(value, (bool, int, float)):
        return value
    if isinstance(value, (list, tuple)):
        return [encode(part) for part in value]
    if isinstance(value, pd.DataFrame):
        return {KIND: "DataFrame", "columns": [_column(str(name), value[name]) for name in value.columns]}
    if isinstance(value, Mapping):
        return {str(key): encode(part) for key, part in value.items()}
    if type(value).__name__ in _CLASSES:
        parts = {f.name: encode(getattr(value, f.name)) for f in fields(value)}
        return {KIND: type(value).__name__, **parts}
    raise TypeError(f"a saved report holds plain data and specs of csresearch.show.specs, no {type(value).__name__}")


def decode(value: Any) -> Any:
    """Turn back what `encode` made; lists become tuples.

    Examples
    --------
    >>> decode({"is": "BigNumber", "label": "NPS", "number": "+23", "ends": "", "note": ""}).number
    '+23'
    """
    if isinstance(value, list):
        return tuple(map(decode, value))
    if not isinstance(value, dict):
        return value
    kind = value.get(KIND)
    if kind is None:
        return {key: decode(part) for key, part in value.items()}
    if kind == "float":
        return float(value["value"])
    if kind == "DataFrame":
        return pd.DataFrame({part["name"]: _series(part) for part in value["columns"]})
    parts = {key: decode(part) for key, part in value.items() if key != KIND}
    for name, hint in _hints(_CLASSES[kind]).items():
        if name in parts and not _fits(parts[name], hint):
            raise TypeError(f"`{name}` of {kind} holds {parts[name]!r:.40}")
    return _CLASSES[kind](**parts)


@cache
def _hints(made: type) -> Mapping[str, Any]:
    return get_type_hints(made)


def _fits(value: Any, hint: Any) -> bool:
    """Tell whether a value is what a field asks for: a file edited by hand may hold anything."""
    kind, parts = get_origin(hint), get_args(hint)
    if kind is Literal:
        return value in parts
    if kind in (Union, UnionType):
        return any(_fits(value, part) for part in parts)
    if kind is tuple and isinstance(value, tuple):
        pairs = parts[:1] * len(value) if parts[1:] == (...,) else parts
        return len(pairs) == len(value) and all(map(_fits, value, pairs))
    if kind is not None and isinstance(value, Mapping):
        return issubclass(Mapping, kind) and all(_fits(part, parts[1]) for part in value.values())
    if hint is float:
        return isinstance(value, (int, float)) and not isinstance(value, bool)
    return isinstance(value, kind or hint) and (kind is None or kind is not tuple)


def write_saved(saved: Saved, to: Path) -> None:
    """Write a saved report; equal contents give equal bytes."""
    content = {
        "schema": SCHEMA,
        "csresearch": version("csresearch"),
        "template": saved.template,
        "layouts": dict(saved.layouts),
        "reports": encode(saved.reports),
        "tables": encode(saved.tables),
    }
    words = json.dumps(content, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    to.write_text(words + "\n", encoding="utf-8")


def read_saved(folder: Path) -> Saved:
    """Read the saved report of a folder that `run` has written.

    Raises
    ------
    DataError
        There is none, it is damaged, or another version of csresearch wrote it.
    """
    path = folder / PLACE
    again = "write it again with csresearch run"
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise DataError(
            f"{folder}: holds no {PLACE.as_posix()}; name a folder that csresearch run has written"
        ) from None
    except (OSError, ValueError) as error:
        raise DataError(f"{path}: is damaged ({error}); {again}") from error
    found = content.get("schema") if isinstance(content, dict) else None
    if found != SCHEMA:
        by = content.get("csresearch", "an unknown version") if isinstance(content, dict) else "something else"
        here = f"csresearch {version('csresearch')} reads schema {SCHEMA}"
        raise DataError(f"{path}: has schema {found!r}, written by {by}; {here}: {again}")
    try:
        return Saved(
            reports=decode(content["reports"]),
            tables=decode(content["tables"]),
            template=content["template"],
            layouts=content["layouts"],
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise DataError(
            f"{path}: is damaged or of another version ({type(error).__name__}: {error}); {again}"
        ) from error


def _column(name: str, series: pd.Series) -> dict[str, Any]:
    plain = series.dtype == object or isinstance(series.dtype, pd.CategoricalDtype)
    kind = "object" if plain else str(series.dtype)
    values = series.tolist()
    if not plain:  # the type of the column says what is missing
        values = [None if value != value or value is pd.NA else value for value in values]
    return {"name": name, "dtype": kind, "values": [encode(value) for value in values]}


def _series(part: Mapping[str, Any]) -> pd.Series:
    made: pd.Series = pd.Series([decode(value) for value in part["values"]], dtype=part["dtype"], name=part["name"])
    return made
