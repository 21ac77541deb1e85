"""A change of the index taken apart: what ratings have moved, and what the weights of the items have moved."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from csresearch.inference.intervals import adjusted
from csresearch.inference.moments import Array
from csresearch.models.derived import PLAIN, Derived, Fitted, places
from csresearch.models.path.path_model import PathModel
from csresearch.result import valued

PARTS = ("ratings_moved", "weights_moved", "total")


def parts_of_change(weights: tuple[Array, Array], points: tuple[Array, Array]) -> tuple[Array, Array]:
    """Take a difference of weighted means apart, item by item; the parts add up to it exactly.

    d sum(w x) = sum(mean w dx) + sum(mean x dw), means being those of the two sides.

    Parameters
    ----------
    weights, points : two arrays each, shape (..., q)
        Before and after: index weights, which sum to 1 in a construct, and item means in points.

    Returns
    -------
    (array, array), shape (..., q)
        What ratings have moved, and what weights have moved.

    Examples
    --------
    >>> before, after = (np.array([0.5, 0.5]), np.array([60.0, 80.0])), (np.array([0.4, 0.6]), np.array([62.0, 84.0]))
    >>> ratings, moved = parts_of_change((before[0], after[0]), (before[1], after[1]))
    >>> float(ratings.sum().round(6)), float(moved.sum().round(6))
    (3.1, 2.1)
    """
    (w0, w1), (x0, x1) = weights, points
    return (w0 + w1) / 2 * (x1 - x0), (x0 + x1) / 2 * (w1 - w0)


@dataclass(frozen=True, kw_only=True)
class TakenApart:
    """Differences of the index between each category and a reference, in two parts, over the same draws."""

    model: PathModel
    reference: str | None = None

    def __call__(self, fits: Mapping[str, Fitted]) -> dict[str, dict[str, Derived]]:
        """Derive table `change`: construct by construct, ratings moved, weights moved, total.

        Raises
        ------
        ValueError
            The reference is no category.
        """
        if self.reference is not None and self.reference not in fits:
            raise ValueError(f"reference={self.reference!r} is no category; categories are {', '.join(fits)}")
        base = self.reference if self.reference is not None else next(iter(fits))
        made = {name: self._derived(fits[base], fitted, base) for name, fitted in fits.items() if name != base}
        if made:
            p = np.stack([part.frame["p_value"].to_numpy(dtype=float) for part in made.values()])
            for derived, row in zip(made.values(), adjusted(p, method="holm"), strict=True):
                derived.frame["p_value"] = row
        return {"change": made} if made else {}

    def _derived(self, before: Fitted, after: Fitted, base: str) -> Derived:
        df, index = min(before.df, after.df), places(after.rows, "index", table="index")
        point = self._parts(after, before.point, after.point)
        draws = self._parts(after, before.replicated, after.replicated)
        deviations = self._deviations(before, after)
        rows = after.rows.iloc[index].drop(columns=list(PLAIN))
        frame = valued(
            rows.loc[rows.index.repeat(3)].reset_index(drop=True).assign(
                statistic=PARTS * len(index), unit="points", versus=base,
                n_effective=np.repeat(after.n_effective[index], 3),
            ),
            point=point, draws=draws, deviations=deviations, kind="level", df=df, level=after.level,
            method=after.method,
        )  # fmt: skip
        frame["method"] = [words if words == "none" else f"{words}, p by holm" for words in frame["method"]]
        return Derived(frame=frame, draws=draws, deviations=deviations)

    def _parts(self, after: Fitted, old: Array, new: Array) -> Array:
        """Parts and total of numbers (..., k) of two domains, shape (..., 3 x constructs)."""
        w, x = (places(after.rows, statistic) for statistic in ("index_weight", "points"))
        parts = parts_of_change((old[..., w], new[..., w]), (old[..., x], new[..., x]))
        ratings, weights = (part @ self.model.membership for part in parts)
        return _woven(ratings, weights, ratings + weights)

    def _deviations(self, before: Fitted, after: Fitted) -> Array:
        """Linearise the parts, shape (m, 3 x constructs); the total is that of the indices themselves."""
        w, x, index = (places(after.rows, statistic) for statistic in ("index_weight", "points", "index"))
        share, step = (before.point[w] + after.point[w]) / 2, after.point[x] - before.point[x]
        old, new = before.deviations, after.deviations
        ratings = ((old[:, w] + new[:, w]) / 2 * step + share * (new[:, x] - old[:, x])) @ self.model.membership
        total = new[:, index] - old[:, index]
        return _woven(ratings, total - ratings, total)


def _woven(*parts: Array) -> Array:
    """Put the three parts of each construct beside each other: (..., c) each to (..., 3c)."""
    return np.stack(parts, axis=-1).reshape(*parts[0].shape[:-1], 3 * parts[0].shape[-1])
