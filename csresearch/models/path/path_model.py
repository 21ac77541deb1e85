"""The path model: which items measure which construct, and which construct acts on which."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from graphlib import CycleError, TopologicalSorter
from itertools import chain
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from csresearch.errors import StudyError

Mode = Literal["A", "B"]
Scheme = Literal["path", "centroid", "factorial"]


@dataclass(frozen=True, kw_only=True)
class PathModel:
    """Blocks of items, the paths between their constructs, and how the weights are found.

    Parameters
    ----------
    blocks
        For each construct the positions of its items; together they are 0 ... q - 1, each once.
    names
        Construct names, in the order of `blocks`.
    paths
        Pairs (source, target) of construct positions; path results keep this order.
    modes
        "A" (correlation weights, reflective) or "B" (regression weights, formative) for each construct.
    scheme
        Inner weighting: "path" (ACSI), "centroid" (Wold) or "factorial" (Lohmöller).

    Raises
    ------
    StudyError
        With every fault at once: a circle of paths (named), a path to an unknown construct or given twice, a construct
        without a path, blocks that do not deal out the items.
    ValueError
        Unknown scheme or mode.

    Examples
    --------
    >>> model = PathModel(blocks=((0, 1), (2, 3)), names=("quality", "satisfaction"), paths=((0, 1),), modes=("A", "A"))
    >>> model.order, model.sources(1), model.n_items
    ((0, 1), (0,), 4)
    """

    blocks: tuple[tuple[int, ...], ...]
    names: tuple[str, ...]
    paths: tuple[tuple[int, int], ...]
    modes: tuple[Mode, ...]
    scheme: Scheme = "path"

    def __post_init__(self) -> None:
        if self.scheme not in get_args(Scheme):
            raise ValueError(f"scheme: found {self.scheme!r}, allowed are {', '.join(get_args(Scheme))}")
        if unknown := sorted(set(self.modes) - set(get_args(Mode))):
            raise ValueError(f"modes: found {', '.join(map(repr, unknown))}, allowed are A, B")
        if not len(self.blocks) == len(self.names) == len(self.modes):
            found = f"{len(self.blocks)} blocks, {len(self.names)} names, {len(self.modes)} modes"
            raise ValueError(f"path model: found {found}; give one of each for every construct")
        if problems := [*self._faults_of_blocks(), *self._faults_of_paths()]:
            raise StudyError("The path model cannot be estimated:", problems=problems)

    @property
    def n_items(self) -> int:
        """Number of items q."""
        return sum(map(len, self.blocks))

    @cached_property
    def owner(self) -> NDArray[np.intp]:
        """(q,) the construct of each item."""
        owner = np.empty(self.n_items, dtype=np.intp)
        for construct, block in enumerate(self.blocks):
            owner[list(block)] = construct
        return owner

    @cached_property
    def membership(self) -> NDArray[np.float64]:
        """(q, constructs) one where the item belongs to the construct."""
        return np.eye(len(self.blocks))[self.owner]

    @cached_property
    def order(self) -> tuple[int, ...]:
        """Constructs from causes to effects: every source stands before its targets."""
        return tuple(TopologicalSorter({k: self.sources(k) for k in range(len(self.names))}).static_order())

    @cached_property
    def reached(self) -> tuple[list[int], list[int]]:
        """Sources, and beside each a construct that it acts on, directly or not."""
        reach = {k: set(self.targets(k)) for k in range(len(self.names))}
        for k in reversed(self.order):
            reach[k] |= {far for near in self.targets(k) for far in reach[near]}
        pairs = [(k, far) for k in self.order for far in self.order if far in reach[k]]
        return [k for k, _ in pairs], [far for _, far in pairs]

    def sources(self, construct: int) -> tuple[int, ...]:
        """List the constructs with a path to `construct`."""
        return tuple(source for source, target in self.paths if target == construct)

    def targets(self, construct: int) -> tuple[int, ...]:
        """List the constructs that `construct` has a path to."""
        return tuple(target for source, target in self.paths if source == construct)

    def _faults_of_blocks(self) -> list[str]:
        blocks = zip(self.names, self.blocks, strict=True)
        faults = [f"construct {name!r} has no items: give it one or drop it" for name, block in blocks if not block]
        if sorted(chain.from_iterable(self.blocks)) != list(range(self.n_items)):
            faults.append(f"blocks {self.blocks}: every item from 0 to {self.n_items - 1} must be in exactly one block")
        twice = [name for name, times in Counter(self.names).items() if times > 1]
        return faults + [f"construct {name!r} is defined more than once: rename one" for name in twice]

    def _faults_of_paths(self) -> list[str]:
        known = range(len(self.names))
        if unknown := [path for path in self.paths if not (path[0] in known and path[1] in known)]:
            allowed = ", ".join(f"{k} ({name})" for k, name in enumerate(self.names))
            return [f"path {path} has an end that is no construct; constructs are {allowed}" for path in unknown]
        faults = [f"path {self._arrow(path)} is given twice" for path, n in Counter(self.paths).items() if n > 1]
        alone = set(known) - set(chain.from_iterable(self.paths))
        faults += [f"construct {self.names[k]!r} has no path: give it one or drop it" for k in sorted(alone)]
        try:
            _ = self.order
        except CycleError as error:
            faults.append(f"paths run in a circle: {self._arrow(error.args[1])}; take one of them out")
        return faults

    def _arrow(self, constructs: Iterable[int]) -> str:
        return " -> ".join(self.names[k] for k in constructs)
