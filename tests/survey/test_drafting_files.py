"""Drafts of files of every kind and layout: what they say is taken over, and the draft passes the check."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

from csresearch.cli import app, main
from csresearch.demo.exports import PLATFORMS, Question, export
from csresearch.errors import DataError
from csresearch.survey.checking.checking import check
from csresearch.survey.drafting.drafting import MARK, draft
from csresearch.survey.reading import read, tabulate
from csresearch.survey.reading.table import Notes
from csresearch.survey.saving.spss import write_spss
from csresearch.survey.study_file.loading import load_study

N = 200
RATED = {
    "en": ("Very dissatisfied", "Dissatisfied", "Neutral", "Satisfied", "Very satisfied"),
    "zh": ("非常不满意", "不满意", "一般", "满意", "非常满意"),
    "es": ("Muy insatisfecho", "Insatisfecho", "Ni satisfecho ni insatisfecho", "Satisfecho", "Muy satisfecho"),
}
ASKED = {
    "en": (
        "How satisfied are you with",
        "How important is",
        "Overall satisfaction",
        "Would you recommend us?",
        "Gender",
    ),
    "zh": ("您对以下各项的满意程度", "以下各项的重要程度", "总体满意度", "您会向朋友推荐我们吗？", "您的性别"),
    "es": (
        "¿Cuál es su satisfacción con",
        "¿Qué importancia tiene",
        "Satisfacción general",
        "¿Nos recomendaría?",
        "Sexo",
    ),
}
LINES = {"en": ("Speed", "Staff", "Price"), "zh": ("速度", "员工", "价格"), "es": ("Rapidez", "Personal", "Precio")}


def exported(language: str, layout: str, *, words: bool) -> bytes:
    """A survey of two matrices with the same lines, as a platform exports it."""
    random = np.random.default_rng(3)
    names = [f"{facet}{line}" for facet in "pi" for line in (1, 2, 3)]
    frame = pd.DataFrame({name: random.integers(1, 6, N).astype(float) for name in (*names, "sat")})
    frame.loc[:5, "p1"] = np.nan
    frame["nps"], frame["sex"] = random.integers(0, 11, N).astype(float), random.integers(1, 3, N).astype(float)
    for option in "abc":
        frame[f"why:{option}"] = random.integers(0, 2, N).astype(float)
    received, matters, overall, recommend, sex = ASKED[language]
    scale = {str(code): word for code, word in enumerate(RATED[language], start=1)}
    stems = {"p": received, "i": matters}
    asked = [
        Question(name=name, text=stems[name[0]], row=LINES[language][int(name[1]) - 1], options=scale) for name in names
    ]
    asked += [Question(name="sat", text=overall, options=scale), Question(name="nps", text=recommend)]
    asked += [Question(name="sex", text=sex, options={"1": "A", "2": "B"})]
    asked += [Question(name="why", text="Reasons", options={"a": "Repair", "b": "Fuel", "c": "Other"}, multiple=True)]
    encoding = "gb18030" if (layout, language) == ("wenjuanxing", "zh") else "utf-8"
    return export(frame, asked, layout=layout, words=words, encoding=encoding)


def drafted(folder: Path, content: bytes, file: str) -> tuple[str, dict[str, Any]]:
    """Draft a file and prove the draft: it loads, and nothing stops the analysis."""
    made = draft(tabulate(content, file), file=file, title="A")
    (folder / file).write_bytes(content)
    (folder / "study.toml").write_text(made.text, encoding="utf-8")
    check(read(load_study(folder))).raise_if_failed()
    return made.text, tomllib.loads(made.text)


@pytest.mark.parametrize("layout", list(PLATFORMS))
@pytest.mark.parametrize(("language", "words"), [("en", False), ("zh", True), ("es", True)])
def test_a_draft_of_each_layout_passes_the_check(tmp_path: Path, language: str, layout: str, words: bool) -> None:
    text, study = drafted(tmp_path, exported(language, layout, words=words), "a.csv")
    assert study["data"].get("layout", "plain") == layout
    (rating,) = [scale for name, scale in study["scales"].items() if name == "rating"]
    assert tuple(rating.get("options", ())) == (RATED[language] if words else ())
    assert rating.get("ends") == (None if words else [1, 5])
    assert list(study["multiple"]) in (["why"], ["q6"], ["reasons"])
    if layout in ("qualtrics", "surveymonkey", "wenjuanxing"):
        assert study["languages"] == [language]
        assert set(study["facets"]) == {"performance", "importance"}
        assert list(study["attributes"].values()) == list(LINES[language])
        assert study["roles"].keys() == {"outcome", "recommend"}
    if layout == "wenjuanxing":
        assert study["columns"]["q1_2"] == f"1、{ASKED[language][0]}—{LINES[language][1]}"
    assert text.count(MARK) > 6


def labelled(path: Path) -> bytes:
    """A Spanish .sav with all that labels can say."""
    random = np.random.default_rng(3)
    rated = {str(code): word for code, word in enumerate(RATED["es"], start=1)} | {"8": "No aplica", "9": "NS/NC"}
    agreed = {"1": "Totalmente de acuerdo", "5": "Totalmente en desacuerdo", "99": "No contesta"}
    frame = pd.DataFrame({"folio": np.arange(1.0, N + 1)})
    notes = {}
    for place, about in enumerate(("la rapidez", "el trato", "el precio"), start=1):
        frame[f"P{place}"] = random.choice([1.0, 2, 3, 4, 5, 8, 9], N)
        notes[f"P{place}"] = Notes(label=f"Satisfacción con {about}", values=rated, missing=("8", "9"))
    frame["P4"], frame["P5"] = random.choice([1.0, 2, 3, 4, 5, 99], N), random.integers(1, 10, N).astype(float)
    frame.loc[0, "P5"] = 11.0
    notes["P4"] = Notes(label="Tuve que esperar", values=agreed)
    notes["P5"] = Notes(label="Satisfacción general", values={"1": "Nada satisfecho", "10": "Totalmente satisfecho"})
    frame["P6"], frame["P7"] = random.integers(0, 11, N).astype(float), random.integers(1, 8, N).astype(float)
    notes["P6"] = Notes(label="¿Recomendaría el taller?")
    notes["P7"] = Notes(label="Me costó poco esfuerzo", values={"1": "En desacuerdo", "7": "De acuerdo"})
    for place, reason in enumerate(("Avería", "Revisión"), start=1):
        frame[f"P8_{place}"] = random.integers(0, 2, N).astype(float)
        notes[f"P8_{place}"] = Notes(label=f"Motivo: {reason}", multiple="motivo")
    frame["region"], frame["pond"] = random.integers(1, 4, N).astype(float), random.uniform(0.5, 1.5, N)
    notes["region"] = Notes(label="Región", values={"1": "Norte", "2": "Sur", "3": "Este"})
    for brand in ("alba", "boreal"):
        for question in ("imagen", "valor", "calidad"):
            frame[f"{question}_{brand}"] = random.integers(1, 6, N).astype(float)
    write_spss(path, frame, notes=notes)
    return path.read_bytes()


def test_labels_of_a_file_are_taken_over(tmp_path: Path) -> None:
    text, study = drafted(tmp_path, labelled(tmp_path / "a.sav"), "a.sav")
    assert study["languages"] == ["es"]
    assert study["scales"] == {
        "rating": {"ends": [1, 5], "missing": {"8": "not_used", "9": "dont_know", "99": "refused"}},
        "rating_1_10": {"ends": [1, 10], "missing": {"11": "empty"}},
        "rating_0_10": {"ends": [0, 10]},
        "rating_1_7": {"ends": [1, 7]},
    }
    assert study["items"]["P2"] == {"es": "Satisfacción con el trato", "scale": "rating"}
    assert [name for name, item in study["items"].items() if item.get("reversed")] == ["P4"]
    assert study["multiple"]["motivo"]["columns"] == {"avería": "P8_1", "revisión": "P8_2"}
    assert (study["data"]["id"], study["design"]["weight"], study["groups"]["segments"]) == (
        "folio",
        "pond",
        ["region"],
    )
    roles = study["roles"]
    assert (roles["outcome"], roles["recommend"], roles["effort"]) == ("P5", "P6", {"term": "P7", "version": 2})
    assert study["labels"] == {"region.1": "Norte", "region.2": "Sur", "region.3": "Este"}
    assert '# loop = { column = "brand", values = { alba = "alba", boreal = "boreal" }' in text
    reasons = [line for line in text.splitlines() if "reversed = true" in line and line.startswith("P4")]
    assert MARK in reasons[0]


def test_a_question_that_runs_against_the_others_is_marked(tmp_path: Path) -> None:
    random = np.random.default_rng(5)
    mood = random.integers(1, 6, N)
    frame = pd.DataFrame(
        {name: np.clip(mood + random.integers(-1, 2, N), 1, 5) for name in ("speed", "staff", "overall")}
    )
    frame["noise"] = 6 - mood
    text, _ = drafted(tmp_path, frame.to_csv(index=False).encode(), "a.csv")
    assert 'noise = "Noise"  # CHECK its answers fall where those of the others rise: reversed = true?' in text
    assert text.count("reversed = true?") == 1


def test_codes_of_stata_keep_the_kind_of_their_words(tmp_path: Path) -> None:
    pyreadstat = pytest.importorskip("pyreadstat")
    cells = pd.Series([1, 2, 3, 4, 5, "a", "b"] * 20, dtype=object)
    frame = pd.DataFrame({name: cells for name in ("speed", "staff", "overall")})
    words: dict[object, str] = {1: "very bad", 5: "very good", "a": "Refused", "b": "Not applicable"}
    pyreadstat.write_dta(
        frame, str(tmp_path / "b.dta"), variable_value_labels={name: words for name in frame},
        missing_user_values={name: ["a", "b"] for name in frame},
    )  # fmt: skip
    _, study = drafted(tmp_path, (tmp_path / "b.dta").read_bytes(), "b.dta")
    assert study["scales"]["rating"] == {"ends": [1, 5], "missing": {".a": "refused", ".b": "not_used"}}


@pytest.mark.parametrize(
    ("file", "found"),
    [
        ("/usr/share/pspp/examples/hotel.sav", 5),
        ("/usr/lib/R/library/foreign/files/testdata.sav", 4),
        ("/usr/lib/R/library/foreign/files/electric.sav", 1),
        ("/usr/share/pspp/examples/repairs.sav", 0),
        ("/usr/lib/R/site-library/haven/examples/iris.sas7bdat", 0),
    ],
    ids=lambda value: str(value)[-16:],
)
def test_files_of_others_are_drafted_or_told(tmp_path: Path, file: str, found: int) -> None:
    path = Path(file)
    if not path.exists():
        pytest.skip("not installed here")
    if found:
        assert len(drafted(tmp_path, path.read_bytes(), path.name)[1]["items"]) == found
    else:
        with pytest.raises(DataError, match="no column looks like ratings"):
            drafted(tmp_path, path.read_bytes(), path.name)


def test_a_broken_file_is_one_message_and_an_exit_code(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    whole = labelled(tmp_path / "a.sav")
    (tmp_path / "cut.sav").write_bytes(whole[:-500])
    monkeypatch.setattr("sys.argv", ["csresearch", "new", str(tmp_path / "cut.sav"), "--to", str(tmp_path / "out")])
    with pytest.raises(SystemExit) as left:
        main()
    told = capsys.readouterr().err.strip()
    assert left.value.code == 3
    assert told.startswith("DataError: cut.sav cannot be read")
    assert "\n" not in told
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("file", "content", "message"),
    [
        ("a.sav", b"SR\x00\x04" + bytes(90), "a.sav is no file of SPSS, though its name says so; other programs use"),
        ("a.csv.gz", b"\x1f\x8b\x08" + bytes(90), "a.csv.gz is a gzip archive; .* unpack it first"),
    ],
    ids=["IDL", "gzip"],
)
def test_a_file_of_another_program_is_named(file: str, content: bytes, message: str) -> None:
    with pytest.raises(DataError, match=message):
        tabulate(content, file)


def test_headers_of_wenjuanxing_that_hold_their_question_once(tmp_path: Path) -> None:
    header = (
        "序号,所用时间,1、您对以下各项的满意程度—质量,物流,客服,2、您怎么知道我们？(微信),2、(朋友),3、总体满意度,总分"
    )
    rows = [f"{n},{30 + n}秒,{n % 5 + 1},{n % 4 + 1},{n % 3 + 2},{n % 2},{1 - n % 2},{n % 5 + 1},9" for n in range(80)]
    _, study = drafted(tmp_path, "\n".join([header, *rows]).encode(), "a.csv")
    assert [study["items"][name]["zh"] if isinstance(study["items"][name], dict) else study["items"][name]
            for name in study["items"]] == ["质量", "物流", "客服", "总体满意度"]  # fmt: skip
    (several,) = study["multiple"].values()
    assert (several["zh"], list(several["columns"])) == ("您怎么知道我们？", ["微信", "朋友"])


def test_hints_can_be_typed_as_they_stand(tmp_path: Path) -> None:
    path = tmp_path / "July 2004.csv"
    path.write_text("speed,staff,overall\n" + "\n".join(f"{n % 5 + 1},{n % 4 + 1},{n % 5 + 1}" for n in range(40)))
    told = CliRunner().invoke(app, ["new", str(path), "--to", str(tmp_path / "July 2004")]).output
    assert f"csresearch check '{tmp_path / 'July 2004'}'" in told


def test_the_command_takes_an_encoding(tmp_path: Path) -> None:
    rows = "\n".join(f"{code},{6 - code},{code}" for code in (1, 2, 3, 4, 5) * 8)
    path = tmp_path / "a.csv"
    path.write_bytes(f"速度,态度,总体满意度\n{rows}\n".encode("gb18030"))
    told = CliRunner().invoke(app, ["new", str(path), "--to", str(tmp_path / "out"), "--encoding", "gb18030"])
    assert told.exit_code == 0, told.output
    study = tomllib.loads((tmp_path / "out" / "study.toml").read_text(encoding="utf-8"))
    assert (study["data"]["encoding"], study["languages"], study["roles"]["outcome"]) == (
        "gb18030",
        ["zh"],
        "总体满意度",
    )
    assert f"csresearch run {tmp_path / 'out'} --language zh" in told.output
    checked = CliRunner().invoke(app, ["check", str(tmp_path / "out")])
    assert (checked.exit_code, checked.output.strip()[-14:]) == (0, " --language zh")
