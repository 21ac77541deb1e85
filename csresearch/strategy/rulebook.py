"""The rule book: rules in their order, each a condition on what is known of the attributes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from csresearch.inference.moments import Array, BoolArray, IntArray
from csresearch.models.grid.asymmetry import SHAPES
from csresearch.models.grid.quadrants import QUADRANTS

BROKEN = 0.15  # share of low answers from which a must is broken
MUST, DELIGHT = SHAPES.index("must_be"), SHAPES.index("delight")
CONCENTRATE, KEEP, OVERKILL = (QUADRANTS.index(name) for name in ("concentrate", "keep", "possible_overkill"))


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What the rules look at, for a batch: the estimate is a batch of one, the draws a batch of many.

    Attributes
    ----------
    quadrant : int array, shape (b, k)
        Index of QUADRANTS; -1 where a number is missing.
    shape : int array, shape (b, k)
        Index of SHAPES; -1 where it is not sure.
    low_share : array, shape (b, k)
        Share of low answers among users; NaN where it is not known.
    rival : int array, shape (b, k)
        -1 where the own brand is below the best rival, 1 where it is above, 0 where that cannot be told.
    sure : bool array, shape (k,)
        At least 80 % of the draws agree on the quadrant.
    stated_high : bool array, shape (k,)
        Customers say that it matters more than the average attribute.
    costed : bool array, shape (k,)
        Its cost is known.
    promised : bool array, shape (k,)
        Less was got than expected, by more than chance, and the expectation does not sit at the top of its scale.
    """

    quadrant: IntArray
    shape: IntArray
    low_share: Array
    rival: IntArray
    sure: BoolArray
    stated_high: BoolArray
    costed: BoolArray
    promised: BoolArray

    @property
    def important(self) -> BoolArray:
        """Matters more than average."""
        return np.asarray((self.quadrant == CONCENTRATE) | (self.quadrant == KEEP))

    @property
    def must(self) -> BoolArray:
        """A sure must."""
        return np.asarray(self.shape == MUST)

    @property
    def delight(self) -> BoolArray:
        """A sure delight."""
        return np.asarray(self.shape == DELIGHT)

    @property
    def broken(self) -> BoolArray:
        """A must that more than 15 % of its users find wanting: they are the ones who pay the penalty."""
        with np.errstate(invalid="ignore"):
            return np.asarray(self.must & (self.low_share > BROKEN))

    @property
    def unsound(self) -> BoolArray:
        """Whether any must is broken, shape (b, 1)."""
        return np.asarray(self.broken.any(axis=1, keepdims=True))


@dataclass(frozen=True, kw_only=True)
class Rule:
    """A name and when it applies; the first rule that applies to an attribute is its rule."""

    name: str
    when: Callable[[Facts], BoolArray]


RULES = (
    Rule(name="fix_first", when=lambda f: f.broken),
    Rule(name="close_gap", when=lambda f: f.important & (f.rival < 0) & ~f.delight),
    Rule(name="concentrate", when=lambda f: (f.quadrant == CONCENTRATE) & ~f.delight),
    Rule(name="keep_communicate", when=lambda f: f.important & (f.rival > 0) & ~f.delight),
    Rule(name="keep", when=lambda f: (f.quadrant == KEEP) & ~f.delight),
    Rule(name="invest_delight", when=lambda f: f.delight & ~f.unsound),
    Rule(name="wait", when=lambda f: f.delight & f.unsound),
    Rule(
        name="reallocate",
        when=lambda f: (f.quadrant == OVERKILL) & f.sure & f.costed & ~f.stated_high & ~f.must,
    ),
    Rule(name="stop_over_promising", when=lambda f: np.broadcast_to(f.promised, f.quadrant.shape)),
    Rule(name="monitor", when=lambda f: np.ones(f.quadrant.shape, dtype=bool)),
)
"""Rules on attributes; every attribute has one."""

ORDER = (*(rule.name for rule in RULES[:-1]), "manage_expectation", "fix_measure", "monitor")
"""All rules in the order of their actions; expectation as a whole and measures are judged beside the attributes."""

URGENT = ("fix_first", "close_gap", "concentrate")
MOVES = (*URGENT, "keep_communicate", "keep", "invest_delight")
"""Rules whose feasible moves are recommended; their joint uplift is claimed."""

ADVICE = tuple(name for name in ORDER if name not in ("monitor", "fix_measure"))


def choose(facts: Facts) -> IntArray:
    """Rule of each attribute, shape (b, k), as an index of RULES; -1 where a number is missing.

    Examples
    --------
    >>> nothing, no = np.zeros((1, 2), dtype=int), np.zeros(2, dtype=bool)
    >>> facts = Facts(quadrant=np.array([[1, 2]]), shape=np.array([[0, 2]]), low_share=np.array([[0.3, 0.1]]),
    ...               rival=nothing, sure=~no, stated_high=no, costed=no, promised=no)
    >>> [RULES[code].name for code in choose(facts)[0]]
    ['fix_first', 'wait']
    """
    met = np.stack([rule.when(facts) for rule in RULES])
    return np.asarray(np.where(facts.quadrant < 0, -1, met.argmax(axis=0)), dtype=np.int64)
