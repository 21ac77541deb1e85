# mypy: allow-untyped-calls
# python-pptx annotates only a part of itself.
"""What to do: up to four cards side by side, each one group of shapes."""

from __future__ import annotations

from pptx.shapes.group import GroupShape
from pptx.slide import Slide

from csresearch.report.deck_master import Box
from csresearch.report.deck_shapes import ACCENT, INK, MUTED, NAVY, POINTS, TINT, badge, panel, words, write
from csresearch.report.exhibit import action_lines
from csresearch.report.measure import LINE_HEIGHT, fitting_size, text_height, wrapped
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


def add_cards(slide: Slide, spec: Cards, box: Box, language: str, *, first: int = 1) -> list[GroupShape]:
    """Draw the cards of one slide; the first carries the number `first`."""
    width = (box.width - _GAP * (max(3, len(spec.actions)) - 1)) / max(3, len(spec.actions))
    below = max(_facts_height(action, width - 2 * _PAD, language) for action in spec.actions)
    groups = []
    for place, action in enumerate(spec.actions):
        group = slide.shapes.add_group_shape()
        group.name = action.title
        card = Box(box.left + place * (width + _GAP), box.top, width, box.height)
        _card(group, action, card, first + place, below, language)
        groups.append(group)
    return groups


def _card(group: GroupShape, action: Action, box: Box, place: int, below: float, language: str) -> None:
    panel(group, box, TINT)
    panel(group, Box(box.left, box.top, box.width, 0.06), ACCENT)
    left, width, top = box.left + _PAD, box.width - 2 * _PAD, box.top + 0.24
    badge(group, Box(left, top, _BADGE, _BADGE), str(place))
    top += _title(group, action, Box(left + _BADGE + 0.15, top, width - _BADGE - 0.15, 0.95))
    centre, note, facts = action_lines(action, language)
    if centre:
        top += _uplift(group, centre, note, Box(left, top, width, 0.75))
    foot = box.top + box.height - _PAD - below
    reason = words(group, Box(left, top, width, foot - top - 0.1))
    sizes = (14.0, 13.0, 12.0, 11.0, 10.0, 9.0)
    room = (foot - top - 0.1) * POINTS
    size = fitting_size(action.reason, width=width * POINTS, height=room, sizes=sizes) or sizes[-1]
    write(reason, action.reason, size=size, colour=INK)
    if facts:
        panel(group, Box(left, foot - 0.08, width, 0.01), MUTED)
    for name, value in facts:
        row = _fact_height(value, width)
        write(words(group, Box(left, foot, _NAMES, row)), name, size=_FACT_SIZE, colour=MUTED)
        write(words(group, Box(left + _NAMES, foot, width - _NAMES, row)), value, size=_FACT_SIZE, colour=INK)
        foot += row


def _title(group: GroupShape, action: Action, box: Box) -> float:
    """Write the title; give the height it takes."""
    sizes = (17.0, 16.0, 15.0, 14.0, 13.0, 12.0)
    size = fitting_size(action.title, width=box.width * POINTS, height=box.height * POINTS, sizes=sizes) or sizes[-1]
    write(words(group, box), action.title, size=size, colour=NAVY, bold=True)
    return max(0.6, text_height(action.title, box.width * POINTS, size) / POINTS + 0.18)


def _uplift(group: GroupShape, centre: str, note: str, box: Box) -> float:
    """Write the expected effect with its interval; give the height it takes."""
    frame = words(group, box)
    write(frame, centre, size=28, colour=ACCENT, bold=True)
    write(frame, note, size=11, colour=MUTED, new=True)
    return box.height + 0.12


def _facts_height(action: Action, width: float, language: str) -> float:
    return sum(_fact_height(value, width) for _, value in action_lines(action, language)[2])


def _fact_height(value: str, width: float) -> float:
    return len(wrapped(value, (width - _NAMES) * POINTS, _FACT_SIZE)) * _FACT_SIZE * LINE_HEIGHT / POINTS + 0.07
