"""Planning: how many interviews for a margin of error or a difference, and what a number of them can tell."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from numbers import Real
from typing import TYPE_CHECKING, Literal, get_args

import numpy as np
import pandas as pd
from scipy import optimize, stats

from csresearch.errors import extra
from csresearch.show.format import word
from csresearch.show.phrase import Amount, phrase, say
from csresearch.show.specs import Curve, Lines, Unit

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Measure = Literal["share", "mean", "nps", "index"]
UNITS: dict[Measure, Unit] = {"share": "share", "mean": "points", "nps": "points", "index": "points"}
SIZES, EFFECTS = (100, 200, 400, 1000), (1.0, 1.5, 2.0, 3.0)
MOST = 1e9
HALF = 0.5  # the share that asks for most interviews
STEPS = 60


@dataclass(frozen=True, kw_only=True)
class SampleSize:
    """What a sample of a size can tell. Made by `sample_size`.

    Attributes
    ----------
    n, n_second : int
        Interviews; of a comparison those of the first and of the second group.
    margin : float
        Half the width of the interval of one number from `n` interviews.
    difference : float
        Smallest true difference between two groups that is found with `power`.
    sd : float
        Standard deviation of one answer, in the unit of the measure.
    n_effective : float
        n over the design effect.
    """

    measure: Measure
    n: int
    n_second: int
    margin: float
    difference: float
    sd: float
    deff: float
    population: int | None
    ratio: float
    overlap: float
    correlation: float
    level: float
    power: float
    share: float = field(repr=False)

    @property
    def n_effective(self) -> float:
        """Interviews over the design effect."""
        return self.n / self.deff

    def table(self, *, n: Sequence[int] = SIZES, deff: Sequence[float] = EFFECTS) -> pd.DataFrame:
        """Margin and difference for sizes and design effects: n, deff, n_effective, margin, difference."""
        if odd := [f"{value!r}" for value in (*n, *deff) if not value > 0]:
            raise ValueError(f"n and deff are numbers above 0; found {', '.join(odd)}")
        made = [replace(self, n=size, deff=effect) for effect in deff for size in n]
        rows = [
            [plan.n, plan.deff, plan.n_effective, _margin(plan, plan.n), _difference(plan, plan.n)] for plan in made
        ]
        return pd.DataFrame(rows, columns=["n", "deff", "n_effective", "margin", "difference"])

    def picture(
        self,
        *,
        show: Literal["margin", "difference"] = "difference",
        n: tuple[int, int] | None = None,
        deff: Sequence[float] = EFFECTS,
        language: str = "en",
    ) -> Lines:
        """Say what to draw: margin or difference over the number of interviews, a line a design effect."""
        low, high = n or (max(30, min(100, self.n // 2)), max(1000, 2 * self.n))
        places = tuple(map(float, np.linspace(low, high, STEPS)))
        of = {"margin": _margin, "difference": _difference}[show]
        curves = []
        for effect in deff:
            values = tuple(of(replace(self, deff=effect), place) for place in places)
            words = say(phrase("planning.effect", fields={"effect": Amount(effect, places=_places(effect))}), language)
            curves.append(Curve(name=words, values=values, low=values, high=values))
        unit = UNITS[self.measure]
        fields = {"unit": word("unit", unit, language), "level": Amount(self.level, "share"),
                  "power": Amount(self.power, "share")}  # fmt: skip
        title, below = ("half_width", "sample_size") if show == "margin" else ("difference", "per_group")
        return Lines(
            curves=tuple(curves), x=places, unit=unit, x_unit="money",
            axis_title=say(phrase(f"planning.{title}", fields=fields), language),
            x_title=say(phrase(f"planning.{below}"), language),
        )  # fmt: skip

    def plot(
        self,
        *,
        show: Literal["margin", "difference"] = "difference",
        n: tuple[int, int] | None = None,
        deff: Sequence[float] = EFFECTS,
        ax: Axes | None = None,
        language: str = "en",
    ) -> Axes:
        """Draw margin or difference over the number of interviews; needs the `report` extra."""
        with extra("report"):
            from csresearch.show.charts import draw

        return draw(self.picture(show=show, n=n, deff=deff, language=language), ax=ax, language=language)


def sample_size(
    *,
    measure: Measure = "share",
    n: int | None = None,
    margin: float | None = None,
    difference: float | None = None,
    share: float = HALF,
    sd: float | None = None,
    deff: float = 1.0,
    population: int | None = None,
    ratio: float = 1.0,
    overlap: float = 0.0,
    correlation: float = 0.0,
    level: float = 0.95,
    power: float = 0.8,
) -> SampleSize:
    """Plan a sample: from a margin of error or a difference to its size, or from its size to both.

    Give exactly one of `n`, `margin`, `difference`. By the normal distribution, which intervals and tests by the design
    come near with many clusters; with few, plan some more.

    Parameters
    ----------
    measure : {"share", "mean", "nps", "index"}
        Shares and their margins are parts of 1, NPS and the 0-100 index are in points, means in points of their scale.
    n : int, optional
        Interviews (of the first group).
    margin : float, optional
        Half the width of the interval of one number.
    difference : float, optional
        True difference between two groups that is to be found.
    share : float
        Expected share, of the first group; 0.5 asks for most.
    sd : float, optional
        Standard deviation of one answer: needed for a mean and an index; of an NPS 100 sqrt(P + D - (P - D)^2), about
        76 points with 43 % promoters and 20 % detractors.
    deff : float
        Design effect, such as 1 + (m - 1) rho for m interviews a cluster; see `design_effects`.
    population : int, optional
        Customers there are, in each group, for the finite population correction.
    ratio : float
        Size of the second group over that of the first.
    overlap, correlation : float
        Part of the smaller group that is in the other too, and the correlation of their two answers: 1 for ratings of
        two brands by the same customers.
    level, power : float

    Returns
    -------
    SampleSize
        `n` rounded up; `margin` and `difference` at that n; `table()` and `plot()` for other sizes and design effects.

    Raises
    ------
    ValueError
        Not one of the three, no standard deviation, a number outside its range, a difference that no size finds.

    References
    ----------
    Cochran, W. G. (1977), Sampling Techniques, ch. 4; Kish, L. (1965), Survey Sampling, 8.2 and 12.4 (overlap).

    Examples
    --------
    >>> sample_size(margin=0.05).n, sample_size(margin=0.05, population=1000).n, sample_size(margin=0.05, deff=1.5).n
    (385, 278, 577)
    >>> round(sample_size(measure="index", sd=15.4, n=400).difference, 1)
    3.1
    """
    given = {"n": n, "margin": margin, "difference": difference}
    every = {**given, "share": share, "sd": sd, "deff": deff, "population": population, "ratio": ratio,
             "overlap": overlap, "correlation": correlation, "level": level, "power": power}  # fmt: skip
    if wrong := [f"{k}={v!r}" for k, v in every.items() if isinstance(v, bool) or not isinstance(v, Real | None)]:
        raise ValueError(f"{', '.join(wrong)}: numbers are needed")
    told = [name for name, value in given.items() if value is not None]
    if len(told) != 1:
        raise ValueError(f"give one of n, margin and difference; found {', '.join(told) or 'none'}")
    plan = SampleSize(
        measure=measure, n=0, n_second=0, margin=math.nan, difference=math.nan, sd=_sd(measure, share, sd), deff=deff,
        population=population, ratio=ratio, overlap=overlap, correlation=correlation, level=level, power=power,
        share=share,
    )  # fmt: skip
    _sensible(plan, given)
    size = n
    if margin is not None:
        size = _solved(plan, lambda m: _margin(plan, m) - margin)
    if difference is not None:
        size = _solved(plan, lambda m: _reach(plan, m, difference) - abs(difference))
    if not isinstance(size, int) or size < 1:
        raise ValueError(f"n={size!r}: a whole number of interviews, at least 1")
    return replace(
        plan, n=size, n_second=math.ceil(size * ratio - 1e-9), margin=_margin(plan, size),
        difference=_difference(plan, size),
    )  # fmt: skip


def _sd(measure: Measure, share: float, sd: float | None) -> float:
    """Find the standard deviation of one answer."""
    if measure not in get_args(Measure):
        raise ValueError(f"measure={measure!r}: allowed are {', '.join(get_args(Measure))}")
    if not 0 < share < 1:
        raise ValueError(f"share={share!r}: an expected share between 0 and 1")
    if measure != "share" and share != HALF:
        raise ValueError(f"share={share!r} says how many there are of a share; a {measure} has sd= alone")
    if measure == "share":
        if sd is not None:
            raise ValueError(f"sd={sd!r}: a share has that of its expected value; give share=")
        return math.sqrt(share * (1 - share))
    if sd is None or not 0 < sd < math.inf:
        example = {"nps": "76 points with 43 % promoters and 20 % detractors", "index": "15 to 20 points"}
        known = example.get(measure, "about 1.8 on a scale of 1 to 10")
        raise ValueError(f"sd={sd!r}: {measure!r} needs the standard deviation of one answer, above 0; often {known}")
    return sd


def _sensible(plan: SampleSize, given: dict[str, float | None]) -> None:
    """Refuse numbers outside their range, all at once."""
    told = {
        name: (value, (0.0, math.inf)) for name, value in given.items() if value is not None and name != "difference"
    }
    told |= {"deff": (plan.deff, (0.0, math.inf)), "ratio": (plan.ratio, (0.0, math.inf))}
    told |= {"level": (plan.level, (0.5, 1.0)), "power": (plan.power, (0.0, 1.0))}
    wrong = [f"{name}={value!r} (above {low:g}, below {high:g})" for name, (value, (low, high)) in told.items()
             if not low < value < high]  # fmt: skip
    if not 0 <= plan.overlap <= 1:
        wrong.append(f"overlap={plan.overlap!r} (0 to 1)")
    if not -1 <= plan.correlation <= 1:
        wrong.append(f"correlation={plan.correlation!r} (-1 to 1)")
    if plan.population is not None and (plan.population < 2 or plan.population % 1):
        wrong.append(f"population={plan.population!r} (a whole number, at least 2)")
    if plan.correlation and not plan.overlap:
        wrong.append(f"correlation={plan.correlation!r} without overlap (give overlap= too)")
    apart = given["difference"]
    if apart is not None and not (
        0 < abs(apart) < math.inf and (plan.measure != "share" or 0 < plan.share + apart < 1)
    ):
        wrong.append(f"difference={apart!r} (not 0; shares of both groups between 0 and 1)")
    if plan.population is not None and given["n"] is not None and max(1.0, plan.ratio) * given["n"] > plan.population:
        wrong.append(f"n={given['n']!r} of a population of {plan.population}")
    if wrong:
        raise ValueError(f"the plan cannot be made: {', '.join(wrong)}")


def _variance(plan: SampleSize, n: float, sd: float) -> float:
    """Variance of a mean from n interviews."""
    left = 1.0 if plan.population is None else max(plan.population - n, 0.0) / (plan.population - 1)
    return plan.deff * sd**2 / n * left


def _margin(plan: SampleSize, n: float) -> float:
    return float(stats.norm.ppf(0.5 + plan.level / 2)) * math.sqrt(_variance(plan, n, plan.sd))


def _reach(plan: SampleSize, n: float, difference: float) -> float:
    """Smallest difference that is found, if the standard deviations are those under `difference`."""
    sd = plan.sd
    if plan.measure == "share":
        second = min(max(plan.share + difference, 0.0), 1.0)
        sd = math.sqrt(second * (1 - second))
    own, other = _variance(plan, n, plan.sd), _variance(plan, n * plan.ratio, sd)
    both = plan.overlap * n * min(1.0, plan.ratio)  # who is in both groups
    shared = 2 * plan.deff * plan.correlation * both * plan.sd * sd / (n * n * plan.ratio)
    reach = float(stats.norm.ppf(0.5 + plan.level / 2) + stats.norm.ppf(plan.power))
    return reach * math.sqrt(max(own + other - shared, 0.0))


def _difference(plan: SampleSize, n: float) -> float:
    """Smallest difference that is found; of a share upwards, NaN where it would pass 1."""
    if plan.measure != "share":
        return _reach(plan, n, 0.0)
    most = 1 - plan.share

    def over(difference: float) -> float:
        return difference - _reach(plan, n, difference)

    return float(optimize.brentq(over, 0.0, most)) if over(most) >= 0 else math.nan


def _places(number: float) -> int:
    """Decimals that a design effect is printed with."""
    return next((places for places in (0, 1) if round(number, places) == number), 2)


def _solved(plan: SampleSize, excess: Callable[[float], float]) -> int:
    """Smallest whole number of interviews at which nothing is left over."""
    most = MOST if plan.population is None else plan.population * min(1.0, 1 / plan.ratio)
    if excess(most) > 0:
        raise ValueError(f"no sample of up to {most:,.0f} interviews does that; ask for less, or look at deff and sd")
    if excess(1.0) <= 0:
        return 1
    found = float(optimize.brentq(excess, 1.0, most, xtol=1e-9, rtol=1e-12))
    return math.ceil(found - 1e-6)
