# mypy: allow-untyped-calls
"""Live what-if in the workbook: cells for moves, and real formulas over the draws, agreeing with `what_if`.

Two sheets: the board, whose marked cells take moves, and the draws, with a row a draw. Only MIN, MAX, IF, SUMPRODUCT
and PERCENTILE are used, which every spreadsheet knows; the values stored beside the formulas are those of the library.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from xlsxwriter.format import Format  # type: ignore[import-untyped]
from xlsxwriter.utility import xl_col_to_name, xl_rowcol_to_cell  # type: ignore[import-untyped]
from xlsxwriter.worksheet import Worksheet  # type: ignore[import-untyped]

from csresearch.inference.moments import Array
from csresearch.show.format import number
from csresearch.show.specs import Board
from csresearch.show.theme import THEME, hexadecimal
from csresearch.show.words import text
from csresearch.strategy.displacement import displaced

Formats = Callable[..., Format]
FIRST = 6  # row of the first lever on the board
ABOVE, HEAD, POINT = 1, 2, 3  # rows of the draws: what holds in all draws, titles, the estimate; draws follow
NOW, MOVE, APPLIED, AFTER, EFFECT = 1, 2, 3, 4, 5  # columns of the board
BEFORE, SLOPES = 1, 2  # columns of the draws


@dataclass(frozen=True, kw_only=True)
class _Columns:
    """Where things stand among the draws: slopes, then two columns for each node that paths lead to."""

    board: Board

    @property
    def reached(self) -> list[int]:
        """Nodes with a path to them, in causal order; the outcome is the last."""
        return sorted({target for _, target in self.board.paths})

    def arrived(self, node: int) -> int:
        """Column of what arrives at a node."""
        return SLOPES + len(self.board.paths) + 2 * self.reached.index(node)

    def moved(self, node: int) -> int:
        """Column of how far a node goes in all."""
        return self.arrived(node) + 1

    @property
    def after(self) -> int:
        """Column of the outcome after the moves."""
        return self.moved(self.reached[-1]) + 1


def write_live(board: Board, sheet: Worksheet, draws: Worksheet, *, formats: Formats, language: str) -> None:
    """Write the board and its draws into two empty sheets."""
    values = _values(board)
    _write_draws(board, draws, sheet.get_name(), values, formats, language)
    _write_board(board, sheet, draws.get_name(), values, formats, language)


def _values(board: Board) -> Array:
    """Every number of the draws sheet, the estimate first, shape (1 + r, columns), as the library computes them."""
    columns = _Columns(board=board)
    n = len(board.labels)
    numbers = np.array([(board.current[-1], *board.slopes), *board.draws])
    current = np.repeat(np.array(board.current)[None], len(numbers), axis=0)
    current[:, -1] = numbers[:, 0]
    asked = np.array([*(_applied(board, k) for k in range(n - 1)), 0.0])
    found = displaced(numbers[:, 1:], asked, paths=board.paths, current=current)
    every = np.zeros((len(numbers), columns.after + 1))
    every[:, BEFORE : SLOPES + len(board.paths)] = numbers
    for place, (source, target) in enumerate(board.paths):
        every[:, columns.arrived(target)] += numbers[:, 1 + place] * found[:, source]
    for node in columns.reached:
        every[:, columns.moved(node)] = found[:, node]
    every[:, columns.after] = numbers[:, 0] + found[:, -1]
    return every


def _applied(board: Board, lever: int) -> float:
    current = board.current[lever]
    return float(np.clip(board.moves[lever], -max(current, 0.0), max(100 - current, 0.0)))


def _write_draws(
    board: Board, sheet: Worksheet, main: str, values: Array, formats: Formats, language: str
) -> None:  # fmt: skip
    columns, quiet, plain = (
        _Columns(board=board),
        formats("0.00", font_color=hexadecimal(THEME.muted)),
        formats("0.0000"),
    )
    head = formats(bold=True, text_wrap=True)
    titles = [text("what_if.draw", language), _said("before", language)]
    titles += [f"{board.labels[s]} → {board.labels[t]}" for s, t in board.paths]
    for node in columns.reached:
        titles += [
            text(f"what_if.{key}", language, fields={"lever": board.labels[node]}) for key in ("arrives", "goes")
        ]
    for place, title in enumerate([*titles, _said("after", language)]):
        sheet.write_string(HEAD, place, title, head)
    sheet.set_column(0, columns.after, 14)
    sheet.set_row(HEAD, 40)
    sheet.write_string(ABOVE, 0, text("what_if.from_board", language), quiet)
    for column, (formula, value) in _constants(board, columns, main).items():
        sheet.write_formula(ABOVE, column, formula, quiet, value)
    formulas = _formulas(board, columns)
    for row, line in enumerate(values, start=POINT):
        name = text("what_if.estimate", language) if row == POINT else str(row - POINT)
        sheet.write_string(row, 0, name, formats())
        for column in range(BEFORE, SLOPES + len(board.paths)):
            sheet.write_number(row, column, line[column], plain)
        for column, formula in formulas.items():
            sheet.write_formula(row, column, formula.replace("#", str(row + 1)), plain, line[column])
    sheet.freeze_panes(POINT, 1)


def _constants(board: Board, columns: _Columns, main: str) -> dict[int, tuple[str, float]]:
    """Link to the board: over a slope the move of its source, over what arrives the level, over what goes the move."""
    found: dict[int, tuple[str, float]] = {}
    for place, (source, _) in enumerate(board.paths):
        found[SLOPES + place] = _link(main, source, APPLIED), _applied(board, source)
    for node in columns.reached[:-1]:
        found[columns.arrived(node)] = _link(main, node, NOW), board.current[node]
        found[columns.moved(node)] = _link(main, node, APPLIED), _applied(board, node)
    return found


def _link(main: str, lever: int, column: int) -> str:
    return f"={_quoted(main)}!{xl_rowcol_to_cell(FIRST + lever, column, row_abs=True, col_abs=True)}"


def _quoted(sheet: str) -> str:
    return "'" + sheet.replace("'", "''") + "'"


def _formulas(board: Board, columns: _Columns) -> dict[int, str]:
    """Formulas of a row of the draws, # for its number."""
    above = f"${ABOVE + 1}"
    reached, found = columns.reached, {}
    for node in reached:
        places = [place for place, (_, target) in enumerate(board.paths) if target == node]
        names = {place: xl_col_to_name(SLOPES + place) for place in places}
        arrived, goes = (xl_col_to_name(column) for column in (columns.arrived(node), columns.moved(node)))
        if not any(board.paths[place][0] in reached for place in places):
            ends = names[places[0]], names[places[-1]]
            found[columns.arrived(node)] = f"=SUMPRODUCT({ends[0]}#:{ends[1]}#,{ends[0]}{above}:{ends[1]}{above})"
        else:
            parts = []
            for place in places:
                source = board.paths[place][0]
                inner = source in reached
                parts.append(
                    f"{names[place]}#*"
                    + (f"{xl_col_to_name(columns.moved(source))}#" if inner else names[place] + above)
                )
            found[columns.arrived(node)] = "=" + "+".join(parts)
        if node == reached[-1]:
            found[columns.moved(node)] = _bounded(f"{xl_col_to_name(BEFORE)}#", f"{arrived}#")
        else:
            own, came = goes + above, f"{arrived}#"
            further = f"IF({own}>0,MAX({own},{came}),IF({own}<0,MIN({own},{came}),{came}))"
            found[columns.moved(node)] = _bounded(arrived + above, further)
    before, change = xl_col_to_name(BEFORE), xl_col_to_name(columns.moved(reached[-1]))
    found[columns.after] = f"={before}#+{change}#"
    return found


def _bounded(level: str, move: str) -> str:
    """Keep a level within 0 and 100."""
    return f"=MAX(-MAX({level},0),MIN(MAX(100-{level},0),{move}))"


def _said(statistic: str, language: str) -> str:
    words = text(f"statistic.{statistic}", language)
    return words[:1].upper() + words[1:]


def _write_board(
    board: Board, sheet: Worksheet, draws: str, values: Array, formats: Formats, language: str
) -> None:  # fmt: skip
    fields = {"outcome": board.labels[-1]}
    title = formats(bold=True, font_size=13, font_color=hexadecimal(THEME.navy))
    sheet.write_string(1, 0, text("what_if.title", language, fields=fields), title)
    sheet.write_string(2, 0, text("what_if.how", language), formats())
    sheet.write_string(3, 0, text("story.limit_uplift", language), formats(font_color=hexadecimal(THEME.muted)))
    _heads(sheet, FIRST - 1, [text(f"what_if.{k}", language, fields=fields) for k in
                              ("lever", "now", "move", "applied", "then", "of_a_point")], formats)  # fmt: skip
    points, entry = formats("0.0"), formats("0.0", locked=False, bg_color="#FFF4CC", border=1)
    for lever in range(len(board.labels) - 1):
        row = FIRST + lever
        now, move, applied = (xl_rowcol_to_cell(row, column) for column in (NOW, MOVE, APPLIED))
        done = _applied(board, lever)
        sheet.write_string(row, 0, board.labels[lever], formats())
        sheet.write_number(row, NOW, board.current[lever], points)
        sheet.write_number(row, MOVE, board.moves[lever], entry)
        sheet.write_formula(row, APPLIED, _bounded(now, move), points, done)
        sheet.write_formula(row, AFTER, f"={now}+{applied}", points, board.current[lever] + done)
        sheet.write_number(row, EFFECT, board.effects[lever], formats("0.00"))
    last = FIRST + len(board.labels) - 2
    sheet.data_validation(FIRST, MOVE, last, MOVE, {
        "validate": "decimal", "criteria": "between", "minimum": -100, "maximum": 100,
        "error_title": text("what_if.error_title", language), "error_message": text("what_if.error", language),
    })  # fmt: skip
    _write_outcome(board, sheet, draws, values, formats, language, first=last + 2)
    sheet.set_column(0, 0, max(24, *(len(label) + 2 for label in board.labels)))
    sheet.set_column(1, EFFECT, 16)
    sheet.protect("", {"format_columns": True, "format_rows": True})


def _write_outcome(
    board: Board, sheet: Worksheet, draws: str, values: Array, formats: Formats, language: str, *, first: int
) -> None:
    """Before, after and change with their intervals, and the planning value."""
    columns = _Columns(board=board)
    low, planning, high = board.quantiles
    level = number(board.level, "share", language)
    heads = [board.labels[-1], text("column.estimate", language)]
    heads += [f"{text(f'column.{end}', language)} ({level})" for end in ("conf_low", "conf_high")]
    _heads(sheet, first, heads, formats)
    points = formats("0.0", bold=True)
    places = {"before": BEFORE, "after": columns.after, "change": columns.moved(columns.reached[-1])}
    for row, (statistic, column) in enumerate(places.items(), start=first + 1):
        sheet.write_string(row, 0, _said(statistic, language), formats())
        point = f"={_quoted(draws)}!{xl_rowcol_to_cell(POINT, column, row_abs=True, col_abs=True)}"
        sheet.write_formula(row, 1, point, points, values[0, column])
        for place, quantile in ((2, low), (3, high)):
            formula, value = _percentile(draws, column, quantile, values)
            sheet.write_formula(row, place, formula, formats("0.0"), value)
    sheet.write_string(first + 4, 0, _said("planning", language), formats())
    formula, value = _percentile(draws, places["change"], planning, values)
    sheet.write_formula(first + 4, 1, formula, points, value)


def _percentile(draws: str, column: int, quantile: float, values: Array) -> tuple[str, float]:
    """Quantile of a column of the draws, and its value now."""
    ends = [xl_rowcol_to_cell(row, column, row_abs=True, col_abs=True) for row in (POINT + 1, POINT + len(values) - 1)]
    formula = f"=PERCENTILE({_quoted(draws)}!{ends[0]}:{ends[1]},{quantile!r})"
    return formula, float(np.quantile(values[1:, column], quantile))


def _heads(sheet: Worksheet, row: int, titles: list[str], formats: Formats) -> None:
    paper, navy = hexadecimal(THEME.paper), hexadecimal(THEME.navy)
    for place, title in enumerate(titles):
        side = "right" if place else "left"
        look = formats(bold=True, align=side, text_wrap=True, font_color=paper, bg_color=navy)
        sheet.write_string(row, place, title, look)
