"""Checks of the answers: columns, values on their scales, missing answers, respondents, labels."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from csresearch.survey.faults import listed, nearest
from csresearch.survey.screening import caught, reason, repeated_ids
from csresearch.survey.study import Scale
from csresearch.survey.view import Answers, Finding, Mask

SHOWN = 3  # distinct values shown of a faulty column
WIDTH = 20  # characters of each
MANY = 5  # questions with the same fault are told in one finding
ENOUGH = 100  # answers after which an upper end that nobody used is worth a note


def columns(view: Answers) -> Iterator[Finding]:
    """Find respondents and columns that are not there."""
    study, present = view.study, list(view.raw.columns)
    if not len(view.answers):
        yield Finding(
            severity="stop",
            where=study.data.file,
            found="no respondent",
            allowed="at least one row below the header",
            remedy="export the file again, with its answers",
            n=0,
        )
    asked = _asked_columns(view)
    for column, places in asked.items():
        if column not in present:
            remedy = nearest(column, [name for name in present if name not in asked]) or "correct the name in the study"
            yield Finding(
                severity="stop",
                where=f"{places} {column}",
                found="no such column in the file",
                allowed=listed(name for name in present if name not in asked) or "none",
                remedy=remedy,
                n=1,
            )


def names(view: Answers) -> Iterator[Finding]:
    """Find columns of the same name, and those the study does not speak of."""
    study, present, asked = view.study, list(view.raw.columns), _asked_columns(view)
    for column in dict.fromkeys(name for name in present if present.count(name) > 1):
        yield Finding(
            severity="stop" if column in asked else "note",
            where=column,
            found=f"{present.count(column)} columns of this name",
            allowed="each name once",
            remedy="rename one in the file; only the first is read",
            n=present.count(column),
        )
    extra = [name for name in dict.fromkeys(present) if name not in asked]
    if extra:
        yield Finding(
            severity="note",
            where=study.data.file,
            found=f"columns not in the study: {listed(extra)}",
            allowed="any",
            remedy="nothing to do; they are read as text and not used",
            n=len(extra),
        )


def scales(view: Answers) -> Iterator[Finding]:
    """Find text, infinite numbers and values outside the scale; a fault of many questions is told once."""
    outside: dict[str, list[tuple[str, Mask]]] = {}
    for column in view.items:
        scale = view.study.items[column].scale
        values = view.answers[column].to_numpy(dtype=float)
        infinite = np.isinf(values)
        beyond = ~np.isnan(values) & ~infinite & ((values < scale.ends[0]) | (values > scale.ends[1]))
        if scale.options:
            beyond |= np.isfinite(values) & (values != np.round(values))
        for rows, what in ((view.kind(column, "unreadable"), "text"), (infinite, "infinite values")):
            if rows.any():
                n = int(rows.sum())
                found = f"{n} {what}: {_shown(view, column, rows)}"
                yield _off_scale(column, scale, found, "correct the cells, or make them empty", n)
        if beyond.any():
            outside.setdefault(scale.name, []).append((column, beyond))
    for name, faulty in outside.items():
        scale = view.study.scales[name]
        declare = f"correct the cells, or declare the code: [scales] {name}.missing = {{ code = 'not_used' }}"
        if len(faulty) < MANY:
            for column, rows in faulty:
                n = int(rows.sum())
                found = f"{n} values outside the scale: {_numbers(view, [(column, rows)])}"
                yield _off_scale(column, scale, found, declare, n)
        else:
            n = int(np.any([rows for _, rows in faulty], axis=0).sum())
            shown = _numbers(view, faulty)
            found = f"{len(faulty)} questions have values outside the scale, {shown}, of {n} respondents"
            yield _off_scale(f"[scales] {name}", scale, found, f"are its ends right? Else {declare}", n)


def _off_scale(where: str, scale: Scale, found: str, remedy: str, n: int) -> Finding:
    low, high = scale.ends
    allowed = f"1 to {high:g} or {listed(scale.options)}" if scale.options else f"numbers from {low:g} to {high:g}"
    return Finding(severity="stop", where=where, found=found, allowed=allowed, remedy=remedy, n=n)


def _numbers(view: Answers, faulty: list[tuple[str, Mask]]) -> str:
    """Show up to three distinct numbers; far-off ones could be ids and are not shown."""
    values = np.unique(np.concatenate([view.answers[column].to_numpy(dtype=float)[rows] for column, rows in faulty]))
    highest = max(abs(end) for column, _ in faulty for end in view.study.ends(column))
    near = values[np.abs(values) <= 10 * highest]
    shown = ", ".join(f"{value:g}" for value in near[:SHOWN])
    more = len(values) - min(len(near), SHOWN)
    return (shown + (f" and {more} more" if more else "")) if shown else "not shown"


def unreached(view: Answers) -> Iterator[Finding]:
    """Find scales whose upper end nobody of many used: their ends may be wrong."""
    for name, scale in view.study.scales.items():
        low, high = scale.ends
        asked = [column for column in view.items if view.study.items[column].scale.name == name]
        tops = {column: view.answers[column].max() for column in asked if view.answers[column].count() >= ENOUGH}
        short = {column: top for column, top in tops.items() if top < high}
        if short:
            yield Finding(
                severity="note",
                where=f"[scales] {name}",
                found=f"nobody went beyond {max(short.values()):g} in {listed(short)}",
                allowed=f"{low:g} to {high:g}",
                remedy="are the ends of this scale right for them? Points of 0-100 rest on them",
                n=len(short),
            )


def missing(view: Answers) -> Iterator[Finding]:
    """Count missing answers and say which rule deals with them: by item where none does, else all at once."""
    rule = view.study.data.missing
    gaps: dict[str, pd.Series] = {}
    for column in view.items:
        kinds = view.kinds.get(column)
        counts = pd.Series(dtype=int) if kinds is None else kinds[kinds != "unreadable"].value_counts()
        if counts.sum():
            gaps[column] = counts
    if rule == "raise":
        for column, counts in gaps.items():
            yield Finding(
                severity="stop",
                where=column,
                found=f"{counts.sum()} missing ({_by_kind(counts)})",
                allowed="none, or a rule for them",
                remedy="add to [data]: missing = 'listwise', 'pairwise', 'block_mean' or, for answers not used, 'used'",
                n=int(counts.sum()),
            )
    elif gaps:
        total = pd.concat(gaps.values()).groupby(level=0, observed=True).sum().sort_values(ascending=False)
        most = max(gaps, key=lambda column: int(gaps[column].sum()))
        yield Finding(
            severity="screened",
            where="[data] missing",
            found=f"{len(gaps)} questions have gaps ({_by_kind(total)}); most: {most}, {gaps[most].sum()}",
            allowed="none, or a rule for them",
            remedy=f"the rule missing = '{rule}' deals with them",
            n=int(total.sum()),
        )


def _by_kind(counts: pd.Series) -> str:
    return ", ".join(f"{count} {kind}" for kind, count in counts.items() if count)


def variation(view: Answers) -> Iterator[Finding]:
    """Find items nobody answered, or all answered alike."""
    used, n = view.used, len(view.answers)
    present = view.answers[view.items]
    counts = present.count()
    for column in view.items:
        if n == 0 or counts[column] == 0 or (n > 1 and present[column].nunique() == 1):
            found = (
                "no answer at all" if counts[column] == 0 else f"one answer only: {present[column].dropna().iloc[0]:g}"
            )
            if n:
                yield Finding(
                    severity="stop" if column in used else "note",
                    where=column,
                    found=found,
                    allowed="answers that differ",
                    remedy="take the item out of its construct and role, or mend the file",
                    n=int(counts[column]),
                )


def mixed(view: Answers) -> Iterator[Finding]:
    """Find constructs whose items were asked on scales with different ends."""
    for construct in view.study.constructs.values():
        ends = {view.study.ends(column) for column in construct.items}
        if len(ends) > 1:
            yield Finding(
                severity="note",
                where=f"[constructs] {construct.name}",
                found=f"scales {listed(f'{low:g} to {high:g}' for low, high in sorted(ends))}",
                allowed="one scale, where their mean is used",
                remedy="give the item on the other scale a construct of its own, or use the construct in an index only",
                n=len(ends),
            )


def enough(view: Answers) -> Iterator[Finding]:
    """Find constructs without any answer, and too few respondents for the largest equation."""
    n, counts = len(view.answers), view.answers[view.items].count()
    for construct in view.study.constructs.values():
        inside = [column for column in construct.items if column in view.items]
        if n and inside and not counts[inside].any():
            yield Finding(
                severity="stop",
                where=f"[constructs] {construct.name}",
                found="no answer to any of its items",
                allowed="at least one item with answers",
                remedy="mend the file, or take the construct away",
                n=0,
            )
    equations = [*view.study.paths.values(), view.study.roles.drivers or ()]
    parameters = max(len(sources) for sources in equations) + 1
    if 0 < n <= parameters and parameters > 1:
        yield Finding(
            severity="stop",
            where=view.study.data.file,
            found=f"{n} respondents",
            allowed=f"more than the {parameters} coefficients of the largest equation",
            remedy="ask more people, or use fewer drivers",
            n=n,
        )


def respondents(view: Answers) -> Iterator[Finding]:
    """Count repeated ids, and whom each screening rule will catch."""
    study, rules = view.study, view.study.data.screening.rules
    if study.data.id in view.answers and "duplicate" not in rules and (n := int(repeated_ids(view).sum())):
        yield Finding(
            severity="note",
            where=f"[data] id {study.data.id}",
            found=f"{n} repeated ids",
            allowed="each id once",
            remedy="add duplicate = 'exclude' to [data] screening",
            n=n,
        )
    needed = {"duplicate": study.data.id, "speed": study.data.duration}
    for name, rule in rules.items():
        column = needed.get(name)
        if (column is None or column in view.answers) and (n := int(caught(view, name, rule).sum())):
            done = "excluded" if rule.do == "exclude" else "flagged"
            yield Finding(
                severity="screened",
                where=f"[data] screening.{name}",
                found=f"{n}: {reason(study, name, rule)}",
                allowed="by the rule of the study",
                remedy=f"screen() has them {done}",
                n=n,
            )
    if study.data.duration in view.answers:
        column = str(study.data.duration)
        rows = view.answers[column].isna().to_numpy()
        if rows.any():
            yield Finding(
                severity="note",
                where=f"[data] duration {column}",
                found=f"{int(rows.sum())} without a number",
                allowed="seconds",
                remedy="they cannot be caught by the rule speed",
                n=int(rows.sum()),
            )


def labels(view: Answers) -> Iterator[Finding]:
    """Count the labels that lack a language."""
    study = view.study
    first = study.languages[0]
    names = [name for name in study.items if study.items[name].attribute is None]
    for language in study.languages:
        without = [name for name in (*names, *study.attributes) if language not in study.labels(name)]
        if language != first:  # a construct's own name is its label in the first language
            without += [name for name in study.constructs if language not in study.labels(name)]
        if without:
            yield Finding(
                severity="note",
                where=f"languages {language}",
                found=f"no label for {listed(without)}",
                allowed="a label in each",
                remedy=f"add {language} = '...'; until then {'the name' if language == first else first} is shown",
                n=len(without),
            )


INSPECTIONS = (columns, names, scales, unreached, missing, variation, mixed, enough, respondents, labels)


def _asked_columns(view: Answers) -> dict[str, str]:
    """Column -> the first place of the study that names it."""
    study = view.study
    groups, design = study.groups, study.design
    places: list[tuple[str | None, str]] = [
        (name, f"[facets] {item.facet}" if item.facet else "[items]") for name, item in study.items.items()
    ]
    places += [(getattr(study.data, key), f"[data] {key}") for key in ("id", "duration")]
    places += [(getattr(design, key), f"[design] {key}") for key in ("weight", "strata", "clusters", "outlet")]
    places += [
        (group.column, f"[groups] {key}")
        for key in ("wave", "brand", "outlet")
        if (group := getattr(groups, key)) is not None
    ]
    places += [(name, "[groups] segments") for name in groups.segments]
    places += [(name, "[margins]") for name in study.margins]
    places += [(study.rake.within, "[margins] rake.within")]
    asked: dict[str, str] = {}
    for column, place in places:
        if column is not None:
            asked.setdefault(column, place)
    return asked


def _shown(view: Answers, column: str, rows: Mask) -> str:
    """Show up to three distinct cells, shortened; never what stands in the id column."""
    position = list(view.raw.columns).index(column)
    cells = pd.Series(view.raw.iloc[:, position].to_numpy()[rows]).drop_duplicates()
    if view.study.data.id in view.answers:
        cells = cells[~cells.isin(view.answers[view.study.data.id])]
    texts = [f"'{cell[:WIDTH]}...'" if len(cell) > WIDTH else f"'{cell}'" for cell in map(str, cells[:SHOWN])]
    more = f" and {len(cells) - SHOWN} more" if len(cells) > SHOWN else ""
    return (", ".join(texts) + more) or "not shown"
