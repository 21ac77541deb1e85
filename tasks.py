"""Everyday tasks of csresearch: `python3 tasks.py demo | test | lab | notebooks | lock | browser | bench`.

The first call sets `.venv` up from requirements.lock, every package checked by its hash; then the task is handed over
to the environment's Python, and what follows its name is passed on (`python3 tasks.py test -k weights`).
Standard library only; nothing outside the project's folder is changed.
"""

from __future__ import annotations

import difflib
import hashlib
import importlib.util
import os
import platform
import shutil
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
LOCK = ROOT / "requirements.lock"
STAMP = VENV / "csresearch-setup.txt"
PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
OLDEST_PYTHON = (3, 11)
STARTED = time.monotonic()


class Task(NamedTuple):
    """What a task is for and what the environment's Python is told to do."""

    purpose: str
    command: tuple[str, ...]
    from_root: bool = True


TASKS = {
    # The paths a caller gives to the demo mean the caller's folder.
    "demo": Task(
        "from raw answers to the deck, on simulated or real studies", ("-m", "csresearch.cli", "demo"), from_root=False
    ),
    "test": Task("all tests, on two cores", ("-m", "pytest", "-n", "2")),
    "lab": Task("the notebooks in JupyterLab", ("-m", "jupyterlab", "notebooks")),
    "notebooks": Task("run every notebook afresh", ("tests/notebook_runner.py",)),
    "lock": Task(
        "make requirements.lock again from pyproject.toml (--upgrade: with newer versions)",
        (
            *("-m", "uv", "pip", "compile", "--universal", "--python-version", "3.11", "--generate-hashes"),
            *("--all-extras", "--no-header", "--no-annotate", "--no-emit-index-url", "--no-emit-find-links"),
            *("--quiet", "pyproject.toml", "-o", "requirements.lock"),
        ),
    ),
    "browser": Task("the tests that need a browser", ("-m", "pytest", "-m", "browser")),
    "bench": Task("speed, and coverage of the intervals on simulated studies", ("benchmarks/run.py",)),
}


class SetUpError(Exception):
    """The environment cannot be made; the message says what to do."""


def main(arguments: Sequence[str]) -> int:
    """Run one task and return its exit code."""
    if not arguments or arguments[0] in ("-h", "--help", "help"):
        print(usage())
        return 0 if arguments else 2
    name, *extra = arguments
    if name not in TASKS:
        print(unknown(name), file=sys.stderr)
        return 2
    try:
        if not is_ready():
            set_up()
        return run_task(TASKS[name], extra)
    except SetUpError as error:
        print(f"{error}\nThen again: python3 tasks.py {name}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


def usage() -> str:
    """Say which tasks there are."""
    lines = [f"  {name:<10} {task.purpose}" for name, task in TASKS.items()]
    return "\n".join(["usage: python3 tasks.py TASK [arguments of the task]", "", *lines])


def unknown(name: str) -> str:
    """Say that there is no such task, and which there are."""
    near = difflib.get_close_matches(name, TASKS, n=1)
    meant = f" Did you mean {near[0]!r}?" if near else ""
    return f"There is no task {name!r}.{meant} Tasks: {', '.join(TASKS)}."


def run_task(task: Task, extra: Sequence[str]) -> int:
    """Hand a task over to the environment's Python."""
    folder = ROOT if task.from_root else Path.cwd()
    done = subprocess.run([str(PYTHON), *task.command, *extra], cwd=folder, env=activated(), check=False)
    return done.returncode if done.returncode >= 0 else 128 - done.returncode


def activated() -> dict[str, str]:
    """Give the variables of a shell in which `.venv` is activated."""
    path = os.pathsep.join([str(PYTHON.parent), os.environ.get("PATH", "")])
    return {"PYTHONUTF8": "1", **os.environ, "PATH": path, "VIRTUAL_ENV": str(VENV)}


def is_ready() -> bool:
    """Tell whether `.venv` was set up to the end, from this lock, by this Python, in this folder."""
    return PYTHON.exists() and STAMP.exists() and STAMP.read_text(encoding="utf-8") == fingerprint()


def fingerprint() -> str:
    """Name what the environment depends on; its scripts hold absolute paths, hence the folder."""
    version = ".".join(platform.python_version_tuple()[:2])
    lock = hashlib.sha256(LOCK.read_bytes()).hexdigest()
    return f"lock {lock}\npython {version}\nfolder {ROOT}\n"


def set_up() -> None:
    """Make `.venv` anew; the stamp is written last, so an interrupted set-up is repeated."""
    require_python()
    say(f"making .venv with Python {platform.python_version()}")
    python = getattr(sys, "_base_executable", None) or sys.executable
    if not succeeds([python, "-m", "venv", "--clear", str(VENV)]):
        raise SetUpError("The folder .venv could not be made: close what runs in it, `deactivate`, look at its rights.")
    install()
    STAMP.write_text(fingerprint(), encoding="utf-8")
    say(".venv is ready")


def require_python() -> None:
    """Refuse a Python that cannot carry the project, before anything is made."""
    if sys.version_info < OLDEST_PYTHON:
        raise SetUpError(
            f"csresearch needs Python 3.11 or newer; this is {platform.python_version()} ({sys.executable}). "
            "Start tasks.py with a newer one."
        )
    if importlib.util.find_spec("venv") is None or importlib.util.find_spec("ensurepip") is None:
        package = "python{}.{}-venv".format(*sys.version_info[:2])
        raise SetUpError(
            f"This Python ({sys.executable}) comes without venv and ensurepip. On Debian and Ubuntu they are "
            f"in a package of their own: sudo apt install {package}"
        )


def install() -> None:
    """Install the lock and the project: with uv where it can be had, else with pip."""
    uv = find_uv()
    if uv:
        say("installing requirements.lock with uv")
        target = ["--python", str(PYTHON)]
        # Without compiled bytecode every fresh process pays seconds of imports.
        if install_with([*uv, "pip", "install", "--quiet", *target], ["--compile-bytecode"]):
            return
        say("uv could not; trying pip")
    else:
        say("installing requirements.lock with pip, some minutes")
    if not install_with([str(PYTHON), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"], ["--compile"]):
        raise SetUpError(
            "The packages of requirements.lock could not be installed; the reason stands above. "
            "Is this machine online, is pip set up for your proxy or mirror, is 2 GB of disk free?"
        )


def install_with(installer: list[str], compiling: list[str]) -> bool:
    """Install the lock, then the project beside it as it stands in this folder."""
    locked = ["--require-hashes", "--no-deps", *compiling, "--requirement", str(LOCK)]
    project = ["--no-deps", "--no-build-isolation", "--editable", str(ROOT)]
    return succeeds([*installer, *locked]) and succeeds([*installer, *project])


def find_uv() -> list[str]:
    """Find uv on the PATH, else install the locked one; an empty list where it is not to be had."""
    found = shutil.which("uv")
    if found:
        return [found]
    say("fetching uv, the faster installer")
    requirement = VENV / "uv-requirement.txt"
    requirement.write_text(locked_requirement("uv"), encoding="utf-8")
    pip = [str(PYTHON), "-m", "pip", "install", "--quiet", "--retries", "1", "--disable-pip-version-check"]
    fetched = succeeds([*pip, "--require-hashes", "--no-deps", "--requirement", str(requirement)], quiet=True)
    return [str(PYTHON), "-m", "uv"] if fetched else []


def locked_requirement(name: str) -> str:
    """Cut one package with its hashes out of requirements.lock."""
    lines = LOCK.read_text(encoding="utf-8").splitlines()
    start = next(i for i, line in enumerate(lines) if line.startswith(f"{name}=="))
    end = next((i for i in range(start + 1, len(lines)) if not lines[i].startswith(" ")), len(lines))
    return "\n".join(lines[start:end]) + "\n"


def succeeds(command: list[str], *, quiet: bool = False) -> bool:
    """Run a step of the set-up and tell whether it went well."""
    stream = subprocess.DEVNULL if quiet else None
    unwanted = {"PYTHONDONTWRITEBYTECODE", "PYTHONHOME", "PYTHONPATH"}
    variables = {key: value for key, value in os.environ.items() if key not in unwanted}
    done = subprocess.run(command, cwd=ROOT, env=variables, stdout=stream, stderr=stream, check=False)
    return done.returncode == 0


def say(text: str) -> None:
    """Print one line of progress with the seconds since the start."""
    print(f"[{time.monotonic() - STARTED:4.0f} s] {text}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
