"""Drawing studies and populations from a world: one generator for demo data, notebooks and coverage benchmarks."""

from __future__ import annotations

from typing import Literal, get_args

import numpy as np
import numpy.typing as npt
import pandas as pd

from csresearch.demo.world import Fieldwork, FloatArray, Item, World

IntArray = npt.NDArray[np.intp]
Network = Literal["sampled", "all"]

NOT_USED, DONT_KNOW, REFUSED = 97, 98, 99
FIRST_ID = 100_001
SECONDS_PER_ANSWER = 7.0
IMPORTANCE_COMMON, IMPORTANCE_OWN = 0.50, 0.69  # respondent and answer parts; with the means about 0.9 in all
PEOPLE, OUTLETS, LATENTS, ANSWERS, FIELD = range(5)  # streams of one seed: switching one off leaves the others


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
    """Interview `n` customers, evenly over outlets and waves.

    Parameters
    ----------
    world : World
    n, outlets : int
        Respondents and outlets; the interviews of an outlet are spread evenly over the waves.
    seed : int
        Not negative; the same seed gives the same frame.
    network : {"sampled", "all"}
        `"sampled"` draws fresh outlets with the seed; `"all"` keeps those of `world.network_seed`.
    skewed : bool
        Sample by `world.interview_rates` (raking is needed) or in the population's shares.
    rounded : bool
        Whole numbers held to the ends of the scale, or continuous answers without ends.
    coded : bool
        Kinds of missing as codes 97 not used, 98 don't know, 99 refused, or all of them as NaN.
    fieldwork : Fieldwork, optional
        Adds answers not given, careless respondents and duplicates (further rows); none of them if left out.
    latent : bool
        Adds the columns `latent_<name>`.

    Returns
    -------
    DataFrame
        Columns `respondent wave region dealer brand`, the groups, `seconds`, construct items, `p_<touchpoint>` and
        `i_<touchpoint>`; answers are float, or int if rounded and coded.

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
    if n < 1 or outlets < 1:
        raise ValueError(f"n = {n} and outlets = {outlets} must both be at least 1")
    if network not in get_args(Network):
        raise ValueError(f"network = {network!r} is unknown; allowed: {', '.join(get_args(Network))}")
    codes, outlet = _people(world, n, outlets, seed, skewed)
    latents, own = _latents(world, codes, outlet, outlets, seed, network)
    columns, block = _answers(world, latents, own, seed, rounded)
    seconds = np.random.default_rng([FIELD, seed]).lognormal(np.log(SECONDS_PER_ANSWER * len(columns)), 0.25, n)
    rows = np.arange(n)
    if fieldwork is not None:
        rows = _interview(world, fieldwork, block, seconds, seed)
    if coded:
        block[np.isnan(block)] = NOT_USED
    else:
        block[(block == DONT_KNOW) | (block == REFUSED)] = np.nan
    answers = pd.DataFrame(block.astype(np.int64) if coded and rounded else block, columns=columns)
    about = _about(world, codes, outlet, outlets, seconds)
    truths = pd.DataFrame({f"latent_{name}": values for name, values in latents.items()} if latent else {})
    frame = pd.concat([about, answers, truths], axis=1)
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


def _people(world: World, n: int, outlets: int, seed: int, skewed: bool) -> tuple[dict[str, IntArray], IntArray]:
    """Codes of every group (n,) and the outlet (n,): an even spread over outlets x waves, groups by their rates."""
    rng = np.random.default_rng([PEOPLE, seed])
    cell = np.arange(n) * (outlets * len(world.waves)) // n
    outlet, wave = np.divmod(cell, len(world.waves))
    block, brand = np.divmod(outlet, len(world.brands))
    place = (block + 0.5) / np.ceil(outlets / len(world.brands))
    ends = np.cumsum(list(world.regions.values()))[:-1]
    codes = {"wave": wave, "region": np.searchsorted(ends, place), "brand": brand}
    for name, shares in world.groups.items():
        rates = world.interview_rates.get(name, {}) if skewed else {}
        chance = np.cumsum([share * rates.get(level, 1.0) for level, share in shares.items()])
        codes[name] = np.searchsorted(chance[:-1] / chance[-1], rng.random(n), side="right")
    return codes, outlet


def _latents(
    world: World, codes: dict[str, IntArray], outlet: IntArray, outlets: int, seed: int, network: Network
) -> tuple[dict[str, FloatArray], dict[str, FloatArray]]:
    """Latents (n,) by name, and the own parts of the touchpoints (n,), NaN where not used."""
    rng = np.random.default_rng([LATENTS, seed])
    outlet_rng = np.random.default_rng([OUTLETS, seed] if network == "sampled" else [OUTLETS, world.network_seed, 1])
    climate = outlet_rng.standard_normal(outlets)
    own = {name: _own_part(point.used, outlet.size, rng) for name, point in world.touchpoints.items()}
    latents: dict[str, FloatArray] = {}
    for name, equation in world.equations.items():
        noise = world.residual if name == world.outcome else equation.noise
        value = world.shift(name, codes) + noise * rng.standard_normal(outlet.size)
        value += (equation.climate * climate + equation.outlet * outlet_rng.standard_normal(outlets))[outlet]
        for source, slope in equation.sources.items():
            value += slope * latents[source]
        if name == world.outcome:
            for key, point in world.touchpoints.items():
                value += point.effect * np.where(np.isnan(own[key]), 0.0, own[key])
        latents[name] = value
    return latents, own


def _own_part(used: float, n: int, rng: np.random.Generator) -> FloatArray:
    part = rng.standard_normal(n)
    part[rng.random(n) >= used] = np.nan
    return part


def _answers(
    world: World, latents: dict[str, FloatArray], own: dict[str, FloatArray], seed: int, rounded: bool
) -> tuple[list[str], FloatArray]:
    """Column names and answers (n, columns), NaN where a touchpoint was not used."""
    rng = np.random.default_rng([ANSWERS, seed])
    n, ends = latents[world.outcome].size, _ends(world)
    standard = {name: values / world.sd[name] for name, values in latents.items()}
    block = np.empty((n, len(ends)), order="F")
    columns = iter(block.T)
    for name, items in world.constructs.items():
        for item in items.values():
            error = np.sqrt(1 - item.loading**2) * rng.standard_normal(n)
            next(columns)[:] = item.mean + item.spread * (item.loading * standard[name] + error)
    for key, point in world.touchpoints.items():
        error = np.sqrt(1 - point.loading**2 - point.own**2) * rng.standard_normal(n)
        next(columns)[:] = point.mean + 1.7 * (point.loading * standard[point.system] + point.own * own[key] + error)
    common = IMPORTANCE_COMMON * rng.standard_normal(n)
    for point in world.touchpoints.values():
        next(columns)[:] = point.importance + common + IMPORTANCE_OWN * rng.standard_normal(n)
    if rounded:
        low, high = np.array(list(ends.values()), dtype=float).T
        np.clip(np.rint(block, out=block), low, high, out=block)
    return list(ends), block


def _ends(world: World) -> dict[str, tuple[int, int]]:
    """Every rating column in the order of the file, with the ends of its scale."""
    touch = Item(mean=0, loading=0).ends
    constructs = {name: item.ends for name, item in world.items.items()}
    return {**constructs, **{f"{facet}_{key}": touch for facet in ("p", "i") for key in world.touchpoints}}


def _interview(world: World, fieldwork: Fieldwork, block: FloatArray, seconds: FloatArray, seed: int) -> IntArray:
    """Put the marks of fieldwork into `block` and `seconds`; the rows of the file, duplicates at its end."""
    rng = np.random.default_rng([FIELD, seed, 1])
    n = seconds.size
    chance = rng.random(block.shape)
    given = ~np.isnan(block)
    block[given & (chance < fieldwork.dont_know)] = DONT_KNOW
    block[given & (chance > 1 - fieldwork.refused)] = REFUSED
    careless, repeated = np.split(rng.permutation(n), [round(fieldwork.careless * n)])
    high = min(end for _, end in _ends(world).values())
    block[careless] = rng.integers(high // 2, high, careless.size, endpoint=True)[:, None]
    seconds[careless] = block.shape[1] * rng.uniform(0.4, 1.1, careless.size)
    return np.concatenate([np.arange(n), repeated[: round(fieldwork.duplicates * n)]])


def _about(
    world: World, codes: dict[str, IntArray], outlet: IntArray, outlets: int, seconds: FloatArray
) -> pd.DataFrame:
    """Columns that say who answered, where and when."""
    width = len(str(outlets))
    dealers = pd.array([f"D{number:0{width}d}" for number in range(1, outlets + 1)], dtype="str")
    columns: dict[str, object] = {"respondent": np.arange(FIRST_ID, FIRST_ID + outlet.size)}
    for name, code in codes.items():
        if name == "brand":
            columns["dealer"] = dealers.take(outlet)
        columns[name] = pd.array(list(world.levels[name]), dtype="str").take(code)
    columns["seconds"] = np.rint(seconds).astype(np.int64)
    return pd.DataFrame(columns)
