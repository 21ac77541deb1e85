"""Files that bring their labels: codes as text, what the file says, and broken files told in one line."""

from __future__ import annotations

import io
import random
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyreadstat
import pytest

from csresearch.errors import DataError
from csresearch.survey.checking.checking import check
from csresearch.survey.reading import read, tabulate
from csresearch.survey.reading.table import Notes, Said, Table
from csresearch.survey.study_file.loading import load_study

ENCODED = b"\x14\0\0\0\x01\0\0\0\x05\0\0\0UTF-8"
QUESTION = {"Q1": "¿Está satisfecho?"}
SCALE = {1.0: "Nada", 5.0: "Mucho", 98.0: "NS/NC", 99.0: "拒答"}

Makes = Callable[..., bytes]


@pytest.fixture
def makes(tmp_path: Path) -> Makes:
    """Bytes of a frame in one of the formats."""

    def content(frame: pd.DataFrame, kind: str = "sav", **options: Any) -> bytes:
        writer = {"zsav": "sav", "por": "por", "xpt": "xport"}.get(kind, kind)
        path = tmp_path / f"made.{kind}"
        getattr(pyreadstat, f"write_{writer}")(
            frame, str(path), **({"compress": True} if kind == "zsav" else {}), **options
        )
        return path.read_bytes()

    return content


def parquet(sql: str, folder: Path) -> bytes:
    duckdb = pytest.importorskip("duckdb")
    duckdb.sql(f"COPY ({sql}) TO '{folder / 'made.parquet'}' (FORMAT parquet)")
    return (folder / "made.parquet").read_bytes()


def survey(n: int = 6) -> pd.DataFrame:
    return pd.DataFrame(
        {"Q1": ([1.0, 5, 98, 99, np.nan, 3] * n)[:n], "city": (["上海", "Málaga", "", "x", "y", "z"] * n)[:n]}
    )


def spss(makes: Makes, **options: Any) -> bytes:
    return makes(
        survey(),
        column_labels=QUESTION,
        variable_value_labels={"Q1": SCALE},
        missing_ranges={"Q1": [98, 99]},
        **options,
    )


@pytest.mark.parametrize("kind", ["sav", "zsav"])
def test_spss_keeps_codes_labels_and_what_is_declared_missing(makes: Makes, kind: str) -> None:
    labels = {"variable_value_labels": {"Q1": SCALE}, "missing_ranges": {"Q1": [98, 99]}}
    table = tabulate(makes(survey(), kind, column_labels=QUESTION, **labels), f"a.{kind}")
    assert table.cells["Q1"].tolist() == ["1", "5", "98", "99", "", "3"]
    assert table.cells["city"].tolist() == ["上海", "Málaga", "", "x", "y", "z"]
    values = {"1": "Nada", "5": "Mucho", "98": "NS/NC", "99": "拒答"}
    assert table.notes["Q1"] == Notes(label=QUESTION["Q1"], values=values, missing=("98", "99"))
    assert (table.encoding, table.found) == ("UTF-8", ())


def test_ranges_give_the_codes_that_are_there(makes: Makes) -> None:
    frame = pd.DataFrame({"a": [1.0, -9, -1, 97.5, 99], "b": ["x", "na", "y", "", "z"]})
    ranges = {"a": [{"lo": -9, "hi": -1}, 99], "b": ["na"]}
    notes = tabulate(makes(frame, missing_ranges=ranges, variable_value_labels={"a": {-5.0: "?"}}), "a.sav").notes
    assert notes["a"].missing == ("-9", "-5", "-1", "99")
    assert notes["b"].missing == ("na",)


def test_stata_keeps_its_extended_missing_codes(makes: Makes) -> None:
    frame = pd.DataFrame({"Q1": pd.Series([1, 5, "a", "b"], dtype=object), "city": list("wxyz")})
    labels = {
        "variable_value_labels": {"Q1": {1: "bad", 5: "good", "a": "Refused"}},
        "missing_user_values": {"Q1": ["a", "b"]},
    }
    table = tabulate(makes(frame, "dta", column_labels={"Q1": "Staff"}, **labels), "a.dta")
    assert table.cells["Q1"].tolist() == ["1", "5", ".a", ".b"]
    assert table.notes["Q1"] == Notes(
        label="Staff", values={"1": "bad", "5": "good", ".a": "Refused"}, missing=(".a", ".b")
    )


@pytest.mark.parametrize("kind", ["por", "xpt"])
def test_portable_files_are_read(makes: Makes, kind: str) -> None:
    frame = pd.DataFrame({"Q1": [1.0, 5, 2.5], "CITY": ["Lima", "Oslo", ""]})
    table = tabulate(makes(frame, kind, column_labels={"Q1": "Speed"}), f"a.{kind}")
    assert table.cells["Q1"].tolist() == ["1", "5", "2.5"]
    assert table.cells["CITY"].tolist() == ["Lima", "Oslo", ""]
    assert table.notes["Q1"].label == "Speed"


def test_numbers_and_dates_are_written_as_they_are(makes: Makes) -> None:
    frame = pd.DataFrame(
        {
            "big": [9007199254740993.0, 1e20], "small": [0.1, 1 / 3], "day": [date(2024, 2, 29), None],
            "hour": [datetime(2024, 2, 29, 13, 5), None], "whole": [2.0, -0.0],
        }
    )  # fmt: skip
    cells = tabulate(makes(frame), "a.sav").cells
    assert cells.iloc[0].tolist() == ["9007199254740992.0", "0.1", "2024-02-29", "2024-02-29 13:05:00", "2"]
    assert cells.iloc[1].tolist() == ["1e+20", "0.3333333333333333", "", "", "0"]
    single = io.BytesIO()
    pd.DataFrame({"a": np.array([7.1, 2, np.nan], dtype="float32")}).to_stata(single, write_index=False)
    assert tabulate(single.getvalue(), "a.dta").cells["a"].tolist() == ["7.1", "2", ""]


def test_a_date_that_no_calendar_has_stays_a_number(makes: Makes) -> None:
    frame = pd.DataFrame({"day": [1e14, 1.0], "Q1": [1.0, 2.0]})
    table = tabulate(makes(frame, variable_format={"day": "DATETIME20"}), "a.sav")
    assert table.cells["day"].tolist()[0] == "100000000000000"


def test_a_long_text_comes_whole(makes: Makes) -> None:
    frame = pd.DataFrame({"Q1": [1.0], "text": ["长" * 10_000 + "x" * 2_767]})
    assert tabulate(makes(frame), "a.sav").cells["text"][0] == frame["text"][0]


@pytest.mark.parametrize("header", [b"CP936", b"ascii", b"l1   "])
def test_a_header_that_tells_a_wrong_encoding_is_told(makes: Makes, header: bytes) -> None:
    frame = pd.DataFrame({"Q1": [1.0, 2], "text": ["服务很好，下次还来", "价格有点贵但是质量不错"]})
    content = makes(frame, column_labels={"Q1": "满意度"}).replace(ENCODED, ENCODED[:-5] + header)
    table = tabulate(content, "a.sav")
    assert table.cells["text"].tolist() == frame["text"].tolist()
    assert table.notes["Q1"].label == "满意度"
    assert table.encoding == "UTF-8"
    assert "texts in UTF-8, though its header says" in table.found[0].found


def test_an_encoding_can_be_said(makes: Makes) -> None:
    content = makes(pd.DataFrame({"Q1": [1.0], "text": ["服务"]})).replace(ENCODED, ENCODED[:-5] + b"CP936")
    gbk = content.replace("服务".encode(), "服务".encode("gbk") + b"  ")
    assert tabulate(gbk, "a.sav").cells["text"].tolist() == ["服务"]
    lying = gbk.replace(ENCODED[:-5] + b"CP936", ENCODED)
    with pytest.raises(DataError, match=r"another encoding than it says; .*\[data\] encoding = 'gb18030'"):
        tabulate(lying, "a.sav")
    assert tabulate(lying, "a.sav", Said(encoding="gb18030")).cells["text"].tolist() == ["服务"]


def test_parquet_is_read_as_codes(tmp_path: Path) -> None:
    sql = """SELECT 7.0::DOUBLE AS a, 9007199254740993 AS b, true AS c, DATE '2024-02-29' AS d, '服务' AS e,
        7.1::FLOAT AS f, 1.50::DECIMAL(9, 2) AS g, 0 AS __index_level_0__
        UNION ALL SELECT NULL, NULL, NULL, NULL, NULL, NULL, NULL, 1"""
    cells = tabulate(parquet(sql, tmp_path), "a.parquet").cells
    assert cells.columns.tolist() == list("abcdefg")
    assert cells.iloc[0].tolist() == ["7", "9007199254740993", "1", "2024-02-29", "服务", "7.1", "1.50"]
    assert cells.iloc[1].tolist() == [""] * 7


STUDY = """
schema = 1
title = "A"
[data]
file = "a.sav"
missing = "pairwise"
[scales]
rating = { ends = [1, 5] }
[items]
Q1 = "Satisfecho"
Q2 = "Trato"
[groups]
segments = ["sex"]
"""


def checked(folder: Path, content: bytes, study: str = STUDY) -> pd.DataFrame:
    (folder / "study.toml").write_text(study, encoding="utf-8")
    (folder / "a.sav").write_bytes(content)
    return check(read(load_study(folder))).table


def twice(
    makes: Makes, scale: dict[float, str], *, missing: list[float], answers: tuple[float, ...] = (1, 5, 9, 3)
) -> bytes:
    values = [*answers] * 5
    frame = pd.DataFrame({"Q1": values, "Q2": values[::-1], "sex": [1.0, 2.0] * (len(values) // 2)})
    ranges = {"Q1": missing, "sex": [9]} if missing else {}
    return makes(frame, variable_value_labels={"Q1": scale}, missing_ranges=ranges)


def test_a_declared_code_without_a_kind_stops_and_says_the_line(makes: Makes, tmp_path: Path) -> None:
    table = checked(tmp_path, twice(makes, {9.0: "Se niega"}, missing=[9]), STUDY.replace("Q2 =", "# Q2 ="))
    (row,) = table[table["severity"] == "stop"].itertuples()
    assert (row.where, row.n) == ("[scales] rating", 5)
    assert row.found == "5 answers that the file declares missing, 9 (Se niega), in Q1"
    assert row.remedy == "add [scales] rating.missing = { '9' = 'refused' }, with the kind that each is"
    named = STUDY.replace("[1, 5] }", "[1, 5], missing = { '9' = 'refused' } }")
    found = checked(tmp_path, twice(makes, {9.0: "Se niega"}, missing=[9]), named)
    assert "stop" not in set(found["severity"])


def test_a_declared_code_on_the_scale_is_no_answer(makes: Makes, tmp_path: Path) -> None:
    checked(tmp_path, twice(makes, {}, missing=[3]))
    sample = read(load_study(tmp_path))
    assert sample.answers["Q1"].isna().sum() == 5
    assert sample.answers["Q2"].notna().all()
    assert set(sample.kinds["Q1"].dropna()) == {"unreadable"}


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ({5.0: "No sabe"}, "5 is on the scale, the file says 'No sabe' in Q1"),
        ({0.0: "Nada"}, "0, 'Nada' in the file, is beyond the scale in Q1"),
        ({1.0: "Muy satisfecho", 5.0: "Muy insatisfecho"}, "'Muy satisfecho' is the lowest code in Q1"),
        ({1.0: "Malo", 3.0: "No opinion", 5.0: "Bueno"}, ""),
    ],
)
def test_words_of_the_file_that_say_something_else_are_told(
    makes: Makes, tmp_path: Path, words: dict[float, str], found: str
) -> None:
    table = checked(tmp_path, twice(makes, words, missing=[], answers=(1, 5, 2, 3)))
    told = table.loc[table["where"] == "[scales] rating", "found"].tolist()
    assert told == ([found] if found else [])


@pytest.mark.parametrize(
    ("best", "told"), [("Strongly agree", []), ("Very satisfied", ["'Very satisfied' is the highest code in Q1"])]
)
def test_to_agree_with_a_reversed_statement_is_no_praise(
    makes: Makes, tmp_path: Path, best: str, told: list[str]
) -> None:
    study = STUDY.replace('Q1 = "', 'Q1 = { reversed = true, en = "').replace('"\nQ2', '" }\nQ2')
    content = twice(makes, {1.0: best.replace("agree", "disagree").replace("sat", "dissat"), 5.0: best}, missing=[])
    table = checked(tmp_path, content, study)
    assert table.loc[table["found"].str.contains("highest code"), "found"].tolist() == told


def test_options_in_another_order_are_told(makes: Makes, tmp_path: Path) -> None:
    study = STUDY.replace("ends = [1, 5]", 'options = ["bad", "fair", "good"]')
    content = twice(makes, {1.0: "good", 2.0: "fair", 3.0: "bad"}, missing=[], answers=(1, 2, 2, 3))
    told = checked(tmp_path, content, study)
    assert "1 is 'good' in the file in Q1" in told["found"].tolist()


def _nested(makes: Makes, folder: Path) -> bytes:
    return parquet("SELECT [1, 2] AS \"who\", {'x': 1} AS t, 3 AS Q1", folder)


def _noise(magic: bytes, n: int) -> Callable[[Makes, Path], bytes]:
    return lambda makes, folder: magic + random.Random(n).randbytes(n)


def _cut(kind: str, share: float) -> Callable[[Makes, Path], bytes]:
    def content(makes: Makes, folder: Path) -> bytes:
        whole = parquet("SELECT 1 AS Q1", folder) if kind == "parquet" else makes(survey(600)[["Q1"]], kind)
        return whole[: int(len(whole) * share)]

    return content


def _turned(kind: str, mark: bytes, after: int) -> Callable[[Makes, Path], bytes]:
    """A whole file with one byte of a count or a reference changed."""

    def content(makes: Makes, folder: Path) -> bytes:
        labels = {"variable_value_labels": {"Q1": {1.0: "x"}}} if kind == "sav" else {}
        found = bytearray(makes(survey(), kind, **labels))
        found[found.index(mark) + after] = 77
        return bytes(found)

    return content


BROKEN: dict[str, tuple[Callable[[Makes, Path], bytes], str]] = {
    "sav cut in its answers": (_cut("sav", 0.8), "cannot be read"),
    "sav cut in its header": (lambda makes, folder: makes(survey())[:120], "cannot be read"),
    "sav cut in its dictionary": (lambda makes, folder: makes(survey())[:300], "cannot be read"),
    "zsav cut": (_cut("zsav", 0.7), "cannot be read"),
    "dta cut": (_cut("dta", 0.6), "cannot be read"),
    "por cut": (_cut("por", 0.6), "cannot be read"),
    "parquet cut": (_cut("parquet", 0.7), "cannot be read as Parquet"),
    "noise behind the sign of a sav": (_noise(b"$FL2@(#)", 4000), "cannot be read"),
    "noise behind the sign of a zsav": (_noise(b"$FL3@(#)", 4000), "cannot be read"),
    "noise behind the sign of Stata": (_noise(b"<stata_dta><header><release>118", 4000), "cannot be read"),
    "noise behind the sign of an old Stata": (_noise(b"\x72\x01\x01\x00", 4000), "cannot be read"),
    "noise behind the sign of SAS": (
        _noise(bytes.fromhex("000000000000000000000000c2ea8160b31411cfbd92080009c7318c181f1011"), 4000),
        "cannot be read",
    ),
    "noise behind the sign of Parquet": (_noise(b"PAR1", 4000), "cannot be read as Parquet"),
    "a sav whose words belong to no variable": (_turned("sav", b"\4\0\0\0\1\0\0\0\1", 8), "its labels belong to no"),
    "a sav that tells too many respondents": (_turned("sav", b"$FL2", 83), "more respondents than it can hold"),
    "a dta that tells too many respondents": (_turned("dta", b"<N>", 8), "more respondents than it can hold"),
    "only a sign": (lambda makes, folder: b"$FL2", "cannot be read"),
    "an empty Stata file": (lambda makes, folder: b"<stata_dta>", "cannot be read"),
    "texts in no encoding": (
        lambda makes, folder: makes(survey()).replace("上海".encode(), b"\xff\xfe\xfa\xc0\xc1\xff"),
        "another encoding than it says",
    ),
    "nested columns": (_nested, "columns that hold lists, tables or bytes: who, t; write one value a cell"),
}  # fmt: skip


@pytest.mark.parametrize("name", list(BROKEN))
def test_a_broken_file_is_told_in_one_line(makes: Makes, tmp_path: Path, name: str) -> None:
    make, words = BROKEN[name]
    with pytest.raises(DataError, match=words) as raised:
        tabulate(make(makes, tmp_path), "a.sav")
    assert "\n" not in str(raised.value)
    assert "Málaga" not in str(raised.value)


@pytest.mark.parametrize("kind", ["sav", "dta", "por"])
def test_a_file_without_respondents_has_its_columns(makes: Makes, kind: str) -> None:
    frame = pd.DataFrame({"Q1": pd.Series([], dtype=float), "Q2": pd.Series([], dtype=float)})
    table = tabulate(makes(frame, kind), "a")
    assert (table.cells.shape, table.cells.columns.str.upper().tolist()) == ((0, 2), ["Q1", "Q2"])


def test_what_is_odd_and_right_is_read(makes: Makes) -> None:
    frame = pd.DataFrame({"q1": [np.nan] * 3, "lone": [1.0, 2, 3]})
    table = tabulate(makes(frame, variable_value_labels={"lone": {7.0: ""}}), "a.sav")
    assert table.cells["q1"].tolist() == [""] * 3
    assert tabulate(makes(frame[["lone"]]), "a.sav").cells.shape == (3, 1)


def test_many_columns_are_quick(makes: Makes) -> None:
    frame = pd.DataFrame(np.random.default_rng(1).integers(1, 11, (2000, 100)).astype(float)).rename(
        columns=lambda c: f"Q{c}"
    )
    table = tabulate(makes(frame), "a.sav")
    assert (table.cells.astype(float).to_numpy() == frame.to_numpy()).all()


FOUND = [
    ("/usr/share/pspp/examples/hotel.sav", (17, 5), "v1", ("4", "1", "4")),
    ("/usr/share/pspp/examples/personnel.sav", (56, 6), "dob", ("2001-01-02", "2001-11-22", "1949-03-24")),
    ("/usr/lib/R/library/foreign/files/electric.sav", (240, 13), "HT58", ("68.8", "72.2", "69")),
    ("/usr/lib/R/site-library/haven/examples/iris.dta", (150, 5), "sepallength", ("5.1", "4.9", "4.7")),
    ("/usr/lib/R/site-library/haven/examples/iris.sas7bdat", (150, 5), "Species", ("setosa",) * 3),
]


@pytest.mark.parametrize(("file", "shape", "column", "first"), FOUND, ids=lambda value: str(value)[-20:])
def test_files_of_others_are_read(file: str, shape: tuple[int, int], column: str, first: tuple[str, ...]) -> None:
    path = Path(file)
    if not path.exists():
        pytest.skip("not installed here")
    table: Table = tabulate(path.read_bytes(), path.name)
    assert table.cells.shape == shape
    assert tuple(table.cells[column][:3]) == first
