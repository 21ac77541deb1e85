"""Checks of what stands around the answers: weights, strata, clusters, margins, groups."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from csresearch.survey.faults import listed, nearest
from csresearch.survey.view import Answers, Finding


def weights(view: Answers) -> Iterator[Finding]:
    """Find weights that are no weights, or say that there are none."""
    column = view.study.design.weight
    if column in view.answers:
        values = view.answers[column].to_numpy(dtype=float)
        n = int((~np.isfinite(values) | (values < 0)).sum())
        if n:
            yield Finding(
                severity="stop",
                where=f"[design] weight {column}",
                found=f"{n} missing, negative or no numbers",
                allowed="numbers of 0 or more",
                remedy="write 0 to leave a respondent out",
                n=n,
            )
        elif len(values) and not values.any():
            yield Finding(
                severity="stop",
                where=f"[design] weight {column}",
                found="0 everywhere",
                allowed="some weight above 0",
                remedy="correct the column, or take weight away",
                n=len(values),
            )
    if column is None and not view.study.margins:
        yield Finding(
            severity="note",
            where="[margins]",
            found="no margins and no weight",
            allowed="population shares, if they are known",
            remedy="without them every respondent counts the same: the sample must be like its population",
            n=len(view.answers),
        )


def places(view: Answers) -> Iterator[Finding]:
    """Find respondents without a place in the design."""
    design = view.study.design
    named = [
        column for column in dict.fromkeys((design.strata, design.outlet, design.clusters)) if column in view.answers
    ]
    for column in named:
        n = int(view.answers[column].isna().sum())
        if n:
            yield Finding(
                severity="stop",
                where=f"[design] {column}",
                found=f"{n} respondents without it",
                allowed="a value for each",
                remedy="fill it in; a respondent without a place in the design has no standard error",
                n=n,
            )


def clusters(view: Answers) -> Iterator[Finding]:
    """Find a single cluster, and strata that hold only one unit."""
    design = view.study.design
    whole = design.outlets == "all"
    stratum = design.outlet if whole else design.strata
    cluster = design.clusters or (None if whole else design.outlet)
    rows = pd.Series(np.arange(len(view.answers)), view.answers.index)
    units = view.answers[cluster] if cluster in view.answers.columns else rows
    if cluster in view.answers and units.nunique() == 1:
        yield Finding(
            severity="stop",
            where=f"[design] {cluster}",
            found="one cluster only",
            allowed="at least two",
            remedy="take it away from [design]: nothing can be said of the spread between clusters",
            n=1,
        )
    if stratum in view.answers:
        sizes = units.groupby(view.answers[stratum]).nunique()
        lone = sizes.index[sizes == 1]
        if len(lone):
            yield Finding(
                severity="note",
                where=f"[design] {stratum}",
                found=f"strata with one unit only: {listed(lone)}",
                allowed="at least two in each",
                remedy="merge small strata, or say Bootstrap(single='collapse') for intervals",
                n=len(lone),
            )


def margins(view: Answers) -> Iterator[Finding]:
    """Find categories without a share, shares without respondents, respondents without a category."""
    for column, shares in view.study.margins.items():
        if column not in view.answers:
            continue
        group = view.answers[column]
        where = f"[margins] {column}"
        for category, n in group[~group.isin(list(shares)) & group.notna()].value_counts().head(10).items():
            remedy = nearest(str(category), shares) or "give it a share, or merge it in the file"
            yield Finding(
                severity="stop",
                where=where,
                found=f"'{category}' without a share",
                allowed=listed(shares),
                remedy=remedy,
                n=int(n),
            )
        absent = [name for name in shares if not (group == name).any()]
        for name in absent if len(group) else ():
            yield Finding(
                severity="stop",
                where=where,
                found=f"nobody in '{name}', which has {shares[name]:.0%} of the population",
                allowed=listed(group.dropna().unique()),
                remedy="merge it with another category",
                n=0,
            )
        if n := int(group.isna().sum()):
            yield Finding(
                severity="stop",
                where=where,
                found=f"{n} respondents without it",
                allowed=listed(shares),
                remedy="fill it in, or give them a category of their own",
                n=n,
            )


def blocks(view: Answers) -> Iterator[Finding]:
    """Find categories nobody belongs to in a part that is raked for itself."""
    within = view.study.rake.within
    if within not in view.answers:
        return
    for column, shares in view.study.margins.items():
        if column not in view.answers:
            continue
        seen = set(zip(view.answers[within], view.answers[column], strict=True))
        present = [name for name in shares if (view.answers[column] == name).any()]
        parts = sorted(view.answers[within].dropna().unique())
        for part, name in ((part, name) for part in parts for name in present if (part, name) not in seen):
            yield Finding(
                severity="stop",
                where=f"[margins] {column}",
                found=f"nobody in '{name}' where {within} is '{part}'",
                allowed="each category in each part",
                remedy="merge categories, or take rake.within away",
                n=0,
            )


def waves(view: Answers) -> Iterator[Finding]:
    """Find waves that are not in the order, and an own brand nobody rated."""
    wave, brand = view.study.groups.wave, view.study.groups.brand
    if wave and wave.order and wave.column in view.answers:
        found = view.answers[wave.column]
        unknown = found[found.notna() & ~found.isin(wave.order)]
        if len(unknown):
            yield Finding(
                severity="stop",
                where="[groups] wave.order",
                found=f"the waves {listed(sorted(unknown.unique()))} too",
                allowed=listed(wave.order),
                remedy="add them to the order",
                n=len(unknown),
            )
    if brand and brand.own and brand.column in view.answers and not (view.answers[brand.column] == brand.own).any():
        brands = sorted(view.answers[brand.column].dropna().unique())
        yield Finding(
            severity="stop",
            where="[groups] brand.own",
            found=f"nobody rated '{brand.own}'",
            allowed=listed(brands),
            remedy=nearest(brand.own, brands) or "write it as the file does",
            n=0,
        )


def groups(view: Answers) -> Iterator[Finding]:
    """Count respondents without a group."""
    wave, brand = view.study.groups.wave, view.study.groups.brand
    named = [wave and wave.column, brand and brand.column, *view.study.groups.segments]
    for column in dict.fromkeys(named):
        if (
            column in view.answers
            and column not in view.study.margins
            and (n := int(view.answers[column].isna().sum()))
        ):
            yield Finding(
                severity="note",
                where=f"[groups] {column}",
                found=f"{n} respondents without it",
                allowed="a value for each",
                remedy="they are left out where this column compares groups",
                n=n,
            )


INSPECTIONS = (weights, places, clusters, margins, blocks, waves, groups)
