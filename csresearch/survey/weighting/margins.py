"""Margins of a population as codes of respondents: of one column or several, for all or for each part of a sample."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from csresearch.errors import DataError
from csresearch.inference.moments import Array, IntArray
from csresearch.survey.grammar.fieldwork import JOINT, margin_columns
from csresearch.survey.sample import Sample

Shares = Mapping[str, float]
SUM = 0.001
WIDE = 4_000_000  # combinations that may be counted by their number; more are sorted


@dataclass(frozen=True, kw_only=True)
class Coded:
    """Margins on the cells that respondents fall into, as `Raking` takes them, and words for their categories."""

    cell: IntArray
    category: tuple[IntArray, ...]
    target: tuple[Array, ...]
    means: Array | None
    labels: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, kw_only=True)
class _Parts:
    """Parts that are raked for themselves: code of each respondent, share and name of each."""

    column: str | None
    code: IntArray
    share: Array
    names: tuple[str, ...]

    def where(self, b: int) -> str:
        """Words for a part."""
        return f" in {self.column} = {self.names[b]!r}" if self.column else ""


def coded_margins(
    sample: Sample,
    *,
    margins: Mapping[str, Shares],
    own: Mapping[str, Mapping[str, Shares]],
    means: Mapping[str, float],
    within: str | None,
) -> Coded:
    """Code the margins, each within the parts of the sample.

    Raises
    ------
    DataError
        Everything that does not fit, in one report.
    """
    problems: list[str] = []
    margins = {JOINT.join(margin_columns(name)): shares for name, shares in margins.items()}
    own = {part: {JOINT.join(margin_columns(n)): s for n, s in given.items()} for part, given in own.items()}
    target = margins.pop(within, None) if within else None
    parts = _parts(sample, within, target, own, problems, shared=bool(margins or means))
    codes: list[IntArray] = [parts.code]
    targets: list[Array] = [parts.share]
    labels: list[tuple[str, ...]] = [tuple(f"{within} = {name!r}" for name in parts.names)]
    for name in dict.fromkeys([*margins, *(name for given in own.values() for name in given)]):
        by_part = [own.get(part, {}).get(name, margins.get(name)) for part in parts.names]
        if found := _margin(sample, name, by_part, parts, problems):
            codes.append(found[0])
            targets.append(found[1])
            labels.append(found[2])
    values = {column: _numbers(sample, column, problems) for column in means}
    if problems:
        raise DataError("the margins cannot be used:", problems=problems)
    if len(codes) > 1:
        codes, targets, labels = codes[1:], targets[1:], labels[1:]  # each margin holds the parts already
    levels = [np.unique(value, return_inverse=True)[1].reshape(-1) for value in values.values()]
    cell, first = _cells([*codes, *levels])
    gaps, words = _mean_gaps(sample, values, means, parts, first)
    return Coded(
        cell=cell, category=tuple(code[first] for code in codes), target=tuple(targets), means=gaps,
        labels=(*labels, words),
    )  # fmt: skip


def _parts(
    sample: Sample,
    within: str | None,
    target: Shares | None,
    own: Mapping[str, object],
    problems: list[str],
    *,
    shared: bool,
) -> _Parts:
    """Find the parts that are raked for themselves; their shares are those of the weights before, or a target."""
    if within is None:
        return _Parts(column=None, code=np.zeros(len(sample), dtype=np.int64), share=np.ones(1), names=("",))
    code, names = sample.coded(within)
    weighted = sample.base_weights > 0
    if lost := int(((code < 0) & weighted).sum()):
        problems.append(f"{lost} respondents have no {within!r}, which is raked within")
    total = np.bincount(code[code >= 0], weights=sample.base_weights[code >= 0], minlength=len(names))
    share = total / max(float(total.sum()), 1e-300)
    present = {name for name, weight in zip(names, total, strict=True) if weight > 0}
    misspelt = set(own) - set(names)
    if own and (bare := sorted(present - set(own))) and (misspelt or not shared):
        found = f"{within} = {', '.join(map(repr, bare))} has no margins of its own"
        found += "" if shared else ", and there are none for all"
        problems.append(f"{found}; those written are for {', '.join(own)}")
    if target is not None:
        told = _unfit(within, target)
        if present != set(target):
            told.append(
                f"the targets of {within!r} are for {', '.join(target)}; the sample has {', '.join(sorted(present))}"
            )
        problems += told
        if not told:
            share = np.array([target.get(name, 0.0) for name in names]) / sum(target.values())
    return _Parts(column=within, code=np.maximum(code, 0), share=share, names=tuple(names))


def _margin(
    sample: Sample, name: str, by_part: list[Shares | None], parts: _Parts, problems: list[str]
) -> tuple[IntArray, Array, tuple[str, ...]] | None:
    """Code one margin in all parts: category of each respondent, target and words of each category."""
    told = [
        *(f"column {column!r} is not in the data" for column in margin_columns(name)
          if column not in sample.answers.columns),
        *dict.fromkeys(fault for shares in by_part if shares is not None for fault in _unfit(name, shares)),
    ]  # fmt: skip
    if told:
        problems += told
        return None
    code, categories = _joint(sample, name)
    weighted = sample.base_weights > 0
    place = {category: k for k, category in enumerate(categories)}
    size = len(categories) + 1  # the last: who has no category
    key = np.where(code < 0, len(categories), code) if (code < 0).any() else code
    key = key if len(parts.names) == 1 else parts.code * size + key
    within = np.bincount(key if weighted.all() else key[weighted], minlength=len(parts.names) * size).reshape(-1, size)
    problems += _unmet(name, by_part, parts, categories, within)
    lookup = np.zeros((len(parts.names), size), dtype=np.int64)
    target: list[float] = []
    words: list[str] = []
    for b, shares in enumerate(by_part):
        lookup[b] = start = len(target)
        if shares is None or not parts.share[b] > 0:  # a part without this margin, or without anybody, is one category
            target.append(float(parts.share[b]))
            words.append(f"{name}{parts.where(b)}")
            continue
        for k, (category, share) in enumerate(shares.items()):
            if category in place:
                lookup[b, place[category]] = start + k
            target.append(float(parts.share[b]) * share / sum(shares.values()))
            words.append(f"{name} = {category!r}{parts.where(b)}")
    return lookup.reshape(-1)[key], np.array(target), tuple(words)


def _unmet(
    name: str, by_part: list[Shares | None], parts: _Parts, categories: list[str], within: IntArray
) -> list[str]:  # fmt: skip
    """Find respondents without a category, targets without respondents, and respondents without a target."""
    missing = int(within[:, -1].sum())
    found = [f"{missing} respondents have no {name!r}; give them a category of their own with a target"] * bool(missing)
    unknown: dict[str, int] = {}
    for b, shares in enumerate(by_part):
        if shares is None or not parts.share[b] > 0:
            continue
        there = dict(zip(categories, within[b].tolist(), strict=False))
        found += [
            f"{name} = {category!r} has a target of {share:.1%} and no respondent{parts.where(b)}; "
            "merge it with another category"
            for category, share in shares.items() if share > 0 and not there.get(category)
        ]  # fmt: skip
        for category in (category for category, n in there.items() if n and category not in shares):
            unknown[category] = unknown.get(category, 0) + there[category]
    listed = ", ".join(sorted({category for shares in by_part if shares for category in shares})[:12])
    return found + [
        f"{name} = {category!r} has {n} respondents and no target; targets are {listed}"
        for category, n in sorted(unknown.items())
    ]


def _unfit(name: str, shares: Shares) -> list[str]:
    whole = sum(shares.values())
    if not shares or not abs(whole - 1) <= SUM or min(shares.values()) < 0:
        return [f"the targets of {name!r} sum to {whole:.3f}; give shares of 0 or more that sum to 1"]
    return []


def _joint(sample: Sample, name: str) -> tuple[IntArray, list[str]]:
    """Category of each respondent in a margin of one or several columns, -1 missing, and the names that occur."""
    code, names = sample.coded(margin_columns(name)[0])
    for column in margin_columns(name)[1:]:
        second, others = sample.coded(column)
        missing = (code < 0) | (second < 0)
        both = np.where(missing, 0, code * len(others) + second)
        seen = np.flatnonzero(np.bincount(both[~missing], minlength=len(names) * len(others)))
        place = np.zeros(len(names) * len(others), dtype=np.int64)
        place[seen] = np.arange(len(seen))
        names = [f"{names[k // len(others)]}{JOINT}{others[k % len(others)]}" for k in seen]
        code = np.where(missing, -1, place[both])
    return code, names


def _cells(codes: list[IntArray]) -> tuple[IntArray, IntArray]:
    """Combine the codes of each respondent to a cell, 0 ... c - 1; tell the first respondent of each."""
    cell, size = np.zeros(len(codes[0]), dtype=np.int64), 1
    for code in codes:
        width = int(code.max(initial=0)) + 1
        if size * width > WIDE:
            cell, size = _dense(cell, size)
        cell, size = cell * width + code, size * width
    cell, size = _dense(cell, size)
    first = np.empty(size, dtype=np.int64)
    first[cell[::-1]] = np.arange(len(cell) - 1, -1, -1)
    return cell, first


def _dense(cell: IntArray, size: int) -> tuple[IntArray, int]:
    """Give the combinations that occur numbers without gaps."""
    if size > WIDE:
        seen, found = np.unique(cell, return_inverse=True)
        return found.reshape(-1).astype(np.int64), len(seen)
    occurs = np.bincount(cell, minlength=size) > 0
    return (np.cumsum(occurs) - 1)[cell], int(occurs.sum())


def _numbers(sample: Sample, column: str, problems: list[str]) -> Array:
    """Numbers whose mean is to be met; who does not count may lack one."""
    try:
        values = sample.number(column)
    except DataError as error:
        problems.append(str(error))
        return np.zeros(len(sample))
    lost = np.isnan(values)
    if n := int((lost & (sample.base_weights > 0)).sum()):
        problems.append(f"{n} respondents have no number in {column!r}, whose mean is to be met")
    return np.where(lost, 0.0, values)


def _mean_gaps(
    sample: Sample, values: Mapping[str, Array], means: Mapping[str, float], parts: _Parts, first: IntArray
) -> tuple[Array | None, tuple[str, ...]]:
    """Distance of each cell from the means of its part, in standard deviations; nothing where no mean is asked for."""
    columns, words = [], []
    weights = sample.base_weights / sample.base_weights.sum()
    for name, value in values.items():
        spread = float(np.sqrt(weights @ (value - weights @ value) ** 2)) or 1.0
        for b in np.flatnonzero(parts.share > 0):
            columns.append(((value - means[name]) / spread * (parts.code == b))[first])
            words.append(f"the mean of {name}{parts.where(int(b))}")
    return (np.stack(columns, axis=1), tuple(words)) if columns else (None, ())
