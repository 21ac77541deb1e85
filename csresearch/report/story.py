"""The storyline: from a strategy to the list of exhibits that deck, page and workbook render."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from importlib.metadata import version

import numpy as np
import pandas as pd

from csresearch.models.drivers import Drivers
from csresearch.models.importance_performance import ImportancePerformance, border
from csresearch.models.satisfaction_index import SatisfactionIndex
from csresearch.models.scores import Scores
from csresearch.report.actions import card, title_of
from csresearch.report.exhibit import Exhibit
from csresearch.result import Result
from csresearch.show.format import base, interval, number
from csresearch.show.specs import Bars, BigNumber, Cards, Column, Headlines, Section, TableSpec, Text
from csresearch.show.words import text
from csresearch.strategy.rules import Strategy

SUPPRESSED, LOW_BASE = 30, 75  # effective respondents: not shown below the first, flagged below the second
MOST_CARDS = 6
MOST_NAMES = 5
MOST_NUMBERS = 3


@dataclass(frozen=True, kw_only=True)
class _Telling:
    """What every exhibit needs: the strategy, its language, and how to say things in it."""

    strategy: Strategy
    language: str

    def say(self, key: str, **fields: object) -> str:
        return text(f"story.{key}", self.language, fields=fields or None)

    def label(self, name: str) -> str:
        return self.strategy.sample.label(name, language=self.language)

    def labels(self, names: list[str]) -> str:
        shown = [self.label(name) for name in names[:MOST_NAMES]]
        return ", ".join(shown) + (f" + {len(names) - MOST_NAMES}" if len(names) > MOST_NAMES else "")

    def number(self, value: float, unit: str) -> str:
        return number(value, unit, self.language)  # type: ignore[arg-type]

    def step(self, name: str) -> str:
        return text(f"step.{name}", self.language)

    def ends(self, row: pd.Series) -> str:
        return interval(row["estimate"], row["conf_low"], row["conf_high"], row["unit"], self.language)

    def base(self, rows: pd.DataFrame) -> str:
        """Words for the base of some rows."""
        effective = rows["n_effective"].median() if rows["n_effective"].notna().any() else None
        return self.weighted(base(float(rows["n_obs"].max()), effective, self.language))

    def weighted(self, words: str) -> str:
        """Words for a base, and whether it is weighted."""
        weights = self.strategy.sample.weights
        even = len(np.unique(weights[weights > 0].round(9))) == 1
        return self.say("unweighted" if even else "weighted", base=words)

    @property
    def source(self) -> str:
        study = self.strategy.sample.study
        title = "" if study is None else study.title.get(self.language) or next(iter(study.title.values()))
        return self.say("source", title=title, version=version("csresearch"))

    @property
    def outcome(self) -> str:
        study = self.strategy.sample.study
        name = self.strategy.of(ImportancePerformance)
        asked = name.model.outcome if name is not None and isinstance(name.model, ImportancePerformance) else None
        return asked or str("" if study is None else study.roles.outcome)


def tell(strategy: Strategy, *, language: str = "en") -> list[Exhibit]:
    """Tell a strategy as exhibits, in the order of a client's questions; what the study cannot fill is left out.

    Parameters
    ----------
    strategy : Strategy
    language : str
        Language of words, labels and numbers.

    Returns
    -------
    list of Exhibit
        Answer, sample, index, effects, drivers, grid, groups, actions, method, items.
    """
    telling = _Telling(strategy=strategy, language=language)
    chapters: tuple[Callable[[_Telling], list[Exhibit]], ...] = (
        _answer, _sample, _index, _effects, _drivers, _grid, _groups, _actions, _method, _items,
    )  # fmt: skip
    exhibits = [exhibit for chapter in chapters for exhibit in chapter(telling)]
    return [replace(e, headline=e.headline[:1].upper() + e.headline[1:]) for e in exhibits]


def _answer(t: _Telling) -> list[Exhibit]:
    """One page that stands alone: up to three numbers, up to three moves."""
    numbers: list[BigNumber] = []
    rows: list[pd.Series] = []
    index, drivers = t.strategy.of(SatisfactionIndex), t.strategy.of(Drivers)
    for result, table, statistic, name in (
        (index, "index", "index", t.outcome), (t.strategy.of(Scores), "scores", "nps", None),
        (index, "index", "index", _consequence(t)), (drivers, "fit", "r2", None),
    ):  # fmt: skip
        row = _first(result, table, statistic, name)
        if row is not None and len(rows) < MOST_NUMBERS:
            rows.append(row)
            numbers.append(_big(t, row, statistic))
    urgent = [a for a in t.strategy.actions if a.rule == "concentrate"][:3]
    if not numbers:
        return []
    moves = t.say("answer_first", term=t.label(urgent[0].term)) if urgent else t.say("answer_none")
    headline = t.say("answer", outcome=t.label(t.outcome), index=t.ends(rows[0]), moves=moves)
    lines = "; ".join(f"{n.label} {t.ends(row)}" for n, row in zip(numbers, rows, strict=True))
    frame = pd.DataFrame(rows).reset_index(drop=True)
    shown = [a for a in t.strategy.actions if a.rule != "monitor"][:3] or list(t.strategy.actions[:3])
    return [
        Exhibit(
            id="answer", headline=headline, frame=frame, base=t.base(frame), source=t.source,
            notes=_methods(index or drivers),
            alt=t.say("alt_answer", lines=lines),
            chart=Headlines(
                numbers=tuple(numbers), moves=tuple(title_of(a, t.strategy, t.language) for a in shown),
                moves_title=t.say("next_moves"),
            ),
        )
    ]  # fmt: skip


def _consequence(t: _Telling) -> str:
    """Construct that the outcome acts on last, such as loyalty; none: no name of a construct."""
    study = t.strategy.sample.study
    after = [] if study is None else [target for target, sources in study.paths.items() if t.outcome in sources]
    return after[-1] if after else ""


def _first(result: Result | None, table: str, statistic: str, construct: str | None) -> pd.Series | None:
    if result is None:
        return None
    rows = result.estimates(table, statistic=statistic)
    if construct is not None:
        rows = rows[rows["construct"] == construct]
    return None if rows.empty else rows.iloc[0]


def _big(t: _Telling, row: pd.Series, statistic: str) -> BigNumber:
    label = {
        "index": lambda: t.say("number_index", outcome=t.label(str(row["construct"]))),
        "r2": lambda: t.say("number_r2"),
        "nps": lambda: t.say("number_nps"),
    }[statistic]()
    note = {"index": "scale_100", "nps": "scale_nps"}.get(statistic)
    return BigNumber(
        label=label, value=float(row["estimate"]), unit=row["unit"], low=float(row["conf_low"]),
        high=float(row["conf_high"]), note=t.say(note) if note else "", signed=statistic == "nps",
    )  # fmt: skip


def _sample(t: _Telling) -> list[Exhibit]:
    """Who counts: the sample-flow table."""
    sample = t.strategy.sample
    log = sample.log
    if log.empty:
        return []
    weights = sample.weights[sample.weights > 0]
    effect = len(weights) * float((weights**2).sum()) / float(weights.sum() ** 2)
    whole = len(weights) == len(sample) and effect < 1 + 1e-9
    headline = t.say(
        "sample_whole" if whole else "sample", kept=t.number(len(weights), "money"), read=t.number(len(sample), "money"),
        effect=t.number(effect, "r2"),
    )  # fmt: skip
    head = [text(f"heading.{name}", t.language) for name in ("step", "rule", "flagged", "excluded", "left", "account")]
    sides = ("left", "left", "right", "right", "right", "left")
    units = (None, None, "money", "money", "money", None)
    columns = tuple(Column(title=h, unit=u, align=a) for h, u, a in zip(head, units, sides, strict=True))  # type: ignore[arg-type]
    counts = ("n_flagged", "n_excluded", "n_left")
    flow = log.to_dict("records")
    rows = tuple(
        (t.step(row["step"]), row["rule"].replace("_", " "), *(int(row[c]) for c in counts), row["text"]) for row in flow
    )
    frame = pd.DataFrame(
        [
            {"category": f"{row['step']} {row['rule']}", "statistic": c, "unit": "none", "estimate": float(row[c])}
            for row in flow
            for c in counts
        ]
    )
    population = "" if sample.study is None or not sample.study.population else f", {sample.study.population}"
    return [
        Exhibit(
            id="sample.flow", headline=headline, frame=frame, chart=TableSpec(columns=columns, rows=rows), source=t.source,
            base=base(float(sample.n_obs), None, t.language) + population,
            alt=t.say("alt_table", rows=len(rows), columns=", ".join(head)),
        )
    ]  # fmt: skip


def _bars(
    t: _Telling, result: Result, rows: pd.DataFrame, labels: list[str], *, id: str, headline: str, axis: str,
    wording: str = "", flags: tuple[str, ...] = (), highlight: tuple[str, ...] = (), groups: tuple[str, ...] = (),
) -> Exhibit:  # fmt: skip
    """Make an exhibit of bars, one row a bar."""
    lines = "; ".join(f"{label} {t.ends(row)}" for label, (_, row) in zip(labels, rows.iterrows(), strict=True))
    chart = Bars(
        labels=tuple(labels), values=tuple(rows["estimate"]), low=tuple(rows["conf_low"]), high=tuple(rows["conf_high"]),
        unit=rows["unit"].iloc[0], axis_title=axis, highlight=highlight, groups=groups,
    )  # fmt: skip
    return Exhibit(
        id=id, headline=headline, frame=rows.reset_index(drop=True), chart=chart, base=t.base(rows), source=t.source,
        wording=wording, notes=_methods(result), alt=t.say("alt_bars", lines=lines), flags=flags,
    )  # fmt: skip


def _index(t: _Telling) -> list[Exhibit]:
    """Where we stand: the index of every construct."""
    result = t.strategy.of(SatisfactionIndex)
    if result is None:
        return []
    rows = result.estimates("index", statistic="index").sort_values("estimate", ascending=False)
    labels = [t.label(name) for name in rows["construct"]]
    headline = t.say("index", first=labels[0], high=t.ends(rows.iloc[0]), last=labels[-1], low=t.ends(rows.iloc[-1]))
    return [
        _bars(
            t, result, rows, labels, id="index.constructs", headline=headline, axis=text("axis.index", t.language),
            highlight=tuple(x for x in labels if x == t.label(t.outcome)), flags=_low_bases(t, rows, labels),
        )
    ]  # fmt: skip


def _effects(t: _Telling) -> list[Exhibit]:
    """What carries the outcome in the path model: total effects of a point."""
    result = t.strategy.of(SatisfactionIndex)
    if result is None:
        return []
    rows = result.estimates("importance_performance", statistic="importance").sort_values("estimate", ascending=False)
    if rows.empty:
        return []
    target = t.label(str(rows["target"].iloc[0]))
    labels = [t.label(name) for name in rows["construct"]]
    headline = t.say("total", first=labels[0], effect=t.ends(rows.iloc[0]), target=target)
    axis = text("axis.total", t.language, fields={"target": target})
    return [_bars(t, result, rows, labels, id="index.effects", headline=headline, axis=axis, highlight=(labels[0],))]


def _drivers(t: _Telling) -> list[Exhibit]:
    """What explains the outcome: shares of R2, with R2 beside."""
    result = t.strategy.of(Drivers)
    if result is None:
        return []
    rows = result.estimates("importance", statistic="lmg_share").sort_values("estimate", ascending=False)
    labels = [t.label(name) for name in rows["term"]]
    r2 = result.estimates("fit", statistic="r2").iloc[0]
    headline = t.say("drivers", first=labels[0], share=t.ends(rows.iloc[0]), r2=t.ends(r2))
    weak = [label for label, reason in zip(labels, rows["reason"], strict=True) if "zero" in reason]
    flags = (t.say("drivers_flag", terms=", ".join(weak)),) if weak else ()
    wording = t.say("wording_drivers", outcome=t.label(t.outcome), drivers=", ".join(labels))
    axis = text("axis.lmg_share", t.language)
    return [
        _bars(t, result, rows, labels, id="drivers.importance", headline=headline, axis=axis, wording=wording, flags=flags,
              highlight=(labels[0],))
    ]  # fmt: skip


def _grid(t: _Telling) -> list[Exhibit]:
    """Where to act: importance against performance, for each way importance was measured."""
    exhibits = []
    for result in t.strategy.results:
        model = result.model
        if isinstance(model, ImportancePerformance) and result.by is None:
            exhibits.append(_one_grid(t, result, model.importance))
    return exhibits


def _one_grid(t: _Telling, result: Result, kind: str) -> Exhibit:
    where = result.estimates("quadrants", statistic="quadrant")
    urgent = list(where.loc[where["category"] == "concentrate", "attribute"])
    key = {0: "grid_none", 1: "grid_one"}.get(len(urgent), "grid")
    headline = t.say(key, count=len(urgent), all=len(where), terms=t.labels(urgent))
    if kind == "stated":
        headline = t.say("grid_stated", words=headline[:1].lower() + headline[1:])
    unsure = border(result)
    names = [str(a) for a in unsure.index[unsure]]
    rows = result.table("grid")
    rows = rows[rows["statistic"].isin(("importance", "performance", "distance"))]
    placed = zip(where["attribute"], where["category"], strict=True)
    lines = "; ".join(f"{t.label(a)}: {text(f'quadrant.{c}', t.language)}" for a, c in placed)
    return Exhibit(
        id="grid.importance_performance" if kind != "stated" else "grid.stated", headline=headline,
        frame=pd.concat([rows, result.table("crosshair")], ignore_index=True),
        chart=result.picture("grid", language=t.language), base=t.base(rows), source=t.source, notes=_methods(result), alt=t.say("alt_grid", lines=lines),
        flags=(t.say("grid_flag", terms=t.labels(names)),) if names else (),
    )  # fmt: skip


def _groups(t: _Telling) -> list[Exhibit]:
    """The outcome by brand and by wave, with bases that are too small left out."""
    exhibits = []
    for result in t.strategy.results:
        if not isinstance(result.model, Scores) or result.by is None or not len(result.draws("scores")):
            continue
        rows = result.estimates("scores", statistic="points")
        name = next(c for c in ("wave", "brand", "outlet", "segment") if c in rows)
        rows = rows[rows["construct"] == t.outcome] if "construct" in rows else rows.iloc[:0]
        hidden = rows["n_effective"] < SUPPRESSED
        shown = rows[~hidden].sort_values("estimate", ascending=False) if name != "wave" else rows[~hidden]
        if len(shown) > 1:
            exhibits.append(_group(t, result, shown, name, list(rows.loc[hidden, name])))
    return exhibits


def _group(t: _Telling, result: Result, rows: pd.DataFrame, name: str, hidden: list[str]) -> Exhibit:
    labels = [str(value) for value in rows[name]]
    order = np.argsort(-rows["estimate"].to_numpy())
    first, last = int(order[0]), int(order[-1])
    differences = result.compare(result.by or "", reference=labels[last])
    differences = differences[
        (differences["statistic"] == "points_difference") & (differences["construct"] == t.outcome)
    ]
    told = bool((differences["p_value"] < 0.05).any())
    headline = t.say(
        "groups" if told else "groups_close", outcome=t.label(t.outcome), first=labels[first], high=t.ends(rows.iloc[first]),
        last=labels[last], low=t.ends(rows.iloc[last]), group=name,
    )  # fmt: skip
    flags = _low_bases(t, rows, labels)
    if hidden:
        flags = (*flags, t.say("suppressed", terms=", ".join(map(str, hidden))))
    study = t.strategy.sample.study
    own = study.groups.brand.own if study is not None and study.groups.brand is not None else None
    exhibit = _bars(
        t, result, rows, labels, id=f"scores.by_{name}", headline=headline, axis=text("axis.points", t.language),
        flags=flags, highlight=(own,) if own in labels else (),
    )  # fmt: skip
    bases = (f"{label} {t.number(n, 'money')}" for label, n in zip(labels, rows["n_obs"], strict=True))
    return replace(exhibit, base=t.weighted(", ".join(bases)))


def _low_bases(t: _Telling, rows: pd.DataFrame, labels: list[str]) -> tuple[str, ...]:
    low = [label for label, n in zip(labels, rows["n_effective"], strict=True) if n < LOW_BASE]
    return (t.say("small_bases", terms=", ".join(low)),) if low else ()


def _actions(t: _Telling) -> list[Exhibit]:
    """What to do: the first actions as cards; all of them stand in the workbook."""
    actions = [a for a in t.strategy.actions if a.rule != "monitor"]
    shown = actions[:MOST_CARDS] or list(t.strategy.actions[:3])
    if not shown:
        return []
    cards = tuple(card(action, t.strategy, t.language) for action in shown)
    headline = t.say("actions", count=len(actions), term=t.label(actions[0].term)) if actions else t.say("actions_none")
    grid = t.strategy.of(ImportancePerformance)
    rows = grid.table("grid") if grid is not None else pd.DataFrame()
    if len(rows):
        behind = rows["statistic"].isin(("importance", "performance", "effect"))
        rows = rows[behind & rows["attribute"].isin([a.term for a in shown])]
    return [
        Exhibit(
            id="strategy.actions", headline=headline, frame=rows.reset_index(drop=True), chart=Cards(actions=cards),
            base=t.base(rows) if len(rows) else "", source=t.source, notes=_methods(grid),
            alt=t.say("alt_cards", lines="; ".join(c.title for c in cards)), flags=(t.say("limit_uplift"),),
        )
    ]  # fmt: skip


def _method(t: _Telling) -> list[Exhibit]:
    """Method, failed checks and limits."""
    done = [r for r in t.strategy.results if r.by is None]
    method = (*(r.estimator for r in done), done[0].interval_words())
    failed = tuple(dict.fromkeys(c.text for r in done for c in r.found if not c.passed))
    sections = (
        Section(title=t.say("section_method"), lines=method),
        Section(title=t.say("section_checks"), lines=failed or (t.say("check_all_passed"),)),
        Section(title=t.say("section_limits"), lines=_limits(t)),
    )
    checks = [r.checks().assign(model=repr(r.model)) for r in done]
    frame = pd.concat(checks, ignore_index=True)[["model", "check", "passed", "value", "threshold", "text"]]
    return [
        Exhibit(
            id="method", headline=t.say("method"), frame=frame, chart=Text(sections=sections), source=t.source,
            base=base(float(t.strategy.sample.n_obs), None, t.language),
            alt=t.say("alt_text", lines="; ".join(section.title for section in sections)),
        )
    ]  # fmt: skip


def _limits(t: _Telling) -> tuple[str, ...]:
    sample, study = t.strategy.sample, t.strategy.sample.study
    lines = [t.say("limit_cross")]
    if study is not None and study.roles.expectation is not None and study.roles.expectation.asked == "after":
        lines.append(t.say("limit_recalled"))
    if study is not None and study.design.outlets is not None:
        lines.append(t.say(f"limit_population_{study.design.outlets}"))
    if sample.raking is None and (study is None or study.design.weight is None):
        lines.append(t.say("limit_weights"))
    return (*lines, t.say("limit_uplift"))


def _items(t: _Telling) -> list[Exhibit]:
    """What was asked: every question with its mean, points and base."""
    result = t.strategy.of(Scores)
    if result is None or result.sample.study is None:
        return []
    rows = result.table("scores")
    rows = rows[rows["item"].notna()] if "item" in rows else rows.iloc[:0]
    wide = rows.pivot_table(index="item", columns="statistic", values="estimate", sort=False)
    wide["n_obs"] = rows.groupby("item", sort=False)["n_obs"].first()
    study = result.sample.study
    owner = {item: t.label(name) for name, part in study.constructs.items() for item in part.items}
    owner |= {name: text(f"facet.{item.facet}", t.language) for name, item in study.items.items() if item.facet}
    head = [text(f"heading.{name}", t.language) for name in ("item", "construct", "mean", "points", "n")]
    units = (None, None, "points", "points", "money")
    columns = tuple(Column(title=h, unit=u, align="right" if u else "left") for h, u in zip(head, units, strict=True))  # type: ignore[arg-type]
    asked = [str(item) for item in wide.index]
    owners = [owner.get(item, "") for item in asked]
    numbers = wide[["mean", "points", "n_obs"]].to_numpy().tolist()
    table = tuple((t.label(i), o, *row) for i, o, row in zip(asked, owners, numbers, strict=True))
    return [
        Exhibit(
            id="items", headline=t.say("items"), frame=rows[rows["statistic"] == "mean"].reset_index(drop=True),
            chart=TableSpec(columns=columns, rows=table), base=t.base(rows), source=t.source, notes=_methods(result),
            alt=t.say("alt_table", rows=len(table), columns=", ".join(head)),
        )
    ]  # fmt: skip


def _methods(result: Result | None) -> str:
    return "" if result is None else result.methods()
