"""Speed and memory: what is promised, measured on this machine, each task in a process of its own.

`python benchmarks/run.py speed` measures and writes benchmarks/SPEED.md; `--whole` adds what takes minutes: a fresh
clone with its set-up and demo, and the test command. For quiet figures nothing else should run beside it.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

ROOT = Path(__file__).parents[1]
CORES = os.cpu_count() or 1
DRAWS = 5_000
SEMINR_DRAWS = {1: (200, 800), CORES: (1_000, 2_500)}  # two runs, carried on along their slope
SEMINR = f"seminr {version('seminr')}, {DRAWS:,} draws"
MB = 1_024  # of ru_maxrss, which is in kilobytes


@dataclass(frozen=True, kw_only=True)
class Task:
    """One measurement.

    Parameters
    ----------
    text : str
    call : callable
        Takes the measurement in its own process, and returns it.
    unit : str
    least, most : float, optional
        What is promised.
    threads : int
        Threads of linear algebra.
    command : bool
        Whether it runs a command, whose memory counts.
    """

    text: str
    call: Callable[[], float]
    unit: str = "s"
    least: float | None = None
    most: float | None = None
    threads: int = CORES
    command: bool = False


def _best(call: Callable[[], Any], repeats: int = 3) -> float:
    from csresearch.models.importance.lmg import KNOWN

    seconds = []
    for _ in range(repeats):
        KNOWN.clear()  # what was answered before would come for nothing
        begin = time.perf_counter()
        call()
        seconds.append(time.perf_counter() - begin)
    return min(seconds)


def ecsi() -> float:
    """Fit the ECSI model of the mobile-phone survey through the public API, from the study to the tables."""
    import csresearch as cs

    sample = cs.read(cs.load_study(ROOT / "data" / "mobile"))
    cs.SatisfactionIndex().fit(sample, replicates=cs.Bootstrap(draws=100))  # imports and caches do not count
    return _best(lambda: cs.SatisfactionIndex().fit(sample, replicates=cs.Bootstrap(draws=DRAWS)))


def ecsi_draws() -> float:
    """Draw what seminr's bootstrap returns: paths, weights, loadings, total effects and HTMT of every draw."""
    import speed_pls

    from csresearch.inference.design import Design, Weighting
    from csresearch.inference.moments import Moments
    from csresearch.inference.replicates import Bootstrap
    from csresearch.models.measurement.reliability import heterotrait_monotrait
    from csresearch.models.path.effects import effects, structure
    from csresearch.models.path.pls import fit_pls

    items = [item for block in speed_pls.ITEMS.values() for item in block]
    answers, model = speed_pls._survey()[items].to_numpy(dtype=float), speed_pls._path_model()
    n = len(answers)
    design = Design(cluster=np.arange(n), stratum=np.zeros(n, dtype=np.int64))
    weighting = Weighting(base=np.ones(n), design=design)
    moments = Moments.of_rows(answers, names=tuple(items))

    def all_draws() -> None:
        for weights in Bootstrap(draws=DRAWS, seed=1).blocks(weighting):
            cov = moments.summary(weights).cov
            fit = fit_pls(model, cov)
            effects(model, structure(model, fit.correlations).paths)
            heterotrait_monotrait(cov, model.blocks)

    return _best(all_draws)


def _seminr(cores: int) -> float:
    """Seconds that seminr's own bootstrap needs for as many draws, in as many processes as there are cores."""
    import speed_pls

    model = speed_pls.seminr_mobile()
    short, long = SEMINR_DRAWS[cores]
    before, after = (
        _best(lambda n=n: speed_pls.seminr.bootstrap_model(model, nboot=n, seed=1, cores=cores), 1)
        for n in (short, long)
    )
    return after + (after - before) / (long - short) * (DRAWS - long)


def seminr_one_core() -> float:
    """Bootstrap by seminr in one process."""
    return _seminr(1)


def seminr_all_cores() -> float:
    """Bootstrap by seminr in a process a core."""
    return _seminr(CORES)


def lmg_15() -> float:
    """Divide R2 among 15 predictors, exactly."""
    import speed_drivers

    return float(speed_drivers.against_pingouin(15)["seconds"])


def lmg_20() -> float:
    """Divide R2 among 20 predictors, exactly."""
    import speed_drivers

    cov, players = speed_drivers.survey(20).cov().to_numpy(), [(i,) for i in range(20)]
    return _best(lambda: speed_drivers.lmg(cov, players, 20))


def lmg_draws_10() -> float:
    """Divide the R2 of 1,000 draws among 10 predictors."""
    import speed_drivers

    return float(speed_drivers.batch(10, 1_000, 3)["seconds"])


def lmg_draws_20() -> float:
    """Divide the R2 of 1,000 draws among 20 predictors."""
    import speed_drivers

    return float(speed_drivers.batch(20, 1_000, 1)["seconds"])


def pingouin_15() -> float:
    """Divide R2 among 15 predictors by pingouin, which must agree."""
    import speed_drivers

    return float(speed_drivers.against_pingouin(15)["versus_seconds"])


def response_surface() -> float:
    """Fit the polynomial of expectation and performance through the public API: every table, all draws."""
    import speed_expectation

    return speed_expectation.surface()


def statsmodels_refits() -> float:
    """Refit the polynomial alone by statsmodels' formula, as often as there are draws."""
    import speed_expectation

    return speed_expectation.formula_refits()


def statsmodels_array_refits() -> float:
    """Refit the polynomial alone by statsmodels from arrays that stand ready."""
    import speed_expectation

    return speed_expectation.array_refits()


def raking() -> float:
    """Rake a million respondents to five margins, from text columns to weights."""
    import speed_raking

    return speed_raking.ours(speed_raking.survey(speed_raking.RESPONDENTS))


def ipfn_raking() -> float:
    """Collapse the same respondents to a table, and rake that with ipfn."""
    import speed_raking

    return sum(speed_raking.theirs(speed_raking.survey(speed_raking.RESPONDENTS)))


def what_if() -> float:
    """Move all attributes, and all constructs: the slower of the two, in milliseconds."""
    import speed_what_if

    return 1_000 * max(speed_what_if.drivers(), speed_what_if.index())


def slider() -> float:
    """Move the board by a slider, in milliseconds."""
    import speed_what_if

    return 1_000 * speed_what_if.slider()


def raked_moments() -> float:
    """All moments of 60 items, 50,000 respondents, in 500 replicates that are raked to four margins."""
    from csresearch.inference.design import Design, Weighting
    from csresearch.inference.moments import Moments
    from csresearch.inference.raking import Raking
    from csresearch.inference.replicates import Bootstrap

    n, q, random = 50_000, 60, np.random.default_rng(1)
    items = random.integers(1, 11, (n, q)).astype(float)
    groups = np.stack([random.integers(0, size, n) for size in (4, 3, 2, 5)], axis=1)
    cells, cell = np.unique(groups, axis=0, return_inverse=True)
    targets = tuple(np.arange(1.0, size + 1) / np.arange(1.0, size + 1).sum() for size in (4, 3, 2, 5))
    raking = Raking(cell=cell.reshape(-1), category=tuple(cells.T), target=targets)
    design = Design(cluster=np.arange(n), stratum=np.zeros(n, dtype=np.int64))
    weighting = Weighting(base=np.ones(n), design=design, raking=raking)
    moments = Moments.of_rows(items, names=tuple(f"item{k}" for k in range(q)))
    replicates = Bootstrap(draws=500, seed=1)
    return _best(lambda: [moments.summary(weights).mean for weights in replicates.blocks(weighting)], 2)


def _market(respondents: int) -> float:
    """Seconds for scores, index and drivers of a raked market study, from the answers to the tables."""
    from coverage_core import fitted, samples
    from studies import Setting

    import csresearch as cs

    setting = Setting(text="", respondents=respondents, outlets=respondents, raked=True)
    market, importance = samples(setting, seed=1)
    return _best(lambda: fitted(market, importance, cs.Bootstrap(draws=1_000)), 2)


def ten_times() -> float:
    """Cost of 20,000 respondents over that of 2,000."""
    small = _market(2_000)
    return _market(20_000) / small


def help_text() -> float:
    """Start the command line."""
    return _best(lambda: _command("-m", "csresearch.cli", "--help"), 5)


def demo() -> float:
    """Run the demo from raw answers to deck, page and workbook."""
    with tempfile.TemporaryDirectory() as folder:
        return _best(lambda: _command("-m", "csresearch.cli", "demo", "mobile", "--to", f"{folder}/demo", "--force"), 2)


def report() -> float:
    """Write deck, page and workbook of the larger demo again, from what its run saved."""
    with tempfile.TemporaryDirectory() as folder:
        _command("-m", "csresearch.cli", "demo", "autoservice", "--to", f"{folder}/demo")
        again = ("-m", "csresearch.cli", "report", f"{folder}/demo", "--to", f"{folder}/again", "--force")
        return _best(lambda: _command(*again), 2)


def clone_to_demo() -> float:
    """Clone, set up and run the demo."""
    with tempfile.TemporaryDirectory() as folder:
        begin = time.perf_counter()
        _run(["git", "clone", "--quiet", str(ROOT), f"{folder}/clone"], ROOT)
        _run([sys.executable, "tasks.py", "demo"], Path(folder) / "clone")
        return time.perf_counter() - begin


def test_command() -> float:
    """Run all tests."""
    return _best(lambda: _run([sys.executable, "tasks.py", "test"], ROOT), 1)


def _command(*words: str) -> None:
    _run([sys.executable, *words], ROOT)


def _run(command: list[str], folder: Path) -> None:
    subprocess.run(command, cwd=folder, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def survey_file() -> float:
    """Read, check, screen and rake a large survey file, and score it over raked replicates."""
    import speed_survey

    return speed_survey.file_to_scores()


def survey_banner() -> float:
    """Cross every item of a large survey with 12 categories, by the design."""
    import speed_survey

    return speed_survey.banner_table()


TASKS = {
    "ecsi": Task(text=f"ECSI on mobile, {DRAWS:,} draws, all tables", call=ecsi, most=2.0),
    "ecsi_one": Task(text="the same on one core", call=ecsi, most=2.0, threads=1),
    "ecsi_draws": Task(text="only what seminr returns, one core", call=ecsi_draws, most=2.0, threads=1),
    "seminr": Task(text=f"{SEMINR}, {CORES} cores", call=seminr_all_cores, threads=1),
    "seminr_one": Task(text=f"{SEMINR}, one core", call=seminr_one_core, threads=1),
    "lmg_15": Task(text="LMG of 15 predictors, exact", call=lmg_15, most=0.1),
    "pingouin_15": Task(text=f"pingouin {version('pingouin')}, 15 predictors", call=pingouin_15),
    "lmg_20": Task(text="LMG of 20 predictors, exact", call=lmg_20, most=1.5),
    "lmg_draws_10": Task(text="LMG of 10 predictors, 1,000 draws", call=lmg_draws_10, most=1.0),
    "lmg_draws_20": Task(text="LMG of 20 predictors, 1,000 draws", call=lmg_draws_20, most=30.0),
    "what_if": Task(text="what-if on the demo, every lever moved, 1,000 draws", call=what_if, unit="ms", most=50),
    "slider": Task(text="the same by a slider of the board", call=slider, unit="ms", most=50),
    "surface": Task(
        text=f"response surface, 1,000 respondents, {DRAWS:,} draws, all tables", call=response_surface, most=0.4
    ),
    "statsmodels": Task(
        text=f"statsmodels {version('statsmodels')}, {DRAWS:,} refits of it from a formula", call=statsmodels_refits
    ),
    "statsmodels_array": Task(text="the same refits from arrays", call=statsmodels_array_refits),
    "raked_moments": Task(text="moments of 50,000 x 60 items, 500 raked replicates", call=raked_moments, most=6.0),
    "file": Task(text="50,000 x 60 CSV: read, check, screen, rake, 500 replicates", call=survey_file, most=15.0),
    "banner": Task(text="banner of 52 items by 12 categories, 50,000 respondents", call=survey_banner, most=10.0),
    "raking": Task(text="1,000,000 respondents raked to 5 margins, from text columns", call=raking, most=0.5),
    "ipfn": Task(text=f"ipfn {version('ipfn')} on the collapsed table, with collapsing", call=ipfn_raking),
    "ten_times": Task(text="three models: 20,000 respondents over 2,000", call=ten_times, unit="times", most=8.0),
    "help": Task(text="csresearch --help", call=help_text, most=0.6, command=True),
    "report": Task(text="csresearch report alone: autoservice, 28 exhibits", call=report, most=8.0, command=True),
    "demo": Task(text="csresearch demo mobile: answers to deck, page, workbook", call=demo, most=30.0, command=True),
}  # fmt: skip
WHOLE = {
    "clone": Task(text="fresh clone to finished demo", call=clone_to_demo, most=240.0, command=True),
    "tests": Task(text="python3 tasks.py test", call=test_command, most=600.0, command=True),
}
PEAK_MB = 1_000.0


def _measured(name: str, task: Task) -> dict[str, float]:
    """Take one measurement in a process of its own: the figure, and the peak of its memory or of its children's."""
    threads = {key: str(task.threads) for key in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")}
    done = subprocess.run(
        [sys.executable, __file__, name], env={**os.environ, **threads}, check=True, capture_output=True, text=True
    )
    return dict(json.loads(done.stdout.splitlines()[-1]))


def rows(*, whole: bool) -> Iterator[dict[str, object]]:
    """Measure every task; one row each, and the ratios to seminr."""
    found: dict[str, float] = {}
    for name, task in (TASKS | (WHOLE if whole else {})).items():
        print(f"{task.text} ...", flush=True)
        got = _measured(name, task)
        found[name] = got["value"]
        yield _row(task.text, got["value"], task.unit, least=task.least, most=task.most, peak_mb=got["peak_mb"])
    for ours, theirs, words, least in (
        ("ecsi_draws", "seminr", f"the same quantities, seminr on {CORES} cores, csresearch on one", 60.0),
        ("ecsi_draws", "seminr_one", "the same quantities, both on one core", 60.0),
        ("ecsi", "seminr", f"all tables of csresearch, seminr on {CORES} cores", None),
        ("ecsi_one", "seminr_one", "all tables of csresearch, both on one core", None),
    ):
        yield _row(f"csresearch over seminr: {words}", found[theirs] / found[ours], "times", least=least)
    for theirs, words, least in (("statsmodels", "formula", 30.0), ("statsmodels_array", "arrays", None)):
        ratio = found[theirs] / found["surface"]
        yield _row(f"csresearch over statsmodels, refits by {words}", ratio, "times", least=least)
    yield _row("csresearch over pingouin, LMG of 15", found["pingouin_15"] / found["lmg_15"], "times")


def _row(
    text: str,
    value: float,
    unit: str,
    *,
    least: float | None = None,
    most: float | None = None,
    peak_mb: float | None = None,
) -> dict[str, object]:
    met = (
        (least is None or value >= least)
        and (most is None or value <= most)
        and (peak_mb is None or peak_mb <= PEAK_MB)
    )
    promised = f"at least {least:g}" if least is not None else f"at most {most:g}" if most is not None else ""
    measured = {"measured": value, "unit": unit, "promised": promised, "peak_mb": peak_mb}
    asked = least is not None or most is not None
    return {"task": text, **measured, "met": ("yes" if met else "no") if asked else ""}


def _main(name: str) -> None:
    task = (TASKS | WHOLE)[name]
    value = task.call()
    usage = resource.getrusage(resource.RUSAGE_CHILDREN if task.command else resource.RUSAGE_SELF)
    print(json.dumps({"value": value, "peak_mb": usage.ru_maxrss / MB}))


if __name__ == "__main__":
    _main(sys.argv[1])
