"""Interviewing customers: studies and populations, one generator for demo data, notebooks and coverage benchmarks."""

from __future__ import annotations

import numpy as np
import pandas as pd

from csresearch.demo.simulate.answers import answers
from csresearch.demo.simulate.fieldwork import DONT_KNOW, NOT_USED, REFUSED, SKIPPED, interview
from csresearch.demo.simulate.people import FIELD, Network, customers
from csresearch.demo.world import Fieldwork, World

SECONDS_PER_ANSWER = 7.0


def study(
    world: World,
    *,
    n: int = 1_200,
    outlets: int = 40,
    seed: int,
    network: Network = "sampled",
    skewed: bool = True,
    rounded: bool = True,
    coded: bool = False,
    fieldwork: Fieldwork | None = None,
    latent: bool = False,
) -> pd.DataFrame:
    """Interview `n` customers, evenly over outlets and waves; `world.linear` and `rounded=False` for exact recovery.

    Parameters
    ----------
    world : World
    n, outlets, seed, network, skewed
        As in `customers`, which gives the same people.
    rounded : bool
        Whole numbers held to the ends of the scale, or continuous answers without ends.
    coded : bool
        Kinds of missing as codes 96 skipped, 97 not used, 98 don't know, 99 refused, or all of them as NaN.
    fieldwork : Fieldwork, optional
        Adds answers not given or off the scale, careless and hurried respondents, duplicates (further rows); none of
        them if left out.
    latent : bool
        Adds the columns of `customers` that a file has not, and `careless` (empty, `straight` or `random`).

    Returns
    -------
    DataFrame
        Columns `respondent wave region` outlet `brand`, the groups, `seconds`, construct items; `p_ i_` and the other
        facets of touchpoints; Kano pairs `kf_ kd_` (1 like ... 5 dislike); motives; `problem complained resolution`
        (1 yes, 2 no; 1, 2, ... in the order of the resolutions); `<question>_<option>` of 1 and 0. Answers are float,
        or int if rounded and coded.

    Raises
    ------
    ValueError
        For counts under 1 or an unknown network.

    Examples
    --------
    >>> from csresearch.demo.autoservice import WORLD
    >>> frame = study(WORLD, n=400, outlets=20, seed=1)
    >>> frame.shape[0], frame["dealer"].nunique(), frame["sat_overall"].between(1, 10).all().item()
    (400, 20, True)
    """
    people = customers(world, n=n, outlets=outlets, seed=seed, network=network, skewed=skewed)
    asked = answers(world, people, seed=seed, rounded=rounded)
    expected = np.log(SECONDS_PER_ANSWER * len(asked.columns))
    seconds = np.random.default_rng([FIELD, seed]).lognormal(expected, 0.25, n)
    rows, careless = np.arange(n), np.full(n, "")
    if fieldwork is not None:
        rows, careless = interview(fieldwork, asked, seconds, people, seed)
    block = asked.block
    if coded:
        gap = np.isnan(block)
        block[gap] = np.broadcast_to(np.where(asked.routed, SKIPPED, NOT_USED), block.shape)[gap]
    else:
        block[(block == DONT_KNOW) | (block == REFUSED)] = np.nan
    about = people[["respondent", *_about(world, people)]].assign(seconds=np.rint(seconds).astype(np.int64))
    given = pd.DataFrame(block.astype(np.int64) if coded and rounded else block, columns=asked.columns)
    parts = [about, given]
    if latent:
        parts += [people.drop(columns=list(about.columns), errors="ignore"), pd.DataFrame({"careless": careless})]
    frame = pd.concat(parts, axis=1)
    return frame if rows.size == n else frame.take(rows).reset_index(drop=True)


def population(
    world: World,
    *,
    size: int = 400_000,
    outlets: int = 8_000,
    seed: int,
    network: Network = "sampled",
    rounded: bool = True,
    latent: bool = False,
) -> pd.DataFrame:
    """Draw customers in the population's shares, without fieldwork; see `study` for arguments and columns.

    With `network="all"` give the number of outlets of the study: then these are its outlets.

    Examples
    --------
    >>> from csresearch.demo.autoservice import WORLD
    >>> shares = population(WORLD, size=20_000, outlets=400, seed=1)["channel"].value_counts(normalize=True)
    >>> round(float(shares["own_dealer"]), 1)
    0.7
    """
    return study(
        world, n=size, outlets=outlets, seed=seed, network=network, skewed=False, rounded=rounded, latent=latent
    )


def _about(world: World, people: pd.DataFrame) -> list[str]:
    """Columns that say who answered and where, in the order of the file."""
    return [name for name in people.columns if name in world.levels or name == world.outlet]
