"""What if: attributes or constructs are moved, and what goes with it on the outcome, with the interval of the draws."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal, get_args

import numpy as np
import pandas as pd

from csresearch.inference.moments import Array
from csresearch.result import Result, same_replicates
from csresearch.show.phrase import Amount, Name, joined, phrase
from csresearch.show.specs import Bars
from csresearch.show.words import text
from csresearch.strategy.actions import Strategy
from csresearch.strategy.boxes import answers_of, box_points
from csresearch.strategy.levers import PLANNING, Change, Levers, Through, require_moves, spans, ways
from csresearch.vocabulary import Check, ordered

Unit = Literal["points", "top_box"]
SUBJECT = {"drivers": "attribute", "index": "construct"}


@dataclass(frozen=True, kw_only=True)
class WhatIf:
    """The moves that were asked for, and the way they were taken."""

    moves: Mapping[str, float]
    unit: Unit
    through: Through
    outcome: str = field(repr=False)


def what_if(
    results: Strategy | Result | Sequence[Result],
    *,
    moves: Mapping[str, float],
    unit: Unit = "points",
    through: Through | None = None,
    level: float | None = None,
) -> Result:
    """Move attributes or constructs and give what goes with it on the outcome, if the association holds.

    Parameters
    ----------
    results : Strategy, Result or sequence of Result
        A grid of derived importance, an index, or both, with bootstrap draws.
    moves : mapping of lever to move
        Points of 0-100, or percentage points of the top box. A move is cut at the ceiling (for a fall: at the floor).
    unit : {"points", "top_box"}
        "top_box" (the two highest codes): answers enter the box the shortest way, those just below it first.
    through : {"drivers", "index"}, optional
        Slopes of the attributes, others held fixed; or the paths of the index, where what arrives at a construct from
        moves upstream counts towards its own move. Default: the way that knows all levers, the index if both do.
    level : float, optional
        Of the intervals; default: that of the result.

    Returns
    -------
    Result
        Tables `outcome` (before, after, change, planning: the lower fifth of the draws; apart: sum of the single
        changes; overlap: apart less change) and `moves` (asked, applied, effect of a point, alone: change by this move
        alone). `.draws("outcome")` are those of the joint change.

    Raises
    ------
    ValueError
        No moves, an unknown lever, a move that is no finite number, results without bootstrap draws or of different
        replicates, a top box that a lever does not have.

    Examples
    --------
    >>> from csresearch import ImportancePerformance, Sample
    >>> random = np.random.default_rng(1)
    >>> frame = pd.DataFrame(random.integers(1, 11, size=(200, 2)), columns=["speed", "price"])
    >>> frame["overall"] = ((2 * frame["speed"] + frame["price"]) / 3).round()
    >>> model = ImportancePerformance(outcome="overall", attributes=("speed", "price"))
    >>> grid = model.fit(Sample.from_frame(frame, scale=(1, 10)))
    >>> found = what_if(grid, moves={"speed": 6, "price": 3})
    >>> found.wide("outcome")[["change", "planning"]].round(1).to_numpy().tolist()
    [[5.0, 5.0]]
    """
    chosen = chosen_results(results)
    if unit not in get_args(Unit):
        raise ValueError(f"unit={unit!r}: allowed are {', '.join(get_args(Unit))}")
    if level is not None and not 0.5 < level < 1:
        raise ValueError(f"level={level}: a confidence level lies between 0.5 and 1, such as 0.95")
    levers = levers_for(chosen, moves, through=through)
    asked = _Asked.of(levers, moves, unit)
    return _answer(levers, asked, levers.result.level if level is None else level)


def levers_for(results: Sequence[Result], moves: Mapping[str, float], *, through: Through | None = None) -> Levers:
    """Take the levers of the way asked for, else of the way that knows all names, the index first."""
    if through is not None:
        return Levers.of(results, through=through)
    found: list[Levers] = []
    for way in reversed(ways(results) or ("drivers",)):  # without any way the first refuses, with what is needed
        found.append(Levers.of(results, through=way))
        if moves and set(moves) <= set(found[-1].names):
            return found[-1]
    names = list(dict.fromkeys(name for levers in reversed(found) for name in levers.names))
    require_moves(moves, names, where="here")
    listed = "; ".join(f"{levers.through}: {', '.join(levers.names)}" for levers in reversed(found))
    raise ValueError(f"no one way knows all of {', '.join(moves)}; move the levers of one way at a time: {listed}")


def chosen_results(results: Strategy | Result | Sequence[Result]) -> tuple[Result, ...]:
    """Take results of a strategy, one or several, of the same replicates."""
    if isinstance(results, Strategy):
        return results.results
    chosen = (results,) if isinstance(results, Result) else tuple(results)
    if not chosen:
        raise ValueError("what_if needs results: fit ImportancePerformance() or SatisfactionIndex()")
    same_replicates([r for r in chosen if r.replicates_id is not None])
    return chosen


@dataclass(frozen=True, kw_only=True)
class _Asked:
    """Moves as they were asked, and in points, the same in all draws or each its own.

    `shares` are moves of the top box after the cut, `applied` those in points; `cut` are the levers cut at an end.
    """

    given: Mapping[str, float]
    unit: Unit
    points: Mapping[str, float]
    drawn: Mapping[str, Array] = field(default_factory=dict)
    shares: Mapping[str, float] = field(default_factory=dict)
    applied: Mapping[str, float]
    cut: tuple[str, ...]
    answered: int = 0

    @classmethod
    def of(cls, levers: Levers, moves: Mapping[str, float], unit: Unit) -> _Asked:
        """Cut moves at ceiling and floor; turn shares of the top box into points, in each draw."""
        require_moves(moves, levers.names, where=f"through={levers.through!r}")
        if unit == "top_box":
            return cls._of_boxes(levers, moves)
        applied = levers.applied(moves)
        cut = tuple(name for name in moves if applied[name] != moves[name])
        return cls(given=moves, unit=unit, points=moves, applied=applied, cut=cut)

    @classmethod
    def _of_boxes(cls, levers: Levers, moves: Mapping[str, float]) -> _Asked:
        by = levers.result.precision.replicates
        spread = {name: answers_of(levers.sample, name, replicates=by) for name in moves}
        shares = {name: spread[name].cut(move / 100) for name, move in moves.items()}
        points = {name: float(box_points(spread[name].point[None], share)[0]) for name, share in shares.items()}
        return cls(
            given=moves, unit="top_box", points=points, shares=shares, applied=levers.applied(points),
            drawn={name: box_points(spread[name].draws, share) for name, share in shares.items()},
            cut=tuple(name for name, share in shares.items() if share != moves[name] / 100),
            answered=min(answers.n_obs for answers in spread.values()),
        )  # fmt: skip

    def change(self, levers: Levers, names: Sequence[str]) -> Change:
        """Take some of the moves together."""
        drawn = {name: self.drawn[name] for name in names if name in self.drawn}
        return levers.change({name: self.points[name] for name in names}, drawn=drawn)

    def why(self, levers: Levers, name: str) -> str:
        """Why a move was cut; else that it is a decision."""
        if name not in self.cut:
            return phrase("reason.decision")
        end = "ceiling" if self.given[name] > 0 else "floor"
        return phrase(f"reason.cut_{end}", fields={"current": Amount(levers.current[name], "points")})


def _answer(levers: Levers, asked: _Asked, level: float) -> Result:
    """Join tables, draws, checks and words to a result."""
    joint = asked.change(levers, list(asked.given))
    alone = {name: asked.change(levers, [name]) for name in asked.given}
    outcome, draws = _outcome_rows(levers, joint, alone).made(level)
    moved, single = _move_rows(levers, asked, alone).made(level)
    model = WhatIf(moves=dict(asked.given), unit=asked.unit, through=levers.through, outcome=levers.outcome)
    behind = levers.result
    return Result(
        model=model, sample=levers.sample, n_obs=behind.n_obs, n_effective=float(outcome["n_effective"].median()),
        precision=replace(behind.precision, level=level, deviations={}), frames={"outcome": outcome, "moves": moved},
        samples={"outcome": draws, "moves": single}, found=tuple(_judged(levers, asked, joint, outcome)),
        estimator=_said(levers, asked), references=behind.references, pictures={"moves": _picture},
    )  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class _Rows:
    """Rows of a table with their draws, as they come."""

    levers: Levers
    rows: list[dict[str, object]] = field(default_factory=list)
    numbers: list[Change | None] = field(default_factory=list)

    def add(self, number: Change, *, base: tuple[int, float], **keys: str) -> None:
        """Add a number that has an interval."""
        self._append(number, base, "bootstrap, joint draws", {"unit": "points", **keys, "estimate": number.estimate})

    def fix(self, value: float, *, reason: str, base: tuple[int, float], **keys: str) -> None:
        """Add a number without an interval of its own, the same in every draw."""
        self._append(None, base, "none", {"unit": "points", **keys, "estimate": value, "reason": reason})

    def _append(self, number: Change | None, base: tuple[int, float], method: str, keys: dict[str, object]) -> None:
        df = min(self.levers.result.precision.df.values())
        self.rows.append({**keys, "df": df, "n_obs": base[0], "n_effective": base[1], "method": method})
        self.numbers.append(number)

    def made(self, level: float) -> tuple[pd.DataFrame, Array]:
        """Give the table and its draws, shape (r, rows); all intervals at once."""
        places = [place for place, number in enumerate(self.numbers) if number is not None]
        found = spans([number for number in self.numbers if number is not None], level=level)
        reasons = dict(zip(places, found.reason, strict=True))
        ends = np.full((3, len(self.rows)), np.nan)
        ends[:, places] = found.low, found.high, [n.std_error for n in self.numbers if n is not None]
        draws = [
            np.full(len(self.levers.draws), row["estimate"]) if number is None else number.draws
            for row, number in zip(self.rows, self.numbers, strict=True)
        ]
        frame = pd.DataFrame([{**row, "reason": row.get("reason", reasons.get(k))} for k, row in enumerate(self.rows)])
        return ordered(frame.assign(conf_low=ends[0], conf_high=ends[1], std_error=ends[2])), np.stack(draws, axis=1)


def _outcome_rows(levers: Levers, joint: Change, alone: Mapping[str, Change]) -> _Rows:
    """Before, after, change, planning value, sum of the single changes and overlap."""
    place, bases = len(levers.names), _bases(levers)
    before = Change(
        estimate=float(levers.point[place]), draws=levers.draws[:, place],
        std_error=float(np.linalg.norm(levers.deviations[:, place])), precision=joint.precision,
    )  # fmt: skip
    own, moved = bases[levers.outcome], min((bases[name] for name in alone), key=lambda base: base[1])
    apart = _sum(list(alone.values()))
    rows = _Rows(levers=levers)
    rows.add(before, base=own, term=levers.outcome, statistic="before")
    rows.add(_sum([before, joint]), base=own, term=levers.outcome, statistic="after")
    rows.add(joint, base=moved, term=levers.outcome, statistic="change")
    words = phrase("reason.planning", fields={"share": Amount(PLANNING, "share")})
    rows.fix(joint.planning, reason=words, base=moved, term=levers.outcome, statistic="planning")
    rows.add(apart, base=moved, term=levers.outcome, statistic="apart")
    rows.add(_sum([apart, joint], signs=(1, -1)), base=moved, term=levers.outcome, statistic="overlap")
    return rows


def _sum(parts: Sequence[Change], signs: Sequence[float] | None = None) -> Change:
    """Add changes draw by draw; their standard error is that of the draws."""
    signs = signs or (1,) * len(parts)
    draws = np.sum([s * p.draws for s, p in zip(signs, parts, strict=True)], axis=0)
    estimate = sum(s * p.estimate for s, p in zip(signs, parts, strict=True))
    good = draws[np.isfinite(draws)]
    error = float(good.std(ddof=1)) if len(good) > 1 else float("nan")
    return Change(estimate=float(estimate), draws=draws, std_error=error, precision=parts[0].precision)


def _bases(levers: Levers) -> dict[str, tuple[int, float]]:
    """Respondents, and effective ones, behind the effect of each lever and the level of the outcome."""
    parts = {
        "drivers": (("grid", "effect"), ("outcome", "performance")),
        "index": (("importance_performance", "importance"), ("index", "index")),
    }[levers.through]
    found: dict[str, tuple[int, float]] = {}
    for table, statistic in parts:
        rows = levers.result.frames[table]
        rows = rows[rows["statistic"] == statistic]
        names = rows[next(c for c in ("attribute", "construct", "term") if c in rows)]
        for name, n_obs, n_effective in zip(names, rows["n_obs"], rows["n_effective"], strict=True):
            found.setdefault(str(name), (int(n_obs), float(n_effective)))
    return found


def _move_rows(levers: Levers, asked: _Asked, alone: Mapping[str, Change]) -> _Rows:
    """Each lever: asked, applied, effect of a point, and its change alone."""
    key, bases = SUBJECT[levers.through], _bases(levers)
    rows = _Rows(levers=levers)
    for name, move in asked.given.items():
        base, about, why = bases[name], {key: name}, asked.why(levers, name)
        decision = phrase("reason.decision")
        if asked.unit == "top_box":
            rows.fix(move / 100, reason=decision, base=base, **about, statistic="asked", unit="share")
            rows.fix(asked.shares[name], reason=why, base=base, **about, statistic="applied", unit="share")
        else:
            rows.fix(float(move), reason=decision, base=base, **about, statistic="asked")
        rows.fix(asked.applied[name], reason=why, base=base, **about, statistic="applied")
        rows.add(levers.per_point(name), base=base, **about, statistic="effect", unit="per_point")
        rows.add(alone[name], base=base, **about, statistic="alone")
    return rows


def _judged(levers: Levers, asked: _Asked, joint: Change, outcome: pd.DataFrame) -> list[Check]:
    """Check what could mislead: moves that were cut, an outcome at its end, an interval that holds 0."""
    cut = asked.cut
    after = levers.draws[:, len(levers.names)] + joint.draws
    capped = float(np.mean((after >= 100) | (after <= 0)))
    low, high = outcome.loc[outcome["statistic"] == "change", ["conf_low", "conf_high"]].iloc[0]
    holds = not (low > 0 or high < 0)  # an interval that is missing tells nothing from 0
    digits: Literal["points", "per_point"] = "points" if abs(joint.estimate) >= 1 else "per_point"
    return [
        Check(check="moves_cut", passed=not cut, value=len(cut), threshold=0,
              text=phrase("check.moves_cut", fields={"levers": Name(cut)}, labels=levers.sample.label) if cut
              else phrase("check.moves_whole")),
        Check(check="outcome_capped", passed=capped == 0, value=capped, threshold=0,
              text=phrase("check.outcome_capped", fields={"share": Amount(capped, "share")})),
        Check(check="change_separable", passed=not holds, value=joint.estimate, threshold=0,
              text=phrase("check.change_unclear" if holds else "check.change_clear",
                          fields={"change": Amount(joint.estimate, digits, float(low), float(high))})),
    ]  # fmt: skip


def _said(levers: Levers, asked: _Asked) -> str:
    """Say in a paragraph how the moves were taken."""
    parts = [phrase(f"what_if.method_{levers.through}", fields={"outcome": Name((levers.outcome,))},
                    labels=levers.sample.label)]  # fmt: skip
    if asked.unit == "top_box":
        parts.append(phrase("what_if.method_top_box", fields={"n": Amount(asked.answered, "money")}))
    return joined(*parts, phrase("what_if.method_planning"))


def _picture(result: Result, language: str) -> Bars:
    """Draw each move alone, and all together."""
    rows = result.estimates("moves", statistic="alone")
    whole = result.estimates("outcome", statistic="change")
    names = rows["attribute" if "attribute" in rows else "construct"]
    model = result.model
    outcome = model.outcome if isinstance(model, WhatIf) else ""
    both = pd.concat([rows, whole], ignore_index=True)
    joint = text("what_if.together", language)
    return Bars(
        labels=(*(result.label(name, language=language) for name in names), joint),
        values=tuple(both["estimate"]), low=tuple(both["conf_low"]), high=tuple(both["conf_high"]), unit="points",
        axis_title=text("what_if.axis", language, fields={"outcome": result.label(outcome, language=language)}),
        highlight=(joint,),
    )  # fmt: skip
