"""Checks of the answers: columns, values on their scales, missing answers, respondents, labels."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np
import pandas as pd

from csresearch.survey.checking.inspect_cells import first_of, shown, unreadable
from csresearch.survey.checking.view import Answers, Finding, Mask, note, screened, stop
from csresearch.survey.grammar import label_columns
from csresearch.survey.headers import multiple_sources
from csresearch.survey.inputs import replicate_columns
from csresearch.survey.questions import Scale
from csresearch.survey.screening.screening import caught, reason, repeated_ids
from csresearch.survey.study_file.faults import listed, nearest

MANY = 5  # questions with the same fault are told in one finding
ENOUGH = 100  # answers after which an upper end that nobody used is worth a note


def columns(view: Answers) -> Iterator[Finding]:
    """Find respondents and columns that are not there, names that stand twice, columns nobody asked for."""
    file, present, asked = view.study.data.file, list(view.raw.columns), _asked_columns(view)
    made = multiple_sources(view.study, present)
    extra = [name for name in dict.fromkeys(present) if name not in asked and name not in made]
    if not len(view.answers):
        remedy = "export the file again, with its answers"
        yield stop(file, "no respondent", "at least one row below the header", remedy, 0)
    for column, place in asked.items():
        if column not in present and column not in view.study.options:
            remedy = nearest(column, extra) or "correct the name in the study"
            yield stop(f"{place} {column}", "no such column in the file", listed(extra), remedy, 1)
    for column in dict.fromkeys(present):
        if (n := present.count(column)) > 1:
            tell, remedy = stop if column in asked else note, "rename one in the file; only the first is read"
            yield tell(column or file, f"{n} columns of {'this' if column else 'no'} name", "each name once", remedy, n)
    if extra:
        remedy = "nothing to do; they are read as text and not used"
        yield note(file, f"columns not in the study: {listed(extra)}", "any", remedy, len(extra))


def _asked_columns(view: Answers) -> dict[str, str]:
    """Column -> the first place of the study that names it."""
    study = view.study
    asked = {name: f"[facets] {item.facet}" if item.facet else "[items]" for name, item in study.items.items()}
    for place, column in label_columns(study.data, study.design, study.groups, study.margin_names):
        asked.setdefault(column, place)
    if study.rake.within is not None:
        asked.setdefault(study.rake.within, "[margins] rake.within")
    if study.design.replicates is not None:
        brought = replicate_columns(map(str, view.answers), study.design.replicates.columns)
        asked |= {name: "[design] replicates" for name in brought if name in view.answers and name not in asked}
    return asked


def scales(view: Answers) -> Iterator[Finding]:
    """Find text, infinite numbers and values outside the scale; a fault of many questions is told once."""
    if view.study.data.unreadable == "missing":
        yield from _unreadable(view)
        return
    for name, scale in view.study.scales.items():
        low, high = scale.ends
        allowed = f"1 to {high:g} or {listed(scale.options)}" if scale.options else f"numbers from {low:g} to {high:g}"
        declare = f"correct the cells, or declare the code: [scales] {name}.missing = {{ code = 'not_used' }}"
        outside: dict[str, Mask] = {}
        for column in view.on_scale(name):
            values = view.numbers(column)
            text = view.kind(column, "unreadable") & ~view.declared(column)
            if text.any():
                found, remedy = unreadable(view, column, text)
                yield stop(column, found, allowed, remedy, int(text.sum()))
            if n := int((endless := np.isinf(values)).sum()):
                found = f"{n} infinite values: {shown(view, column, endless)}"
                yield stop(column, found, allowed, "correct the cells, or make them empty", n)
            rows = np.isfinite(values) & ((values < low) | (values > high))
            if scale.options:
                rows |= np.isfinite(values) & (values != np.round(values))
            if rows.any():
                outside[column] = rows
        if len(outside) < MANY:
            for column, rows in outside.items():
                n = int(rows.sum())
                found = f"{n} values outside the scale: {_far(view, scale, {column: rows})}"
                yield stop(column, found, allowed, declare, n)
        else:
            n, far = int(np.any(list(outside.values()), axis=0).sum()), _far(view, scale, outside)
            found = f"{len(outside)} questions have values outside the scale, {far}, of {n} respondents"
            yield stop(f"[scales] {name}", found, allowed, f"are its ends right? Else {declare}", n)


def _unreadable(view: Answers) -> Iterator[Finding]:
    """Count by question the answers that are no answer on its scale and were taken for missing."""
    for column in view.items:
        rows = view.kind(column, "unreadable") & ~view.declared(column)
        if n := int(rows.sum()):
            low, high = view.study.ends(column)
            remedy = "taken for missing by unreadable = 'missing'"
            yield screened(column, f"{n} unreadable", f"numbers from {low:g} to {high:g}", remedy, n)


def _far(view: Answers, scale: Scale, outside: dict[str, Mask]) -> str:
    """Show numbers outside a scale; far-off ones could be ids and are not shown."""
    values = np.unique(np.concatenate([view.numbers(column)[rows] for column, rows in outside.items()]))
    near = values[np.abs(values) <= 10 * max(map(abs, scale.ends))]
    return first_of([f"{value:g}" for value in near], quotes=False, more=len(values) - len(near))


def unreached(view: Answers) -> Iterator[Finding]:
    """Find scales whose upper end nobody of many used: their ends may be wrong."""
    for name, scale in view.study.scales.items():
        low, high = scale.ends
        answers = view.answers[view.on_scale(name)]
        tops = answers.loc[:, answers.count() >= ENOUGH].max()
        short = tops[tops < high]
        if len(short):
            found = f"nobody went beyond {short.max():g} in {listed(short.index)}"
            remedy = "are the ends of this scale right for them? Points of 0-100 rest on them"
            yield note(f"[scales] {name}", found, f"{low:g} to {high:g}", remedy, len(short))


def missing(view: Answers) -> Iterator[Finding]:
    """Count missing answers and say which rule deals with them: by item where none does, else all at once."""
    rule, allowed = view.study.data.missing, "none, or a rule for them"
    kinds = {column: view.kinds[column] for column in view.items if column in view.kinds}
    told = [] if view.study.data.unreadable == "missing" else ["unreadable"]  # stops of their own
    counts = {column: kind[~kind.isin(told)].value_counts() for column, kind in kinds.items()}
    gaps = {column: count for column, count in counts.items() if count.sum()}
    if rule == "raise":
        remedy = "add to [data]: missing = 'listwise', 'pairwise', 'block_mean' or, for answers not used, 'used'"
        for column, count in gaps.items():
            yield stop(column, f"{count.sum()} missing ({_by_kind(count)})", allowed, remedy, int(count.sum()))
    elif gaps:
        total = (
            pd.concat(gaps.values()).groupby(level=0, observed=True).sum().sort_values(ascending=False, kind="stable")
        )
        most = max(gaps, key=lambda column: int(gaps[column].sum()))
        found = f"{len(gaps)} questions have gaps ({_by_kind(total)}); most: {most}, {gaps[most].sum()}"
        remedy = f"the rule missing = '{rule}' deals with them"
        yield screened("[data] missing", found, allowed, remedy, int(total.sum()))


def _by_kind(counts: pd.Series) -> str:
    return ", ".join(f"{count} {kind}" for kind, count in counts.items() if count)


def variation(view: Answers) -> Iterator[Finding]:
    """Find items nobody answered, or all answered alike."""
    used, n = view.used, len(view.answers)
    for column in view.items if n else ():
        answers = view.answers[column].dropna()
        if answers.empty or (n > 1 and answers.nunique() == 1):
            tell = stop if column in used else note
            found = "no answer at all" if answers.empty else f"one answer only: {answers.iloc[0]:g}"
            remedy = "take the item out of its construct and role, or mend the file"
            yield tell(column, found, "answers that differ", remedy, len(answers))


def constructs(view: Answers) -> Iterator[Finding]:
    """Find constructs asked on scales with different ends or never answered, and too few people for an equation."""
    n = len(view.answers)
    for construct in view.study.constructs.values():
        where = f"[constructs] {construct.name}"
        ends = {view.study.ends(column) for column in construct.items}
        if len(ends) > 1:
            found = f"scales {listed(f'{low:g} to {high:g}' for low, high in sorted(ends))}"
            remedy = "give the item on the other scale a construct of its own, or use the construct in an index only"
            yield note(where, found, "one scale, where their mean is used", remedy, len(ends))
        inside = [column for column in construct.items if column in view.items]
        if n and inside and not view.answers[inside].notna().any(axis=None):
            allowed, remedy = "at least one item with answers", "mend the file, or take the construct away"
            yield stop(where, "no answer to any of its items", allowed, remedy, 0)
    equations = [*view.study.paths.values(), view.study.roles.drivers or ()]
    parameters = max(len(sources) for sources in equations) + 1
    if 0 < n <= parameters and parameters > 1:
        allowed = f"more than the {parameters} coefficients of the largest equation"
        yield stop(view.study.data.file, f"{n} respondents", allowed, "ask more people, or use fewer drivers", n)


def respondents(view: Answers) -> Iterator[Finding]:
    """Count repeated ids, and whom each screening rule will catch."""
    study, data, rules = view.study, view.study.data, view.study.data.screening.rules
    if data.id in view.answers and "duplicate" not in rules and (n := int(repeated_ids(view).sum())):
        remedy = "add duplicate = 'exclude' to [data] screening"
        yield note(f"[data] id {data.id}", f"{n} repeated ids", "each id once", remedy, n)
    needed = {"duplicate": data.id, "speed": data.duration}
    for name, rule in rules.items():
        if (name not in needed or needed[name] in view.answers) and (n := int(caught(view, name, rule).sum())):
            found = f"{n}: {reason(study, name, rule)}"
            where, excluded = f"[data] screening.{name}", rule.do == "exclude"
            if excluded and n == int(view.counted.sum()):
                yield stop(where, found, "somebody left", "its limit does not suit this file: change it", n)
                continue
            remedy = f"screen() has them {'excluded' if excluded else 'flagged'}"
            yield screened(where, found, "by the rule of the study", remedy, n)
    if (straight := rules.get("straightline")) is not None and straight.do == "exclude":
        remedy = "flag them, and let careless = 'exclude' ask for a second kind of sign"
        found = "respondents are excluded for repeated answers alone"
        yield note("[data] screening.straightline", found, "two kinds of signs", remedy, 0)
    if n := view.lacking(data.duration):
        remedy = "they cannot be caught by the rule speed"
        yield note(f"[data] duration {data.duration}", f"{n} without a number", "seconds", remedy, n)


def labels(view: Answers) -> Iterator[Finding]:
    """Count the labels that lack a language."""
    study = view.study
    first = study.languages[0]
    items = [name for name, item in study.items.items() if item.attribute is None]
    for language in study.languages:
        own: Iterable[str] = study.constructs if language != first else ()  # the name is the label in the first
        without = [name for name in (*items, *study.attributes, *own) if language not in study.labels(name)]
        without += [name for name, labels in study.words.items() if language not in labels and language != first]
        if without:
            shown = "the name" if language == first else first
            remedy = f"add {language} = '...'; until then {shown} is shown"
            yield note(
                f"languages {language}", f"no label for {listed(without)}", "a label in each", remedy, len(without)
            )


INSPECTIONS = (columns, scales, unreached, missing, variation, constructs, respondents, labels)
