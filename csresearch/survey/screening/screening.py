"""Named rules for careless and broken-off interviews; each that runs is a row of the sample-flow log."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

import numpy as np
import pandas as pd

from csresearch.errors import DataError
from csresearch.inference.moments import Array
from csresearch.show.phrase import Amount, phrase
from csresearch.survey.checking.view import Answers, Mask
from csresearch.survey.grammar.entries import Careless, Rule
from csresearch.survey.inputs import weights_of
from csresearch.survey.sample import Sample
from csresearch.survey.screening.careless import longest_on_a_scale, signs, suspects
from csresearch.survey.screening.responding import response_words
from csresearch.survey.study import Study

SIGN = "careless_"  # before the name of a sign, in the log and the flags


def screen(sample: Sample) -> Sample:
    """Run the screening rules that the study names, in their fixed order.

    They are incomplete, duplicate, straightline, speed, careless. A rule sees the respondents whom the rules before it
    left. Those it excludes keep their row and their place in the design and get weight 0; those it flags are only
    marked in `flags`. The rule `careless` looks for signs of three kinds (pattern, inconsistency, speed), each a column
    `careless_<sign>`; one kind alone excludes nobody: an honest respondent can give ten 10s. Where the study holds
    dispositions, the response rate stands in the log.

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
    Huang, J. L. et al. (2012), Journal of Business and Psychology 27(1), 99-114. Signs of carelessness:
    Meade, A. W. and Craig, S. B. (2012), Psychological Methods 17(3), 437-455.

    Examples
    --------
    >>> from csresearch import load_study, read, study_folder
    >>> screen(read(load_study(study_folder("mobile")))).log["rule"].tolist()
    ['', 'incomplete', 'straightline']
    """
    study = sample.study
    if study is None:
        raise DataError("a sample made from a frame has no screening rules; use sample.exclude(rows), or load a study")
    if (responded := response_words(study)) is not None:
        sample = sample.logged(step="screen", rule="response", action="kept", flagged=0, excluded=0, text=responded)
    for name, rule in study.data.screening.rules.items():
        counted, why = sample.base_weights > 0, reason(study, name, rule)
        view = Answers(study=study, answers=sample.answers, kinds=sample.kinds, raw=sample.raw, counted=counted)
        if isinstance(rule, Careless):
            found = signs(view, rule)
            rows = suspects(found, kinds=rule.kinds)
            for sign in found:
                sample = _logged(sample, f"{SIGN}{sign.name}", sign.rows, "flag", sign.why, looked=sign.looked)
        else:
            rows = caught(view, name, rule)
        sample = _logged(sample.exclude(rows) if rule.do == "exclude" else sample, name, rows, rule.do, why)
        if not (sample.base_weights > 0).any():
            raise DataError(f"[data] screening.{name} left nobody, everybody {why}; its limit does not suit this file")
    return sample


def _logged(sample: Sample, name: str, rows: Mask, do: str, why: str, *, looked: bool = True) -> Sample:
    """Add a rule or a sign to the sample-flow table, in its own words where it could not be looked for."""
    n = int(rows.sum())
    excluded = n if do == "exclude" else 0
    told = phrase(f"flow.{'excluded' if do == 'exclude' else 'flagged'}", fields={"n": Amount(n), "why": why})
    flag = pd.Series(rows, index=sample.answers.index)
    return sample.logged(
        step="screen", rule=name, action=do, flagged=n, excluded=excluded, text=told if looked else why, flag=flag
    )


def unscreened(sample: Sample) -> Sample:
    """Undo all exclusions: everybody in the file has the weight that the file gives, raked to the same margins.

    Raises
    ------
    DataError
        The sample was made from a frame, whose weights it no longer holds.
    """
    if sample.study is None:
        raise DataError("a sample made from a frame does not remember whom it excluded; give before= as well")
    return replace(sample, base_weights=weights_of(sample.answers, sample.study.design.weight))


def caught(view: Answers, name: str, rule: Rule) -> Mask:
    """Respondents still counted whom a rule catches, shape (n,) of bool."""
    if isinstance(rule, Careless):
        return suspects(signs(view, rule), kinds=rule.kinds)
    return np.asarray(_RULES[name](view, rule.value) & view.counted, dtype=bool)


def reason(study: Study, name: str, rule: Rule) -> str:
    """Say in words what a rule looks for."""
    if isinstance(rule, Careless):
        return phrase("caught.careless", fields={"kinds": Amount(rule.kinds)})
    key = "duplicate_wave" if name == "duplicate" and study.groups.wave else name
    limit = Amount(rule.value or 0, "none" if name == "speed" else "share")
    return phrase(f"caught.{key}", fields={"limit": limit})


def answered_share(view: Answers) -> Array:
    """Share of the questions that applied which were answered, shape (n,)."""
    applied, answered = view.asked
    return np.asarray(answered / np.maximum(applied, 1))


def repeated_ids(view: Answers) -> Mask:
    """Rows whose id stands in an earlier counted row, of the same wave where there are waves; shape (n,)."""
    study = view.study
    keys = [_need(view, study.data.id, "[data] id")]
    if study.groups.wave and study.groups.wave.column in view.answers:
        keys.append(study.groups.wave.column)
    if study.loop is not None and study.loop.column in view.answers:
        keys.append(study.loop.column)  # a respondent has a row for each brand
    counted = view.answers.loc[view.counted & view.answers[keys[0]].notna().to_numpy(), keys]
    repeated = pd.Series(False, index=view.answers.index)
    repeated.loc[counted.index] = counted.duplicated()
    return repeated.to_numpy(dtype=bool)


def _incomplete(view: Answers, limit: float | None) -> Mask:
    return np.asarray(answered_share(view) < (limit or 0))


def _duplicate(view: Answers, limit: float | None) -> Mask:
    return repeated_ids(view)


def _straightline(view: Answers, limit: float | None) -> Mask:
    return np.asarray(longest_on_a_scale(view) >= (limit or 0))


def _speed(view: Answers, limit: float | None) -> Mask:
    """Compare seconds with answered questions; who has no duration is not caught."""
    seconds = view.numbers(_need(view, view.study.data.duration, "[data] duration"))
    return np.asarray(seconds < (limit or 0) * view.asked[1])


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
