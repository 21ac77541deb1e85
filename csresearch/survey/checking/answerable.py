"""What can be answered with a file: model by model, what is missing and which line of study.toml would add it."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from csresearch.errors import StudyError
from csresearch.survey.expectation import GAP, ZONE, asked_of_all, role_terms
from csresearch.survey.study import Study

COLUMNS = ("model", "possible", "missing", "add")
Need = tuple[str, str]  # what is missing, the line to add

_LINES = {
    "outcome": 'outcome = "satisfaction"',
    "drivers": 'drivers = ["quality", "value"]',
    "recommend": 'recommend = "column of the 0-10 question"',
}


def answerable(study: Study, answers: pd.DataFrame) -> pd.DataFrame:
    """List the models with `possible`, and else what is `missing` and the line to `add` to study.toml.

    Parameters
    ----------
    study : Study
    answers : DataFrame
        Coded answers; a column without any answer counts as missing.
    """
    columns = set(answers.columns[answers.notna().any()])
    outcome, drivers, recommend = (_role(study, columns, key) for key in _LINES)
    needs: dict[str, list[Need]] = {
        "SatisfactionIndex": _path_model(study, columns) + outcome,
        "Reliability": _measured(study, columns),
        "Drivers": outcome + drivers,
        **_disconfirmation(study, columns, outcome),
        "ImportancePerformance": outcome + _rated(study, columns) + _apart(study),
        "ImportancePerformance(importance='stated')": _facets(study, columns) + outcome,
        "Scores": [] if columns & set(study.items) else [("answers to any item", '[items] Q1 = "wording"')],
        "Scores: nps": recommend + _recommend_scale(study),
    }
    rows = [
        (model, not need, _joined(what for what, _ in need), _joined(line for _, line in need))
        for model, need in needs.items()
    ]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def lacking(missing: str, add: str) -> str:
    """Say what is missing and, where a line would help, the line to add."""
    return f"{missing}; add {add}" if add else missing


def _joined(parts: Iterable[str]) -> str:
    return "; ".join(dict.fromkeys(part for part in parts if part))


def _role(study: Study, columns: set[str], key: str) -> list[Need]:
    """Say what a role lacks: itself, or its columns in the file."""
    named = getattr(study.roles, key)
    if not named:
        return [(f"the role {key}", f"[roles] {_LINES[key]}")]
    return _absent(study, columns, [named] if isinstance(named, str) else named)


def _absent(study: Study, columns: set[str], terms: Iterable[str]) -> list[Need]:
    needs = []
    for term in terms:
        try:
            wanted = study.columns_of(term)
        except StudyError as error:
            return [(str(error), '[facets] performance = { column = "p_{}", scale = "..." }')]
        needs += [(f"answers in the column {column}", "") for column in wanted if column not in columns]
    return needs


def _rated(study: Study, columns: set[str]) -> list[Need]:
    """Say what the grid lacks: two attributes or drivers, with answers."""
    if not study.rated:
        return _role(study, columns, "drivers")
    few = [("a second attribute or driver", f"[roles] {_LINES['drivers']}")] if len(study.rated) < 2 else []
    return few + _absent(study, columns, study.rated)


def _apart(study: Study) -> list[Need]:
    """Say where the outcome is one of the attributes that are to explain it."""
    if study.roles.outcome not in study.rated:
        return []
    what = f"an outcome that is none of the attributes, unlike {study.roles.outcome!r}"
    return [(what, f"[roles] {_LINES['outcome']}")]


_EXPECTED = {
    "expectation": '[roles] expectation = { term = "expectation", asked = "before" }',
    "performance": '[roles] performance = "performance"',
    "direct": '[roles] disconfirmation = "column of the question better or worse than expected"',
}


def _disconfirmation(study: Study, columns: set[str], outcome: list[Need]) -> dict[str, list[Need]]:
    """Say what the model of expectations lacks, and each of the tables that need further questions."""
    terms, needs = role_terms(study), list(outcome)
    for role in GAP:
        term = terms[role]
        needs += [(f"the role {role}", _EXPECTED[role])] if term is None else _absent(study, columns, [term])
    direct = _absent(study, columns, [terms["direct"]]) if terms["direct"] else []
    needs = needs or direct or _comparable(study, terms)
    direct = direct if terms["direct"] else [("the direct measure", _EXPECTED["direct"])]
    first = [("what Disconfirmation lacks", "")] if needs else []
    return {
        "Disconfirmation": needs,
        "Disconfirmation: direct": first + direct,
        "Disconfirmation: gaps": first + _asked_of_one(study, columns, GAP),
        "Disconfirmation: tolerance": first + _asked_of_one(study, columns, ZONE),
    }


def _comparable(study: Study, terms: dict[str, str | None]) -> list[Need]:
    """Ask for terms that are apart from each other, and for one scale of expectation and performance."""
    named = {role: study.columns_of(term) for role, term in terms.items() if term}
    needs = [
        (f"an {first} that shares no question with the {second}", "")
        for first, second in (("outcome", "expectation"), ("outcome", "performance"), ("expectation", "performance"))
        if set(named[first]) & set(named[second])
    ]
    needs += [
        (f"a direct measure that shares no question with the {role}", _EXPECTED["direct"])
        for role in ("outcome", "expectation", "performance")
        if set(named.get("direct", ())) & set(named[role])
    ]
    if study.ends(named["expectation"][0]) != study.ends(named["performance"][0]):
        needs.append(("one scale for expectation and performance", ""))
    return needs


def _asked_of_one(study: Study, columns: set[str], facets: tuple[str, ...]) -> list[Need]:
    """Ask for facets, all of them of one attribute at least."""
    needs: list[Need] = [
        (f"the facet {name}", f'[facets] {name} = {{ column = "{name}_{{}}", scale = "..." }}')
        for name in facets
        if name not in study.facets
    ]
    asked = asked_of_all(study, facets)
    if not needs and not asked:
        return [(f"an attribute of which {', '.join(facets)} were asked", "")]
    wanted = dict.fromkeys(study.facet_column(name, a) for name in facets for a in asked)
    needs += [(f"answers in the column {column}", "") for column in wanted if column not in columns]
    if len({study.facets[name].scale.ends for name in facets if name in study.facets}) > 1:
        needs.append((f"one scale for {', '.join(facets)}", ""))
    return needs


def _path_model(study: Study, columns: set[str]) -> list[Need]:
    needs: list[Need] = []
    if not study.constructs:
        needs.append(("constructs", '[constructs] satisfaction = { items = ["Q1", "Q2"] }'))
    if not study.paths:
        needs.append(("paths; they are never inferred", '[paths] satisfaction = ["quality", "value"]'))
    inside = dict.fromkeys(name for target, sources in study.paths.items() for name in (target, *sources))
    return needs + _absent(study, columns, inside)


def _measured(study: Study, columns: set[str]) -> list[Need]:
    """Ask for a construct of two items at least, with answers to all of its items."""
    several = [name for name, construct in study.constructs.items() if len(construct.items) > 1]
    if not several:
        return [("a construct of two items", '[constructs] satisfaction = { items = ["Q1", "Q2"] }')]
    return _absent(study, columns, study.constructs)


def _facets(study: Study, columns: set[str]) -> list[Need]:
    """Say what stated importance needs: both facets, for the same attributes."""
    needs: list[Need] = []
    for name, pattern in (("performance", "p_{}"), ("importance", "i_{}")):
        if name not in study.facets:
            needs.append((f"the facet {name}", f'[facets] {name} = {{ column = "{pattern}", scale = "..." }}'))
            continue
        wanted = [column for key in study.facets[name].attributes for column in study.facet_columns(name, key)]
        needs += [(f"answers in the column {column}", "") for column in wanted if column not in columns]
        unasked = [key for key in study.attributes if key not in study.facets[name].attributes]
        needs += [(f"the facet {name} of {key}", "") for key in unasked]
    return needs


def _recommend_scale(study: Study) -> list[Need]:
    """Ask for the eleven points on which alone a net promoter score is defined: 0 to 10, or coded 1 to 11."""
    term = study.roles.recommend
    if term is None or (term in study.attributes and "performance" not in study.facets):
        return []
    if {study.ends(column) for column in study.columns_of(term)} in ({(0, 10)}, {(1, 11)}):
        return []
    return [("a 0-10 scale for the recommendation", "[scales] likely = { ends = [0, 10] }")]
