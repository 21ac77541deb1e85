"""Customers and outlets of a world with all that is latent: what surveys and all other sources are drawn from."""

from __future__ import annotations

from typing import Literal, get_args

import numpy as np
import numpy.typing as npt
import pandas as pd

from csresearch.demo.world import FloatArray, Journey, Logit, World

IntArray = npt.NDArray[np.intp]
Network = Literal["sampled", "all"]

FIRST_ID = 100_001
PEOPLE, OUTLETS, LATENTS, ANSWERS, FIELD, PROBLEMS, MORE = range(7)  # streams of one seed: one off leaves the others


def outlets(world: World, *, outlets: int = 40, seed: int, network: Network = "sampled") -> pd.DataFrame:
    """Draw the outlets of a study, a row an outlet.

    Parameters
    ----------
    world : World
    outlets, seed, network
        As in `customers`.

    Returns
    -------
    DataFrame
        The outlet's column (`world.outlet`), `brand region climate` (employee satisfaction, N(0, 1)), and
        `effect_<latent>`: what the outlet adds to each latent directly, climate included.

    Examples
    --------
    >>> from csresearch.demo.autoservice import WORLD
    >>> found = outlets(WORLD, outlets=20, seed=1)
    >>> found["brand"].value_counts().tolist(), {"climate", "effect_service"} <= set(found.columns)
    ([5, 5, 5, 5], True)
    """
    climate, own = _effects(world, outlets, seed, network)
    codes = _places(world, np.arange(outlets), outlets)
    effects = {f"effect_{name}": world.equations[name].climate * climate + own[name] for name in world.equations}
    names = {world.outlet: names_of(world, outlets)}
    places = {name: pd.array(list(world.levels[name]), dtype="str").take(code) for name, code in codes.items()}
    return pd.DataFrame({**names, **places, "climate": climate, **effects})


def customers(
    world: World, *, n: int = 1_200, outlets: int = 40, seed: int, network: Network = "sampled", skewed: bool = True
) -> pd.DataFrame:
    """Draw the customers behind a study, a row a respondent in the order of `study` before duplicates are added.

    Parameters
    ----------
    world : World
    n, outlets : int
        Respondents and outlets; the interviews of an outlet are spread evenly over the waves.
    seed : int
        Not negative; the same seed gives the same frame, and the customers that `study` interviews.
    network : {"sampled", "all"}
        `"sampled"` draws fresh outlets with the seed; `"all"` keeps those of `world.network_seed`.
    skewed : bool
        Sample by `world.interview_rates` (raking is needed) or in the population's shares.

    Returns
    -------
    DataFrame
        `respondent`, `wave region brand`, the outlet's column, the groups; `segment` where there are segments;
        `state` of a problem (`none`, `silent`, or a resolution) where the world has a journey; `climate` of the
        outlet; `latent_<name>` in latent units (divide by `world.sd[name]`); `experience_<touchpoint>` on the scale
        of the answers, continuous, NaN where not used.

    Raises
    ------
    ValueError
        For counts under 1 or an unknown network.

    Examples
    --------
    >>> from csresearch.demo.autoservice import WORLD
    >>> people = customers(WORLD, n=400, outlets=20, seed=1)
    >>> len(people), bool(people["state"].isin(WORLD.journey.states).all())
    (400, True)
    """
    if n < 1 or outlets < 1:
        raise ValueError(f"n = {n} and outlets = {outlets} must both be at least 1")
    if network not in get_args(Network):
        raise ValueError(f"network = {network!r} is unknown; allowed: {', '.join(get_args(Network))}")
    codes, outlet, segment = _people(world, n, outlets, seed, skewed)
    climate, effects = _effects(world, outlets, seed, network)
    latents, experience, state = _latents(world, codes, segment, outlet, (climate, effects), seed)
    columns: dict[str, object] = {"respondent": np.arange(FIRST_ID, FIRST_ID + n)}
    for name, code in codes.items():
        if name == "brand":
            columns[world.outlet] = names_of(world, outlets).take(outlet)
        columns[name] = pd.array(list(world.levels[name]), dtype="str").take(code)
    if world.segments:
        columns["segment"] = pd.array(list(world.segments), dtype="str").take(segment)
    if world.journey is not None:
        columns["state"] = pd.array(list(world.journey.states), dtype="str").take(state)
    columns["climate"] = climate[outlet]
    columns |= {f"latent_{name}": values for name, values in latents.items()}
    columns |= {
        f"experience_{key}": world.touchpoints[key].mean + world.touchpoints[key].spread * values
        for key, values in experience.items()
    }
    return pd.DataFrame(columns)


def names_of(world: World, outlets: int) -> pd.api.extensions.ExtensionArray:
    """Names of the outlets: D01, D02, ... for dealers."""
    width, letter = len(str(outlets)), world.outlet[0].upper()
    return pd.array([f"{letter}{number:0{width}d}" for number in range(1, outlets + 1)], dtype="str")


def chance(logit: Logit, latents: dict[str, FloatArray]) -> FloatArray:
    """Probability (n,) by a logit on latents (n,)."""
    odds = logit.constant + sum(slope * latents[name] for name, slope in logit.slopes.items())
    return np.asarray(1 / (1 + np.exp(-odds)))


def _places(world: World, outlet: IntArray, outlets: int) -> dict[str, IntArray]:
    """Region and brand of outlets given by number."""
    block, brand = np.divmod(outlet, len(world.brands))
    place = (block + 0.5) / np.ceil(outlets / len(world.brands))
    ends = np.cumsum(list(world.regions.values()))[:-1]
    return {"region": np.searchsorted(ends, place), "brand": brand}


def _people(
    world: World, n: int, outlets: int, seed: int, skewed: bool
) -> tuple[dict[str, IntArray], IntArray, IntArray]:
    """Codes of every group (n,), outlet (n,), segment (n,): evenly over outlets x waves, groups by their rates."""
    rng = np.random.default_rng([PEOPLE, seed])
    cell = np.arange(n) * (outlets * len(world.waves)) // n
    outlet, wave = np.divmod(cell, len(world.waves))
    codes = {"wave": wave, **_places(world, outlet, outlets)}
    for name, shares in world.groups.items():
        rates = world.interview_rates.get(name, {}) if skewed else {}
        codes[name] = _choice([share * rates.get(level, 1.0) for level, share in shares.items()], n, rng)
    segment = _choice([one.share for one in world.segments.values()] or [1.0], n, np.random.default_rng([MORE, seed]))
    return codes, outlet, segment


def _choice(chances: list[float], n: int, rng: np.random.Generator) -> IntArray:
    ends = np.cumsum(chances)
    return np.searchsorted(ends[:-1] / ends[-1], rng.random(n), side="right")


def _effects(world: World, outlets: int, seed: int, network: Network) -> tuple[FloatArray, dict[str, FloatArray]]:
    """Climate (outlets,) and, by latent, the outlet effects that are its own (outlets,)."""
    rng = np.random.default_rng([OUTLETS, seed] if network == "sampled" else [OUTLETS, world.network_seed, 1])
    climate = rng.standard_normal(outlets)
    return climate, {name: one.outlet * rng.standard_normal(outlets) for name, one in world.equations.items()}


def _latents(
    world: World,
    codes: dict[str, IntArray],
    segment: IntArray,
    outlet: IntArray,
    effects: tuple[FloatArray, dict[str, FloatArray]],
    seed: int,
) -> tuple[dict[str, FloatArray], dict[str, FloatArray], IntArray]:
    """Latents (n,) by name; experiences (n,) in standard deviations, NaN where not used; state (n,) of a problem."""
    rng = np.random.default_rng([LATENTS, seed])
    n, (climate, outlet_effects) = outlet.size, effects
    own = {name: _own_part(point.used, n, rng) for name, point in world.touchpoints.items()}
    experience: dict[str, FloatArray] = {}
    state = np.zeros(n, dtype=np.intp)
    latents: dict[str, FloatArray] = {}
    for name, equation in world.equations.items():
        noise = world.residual if name == world.outcome else equation.noise
        value = world.shift(name, codes) + noise * rng.standard_normal(n)
        value += (equation.climate * climate + outlet_effects[name])[outlet]
        weights = world.weights if name == world.outcome else {}
        for source, slope in equation.sources.items():
            value += slope * (weights[source][segment] if source in weights else 1.0) * latents[source]
        if name == world.outcome:
            for key, point in world.touchpoints.items():
                system = latents[point.system] / world.sd[point.system]
                experience[key] = point.loading * system + np.sqrt(1 - point.loading**2) * own[key]
                value += world.unit * world.swings[key].beside(experience[key], system)
            if world.journey is not None:
                state = _states(world.journey, latents, n, seed)
                value += np.array([world.journey.bonus.get(one, 0.0) for one in world.journey.states])[state]
        latents[name] = value
    return latents, experience, state


def _own_part(used: float, n: int, rng: np.random.Generator) -> FloatArray:
    part = rng.standard_normal(n)
    part[rng.random(n) >= used] = np.nan
    return part


def _states(journey: Journey, latents: dict[str, FloatArray], n: int, seed: int) -> IntArray:
    """Code (n,) of what became of a problem."""
    rng = np.random.default_rng([PROBLEMS, seed])
    problem = rng.random(n) < chance(journey.problem, latents)
    complaint = problem & (rng.random(n) < chance(journey.complain, latents))
    resolved = 2 + _choice(list(journey.resolutions.values()), n, rng)
    return np.where(complaint, resolved, problem.astype(np.intp))
