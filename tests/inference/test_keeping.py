"""Replicate weights kept in memory: the same as drawn, only for the design and draws they were made for."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from csresearch.inference import keeping
from csresearch.inference.keeping import kept_blocks
from csresearch.inference.replicates import Bootstrap
from tests.inference.cases import respondents

WEIGHTING = respondents(30, weights=np.linspace(1, 2, 30))


def test_weights_are_those_of_the_design_first_and_again() -> None:
    drawn = Bootstrap(draws=40)
    first, again = (list(kept_blocks(drawn, WEIGHTING)) for _ in range(2))
    np.testing.assert_array_equal(np.concatenate(first, axis=1), np.concatenate(list(drawn.blocks(WEIGHTING)), axis=1))
    assert all(one is other for one, other in zip(first, again, strict=True))
    with pytest.raises(ValueError, match="read-only"):
        again[0][0, 0] = 1


def test_another_design_or_specification_is_drawn_for_itself() -> None:
    drawn = Bootstrap(draws=40)
    others = [
        (replace(drawn, seed=2), WEIGHTING), (replace(drawn, multipliers="exponential"), WEIGHTING),
        (drawn, respondents(30)),
    ]  # fmt: skip
    for replicates, weighting in others:
        list(kept_blocks(drawn, WEIGHTING))
        made = np.concatenate(list(kept_blocks(replicates, weighting)), axis=1)
        np.testing.assert_array_equal(made, np.concatenate(list(replicates.blocks(weighting)), axis=1))
    assert len(keeping._last) == 1, "weights of one design are kept, no more"


def test_what_is_large_or_broken_off_is_not_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    next(kept_blocks(Bootstrap(draws=600), WEIGHTING))
    assert not keeping._last
    monkeypatch.setattr(keeping, "KEPT_CELLS", 30 * 40 - 1)
    first, again = (list(kept_blocks(Bootstrap(draws=40), WEIGHTING)) for _ in range(2))
    assert first[0] is not again[0]
    assert not keeping._last
