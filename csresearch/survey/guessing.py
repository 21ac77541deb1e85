"""What an unknown survey file holds: roles, items, attributes, constructs, outcome and groups, by names and answers."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from csresearch.survey.resembling import Column, Ends, facets, families, scales

ROLES: Mapping[str, str] = {  # whole names of columns that say who a respondent is
    "id": r"id|(resp(ondent)?|case|record|user)[_. -]?(id|no|nr|num(ber)?)?|uuid|row",
    "duration": r"seconds|duration|(interview|total)[_. -]?time|loi",
    "weight": r"weights?|wt|wgt|pw|sampling[_. -]?weight",
    "outlet": r"(outlet|dealer|store|branch|shop|restaurant|site|agency)([_. -]?(id|code|name))?",
    "wave": r"wave|quarter|survey[_. -]?(wave|month|period)|period",
    "brand": r"brand|make|provider|operator|company|competitor",
}
_ABOUT_PEOPLE = re.compile(
    r"(?i)(age|sex|gender|income|educat|diplom|employ|occupat|marital|region|country|city|nation|language|status|class"
    r"|type|channel|cohort|segment|faculty|department|frequency|tenure)"
)
_KANO = re.compile(r"(?i)^kano|[_. -](fun|dys|functional|dysfunctional)$")
_OUTCOME = (
    r"over_?all.*sat|sat.*over_?all|总体满意|整体满意",
    r"^(c?sat|satisf\w*|cusa|zufried\w*|满意\w*)\d*$",
    r"^(over_?all|global)",
)
_RECOMMEND = re.compile(r"(?i)recomm?end|^nps|^ltr|推荐")
_EXPECTED = re.compile(r"(?i)expe(ct\w*)?|cuex")
_RECEIVED = re.compile(r"(?i)perf(ormance)?|quality|qual|perq")
_AGAINST = re.compile(r"(?i)disconf|(than|vs|versus|against|sat)_?expect")
_AFTERWARDS = re.compile(r"(?i)loy|cusl|recommend|^nps|^ltr|reuse|re_?purchase|rebuy|again|intent|churn|complain|cusco")
_MERE = re.compile(r"(?i).|item|quest(ion)?|var|it")  # stems that say nothing about what was asked
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
    worded: Sequence[str]
    left: Sequence[str]


def guess(found: Sequence[Column], names: Sequence[str]) -> Guess:
    """Decide what the columns of a file are; `names` are all that stand in its header."""
    roles = _roles(found)
    others = [column for column in found if column.name not in roles.values()]
    asked = [c for c in others if c.numeric and not _ABOUT_PEOPLE.match(c.name) and not _KANO.search(c.name)]
    likely = scales(families(asked))
    patterns, attributes, rivals = facets(list(likely))
    again = {pattern.replace("{}", key) for pattern in rivals for key in attributes}
    likely = {name: scale for name, scale in likely.items() if name not in again and name not in attributes}
    likely = _named_scales(likely, asked)
    facetted = {p.replace("{}", key): facet for facet, p in patterns.items() for key in attributes}
    usual = _usual(likely)
    kept = {n: s for n, s in likely.items() if n in facetted or s.key in usual or _named(n)}
    named = _scale_names(kept)
    items = [name for name in kept if name not in facetted]
    scale_of = {name: named[scale.key] for name, scale in kept.items()}
    constructs = _constructs([c for c in others if c.name in items], scale_of, taken={*items, *attributes})
    outcome = _outcome(items, constructs)
    recommend = next((n for n in items if _RECOMMEND.search(n) and kept[n].key == (0, 10)), None)
    expected, received = (next(filter(words.fullmatch, constructs), None) for words in (_EXPECTED, _RECEIVED))
    used = {*kept, *roles.values()}
    apart = {*used, *again, *(c.name for c in others if _KANO.search(c.name) or _named(c.name))}
    segments = [c.name for c in others if c.name not in apart and c.grouping][:_LISTED]
    used |= set(segments)
    return Guess(
        roles=roles, scales={named[key]: _merged(key, kept.values()) for key in named}, scale_of=scale_of,
        patterns=patterns, attributes=attributes, rivals=rivals, items=items, constructs=constructs,
        outlets=next((c.cells.nunique() for c in found if c.name == roles.get("outlet")), 0), outcome=outcome,
        expectation=expected if received else None, performance=received if expected else None,
        disconfirmation=next((name for name in items if _AGAINST.search(name) and name != outcome), None),
        recommend=recommend, drivers=() if patterns else _drivers(items, constructs, outcome, expected),
        segments=segments, coded=[c.name for c in others if c.name in segments and c.numeric],
        gaps=any((c.numbers.isna() | c.numbers.isin(_codes(kept[c.name]))).any() for c in asked if c.name in kept),
        worded=[c.name for c in others if c.name in apart and c.name not in used and not c.numeric and _named(c.name)],
        left=[name for name in names if name not in used and name.strip()],
    )  # fmt: skip


def _roles(found: Sequence[Column]) -> dict[str, str]:
    """Columns known by their name, where their cells can play the role."""
    usable: dict[str, Callable[[Column], bool]] = {
        "id": lambda c: c.cells.nunique() > 0.9 * len(c.cells) and bool((c.cells != "").all()),
        "duration": lambda c: c.numeric,
        "weight": lambda c: bool((c.numbers > 0).all()),
        "outlet": lambda c: bool((c.cells != "").all()) and 2 <= c.cells.nunique() < len(c.cells) / 2,
        "wave": lambda c: 2 <= c.answered.nunique() <= 24,
        "brand": lambda c: 2 <= c.answered.nunique() <= 24,
    }
    roles: dict[str, str] = {}
    for role, pattern in ROLES.items():
        fits = [c.name for c in found if re.fullmatch(f"(?i){pattern}", c.name) and usable[role](c)]
        roles |= {role: fits[0]} if fits else {}
    return roles


def _named_scales(likely: Mapping[str, Ends], asked: Iterable[Column]) -> dict[str, Ends]:
    """Give questions known by name their scale: 0 to 10 for a recommendation, 0 to 100 where others have it."""
    wide = next((scale for scale in likely.values() if scale.high == 100), None)
    found = dict(likely)
    for column in asked:
        scale, numbers = found.get(column.name), column.numbers.dropna()
        if scale and scale.key == (1, 10) and _RECOMMEND.search(column.name):
            found[column.name] = Ends(0, 10, scale.missing)
        if scale is None and wide and _named(column.name) and numbers.between(wide.low, wide.high).all():
            found[column.name] = wide
    return found


def _named(name: str) -> bool:
    return bool(_RECOMMEND.search(name)) or any(re.search(f"(?i){pattern}", name) for pattern in _OUTCOME)


def _codes(scale: Ends) -> list[float]:
    return [float(code) for code in scale.missing if re.fullmatch(r"-?\d+", code)]


def _usual(likely: Mapping[str, Ends]) -> set[tuple[int, int]]:
    """Find the ends that several questions share; a lone column of codes is more likely a group than a rating."""
    counts = Counter(scale.key for scale in likely.values())
    return {key for key, count in counts.items() if count >= min(3, max(counts.values()))}


def _scale_names(kept: Mapping[str, Ends]) -> dict[tuple[int, int], str]:
    """Name the scales: rating is the one most questions use."""
    order = [key for key, _ in Counter(scale.key for scale in kept.values()).most_common()]
    return {key: "rating" if place == 0 else f"rating_{key[0]}_{key[1]}" for place, key in enumerate(order)}


def _merged(key: tuple[int, int], every: Iterable[Ends]) -> Ends:
    missing = {code: kind for scale in every if scale.key == key for code, kind in scale.missing.items()}
    return Ends(*key, dict(sorted(missing.items())))


def _constructs(items: Sequence[Column], scale_of: Mapping[str, str], *, taken: set[str]) -> dict[str, Sequence[str]]:
    """Families of two and more questions on one scale; a stem like Q says nothing and makes none."""
    found: dict[str, Sequence[str]] = {}
    for stem, family in families(items).items():
        names = [column.name for column in family]
        if len(names) > 1 and not _MERE.fullmatch(stem) and len({scale_of[name] for name in names}) == 1:
            name = re.sub(r"\W+", "_", stem.lower()).strip("_")
            found[f"{name}_all" if name in taken or name in found else name] = names
    return found


def _outcome(items: Sequence[str], constructs: Mapping[str, Sequence[str]]) -> str | None:
    for pattern in _OUTCOME:
        for name in (*constructs, *items):
            if re.search(f"(?i){pattern}", name):
                return next((construct for construct, inside in constructs.items() if name in inside), name)
    return None


def _drivers(
    items: Sequence[str], constructs: Mapping[str, Sequence[str]], outcome: str | None, expected: str | None
) -> list[str]:
    """Choose constructs, or else questions, that are neither the outcome nor what usually follows it."""
    terms = list(constructs) if len(constructs) > 2 else list(items)
    others = {outcome, expected, *constructs.get(outcome or "", ()), *constructs.get(expected or "", ())}
    apart = [n for n in terms if n not in others and not _AFTERWARDS.search(n) and not _named(n)]
    return apart[:_PLAYERS] if outcome else []
