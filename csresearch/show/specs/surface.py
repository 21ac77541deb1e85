"""Response surface: the outcome over expectation and performance, with the answers in cells."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias, get_args

from csresearch.show.specs.lines import Lines

View: TypeAlias = Literal["contour", "3d"]


@dataclass(frozen=True, kw_only=True)
class Surface:
    """A quadratic in expectation (x) and performance (y), both on one scale.

    Parameters
    ----------
    coefficients : tuple of six float
        b0 to b5 of `b0 + b1 x + b2 y + b3 x^2 + b4 x y + b5 y^2`, x and y less `middle`.
    middle, low, high : float
        Middle and ends of the scale of x and y.
    x_title, y_title, z_title : str
        What was expected, what was got, and the outcome.
    hull : tuple of (float, float)
        Corners of the region in which people answered, on the scale; the surface outside it is a guess.
    cells : tuple of (float, float, float)
        Middle of a cell of answers and their weighted share; never single respondents.
    point : (float, float), optional
        Stationary point, if it lies among the answers.
    lines : (str, str)
        Names of the line on which both are equal, and of that on which they are opposite.
    point_name, answers_name : str
        Names of the stationary point and of the cells.
    view : {"contour", "3d"}
    profile : Lines, optional
        The outcome along the two lines with its intervals, for documents that draw lines only.

    Raises
    ------
    ValueError
        Not six coefficients, a scale without width, an unknown view.

    Examples
    --------
    >>> spec = Surface(coefficients=(5.0, 0.0, 0.5, 0.0, 0.0, 0.0), middle=5.5, low=1.0, high=10.0, x_title="expected",
    ...                y_title="got", z_title="satisfaction", hull=((1.0, 1.0), (10.0, 1.0), (10.0, 10.0)), cells=(),
    ...                lines=("as expected", "opposite"), point_name="stationary point", answers_name="answers")
    >>> spec.height(5.5, 7.5)
    6.0
    """

    coefficients: tuple[float, ...]
    middle: float
    low: float
    high: float
    x_title: str
    y_title: str
    z_title: str
    hull: tuple[tuple[float, float], ...]
    cells: tuple[tuple[float, float, float], ...]
    lines: tuple[str, str]
    point_name: str
    answers_name: str
    point: tuple[float, float] | None = None
    view: View = "contour"
    profile: Lines | None = None

    def __post_init__(self) -> None:
        if len(self.coefficients) != 6:
            raise ValueError(f"Surface: six coefficients, b0 to b5; found {len(self.coefficients)}")
        if not self.low < self.high:
            raise ValueError(f"Surface: the scale from {self.low:g} to {self.high:g} has no width")
        if self.view not in get_args(View):
            raise ValueError(f"Surface: view={self.view!r}; allowed are {', '.join(get_args(View))}")

    def height(self, x: float, y: float) -> float:
        """Outcome at a point of the scale."""
        b0, b1, b2, b3, b4, b5 = self.coefficients
        x, y = x - self.middle, y - self.middle
        return b0 + b1 * x + b2 * y + b3 * x**2 + b4 * x * y + b5 * y**2
