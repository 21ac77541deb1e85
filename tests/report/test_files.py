from __future__ import annotations

import os

import pytest

from csresearch.errors import OutputError
from csresearch.report.files import write_whole


def fill(path):
    path.write_text("new")


def test_an_existing_file_stays_without_force(tmp_path):
    target = tmp_path / "deck.pptx"
    target.write_text("old")
    with pytest.raises(OutputError, match="--force"):
        write_whole(target, fill)
    assert target.read_text() == "old"
    write_whole(target, fill, force=True)
    assert target.read_text() == "new"


def test_a_writer_that_fails_leaves_nothing_behind(tmp_path):
    target = tmp_path / "deck.pptx"
    target.write_text("old")

    def fail(path):
        path.write_text("half")
        raise OSError(28, "No space left on device")

    with pytest.raises(OutputError, match="No space left"):
        write_whole(target, fail, force=True)
    assert [(p.name, p.read_text()) for p in tmp_path.iterdir()] == [("deck.pptx", "old")]


def test_errors_of_other_kinds_pass_and_clean_up(tmp_path):
    def fail(path):
        path.write_text("half")
        raise ValueError("wrong headline")

    with pytest.raises(ValueError, match="wrong headline"):
        write_whole(tmp_path / "deck.pptx", fail)
    assert list(tmp_path.iterdir()) == []


def test_a_refused_rename_keeps_the_old_file(tmp_path, monkeypatch):
    target = tmp_path / "deck.pptx"
    target.write_text("old")

    def refuse(source, goal):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "replace", refuse)
    with pytest.raises(OutputError, match="close the file"):
        write_whole(target, fill, force=True)
    assert [(p.name, p.read_text()) for p in tmp_path.iterdir()] == [("deck.pptx", "old")]


def test_a_folder_that_cannot_be_used_is_named(tmp_path):
    (tmp_path / "file").write_text("no folder")
    with pytest.raises(OutputError, match="cannot be written"):
        write_whole(tmp_path / "file" / "deck.pptx", fill)
    with pytest.raises(OutputError, match="is a folder"):
        write_whole(tmp_path, fill, force=True)


def test_missing_folders_are_made(tmp_path):
    write_whole(tmp_path / "build" / "new" / "deck.pptx", fill)
    assert (tmp_path / "build" / "new" / "deck.pptx").read_text() == "new"
