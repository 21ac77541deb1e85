"""From the columns of a file to those of a study: short names, questions with several answers, loops over brands."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

import csresearch as cs
from csresearch.errors import DataError, StudyError
from csresearch.survey.checking.checking import check
from csresearch.survey.headers import positions
from csresearch.survey.reading import read
from csresearch.survey.sample import Sample
from csresearch.survey.study_file.loading import load_study

STUDY = """
schema = 1
title = "Kiosk"
languages = ["en", "zh"]
[data]
file = "answers.csv"
id = "id"
missing = "listwise"
[scales]
rating = { ends = [1, 10], missing = { 97 = "not_used", 98 = "dont_know" } }
[items]
sat = "Satisfaction"
price = "Price"
[labels]
"why.near" = { en = "Near my home", zh = "离家近" }
"""
Reads = Callable[..., Sample]


@pytest.fixture
def reads(tmp_path: Path) -> Reads:
    """Read a text as the answers of the study with some more tables."""

    def sample(content: str, tables: str = "", study: str = STUDY) -> Sample:
        (tmp_path / "study.toml").write_text(study + tables, encoding="utf-8")
        (tmp_path / "answers.csv").write_text(content, encoding="utf-8")
        return read(load_study(tmp_path))

    return sample


def found(sample: Sample, severity: str) -> list[str]:
    table = check(sample).table
    rows = table[table["severity"] == severity]
    return (rows["where"] + ": " + rows["found"]).tolist()


def kinds(sample: Sample, column: str) -> list[str]:
    kind = sample.kinds.get(column)
    return [""] * len(sample) if kind is None else kind.astype(object).fillna("").tolist()


NAMES = ["序号", "1、性别", "2、请评价—速度", "2、请评价—价格", "How  was\nit?", "12、总体", "x  y", "x y"]


@pytest.mark.parametrize(
    ("header", "places"),
    [
        ("序号", [0]),
        ("1", [1]),
        ("1、", [1]),
        ("2", [2, 3]),
        ("2—价格", [3]),
        ("How was it?", [4]),
        ("12", [5]),
        ("x y", [7]),
        ("3", []),
    ],
)
def test_a_header_is_known_whole_by_its_words_or_by_its_number(header: str, places: list[int]) -> None:
    assert positions(header, NAMES) == places


def test_short_names_stand_for_headers(reads: Reads) -> None:
    columns = '[columns]\nsat = "1"\nprice = "2、价格"\n'
    sample = reads("id,1、总体,2、价格,3、其他\na,7,8,x\nb,97,,y\n", columns)
    assert sample.answers["sat"].tolist()[0] == 7
    assert kinds(sample, "sat") == ["", "not_used"]
    assert sample.raw.columns.tolist() == ["id", "sat", "price", "3、其他"]
    assert check(sample).passed


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        ('sat = "Satisfied?"', "[columns] sat: no column 'Satisfied?' in the file"),
        ('sat = "2"', "[columns] sat: 2 columns of the header '2'"),
        ('sat = "price"', "[columns] sat: a column of this name in the file too"),
    ],
)
def test_a_header_that_is_not_there_is_a_finding(reads: Reads, columns: str, message: str) -> None:
    sample = reads("id,sat,price,2、a—b,2、a—c\na,7,8,1,1\nb,6,5,1,1\n", f"[columns]\n{columns}\n")
    assert message in found(sample, "stop")


MARKED = '[multiple.why]\ncolumns = { near = "w1", cheap = "w2" }\n'
JOINED = '[multiple.why]\ncolumn = "w"\ndelimiter = "|"\noptions = ["near", "cheap"]\n'


@pytest.mark.parametrize(
    ("content", "table"),
    [
        ("id,sat,price,w1,w2\na,7,8,1,0\nb,6,5,Yes,\nc,5,5,,\nd,4,3,No,Cheap as chips\n", MARKED),
        ("id,sat,price,w\na,7,8,near\nb,6,5,near〖my work〗\nc,5,5,\nd,4,3,cheap | other〖my aunt〗\n", JOINED),
    ],
    ids=["a column an option", "one column"],
)  # fmt: skip
def test_several_answers_are_columns_of_one_and_nought(reads: Reads, content: str, table: str) -> None:
    sample = reads(content, table)
    study = sample.study
    assert study.columns_of("why") == ("why:near", "why:cheap")
    np.testing.assert_array_equal(sample.values("why:near"), [1, 1, np.nan, 0])
    np.testing.assert_array_equal(sample.values("why:cheap"), [0, 0, np.nan, 1])
    assert kinds(sample, "why:near") == ["", "", "empty", ""]
    assert (study.ends("why:near"), study.label("why:near"), study.label("why:cheap")) == (
        (0, 1),
        "Near my home",
        "cheap",
    )
    assert sample.label("why:near", language="zh") == "离家近"
    said = " ".join(found(sample, "note"))
    assert "w1" not in said
    assert "aunt" not in said
    assert ("1 respondents with an answer that is no option" in said) == (table == JOINED)


def test_options_have_shares_with_intervals(reads: Reads) -> None:
    rows = "".join(f"r{i},{i % 9 + 1},{i % 7 + 1},{int(i % 4 == 0)},{int(i % 2 == 0)}\n" for i in range(200))
    scores = cs.Scores(items=("why",)).fit(reads("id,sat,price,w1,w2\n" + rows, MARKED), replicates=None)
    table = scores.table("scores").set_index(["item", "statistic"])["estimate"]
    assert (table["why:near", "share"], table["why:cheap", "share"]) == (0.25, 0.5)


@pytest.mark.parametrize(
    ("content", "table", "message"),
    [
        ("id,sat,price,w1,w2\na,7,8,1,2\nb,5,6,2,1\n", MARKED, "2 respondents with numbers other than 0 and 1"),
        ("id,sat,price,w1\na,7,8,1\nb,5,6,0\n", MARKED, "no column, or several, named w2"),
        ("id,sat,price,w\na,7,8,Nah\nb,5,6,Preis\n", JOINED, "no answer is an option"),
    ],
)
def test_several_answers_that_cannot_be_read_stop(reads: Reads, content: str, table: str, message: str) -> None:
    assert f"[multiple] why: {message}" in found(reads(content, table), "stop")


LOOP = """
[loop]
column = "brand"
values = { Alba = "1", Borea = "2", Cinto = "3" }
columns = { sat = "sat_{}", price = "price_{}" }
[groups]
brand = { column = "brand", own = "Alba" }
"""
WIDE = (
    "id,sat_1,price_1,sat_2,price_2,sat_3,price_3,sex\n"
    "a,7,8,,,98,,f\n"
    "b,,,6,5,97,,m\n"
    "c,,,,,,,f\n"
    "d,1,2,3,4,5,6,m\n"
)  # fmt: skip


def test_a_loop_makes_a_row_for_each_brand_that_was_answered(reads: Reads) -> None:
    sample = reads(WIDE, LOOP)
    rows = sample.answers[["id", "brand", "sat", "price", "sex"]].astype(object).fillna("").to_numpy().tolist()
    assert rows == [
        ["a", "Alba", 7, 8, "f"], ["a", "Cinto", "", "", "f"], ["b", "Borea", 6, 5, "m"],
        ["d", "Alba", 1, 2, "m"], ["d", "Borea", 3, 4, "m"], ["d", "Cinto", 5, 6, "m"],
    ]  # fmt: skip
    assert kinds(sample, "sat")[1] == "dont_know"
    assert sample.design.clustered
    assert len(sample.design.stratum) == 3  # respondents
    assert "4 respondents" in str(sample.log["text"].iloc[1])
    assert "6 rows; 1 answered for none" in str(sample.log["text"].iloc[1])
    assert "[loop]: 1 respondents who answered for none" in found(sample, "note")
    assert check(sample).passed


def test_the_same_id_for_another_brand_is_no_duplicate(reads: Reads) -> None:
    twice = STUDY.replace('id = "id"', 'id = "id"\nscreening = { duplicate = "exclude" }')
    screened = cs.screen(reads(WIDE + "d,1,2,,,,,m\n", LOOP, twice))
    assert screened.log["n_excluded"].tolist()[-1] == 1


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (WIDE.replace("sat_2", "sat2"), "no column, or several, named sat_2"),
        (WIDE.replace("sex", "brand"), "columns brand in the file"),
    ],
)
def test_a_loop_that_cannot_be_made_stops(reads: Reads, content: str, message: str) -> None:
    with pytest.raises(DataError, match=message):
        reads(content, LOOP)


@pytest.mark.parametrize(
    ("tables", "message"),
    [
        ('[columns]\na = "x"\nb = "x"\n', "the header 'x' again"),
        ("[multiple]\nwhy = {}\n", "neither of columns and column"),
        ('[multiple.why]\ncolumn = "w"\n', "found no delimiter; allowed: delimiter and options"),
        ('[multiple.why]\ncolumn = "w"\ndelimiter = "|"\n', "found no options"),
        (MARKED + 'options = ["a"]\n', "found columns, and options or a delimiter"),
        (MARKED.replace("w2", "w1"), "'w1' twice"),
        (MARKED.replace("why", "price"), "a name that is taken"),
        (LOOP.replace("price_{}", "price"), "allowed: {}"),
        (LOOP.replace('"2"', '"1"'), "'1' twice"),
        (LOOP.replace('column = "brand"\nvalues', 'column = "sat"\nvalues'), "[loop] column: found 'sat'"),
        (LOOP.replace(', price = "price_{}"', "").replace("sat_", "pric").replace('"1"', '"e"'), "used elsewhere"),
    ],
)  # fmt: skip
def test_tables_that_contradict_each_other_are_faults(reads: Reads, tables: str, message: str) -> None:
    with pytest.raises(StudyError) as raised:
        reads(WIDE, tables)
    assert message in "\n".join(raised.value.problems)


def test_a_loop_needs_an_id_or_clusters(reads: Reads) -> None:
    anonymous = STUDY.replace('id = "id"\n', "")
    with pytest.raises(StudyError, match="no id and no clusters"):
        reads(WIDE, LOOP, anonymous)
    clustered = reads(WIDE, LOOP + '[design]\nclusters = "sex"\n', anonymous)
    assert len(clustered.design.stratum) == 2
