"""Names that a study file declares, and what to say of a name it does not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from csresearch.survey.faults import Document, Fault, listed, nearest, place
from csresearch.survey.grammar import File


@dataclass(frozen=True)
class Known:
    """Names a study file declares, entries with faults of their own included: one fault is told once."""

    scales: tuple[str, ...]
    items: tuple[str, ...]
    facet_columns: tuple[str, ...]
    constructs: tuple[str, ...]
    attributes: tuple[str, ...]

    @property
    def columns(self) -> tuple[str, ...]:
        """Columns that hold answers."""
        return self.items + self.facet_columns

    @property
    def terms(self) -> tuple[str, ...]:
        """Names a model may use."""
        return self.constructs + self.attributes + self.columns


def known_names(document: Document) -> Known:
    """Collect the names from the document as written."""
    attributes = _table(document, "attributes")
    columns: list[str] = []
    for facet in _table(document, "facets").values():
        if isinstance(facet, dict):
            written = [facet.get("column"), *_list(facet.get("columns"))]
            of = _list(facet.get("of")) or list(attributes)
            columns += [p.replace("{}", str(a)) for p in written if isinstance(p, str) for a in of]
    return Known(
        scales=tuple(_table(document, "scales")),
        items=tuple(_table(document, "items")),
        facet_columns=tuple(columns),
        constructs=tuple(_table(document, "constructs")),
        attributes=tuple(attributes),
    )


def columns_behind(file: File, term: str) -> set[str]:
    """Collect the columns behind a term of a file that is not resolved yet."""
    if term in file.constructs:
        return set(file.constructs[term].items)
    performance = file.facets.performance
    if term in file.attributes and performance and performance.column:
        return {performance.column.replace("{}", term)}
    return {term}


def unknown(loc: tuple[str, ...], names: Iterable[str], known: Iterable[str], home: str) -> Iterator[Fault]:
    """Tell each name that is not known, once."""
    every = list(known)
    yield from (not_known(loc, name, every, home) for name in dict.fromkeys(names) if name not in every)


def not_known(loc: tuple[str, ...], name: str, known: Iterable[str], home: str) -> Fault:
    """Tell an unknown name with the nearest known ones; `home` is where it could be added."""
    every = list(known)
    remedy = nearest(name, every) or f"add it to {home}, or take it away here"
    return Fault(where=place(loc), found=f"the unknown name '{name}'", allowed=listed(every), remedy=remedy)


def twice(names: Iterable[str]) -> list[str]:
    """List the names that occur more than once."""
    return [name for name, count in Counter(names).items() if count > 1]


def _table(document: Document, key: str) -> dict[str, Any]:
    content = document.get(key)
    return content if isinstance(content, dict) else {}


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []
