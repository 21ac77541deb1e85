"""The documents of both demo studies: sound files, words on every slide, bases, nothing for the eye alone."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from pptx import Presentation

import csresearch as cs
from csresearch.report.saved import read_saved
from tests.report.audit import complaints

pytestmark = pytest.mark.slow
CASES = [("mobile", "en"), ("autoservice", "en"), ("autoservice", "zh"), ("mobile", "es")]
NO_BASE = ("strategy.actions",)


@pytest.fixture(scope="module")
def folders(after_sales: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[str, str], Path]:
    """Each study is run once and told in the languages of the cases."""
    top = tmp_path_factory.mktemp("demo")
    for study, raw in (("mobile", cs.study_folder("mobile")), ("autoservice", after_sales)):
        cs.run(raw, to=top / study, replicates=cs.Bootstrap(draws=60))
    found: dict[tuple[str, str], Path] = {}
    for study, language in CASES:
        found[study, language] = top / study
        if language != "en":
            found[study, language] = top / f"{study}-{language}"
            cs.render(top / study, to=found[study, language], language=language)
    return found


@pytest.fixture(scope="module", params=CASES, ids=lambda case: "-".join(case))
def case(request: pytest.FixtureRequest, folders: dict[tuple[str, str], Path]) -> tuple[Path, str]:
    return folders[request.param], request.param[1]


def shapes(parent: Any) -> list[Any]:
    """All shapes, those in groups too."""
    found = []
    for shape in parent.shapes:
        found.append(shape)
        found += shapes(shape) if shape.shape_type == 6 else []
    return found


def test_the_deck_is_sound(case: tuple[Path, str]) -> None:
    assert complaints(case[0] / "deck.pptx") == []


def test_every_slide_has_notes_and_every_picture_has_words(case: tuple[Path, str]) -> None:
    for slide in list(Presentation(str(case[0] / "deck.pptx")).slides)[1:]:
        names = [shape.name for shape in slide.shapes]
        assert names[0] == "Title"
        assert slide.has_notes_slide
        assert slide.shapes.title.text_frame.text.split(" (")[0] in slide.notes_slide.notes_text_frame.text
        for shape in slide.shapes:
            (naming,) = shape._element.xpath("./*/p:cNvPr")
            if not shape.has_text_frame or not shape.text_frame.text:
                assert naming.get("descr"), f"{slide.shapes.title.text_frame.text}: {shape.name}"


def test_every_exhibit_has_base_source_and_method_or_question(case: tuple[Path, str]) -> None:
    folder, language = case
    source = folder if (folder / "results").is_dir() else folder.with_name(folder.name.rsplit("-", 1)[0])
    for exhibit in read_saved(source).report(language).exhibits:
        assert exhibit.source, exhibit.id
        assert exhibit.alt, exhibit.id
        assert exhibit.base or exhibit.id in NO_BASE, exhibit.id


def test_words_carry_their_language_and_no_colour_or_face_is_fixed(case: tuple[Path, str]) -> None:
    tag = {"en": "en", "zh": "zh", "es": "es"}[case[1]]
    with zipfile.ZipFile(case[0] / "deck.pptx") as archive:
        for name in archive.namelist():
            if re.match(r"ppt/(slides|charts)/[a-z]+\d+\.xml", name):
                xml = archive.read(name).decode()
                assert "srgbClr" not in xml, name
                assert {found[:2] for found in re.findall(r'lang="([^"]+)"', xml)} <= {tag}, name


def test_no_raw_key_and_no_long_decimals_reach_a_reader(case: tuple[Path, str]) -> None:
    deck = Presentation(str(case[0] / "deck.pptx"))
    for slide in deck.slides:
        words = [s.text_frame.text for s in shapes(slide) if s.has_text_frame and s.name != "Exhibit id"]
        words += [c.text_frame.text for s in slide.shapes if s.has_table for row in s.table.rows for c in row.cells]
        said = "\n".join(words).replace("study.toml", "")
        assert re.findall(r"(?<![.\w])[a-z]+_[a-z_]+\b|\d[.,]\d{4,}|\bnan\b|\bNone\b|\{[a-z]+\}", said) == []


def test_the_workbook_has_a_sheet_for_each_exhibit_and_numbers_as_numbers(case: tuple[Path, str]) -> None:
    book = openpyxl.load_workbook(case[0] / "tables.xlsx")
    folder = case[0] if (case[0] / "results").is_dir() else case[0].with_name(case[0].name.rsplit("-", 1)[0])
    for exhibit in read_saved(folder).report(case[1]).exhibits:
        sheet = book[exhibit.id[:31]]
        assert sheet["A2"].value == exhibit.headline
        numbers = [cell.value for row in sheet.iter_rows(min_row=3) for cell in row if cell.data_type == "n"]
        if exhibit.frame["estimate"].notna().any() if "estimate" in exhibit.frame else False:
            assert [value for value in numbers if value is not None], exhibit.id


def test_a_second_run_keeps_ids_and_order(folders: dict[tuple[str, str], Path], tmp_path: Path) -> None:
    cs.run(cs.study_folder("mobile"), to=tmp_path / "again", replicates=cs.Bootstrap(draws=80, seed=5))
    first, second = (
        read_saved(folder).report("en").exhibits for folder in (folders["mobile", "en"], tmp_path / "again")
    )
    assert [exhibit.id for exhibit in first] == [exhibit.id for exhibit in second]
