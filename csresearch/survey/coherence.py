"""Faults that show only when two tables of a study file are held side by side."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from graphlib import CycleError, TopologicalSorter

from csresearch.survey.faults import Document, Fault, listed, nearest, place, quote
from csresearch.survey.grammar import VERSION, File
from csresearch.survey.names import Known, columns_behind, known_names, not_known, twice, unknown

SUM_TOLERANCE = 0.001


def cross_faults(file: File, document: Document) -> list[Fault]:
    """Find every fault between tables; `file` holds what was well formed, `document` all that was written."""
    known = known_names(document)
    checks: tuple[Callable[[File, Known], Iterator[Fault]], ...] = (
        _scales,
        _items,
        _facets,
        _names,
        _constructs,
        _paths,
        _roles,
        _elements,
        _design,
        _margins,
        _groups,
        _plan,
        _screening,
        _column_roles,
    )
    return [*_required(file, document), *(fault for check in checks for fault in check(file, known))]


def _required(file: File, document: Document) -> Iterator[Fault]:
    for key, line in (("schema", "schema = 1"), ("title", 'title = "..."'), ("data", '[data] with file = "..."')):
        if key not in document:
            where = "[data]" if key == "data" else key
            yield Fault(where=where, found="nothing", allowed="a value", remedy=f"add {line}")
    if file.version not in (None, VERSION):
        yield Fault(
            where="schema", found=str(file.version), allowed=str(VERSION), remedy="update csresearch, or the study file"
        )
    if not ("items" in document or "facets" in document):
        yield Fault(where="[items]", found="nothing", allowed="at least one item", remedy='add Q1 = "wording"')
    for name in twice(file.languages):
        yield Fault(where="languages", found=f"'{name}' twice", allowed="each once", remedy="take one away")


def _scales(file: File, known: Known) -> Iterator[Fault]:
    for name, scale in file.scales.items():
        where = place(("scales", name))
        if (scale.ends is None) == (scale.options is None):
            found = "neither" if scale.ends is None else "both"
            remedy = "write ends = [1, 10] for ratings, options = [...] for answers in words"
            yield Fault(where=where, found=f"{found} of ends and options", allowed="one of them", remedy=remedy)
        if scale.ends is not None and scale.ends[0] >= scale.ends[1]:
            low, high = scale.ends
            remedy = "write the lower end first; a reversed item says reversed = true in [items]"
            yield Fault(where=f"{where}.ends", found=f"[{low:g}, {high:g}]", allowed="lower < upper", remedy=remedy)
        for option in twice(scale.options or ()):
            yield Fault(where=f"{where}.options", found=f"'{option}' twice", allowed="each once", remedy="rename one")
        low, high = scale.ends or (1, len(scale.options or ()))
        for code in scale.missing:
            if (number := _number(code)) is not None and low <= number <= high:
                allowed = f"codes outside {low:g} to {high:g}"
                remedy = "a code cannot be an answer and a kind of missing; change the ends or the code"
                yield Fault(where=f"{where}.missing", found=code, allowed=allowed, remedy=remedy)


def _items(file: File, known: Known) -> Iterator[Fault]:
    for column, item in file.items.items():
        yield from _scale_of(("items", column), item.scale, known)


def _scale_of(loc: tuple[str, ...], scale: str | None, known: Known) -> Iterator[Fault]:
    if scale is not None and scale not in known.scales:
        remedy = nearest(scale, known.scales) or f"add [scales] {scale} = {{ ends = [1, 10] }}"
        yield Fault(where=place((*loc, "scale")), found=quote(scale), allowed=listed(known.scales), remedy=remedy)
    if scale is None and len(known.scales) != 1:
        remedy = "name its scale" if known.scales else "add [scales] rating = { ends = [1, 10] }"
        yield Fault(where=place((*loc, "scale")), found="nothing", allowed=listed(known.scales), remedy=remedy)


def _facets(file: File, known: Known) -> Iterator[Fault]:
    if file.facets.named and not known.attributes:
        yield Fault(where="[facets]", found="no [attributes]", allowed="at least one", remedy='add name = "label"')
    for name, facet in file.facets.named.items():
        loc = ("facets", name)
        yield from _scale_of(loc, facet.scale, known)
        if (facet.column is None) == (facet.columns is None):
            found = "neither of column and columns" if facet.column is None else "both column and columns"
            yield Fault(where=place(loc), found=found, allowed="one of them", remedy='write column = "p_{}"')
        for pattern in (facet.column, *(facet.columns or ())):
            if pattern is not None and pattern.count("{}") != 1:
                remedy = "{} stands for the key of the attribute, as in 'p_{}'"
                yield Fault(where=place(loc), found=quote(pattern), allowed="exactly one {}", remedy=remedy)
        yield from unknown((*loc, "of"), facet.of or (), known.attributes, "[attributes]")


def _names(file: File, known: Known) -> Iterator[Fault]:
    for column in twice(known.columns):
        remedy = "give each question its own column; a column of a facet needs no line in [items]"
        yield Fault(where="[facets]", found=f"column '{column}' twice", allowed="each once", remedy=remedy)
    for name in known.constructs:
        single = name in file.constructs and file.constructs[name].items == (name,)
        others = known.attributes if single else known.attributes + known.columns
        if name in others:
            what = "an attribute" if name in known.attributes else "a column"
            remedy = f"rename the construct; a term must mean one thing ('{name}' is {what} too)"
            yield Fault(
                where=place(("constructs", name)), found=quote(name), allowed="a name of its own", remedy=remedy
            )
    for name in known.attributes:
        if name in known.columns:
            remedy = "rename the attribute; a term must mean one thing"
            yield Fault(
                where=place(("attributes", name)),
                found="a column of this name too",
                allowed="a name of its own",
                remedy=remedy,
            )


def _constructs(file: File, known: Known) -> Iterator[Fault]:
    for name, construct in file.constructs.items():
        loc = ("constructs", name, "items")
        yield from unknown(loc, construct.items, known.columns, "[items] and [facets]")
        for item in twice(construct.items):
            yield Fault(where=place(loc), found=f"'{item}' twice", allowed="each once", remedy="take one away")


def _paths(file: File, known: Known) -> Iterator[Fault]:
    for target, sources in file.paths.items():
        if target not in known.constructs:
            yield not_known(("paths", target), target, known.constructs, "[constructs]")
        yield from unknown(("paths", target), sources, known.constructs, "[constructs]")
        for source in twice(sources):
            found = f"'{source}' twice"
            yield Fault(where=place(("paths", target)), found=found, allowed="each once", remedy="take one away")
    graph = {target: set(sources) for target, sources in file.paths.items()}
    while True:
        try:
            TopologicalSorter(graph).prepare()
        except CycleError as error:
            circle: list[str] = error.args[1]
            remedy = "take one of these arrows away; a path model runs one way"
            yield Fault(where="[paths]", found=f"the circle {' -> '.join(circle)}", allowed="no circle", remedy=remedy)
            graph[circle[1]].discard(circle[0])  # look for further circles
        else:
            return


def _roles(file: File, known: Known) -> Iterator[Fault]:
    roles = file.roles
    expected = roles.expectation.term if roles.expectation else None
    single = {"outcome": roles.outcome, "performance": roles.performance, "recommend": roles.recommend}
    for key, term in {**single, "expectation.term": expected}.items():
        yield from unknown(("roles", *key.split(".")), (term,) if term else (), known.terms, "the study")
    yield from unknown(("roles", "drivers"), roles.drivers or (), known.terms, "the study")
    outcome = columns_behind(file, roles.outcome) if roles.outcome else set()
    for driver in roles.drivers or ():
        if outcome & columns_behind(file, driver):
            remedy = "take it away: an outcome explains itself perfectly"
            allowed = f"terms other than the outcome '{roles.outcome}'"
            yield Fault(where="[roles] drivers", found=quote(driver), allowed=allowed, remedy=remedy)
    for driver in twice(roles.drivers or ()):
        yield Fault(where="[roles] drivers", found=f"'{driver}' twice", allowed="each once", remedy="take one away")


def _elements(file: File, known: Known) -> Iterator[Fault]:
    systems = sorted({attribute.system for attribute in file.attributes.values() if attribute.system})
    for name, members in file.elements.items():
        yield from unknown(("elements", name), members, systems, "the systems of [attributes]")


def _design(file: File, known: Known) -> Iterator[Fault]:
    design, grouped = file.design, file.groups.outlet
    outlet = design.outlet or (grouped.column if grouped else None)
    if design.outlet and grouped and grouped.column != design.outlet:
        remedy = "name the same column in both"
        yield Fault(
            where="[groups] outlet.column", found=quote(grouped.column), allowed=quote(design.outlet), remedy=remedy
        )
    if outlet and design.outlets is None:
        remedy = "say whether the outlets are a sample of the network (clusters) or all of it (strata)"
        yield Fault(where="[design] outlets", found="nothing", allowed="'sampled' or 'all'", remedy=remedy)
    if design.outlets and not outlet:
        remedy = 'add outlet = "column", or take outlets away'
        yield Fault(where="[design] outlet", found="nothing", allowed="a column", remedy=remedy)
    if design.outlets == "sampled" and design.clusters not in (None, outlet):
        remedy = "sampled outlets are the clusters; take clusters away"
        yield Fault(where="[design] clusters", found=quote(design.clusters), allowed=quote(outlet), remedy=remedy)
    if design.weight and file.margins.shares:
        remedy = "take [design] weight or [margins] away"
        yield Fault(where="[design] weight", found="[margins] too", allowed="one of them", remedy=remedy)


def _margins(file: File, known: Known) -> Iterator[Fault]:
    for column, shares in file.margins.shares.items():
        where = place(("margins", column))
        for category, share in shares.items():
            if share <= 0:
                remedy = "correct the share, or take the category away"
                yield Fault(
                    where=place(("margins", column, category)), found=f"{share:g}", allowed="above 0", remedy=remedy
                )
        total = sum(shares.values())
        if abs(total - 1) > SUM_TOLERANCE:
            scale = "write shares, not per cent" if abs(total - 100) < 1 else f"divide each share by {total:g}"
            remedy = scale if shares else "write category = share"
            yield Fault(where=where, found=f"the sum {total:g}", allowed="1 (within 0.001)", remedy=remedy)
    trim = file.margins.rake.trim
    if trim is not None and not 0 <= trim[0] < 1 < trim[1]:
        found, allowed = f"[{trim[0]:g}, {trim[1]:g}]", "lower from 0 to below 1, upper above 1"
        yield Fault(
            where="[margins] rake.trim", found=found, allowed=allowed, remedy="weights average 1; try [0.3, 3.0]"
        )


def _groups(file: File, known: Known) -> Iterator[Fault]:
    wave = file.groups.wave
    if wave is None or wave.order is None:
        return
    for name in twice(wave.order):
        yield Fault(where="[groups] wave.order", found=f"'{name}' twice", allowed="each once", remedy="take one away")
    yield from unknown(("groups", "wave", "events"), wave.events, wave.order, "wave.order")


def _plan(file: File, known: Known) -> Iterator[Fault]:
    for term in file.plan:
        if term not in known.terms:
            yield not_known(("plan", term), term, known.terms, "[constructs] and [attributes]")


def _screening(file: File, known: Known) -> Iterator[Fault]:
    if file.data is None:
        return
    rules = file.data.screening
    for rule, key in ((rules.speed and "speed", "duration"), (rules.duplicate and "duplicate", "id")):
        if rule and getattr(file.data, key) is None:
            remedy = f'add {key} = "column" to [data], or take {rule} away'
            yield Fault(where=f"[data] screening.{rule}", found=f"no {key}", allowed="a column", remedy=remedy)


def _column_roles(file: File, known: Known) -> Iterator[Fault]:
    """Refuse one column as an answer on a scale and as a label of the respondent."""
    named: dict[str, str | None] = {
        f"[design] {key}": getattr(file.design, key) for key in ("weight", "strata", "clusters", "outlet")
    }
    if file.data is not None:
        named |= {"[data] id": file.data.id, "[data] duration": file.data.duration}
    for key in ("wave", "brand"):
        group = getattr(file.groups, key)
        named[f"[groups] {key}.column"] = group.column if group else None
    named |= {f"[groups] segments, entry {i}": column for i, column in enumerate(file.groups.segments, 1)}
    named |= {place(("margins", column)): column for column in file.margins.shares}
    for where, column in named.items():
        if column in known.columns:
            remedy = "an item is an answer on a scale; group by another column, or take it out of [items]"
            yield Fault(where=where, found=f"the item '{column}'", allowed="a column that is no item", remedy=remedy)


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None
