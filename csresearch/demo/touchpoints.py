"""A plain world of touchpoints with known penalties and rewards: musts, delights and what is between them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd


@dataclass(frozen=True, kw_only=True)
class Contrast:
    """What a low (6 and under) and a high (9 and over) answer are worth on the outcome of 1-10; the mean answer."""

    penalty: float
    reward: float
    mean: float = 7.5


CONTRASTS: Mapping[str, Contrast] = {
    "fixed_first_time": Contrast(penalty=-0.74, reward=0.14, mean=8.0),
    "honest_price": Contrast(penalty=-0.61, reward=0.20, mean=7.1),
    "parts_available": Contrast(penalty=-0.54, reward=0.16, mean=7.7),
    "on_time": Contrast(penalty=-0.41, reward=0.41, mean=7.2),
    "advisor": Contrast(penalty=-0.38, reward=0.43),
    "explanation": Contrast(penalty=-0.27, reward=0.34),
    "booking": Contrast(penalty=-0.30, reward=0.27),
    "status_update": Contrast(penalty=-0.11, reward=0.54, mean=6.8),
    "pick_up": Contrast(penalty=-0.07, reward=0.61, mean=7.4),
    "follow_up": Contrast(penalty=-0.08, reward=0.30, mean=7.0),
    "facility": Contrast(penalty=-0.14, reward=0.14),
    "lounge": Contrast(penalty=-0.05, reward=0.08),
}
"""Three musts, two delights, one touchpoint of next to no effect; the rest lies between."""

HALO, SPREAD, BASE, NOISE = 0.6, 1.7, 7.6, 0.9


def penalty_reward_study(
    *, n: int = 4_800, seed: int, contrasts: Mapping[str, Contrast] = CONTRASTS, rounded: bool = True
) -> pd.DataFrame:
    """Interview `n` customers about touchpoints whose low and high answers move the outcome by known amounts.

    Parameters
    ----------
    n, seed : int
    contrasts : mapping of touchpoint to Contrast
    rounded : bool
        Whole answers of the outcome held to 1-10, where the ceiling takes some of the rewards away; or without ends.

    Returns
    -------
    DataFrame
        A column a touchpoint, whole answers from 1 to 10, and `overall`.

    Examples
    --------
    >>> frame = penalty_reward_study(n=500, seed=1)
    >>> frame.shape, bool(frame["overall"].between(1, 10).all())
    ((500, 13), True)
    """
    random = np.random.default_rng([12, seed])
    halo = random.standard_normal(n)
    overall = BASE + NOISE * random.standard_normal(n)
    columns: dict[str, np.ndarray] = {}
    for name, contrast in contrasts.items():
        own = np.sqrt(1 - HALO**2) * random.standard_normal(n)
        answer = np.clip(np.rint(contrast.mean + SPREAD * (HALO * halo + own)), 1, 10)
        overall += contrast.penalty * (answer <= 6) + contrast.reward * (answer >= 9)
        columns[name] = answer
    columns["overall"] = np.clip(np.rint(overall), 1, 10) if rounded else overall
    return pd.DataFrame(columns)
