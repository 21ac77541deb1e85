"""Levers: what can be moved, how far, and what goes with it; several moves are taken together, overlap once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import cached_property
from graphlib import TopologicalSorter
from typing import Literal, get_args

import numpy as np

from csresearch.inference.intervals import Intervals, Kind, intervals
from csresearch.inference.moments import Array
from csresearch.models.importance_performance import importance_of
from csresearch.models.satisfaction_index import SatisfactionIndex
from csresearch.result import Precision, Result
from csresearch.strategy.displacement import TOP, displaced
from csresearch.survey.sample import Sample

Through = Literal["drivers", "index"]
PLANNING = 0.20  # quantile of the draws that a plan should count on


@dataclass(frozen=True, kw_only=True)
class Change:
    """What goes with moves, in points of the outcome.

    Attributes
    ----------
    estimate : float
    draws : array, shape (r,)
        Of the joint draws; NaN where one failed.
    std_error : float
    precision : Precision
    """

    estimate: float
    draws: Array = field(repr=False)
    std_error: float
    precision: Precision = field(repr=False)

    @property
    def planning(self) -> float:
        """Lower fifth of the draws: the value to plan with."""
        good = self.draws[np.isfinite(self.draws)]
        return float(np.quantile(good, PLANNING)) if len(good) else float("nan")

    def interval(self, level: float) -> tuple[float, float, str]:
        """Low, high, and why an end is missing."""
        made = spans([self], level=level)
        return float(made.low[0]), float(made.high[0]), made.reason[0]


def spans(changes: Sequence[Change], *, level: float) -> Intervals:
    """Intervals of several changes by the rules of the house, from their draws."""
    kind: tuple[Kind, ...] = tuple("level" for _ in changes)
    return intervals(
        np.array([change.estimate for change in changes]), draws=np.stack([change.draws for change in changes], axis=1),
        std_error=np.array([change.std_error for change in changes]), kind=kind,
        df=min(changes[0].precision.df.values()), level=level, method="bootstrap",
    )  # fmt: skip


@dataclass(frozen=True, kw_only=True, eq=False)
class Levers:
    """What can be moved, and what goes with it on the outcome, in the estimate and over the same draws.

    Attributes
    ----------
    nodes : tuple of str
        Levers in causal order, then the outcome.
    paths : tuple of (source, target)
        Positions of nodes. Through drivers every lever acts on the outcome alone.
    through : {"drivers", "index"}
    point, draws, deviations : array, shape (n + p,), (r, n + p), (m, n + p)
        Where each node stands, in points of 0-100, then the slope of each path, per point.
    result : Result
        What they were taken from.

    Examples
    --------
    >>> import pandas as pd
    >>> from csresearch.models.importance_performance import ImportancePerformance
    >>> random = np.random.default_rng(1)
    >>> frame = pd.DataFrame(random.integers(1, 11, size=(200, 2)), columns=["speed", "price"])
    >>> frame["overall"] = ((2 * frame["speed"] + frame["price"]) / 3).round()
    >>> grid = ImportancePerformance(outcome="overall", attributes=("speed", "price"))
    >>> levers = Levers.of([grid.fit(Sample.from_frame(frame, scale=(1, 10)))])
    >>> levers.names, round(levers.change({"speed": 6}).estimate, 1)
    (('speed', 'price'), 4.0)
    """

    nodes: tuple[str, ...]
    paths: tuple[tuple[int, int], ...]
    through: Through
    point: Array = field(repr=False)
    draws: Array = field(repr=False)
    deviations: Array = field(repr=False)
    result: Result = field(repr=False)

    @classmethod
    def of(cls, results: Sequence[Result], *, through: Through = "drivers") -> Levers:
        """Take the levers of results.

        Parameters
        ----------
        results : sequence of Result
        through : {"drivers", "index"}
            Slopes of a grid of derived importance, others held fixed; or the paths of an index.

        Raises
        ------
        ValueError
            No such result, or one without bootstrap draws.
        """
        if through not in get_args(Through):
            raise ValueError(f"through={through!r}: allowed are {', '.join(get_args(Through))}")
        found = next((r for r in results if through in _ways(r)), None)
        if found is None:
            model = "ImportancePerformance()" if through == "drivers" else "SatisfactionIndex()"
            had = ", ".join(type(r.model).__name__ + (f" by {r.by}" if r.by else "") for r in results) or "no results"
            raise ValueError(f"through={through!r} needs a result of {model} of the whole sample; found {had}")
        if found.precision.replicates is None or found.precision.replicates.kind != "bootstrap":
            raise ValueError(
                f"moves need bootstrap draws, {type(found.model).__name__} was fitted with "
                f"{found.precision.replicates!r}; fit it with Bootstrap()"
            )
        return _of_grid(found) if through == "drivers" else _of_index(found)

    @property
    def names(self) -> tuple[str, ...]:
        """Levers, without the outcome."""
        return self.nodes[:-1]

    @property
    def outcome(self) -> str:
        """What the moves go with."""
        return self.nodes[-1]

    @property
    def sample(self) -> Sample:
        """Sample behind the result."""
        return self.result.sample

    @cached_property
    def current(self) -> Mapping[str, float]:
        """Where every node stands, in points of 0-100, the outcome last."""
        return dict(zip(self.nodes, map(float, self.point), strict=False))

    def room(self, name: str) -> tuple[float, float]:
        """How far a lever can be moved down and up before it leaves 0 to 100."""
        return -max(self.current[name], 0.0), max(TOP - self.current[name], 0.0)

    def applied(self, moves: Mapping[str, float]) -> dict[str, float]:
        """Cut moves at the ceiling and the floor of each lever.

        Raises
        ------
        ValueError
            No moves, an unknown lever, or a move that is no finite number.
        """
        require_moves(moves, self.names, where=f"through={self.through!r}")
        return {name: float(np.clip(move, *self.room(name))) for name, move in moves.items()}

    def change(self, moves: Mapping[str, float], *, drawn: Mapping[str, Array] | None = None) -> Change:
        """Take moves together and give what goes with them on the outcome.

        Parameters
        ----------
        moves : mapping of lever to points
            Cut at ceiling and floor, which are those of the estimate: a move is a decision, the same in every draw.
        drawn : mapping of lever to array, shape (r,), optional
            Moves that differ from draw to draw, where they were asked in another unit.
        """
        asked = self.applied(moves)
        point = self._outcome(self.point[None], self._asked(asked, 1))
        own = {name: np.clip(values, *self.room(name)) for name, values in (drawn or {}).items()}
        draws = self._outcome(self.draws, self._asked({**asked, **own}, len(self.draws) if own else 1))
        near = self._outcome(self.point + self.deviations, self._asked(asked, 1)) - point
        std_error = float(np.linalg.norm(near)) if not own else float(np.nanstd(draws, ddof=1))
        return Change(estimate=float(point[0]), draws=draws, std_error=std_error, precision=self.result.precision)

    def per_point(self, name: str) -> Change:
        """Give the effect of one point of a lever, all paths together, far from ceiling and floor."""
        n = len(self.nodes)
        unit, middle = np.eye(n)[self.nodes.index(name)], np.full(n, TOP / 2)
        point, draws, near = (
            displaced(numbers[:, n:], unit, paths=self.paths, current=middle)[:, -1]
            for numbers in (self.point[None], self.draws, self.point + self.deviations)
        )
        std_error = float(np.linalg.norm(near - point))
        return Change(estimate=float(point[0]), draws=draws, std_error=std_error, precision=self.result.precision)

    def _asked(self, moves: Mapping[str, float | Array], size: int) -> Array:
        """Spread moves over the nodes, shape (size, n)."""
        asked = np.zeros((size, len(self.nodes)))
        for name, move in moves.items():
            asked[:, self.nodes.index(name)] = move
        return asked

    def _outcome(self, numbers: Array, asked: Array) -> Array:
        """Move the outcome, shape (b,): levers stop where those of the estimate do, the outcome by its own draw."""
        n = len(self.nodes)
        current = np.repeat(self.point[None, :n], len(numbers), axis=0)
        current[:, -1] = numbers[:, n - 1]
        return displaced(numbers[:, n:], asked, paths=self.paths, current=current)[:, -1]


def require_moves(moves: Mapping[str, float], names: Sequence[str], *, where: str) -> None:
    """Refuse moves of unknown levers, of nothing, and by what is no number.

    Raises
    ------
    ValueError, TypeError
    """
    listed = ", ".join(names)
    if moves and not isinstance(moves, Mapping):
        raise TypeError(f"moves={moves!r}: a mapping of lever to move is needed, such as {{{names[0]!r}: 5}}")
    if not moves:
        raise ValueError(
            f"moves={{}}: name at least one lever and its move, such as {{{names[0]!r}: 5}}; levers: {listed}"
        )
    for name, move in moves.items():
        if name not in names:
            near = get_close_matches(str(name), names, n=3, cutoff=0.5)
            hint = f"; the nearest: {', '.join(near)}" if near else ""
            raise ValueError(f"{name!r} is no lever {where}{hint}; levers are {listed}")
        if isinstance(move, bool) or not isinstance(move, int | float | np.number) or not np.isfinite(move):
            raise ValueError(f"the move of {name!r} is {move!r}; a finite number of points is needed, such as 5")


def ways(results: Sequence[Result]) -> tuple[Through, ...]:
    """Tell through what moves can be taken with these results."""
    return tuple(way for way in get_args(Through) if any(way in _ways(r) for r in results))


def _ways(result: Result) -> tuple[str, ...]:
    if result.by is not None:
        return ()
    if importance_of(result) not in ("", "stated"):
        return ("drivers",)
    return ("index",) if isinstance(result.model, SatisfactionIndex) else ()


def _of_grid(result: Result) -> Levers:
    """Every lever acts on the outcome by its slope."""
    names = tuple(result.estimates("grid", statistic="performance")["attribute"])
    parts = [("grid", "performance"), ("outcome", "performance"), ("grid", "effect")]
    point, draws, deviations = (
        np.concatenate(found, axis=-1) for found in zip(*(numbers(result, *part) for part in parts), strict=True)
    )
    return Levers(
        nodes=(*names, str(result.frames["outcome"]["term"].iloc[0])), through="drivers", point=point, draws=draws,
        paths=tuple((j, len(names)) for j in range(len(names))), deviations=deviations, result=result,
    )  # fmt: skip


def _of_index(result: Result) -> Levers:
    """Take the constructs upstream of the outcome, in causal order, with the paths between them."""
    rows = result.frames["paths"]
    edges = list(zip(rows["source"], rows["target"], strict=True))
    outcome = str(result.frames["importance_performance"]["target"].iloc[0])
    nodes = _upstream(edges, outcome)
    kept = [(s, t) for s, t in edges if t in nodes and s in nodes]
    index, effects = result.frames["index"], result.frames["effects"]
    at = {name: place for place, name in enumerate(index["construct"])}
    slope = effects[(effects["statistic"] == "direct") & (effects["unit"] == "per_point")]
    along = {(s, t): place for place, s, t in zip(slope.index, slope["source"], slope["target"], strict=True)}
    chosen = {"index": [at[name] for name in nodes], "effects": [along[edge] for edge in kept]}

    def taken(arrays: Mapping[str, Array]) -> Array:
        return np.concatenate([arrays[table][..., places] for table, places in chosen.items()], axis=-1)

    return Levers(
        nodes=nodes, paths=tuple((nodes.index(s), nodes.index(t)) for s, t in kept), through="index",
        point=taken({name: result.frames[name]["estimate"].to_numpy(dtype=float) for name in chosen}),
        draws=taken(result.samples), deviations=taken(result.precision.deviations), result=result,
    )  # fmt: skip


def _upstream(edges: Sequence[tuple[str, str]], outcome: str) -> tuple[str, ...]:
    """List the constructs with a way to the outcome, causes first, the outcome last."""
    sources: dict[str, list[str]] = {}
    for source, target in edges:
        sources.setdefault(target, []).append(source)
    reached, waiting = {outcome}, [outcome]
    while waiting:
        new = [s for s in sources.get(waiting.pop(), []) if s not in reached]
        reached.update(new)
        waiting += new
    order = TopologicalSorter({name: sources.get(name, []) for name in sources}).static_order()
    return (*(name for name in order if name in reached and name != outcome), outcome)


def numbers(result: Result, table: str, statistic: str) -> tuple[Array, Array, Array]:
    """Estimate (k,), draws (r, k) and deviations (m, k) of one statistic of a table."""
    rows = result.frames[table]
    chosen = (rows["statistic"] == statistic).to_numpy()
    point = rows["estimate"].to_numpy(dtype=float)[chosen]
    return point, result.samples[table][:, chosen], result.precision.deviations[table][:, chosen]
