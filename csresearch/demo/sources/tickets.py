"""Tickets: complaints and suggestions in words of three languages, and the gold labels that a coder would give."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import pandas as pd

from csresearch.demo.sources.source import TICKETS, Source
from csresearch.demo.words import words as words_of

Words = Mapping[str, Any]
CHANNELS = {"phone": 0.40, "app": 0.30, "web": 0.20, "counter": 0.10}
DAYS_TO_CLOSE = {"quick": (1, 3), "slow": (7, 40)}
CONTENT = {"quick": 4.1, "slow": 3.0, "unresolved": 1.8}  # with the handling, 1-5


@dataclass(frozen=True, kw_only=True)
class TicketPlan:
    """How tickets are written.

    Parameters
    ----------
    suggestions : float
        Share of the customers without a problem who send a suggestion.
    major : float
        Share of complaints about something grave.
    mixed, unreasonable : float
        Shares of tickets on two themes, and of complaints that ask for what nobody can give.
    typo : float
        Share of words (in Chinese: of characters) that are mistyped.
    pull : float
        How much likelier a theme is for each standard deviation that its system is below average, in logits.
    """

    suggestions: float = 0.03
    major: float = 0.35
    mixed: float = 0.15
    unreasonable: float = 0.06
    typo: float = 0.03
    pull: float = 0.40


def tickets(people: pd.DataFrame, plan: TicketPlan, *, sector: str, seed: int) -> Source:
    """Write a ticket for every customer who complained, and for some who have an idea.

    Parameters
    ----------
    people : DataFrame
        `customer outlet wave language` (en, zh, es), `state` of a problem (none, silent, quick, slow, unresolved), and
        in standard deviations the five systems `mind behaviour visual product service`; `channel` if themes weigh it.
    plan : TicketPlan
    sector : str
        Names the file of words, `words/tickets_<sector>.toml`.
    seed : int

    Returns
    -------
    Source
        Table `tickets`: `ticket customer outlet wave language received_by first_reply_hours closed_days reopened
        handling text`; an open ticket has no `closed_days`, a suggestion no `handling` (1-5). Table `tickets_gold`:
        `ticket kind theme second_theme severity unreasonable typos`.

    Examples
    --------
    >>> systems = dict.fromkeys(("mind", "behaviour", "visual", "product", "service"), 0.0)
    >>> person = pd.DataFrame([{"customer": 1, "outlet": "D1", "wave": "2026H1", "language": "en", "state": "slow",
    ...                         "channel": "own_dealer", **systems}])
    >>> gold = tickets(person, TicketPlan(), sector="autoservice", seed=1).tables["tickets_gold"]
    >>> gold["kind"].tolist()
    ['complaint']
    """
    common, words = words_of("tickets"), words_of(f"tickets_{sector}")
    rng, slips = np.random.default_rng([TICKETS, seed]), np.random.default_rng([TICKETS, seed, 1])
    complained = people["state"].isin(list(CONTENT)).to_numpy()
    idea = (people["state"] == "none").to_numpy() & (rng.random(len(people)) < plan.suggestions)
    writers = people[complained | idea].reset_index(drop=True)
    gold = _gold(writers, words["themes"], plan, rng)
    texts = [
        _mistyped(_text(label, language, common, words, rng), plan.typo, slips, words_apart=language != "zh")
        for label, language in zip(gold.itertuples(), writers["language"], strict=True)
    ]
    gold["typos"] = [typos for _, typos in texts]
    frame = pd.concat([writers[["customer", "outlet", "wave", "language"]], _handling(writers["state"], rng)], axis=1)
    frame.insert(0, "ticket", gold["ticket"])
    frame["text"] = [text for text, _ in texts]
    themes = {name: {"share": theme["share"], "system": theme["system"]} for name, theme in words["themes"].items()}
    return Source(tables={"tickets": frame, "tickets_gold": gold}, generating=asdict(plan) | {"themes": themes})


def ticket_values(gold: pd.DataFrame) -> dict[str, object]:
    """Shares of suggestions, of grave complaints, of themes among complaints, of mixed and of unreasonable tickets."""
    complaints = gold[gold["kind"] == "complaint"]
    return {
        "suggestions": float((gold["kind"] == "suggestion").mean()),
        "major": float((complaints["severity"] == "major").mean()),
        "themes": complaints["theme"].value_counts(normalize=True).to_dict(),
        "mixed": float((gold["second_theme"] != "").mean()),
        "unreasonable": float(complaints["unreasonable"].mean()),
    }


def _gold(writers: pd.DataFrame, themes: Words, plan: TicketPlan, rng: np.random.Generator) -> pd.DataFrame:
    """Labels of every ticket, drawn before a word is written."""
    names, n = np.array(list(themes)), len(writers)
    logit = np.log([theme["share"] for theme in themes.values()]) - plan.pull * np.stack(
        [writers[theme["system"]].to_numpy() for theme in themes.values()], axis=1
    )
    for place, theme in enumerate(themes.values()):
        if "second_tier" in theme:
            logit[:, place] += np.log(theme["second_tier"]) * (writers["channel"] == "second_tier").to_numpy()
    ranked = np.argsort(-(logit + rng.gumbel(size=logit.shape)), axis=1)
    complaint = (writers["state"] != "none").to_numpy()
    grave, demands = rng.random(n) < plan.major, rng.random(n) < plan.unreasonable
    return pd.DataFrame(
        {
            "ticket": [f"T{number:05d}" for number in range(1, n + 1)],
            "kind": np.where(complaint, "complaint", "suggestion"),
            "theme": names[ranked[:, 0]],
            "second_theme": np.where(rng.random(n) < plan.mixed, names[ranked[:, 1]], ""),
            "severity": np.where(complaint, np.where(grave, "major", "minor"), ""),
            "unreasonable": (complaint & demands).astype(np.int64),
        }
    )


def _text(label: Any, language: str, common: Words, words: Words, rng: np.random.Generator) -> str:
    """Text of one ticket as it was meant."""

    def one(choices: Sequence[str]) -> str:
        return choices[int(rng.integers(len(choices)))]

    def sentence(theme: str) -> str:
        text = one(words["themes"][theme][language][label.severity or label.kind])
        filled = text.format(**{slot: one(choices) for slot, choices in words["slots"][language].items()})
        return filled[0].upper() + filled[1:]

    phrases = common[language]
    text = one(phrases["openings"]) + sentence(label.theme)
    if label.second_theme:
        text += one(phrases["links"]) + sentence(label.second_theme)
    if label.unreasonable:
        text += one(phrases["demands"])
    return text + one(phrases["closings"])


def _mistyped(text: str, share: float, rng: np.random.Generator, *, words_apart: bool) -> tuple[str, int]:
    """Swap two inner letters of some words; in Chinese, drop some characters. The text, and how many it hit."""
    pieces = text.split(" ") if words_apart else list(text)
    typed = list(pieces)
    for place, piece in enumerate(pieces):
        if rng.random() < share and (len(piece) > 4 if words_apart else piece.isalpha()):
            at = int(rng.integers(1, max(len(piece) - 2, 2)))
            typed[place] = piece[:at] + piece[at + 1] + piece[at] + piece[at + 2 :] if words_apart else ""
    hit = sum(before != after for before, after in zip(pieces, typed, strict=True))
    return (" " if words_apart else "").join(typed), hit


def _handling(state: pd.Series, rng: np.random.Generator) -> pd.DataFrame:
    """Handle each ticket; a suggestion is answered, and closed at once."""
    n = len(state)
    first, last = (state.map({name: ends[end] for name, ends in DAYS_TO_CLOSE.items()}).fillna(1) for end in (0, 1))
    closed = np.where(state == "unresolved", np.nan, np.floor(first + (last - first + 1) * rng.random(n)))
    content = np.clip(np.rint(state.map(CONTENT) + 0.8 * rng.standard_normal(n)), 1, 5)
    hours = np.where(state.isin(["slow", "unresolved"]), 30, 6) * rng.lognormal(0, 0.7, n)
    return pd.DataFrame({
        "received_by": rng.choice(list(CHANNELS), size=n, p=list(CHANNELS.values())),
        "first_reply_hours": np.maximum(np.rint(hours), 1).astype(np.int64),
        "closed_days": closed,
        "reopened": ((state == "slow") & (rng.random(n) < 0.2)).astype(np.int64),
        "handling": content,
    })  # fmt: skip
