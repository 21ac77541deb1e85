"""A large survey file from text to tested numbers: read, checked, screened, raked, scored over raked replicates."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd

RESPONDENTS, ITEMS, DRAWS = 50_000, 52, 500
SHARES = {
    "sex": {"f": 0.5, "m": 0.5},
    "age": {"18-30": 0.3, "31-50": 0.4, "51+": 0.3},
    "region": {"north": 0.2, "south": 0.2, "east": 0.2, "west": 0.2, "centre": 0.2},
    "channel": {"shop": 0.4, "web": 0.6},
}


def write_study(folder: Path) -> None:
    """Write 50,000 x 60 answers with gaps and comments as CSV, and their study file."""
    random = np.random.default_rng(1)
    mood = 6.5 + 1.2 * random.normal(size=(RESPONDENTS, 1))
    answers = np.clip(np.round(mood + random.normal(size=(RESPONDENTS, ITEMS))), 1, 10).astype(int).astype(str)
    answers[random.random(answers.shape) < 0.03] = "97"
    answers[random.random(answers.shape) < 0.01] = ""
    frame = pd.DataFrame(answers, columns=[f"q{number}" for number in range(1, ITEMS + 1)])
    frame.insert(0, "id", [f"r{number}" for number in range(RESPONDENTS)])
    frame["seconds"] = random.integers(100, 900, RESPONDENTS)
    for name, shares in SHARES.items():
        frame[name] = random.choice(list(shares), RESPONDENTS, p=random.dirichlet(np.full(len(shares), 40)))
    frame["outlet"] = random.integers(1, 400, RESPONDENTS)
    frame["comment"] = random.choice(["fast, and friendly", "too slow", ""], RESPONDENTS)
    frame.to_csv(folder / "answers.csv", index=False)
    margins = [f"{name} = {{ {', '.join(f'{key!r} = {share}' for key, share in shares.items())} }}"
               for name, shares in SHARES.items()]  # fmt: skip
    lines = [
        "schema = 1", 'title = "Large"', "[data]", 'file = "answers.csv"', 'id = "id"', 'duration = "seconds"',
        'missing = "pairwise"', 'screening = { incomplete = 0.5, duplicate = "exclude", speed = "flag" }',
        "[scales]", 'rating = { ends = [1, 10], missing = { 97 = "not_used" } }',
        "[items]", *(f'q{number} = "Question {number}"' for number in range(1, ITEMS + 1)),
        "[design]", 'clusters = "outlet"', "[margins]", *margins,
    ]  # fmt: skip
    (folder / "study.toml").write_text("\n".join(lines), encoding="utf-8")


def file_to_scores() -> float:
    """Seconds from the bytes of the file to the means of every item over raked replicates."""
    import csresearch as cs

    with tempfile.TemporaryDirectory() as folder:
        write_study(Path(folder))
        begin = time.perf_counter()
        sample = cs.read(cs.load_study(folder))
        cs.check(sample).raise_if_failed()
        cs.Scores().fit(cs.weight(cs.screen(sample)), replicates=cs.Bootstrap(draws=DRAWS))
        return time.perf_counter() - begin


def banner_table() -> float:
    """Seconds of a banner: every item in rows, 12 categories and the total in columns, raked, by clusters."""
    import csresearch as cs

    with tempfile.TemporaryDirectory() as folder:
        write_study(Path(folder))
        sample = cs.weight(cs.screen(cs.read(cs.load_study(folder))))
        begin = time.perf_counter()
        cs.banner(sample, columns=tuple(SHARES))
        return time.perf_counter() - begin
