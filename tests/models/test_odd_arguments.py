"""Arguments nobody means: each is refused in words, and nothing is computed in silence."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest

import csresearch as cs

N = 80
QUICK = cs.Bootstrap(draws=10)


def frame() -> pd.DataFrame:
    """Three ratings of 0 to 10, one of them against the others; shops, waves, weights."""
    random = np.random.default_rng(5)
    mood = random.normal(6, 1.5, (N, 1))
    answers = np.clip(np.round(mood + random.normal(0, 1.2, (N, 3))), 0, 10)
    made = pd.DataFrame(answers, columns=["care", "speed", "price"])
    k = np.arange(N)
    shop = np.array(list("abcdefgh"))[k % 8]
    return made.assign(against=10 - made["care"], shop=shop, wave=np.where(k % 2, "w2", "w1"), w=1.0, rw1=1.1, rw2=0.9)


def sample(**options: Any) -> cs.Sample:
    return cs.Sample.from_frame(frame(), **{"scale": (0, 10), **options})


def compare(**options: Any) -> Any:
    return cs.Compare(**{"by": "wave", "items": ("care",), **options}).fit(sample(), replicates=QUICK)


REFUSED: dict[str, tuple[Callable[[], object], str]] = {
    "top": (lambda: cs.Scores(top=2.5), r"top=2\.5: the top box holds at least 1 code"),
    "everybody in the top": (
        lambda: cs.Scores(items=("care",), top=11).fit(sample(), replicates=None),
        "up to 11 codes, so the top box would",
    ),
    "level in words": (
        lambda: cs.Scores(items=("care",)).fit(sample(), level="0.9"),
        "level='0.9': a confidence level lies",
    ),
    "two groups at once": (
        lambda: cs.Scores(items=("care",)).fit(sample(), by=["shop"]),
        r"\['shop'\] is no column",
    ),
    "replicates in words": (
        lambda: cs.Scores(items=("care",)).fit(sample(), replicates="jk1"),
        "replicates='jk1': give Bootstrap",
    ),
    "codes between codes": (
        lambda: cs.Scores(items=("w",), distribution=True).fit(sample(scale=(0.5, 5)), replicates=None),
        "'w' has 80 answers between the codes of 0.5 to 5, such as 1, so it has no distribution",
    ),
    "compare by nothing": (lambda: cs.Compare(by=None), "by=None: name one column"),
    "reached by a word": (
        lambda: cs.Compare(by="wave", programme="w2", treated="a"),
        "treated='a': a column and a category",
    ),
    "no such score": (
        lambda: cs.Compare(by="wave", items=("care", "q"), statistics=("top_box",)).fit(
            sample(constructs={"q": ("care", "speed")})
        ),
        "q: no top_box there",
    ),
    "constructs in a list": (lambda: sample(constructs=["q"]), r"constructs=\['q'\]: give a table of names"),
    "items in a word": (lambda: sample(constructs={"q": "care"}), "the items of q are no list of columns"),
    "item twice": (lambda: sample(constructs={"q": ("care", "care")}), "construct 'q' has 'care' twice"),
    "blocks in a list": (
        lambda: cs.Reliability(constructs=("q",)).fit(sample()),
        r"constructs=\('q',\): give a table",
    ),
    "permutations in words": (lambda: cs.Reliability(permutations="many"), "at least 99 permutations"),
    "population in words": (lambda: sample(population="many"), "population_clusters are no numbers"),
    "endless counts": (lambda: sample(counts=np.full(N, np.inf)), "whole numbers of 0 or more"),
    "counts beyond memory": (
        lambda: sample(counts=np.full(N, 1e12)),
        "at most 50,000,000 rows are made: give weights=",
    ),
    "replicates in a word": (lambda: sample(weights="w", replicates="rw*"), "replicates='rw\\*': give a table"),
    "replicate twice": (
        lambda: sample(weights="w", replicates={"columns": ["rw1", "rw1"], "kind": "jk1"}),
        "found rw1 again",
    ),
    "banner without tests": (
        lambda: cs.banner(sample(), rows=("care",), columns=("wave",), replicates=None),
        "letters of a banner are tests",
    ),
    "banner of nothing": (
        lambda: cs.banner(sample(), rows=("care",), columns=("wave",), statistics=()),
        r"statistics=\(\): name at least",
    ),
    "weights of a frame": (lambda: cs.weight(frame()), "a Sample is needed, not a DataFrame"),
    "margins in a list": (lambda: cs.weight(sample(), margins=["wave"]), "a table of finite numbers"),
    "one bound": (lambda: cs.weight(sample(), margins={"wave": {"w1": 0.5, "w2": 0.5}}, trim=3), "two bounds around 1"),
    "mean of no number": (lambda: cs.weight(sample(), means={"care": float("nan")}), "a table of finite numbers"),
    "effects of a frame": (lambda: cs.design_effects(frame()), "a Sample is needed"),
    "effects of nobody": (
        lambda: cs.design_effects(cs.Sample.from_frame(frame().assign(care=np.nan)), items="care"),
        "nobody answered care",
    ),
    "rates of a frame": (lambda: cs.response_rates(frame()), "response rates are of a Study"),
    "size in words": (lambda: cs.sample_size(n="100"), "n='100': numbers are needed"),
    "part of a customer": (lambda: cs.sample_size(margin=0.05, population=2.5), "population=2.5 .a whole number"),
    "share of a mean": (lambda: cs.sample_size(measure="mean", sd=2, margin=0.5, share=0.3), "share=0.3 says how many"),
    "table of nobody": (lambda: cs.sample_size(margin=0.05).table(n=(0,)), "numbers above 0; found 0"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_nobody_means_is_refused(name: str) -> None:
    call, message = REFUSED[name]
    with pytest.raises((cs.CSResearchError, ValueError, TypeError), match=message):
        call()


def test_boxes_that_would_hold_all_or_nobody_are_left_out() -> None:
    found = cs.Scores().fit(cs.Sample.from_frame(pd.DataFrame({"yes": [0, 1, 1, 0]}), scale=(0, 1)), replicates=None)
    assert found.frames["scores"]["statistic"].tolist() == ["mean", "points"]


def test_nothing_varies_and_nothing_is_ranked() -> None:
    same = cs.Sample.from_frame(frame().assign(care=5.0), scale=(0, 10))
    league = cs.Compare(by="shop", items=("care",)).fit(same, replicates=QUICK).frames["league"]
    assert league["estimate"].isna().all()
    assert (league["reason"] != "").all()


def test_items_that_are_exact_opposites_have_no_alpha() -> None:
    found = sample(constructs={"q": ("care", "against", "price"), "s": ("speed", "w")})
    found = cs.Sample.from_frame(frame().assign(w=np.arange(N) % 7), scale=(0, 10), constructs=found.constructs)
    items = cs.Reliability().fit(found, replicates=QUICK).frames["items"].set_index(["item", "statistic"])
    assert np.isnan(items.loc[("price", "alpha_dropped"), "estimate"])


def test_a_programme_is_told_in_the_unit_of_its_score() -> None:
    made = frame().assign(side=np.where(np.arange(N) % 4 < 2, "in", "out"))
    asked = cs.Compare(by="wave", items=("care",), statistics=("top_box",), programme="w2", treated=("side", "in"))
    found = asked.fit(cs.Sample.from_frame(made, scale=(0, 10)), replicates=QUICK)
    (told,) = [check.text for check in found.found if check.check == "naive_before_after"]
    assert "%" in told


def test_a_large_number_on_a_scale_is_not_shown() -> None:
    with pytest.raises(cs.DataError, match="such as a large one") as raised:
        cs.Scores(items=("care",)).fit(cs.Sample.from_frame(frame().assign(care=5551234567.0), scale=(0, 10)))
    assert "555" not in str(raised.value)


def test_a_question_that_a_group_was_not_asked_is_a_gap_in_its_column() -> None:
    made = frame()
    made.loc[made["wave"] == "w1", "care"] = np.nan
    found = cs.banner(cs.Sample.from_frame(made, scale=(0, 10)), rows=("care",), columns=("wave",)).table
    assert found[found["segment"] == "w1"]["estimate"].isna().all()
    assert found[found["segment"] != "w1"]["estimate"].notna().all()


def test_signs_that_no_page_can_hold_become_spaces() -> None:
    made = frame()
    made["wave"] = made["wave"].map({"w1": "=w\x0b1", "w2": "<b>w2</b>"})
    page = cs.banner(cs.Sample.from_frame(made, scale=(0, 10)), rows=("care",), columns=("wave",)).html()
    assert "=w 1" in page
    assert "\x0b" not in page
    assert "<b>w2" not in page


def test_margins_of_a_part_that_is_not_there_are_not_passed_over() -> None:
    half = {"a": 0.5, "b": 0.5}
    made = cs.Sample.from_frame(frame().assign(side=np.where(np.arange(N) % 4 < 2, "a", "b")), scale=(0, 10))
    with pytest.raises(cs.DataError, match="wave = 'w1', 'w2' has no margins of its own; those written are for W1"):
        cs.weight(made, margins={"side": half}, own={"W1": {"side": half}}, within="wave")
