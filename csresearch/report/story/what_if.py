"""What if, as exhibits: the moves within reach, what goes with them together, and a board to move them oneself."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from scipy import stats

from csresearch.inference.intervals import MAX_FAILED, SMALL_DF
from csresearch.report.exhibit import Exhibit
from csresearch.report.story.telling import Telling
from csresearch.result import Result
from csresearch.show.format import interval, number
from csresearch.show.specs import Board, TableSpec
from csresearch.show.words import text
from csresearch.strategy.actions import Strategy
from csresearch.strategy.levers import PLANNING, Levers, Through, ways
from csresearch.strategy.what_if import SUBJECT, what_if

USUAL = 5.0  # points, where no feasible move is known
IDS: Mapping[Through, str] = {"drivers": "strategy.what_if", "index": "strategy.what_if_paths"}


def what_if_exhibits(t: Telling) -> list[Exhibit]:
    """One exhibit for each way in which moves can be taken; none where intervals cannot come from the draws."""
    exhibits = []
    for way in ways(t.strategy.results):
        behind = next(r for r in t.strategy.results if way in ways([r]))
        by = behind.precision.replicates
        if by is not None and by.kind == "bootstrap" and min(behind.precision.df.values()) >= SMALL_DF:
            levers = Levers.of(t.strategy.results, through=way)
            if np.isnan(levers.draws).any(axis=1).mean() <= MAX_FAILED:
                exhibits.append(_exhibit(t, levers))
    return exhibits


def feasible_moves(levers: Levers, strategy: Strategy) -> dict[str, float]:
    """Take the moves that are recommended together, as far as they are levers here."""
    terms = () if strategy.joint is None else strategy.joint.terms
    moves = {action.term: action.uplift.move.points for action in strategy.actions if action.uplift is not None}
    return {name: moves[name] for name in terms if name in levers.names}


def _exhibit(t: Telling, levers: Levers) -> Exhibit:
    feasible = feasible_moves(levers, t.strategy)
    moves = levers.applied(feasible or dict.fromkeys(levers.names, USUAL))
    found = what_if(t.strategy, moves=moves, through=levers.through)
    outcome = found.table("outcome")
    change, planning = (found.estimates("outcome", statistic=name).iloc[0] for name in ("change", "planning"))
    table = _table(t, levers, found)
    rows = found.table("moves")
    kept = outcome[outcome["statistic"].isin(("before", "after", "change", "planning"))]
    frame = pd.concat([rows[rows["statistic"].isin(("applied", "alone"))], kept], ignore_index=True)
    words = {
        "count": len(moves), "change": t.ends(change), "outcome": t.label(levers.outcome),
        "planning": t.number(planning["estimate"], "points"),
        "move": number(USUAL, "none", t.language, signed=True),
        "way": text(f"what_if.way_{levers.through}", t.language),
    }  # fmt: skip
    key = "story_usual" if not feasible else "story" if len(moves) > 1 else "story_one"
    return Exhibit(
        id=IDS[levers.through], headline=text(f"what_if.{key}", t.language, fields=words), frame=frame,
        chart=board_of(levers, moves, table=table, labels=tuple(map(t.wording, levers.nodes))),
        base=t.base(rows), source=t.source, notes=t.methods(found), alt=t.tabled(table), flags=(t.say("limit_uplift"),),
    )  # fmt: skip


def _table(t: Telling, levers: Levers, found: Result) -> TableSpec:
    """Each lever: where it stands, its move, what goes with it; the last line takes all moves together."""
    alone = found.estimates("moves", statistic="alone").sort_values("estimate", ascending=False)
    moved = found.estimates("moves", statistic="applied").set_index(SUBJECT[levers.through])["estimate"]
    cells = [
        (t.label(name), t.number(levers.current[name], "points"),
         number(float(moved[name]), "points", t.language, signed=True), _signed(row, t.language))
        for name, (_, row) in zip(alone[SUBJECT[levers.through]], alone.iterrows(), strict=True)
    ]  # fmt: skip
    joint = found.estimates("outcome", statistic="change").iloc[0]
    cells.append((text("what_if.together", t.language), "", "", _signed(joint, t.language)))
    outcome = {"outcome": t.label(levers.outcome)}
    titles = tuple(text(f"what_if.{key}", t.language, fields=outcome) for key in ("lever", "now", "move", "goes_with"))
    return TableSpec(titles=titles, sides=("left", "right", "right", "right"), rows=tuple(cells))


def _signed(row: pd.Series, language: str) -> str:
    return interval(row["estimate"], row["conf_low"], row["conf_high"], "points", language, signed=True)


def board_of(levers: Levers, moves: Mapping[str, float], *, table: TableSpec, labels: tuple[str, ...]) -> Board:
    """Give everything that a what-if is computed from, as plain numbers; failed draws are left out."""
    n, precision = len(levers.nodes), levers.result.precision
    order = sorted(range(len(levers.paths)), key=lambda place: levers.paths[place][1])
    reach = stats.t.ppf(0.5 + precision.level / 2, min(precision.df.values()))
    good = levers.draws[np.isfinite(levers.draws).all(axis=1)]
    columns = [n - 1, *(n + place for place in order)]
    return Board(
        table=table, labels=labels, current=tuple(levers.point[:n].tolist()),
        moves=tuple(float(moves.get(name, 0.0)) for name in levers.names),
        effects=tuple(levers.per_point(name).estimate for name in levers.names),
        paths=tuple(levers.paths[place] for place in order), slopes=tuple(levers.point[columns[1:]].tolist()),
        draws=tuple(map(tuple, good[:, columns].tolist())),
        quantiles=(float(stats.norm.cdf(-reach)), PLANNING, float(stats.norm.cdf(reach))), level=precision.level,
        through=levers.through,
    )  # fmt: skip
