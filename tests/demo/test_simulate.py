"""Drawn studies and populations against the world they come from."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from csresearch.demo.autoservice import FIELDWORK, WORLD
from csresearch.demo.simulate import population, study
from csresearch.demo.truth import construct_means
from csresearch.demo.world import Fieldwork

RAKED = ("age", "sex", "channel")
NAMES = list(WORLD.equations)


@pytest.fixture(scope="module")
def people() -> pd.DataFrame:
    return population(WORLD, size=120_000, outlets=4_000, seed=3, rounded=False, latent=True)


def latent(frame: pd.DataFrame) -> np.ndarray:
    return frame[[f"latent_{name}" for name in NAMES]].to_numpy()


def raked(frame: pd.DataFrame) -> np.ndarray:
    """Weights by plain iterative proportional fitting, mean 1."""
    weights = np.ones(len(frame))
    for _ in range(20):
        for group in RAKED:
            found = pd.Series(weights).groupby(frame[group].to_numpy()).sum() / weights.sum()
            weights *= frame[group].map(WORLD.groups[group]).to_numpy() / frame[group].map(found).to_numpy()
    return weights / weights.mean()


def outlet_means(frame: pd.DataFrame) -> pd.Series:
    return frame.groupby("dealer")["latent_service"].mean()


def test_population_has_the_covariance_of_the_equations(people: pd.DataFrame) -> None:
    scale = np.sqrt(np.outer(np.diag(WORLD.covariance), np.diag(WORLD.covariance)))
    assert np.abs((np.cov(latent(people).T) - WORLD.covariance) / scale).max() < 0.015


def test_population_has_the_outlet_variance_of_the_equations(people: pd.DataFrame) -> None:
    place = NAMES.index("satisfaction")
    cells = [people["brand"], people["wave"]]
    within_cells = people["latent_satisfaction"] - people.groupby(cells)["latent_satisfaction"].transform("mean")
    by_outlet = within_cells.groupby(people["dealer"])
    between = by_outlet.mean().var() - by_outlet.var().mean() / 30
    assert between == pytest.approx(WORLD.outlet_covariance[place, place], rel=0.1)
    assert 0.02 < between / WORLD.covariance[place, place] < 0.09


def test_continuous_answers_have_the_planted_loadings() -> None:
    people = population(WORLD.linear, size=60_000, outlets=2_000, seed=3, rounded=False, latent=True)
    for name, items in WORLD.constructs.items():
        for column, item in items.items():
            found = np.corrcoef(people[column], people[f"latent_{name}"])[0, 1]
            assert found == pytest.approx(item.loading, abs=0.015), column
            assert people[column].std() == pytest.approx(item.spread, rel=0.025), column


def test_the_linear_world_gives_back_its_equation_to_the_last_digit() -> None:
    people = population(WORLD.linear, size=2_000, outlets=40, seed=3, rounded=False, latent=True)
    people["rest"] = people["latent_satisfaction"]
    for name, slope in WORLD.equations["satisfaction"].sources.items():
        people["rest"] -= slope * people[f"latent_{name}"]
    world = WORLD.linear
    for key, point in world.touchpoints.items():
        standard = (people[f"experience_{key}"].to_numpy() - point.mean) / point.spread
        system = people[f"latent_{point.system}"].to_numpy() / world.sd[point.system]
        people["rest"] -= world.unit * world.swings[key].beside(standard, system)
    outlets = people.groupby("dealer")["rest"].agg(["mean", "std"])
    assert outlets["std"].mean() == pytest.approx(world.residual, rel=0.05)
    assert abs(np.corrcoef(people["rest"], people["latent_service"])[0, 1]) < 0.06


def test_touchpoints_bend_the_outcome_and_leave_its_line_alone(people: pd.DataFrame) -> None:
    system = people["latent_product"] / WORLD.sd["product"]
    others = [people[f"latent_{name}"] for name in (*WORLD.drivers, "value", "disconfirmation")]
    low = (people["experience_fixed_first_time"] < 6.5).astype(float)
    high = (people["experience_fixed_first_time"] >= 8.5).astype(float)
    design = np.column_stack([np.ones(len(people)), *others, low, high, system**2])
    slopes = np.linalg.lstsq(design, people["latent_satisfaction"], rcond=None)[0]
    assert slopes[-3:-1] / WORLD.unit == pytest.approx([-0.74, 0.14], abs=0.03)
    line = np.linalg.lstsq(design[:, :8], people["latent_satisfaction"], rcond=None)[0][1:]
    planted = [WORLD.equations["satisfaction"].sources[name] for name in (*WORLD.drivers, "value", "disconfirmation")]
    assert line == pytest.approx(planted, abs=0.012)


def test_one_seed_gives_one_frame_and_another_gives_another() -> None:
    first, again, other = (study(WORLD, n=300, outlets=20, seed=seed, latent=True) for seed in (5, 5, 6))
    pd.testing.assert_frame_equal(first, again)
    # Every stream moves with the seed: people, own noise of a latent, error of an answer, importance, duration.
    latents = ("latent_halo", "latent_visual", "segment", "state")
    for column in ("age", *latents, "seconds", "i_lounge", "e_lounge", "kf_lounge"):
        assert not first[column].equals(other[column]), column


def test_seeds_give_independent_errors_and_noise() -> None:
    first, other = (study(WORLD, n=4_000, seed=seed, rounded=False, latent=True) for seed in (5, 6))
    for frame in (first, other):
        standard = frame["latent_satisfaction"] / WORLD.sd["satisfaction"]
        frame["error"] = frame["sat_overall"] - 1.7 * 0.9 * standard
    for column in ("latent_halo", "error", "i_lounge"):
        assert abs(np.corrcoef(first[column], other[column])[0, 1]) < 0.06, column


def test_a_complete_network_keeps_its_outlets_and_a_sampled_one_does_not() -> None:
    def agreement(network: str) -> float:
        means = [outlet_means(study(WORLD, n=20_000, seed=seed, network=network, latent=True)) for seed in (1, 2)]
        by_brand = [mean - mean.groupby(np.arange(40) % 4).transform("mean") for mean in means]
        return float(np.corrcoef(*by_brand)[0, 1])

    assert agreement("all") > 0.95
    assert abs(agreement("sampled")) < 0.5


def test_interviews_are_spread_evenly_and_each_outlet_has_one_place() -> None:
    frame = study(WORLD, seed=1)
    assert set(frame.groupby(["dealer", "wave"]).size()) <= {7, 8}
    assert set(frame.groupby("dealer").size()) == {30}
    assert (frame.groupby("dealer")[["brand", "region"]].nunique() == 1).all(axis=None)
    assert frame.groupby("region")["dealer"].nunique().to_dict() == {"north": 16, "centre": 12, "south": 12}


def test_raking_takes_out_the_bias_of_the_skewed_sample() -> None:
    truth = construct_means(population(WORLD, size=200_000, outlets=4_000, seed=4), world=WORLD)["satisfaction"].mean()
    plain, weighted, effect = [], [], []
    bare = replace(WORLD, facets={}, touchpoints={}, segments={})
    for seed in range(12):
        frame = study(bare, seed=seed)
        scores, weights = construct_means(frame, world=WORLD)["satisfaction"], raked(frame)
        plain.append(scores.mean() - truth)
        weighted.append(np.average(scores, weights=weights) - truth)
        effect.append(1 + weights.var())
    error = np.std(weighted) / np.sqrt(len(weighted))
    assert np.mean(plain) > 1.0
    assert abs(np.mean(weighted)) < 3 * error
    assert np.mean(effect) == pytest.approx(1.25, abs=0.05)


def test_without_skew_the_sample_has_the_shares_of_the_population() -> None:
    frame = study(WORLD, n=40_000, seed=1, skewed=False)
    for group, shares in WORLD.groups.items():
        found = frame[group].value_counts(normalize=True)
        assert all(abs(found[level] - share) < 0.012 for level, share in shares.items()), group


def test_fieldwork_leaves_its_marks_as_often_as_planted() -> None:
    frame = study(WORLD, n=12_000, seed=2, coded=True, fieldwork=FIELDWORK, latent=True)
    honest, old = frame["careless"] == "", (frame["age"] == "60+").to_numpy()
    ratings = frame[[*WORLD.items, *(f"i_{key}" for key in WORLD.touchpoints)]].to_numpy()
    assert len(frame) - frame["respondent"].nunique() == 60
    kinds = frame["careless"].iloc[:12_000].value_counts().to_dict()
    assert kinds == {"": 11_400, "straight": 300, "random": 300}
    for code, share in ((98, 0.016), (99, 0.010)):
        assert (ratings[honest & ~old] == code).mean() == pytest.approx(share, abs=0.001)
        assert (ratings[honest & old] == code).mean() == pytest.approx(2 * share, abs=0.003)
    beyond = frame.loc[honest, [f"i_{key}" for key in WORLD.touchpoints]].isin([0, 11]).to_numpy()
    assert beyond.mean() == pytest.approx(0.002, abs=0.0005)
    assert (frame.loc[honest, "p_pick_up"] == 97).mean() == pytest.approx(0.35, abs=0.015)
    assert ((frame["complained"] == 96) == (frame["problem"] == 2)).all()
    alike = frame[[f"e_{key}" for key in WORLD.touchpoints]].nunique(axis=1) == 1
    assert alike[frame["careless"] == "straight"].all()
    assert (frame["seconds"] < 2 * 100).sum() == pytest.approx(300 + 150 + 120, abs=6)


def test_switching_fieldwork_off_leaves_every_answer_as_it_was() -> None:
    clean = study(WORLD, n=400, seed=3)
    silent = study(WORLD, n=400, seed=3, fieldwork=Fieldwork(dont_know=0, refused=0, careless=0, duplicates=0))
    partly = study(WORLD, n=400, seed=3, fieldwork=Fieldwork(careless=0, duplicates=0))
    pd.testing.assert_frame_equal(clean, silent)
    answered = partly[list(WORLD.items)].notna()
    assert not answered.all(axis=None)
    pd.testing.assert_frame_equal(partly[list(WORLD.items)], clean[list(WORLD.items)].where(answered))


def test_a_world_where_all_touchpoints_are_used_has_no_gaps() -> None:
    all_used = replace(WORLD, touchpoints={key: replace(point, used=1.0) for key, point in WORLD.touchpoints.items()})
    assert study(all_used, n=300, seed=1).drop(columns=["complained", "resolution"]).notna().all(axis=None)


def test_languages_differ_in_style_and_not_in_satisfaction() -> None:
    frame = population(WORLD, size=60_000, outlets=2_000, seed=5, latent=True)
    by_language = frame.groupby("language")
    latent = by_language["latent_satisfaction"].mean()
    assert latent.max() - latent.min() < 0.03
    points = construct_means(frame, world=WORLD)["satisfaction"].groupby(frame["language"]).mean()
    assert points[["zh", "es", "en"]].tolist() == pytest.approx([72.1, 75.7, 73.6], abs=0.5)
    assert by_language["i_facility"].std().loc["es"] > by_language["i_facility"].std().loc["zh"]


@pytest.mark.parametrize(("options", "message"), [
    ({"n": 0}, "n = 0"), ({"outlets": 0}, "outlets = 0"), ({"network": "some"}, "allowed: sampled, all"),
])
def test_impossible_options_say_what_is_allowed(options: dict[str, object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        study(WORLD, seed=1, **options)
