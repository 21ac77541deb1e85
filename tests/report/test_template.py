"""A client's master: its layouts, colours and fonts are used, its own slides are dropped, what it lacks is told."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path

import pytest
from pptx import Presentation
from pptx.util import Inches

import csresearch as cs
from csresearch.errors import OutputError, StudyError
from csresearch.report.deck.slides import write_deck
from csresearch.report.deck.template import open_master, write_master
from csresearch.report.exhibit import Exhibit, Report
from tests.report.audit import complaints

NAMED = {
    "Cover": "Title Slide", "Chart": "Title and Content", "Table": "Title and Content", "Text": "Title and Content",
    "Canvas": "Title Only",
}  # fmt: skip
CLIENT = {"0072B2": "B0006D", "Arial": "Georgia"}


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Our master as a template, its theme changed by the client."""
    folder = tmp_path_factory.mktemp("client")
    write_master(folder / "own.potx")
    with zipfile.ZipFile(folder / "own.potx") as own, zipfile.ZipFile(folder / "client.potx", "w") as changed:
        for name in own.namelist():
            content = own.read(name)
            for old, new in CLIENT.items() if "theme" in name else ():
                content = content.replace(old.encode(), new.encode())
            changed.writestr(name, content)
    return folder / "client.potx"


@pytest.fixture(scope="module")
def wide(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A presentation of 4:3 with slides, notes and sections of its own."""
    path = tmp_path_factory.mktemp("wide") / "client.pptx"
    deck = Presentation()
    for layout in list(deck.slide_layouts)[:3]:
        slide = deck.slides.add_slide(layout)
        slide.shapes.title.text = "A secret of the client"
        slide.notes_slide.notes_text_frame.text = "Another secret"
    deck.save(str(path))
    return path


def test_a_template_is_opened_and_its_theme_is_kept(report: Report, client: Path, tmp_path: Path) -> None:
    path = write_deck(report, tmp_path / "deck.pptx", template=client)
    with zipfile.ZipFile(path) as archive:
        assert b"presentation.main+xml" in archive.read("[Content_Types].xml")
        theme = archive.read("ppt/theme/theme1.xml").decode()
        parts = "".join(
            archive.read(name).decode()
            for name in archive.namelist()
            if name.startswith(("ppt/slides/s", "ppt/charts/c"))
        )
    assert "B0006D" in theme
    assert "Georgia" in theme
    assert "srgbClr" not in parts
    assert 'typeface="Arial"' not in parts
    assert not re.findall(r'schemeClr val="accent[456]"', parts)  # what these look like is the client's affair
    own = write_deck(report, tmp_path / "own.pptx")
    assert len(Presentation(str(path)).slides) == len(Presentation(str(own)).slides)
    assert complaints(path) == []


def test_a_narrow_master_is_used_by_its_own_layouts(report: Report, wide: Path, tmp_path: Path) -> None:
    path = write_deck(report, tmp_path / "deck.pptx", template=wide, layouts=NAMED)
    deck = Presentation(str(path))
    assert (deck.slide_width, deck.slide_height) == (Inches(10), Inches(7.5))
    assert {slide.slide_layout.name for slide in deck.slides} == set(NAMED.values())
    words = " ".join(s.text_frame.text for slide in deck.slides for s in slide.shapes if s.has_text_frame)
    assert "secret" not in words
    with zipfile.ZipFile(path) as archive:
        slides = [name for name in archive.namelist() if name.startswith("ppt/slides/slide")]
        assert len(slides) == len(deck.slides)
    assert complaints(path) == []


def test_on_a_narrow_master_nothing_leaves_the_slide_or_covers_base_and_foot(
    exhibits: list[Exhibit], report: Report, wide: Path, tmp_path: Path
) -> None:
    deck = Presentation(str(write_deck(report, tmp_path / "deck.pptx", template=wide, layouts=NAMED)))
    for slide in list(deck.slides)[1:]:
        by_name = {shape.name: shape for shape in slide.shapes}
        lines = [by_name[name] for name in ("Base", "Source") if name in by_name]
        foot = min(shape.top for shape in slide.slide_layout.placeholders if "Footer" in shape.name)
        for shape in slide.shapes:
            if shape.top is None or shape.name in ("Exhibit id", "Slide number"):
                continue
            assert shape.left >= 0
            assert shape.left + shape.width <= deck.slide_width + 1
            if shape not in lines and shape.name != "Title":
                assert shape.top + shape.height <= min(line.top for line in lines) + Inches(0.03), shape.name
        assert all(line.top + line.height <= foot + Inches(0.1) for line in lines)
        assert by_name["Title"].is_placeholder
    ids = [shape.text_frame.text for slide in deck.slides for shape in slide.shapes if shape.name == "Exhibit id"]
    assert {words.split()[-1] for words in ids} == {exhibit.id for exhibit in exhibits}


def test_type_of_an_unknown_face_is_set_smaller(client: Path, tmp_path: Path) -> None:
    assert open_master(client).factor == pytest.approx(1.0)
    with zipfile.ZipFile(client) as known, zipfile.ZipFile(tmp_path / "wide.potx", "w") as changed:
        for name in known.namelist():
            changed.writestr(name, known.read(name).replace(b'"Georgia"', b'"Very Wide Sans"'))
    assert open_master(tmp_path / "wide.potx").factor == pytest.approx(1 / 1.1)


def test_type_is_scaled_with_the_slide(report: Report, wide: Path, tmp_path: Path) -> None:
    factor = open_master(wide, NAMED).factor
    assert factor == pytest.approx((10 / 13.333) ** 0.5)
    deck = Presentation(str(write_deck(report, tmp_path / "deck.pptx", template=wide, layouts=NAMED)))
    (chart,) = [s.chart for s in deck.slides[3].shapes if s.has_chart]
    assert chart.font.size.pt == pytest.approx(14 * factor, abs=0.1)


@pytest.mark.parametrize("layouts", [{}, {"Chart": "Nowhere"}])
def test_missing_layouts_are_told_with_those_found_and_how_to_name_them(
    wide: Path, tmp_path: Path, report: Report, layouts: dict[str, str]
) -> None:
    with pytest.raises(OutputError) as told:
        write_deck(report, tmp_path / "deck.pptx", template=wide, layouts=layouts)
    words = str(told.value)
    for part in (
        "Cover: there is no layout 'Cover'",
        "'Title and Content'",
        "[report.layouts]",
        "--layout",
        "Canvas needs",
    ):
        assert part in words
    if layouts:
        assert "Chart: there is no layout 'Nowhere'" in words
    assert list(tmp_path.iterdir()) == []


def test_a_layout_without_room_is_told(wide: Path) -> None:
    with pytest.raises(OutputError, match="Chart: layout 'Title Slide' has no placeholder for content"):
        open_master(wide, NAMED | {"Chart": "Blank"} | {"Chart": "Title Slide"})
    with pytest.raises(OutputError, match="Canvas: layout 'Blank' has no title"):
        open_master(wide, NAMED | {"Canvas": "Blank"})


def test_a_master_without_layouts_is_told(tmp_path: Path) -> None:
    deck = Presentation()
    for layout in list(deck.slide_layouts):
        deck.slide_layouts.remove(layout)
    deck.save(str(tmp_path / "bare.pptx"))
    with pytest.raises(OutputError, match="Its layouts are none"):
        open_master(tmp_path / "bare.pptx")


@pytest.mark.parametrize("content", [b"not a zip", b""])
def test_what_is_no_presentation_is_told(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "client.pptx").write_bytes(content)
    with pytest.raises(OutputError, match="is no PowerPoint presentation"):
        open_master(tmp_path / "client.pptx")


def test_another_office_file_is_told(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "client.pptx", "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
    with pytest.raises(OutputError, match="is no PowerPoint presentation"):
        open_master(tmp_path / "client.pptx")


def test_a_missing_file_and_macros_are_told(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="there is no such template"):
        open_master(tmp_path / "client.potx")
    with zipfile.ZipFile(tmp_path / "client.pptm", "w") as archive:
        archive.writestr(
            "[Content_Types].xml", '<Types x="application/vnd.ms-powerpoint.template.macroEnabled.main+xml"/>'
        )
    with pytest.raises(OutputError, match="holds macros"):
        open_master(tmp_path / "client.pptm")


STUDY = """
schema = 1
title = "Shop"
data = { file = "shop.csv" }
scales = { rating = { ends = [1, 10] } }
items = { speed = "Speed" }
"""


def test_a_study_names_its_master_beside_it(tmp_path: Path) -> None:
    (tmp_path / "study.toml").write_text(
        f'{STUDY}[report]\ntemplate = "look/client.potx"\n[report.layouts]\nChart = "Title and Content"\n',
        encoding="utf-8",
    )
    study = cs.load_study(tmp_path)
    assert study.template == tmp_path / "look" / "client.potx"
    assert study.report.named == {"Chart": "Title and Content"}


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ('[report]\ntemplate = "client.key"', "template"),
        ('[report.layouts]\nChart = "Title and Content"', "no template"),
        ('[report]\ntemplate = "a.pptx"\n[report.layouts]\nGraph = "Title and Content"', "Graph"),
    ],
)
def test_a_fault_in_the_report_table_is_told(tmp_path: Path, lines: str, said: str) -> None:
    (tmp_path / "study.toml").write_text(f"{STUDY}{lines}\n", encoding="utf-8")
    with pytest.raises(StudyError, match=said):
        cs.load_study(tmp_path)


def test_a_run_keeps_the_master_for_later_and_refuses_a_bad_one_before_the_work(client: Path, tmp_path: Path) -> None:
    said: list[str] = []
    with pytest.raises(OutputError, match="there is no such template"):
        cs.run(cs.study_folder("mobile"), to=tmp_path / "x", template=tmp_path / "no.potx", progress=said.append)
    assert said == []
    cs.run(cs.study_folder("mobile"), to=tmp_path / "out", template=client, replicates=cs.Bootstrap(draws=60))
    client_again = cs.render(tmp_path / "out", to=tmp_path / "again", only=["deck"])[0]
    assert client_again.read_bytes() == (tmp_path / "out" / "deck.pptx").read_bytes()
    assert (tmp_path / "out" / "results" / "master.potx").read_bytes() == client.read_bytes()


def test_our_master_written_out_is_a_sound_start(tmp_path: Path, report: Report) -> None:
    write_master(tmp_path / "master.pptx")
    assert len(Presentation(str(tmp_path / "master.pptx")).slides) == 0
    assert complaints(write_deck(report, tmp_path / "deck.pptx", template=tmp_path / "master.pptx")) == []
