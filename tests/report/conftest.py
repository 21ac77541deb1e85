"""A realistic list of nine exhibits, as the story of a mobile operator's survey would make them."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from csresearch.report.exhibit import Exhibit, Report
from csresearch.show.format import number
from csresearch.show.specs import (
    Action,
    Bars,
    BigNumber,
    Cards,
    Grid,
    Headlines,
    Section,
    TableSpec,
    Text,
)

BASE = (
    "all customers with a contract of three months or more, n = 1,200 (effective 940), wave 4, "
    "weighted by age, region and channel"
)
SOURCE = "Customer survey of a mobile operator, March 2026, online panel"
ATTRIBUTES = (
    "Technical quality of the network",
    "Reliability and accuracy of the bill",
    "Personal service and advice in the shop",
    "Price, given the quality",
    "Clarity of information about tariffs",
    "Speed of the answer to a complaint",
    "Range of services and products",
    "网络覆盖（地铁与乡村）",
    "Atención telefónica fuera de horario",
    "Ease of use of the app",
    "Roaming abroad without surprises",
    "Welcome to new customers",
)
ITEMS = tuple(
    f"{construct}: {wording}"
    for construct, wordings in {
        "Image": (
            "it can be trusted in what it says",
            "stable and well established",
            "contributes to society",
            "cares about its customers",
            "innovative and forward-looking",
        ),
        "Expectation": ("expected overall quality", "expected fit with personal needs", "expected frequency of faults"),
        "Quality": (
            "overall quality",
            "technical quality of the network",
            "customer service and advice offered by the operator in shops, by telephone and in the app",
            "quality of the services used",
            "range of services and products",
            "reliability and accuracy",
            "clarity of information",
        ),
        "Value": ("price, given the quality", "quality, given the price"),
        "Satisfaction": ("overall satisfaction", "fulfilment of expectations", "closeness to the ideal"),
        "Complaints": ("handling of complaints",),
        "Loyalty": ("would choose it again", "price tolerance", "would recommend it"),
    }.items()
    for wording in wordings
)


def tidy(model: str, key: str, names: tuple[str, ...], statistic: str, unit: str, values: np.ndarray) -> pd.DataFrame:
    """One row per number; values are columns estimate, low, high."""
    return pd.DataFrame(
        {
            "model": model,
            key: names,
            "statistic": statistic,
            "unit": unit,
            "estimate": values[:, 0],
            "conf_low": values[:, 1],
            "conf_high": values[:, 2],
            "p_value": np.nan,
            "n_obs": 1200,
            "n_effective": 940.28,
        }
    )


def _index() -> Exhibit:
    names = ("Satisfaction", "Loyalty", "Perceived quality", "Image", "Expectations", "Perceived value", "Complaints")
    centre = np.array([72.4567, 68.912, 74.113, 73.8, 75.2, 61.73, 66.4])
    half = np.array([1.61, 2.2, 1.5, 1.55, 1.3, 2.05, 3.2])
    values = np.column_stack([centre, centre - half * 1.05, centre + half * 0.95])
    bars = Bars(
        labels=names,
        values=tuple(centre),
        low=tuple(values[:, 1]),
        high=tuple(values[:, 2]),
        unit="points",
        axis_title="Index, 0 to 100, with 95% intervals",
        highlight=("Satisfaction",),
        reference=(70.1, "Market"),
    )
    return Exhibit(
        id="index.constructs",
        headline="Satisfaction stands at 72.5 of 100, two above the market; value for money is weak at 61.7.",
        frame=tidy("SatisfactionIndex", "construct", names, "index", "points", values),
        chart=bars,
        base=BASE,
        source=SOURCE,
        wording="Overall, how satisfied are you with your operator? 1 = very dissatisfied, 10 = very satisfied",
        notes="PLS path model, mode A, path scheme; unstandardised weights; 1,000 bootstrap draws.",
        alt="Bar chart of seven indices with intervals; satisfaction 72.5, perceived value lowest at 61.7.",
    )


def _drivers() -> Exhibit:
    names = ATTRIBUTES[:6]
    centre = np.array([0.331, 0.214, 0.173, 0.142, 0.089, 0.051])
    values = np.column_stack([centre, centre - 0.032, centre + 0.041])
    bars = Bars(
        labels=names,
        values=tuple(centre),
        low=tuple(values[:, 1]),
        high=tuple(values[:, 2]),
        unit="share",
        axis_title="Share of the explained variance of satisfaction (LMG), R² = 0.68 [0.64, 0.71]",
    )
    return Exhibit(
        id="drivers.importance",
        headline="The network carries a third of what explains satisfaction (33%), twice as much as price.",
        frame=tidy("Drivers", "term", names, "lmg_share", "share", values),
        chart=bars,
        base=BASE,
        source=SOURCE,
        notes="LMG over all orders (Lindeman, Merenda and Gold 1980).",
        alt="Bar chart of six drivers with intervals; network 33 %, billing 21 %.",
        flags=("Importance is association, not effect: no part of the service was varied at random.",),
    )


def _grid() -> Exhibit:
    random = np.random.default_rng(5)
    x = np.array([71.2, 78.5, 74.3, 62.2, 66.4, 64.9, 80.4, 70.7, 68.1, 81.8, 63.0, 76.9])
    y = np.array([0.171, 0.122, 0.109, 0.127, 0.112, 0.098, 0.041, 0.092, 0.031, 0.052, 0.024, 0.021])
    sd_x, sd_y = random.uniform(0.5, 1.0, 12), random.uniform(0.006, 0.012, 12)
    grid = Grid(
        labels=ATTRIBUTES,
        x=tuple(x),
        y=tuple(y),
        x_unit="points",
        y_unit="share",
        x_title="Performance, 0 to 100",
        y_title="Importance, share of R²",
        x_cut=float(x.mean()),
        y_cut=float(y.mean()),
        quadrants=("Concentrate here", "Keep up the good work", "Low priority", "Possible overkill"),
        x_low=tuple(x - 1.96 * sd_x),
        x_high=tuple(x + 1.96 * sd_x),
        y_low=tuple(y - 1.96 * sd_y),
        y_high=tuple(y + 1.96 * sd_y),
        border=tuple(abs(x - x.mean()) < 1.6),
    )
    frame = pd.DataFrame(
        {
            "attribute": np.repeat(ATTRIBUTES, 2),
            "statistic": ["performance", "importance"] * 12,
            "unit": ["points", "share"] * 12,
            "estimate": np.column_stack([x, y]).ravel(),
            "conf_low": np.column_stack([x - 1.96 * sd_x, y - 1.96 * sd_y]).ravel(),
            "conf_high": np.column_stack([x + 1.96 * sd_x, y + 1.96 * sd_y]).ravel(),
        }
    )
    return Exhibit(
        id="grid.map",
        headline="Two attributes lie firmly in the action corner: price, given the quality, and clarity about tariffs.",
        frame=frame,
        chart=grid,
        base=BASE,
        source=SOURCE,
        wording="How would you rate your operator on ...? 1 to 10",
        notes="Crosshair at the grand mean of both measures.",
        alt="Scatter of twelve attributes by performance and importance; two lie in the action corner.",
    )


def _answer() -> Exhibit:
    numbers = (
        BigNumber(label="Satisfaction index", number="72.5", ends="[70.8, 74.1]", note="0 to 100; market 70.1"),
        BigNumber(label="Net promoter score", number="23%", ends="[19%, 28%]", note="promoters less detractors"),
        BigNumber(label="Within reach in a year", number="+3.1", ends="[+1.9, +4.3]", note="three moves together"),
    )
    return Exhibit(
        id="answer",
        headline="Customers are content but not won: satisfaction is 72.5; three moves are worth 3.1 points.",
        frame=pd.DataFrame(
            {
                "statistic": ["index", "nps", "uplift"],
                "unit": ["points", "share", "points"],
                "estimate": [72.4567, 0.2341, 3.1],
                "conf_low": [70.8, 0.19, 1.9],
                "conf_high": [74.1, 0.28, 4.3],
            }
        ),
        chart=Headlines(
            numbers=numbers,
            moves_title="Three moves",
            moves=(
                "Rewrite tariffs and bills so that a customer can foresee the next bill (+1.4 points).",
                "Repair the network in the country before opening shops: it carries a third of satisfaction.",
                "Answer every complaint within two days; silent customers leave twice as often as those who "
                "got an answer, whatever it was.",
            ),
        ),
        base=BASE,
        source=SOURCE,
        alt="Satisfaction 72.5, NPS 23 %, three moves worth 3.1 points.",
    )


def _sample() -> Exhibit:
    rows = (
        ("Invited", 4800, 1.0, "drawn at random in 12 regions"),
        ("Answered", 1312, 0.273, "response 27%"),
        ("Excluded: too few answers", 71, 0.054, "less than half of the items"),
        ("Excluded: straight lines", 41, 0.031, "same answer to 20 items or more"),
        ("Used", 1200, 0.915, "of those who answered"),
    )
    table = TableSpec(
        titles=("Step", "Customers", "Share", "Rule"),
        sides=("left", "right", "right", "left"),
        rows=tuple((step, number(n, "money"), number(share, "share"), rule) for step, n, share, rule in rows),
    )
    frame = pd.DataFrame(
        {
            "category": [row[0] for row in rows],
            "statistic": "count",
            "unit": "none",
            "estimate": [float(row[1]) for row in rows],
        }
    )
    return Exhibit(
        id="sample.flow",
        headline="1,200 of 1,312 answers can be used; weights cost a fifth of their precision.",
        frame=frame,
        chart=table,
        base=BASE,
        source=SOURCE,
        alt="Table of five steps from 4,800 invited to 1,200 used.",
        notes="Raking on age, region and channel; design effect 1.28.",
    )


def _actions() -> Exhibit:
    actions = (
        Action(
            title="Make the next bill foreseeable",
            grade="C: association, replicated in two waves",
            reason="Clarity about tariffs is in the action corner: performance 66.4 (mean 71.5), importance 11%.",
            support="93%",
            uplift="+1.4",
            expected="[+0.8, +2.1] points, expected",
            owner="Head of tariffs",
            change="a test of the new bill without effect",
        ),
        Action(
            title="Repair the network where it fails first",
            grade="B: natural experiment",
            reason="The network carries 33% of explained satisfaction; customers in repaired cells gained 2.3 points.",
            support="88%",
            uplift="+1.1",
            expected="[+0.4, +1.9] points, expected",
            owner="Network operations",
            change="no gain in the next 40 cells",
        ),
        Action(
            title="Answer complaints within two days",
            grade="C: association",
            reason="Silent customers leave at 53%, those answered quickly at 34%.",
            support="61%",
            uplift="+0.6",
            expected="[−0.1, +1.3] points, expected",
            owner="Customer service",
            change="a resolution rate above 80% without fewer losses",
        ),
    )
    return Exhibit(
        id="actions",
        headline="Three actions together are worth 3.1 points [1.9, 4.3]; the first two are firm.",
        frame=pd.DataFrame(
            {
                "term": [a.title for a in actions],
                "statistic": "uplift",
                "unit": "points",
                "estimate": [1.42, 1.1, 0.6],
                "conf_low": [0.8, 0.4, -0.1],
                "conf_high": [2.1, 1.9, 1.3],
            }
        ),
        chart=Cards(actions=actions),
        base=BASE,
        source=SOURCE,
        alt="Three actions with expected effect, evidence and owner.",
    )


def _method() -> Exhibit:
    sections = (
        Section(
            title="How the numbers were made",
            lines=(
                "Index: PLS path model, mode A, path scheme; unstandardised weights on the ends of the scale.",
                "Importance: LMG shares over all orders of the drivers; they stand with R².",
                "Intervals: 1,000 bootstrap draws of respondents, raking redone in each; expanded percentile at 95%.",
            ),
        ),
        Section(
            title="What the numbers do not say",
            lines=(
                "Importance is association: whoever changes a driver may see less, or nothing.",
                "Recalled expectations are coloured by the experience and serve only as description.",
                "Panels miss customers who are never online: 6% of contracts.",
            ),
        ),
        Section(
            title="Evidence grades",
            lines=(
                "A: experiment. B: natural experiment with a comparison group. C: association, replicated. D: opinion.",
            ),
        ),
    )
    return Exhibit(
        id="method",
        headline="Every number carries its uncertainty; what it cannot carry is said here, in plain words.",
        frame=pd.DataFrame(
            {
                "check": ["converged", "unidimensional"],
                "passed": [True, True],
                "value": [7.0, 0.91],
                "threshold": [300.0, 0.7],
                "text": ["7 of 300 iterations", "lowest rho A"],
            }
        ),
        chart=Text(sections=sections),
        source=SOURCE,
        alt="Method and limits in three sections.",
    )


def _items() -> Exhibit:
    random = np.random.default_rng(2)
    mean, sd = random.uniform(6.1, 8.4, 24), random.uniform(1.4, 2.3, 24)
    table = TableSpec(
        titles=("Item", "Mean (1 to 10)", "SD", "Top 2 boxes", "Answered"),
        sides=("left", "right", "right", "right", "right"),
        rows=tuple(
            (name, number(a, "points"), number(b, "sd"), number(c, "share"), number(1.0 - k / 300, "share"))
            for k, (name, a, b, c) in enumerate(zip(ITEMS, mean, sd, random.uniform(0.2, 0.6, 24), strict=True))
        ),
    )
    return Exhibit(
        id="items",
        headline="All 24 items were answered by 92% or more; means lie between 6 and 8.4.",
        frame=pd.DataFrame({"item": ITEMS, "statistic": "mean", "unit": "points", "estimate": mean}),
        chart=table,
        base=BASE,
        source=SOURCE,
        alt="Table of 24 items with mean, SD, top boxes and share answered.",
    )


def _segments() -> Exhibit:
    names = ("Contract", "Prepaid", "Business", "Young")
    values = np.array([[1.8, 0.6, 3.0], [-2.4, -4.1, -0.7], [0.4, -1.9, 2.7], [np.nan, np.nan, np.nan]])
    return Exhibit(
        id="segments",
        headline="Prepaid customers lie 2.4 points below the average; the other gaps are within chance.",
        frame=tidy("SatisfactionIndex", "segment", names, "index", "points", values),
        chart=Bars(
            labels=names,
            values=tuple(values[:, 0]),
            low=tuple(values[:, 1]),
            high=tuple(values[:, 2]),
            unit="points",
            axis_title="Difference from the average, points",
            highlight=("Prepaid",),
        ),
        base=BASE,
        source=SOURCE,
        alt="Bars of differences; prepaid -2.4.",
        flags=("Young: fewer than 30 effective answers, not shown.", "Four comparisons; p-values adjusted by Holm."),
    )


@pytest.fixture(scope="session")
def exhibits() -> list[Exhibit]:
    """Nine exhibits of all kinds."""
    return [
        _answer(),
        _sample(),
        _index(),
        _drivers(),
        _segments(),
        _grid(),
        _actions(),
        _method(),
        _items(),
    ]


@pytest.fixture(scope="session")
def report(exhibits: list[Exhibit]) -> Report:
    """A report of them."""
    return Report(exhibits=tuple(exhibits), title="Mobile", subtitle="Wave 4")
