"""Actions in words: a title, a reason with its numbers, evidence, and what would change the advice."""

from __future__ import annotations

from csresearch.models.importance_performance import ImportancePerformance
from csresearch.report.measure import shortened
from csresearch.show.format import base, ends, interval, number
from csresearch.show.phrase import joined, phrase, say
from csresearch.show.specs import Action as Card
from csresearch.show.words import text
from csresearch.strategy.actions import SEVERAL, Action, Number, Strategy
from csresearch.strategy.rulebook import MOVES

NO_MOVE = 0.05  # points below which a move is printed as 0.0


def title_of(action: Action, strategy: Strategy, language: str = "en") -> str:
    """Title of an action: its rule and its subject."""
    return text(f"rule.{action.rule}", language, fields={"term": subject_of(action, strategy, language)})


def subject_of(action: Action, strategy: Strategy, language: str = "en") -> str:
    """Words for what an action is about: an attribute, or the constructs it names."""
    return text("sign.list", language).join(_label(strategy, name, language) for name in action.term.split(SEVERAL))


def card(action: Action, strategy: Strategy, language: str = "en") -> Card:
    """Card of an action; its wording stays within its grade."""
    uplift, expected = "", ""
    if action.uplift is not None and not _there(action):
        uplift = number(action.uplift.estimate, "points", language, signed=True)
        unit = text("card.uplift", language, fields={"unit": text("unit.points", language)})
        expected = f"{ends(action.uplift.low, action.uplift.high, 'points', language, signed=True)} {unit}"
    return Card(
        title=title_of(action, strategy, language),
        reason=_together([_because(action, strategy, language), *_brings(action, strategy, language)], language),
        grade=grade_of(action, language, reasons=True),
        support="" if action.support != action.support else number(action.support, "share", language),
        uplift=uplift,
        expected=expected,
        owner=_owner(action, strategy, language),
        change=_together([_change(key, fields, strategy, language) for key, fields in action.change], language),
        rests=text("sign.list", language).join(action.exhibits),
    )


def _together(sentences: list[str], language: str) -> str:
    """Put sentences one behind the other, with a space where the language has one."""
    return say(joined(*sentences), language)


def grade_of(action: Action, language: str = "en", *, reasons: bool = False) -> str:
    """Evidence grade in words, with what it started from and what lowered it if asked for."""
    words = text(f"evidence.{action.grade.letter}", language)
    if not reasons:
        return text("evidence.short", language, fields={"letter": action.grade.letter})
    why = text("sign.join", language).join(text(f"evidence.{reason}", language) for reason in action.grade.reasons)
    return text("sentence.aside", language, fields={"words": words, "aside": why})


def _because(action: Action, strategy: Strategy, language: str) -> str:
    first = action.numbers[0]
    if action.rule == "fix_measure":
        return text(f"because.{first.what}", language, fields={"values": _values(action, strategy, language)})
    grid = strategy.of(ImportancePerformance)
    lines = {} if grid is None else grid.table("crosshair").set_index("statistic")["estimate"].to_dict()
    musts = [_label(strategy, a.term, language) for a in strategy.actions if a.broken_must]
    rival = next((part.about[1] for part in action.numbers if part.what == "difference"), "")
    fields: dict[str, object] = {
        "line": number(lines.get("performance"), "points", language),
        "outcome": _label(strategy, strategy.outcome, language),
        "musts": text("sign.list", language).join(musts),
        **{part.what: _interval(part, language) for part in action.numbers},
        "rival": _label(strategy, rival, language, of="brand") if rival else "",
    }
    return text(f"because.{action.rule}", language, fields=fields)


def _values(action: Action, strategy: Strategy, language: str) -> str:
    """Numbers with what they are about: `Image / Quality 0.93 [0.84, 0.99]`."""
    parts = []
    for part in action.numbers:
        names = " / ".join(_label(strategy, name, language) for name in part.about)
        parts.append(f"{names} {_interval(part, language)}")
    return text("sign.join", language).join(parts)


def _brings(action: Action, strategy: Strategy, language: str) -> list[str]:
    """Say what a move or a point goes with."""
    if action.per_point is None or action.rule not in MOVES:
        return []
    outcome = _label(strategy, strategy.outcome, language)
    if action.uplift is None or _there(action):
        fields: dict[str, object] = {"effect": _interval(action.per_point, language), "outcome": outcome}
        key = "no_move" if action.reached or _there(action) else "per_point"
        return [text(f"because.{key}", language, fields=fields)]
    uplift = action.uplift
    fields = {
        "points": number(uplift.move.points, "points", language),
        "basis": text(f"basis.{uplift.move.basis}", language),
        "uplift": interval(uplift.estimate, uplift.low, uplift.high, "points", language),
        "planning": number(uplift.planning, "points", language),
        "outcome": outcome,
    }
    return [text("because.move", language, fields=fields)]


def _there(action: Action) -> bool:
    """Tell whether the move that is left is none as it is printed."""
    return action.uplift is not None and abs(action.uplift.move.points) < NO_MOVE


def _label(strategy: Strategy, name: str, language: str, of: str | None = None) -> str:
    return shortened(strategy.sample.label(name, language=language, of=of))


def _owner(action: Action, strategy: Strategy, language: str) -> str:
    """Who does it, by when, at what cost, as far as the plan says."""
    known = action.cost == action.cost
    cost = text("card.cost", language, fields={"cost": number(action.cost, "money", language)}) if known else ""
    owner = strategy.sample.label(action.owner, language=language)
    return text("sign.clause", language).join(part for part in (owner, action.by, cost) if part)


def _interval(part: Number, language: str) -> str:
    return interval(part.estimate, part.low, part.high, part.unit, language)  # type: ignore[arg-type]


def _change(key: str, fields: dict[str, object], strategy: Strategy, language: str) -> str:
    return say(phrase(key, fields=fields), language, labels=lambda name: _label(strategy, name, language))


def trace_of(action: Action, strategy: Strategy, language: str = "en") -> str:
    """Say what an action rests on: its rule, the exhibits that show its numbers, and their base."""
    least = min(action.numbers, key=lambda part: part.n_effective)
    fields: dict[str, object] = {
        "title": title_of(action, strategy, language),
        "exhibits": text("sign.list", language).join(action.exhibits),
        "base": base(float(least.n_obs), least.n_effective, language),
    }
    return text("rests.line", language, fields=fields)
