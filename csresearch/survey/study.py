"""Study: what was asked, of whom, on which scale; one study.toml, read once and never changed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from csresearch.errors import StudyError
from csresearch.survey.grammar import Data, Design, Dispositions, Groups, Loop, Rake, ReportTable, Roles, Step
from csresearch.survey.questions import Attribute, Construct, Facet, Item, Multiple, Scale
from csresearch.survey.study_file.faults import listed, nearest


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Study:
    """What was asked, of whom, on which scale. Made by `load_study`.

    Attributes
    ----------
    items : mapping of column to Item
        Those of [items], then the columns of the facets.
    constructs, attributes, facets, scales : mapping of name to what it stands for
    words : mapping of name to its labels by language
        Categories, group columns, owners and events, from [labels].
    paths : mapping of target to its sources
    elements : mapping of element to systems
    roles : Roles
        `outcome`, `expectation` (`term`, `asked`), `performance`, `disconfirmation`, `drivers`, `recommend`; without
        drivers of its own a study with a performance facet takes its attributes, apart from the outcome.
    groups : Groups
        `wave` (`column`, `order`, `events`), `brand` (`column`, `own`), `outlet` (`column`), `segments`.
    design : Design
        `weight`, `strata`, `clusters`, `outlet`, `outlets`, `population_clusters`.
    margins : mapping of margin to mapping of category to share
        A margin is a column, or several: "age * sex", with categories such as "18-29 * female".
    margins_own : mapping of category of `rake.within` to margins
        Margins of its own.
    means : mapping of column to number
        Means of numbers in the population.
    rake : Rake
        `within`, `trim`, `method`.
    plan : mapping of term to Step
        `owner`, `cost`, `move`, `target`, `by`, `effort`.
    budget, capacity : float or None
        What there is to spend, in the money of the costs; how much effort at most, in the sum of the efforts.
    report : ReportTable
        `template`, `layouts`.
    data : Data
        `file`, `sha256`, `id`, `duration`, `missing`, `screening`, `unreadable`; `layout`, `encoding`, `delimiter`,
        `decimal`, `sheet` where the file does not tell.
    columns : mapping of name to header
        Short names for headers of the file.
    multiple : mapping of name to Multiple
        Questions with several answers; an option is the column `name:option`.
    loop : Loop or None
        Questions asked again for each brand: `column`, `values`, `columns`.
    dispositions : mapping of wave to Dispositions
        AAPOR outcomes of all who were drawn; under "" for the whole study.
    source : Path
        The study file, for messages; data files are looked for beside it.

    Examples
    --------
    >>> from csresearch import load_study, study_folder
    >>> study = load_study(study_folder("mobile"))
    >>> study.label("quality", language="es"), study.columns_of("value"), study.ends("PERV1")
    ('Calidad percibida', ('PERV1', 'PERV2'), (1.0, 10.0))
    """

    title: Mapping[str, str]
    languages: tuple[str, ...]
    population: Mapping[str, str]
    data: Data
    scales: Mapping[str, Scale]
    items: Mapping[str, Item]
    constructs: Mapping[str, Construct]
    paths: Mapping[str, tuple[str, ...]]
    roles: Roles
    attributes: Mapping[str, Attribute]
    facets: Mapping[str, Facet]
    elements: Mapping[str, tuple[str, ...]]
    design: Design
    margins: Mapping[str, Mapping[str, float]]
    margins_own: Mapping[str, Mapping[str, Mapping[str, float]]]
    means: Mapping[str, float]
    rake: Rake
    groups: Groups
    words: Mapping[str, Mapping[str, str]]
    plan: Mapping[str, Step]
    report: ReportTable
    source: Path
    columns: Mapping[str, str]
    multiple: Mapping[str, Multiple]
    loop: Loop | None = None
    dispositions: Mapping[str, Dispositions]
    budget: float | None = None
    capacity: float | None = None

    @property
    def folder(self) -> Path:
        """Folder of the study file."""
        return self.source.parent

    @property
    def template(self) -> Path | None:
        """Master of the deck, beside the study file; None for our own."""
        return None if self.report.template is None else self.folder / self.report.template

    def item(self, column: str) -> Item:
        """Item behind a column; StudyError with the nearest names where there is none."""
        found = self.items.get(column) or self.options.get(column)
        if found is None:
            raise _unknown(self.source, "item", column, (*self.items, *self.options))
        return found

    @cached_property
    def options(self) -> Mapping[str, Item]:
        """Options of the questions with several answers, `name:option`, as items of 0 and 1 that are in no scale."""
        return {
            f"{name}:{option}": Item(
                column=f"{name}:{option}",
                scale=Scale(name=f"{name}:", ends=(0.0, 1.0)),
                labels={self.languages[0]: option.replace("_", " "), **self.words.get(f"{name}.{option}", {})},
            )
            for name, question in self.multiple.items()
            for option in question.options
        }

    def ends(self, column: str) -> tuple[float, float]:
        """Theoretical ends of an item's scale."""
        return self.item(column).scale.ends

    def is_reversed(self, column: str) -> bool:
        """Tell whether a high answer to the item is a bad one."""
        return self.item(column).reversed

    def columns_of(self, term: str) -> tuple[str, ...]:
        """Item columns of a construct, an attribute (its performance column), an item or a facet (all its columns).

        Of a question with several answers they are its options, `name:option`.

        Raises
        ------
        StudyError
            Unknown term, with the nearest names; an attribute of a study without a performance facet.
        """
        if term in self.constructs:
            return self.constructs[term].items
        if term in self.attributes:
            return (self.facet_column("performance", term),)
        if term in self.facets and term not in self.items:
            return tuple(c for attribute in self.facets[term].attributes for c in self.facet_columns(term, attribute))
        if term in self.multiple and term not in self.items:
            return tuple(f"{term}:{option}" for option in self.multiple[term].options)
        if term not in self.items and term not in self.options:
            known = (*self.constructs, *self.attributes, *self.items, *self.multiple)
            raise _unknown(self.source, "term", term, known)
        return (term,)

    @property
    def margin_names(self) -> tuple[str, ...]:
        """Margins of all and of parts, and numbers whose mean is given."""
        own = (name for margins in self.margins_own.values() for name in margins)
        return tuple(dict.fromkeys([*self.margins, *own, *self.means]))

    @property
    def rated(self) -> tuple[str, ...]:
        """Terms of the importance-performance grid: the attributes, else the drivers."""
        return tuple(self.attributes) or tuple(self.roles.drivers or ())

    def facet_column(self, facet: str, attribute: str) -> str:
        """Column in which a facet of an attribute was answered: `p_care`."""
        columns = self.facet_columns(facet, attribute)
        if len(columns) > 1:
            raise StudyError(f"{self.source.name}: facet '{facet}' has {len(columns)} columns; use facet_columns")
        return columns[0]

    def facet_columns(self, facet: str, attribute: str) -> tuple[str, ...]:
        """Columns of a facet of an attribute; two for Kano (functional, dysfunctional)."""
        if facet not in self.facets:
            raise _unknown(self.source, "facet", facet, self.facets)
        asked = self.facets[facet]
        if attribute not in asked.attributes:
            message = f"{self.source.name}: facet '{facet}' was not asked of '{attribute}'"
            raise StudyError(f"{message}; it was of {listed(asked.attributes)}")
        return tuple(pattern.replace("{}", attribute) for pattern in asked.patterns)

    def labels(self, name: str) -> Mapping[str, str]:
        """Labels by language of an item, a construct or an attribute, as far as they were written."""
        terms: dict[str, Construct | Attribute | Item | Multiple] = {**self.options, **self.multiple, **self.items}
        terms |= {**self.attributes, **self.constructs}
        if name not in terms:
            raise _unknown(self.source, "term", name, (*self.constructs, *self.attributes, *self.items))
        return terms[name].labels

    def label(self, name: str, language: str = "en") -> str:
        """Words for an item (its wording), a construct or an attribute; else the first language, else the key."""
        return self._in(self.labels(name), language) or name.replace("_", " ")

    def word(self, name: str, language: str = "en", *, of: str | None = None) -> str:
        """Words for a category, a group column, an owner or an event; else the name, `own_dealer` as own dealer.

        `of` is the column of a category, or the role of that column: `"sex.1"` in [labels] wins over `1`.
        """
        roles = {role: getattr(self.groups, role) for role in ("wave", "brand", "outlet")}
        column = roles[of].column if of in roles and roles[of] is not None else of
        own = self.words.get(f"{column}.{name}", {})
        return self._in(own, language) or self._in(self.words.get(name, {}), language) or name.replace("_", " ")

    def titled(self, language: str) -> str:
        """Title in a language; else in the first."""
        return self._in(self.title, language) or next(iter(self.title.values()))

    def population_in(self, language: str) -> str:
        """Say whom the study is about in a language, else in the first; "" where it does not say."""
        return self._in(self.population, language)

    def _in(self, labels: Mapping[str, str], language: str) -> str:
        return labels.get(language) or labels.get(self.languages[0], "")

    def __repr__(self) -> str:
        title = self.titled(self.languages[0])
        return f"Study: {title} ({len(self.items)} items, {len(self.constructs)} constructs, {self.data.file})"


def _unknown(source: Path, what: str, name: str, known: Iterable[str]) -> StudyError:
    every = tuple(known)
    remedy = nearest(name, every) or f"known are {listed(every)}"
    return StudyError(f"{source.name}: there is no {what} '{name}'; {remedy}")
