"""The layout of path diagrams: boxes apart, arrows past boxes, labels apart."""

from __future__ import annotations

from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from csresearch.show.layering import AIR, Box, Layout, layered, ranks

ECSI = ((0, 1), (0, 4), (0, 6), (1, 2), (1, 3), (1, 4), (2, 3), (2, 4), (3, 4), (4, 5), (4, 6), (5, 6))
SERVICE = (*((0, k) for k in (1, 2, 3, 4, 5, 7)), (4, 6), (5, 6), *((k, 7) for k in range(1, 7)), (7, 8))
MODELS = {"ecsi": (7, ECSI), "autoservice": (9, SERVICE)}
CANVAS = {"slide": (12.1, 4.17, (1.5, 0.62), (0.75, 0.3)), "page": (9.0, 3.9, (1.11, 0.55), (0.68, 0.28))}


def placed(model: str, canvas: str) -> tuple[Layout, tuple[tuple[int, int], ...], tuple[float, float]]:
    (count, edges), (width, height, box, label) = MODELS[model], CANVAS[canvas]
    return layered((box,) * count, edges, width=width, height=height, label=label), edges, label


def through(line: tuple[tuple[float, float], tuple[float, float]], box: Box) -> bool:
    """Whether a segment enters a box, by walking along it."""
    (x0, y0), (x1, y1) = line
    steps = ((x0 + k / 400 * (x1 - x0), y0 + k / 400 * (y1 - y0)) for k in range(401))
    return any(abs(x - box.x) < box.width / 2 and abs(y - box.y) < box.height / 2 for x, y in steps)


EVERY = pytest.mark.parametrize(("model", "canvas"), [(m, c) for m in MODELS for c in CANVAS])


@EVERY
def test_boxes_stand_apart_and_on_the_canvas(model: str, canvas: str) -> None:
    layout, _, _ = placed(model, canvas)
    width, height = CANVAS[canvas][:2]
    assert not any(a.overlap(b, air=AIR) for a, b in combinations(layout.boxes, 2))
    for box in layout.boxes:
        assert box.width / 2 - 1e-9 <= box.x <= width - box.width / 2 + 1e-9
        assert box.height / 2 - 1e-9 <= box.y <= height - box.height / 2 + 1e-9


@EVERY
def test_no_arrow_runs_through_a_box_and_few_cross(model: str, canvas: str) -> None:
    layout, edges, _ = placed(model, canvas)
    for link, edge in zip(layout.links, edges, strict=True):
        inner = [(link.start, link.end)]
        for k, box in enumerate(layout.boxes):
            assert k in edge or not through(inner[0], box), (edge, k)
    lines = [(link.start, link.end) for link in layout.links]
    crossing = sum(crosses(a, b) for a, b in combinations(lines, 2))
    assert crossing <= {"ecsi": 0, "autoservice": 1}[model]


def crosses(first: tuple, second: tuple) -> bool:
    (a, b), (c, d) = first, second
    if {a, b} & {c, d}:
        return False

    def left(p: tuple, q: tuple, r: tuple) -> bool:
        return (q[0] - p[0]) * (r[1] - p[1]) > (q[1] - p[1]) * (r[0] - p[0])

    return left(a, b, c) != left(a, b, d) and left(c, d, a) != left(c, d, b)


@EVERY
def test_labels_sit_on_their_arrow_and_not_on_each_other_nor_on_a_box(model: str, canvas: str) -> None:
    layout, _, size = placed(model, canvas)
    labels = [Box(*link.label, *size) for link in layout.links]
    area = size[0] * size[1]
    assert all(a.overlap(b) < 0.05 * area for a, b in combinations(labels, 2))
    assert all(label.overlap(box) < 0.05 * area for label in labels for box in layout.boxes)
    for link in layout.links:
        (x0, y0), (x1, y1) = link.start, link.end
        assert (x1 - x0) * (link.label[1] - y0) == pytest.approx((y1 - y0) * (link.label[0] - x0), abs=1e-9)


@EVERY
def test_arrows_run_from_side_to_side_and_never_back(model: str, canvas: str) -> None:
    layout, edges, _ = placed(model, canvas)
    for link, (source, target) in zip(layout.links, edges, strict=True):
        a, b = layout.boxes[source], layout.boxes[target]
        assert link.start == a.side(link.sides[0])
        assert link.end == b.side(link.sides[1])
        assert a.x <= b.x
        assert link.sides == (3, 1) or a.x == b.x


def test_layers_are_longest_paths() -> None:
    assert ranks(7, ECSI) == [0, 1, 2, 3, 4, 5, 6]
    assert ranks(9, SERVICE) == [0, 1, 1, 1, 1, 1, 2, 3, 4]


def test_the_same_model_has_the_same_layout() -> None:
    first = placed("ecsi", "slide")[0]
    layered.cache_clear()
    assert placed("ecsi", "slide")[0] == first


@settings(max_examples=25, deadline=None)
@given(
    st.integers(2, 7).flatmap(
        lambda n: st.tuples(
            st.just(n),
            st.lists(st.sampled_from([(a, b) for a in range(n) for b in range(a + 1, n)]), min_size=1, unique=True),
        )
    )
)
def test_any_model_without_circles_gets_boxes_apart(model: tuple[int, list[tuple[int, int]]]) -> None:
    count, edges = model
    layout = layered(((1.4, 0.5),) * count, tuple(edges), width=12.0, height=5.0, label=(0.6, 0.3))
    assert len(layout.links) == len(edges)
    assert not any(a.overlap(b) > 1e-9 for a, b in combinations(layout.boxes, 2))
