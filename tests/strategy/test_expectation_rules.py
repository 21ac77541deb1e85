"""Rules on expectations: promised more than kept, and good but worse than expected."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

import csresearch as cs
from csresearch.report.story.storyline import tell
from csresearch.strategy.actions import Strategy

STUDY = """
schema = 1
title = "Hotel"
[data]
file = "hotel.csv"
[scales]
rating = { ends = [1, 10] }
[facets]
performance = { column = "p_{}", scale = "rating" }
expectation = { column = "e_{}", scale = "rating", asked = "before" }
[attributes]
rooms = "Rooms"
food = "Food"
pool = "Pool"
beach = "Beach"
[items]
overall = "Overall"
expected = "Expected"
got = "Got"
versus = "Worse or better than expected"
[roles]
outcome = "overall"
expectation = { term = "expected", asked = "before" }
performance = "got"
disconfirmation = "versus"
"""


def advised(folder: Path, *, versus: float, top: bool = False) -> Strategy:
    """Rooms and food carry satisfaction; pool and beach do not, and the pool was promised better than it is."""
    random, n = np.random.default_rng(6), 800
    got = {name: 6.5 + 1.4 * random.normal(size=n) for name in ("rooms", "food", "pool", "beach")}
    expected = {name: 6.5 + 1.2 * random.normal(size=n) for name in got}
    expected["pool"] = np.full(n, 10.0) - (random.random(n) < 0.3) if top else expected["pool"] + 1.5
    overall = 0.6 * got["rooms"] + 0.5 * got["food"] + 0.6 * random.normal(size=n)
    frame = pd.DataFrame(
        {f"p_{k}": v for k, v in got.items()} | {f"e_{k}": v for k, v in expected.items()} | {"overall": overall}
    )
    frame["got"] = frame[["p_rooms", "p_food"]].mean(axis=1)
    frame["expected"] = frame[["e_rooms", "e_food"]].mean(axis=1)
    frame["versus"] = versus + 0.5 * (frame["got"] - frame["expected"]) + random.normal(size=n)
    frame.round().clip(1, 10).to_csv(folder / "hotel.csv", index=False)
    (folder / "study.toml").write_text(STUDY, encoding="utf-8")
    sample = cs.read(cs.load_study(folder))
    bootstrap = cs.Bootstrap(draws=120, seed=2)
    models = (cs.ImportancePerformance(), cs.Disconfirmation(), cs.Scores())
    return cs.recommend([model.fit(sample, replicates=bootstrap) for model in models])


def test_what_was_promised_and_not_kept_is_promised_less(tmp_path: Path) -> None:
    strategy = advised(tmp_path, versus=7.0)
    rules = {a.term: a for a in strategy.actions}
    assert rules["pool"].rule == "stop_over_promising"
    gap = next(n for n in rules["pool"].numbers if n.what == "gap")
    assert gap.low < gap.estimate < gap.high < 0
    assert rules["beach"].rule == "monitor"
    assert "manage_expectation" not in {a.rule for a in strategy.actions}
    assert set(rules["pool"].exhibits) <= {exhibit.id for exhibit in tell(strategy)}


def test_an_expectation_at_the_top_of_its_scale_proves_no_promise(tmp_path: Path) -> None:
    assert {a.term: a.rule for a in advised(tmp_path, versus=7.0, top=True).actions}["pool"] == "monitor"


def test_good_but_worse_than_expected_is_a_matter_of_expectation(tmp_path: Path) -> None:
    strategy = advised(tmp_path, versus=4.2)
    action = next(a for a in strategy.actions if a.rule == "manage_expectation")
    worse, better = action.numbers
    assert (worse.what, better.what) == ("worse_share", "better_share")
    assert worse.estimate > better.estimate
    assert action.grade.letter == "D"
    told = {exhibit.id: exhibit for exhibit in tell(strategy)}
    assert set(action.exhibits) <= set(told)
    said = " ".join(card.reason for card in told["strategy.actions"].chart.actions)
    assert f"{worse.estimate:.0%}" in said
