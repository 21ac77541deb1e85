"""The whole path: nothing half-written, nothing lost, inputs untouched."""

from __future__ import annotations

import os
from pathlib import Path

import pandas as pd
import pytest

import csresearch as cs
from csresearch import flow
from csresearch.errors import OutputError


@pytest.fixture(scope="module")
def analysis() -> flow.Analysis:
    return flow.analyse(cs.load_study(cs.study_folder("mobile")), replicates=cs.Bootstrap(draws=60))


def test_a_refused_rename_loses_nothing(
    analysis: flow.Analysis, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "out"
    flow.write(analysis, target)
    before = {path.name: path.stat().st_size for path in target.iterdir()}

    rename = os.replace

    def refuse(source: Path, destination: Path) -> None:
        if Path(destination).parent == target:
            raise PermissionError(13, "the file is open elsewhere")
        rename(source, destination)

    monkeypatch.setattr(os, "replace", refuse)
    with pytest.raises(OutputError, match="close its files"):
        flow.write(analysis, target, force=True)
    assert {path.name: path.stat().st_size for path in target.iterdir()} == before
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_every_table_is_written_with_the_meaning_of_its_columns(analysis: flow.Analysis, tmp_path: Path) -> None:
    flow.write(analysis, tmp_path / "out")
    written = {path.stem: pd.read_csv(path) for path in (tmp_path / "out" / "results").glob("*.csv")}
    assert {"actions", "sample_flow", "SatisfactionIndex_index", "Drivers_importance"} <= set(written)
    index = next(result for result in analysis.results if "index" in result.tables)
    pd.testing.assert_series_equal(written["SatisfactionIndex_index"]["estimate"], index.table("index")["estimate"])
    assert (tmp_path / "out" / "results" / "columns.json").is_file()


def test_no_output_holds_respondents(analysis: flow.Analysis, tmp_path: Path) -> None:
    """Every table is about constructs, items or rules: none is as long as the sample."""
    assert all(
        len(table) < len(analysis.sample) for table in analysis.strategy.tables().values() if "n_obs" not in table
    )
    assert not any("respondent" in table.columns for table in analysis.strategy.tables().values())


def test_the_first_advice_for_the_mobile_survey(analysis: flow.Analysis) -> None:
    first = analysis.strategy.actions[0]
    assert (first.rule, first.term) == ("concentrate", "PERQ7")


def test_results_share_their_draws(analysis: flow.Analysis) -> None:
    assert len({result.replicates_id for result in analysis.results if result.replicates_id}) == 1
