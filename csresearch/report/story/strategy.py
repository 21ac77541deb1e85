"""The strategy as exhibits: musts and delights, what to do, priorities, and the portfolio within a budget."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import pandas as pd

from csresearch.errors import StatisticsError
from csresearch.models.grid.asymmetry import sure_shapes, told_shapes
from csresearch.models.importance_performance import ImportancePerformance, importance_of
from csresearch.report.exhibit import Exhibit
from csresearch.report.story.actions import card, grade_of, subject_of, title_of, trace_of
from csresearch.report.story.telling import Telling
from csresearch.result import Result
from csresearch.show.format import DASH, interval, number
from csresearch.show.phrase import joined, say
from csresearch.show.specs import Cards, Chart, Swings
from csresearch.show.words import text
from csresearch.strategy.actions import Action, Joint
from csresearch.strategy.portfolio import OPEN, Choice, Portfolio, Why, portfolio
from csresearch.strategy.priorities import Priority, priorities
from csresearch.strategy.rulebook import BROKEN

MOST_CARDS = 6


def must_exhibits(t: Telling) -> list[Exhibit]:
    """Tell which attributes are musts and which delight: penalty and reward of each."""
    found = (r for r in t.strategy.results if r.by is None and "asymmetry" in r.tables)
    grid = next((r for r in found if importance_of(r) not in ("", "stated")), None)
    if grid is None or grid.estimates("asymmetry", statistic="penalty")["estimate"].isna().all():
        return []
    frame, told, sure = grid.table("asymmetry"), told_shapes(grid), sure_shapes(grid)
    unsure = [a for a, kind in told.items() if kind == "unsure"]
    few = list(frame.loc[(frame["statistic"] == "penalty") & frame["estimate"].isna(), "attribute"])
    picture = grid.picture("asymmetry", language=t.language)
    flags = [text("must.flag", t.language, fields={"terms": t.labels(unsure)})] if unsure else []
    flags += [text("must.flag_few", t.language, fields={"terms": t.labels(few)})] if few else []
    return [
        Exhibit(
            id="grid.must_be", headline=_must_headline(t, grid, sure), frame=frame, chart=picture, base=t.base(frame),
            source=t.source, notes=t.methods(grid), alt=_must_alt(t, picture), flags=tuple(flags),
        )
    ]  # fmt: skip


def _must_alt(t: Telling, picture: Chart) -> str:
    """Describe penalties and rewards, row by row."""
    rows = picture.table.rows if isinstance(picture, Swings) else ()
    return text("must.alt", t.language, fields={"lines": t.lines(f"{r[0]} {r[1]}, {r[2]}, {r[5]}" for r in rows)})


def _must_headline(t: Telling, grid: Result, sure: dict[str, str]) -> str:
    low = grid.estimates("asymmetry", statistic="low_share").set_index("attribute")["estimate"]
    musts = [a for a, kind in sure.items() if kind == "must_be"]
    broken = sorted((a for a in musts if low[a] > BROKEN), key=lambda a: -low[a])
    fields = {"terms": t.labels(broken or musts), "limit": number(BROKEN, "share", t.language)}
    fields |= {"count": str(len(sure)), "all": str(len(low))}
    key = "headline" if broken else "headline_sound" if musts else "headline_none"
    return text(f"must.{key}", t.language, fields=fields)


def action_exhibits(t: Telling) -> list[Exhibit]:
    """Tell what to do: the first actions as cards; all of them stand in the workbook."""
    actions = [a for a in t.strategy.actions if a.rule != "monitor"]
    shown = actions[:MOST_CARDS] or list(t.strategy.actions[:3])
    if not shown:
        return []
    cards = tuple(card(action, t.strategy, t.language) for action in shown)
    joint = t.strategy.joint
    fields: dict[str, object] = {"count": len(actions), "term": subject_of(shown[0], t.strategy, t.language)}
    fields |= _joint(t, joint)
    key = {0: "actions_none", 1: "actions_one"}.get(len(actions), "actions")
    headline = t.say(key, **fields)
    if key == "actions" and joint is not None and len(joint.terms) > 1:
        headline = text("actions.joint", t.language, fields=fields)
    grid = t.strategy.of(ImportancePerformance)
    rows = grid.table("grid") if grid is not None else pd.DataFrame()
    if len(rows):
        behind = rows["statistic"].isin(("importance", "performance", "effect"))
        rows = rows[behind & rows["attribute"].isin([a.term for a in shown])]
    notes = [t.methods(grid)]
    if joint is not None and len(joint.terms) > 1:
        notes.append(text("joint.together", t.language, fields=fields))
    cut = [t.say("actions_shown", shown=len(shown), count=len(actions))] if len(actions) > len(shown) else []
    notes += [trace_of(action, t.strategy, t.language) for action in shown]
    if t.strategy.stability == t.strategy.stability:
        notes.append(text("joint.stable", t.language, fields={"share": t.number(t.strategy.stability, "share")}))
    return [
        Exhibit(
            id="strategy.actions", headline=headline, frame=rows.reset_index(drop=True), chart=Cards(actions=cards),
            base=". ".join([*([t.base(rows)] if len(rows) else []), *cut]), source=t.source,
            notes="\n".join(filter(None, notes)), alt=t.say("alt_cards", lines=t.lines(c.title for c in cards)),
            flags=(t.say("limit_uplift"),),
        )
    ]  # fmt: skip


def _joint(t: Telling, joint: Joint | None) -> dict[str, object]:
    """Fields of the sentence on all moves together."""
    if joint is None:
        return {}
    return {
        "joint": interval(joint.estimate, joint.low, joint.high, "points", t.language),
        "planning": t.number(joint.planning, "points"), "sum": t.number(joint.sum, "points"),
        "outcome": t.label(t.outcome),
    }  # fmt: skip


def priority_exhibits(t: Telling) -> list[Exhibit]:
    """Tell what each move is worth for its cost, effort and evidence, with every part of the score."""
    scored = priorities(t.strategy.actions)
    known = [p for p in scored if p.score == p.score]
    if len(known) < 2:
        return []
    table = t.table(
        ("action", "planning", "weight", "cost_index", "effort", "reach", "score", "first_three", "kind"),
        ("left", *("right",) * 7, "left"), [_priority(t, p) for p in scored],
    )  # fmt: skip
    costed = any(p.action.cost == p.action.cost for p in scored)
    fields = {"first": t.label(scored[0].action.term), "share": t.number(t.strategy.stability, "share")}
    ahead = scored[0].score == max(p.score for p in known)
    key = "headline_must" if not ahead else "headline" if costed else "headline_plain"
    unknown = [p.action.term for p in scored if p.score != p.score]
    flags = (text("priorities.flag_cost", t.language, fields={"terms": t.labels(unknown)}),) if unknown else ()
    return [
        Exhibit(
            id="strategy.priorities", frame=_frame(t, (p.action for p in scored)),
            headline=text(f"priorities.{key}", t.language, fields=fields),
            chart=table, base=_base(t, [p.action for p in scored]), source=t.source,
            notes=text("priorities.note", t.language), alt=t.tabled(table), flags=(*flags, t.say("limit_uplift")),
        )
    ]  # fmt: skip


def _priority(t: Telling, priority: Priority) -> tuple[str, ...]:
    action = priority.action
    return (
        t.aside(title_of(action, t.strategy, t.language), grade_of(action, t.language)),
        number(priority.planning, "per_point", t.language),
        number(priority.weight, "none", t.language),
        number(priority.cost_index, "per_point", t.language),
        number(action.effort, "none", t.language),
        number(action.reach, "share", t.language),
        number(priority.score, "per_point", t.language),
        number(action.support, "share", t.language),
        text(f"kind.{priority.kind}", t.language) if priority.kind else DASH,
    )


def portfolio_exhibits(t: Telling) -> list[Exhibit]:
    """Tell what a budget pays for, and why the rest is left out; nothing without a budget in the plan."""
    study = t.strategy.sample.study
    if study is None or study.budget is None:
        return []
    try:
        found: Portfolio | None = portfolio(t.strategy)
    except StatisticsError:  # nothing can be chosen: the table says why of each
        found = None
    choices = _nothing(t) if found is None else found.choices
    if not choices:
        return []
    rows = [_choice(t, choice) for choice in choices]
    table = t.table(("action", "cost", "effort", "move", "expected", "planning", "decision"),
                    ("left", *("right",) * 5, "left"), rows)  # fmt: skip
    unknown = [c.action.term for c in choices if c.why == "no_cost"]
    flags = [text("portfolio.flag", t.language, fields={"terms": t.labels(unknown)})] if unknown else []
    return [
        Exhibit(
            id="strategy.portfolio", headline=_portfolio_headline(t, found, study.budget), chart=table,
            frame=_frame(t, (c.action for c in choices)), base=_base(t, [c.action for c in choices]),
            source=t.source, notes=_marginal(t, found), alt=t.tabled(table), flags=(*flags, t.say("limit_uplift")),
        )
    ]  # fmt: skip


def _nothing(t: Telling) -> tuple[Choice, ...]:
    """Say of each move why it is not made, where a budget pays for none."""
    study = t.strategy.sample.study
    limited = study is not None and study.capacity is not None

    def why(action: Action) -> Why:
        if action.rule not in OPEN:
            return "no_case"
        if action.cost != action.cost:
            return "no_cost"
        return "no_effort" if limited and action.effort != action.effort else "dear"

    moved = [(a, a.uplift) for a in t.strategy.actions if a.uplift is not None]
    return tuple(Choice(action=a, uplift=u, chosen=False, why=why(a)) for a, u in moved)


def _portfolio_headline(t: Telling, found: Portfolio | None, budget: float) -> str:
    fields: dict[str, object] = {"budget": t.number(budget, "money")}
    if found is None or not found.chosen:
        return text("portfolio.headline_none", t.language, fields=fields)
    fields |= {"cost": t.number(found.cost, "money"), "terms": t.labels(list(found.chosen)), **_joint(t, found.joint)}
    return text("portfolio.headline", t.language, fields=fields)


def _choice(t: Telling, choice: Choice) -> tuple[str, ...]:
    action, uplift = choice.action, choice.uplift
    return (
        title_of(action, t.strategy, t.language),
        number(action.cost, "money", t.language),
        number(action.effort, "none", t.language),
        number(uplift.move.points, "points", t.language, signed=True),
        interval(uplift.estimate, uplift.low, uplift.high, "points", t.language, signed=True),
        number(uplift.planning, "per_point", t.language),
        text(f"why.{choice.why or 'chosen'}", t.language),
    )


def _marginal(t: Telling, found: Portfolio | None) -> str:
    """Say how it was chosen, and what the next better portfolio would cost and bring."""
    note = text("portfolio.note", t.language)
    beyond = [] if found is None else found.frontier[found.frontier["cost"] > found.budget].to_dict("records")
    if found is None or not beyond:
        return note
    more = {"cost": t.number(beyond[0]["cost"], "money"),
            "more": number(beyond[0]["planning"] - found.planning, "per_point", t.language)}  # fmt: skip
    return say(joined(note, text("portfolio.more", t.language, fields=more)), t.language)


def _frame(t: Telling, actions: Iterable[Action]) -> pd.DataFrame:
    """Figures behind a table of moves: one number a row; what is not known is left out."""
    parts = {p.action.term: p for p in priorities(t.strategy.actions)}
    rows: list[dict[str, object]] = []
    for action in actions:
        if action.uplift is None:
            continue
        part, uplift = parts[action.term], action.uplift
        common = {"attribute": action.term, "n_obs": action.numbers[0].n_obs,
                  "n_effective": action.numbers[0].n_effective}  # fmt: skip
        rows.append(common | {"statistic": "uplift", "unit": "points", "estimate": uplift.estimate,
                              "conf_low": uplift.low, "conf_high": uplift.high})  # fmt: skip
        for name, unit, value in (
            ("planning", "points", uplift.planning), ("evidence_weight", "none", part.weight),
            ("cost", "money", action.cost), ("effort", "none", action.effort), ("reach", "share", action.reach),
            ("score", "none", part.score),
        ):  # fmt: skip
            if value == value:
                rows.append(common | {"statistic": name, "unit": unit, "estimate": value})
    return pd.DataFrame(rows)


def _base(t: Telling, actions: Sequence[Action]) -> str:
    return t.base(pd.DataFrame({"n_obs": [a.numbers[0].n_obs for a in actions],
                                "n_effective": [a.numbers[0].n_effective for a in actions]}))  # fmt: skip
