"""A board to move levers in a notebook: sliders, and the outcome before and after, with its interval."""

from __future__ import annotations

import math
from collections.abc import Sequence
from html import escape
from typing import Any

from csresearch.errors import extra
from csresearch.result import Result
from csresearch.show.format import interval, number
from csresearch.show.theme import THEME
from csresearch.show.words import text
from csresearch.strategy.actions import Strategy
from csresearch.strategy.levers import Levers, Through, ways
from csresearch.strategy.what_if import chosen_results

STEP, DOWN = 0.5, -10.0  # points: a step of a slider, and how far it goes down
WIDE = "40em"
VIEW = "application/vnd.jupyter.widget-view+json"


def board(
    results: Strategy | Result | Sequence[Result],
    *,
    through: Through | None = None,
    level: float | None = None,
    language: str = "en",
) -> LiveBoard:
    """Make a board for a notebook: a slider a lever, and what goes with the moves on the outcome.

    Needs the `lab` extra. Sliders obey the arrow keys; where no kernel runs, the board is a table.

    Parameters
    ----------
    results : Strategy, Result or sequence of Result
        As in `what_if`.
    through : {"drivers", "index"}, optional
        Default: drivers where there are any.
    level : float, optional
        Of the intervals; default: that of the result.
    language : str

    Raises
    ------
    ValueError
        As `what_if`.

    Examples
    --------
    >>> import numpy as np
    >>> import pandas as pd
    >>> from csresearch import ImportancePerformance, Sample
    >>> random = np.random.default_rng(1)
    >>> frame = pd.DataFrame(random.integers(1, 11, size=(200, 2)), columns=["speed", "price"])
    >>> frame["overall"] = ((2 * frame["speed"] + frame["price"]) / 3).round()
    >>> model = ImportancePerformance(outcome="overall", attributes=("speed", "price"))
    >>> live = board(model.fit(Sample.from_frame(frame, scale=(1, 10))))
    >>> live.sliders["speed"].value = 6
    >>> live
    overall: 52.5 → 56.5; change +4.0 [+3.9, +4.1]
    """
    chosen = chosen_results(results)
    if level is not None and not 0.5 < level < 1:
        raise ValueError(f"level={level}: a confidence level lies between 0.5 and 1, such as 0.95")
    levers = Levers.of(chosen, through=through or [*ways(chosen), "drivers"][0])
    return LiveBoard(levers, level=levers.result.level if level is None else level, language=language)


class LiveBoard:
    """Sliders of levers and the outcome that follows them.

    Attributes
    ----------
    levers : Levers
    sliders : dict of lever to slider
    widget : ipywidgets.VBox
    """

    def __init__(self, levers: Levers, *, level: float, language: str) -> None:
        with extra("lab"):
            import ipywidgets as widgets  # type: ignore[import-untyped]
        self.levers, self.level, self.language = levers, level, language
        title = text("what_if.title", language, fields={"outcome": self._label(levers.outcome)})
        heading = widgets.HTML(f'<b style="font-size:1.15em;color:#{THEME.navy}">{escape(title)}</b>')
        self._held = False
        self.sliders = {name: self._slider(widgets, name) for name in levers.names}
        lines = [
            widgets.HBox([slider, widgets.HTML(escape(self._now(name)))], layout={"align_items": "center"})
            for name, slider in self.sliders.items()
        ]
        self._shown = widgets.HTML()
        button = widgets.Button(description=text("what_if.reset", language), icon="undo")
        button.on_click(lambda _: self.reset())
        self.widget: Any = widgets.VBox([heading, *lines, button, self._shown])
        self._update()

    @property
    def moves(self) -> dict[str, float]:
        """Where the sliders stand, in points."""
        return {name: float(slider.value) for name, slider in self.sliders.items()}

    def reset(self) -> None:
        """Put every slider back to 0; the outcome follows once."""
        self._held = True
        for slider in self.sliders.values():
            slider.value = 0.0
        self._held = False
        self._update()

    def _slider(self, widgets: Any, name: str) -> Any:
        down, up = self.levers.room(name)
        slider = widgets.FloatSlider(
            value=0.0, min=max(DOWN, math.ceil(down / STEP) * STEP), max=math.floor(up / STEP) * STEP, step=STEP,
            description=self._label(name), readout_format=".1f", layout={"width": WIDE},
            style={"description_width": "15em"},
        )  # fmt: skip
        slider.observe(lambda _: self._update(), names="value")
        return slider

    def _update(self) -> None:
        if not self._held:
            self._shown.value = self._outcome_html()

    def _label(self, name: str) -> str:
        return self.levers.sample.label(name, language=self.language)

    def _now(self, name: str) -> str:
        return text("board.now", self.language, fields={"current": self._points(self.levers.current[name])})

    def _points(self, value: float, *, signed: bool = False) -> str:
        return number(value, "points", self.language, signed=signed)

    def _words(self) -> dict[str, str]:
        """Outcome before and after, change with its interval, planning value, in words."""
        change = self.levers.change(self.moves)
        low, high, _ = change.interval(self.level)
        before = self.levers.current[self.levers.outcome]
        fields = {
            "outcome": self._label(self.levers.outcome), "before": self._points(before),
            "after": self._points(before + change.estimate),
            "change": interval(change.estimate, low, high, "points", self.language, signed=True),
            "planning": self._points(change.planning, signed=True), "level": number(self.level, "share", self.language),
        }  # fmt: skip
        return {name: text(f"board.{name}", self.language, fields=fields) for name in
                ("line", "change", "planning", "condition", "alt")}  # fmt: skip

    def _outcome_html(self) -> str:
        """Two bars from 0 to 100, and the numbers; read aloud when they change."""
        words = {name: escape(said) for name, said in self._words().items()}
        before = self.levers.current[self.levers.outcome]
        after = before + self.levers.change(self.moves).estimate
        bars = "".join(
            f'<div style="width:{min(max(value, 0), 100):.2f}%;height:.8em;margin:.15em 0;background:#{colour}"></div>'
            for value, colour in ((before, THEME.calm), (after, THEME.accent))
        )
        return (
            f'<div role="status" aria-live="polite" style="color:#{THEME.ink}">'
            f'<div class="csr-outcome" style="font-size:1.5em;font-weight:bold;color:#{THEME.accent}">'
            f"{words['line']}</div>"
            f'<div role="img" aria-label="{words["alt"]}" style="width:{WIDE};background:#{THEME.tint}">{bars}</div>'
            f"<div><b>{words['change']}</b>. {words['planning']}.</div>"
            f'<div style="color:#{THEME.muted}">{words["condition"]}</div></div>'
        )

    def __repr__(self) -> str:
        words = self._words()
        return f"{words['line']}; {words['change'][:1].lower()}{words['change'][1:]}"

    def _repr_html_(self) -> str:
        """Board as a table, where no kernel moves it."""
        heads = [text(f"what_if.{key}", self.language) for key in ("lever", "now", "move")]
        rows = [(self._label(n), self._points(self.levers.current[n]), self._points(move, signed=True))
                for n, move in self.moves.items()]  # fmt: skip
        head = "".join(f'<th scope="col">{escape(name)}</th>' for name in heads)
        body = "".join("<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>" for row in rows)
        return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>{self._outcome_html()}"

    def _repr_mimebundle_(self, **_: object) -> dict[str, Any]:
        """Live where there is a kernel, else the table."""
        found = {"text/plain": repr(self), "text/html": self._repr_html_()}
        return found | {VIEW: self.widget._repr_mimebundle_()[VIEW]}
