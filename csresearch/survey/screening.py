"""Named rules for careless and broken-off interviews; each that runs is a row of the sample-flow log."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import pandas as pd

from csresearch.errors import DataError
from csresearch.inference.moments import Array
from csresearch.show.phrase import Amount, phrase
from csresearch.survey.grammar.entries import Rule
from csresearch.survey.sample import Sample
from csresearch.survey.study import Study
from csresearch.survey.view import Answers, Mask

BATTERY = 6  # fewer answers on a scale tell nothing about straight-lining


def screen(sample: Sample) -> Sample:
    """Run the screening rules that the study names, in a fixed order: incomplete, duplicate, straightline, speed.

    A rule sees the respondents whom the rules before it left. Those it excludes keep their row and their place in the
    design and get weight 0; those it flags are only marked in `flags`.

    Parameters
    ----------
    sample : Sample
        As read from a study.

    Returns
    -------
    Sample
        With a row of `log` and a column of `flags` for each rule.

    Raises
    ------
    DataError
        The sample has no study; a column that a rule needs is not in the file; nobody is left.

    References
    ----------
    Incomplete: AAPOR, Standard Definitions (partial interviews and break-offs). Straight-lining and seconds an item:
    Huang, J. L. et al. (2012), Journal of Business and Psychology 27(1), 99-114.

    Examples
    --------
    >>> from csresearch import load_study, read, study_folder
    >>> screen(read(load_study(study_folder("mobile")))).log["rule"].tolist()
    ['', 'incomplete', 'straightline']
    """
    study = sample.study
    if study is None:
        raise DataError("a sample made from a frame has no screening rules; use sample.exclude(rows), or load a study")
    for name, rule in study.data.screening.rules.items():
        counted, why = sample.base_weights > 0, reason(study, name, rule)
        view = Answers(study=study, answers=sample.answers, kinds=sample.kinds, raw=sample.raw, counted=counted)
        rows = caught(view, name, rule)
        n, excluded = int(rows.sum()), rule.do == "exclude"
        sample = (sample.exclude(rows) if excluded else sample).logged(
            step="screen",
            rule=name,
            action=rule.do,
            flagged=n,
            excluded=n if excluded else 0,
            text=phrase(f"flow.{'excluded' if excluded else 'flagged'}", fields={"n": Amount(n), "why": why}),
            flag=pd.Series(rows, index=sample.answers.index),
        )
        if not (sample.base_weights > 0).any():
            raise DataError(f"[data] screening.{name} left nobody, everybody {why}; its limit does not suit this file")
    return sample


def caught(view: Answers, name: str, rule: Rule) -> Mask:
    """Respondents still counted whom a rule catches, shape (n,) of bool."""
    return np.asarray(_RULES[name](view, rule.value) & view.counted, dtype=bool)


def reason(study: Study, name: str, rule: Rule) -> str:
    """Say in words what a rule looks for."""
    key = "duplicate_wave" if name == "duplicate" and study.groups.wave else name
    limit = Amount(rule.value or 0, "none" if name == "speed" else "share")
    return phrase(f"caught.{key}", fields={"limit": limit})


def answered_share(view: Answers) -> Array:
    """Share of the questions that applied which were answered, shape (n,).

    As AAPOR counts: "not used" questions did not apply, "don't know" is an answer, a refusal is none.
    """
    applied, answered = _asked(view)
    return np.asarray(answered / np.maximum(applied, 1))


def repeated_ids(view: Answers) -> Mask:
    """Rows whose id stands in an earlier counted row, of the same wave where there are waves; shape (n,)."""
    study = view.study
    keys = [_need(view, study.data.id, "[data] id")]
    if study.groups.wave and study.groups.wave.column in view.answers:
        keys.append(study.groups.wave.column)
    counted = view.answers.loc[view.counted & view.answers[keys[0]].notna().to_numpy(), keys]
    repeated = pd.Series(False, index=view.answers.index)
    repeated.loc[counted.index] = counted.duplicated()
    return repeated.to_numpy(dtype=bool)


def longest_run(values: Array) -> Array:
    """Longest run of equal answers as a share of the answers, shape (n,), from values (n, items); NaN is passed over.

    Examples
    --------
    >>> none = np.nan
    >>> longest_run(np.array([[5, 5, 5, none, 5, 5, 5], [1, 2, 3, 4, 5, 6, 6], [5, 5, 5, 5, none, none, none]]))
    array([1.        , 0.28571429, 0.        ])
    """
    n = len(values)
    last, run, longest, answers = np.full(n, np.nan), np.zeros(n), np.zeros(n), np.zeros(n)
    for answer in values.T:
        given = ~np.isnan(answer)
        run = np.where(given, np.where(answer == last, run + 1, 1), run)
        last = np.where(given, answer, last)
        longest = np.maximum(longest, run)
        answers += given
    return np.where(answers >= BATTERY, longest / np.maximum(answers, 1), 0.0)


def _incomplete(view: Answers, limit: float | None) -> Mask:
    return np.asarray(answered_share(view) < (limit or 0))


def _duplicate(view: Answers, limit: float | None) -> Mask:
    return repeated_ids(view)


def _straightline(view: Answers, limit: float | None) -> Mask:
    """Look at the raw answers scale by scale: a reversed item answered alike is the tell-tale."""
    rows = np.zeros(len(view.answers), dtype=bool)
    for scale in view.study.scales.values():
        asked = set() if scale.options else set(view.on_scale(scale.name))
        in_order = [name for name in view.answers.columns if name in asked]
        if in_order:
            rows |= longest_run(view.answers[in_order].to_numpy(dtype=float)) >= (limit or 0)
    return rows


def _speed(view: Answers, limit: float | None) -> Mask:
    """Compare seconds with answered questions; who has no duration is not caught."""
    seconds = view.numbers(_need(view, view.study.data.duration, "[data] duration"))
    return np.asarray(seconds < (limit or 0) * _asked(view)[1])


def _asked(view: Answers) -> tuple[Array, Array]:
    """Count the questions that applied and those answered, each (n,)."""
    applied, answered = np.zeros(len(view.answers)), np.zeros(len(view.answers))
    for column in view.items:
        applied += ~view.kind(column, "not_used", "skipped")
        answered += ~view.kind(column, "not_used", "skipped", "refused", "empty", "unreadable")
    return applied, answered


def _need(view: Answers, column: str | None, key: str) -> str:
    if column is None or column not in view.answers:
        raise DataError(f"{view.study.source.name} {key}: column {column!r} is not in the file; run check first")
    return column


_RULES: Mapping[str, Callable[[Answers, float | None], Mask]] = {
    "incomplete": _incomplete,
    "duplicate": _duplicate,
    "straightline": _straightline,
    "speed": _speed,
}
