"""Studies that say odd things of their file: each is told what to mend, by the study file or by the check."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from csresearch.errors import DataError, StudyError
from csresearch.survey.checking.checking import check
from csresearch.survey.grammar.entries import KINDS_OF_SIGNS
from csresearch.survey.reading import read
from csresearch.survey.screening.careless import _SIGNS
from csresearch.survey.study_file.loading import load_study

STUDY = """
schema = 1
title = "Shop"
[data]
file = "shop.csv"
{data}
[scales]
rating = {{ ends = [1, 10] }}
[items]
speed = "Speed"
{more}
"""
N = 60
REPLICATES = '[design]\nweight = "w"\nreplicates = { columns = ["rw1", "rw1", "rw2"], kind = "bootstrap" }'
JOINED = '[multiple.m]\nen = "Channels"\ncolumn = "channels"\ndelimiter = "|"\noptions = ["web", "web|phone"]'
POPULATION = '[margins]\nfrom = { file = "people.csv", margins = ["wave"] }'
BY_WAVE = "[margins.by.wave.W1]\nsex = { f = 0.5, m = 0.5 }\n[margins]\nsex = { f = 0.6, m = 0.4 }"
SPEED = 'duration = "seconds"\nscreening = { speed = 1000 }'

REFUSED = {
    "negative outcome": (
        "[dispositions]\ncomplete = -1",
        "",
        "[dispositions] complete: found -1; allowed: a number from 0",
    ),
    "unknown outcome": (
        "[dispositions]\ncomplete = 60\nhangup = 4",
        "",
        "found the unknown key 'hangup'; allowed: complete",
    ),
    "outcome of no interview": (
        "[dispositions]\nrefusal = 5",
        "",
        "complete: found nothing; allowed: a value; add complete =",
    ),
    "outcomes mixed": (
        "[dispositions]\ncomplete = 60\nw1 = { complete = 5 }",
        "",
        "complete: found 60; allowed: a table",
    ),
    "outcomes in a list": ("[[dispositions]]\ncomplete = 60", "", "[dispositions]: found a list; allowed: a table"),
    "no kind": ('[design]\nweight = "w"\nreplicates = { columns = "rw*" }', "", 'allowed: a value; add kind = "jk1"'),
    "replicate twice": (REPLICATES, "", "[design] replicates: found rw1 again; allowed: each replicate once"),
    "option with its delimiter": (JOINED, "", "found 'web|phone'; allowed: options without '|'"),
    "option with spaces": (JOINED.replace("web|phone", " web"), "", "without spaces around it"),
    "question with a colon": (
        '[multiple."a:b"]\nen = "x"\ncolumns = { x = "c1" }',
        "",
        "found 'a:b'; allowed: a name without",
    ),
    "rake without margins": (
        "[margins]\nrake = { trim = [0.5, 2.0] }",
        "",
        "[margins] rake: found no margins to rake to",
    ),
    "bounds too narrow": (
        "[margins]\nwave = { w1 = 0.95, w2 = 0.05 }\nrake = { trim = [0.9, 1.1] }",
        "",
        "[margins]: found with weights held in (0.9, 1.1) a margin is missed by",
    ),
    "mean out of reach": ("[margins]\nmeans = { seconds = 99999 }", "", "the margins seconds cannot be met together"),
    "mean of a text": ("[margins]\nmeans = { open = 3 }", "", "means.open: found 60 respondents without a number"),
    "mean of nothing": ("[margins]\nmeans = { secnds = 3 }", "", "means.secnds: found no such column in the file"),
    "margins of a wave misspelt": (BY_WAVE, "", "no margins of their own for w1, w2; allowed: W1"),
    "counts not named": (
        POPULATION,
        "wave,persons\nw1,900\nw2,100\n",
        "found no two rows alike, and no column of counts",
    ),
    "column twice": (POPULATION, "wave,n,n\nw1,9,1\nw2,1,1\n", "people.csv: found 2 columns of one name: n; rename"),
    "one kind of signs": (
        "",
        'screening = { careless = { signs = ["longest"] } }',
        "found signs of 1 kind (pattern) and kinds",
    ),
    "codec of escapes": ("", 'encoding = "unicode_escape"', "encoding = 'unicode_escape' is no encoding"),
    "line as delimiter": ("", 'delimiter = "\\n"', "[data] delimiter: found the sign '\\n'; allowed: a sign such as"),
    "letter as delimiter": ("", 'delimiter = "e"', "[data] delimiter: found the sign 'e'"),
    "nobody left": ("", SPEED, "[data] screening.speed: found 60: took less than 1,000 seconds"),
}


def said_of(folder: Path, more: str, data: str, people: str = "") -> str:
    """Load, read and check; everything that is said against it."""
    k = pd.Series(range(N))
    frame = pd.DataFrame({"speed": k % 10 + 1, "seconds": k + 20, "w": 1.0, "rw1": 1.1, "rw2": 0.9, "c1": k % 2})
    frame["wave"], frame["sex"] = (k % 2).map({0: "w1", 1: "w2"}), (k % 3 > 0).map({True: "f", False: "m"})
    frame["channels"], frame["open"] = "web|phone", [f"Ana Ruiz {i}" for i in k]
    frame.to_csv(folder / "shop.csv", index=False)
    (folder / "people.csv").write_text(people, encoding="utf-8")
    (folder / "study.toml").write_text(STUDY.format(data=data, more=more), encoding="utf-8")
    try:
        found = check(read(load_study(folder)))
        found.raise_if_failed()
    except (StudyError, DataError) as error:
        return str(error)
    return "\n".join(f"{row.where}: {row.found}. {row.remedy}" for row in found.table.itertuples())


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_meant_is_refused(tmp_path: Path, name: str) -> None:
    more, given, message = REFUSED[name]
    people = given if "," in given and "\n" in given and "=" not in given else ""
    assert message in (said := said_of(tmp_path, more, "" if people else given, people))
    assert "Ana" not in said


def test_what_is_only_odd_is_noted(tmp_path: Path) -> None:
    waves = "\n".join(f"[margins.by.wave.{wave}]\nsex = {{ f = 0.5, m = 0.5 }}" for wave in ("w1", "w2", "w3"))
    assert "[margins] by wave: margins for w3, where nobody is" in said_of(tmp_path, waves, "")
    texts = '[multiple.m]\nen = "Channels"\ncolumns = { web = "c1", other = "open" }'
    assert "[multiple] m: 60 different words in open" in said_of(tmp_path, texts, "")


def test_signs_are_of_the_kinds_that_the_grammar_counts() -> None:
    assert {name: look.kind for name, look in _SIGNS.items()} == KINDS_OF_SIGNS
