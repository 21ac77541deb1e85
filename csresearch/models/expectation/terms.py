"""Which questions a model of disconfirmation rests on: from its arguments, the roles and the facets of the study."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from csresearch.errors import DataError
from csresearch.models.terms import Missing, known_ends
from csresearch.survey.expectation import asked_when, role_terms
from csresearch.survey.sample import Sample

if TYPE_CHECKING:
    from csresearch.models.disconfirmation import Disconfirmation


@dataclass(frozen=True, kw_only=True)
class Terms:
    """Terms with their roles, and the scale on which expectation and performance stand."""

    outcome: str
    expectation: str
    performance: str
    direct: str | None
    desired: str | None
    adequate: str | None
    middle: float
    direct_middle: float
    ends: tuple[float, float] | None
    missing: Missing | None
    asked: str | None


def resolved(model: Disconfirmation, sample: Sample) -> Terms:
    """Find the term of each role.

    Raises
    ------
    ValueError
        A role without a term, a term with two roles, a zone of tolerance with one edge.
    DataError
        No scale and no midpoint; expectation and performance on two scales.
    """
    found = {name: getattr(model, name) or term for name, term in role_terms(sample.study).items()}
    if not (found["outcome"] and found["expectation"] and found["performance"]):
        raise ValueError(
            "Disconfirmation needs an outcome, an expectation and a performance: write [roles] outcome, expectation = "
            '{ term = "...", asked = "before" } and performance in study.toml, or give '
            'Disconfirmation(outcome="overall", expectation="expected", performance="got")'
        )
    _distinct({**found, "desired": model.desired, "adequate": model.adequate}, sample)
    if (model.desired is None) != (model.adequate is None):
        given, lacks = ("desired", "adequate") if model.adequate is None else ("adequate", "desired")
        raise ValueError(f"{given} alone is one edge of the zone of tolerance: give {lacks} too")
    ends = _ends(sample, found["expectation"], found["performance"], model.midpoint)
    direct = found["direct"]
    return Terms(
        outcome=found["outcome"], expectation=found["expectation"], performance=found["performance"], direct=direct,
        desired=model.desired, adequate=model.adequate, ends=ends, missing=model.missing,
        middle=model.midpoint if model.midpoint is not None else _middle(ends),
        direct_middle=0.0 if direct is None else _middle(known_ends(sample, direct)),
        asked=asked_when(sample.study, found["expectation"]),
    )  # fmt: skip


def _distinct(found: dict[str, str | None], sample: Sample) -> None:
    """Refuse a term with two roles, and a direct measure that is a part of the outcome."""
    named = [(role, term) for role, term in found.items() if term]
    for place, (role, term) in enumerate(named):
        for other, again in named[:place]:
            if term == again:
                raise ValueError(f"{term!r} is both {other} and {role}; name a question of its own for each")
    outcome = set(sample.columns_of(str(found["outcome"])))
    for role, term in named[1:]:
        shared = sorted(outcome & set(sample.columns_of(term)))
        if shared:
            raise ValueError(
                f"{', '.join(shared)} is a part of the outcome {found['outcome']!r} and of {role}: it explains itself; "
                "take another outcome, or another question"
            )


def _ends(sample: Sample, expectation: str, performance: str, midpoint: float | None) -> tuple[float, float] | None:
    """Scale of expectation and performance, which have to share it."""
    first, second = (known_ends(sample, term) for term in (expectation, performance))
    if first is None and midpoint is None:
        raise DataError(
            f"{expectation!r} and {performance!r} have no scale, so its middle is not known; give "
            "Sample.from_frame(scale=(1, 10)), or Disconfirmation(midpoint=)"
        )
    if first != second and first is not None and second is not None:
        shown = " and ".join(f"{t} {e[0]:g} to {e[1]:g}" for t, e in ((expectation, first), (performance, second)))
        raise DataError(f"expectation and performance are compared on one scale; found {shown}: ask both on the same")
    if first is not None and midpoint is not None and not first[0] <= midpoint <= first[1]:
        raise ValueError(f"midpoint={midpoint:g} lies outside the scale from {first[0]:g} to {first[1]:g}")
    return first


def _middle(ends: tuple[float, float] | None) -> float:
    if ends is None:
        raise DataError("the direct measure has no scale, so its middle is not known; give Sample.from_frame(scale=)")
    return (ends[0] + ends[1]) / 2
