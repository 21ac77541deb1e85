"""The native path diagram of the deck."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest
from pptx import Presentation
from pptx.util import Inches

from csresearch.report.deck.slides import write_deck
from csresearch.report.exhibit import Exhibit, Report
from csresearch.report.page.writing import write_page
from tests.show.test_diagram import SPEC

STRUCTURE = replace(SPEC, nodes=tuple(replace(node, items=()) for node in SPEC.nodes))


@pytest.fixture(scope="module")
def report():
    shown = {"index.diagram": STRUCTURE, "index.full": SPEC}
    exhibits = [
        Exhibit(id=name, headline="Paths.", frame=pd.DataFrame({"estimate": [1.0]}), chart=spec, alt=f"alt of {name}")
        for name, spec in shown.items()
    ]
    return Report(exhibits=tuple(exhibits), title="Diagram")


@pytest.fixture(scope="module")
def groups(report, tmp_path_factory):
    slides = list(Presentation(write_deck(report, tmp_path_factory.mktemp("deck") / "deck.pptx")).slides)[1:]
    return [next(shape for shape in slide.shapes if shape.shape_type == 6) for slide in slides]


def test_arrows_are_glued_to_the_boxes_they_join(groups):
    for whole in groups:
        names = {shape.shape_id: shape.name for shape in whole.shapes}
        lines = [shape for shape in whole.shapes if shape._element.tag.endswith("}cxnSp")]
        assert len(lines) == 3
        for line, arrow in zip(lines, SPEC.arrows, strict=True):
            ends = [int(line._element.xpath(f".//a:{end}/@id")[0]) for end in ("stCxn", "endCxn")]
            assert [names[end] for end in ends] == [SPEC.nodes[k].label for k in (arrow.source, arrow.target)]
            assert line._element.xpath(".//a:tailEnd/@type") == ["triangle"]
            assert bool(line._element.xpath(".//a:prstDash")) == arrow.unsure
            assert not line._element.xpath("p:style")


def test_boxes_hold_their_numbers_and_stay_above_the_base(groups):
    said = [
        "\n".join(p.text for p in shape.text_frame.paragraphs) for shape in groups[0].shapes if shape.has_text_frame
    ]
    assert said[0] == "Image\n73.5 [71.8, 75.0]"
    assert "0.06\n[−0.03, 0.14]" in said
    assert any(text.endswith("0.62") for shape in groups[1].shapes if shape.has_text_frame
               for text in [shape.text_frame.text])  # fmt: skip
    for whole in groups:
        assert whole.top + whole.height <= Inches(6.33)
        assert whole._element.xpath("./p:nvGrpSpPr/p:cNvPr/@descr")[0].startswith("alt of index.")


def test_the_page_shows_the_diagram_wide_and_narrow(report, tmp_path):
    content = write_page(report, tmp_path / "page.html").read_text(encoding="utf-8")
    assert content.count("<svg") == 4
    assert content.count("R² 0.68") >= 2
