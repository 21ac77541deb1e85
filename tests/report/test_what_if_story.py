"""What if, as exhibits: one for each way, the moves that are recommended, in three languages."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest

import csresearch as cs
from csresearch.inference.replicates import Bootstrap, Jackknife
from csresearch.report.exhibit import Exhibit
from csresearch.report.saved import decode, encode
from csresearch.report.story.telling import Telling
from csresearch.report.story.what_if import what_if_exhibits
from csresearch.show.specs import Board, TableSpec
from csresearch.show.words import catalogue


@pytest.fixture(scope="module")
def sample() -> cs.Sample:
    random = np.random.default_rng(4)
    speed = 6 + 1.5 * random.normal(size=300)
    staff = 3 + 0.6 * speed + random.normal(size=300)
    overall = 1 + 0.5 * speed + 0.4 * staff + 0.7 * random.normal(size=300)
    frame = pd.DataFrame({"speed": speed, "staff": staff, "overall": overall}).round().clip(1, 10)
    return cs.Sample.from_frame(frame, scale=(1, 10))


def fitted(sample: cs.Sample, replicates: Any) -> list[cs.Result]:
    grid = cs.ImportancePerformance(outcome="overall", attributes=("speed", "staff"))
    index = cs.SatisfactionIndex(
        constructs={name: (name,) for name in ("speed", "staff", "overall")}, target="overall",
        paths={"overall": ("speed", "staff"), "staff": ("speed",)},
    )  # fmt: skip
    return [grid.fit(sample, replicates=replicates), index.fit(sample, replicates=replicates)]


@pytest.fixture(scope="module")
def strategy(sample: cs.Sample) -> Any:
    return cs.recommend(fitted(sample, Bootstrap(draws=60)))


def told(strategy: Any, language: str = "en") -> list[Exhibit]:
    return what_if_exhibits(Telling(strategy=strategy, language=language))


def test_one_exhibit_for_each_way(strategy: Any) -> None:
    exhibits = told(strategy)
    assert [e.id for e in exhibits] == ["strategy.what_if", "strategy.what_if_paths"]
    for exhibit, way in zip(exhibits, ("regression", "the path model"), strict=True):
        board = exhibit.chart
        assert isinstance(board, Board)
        assert board.labels[-1] == "overall"
        assert board.moves == (5.0, 5.0)  # no feasible move is known
        assert exhibit.headline.startswith(f"By {way}, +5 points on each of 2 levers go with ")
        assert board.table.rows[-1][0] == "All moves together"
        assert len(board.draws) == 60


def test_the_last_line_is_the_change_of_the_function(strategy: Any) -> None:
    for exhibit, through in zip(told(strategy), ("drivers", "index"), strict=True):
        found = cs.what_if(strategy, moves={"speed": 5, "staff": 5}, through=through)
        row = found.table("outcome").set_index("statistic").loc["change"]
        words = f"{row['estimate']:+.1f} [{row['conf_low']:+.1f}, {row['conf_high']:+.1f}]"
        assert exhibit.chart.table.rows[-1][-1] == words
        frame = exhibit.frame.set_index("statistic")
        assert frame.loc["change", "estimate"] == pytest.approx(row["estimate"])


def test_without_draws_there_is_no_board(sample: cs.Sample, strategy: Any) -> None:
    assert told(replace(strategy, results=tuple(fitted(sample, None)))) == []
    assert told(replace(strategy, results=tuple(fitted(sample, Jackknife())))) == []


@pytest.mark.parametrize("language", ["zh", "es"])
def test_every_word_is_in_the_language(strategy: Any, language: str) -> None:
    joint = catalogue(language)["what_if.together"]
    assert [e.chart.table.rows[-1][0] for e in told(strategy, language)] == [joint, joint]


def test_a_board_is_saved_and_read_again(strategy: Any) -> None:
    board = told(strategy)[1].chart
    assert decode(encode(board)) == board


def test_a_board_that_does_not_fit_together_is_refused() -> None:
    board = Board(
        table=TableSpec(titles=("a",), sides=("left",), rows=()), labels=("a", "b", "y"), current=(1.0, 2.0, 3.0),
        moves=(0.0, 0.0), effects=(0.5, 0.5), paths=((0, 1), (0, 2), (1, 2)), slopes=(0.1, 0.2, 0.3),
        draws=((3.0, 0.1, 0.2, 0.3),), quantiles=(0.025, 0.2, 0.975), level=0.95, through="index",
    )  # fmt: skip
    for change, message in (
        ({"current": (1.0,)}, "current has 1 values, 3 are needed"),
        ({"draws": ((3.0, 0.1),)}, "each draw holds 4 values"),
        ({"paths": ((1, 0), (0, 2), (1, 2))}, "paths run from earlier to later"),
        ({"paths": ((0, 2), (0, 1), (1, 2))}, "sorted by target"),
    ):
        with pytest.raises(ValueError, match=message):
            replace(board, **change)
