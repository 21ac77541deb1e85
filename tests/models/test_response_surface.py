"""The response surface on its own: R's figures from its own coefficients, closed cases, what is not defined."""

from __future__ import annotations

import numpy as np
import pytest

from csresearch.models.expectation.checks import difference_reliability
from csresearch.models.expectation.robust import hc3
from csresearch.models.expectation.surface import SURFACE, hull, inside, missing_because, predicted, surface
from csresearch.models.expectation.zone_of_tolerance import zone_columns
from tests.conftest import golden

BLOCKS = {
    "motcon": ["motcon"],
    "kiosk": ["mean24", "item01", "item10", "item17"],
    "oddjob": ["item1", "item5", "item8"],
}
SLOPES = ("b1_x", "b2_y", "b3_xx", "b4_xy", "b5_yy")
C8 = {  # motive congruence, ordinary least squares
    "slopes": [0.297454, 0.257875, -0.005840, 0.122904, -0.164893],
    "numbers": {"a1": 0.555329, "a2": -0.047829, "a3": 0.039580, "a4": -0.293638, "a5": 0.159053, "p11": 0.341345},
}  # fmt: skip


def named(slopes: list[float]) -> dict[str, float]:
    return dict(zip(SURFACE, surface(np.array(slopes)).tolist(), strict=True))


@pytest.mark.parametrize(("data", "block"), [(data, block) for data, blocks in BLOCKS.items() for block in blocks])
def test_geometry_equals_rsa_on_its_own_coefficients(data: str, block: str) -> None:
    theirs = golden(f"edt_{data}")
    ols = theirs[f"{block}.ols"]["value"]
    found = named([ols[name]["estimate"] for name in SLOPES])
    formula = theirs[f"{block}.geometry"]["value"]["formula"]
    for name in SURFACE:
        theirs_name = name.upper() if name in ("x0", "y0") else name
        assert found[name] == pytest.approx(formula[theirs_name], rel=1e-8, abs=1e-8)
    b = np.array([ols[name]["estimate"] for name in ("b0", *SLOPES)])
    height = predicted(b, np.array([found["x0"]]), np.array([found["y0"]]))
    assert height[0] == pytest.approx(formula["Z0"], rel=1e-7)


def test_the_printed_figures_of_motive_congruence() -> None:
    found = named(C8["slopes"])  # type: ignore[arg-type]
    for name, expected in C8["numbers"].items():  # type: ignore[attr-defined]
        assert found[name] == pytest.approx(expected, abs=2e-5)
    assert (found["x0"], found["y0"]) == (pytest.approx(-11.5335, abs=2e-3), pytest.approx(-3.5163, abs=2e-3))
    assert found["p21"] == pytest.approx(-2.929590, abs=2e-4)


def test_a_hill_by_hand() -> None:
    """z = -(x - 1)^2 - (y - 2)^2 + (x - 1)(y - 2): its top is at (1, 2), its axes lie on both diagonals."""
    found = named([2 - 2, 4 - 1, -1, 1, -1])
    assert (found["x0"], found["y0"]) == (pytest.approx(1), pytest.approx(2))
    assert (found["p11"], found["p21"]) == (pytest.approx(1), pytest.approx(-1))
    assert (found["p10"], found["p20"]) == (pytest.approx(1), pytest.approx(3))


def test_what_is_not_defined_is_nan_and_says_why() -> None:
    plane = named([0.3, 0.5, 0, 0, 0])
    assert [name for name in SURFACE if np.isnan(plane[name])] == ["x0", "y0", "p10", "p11", "p20", "p21"]
    untwisted = named([0.3, 0.5, -1, 0, -1])
    assert [name for name in SURFACE if np.isnan(untwisted[name])] == ["p10", "p11", "p20", "p21"]
    ridge = named([0.3, 0.5, -0.25, 0.5, -0.25])  # -(x - y)^2 / 4
    assert [name for name in SURFACE if np.isnan(ridge[name])] == ["x0", "y0", "p10", "p20"]
    for slopes, numbers in (
        ([0.3, 0.5, -0.25, 0.5, -0.25], ridge),
        ([0.3, 0.5, 0, 0, 0], plane),
        ([0, 0, 1, 2, 3], None),
    ):
        reasons = missing_because(np.array(slopes, dtype=float))
        assert set(reasons) == {name for name in SURFACE if numbers is not None and np.isnan(numbers[name])}


def test_a_nan_in_one_surface_touches_no_other_and_a_derivative_is_one_step() -> None:
    slopes = np.array([[0.1, 0.5, -0.1, 0.2, -0.3], [np.nan, 1, 1, 1, 1], [0.2, 0.4, 0.1, 0.0, 0.2]])
    found = surface(slopes)
    np.testing.assert_array_equal(found[0], surface(slopes[0]))
    assert np.isnan(found[1, [0, 2, 5]]).all()
    assert found[1, 1] == 3
    step = np.array([1e-20j, 0, 2e-20j, 0, 0])
    up, down = (surface(slopes[0] + sign * np.array([1e-6, 0, 2e-6, 0, 0])) for sign in (1, -1))
    np.testing.assert_allclose(surface(slopes[0] + step).imag / 1e-20, (up - down) / 2e-6, rtol=1e-6)


def test_the_hull_holds_all_points_and_no_more() -> None:
    random = np.random.default_rng(1)
    x, y = random.normal(size=(2, 200))
    corners = hull(x, y)
    assert inside(corners, x, y).all()
    assert inside(corners, np.array([x.max() + 0.01, np.nan]), np.array([0.0, 0.0])).tolist() == [False, False]
    line = hull(np.array([1.0, 2.0, 3.0]), np.array([2.0, 4.0, 6.0]))
    assert inside(line, np.array([1.5, 3.5, 1.5]), np.array([3.0, 7.0, 3.1])).tolist() == [True, False, False]


@pytest.mark.parametrize(("correlation", "expected"), [(0.3, 0.71), (0.5, 0.60), (0.6, 0.50)])
def test_the_reliability_of_a_difference(correlation: float, expected: float) -> None:
    assert difference_reliability((0.8, 0.8), (1.3, 1.3), correlation) == pytest.approx(expected, abs=0.005)
    assert difference_reliability((1.0, 1.0), (0.4, 2.0), correlation) == pytest.approx(1)


def test_robust_errors_have_no_residual_to_go_by_where_one_respondent_carries_a_predictor() -> None:
    design = np.column_stack([np.ones(5), [0.0, 0.0, 0.0, 0.0, 1.0]])
    slopes, error = hc3(design, np.array([1.0, 2.0, 3.0, 2.0, 9.0]), np.ones(5))
    assert slopes == pytest.approx([2, 7])
    assert np.isnan(error).all()


def test_a_zone_of_tolerance_by_hand() -> None:
    performance, desired, adequate = np.array([[5, 6, 8, 9, 7, np.nan], [8, 8, 8, 8, 4, 8], [6, 6, 6, 6, 6, 6.0]])
    found = zone_columns(performance, desired, adequate)
    nan = np.nan
    np.testing.assert_array_equal(found[:, 0], [-1, 0, 2, 3, nan, nan])
    np.testing.assert_array_equal(found[:, 1], [-3, -2, 0, 1, nan, nan])
    np.testing.assert_array_equal(found[:, 2], [2, 2, 2, 2, nan, nan])
    np.testing.assert_array_equal(found[:4, 3:6], [[1, 0, 0], [0, 1, 0], [0, 1, 0], [0, 0, 1]])
    np.testing.assert_array_equal(found[:, 6], [0, 0, 0, 0, 1, nan])
