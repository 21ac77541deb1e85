"""The drawing of a response surface: heights, the paler outside, the two lines, both views."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from matplotlib.figure import Figure

from csresearch.show.charts import draw, svg
from csresearch.show.specs import Surface

SPEC = Surface(
    coefficients=(6.0, -0.1, 0.6, -0.02, 0.03, -0.05), middle=5.5, low=1.0, high=10.0, x_title="Expected quality",
    y_title="Quality received", z_title="Satisfaction", hull=((3.0, 3.0), (10.0, 4.0), (10.0, 10.0), (4.0, 9.0)),
    cells=((7.0, 7.0, 0.4), (8.0, 6.0, 0.1)), lines=("both equal", "opposite"), point_name="stationary point",
    answers_name="answers", point=(7.0, 8.0),
)  # fmt: skip


def axes(*, solid: bool = False):
    figure = Figure(figsize=(7, 5.5), dpi=96, layout="constrained")
    return figure.add_subplot(projection="3d" if solid else None)


def test_a_surface_needs_six_coefficients_a_scale_and_a_view():
    with pytest.raises(ValueError, match="six coefficients, b0 to b5; found 2"):
        replace(SPEC, coefficients=(1.0, 2.0))
    with pytest.raises(ValueError, match="from 1 to 1 has no width"):
        replace(SPEC, high=1.0)
    with pytest.raises(ValueError, match="view='map'; allowed are contour, 3d"):
        replace(SPEC, view="map")
    assert SPEC.height(5.5, 5.5) == 6
    assert SPEC.height(6.5, 7.5) == pytest.approx(6 - 0.1 + 1.2 - 0.02 + 0.06 - 0.2)


def test_contours_run_inside_the_answers_and_both_lines_from_end_to_end():
    ax = draw(SPEC, axes())
    assert (ax.get_xlim(), ax.get_ylim()) == ((1, 10), (1, 10))
    lines = {line.get_label(): line.get_xydata().tolist() for line in ax.lines}
    assert lines["both equal"] == [[1, 1], [10, 10]]
    assert lines["opposite"] == [[1, 10], [10, 1]]
    assert lines["stationary point"] == [[7, 8]]
    pale, full = ax.collections[0], ax.collections[1]
    assert pale.get_alpha() < 0.5
    assert full.get_alpha() is None
    assert full.get_clip_path() is not None
    dots = next(c for c in ax.collections if c.get_label() == "answers")
    assert dots.get_offsets().tolist() == [[7, 7], [8, 6]]
    np.testing.assert_allclose(dots.get_sizes()[1] / dots.get_sizes()[0], 0.25)


def test_names_stand_in_a_key_that_fits_a_narrow_page():
    for width, columns in ((9.0, 2), (4.3, 1)):
        found = svg(SPEC, width=width)
        assert found == svg(SPEC, width=width)
        for words in ("both equal", "opposite", "Expected quality", "Satisfaction"):
            assert words in found
        figure = Figure(figsize=(width, 5), dpi=96, layout="constrained")
        assert draw(SPEC, figure.subplots()).get_legend()._ncols == columns


def test_in_three_dimensions_the_outside_is_paler_and_the_axes_have_to_fit():
    ax = draw(replace(SPEC, view="3d"), axes(solid=True))
    outside, answered = (part.get_facecolors()[:, 3] for part in ax.collections[:2])
    assert set(np.unique(outside.round(2))) == {0, 0.22}
    assert set(np.unique(answered)) == {0, 1}
    assert (outside > 0).sum() + (answered > 0).sum() == len(outside)
    assert ax.get_zlabel() == "Satisfaction"
    with pytest.raises(ValueError, match='axes of projection "3d"'):
        draw(replace(SPEC, view="3d"), axes())
    assert draw(replace(SPEC, view="3d")).name == "3d"


@pytest.mark.parametrize("view", ["contour", "3d"])
def test_degenerate_surfaces_are_drawn(view):
    flat = replace(SPEC, coefficients=(6.0, 0.0, 0.0, 0.0, 0.0, 0.0), view=view, cells=(), point=None)
    line = replace(SPEC, hull=((2.0, 2.0), (9.0, 9.0)), view=view)
    for spec in (flat, line):
        draw(spec, axes(solid=view == "3d")).figure.canvas.draw()


def test_numbers_follow_the_language():
    half = replace(SPEC, low=1.5, high=3.5, middle=2.5, hull=((1.5, 1.5), (3.5, 1.5), (3.5, 3.5)), cells=(), point=None)
    ticks = [label.get_text() for label in draw(half, axes(), language="es").get_xticklabels()]
    assert ticks == ["1,5", "2,0", "2,5", "3,0", "3,5"]
