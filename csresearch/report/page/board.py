"""A live what-if on the page: sliders, and a script that takes the moves over the draws, as the library does."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping

from markupsafe import Markup

from csresearch.show.format import marks, number
from csresearch.show.specs import Board
from csresearch.show.words import text

STEP, DOWN, DIGITS = 0.5, -10.0, 5  # points of a step, how far down; digits that printed figures cannot tell
LIVE = ("before", "after", "change", "planning")


def panel(board: Board, language: str) -> Mapping[str, object]:
    """Give sliders and data of a board for the template.

    Parameters
    ----------
    board : Board
    language : str

    Returns
    -------
    mapping
        `sliders` (label, now, least, most, move), `data` (JSON for the script), `condition`.
    """
    outcome = {"outcome": board.labels[-1]}
    sliders = [
        {
            "label": label,
            "now": text("board.now", language, fields={"current": number(current, "points", language)}),
            "least": max(DOWN, math.ceil(-current / STEP) * STEP),
            "most": math.floor((100 - current) / STEP) * STEP,
            "move": round(move / STEP) * STEP,
        }
        for label, current, move in zip(board.labels, board.current, board.moves, strict=False)
    ]
    places = {name: f"{{{name}}}" for name in LIVE}
    said = {name: text(f"board.{name}", language, fields=outcome | places) for name in ("line", "change", "planning")}
    data = {
        "current": board.current, "paths": board.paths, "point": [board.current[-1], *board.slopes],
        "draws": [[float(f"{value:.{DIGITS}g}") for value in draw] for draw in board.draws],
        "quantiles": board.quantiles, "words": said, "decimal": marks(language).decimal,
        "between": text("sign.between", language),
    }  # fmt: skip
    return {
        "sliders": sliders,
        "data": Markup(json.dumps(data, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")),
        "condition": text("board.condition", language, fields={"level": number(board.level, "share", language)}),
        "title": text("what_if.title", language, fields=outcome),
    }
