from __future__ import annotations

from itertools import combinations

import numpy as np

from csresearch.report.deck.placing import Rectangle, label_box, sides
from csresearch.report.measure import fitting_size, text_width, wrapped


def test_a_free_label_stands_on_the_right():
    assert sides([(50, 50)], [(20, 10)], frame=Rectangle(0, 0, 200, 100)) == (["r"], 0.0)


def test_labels_stay_in_the_frame_and_off_obstacles():
    frame = Rectangle(0, 0, 100, 100)
    assert sides([(95, 50)], [(30, 10)], frame=frame)[0] == ["l"]
    wall = Rectangle(50, 40, 100, 60)
    assert sides([(50, 50)], [(30, 10)], frame=frame, obstacles=[wall])[0] == ["l"]


def test_lines_steer_but_do_not_count():
    found = sides([(50, 50)], [(30, 10)], frame=Rectangle(0, 0, 200, 100), lines=[Rectangle(60, 0, 62, 100)])
    assert found == (["l"], 0.0)


def test_reported_freedom_from_collision_is_true():
    random = np.random.default_rng(3)
    for _ in range(20):
        points = [tuple(point) for point in random.uniform(40, 400, (8, 2))]
        sizes = [(60.0, 12.0)] * 8
        chosen, left = sides(points, sizes, frame=Rectangle(0, 0, 460, 460), gap=6)
        boxes = [label_box(p, s, side, gap=6) for p, s, side in zip(points, sizes, chosen, strict=True)]
        collides = any(a.overlap(b) for a, b in combinations(boxes, 2))
        assert left > 0 or not collides


def test_text_is_measured_and_wrapped():
    assert text_width("ñandú", 10) == text_width("nandu", 10)
    assert wrapped("网络覆盖地铁与乡村", 50, 10) == ["网络覆盖地", "铁与乡村"]
    assert " ".join(wrapped("a longer line of words", 60, 10)) == "a longer line of words"
    assert fitting_size("word " * 200, width=50, height=20, sizes=(12, 10)) is None
