from __future__ import annotations

import io
import zipfile
from dataclasses import replace

import openpyxl
import pandas as pd
import pytest
from pptx import Presentation
from pptx.util import Inches

from csresearch.errors import OutputError
from csresearch.report.deck.master import BODY
from csresearch.report.deck.slides import write_deck
from csresearch.report.deck.text import text_pages
from csresearch.report.exhibit import Exhibit, Report
from csresearch.report.measure import wrapped
from csresearch.show.specs import Bars, Grid, Section, Text

C = "{http://schemas.openxmlformats.org/drawingml/2006/chart}"


@pytest.fixture(scope="module")
def path(report, tmp_path_factory):
    return write_deck(report, tmp_path_factory.mktemp("deck") / "deck.pptx")


@pytest.fixture(scope="module")
def slides(path):
    return list(Presentation(path).slides)[1:]


def slide_of(slides, exhibit):
    return next(
        s for s in slides if any(x.has_text_frame and x.text_frame.text.endswith(f" {exhibit.id}") for x in s.shapes)
    )


def chart_of(slide):
    return next(shape.chart for shape in slide.shapes if shape.has_chart)


def sheet_of(chart):
    book = openpyxl.load_workbook(io.BytesIO(chart.part.chart_workbook.xlsx_part.blob), data_only=True)
    return list(book.active.values)


def test_master_is_wide_themed_and_has_only_its_own_layouts(path):
    deck = Presentation(path)
    assert (deck.slide_width, deck.slide_height) == (Inches(13.333), Inches(7.5))
    assert [layout.name for layout in deck.slide_layouts] == ["Cover", "Chart", "Table", "Text", "Canvas"]
    for layout in deck.slide_layouts:
        for shape in layout.placeholders:
            assert shape.left >= 0
            assert shape.left + shape.width <= deck.slide_width
            assert shape.top + shape.height <= deck.slide_height
    with zipfile.ZipFile(path) as archive:
        names = archive.namelist()
        theme = archive.read("ppt/theme/theme1.xml").decode()
        assert sum("slideLayouts/slideLayout" in name for name in names) == 5
        assert "printerSettings" not in "".join(names)
        assert 'name="csresearch"' in theme
        assert 'typeface="Microsoft YaHei"' in theme
        slide_xml = "".join(
            archive.read(n).decode() for n in names if n.startswith(("ppt/slides/slide", "ppt/charts/chart"))
        )
    assert "srgbClr" not in slide_xml


def test_every_slide_has_headline_base_id_number_and_notes(exhibits, slides):
    for exhibit in exhibits:
        slide = slide_of(slides, exhibit)
        texts = {shape.name: shape.text_frame.text for shape in slide.shapes if shape.has_text_frame}
        assert slide.shapes.title.text_frame.text.startswith(exhibit.headline)
        assert exhibit.base in " ".join(texts.values())
        assert "Slide number" in texts
        notes = slide.notes_slide.notes_text_frame.text
        assert exhibit.notes in notes
        assert exhibit.wording in notes


def test_headlines_fit_their_box(slides):
    for slide in slides:
        title = slide.shapes.title
        size = title.text_frame.paragraphs[0].font.size
        points = size.pt if size is not None else 26
        lines = wrapped(title.text_frame.text, title.width / 12700, points)
        assert len(lines) <= 2
        assert len(lines) * points * 1.2 <= title.height / 12700 + 0.5


def test_shapes_stay_on_the_slide_and_bodies_above_the_base(slides):
    for slide in slides:
        for shape in slide.shapes:
            assert shape.left >= 0
            assert shape.left + shape.width <= Inches(13.333)
            if not shape.is_placeholder or shape.has_chart or shape.has_table:
                assert shape.top + shape.height <= Inches(6.33), (slide.shapes.title.text_frame.text, shape.name)


def test_all_that_is_no_text_has_alternative_text(exhibits, slides):
    for slide in slides:
        for shape in slide.shapes:
            if shape.has_text_frame and shape.name not in ("Body",):
                continue
            (naming,) = shape._element.xpath("./*/p:cNvPr")
            assert naming.get("descr"), shape.name
    chart = next(s for s in slide_of(slides, exhibits[3]).shapes if s.has_chart)
    assert chart._element.xpath("./*/p:cNvPr/@descr") == [exhibits[3].alt]


def test_title_is_read_first_and_the_number_last(slides):
    for slide in slides:
        names = [shape.name for shape in slide.shapes]
        assert names[0] == "Title"
        tail = [name for name in ("Base", "Source", "Exhibit id", "Slide number") if name in names]
        assert names[-len(tail) :] == tail
        assert len(tail) >= 3
        ids = slide.shapes._spTree.xpath("//p:cNvPr/@id")
        assert len(ids) == len(set(ids))


def test_error_bars_carry_the_interval_and_stand_where_the_schema_wants_them(exhibits, slides):
    for exhibit in (exhibits[2], exhibits[3], exhibits[4]):
        spec = exhibit.chart
        assert isinstance(spec, Bars)
        series = chart_of(slide_of(slides, exhibit)).plots[0].series[0]._element
        tags = [child.tag.removeprefix(C) for child in series]
        assert tags.index("errBars") == tags.index("cat") - 1
        for tag, expected in (
            ("minus", [v - low for v, low in zip(spec.values, spec.low, strict=True)]),
            ("plus", [high - v for v, high in zip(spec.values, spec.high, strict=True)]),
        ):
            found = [float(v) for v in series.xpath(f"c:errBars/c:{tag}//c:v/text()")]
            assert found == pytest.approx([v for v in expected if v == v])


def test_sheet_behind_the_bars_equals_the_frame(exhibits, slides):
    for exhibit in (exhibits[2], exhibits[3]):
        rows = sheet_of(chart_of(slide_of(slides, exhibit)))
        frame = exhibit.frame
        key = "construct" if "construct" in frame else "term"
        assert [row[0] for row in rows[1:]] == frame[key].tolist()
        for column, name, head in ((1, "estimate", "Estimate"), (3, "conf_low", "Low"), (7, "conf_high", "High")):
            assert rows[0][column] == head
            assert [row[column] for row in rows[1:]] == pytest.approx(frame[name].tolist())


def test_series_point_at_the_cells_they_show(exhibits, slides):
    for exhibit in exhibits[2:6]:
        chart = chart_of(slide_of(slides, exhibit))
        rows = sheet_of(chart)
        for formula in chart._chartSpace.xpath(
            "//c:ser/c:tx//c:f | //c:xVal//c:f | //c:yVal//c:f | //c:cat//c:f | //c:val//c:f | //c:errBars//c:f"
        ):
            cached = [v.text for v in formula.getparent().iter(f"{C}v")]
            first, _, last = formula.text.removeprefix("Sheet1!").replace("$", "").partition(":")
            column, start, end = ord(first[0]) - 65, int(first[1:]), int((last or first)[1:])
            cells = [rows[r - 1][column] for r in range(start, end + 1)]
            cells = [c for c in cells if c is not None]
            if cells and isinstance(cells[0], str):
                assert cells == cached
            else:
                assert cells == pytest.approx([float(v) for v in cached])


def test_grid_draws_lines_before_points_one_series_per_attribute(exhibits, slides):
    exhibit = exhibits[5]
    spec = exhibit.chart
    assert isinstance(spec, Grid)
    series = list(chart_of(slide_of(slides, exhibit)).plots[0].series)
    lengths = [len(list(item.iter_values())) for item in series]
    assert lengths == sorted(lengths, reverse=True)
    points = {item.name: item for item in series[-12:]}
    assert tuple(points) == spec.labels
    for label, x, y in zip(spec.labels, spec.x, spec.y, strict=True):
        element = points[label]._element
        assert [float(v) for v in element.xpath("c:xVal//c:v/text() | c:yVal//c:v/text()")] == [x, y]
        assert element.xpath("c:dLbls/c:showSerName/@val") == ["1"]


def test_long_tables_go_on_with_all_rows_in_the_same_type(exhibits, slides):
    tables = [
        s.table
        for slide in slides
        for s in slide.shapes
        if s.has_table and "24 items" in slide.shapes.title.text_frame.text
    ]
    assert len(tables) == 2
    cells = [row.cells[0].text_frame.text for table in tables for row in list(table.rows)[1:]]
    assert cells == [row[0] for row in exhibits[-1].chart.rows]
    assert len({table.cell(0, 0).text_frame.paragraphs[0].runs[0].font.size for table in tables}) == 1


def test_labels_never_become_formulas_in_the_sheet(tmp_path):
    labels = ("=cmd()", "+1", "@x", "-2", "http://x.y")
    values = (1.0, 2.0, 3.0, 4.0, 5.0)
    spec = Bars(labels=labels, values=values, low=values, high=values, unit="points", axis_title="Points")
    shown = Exhibit(id="evil", headline="Evil labels.", frame=pd.DataFrame(), chart=spec, alt="bars")
    slide = Presentation(write_deck(Report(exhibits=(shown,), title="Evil"), tmp_path / "evil.pptx")).slides[1]
    book = openpyxl.load_workbook(io.BytesIO(chart_of(slide).part.chart_workbook.xlsx_part.blob))
    cells = [row[0] for row in book.active.iter_rows(min_row=2, max_col=1)]
    assert [(cell.value, cell.data_type) for cell in cells] == [(label, "s") for label in labels]


def test_two_writes_are_equal_bytes(report, path, tmp_path):
    again = write_deck(report, tmp_path / "again.pptx")
    assert again.read_bytes() == path.read_bytes()
    with zipfile.ZipFile(path) as archive:
        assert {member.date_time[:3] for member in archive.infolist()} == {(2000, 1, 1)}
        assert b"2000-01-01T00:00:00Z" in archive.read("docProps/core.xml")


def test_a_headline_without_room_is_refused_before_anything_is_written(exhibits, tmp_path):
    endless = replace(exhibits[3], headline="The network carries a third of it. " * 20)
    with pytest.raises(OutputError, match=r"drivers\.importance: its title has 700 characters"):
        write_deck(Report(exhibits=(endless,), title="Mobile"), tmp_path / "deck.pptx")
    assert list(tmp_path.iterdir()) == []


def test_repeated_ids_and_empty_reports_are_refused(exhibits):
    with pytest.raises(ValueError, match="repeated: answer"):
        Report(exhibits=(exhibits[0], exhibits[0]), title="Mobile")
    with pytest.raises(ValueError, match="at least one exhibit"):
        Report(exhibits=(), title="Mobile")


def test_names_without_room_are_left_out_of_a_crowded_grid_and_counted(tmp_path, exhibits):
    grid = next(exhibit for exhibit in exhibits if isinstance(exhibit.chart, Grid))
    crowd = replace(
        grid.chart,
        labels=tuple(f"A rather long name of attribute {k}" for k in range(24)),
        **{name: tuple(70 + 0.05 * k for k in range(24)) for name in ("x", "x_low", "x_high")},
        **{name: tuple(0.2 + 0.001 * k for k in range(24)) for name in ("y", "y_low", "y_high")},
        border=(False,) * 24,
    )
    report = Report(exhibits=(replace(grid, chart=crowd),), title="Crowded")
    slide = Presentation(str(write_deck(report, tmp_path / "deck.pptx"))).slides[1]
    (chart,) = [shape.chart for shape in slide.shapes if shape.has_chart]
    named = [item for item in list(chart.plots[0].series)[6:] if item._element.xpath("c:dLbls")]
    said = " ".join(shape.text_frame.text for shape in slide.shapes if shape.has_text_frame)
    assert 0 < len(named) < 24
    assert f"{24 - len(named)} points without room for their name" in said


def test_a_section_longer_than_a_slide_goes_on_over_further_slides() -> None:
    section = Section(title="Checks", lines=tuple(f"{k}. " + "a failed check " * 8 for k in range(60)))
    pages = text_pages(Text(sections=(section,)), BODY)
    assert len(pages) > 1
    assert [line for page in pages for part in page.sections for line in part.lines] == list(section.lines)
    assert {part.title for page in pages for part in page.sections} == {"Checks"}


def test_a_line_is_never_broken_over_two_columns(tmp_path) -> None:
    sections = tuple(
        Section(title=f"Section {k}", lines=tuple(f"Line {k}.{j}: " + "so many words " * 9 for j in range(4)))
        for k in range(3)
    )
    shown = Exhibit(id="method", headline="Method.", frame=pd.DataFrame(), chart=Text(sections=sections), alt="text")
    slide = Presentation(str(write_deck(Report(exhibits=(shown,), title="Text"), tmp_path / "deck.pptx"))).slides[1]
    columns = [shape for shape in slide.shapes if shape.name in ("Body", "Body 2")]
    assert len(columns) == 2
    assert columns[0].left + columns[0].width < columns[1].left
    assert not any(shape._element.xpath(".//a:bodyPr/@numCol") for shape in columns)
    said = [paragraph.text for shape in columns for paragraph in shape.text_frame.paragraphs]
    assert said == [line for part in sections for line in (part.title, *part.lines)]
    assert not said[len(columns[0].text_frame.paragraphs) - 1].startswith("Section")
