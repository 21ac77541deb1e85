"""Checks of what the file says of its columns: codes declared missing, words for codes, against the study."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from csresearch.survey.checking.view import Answers, Finding, note, stop
from csresearch.survey.questions import Scale
from csresearch.survey.study_file.faults import listed
from csresearch.survey.wording import is_agreement, is_turned, missing_kind

_KINDS = "not_used, skipped, dont_know, refused"


def declared(view: Answers) -> Iterator[Finding]:
    """Find answers that the file declares missing and the study gives no kind: nothing is guessed of them."""
    for name in view.study.scales:
        words: dict[str, str] = {}
        columns, n = [], 0
        for column in view.on_scale(name):
            rows = view.declared(column) & view.kind(column, "unreadable")
            if rows.any():
                cells = view.raw.iloc[:, list(view.raw.columns).index(column)]
                words |= {code: view.notes[column].values.get(code, "") for code in sorted(set(cells[rows]))}
                columns.append(column)
                n += int(rows.sum())
        if columns:
            shown = listed(f"{code} ({words[code]})" if words[code] else code for code in words)
            line = ", ".join(f"'{code}' = '{missing_kind(words[code]) or 'refused'}'" for code in words)
            found = f"{n} answers that the file declares missing, {shown}, in {listed(columns)}"
            remedy = f"add [scales] {name}.missing = {{ {line} }}, with the kind that each is"
            yield stop(f"[scales] {name}", found, f"a kind for each code: {_KINDS}", remedy, n)


def worded(view: Answers) -> Iterator[Finding]:
    """Find words of the file that say something else than the scale of the study."""
    for name, scale in view.study.scales.items():
        said: dict[tuple[str, str], list[str]] = {}
        for column in view.on_scale(name):
            values = view.notes[column].values if column in view.notes else {}
            numbers = {float(code): words for code, words in values.items() if _is_number(code)}
            for key in _against(scale, numbers, turned=view.study.is_reversed(column)):
                said.setdefault(key, []).append(column)
        for (found, remedy), columns in said.items():
            where = f"[scales] {name}"
            yield note(where, f"{found} in {listed(columns)}", "words and codes that agree", remedy, len(columns))


def _against(scale: Scale, words: Mapping[float, str], *, turned: bool) -> Iterator[tuple[str, str]]:
    """Say what the words of one question say against its scale, and what to do."""
    low, high = scale.ends
    for code, said in words.items():
        kind = missing_kind(said)
        if kind is not None and low <= code <= high and not _between(code, words):
            yield f"{code:g} is on the scale, the file says '{said}'", f"if it is no answer, mind the ends and {kind}"
        elif kind is None and not low <= code <= high and f"{code:g}" not in scale.missing:
            yield f"{code:g}, '{said}' in the file, is beyond the scale", f"are the ends {low:g} to {high:g} right?"
        elif scale.options and low <= code <= high and said not in ("", scale.options[int(code) - 1]):
            yield f"{code:g} is '{said}' in the file", f"in the study it is '{scale.options[int(code) - 1]}'"
    inside = {code: said for code, said in words.items() if low <= code <= high}
    if not scale.options and is_turned(inside) != turned and inside:
        better = inside[min(inside)] if not turned else inside[max(inside)]
        reversed_statement = turned and is_agreement(better)  # to agree with "too slow" is no praise
        if not reversed_statement and (is_turned(inside) or is_turned({-code: said for code, said in inside.items()})):
            yield (
                f"'{better}' is the {'highest' if turned else 'lowest'} code",
                f"reversed = {str(not turned).lower()}?",
            )


def _between(code: float, words: Mapping[float, str]) -> bool:
    """Tell whether a code stands between answers, as "no opinion" in the middle of a scale does."""
    answers = [other for other, said in words.items() if missing_kind(said) is None]
    return bool(answers) and min(answers) < code < max(answers)


def _is_number(code: str) -> bool:
    try:
        float(code)
    except ValueError:
        return False
    return True


INSPECTIONS = (declared, worded)
