from __future__ import annotations

import math

import pytest

from csresearch.show.specs import Bars, Grid, TableSpec, scale
from csresearch.show.specs.axis import top
from csresearch.show.theme import THEME


def grid(**changes):
    fields = {
        "labels": ("a", "b"), "x": (60.0, 80.0), "y": (0.1, 0.3), "x_unit": "points", "y_unit": "share",
        "x_low": (58.0, 79.0), "x_high": (62.0, 81.0), "y_low": (0.05, 0.2), "y_high": (0.2, 0.4),
        "x_title": "x", "y_title": "y", "x_cut": 70.0, "y_cut": 0.2, "quadrants": ("1", "2", "3", "4"),
        "border": (False, True),
    }  # fmt: skip
    return Grid(**(fields | changes))


def bars(**changes):
    fields = {"labels": ("a", "b"), "values": (1.0, 2.0), "low": (0.5, 1.0), "high": (2.0, 3.0)}
    return Bars(**(fields | {"unit": "points", "axis_title": "Points"} | changes))


def test_lengths_must_agree():
    with pytest.raises(ValueError, match="`values` has 1 values, `labels` has 2"):
        bars(values=(1.0,))
    with pytest.raises(ValueError, match="`low` has 0 values, `labels` has 2"):
        bars(low=())
    with pytest.raises(ValueError, match="`x_low` has 1"):
        grid(x_low=(1.0,))
    with pytest.raises(ValueError, match="row 1 has 2 cells"):
        TableSpec(titles=("a",), sides=("left",), rows=(("1", "2"),))


def test_an_unknown_highlight_is_refused():
    with pytest.raises(ValueError, match="highlight names"):
        bars(highlight=("c",))


def test_a_point_without_numbers_has_no_place():
    assert grid(x=(math.nan, 80.0)).placed == [1]


def test_scales_hold_everything_on_round_ticks():
    x, y = grid(x_low=(48.0, 79.0), x_high=(66.0, 81.0)).scales()
    assert x.low <= 48.0
    assert x.high >= 81.0
    assert math.remainder(x.low, x.step) == pytest.approx(0, abs=1e-9)
    assert y.low >= 0.0
    assert scale([0.01, 0.3]).low == 0.0
    assert scale([-0.01, 0.3]).low < 0.0


@pytest.mark.parametrize("values", [[3.0], [0.0, 0.0], [math.nan], [], [-1e-6, 1e-6], [1e9, 2e9]])
def test_scale_survives_odd_values(values):
    assert scale(values).low < scale(values).high


def luminance(colour):
    channels = [int(colour[start : start + 2], 16) / 255 for start in (0, 2, 4)]
    linear = [value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4 for value in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(first, second):
    """Contrast ratio of two colours, 1 to 21 (WCAG 2.2)."""
    bright, dark = sorted((luminance(first), luminance(second)), reverse=True)
    return (bright + 0.05) / (dark + 0.05)


def test_text_colours_are_readable_on_paper():
    for colour in (THEME.ink, THEME.navy, THEME.muted, THEME.accent):
        assert contrast(colour, THEME.paper) >= 4.5
        assert contrast(colour, THEME.tint) >= 4.5


def test_the_end_of_points_does_not_depend_on_the_order_of_what_is_missing():
    assert top("points", [float("nan"), 99.0]) == top("points", [99.0, float("nan")]) == 100.0
