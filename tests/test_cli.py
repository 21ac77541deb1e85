"""The command line: what a user sees, and the exit codes."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

STUDY = """
schema = 1
title = "Shop"
[data]
file = "shop.csv"
[scales]
rating = { ends = [1, 10] }
[items]
speed = "Speed"
staff = "Staff"
price = "Price"
overall = "Overall"
[roles]
outcome = "overall"
drivers = ["speed", "staff", "price"]
"""


def csresearch(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "csresearch.cli", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=False)


@pytest.fixture
def study(tmp_path: Path) -> Path:
    random = np.random.default_rng(1)
    frame = pd.DataFrame(random.integers(3, 10, size=(120, 3)), columns=["speed", "staff", "price"])
    frame["overall"] = ((frame["speed"] + frame["staff"]) / 2).round().astype(int)
    folder = tmp_path / "shop"
    folder.mkdir()
    frame.to_csv(folder / "shop.csv", index=False)
    (folder / "study.toml").write_text(STUDY, encoding="utf-8")
    return folder


def test_run_writes_every_document_and_says_what_to_do(study: Path, tmp_path: Path) -> None:
    done = csresearch("run", study, "--to", tmp_path / "out", "--draws", 100)
    assert done.returncode == 0, done.stderr
    assert {path.name for path in (tmp_path / "out").iterdir()} == {
        "deck.pptx", "report.html", "tables.xlsx", "manifest.json", "results",
    }  # fmt: skip
    assert "1. " in done.stdout
    assert "fitted Drivers, 100 draws" in done.stderr


def test_two_runs_differ_in_their_time_only(study: Path, tmp_path: Path) -> None:
    for name in ("one", "two"):
        assert csresearch("run", study, "--to", tmp_path / name, "--draws", 60, "--quiet").returncode == 0
    manifests = [json.loads((tmp_path / name / "manifest.json").read_text(encoding="utf-8")) for name in ("one", "two")]
    assert all(manifest.pop("time") for manifest in manifests)
    assert manifests[0] == manifests[1]
    for path in sorted((tmp_path / "one").rglob("*")):
        if path.is_file() and path.name != "manifest.json":
            other = tmp_path / "two" / path.relative_to(tmp_path / "one")
            assert other.read_bytes() == path.read_bytes(), path.name


def test_standing_documents_are_left_alone_without_force(study: Path, tmp_path: Path) -> None:
    target = tmp_path / "out"
    target.mkdir()
    (target / "deck.pptx").write_text("mine")
    done = csresearch("run", study, "--to", target, "--draws", 60)
    assert done.returncode == 5
    assert "deck.pptx stand there already; use --force" in done.stderr
    assert (target / "deck.pptx").read_text() == "mine"
    assert [path.name for path in target.iterdir()] == ["deck.pptx"]
    assert csresearch("run", study, "--to", target, "--draws", 60, "--force").returncode == 0
    assert (target / "deck.pptx").stat().st_size > 10_000


def test_check_lists_findings_and_what_can_be_answered(study: Path) -> None:
    done = csresearch("check", study)
    assert done.returncode == 0
    assert "yes       Drivers can be answered" in done.stdout
    assert "no        SatisfactionIndex cannot be answered" in done.stdout


def test_a_fault_of_the_study_exits_with_3(study: Path) -> None:
    (study / "study.toml").write_text(STUDY.replace('drivers = ["speed"', 'drivers = ["sped"'), encoding="utf-8")
    done = csresearch("run", study)
    assert done.returncode == 3
    assert "sped" in done.stderr
    assert "speed" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_fault_of_the_data_exits_with_3(study: Path) -> None:
    frame = pd.read_csv(study / "shop.csv").astype(object)
    frame.loc[3, "speed"] = "very fast"
    frame.to_csv(study / "shop.csv", index=False)
    done = csresearch("run", study)
    assert done.returncode == 3
    assert "speed: found 1 text: not shown; allowed: numbers from 1 to 10" in done.stderr
    assert "Traceback" not in done.stderr


def test_collinear_drivers_are_left_out_and_named(study: Path) -> None:
    frame = pd.read_csv(study / "shop.csv")
    frame["price"] = frame["speed"]
    frame.to_csv(study / "shop.csv", index=False)
    done = csresearch("run", study, "--to", study / "out", "--draws", 60)
    assert done.returncode == 0
    assert re.search("left out: Drivers: .*speed, price are collinear", done.stdout)


def test_an_unknown_option_value_exits_with_2(study: Path) -> None:
    done = csresearch("run", study, "--language", "xx", "--draws", 60)
    assert done.returncode == 2
    assert "language must be one of en" in done.stderr
    assert csresearch("run", study, "--draws", 1).returncode == 2


def test_an_unknown_demo_lists_the_demos() -> None:
    done = csresearch("demo", "nothing")
    assert done.returncode == 2
    assert "mobile" in done.stderr


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="a folder cannot be closed to this user")
def test_a_folder_that_cannot_be_written_exits_with_5(study: Path, tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o500)
    assert csresearch("run", study, "--to", closed / "out", "--draws", 60).returncode == 5


def test_a_file_where_the_folder_should_be_exits_with_5(study: Path, tmp_path: Path) -> None:
    (tmp_path / "out").write_text("a file")
    done = csresearch("run", study, "--to", tmp_path / "out" / "deeper", "--draws", 60)
    assert done.returncode == 5
    assert "cannot be written" in done.stderr


def test_doctor_names_versions_and_extras() -> None:
    done = csresearch("doctor")
    assert done.returncode == 0
    assert "extra report" in done.stdout


def test_a_demo_never_takes_the_place_of_what_stands_in_a_folder_of_ones_own(tmp_path: Path) -> None:
    (tmp_path / "results").mkdir()
    (tmp_path / "results" / "mine.txt").write_text("precious")
    done = csresearch("demo", "mobile", "--to", tmp_path, "--draws", 60)
    assert done.returncode == 5
    assert "results stand there already" in done.stderr
    assert [path.name for path in tmp_path.rglob("*.txt")] == ["mine.txt"]


def test_check_says_no_more_than_it_knows(study: Path) -> None:
    assert not re.search(r"[Aa]dd \.?$", csresearch("check", study).stdout, re.M)


def test_new_drafts_a_study_that_can_be_checked_and_run(study: Path, tmp_path: Path) -> None:
    folder, export = tmp_path / "draft", study / "shop.csv"
    done = csresearch("new", export, "--to", folder)
    assert done.returncode == 0, done.stderr
    assert "outcome: overall" in done.stdout
    assert f"csresearch check {folder}" in done.stdout
    assert (folder / "shop.csv").read_bytes() == export.read_bytes()
    checked = csresearch("check", folder).stdout
    assert "yes       Drivers can be answered" in checked
    assert "nothing stops the analysis; next: csresearch run" in checked
    done = csresearch("run", folder, "--to", tmp_path / "out", "--draws", 60)
    for said in (checked, done.stdout):
        assert re.search(r"study.toml: lines still marked CHECK, which are guesses: \d+", said)


def test_new_replaces_a_study_only_with_force_and_data_never(study: Path, tmp_path: Path) -> None:
    before = (study / "study.toml").read_text(encoding="utf-8")
    done = csresearch("new", study / "shop.csv", "--to", study)
    assert (done.returncode, (study / "study.toml").read_text(encoding="utf-8")) == (5, before)
    assert "--force" in done.stderr
    assert csresearch("new", study / "shop.csv", "--to", study, "--force").returncode == 0
    (tmp_path / "shop.csv").write_text("speed,staff\n1,2\n3,4\n5,6\n", encoding="utf-8")
    done = csresearch("new", tmp_path / "shop.csv", "--to", study, "--force")
    assert done.returncode == 5
    assert "data are not replaced" in done.stderr


def test_new_says_what_is_wrong_with_a_file(tmp_path: Path) -> None:
    (tmp_path / "one.csv").write_text("Q1\n4\n5\n", encoding="utf-8")
    for name, words in (("nothing.csv", "No such file"), ("one.csv", "has one column")):
        done = csresearch("new", tmp_path / name, "--to", tmp_path / "out")
        assert done.returncode == 3
        assert words in done.stderr
    assert not (tmp_path / "out").exists()


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("cli") / "mobile"
    assert csresearch("demo", "mobile", "--to", folder, "--draws", 60, "--quiet").returncode == 0
    return folder


def test_report_writes_a_choice_again_in_another_language(ran: Path, tmp_path: Path) -> None:
    options = ("--language", "zh", "--slides", "method,drivers", "--only", "deck,page", "--to", tmp_path / "zh")
    done = csresearch("report", ran, *options)
    assert done.returncode == 0, done.stderr
    assert sorted(path.name for path in (tmp_path / "zh").iterdir()) == ["deck.pptx", "report.html"]
    assert "deck.pptx, report.html" in done.stdout


def test_report_lists_ids_and_headlines(ran: Path) -> None:
    done = csresearch("report", ran, "--list")
    assert done.returncode == 0
    lines = done.stdout.splitlines()
    assert lines[0].split()[0] == "answer"
    assert any(line.startswith("drivers.importance ") and "explains" in line for line in lines)
    assert "满意" in csresearch("report", ran, "--list", "--language", "zh").stdout


@pytest.mark.parametrize(
    ("options", "code", "said"),
    [
        ((), 5, "stand there already; use --force"),
        (("--slides", "driver", "--to", "x"), 2, "nearest: drivers"),
        (("--language", "fr", "--to", "x"), 2, "must be one of en, zh, es"),
        (("--only", "slides", "--to", "x"), 2, "must be of deck, page, workbook"),
        (("--template", "no.potx", "--to", "x"), 5, "there is no such template"),
        (("--layout", "Graph=Title Only", "--to", "x"), 2, "NAME of Cover, Chart, Table, Text, Canvas"),
    ],
)
def test_report_refuses_in_plain_words(ran: Path, options: tuple[str, ...], code: int, said: str) -> None:
    done = csresearch("report", ran, *options)
    assert done.returncode == code
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_report_without_a_folder_or_a_saved_report_is_refused(tmp_path: Path) -> None:
    assert csresearch("report").returncode == 2
    done = csresearch("report", tmp_path)
    assert done.returncode == 3
    assert "holds no results/report.json" in done.stderr


def test_report_writes_a_master_to_start_from(tmp_path: Path) -> None:
    assert csresearch("report", "--write-template", tmp_path / "master.potx").returncode == 0
    assert csresearch("report", "--write-template", tmp_path / "master.potx").returncode == 5
    done = csresearch("demo", "mobile", "--to", tmp_path / "out", "--draws", 60, "--template", tmp_path / "master.potx")
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "out" / "results" / "master.potx").is_file()


def test_run_shows_the_slides_that_are_asked_for(study: Path, tmp_path: Path) -> None:
    done = csresearch("run", study, "--to", tmp_path / "out", "--draws", 60, "--slides", "drivers,answer")
    assert done.returncode == 0, done.stderr
    html = (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    assert html.index('<section id="drivers.importance"') < html.index('<section id="answer"')
    assert html.count("<section id=") == 2
    done = csresearch("run", study, "--to", tmp_path / "no", "--draws", 60, "--slides", "nothing")
    assert done.returncode == 2
    assert "Ids are answer" in done.stderr
    assert not (tmp_path / "no").exists()
