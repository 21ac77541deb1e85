"""The PLS iteration: other programs' weights and loadings, invariances, and elements that fail alone."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, get_args

import numpy as np
import pandas as pd
import pytest
import seminr
from hypothesis import given, settings
from hypothesis import strategies as st

from csresearch.errors import StudyError
from csresearch.models.measurement.reliability import construct_pairs, heterotrait_monotrait
from csresearch.models.path import pls
from csresearch.models.path.effects import effects, structure
from csresearch.models.path.path_model import Mode, PathModel, Scheme
from csresearch.models.path.pls import PLSFit, fit_pls
from tests.conftest import golden
from tests.models.ecsi import BLOCKS, ITEMS, NAMES, PATHS, assert_agrees, ecsi, fitted, moments, table

GOLDEN = golden("pls_mobi")
OUTER = ("outer_weights", "loadings", "communality", "score_correlations", "proxy_vcv")
SCHEMES: dict[str, Scheme] = {
    "path": "path",
    "weighting": "path",
    "centroid": "centroid",
    "factorial": "factorial",
}


def converged(fit: PLSFit) -> Any:
    return np.isfinite(fit.weights).all(axis=1)


def outer(fit: PLSFit) -> dict[str, Any]:
    """What the outer checks of the golden file are called, and our figures for it."""
    correlations = table(fit.correlations[0], list(NAMES), list(NAMES))
    return {
        "outer_weights": dict(zip(ITEMS, fit.weights[0], strict=True)),
        "loadings": dict(zip(ITEMS, fit.loadings[0], strict=True)),
        "communality": dict(zip(ITEMS, fit.loadings[0] ** 2, strict=True)),
        "score_correlations": correlations,
        "proxy_vcv": correlations,
    }


@pytest.mark.parametrize("name", [name for name in GOLDEN if name.rpartition(".")[2] in OUTER])
def test_weights_and_loadings_agree_with_other_programs(name: str, mobi: pd.DataFrame) -> None:
    _, mode, scheme, what = name.split(".")
    _, fit = fitted(mobi, "A" if mode == "modeA" else "B", SCHEMES[scheme])
    assert converged(fit).all()
    assert_agrees(GOLDEN[name], outer(fit)[what])


def test_every_draw_equals_seminr_on_the_same_respondents(mobi: pd.DataFrame) -> None:
    drawn = np.random.default_rng(3).integers(0, len(mobi), size=(8, len(mobi)))
    measurement = seminr.constructs(*(seminr.composite(name, list(items)) for name, items in BLOCKS.items()))
    inner = seminr.relationships(*(seminr.paths(*path) for path in PATHS))
    theirs = seminr.bootstrap_model(seminr.estimate_pls(mobi, measurement, inner, stop_criterion=11), indices=drawn)
    counts = np.stack([np.bincount(row, minlength=len(mobi)) for row in drawn]).astype(float)
    model, (_, cov) = ecsi(), moments(mobi, counts)
    fit = fit_pls(model, cov)
    paths = structure(model, fit.correlations).paths
    total, ratio = effects(model, paths).total, heterotrait_monotrait(cov, model.blocks)
    for draw in range(len(drawn)):
        found = {
            "weights": [theirs.boot_weights[draw].get(i, NAMES[k]) for i, k in zip(ITEMS, model.owner, strict=True)],
            "loadings": [theirs.boot_loadings[draw].get(i, NAMES[k]) for i, k in zip(ITEMS, model.owner, strict=True)],
            "paths": [theirs.boot_paths[draw].get(*path) for path in PATHS],
            "total": [theirs.boot_total_paths[draw].get(*path) for path in PATHS],
            "htmt": [theirs.boot_htmt[draw].get(NAMES[a], NAMES[b]) for a, b in construct_pairs(model.blocks)],
        }
        on_paths = [total[draw, NAMES.index(source), NAMES.index(target)] for source, target in PATHS]
        np.testing.assert_allclose(fit.weights[draw], found["weights"], atol=1e-9)
        np.testing.assert_allclose(fit.loadings[draw], found["loadings"], atol=1e-9)
        np.testing.assert_allclose(paths[draw], found["paths"], atol=1e-9)
        np.testing.assert_allclose(on_paths, found["total"], atol=1e-9)
        np.testing.assert_allclose(ratio[draw], found["htmt"], atol=1e-9)


@pytest.mark.parametrize("scheme", get_args(Scheme))
@pytest.mark.parametrize("mode", get_args(Mode))
def test_one_more_step_changes_nothing(mode: Mode, scheme: Scheme, mobi: pd.DataFrame) -> None:
    model, fit = fitted(mobi, mode, scheme)
    tight = fit_pls(model, moments(mobi)[1], tolerance=1e-14, max_iterations=5000)
    np.testing.assert_allclose(fit.weights, tight.weights, atol=1e-9)


@pytest.mark.parametrize("mode", get_args(Mode))
def test_scores_have_variance_one_and_loadings_are_correlations(mode: Mode, mobi: pd.DataFrame) -> None:
    model, fit = fitted(mobi, mode)
    answers = mobi[ITEMS].to_numpy(float)
    scores = (answers - answers.mean(0)) / answers.std(0, ddof=1) * fit.weights @ model.membership
    np.testing.assert_allclose(scores.std(0, ddof=1), 1, atol=1e-10)
    np.testing.assert_allclose(np.corrcoef(scores.T), fit.correlations[0], atol=1e-10)
    between = np.corrcoef(answers.T, scores.T)[:24, 24:]
    np.testing.assert_allclose(between[np.arange(24), model.owner], fit.loadings[0], atol=1e-10)


def test_integer_weights_equal_repeated_rows(mobi: pd.DataFrame) -> None:
    times = np.random.default_rng(5).integers(0, 4, size=len(mobi))
    weighted = fit_pls(ecsi(), moments(mobi, times[None].astype(float))[1])
    repeated = fit_pls(ecsi(), moments(mobi.loc[mobi.index.repeat(times)])[1])
    np.testing.assert_allclose(weighted.weights, repeated.weights, atol=1e-9)


def test_n_or_n_minus_one_and_units_of_items_do_not_matter(mobi: pd.DataFrame) -> None:
    _, cov = moments(mobi)
    units = np.random.default_rng(2).uniform(0.1, 30, size=24)
    np.testing.assert_allclose(
        fit_pls(ecsi(), cov * 249 / 250 * units[:, None] * units).weights, fit_pls(ecsi(), cov).weights, atol=1e-9
    )


@settings(max_examples=15, deadline=None)
@given(constructs=st.permutations(range(7)), items=st.permutations(range(24)), mode=st.sampled_from(get_args(Mode)))
def test_the_order_of_constructs_and_items_only_orders_results(
    constructs: list[int], items: list[int], mode: Mode, mobi: pd.DataFrame
) -> None:
    model, place = ecsi(mode), list(np.argsort(items))
    cov = moments(mobi)[1]
    moved = PathModel(
        blocks=tuple(tuple(int(place[i]) for i in model.blocks[k]) for k in constructs),
        names=tuple(NAMES[k] for k in constructs),
        paths=tuple((constructs.index(source), constructs.index(target)) for source, target in reversed(model.paths)),
        modes=model.modes,
    )
    here, there = fit_pls(model, cov), fit_pls(moved, cov[:, items][:, :, items])
    np.testing.assert_allclose(there.weights, here.weights[:, items], atol=1e-8)
    np.testing.assert_allclose(there.correlations, here.correlations[:, constructs][:, :, constructs], atol=1e-8)


def test_an_element_does_not_depend_on_its_neighbours(mobi: pd.DataFrame, monkeypatch: pytest.MonkeyPatch) -> None:
    counts = np.random.default_rng(1).multinomial(250, np.full(250, 1 / 250), size=40).astype(float)
    _, cov = moments(mobi, counts)
    together = fit_pls(ecsi(), cov)
    monkeypatch.setattr(pls, "BLOCK", 7)
    apart = fit_pls(ecsi(), cov)
    np.testing.assert_allclose(together.weights, apart.weights, rtol=0, atol=1e-14)


@pytest.mark.parametrize("mode", get_args(Mode))
def test_a_constant_item_fails_alone(mode: Mode, mobi: pd.DataFrame) -> None:
    _, cov = moments(mobi)
    batch = np.repeat(cov, 3, axis=0)
    batch[1, 4] = batch[1, :, 4] = 0
    fit = fit_pls(ecsi(mode), batch)
    assert converged(fit).tolist() == [True, False, True]
    for values in (fit.weights, fit.loadings, fit.correlations):
        assert np.isnan(values[1]).all()
        np.testing.assert_array_equal(values[0], values[2])
    np.testing.assert_array_equal(fit.weights[0], fit_pls(ecsi(mode), cov).weights[0])


def test_a_singular_block_fails_in_mode_b_and_collinear_sources_in_the_path_scheme() -> None:
    answers = np.random.default_rng(6).normal(size=(200, 3))
    answers = np.column_stack([answers[:, :2], answers[:, :2] @ [0.3, 0.7], answers.sum(1)])  # the third follows
    cov = np.cov(answers.T)[None]
    block = PathModel(blocks=((0, 1, 2), (3,)), names=("a", "b"), paths=((0, 1),), modes=("B", "A"))
    assert not converged(fit_pls(block, cov)).any()
    assert converged(fit_pls(replace(block, modes=("A", "A")), cov)).all()
    sources = PathModel(
        blocks=((0,), (1,), (2,), (3,)), names=("a", "b", "c", "d"), paths=((0, 3), (1, 3), (2, 3)), modes=("A",) * 4
    )
    assert not converged(fit_pls(sources, cov)).any()
    without_regression = fit_pls(replace(sources, scheme="centroid"), cov)
    assert converged(without_regression).all()
    assert np.isnan(structure(sources, without_regression.correlations).paths).all()


def test_too_few_iterations_are_reported(mobi: pd.DataFrame) -> None:
    fit = fit_pls(ecsi(), moments(mobi)[1], max_iterations=2)
    assert not converged(fit).any()
    assert np.isnan(fit.weights).all()
    assert np.isnan(fit.correlations).all()


def test_only_what_has_converged_is_returned(mobi: pd.DataFrame) -> None:
    counts = np.random.default_rng(1).multinomial(250, np.full(250, 1 / 250), size=40).astype(float)
    _, cov = moments(mobi, counts)
    full, cut = fit_pls(ecsi(), cov), fit_pls(ecsi(), cov, max_iterations=10)
    in_time = converged(cut)
    assert 0 < in_time.sum() < 40
    np.testing.assert_array_equal(np.isnan(cut.weights), np.repeat(~in_time[:, None], 24, axis=1))
    np.testing.assert_allclose(cut.weights[in_time], full.weights[in_time], rtol=0, atol=1e-14)


def test_a_tie_of_signs_goes_to_the_heaviest_loading() -> None:
    with_outcome = np.array([0.6, 0.1, -0.5, -0.5])  # equal weights start on the side of the last two
    corr = np.eye(5)
    corr[4, :4] = corr[:4, 4] = with_outcome
    model = PathModel(blocks=((0, 1, 2, 3), (4,)), names=("a", "b"), paths=((0, 1),), modes=("A", "A"))
    fit = fit_pls(model, corr[None])
    np.testing.assert_allclose(fit.loadings[0, :4], with_outcome / np.sqrt((with_outcome**2).sum()), atol=1e-9)


def test_most_items_of_a_construct_load_positively(mobi: pd.DataFrame) -> None:
    model, cov = ecsi(), moments(mobi)[1]
    turned = np.ones(24)
    turned[[0, 1, 2]] = -1  # three of five image items: the construct turns with them
    turned[15] = -1  # one of the two value items, the lighter one: a tie, the heavier keeps the sign
    before, after = fit_pls(model, cov), fit_pls(model, cov * turned[:, None] * turned)
    signs = np.ones(7)
    signs[0] = -1
    np.testing.assert_allclose(after.weights, before.weights * turned * signs[model.owner], atol=1e-9)
    np.testing.assert_allclose(after.correlations, before.correlations * signs[:, None] * signs, atol=1e-9)
    turned[[15, 16]] = 1, -1  # the heavier one: the construct turns
    signs[3] = -1
    after = fit_pls(model, cov * turned[:, None] * turned)
    np.testing.assert_allclose(after.weights, before.weights * turned * signs[model.owner], atol=1e-9)


def two(**changes: Any) -> PathModel:
    return PathModel(
        **{"blocks": ((0,), (1,), (2,)), "names": ("a", "b", "c"), "paths": ((0, 1), (1, 2)), "modes": ("A",) * 3}
        | changes
    )


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"paths": ((0, 1), (1, 2), (2, 0))}, "paths run in a circle: a -> b -> c -> a"),
        ({"paths": ((0, 1), (1, 2), (2, 2))}, "paths run in a circle: c -> c"),
        (
            {"paths": ((0, 1), (1, 7))},
            r"path \(1, 7\) has an end that is no construct; constructs are 0 \(a\), 1 \(b\)",
        ),
        ({"paths": ((0, 1), (1, -1))}, r"path \(1, -1\) has an end"),
        ({"paths": ((0, 1),)}, "construct 'c' has no path"),
        ({"paths": ((0, 1), (0, 1), (1, 2))}, "path a -> b is given twice"),
        ({"blocks": ((0,), (), (1,))}, "construct 'b' has no items"),
        ({"blocks": ((0,), (1, 2), (2,))}, "every item from 0 to 3 must be in exactly one block"),
        ({"names": ("a", "a", "c")}, "construct 'a' is defined more than once"),
    ],
)
def test_a_model_that_cannot_be_estimated_says_why(changes: dict[str, Any], said: str) -> None:
    with pytest.raises(StudyError, match=said):
        two(**changes)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"scheme": "pca"}, "scheme: found 'pca', allowed are path, centroid, factorial"),
        ({"modes": ("A", "C", "A")}, "modes: found 'C', allowed are A, B"),
        ({"modes": ("A",)}, "3 blocks, 3 names, 1 modes"),
    ],
)
def test_unknown_options_name_what_is_allowed(changes: dict[str, Any], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        two(**changes)


def test_sources_stand_before_targets() -> None:
    order = ecsi().order
    assert sorted(order) == list(range(7))
    assert all(order.index(source) < order.index(target) for source, target in ecsi().paths)


def test_wrong_shapes_and_limits_are_refused() -> None:
    with pytest.raises(ValueError, match=r"found shape \(24, 24\), the blocks need \(b, 24, 24\)"):
        fit_pls(ecsi(), np.eye(24))
    with pytest.raises(ValueError, match="both must be above 0"):
        fit_pls(ecsi(), np.eye(24)[None], tolerance=0)
