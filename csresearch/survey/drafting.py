"""A draft of study.toml for an unknown survey file: whatever is guessed is marked CHECK."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from textwrap import wrap

from csresearch.errors import DataError
from csresearch.survey.guessing import Guess, guess
from csresearch.survey.reading import Table
from csresearch.survey.resembling import columns

MARK = "# CHECK"
FEW_OUTLETS = 10  # so few are rather all there are than a sample of a network
_BARE = re.compile(r"[A-Za-z0-9_-]+")


@dataclass(frozen=True, kw_only=True)
class Draft:
    """A study file to be edited, and what it guesses, in sentences."""

    text: str
    guesses: tuple[str, ...]


def draft(table: Table, *, file: str, title: str) -> Draft:
    r"""Draft a study file.

    Parameters
    ----------
    table : Table
        Cells of the data file, as text.
    file : str
        What [data] file is to say.
    title : str
        Title of the study.

    Raises
    ------
    DataError
        No respondent, fewer than two columns, or no column of ratings.

    Examples
    --------
    >>> import pandas as pd
    >>> cells = pd.DataFrame({"speed": list("1234567"), "staff": list("7654321"), "overall": list("3334457")})
    >>> print(*draft(Table(cells=cells, decimal_comma=False), file="shop.csv", title="Shop").guesses, sep="\n")
    1 scale: rating 1 to 7
    3 questions
    outcome: overall
    drivers: speed, staff
    """
    cells = table.cells
    if cells.shape[1] < 2:
        remedy = "a survey file has one column a question, divided by commas, semicolons, tabs or bars; export it again"
        raise DataError(f"{file} has one column, {str(cells.columns[0])[:60]!r}; {remedy}")
    if not len(cells):
        raise DataError(f"{file} has no respondent below its header; export it again, with its answers")
    made = guess(columns(cells, decimal_comma=table.decimal_comma), [str(name) for name in cells.columns])
    if not made.scale_of:
        remedy = "export the answers as codes (1, 2, ...); answers in words need a study.toml of your own, with options"
        raise DataError(f"{file}: no column looks like ratings; found {_some(made.left)}; {remedy}")
    return Draft(text="\n".join(_lines(made, file, title)) + "\n", guesses=tuple(_sentences(made)))


def _lines(made: Guess, file: str, title: str) -> Iterator[str]:
    yield "# A draft: lines marked CHECK are guesses from names and answers. Correct them, then take the mark away."
    yield "schema = 1"
    yield f"title = {_text(title)}{_check('the name of the study, as the deck is to say it')}"
    yield 'languages = ["en"]' + _check("the languages of your labels, the first one is the default")
    yield '# population = "customers who ..."'
    yield ""
    yield "[data]"
    yield f"file = {_text(file)}"
    for role in ("id", "duration"):
        if role in made.roles:
            yield f"{role} = {_text(made.roles[role])}" + _check("by its name" + " (in seconds?)" * (role != "id"))
    if made.gaps:
        yield 'missing = "listwise"' + _check("raise | listwise | pairwise | block_mean | used")
    duplicate = ', duplicate = "exclude"' if "id" in made.roles else ""
    yield f'screening = {{ incomplete = 0.5, straightline = "flag"{duplicate} }}' + _check("the rules you want")
    yield ""
    yield "[scales]"
    for name, scale in made.scales.items():
        missing = ", ".join(f"{_key(code)} = {_text(kind)}" for code, kind in scale.missing.items())
        codes = f", missing = {{ {missing} }}" if missing else ""
        yield f"{name} = {{ ends = [{scale.low}, {scale.high}]{codes} }}" + _check("the ends offered, the codes")
    yield from _facet_lines(made)
    if made.items:
        yield from ("", "[items]" + _check("write the wording of each question; reversed = true where high is bad"))
        for name in made.items:
            on = "" if len(made.scales) == 1 else f", scale = {_text(made.scale_of[name])}"
            words = _text(_label(name))
            yield f"{_key(name)} = " + (f"{{ en = {words}{on} }}" if on else words)
    if made.constructs:
        yield from ("", "[constructs]" + _check("grouped by the stems of names; rename, regroup, label"))
        for name, inside in made.constructs.items():
            yield f"{_key(name)} = {{ items = {_list(inside)}, en = {_text(_label(name))} }}"
        sources = [name for name in made.constructs if name in made.drivers] or ["quality", "value"]
        target = made.outcome if made.outcome and made.outcome in made.constructs else "satisfaction"
        yield "# [paths]  # target = its sources, for the satisfaction index; never guessed, the theory is yours:"
        yield f"# {_key(target)} = {_list(sources)}"
    yield from _role_lines(made)
    yield from _group_lines(made)
    if made.left:
        names = ", ".join(map(_key, made.left))
        yield from ("", "# Not used:", *wrap(names, 110, initial_indent="#   ", subsequent_indent="#   "))


def _facet_lines(made: Guess) -> Iterator[str]:
    if not made.patterns:
        return
    yield from ("", "[facets]" + _check("{} stands for the keys of [attributes]"))
    for facet, pattern in made.patterns.items():
        scale = made.scale_of[pattern.replace("{}", made.attributes[0])]
        asked = ', asked = "after"' if facet == "expectation" else ""
        note = "before or after the experience?" if asked else "is this what was asked?"
        yield f"{facet} = {{ column = {_text(pattern)}, scale = {_text(scale)}{asked} }}" + _check(note)
    for pattern, facet in made.rivals.items():
        yield f"# {facet} = {{ column = {_text(pattern)} }} would fit as well; it is left out"
    yield from ("", "[attributes]" + _check("write what each attribute is; add system = or stage = where you use them"))
    for key in made.attributes:
        words = _label(key) if re.search(r"[^\W\d]", key) else f"Attribute {key}"
        yield f"{_key(key)} = {_text(words)}"


def _role_lines(made: Guess) -> Iterator[str]:
    yield from ("", "[roles]")
    if made.outcome:
        yield f"outcome = {_text(made.outcome)}" + _check("what is to be explained")
    else:
        yield '# outcome = "..."' + _check("no question was recognised as overall satisfaction; name it")
    for name in made.worded:
        yield f"# {_key(name)} is answered in words: give it a scale with options = [worst, ..., best] to use it"
    if made.expectation:
        asked = _check("asked before the experience, or recalled after it?")
        yield f'expectation = {{ term = {_text(made.expectation)}, asked = "after" }}{asked}'
        yield f"performance = {_text(made.performance or '')}" + _check("what was received, on the same scale")
    if made.disconfirmation:
        yield f"disconfirmation = {_text(made.disconfirmation)}" + _check(
            "better or worse than expected, asked directly"
        )
    if made.drivers:
        yield f"drivers = {_list(made.drivers)}" + _check("what may explain it")
    if made.recommend:
        yield f"recommend = {_text(made.recommend)}" + _check("the 0-10 question")


def _group_lines(made: Guess) -> Iterator[str]:
    roles = made.roles
    if "weight" in roles or "outlet" in roles:
        yield from ("", "[design]")
    if "weight" in roles:
        yield f"weight = {_text(roles['weight'])}" + _check("sampling weights?")
    if "outlet" in roles:
        yield f"outlet = {_text(roles['outlet'])}"
        few = made.outlets < FEW_OUTLETS
        note = f"{made.outlets} outlets; all: every one was asked; sampled: they stand for a network"
        yield f'outlets = "{"all" if few else "sampled"}"' + _check(note)
    grouped = [role for role in ("wave", "brand", "outlet") if role in roles]
    if grouped or made.segments:
        yield from ("", "[groups]")
    for role in grouped:
        yield f"{role} = {{ column = {_text(roles[role])} }}" + _check("by its name")
    if made.segments:
        yield f"segments = {_list(made.segments)}" + _check("groups to compare; keep the few that matter")
    if made.coded:
        first = _text(f"{made.coded[0]}.1")
        coded = ", ".join(made.coded)
        yield f'# {coded}: codes, shown as they are unless [labels] has words for them: {first} = "women"'


def _sentences(made: Guess) -> Iterator[str]:
    """Say what was guessed, a line each."""
    for name, column in made.roles.items():
        yield f"{name}: {column}"
    shown = [
        f"{name} {scale.low} to {scale.high}" + (f" (missing: {', '.join(scale.missing)})" if scale.missing else "")
        for name, scale in made.scales.items()
    ]
    yield f"{_counted(len(shown), 'scale')}: {', '.join(shown)}"
    if made.patterns:
        asked = ", ".join(f"{facet} {pattern}" for facet, pattern in made.patterns.items())
        yield f"{_counted(len(made.attributes), 'attribute')}: {asked}"
    if made.items:
        yield _counted(len(made.items), "question")
    if made.constructs:
        yield f"{_counted(len(made.constructs), 'construct')}: {_some(made.constructs)}"
    yield f"outcome: {made.outcome or 'none recognised; name it in [roles]'}"
    for name in made.worded:
        yield f"{name} is answered in words; to use it write a scale with options = [worst, ..., best]"
    if made.drivers:
        yield f"drivers: {_some(made.drivers)}"
    for name in ("expectation", "performance", "disconfirmation", "recommend"):
        if term := getattr(made, name):
            yield f"{name}: {term}"
    if made.segments:
        yield f"segments: {_some(made.segments)}"
    if made.left:
        yield f"not used: {_some(made.left)}"


def _counted(n: int, noun: str) -> str:
    return f"{n} {noun}" + "s" * (n > 1)


def _check(words: str) -> str:
    return f"  {MARK} {words}"


def _text(words: str) -> str:
    return json.dumps(words, ensure_ascii=False).replace("\x7f", "\\u007f")


def _key(name: str) -> str:
    return name if _BARE.fullmatch(name) else _text(name)


def _list(names: Iterable[str]) -> str:
    return f"[{', '.join(map(_text, names))}]"


def _label(name: str) -> str:
    """Words for a column until somebody writes better ones."""
    words = re.sub(r"[_.\s]+", " ", name).strip() or name
    return words[0].upper() + words[1:]


def _some(names: Iterable[str]) -> str:
    every = list(names)
    more = f" and {len(every) - 8} more" if len(every) > 8 else ""
    return (", ".join(every[:8]) + more) or "nothing"
