"""Checks of what stands around the answers: weights, strata, clusters, margins, groups."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
import pandas as pd

from csresearch.inference.intervals import SMALL_DF
from csresearch.survey.checking.view import Answers, Finding, note, stop
from csresearch.survey.grammar.fieldwork import JOINT, margin_columns
from csresearch.survey.inputs import replicate_problems
from csresearch.survey.study_file.faults import listed, nearest


def weights(view: Answers) -> Iterator[Finding]:
    """Find weights that are no weights, or say that there are none."""
    column = view.study.design.weight
    if column is not None and column in view.answers:
        where, values = f"[design] weight {column}", view.numbers(column)
        if n := int((~np.isfinite(values) | (values < 0)).sum()):
            found, remedy = f"{n} missing, negative or no numbers", "write 0 to leave a respondent out"
            yield stop(where, found, "numbers of 0 or more", remedy, n)
        elif len(values) and not values.any():
            remedy = "correct the column, or take weight away"
            yield stop(where, "0 everywhere", "some weight above 0", remedy, len(values))
    if column is None and not view.study.margin_names:
        allowed = "population shares, if they are known"
        remedy = "without them every respondent counts the same: the sample must be like its population"
        yield note("[margins]", "no margins and no weight", allowed, remedy, len(view.answers))


def places(view: Answers) -> Iterator[Finding]:
    """Find respondents without a place in the design."""
    design = view.study.design
    for column in dict.fromkeys((design.strata, design.outlet, design.clusters)):
        if n := view.lacking(column):
            remedy = "fill it in; a respondent without a place in the design has no standard error"
            yield stop(f"[design] {column}", f"{n} respondents without it", "a value for each", remedy, n)


def clusters(view: Answers) -> Iterator[Finding]:
    """Find a single cluster, and strata that hold only one unit."""
    stratum, cluster = view.study.design.drawn
    rows = pd.Series(np.arange(len(view.answers)), view.answers.index)
    units = view.answers.get(cluster, rows)
    if cluster in view.answers and units.nunique() == 1:
        remedy = "take it away from [design]: nothing can be said of the spread between clusters"
        yield stop(f"[design] {cluster}", "one cluster only", "at least two", remedy, 1)
    if stratum in view.answers:
        sizes = units.groupby(view.answers[stratum]).nunique()
        lone = sizes.index[sizes == 1]
        if len(lone):
            found = f"strata with one unit only: {listed(lone)}"
            remedy = "merge small strata, or say Bootstrap(single='collapse') for intervals"
            yield note(f"[design] {stratum}", found, "at least two in each", remedy, len(lone))


def dispositions(view: Answers) -> Iterator[Finding]:
    """Hold the interviews that the study reports against the respondents of the file."""
    wave = view.study.groups.wave
    for name, cases in view.study.dispositions.items():
        there = np.ones(len(view.answers), dtype=bool)
        if name and wave is not None and wave.column in view.answers:
            there = (view.answers[wave.column] == name).to_numpy(dtype=bool, na_value=False)
        n, most = int(there.sum()), cases.complete + cases.partial
        if not cases.complete <= n <= most:
            where = f"[dispositions.{name}]" if name else "[dispositions]"
            found = f"{most} complete or partial, {n} in the file"
            remedy = "count both alike; response rates rest on the dispositions, estimates on the file"
            yield note(where, found, "every complete interview, and no more than the partial ones beside", remedy, n)


def few_clusters(view: Answers) -> Iterator[Finding]:
    """Say so where clusters are so few that intervals can only be rough."""
    stratum, cluster = view.study.design.drawn
    if cluster not in view.answers or view.answers[cluster].nunique() < 2:
        return
    strata = view.answers[stratum].nunique() if stratum in view.answers else 1
    df = view.answers[cluster].nunique() - strata
    if df < SMALL_DF:
        found = f"{view.answers[cluster].nunique()} clusters, so {max(df, 0)} degrees of freedom"
        remedy = "intervals use t and the linearised error, and are wide"
        if view.study.design.outlets == "sampled" and cluster == view.study.design.outlet:
            remedy += "; if these are all outlets there are, write outlets = 'all'"
        yield note(f"[design] {cluster}", found, f"{SMALL_DF} or more", remedy, 1)


def replicates(view: Answers) -> Iterator[Finding]:
    """Find replicate weights that cannot be used."""
    design = view.study.design
    if design.replicates is not None and design.weight in view.answers:
        weights = np.nan_to_num(view.numbers(design.weight or ""))
        for found, allowed, remedy in replicate_problems(view.answers, design.replicates, weights):
            yield stop("[design] replicates", found, allowed, remedy, len(view.answers))


def margins(view: Answers) -> Iterator[Finding]:
    """Find categories without a share, shares without respondents, respondents without a category."""
    study, within = view.study, view.study.rake.within
    for name in study.margin_names:
        columns = margin_columns(name)
        if name in study.means or not set(columns) <= set(view.answers):
            continue
        group = _joined(view.answers, columns)
        if n := int(group.isna().sum()):
            known = listed(study.margins.get(name, ()))
            remedy = "fill it in, or give them a category of their own"
            yield stop(f"[margins] {name}", f"{n} respondents without it", known, remedy, n)
        if not any(name in own for own in study.margins_own.values()):
            yield from _categories(name, study.margins[name], group, "")
            yield from _blocks(view, name, group) if name != within else ()
        elif within in view.answers:
            for part, rows in view.answers.groupby(within).groups.items():
                shares = study.margins_own.get(str(part), {}).get(name, study.margins.get(name))
                if shares is not None:
                    yield from _categories(name, shares, group[rows], f" where {within} is '{part}'")


def targets(view: Answers) -> Iterator[Finding]:
    """Find parts with margins of their own that nobody is in, and means of what is no number."""
    study, within = view.study, view.study.rake.within
    if study.margins_own and within in view.answers:
        present = [str(part) for part in view.answers[within].dropna().unique()]
        absent = [part for part in study.margins_own if part not in present]
        bare = [part for part in present if part not in study.margins_own]
        if bare and (absent or not (study.margins or study.means)):
            remedy = nearest(bare[0], absent) or "give each part its margins, or write margins for all"
            found = f"no margins of their own for {listed(bare)}"
            yield stop(f"[margins] by {within}", found, listed(study.margins_own), remedy, len(bare))
        elif absent:
            found = f"margins for {listed(absent)}, where nobody is"
            yield note(
                f"[margins] by {within}", found, listed(present), "nothing to do; they are not used", len(absent)
            )
    for column in study.means:
        where = f"[margins] means.{column}"
        if column not in view.raw:
            remedy = nearest(column, map(str, view.raw)) or "correct the name in the study"
            yield stop(where, "no such column in the file", listed(view.raw), remedy, len(view.answers))
        elif n := int(pd.to_numeric(view.answers[column], errors="coerce").isna().sum()):
            yield stop(where, f"{n} respondents without a number", "a number for each", "fill it in, or correct it", n)


def _joined(answers: pd.DataFrame, columns: tuple[str, ...]) -> pd.Series:
    """Categories of a margin of one or several columns; missing where one is missing."""
    group = answers[columns[0]]
    for column in columns[1:]:
        group = group.str.cat(answers[column], sep=JOINT)
    return group


def _categories(name: str, shares: Mapping[str, float], group: pd.Series, place: str) -> Iterator[Finding]:
    where = f"[margins] {name}"
    for category, n in group[~group.isin(list(shares)) & group.notna()].value_counts().head(10).items():
        remedy = nearest(str(category), shares) or "give it a share, or merge it in the file"
        yield stop(where, f"'{category}' without a share{place}", listed(shares), remedy, int(n))
    found = set(group.dropna().unique())
    present = listed(group.dropna().unique())
    for category in shares if len(group) else ():
        if category not in found:
            words = f"nobody in '{category}', which has {shares[category]:.0%} of the population{place}"
            yield stop(where, words, present, "merge it with another category", 0)


def _blocks(view: Answers, name: str, group: pd.Series) -> Iterator[Finding]:
    """Find categories nobody belongs to in a part that is raked for itself."""
    within = view.study.rake.within
    if within not in view.answers:
        return
    seen = set(zip(view.answers[within], group, strict=True))
    present = [category for category in view.study.margins[name] if (group == category).any()]
    for part in sorted(view.answers[within].dropna().unique()):
        for category in present:
            if (part, category) not in seen:
                found = f"nobody in '{category}' where {within} is '{part}'"
                remedy = "merge categories, or take rake.within away"
                yield stop(f"[margins] {name}", found, "each category in each part", remedy, 0)


def waves(view: Answers) -> Iterator[Finding]:
    """Find waves that are not in the order, and an own brand nobody rated."""
    wave, brand = view.study.groups.wave, view.study.groups.brand
    if wave and wave.order and wave.column in view.answers:
        found = view.answers[wave.column]
        unknown = found[found.notna() & ~found.isin(wave.order)]
        if len(unknown):
            text = f"the waves {listed(sorted(unknown.unique()))} too"
            yield stop("[groups] wave.order", text, listed(wave.order), "add them to the order", len(unknown))
    if brand and brand.own and brand.column in view.answers:
        brands = sorted(view.answers[brand.column].dropna().unique())
        if brand.own not in brands:
            remedy = nearest(brand.own, brands) or "write it as the file does"
            yield stop("[groups] brand.own", f"nobody rated '{brand.own}'", listed(brands), remedy, 0)


def groups(view: Answers) -> Iterator[Finding]:
    """Count respondents without a group."""
    asked = view.study.groups
    for column in dict.fromkeys([*(role.column for role in (asked.wave, asked.brand) if role), *asked.segments]):
        if column not in view.study.margin_names and (n := view.lacking(column)):
            remedy = "they are left out where this column compares groups"
            yield note(f"[groups] {column}", f"{n} respondents without it", "a value for each", remedy, n)


INSPECTIONS = (weights, replicates, dispositions, places, clusters, few_clusters, margins, targets, waves, groups)
