"""Exports of platforms: what is written is read back to the same answers and kinds, whatever is in the cells."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable, Mapping
from io import BytesIO
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from csresearch.demo.exports import PLATFORMS, Question, export, headers
from csresearch.errors import DataError
from csresearch.survey.checking.checking import check
from csresearch.survey.reading import read, tabulate
from csresearch.survey.reading.table import Said
from csresearch.survey.sample import Sample
from csresearch.survey.study_file.loading import load_study

WHY = {"price": "价格", "near": "Near, really", "staff": "El personal"}
QUESTIONS = (
    Question(name="overall", text="How satisfied are you, overall?"),
    Question(name="p_wait", text="How about", row="等候时间", group="visit"),
    Question(name="p_staff", text="How about", row="Staff", group="visit"),
    Question(name="sex", text="Your sex", options={"1": "男", "2": "女"}),
    Question(name="why", text="Why us?", options=WHY, multiple=True, group="visit"),
    Question(name="open", text="Anything else?"),
)
FRAME = pd.DataFrame(
    {
        "overall": [7, np.nan, 3, 10],
        "p_wait": [1, 2, np.nan, 4],
        "p_staff": [5, 6, 7, 8],
        "sex": [1, 2, 1, 2],
        "why:price": [1, 1, np.nan, 0],
        "why:near": [1, 0, np.nan, 0],
        "why:staff": [0, 1, np.nan, 1],
        "open": ["a,b; c", 'she said "no"', "two\nlines", "好\t的"],
        "no": ["r1", "r2", "r3", "r4"],
        "taken": [85, 300, 61, 4000],
        "done": [True, True, False, True],
    }
)
AWAY = pd.Series([None, None, "skipped", None])
KINDS = {"p_wait": AWAY, "why:price": AWAY}
SAYS_SKIPPED = ("limesurvey", "kobo", "wenjuanxing")
Reads = Callable[..., Sample]


def study_text(
    questions: tuple[Question, ...],
    *,
    layout: str,
    file: str,
    words: bool = True,
    data: str = "",
    ratings: tuple[str, ...],
) -> str:
    """Study file for an export: short names, items of 1 to 10, questions with several answers."""
    named = headers(questions, layout=layout)
    lines = ["schema = 1", 'title = "T"', "[data]", f'file = "{file}"', 'missing = "listwise"', data]
    lines += ["[scales]", "rating = { ends = [1, 10] }", "[items]", *(f'{name} = "{name}"' for name in ratings)]
    lines += ["[columns]"]
    lines += [f"{q.name} = {quoted(named[q.name])}" for q in questions if not q.multiple and named[q.name] != q.name]
    for question in (question for question in questions if question.multiple):
        lines.append(f"[multiple.{question.name}]")
        if question.name in named:
            joined = layout == "wenjuanxing"
            options = list(question.options.values() if joined and words else question.options)
            lines += [f"column = {quoted(named[question.name])}", f'delimiter = "{"┋" if joined else " "}"']
            lines.append(f"options = {json.dumps(options, ensure_ascii=False)}")
        else:
            parts = (f"{option} = {quoted(named[f'{question.name}:{option}'])}" for option in question.options)
            lines.append(f"columns = {{ {', '.join(parts)} }}")
    return "\n".join(lines)


def quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def back(folder: Path, content: bytes, study: str, file: str) -> Sample:
    (folder / file).write_bytes(content)
    (folder / "study.toml").write_text(study, encoding="utf-8")
    return read(load_study(folder))


def missing(sample: Sample, column: str) -> list[str]:
    kind = sample.kinds.get(column)
    return [""] * len(sample) if kind is None else kind.astype(object).fillna("").tolist()


@pytest.mark.parametrize("words", [True, False], ids=["words", "codes"])
@pytest.mark.parametrize(("file", "encoding"), [("csv", "utf-8-sig"), ("csv", "gb18030"), ("xlsx", "utf-8")])
@pytest.mark.parametrize("layout", PLATFORMS)
def test_an_export_is_read_back(tmp_path: Path, layout: str, file: str, encoding: str, words: bool) -> None:
    content = export(
        FRAME, QUESTIONS, layout=layout, file=file, encoding=encoding, words=words, kinds=KINDS,
        id="no", seconds="taken", finished="done", previews=2,
    )  # fmt: skip
    name = f"answers.{file}"
    data = f'encoding = "{encoding}"' if encoding == "gb18030" else ""
    ratings = ("overall", "p_wait", "p_staff")
    study = study_text(QUESTIONS, layout=layout, file=name, words=words, data=data, ratings=ratings)
    sample = back(tmp_path, content, study, name)
    pd.testing.assert_frame_equal(sample.answers[list(ratings)], FRAME[list(ratings)], check_dtype=False)
    assert sample.answers["sex"].tolist() == (["男", "女", "男", "女"] if words else ["1", "2", "1", "2"])
    assert sample.answers["open"].tolist() == FRAME["open"].tolist()
    chosen = FRAME[[f"why:{option}" for option in WHY]]
    options = sample.study.columns_of("why")
    np.testing.assert_array_equal(sample.answers[list(options)], chosen)
    told = layout in SAYS_SKIPPED and (words or layout != "limesurvey")
    assert missing(sample, "p_wait") == ["", "", "skipped" if told else "empty", ""]
    assert missing(sample, options[0]) == ["", "", "skipped" if told else "empty", ""]
    assert missing(sample, "overall") == ["", "empty", "", ""]
    assert len(sample.log) == 1 + (layout != "plain") + (layout == "qualtrics")


def test_what_a_layout_knows_is_noted(tmp_path: Path) -> None:
    found = {}
    for layout in PLATFORMS:
        content = export(FRAME, QUESTIONS, layout=layout, kinds=KINDS, finished="done", previews=2)
        (folder := tmp_path / layout).mkdir()
        study = study_text(QUESTIONS, layout=layout, file="a.csv", ratings=("overall",))
        found[layout] = back(folder, content, study, "a.csv")
    text = {layout: " ".join(check(sample).table["found"]) for layout, sample in found.items()}
    assert "2 previews or tests of the survey" in text["qualtrics"]
    assert "1 interviews that were not finished" in text["qualtrics"]
    assert "1 interviews that were not submitted" in text["limesurvey"]
    assert all(f"the layout of {name}" in text[name.lower()] for name in ("Qualtrics", "SurveyMonkey", "KoBo"))
    notes = {layout: sample.notes for layout, sample in found.items()}
    assert notes["qualtrics"]["p_wait"].label == "How about - 等候时间"
    assert notes["wenjuanxing"]["p_wait"].label == "How about—等候时间"
    sets = {"qualtrics": "Q4", "surveymonkey": "Why us?", "limesurvey": "Q4", "kobo": "visit/why"}
    for layout, name in {**sets, "wenjuanxing": "4、Why us?"}.items():
        assert name in {note.multiple for note in notes[layout].values()}, layout
        assert notes[layout]["overall"].multiple == "" if "overall" in notes[layout] else True
    assert found["wenjuanxing"].raw["所用时间"].tolist() == ["300"] * 4


def test_a_workbook_is_the_same_each_time() -> None:
    first, second = (export(FRAME, QUESTIONS, layout="qualtrics", file="xlsx") for _ in range(2))
    assert first == second
    assert {entry.date_time[0] for entry in zipfile.ZipFile(BytesIO(first)).infolist()} == {1980}


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"layout": "typeform"}, ValueError, "layouts are plain, qualtrics"),
        ({"layout": "plain", "file": "ods"}, ValueError, "files are csv, xlsx"),
        ({"layout": "plain", "id": "key"}, DataError, "lacks the columns key"),
        ({"layout": "wenjuanxing", "encoding": "cp1252"}, DataError, "cp1252 has no '序'"),
    ],
)
def test_what_cannot_be_written_is_said(options: Mapping[str, str], error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        export(FRAME, QUESTIONS, **options)


SIGNS = st.text(alphabet="abcñáéü满意客户¿?'\"\\,;\t|— 0123456789", min_size=1, max_size=8).map(str.strip).filter(bool)
CELLS = st.text(alphabet="xyzñá满意\"'\\,;\t|\n ¿?.=+-@0123456789", max_size=12).map(str.strip)
OPTION_KEYS = ("a", "b_2", "c")


@st.composite
def surveys(draw: st.DrawFn) -> tuple[tuple[Question, ...], pd.DataFrame, dict[str, pd.Series]]:
    """A rating, a choice, a matrix, a question with several answers and a text, with random words and answers."""
    texts = draw(st.lists(SIGNS, min_size=5, max_size=5, unique=True))
    lines = draw(st.lists(SIGNS, min_size=2, max_size=2, unique=True))
    words = draw(st.lists(SIGNS.filter(lambda word: not word.isdecimal()), min_size=5, max_size=5, unique=True))
    questions = (
        Question(name="rating", text=texts[0]),
        Question(name="m1", text=texts[1], row=lines[0]),
        Question(name="m2", text=texts[1], row=lines[1]),
        Question(name="choice", text=texts[2], options=dict(zip("12", words[:2], strict=True))),
        Question(name="many", text=texts[3], options=dict(zip(OPTION_KEYS, words[2:], strict=True)), multiple=True),
        Question(name="open", text=texts[4]),
    )
    n = draw(st.integers(2, 6))
    codes = st.lists(st.one_of(st.integers(1, 10), st.none()), min_size=n, max_size=n)
    frame = pd.DataFrame({name: np.array(draw(codes), dtype=float) for name in ("rating", "m1", "m2")})
    frame["choice"] = draw(st.lists(st.sampled_from([1, 2]), min_size=n, max_size=n))
    picked = draw(st.lists(st.sets(st.sampled_from(OPTION_KEYS)), min_size=n, max_size=n))
    for key in OPTION_KEYS:
        frame[f"many:{key}"] = [float(key in chosen) if chosen else np.nan for chosen in picked]
    frame["open"] = draw(st.lists(CELLS, min_size=n, max_size=n))
    away = pd.Series(np.where(frame["rating"].isna() & draw(st.booleans()), "skipped", None))
    return questions, frame, {"rating": away}


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    survey=surveys(),
    layout=st.sampled_from(list(PLATFORMS)),
    file=st.sampled_from(["csv", "csv", "xlsx"]),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "gb18030"]),
    delimiter=st.sampled_from([None, ";", "\t", "|"]),
)
def test_random_tables_are_read_back(
    tmp_path: Path,
    survey: tuple[tuple[Question, ...], pd.DataFrame, dict[str, pd.Series]],
    layout: str,
    file: str,
    encoding: str,
    delimiter: str | None,
) -> None:
    questions, frame, kinds = survey
    content = export(frame, questions, layout=layout, file=file, encoding=encoding, delimiter=delimiter, kinds=kinds)
    data = f'encoding = "{encoding}"' if encoding == "gb18030" and file == "csv" else ""
    ratings = ("rating", "m1", "m2")
    study = study_text(questions, layout=layout, file=f"a.{file}", data=data, ratings=ratings)
    sample = back(tmp_path, content, study, f"a.{file}")
    np.testing.assert_array_equal(sample.answers[list(ratings)], frame[list(ratings)])
    choice, many = questions[3].options, [f"many:{key}" for key in OPTION_KEYS]
    assert sample.answers["choice"].tolist() == [choice[str(code)] for code in frame["choice"]]
    np.testing.assert_array_equal(sample.answers[list(sample.study.columns_of("many"))], frame[many])
    assert sample.answers["open"].fillna("").tolist() == frame["open"].tolist()
    if layout in SAYS_SKIPPED:
        assert (np.array(missing(sample, "rating")) == "skipped").tolist() == (kinds["rating"] == "skipped").tolist()


TOP = {
    "qualtrics": 'Q1,Q2\nHow?,Why?\n"{""""ImportId"""":""""QID1""""}","{""""ImportId"""":""""QID2""""}"\n7,a\n',
    "surveymonkey": "RespondentID,CollectorID,How?\n,,\n1,9,7\n",
    "limesurvey": "id. ID,submitdate. Date,lastpage. Last,startlanguage. Start,Q1[SQ001]. How? [A]\n1,,1,en,7\n",
    "kobo": "how,_uuid,_submission_time\n7,x,y\n",
    "wenjuanxing": "序号,所用时间,1、如何\n1,2分5秒,7\n",
    "plain": "How?,Respondent ID\n7,1\n",
}


@pytest.mark.parametrize("layout", TOP)
def test_variants_of_a_layout_are_recognised(layout: str) -> None:
    table = tabulate(TOP[layout].encode(), "a.csv")
    assert table.layout == layout
    assert len(table.cells) == 1
    if layout == "limesurvey":
        assert table.notes["Q1[SQ001]"].label == "How? [A]"
    if layout == "wenjuanxing":
        assert table.cells["所用时间"].tolist() == ["125"]


def test_a_layout_that_is_said_wins_and_is_told() -> None:
    table = tabulate(TOP["wenjuanxing"].encode(), "a.csv", Said(layout="plain"))
    assert (table.layout, table.cells["所用时间"].tolist()) == ("plain", ["2分5秒"])
    assert "a file that looks like Wenjuanxing" in table.found[-1].found
