"""Speed of a what-if on the demo study, 1,000 draws: the whole answer, and a move of the board behind it.

Run with `python benchmarks/speed_what_if.py`; it takes about five seconds.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import cache

import csresearch as cs
from csresearch.strategy.levers import Levers

DRAWS, MOVES, REPEATS = 1_000, 5.0, 25


@cache
def results() -> list[cs.Result]:
    """Grid and index of the demo study, which are fitted once."""
    sample = cs.weight(cs.screen(cs.read(cs.load_study(cs.study_folder("autoservice")))))
    models = (cs.ImportancePerformance(), cs.SatisfactionIndex())
    return [model.fit(sample, replicates=cs.Bootstrap(draws=DRAWS)) for model in models]


def best(call: Callable[[], object]) -> float:
    """Best time of some runs, in seconds; the first warms up."""
    seconds = []
    for _ in range(REPEATS):
        start = time.perf_counter()
        call()
        seconds.append(time.perf_counter() - start)
    return min(seconds)


def drivers() -> float:
    """Move all twelve attributes, in points."""
    moves = dict.fromkeys(Levers.of(results()).names, MOVES)
    return best(lambda: cs.what_if(results(), moves=moves))


def index() -> float:
    """Move all seven constructs through the paths."""
    moves = dict.fromkeys(Levers.of(results(), through="index").names, MOVES)
    return best(lambda: cs.what_if(results(), moves=moves))


def top_box() -> float:
    """Move two attributes by shares of the top box."""
    return best(lambda: cs.what_if(results(), moves={"on_time": 5, "honest_price": 5}, unit="top_box"))


def slider() -> float:
    """Move the board by one slider: the joint change with its interval."""
    levers = Levers.of(results())
    moves = dict.fromkeys(levers.names, MOVES)
    return best(lambda: levers.change(moves).interval(0.95))


if __name__ == "__main__":
    for measure in (drivers, index, top_box, slider):
        print(f"{measure.__doc__}: {1_000 * measure():.1f} ms")
