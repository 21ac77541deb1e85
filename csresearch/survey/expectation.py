"""What a study asked about expectations: terms behind the roles, attributes of which several facets were asked."""

from __future__ import annotations

from csresearch.survey.study import Study

GAP, ZONE = ("expectation", "performance"), ("performance", "desired", "adequate")


def asked_of_all(study: Study | None, facets: tuple[str, ...]) -> tuple[str, ...]:
    """Attributes of which all these facets were asked; none without a study."""
    if study is None or not set(facets) <= set(study.facets):
        return ()
    return tuple(a for a in study.attributes if all(a in study.facets[facet].attributes for facet in facets))


def role_terms(study: Study | None) -> dict[str, str | None]:
    """Terms of outcome, expectation, performance and the direct measure.

    Without roles, expectation and performance are their facets, the mean of the attributes, where both were asked of
    the same ones; so is the direct measure.
    """
    if study is None:
        return dict.fromkeys(("outcome", "expectation", "performance", "direct"))
    roles, both = study.roles, asked_of_all(study, GAP)
    alike = bool(both) and all(set(study.facets[facet].attributes) == set(both) for facet in GAP)
    return {
        "outcome": roles.outcome,
        "expectation": roles.expectation.term if roles.expectation else "expectation" if alike else None,
        "performance": roles.performance or ("performance" if alike else None),
        "direct": roles.disconfirmation or ("disconfirmation" if "disconfirmation" in study.facets else None),
    }


def asked_when(study: Study | None, term: str) -> str | None:
    """Whether an expectation was asked before the experience or recalled after it; None: not said."""
    if study is None:
        return None
    expected = study.roles.expectation
    if expected is not None and expected.term == term:
        return expected.asked
    return study.facets["expectation"].asked if "expectation" in study.facets else None
