"""Lines of a drafted study.toml, each guess with its mark and its reason."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from textwrap import wrap

from csresearch.survey.drafting.abbreviating import parts
from csresearch.survey.drafting.guessing import Guess
from csresearch.survey.drafting.ticking import Ticked
from csresearch.survey.drafting.unknown_column import Column
from csresearch.survey.reading import Table
from csresearch.survey.reading.encoding import DECIDED
from csresearch.survey.reading.table import Said

MARK = "# CHECK"
FEW_OUTLETS = 10  # so few are rather all there are than a sample of a network
_SAID = re.compile(r"by its signature|decided from the bytes")  # what has a line of its own
_BARE = re.compile(r"[A-Za-z0-9_-]+")


@dataclass(frozen=True, kw_only=True)
class Found:
    """What is to be written: the guess, the table it was made from, columns by name, questions with several answers."""

    made: Guess
    table: Table
    columns: Mapping[str, Column]
    several: Iterable[Ticked]
    said: Said
    language: str = "en"

    @property
    def short(self) -> dict[str, str]:
        """Short names in use, for headers that are questions."""
        made = self.made
        used = {*made.scale_of, *made.roles.values(), *made.segments}
        return {name: column.header for name, column in self.columns.items() if name in used and column.header != name}

    def label(self, name: str) -> str:
        """Say the question behind a column, else words made of its name."""
        column = self.columns.get(name)
        return (column.note.label if column else "") or _label(name)


def lines(found: Found, file: str, title: str) -> Iterator[str]:
    """Write the study file of what was found, line by line."""
    yield "# A draft: lines marked CHECK are guesses from names and answers. Correct them, then take the mark away."
    yield "schema = 1"
    yield f"title = {_text(title)}{_check('the name of the study, as the deck is to say it')}"
    yield f"languages = [{_text(found.language)}]" + _check(
        "the languages of your labels, the first one is the default"
    )
    yield '# population = "customers who ..."'
    yield from _data_lines(found, file)
    yield from _scale_lines(found.made)
    yield from _facet_lines(found)
    yield from _item_lines(found)
    yield from _construct_lines(found)
    yield from _several_lines(found)
    yield from _loop_lines(found.made)
    yield from _role_lines(found.made)
    yield from _group_lines(found.made)
    if found.made.left:
        names = ", ".join(map(_key, found.made.left))
        yield from ("", "# Not used:", *wrap(names, 110, initial_indent="#   ", subsequent_indent="#   "))


def _data_lines(found: Found, file: str) -> Iterator[str]:
    made, table = found.made, found.table
    yield from ("", "[data]", f"file = {_text(file)}")
    if table.layout != "plain":
        yield f"layout = {_text(table.layout)}" + _check("by its header rows")
    if found.said.encoding:
        yield f"encoding = {_text(found.said.encoding)}"
    elif table.encoding in DECIDED:
        yield f"encoding = {_text(table.encoding.lower())}" + _check("decided from its bytes")
    if found.said.sheet:
        yield f"sheet = {_text(found.said.sheet)}"
    for role in ("id", "duration"):
        if role in made.roles:
            yield f"{role} = {_text(made.roles[role])}" + _check("by its name" + " (in seconds?)" * (role != "id"))
    remarks = [finding for finding in table.found if finding.severity != "stop"]
    yield from (f"# {finding.where}: {finding.found}" for finding in remarks if not _SAID.search(finding.found))
    if made.gaps:
        yield 'missing = "listwise"' + _check("raise | listwise | pairwise | block_mean | used")
    duplicate = ', duplicate = "exclude"' if "id" in made.roles else ""
    yield f'screening = {{ incomplete = 0.5, straightline = "flag"{duplicate} }}' + _check("the rules you want")
    if found.short:
        yield from ("", "[columns]" + _check("short names for headers that are questions"))
        yield from (f"{_key(name)} = {_text(header)}" for name, header in found.short.items())


def _scale_lines(made: Guess) -> Iterator[str]:
    yield from ("", "[scales]")
    for name, scale in made.scales.items():
        missing = ", ".join(f"{_key(code)} = {_text(kind)}" for code, kind in scale.missing.items())
        codes = f", missing = {{ {missing} }}" if missing else ""
        ends = f"options = {_list(scale.options)}" if scale.options else f"ends = [{scale.low}, {scale.high}]"
        note = "from the worst to the best? all that were offered?" if scale.options else "the ends offered, the codes"
        yield f"{name} = {{ {ends}{codes} }}" + _check(note)


def _item_lines(found: Found) -> Iterator[str]:
    made = found.made
    if not made.items:
        return
    note = "write each question; reversed = true where high is bad, in words of the good side"
    yield from ("", "[items]" + _check(note))
    shared = Counter(parts(found.label(name))[0] for name in made.items)
    for name in made.items:
        on = "" if len(made.scales) == 1 and not made.worded else f", scale = {_text(made.scale_of[name])}"
        on += ", reversed = true" * (name in made.turned)
        stem, line = parts(found.label(name))
        words = _text(line if stem and shared[stem] > 1 else found.label(name))  # what a matrix asks about
        note = _check("the words of its lowest code are the best") if name in made.turned else ""
        if name in made.against and not note:
            note = _check("its answers fall where those of the others rise: reversed = true?")
        yield f"{_key(name)} = " + (f"{{ {found.language} = {words}{on} }}" if on else words) + note


def _construct_lines(found: Found) -> Iterator[str]:
    made = found.made
    if not made.constructs:
        return
    yield from ("", "[constructs]" + _check("grouped by the stems of names; rename, regroup, label"))
    for name, inside in made.constructs.items():
        stems = {parts(found.label(column))[0] for column in inside}
        words = stems.pop() if len(stems) == 1 else ""
        yield f"{_key(name)} = {{ items = {_list(inside)}, {found.language} = {_text(words or _label(name))} }}"
    sources = [name for name in made.constructs if name in made.drivers] or ["quality", "value"]
    target = made.outcome if made.outcome and made.outcome in made.constructs else "satisfaction"
    yield "# [paths]  # target = its sources, for the satisfaction index; never guessed, the theory is yours:"
    yield f"# {_key(target)} = {_list(sources)}"


def _several_lines(found: Found) -> Iterator[str]:
    if found.several:
        yield from ("", "[multiple]" + _check("several answers allowed; a column name:option is made of each option"))
    for question in found.several:
        own = f"{found.language} = {_text(question.label)}"
        if question.column:
            where = f"column = {_text(question.column)}, delimiter = {_text(question.delimiter)}"
            where += f", options = {_list(question.options)}"
        else:
            inside = ", ".join(f"{_key(option)} = {_text(header)}" for option, header in question.columns.items())
            where = f"columns = {{ {inside} }}"
        yield f"{_key(question.name)} = {{ {own}, {where} }}" + _check(question.why)


def _loop_lines(made: Guess) -> Iterator[str]:
    if not made.loops:
        return
    brands = next(iter(made.loops.values()))
    values = ", ".join(f"{_key(brand)} = {_text(brand)}" for brand in brands)
    asked = ", ".join(f"{_key(base)} = {_text(_pattern(made, base))}" for base in made.loops)
    yield from (
        "",
        f"{MARK} were these questions asked again for each of {', '.join(brands)}? Then write, and correct [items]:",
    )
    yield f'# loop = {{ column = "brand", values = {{ {values} }}, columns = {{ {asked} }} }}'


def _pattern(made: Guess, base: str) -> str:
    """Pattern of the columns of a question of a loop: `sat_{}`."""
    name = next(name for name in made.items if name.startswith(base) and name[len(base) + 1 :] == made.loops[base][0])
    return f"{name[: len(base) + 1]}{{}}"


def _facet_lines(found: Found) -> Iterator[str]:
    made = found.made
    if not made.patterns:
        return
    yield from ("", "[facets]" + _check("{} stands for the keys of [attributes]"))
    for facet, pattern in made.patterns.items():
        of = [key for key in made.attributes if pattern.replace("{}", key) in made.scale_of]
        scale = made.scale_of[pattern.replace("{}", of[0])]
        asked = ', asked = "after"' if facet == "expectation" else ""
        asked += f", of = {_list(of)}" * (len(of) < len(made.attributes))
        note = "before or after the experience?" if facet == "expectation" else "is this what was asked?"
        yield f"{facet} = {{ column = {_text(pattern)}, scale = {_text(scale)}{asked} }}" + _check(note)
    for pattern, facet in made.rivals.items():
        yield f"# {facet} = {{ column = {_text(pattern)} }} would fit as well; it is left out"
    yield from ("", "[attributes]" + _check("write what each attribute is; add system = or stage = where you use them"))
    for key in made.attributes:
        _, line = parts(found.columns[made.patterns["performance"].replace("{}", key)].note.label)
        words = line or (_label(key) if re.search(r"[^\W\d]", key) else f"Attribute {key}")
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
        yield f"recommend = {_text(made.recommend)}" + _check("the question of eleven points, 0 to 10")
    if made.effort:
        term, version = made.effort
        asked = "made easy, 1 to 7" if version == 2 else "how much effort, 1 to 5"
        yield f"effort = {{ term = {_text(term)}, version = {version} }}" + _check(f"{asked}?")


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
    if made.words:
        yield from ("", "[labels]" + _check("words that the file has for codes of groups"))
        yield from (f"{_text(name)} = {_text(words)}" for name, words in made.words.items())


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
