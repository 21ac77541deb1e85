"""Reliability: its tables by weights and gaps, what it refuses, invariance between groups, styles of answering."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from csresearch import (
    Bootstrap,
    DataError,
    ImportancePerformance,
    Linearized,
    Reliability,
    Sample,
    SatisfactionIndex,
    load_study,
    read,
    recommend,
    study_folder,
)
from csresearch.models.measurement.numbers import neighbours
from csresearch.models.measurement.one_factor import omega, one_factor
from csresearch.models.measurement.styles import Answers
from csresearch.models.path.pls import fit_pls
from csresearch.result import Result
from csresearch.show.words import languages

BLOCKS = {"quality": ("q1", "q2", "q3"), "value": ("v1", "v2", "v3"), "satisfaction": ("s1", "s2", "s3")}
ITEMS = [item for block in BLOCKS.values() for item in block]


def world(n: int, *, seed: int, groups: int = 2, shift: float = 0.0, turned: bool = False) -> pd.DataFrame:
    """Draw answers on 1-10; the last group answers `shift` higher, whatever is asked, or weighs quality otherwise."""
    random = np.random.default_rng(seed)
    group = np.arange(n) % groups
    last = group == groups - 1
    common = random.normal(size=n)
    frame = {}
    for name, items in BLOCKS.items():
        latent = 0.7 * common + 0.7 * random.normal(size=n)
        for k, item in enumerate(items):
            loading = (0.9, 0.8, 0.7)[k]
            own = np.where(last & turned & (name == "quality"), (0.9, 0.8, -0.7)[k], loading)
            frame[item] = own * latent + np.sqrt(1 - loading**2) * random.normal(size=n) + shift * last
    answers = np.clip(np.rint(6 + 1.6 * pd.DataFrame(frame)), 1, 10)
    return answers.assign(language=np.array(["en", "zh", "es"])[group], outlet=random.integers(0, 30, n))


def sampled(frame: pd.DataFrame, **options: Any) -> Sample:
    return Sample.from_frame(frame, scale=(1, 10), constructs=BLOCKS, **options)


@pytest.fixture(scope="module")
def plain() -> Result:
    return Reliability().fit(sampled(world(400, seed=1)), replicates=Bootstrap(draws=200))


def test_weights_are_repeated_rows(plain: Result) -> None:
    frame = world(150, seed=2)
    times = np.random.default_rng(3).integers(1, 4, len(frame))
    weighted = Reliability().fit(sampled(frame.assign(w=times), weights="w"), replicates=None)
    repeated = Reliability().fit(sampled(frame.loc[frame.index.repeat(times)]), replicates=None)
    for name in plain.tables:
        np.testing.assert_allclose(weighted.table(name)["estimate"], repeated.table(name)["estimate"], rtol=1e-9)


def test_numbers_stand_beside_those_of_the_index_and_every_one_has_an_interval(plain: Result) -> None:
    """Alpha and HTMT need no path model, so both models give the same."""
    paths = {"value": ("quality",), "satisfaction": ("quality", "value")}
    index = SatisfactionIndex(paths=paths).fit(plain.sample, replicates=Bootstrap(draws=200))
    for table, statistic in (("constructs", "alpha"), ("constructs", "alpha_standardised"), ("discriminant", "htmt")):
        ours, theirs = (result.estimates(table, statistic=statistic) for result in (plain, index))
        for column in ("estimate", "conf_low", "conf_high"):
            np.testing.assert_allclose(ours[column], theirs[column], rtol=1e-9)
    wide = plain.wide("constructs")
    assert (wide["omega"] - wide["alpha"]).abs().max() < 0.03
    assert (wide["rho_c"] > wide["ave"]).all()
    for (one, other), row in plain.wide("discriminant").iterrows():
        least = min(wide.at[one, "ave"], wide.at[other, "ave"])
        assert row["fornell_larcker"] == pytest.approx(least - row["correlation"] ** 2)
    corr = plain.sample.answers[ITEMS].corr().to_numpy()
    checks = plain.checks().set_index("check")["value"]
    assert checks["one_factor"] == pytest.approx(np.linalg.eigvalsh(corr)[-1] / 9)
    across = corr[np.kron(np.eye(3), np.ones((3, 3))) == 0]
    assert checks["correlation_floor"] == pytest.approx(np.abs(across).min())
    for name in ("constructs", "items", "discriminant"):
        assert plain.table(name)[["conf_low", "conf_high"]].notna().all().all(), name


def test_a_marker_takes_its_smallest_correlation_out() -> None:
    random = np.random.default_rng(5)
    frame = world(500, seed=4)
    method = random.normal(size=len(frame))
    frame[ITEMS] = np.clip(np.rint(frame[ITEMS].add(1.2 * method, axis=0)), 1, 10)
    frame["shoe_size"] = np.clip(np.rint(6 + 1.2 * method + 1.6 * random.normal(size=len(frame))), 1, 10)
    wide = Reliability(marker="shoe_size").fit(sampled(frame), replicates=None).wide("discriminant")
    assert (wide["correlation_marked"] < wide["correlation"] - 0.05).all()
    low = (wide["correlation"] - wide["correlation_marked"]) / (1 - wide["correlation_marked"])
    np.testing.assert_allclose(low, low.iloc[0], rtol=1e-9)  # (r - m) / (1 - m) with one m


def test_answers_are_counted_by_kind_of_gap_and_end_of_scale(tmp_path: Any) -> None:
    (tmp_path / "study.toml").write_text(
        'schema = 1\ntitle = "t"\n[data]\nfile = "a.csv"\nmissing = "pairwise"\n[scales]\n'
        'r = { ends = [1, 5], missing = { 8 = "dont_know", 9 = "not_used" } }\n'
        '[items]\na = "A"\nb = "B"\n[constructs]\nquality = { items = ["a", "b"] }\n'
    )
    rows = ["a,b", "1,2", "5,4", "5,5", "8,3", "8,4", "9,1", ",2", "3,5", "2,1", "4,3"]
    (tmp_path / "a.csv").write_text("\n".join(rows))
    result = Reliability().fit(read(load_study(tmp_path)), replicates=None)
    answers = result.table("answers")
    gaps = answers[answers["statistic"] == "missing_share"].set_index(["item", "category"])["estimate"]
    assert gaps.to_dict() == pytest.approx({("a", "not_used"): 0.1, ("a", "dont_know"): 0.2, ("a", "empty"): 0.1})
    ends = answers[answers["item"] == "a"].set_index("statistic")["estimate"]
    assert (ends["floor"], ends["ceiling"], ends["mean"]) == pytest.approx((1 / 6, 2 / 6, 20 / 6))


def test_omega_of_a_batch_is_that_of_its_elements_and_one_that_fails_is_alone() -> None:
    random, block = np.random.default_rng(6), (tuple(range(4)),)
    batch = np.stack(
        [np.cov(random.normal(size=(60, 4)) + random.normal(size=(60, 1)), rowvar=False) for _ in range(5)]
    )
    batch[2, 1] = batch[2, :, 1] = 0.0
    together = omega(batch, one_factor(batch, block), block)[:, 0]
    alone = [omega(one[None], one_factor(one[None], block), block)[0, 0] for one in batch]
    np.testing.assert_array_equal(together, alone)
    assert np.isnan(together).tolist() == [False, False, True, False, False]


@pytest.mark.parametrize(
    ("model", "error", "words"),
    [
        (Reliability(constructs={"a": ("q1",)}), DataError, "no construct has two items"),
        (Reliability(constructs={"a": ("q1", "q2"), "b": ("q2", "q3")}), ValueError, "q2: an item measures one"),
        (Reliability(marker="q1"), ValueError, "marker='q1' is an item"),
        (Reliability(invariance="language", reference="fr"), ValueError, "categories are en, zh"),
        (Reliability(constructs={"a": ("q1", "q2")}, invariance="language"), DataError, "need a second construct"),
        (Reliability(constructs={"a": tuple(ITEMS)}, styles="language"), DataError, "there is none to read a style"),
        (Reliability(styles="nowhere"), DataError, "'nowhere' is no column"),
    ],
)
def test_what_cannot_be_answered_is_refused(model: Reliability, error: type[Exception], words: str) -> None:
    with pytest.raises(error, match=words):
        model.fit(sampled(world(120, seed=7)), replicates=None)


def test_options_without_use_are_refused() -> None:
    with pytest.raises(ValueError, match="reference='en' is for"):
        Reliability(reference="en")
    with pytest.raises(ValueError, match="at least 99 permutations"):
        Reliability(permutations=10)
    with pytest.raises(ValueError, match="fit without by="):
        Reliability(styles="language").fit(sampled(world(120, seed=7)), by="language")
    one = world(120, seed=7).assign(language="en")
    for model in (Reliability(styles="language"), Reliability(invariance="language", permutations=99)):
        with pytest.raises(DataError, match="between two or more"):
            model.fit(sampled(one), replicates=None)


def invariant(frame: pd.DataFrame, replicates: Any = None, **options: Any) -> Result:
    return Reliability(invariance="language", permutations=199).fit(sampled(frame, **options), replicates=replicates)


def test_groups_that_answer_alike_may_be_compared_and_a_group_is_the_mirror_of_the_other() -> None:
    result = invariant(world(400, seed=9), replicates=Bootstrap(draws=60))
    table = result.table("invariance")
    c = table[table["statistic"] == "compositional"]
    assert (c["estimate"] > 0.99).all()
    assert result.table("comparable")["estimate"].tolist() == [3.0, 3.0, 3.0]
    assert table[["std_error", "conf_low", "conf_high", "p_value"]].notna().all().all()
    again = Reliability(invariance="language", permutations=199, reference="zh").fit(result.sample, replicates=None)
    mirrored = again.table("invariance")
    level = table["statistic"] != "compositional"
    np.testing.assert_allclose(mirrored.loc[level, "estimate"], -table.loc[level, "estimate"], atol=1e-8)
    np.testing.assert_allclose(mirrored.loc[~level, "estimate"], c["estimate"], atol=1e-8)


def test_numbers_of_a_comparison_are_those_of_scores_made_from_the_answers() -> None:
    frame = world(300, seed=17, shift=0.4)
    table = invariant(frame).table("invariance").set_index(["statistic", "construct"])["estimate"]
    z = (frame[ITEMS] - frame[ITEMS].mean()) / frame[ITEMS].std(ddof=0)
    zh = frame["language"] == "zh"
    model = neighbours(dict(BLOCKS))
    assert model is not None
    common, ours, theirs = (fit_pls(model, np.cov(part.T)[None]).weights[0] for part in (z, z[zh], z[~zh]))
    for k, (name, items) in enumerate(BLOCKS.items()):
        block = list(model.blocks[k])
        score, one, other = (z[list(items)] @ weights[block] for weights in (common, ours, theirs))
        assert table["compositional", name] == pytest.approx(np.corrcoef(one, other)[0, 1])
        assert table["mean_difference", name] == pytest.approx(score[zh].mean() - score[~zh].mean())
        ratio = np.log(score[zh].var(ddof=0) / score[~zh].var(ddof=0))
        assert table["log_variance_ratio", name] == pytest.approx(ratio)


def test_linearised_errors_of_a_comparison_are_near_those_of_the_draws() -> None:
    frame = world(500, seed=9, shift=0.3)
    drawn, followed = (invariant(frame, by).table("invariance") for by in (Bootstrap(draws=300), Linearized()))
    rest = drawn["statistic"] != "compositional"
    ratio = drawn.loc[rest, "std_error"] / followed.loc[rest, "std_error"]
    assert ratio.between(0.85, 1.15).all()


def test_a_shift_leaves_relations_and_another_composition_leaves_nothing() -> None:
    shifted = invariant(world(500, seed=10, shift=0.5))
    assert shifted.table("comparable")["estimate"].tolist() == [2.0, 2.0, 2.0]
    turned = invariant(world(500, seed=9, turned=True)).table("comparable").set_index("construct")["estimate"]
    assert turned["quality"] == 1.0
    assert turned[["value", "satisfaction"]].tolist() == [3.0, 3.0]
    check = shifted.checks().set_index("check").loc["invariance"]
    assert not check["passed"]
    assert check["text"].startswith("zh against en. Only relations may be compared")
    for language in languages():
        assert "{" not in shifted.say(check["text"], language=language)
        assert len(shifted.picture("invariance", language=language).rows) == 3


def test_several_groups_are_held_against_the_reference_by_holm() -> None:
    frame = world(450, seed=12, groups=3, shift=0.25)
    three = invariant(frame).table("invariance")
    assert set(three["segment"]) == {"es", "zh"}
    assert set(three["versus"]) == {"en"}
    tests = three.pivot_table(index=["statistic", "construct"], columns="segment", values="p_value")
    counts = tests.min(axis=1) * 200 / 2  # the smaller p is doubled: an even count over 200, unless it stands at 1
    np.testing.assert_allclose(counts, counts.round(), atol=1e-6)


def test_permutations_respect_clusters() -> None:
    """Outlet effects with outlets in one language each: respondents are no units, and the shift is not told."""
    random = np.random.default_rng(13)
    frame = world(600, seed=13)
    frame["outlet"] = np.arange(600) // 50
    effect = random.normal(scale=1.0, size=12)
    effect += np.where(np.arange(12) < 6, 0.4, -0.4) - np.where(np.arange(12) < 6, effect[:6].mean(), effect[6:].mean())
    frame[ITEMS] = np.clip(np.rint(frame[ITEMS].add(effect[frame["outlet"]], axis=0)), 1, 10)
    frame["language"] = np.where(frame["outlet"] < 6, "en", "zh")
    level = "mean_difference"
    naive, honest = (invariant(frame, **o).estimates("invariance", statistic=level)["p_value"]
                     for o in ({}, {"clusters": "outlet"}))  # fmt: skip
    few = invariant(frame[frame["outlet"].isin((0, 1, 2, 9, 10, 11))], clusters="outlet").checks().set_index("check")
    assert not few.at["relabellings", "passed"]
    assert few.at["relabellings", "value"] == pytest.approx(20)  # three outlets of six
    assert (naive < 0.02).all()
    assert (honest > 0.05).all()


def styled(seed: int, *, general: float = 0.0) -> Sample:
    """Draw a study with ratings of other things beside satisfaction; zh answers more extremely and higher."""
    random = np.random.default_rng(seed)
    frame = world(900, seed=seed)
    zh = (frame["language"] == "zh").to_numpy()
    others = {f"o{k}": random.normal(size=900) for k in range(12)}
    rows = pd.DataFrame({**{i: (frame[i] - 6) / 1.6 + general * zh for i in ITEMS}, **others})
    rows = np.clip(
        np.rint(6 + 1.6 * (rows.mul(np.where(zh, 1.15, 1.0), axis=0).add(np.where(zh, 0.5, 0.0), axis=0))), 1, 10
    )
    frame[[*ITEMS, *others]] = rows[[*ITEMS, *others]]
    blocks = {**BLOCKS, "others": tuple(others)}
    return Sample.from_frame(frame, scale=(1, 10), constructs=blocks)


def test_a_gap_of_style_alone_is_told_as_one() -> None:
    result = Reliability(styles="language").fit(styled(14), replicates=Bootstrap(draws=100))
    gaps = result.table("style_gaps").set_index(["construct", "statistic"])
    raw, centred, anchored = (
        gaps.xs(f"points{name}_difference", level="statistic") for name in ("", "_centred", "_anchored")
    )
    assert (anchored.loc[list(BLOCKS), "p_value"] > 0.01).all()
    assert (raw["p_value"] < 0.001).all()
    assert (centred["p_value"] > 0.01).all()
    assert (centred["estimate"].abs() < raw["estimate"].abs() / 2).all()
    styles = result.table("styles").pivot_table(index="category", columns="statistic", values="estimate")
    assert (styles.loc["zh", ["extreme", "acquiescence"]] > styles.loc["en", ["extreme", "acquiescence"]]).all()
    whole = styles[["acquiescence", "disacquiescence", "midpoint"]].sum(axis=1)
    np.testing.assert_allclose(whole, 1.0)  # 1-4, 5-6 and 7-10 of ten codes
    told = result.checks()
    told = told[told["check"] == "style_gap"]
    assert not told["passed"].any()
    assert told["text"].str.contains("goes with the style").all()
    for language in languages():
        assert result.picture("styles", language=language).curves[0].name == "en"


def test_centring_takes_a_true_difference_away_and_the_raw_mean_keeps_it() -> None:
    """Satisfaction truly differs: centred means show less of it, which is why all three are shown."""
    means = Reliability(styles="language").fit(styled(15, general=0.5), replicates=None).table("style_gaps")
    own = means[means["construct"] == "satisfaction"].set_index("statistic")["estimate"]
    style_only = Reliability(styles="language").fit(styled(15), replicates=None).table("style_gaps")
    before = style_only[style_only["construct"] == "satisfaction"].set_index("statistic")["estimate"]
    gained = own - before
    assert gained["points_difference"] > 5
    assert gained["points_centred_difference"] < gained["points_difference"] - 2
    assert gained["points_anchored_difference"] == pytest.approx(gained["points_difference"], abs=1)


def test_means_as_answered_are_those_of_the_groups() -> None:
    sample = styled(16)
    table = Reliability(styles="language").fit(sample, replicates=None).table("style_means")
    rows = table[(table["construct"] == "quality") & (table["statistic"] == "points")].set_index("category")["estimate"]
    points = (sample.answers[list(BLOCKS["quality"])].mean(axis=1) - 1) / 9 * 100
    expected = points.groupby(sample.answers["language"]).mean()
    np.testing.assert_allclose(rows[expected.index], expected)
    answers = Answers.of(sample, {**BLOCKS, "others": tuple(f"o{k}" for k in range(12))})
    others = np.flatnonzero([name not in BLOCKS["quality"] for name in answers.names])
    styles = answers.styles(answers.unrelated(points.to_numpy(), others, sample.weights))
    z = [styles["acquiescence"] - styles["disacquiescence"], styles["extreme"]]
    zh = (sample.answers["language"] == "zh").to_numpy(dtype=float)
    slopes = np.linalg.lstsq(np.column_stack([np.ones(len(zh)), zh, *z]), points.to_numpy(), rcond=None)[0]
    held = table[(table["construct"] == "quality") & (table["statistic"] == "points_style_adjusted")]["estimate"]
    assert np.diff(held)[0] == pytest.approx(slopes[1])  # the coefficient of the group beside the two covariates


def test_an_outcome_that_is_formed_in_other_ways_lowers_the_evidence() -> None:
    sample, draws = sampled(world(500, seed=11, turned=True)), Bootstrap(draws=60)
    grid = ImportancePerformance(outcome="quality", attributes=("v1", "v2", "s1")).fit(sample, replicates=draws)
    tested = Reliability(invariance="language", permutations=199).fit(sample, replicates=draws)
    alone, beside = ({a.term: a.grade.reasons for a in recommend(r).actions} for r in ([grid], [grid, tested]))
    assert {term: (*reasons, "not_alike") for term, reasons in alone.items()} == beside


def test_the_gap_between_languages_of_the_demo_study_is_found_to_be_style() -> None:
    """The languages of the simulated market differ in how they answer, not in how satisfied they are."""
    sample = read(load_study(study_folder("autoservice")))
    items = {"satisfaction": sample.columns_of("satisfaction")}
    result = Reliability(constructs=items, styles="language").fit(sample, replicates=Linearized())
    gaps = result.table("style_gaps").pivot_table(index="statistic", columns="category", values="p_value")
    assert (gaps.loc["points_difference"] < 0.05).all()
    assert (gaps.loc[["points_centred_difference", "points_anchored_difference"]] > 0.05).all().all()
    assert not result.checks().set_index("check").at["style_gap", "passed"]
