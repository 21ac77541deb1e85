"""Mystery visits by checklist: what happened at an outlet, and what one or two shoppers noted of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass

import numpy as np
import pandas as pd

from csresearch.demo.sources.source import MYSTERY, Source, intraclass, kappa

SHOPPERS = 12


@dataclass(frozen=True, kw_only=True)
class VisitPlan:
    """How outlets are visited; standard deviations are in logits of a passed item.

    Parameters
    ----------
    visits : int
        To each outlet; the waves are gone through in turn.
    items : mapping of str to float
        Share passed at an average outlet, on a visit without luck or bad luck.
    critical : tuple of str
        Items that fail the whole visit.
    between, visit, shopper, slip : float
        Outlets; visits to one outlet; leniency of shoppers; what one shopper sees and another does not, per item.
    agreement : float
        Correlation of the outlet's true standard with its true level of service as customers get it.
    not_applicable, doubled : float
        Shares of items and of visits; a doubled visit is noted by two shoppers.
    """

    visits: int
    items: Mapping[str, float]
    critical: tuple[str, ...]
    between: float = 0.53
    visit: float = 0.50
    shopper: float = 0.30
    slip: float = 0.43
    agreement: float = 0.64
    not_applicable: float = 0.08
    doubled: float = 0.20


def mystery_visits(places: pd.DataFrame, plan: VisitPlan, *, seed: int) -> Source:
    """Visit every outlet.

    Parameters
    ----------
    places : DataFrame
        A row an outlet and wave: `outlet`, `wave`, and `service`, its true level of service in that wave.
    plan : VisitPlan
    seed : int

    Returns
    -------
    Source
        Table `mystery`: `visit outlet wave shopper`, an item a column (1 passed, 0 failed, empty if it did not apply)
        and `impression`, 1-10; a doubled visit has two rows.

    Examples
    --------
    >>> places = pd.DataFrame({"outlet": ["D1", "D2"], "wave": "2026H1", "service": [0.3, -0.3]})
    >>> plan = VisitPlan(visits=2, items={"greeted": 0.9, "price_told": 0.7}, critical=("price_told",), doubled=0.0)
    >>> mystery_visits(places, plan, seed=1).tables["mystery"].shape
    (4, 7)
    """
    generating = asdict(plan) | {"items": dict(plan.items), "shoppers": SHOPPERS}
    return Source(tables={"mystery": _visits(places, plan, seed)}, generating=generating)


def visit_values(frame: pd.DataFrame, places: pd.DataFrame, plan: VisitPlan) -> dict[str, object]:
    """Estimators of mystery research on visits: scores, their reliability, their agreement with the level of service.

    Returns
    -------
    dict
        `score` of a visit in points and its sd; `icc` of one visit's score between outlets; `kappa` of two shoppers on
        the items of one visit; `critical_failed`, share of visits; `passed` by item; `correlation_service` of the mean
        score of an outlet with its true service.
    """
    names = list(plan.items)
    frame = frame.assign(score=100 * frame[names].mean(axis=1))
    single = frame.drop_duplicates("visit")
    pairs = frame[frame.duplicated("visit", keep=False)]
    first, second = (pairs.groupby("visit")[names].nth(place).to_numpy() for place in (0, 1))
    both = ~np.isnan(first)
    service = places.groupby("outlet")["service"].mean()
    failed = (single[list(plan.critical)] == 0).any(axis=1)
    return {
        "score": float(single["score"].mean()),
        "score_sd": float(single["score"].std()),
        "icc": intraclass(single["score"], single["outlet"]),
        "kappa": kappa(first[both], second[both]) if both.any() else float("nan"),
        "critical_failed": float(failed.mean()),
        "passed": single[names].mean().to_dict(),
        "correlation_service": float(single.groupby("outlet")["score"].mean().corr(service)),
    }


def _visits(places: pd.DataFrame, plan: VisitPlan, seed: int) -> pd.DataFrame:
    rng = np.random.default_rng([MYSTERY, seed])
    outlets, waves = places["outlet"].unique(), places["wave"].unique()
    service = places.pivot(index="outlet", columns="wave", values="service").loc[outlets, waves].to_numpy()
    service = (service - service.mean()) / max(float(service.std()), 1e-12)
    own = np.sqrt(1 - plan.agreement**2) * rng.standard_normal(outlets.size)
    outlet, number = np.divmod(np.arange(outlets.size * plan.visits), plan.visits)
    wave = number * waves.size // plan.visits
    standard = plan.agreement * service[outlet, wave] + own[outlet]
    luck, share = rng.standard_normal(outlet.size), np.array(list(plan.items.values()))
    size = (outlet.size, share.size)
    fact = (
        (plan.between * standard + plan.visit * luck)[:, None] + np.log(share / (1 - share)) + rng.logistic(size=size)
    )
    fact[rng.random(size) < plan.not_applicable] = np.nan
    rows = np.sort(np.concatenate([np.arange(outlet.size), _doubled(outlet.size, plan.doubled, rng)]))
    lenient, shopper = rng.standard_normal(SHOPPERS), rng.integers(SHOPPERS, size=rows.size)
    again = np.flatnonzero(np.diff(rows) == 0) + 1
    shopper[again] = (shopper[again - 1] + rng.integers(1, SHOPPERS, again.size)) % SHOPPERS
    seen = (
        fact[rows] + plan.shopper * lenient[shopper][:, None] + plan.slip * rng.standard_normal((rows.size, share.size))
    )
    felt = 7.4 + 1.2 * (0.6 * standard[rows] + 0.3 * lenient[shopper] + 0.7 * rng.standard_normal(rows.size))
    about = pd.DataFrame(
        {
            "visit": rows + 1,
            "outlet": outlets[outlet[rows]],
            "wave": waves[wave[rows]],
            "shopper": [f"S{number + 1:02d}" for number in shopper],
        }
    )
    passed = pd.DataFrame(np.where(np.isnan(seen), np.nan, seen > 0), columns=list(plan.items))
    return pd.concat([about, passed, pd.Series(np.clip(np.rint(felt), 1, 10), name="impression")], axis=1)


def _doubled(visits: int, share: float, rng: np.random.Generator) -> np.ndarray:
    return rng.permutation(visits)[: round(share * visits)]
