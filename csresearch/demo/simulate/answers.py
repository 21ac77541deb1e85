"""From what customers live through to what they answer."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from csresearch.demo.simulate.people import ANSWERS, MORE
from csresearch.demo.world import FloatArray, Item, World
from csresearch.demo.world.parts import FACETS, KANO

RATING = (1, 10)
IMPORTANCE_COMMON, IMPORTANCE_OWN = 0.50, 0.69  # respondent and answer parts; with the means about 0.9 in all
MIDPOINT, DESIRED, ADEQUATE = 5.5, 8.8, 6.6  # means of better or worse than expected, of hopes, of the least accepted
KANO_SLIP = 0.04  # share of Kano pairs answered at random
Answer = tuple[str, FloatArray, float, tuple[int, int]]  # column, continuous answers (n,), their mean, ends


@dataclass(kw_only=True, eq=False)
class Asked:
    """Answers on their way into a file; fieldwork changes `block`.

    Attributes
    ----------
    columns : list of str
    block : array (n, columns)
        NaN where a touchpoint was not used or a question was skipped.
    ends : array (columns, 2)
    rated : int
        The first so many columns are ratings; choices come after them.
    routed : list of bool
        Columns that routing passes over where they do not apply.
    """

    columns: list[str]
    block: FloatArray
    ends: FloatArray
    rated: int
    routed: list[bool]


def answers(world: World, people: pd.DataFrame, *, seed: int, rounded: bool) -> Asked:
    """Ask everybody every question."""
    ratings = [*_ratings(world, people, seed), *_beside(world, people, seed)]
    choices = {**_kano(world, len(people), seed), **_choices(world, people, seed)}
    columns = [*(name for name, *_ in ratings), *choices]
    ends = np.array([*(ends for *_, ends in ratings), *((1, 5) for _ in choices)], dtype=float).reshape(-1, 2)
    block = np.empty((len(people), len(columns)), order="F")
    shift, stretch = _style(world, people)
    for place, (_, values, mean, (low, high)) in enumerate(ratings):
        block[:, place] = mean + shift * (high - low) / 9 + stretch * (values - mean)
    if rounded:
        rated = block[:, : len(ratings)]
        np.clip(np.rint(rated, out=rated), *ends[: len(ratings)].T, out=rated)
    for place, values in enumerate(choices.values(), start=len(ratings)):
        block[:, place] = values
    routed = [name in ("complained", "resolution") for name in columns]
    return Asked(columns=columns, block=block, ends=ends, rated=len(ratings), routed=routed)


def _style(world: World, people: pd.DataFrame) -> tuple[FloatArray, FloatArray]:
    """Shift and stretch (n,) of each respondent's answers."""
    shift, stretch = np.zeros(len(people)), np.ones(len(people))
    for group, styles in world.styles.items():
        for level, style in styles.items():
            these = (people[group] == level).to_numpy()
            shift[these], stretch[these] = style.shift, style.stretch
    return shift, stretch


def _ratings(world: World, people: pd.DataFrame, seed: int) -> Iterator[Answer]:
    """Construct items, then performance and importance of touchpoints."""
    rng, n = np.random.default_rng([ANSWERS, seed]), len(people)
    for name, items in world.constructs.items():
        standard = people[f"latent_{name}"].to_numpy() / world.sd[name]
        for column, item in items.items():
            yield column, _answer(item, standard, rng), item.mean, item.ends
    for key, point in world.touchpoints.items():
        yield f"p_{key}", people[f"experience_{key}"].to_numpy(), point.mean, RATING
    common = IMPORTANCE_COMMON * rng.standard_normal(n)
    for key, point in world.touchpoints.items():
        values = point.importance + common + IMPORTANCE_OWN * rng.standard_normal(n)
        yield f"i_{key}", values, point.importance, RATING


def _answer(item: Item, standard: FloatArray, rng: np.random.Generator) -> FloatArray:
    error = np.sqrt(1 - item.loading**2) * rng.standard_normal(standard.size)
    return np.asarray(item.mean + item.spread * (item.loading * standard + error))


def _beside(world: World, people: pd.DataFrame, seed: int) -> Iterator[Answer]:
    """Further facets of touchpoints, then motives of segments."""
    rng, n = np.random.default_rng([MORE, seed, 1]), len(people)
    if world.facets:
        expected = people["latent_expectation"].to_numpy() / world.sd["expectation"]
        demanding = 0.5 * expected + np.sqrt(0.75) * rng.standard_normal(n)  # hopes and demands go together
    for facet, keys in world.facets.items():
        for key in keys:
            point = world.touchpoints[key]
            lived = (people[f"experience_{key}"].to_numpy() - point.mean) / point.spread
            if facet == "expectation":
                source, loading, mean, spread = expected, 0.65, point.expected, 1.5
            elif facet == "disconfirmation":
                source, loading = (lived - 0.6 * expected) / 1.1, 0.75
                mean, spread = MIDPOINT + 0.5 * (point.mean - point.expected), 1.6
            else:
                source, loading = demanding, 0.7
                mean, spread = (DESIRED, 1.0) if facet == "desired" else (ADEQUATE, 1.2)
            yield (
                f"{FACETS[facet]}_{key}",
                _answer(Item(mean=mean, loading=loading, spread=spread), source, rng),
                mean,
                RATING,
            )
    for column in next(iter(world.segments.values())).motives if world.segments else ():
        means = people["segment"].map({name: one.motives[column] for name, one in world.segments.items()}).to_numpy()
        yield column, means + 1.5 * rng.standard_normal(n), float(means.mean()), RATING


def _kano(world: World, n: int, seed: int) -> dict[str, FloatArray]:
    """Functional and dysfunctional answers, 1 like, 2 must be, 3 neutral, 4 can live with it, 5 dislike."""
    rng = np.random.default_rng([MORE, seed, 2])
    columns: dict[str, FloatArray] = {}
    for key, point in world.touchpoints.items():
        if point.kano is None:
            continue
        shares = KANO[point.kano]
        category = np.array(list(shares))[rng.choice(len(shares), size=n, p=list(shares.values()))]
        middle, middle_too = rng.integers(2, 5, size=(2, n))
        careless = rng.random(n) < KANO_SLIP
        functional = np.select([np.isin(category, ("A", "O", "Q")), category == "R"], [1, 5], middle)
        dysfunctional = np.select([np.isin(category, ("M", "O")), category == "Q"], [5, 1], middle_too)
        for prefix, values in (("kf", functional), ("kd", dysfunctional)):
            columns[f"{prefix}_{key}"] = np.where(careless, rng.integers(1, 6, size=n), values).astype(float)
    return columns


def _choices(world: World, people: pd.DataFrame, seed: int) -> dict[str, FloatArray]:
    """Problem, complaint and resolution; questions with several answers."""
    rng, n = np.random.default_rng([MORE, seed, 3]), len(people)
    columns: dict[str, FloatArray] = {}
    if world.journey is not None:
        state = people["state"].map({name: code for code, name in enumerate(world.journey.states)}).to_numpy()
        columns["problem"] = np.where(state > 0, 1.0, 2.0)
        columns["complained"] = np.where(state > 1, 1.0, np.where(state == 1, 2.0, np.nan))
        columns["resolution"] = np.where(state > 1, state - 1.0, np.nan)
    for question, shares in world.multiple.items():
        for option, share in shares.items():
            columns[f"{question}_{option}"] = (rng.random(n) < share).astype(float)
    return columns
