"""How far a finding may be trusted: grades A to E, with what lowered them.

Whether a scale works alike in all groups is judged where a result of Reliability tests it. Grades are not raised where
the four ways of listening agree, as long as there is one way only.
"""

from __future__ import annotations

from dataclasses import dataclass

from csresearch.models.compare.programme import PARALLEL
from csresearch.models.grid.quadrants import SURE
from csresearch.models.measurement.judging import RELIABLE

GRADES = "ABCDE"
WEIGHTS = {"A": 1.0, "B": 0.8, "C": 0.6, "D": 0.35, "E": 0.15}
CAUSAL = "AB"  # grades whose design earns words of cause
MANY, FEW = 300, 100  # effective respondents
LIMITS = {"collinear": 5.0, "unreliable": RELIABLE, "weights": 2.0, "careless": 0.10}


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """What is known of a finding from one cross-section.

    Parameters
    ----------
    n_effective : float
        Effective respondents behind the effect.
    support : float
        Bootstrap support of the quadrant or rank, 0 to 1.
    same_sign : bool or None
        Whether the effect has the same sign in at least two waves or segments; None where that is not known.
    conf_low, conf_high : float
        Interval of the effect.
    vif : float
        Variance inflation of the driver; NaN where it is not known.
    reliability : float
        Of the outcome; NaN for a single item.
    weights : float
        Design effect of the weights.
    careless : float
        Share of respondents flagged as careless.
    responded : bool
        Whether the response rate is known, from the dispositions of the study.
    alike : bool
        Whether the outcome is measured alike in all groups, as far as that was tested.
    """

    n_effective: float
    support: float
    same_sign: bool | None
    conf_low: float
    conf_high: float
    vif: float
    reliability: float
    weights: float
    careless: float
    responded: bool
    alike: bool = True


@dataclass(frozen=True, kw_only=True)
class Grade:
    """A grade with its reasons, keys of `show/words`.

    Attributes
    ----------
    letter : str
        A to E; one survey alone never gives more than C.
    reasons : tuple of str
        What the grade started from and what lowered it.
    """

    letter: str
    reasons: tuple[str, ...]


def grade(evidence: Evidence) -> Grade:
    """Grade a finding of one cross-section.

    C asks for 300 effective respondents, a stable place and the same sign in two waves or segments; D for 100; else E.
    One grade down each for an interval that holds 0, a collinear driver, an unreliable outcome, weights that double the
    variance, more than 10 % careless respondents, a response rate that nobody knows, an outcome that is formed in
    another way in some group.

    Examples
    --------
    >>> strong = Evidence(n_effective=900, support=0.95, same_sign=True, conf_low=0.1, conf_high=0.3, vif=1.4,
    ...                   reliability=0.86, weights=1.2, careless=0.02, responded=True)
    >>> grade(strong)
    Grade(letter='C', reasons=('cross_section',))
    """
    place, reasons = _start(evidence)
    lowered = _lowered(evidence)
    place = min(place + len(lowered), len(GRADES) - 1)
    return Grade(letter=GRADES[place], reasons=(*reasons, *lowered))


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """What is known of a programme from those it reached and others, before and after it.

    Parameters
    ----------
    n_effective, conf_low, conf_high, weights, careless, responded
        As for `Evidence`.
    parallel : float
        P-value of the gaps before the programme; NaN where there was one wave before it.
    """

    n_effective: float
    conf_low: float
    conf_high: float
    parallel: float
    weights: float
    careless: float
    responded: bool


def grade_programme(evidence: Comparison) -> Grade:
    """Grade a difference in differences: B at best, because nobody drew lots who is reached.

    One grade down each for gaps that were not parallel before, or could not be seen; fewer than 100 effective
    respondents; an interval that holds 0; and what lowers a cross-section.

    Examples
    --------
    >>> grade_programme(Comparison(n_effective=600, conf_low=2.0, conf_high=9.0, parallel=0.4, weights=1.3,
    ...                            careless=0.02, responded=True))
    Grade(letter='B', reasons=('before_and_after',))
    """
    found = {
        "one_wave_before": evidence.parallel != evidence.parallel,
        "not_parallel": evidence.parallel < PARALLEL,
        "small_base": not evidence.n_effective >= FEW,
        "interval_holds_zero": evidence.conf_low <= 0 <= evidence.conf_high,
        "weights": evidence.weights > LIMITS["weights"],
        "careless": evidence.careless > LIMITS["careless"],
        "response_unknown": not evidence.responded,
    }
    lowered = tuple(name for name, yes in found.items() if yes)
    place = min(GRADES.index("B") + len(lowered), len(GRADES) - 1)
    return Grade(letter=GRADES[place], reasons=("before_and_after", *lowered))


def _start(evidence: Evidence) -> tuple[int, tuple[str, ...]]:
    if not evidence.n_effective >= FEW:
        return GRADES.index("E"), ("small_base",)
    if evidence.n_effective >= MANY and evidence.support >= SURE and evidence.same_sign:
        return GRADES.index("C"), ("cross_section",)
    short = []
    if evidence.n_effective < MANY:
        short.append("moderate_base")
    if not evidence.support >= SURE:
        short.append("unstable")
    if not evidence.same_sign:
        short.append("sign_unknown" if evidence.same_sign is None else "sign_differs")
    return GRADES.index("D"), ("cross_section", *short)


def _lowered(evidence: Evidence) -> tuple[str, ...]:
    """Keys of what lowers the grade; of what is not known, the response rate alone does."""
    found = {
        "interval_holds_zero": evidence.conf_low <= 0 <= evidence.conf_high,
        "collinear": evidence.vif > LIMITS["collinear"],
        "unreliable": evidence.reliability < LIMITS["unreliable"],
        "weights": evidence.weights > LIMITS["weights"],
        "careless": evidence.careless > LIMITS["careless"],
        "response_unknown": not evidence.responded,
        "not_alike": not evidence.alike,
    }
    return tuple(name for name, yes in found.items() if yes)
