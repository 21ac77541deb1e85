from __future__ import annotations

import math
from itertools import combinations

import matplotlib as mpl
import pytest
from matplotlib.figure import Figure

from csresearch.show.charts import draw, svg
from csresearch.show.specs import Bars, Grid, TableSpec

BARS = Bars(
    labels=("image", "price, given the quality of all that is offered", "value"), values=(0.3, 0.1, math.nan),
    low=(0.2, 0.02, math.nan), high=(0.45, 0.2, math.nan), unit="share", axis_title="LMG", highlight=("image",),
    reference=(0.15, "mean"),
)  # fmt: skip
GRID = Grid(
    labels=("network", "price", "shops"), x=(60.0, 62.0, 80.0), y=(0.3, 0.29, 0.1), x_low=(58.0, 60.0, 79.0),
    x_high=(62.0, 64.0, 81.0), y_low=(0.2, 0.2, 0.05), y_high=(0.4, 0.35, math.nan),
    x_unit="points", y_unit="share", x_title="performance", y_title="importance", x_cut=70.0,
    y_cut=0.2, quadrants=("act", "keep", "low", "ease"), border=(False, True, False),
)  # fmt: skip


def axes():
    return Figure(figsize=(7, 4), dpi=96, layout="constrained").subplots()


def test_bars_start_at_zero_and_carry_their_intervals():
    ax = draw(BARS, axes())
    assert [bar.get_width() for bar in ax.patches][:2] == [0.3, 0.1]
    assert ax.get_xlim()[0] == 0
    (whiskers,) = ax.containers[1].lines[2]
    ends = [(segment[0][0], segment[1][0]) for segment in whiskers.get_segments()[:2]]
    assert ends == [pytest.approx((0.2, 0.45)), pytest.approx((0.02, 0.2))]
    assert "30% [20%, 45%]" in [text.get_text() for text in ax.texts]
    assert "–" in [text.get_text() for text in ax.texts]


def test_names_of_points_do_not_overlap():
    ax = draw(GRID, axes())
    ax.figure.canvas.draw()
    boxes = [text.get_window_extent() for text in ax.texts if text.get_text() in GRID.labels]
    assert len(boxes) == 3
    assert not any(first.overlaps(second) for first, second in combinations(boxes, 2))


def test_nothing_global_is_set():
    before = dict(mpl.rcParams)
    draw(BARS, axes())
    svg(GRID)
    assert dict(mpl.rcParams) == before


@pytest.mark.parametrize("spec", [BARS, GRID])
def test_svg_is_the_same_twice_keeps_text_and_names_no_address(spec):
    first = svg(spec, name="one")
    assert first == svg(spec, name="one")
    assert "http" not in first
    assert ">image<" in first or ">network<" in first
    assert 'id="one-' in first
    assert 'id="figure' not in first


def test_a_table_is_no_drawing():
    with pytest.raises(TypeError, match="TableSpec is no drawing; drawings are Bars"):
        draw(TableSpec(titles=(), sides=(), rows=()), axes())


def test_an_interval_that_does_not_hold_its_estimate_is_drawn_as_it_is() -> None:
    spec = Bars(labels=("a",), values=(0.99,), low=(0.4,), high=(0.9,), unit="share", axis_title="Share")
    (segment,) = draw(spec, axes()).containers[1].lines[2][0].get_segments()
    assert segment[:, 0].tolist() == pytest.approx([0.4, 0.9])
