"""Careless answers: indices with gaps, two kinds of signs, honest respondents stay."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import ier
import numpy as np
import pandas as pd
import pytest
from scipy.stats import rankdata

from csresearch.demo.autoservice import FIELDWORK, WORLD
from csresearch.demo.locate import study_folder
from csresearch.demo.simulate import study
from csresearch.inference.moments import Array, BoolArray
from csresearch.show.phrase import say
from csresearch.survey.checking.view import Answers
from csresearch.survey.grammar import Careless
from csresearch.survey.reading import read
from csresearch.survey.sample import Sample
from csresearch.survey.screening.careless import longest_run, mahalanobis, signs
from csresearch.survey.screening.screening import screen
from csresearch.survey.study_file.loading import load_study

SYSTEMS = ("mind", "behaviour", "visual", "product", "service")
ITEMS = [f"{system}{k}" for system in SYSTEMS for k in (1, 2, 3, 4)]
LISTED = "\n".join(f'{name} = "{name}"' for name in ITEMS)
BUILT = "\n".join(f"{s} = {{ items = {[n for n in ITEMS if n.startswith(s)]} }}" for s in SYSTEMS)
STUDY = f"""
schema = 1
title = "Workshop"
[data]
file = "answers.csv"
duration = "seconds"
missing = "pairwise"
screening = {{ careless = RULE }}
[scales]
rating = {{ ends = [1, 10] }}
[items]
{LISTED}
[constructs]
{BUILT}
"""
TENS, STRAIGHT, RANDOM, RANDOM_FAST = 0, 1, 2, 3  # the first four respondents


def people(n: int = 600, *, gaps: float = 0.1, seed: int = 1) -> pd.DataFrame:
    """Honest answers to five systems of four items, but for the first four respondents."""
    rng = np.random.default_rng(seed)
    halo = rng.standard_normal((n, 1))
    systems = 0.6 * halo + 0.8 * rng.standard_normal((n, 5))
    latent = 0.85 * np.repeat(systems, 4, axis=1) + np.sqrt(1 - 0.85**2) * rng.standard_normal((n, 20))
    values = np.clip(np.rint(7.5 + 1.7 * latent), 1, 10)
    values[[TENS, STRAIGHT]] = 10
    values[[RANDOM, RANDOM_FAST]] = rng.integers(1, 11, (2, 20))
    values[4:][rng.random((n - 4, 20)) < gaps] = np.nan
    seconds = np.full(n, 120.0)
    seconds[[STRAIGHT, RANDOM_FAST]] = 15
    return pd.DataFrame(values, columns=ITEMS).assign(seconds=seconds)


@pytest.fixture
def sample(tmp_path: Path) -> Callable[..., Sample]:
    def made(rule: str = '"exclude"', frame: pd.DataFrame | None = None) -> Sample:
        (tmp_path / "study.toml").write_text(STUDY.replace("RULE", rule), encoding="utf-8")
        (people() if frame is None else frame).to_csv(tmp_path / "answers.csv", index=False)
        return read(load_study(tmp_path))

    return made


def test_only_two_kinds_of_signs_exclude(sample: Callable[..., Sample]) -> None:
    after = screen(sample())
    gone = np.flatnonzero(after.base_weights == 0)
    assert gone.tolist() == [STRAIGHT, RANDOM_FAST]  # ten 10s in no hurry are honest; chance answers alone are flagged
    flags = after.flags
    assert flags["careless_longest"][TENS]
    assert flags["careless_spread"][TENS]
    assert flags["careless_distance"][RANDOM]
    assert flags.loc[TENS, ["careless_even_odd", "careless_synonyms", "careless_antonyms"]].sum() == 0
    assert flags["careless_speed"].sum() == 2
    assert flags["careless"].tolist() == [k in gone for k in range(len(flags))]


def test_every_sign_is_a_row_of_the_flow(sample: Callable[..., Sample]) -> None:
    log = screen(sample()).log.set_index("rule")
    rules = [name for name in log.index if name]
    assert rules == [*(f"careless_{name}" for name in Careless().signs), "careless"]
    assert (log.loc[rules[:-1], "n_excluded"] == 0).all()
    assert log.loc["careless", ["n_flagged", "n_excluded", "n_left"]].tolist() == [2, 2, 598]
    assert log["text"]["careless_longest"] == "6 flagged: repeated one answer over at least 50% of a scale."
    assert log["text"]["careless_antonyms"].startswith("Not looked for: fewer than 5 pairs")
    for language, word in (("zh", "迹象"), ("es", "indicios")):
        assert word in say(log["text"]["careless"], language)


def test_a_rule_may_flag_only_or_look_for_fewer_signs(sample: Callable[..., Sample]) -> None:
    flagged = screen(sample('"flag"'))
    assert (flagged.base_weights > 0).all()
    assert flagged.flags["careless"].sum() == 2
    some = screen(sample('{ signs = ["longest", "speed"], longest = 1.0, seconds_per_item = 0.5 }'))
    assert list(some.flags) == ["careless_longest", "careless_speed", "careless"]
    assert not some.flags["careless"].any()


def test_a_small_file_says_what_it_cannot_tell(sample: Callable[..., Sample]) -> None:
    log = screen(sample(frame=people(30).drop(columns="behaviour1").assign(behaviour1=np.nan))).log.set_index("rule")
    for name in ("distance", "synonyms", "antonyms"):
        assert log["text"][f"careless_{name}"].startswith("Not looked for"), name
        assert log["n_flagged"][f"careless_{name}"] == 0


def test_the_signs_tell_careless_respondents_apart(sample: Callable[..., Sample]) -> None:
    """Half repeat one answer, half answer at random: the number of signs has an AUC of at least .85."""
    frame, rng = people(1000, seed=4), np.random.default_rng(2)
    straight, chance = np.split(rng.permutation(np.arange(4, 1000))[:50], 2)
    frame.loc[straight, ITEMS] = np.repeat(rng.integers(5, 11, (25, 1)), 20, axis=1).astype(float)
    frame.loc[chance, ITEMS] = rng.integers(1, 11, (25, 20)).astype(float)
    read_ = sample(frame=frame)
    found = signs(_view(read_), Careless())
    number = np.sum([sign.rows for sign in found], axis=0)[4:]
    careless = np.isin(np.arange(4, 1000), [*straight, *chance])
    assert _auc(number, careless) > 0.93
    assert (number[~careless] > 0).mean() < 0.2


def test_distance_is_that_of_the_answered_questions() -> None:
    values = people(300)[ITEMS].to_numpy(dtype=float)
    whole = np.nan_to_num(values, nan=7.0)
    np.testing.assert_allclose(mahalanobis(whole)[0], ier.mahad(whole) ** 2, rtol=1e-9)
    distance, df = mahalanobis(values)
    given = ~np.isnan(values)
    centred = np.where(given, values - np.nanmean(values, axis=0), 0.0)
    covariance = centred.T @ centred / (given.T.astype(float) @ given - 1)
    assert np.linalg.eigvalsh(covariance)[0] > 0.1
    for row in (0, 7, 100, 299):
        some = given[row]
        direct = centred[row, some] @ np.linalg.solve(covariance[np.ix_(some, some)], centred[row, some])
        assert distance[row] == pytest.approx(direct, rel=1e-9)
        assert df[row] == some.sum()


def test_runs_are_those_of_another_program() -> None:
    values = people(200)[ITEMS].to_numpy(dtype=float)
    answered = (~np.isnan(values)).sum(axis=1)
    np.testing.assert_allclose(longest_run(values), ier.longstring_scores(values) / answered)


def _view(sample: Sample) -> Answers:
    assert sample.study is not None
    counted: Array = sample.base_weights > 0
    return Answers(study=sample.study, answers=sample.answers, kinds=sample.kinds, raw=sample.raw, counted=counted)


def test_careless_respondents_of_the_demo_market_are_told_apart(tmp_path: Path) -> None:
    """5 % answer carelessly, half alike throughout, half at random: AUC of at least .85, with no haste to help."""
    text = (study_folder("autoservice") / "study.toml").read_text(encoding="utf-8")
    (tmp_path / "study.toml").write_text(re.sub(r"(?ms)^\[margins\].*?(?=^\[)", "", text), encoding="utf-8")
    frame = study(WORLD, n=800, seed=3, fieldwork=FIELDWORK, latent=True)
    counted = np.ones(len(frame), dtype=bool)
    view = Answers(study=load_study(tmp_path), answers=frame, kinds={}, raw=frame, counted=counted)
    found = signs(view, Careless(signs=("longest", "spread", "distance", "even_odd", "synonyms", "antonyms")))
    assert _auc(np.sum([sign.rows for sign in found], axis=0), (frame["careless"] != "").to_numpy()) > 0.95


def _auc(number: Array, careless: BoolArray) -> float:
    ranks, m = rankdata(number), careless.sum()
    return float((ranks[careless].sum() - m * (m + 1) / 2) / (m * (~careless).sum()))
