"""The whole path: nothing half-written, nothing lost, inputs untouched."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

import csresearch as cs
from csresearch import flow
from csresearch.errors import OutputError
from csresearch.report.publishing import BEFORE
from csresearch.report.saved import PLACE


@pytest.fixture(scope="module")
def analysis() -> flow.Analysis:
    return flow.analyse(cs.load_study(cs.study_folder("mobile")), replicates=cs.Bootstrap(draws=60))


def contents(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize("refused", [*flow.DOCUMENTS, "all of them"])
def test_a_refused_rename_loses_nothing(
    analysis: flow.Analysis, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, refused: str
) -> None:
    target = tmp_path / "out"
    for name in flow.DOCUMENTS:
        path = target / name if name != PLACE.parent.name else target / PLACE
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"an older {path.name}")
    before = contents(target)
    rename = os.replace

    def refuse(source: Path, destination: Path) -> None:
        new = Path(source).parent != target and Path(source).parent.name != BEFORE
        if new and Path(destination).parent == target and refused in (Path(source).name, "all of them"):
            raise PermissionError(13, "the file is open elsewhere")
        rename(source, destination)

    monkeypatch.setattr(os, "replace", refuse)
    with pytest.raises(OutputError, match="close its files"):
        flow.write(analysis, target, slides=("answer",), force=True)
    assert contents(target) == before
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_what_cannot_be_put_back_is_kept_and_named(
    analysis: flow.Analysis, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "out"
    flow.write(analysis, target)
    rename = os.replace

    def refuse(source: Path, destination: Path) -> None:
        if Path(destination) == target / "results":
            raise PermissionError(13, "the folder is gone")
        rename(source, destination)

    monkeypatch.setattr(os, "replace", refuse)
    with pytest.raises(OutputError, match=f"what stood there is in .*{BEFORE}"):
        flow.write(analysis, target, force=True)
    assert list(tmp_path.glob(f".out-*/{BEFORE}/results/*.csv"))


def test_the_folder_one_stands_in_can_be_named(
    analysis: flow.Analysis, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    flow.write(analysis, Path("."))
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(flow.DOCUMENTS)


def test_an_unknown_language_is_told_before_the_work(tmp_path: Path) -> None:
    said: list[str] = []
    with pytest.raises(ValueError, match="language must be one of en"):
        flow.run(cs.study_folder("mobile"), to=tmp_path / "out", language="xx", progress=said.append)
    assert said == []


def test_every_table_is_written_with_the_meaning_of_its_columns(analysis: flow.Analysis, tmp_path: Path) -> None:
    flow.write(analysis, tmp_path / "out")
    written = {path.stem: pd.read_csv(path) for path in (tmp_path / "out" / "results").glob("*.csv")}
    assert {"actions", "sample_flow", "SatisfactionIndex_index", "Drivers_importance"} <= set(written)
    index = next(result for result in analysis.results if "index" in result.tables)
    pd.testing.assert_series_equal(written["SatisfactionIndex_index"]["estimate"], index.table("index")["estimate"])
    assert (tmp_path / "out" / "results" / "columns.json").is_file()


def test_the_first_advice_for_the_mobile_survey(analysis: flow.Analysis) -> None:
    first = analysis.strategy.actions[0]
    assert (first.rule, first.term) == ("concentrate", "PERQ7")


def test_results_share_their_draws(analysis: flow.Analysis) -> None:
    assert len({result.replicates_id for result in analysis.results if result.replicates_id}) == 1


def test_a_table_of_groups_has_a_name_that_every_system_can_write(analysis: flow.Analysis, tmp_path: Path) -> None:
    sample = analysis.sample.from_frame(analysis.sample.answers.assign(**{"age/sex": "a"}), scale=(1, 10))
    scores = cs.Scores(items=("CUSA1",)).fit(sample, replicates=cs.Bootstrap(draws=20), by="age/sex")
    flow.write_results(replace(analysis, strategy=cs.recommend([scores])), tmp_path / "results")
    assert (tmp_path / "results" / "Scores_scores_by_age_sex.csv").is_file()
    with pytest.raises(ValueError, match="'age/sex' has one category, 'a'"):
        scores.compare()
