"""Faults that show only when two tables of a study file are held side by side."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from typing import Any

from csresearch.survey.grammar import VERSION, File, label_columns
from csresearch.survey.study_file.coherence_design import design_faults, margin_faults
from csresearch.survey.study_file.coherence_file import file_faults
from csresearch.survey.study_file.faults import Document, Fault, Place, listed, nearest, place, quote, table, twice

EFFORT_ENDS = {1: (1.0, 5.0), 2: (1.0, 7.0)}


@dataclass(frozen=True)
class Known:
    """Names a study file declares, entries with faults of their own included: one fault is told once."""

    scales: tuple[str, ...]
    columns: tuple[str, ...]
    constructs: tuple[str, ...]
    attributes: tuple[str, ...]

    @property
    def terms(self) -> tuple[str, ...]:
        """Names a model may use."""
        return self.constructs + self.attributes + self.columns


def cross_faults(file: File, document: Document) -> list[Fault]:
    """Find every fault between tables; `file` holds what was well formed, `document` all that was written."""
    known = _known(document)
    checks = (
        _uses, _lists, _scales, _facets, _names, _circles, _outcome, _unordered, _effort, _budget, _responding,
        _screening, _labels, _segments, _report,
    )  # fmt: skip
    found = [fault for check in checks for fault in check(file, known)]
    found += [*design_faults(file), *margin_faults(file), *file_faults(file, known.terms)]
    return [*_required(file, document), *found]


def _known(document: Document) -> Known:
    """Collect the names from the document as written."""
    attributes = table(document, "attributes")
    columns = list(table(document, "items"))
    for facet in table(document, "facets").values():
        if isinstance(facet, dict):
            written = [facet.get("column"), *_list(facet.get("columns"))]
            of = _list(facet.get("of")) or list(attributes)
            columns += [p.replace("{}", str(a)) for p in written if isinstance(p, str) for a in of]
    scales, constructs = (tuple(table(document, name)) for name in ("scales", "constructs"))
    return Known(scales=scales, columns=tuple(columns), constructs=constructs, attributes=tuple(attributes))


def _required(file: File, document: Document) -> Iterator[Fault]:
    for key, line in (("schema", "schema = 1"), ("title", 'title = "..."'), ("data", '[data] with file = "..."')):
        if key not in document:
            yield Fault(place((key,)), "nothing", "a value", f"add {line}")
    if file.version not in (None, VERSION):
        yield Fault("schema", str(file.version), str(VERSION), "update csresearch, or the study file")
    if not ("items" in document or "facets" in document):
        yield Fault("[items]", "nothing", "at least one item", 'add Q1 = "wording"')


def _uses(file: File, known: Known) -> Iterator[Fault]:
    """Tell each name that is used and not declared, with the nearest ones, or where it could be added."""
    uses: list[tuple[Place, Iterable[str], Iterable[str], str]] = [
        (("roles", *key.split(".")), (term,), known.terms, "the study") for key, term in file.roles.single.items()
    ]
    uses.append((("roles", "drivers"), file.roles.drivers or (), known.terms, "the study"))
    for name, facet in file.facets.named.items():
        uses.append((("facets", name, "of"), facet.of or (), known.attributes, "[attributes]"))
    for name, construct in file.constructs.items():
        uses.append((("constructs", name, "items"), construct.items, known.columns, "[items] and [facets]"))
    for target, sources in file.paths.items():
        uses.append((("paths", target), (target, *sources), known.constructs, "[constructs]"))
    systems = sorted({attribute.system for attribute in file.attributes.values() if attribute.system})
    uses += [(("elements", name), used, systems, "the systems of [attributes]") for name, used in file.elements.items()]
    uses += [(("plan", term), (term,), known.terms, "[constructs] and [attributes]") for term in file.plan.steps]
    if file.groups.wave and file.groups.wave.order:
        uses.append((("groups", "wave", "events"), file.groups.wave.events, file.groups.wave.order, "wave.order"))
    yield from (
        Fault(f"[labels] {name}", "a name with words of its own", "categories, groups, owners, events", "take it away")
        for name in file.labels
        if name in known.terms
    )
    yield from _categories(file, known)
    for loc, names, declared, home in uses:
        for name in dict.fromkeys(names):
            if name not in declared:
                remedy = nearest(name, declared) or f"add it to {home}, or take it away here"
                yield Fault(place(loc), f"the unknown name '{name}'", listed(declared), remedy)


def _categories(file: File, known: Known) -> Iterator[Fault]:
    """Refuse words for a category of a question: only groups have categories that are shown by name."""
    named = label_columns(None, file.design, file.groups, file.margins.columns)
    grouped = tuple(dict.fromkeys(column for _, column in named if column not in known.terms))
    for name in file.labels:
        of = next((term for term in known.terms if name.startswith(f"{term}.")), None)
        if of is not None and not any(name.startswith(f"{column}.") for column in grouped):
            remedy = "name the column of a group before the point, or take it away"
            yield Fault(f"[labels] {quote(name)}", f"'{of}', which is no group", listed(grouped), remedy)


def _lists(file: File, known: Known) -> Iterator[Fault]:
    """Tell what stands twice in a list."""
    lists: dict[Place, Iterable[str]] = {("languages",): file.languages, ("roles", "drivers"): file.roles.drivers or ()}
    lists |= {("scales", name, "options"): scale.options or () for name, scale in file.scales.items()}
    lists |= {("constructs", name, "items"): construct.items for name, construct in file.constructs.items()}
    lists |= {("paths", target): sources for target, sources in file.paths.items()}
    lists["groups", "segments"] = file.groups.segments
    if file.groups.wave:
        lists["groups", "wave", "order"] = file.groups.wave.order or ()
    for loc, names in lists.items():
        for name in twice(names):
            yield Fault(place(loc), f"'{name}' twice", "each once", "take one away")


def _scales(file: File, known: Known) -> Iterator[Fault]:
    for name, scale in file.scales.items():
        where = place(("scales", name))
        low, high = scale.ends or (1, len(scale.options or ()))
        if (scale.ends is None) == (scale.options is None):
            found = f"{'neither' if scale.ends is None else 'both'} of ends and options"
            remedy = "write ends = [1, 10] for ratings, options = [...] for answers in words"
            yield Fault(where, found, "one of them", remedy)
        if not scale.ordered and scale.options is None:
            yield Fault(f"{where}.ordered", "false", "options", "take it away: numbers have an order")
        if scale.ends is not None and low >= high:
            remedy = "write the lower end first; a reversed item says reversed = true in [items]"
            yield Fault(f"{where}.ends", f"[{low:g}, {high:g}]", "lower < upper", remedy)
        for code in scale.missing:
            if (number := _number(code)) is not None and low <= number <= high:
                remedy = "a code cannot be an answer and a kind of missing; change the ends or the code"
                yield Fault(f"{where}.missing", code, f"codes outside {low:g} to {high:g}", remedy)
    named = {("items", column, "scale"): item.scale for column, item in file.items.items()}
    named |= {("facets", name, "scale"): facet.scale for name, facet in file.facets.named.items()}
    for loc, chosen in named.items():
        if chosen is not None and chosen not in known.scales:
            remedy = nearest(chosen, known.scales) or f"add [scales] {chosen} = {{ ends = [1, 10] }}"
            yield Fault(place(loc), quote(chosen), listed(known.scales), remedy)
        if chosen is None and len(known.scales) != 1:
            remedy = "name its scale" if known.scales else "add [scales] rating = { ends = [1, 10] }"
            yield Fault(place(loc), "nothing", listed(known.scales), remedy)


def _facets(file: File, known: Known) -> Iterator[Fault]:
    if file.facets.named and not known.attributes:
        yield Fault("[facets]", "no [attributes]", "at least one", 'add name = "label"')
    for name, facet in file.facets.named.items():
        where = place(("facets", name))
        if (facet.column is None) == (facet.columns is None):
            found = "neither of column and columns" if facet.column is None else "both column and columns"
            yield Fault(where, found, "one of them", 'write column = "p_{}"')
        for pattern in (facet.column, *(facet.columns or ())):
            if pattern is not None and pattern.count("{}") != 1:
                remedy = "{} stands for the key of the attribute, as in 'p_{}'"
                yield Fault(where, quote(pattern), "exactly one {}", remedy)


def _names(file: File, known: Known) -> Iterator[Fault]:
    for column in twice(known.columns):
        remedy = "give each question its own column; a column of a facet needs no line in [items]"
        yield Fault("[facets]", f"column '{column}' twice", "each once", remedy)
    for name in known.constructs:
        single = name in file.constructs and file.constructs[name].items == (name,)
        if name in known.attributes or (name in known.columns and not single):
            what = "an attribute" if name in known.attributes else "a column"
            remedy = f"rename the construct; a term must mean one thing ('{name}' is {what} too)"
            yield Fault(place(("constructs", name)), quote(name), "a name of its own", remedy)
    for name in known.attributes:
        if name in known.columns:
            remedy = "rename the attribute; a term must mean one thing"
            yield Fault(place(("attributes", name)), "a column of this name too", "a name of its own", remedy)


def _circles(file: File, known: Known) -> Iterator[Fault]:
    graph = {target: set(sources) for target, sources in file.paths.items()}
    while True:
        try:
            TopologicalSorter(graph).prepare()
        except CycleError as error:
            circle: list[str] = error.args[1]
            remedy = "take one of these arrows away; a path model runs one way"
            yield Fault("[paths]", f"the circle {' -> '.join(circle)}", "no circle", remedy)
            graph[circle[1]].discard(circle[0])  # look for further circles
        else:
            return


def _outcome(file: File, known: Known) -> Iterator[Fault]:
    outcome = file.columns_behind(file.roles.outcome)
    for driver in file.roles.drivers or ():
        if outcome & file.columns_behind(driver):
            allowed = f"terms other than the outcome '{file.roles.outcome}'"
            remedy = "take it away: an outcome explains itself perfectly"
            yield Fault("[roles] drivers", quote(driver), allowed, remedy)


def _unordered(file: File, known: Known) -> Iterator[Fault]:
    """Refuse options without an order where a mean is taken of them."""
    means = {f"[constructs] {name}": set(construct.items) for name, construct in file.constructs.items()}
    means |= {f"[roles] {key}": file.columns_behind(term) for key, term in file.roles.single.items()}
    means |= {f"[roles] drivers '{name}'": file.columns_behind(name) for name in file.roles.drivers or ()}
    counted = {column for column, item in file.items.items() if _counted(file, item.scale)}
    remedy = "name questions that have an order, or list the options from low to high and take ordered = false away"
    for where, columns in means.items():
        for column in sorted(columns & counted):
            yield Fault(where, f"'{column}', whose options have no order and so no mean", "ratings", remedy)
    counted = {c for c, item in file.items.items() if item.reversed and _counted(file, item.scale)}
    yield from (Fault(f"[items] {c}.reversed", "options without an order", "ratings", "take it away") for c in counted)


def _counted(file: File, scale: str | None) -> bool:
    """Tell whether a scale holds options without an order; the only one where none is named."""
    chosen = file.scales.get(scale or next(iter(file.scales), ""))
    return chosen is not None and not chosen.ordered


def _effort(file: File, known: Known) -> Iterator[Fault]:
    """Refuse a question of effort on the scale of the other version: they run in opposite directions."""
    effort = file.roles.effort
    columns = sorted(file.columns_behind(None if effort is None else effort.term))
    if effort is None or not set(columns) <= set(file.items):
        return
    low, high = EFFORT_ENDS[effort.version]
    allowed = f"one question on {low:g} to {high:g}, as version {effort.version} asks"
    remedy = "name the version that was asked; version 1 is effort (1 to 5), version 2 ease (1 to 7), never mixed"
    if len(columns) > 1:
        yield Fault("[roles] effort", f"{len(columns)} questions", allowed, remedy)
        return
    named = file.items[columns[0]].scale or next(iter(file.scales), None)
    scale = file.scales.get(named or "")
    ends = None if scale is None else scale.ends or (1.0, float(len(scale.options or ())))
    if ends is not None and ends != (low, high):
        yield Fault("[roles] effort", f"'{columns[0]}' on {ends[0]:g} to {ends[1]:g}", allowed, remedy)


def _budget(file: File, known: Known) -> Iterator[Fault]:
    costs = {term: step.cost for term, step in file.plan.steps.items() if step.cost is not None}
    if file.plan.budget is None:
        return
    if not costs:
        remedy = "write cost = ... to at least one step, or take the budget away"
        yield Fault("[plan] budget", f"{file.plan.budget:g}, and no step with a cost", "a cost", remedy)
    elif file.plan.budget < min(costs.values()):
        cheapest = min(costs, key=lambda term: costs[term])
        remedy = f"nothing can be done for it: the cheapest step is '{cheapest}', {costs[cheapest]:g}"
        yield Fault("[plan] budget", f"{file.plan.budget:g}", f"{costs[cheapest]:g} or more", remedy)


def _responding(file: File, known: Known) -> Iterator[Fault]:
    if set(file.dispositions) - {""} and file.groups.wave is None:
        remedy = "add wave = { column = '...' } to [groups], or write the outcomes of all waves as one table"
        yield Fault("[dispositions]", f"waves {listed(file.dispositions)}, and no wave", "a column of waves", remedy)


def _screening(file: File, known: Known) -> Iterator[Fault]:
    rules = file.data.screening.rules if file.data else {}
    for rule, key in (("speed", "duration"), ("duplicate", "id")):
        if rule in rules and getattr(file.data, key) is None:
            remedy = f'add {key} = "column" to [data], or take {rule} away'
            yield Fault(f"[data] screening.{rule}", f"no {key}", "a column", remedy)
    careless = file.data.screening.careless if file.data else None
    if careless is not None and len(careless.judged) < careless.kinds:
        found = f"signs of {len(careless.judged)} kind ({listed(careless.judged)}) and kinds = {careless.kinds}"
        remedy = "name signs of more kinds, or leave signs out for all: a respondent goes on different kinds only"
        yield Fault("[data] screening.careless", found, f"signs of {careless.kinds} kinds", remedy)


def _report(file: File, known: Known) -> Iterator[Fault]:
    if file.report.named and file.report.template is None:
        remedy = 'add template = "client.potx" to [report], or take the layouts away'
        yield Fault("[report.layouts]", "no template", "layouts of a template", remedy)


def _labels(file: File, known: Known) -> Iterator[Fault]:
    """Refuse one column as an answer on a scale and as a label of the respondent."""
    for where, column in label_columns(file.data, file.design, file.groups, file.margins.columns):
        if column in known.columns:
            remedy = "an item is an answer on a scale; group by another column, or take it out of [items]"
            yield Fault(where, f"the item '{column}'", "a column that is no item", remedy)


def _segments(file: File, known: Known) -> Iterator[Fault]:
    """Refuse a segment that is compared already as wave, brand or outlet, or is taken for it by its name."""
    roles = {key: getattr(file.groups, key).column for key in file.groups.given if key != "segments"}
    for column in dict.fromkeys(file.groups.segments):
        for role, taken in roles.items():
            if column in (role, taken):
                found = f"'{column}', the column of {role}" if column == taken else f"'{column}', the name of a role"
                remedy = f"take it away, {role} is compared anyway" if column == taken else "rename the column"
                yield Fault("[groups] segments", found, "columns beside wave, brand and outlet", remedy)


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None
