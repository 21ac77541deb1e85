"""Swings: penalties to the left of zero, rewards to the right, no number on a whisker."""

from __future__ import annotations

from dataclasses import replace

import matplotlib.pyplot as plt
import pytest
from matplotlib.text import Annotation

from csresearch.show.charts import draw, svg
from csresearch.show.specs import Swings, TableSpec

TABLE = TableSpec(titles=("", "low", "high"), sides=("left", "right", "right"), rows=(("a", "1", "2"), ("b", "1", "2")))
SWINGS = Swings(
    labels=("Fixed right first time", "Lounge"), notes=("must", "little effect"), left=(-7.0, -0.4),
    left_low=(-8.0, -2.9), left_high=(-6.0, 2.0), right=(1.5, -0.2), right_low=(0.5, -1.9), right_high=(2.4, 1.7),
    unit="points", left_title="Penalty", right_title="Reward", table=TABLE,
)  # fmt: skip


def test_bars_go_both_ways_and_values_stand_beyond_the_whiskers() -> None:
    axes = draw(SWINGS)
    widths = [bar.get_width() for bar in axes.patches]
    assert widths == [-7.0, -0.4, 1.5, -0.2]
    at = {t.get_text(): t.xy[0] for t in axes.texts if isinstance(t, Annotation)}
    assert at["\N{MINUS SIGN}7.0"] == -8.0
    assert at["+1.5"] == 2.4
    assert (at["\N{MINUS SIGN}0.4"], at["\N{MINUS SIGN}0.2"]) == (-2.9, 2.0)
    assert {"Penalty", "Reward", "must", "little effect"} <= {t.get_text() for t in axes.texts}
    plt.close("all")


def test_what_is_not_known_is_not_drawn() -> None:
    nan = float("nan")
    gappy = replace(SWINGS, left=(nan, -0.4), left_low=(nan, -2.9), left_high=(nan, 2.0))
    assert gappy.ends == (-2.9, 2.4)
    assert "\N{MINUS SIGN}7.0" not in [t.get_text() for t in draw(gappy).texts]
    plt.close("all")


def test_equal_swings_give_equal_drawings() -> None:
    assert svg(SWINGS, name="a") == svg(SWINGS, name="a")


def test_lengths_have_to_agree() -> None:
    with pytest.raises(ValueError, match="`notes` has 1 values, `labels` has 2"):
        replace(SWINGS, notes=("must",))
