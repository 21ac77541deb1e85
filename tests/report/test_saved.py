"""What a run saves: everything the documents need, nothing of a respondent, and clear words where it cannot be read."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import openpyxl
import pandas as pd
import pytest

import csresearch as cs
from csresearch.errors import DataError, OutputError
from csresearch.report.exhibit import Exhibit, Report
from csresearch.report.saved import KIND, PLACE, Saved, decode, encode, read_saved, write_saved
from csresearch.show.specs import Bars


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("run") / "mobile"
    cs.run(cs.study_folder("mobile"), to=folder, replicates=cs.Bootstrap(draws=60))
    return folder


def same(one: Exhibit, other: Exhibit) -> None:
    pd.testing.assert_frame_equal(one.frame.reset_index(drop=True), other.frame, check_dtype=True)
    assert type(one.chart) is type(other.chart)
    for name in ("id", "headline", "chart", "alt", "base", "source", "wording", "notes", "flags"):
        assert encode(getattr(one, name)) == encode(getattr(other, name)), name
        assert isinstance(getattr(other, name), type(getattr(one, name))), name


def test_exhibits_of_every_kind_come_back_as_they_were(exhibits: list[Exhibit]) -> None:
    for exhibit in exhibits:
        same(exhibit, decode(json.loads(json.dumps(encode(exhibit), allow_nan=False))))


def test_missing_and_infinite_numbers_and_types_come_back() -> None:
    frame = pd.DataFrame(
        {
            "estimate": [1 / 3, np.nan, np.inf], "n_obs": [1, 2, 3], "passed": [True, False, True],
            "item": ["00123", None, "=cmd()"], "reason": pd.Series(["a", np.nan, None], dtype=object),
        }
    )  # fmt: skip
    again = decode(json.loads(json.dumps(encode(frame), allow_nan=False)))
    pd.testing.assert_frame_equal(again, frame)
    assert again["estimate"].tolist()[0] == 1 / 3


def test_what_is_no_plain_data_is_refused() -> None:
    with pytest.raises(TypeError, match="no set"):
        encode({"a": {1}})


def test_numpy_numbers_are_saved_as_numbers() -> None:
    values = tuple(np.float32([0.5, 1.5]))
    spec = Bars(labels=("a", "b"), values=values, low=values, high=values, unit="points", axis_title="x")
    assert encode(spec)["values"] == [0.5, 1.5]


def test_the_same_run_saves_the_same_bytes(ran: Path, tmp_path: Path) -> None:
    cs.run(cs.study_folder("mobile"), to=tmp_path / "again", replicates=cs.Bootstrap(draws=60))
    assert (tmp_path / "again" / PLACE).read_bytes() == (ran / PLACE).read_bytes()


def test_english_and_the_languages_of_the_study_are_saved(ran: Path) -> None:
    saved = read_saved(ran)
    assert tuple(saved.reports) == ("en", "zh", "es")
    ids = [[exhibit.id for exhibit in report.exhibits] for report in saved.reports.values()]
    assert ids[0] == ids[1] == ids[2]
    with pytest.raises(ValueError, match="must be one of en, zh, es; found 'fr'"):
        cs.render(ran, language="fr", to=ran / "fr")


def test_no_table_of_respondents_is_saved(ran: Path) -> None:
    """250 answered; the longest thing saved with a value for each would be that long."""

    def lengths(part: object) -> list[int]:
        if isinstance(part, dict):
            return [n for value in part.values() for n in lengths(value)]
        return [len(part), *(n for value in part for n in lengths(value))] if isinstance(part, list) else []

    assert 250 not in lengths(json.loads((ran / PLACE).read_text(encoding="utf-8")))


def test_documents_are_the_same_as_those_of_the_run(ran: Path, tmp_path: Path) -> None:
    written = cs.render(ran, to=tmp_path / "again")
    assert [path.name for path in written] == ["deck.pptx", "report.html", "tables.xlsx"]
    for path in written:
        assert path.read_bytes() == (ran / path.name).read_bytes(), path.name


def test_the_workbook_keeps_full_precision(ran: Path, tmp_path: Path) -> None:
    cs.render(ran, to=tmp_path / "again", only=["workbook"])
    rows = list(openpyxl.load_workbook(tmp_path / "again" / "tables.xlsx")["SatisfactionIndex_index"].values)
    place = rows[2].index("estimate")
    expected = pd.read_csv(ran / "results" / "SatisfactionIndex_index.csv")["estimate"].tolist()
    assert [row[place] for row in rows[3 : 3 + len(expected)]] == expected


def test_a_choice_in_another_language_is_written_where_it_is_asked_for(ran: Path, tmp_path: Path) -> None:
    (path,) = cs.render(ran, to=tmp_path / "zh", language="zh", slides=["method", "drivers"], only=["page"])
    html = path.read_text(encoding="utf-8")
    assert html.index('<section id="method"') < html.index('<section id="drivers.importance"')
    assert html.count("<section id=") == 2
    assert 'lang="zh' in html


def test_standing_documents_are_left_alone(ran: Path, tmp_path: Path) -> None:
    before = (ran / "deck.pptx").read_bytes()
    with pytest.raises(OutputError, match=r"deck\.pptx stand there already"):
        cs.render(ran, only=["deck"], slides=["answer"])
    assert (ran / "deck.pptx").read_bytes() == before


def test_an_unknown_document_is_refused(ran: Path, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="only: must be of deck, page, workbook; found 'slides'"):
        cs.render(ran, to=tmp_path / "x", only=["slides"])


def test_a_folder_without_a_saved_report_is_told(tmp_path: Path) -> None:
    with pytest.raises(
        DataError, match=r"holds no results/report\.json; name a folder that csresearch run has written"
    ):
        cs.render(tmp_path)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("{", "is damaged"),
        ("[1]", "has schema None"),
        ('{"schema": 99, "csresearch": "9.0"}', r"has schema 99, written by 9\.0"),
        ('{"schema": 1, "reports": {}}', "damaged or of another version"),
        ('{"schema": 1, "template": "", "layouts": {}, "tables": {}, "reports": {"en": {"is": "Poster"}}}', "Poster"),
        ('{"schema": 1, "template": "", "layouts": {}, "tables": {}, "reports": {"en": {"is": "Report"}}}', "exhibits"),
        ('{"schema": 1, "template": "", "layouts": [], "tables": [], "reports": 3}', "damaged or of another version"),
    ],
)
def test_a_damaged_report_is_told_with_its_remedy(tmp_path: Path, content: str, said: str) -> None:
    (tmp_path / "results").mkdir()
    (tmp_path / PLACE).write_text(content, encoding="utf-8")
    with pytest.raises(DataError, match=said) as told:
        cs.render(tmp_path, to=tmp_path / "out")
    assert "csresearch run" in str(told.value)
    assert not (tmp_path / "out").exists()


def test_a_saved_report_is_plain_json(report: Report, tmp_path: Path) -> None:
    write_saved(Saved(reports={"en": report}, tables={}), tmp_path / "report.json")
    words = (tmp_path / "report.json").read_text(encoding="utf-8")
    assert "NaN" not in words
    assert json.loads(words)["reports"]["en"][KIND] == "Report"
