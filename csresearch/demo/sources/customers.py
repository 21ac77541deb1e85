"""Customers over the months: tenure, spending, who left when, and why the lost ones say they left."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field

import numpy as np
import pandas as pd

from csresearch.demo.sources.source import CUSTOMERS, Source, kappa

MONTHS, MEAN_TENURE = 24, 3  # months followed at most; years from which tenure counts


@dataclass(frozen=True, kw_only=True)
class ChurnPlan:
    """What leaving depends on: the logit of leaving within twelve months.

    Parameters
    ----------
    intercept, satisfaction, image, tenure : float
        Of the logit; slopes are per standard deviation, tenure per year beyond three.
    states : mapping of str to float
        Shift of the logit by what became of a problem.
    spend, spend_sd, spend_slope : float
        Yearly spending: mean in yuan, sd of its log, and the rise of the log per standard deviation of satisfaction.
    reasons : mapping of str to float
        Reasons of lost customers and their shares.
    coder_slip : float
        Share of reasons that a coder files at random.
    """

    intercept: float = -1.25
    satisfaction: float = -0.80
    image: float = -0.25
    tenure: float = -0.05
    states: Mapping[str, float] = field(
        default_factory=lambda: {
            "none": 0.0,
            "silent": 0.90,
            "quick": 0.10,
            "slow": 0.50,
            "unresolved": 1.30,
        }
    )
    spend: float = 1_700.0
    spend_sd: float = 0.50
    spend_slope: float = 0.10
    reasons: Mapping[str, float] = field(
        default_factory=lambda: {
            "price": 0.26,
            "service": 0.24,
            "quality": 0.18,
            "moved": 0.14,
            "competitor": 0.12,
            "no_need": 0.06,
        }
    )
    coder_slip: float = 0.10

    def probability(self, people: pd.DataFrame, tenure_years: np.ndarray) -> np.ndarray:
        """Probability (n,) of leaving within twelve months."""
        logit = self.intercept + self.satisfaction * people["satisfaction"] + self.image * people["image"]
        logit += people["state"].map(dict(self.states)).astype(float) + self.tenure * (tenure_years - MEAN_TENURE)
        return np.asarray(1 / (1 + np.exp(-logit)))


def followed(people: pd.DataFrame, plan: ChurnPlan, *, seed: int) -> pd.DataFrame:
    """Follow customers from their interview on, by the month.

    Parameters
    ----------
    people : DataFrame
        `customer`, `outlet`, `satisfaction` and `image` in standard deviations, `state` of a problem.
    plan : ChurnPlan
    seed : int

    Returns
    -------
    DataFrame
        `customer outlet since` (months a customer before the interview: those who had left by then are not in the
        survey, which truncates on the left), `months` followed (12 to 24 unless he left), `left`, `left_12`
        (within twelve months) and `spend`, yuan a year.

    Examples
    --------
    >>> people = pd.DataFrame({"customer": [1, 2], "outlet": "D1", "satisfaction": [1.0, -1.0], "image": 0.0,
    ...                        "state": ["none", "silent"]})
    >>> followed(people, ChurnPlan(), seed=1)["months"].between(1, 24).all().item()
    True
    """
    rng = np.random.default_rng([CUSTOMERS, seed])
    n = len(people)
    since = np.minimum(rng.geometric(1 / 40, n), 180)
    ends = rng.integers(12, MONTHS, n, endpoint=True)
    month = np.arange(MONTHS)
    yearly = np.stack([plan.probability(people, (since + ahead) / 12) for ahead in month], axis=1)
    leaves = rng.random((n, MONTHS)) < 1 - (1 - yearly) ** (1 / 12)
    last = np.where(leaves.any(axis=1), leaves.argmax(axis=1) + 1, MONTHS + 1)
    log = plan.spend_slope * people["satisfaction"].to_numpy() + plan.spend_sd * rng.standard_normal(n)
    scale = plan.spend / np.exp((plan.spend_slope**2 + plan.spend_sd**2) / 2)
    return pd.DataFrame({
        "customer": people["customer"].to_numpy(), "outlet": people["outlet"].to_numpy(), "since": since,
        "months": np.minimum(last, ends), "left": (last <= ends).astype(np.int64),
        "left_12": (last <= 12).astype(np.int64), "spend": np.rint(scale * np.exp(log)).astype(np.int64),
    })  # fmt: skip


def customer_months(frame: pd.DataFrame) -> pd.DataFrame:
    """Take customers apart into their months, for a model of hazards.

    Returns
    -------
    DataFrame
        `customer outlet month tenure left`: `month` from 1, `tenure` in years at its start, `left` 1 in the month in
        which the customer left.

    Examples
    --------
    >>> one = pd.DataFrame({"customer": [7], "outlet": ["D1"], "since": [24], "months": [3], "left": [1]})
    >>> customer_months(one)["left"].tolist()
    [0, 0, 1]
    """
    rows = frame.loc[frame.index.repeat(frame["months"])].reset_index(drop=True)
    month = rows.groupby("customer").cumcount() + 1
    last = (month == rows["months"]) & (rows["left"] == 1)
    tenure = (rows["since"] + month - 1) / 12
    return rows[["customer", "outlet"]].assign(month=month, tenure=tenure, left=last.astype(np.int64))


def customers(people: pd.DataFrame, lost: pd.DataFrame, plan: ChurnPlan, *, seed: int) -> Source:
    """Follow the customers of a survey, and ask lost ones who were not in it.

    Parameters
    ----------
    people, lost : DataFrame
        See `followed`; those of `lost` who leave within the 24 months are asked why.

    Returns
    -------
    Source
        Table `customers`, see `followed`, and `lost`: the same columns and `reason_a`, `reason_b`, as two coders
        filed the answer.
    """
    gone = followed(lost, plan, seed=seed + 1)
    gone = gone[gone["left"] == 1].drop(columns="left_12").reset_index(drop=True)
    rng = np.random.default_rng([CUSTOMERS, seed, 1])
    names, share = list(plan.reasons), list(plan.reasons.values())
    true = rng.choice(names, size=len(gone), p=share)
    for coder in ("reason_a", "reason_b"):
        gone[coder] = np.where(rng.random(len(gone)) < plan.coder_slip, rng.choice(names, size=len(gone)), true)
    return Source(tables={"customers": followed(people, plan, seed=seed), "lost": gone}, generating=asdict(plan))


def churn_values(people: pd.DataFrame, frame: pd.DataFrame, lost: pd.DataFrame) -> dict[str, object]:
    """Shares that left within twelve months, in all and by the state of a problem; spending; agreement of coders."""
    by_state = frame["left_12"].groupby(people["state"].to_numpy()).mean()
    return {
        "left_12": float(frame["left_12"].mean()),
        "left_12_by_state": by_state.to_dict(),
        "spend": float(frame["spend"].mean()),
        "coder_kappa": kappa(lost["reason_a"], lost["reason_b"]),
    }
