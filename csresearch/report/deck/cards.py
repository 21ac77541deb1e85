# mypy: allow-untyped-calls
# python-pptx annotates only a part of itself.
"""What to do: up to four cards side by side, each one group of shapes."""

from __future__ import annotations

from typing import NamedTuple

from pptx.shapes.group import GroupShape
from pptx.slide import Slide

from csresearch.report.deck.master import Box
from csresearch.report.deck.shapes import ACCENT, INK, MUTED, NAVY, POINTS, TINT, badge, group, panel, words, write
from csresearch.report.exhibit import facts
from csresearch.report.measure import fitting_size, text_height
from csresearch.show.specs import Action, Cards

CARDS_A_SLIDE = 4
_GAP = 0.2
_PAD = 0.22
_BADGE = 0.42
_BESIDE = _BADGE + 0.15
_NAMES = 1.1
_TOP, _TITLE = 0.24, 0.95
_TITLE_SIZES = (17.0, 16.0, 15.0, 14.0, 13.0, 12.0)
_REASON_SIZES = (14.0, 13.0, 12.0, 11.0, 10.5, 10.0, 9.5, 9.0, 8.0)
_FACT_SIZES = (10.5, 10.0, 9.5, 9.0, 8.5)


def card_pages(spec: Cards) -> list[Cards]:
    """Split the actions over slides, as evenly as possible.

    Examples
    --------
    >>> action = Action(title="Repair the network", reason="Weakest and most important.", grade="B")
    >>> [len(page.actions) for page in card_pages(Cards(actions=(action,) * 5))]
    [3, 2]
    """
    parts = max(1, -(-len(spec.actions) // CARDS_A_SLIDE))
    length = -(-len(spec.actions) // parts)
    return [Cards(actions=spec.actions[k : k + length]) for k in range(0, len(spec.actions), length)]


def add_cards(slide: Slide, spec: Cards, box: Box, language: str, *, first: int = 1) -> GroupShape:
    """Draw the cards of one slide, the first with the number `first`; give its group."""
    width = (box.width - _GAP * (max(3, len(spec.actions)) - 1)) / max(3, len(spec.actions))
    sizes = _sizes(spec, width - 2 * _PAD, box.height, language)
    groups = [group(slide, action.title) for action in spec.actions]
    for place, (card, action) in enumerate(zip(groups, spec.actions, strict=True)):
        part = Box(box.left + place * (width + _GAP), box.top, width, box.height)
        _card(card, action, part, str(first + place), sizes, sizes.below[place], language)
    return groups[0]


class _Sizes(NamedTuple):
    """What the cards of a slide have in common: sizes of type in points; height of the facts of each in inches."""

    reason: float
    fact: float
    below: list[float]
    left_out: int


def _sizes(spec: Cards, width: float, height: float, language: str) -> _Sizes:
    """Choose the type of reasons and facts together: reasons are read first, so that facts give way.

    Facts begin at one height on all cards, unless a reason has no room so; then the last of them, which the notes of
    the slide have as well, is left out.
    """
    for left_out in (0, 1):
        for fact in _FACT_SIZES:
            own = [_facts_height(_shown(action, language, left_out), width, fact) for action in spec.actions]
            below = [max(own)] * len(own)
            reason = min(size or 0.0 for size in _fitted(spec, width, height, below))
            if reason >= fact:
                return _Sizes(reason, fact, below, left_out)
        if not reason:
            below = own
            reason = min(size or 0.0 for size in _fitted(spec, width, height, below))
        if reason:
            return _Sizes(reason, fact, below, left_out)
    return _Sizes(_REASON_SIZES[-1], fact, below, left_out)


def _shown(action: Action, language: str, left_out: int) -> list[tuple[str, str]]:
    """Facts of a card without the last of those that rest on something."""
    named = facts(action, language)
    return named[: len(named) - left_out] if action.rests else named


def _fitted(spec: Cards, width: float, height: float, below: list[float]) -> list[float | None]:
    """Largest type of each reason above facts of these heights; None where there is none."""
    return [
        fitting_size(
            action.reason,
            width=width * POINTS,
            height=(height - _PAD - facts_high - _TOP - _head(action, width) - 0.1) * POINTS,
            sizes=_REASON_SIZES,
        )
        for action, facts_high in zip(spec.actions, below, strict=True)
    ]


def _card(card: GroupShape, action: Action, box: Box, place: str, sizes: _Sizes, below: float, language: str) -> None:
    panel(card, box, TINT)
    panel(card, Box(box.left, box.top, box.width, 0.06), ACCENT)
    left, width, top = box.left + _PAD, box.width - 2 * _PAD, box.top + _TOP
    badge(card, Box(left, top, _BADGE, _BADGE), place)
    size, high = _title(action, width)
    write(
        words(card, Box(left + _BESIDE, top, width - _BESIDE, _TITLE)), action.title, size=size, colour=NAVY, bold=True
    )
    if action.uplift:
        frame = words(card, Box(left, top + high, width, 0.75))
        write(frame, action.uplift, size=28, colour=ACCENT, bold=True)
        write(frame, action.expected, size=11, colour=MUTED, new=True)
    top += _head(action, width)
    foot = box.top + box.height - _PAD - below
    write(words(card, Box(left, top, width, foot - top - 0.1)), action.reason, size=sizes.reason, colour=INK)
    panel(card, Box(left, foot - 0.08, width, 0.01), MUTED)
    for name, value in _shown(action, language, sizes.left_out):
        row = _fact_height(name, value, width, sizes.fact)
        write(words(card, Box(left, foot, _NAMES, row)), name, size=sizes.fact, colour=MUTED)
        write(words(card, Box(left + _NAMES, foot, width - _NAMES, row)), value, size=sizes.fact, colour=INK)
        foot += row


def _title(action: Action, width: float) -> tuple[float, float]:
    """Size of the title, and the height that it takes."""
    room = (width - _BESIDE) * POINTS
    size = fitting_size(action.title, width=room, height=_TITLE * POINTS, sizes=_TITLE_SIZES) or _TITLE_SIZES[-1]
    return size, max(0.6, text_height(action.title, room, size) / POINTS + 0.18)


def _head(action: Action, width: float) -> float:
    """Height of title and expected effect."""
    return _title(action, width)[1] + (0.87 if action.uplift else 0)


def _facts_height(named: list[tuple[str, str]], width: float, size: float) -> float:
    return sum(_fact_height(name, value, width, size) for name, value in named)


def _fact_height(name: str, value: str, width: float, size: float) -> float:
    """Height of the taller of the two cells, in inches."""
    cells = ((name, _NAMES), (value, width - _NAMES))
    return max(text_height(words, room * POINTS, size) for words, room in cells) / POINTS + 0.07
