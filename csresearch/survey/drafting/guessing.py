"""What an unknown survey file holds: roles, items, attributes, constructs, outcome and groups, by names and answers."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from csresearch.survey.drafting.abbreviating import parts
from csresearch.survey.drafting.known_columns import is_about_people, is_in_own_words, is_platform, roles_of
from csresearch.survey.drafting.resembling import MERE, Ends, facets, families, scales, worded_scales
from csresearch.survey.drafting.unknown_column import Column, is_kano
from csresearch.survey.lexicon import patterns
from csresearch.survey.wording import rank

_ASKED, _OUTCOME, _FACETS = patterns("questions"), patterns("outcome"), patterns("facets")
_ELEVEN = ((0, 10), (1, 11))
_PEOPLE = 30  # answers behind a correlation
_CONTRARY = -0.2  # correlation with the mean of the others
_ENOUGH = 3  # lines of a matrix that make a facet
_BRANDS = 8  # of a loop, at most
_BATTERY = 12  # questions, after which a family is rather a page of the form than a construct
_PLAYERS = 24  # drivers at most
_LISTED = 8  # segments at most


@dataclass(frozen=True, kw_only=True)
class Guess:
    """What was made of a file: columns by role, scales by name, and what follows."""

    roles: Mapping[str, str]
    scales: Mapping[str, Ends]
    scale_of: Mapping[str, str]
    patterns: Mapping[str, str]
    attributes: Sequence[str]
    rivals: Mapping[str, str]
    items: Sequence[str]
    constructs: Mapping[str, Sequence[str]]
    outlets: int
    outcome: str | None
    expectation: str | None
    performance: str | None
    disconfirmation: str | None
    recommend: str | None
    drivers: Sequence[str]
    segments: Sequence[str]
    coded: Sequence[str]
    gaps: bool
    turned: Sequence[str]
    against: Sequence[str]
    effort: tuple[str, int] | None
    words: Mapping[str, str]
    loops: Mapping[str, tuple[str, ...]]
    worded: Sequence[str]
    left: Sequence[str]


def guess(found: Sequence[Column], names: Sequence[str]) -> Guess:
    """Decide what the columns of a file are; `names` are all that stand in its header."""
    roles, said = roles_of(found), {column.name: column.said for column in found}
    others = [column for column in found if column.name not in roles.values() and not is_platform(column)]
    rated = [column for column in others if not is_about_people(column) and not _kano(column)]
    asked = [column for column in rated if column.numeric]
    likely = scales(families(asked))
    worded = worded_scales(column for column in rated if not column.numeric)
    patterns, attributes, rivals = facets([column.name for column in rated if column.name in likely | worded])
    if not patterns:
        patterns, attributes = _facets_by_question([column for column in rated if column.name in likely | worded])
    again = {pattern.replace("{}", key) for pattern in rivals for key in attributes}
    likely = _named_scales(likely | worded, asked)
    likely = {c.name: likely[c.name] for c in rated if c.name in likely.keys() - again - {*attributes}}
    facetted = {p.replace("{}", key): facet for facet, p in patterns.items() for key in attributes}
    facetted = {name: facet for name, facet in facetted.items() if name in likely}
    usual = _usual(likely)
    spoken = {column.name for column in others if _is_spoken(column)}
    kept = {
        n: s
        for n, s in likely.items()
        if n in facetted or s.key in usual or s.options or n in spoken or _named(said[n]) or _says("effort", said[n])
    }
    named = _scale_names(kept)
    items = [name for name in kept if name not in facetted]
    scale_of = {name: named[scale.key] for name, scale in kept.items()}
    loops = _loops(items)
    constructs = _constructs([c for c in others if c.name in items], scale_of, taken={*items, *attributes})
    outcome = _outcome(items, constructs, said)
    recommend = next((n for n in items if _says("recommend", said[n]) and kept[n].key in _ELEVEN), None)
    expected, received = (next(filter(_ASKED[n].fullmatch, constructs), None) for n in ("expected", "received"))
    used = {*kept, *roles.values()}
    apart = {*used, *again, *(c.name for c in others if _kano(c) or (_named(c.said) and not c.nominal))}
    segments = [c.name for c in others if c.name not in apart and c.grouping and not is_in_own_words(c)][:_LISTED]
    used |= set(segments)
    return Guess(
        roles=roles, scales={named[key]: _merged(key, kept.values()) for key in named}, scale_of=scale_of,
        patterns=patterns, attributes=attributes, rivals=rivals, items=items, constructs=constructs,
        outlets=next((c.cells.nunique() for c in found if c.name == roles.get("outlet")), 0), outcome=outcome,
        expectation=expected if received else None, performance=received if expected else None,
        disconfirmation=next((n for n in items if _says("against", said[n]) and n != outcome), None),
        recommend=recommend, drivers=() if patterns else _drivers(items, constructs, outcome, expected, said),
        segments=segments, coded=[c.name for c in others if c.name in segments and c.numeric and not c.worded],
        gaps=any(_has_gaps(column, kept[column.name]) for column in others if column.name in kept),
        worded=[c.name for c in others if c.name in apart and c.name not in used and not c.numeric and _named(c.said)],
        turned=[c.name for c in others if c.name in kept and not kept[c.name].options and c.turned],
        against=_against(asked, {name: kept[name] for name in items}),
        effort=_effort(items, kept, said), words=_words(found, {*segments, *roles.values()}), loops=loops,
        left=[name for name in names if name not in used and name.strip()],
    )  # fmt: skip


def _says(what: str, words: str) -> bool:
    """Tell whether words ask for this, as the lexicon knows it."""
    return bool(_ASKED[what].search(words))


def _kano(column: Column) -> bool:
    return _says("kano", column.name) or is_kano(column)


def _is_spoken(column: Column) -> bool:
    """Tell whether words of two codes say better or worse."""
    return sum(rank(words) is not None for words in column.answers.values()) > 1


def _has_gaps(column: Column, scale: Ends) -> bool:
    blank = column.numbers.isna() & ~column.cells.isin(scale.options)
    return bool((blank | column.numbers.isin([*_codes(scale), *column.gaps])).any())


def _words(found: Iterable[Column], groups: set[str]) -> dict[str, str]:
    """Words for the categories of groups: `sex.1` to what the file says."""
    return {
        f"{column.name}.{code}": words
        for column in found
        if column.name in groups and column.numeric
        for code, words in column.note.values.items()
        if words.strip() and words != code and code not in column.note.missing
    }


def _effort(items: Iterable[str], kept: Mapping[str, Ends], said: Mapping[str, str]) -> tuple[str, int] | None:
    """Find the question on effort, and its version: 1 (1 to 5) how much it took, 2 (1 to 7) whether it was easy."""
    versions: dict[tuple[object, ...], int] = {(1, 5): 1, (1, 7): 2}
    fits = [(n, versions[kept[n].key]) for n in items if _says("effort", said[n]) and kept[n].key in versions]
    return fits[0] if fits else None


def _facets_by_question(asked: Sequence[Column]) -> tuple[dict[str, str], tuple[str, ...]]:
    """Matrices with the same lines, one on what was received, others on what was expected or matters."""
    matrices: dict[str, dict[str, str]] = {}
    facet_of: dict[str, str] = {}
    for column in asked:
        numbered, (stem, line) = re.fullmatch(r"(.*\D)(\d+)", column.name), parts(column.note.label)
        if numbered and stem:
            matrices.setdefault(f"{numbered[1]}{{}}", {})[numbered[2]] = line
            facet = next((facet for facet, words in _FACETS.items() if words.search(stem.lower())), "")
            facet_of.setdefault(f"{numbered[1]}{{}}", facet)
    for pattern, lines in matrices.items():
        if facet_of[pattern] != "performance" or len(lines) < _ENOUGH:
            continue
        same = {facet_of[p]: p for p, other in matrices.items() if facet_of[p] and _alike(lines, other)}
        same.pop("performance", None)
        if same:
            return {"performance": pattern, **same}, tuple(lines)
    return {}, ()


def _alike(lines: Mapping[str, str], other: Mapping[str, str]) -> bool:
    """Tell whether two matrices ask about the same, as far as both go."""
    shared = lines.keys() & other.keys()
    return len(shared) >= _ENOUGH and all(lines[key] == other[key] for key in shared)


def _against(asked: Iterable[Column], kept: Mapping[str, Ends]) -> list[str]:
    """Questions whose answers fall where those of the others on their scale rise; asked the other way round, maybe."""
    found: list[str] = []
    scales: dict[tuple[object, ...], dict[str, pd.Series]] = {}
    for column in asked:
        if column.name in kept and not kept[column.name].options:
            scale = kept[column.name]
            scales.setdefault(scale.key, {})[column.name] = column.numbers.where(
                column.numbers.between(scale.low, scale.high)
            )
    for answers in scales.values():
        frame = pd.DataFrame(answers)
        usable = frame.loc[:, (frame.nunique() > 1) & (frame.count() >= _PEOPLE)]
        for name in usable if usable.shape[1] > _ENOUGH else ():
            if usable[name].corr(usable.drop(columns=name).mean(axis=1)) < _CONTRARY:
                found.append(str(name))
    return found


def _loops(items: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """Questions that end in the same few words each, such as sat_alba and sat_boreal: asked again for each brand."""
    ends: dict[str, list[str]] = {}
    for name in items:
        if found := re.fullmatch(r"(.+)[_.]([^\W\d]\w*)", name):
            ends.setdefault(found[1], []).append(found[2])
    counts = Counter(tuple(endings) for endings in ends.values() if 2 <= len(endings) <= _BRANDS)
    common = [endings for endings, count in counts.items() if count > 1]
    return {base: tuple(endings) for base, endings in ends.items() if common and tuple(endings) == common[0]}


def _named_scales(likely: Mapping[str, Ends], asked: Iterable[Column]) -> dict[str, Ends]:
    """Give questions known by name their scale: 0 to 10 for a recommendation, 0 to 100 where others have it."""
    wide = next((scale for scale in likely.values() if scale.high == 100), None)
    found = dict(likely)
    for column in asked:
        scale, numbers = found.get(column.name), column.numbers.dropna()
        if scale and scale.key == (1, 10) and _says("recommend", column.said) and 1 not in column.answers:
            found[column.name] = Ends(0, 10, scale.missing)
        if scale is None and wide and _named(column.said) and numbers.between(wide.low, wide.high).all():
            found[column.name] = wide
    return found


def _named(name: str) -> bool:
    return _says("recommend", name) or any(pattern.search(name) for pattern in _OUTCOME.values())


def _codes(scale: Ends) -> list[float]:
    return [float(code) for code in scale.missing if re.fullmatch(r"-?\d+", code)]


def _usual(likely: Mapping[str, Ends]) -> set[tuple[object, ...]]:
    """Find the ends that several questions share; a lone column of codes is more likely a group than a rating."""
    counts = Counter(scale.key for scale in likely.values())
    return {key for key, count in counts.items() if count >= min(3, max(counts.values()))}


def _scale_names(kept: Mapping[str, Ends]) -> dict[tuple[object, ...], str]:
    """Name the scales: rating is the one most questions use, words_5 has five options."""
    order = [key for key, _ in Counter(scale.key for scale in kept.values()).most_common()]
    names: dict[tuple[object, ...], str] = {}
    for place, key in enumerate(order):
        wide = next(f"{s.low}_{s.high}" for s in kept.values() if s.key == key)
        own = f"words_{len(key)}" if isinstance(key[0], str) else f"rating_{wide}"
        name = "rating" if place == 0 else own
        names[key] = name if name not in names.values() else f"{name}_{place}"
    return names


def _merged(key: tuple[object, ...], every: Iterable[Ends]) -> Ends:
    alike = [scale for scale in every if scale.key == key]
    missing = {code: kind for scale in alike for code, kind in scale.missing.items()}
    return Ends(alike[0].low, alike[0].high, dict(sorted(missing.items())), alike[0].options)


def _constructs(items: Sequence[Column], scale_of: Mapping[str, str], *, taken: set[str]) -> dict[str, Sequence[str]]:
    """Families of two and more questions on one scale; a stem like Q says nothing and makes none."""
    found: dict[str, Sequence[str]] = {}
    for stem, family in families(items).items():
        names = [column.name for column in family]
        if 1 < len(names) <= _BATTERY and not MERE.fullmatch(stem) and len({scale_of[name] for name in names}) == 1:
            name = re.sub(r"\W+", "_", stem.lower()).strip("_")
            found[f"{name}_all" if name in taken or name in found else name] = names
    return found


def _outcome(items: Sequence[str], constructs: Mapping[str, Sequence[str]], said: Mapping[str, str]) -> str | None:
    for pattern in _OUTCOME.values():
        for name in (*constructs, *items):
            if pattern.search(said.get(name, name)):
                return next((construct for construct, inside in constructs.items() if name in inside), name)
    satisfied = [name for name in items if _says("satisfied", said.get(name, name))]
    return satisfied[0] if len(satisfied) == 1 else None


def _drivers(
    items: Sequence[str],
    constructs: Mapping[str, Sequence[str]],
    outcome: str | None,
    expected: str | None,
    said: Mapping[str, str],
) -> list[str]:
    """Choose constructs, or else questions, that are neither the outcome nor what usually follows it."""
    terms = list(constructs) if len(constructs) > 2 else list(items)
    others = {outcome, expected, *constructs.get(outcome or "", ()), *constructs.get(expected or "", ())}
    words = {name: said.get(name, name) for name in terms}
    apart = [n for n in terms if n not in others and not _says("afterwards", words[n]) and not _named(words[n])]
    return apart[:_PLAYERS] if outcome else []
