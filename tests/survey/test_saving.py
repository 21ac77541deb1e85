"""Saving: codes, labels and kinds of missing come back from the file; nothing is replaced, nothing is half written."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from csresearch.errors import OutputError
from csresearch.survey.reading import read, tabulate
from csresearch.survey.reading.table import Notes
from csresearch.survey.sample import Sample
from csresearch.survey.saving.spss import write_spss
from csresearch.survey.study_file.loading import load_study

STUDY = """
schema = 1
title = { en = "Kiosk", zh = "售货亭", es = "Quiosco" }
languages = ["en", "zh", "es"]
[data]
file = "kiosk.FORM"
missing = "pairwise"
[scales]
touch = { ends = [1, 10], missing = { 97 = "not_used", 98 = "dont_know", 99 = "refused", 96 = "skipped" } }
kano = { options = ["like", "neutral", "dislike"], missing = { "n/a" = "not_used" } }
[items]
Q1 = { en = "Speed", zh = "速度", es = "Rapidez", scale = "touch" }
Q2 = { en = "Queue", scale = "touch", reversed = true }
K1 = { en = "Coffee", scale = "kano" }
[groups]
segments = ["sex", "city"]
[labels]
"sex.1" = { en = "women", zh = "女", es = "mujeres" }
"sex.2" = { en = "men", zh = "男", es = "hombres" }
"""
CELLS = """Q1,Q2,K1,sex,city
7,97,like,1,Lima
10,98,dislike,2,Málaga
1,99,n/a,1,上海
96,3,,2,
,4,neutral,,007
"""

Reads = Callable[[str, bytes], Sample]


@pytest.fixture
def reads(tmp_path: Path) -> Reads:
    def sample(form: str, content: bytes) -> Sample:
        (tmp_path / "study.toml").write_text(STUDY.replace("FORM", form), encoding="utf-8")
        (tmp_path / f"kiosk.{form}").write_bytes(content)
        return read(load_study(tmp_path))

    return sample


def same(one: Sample, other: Sample, columns: list[str]) -> None:
    for name in columns:
        pd.testing.assert_series_equal(one.answers[name], other.answers[name], check_dtype=False)
        kinds = [sample.kinds[name].astype(object).fillna("").tolist() for sample in (one, other)]
        assert kinds[0] == kinds[1], name


@pytest.mark.parametrize("form", ["sav", "csv", "parquet"])
def test_codes_and_kinds_come_back(reads: Reads, tmp_path: Path, form: str) -> None:
    first = reads("csv", CELLS.encode())
    told = first.save(tmp_path / f"out.{form}")
    again = reads(form, (tmp_path / f"out.{form}").read_bytes())
    same(first, again, ["Q1", "Q2"])
    pd.testing.assert_series_equal(first.answers["K1"], again.answers["K1"], check_dtype=False)
    assert [again.answers[name].fillna("").tolist() for name in ("sex", "city")] == [
        ["1", "2", "1", "2", ""], ["Lima", "Málaga", "上海", "", "007"],
    ]  # fmt: skip
    made = "On the scale kano not_used had no code and is written as 97; to read the file add [scales] kano.missing"
    assert [words.startswith(made) for words in told] == ([True] if form == "sav" else [])


def test_labels_are_written_in_a_language(reads: Reads, tmp_path: Path) -> None:
    reads("csv", CELLS.encode()).save(tmp_path / "out.sav", language="zh")
    notes = tabulate((tmp_path / "out.sav").read_bytes(), "out.sav").notes
    missing = {"96": "未问及", "97": "不适用", "98": "不知道", "99": "拒答"}
    assert notes["Q1"] == Notes(label="速度", values={"96": missing["96"]}, missing=("96",))
    assert notes["Q2"] == Notes(
        label="Queue", values={c: missing[c] for c in ("97", "98", "99")}, missing=("97", "98", "99")
    )
    assert notes["K1"].values == {"1": "like", "2": "neutral", "3": "dislike", "97": "不适用"}
    assert notes["sex"].values == {"1": "女", "2": "男"}


def test_weights_and_flags_stand_beside_the_answers(reads: Reads, tmp_path: Path) -> None:
    first = reads("csv", CELLS.encode())
    flag = pd.Series([True, False, False, False, True])
    kept = first.logged(step="screening", rule="speed", action="flag", flagged=2, excluded=0, text="", flag=flag)
    kept.save(tmp_path / "out.csv", weights=True, flags=True)
    written = pd.read_csv(tmp_path / "out.csv", encoding="utf-8-sig")
    assert written.columns.tolist()[-2:] == ["final_weight", "flag_speed"]
    assert (written["final_weight"].tolist(), written["flag_speed"].tolist()) == ([1] * 5, [1, 0, 0, 0, 1])
    with pytest.raises(ValueError, match="the column final_weight is in the data already"):
        Sample.from_frame(written).save(tmp_path / "two.csv", weights=True)


def test_a_file_that_stands_there_is_not_replaced(tmp_path: Path) -> None:
    sample = Sample.from_frame(pd.DataFrame({"speed": [7, 9]}), scale=(1, 10))
    path = tmp_path / "out.sav"
    sample.save(path)
    before = path.read_bytes()
    with pytest.raises(OutputError, match="exists and is left as it is"):
        sample.save(path)
    with pytest.raises(OutputError, match="text: a text of 40000 bytes; SPSS holds 32767"):
        Sample.from_frame(pd.DataFrame({"text": ["x" * 40_000]})).save(path, force=True)
    assert path.read_bytes() == before
    assert [file.name for file in tmp_path.iterdir()] == ["out.sav"]
    with pytest.raises(ValueError, match=r"to must end in \.sav, \.csv, \.parquet; found 'out\.xlsx'"):
        sample.save("out.xlsx")


def test_names_that_spss_does_not_allow_are_told(tmp_path: Path) -> None:
    frame = pd.DataFrame({"2 Wait": [1], "wait": [2], "Wait": [3], "等": [4], "q" * 70: [5], "by": [6]})
    told = Sample.from_frame(frame).save(tmp_path / "out.sav")
    assert len(told) == 4
    table = tabulate((tmp_path / "out.sav").read_bytes(), "out.sav")
    assert table.cells.columns.tolist() == ["v2_Wait", "wait", "Wait_2", "等", "q" * 64, "by_"]
    assert table.notes["v2_Wait"].label == "2 Wait"
    assert table.cells.iloc[0].tolist() == list("123456")


@pytest.mark.parametrize(
    ("codes", "answers", "declared"),
    [
        (("98", "99"), (1, 5), ("98", "99")),
        (("96", "97", "98", "99"), (1, 5), ("96", "97", "98", "99")),
        (("-9", "97", "98", "99"), (1, 5), ("97", "98", "99", "-9")),
        (("-9", "-8", "-7", "99"), (0, 5), ("-9", "-8", "-7", "99")),
    ],
)
def test_missing_codes_fit_into_what_spss_has(
    tmp_path: Path, codes: tuple[str, ...], answers: tuple[int, ...], declared: tuple[str, ...]
) -> None:
    frame = pd.DataFrame({"Q1": [*answers, *map(float, codes)]})
    write_spss(tmp_path / "out.sav", frame, notes={"Q1": Notes(missing=codes)})
    assert tabulate((tmp_path / "out.sav").read_bytes(), "out.sav").notes["Q1"].missing == declared


def test_missing_codes_that_do_not_fit_are_refused(tmp_path: Path) -> None:
    notes = {"Q1": Notes(missing=("-9", "-8", "98", "99"))}
    with pytest.raises(OutputError, match="three codes missing, or a range and one; there are -9, -8, 98, 99"):
        write_spss(tmp_path / "out.sav", pd.DataFrame({"Q1": [1.0, 5.0]}), notes=notes)


def test_codes_that_do_not_fit_are_told_and_keep_their_words(tmp_path: Path) -> None:
    study = 'schema = 1\ntitle = "A"\ndata = { file = "a.csv", missing = "pairwise" }\nitems = { Q1 = "Speed" }\n'
    kinds = '{ -9 = "refused", -8 = "skipped", 98 = "dont_know", 99 = "not_used" }'
    (tmp_path / "study.toml").write_text(f"{study}scales = {{ r = {{ ends = [1, 5], missing = {kinds} }} }}\n")
    (tmp_path / "a.csv").write_text("Q1,Q2\n" + "1,1\n5,1\n-9,1\n-8,1\n98,1\n98,1\n99,1\n99,1\n")
    told = read(load_study(tmp_path)).save(tmp_path / "out.sav")
    assert "not declared, though labelled: -8" in told[0]
    note = tabulate((tmp_path / "out.sav").read_bytes(), "out.sav").notes["Q1"]
    assert (note.missing, note.values["-9"]) == (("-9", "98", "99"), "Refused")


def test_options_of_several_answers_form_their_set(tmp_path: Path) -> None:
    study = 'schema = 1\ntitle = "A"\ndata = { file = "a.csv" }\nscales = { r = { ends = [1, 5] } }\n'
    study += 'items = { Q1 = "Speed" }\n'
    study += 'multiple = { why = { en = "Reasons", columns = { price = "w1", near = "w2" } } }\n'
    (tmp_path / "study.toml").write_text(study)
    (tmp_path / "a.csv").write_text("Q1,w1,w2\n1,1,0\n5,0,1\n3,1,1\n")
    sample = read(load_study(tmp_path))
    assert {"why:price", "why:near"} <= set(sample.answers)
    assert sample.save(tmp_path / "out.sav") == ()
    table = tabulate((tmp_path / "out.sav").read_bytes(), "out.sav")
    assert table.cells.columns.tolist() == ["Q1", "w1", "w2"]
    assert (table.notes["w1"].multiple, table.notes["w2"].multiple) == ("why", "why")


def test_equal_contents_are_equal_bytes_and_sets_are_kept(tmp_path: Path) -> None:
    frame = pd.DataFrame({"reason_of_visit_1": [1.0, 0, 1], "reason_of_visit_2": [0.0, 0, 1], "Q1": [1.0, 2, 3]})
    notes = {name: Notes(label=name, multiple="visit") for name in frame.columns[:2]}
    write_spss(tmp_path / "out.sav", frame, notes=notes, sets={"visit": "Motivo de la visita"}, title="服务")
    content = (tmp_path / "out.sav").read_bytes()
    write_spss(tmp_path / "two.sav", frame, notes=notes, sets={"visit": "Motivo de la visita"}, title="服务")
    assert (tmp_path / "two.sav").read_bytes() == content
    assert content[92:109] == b"01 Jan 0000:00:00"
    assert tabulate(content, "out.sav").notes == notes


WORDS = st.text(alphabet="不满意非常很好ñáéíóúü¿ abcXYZ", min_size=1, max_size=12).map(str.strip).filter(bool)
CODE = st.sampled_from(["1", "2", "3", "4", "5", "97", "98", "99", ""])


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    rows=st.lists(st.tuples(CODE, CODE, WORDS), min_size=1, max_size=8),
    labels=st.lists(WORDS, min_size=5, max_size=5),
    first=st.sampled_from(["", "97", "99"]),
)
def test_any_small_study_survives_spss(
    tmp_path: Path, rows: list[tuple[str, str, str]], labels: list[str], first: str
) -> None:
    kinds = '{ 97 = "not_used", 98 = "dont_know", 99 = "refused" }'
    text = 'schema = 1\ntitle = "服务"\nlanguages = ["zh"]\n[data]\nfile = "a.sav"\n'
    text += f"[scales]\nr = {{ ends = [1, 5], missing = {kinds} }}\n"
    (tmp_path / "study.toml").write_text(f'{text}[items]\nQ1 = "速度"\nQ2 = "¿Qué tal?"\n', encoding="utf-8")
    frame = pd.DataFrame([(first, "1", "x"), *rows], columns=["Q1", "Q2", "名字"])
    for name in ("Q1", "Q2"):
        frame[name] = pd.to_numeric(frame[name]).astype(float)
    words = {str(code): word for code, word in enumerate(labels, start=1)} | {"99": "拒答"}
    notes = {name: Notes(label=labels[0], values=words, missing=("97", "98", "99")) for name in ("Q1", "Q2")}
    write_spss(tmp_path / "a.sav", frame, notes=notes)
    sample = read(load_study(tmp_path))
    assert sample.save(tmp_path / "b.sav", force=True) == ()
    one, two = (tabulate((tmp_path / name).read_bytes(), name) for name in ("a.sav", "b.sav"))
    pd.testing.assert_frame_equal(one.cells, two.cells)
    for name in ("Q1", "Q2"):
        present = set(one.cells[name]) & {"97", "98", "99"}
        assert two.notes[name].values.items() >= words.items()
        assert set(two.notes[name].missing) >= present
        kind = dict(zip(("97", "98", "99", ""), ("not_used", "dont_know", "refused", "empty"), strict=True))
        expected = [kind.get(cell, "") for cell in one.cells[name]]
        found = sample.kinds[name].astype(object).fillna("").tolist() if name in sample.kinds else [""] * len(frame)
        assert found == expected
    assert np.isnan(sample.answers["Q1"]).tolist() == [cell in ("97", "98", "99", "") for cell in one.cells["Q1"]]
