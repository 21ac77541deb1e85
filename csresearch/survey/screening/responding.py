"""Response, cooperation, refusal and contact rates by AAPOR, from the outcomes of all who were drawn."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from csresearch.errors import DataError
from csresearch.show.phrase import Amount, Phrase, phrase
from csresearch.survey.grammar import Dispositions
from csresearch.survey.study import Study
from csresearch.vocabulary import ordered

RATES = (
    *("rr1", "rr2", "rr3", "rr4", "rr5", "rr6", "coop1", "coop2", "coop3", "coop4"),
    *("ref1", "ref2", "ref3", "con1", "con2", "con3"),
)


def response_rates(study: Study) -> pd.DataFrame:
    """Give the outcome rates of the study's [dispositions], of each wave and of all together.

    Parameters
    ----------
    study : Study

    Returns
    -------
    DataFrame
        A row a rate (shares): `wave` where there are several, `statistic` (rr1 to rr6, coop1 to coop4, ref1 to ref3,
        con1 to con3), `estimate`, `n_obs` (all who were drawn), `method` (where `e` comes from). Counts of a whole file
        have no sampling error, hence no interval.

    Raises
    ------
    DataError
        The study holds no dispositions, or nobody was drawn.

    Notes
    -----
    `e`, the share eligible of those whose eligibility is not known, is the study's own, else that of the cases with
    known eligibility (proportional allocation, CASRO). All together count the unknown of each wave by its own `e`.

    References
    ----------
    American Association for Public Opinion Research, Standard Definitions: Final Dispositions of Case Codes and Outcome
    Rates for Surveys; Council of American Survey Research Organizations (1982), On the Definition of Response Rates.

    Examples
    --------
    >>> rates_of(Dispositions(complete=400, partial=50, refusal=200, non_contact=150, unknown_other=200))["rr1"]
    0.4
    """
    given: object = study
    if not isinstance(given, Study):
        found = type(given).__name__
        raise TypeError(f"response rates are of a Study, not of a {found}; use load_study, or sample.study")
    if not study.dispositions:
        raise DataError(f"{study.source.name} has no [dispositions], so its response rate is not known")
    parts = dict(study.dispositions)
    frames = [_rows(name, [cases]) for name, cases in parts.items()]
    if len(parts) > 1:
        frames.append(_rows("", parts.values()))
    table = pd.concat(frames, ignore_index=True)
    return ordered(table.assign(wave=table["wave"].where(table["wave"] != "")))


def rates_of(*cases: Dispositions) -> dict[str, float]:
    """Rates of the outcomes of one or several waves together; NaN where nobody could have answered."""
    total = {name: sum(getattr(case, name) for case in cases) for name in Dispositions.model_fields if name != "e"}
    done, every = total["complete"], total["complete"] + total["partial"]
    refused, other, missed = total["refusal"], total["other"], total["non_contact"]
    unknown = total["unknown_household"] + total["unknown_other"]
    likely = sum(eligible_share(case) * (case.unknown_household + case.unknown_other) for case in cases)
    known = every + refused + missed + other
    spoken, met = every + refused, every + refused + other
    shares = {
        "rr1": (done, known + unknown), "rr2": (every, known + unknown), "rr3": (done, known + likely),
        "rr4": (every, known + likely), "rr5": (done, known), "rr6": (every, known),
        "coop1": (done, met), "coop2": (every, met), "coop3": (done, spoken), "coop4": (every, spoken),
        "ref1": (refused, known + unknown), "ref2": (refused, known + likely), "ref3": (refused, known),
        "con1": (met, known + unknown), "con2": (met, known + likely), "con3": (met, known),
    }  # fmt: skip
    return {name: part / whole if whole > 0 else float("nan") for name, (part, whole) in shares.items()}


def eligible_share(case: Dispositions) -> float:
    """Share eligible of those of unknown eligibility: as given, else as among those of known eligibility."""
    if case.e is not None:
        return case.e
    known = _eligible(case)
    return known / (known + case.not_eligible) if known else 1.0


def drawn(cases: Iterable[Dispositions]) -> int:
    """Count all who were drawn."""
    return sum(_eligible(c) + c.unknown_household + c.unknown_other + c.not_eligible for c in cases)


def response_words(study: Study) -> Phrase | None:
    """Say the rates in a sentence; None where the study holds no dispositions."""
    cases = tuple(study.dispositions.values())
    if not cases:
        return None
    rates = rates_of(*cases)
    fields: dict[str, object] = {
        n: Amount(rates[n], "share", places=1) for n in ("rr1", "rr3", "coop1", "ref1", "con1")
    }
    fields["drawn"] = Amount(drawn(cases), "money")
    return phrase(f"flow.responded_{_source(cases)}", fields=fields)


def _rows(wave: str, cases: Iterable[Dispositions]) -> pd.DataFrame:
    cases = tuple(cases)
    rates = rates_of(*cases)
    found = pd.DataFrame({"statistic": list(RATES), "estimate": [rates[name] for name in RATES]})
    how = {"given": "e given", "allocated": "e by proportional allocation", "mixed": "e given or by allocation"}
    return found.assign(wave=wave, unit="share", n_obs=drawn(cases), method=f"AAPOR, {how[_source(cases)]}")


def _source(cases: Iterable[Dispositions]) -> str:
    """Tell where the e of the waves comes from."""
    given = {case.e is not None for case in cases}
    return "mixed" if len(given) > 1 else "given" if given.pop() else "allocated"


def _eligible(case: Dispositions) -> int:
    return case.complete + case.partial + case.refusal + case.non_contact + case.other
