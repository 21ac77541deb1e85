from __future__ import annotations

import math

import pytest

from csresearch.show.specs import Bars, BigNumber, Column, Grid, Headlines, TableSpec, scale
from csresearch.show.theme import THEME, contrast


def grid(**changes):
    fields = {
        "labels": ("a", "b"), "x": (60.0, 80.0), "y": (0.1, 0.3), "x_unit": "points", "y_unit": "share",
        "x_title": "x", "y_title": "y", "x_cut": 70.0, "y_cut": 0.2, "quadrants": ("1", "2", "3", "4"),
    }  # fmt: skip
    return Grid(**(fields | changes))


def test_lengths_must_agree():
    with pytest.raises(ValueError, match="`values` has 1 values, `labels` has 2"):
        Bars(labels=("a", "b"), values=(1.0,), unit="points")
    with pytest.raises(ValueError, match="`x_low` has 1"):
        grid(x_low=(1.0,), x_high=(2.0,))
    with pytest.raises(ValueError, match="row 0 has 2 cells"):
        TableSpec(columns=(Column(title="a"),), rows=((1, 2),))
    with pytest.raises(ValueError, match="at most 3"):
        Headlines(numbers=(BigNumber(label="a", value=1.0, unit="points"),) * 4)


def test_half_an_interval_and_an_unknown_highlight_are_refused():
    with pytest.raises(ValueError, match="both `low` and `high`"):
        Bars(labels=("a",), values=(1.0,), low=(0.5,), unit="points")
    with pytest.raises(ValueError, match="highlight names"):
        Bars(labels=("a",), values=(1.0,), unit="points", highlight=("b",))


def test_ellipse_lies_on_the_contour_of_its_level():
    drawn = grid(spread=((2.0, 0.01, 0.5), (1.0, 0.02, 0.0)))
    for x, y in drawn.outline(0):
        u, v = (x - 60.0) / 2.0, (y - 0.1) / 0.01
        squared = (u**2 - 2 * 0.5 * u * v + v**2) / (1 - 0.5**2)
        assert squared == pytest.approx(-2 * math.log(0.05))


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


def test_text_colours_are_readable_on_paper():
    for colour in (THEME.ink, THEME.navy, THEME.muted, THEME.accent):
        assert contrast(colour, THEME.paper) >= 4.5
        assert contrast(colour, THEME.tint) >= 4.5
