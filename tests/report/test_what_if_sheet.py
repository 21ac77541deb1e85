"""The live sheet: its formulas, worked out cell by cell, give what the library gives."""

from __future__ import annotations

import re
import shutil
import subprocess
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pandas as pd
import pytest

import csresearch as cs
from csresearch.inference.replicates import Bootstrap
from csresearch.strategy.levers import Levers

DRIVERS, PATHS = "What if, attributes", "What if, paths"
FIRST = 7  # row of the first lever, as a spreadsheet counts
MOVES: dict[str, list[dict[str, float]]] = {
    DRIVERS: [{}, {"speed": 5}, {"speed": 60, "staff": -3, "decor": 2.5}, {"speed": -90, "parking": 100}],
    PATHS: [{}, {"speed": 5, "staff": 5}, {"speed": 30, "staff": -10}, {"speed": -8, "staff": -1, "decor": 80}],
}


@pytest.fixture(scope="module")
def strategy(shop: pd.DataFrame) -> cs.strategy.actions.Strategy:
    sample, boot = cs.Sample.from_frame(shop, scale=(1, 10)), Bootstrap(draws=60, seed=3)
    grid = cs.ImportancePerformance(outcome="overall", attributes=("speed", "staff", "decor", "parking"))
    index = cs.SatisfactionIndex(
        constructs={name: (name,) for name in ("speed", "staff", "decor", "overall")}, target="overall",
        paths={"overall": ("speed", "staff", "decor"), "staff": ("speed",), "decor": ("speed", "staff")},
    )  # fmt: skip
    return cs.recommend([grid.fit(sample, replicates=boot), index.fit(sample, replicates=boot)])


@pytest.fixture(scope="module")
def shop() -> pd.DataFrame:
    random = np.random.default_rng(4)
    speed = 6 + 1.5 * random.normal(size=400)
    staff = 3 + 0.6 * speed + random.normal(size=400)
    decor, parking = 4 + 0.3 * staff + random.normal(size=400), 5 + 1.5 * random.normal(size=400)
    overall = 1 + 0.5 * speed + 0.4 * staff + 0.1 * decor + 0.7 * random.normal(size=400)
    named = {"speed": speed, "staff": staff, "decor": decor, "parking": parking, "overall": overall}
    return pd.DataFrame(named).round().clip(1, 10)


@pytest.fixture(scope="module")
def file(strategy: Any, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return cs.workbook(strategy, to=tmp_path_factory.mktemp("book") / "live.xlsx")


class Sheets:
    """Works out the few functions that the live sheets use; anything else is a NameError."""

    def __init__(self, path: Path) -> None:
        self.cells = {s.title: {c.coordinate: c.value for row in s.iter_rows() for c in row} for s in _book(path)}

    def value(self, sheet: str, cell: str) -> Any:
        found = self.cells[sheet][cell]
        if isinstance(found, str) and found.startswith("="):
            found = self.cells[sheet][cell] = self._worked(sheet, found[1:])
        return found

    def _worked(self, sheet: str, formula: str) -> float:
        def at(found: re.Match[str]) -> str:
            where = found["sheet"].replace("''", "'") if found["sheet"] else sheet
            first, last = found["first"].replace("$", ""), (found["last"] or "").replace("$", "")
            return f"many({where!r}, {first!r}, {last!r})" if last else f"one({where!r}, {first!r})"

        pattern = r"(?:'(?P<sheet>(?:[^']|'')+)'!)?(?P<first>\$?[A-Z]{1,2}\$?\d+)(?::(?P<last>\$?[A-Z]{1,2}\$?\d+))?"
        known: dict[str, Any] = {
            "MIN": min, "MAX": max, "IF": lambda test, yes, no: yes if test else no, "one": self.value,
            "PERCENTILE": lambda values, q: float(np.quantile(values, q)),
            "SUMPRODUCT": lambda a, b: float(np.dot(a, b)), "many": self._many,
        }  # fmt: skip
        return float(eval(re.sub(pattern, at, formula), {"__builtins__": {}}, known))

    def _many(self, sheet: str, first: str, last: str) -> list[float]:
        cells = [cell for row in _book_range(first, last) for cell in row]
        return [self.value(sheet, cell) for cell in cells]


def _book_range(first: str, last: str) -> list[list[str]]:
    left, top, right, bottom = openpyxl.utils.range_boundaries(f"{first}:{last}")
    letter = openpyxl.utils.get_column_letter
    return [[f"{letter(c)}{r}" for c in range(left, right + 1)] for r in range(top, bottom + 1)]


def _book(path: Path, *, data_only: bool = False) -> list[Any]:
    return list(openpyxl.load_workbook(path, data_only=data_only).worksheets)


@cache
def levers_of(strategy: Any, sheet: str) -> Levers:
    return Levers.of(strategy.results, through="drivers" if sheet == DRIVERS else "index")


def expected(strategy: Any, sheet: str, moves: dict[str, float]) -> dict[str, list[float]]:
    """Before, after and change with their ends, and the planning value."""
    levers = levers_of(strategy, sheet)
    asked = {name: moves.get(name, 0.0) for name in levers.names}
    rows = cs.what_if(strategy, moves=asked, through=levers.through).table("outcome").set_index("statistic")
    numbers = rows[["estimate", "conf_low", "conf_high"]]
    found = {name: numbers.loc[name].tolist() for name in ("before", "after", "change")}
    return {**found, "planning": [float(numbers.loc["planning", "estimate"])]}


def outcome_cells(names: tuple[str, ...]) -> dict[str, list[str]]:
    first = FIRST + len(names) + 2
    cells = {name: [f"{c}{first + k}" for c in "BCD"] for k, name in enumerate(("before", "after", "change"))}
    return {**cells, "planning": [f"B{first + 3}"]}


@pytest.mark.parametrize(("sheet", "moves"), [(sheet, moves) for sheet in MOVES for moves in MOVES[sheet]])
def test_the_formulas_agree_with_the_function(
    strategy: Any, file: Path, sheet: str, moves: dict[str, float]
) -> None:  # fmt: skip
    sheets, names = Sheets(file), levers_of(strategy, sheet).names
    for row, name in enumerate(names, start=FIRST):
        assert sheets.cells[sheet][f"A{row}"] == name
        sheets.cells[sheet][f"C{row}"] = moves.get(name, 0.0)
    wanted = expected(strategy, sheet, moves)
    for name, cells in outcome_cells(names).items():
        found = [sheets.value(sheet, cell) for cell in cells]
        assert found == pytest.approx(wanted[name], abs=1e-9), name
    if moves:
        applied = levers_of(strategy, sheet).applied(moves)
        for row, name in enumerate(names, start=FIRST):
            assert sheets.value(sheet, f"D{row}") == pytest.approx(applied.get(name, 0.0), abs=1e-9)


@pytest.mark.parametrize("sheet", [DRIVERS, PATHS])
def test_the_stored_values_are_those_of_the_formulas(strategy: Any, file: Path, sheet: str) -> None:
    stored = {s.title: s for s in _book(file, data_only=True)}
    sheets = Sheets(file)
    for title in (sheet, sheet.replace("What if", "Draws")):
        for cell, value in list(sheets.cells[title].items()):
            if isinstance(value, str) and value.startswith("="):
                assert stored[title][cell].value == pytest.approx(sheets.value(title, cell), abs=1e-9), (title, cell)


def test_only_moves_can_be_written_and_only_within_reason(file: Path) -> None:
    sheet = next(s for s in _book(file) if s.title == DRIVERS)
    assert sheet.protection.sheet
    open_cells = {c.coordinate for row in sheet.iter_rows() for c in row if not c.protection.locked}
    assert open_cells == {f"C{row}" for row in range(FIRST, FIRST + 4)}
    (rule,) = sheet.data_validations.dataValidation
    assert (rule.type, rule.formula1, rule.formula2) == ("decimal", "-100", "100")
    assert str(rule.sqref) == f"C{FIRST}:C{FIRST + 3}"


@pytest.mark.skipif(shutil.which("soffice") is None, reason="no LibreOffice on this machine")
def test_libreoffice_works_it_out_alike(strategy: Any, file: Path, tmp_path: Path) -> None:
    moves = {DRIVERS: MOVES[DRIVERS][2], PATHS: MOVES[PATHS][2]}
    book = openpyxl.load_workbook(file)  # loses the stored values, so that all is worked out anew
    for sheet, asked in moves.items():
        for row, name in enumerate(levers_of(strategy, sheet).names, start=FIRST):
            book[sheet][f"C{row}"] = asked.get(name, 0.0)
    book.save(tmp_path / "moved.xlsx")
    kind = "xlsx:Calc MS Excel 2007 XML"
    command = ["soffice", f"-env:UserInstallation=file://{tmp_path}/profile", "--headless", "--convert-to", kind]
    command += ["--outdir", str(tmp_path / "out"), str(tmp_path / "moved.xlsx")]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    found = {s.title: s for s in _book(tmp_path / "out" / "moved.xlsx", data_only=True)}
    for sheet, asked in moves.items():
        wanted = expected(strategy, sheet, asked)
        for name, cells in outcome_cells(levers_of(strategy, sheet).names).items():
            assert [found[sheet][cell].value for cell in cells] == pytest.approx(wanted[name], abs=1e-9)
