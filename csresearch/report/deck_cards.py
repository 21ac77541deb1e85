# mypy: allow-untyped-calls
# python-pptx annotates only a part of itself.
"""What to do: up to four cards side by side, each one group of shapes."""

from __future__ import annotations

from pptx.shapes.group import GroupShape
from pptx.slide import Slide

from csresearch.report.deck_master import Box
from csresearch.report.deck_shapes import ACCENT, INK, MUTED, NAVY, POINTS, TINT, badge, group, panel, words, write
from csresearch.report.exhibit import facts
from csresearch.report.measure import fitting_size, text_height
from csresearch.show.specs import Action, Cards

CARDS_A_SLIDE = 4
_GAP = 0.2
_PAD = 0.22
_BADGE = 0.42
_NAMES = 1.1
_FACT_SIZE = 10.5


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
    below = max(_facts_height(facts(action, language), width - 2 * _PAD) for action in spec.actions)
    groups = [group(slide, action.title) for action in spec.actions]
    for place, (card, action) in enumerate(zip(groups, spec.actions, strict=True)):
        part = Box(box.left + place * (width + _GAP), box.top, width, box.height)
        _card(card, action, part, first + place, below, language)
    return groups[0]


def _card(card: GroupShape, action: Action, box: Box, place: int, below: float, language: str) -> None:
    panel(card, box, TINT)
    panel(card, Box(box.left, box.top, box.width, 0.06), ACCENT)
    left, width, top = box.left + _PAD, box.width - 2 * _PAD, box.top + 0.24
    badge(card, Box(left, top, _BADGE, _BADGE), str(place))
    top += _title(card, action, Box(left + _BADGE + 0.15, top, width - _BADGE - 0.15, 0.95))
    if action.uplift:
        frame = words(card, Box(left, top, width, 0.75))
        write(frame, action.uplift, size=28, colour=ACCENT, bold=True)
        write(frame, action.expected, size=11, colour=MUTED, new=True)
        top += 0.87
    foot = box.top + box.height - _PAD - below
    reason = words(card, Box(left, top, width, foot - top - 0.1))
    sizes = (14.0, 13.0, 12.0, 11.0, 10.0, 9.0, 8.0)
    room = (foot - top - 0.1) * POINTS
    size = fitting_size(action.reason, width=width * POINTS, height=room, sizes=sizes) or sizes[-1]
    write(reason, action.reason, size=size, colour=INK)
    panel(card, Box(left, foot - 0.08, width, 0.01), MUTED)
    for name, value in facts(action, language):
        row = _fact_height(name, value, width)
        write(words(card, Box(left, foot, _NAMES, row)), name, size=_FACT_SIZE, colour=MUTED)
        write(words(card, Box(left + _NAMES, foot, width - _NAMES, row)), value, size=_FACT_SIZE, colour=INK)
        foot += row


def _title(card: GroupShape, action: Action, box: Box) -> float:
    """Write the title; give the height it takes."""
    sizes = (17.0, 16.0, 15.0, 14.0, 13.0, 12.0)
    size = fitting_size(action.title, width=box.width * POINTS, height=box.height * POINTS, sizes=sizes) or sizes[-1]
    write(words(card, box), action.title, size=size, colour=NAVY, bold=True)
    return max(0.6, text_height(action.title, box.width * POINTS, size) / POINTS + 0.18)


def _facts_height(named: list[tuple[str, str]], width: float) -> float:
    return sum(_fact_height(name, value, width) for name, value in named)


def _fact_height(name: str, value: str, width: float) -> float:
    """Height of the taller of the two cells, in inches."""
    cells = ((name, _NAMES), (value, width - _NAMES))
    return max(text_height(words, room * POINTS, _FACT_SIZE) for words, room in cells) / POINTS + 0.07
