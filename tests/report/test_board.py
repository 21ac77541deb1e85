"""The board of a notebook: sliders move the outcome; without a kernel it is a table."""

from __future__ import annotations

import builtins
from typing import Any

import numpy as np
import pandas as pd
import pytest

import csresearch as cs
from csresearch.errors import CSResearchError
from csresearch.inference.replicates import Bootstrap


@pytest.fixture(scope="module")
def grid() -> cs.Result:
    random = np.random.default_rng(4)
    frame = pd.DataFrame({"speed": random.normal(6, 1.5, 300), "staff": random.normal(9.3, 0.6, 300)})
    frame["overall"] = 2 + 0.5 * frame["speed"] + 0.2 * frame["staff"] + 0.7 * random.normal(size=300)
    model = cs.ImportancePerformance(outcome="overall", attributes=("speed", "staff"))
    return model.fit(cs.Sample.from_frame(frame.round().clip(1, 10), scale=(1, 10)), replicates=Bootstrap(draws=100))


def outcome(board: Any) -> str:
    return str(board.widget.children[-1].value)


def test_a_slider_moves_the_outcome(grid: cs.Result) -> None:
    board = cs.board(grid)
    still = outcome(board)
    board.sliders["speed"].value = 4.0
    found = cs.what_if(grid, moves={"speed": 4.0, "staff": 0.0})
    row = found.table("outcome").set_index("statistic").loc["change"]
    words = f"{row['estimate']:+.1f} [{row['conf_low']:+.1f}, {row['conf_high']:+.1f}]"
    assert words in outcome(board)
    assert words in repr(board)
    assert board.moves == {"speed": 4.0, "staff": 0.0}
    board.reset()
    assert outcome(board) == still


def test_sliders_stop_at_the_ceiling_in_whole_steps(grid: cs.Result) -> None:
    board = cs.board(grid)
    for name, slider in board.sliders.items():
        room = 100 - board.levers.current[name]
        assert room - 0.5 < slider.max <= room
        assert (slider.min, slider.step) == (-10.0, 0.5)


def test_the_button_resets_and_names_what_it_does(grid: cs.Result) -> None:
    board = cs.board(grid, language="es")
    board.sliders["staff"].value = -3.0
    button = next(part for part in board.widget.children if hasattr(part, "click"))
    assert button.description == "Restablecer"
    button.click()
    assert board.moves == {"speed": 0.0, "staff": 0.0}


def test_without_a_kernel_the_board_is_a_table(grid: cs.Result) -> None:
    board = cs.board(grid)
    bundle = board._repr_mimebundle_()
    assert set(bundle) == {"text/plain", "text/html", "application/vnd.jupyter.widget-view+json"}
    assert "<table>" in bundle["text/html"]
    assert "speed" in bundle["text/html"]
    assert 'aria-live="polite"' in bundle["text/html"]
    assert "model_id" not in bundle["text/html"] + bundle["text/plain"]


@pytest.mark.parametrize(("language", "words"), [("en", "if the association holds"), ("zh", "若关联成立")])
def test_it_speaks_the_language_that_was_asked_for(grid: cs.Result, language: str, words: str) -> None:
    assert words in outcome(cs.board(grid, language=language))


def test_bad_options_are_refused(grid: cs.Result) -> None:
    with pytest.raises(ValueError, match=r"between 0\.5 and 1"):
        cs.board(grid, level=95)
    with pytest.raises(ValueError, match="allowed are drivers, index"):
        cs.board(grid, through="paths")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="language must be one of"):
        cs.board(grid, language="fr")


def test_a_missing_package_names_the_extra(grid: cs.Result, monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def without(name: str, *args: Any, **options: Any) -> Any:
        if name == "ipywidgets":
            raise ModuleNotFoundError("No module named 'ipywidgets'", name="ipywidgets")
        return real(name, *args, **options)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises((CSResearchError, ImportError), match="lab"):
        cs.board(grid)
