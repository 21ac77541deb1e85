"""Cards of actions: the reason ends above the facts, also where one card has many facts and another a long reason."""

from __future__ import annotations

from dataclasses import replace

import pytest

from csresearch.report.deck.cards import _head, _sizes
from csresearch.report.measure import text_height
from csresearch.show.specs import Action, Cards

WIDTH, POINTS = 3.2, 72
LONG = "A low answer goes with less of the outcome, and many of its users give one; fewer would be in order. " * 2
WORDY = Action(
    title="Concentrate on price",
    reason="It matters.",
    grade="D",
    uplift="+1.0",
    expected="[0.7, 1.2]",
    change="With lines at the medians it would be another quadrant, and few of the draws agree. " * 2,
)
REASONED = Action(title="Fix first", reason=LONG, grade="C", uplift="+0.6", expected="[0.5, 0.8]")


@pytest.mark.parametrize("height", [3.1, 3.3])
def test_a_reason_ends_above_the_facts(height: float) -> None:
    cards = Cards(actions=(REASONED, WORDY))
    sizes = _sizes(cards, WIDTH, height, "en")
    for action, below in zip(cards.actions, sizes.below, strict=True):
        high = text_height(action.reason, WIDTH * POINTS, sizes.reason) / POINTS
        assert 0.24 + _head(action, WIDTH) + high + below < height, action.title


def test_facts_begin_at_one_height_where_there_is_room() -> None:
    assert len(set(_sizes(Cards(actions=(REASONED, WORDY)), WIDTH, 5.5, "en").below)) == 1


def test_what_the_notes_have_gives_way_to_a_reason_without_room() -> None:
    tight = replace(REASONED, rests="grid.importance_performance, grid.must_be", change=WORDY.change, support="100%")
    sizes = _sizes(Cards(actions=(tight,)), WIDTH, 3.75, "en")
    assert sizes.left_out == 1
    high = text_height(tight.reason, WIDTH * POINTS, sizes.reason) / POINTS
    assert 0.24 + _head(tight, WIDTH) + high + sizes.below[0] < 3.75
