"""Actions beside the attributes: the expectation as a whole, and measures that are weak."""

from __future__ import annotations

import numpy as np

from csresearch.models.averages import averaged
from csresearch.models.disconfirmation import Disconfirmation
from csresearch.models.measurement.judging import DISTINCT, RELIABLE
from csresearch.models.scores import Scores
from csresearch.result import Result
from csresearch.strategy.actions import SEVERAL, Action, Number, Reason, Strategy
from csresearch.strategy.evidence import FEW, Grade
from csresearch.strategy.facts import number_of, records

GOOD = 50.0  # points: an outcome above the middle of its scale is good
DIRECT, CONSTRUCTS, DISCRIMINANT = (
    "Disconfirmation.direct", "SatisfactionIndex.constructs", "SatisfactionIndex.discriminant",
)  # fmt: skip


def expectations(strategy: Strategy) -> list[Action]:
    """Find an experience that is good, and yet worse than expected for more customers than it is better."""
    found, scores = strategy.of(Disconfirmation), strategy.of(Scores)
    if found is None or "direct" not in found.tables or not len(found.draws("direct")):
        return []
    table = found.table("direct")
    worse, better = (int(np.flatnonzero((table["statistic"] == "share") & (table["category"] == c))[0])
                     for c in ("worse", "better"))  # fmt: skip
    more = averaged(found, "direct", {"worse": {worse: 1, better: -1}})
    if not more["conf_low"].iloc[0] > 0 or not _good(strategy, scores):
        return []
    numbers = [number_of(f"{table['category'][k]}_share", (str(table["term"][k]),), table.loc[k].to_dict(), DIRECT)
               for k in (worse, better)]  # fmt: skip
    many = min(number.n_effective for number in numbers) >= FEW
    return [Action(rule="manage_expectation", term=str(table["term"][worse]), numbers=tuple(numbers),
                   change=(("change.direct", {}),), grade=_one_survey(many=many))]  # fmt: skip


def _good(strategy: Strategy, scores: Result | None) -> bool:
    """Whether the outcome stands above the middle of its scale."""
    if scores is None:
        return False
    rows = scores.estimates("scores", statistic="points")
    about = (rows.reindex(columns=["construct", "item"]) == strategy.outcome).any(axis=1)
    return bool((rows.loc[about, "estimate"] > GOOD).any())


def _one_survey(*, many: bool) -> Grade:
    return Grade(letter="D" if many else "E", reasons=("cross_section",) if many else ("small_base",))


def weak_measures(index: Result | None) -> list[Action]:
    """Find constructs that are measured badly; and those that cannot be told apart, in one action."""
    if index is None:
        return []
    weak = [row for row in records(index, "constructs", "rho_c") if row["estimate"] < RELIABLE]
    alike = [row for row in records(index, "discriminant", "htmt") if row["estimate"] >= DISTINCT]
    alike.sort(key=lambda row: -row["estimate"])
    found = [("reliability", [number_of("reliability", (row["construct"],), row, CONSTRUCTS)]) for row in weak]
    pairs = [number_of("htmt", (row["construct"], row["versus"]), row, DISCRIMINANT) for row in alike]
    return [_measure(what, numbers) for what, numbers in (*found, ("htmt", pairs)) if numbers]


def _measure(what: str, numbers: list[Number]) -> Action:
    many = min(number.n_effective for number in numbers) >= FEW
    term = SEVERAL.join(dict.fromkeys(name for number in numbers for name in number.about))
    change: tuple[Reason, ...] = ((f"change.{what}", {}),)
    return Action(rule="fix_measure", term=term, numbers=tuple(numbers), grade=_one_survey(many=many), change=change)
