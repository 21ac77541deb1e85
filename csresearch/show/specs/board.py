"""A board of moves: everything that a what-if needs to be computed again, as plain numbers."""

from __future__ import annotations

from dataclasses import dataclass

from csresearch.show.specs.panels import TableSpec


@dataclass(frozen=True, kw_only=True)
class Board:
    """Levers, the paths between them and their outcome, and the draws of both.

    Where it cannot be moved (a slide, paper), `table` stands for it.

    Parameters
    ----------
    table : TableSpec
        Each lever with its move and what goes with it, as printed.
    labels : tuple of str
        Levers in causal order, then the outcome (n).
    current : tuple of float
        Where each of them stands, in points of 0-100 (n).
    moves : tuple of float
        Moves to begin with, in points (n - 1).
    effects : tuple of float
        Points of the outcome for a point of each lever, all paths together (n - 1).
    paths : tuple of (source, target)
        Positions of labels, sorted by target (p).
    slopes : tuple of float
        Points of the target for a point of the source (p).
    draws : tuple of tuple of float
        Each draw: level of the outcome, then the slopes (r, 1 + p).
    quantiles : tuple of three floats
        Of the draws: lower end, planning value, upper end.
    level : float
        Confidence level of the ends.
    through : str
        What the moves run through: drivers or index.

    Raises
    ------
    ValueError
        Lengths that do not belong together, or a path against the order of the labels.
    """

    table: TableSpec
    labels: tuple[str, ...]
    current: tuple[float, ...]
    moves: tuple[float, ...]
    effects: tuple[float, ...]
    paths: tuple[tuple[int, int], ...]
    slopes: tuple[float, ...]
    draws: tuple[tuple[float, ...], ...]
    quantiles: tuple[float, float, float]
    level: float
    through: str

    def __post_init__(self) -> None:
        n, p = len(self.labels), len(self.paths)
        lengths = {"current": n, "moves": n - 1, "effects": n - 1, "slopes": p}
        for name, length in lengths.items():
            if len(getattr(self, name)) != length:
                raise ValueError(f"Board: {name} has {len(getattr(self, name))} values, {length} are needed")
        if any(len(draw) != 1 + p for draw in self.draws):
            raise ValueError(f"Board: each draw holds {1 + p} values, the level of the outcome and {p} slopes")
        if any(source >= target for source, target in self.paths) or list(self.paths) != sorted(
            self.paths, key=lambda path: path[1]
        ):
            raise ValueError("Board: paths run from earlier to later labels and are sorted by target")
