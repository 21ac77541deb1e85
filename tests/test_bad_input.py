"""Bad input: each mistake meets a message that says what to mend, its exit code, and never a respondent."""

from __future__ import annotations

import json
import re
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from pptx import Presentation
from typer.testing import CliRunner

import csresearch as cs
from csresearch import cli, flow
from csresearch.cli import app
from csresearch.report.deck import slides, template

STUDY = """
schema = 1
title = "Shop"
languages = ["en", "zh"]
[data]
file = "shop.csv"
id = "id"
[scales]
rating = { ends = [1, 10] }
[items]
speed = "Speed of the service"
staff = "Staff"
price = "Price"
overall = "Overall satisfaction"
again = "Coming again"
[constructs]
service = { items = ["speed", "staff"] }
value = { items = ["price"] }
satisfaction = { items = ["overall", "again"] }
[paths]
satisfaction = ["service", "value"]
[roles]
outcome = "satisfaction"
drivers = ["service", "value"]
"""
N = 90
Change = Callable[[pd.DataFrame], pd.DataFrame | None]
QUICK = cs.Bootstrap(draws=20)


def visits(n: int = N) -> pd.DataFrame:
    """A faultless file: five ratings that go together, an id, a wave and a shop."""
    random = np.random.default_rng(4)
    mood = 6 + 1.5 * random.normal(size=(n, 1))
    items = np.clip(np.round(mood + 1.2 * random.normal(size=(n, 5))), 1, 10).astype(int)
    frame = pd.DataFrame(items, columns=["speed", "staff", "price", "overall", "again"]).astype(object)
    k = np.arange(n)
    return frame.assign(id=[f"visitor-{i}" for i in k], wave=np.where(k < n // 2, "w1", "w2"), shop=k % 6, w=1.0)


def put(column: str, rows: int, value: object) -> Change:
    """Write a value into the first rows of a column."""

    def change(frame: pd.DataFrame) -> None:
        frame[column] = frame[column].astype(object)
        frame.loc[: rows - 1, column] = value

    return change


@pytest.fixture
def run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., tuple[int, str]]:
    """Write a study and its file, run the command line on them; give the exit code and what was said."""

    def ran(
        change: Change = lambda frame: None, study: str = STUDY, *, rows: int = N, options: tuple[str, ...] = ()
    ) -> tuple[int, str]:
        folder = tmp_path / "shop"
        folder.mkdir(exist_ok=True)
        frame = visits(rows)
        changed = change(frame)
        (frame if changed is None else changed).to_csv(folder / "shop.csv", index=False)
        (folder / "study.toml").write_text(study, encoding="utf-8")
        common = ("--to", str(tmp_path / "out"), "--draws", "20", "--quiet")
        monkeypatch.setattr(sys, "argv", ["csresearch", "run", str(folder), *common, *options])
        with pytest.raises(SystemExit) as left:
            cli.main()
        said = capsys.readouterr()
        return int(left.value.code or 0), said.err + said.out

    return ran


WEIGHTED = STUDY + '[design]\nweight = "w"\n'
STRATIFIED = STUDY + '[groups]\noutlet = { column = "shop" }\n[design]\noutlets = "all"\n'
RAKED = STUDY + "[margins]\nwave = { w1 = 0.4, w2 = 0.6 }\n"

RUNS: dict[str, tuple[int, str, dict[str, Any]]] = {
    "key missing": (3, r"\[data\] file: found nothing.*add file = ", {"study": STUDY.replace('file = "shop.csv"', "")}),
    "not TOML": (3, r"study\.toml is not TOML: .*line \d+.*mend", {"study": STUDY.replace("[data]", "[data")}),
    "path from nowhere": (
        3, r"\[paths\] satisfaction: found the unknown name 'servise'; allowed: service.*did you mean 'service'",
        {"study": STUDY.replace('["service", "value"]\n[roles]', '["servise", "value"]\n[roles]')},
    ),
    "circle": (
        3, r"\[paths\]: found the circle .*service",
        {"study": STUDY.replace("[paths]", '[paths]\nservice = ["satisfaction"]')},
    ),
    "item not in the file": (
        3, r"\[items\] speed: found no such column in the file; allowed: sped, .*did you mean 'sped'",
        {"change": lambda frame: frame.rename(columns={"speed": "sped"})},
    ),
    "text": (3, r"speed: found 2 text: 'fast'; allowed: numbers from 1 to 10", {"change": put("speed", 2, "fast")}),
    "id in a rating": (3, "speed: found 1 text: not shown", {"change": put("speed", 1, "visitor-0")}),
    "outside": (3, r"speed: found 2 values outside the scale: 11", {"change": put("speed", 2, 11)}),
    "constant item": (3, r"speed: found one answer only: 7.*take the item out", {"change": put("speed", N, 7)}),
    "construct without answers": (
        3, r"\[constructs\] value: found no answer to any of its items", {"change": put("price", N, "")}
    ),
    "outcome not measured": (
        3, r"\[items\] overall: found no such column", {"change": lambda frame: frame.drop(columns="overall")}
    ),
    "nobody": (3, r"found no respondent; allowed: at least one row", {"rows": 0}),
    "one": (3, r"found 1 respondents; allowed: more than the 3 coefficients.*ask more people", {"rows": 1}),
    "weight negative": (
        3, r"\[design\] weight w: found 1 missing, negative", {"study": WEIGHTED, "change": put("w", 1, -1)}
    ),
    "weight missing": (3, r"write 0 to leave a respondent out", {"study": WEIGHTED, "change": put("w", 3, "")}),
    "weight text": (3, r"\[design\] weight w: found 1 .*no number", {"study": WEIGHTED, "change": put("w", 1, "much")}),
    "weights all 0": (3, r"found 0 everywhere; allowed: some weight", {"study": WEIGHTED, "change": put("w", N, 0)}),
    "lone outlet": (
        4, r"1 of 7 strata have one cluster.*merge strata.*single='collapse', 'certainty' or 'centre'",
        {"study": STRATIFIED, "change": put("shop", 1, "far away")},
    ),
    "margin nobody fills": (
        3, r"\[margins\] wave: found nobody in 'w3', which has 10% of the population; .*merge it",
        {"study": RAKED.replace("w2 = 0.6", "w2 = 0.5, w3 = 0.1")},
    ),
    "category without a share": (
        3, r"\[margins\] wave: found 'w3' without a share", {"study": RAKED, "change": put("wave", 2, "w3")}
    ),
    "draws empty a margin": (
        4, r"draws empty a raking category.*merge small.*multipliers='exponential'",
        {"study": RAKED.replace("w1 = 0.4, w2 = 0.6", "w1 = 0.3, w2 = 0.3, w3 = 0.4"), "change": put("wave", 1, "w3")},
    ),
    "language": (2, "language must be one of en", {"options": ("--language", "xx")}),
    "nested too deep": (3, "nested too deep", {"study": "a = " + "[" * 3000 + "]" * 3000}),
    "no master": (
        3, r"\[report\] template: found 'client.odp'; allowed: a file of PowerPoint, .pptx or .potx",
        {"study": STUDY + '[report]\ntemplate = "client.odp"\n'},
    ),
    "segment twice": (
        3, r"\[groups\] segments: found 'shop' twice", {"study": STUDY + '[groups]\nsegments = ["shop", "shop"]\n'}
    ),
    "segment and wave": (
        3, r"\[groups\] segments: found 'wave', the column of wave; .*take it away, wave is compared anyway",
        {"study": STUDY + '[groups]\nwave = { column = "wave" }\nsegments = ["wave"]\n'},
    ),
    "segment named as a role": (
        3, r"\[groups\] segments: found 'wave', the name of a role; .*rename the column",
        {"study": STUDY + '[groups]\nwave = { column = "shop" }\nsegments = ["wave"]\n'},
    ),
    "words for a category of a question": (
        3, r"\[labels\] 'speed.1': found 'speed', which is no group; allowed: shop; name the column of a group",
        {"study": STUDY + '[groups]\nsegments = ["shop"]\n[labels]\n"speed.1" = "slow"\n'},
    ),
    "category without quotes": (
        3, r"\[labels\] shop: found the unknown key '1'; .*or quote it: \"shop.1\" is a category of shop",
        {"study": STUDY + '[groups]\nsegments = ["shop"]\n[labels]\nshop.1 = "Old town"\n'},
    ),
}  # fmt: skip


@pytest.mark.parametrize(("code", "message", "how"), RUNS.values(), ids=RUNS)
def test_a_run_stops_with_its_message_and_exit_code(
    run: Callable[..., tuple[int, str]], tmp_path: Path, code: int, message: str, how: dict[str, Any]
) -> None:
    found, said = run(**how)
    assert re.search(message, said, flags=re.DOTALL), said
    assert found == code
    assert "Traceback" not in said
    assert not re.search(r"visitor-\d", said)
    assert not (tmp_path / "out").exists()


def test_a_folder_that_refuses_is_told(run: Callable[..., tuple[int, str]], monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*arguments: object, **options: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(slides, "write_deck", refuse)
    code, said = run()
    assert code == 5
    assert "Traceback" not in said
    assert "cannot be written (Permission denied); close its files" in said


@pytest.fixture(scope="module")
def frame() -> pd.DataFrame:
    return visits().astype({name: int for name in ("speed", "staff", "price", "overall", "again")})


GRID = {"outcome": "overall", "attributes": ("speed", "staff", "price")}


@pytest.mark.parametrize(
    ("model", "change", "error", "message"),
    [
        (GRID | {"attributes": ("speed", "speed")}, {}, ValueError, "attributes given twice: speed; name each once"),
        (GRID | {"attributes": ("speed", "overall")}, {}, ValueError, "'overall' is among the attributes; it explains"),
        (GRID, {"price": 5}, cs.StatisticsError, "price has no variance: everybody gave the same answer; leave it out"),
        (GRID, {"price": "speed"}, cs.StatisticsError, "the predictors speed, price are collinear; leave one"),
        (GRID | {"crosshair": "target", "target": 101.0}, {}, ValueError, "target=101.0: points from 0 to 100"),
        (GRID | {"attributes": "speed"}, {}, cs.DataError, "needs at least two attributes"),
    ],
)
def test_a_grid_that_cannot_be_is_refused(
    frame: pd.DataFrame, model: dict[str, Any], change: dict[str, Any], error: type[Exception], message: str
) -> None:
    columns = {name: frame[value] if isinstance(value, str) else value for name, value in change.items()}
    changed = frame.assign(**columns)
    with pytest.raises(error, match=message):
        cs.ImportancePerformance(**model).fit(cs.Sample.from_frame(changed, scale=(1, 10)), replicates=QUICK)


def test_what_a_study_does_not_name_is_left_out_and_said(run: Callable[..., tuple[int, str]]) -> None:
    code, said = run(study=STUDY.replace('outcome = "satisfaction"\n', ""))
    assert code == 0, said
    assert re.search(r"left out: Drivers: .*the role outcome; add \[roles\] outcome = ", said)


@pytest.mark.parametrize(
    ("how", "message"),
    [
        ({"rows": 5}, r"left out: SatisfactionIndex: .*5 respondents for 5 columns .*at least 6 are needed"),
        (
            {"change": lambda frame: frame.assign(price=frame["speed"], staff=frame["speed"])},
            r"left out: SatisfactionIndex: .*sources of a construct may be collinear",
        ),
    ],
    ids=["few", "collinear"],
)
def test_a_model_that_cannot_be_fitted_is_left_out_and_said(
    run: Callable[..., tuple[int, str]], tmp_path: Path, how: dict[str, Any], message: str
) -> None:
    """The run goes on with what the numbers allow."""
    code, said = run(**how)
    assert code == 0, said
    assert re.search(message, said), said
    manifest = json.loads((tmp_path / "out" / "manifest.json").read_text(encoding="utf-8"))
    assert any(words.startswith("SatisfactionIndex: ") for words in manifest["left_out"])
    assert any(words.startswith("Scores(") for words in manifest["models"])


EXPECTED = STUDY + """expectation = { term = "service", asked = "before" }
performance = "value"
disconfirmation = "DIRECT"
"""


@pytest.mark.parametrize(("direct", "role"), [("satisfaction", "outcome"), ("overall", "outcome"), ("value", "perf")])
def test_a_direct_measure_that_is_something_else_too_is_left_out_and_said(
    run: Callable[..., tuple[int, str]], direct: str, role: str
) -> None:
    code, said = run(study=EXPECTED.replace("DIRECT", direct))
    assert code == 0, said
    assert f"left out: Disconfirmation: a direct measure that shares no question with the {role}" in said


def test_a_direct_measure_without_a_question_is_left_out_and_said(run: Callable[..., tuple[int, str]]) -> None:
    study = EXPECTED.replace("DIRECT", "queue") + '[attributes]\nqueue = "Queue"\n'
    code, said = run(study=study)
    assert code == 0, said
    assert "left out: Disconfirmation: direct: " in said


def test_a_small_grid_names_the_columns_it_has_too_few_answers_for(frame: pd.DataFrame) -> None:
    """Half of the answers low, half high: every attribute has its dummies."""
    mixed = frame.head(45).assign(speed=[2, 5, 9] * 15, staff=[1, 1, 5, 5, 9] * 9, price=[9, 6, 2, 9, 2] * 9)
    few = cs.Sample.from_frame(mixed, scale=(1, 10)).exclude(np.arange(45) >= 5)
    model = cs.ImportancePerformance(**GRID)
    try:
        told = model.fit(few, replicates=QUICK).checks()["text"].str.cat()
    except cs.StatisticsError as error:
        told = str(error)
    assert not re.search(r"column \d", told)


def test_one_value_of_two_columns_has_words_of_its_own_in_each(tmp_path: Path) -> None:
    """Codes of 1 and 2 in both columns: "sex.1" wins over "1", wherever a category is printed."""
    words = '[groups]\nsegments = ["sex", "region"]\n[labels]\n1 = "one"\n"sex.1" = "women"\n"region.1" = "north"\n'
    random = np.random.default_rng(2)
    answers = visits().assign(sex=random.integers(1, 3, N), region=random.integers(1, 3, N))
    analysis = documents(tmp_path, STUDY + words, answers.to_csv(index=False).encode())
    sample = analysis.sample
    assert [sample.label("1", of=of) for of in ("sex", "region", "shop", None)] == ["women", "north", "one", "one"]
    assert sample.label("2", of="sex") == "2"
    out = tmp_path / "out"
    page = (out / "report.html").read_text(encoding="utf-8")
    for found in (texts(out / "deck.pptx"), page, cells(out / "tables.xlsx")[0]):
        assert "women" in found
        assert "north" in found
    assert ">one<" not in texts(out / "deck.pptx")
    drawn = analysis.strategy.of(cs.Scores, by="sex")
    assert drawn is not None
    assert any("women" in label for label in drawn.picture("scores").labels)


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("saved")
    documents(folder, STUDY, visits().to_csv(index=False).encode())
    return folder / "out"


@pytest.mark.parametrize(
    ("place", "value"),
    [
        (("reports", "en", "subtitle"), [1, 2]),
        (("reports", "en", "exhibits", 0, "chart"), None),
        (("reports", "en", "exhibits", 0, "frame"), "nan"),
        (("reports", "en", "exhibits", 0, "flags"), "one"),
        (("reports", "en", "exhibits", 2, "chart", "values"), [[1], True, 3]),
        (("template",), "../../client.pptx"),
        (("template",), 5),
        (("layouts",), {"Chart": 5}),
    ],
)
def test_a_saved_report_edited_by_hand_is_refused_and_nothing_written(
    saved: Path, tmp_path: Path, place: tuple[str | int, ...], value: object
) -> None:
    content = json.loads((saved / "results" / "report.json").read_text(encoding="utf-8"))
    part = content
    for key in place[:-1]:
        part = part[key]
    part[place[-1]] = value
    (tmp_path / "results").mkdir()
    (tmp_path / "results" / "report.json").write_text(json.dumps(content), encoding="utf-8")
    with pytest.raises(cs.DataError, match=r"report\.json: is damaged .*write it again with csresearch run"):
        cs.render(tmp_path, to=tmp_path / "again")
    assert [path.name for path in tmp_path.iterdir()] == ["results"]


def zipped(to: Path, **members: bytes) -> Path:
    with zipfile.ZipFile(to, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return to


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ({"[Content_Types].xml": b"<Types/>"}, "is no PowerPoint presentation .* without a password"),
        ({"[Content_Types].xml": b"\xff\xfe"}, "is no PowerPoint presentation"),
        ({"[Content_Types].xml": b"not XML"}, "is no PowerPoint presentation"),
        ({"a": b"0" * 2_000_000, "[Content_Types].xml": b"<Types/>"}, "holds 2 MB unpacked, at most 1"),
    ],
)
def test_a_master_that_is_none_is_refused_before_the_work(
    run: Callable[..., tuple[int, str]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: Any, message: str
) -> None:
    monkeypatch.setattr(template, "_MOST_BYTES", 1_000_000)
    code, said = run(options=("--template", str(zipped(tmp_path / "client.potx", **content))))
    assert code == 5, said
    assert re.search(message, said), said
    assert "Traceback" not in said
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("options", "code", "message"),
    [
        (("--layout", "Chart=Title Only"), 2, "layouts name those of a template, .* found 'Title Only'"),
        (("--to", "x" * 300), 5, "cannot be written .*choose another folder"),
    ],
)
def test_an_option_that_cannot_be_is_told_before_the_work(
    run: Callable[..., tuple[int, str]], options: tuple[str, ...], code: int, message: str
) -> None:
    found, said = run(options=options)
    assert found == code, said
    assert re.search(message, said), said


def test_what_is_no_strategy_no_result_and_no_list_of_slides_is_named(frame: pd.DataFrame, tmp_path: Path) -> None:
    grid = cs.ImportancePerformance(**GRID).fit(cs.Sample.from_frame(frame, scale=(1, 10)), replicates=QUICK)
    strategy = cs.recommend([grid])
    for none in (None, grid):
        with pytest.raises(TypeError, match="a portfolio is made of a strategy, not of a"):
            cs.portfolio(none, budget=3)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="budget='much': a finite number from 0 on is needed"):
        cs.portfolio(strategy, budget="much")  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="recommend takes results of models, found str"):
        cs.recommend([grid, "drivers"])  # type: ignore[list-item]
    with pytest.raises(ValueError, match="recommend needs results"):
        cs.recommend(None)  # type: ignore[arg-type]
    for slides_asked in ("answer", [5]):
        with pytest.raises(ValueError, match="a list of ids or families is needed"):
            cs.page(strategy, to=tmp_path / "page.html", slides=slides_asked)  # type: ignore[arg-type]
    for moves in ([("speed", 5)], "speed"):
        with pytest.raises(TypeError, match="a mapping of lever to move is needed, such as"):
            cs.what_if(grid, moves=moves)  # type: ignore[arg-type]
    assert not list(tmp_path.iterdir())


def test_names_of_a_model_are_held_against_each_other(frame: pd.DataFrame) -> None:
    sample = cs.Sample.from_frame(frame, scale=(1, 10))
    twice = cs.SatisfactionIndex(constructs={"a": ("speed", "speed"), "b": ("overall",)}, paths={"b": ("a",)})
    with pytest.raises(ValueError, match="items of 'a' given twice: speed"):
        twice.fit(sample)
    with pytest.raises(ValueError, match=r"items=\(\): name at least one"):
        cs.Scores(items=()).fit(sample)
    with pytest.raises(cs.DataError, match="construct 'empty' has no items; name its columns"):
        cs.Scores(items=("empty",)).fit(cs.Sample.from_frame(frame, constructs={"empty": ()}))
    asked = cs.Scores(items=("speed", "staff", "speed")).fit(sample, replicates=None)
    assert asked.wide("scores").index.tolist() == ["speed", "staff"]


def test_a_frame_will_do_and_what_is_none_is_named(frame: pd.DataFrame) -> None:
    model = cs.Drivers(outcome="overall", predictors=("speed", "staff"))
    found, expected = (model.fit(data, replicates=None) for data in (frame, cs.Sample.from_frame(frame)))
    pd.testing.assert_frame_equal(found.table("importance"), expected.table("importance"))
    with pytest.raises(TypeError, match="fitted to a Sample or a DataFrame, not to a list"):
        model.fit([1, 2])  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="the picture shows points, and the result has none; give the sample a scale"):
        cs.Scores(items=("speed",)).fit(frame, replicates=None).picture("scores")
    with pytest.raises(TypeError, match=r"made of a strategy, not of a Result: write recommend\("):
        cs.deck(found, to="deck.pptx")  # type: ignore[arg-type]


def test_codes_that_were_not_declared_never_reach_0_to_100(tmp_path: Path) -> None:
    answers = visits()
    answers.loc[:5, "speed"] = [99, 98, 97, 0, 99, 99]
    answers.to_csv(tmp_path / "shop.csv", index=False)
    (tmp_path / "study.toml").write_text(STUDY, encoding="utf-8")
    sample = cs.read(cs.load_study(tmp_path))
    for model in (cs.Scores(), cs.SatisfactionIndex(), cs.ImportancePerformance()):
        with pytest.raises(cs.DataError, match=r"declare the codes.*\n.*speed: 6 of 90 outside .*such as 0, 97, 98$"):
            model.fit(sample, replicates=None)
    excluded = sample.exclude(np.arange(N) < 6)
    assert cs.Scores().fit(excluded, replicates=None).n_obs == N - 6
    columns = sample.answers[["speed", "staff", "overall"]]
    with pytest.raises(cs.DataError, match=r"true ends, or name the ratings only:\n.*speed: 6 of 90 outside 1 to 10"):
        cs.Scores().fit(cs.Sample.from_frame(columns, scale=(1, 10)), replicates=None)
    assert cs.Scores().fit(cs.Sample.from_frame(columns), replicates=None).n_obs == N


def test_pairs_that_nobody_answered_are_named(frame: pd.DataFrame) -> None:
    half = np.arange(len(frame)) < len(frame) // 2
    apart = frame.assign(speed=frame["speed"].where(half), staff=frame["staff"].where(~half))
    model = cs.Drivers(outcome="overall", predictors=("speed", "staff"), missing="pairwise")
    with pytest.raises(cs.StatisticsError, match=r"nobody answered both speed and staff.*leave one of them out"):
        model.fit(apart)


@pytest.mark.parametrize("level", [0.5, 1.0, float("nan")])
def test_a_level_that_is_none_is_refused(frame: pd.DataFrame, level: float) -> None:
    with pytest.raises(ValueError, match=f"level={level}: a confidence level lies between 0.5 and 1"):
        cs.Scores(items=("speed",)).fit(frame, level=level)


def test_one_respondent_of_a_wave_is_named(frame: pd.DataFrame) -> None:
    alone = frame.assign(wave=np.where(np.arange(len(frame)) == 0, "w0", "w1"))
    with pytest.raises(cs.StatisticsError, match=r"1 respondents? in wave = 'w0'.*at least 2 are needed"):
        cs.Scores(items=("speed",)).fit(alone, by="wave")


def test_respondents_without_a_group_are_left_out_of_the_groups_only(frame: pd.DataFrame) -> None:
    gaps = frame.assign(wave=frame["wave"].where(frame.index >= 10))
    table = cs.Scores(items=("speed",)).fit(gaps, replicates=QUICK, by="wave").table("scores")
    assert table["n_obs"].tolist() == [N // 2 - 10, N // 2]
    assert cs.Scores(items=("speed",)).fit(gaps, replicates=None).n_obs == N


def test_one_draw_is_refused() -> None:
    with pytest.raises(ValueError, match=r"draws=1.*at least 2 draws are needed"):
        cs.Bootstrap(draws=1)


@pytest.mark.parametrize(("seen", "refused"), [(2, True), (4, False)])
def test_draws_that_fail_are_counted_and_too_many_refuse_the_interval(seen: int, refused: bool) -> None:
    """A feature that few have is absent from some draws, in which its slope does not exist."""
    random = np.random.default_rng(1)
    frame = pd.DataFrame({"rare": np.arange(60) < seen, "common": random.normal(size=60)}).astype(float)
    frame["y"] = frame["rare"] + frame["common"] + random.normal(size=60)
    result = cs.Drivers(outcome="y", predictors=("rare", "common")).fit(frame, replicates=cs.Bootstrap(draws=400))
    slope = result.estimates("coefficients", statistic="slope").iloc[0]
    lost = np.isnan(result.draws("coefficients")[:, slope.name]).mean()
    assert lost == pytest.approx((1 - seen / 60) ** 59, abs=0.03)
    assert np.isfinite(slope["estimate"])
    assert np.isnan(slope["conf_low"]) == refused
    assert ("draws failed" in slope["reason"]) == refused
    check = result.checks().set_index("check").loc["failed_draws"]
    assert check["value"] == pytest.approx(lost)
    assert check["passed"] != refused
    assert f"{round(lost * 400)} draws failed in part and are left out" in result.methods()


def texts(deck: Path) -> str:
    """Every text of a deck, tables and groups included."""
    with zipfile.ZipFile(deck) as parts:
        slides = [parts.read(name).decode() for name in parts.namelist() if name.startswith("ppt/slides/slide")]
    return " ".join(re.findall(r"<a:t>(.*?)</a:t>", " ".join(slides), flags=re.DOTALL))


def cells(book: Path) -> tuple[str, str]:
    """Texts of a workbook, and its sheets as they stand in the file."""
    with zipfile.ZipFile(book) as parts:
        sheets = "".join(parts.read(name).decode() for name in parts.namelist() if "worksheets/sheet" in name)
        return parts.read("xl/sharedStrings.xml").decode(), sheets


def documents(folder: Path, study: str, content: bytes) -> flow.Analysis:
    (folder / "study.toml").write_text(study, encoding="utf-8")
    (folder / "shop.csv").write_bytes(content)
    analysis = flow.analyse(cs.load_study(folder), replicates=QUICK)
    flow.write(analysis, folder / "out")
    Presentation(str(folder / "out" / "deck.pptx"))
    return analysis


def test_a_foreign_export_goes_the_whole_way(tmp_path: Path) -> None:
    """Byte-order mark, semicolons, decimal commas; columns and constructs in Chinese, with dots, spaces and braces."""
    renamed = {"speed": "速度", "staff": "p.staff {1}", "price": "el precio", "satisfaction": "满意", "service": "服务"}
    study = STUDY.replace('"Speed of the service"', '"Speed"')
    for before, after in renamed.items():
        study = re.sub(rf'(?<![\w"]){before}(?= = )|"{before}"', f'"{after}"', study)
    answers = visits().rename(columns=renamed)
    answers["速度"] = answers["速度"].astype(float).map(lambda value: f"{value:.1f}".replace(".", ","))
    analysis = documents(tmp_path, study, answers.to_csv(index=False, sep=";").encode("utf-8-sig"))
    assert analysis.sample.n_obs == N
    assert analysis.sample.answers["速度"].tolist() == visits()["speed"].tolist()
    out = tmp_path / "out"
    page = (out / "report.html").read_text(encoding="utf-8")
    for found in (texts(out / "deck.pptx"), page, cells(out / "tables.xlsx")[0]):
        assert "满意" in found
        assert "服务" in found
    texts_of_files = [path.read_text(encoding="utf-8-sig") for path in (out / "results").iterdir()]
    texts_of_files += [(out / "manifest.json").read_text(encoding="utf-8"), texts(out / "deck.pptx"), page]
    assert len(texts_of_files) > 10
    assert not any("visitor-" in words for words in (*texts_of_files, *cells(out / "tables.xlsx"))), "a respondent"


FITTED: set[str] = set()  # models that gave a result for some small frame
LONG = "How satisfied were you with the time that it took until somebody at the counter had time for you, " * 2
HOSTILE = {
    '"Speed of the service"': '"=cmd()"',
    "service = { items": 'service = { en = "<script>alert(1)</script>", items',
    "value = { items": f'value = {{ en = "{"w" * 120}", items',
    "satisfaction = { items": 'satisfaction = { en = "{x} %s $a_b$ \\u000b after", items',
    '"Staff"': f'"{LONG.strip()}"',
    'title = "Shop"': f'title = "{"Long title " * 90}\\u0001"\npopulation = "{"everybody who came " * 20}"',
}


def test_hostile_and_endless_labels_stay_text(tmp_path: Path) -> None:
    study = STUDY
    for before, after in HOSTILE.items():
        assert study.count(before) == 1, before
        study = study.replace(before, after)
    documents(tmp_path, study, visits().to_csv(index=False).encode())
    out = tmp_path / "out"
    page = (out / "report.html").read_text(encoding="utf-8")
    assert "<script>" not in page
    assert "&lt;script&gt;alert(1)" in page
    shared, sheets = cells(out / "tables.xlsx")
    assert "=cmd()" in shared
    formulas = re.findall(r"<f\b[^>]*>(.*?)</f>", sheets, flags=re.DOTALL)
    assert formulas  # those of the live sheet: they name cells and functions of numbers, and nothing a study holds
    names = r"'(?:What if|Draws), (?:attributes|paths)'!|SUMPRODUCT|PERCENTILE|MAX|MIN|IF"
    own = re.compile(rf"{names}|\$?[A-Z]{{1,2}}\$?\d+|\d+\.?\d*|[-+*(),:]|&[lg]t;")
    assert {rest for formula in formulas if (rest := own.sub("", formula))} == set()
    said = texts(out / "deck.pptx")
    assert "&lt;script&gt;" in said
    assert "w" * 120 not in said  # a headline has room for the ends of a word only
    assert re.search(r"W?w{30,} … w{20,}", said)
    assert LONG.strip() in said  # the list of questions has every wording whole
    assert not re.search(r"[\x00-\x08\x0b-\x1f]", page + said)


@given(
    items=st.one_of(
        st.lists(st.lists(st.sampled_from([1, 2, 5, 10, None]), min_size=4, max_size=4), min_size=1, max_size=14),
        st.lists(st.lists(st.sampled_from([1, 2, 3, 5, 7, 9, 10]), min_size=4, max_size=4), min_size=12, max_size=30),
    ),
    weights=st.sampled_from([None, 1e-300, 1.0, 1e12]),
    kind=st.sampled_from(["float64", "Float64", "object"]),
)
@example(items=[[1, 2, 5, 10], [2, 1, 10, 5], [5, 5, 1, 2], [10, 9, 2, 3]] * 4, weights=None, kind="float64")
@settings(max_examples=25, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
def fit_small_frames(
    items: list[list[float | None]], weights: float | None, kind: str
) -> None:
    frame = pd.DataFrame(items, columns=["a", "b.c", " d", "{e}"]).astype(float).astype(kind)
    models: tuple[Any, ...] = (
        cs.Scores(),
        cs.Drivers(outcome="a", predictors=("b.c", " d"), missing="pairwise"),
        cs.ImportancePerformance(outcome="a", attributes=("b.c", " d"), missing="listwise"),
        cs.SatisfactionIndex(
            constructs={"s": ("a", "b.c"), "t": (" d", "{e}")}, paths={"t": ("s",)}, missing="block_mean"
        ),
    )
    for model in models:
        try:
            given = None if weights is None else np.full(len(frame), weights)
            sample = cs.Sample.from_frame(frame, scale=(1, 10), weights=given)
            result = model.fit(sample, replicates=cs.Bootstrap(draws=5))
        except (cs.StatisticsError, cs.DataError):
            continue
        FITTED.add(type(model).__name__)
        for name in result.tables:
            table = result.table(name)
            missing = table["estimate"].isna()
            assert (table.loc[missing, "reason"] != "").all()


def test_whatever_a_small_frame_holds_there_is_a_result_or_an_error_of_ours() -> None:
    FITTED.clear()
    fit_small_frames()
    assert {"Scores", "Drivers", "ImportancePerformance", "SatisfactionIndex"} == FITTED


@pytest.mark.parametrize("scale", [(1, 1), (10, 1), (float("nan"), 1), (0, float("inf")), (1,), (None, 1)])
def test_a_scale_without_two_ends_is_refused(frame: pd.DataFrame, scale: tuple[float, float]) -> None:
    with pytest.raises(ValueError, match="such as \\(1, 10\\)"):
        cs.Sample.from_frame(frame, scale=scale)


def test_what_is_no_frame_of_respondents_is_refused(frame: pd.DataFrame) -> None:
    with pytest.raises(cs.DataError, match="several levels of column names; join them"):
        cs.Sample.from_frame(pd.concat({"wave 1": frame}, axis=1))
    with pytest.raises(cs.DataError, match="not of a list"):
        cs.Sample.from_frame([1, 2])  # type: ignore[arg-type]
    with pytest.raises(cs.DataError, match="construct 'speed' is named like a column"):
        cs.Sample.from_frame(frame, constructs={"speed": ("staff",)})


def test_remedies_can_be_reached_from_the_command_line() -> None:
    done = CliRunner().invoke(app, ["run", "--help"], env={"COLUMNS": "200"})
    assert "exponential" in done.output
    assert "collapse" in done.output
