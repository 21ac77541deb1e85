from __future__ import annotations

import math
from dataclasses import replace
from itertools import combinations, pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.figure import Figure
from matplotlib.text import Text

from csresearch.show.charts import draw, svg
from csresearch.show.specs import Curve, Lines, spread
from csresearch.show.words import languages

NAN = math.nan
CURVE = Curve(name="Satisfaction", values=(73.0, NAN, 75.4), low=(71.8, NAN, 74.1), high=(74.3, NAN, NAN))
WAVES = Lines(
    curves=(CURVE,), labels=("2024", "2025", "2026"), unit="points", axis_title="Index, 0 to 100",
    marks=((1.0, "Service programme"),), reference=(74.0, "Market"),
)  # fmt: skip
X = tuple(np.linspace(-2, 2, 9))
SLOPES = Lines(
    curves=tuple(
        Curve(
            name=name, values=tuple(k * x for x in X), low=tuple(k * x - 0.2 for x in X),
            high=tuple(k * x + 0.2 for x in X),
        )
        for k, name in enumerate(("low", "middle", "high"))
    ),
    x=X, unit="sd", axis_title="Satisfaction", x_title="Expectation",
)  # fmt: skip


def axes(width=7.0):
    return Figure(figsize=(width, 4), dpi=96, layout="constrained").subplots()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"curves": ()}, "1 to 12 curves"),
        ({"curves": (CURVE, CURVE)}, "different names"),
        ({"x": (1.0, 2.0, 3.0)}, "either `labels`"),
        ({"labels": ()}, "either `labels`"),
        ({"labels": ("2024", "2025")}, "`values` of 'Satisfaction' has 3 values, the axis has 2 places"),
        ({"labels": (), "x": (1.0, 3.0, 2.0)}, "must rise"),
    ],
)
def test_what_cannot_be_drawn_is_refused(change, words):
    with pytest.raises(ValueError, match=words):
        replace(WAVES, **change)


def test_the_axis_is_cut_and_holds_all_that_is_drawn():
    axis = WAVES.scale()
    assert 0 < axis.low <= 71.8
    assert axis.high >= 75.4
    caption = draw(WAVES, axes()).get_title(loc="left")
    assert caption.replace("\n", " ") == f"Index, 0 to 100 (axis from {axis.low:g} to {axis.high:g})"
    assert "axis from" not in draw(SLOPES, axes()).get_title(loc="left")


def test_an_axis_ends_where_the_scale_ends_unless_a_value_lies_beyond():
    curve = Curve(name="a", values=(1.4, 9.7), low=(1.1, 9.5), high=(1.8, 9.9))
    rated = Lines(curves=(curve,), x=(1.0, 10.0), unit="points", axis_title="Satisfaction", limits=(1.0, 10.0))
    axis = rated.scale()
    assert (axis.low, axis.high) == (1.0, 10.0)
    beyond = replace(rated, curves=(replace(curve, high=(1.8, 10.3)),)).scale()
    assert beyond.high > 10.3


def test_whiskers_are_the_intervals_and_a_missing_end_draws_none():
    ax = draw(WAVES, axes())
    (whiskers,) = ax.containers[0].lines[2]
    (segment,) = [part for part in whiskers.get_segments() if np.isfinite(part).all() and len(part)]
    assert segment[:, 1].tolist() == pytest.approx([71.8, 74.3])
    assert [t.get_text() for t in ax.texts] == ["Service programme", "73.0\n[71.8, 74.3]", "75.4", "Market 74.0"]


def test_bands_run_between_the_ends():
    band = draw(SLOPES, axes()).collections[2].get_paths()[0].vertices
    assert band[:, 1].min() == pytest.approx(-4.2)
    assert band[:, 1].max() == pytest.approx(4.2)


@pytest.mark.parametrize("width", [4.3, 9.0])
def test_names_at_the_right_end_do_not_overlap(width):
    names = (
        "Image",
        "Expectations",
        "Perceived quality of service and parts",
        "Value",
        "Satisfaction",
        "投诉",
        "忠诚度",
    )
    curves = tuple(replace(CURVE, name=name) for name in names)
    ax = draw(replace(WAVES, curves=curves), width=width)
    ax.figure.canvas.draw()
    words = {text.get_text().replace("\n", " "): text for text in ax.texts}
    boxes = [Text.get_window_extent(words[name]) for name in (*names, "Market 74.0")]
    assert not any(a.overlaps(b) for a, b in combinations(boxes, 2))
    frame = ax.figure.bbox
    assert all(box.x1 <= frame.x1 + 1 for box in boxes)


@pytest.mark.parametrize("spec", [WAVES, SLOPES])
@pytest.mark.parametrize("language", languages())
def test_svg_is_the_same_twice_and_keeps_text(spec, language):
    first = svg(spec, name="one", language=language)
    assert first == svg(spec, name="one", language=language)
    assert "http" not in first
    assert f">{spec.reference[1]}" in first if spec.reference else ">middle<" in first


@given(st.lists(st.tuples(st.floats(-5, 15), st.floats(0.1, 2)), min_size=1, max_size=8))
def test_spread_things_keep_their_distance_and_their_room(things):
    wanted, sizes = zip(*things, strict=True)
    moved = spread(wanted, sizes=sizes, low=0.0, high=10.0)
    assert min(moved) >= -1e-9
    assert max(moved) <= 10 + 1e-9
    order = sorted(range(len(things)), key=lambda k: moved[k])
    needed = [(sizes[a] + sizes[b]) / 2 for a, b in pairwise(order)]
    share = min(1.0, 10 / (sum(needed) or 1.0))
    found = [moved[b] - moved[a] for a, b in pairwise(order)]
    assert all(distance >= share * need - 1e-9 for distance, need in zip(found, needed, strict=True))


def test_things_with_room_enough_stay_where_they_are():
    assert spread([9.0, 1.0, NAN], sizes=(1.0, 1.0, 1.0), low=0.0, high=10.0) == [9.0, 1.0, 5.0]
