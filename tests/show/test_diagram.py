"""Path diagrams as figures."""

from __future__ import annotations

from itertools import combinations

import pytest
from matplotlib.text import Text

from csresearch.show.charts import draw, svg
from csresearch.show.specs import Arrow, Diagram, Node

NODES = (
    Node(label="Image", value=73.5, low=71.8, high=75.0),
    Node(label="感知质量", value=75.0, low=73.0, high=76.4, r2=0.31, r2_low=0.2, r2_high=0.4),
    Node(
        label="Satisfacción", value=72.5, low=70.9, high=73.8, r2=0.68, r2_low=0.6, r2_high=0.74,
        items=(("Satisfacción general con todo lo que se ofrece", 0.38), ("Cerca del ideal", 0.62)),
    ),
)  # fmt: skip
ARROWS = (
    Arrow(source=0, target=1, value=0.5, low=0.4, high=0.63),
    Arrow(source=0, target=2, value=0.06, low=-0.03, high=0.14),
    Arrow(source=1, target=2, value=0.51, low=0.37, high=0.62),
)  # fmt: skip
SPEC = Diagram(nodes=NODES, arrows=ARROWS, caption="Index and paths")


def words(ax) -> list[str]:
    return [text.get_text() for text in ax.texts if text.get_text()]


def test_what_is_no_path_model_is_refused() -> None:
    with pytest.raises(ValueError, match="Image stands twice"):
        Diagram(nodes=(NODES[0], NODES[0]), arrows=(), caption="")
    with pytest.raises(ValueError, match="have no node"):
        Diagram(nodes=NODES, arrows=(Arrow(source=0, target=3, value=0.1),), caption="")
    with pytest.raises(ValueError, match="run in a circle"):
        Diagram(nodes=NODES, arrows=(*ARROWS, Arrow(source=2, target=0, value=0.1)), caption="")


def test_boxes_hold_index_and_r2_and_arrows_their_paths_with_intervals() -> None:
    said = words(draw(SPEC))
    for expected in (
        "73.5 [71.8, 75.0]", "72.5 [70.9, 73.8]\nR² 0.68 [0.60, 0.74]", "0.51\n[0.37, 0.62]", "0.06\n[−0.03, 0.14]",
        "0.38", "0.62", "Index and paths",
    ):  # fmt: skip
        assert expected in said
    assert any("sum to 1" in part for part in said)


def test_an_unsure_path_is_thin_and_dashed() -> None:
    drawn = [a.arrow_patch for a in draw(SPEC).texts if getattr(a, "arrow_patch", None) is not None]
    assert [patch.get_linestyle() == "-" for patch in drawn] == [True, False, True]
    assert drawn[1].get_linewidth() < min(drawn[0].get_linewidth(), drawn[2].get_linewidth())


@pytest.mark.parametrize("width", [4.3, 9.0])
def test_no_words_lie_on_each_other_or_leave_the_figure(width: float) -> None:
    ax = draw(SPEC, width=width)
    ax.figure.canvas.draw()
    boxes = [Text.get_window_extent(text) for text in ax.texts if text.get_text()]
    shrunk = [box.shrunk(0.98, 0.8) for box in boxes]
    assert not any(a.overlaps(b) for a, b in combinations(shrunk, 2))
    frame = ax.figure.bbox
    assert all(box.x0 >= frame.x0 - 1 and box.x1 <= frame.x1 + 1 for box in boxes)
    assert ("0.38" in words(ax)) == (width > 6)  # on a phone the structure alone


def test_svg_is_the_same_twice() -> None:
    first = svg(SPEC, name="one", language="es")
    assert first == svg(SPEC, name="one", language="es")
    assert "0,51" in first
    assert "http" not in first
